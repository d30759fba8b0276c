"""Questions to the catalogue: what is in force on a day, what it costs and how long it takes, and the search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex

from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit
from motcua.law.limits import Unit as TimeUnit
from motcua.people.models import Unit

from .models import Fee, Procedure, ProcessVersion, Result, Status, Term, Version
from .words import fold as fold
from .words import words

TITLE_FIRST = [0.0, 0.1, 0.3, 1.0]  # weights of the parts D, C, B and A of `Procedure.words`
_CODE = re.compile(r"(?:\d\.)?\d{3,6}(?:\.[\d.A-Z]*)?|\d\.\d{0,6}")


class NotFound(Refused):
    """Nothing in the catalogue answers to that (không có trong danh mục)."""


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of a search, and how many there are in all."""

    total: int
    procedures: list[Procedure]


def search(
    text: str = "", *, field: str | None = None, level: str | None = None, limit: int = 20, offset: int = 0
) -> Hits:
    """Published procedures whose title, code or field hold every word of `text` (tìm thủ tục).

    Accents are optional and a word may be cut short; titles come before other finds. A code or its end finds too.
    """
    found = _matching(text.strip())
    if field:
        found = found.filter(field=field)
    if level:
        open_versions = Version.objects.filter(procedure=OuterRef("pk"), status=Status.PUBLISHED)
        found = found.filter(Exists(open_versions.filter(valid_to__isnull=True, levels__contains=[level])))
    return Hits(found.count(), list(found[offset : offset + limit]))


def _matching(text: str) -> QuerySet[Procedure]:
    published = Procedure.objects.filter(words__isnull=False).defer("words")
    if not text:
        return published.order_by("code")
    if _CODE.fullmatch(text):
        at = StrIndex("code", Value(text))
        return published.annotate(at=at).filter(at__gt=0).order_by("at", "code")
    asked = words(text)
    if not asked:
        return published.none()
    query, in_title = (_all_of(asked, mark) for mark in ("", "A"))
    joined = " ".join(asked)
    place = Case(When(folded__startswith=joined, then=0), When(words=in_title, then=1), default=2)
    rank = SearchRank(F("words"), query, weights=TITLE_FIRST, normalization=Value(1))
    return published.filter(words=query).annotate(place=place, rank=rank).order_by("place", "-rank", "code")


def _all_of(asked: Sequence[str], mark: str) -> SearchQuery:
    """Every word as the beginning of a word, in the parts of `Procedure.words` that `mark` names."""
    return SearchQuery(" & ".join(f"{word}:*{mark}" for word in asked), search_type="raw", config="simple")


def fields() -> list[str]:
    """The fields of published procedures, in their order (lĩnh vực)."""
    named = Procedure.objects.filter(words__isnull=False).exclude(field="")
    return list(named.order_by("field").values_list("field", flat=True).distinct())


def in_force(code: str, day: date) -> Version:
    """The published version of a procedure on a legal day. Raises NotFound."""
    version = Version.objects.filter(_on(day), procedure__code=code).select_related("procedure").first()
    if version is None:
        raise NotFound(f"Thủ tục {code} không có phiên bản công khai nào có hiệu lực ngày {day:%d/%m/%Y}")
    return version


def process_for(procedure: Procedure, unit: Unit | None, day: date) -> ProcessVersion:
    """The published process of a unit, else of the nearest unit above it, else the general one. Raises NotFound."""
    line = _line(unit)
    given = ProcessVersion.objects.filter(_on(day), procedure=procedure)
    found = list(given.filter(Q(unit__in=line) | Q(unit__isnull=True)))
    if not found:
        raise NotFound(f"Thủ tục {procedure.code} chưa có quy trình nội bộ công khai ngày {day:%d/%m/%Y}")
    return min(found, key=lambda p: line.index(p.unit_id) if p.unit_id else len(line))


def _line(unit: Unit | None) -> list[int]:
    line: list[int] = []
    while unit is not None:
        line.append(unit.pk)
        unit = unit.parent
    return line


def _on(day: date) -> Q:
    return Q(status=Status.PUBLISHED, valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def terms_for(version: Version, channel: str) -> list[Term]:
    """The terms of a channel, one for each case."""
    return [term for term in version.terms.all() if term.channel == channel]


def term_for(version: Version, channel: str, case: str = "") -> Term | None:
    """The term of a channel and case; without a case only where all cases of the channel have the same term."""
    terms = terms_for(version, channel)
    named = [term for term in terms if term.case == case]
    if named:
        return named[0]
    alike = {(term.amount, term.unit) for term in terms}
    return terms[0] if not case and len(alike) == 1 else None


def limit_of(term: Term | None) -> TimeLimit | None:
    """The term as the clock counts it; None when there is none, or its number or unit was not announced."""
    if term is None or term.amount is None or not term.unit:
        return None
    return TimeLimit(term.amount, TimeUnit(term.unit))


def fees_for(version: Version, channel: str, case: str = "") -> list[Fee]:
    """The fees and charges of a channel and case (phí, lệ phí); all of the channel's when no case is told."""
    fees = [fee for fee in version.fees.all() if fee.channel == channel]
    return [fee for fee in fees if fee.case == case] or ([] if case else fees)


def fee_due(version: Version, channel: str, case: str = "") -> int:
    """What is to be paid, in đồng: the phí and the lệ phí of a case together; an amount not read counts nothing.

    0 where several amounts of one kind stand side by side: which one is due, only a case can tell.
    """
    fees = fees_for(version, channel, case)
    amounts = {(fee.kind, fee.amount) for fee in fees}
    if len(amounts) > len({kind for kind, _ in amounts}):
        return 0
    return int(sum((amount or Decimal(0) for _, amount in amounts), Decimal(0)))


def is_paper_result(version: Version) -> bool:
    """Whether the applicant gets a document (kết quả là giấy tờ)."""
    return Result.objects.filter(version=version, paper=True).exists()
