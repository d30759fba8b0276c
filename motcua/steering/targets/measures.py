"""What a target is computed from: the other indicators, the tasks of the year, or nothing (số liệu của hệ thống).

`others:<key>` is an indicator of `scores/others`, at province over all its units, `others:<key>@<kind>` over those of
one kind; `declared:documents` the documents units declared; `tasks:done` the tasks of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse

from motcua.law.calendar import day
from motcua.law.packs import NotInForce
from motcua.people.models import Unit, UnitKind
from motcua.scores.asked import Asked
from motcua.scores.others import queries as others
from motcua.scores.others.queries import Figure, Look
from motcua.scores.periods import BadPeriod, Period, Span

from .. import queries
from ..models import Task

COMPUTED = {
    "tasks:done": "nhiệm vụ của năm đã được xác nhận hoàn thành",
    "declared:documents": "văn bản điện tử các đơn vị đã kê khai",
}


@dataclass(frozen=True, slots=True)
class Actual:
    """How far a target is: its value, the day it stands for, where it comes from, and who declared it."""

    value: Decimal | None
    on: date
    origin: str
    url: str = ""
    declared: bool = False


class Measured:
    """What the system counts for one unit and year, each source asked at most once."""

    def __init__(self, unit: Unit, year: int, at: datetime) -> None:
        self.unit, self.year, self.at = unit, year, at
        self._looked: Look | None = None
        self._asked = Asked(Period(year, Span.YEAR, 1), at, at)
        self._units: list[Unit] = []
        self._documents: Mapping[int, Figure] | None = None

    def actual(self, measure: str) -> Actual:
        """The value of a measure in per cent; None where nothing is counted yet."""
        kind, _, key = measure.partition(":")
        on = min(day(self.at), date(self.year, 12, 31))
        if kind == "tasks":
            return Actual(self._tasks(on), on, COMPUTED[measure], self._tasks_url())
        try:
            if kind == "declared":
                figures = self._declared()
                return Actual(_percent(figures), on, COMPUTED[measure], declared=True)
            name, _, level = key.partition("@")
            figure = self._figure(name, level)
        except (BadPeriod, NotInForce):
            return Actual(None, on, "chưa có số liệu")
        url = f"{reverse('other-indicator', args=[name])}{self._asked.query}"
        return Actual(_percent(figure), on, "hệ thống tính từ hồ sơ", url)

    def _figure(self, name: str, level: str) -> Figure:
        if self._looked is None:
            self._looked = others.look(self._asked)
            self._units = others.units(self._asked.window.last)
        if self.unit.kind != UnitKind.PROVINCE:
            return self._looked.of(self.unit, name)
        units = [unit for unit in self._units if not level or unit.kind == level]
        return self._looked.of_level(units, name)

    def _declared(self) -> Figure:
        if self._documents is None:
            self._documents = others.documents(self._asked)
        if self.unit.kind != UnitKind.PROVINCE:
            return self._documents.get(self.unit.pk, Figure(0, 0))
        every = self._documents.values()
        return Figure(sum(each.n for each in every), sum(each.d for each in every))

    def _tasks(self, on: date) -> Decimal | None:
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        of_unit = {"giver": self.unit} if self.unit.kind == UnitKind.PROVINCE else {"lead": self.unit}
        figures = queries.figures(Task.objects.filter(until__gte=first, until__lte=last, **of_unit), on)
        return Decimal(figures.done * 100) / figures.total if figures.total else None

    def _tasks_url(self) -> str:
        unit = "" if self.unit.kind == UnitKind.PROVINCE else f"&don_vi={self.unit.code}"
        return f"{reverse('tasks')}?o=tat-ca&nam={self.year}{unit}"


def _percent(figure: Figure) -> Decimal | None:
    return None if figure.rate is None else figure.rate * 100
