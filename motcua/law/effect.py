"""What a draft adds and removes: procedures, papers, days, đồng a year (sổ tăng giảm của dự thảo)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add

from .control import Change
from .limits import TimeLimit

PROCEDURES = {Change.NEW: (1, 0), Change.AMENDED: (0, 0), Change.REPLACED: (1, 1), Change.ABOLISHED: (0, 1)}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a procedure as far as it burdens: the names of its papers and its term."""

    papers: tuple[str, ...] = ()
    limit: TimeLimit | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What is added and removed (tăng, giảm).

    `days` are those of the unit both terms are written in, `money` đồng a year as declared; `uncounted` are terms that
    cannot be told apart in days.
    """

    procedures_added: int = 0
    procedures_removed: int = 0
    papers_added: int = 0
    papers_removed: int = 0
    days: Decimal = Decimal(0)
    money: int = 0
    uncounted: int = 0

    def __add__(self, other: Effect) -> Effect:
        return Effect(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def of(change: Change, before: Text, after: Text, *, cost_before: int = 0, cost_after: int = 0) -> Effect:
    """The effect on one procedure; a text that is not there is an empty one."""
    old, new = Counter(map(_plain, before.papers)), Counter(map(_plain, after.papers))
    days = _days(before.limit, after.limit)
    both = change in (Change.AMENDED, Change.REPLACED)
    added, removed = PROCEDURES[change]
    return Effect(
        procedures_added=added,
        procedures_removed=removed,
        papers_added=(new - old).total(),
        papers_removed=(old - new).total(),
        days=days if both and days is not None else Decimal(0),
        money=cost_after - cost_before,
        uncounted=int(both and days is None),
    )


def total(effects: Iterable[Effect]) -> Effect:
    """All together."""
    return reduce(add, effects, Effect())


def _days(before: TimeLimit | None, after: TimeLimit | None) -> Decimal | None:
    """Days more than before; None where the terms are written in different units, or one is missing."""
    if before is None or after is None or before.unit != after.unit or not before.unit.startswith("ngày"):
        return None
    return after.amount - before.amount


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
