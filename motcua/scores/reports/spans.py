"""Reporting periods with their cut-off days: quarter I goes from 15/12 to 14/3 (kỳ báo cáo, ngày chốt số liệu)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from motcua.law import calendar, packs
from motcua.law.packs import Value

from ..periods import BadPeriod, Period, Span, Window
from .forms import SUBJECT

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reported:
    """A period as reports cut it: `first` to `last`, to be sent by `due` (legal days)."""

    period: Period

    @classmethod
    def parse(cls, text: str) -> Reported:
        """Read 2026-Q3, 2026-H1, 2026 or 2026-10. Raises BadPeriod."""
        return cls(Period.parse(text))

    @classmethod
    def containing(cls, day: date, span: Span = Span.QUARTER) -> Reported:
        """The period of that length in which a day lies by its cut-off days."""
        found = cls(Period.containing(day, span))
        return found.next if day > found.last else found

    def __str__(self) -> str:
        return str(self.period)

    @property
    def label(self) -> str:
        return self.period.label

    @property
    def within(self) -> str:
        """The label inside a sentence: quý III/2026."""
        return self.label[:1].lower() + self.label[1:]

    @cached_property
    def rule(self) -> Value:
        """The cut-off days in force when the period ends."""
        return packs.on(SUBJECT, self.period.last).values["cut_off"]

    @property
    def first(self) -> date:
        before = Period.containing(self.period.first - timedelta(days=1))
        return before.first.replace(day=self.rule.value["first"])

    @property
    def last(self) -> date:
        return self.period.last.replace(day=self.rule.value["last"])

    @property
    def due(self) -> date:
        return self.period.last.replace(day=packs.on(SUBJECT, self.period.last)["due_day"])

    def days_late(self, on: date) -> int:
        """How many days after the deadline of this period a report was sent; 0 in time."""
        return max((on - self.due).days, 0)

    @property
    def previous(self) -> Reported:
        return Reported(self.period.previous)

    @property
    def next(self) -> Reported:
        return Reported(Period.containing(self.period.last + timedelta(days=1), self.period.span))

    def window(self, at: datetime) -> Window:
        """The period as far as it has gone by `at`. Raises BadPeriod when it has not begun."""
        start = calendar.at(self.first, time.min)
        if at < start:
            raise BadPeriod(f"{self.within} bắt đầu lấy số liệu từ {self.first:%d/%m/%Y}")
        end = calendar.at(self.last + timedelta(days=1), time.min)
        until = min(at, end - _INSTANT)
        return Window(start, until, self.first, calendar.day(until), calendar.day(at), at >= end)


def offered(day: date, many: int = 6) -> list[tuple[str, list[Reported]]]:
    """The periods to choose from by length, newest first, none that has not begun."""
    names = {Span.MONTH: "Tháng", Span.QUARTER: "Quý", Span.HALF: "6 tháng", Span.YEAR: "Năm"}
    spans = [Span(span) for span in packs.on(SUBJECT, day)["spans"]]
    return [(names[span], _back(Reported.containing(day, span), many)) for span in spans]


def _back(newest: Reported, many: int) -> list[Reported]:
    found = [newest]
    while len(found) < many:
        found.append(found[-1].previous)
    return found
