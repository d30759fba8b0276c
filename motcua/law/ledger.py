"""The ledger of a clock: one line per day or pause, each with its reason and source (diễn giải thời hạn)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from .calendar import DAY, TZ, day, moment, projection
from .facts import Extended, Fact, SupplementReceived, SupplementRequested
from .limits import TimeLimit, Unit
from .terms import ClockRules, DaysFrom, Term, by_days


class LineKind(StrEnum):
    """What a line tells (loại dòng). START and RESTART lines may count time too; DUE is the last day."""

    START = "start"
    RESTART = "restart"
    COUNTED = "counted"
    OFF = "off"
    ROLLED = "rolled"
    EXTENDED = "extended"
    PAUSED = "paused"
    DUE = "due"
    ENDED = "ended"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger (một dòng diễn giải).

    `minutes` of the term were counted between `from_` and `to` (None: still open); the minutes of the lines
    since the last start add up to the term. `number` is the ordinal of the counted day, 0 when there is none.
    """

    day: date
    from_: datetime
    to: datetime | None
    kind: LineKind
    reason: str
    source: str
    minutes: int = 0
    number: int = 0

    def as_data(self) -> dict[str, Any]:
        """The line as JSON data; moments in ISO 8601 with offset."""
        return {
            "day": self.day.isoformat(),
            "from": self.from_.isoformat(),
            "to": self.to.isoformat() if self.to else None,
            "kind": self.kind.value,
            "minutes": self.minutes,
            "number": self.number,
            "reason": self.reason,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Count:
    """A stretch in which the term runs, in stamps; `opening` is the fact that started it from zero."""

    term: Term
    since: int
    until: int
    begun: int
    opening: Fact | None = None
    extension: Extended | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch in which the term does not run, in stamps; `until` is None while it lasts.

    `overdue` marks a wait for a supplement that was asked for too late to restart the term.
    """

    fact: Fact
    since: int
    until: int | None = None
    overdue: bool = False


def write(
    spans: Sequence[Count | Wait], limit: TimeLimit, rules: ClockRules, ending: Fact | None = None
) -> tuple[Line, ...]:
    """The ledger of a dossier's spans, in the order of time; `ending` is the fact that stopped the clock."""
    writer = _Writer(limit, rules)
    lines: list[Line] = []
    for span in spans:
        lines += [writer.wait(span)] if isinstance(span, Wait) else writer.count(span)
    if ending:
        when = ending.at.astimezone(TZ)
        lines.append(Line(day(when), when, when, LineKind.ENDED, ending.label, ending.provision))
    return (*sorted(lines, key=lambda line: line.from_), *_noted(lines))


def slip(when: datetime) -> str:
    """A moment as a slip writes it: 17:00 07/01/2027."""
    return f"{when.astimezone(TZ):%H:%M %d/%m/%Y}"


class _Part(NamedTuple):
    """The part of one day, from stamp `low` to `high`, that lies in a stretch."""

    span: Count
    low: int
    high: int

    @property
    def day(self) -> date:
        return day(moment(self.low))

    @property
    def minutes(self) -> int:
        return self.span.term.counted(self.low, self.high)

    @property
    def opens(self) -> int:
        """The stamp at which the day's counted hours begin."""
        return self.low // DAY * DAY + max(0, self.span.term.track.days[self.low // DAY].snap[0])

    @property
    def closes(self) -> int:
        """The stamp at which they end."""
        return self.low // DAY * DAY + self.span.term.track.days[self.low // DAY].reach[-1]

    def line(self, start: int, kind: LineKind, reason: str, source: str) -> Line:
        end = max(start, min(self.high, self.closes))
        return Line(self.day, moment(start), moment(end), kind, reason, source, self.minutes)


class _Writer:
    """Writes the lines of one dossier; `counted` are the minutes counted since the last start."""

    def __init__(self, limit: TimeLimit, rules: ClockRules) -> None:
        self.days = by_days(limit)
        self.name = "Ngày làm việc" if limit.unit is Unit.WORKING_DAYS else "Ngày"
        self.rules = rules
        self.counted = 0

    def wait(self, span: Wait) -> Line:
        if isinstance(span.fact, SupplementRequested):
            reason, source = f"Chờ bổ sung hồ sơ: {span.fact.reason}", self.rules.sources["supplement"]
        else:
            reason, source = "Chờ thực hiện nghĩa vụ tài chính", self.rules.sources["financial_duty"]
        start, end = moment(span.since), None if span.until is None else moment(span.until)
        reason += "; không tính thời gian này"
        if span.overdue:
            reason += "; khi yêu cầu đã quá hạn nên hạn cũ giữ nguyên"
            source = self.rules.sources["late_supplement"]
        return Line(day(start), start, end, LineKind.PAUSED, reason, source)

    def count(self, span: Count) -> list[Line]:
        """One line per day of a stretch; the last one says when the term ends, if it ends there."""
        if span.opening:
            self.counted = 0
        lines: list[Line] = []
        last = max(span.since, span.until - 1) // DAY
        for index in range(span.since // DAY, last + 1):
            part = _Part(span, max(span.since, index * DAY), min(span.until, (index + 1) * DAY))
            if line := self.day(part):
                lines.append(line)
                self.counted += line.minutes
        if lines and span.until == span.term.due:
            lines[-1] = self.due(lines[-1], part)
        return lines

    def day(self, part: _Part) -> Line | None:
        span = part.span
        if span.opening and part.low // DAY in (span.since // DAY, span.begun // DAY):
            return self.opened(part)
        if part.minutes:
            return self.counted_day(part)
        if off := span.term.calendar.why_off(part.day):
            start, end = moment(part.low), moment(part.high)
            return Line(part.day, start, end, LineKind.OFF, f"{off.reason}: không tính", off.source)
        return self.past_end(part) if span.term.track.position(part.low) >= span.term.end else None

    def opened(self, part: _Part) -> Line:
        """The day of acceptance or of the full supplement, and the day it counts from."""
        span, sources = part.span, self.rules.sources
        restarts = isinstance(span.opening, SupplementReceived)
        said: list[tuple[str, str]] = []
        if part.low == span.since:
            what = "Nhận đủ hồ sơ bổ sung, tính lại từ đầu:" if restarts else "Tiếp nhận"
            said.append((f"{what} {slip(moment(part.low))}", sources["supplement" if restarts else "start"]))
            if span.begun != span.since:
                counts = f"ngoài giờ làm việc nên coi như {slip(moment(span.begun))}"
                said.append((counts, sources["after_hours"]))
        if part.low // DAY == span.begun // DAY:
            said.append(self.first_day(part))
        reason = "; ".join(text for text, _ in said)
        cited = "; ".join(dict.fromkeys(source for _, source in said))
        start = max(part.low, span.begun) if part.low != span.since else part.low
        kind = LineKind.RESTART if restarts else LineKind.START
        return part.line(start, kind, reason[0].upper() + reason[1:], cited)

    def first_day(self, part: _Part) -> tuple[str, str]:
        if self.days and self.rules.days_from is DaysFrom.NEXT_DAY:
            return "thời hạn tính từ ngày liền kề", self.rules.sources["days_from"]
        source = self.rules.sources["days_from" if self.days else "hours_from"]
        return f"tính {_spoken(part.minutes)} trong ngày", source

    def counted_day(self, part: _Part) -> Line:
        calendar = part.span.term.calendar
        number = self.counted // calendar.day_minutes + 1 if self.days else 0
        whole = part.minutes == calendar.day_minutes and self.counted % calendar.day_minutes == 0
        reason = f"{self.name} thứ {number}" if self.days else f"Tính {_spoken(part.minutes)}"
        if self.days and not whole:
            reason = f"{reason}: tính {_spoken(part.minutes)}"
        source = self.rules.sources["days_from" if self.days else "hours_from"]
        if unusual := calendar.why_worked(part.day):
            reason, source = f"{reason} ({unusual.reason})", unusual.source
        elif off := calendar.why_off(part.day):
            reason = f"{reason} ({off.reason}, vẫn tính)"
        line = part.line(max(part.low, part.opens), LineKind.COUNTED, reason, source)
        return replace(line, number=number)

    def past_end(self, part: _Part) -> Line:
        """A working day after the term was counted out: promised anew, or rolled on from a day off."""
        start = max(part.low, part.opens)
        if promise := part.span.extension:
            reason = f"Đã hẹn lại đến {slip(datetime.fromisoformat(promise.due))}: {promise.reason}"
            source = promise.provision or self.rules.sources["extension_max"]
            return part.line(start, LineKind.EXTENDED, reason, source)
        rolled = "Thời hạn hết vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
        return part.line(start, LineKind.ROLLED, rolled, self.rules.sources["ends_on_day_off"])

    def due(self, line: Line, part: _Part) -> Line:
        due = moment(part.span.until)
        closes = self.days and part.span.until == part.closes
        source = f"{line.source}; {self.rules.sources['day_ends']}" if closes else line.source
        reason = f"{line.reason}; hết hạn lúc {slip(due)}"
        return replace(line, kind=LineKind.DUE, to=due, reason=reason, source=source)


def _noted(lines: Sequence[Line]) -> Iterator[Line]:
    last = max((line.to or line.from_ for line in lines), default=None)
    if last and (note := projection(last.year)):
        yield Line(day(last), last, last, LineKind.NOTE, note.reason, note.source)


def _spoken(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} giờ"] * bool(hours) + [f"{rest} phút"] * bool(rest)
    return " ".join(parts) or "0 phút"
