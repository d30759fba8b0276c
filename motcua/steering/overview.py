"""How tasks stand unit by unit, how long overdue, month by month, and what waits for whom (tổng quan nhiệm vụ).

Everything of a unit adds up, so the province's is the sum of its units'; the board keeps each unit's until it moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, QuerySet, SmallIntegerField, When

from motcua.law.following import Figures, Status
from motcua.people.models import Unit

from . import counting, kept, queries
from .models import Moved, SettledCount, Task

# How long overdue: the first and the last day of each span.
SPANS = ((1, 30), (31, 60), (61, 120), (121, None))
MONTHS = 12
MONTHLY = ("due", "done", "late", "overdue")
Rows = Iterable[Mapping[str, Any]]
# What is kept of a unit: plain numbers in lists, which add up place by place.
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """Of one unit or several on a day: `ages` how many are overdue for each of SPANS, `months` the MONTHLY figures of
    twelve months on end, `asks` how much waits for the answer of each giver, by its id."""

    on: date
    figures: Figures
    ages: Sequence[int]
    months: Sequence[int]
    asks: Mapping[int, int]

    @property
    def ageing(self) -> list[tuple[str, int]]:
        """How long overdue tasks have been overdue, in days (số ngày quá hạn)."""
        return _aging(self.ages)

    @property
    def trend(self) -> list[dict[str, Any]]:
        """The last twelve months of their deadlines, those there was nothing in left out."""
        width = len(MONTHLY)
        of_months = (self.months[n : n + width] for n in range(0, len(self.months), width))
        return [
            {"month": month, **dict(zip(MONTHLY, found, strict=True))}
            for month, found in zip(queries.months(self.on, MONTHS), of_months, strict=False)
            if any(found)
        ]

    def asking(self, givers: Iterable[Unit]) -> int:
        """How many tasks wait for the answer of some units."""
        return sum(self.asks.get(unit.pk, 0) for unit in givers)


@dataclass(frozen=True, slots=True)
class Board:
    """The overview of many units on a day."""

    on: date
    kept: kept.Kept

    @property
    def of_units(self) -> dict[int, Figures]:
        """The figures of each unit in the lead of something, by its id."""
        return self.kept.once(
            "figures", lambda: {unit: figures(told["figures"]) for unit, told in self.kept.units.items()}
        )

    @property
    def whole(self) -> Overview:
        """All units together."""
        return self.kept.once("whole", lambda: _together(self.on, list(self.kept.units.values())))


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of many units."""

    kept: kept.Kept

    @property
    def of_units(self) -> dict[int, Figures]:
        """Of each unit in the lead of something, by its id."""
        return self.kept.units

    @property
    def whole(self) -> Figures:
        """All units together."""
        return self.kept.once("whole", lambda: counting.together(self.of_units.values()))


def board(on: date) -> Board:
    """The province's board of a day: over all tasks; of what is settled, the counts that are kept."""
    tasks, settled = Task.objects.all(), SettledCount.objects.all()

    def count(units: Collection[int]) -> dict[int, Told]:
        return of_units(tasks.filter(lead__in=units), on, settled.filter(lead__in=units))

    return _kept("overview", on, count)


def given_by(on: date) -> Board:
    """The same of the tasks that were given by a day, as a pack for that day has them."""
    tasks = Task.objects.filter(given_on__lte=on)
    return _kept("given", on, lambda units: of_units(tasks.filter(lead__in=units), on))


def of_all(name: str, tasks: QuerySet[Task], on: date) -> Counts:
    """The figures of some tasks on a day, kept of each unit; `name` tells which tasks they are."""

    def count(units: Collection[int]) -> dict[int, Figures]:
        return counting.by_unit(tasks.filter(lead__in=units), on)

    return Counts(kept.by_unit(f"{name} {on}", Moved.What.TASKS, count))


def counted(tasks: QuerySet[Task], on: date) -> Board:
    """The overview of the units of some tasks, counted and not kept."""
    return Board(on, kept.Kept({unit: ("", told) for unit, told in of_units(tasks, on).items()}))


def of_units(
    tasks: QuerySet[Task], on: date, settled: QuerySet[SettledCount] | None = None
) -> dict[int, Told]:
    """The overview of each unit in the lead, by its id, as it is kept."""
    rows = counting.grouped(counting.standing(_aged(tasks, on), settled, on, "lead", "span"), "lead")
    months = dict[int, dict[date, list[int]]]()
    for row in queries.trend(tasks, on, "lead"):
        months.setdefault(row["lead"], {})[row["month"]] = [row[name] for name in MONTHLY]
    asks = dict[int, dict[str, int]]()
    for unit, giver, number in queries.asked(tasks):
        asks.setdefault(unit, {})[str(giver)] = number
    return {
        unit: {
            "figures": flat(counting.of_rows(some)),
            "ages": _ages(some),
            "months": _in_order(months.get(unit, {}), on),
            "asks": asks.get(unit, {}),
        }
        for unit, some in rows.items()
    }


def flat(figures: Figures) -> list[int]:
    """Figures as they add up."""
    return [*(figures.of(status) for status in Status), figures.waiting_late]


def figures(flat: Sequence[int]) -> Figures:
    """Figures again from numbers."""
    *counts, late = flat
    return Figures({status: n for status, n in zip(Status, counts, strict=True) if n}, late)


def added(rows: Iterable[Sequence[int]], width: int) -> list[int]:
    """Numbers added place by place; of no rows, zeros."""
    return [sum(column) for column in zip(*rows, strict=True)] or [0] * width


def _kept(name: str, on: date, count: kept.Count) -> Board:
    return Board(on, kept.by_unit(f"{name} {on}", Moved.What.TASKS, count))


def _together(on: date, units: Sequence[Told]) -> Overview:
    asks = Counter[int]()
    for unit in units:
        asks.update({int(giver): number for giver, number in unit["asks"].items()})
    return Overview(
        on,
        figures(added((unit["figures"] for unit in units), len(Status) + 1)),
        added((unit["ages"] for unit in units), len(SPANS)),
        added((unit["months"] for unit in units), 0),
        asks,
    )


def _in_order(months: Mapping[date, Sequence[int]], on: date) -> list[int]:
    nothing = (0,) * len(MONTHLY)
    return [number for month in queries.months(on, MONTHS) for number in months.get(month, nothing)]


def _aged(tasks: QuerySet[Task], on: date) -> QuerySet[Task]:
    """With the span each would be overdue in."""
    whens: Iterator[When] = (
        When(until__gte=on - timedelta(days=last), then=place)
        for place, (_, last) in enumerate(SPANS)
        if last is not None
    )
    return tasks.annotate(span=Case(*whens, default=len(SPANS) - 1, output_field=SmallIntegerField()))


def _ages(rows: Rows) -> list[int]:
    ages = [0] * len(SPANS)
    for row, status in counting.told(rows):
        if status is Status.OVERDUE:
            ages[row["span"]] += row["n"]
    return ages


def _aging(ages: Sequence[int]) -> list[tuple[str, int]]:
    labels = (f"{first}–{last} ngày" if last else f"Trên {first - 1} ngày" for first, last in SPANS)
    return list(zip(labels, ages, strict=True))
