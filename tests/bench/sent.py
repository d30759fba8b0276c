"""What was sent and stays as it was: letters of urging about the tasks of a month, reports of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from motcua.law import following
from motcua.law.calendar import day
from motcua.law.following import Figures, ReportPeriod, Status
from motcua.law.steering_facts import TaskUrged
from motcua.people.models import Unit
from motcua.steering import counting, queries, reporting
from motcua.steering.acts.sending import _data, _line
from motcua.steering.models import Letter, PeriodReport, Task

from .copying import portions, write
from .orders import LETTER_HOUR, URGED, Crew, Order, at_hour, letter

MONTHS = 12
Kind = PeriodReport.Kind


class Letters:
    """The letters the facts of tasks tell of, gathered while those are written."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._lines: dict[tuple[int, date], list[dict[str, object]]] = defaultdict(list)

    def take(self, orders: Sequence[Order]) -> None:
        """Remember what letters said of these tasks."""
        for order in orders:
            for fact in order.facts:
                if isinstance(fact, TaskUrged) and fact.letter:
                    on = day(fact.at)
                    self._lines[order.task.lead_id, on].append(_line(order.task, on))

    def write(self) -> None:
        for portion in portions(self._made()):
            write(portion, own=False)

    def _made(self) -> Iterator[Letter]:
        units = {unit.pk: unit for unit in self._crew.units}
        for (pk, on), lines in sorted(self._lines.items(), key=lambda each: (each[0][1], each[0][0])):
            unit, giver = units[pk], self._crew.province
            number = letter(unit, on)
            told = sorted(lines, key=lambda each: str(each["until"]))
            data = _data(giver, unit, number, on, URGED, told, on)
            yield Letter(
                unit=unit,
                giver=giver,
                number=number,
                on=on,
                data=data,
                by=self._crew.steers,
                at=at_hour(on, LETTER_HOUR),
            )


def reports(crew: Crew, at: datetime) -> None:
    """The lists of the overdue of the last twelve months and the reports of two years, as every unit sent them.

    The province has sent those of last year only: what it reports of this year is counted when it is looked at.
    """
    for kind, period in _periods(day(at)):
        write(list(_of_period(kind, period, crew, at)), own=False)


def _periods(on: date) -> Iterator[tuple[str, ReportPeriod]]:
    """The last twelve months and the periods of two years, those that are over."""
    first = on.replace(day=1)
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        yield Kind.OVERDUE, following.month(first.year, first.month)
    for year in (on.year - 1, on.year):
        yield from ((Kind.TASKS, each) for each in following.report_periods(year) if each.last < on)


def _of_period(kind: str, period: ReportPeriod, crew: Crew, at: datetime) -> Iterator[PeriodReport]:
    """What every unit sent of one period; figures and lists of all of them are counted at once."""
    on, top, tasks = period.last, crew.province, queries.owed(period.first, period.last)
    figures = counting.by_unit(tasks, on)
    rows = _overdue(tasks, on, top) if kind == Kind.OVERDUE else _by_unit(figures, crew)
    for n, unit in enumerate(crew.units):
        if unit == top and on.year == at.year:
            continue
        whole = counting.together(figures.values()) if unit == top else figures.get(unit.pk, Figures({}, 0))
        sent = min(at_hour(on + timedelta(days=1 + n % 9), 9), at)
        told = reporting.data(unit, period, on, whole, rows[unit.pk][: reporting.MOST])
        by = crew.heads[unit.pk]
        yield PeriodReport(kind=kind, unit=unit, period=period.code, data=told, text="", by=by, at=sent)


def _overdue(tasks: QuerySet[Task], on: date, top: Unit) -> dict[int, list[dict[str, Any]]]:
    """The list of each unit by its id, that of the province among them, which gave them all."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    late = tasks.filter(queries.statuses(on)[Status.OVERDUE]).select_related("lead", "instrument")
    for task in late.defer("words", "detail").order_by("until", "id"):
        told = reporting.line(task, on)
        found[top.pk].append(told)
        if task.lead_id != top.pk:
            found[task.lead_id].append(told)
    return found


def _by_unit(figures: Mapping[int, Figures], crew: Crew) -> dict[int, list[dict[str, Any]]]:
    """The line of each unit by its id; the province has all of them."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    keys, rows = {unit.code: unit.pk for unit in crew.units}, reporting.of_each(figures)
    for row in rows:
        found[keys[row["code"]]].append(row)
    return found | {crew.province.pk: rows}
