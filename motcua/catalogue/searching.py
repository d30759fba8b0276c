"""The search of procedures (tìm thủ tục): best first, with or without accents, in the words people use.

What was asked is read by `asking`; which procedures answer it, and how well, PostgreSQL says in one question over
`Procedure.words` (A: title, B: level, audiences, agencies, C: field, D: keywords).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import StrIndex

from . import asking
from .lexicon import Lexicon
from .models import Level, Procedure, Status, Version
from .words import words

MOST_WORDS = 8  # a search longer than that is a sentence: each word left out costs a question
# A procedure answers when what it has of the question weighs this share of the most that any has, and of the whole.
OF_THE_BEST, OF_ALL = 0.7, 0.4
SENTENCE = 5  # things asked for; who says more tells a story
_CODE = re.compile(r"(?:\d\.)?\d{3,6}(?:\.[\d.A-Z]*)?|\d\.\d{0,6}")
_CODE_INSIDE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d)")
_RANK = """
WITH way AS MATERIALIZED (
    SELECT part, needle::tsquery AS needle, titled::tsquery AS titled, worth
    FROM unnest(%(part)s::int[], %(needle)s::text[], %(titled)s::text[], %(worth)s::float8[], %(whole)s::text[])
        AS told (part, needle, titled, worth, whole)
    -- a word in the middle is cut short only where no text has it as it stands
    WHERE whole IS NULL OR NOT EXISTS (SELECT 1 FROM catalogue_procedure WHERE words @@ whole::tsquery)
), hit AS MATERIALIZED (
    SELECT id, part, max(worth * CASE WHEN words @@ titled THEN 1 ELSE 0.3::float8 END) AS how,
        bool_or(words @@ titled) AS titled
    FROM way JOIN catalogue_procedure ON words @@ needle GROUP BY id, part
), asked AS MATERIALIZED (
    SELECT told.part, told.extra, told.worth * least(ln(1 + (total + 0.5) / (coalesce(held, 0) + 0.5)), 6) AS worth
    FROM unnest(%(parts)s::int[], %(extra)s::bool[], %(weight)s::float8[]) AS told (part, extra, worth)
    LEFT JOIN (SELECT part, count(*) AS held FROM hit GROUP BY part) AS counted USING (part)
    CROSS JOIN (SELECT count(*) AS total FROM catalogue_procedure WHERE words IS NOT NULL) AS every
), scored AS (
    SELECT id, sum(how * worth) AS score, sum(worth) FILTER (WHERE NOT extra) AS held,
        count(*) FILTER (WHERE hit.titled AND NOT extra) AS titled
    FROM hit JOIN asked USING (part) GROUP BY id
), held AS (
    SELECT scored.*, max(held) OVER () AS best FROM scored
)
SELECT id, title, titled = (SELECT count(*) FROM asked WHERE NOT extra),
    held / (SELECT sum(worth) FROM asked WHERE NOT extra),
    score / (1 + %(length)s::float8 * least(length(title), 300))
    * CASE WHEN %(unasked)s::text IS NOT NULL AND words @@ %(unasked)s::tsquery THEN %(behind)s::float8 ELSE 1 END
    * CASE WHEN folded ^@ %(begins)s OR folded ^@ ('thu tuc ' || %(begins)s) THEN 1.2::float8 ELSE 1 END AS score
FROM held JOIN catalogue_procedure USING (id)
WHERE held >= %(of_best)s::float8 * best
ORDER BY 5 DESC, code
"""
_STAMP = (
    "SELECT id, published_at FROM catalogue_version WHERE published_at IS NOT NULL"
    " ORDER BY published_at DESC, id DESC LIMIT 1"
)
_WORDS = "SELECT word, ndoc FROM ts_stat('SELECT words FROM catalogue_procedure WHERE words IS NOT NULL')"
_LENGTH, _BEHIND = 0.003, 0.85  # how much each sign of a title, and a deed nobody asked for, puts it behind


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of a search, and how many there are in all."""

    total: int
    procedures: list[Procedure]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What answers a question, best first: ids of procedures, and those whose title alone answers.

    `left_out` are words that no procedure has, `near` those of which something like it was looked for.
    """

    text: str
    ids: list[int] = field(default_factory=list)
    titled: list[int] = field(default_factory=list)
    left_out: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def search(
    text: str = "", *, field: str | None = None, level: str | None = None, limit: int = 20, offset: int = 0
) -> Hits:
    """Published procedures that answer `text`, best first (tìm thủ tục); all of them where it is empty.

    Accents are optional, the last word may be cut short, short forms and daily speech are understood; a code or its
    end finds too.
    """
    found = matching(text, field=field, level=level)
    return Hits(found.count(), list(found[offset : offset + limit]))


def matching(
    asked: str | Ranked = "", *, field: str | None = None, level: str | None = None
) -> QuerySet[Procedure]:
    """What `search` finds, best first, as a query that pages may slice and count."""
    found = _matching(asked if isinstance(asked, Ranked) else ranked(asked))
    if field:
        found = found.filter(field=field)
    if level:
        open_versions = _open().filter(procedure=OuterRef("pk"), levels__contains=[level])
        found = found.filter(Exists(open_versions))
    return found


def ranked(text: str) -> Ranked:
    """What answers `text`, for several questions about it (`matching`)."""
    text = text.strip()
    inside = _CODE_INSIDE.search(text)
    if inside:
        return Ranked(inside[0])
    if not words(text) or _CODE.fullmatch(text):
        return Ranked(text)
    asked = asking.question(text, lexicon())
    if not asked.parts:
        return Ranked(text, left_out=asked.left_out)
    with connection.cursor() as cursor:
        cursor.execute(_RANK, _needles(text, asked))
        rows = [row for row in cursor.fetchall() if not asked.lost_on(row[1])]
        found = list(_as_accented(text, rows, _least(asked)))
    return Ranked(
        text,
        [key for key, _ in found],
        [key for key, titled in found if titled],
        asked.left_out,
        asked.near,
    )


def _least(asked: asking.Question) -> float:
    """The share of a question that an answer must have; of a whole story, little is about the procedure."""
    said = sum(not part.extra for part in asked.parts)
    return OF_ALL * min(1.0, SENTENCE / said)


def lexicon() -> Lexicon:
    """The words of all published procedures; read again when one was published."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        last = cursor.fetchone()
    return _lexicon(last)


@lru_cache(maxsize=2)
def _lexicon(last: tuple[int, datetime] | None) -> Lexicon:
    with connection.cursor() as cursor:
        cursor.execute(_WORDS)
        return Lexicon(dict(cursor.fetchall()))


def _as_accented(
    text: str, rows: Iterable[tuple[int, str, bool, float, float]], least: float
) -> Iterator[tuple[int, bool]]:
    """Rows of `_RANK` in their order, those whose accents are other than the question's put back or left out.

    What has less than the share `least` of the question is left out too.
    """
    right = [(asking.other_accents(text, title), row) for row in rows for title in row[1:2]]
    kept = [(other, row) for other, row in right if row[3] * (1 - other) >= least]
    for _, (key, _, titled, _, _) in sorted(kept, key=lambda each: -each[1][4] * (1 - 0.5 * each[0])):
        yield key, titled


def _needles(text: str, question: asking.Question) -> dict[str, Any]:
    """What `_RANK` is asked: one row for each way to call each part of the question."""
    asked = question.parts
    last = max(n for n, part in enumerate(asked) if not part.extra)
    rows = [(n, way, part) for n, part in enumerate(asked) for way in part.ways]
    return {
        "part": [n for n, _, _ in rows],
        "needle": [way.query() for _, way, _ in rows],
        "titled": [way.query("A") for _, way, _ in rows],
        "worth": [way.worth for _, way, _ in rows],
        "whole": [way.whole if n != last else None for n, way, _ in rows],
        "parts": list(range(len(asked))),
        "extra": [part.extra for part in asked],
        "weight": [part.worth for part in asked],
        "unasked": asking.unasked(asked),
        "begins": " ".join(words(text)),
        "of_best": OF_THE_BEST,
        "length": _LENGTH,
        "behind": _BEHIND,
    }


def _open() -> QuerySet[Version]:
    return Version.objects.filter(status=Status.PUBLISHED, valid_to__isnull=True)


def _matching(asked: Ranked) -> QuerySet[Procedure]:
    published = Procedure.objects.filter(words__isnull=False).defer("words")
    if not asked.text:
        return published.order_by("code")
    if _CODE.fullmatch(asked.text):
        at = StrIndex("code", Value(asked.text))
        return published.annotate(at=at).filter(at__gt=0).order_by("at", "code")
    keys = Value(asked.ids, output_field=ArrayField(BigIntegerField()))
    rank = Func(keys, F("pk"), function="array_position", output_field=IntegerField())
    place = Case(When(pk__in=asked.titled, then=1), default=2)
    return published.filter(pk__in=asked.ids).annotate(place=place, rank=-rank).order_by("-rank")


def all_of(asked: Sequence[str], mark: str) -> SearchQuery:
    """Every word as the beginning of a word, in the parts of `Procedure.words` that `mark` names."""
    return SearchQuery(" & ".join(f"{word}:*{mark}" for word in asked), search_type="raw", config="simple")


def fields() -> list[str]:
    """The fields of published procedures, in their order (lĩnh vực)."""
    named = Procedure.objects.filter(words__isnull=False).exclude(field="")
    return list(named.order_by("field").values_list("field", flat=True).distinct())


def by_field(found: QuerySet[Procedure]) -> dict[str, int]:
    """How many of `found` each field has, most first."""
    counted = found.exclude(field="").order_by().values("field").annotate(count=Count("pk"))
    return {row["field"]: row["count"] for row in counted.order_by("-count", "field")}


def by_level(found: QuerySet[Procedure]) -> dict[str, int]:
    """How many of `found` each level carries out; a procedure of two levels counts in both."""
    texts = _open().filter(procedure__in=found.order_by().values("pk"))
    counts = {level: Count("procedure", Q(levels__contains=[level]), distinct=True) for level in Level.values}
    return {level: count for level, count in texts.aggregate(**counts).items() if count}


def with_fewer_words(text: str, limit: int = 3) -> list[tuple[str, int]]:
    """What else to try when nothing is found: `text` less one word, with what that finds, fewest first."""
    asked = text.split()[:MOST_WORDS]
    shorter = [" ".join(asked[:i] + asked[i + 1 :]) for i in range(len(asked))] if len(asked) > 1 else []
    counted = [(less, matching(less).count()) for less in dict.fromkeys(shorter)]
    return sorted((each for each in counted if each[1]), key=lambda each: each[1])[:limit]


def codes_like(code: str, limit: int = 5) -> list[Procedure]:
    """Published procedures whose code looks like a mistyped one, nearest first."""
    published = {p.code: p for p in Procedure.objects.filter(words__isnull=False).only("code", "title")}
    return [published[near] for near in get_close_matches(code, published, limit, cutoff=0.75)]
