"""Long lists read by key in an order of their own: by deadline, by unit; `leaves` has the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from .leaves import SIZE

BETWEEN = "~"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in their order; `before` and `after` are the keys a page back ends at and the next begins after, or None."""

    rows: list[Row]
    before: str | None = None
    after: str | None = None


def page(asked: QuerySet[Row], said: Mapping[str, str], order: Sequence[str]) -> Page[Row]:
    """The page the query of an address asks for: `sau` a key to begin after, `truoc` one to end before.

    `order` names the fields that order the rows, the last of them unique, as Django does; a key is their values.
    """
    start, back = _key(said.get("sau", ""), order), _key(said.get("truoc", ""), order)
    turned = bool(back)
    found = list(_beyond(asked, back or start, order, turned)[: SIZE + 1])
    more, rows = len(found) > SIZE, found[:SIZE][:: -1 if turned else 1]
    if not rows:
        return Page([])
    before = _key_of(rows[0], order) if (more if turned else start) else None
    return Page(rows, before, _key_of(rows[-1], order) if more or turned else None)


def _beyond(asked: QuerySet[Row], key: Sequence[str], order: Sequence[str], turned: bool) -> QuerySet[Row]:
    """What lies beyond a key; one nobody could have been given begins at the beginning."""
    ways = [_turned(name) if turned else name for name in order]
    sorted_ = asked.order_by(*ways)
    try:
        return sorted_.filter(_after(ways, key)) if key else sorted_
    except (ValidationError, ValueError):
        return sorted_


def _after(ways: Sequence[str], key: Sequence[str]) -> Q:
    """Behind a key in this order; that the first field is not before it lets an index begin there."""
    condition = Q()
    for way, value in reversed(list(zip(ways, key, strict=True))):
        name, beyond = way.removeprefix("-"), "lt" if way.startswith("-") else "gt"
        here = Q(**{f"{name}__{beyond}": value})
        condition = here | (Q(**{name: value}) & condition) if condition else here
    first, beyond = ways[0].removeprefix("-"), "lte" if ways[0].startswith("-") else "gte"
    return condition & Q(**{f"{first}__{beyond}": key[0]}) if len(ways) > 1 else condition


def _turned(way: str) -> str:
    return way.removeprefix("-") if way.startswith("-") else f"-{way}"


def _key(said: str, order: Sequence[str]) -> list[str]:
    """The values a key says, none of one that is not one of this order."""
    parts = said.replace("\0", "").split(BETWEEN)
    return parts if len(parts) == len(order) and parts[-1].isdecimal() else []


def _key_of(row: Model, order: Sequence[str]) -> str:
    return BETWEEN.join(str(_value(row, way.removeprefix("-"))) for way in order)


def _value(row: Model, name: str) -> Any:
    return reduce(getattr, name.split("__"), row)
