"""Long lists read by key, newest first: a leaf at a time, with the ids from which to read on and back.

A numbered page of the millionth row makes the database count to it; a leaf begins where the one before ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.expressions import CombinedExpression

SIZE = 50
LONGEST = 18  # digits of an id
PLACE = F("pk")
# The same order by no index: all rows asked for are found by another one and sorted, where walking back from the
# newest id would pass many more that were not asked for.
SORTED = F("pk") + 0
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Leaf(Generic[Row]):
    """Rows, newest first; `before` and `after` are the ids a page back ends at and the next begins after, or None."""

    rows: list[Row]
    before: int | None = None
    after: int | None = None


def leaf(asked: QuerySet[Row], said: Mapping[str, str]) -> Leaf[Row]:
    """The leaf the query of an address asks for: `sau` an id to begin after, `truoc` one to end before."""
    found = list(beyond(asked, said))
    start, turned = key(said.get("sau", "")), key(said.get("truoc", "")) is not None
    more, rows = len(found) > SIZE, found[:SIZE][:: -1 if turned else 1]
    if not rows:
        return Leaf([])
    before = rows[0].pk if (more if turned else start is not None) else None
    return Leaf(rows, before, rows[-1].pk if more or turned else None)


def beyond(
    asked: QuerySet[Row], said: Mapping[str, str], place: F | CombinedExpression = PLACE
) -> QuerySet[Row]:
    """The rows of that leaf in the order they are read, and one more if there is; `place` is PLACE or SORTED."""
    start, back = key(said.get("sau", "")), key(said.get("truoc", ""))
    if back is not None:
        return asked.filter(pk__gt=back).order_by(place.asc())[: SIZE + 1]
    after = asked if start is None else asked.filter(pk__lt=start)
    return after.order_by(place.desc())[: SIZE + 1]


def key(text: str) -> int | None:
    """The id an address names, None where it names none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None
