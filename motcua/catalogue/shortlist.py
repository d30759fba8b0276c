"""Finding a procedure at the desk in a few letters: by the first letters of its words, the most used first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from . import searching
from .models import Procedure
from .searching import Hits
from .words import words

TITLE_FIRST = [0.0, 0.1, 0.3, 1.0]  # weights of the parts D, C, B and A of `Procedure.words`
FEW = 3  # fewer letters than that, in the middle of a title, find nearly everything
OPENING = "tt"  # many titles begin with the words “Thủ tục”, which nobody types


def find(text: str, usual: Sequence[int], *, limit: int) -> Hits:
    """Procedures as `searching.search` finds them, or whose words begin with the letters of `text` ("dkk").

    `usual` are ids of procedures, most used first: among those whose title answers, they come first. Without a text
    only they are told.
    """
    asked = words(text)
    if not asked:
        return _usual(usual, limit)
    if not (len(asked) == 1 and asked[0].isalpha()):
        found = searching.matching(text)
        return Hits(found.count(), list(_first(found, usual)[:limit]))
    found = _lettered(asked[0])
    return Hits(found.count(), list(_first(found, usual)[:limit]))


def _usual(usual: Sequence[int], limit: int) -> Hits:
    found = Procedure.objects.filter(words__isnull=False).defer("words").in_bulk(list(usual)[:limit])
    named = [found[key] for key in usual if key in found]
    return Hits(len(named), named)


def _lettered(letters: str) -> QuerySet[Procedure]:
    """What one word finds, as a word or as the first letters of words; `place` says how well."""
    query, in_title = (searching.all_of([letters], mark) for mark in ("ACD", "A"))
    begins = Q(initials__startswith=letters) | Q(initials__startswith=OPENING + letters)
    inside = Q(initials__contains=letters) if len(letters) >= FEW else Q(pk=None)
    titled = Q(folded__startswith=letters) | begins
    place = Case(When(titled, then=0), When(words=in_title, then=1), When(words=query, then=2), default=3)
    rank = SearchRank(F("words"), query, weights=TITLE_FIRST, normalization=Value(1))
    published = Procedure.objects.filter(words__isnull=False).defer("words")
    return published.filter(Q(words=query) | begins | inside).annotate(place=place, rank=rank)


def _first(found: Any, usual: Sequence[int]) -> Any:
    """`found` with the usual ones first among those whose title answers."""
    uses = [When(pk=key, then=Value(n)) for n, key in enumerate(usual)]
    used = Case(*uses, default=Value(len(usual)), output_field=IntegerField())
    if "place" not in found.query.annotations:  # a code was asked for
        return found
    titled = Case(When(place__lte=1, then=0), default=1)
    order = ("titled", "used", "place", "-rank", Length("title"), "code")
    return found.annotate(used=used, titled=titled).order_by(*order)
