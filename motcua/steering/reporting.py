"""What a report of a period says, gathered from the tasks of the day it is made (báo cáo định kỳ)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from motcua.law.calendar import day
from motcua.law.following import Figures, ReportPeriod, Status
from motcua.people.models import Unit, UnitKind

from . import counting, overview, queries
from .models import PeriodReport, Task

MOST = 1000
Kind = PeriodReport.Kind
FIGURES = ("total", "done", "done_late", "within", "waiting", "overdue")


def tasks_of(unit: Unit, period: ReportPeriod) -> QuerySet[Task]:
    """The tasks a unit reports on: what it led, or for the province what it gave."""
    owed = queries.owed(period.first, period.last)
    return owed.filter(giver=unit) if unit.kind == UnitKind.PROVINCE else owed.filter(lead=unit)


def gathered(kind: str, unit: Unit, period: ReportPeriod, today: date) -> dict[str, Any]:
    """The figures and the list of a report, counted, as plain data that can be kept for ever."""
    on, tasks = min(period.last, today), tasks_of(unit, period)
    if kind == Kind.TASKS:
        of_units = counting.by_unit(tasks, on)
        return data(unit, period, on, counting.together(of_units.values()), of_each(of_units))
    return data(unit, period, on, counting.figures(tasks, on), overdue(tasks, on))


def shown(kind: str, unit: Unit, period: ReportPeriod, at: datetime) -> dict[str, Any]:
    """The same for a page: of the province, what is kept of each unit is not counted again."""
    if kind != Kind.TASKS or unit.kind != UnitKind.PROVINCE:
        return gathered(kind, unit, period, day(at))
    on, tasks = min(period.last, day(at)), tasks_of(unit, period)
    found = overview.of_all(f"report {unit.pk} {period.first} {period.last}", tasks, on)
    return data(unit, period, on, found.whole, of_each(found.of_units))


def data(
    unit: Unit, period: ReportPeriod, on: date, figures: Figures, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """A report as plain data, its figures as of a day."""
    return {
        "unit": unit.name,
        "period": period.label,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "counted": on.isoformat(),
        "figures": told_figures(figures),
        "rows": rows,
    }


def told_figures(figures: Figures) -> dict[str, int]:
    """Figures by their names, as they are kept."""
    return {
        "total": figures.total,
        "done": figures.done,
        "done_late": figures.of(Status.DONE_LATE),
        "within": figures.within,
        "waiting": figures.of(Status.WAITING),
        "overdue": figures.overdue,
        "waiting_late": figures.waiting_late,
    }


def overdue(tasks: QuerySet[Task], on: date) -> list[dict[str, Any]]:
    """The overdue tasks of a day, longest overdue first."""
    found = tasks.filter(queries.statuses(on)[Status.OVERDUE]).select_related("lead", "instrument")
    return [line(task, on) for task in found.defer("words", "detail").order_by("until", "id")[:MOST]]


def line(task: Task, on: date) -> dict[str, Any]:
    """An overdue task as a report keeps it."""
    return {
        "key": task.pk,
        "code": task.code,
        "title": task.title,
        "product": task.product,
        "lead": task.lead.name,
        "instrument": task.instrument.number if task.instrument else "",
        "due": task.due.isoformat(),
        "until": task.until.isoformat(),
        "days": (on - task.until).days,
    }


def of_each(of_units: Mapping[int, Figures]) -> list[dict[str, Any]]:
    """The figures unit by unit, by the ids of the units."""
    units = Unit.objects.filter(pk__in=of_units).order_by("-kind", "code").values_list("pk", "name", "code")
    return [{"unit": name, "code": code, **told_figures(of_units[pk])} for pk, name, code in units]
