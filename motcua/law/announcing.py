"""By when a procedure must be announced and made public (thời hạn công bố, công khai thủ tục).

A decision is signed at least so many working days before what it announces takes effect (NĐ 63/2010 Đ.15 as amended
by NĐ 48/2013 Đ.1.5), and is made public at most so many after it was signed. The numbers are those the index counts
by (pack `index-766-counts`), so that what the worklist says and what the score says are one thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from . import packs
from .calendar import Calendar, at
from .ledger import Line, LineKind

SUBJECT = "index-766-counts"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which something is in time, and the days that were counted to it (hạn và diễn giải).

    `days` working days were counted; `verified` says whether that number was read in its source.
    """

    on: date
    days: int
    rule: str
    source: str
    verified: bool
    lines: tuple[Line, ...]

    def late(self, today: date) -> bool:
        return today > self.on


def announce_by(effective_on: date, tier: str, calendar: Calendar) -> Due:
    """The last day to sign the decision that announces what takes effect on `effective_on`.

    `tier` is "province" or "ministry". Raises NotInForce, OutOfYears.
    """
    days, source, verified = _rule("announce_working_days", effective_on, tier)
    last = calendar.add_working_days(effective_on, -days)
    rule = f"ít nhất {days} ngày làm việc trước ngày có hiệu lực {effective_on:%d/%m/%Y}"
    counted = _between(last, effective_on - timedelta(days=1), calendar, source)
    first = _line(counted[0], LineKind.DUE, f"Ngày cuối để ký quyết định công bố, {rule}")
    end = _note(effective_on, "Ngày quy định có hiệu lực, không tính", source)
    return Due(last, days, rule, source, verified, (first, *counted[1:], end))


def publish_by(decided_on: date, tier: str, calendar: Calendar) -> Due:
    """The last day to make public what was announced on `decided_on`. Raises NotInForce, OutOfYears."""
    days, source, verified = _rule("publish_working_days", decided_on, tier)
    last = calendar.add_working_days(decided_on, days)
    rule = f"trong {days} ngày làm việc kể từ ngày ký quyết định công bố {decided_on:%d/%m/%Y}"
    counted = _between(decided_on + timedelta(days=1), last, calendar, source)
    begin = _note(decided_on, "Ngày ký quyết định công bố, không tính", source)
    final = _line(counted[-1], LineKind.DUE, f"Ngày cuối để công khai, {rule}")
    return Due(last, days, rule, source, verified, (begin, *counted[:-1], final))


def notice(decided_on: date, effective_on: date, calendar: Calendar) -> int:
    """Working days from the day of signing up to the day before the effect; 0 when signed that day or later."""
    days = range((effective_on - decided_on).days)
    return sum(calendar.is_working(decided_on + timedelta(days=after)) for after in days)


def _rule(parameter: str, day: date, tier: str) -> tuple[int, str, bool]:
    pack = packs.on(SUBJECT, day)
    return pack[parameter][tier], pack.source(parameter), pack.values[parameter].verified


def _between(first: date, last: date, calendar: Calendar, source: str) -> list[Line]:
    """A line for each day from `first` to `last`: counted, or off with its reason."""
    found, number = [], 0
    for after in range((last - first).days + 1):
        day = first + timedelta(days=after)
        off = calendar.why_off(day)
        number += off is None
        kind = LineKind.OFF if off else LineKind.COUNTED
        why, by = (off.reason, off.source) if off else (f"Ngày làm việc thứ {number}", source)
        found.append(_day(day, kind, why, by, 0 if off else calendar.day_minutes, 0 if off else number))
    return found


def _line(line: Line, kind: LineKind, reason: str) -> Line:
    return _day(line.day, kind, reason, line.source, line.minutes, line.number)


def _note(day: date, reason: str, source: str) -> Line:
    return _day(day, LineKind.NOTE, reason, source)


def _day(day: date, kind: LineKind, reason: str, source: str, minutes: int = 0, number: int = 0) -> Line:
    start = at(day, time())
    return Line(day, start, start + timedelta(days=1), kind, reason, source, minutes, number)
