"""Reporting periods: month, quarter, half-year, year (kỳ báo cáo), in the legal days of Asia/Ho_Chi_Minh."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from motcua.law import calendar

_WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<kind>[QH]?)(?P<number>[0-9]{1,2}))?")
_ROMAN = ("I", "II", "III", "IV")
INSTANT = timedelta(microseconds=1)


class BadPeriod(ValueError):
    """A text that is no period, or a period that has not begun (kỳ không hợp lệ)."""


class Span(IntEnum):
    """The length of a period in months."""

    MONTH = 1
    QUARTER = 3
    HALF = 6
    YEAR = 12


_SPANS = {"": Span.MONTH, "Q": Span.QUARTER, "H": Span.HALF}
_LETTERS = {span: letter for letter, span in _SPANS.items()}
_LABELS: dict[Span, Callable[[int, int], str]] = {
    Span.MONTH: lambda number, year: f"Tháng {number}/{year}",
    Span.QUARTER: lambda number, year: f"Quý {_ROMAN[number - 1]}/{year}",
    Span.HALF: lambda number, year: f"6 tháng {('đầu', 'cuối')[number - 1]} năm {year}",
    Span.YEAR: lambda number, year: f"Năm {year}",
}


@dataclass(frozen=True, slots=True)
class Window:
    """A period as far as it has gone by some moment: what a measure is bound to.

    `start` and `until` are the first and the last moment that counts, `first` and `last` their legal days;
    `today` is the legal day on which one looks, for what is counted as of now. `closed` tells whether the
    period is over.
    """

    start: datetime
    until: datetime
    first: date
    last: date
    today: date
    closed: bool


@dataclass(frozen=True, slots=True)
class Period:
    """One period (kỳ): the `number`-th `span` of `year`."""

    year: int
    span: Span
    number: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read 2026-10, 2026-Q3, 2026-H1 or 2026. Raises BadPeriod."""
        found = _WRITTEN.fullmatch(text.strip().upper())
        if found:
            year, number = int(found["year"]), int(found["number"] or 1)
            span = Span.YEAR if found["number"] is None else _SPANS[found["kind"]]
            if 1 <= number <= 12 // span and calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR:
                return cls(year, span, number)
        raise BadPeriod(
            f"không có kỳ “{text}”; viết 2026-10 (tháng), 2026-Q3 (quý), 2026-H1 (6 tháng) hoặc 2026 (năm), "
            f"từ năm {calendar.FIRST_YEAR} đến năm {calendar.LAST_YEAR}"
        )

    @classmethod
    def containing(cls, day: date, span: Span = Span.MONTH) -> Period:
        """The period of that length in which a legal day lies."""
        return cls(day.year, span, (day.month - 1) // span + 1)

    def __str__(self) -> str:
        if self.span is Span.YEAR:
            return str(self.year)
        number = f"{self.number:02}" if self.span is Span.MONTH else str(self.number)
        return f"{self.year}-{_LETTERS[self.span]}{number}"

    @property
    def label(self) -> str:
        """As a page says it: Tháng 10/2026, Quý III/2026, 6 tháng đầu năm 2026, Năm 2026."""
        return _LABELS[self.span](self.number, self.year)

    @property
    def first(self) -> date:
        return date(self.year, (self.number - 1) * self.span + 1, 1)

    @property
    def last(self) -> date:
        month = self.number * self.span
        following = date(self.year + 1, 1, 1) if month == 12 else date(self.year, month + 1, 1)
        return following - timedelta(days=1)

    @property
    def start(self) -> datetime:
        """Midnight in Asia/Ho_Chi_Minh at which the period begins."""
        return calendar.at(self.first, time.min)

    @property
    def end(self) -> datetime:
        """Midnight at which the period is over; the moment itself belongs to the next one."""
        return calendar.at(self.last + timedelta(days=1), time.min)

    @property
    def previous(self) -> Period:
        """The period of the same length before this one."""
        return Period.containing(self.first - timedelta(days=1), self.span)

    @property
    def next(self) -> Period:
        """The period of the same length after this one."""
        return Period.containing(self.last + timedelta(days=1), self.span)

    @property
    def months(self) -> tuple[Period, ...]:
        """The months the period is made of."""
        last = self.number * self.span
        return tuple(Period(self.year, Span.MONTH, month) for month in range(last - self.span + 1, last + 1))

    def window(self, at: datetime) -> Window:
        """The period as far as it has gone by `at`. Raises BadPeriod when it has not begun."""
        if at < self.start:
            raise BadPeriod(f"{self.label.lower()} chưa bắt đầu vào ngày {calendar.day(at):%d/%m/%Y}")
        until = min(at, self.end - INSTANT)
        return Window(self.start, until, self.first, calendar.day(until), calendar.day(at), at >= self.end)
