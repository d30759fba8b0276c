"""Long lists read by key, newest first: a leaf at a time, with the ids from which to read on and back.

A numbered page of the millionth row makes the database count to it; a leaf begins where the one before ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

SIZE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Leaf(Generic[Row]):
    """Rows, newest first; `before` and `after` are the ids a page back ends at and the next begins after, or None."""

    rows: list[Row]
    before: int | None = None
    after: int | None = None


def leaf(asked: QuerySet[Row], said: Mapping[str, str]) -> Leaf[Row]:
    """The leaf the query of an address asks for: `sau` an id to begin after, `truoc` one to end before."""
    start, back = said.get("sau", ""), said.get("truoc", "")
    turned = back.isdecimal()
    found = list(_beyond(asked, start, back)[: SIZE + 1])
    more, rows = len(found) > SIZE, found[:SIZE][:: -1 if turned else 1]
    if not rows:
        return Leaf([])
    before = rows[0].pk if (more if turned else start.isdecimal()) else None
    return Leaf(rows, before, rows[-1].pk if more or turned else None)


def _beyond(asked: QuerySet[Row], start: str, back: str) -> QuerySet[Row]:
    if back.isdecimal():
        return asked.filter(pk__gt=int(back)).order_by("pk")
    return (asked.filter(pk__lt=int(start)) if start.isdecimal() else asked).order_by("-pk")
