"""How tasks stand unit by unit, how long overdue, month by month, and what waits for whom (tổng quan nhiệm vụ).

Everything of a unit adds up, so the province's is the sum of its units'; the board keeps each unit's until it moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, QuerySet, SmallIntegerField, When

from motcua.law import following
from motcua.law.following import Figures, Status
from motcua.people.models import Unit

from . import counting, kept, queries
from .models import Moved, SettledCount, Task

# How long overdue: the first and the last day of each span.
SPANS = ((1, 30), (31, 60), (61, 120), (121, None))
MONTHLY = ("due", "done", "late", "overdue")
Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Of one unit or several: `ages` how many are overdue for each of SPANS, `months` the MONTHLY figures by the first
    day of each month, `asks` how much waits for the answer of each giver, by its id."""

    figures: Figures
    ages: tuple[int, ...]
    months: Mapping[str, tuple[int, ...]]
    asks: Mapping[int, int]

    @property
    def ageing(self) -> list[tuple[str, int]]:
        """How long overdue tasks have been overdue, in days (số ngày quá hạn)."""
        return list(zip(map(_label, SPANS), self.ages, strict=True))

    @property
    def trend(self) -> list[dict[str, Any]]:
        """The last twelve months of their deadlines."""
        return [
            {"month": date.fromisoformat(month), **dict(zip(MONTHLY, found, strict=True))}
            for month, found in sorted(self.months.items())
        ]

    def asking(self, givers: Iterable[Unit]) -> int:
        """How many tasks wait for the answer of some units."""
        return sum(self.asks.get(unit.pk, 0) for unit in givers)


@dataclass(frozen=True, slots=True)
class Board:
    """The overview of many units."""

    kept: kept.Kept

    @property
    def of_units(self) -> dict[int, Figures]:
        """The figures of each unit in the lead of something, by its id."""
        return self.kept.once("figures", lambda: {u: figures(data) for u, data in self.kept.units.items()})

    @property
    def whole(self) -> Overview:
        """All units together."""
        return self.kept.once("whole", lambda: together(self.kept.units.values()))


def board(on: date, at: datetime) -> Board:
    """The province's board of a day: over all tasks; of what is settled, the counts that are kept."""
    tasks, settled = Task.objects.all(), SettledCount.objects.all()

    def count(units: Collection[int]) -> dict[int, Any]:
        return of_units(tasks.filter(lead__in=units), on, settled.filter(lead__in=units))

    return Board(kept.by_unit(f"overview {on} {following.near_days(on)}", Moved.What.TASKS, count, at=at))


def given_by(on: date, at: datetime) -> Board:
    """The same of the tasks that were given by a day, as a pack for that day has them."""
    tasks = Task.objects.filter(given_on__lte=on)

    def count(units: Collection[int]) -> dict[int, Any]:
        return of_units(tasks.filter(lead__in=units), on)

    return Board(kept.by_unit(f"given {on} {following.near_days(on)}", Moved.What.TASKS, count, at=at))


def counted(tasks: QuerySet[Task], on: date) -> Board:
    """The overview of the units of some tasks, counted and not kept."""
    return Board(kept.Kept({unit: ("", told) for unit, told in of_units(tasks, on).items()}))


def of_units(
    tasks: QuerySet[Task], on: date, settled: QuerySet[SettledCount] | None = None
) -> dict[int, Any]:
    """The overview of each unit in the lead, by its id, as data that can be kept."""
    rows = counting.grouped(counting.standing(_aged(tasks, on), settled, on, "lead", "span"), "lead")
    found = {unit: {**data(counting.of_rows(some)), "ages": _ages(some)} for unit, some in rows.items()}
    for row in queries.trend(tasks, on, "lead"):
        months = found.setdefault(row["lead"], {}).setdefault("months", {})
        months[row["month"].isoformat()] = [row[name] for name in MONTHLY]
    asks = tasks.filter(queries.waits()).order_by().values_list("lead", "giver").annotate(n=Count("*"))
    for unit, giver, number in asks:
        found.setdefault(unit, {}).setdefault("asks", {})[str(giver)] = number
    return found


def aged(tasks: QuerySet[Task], on: date) -> tuple[Figures, list[tuple[str, int]]]:
    """The figures of some tasks, and how long they are overdue."""
    rows = list(counting.standing(_aged(tasks, on), None, on, "span"))
    return counting.of_rows(rows), list(zip(map(_label, SPANS), _ages(rows), strict=True))


def together(of_units: Iterable[Mapping[str, Any]]) -> Overview:
    """The overviews of several units in one."""
    ages, months, asks = [0] * len(SPANS), dict[str, tuple[int, ...]](), Counter[int]()
    units = list(of_units)
    for unit in units:
        ages = [a + b for a, b in zip(ages, unit.get("ages", ages), strict=True)]
        for month, found in unit.get("months", {}).items():
            months[month] = tuple(map(sum, zip(months.get(month, (0,) * len(MONTHLY)), found, strict=True)))
        asks.update({int(giver): number for giver, number in unit.get("asks", {}).items()})
    return Overview(counting.together(map(figures, units)), tuple(ages), months, asks)


def data(figures: Figures) -> dict[str, Any]:
    """Figures as data that can be kept."""
    return {
        "counts": {status.value: n for status, n in figures.counts.items()},
        "late": figures.waiting_late,
    }


def figures(data: Mapping[str, Any]) -> Figures:
    """Figures again from what was kept of them."""
    counts = {Status(status): number for status, number in data.get("counts", {}).items()}
    return Figures(counts, data.get("late", 0))


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


def _label(span: tuple[int, int | None]) -> str:
    first, last = span
    return f"{first}–{last} ngày" if last else f"Trên {first - 1} ngày"
