"""The office calendar: legal days, working days and office hours (lịch làm việc).

Days off and make-up days come from the `holidays` package plus the dated days of pack `calendar`; a unit
adds its own by decision. All arithmetic is on whole minutes since the first day of the calendar, laid out
once per calendar, so that a due moment costs a look-up and a bisection, never a walk over days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from itertools import accumulate, pairwise, repeat
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

from . import packs

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_YEAR, LAST_YEAR = 2018, 2030

_MINUTE = timedelta(minutes=1)
DAY = 1440  # minutes
_ORIGIN = datetime(FIRST_YEAR, 1, 1, tzinfo=TZ)
_FIRST = _ORIGIN.toordinal()
_LAST = date(LAST_YEAR, 12, 31).toordinal()
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_SATURDAY = 5

Sessions = tuple[tuple[time, time], ...]


class OutOfYears(ValueError):
    """The calendar has no such day (ngoài khoảng năm của lịch)."""

    def __init__(self, ordinal: int) -> None:
        super().__init__(
            f"lịch làm việc chỉ có từ năm {FIRST_YEAR} đến năm {LAST_YEAR}; "
            f"ngày {date.fromordinal(ordinal):%d/%m/%Y} nằm ngoài"
        )


class Saturday(StrEnum):
    """What Saturday morning is in a unit (sáng thứ Bảy; QĐ 14/2010/QĐ-TTg).

    CLOSED: a day off. RECEPTION: dossiers are accepted, no term runs. WORKING: terms in hours run too. In
    none of them is Saturday a day of a term in working days, or a day on which a term in days may end.
    """

    CLOSED = "closed"
    RECEPTION = "reception"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a day is off, or why it is worked (lý do, căn cứ)."""

    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Override:
    """One day that a decision made a day off or a working day (nghỉ, làm bù theo quyết định)."""

    day: date
    works: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class NewHours:
    """The office hours and the Saturdays of a unit from a day on (đổi giờ làm việc theo quyết định)."""

    since: date
    hours: Sessions
    saturday: Saturday = Saturday.CLOSED


def day(moment: datetime) -> date:
    """The legal day of a moment in Asia/Ho_Chi_Minh. Raises ValueError for a moment without time zone."""
    return _aware(moment).astimezone(TZ).date()


def at(day: date, clock: time) -> datetime:
    """That hour of that day in Asia/Ho_Chi_Minh."""
    return datetime.combine(day, clock, TZ)


def stamp(moment: datetime) -> int:
    """Whole minutes from the calendar's first midnight; seconds are dropped, as a slip writes none (Mẫu 01).

    Raises ValueError for a moment without time zone.
    """
    return (_aware(moment) - _ORIGIN) // _MINUTE


def moment(stamp: int) -> datetime:
    """The moment of a stamp, in Asia/Ho_Chi_Minh."""
    return _ORIGIN + timedelta(minutes=stamp)


def projected(year: int) -> bool:
    """Whether the days off of `year` are not yet announced (lịch dự kiến). Raises OutOfYears."""
    _index(date(year, 1, 1))
    return bool(year > _pack()["announced_until"])


def projection(year: int) -> Why | None:
    """What a reader must know of a projected year, with the last announcement, or None. Raises OutOfYears."""
    if not projected(year):
        return None
    said = f"Lịch nghỉ năm {year} là dự kiến; thời hạn được tính lại khi có thông báo chính thức"
    return Why(said, f"thông báo gần nhất: {_pack().source('announced_until')}")


def sessions(text: str) -> Sessions:
    """Office hours as a decision writes them, "07:00-11:30,13:30-17:00". Raises ValueError."""
    try:
        pairs = [part.split("-") for part in text.split(",")]
        found = tuple((time.fromisoformat(a.strip()), time.fromisoformat(b.strip())) for a, b in pairs)
    except ValueError:
        raise ValueError(f'giờ làm việc "{text}" phải viết như 07:00-11:30,13:30-17:00') from None
    edges = [edge for pair in found for edge in pair]
    if any(a >= b for a, b in pairwise(edges)):
        raise ValueError(f'giờ làm việc "{text}" phải đi từ sớm đến muộn, không trùng nhau')
    return found


def _office_hours() -> Sessions:
    return sessions(_pack()["office_hours"])


def _saturday_hours() -> Sessions:
    return sessions(_pack()["saturday_hours"])


def _working_week() -> frozenset[int]:
    return frozenset(_pack()["working_week"])


@dataclass(frozen=True)
class Calendar:
    """The calendar of a unit (lịch làm việc của đơn vị).

    `hours` add up to the working day of the law (8 hours); they and `saturday` hold until the first of
    `changes`, oldest first. `weekdays` counts from 0 for Monday; `overrides` are the unit's own days by decision
    and win over national ones. Raises ValueError for other hours a day.
    """

    hours: Sessions = field(default_factory=_office_hours)
    weekdays: frozenset[int] = field(default_factory=_working_week)
    saturday: Saturday = Saturday.CLOSED
    saturday_hours: Sessions = field(default_factory=_saturday_hours)
    overrides: tuple[Override, ...] = ()
    changes: tuple[NewHours, ...] = ()

    def __post_init__(self) -> None:
        lawful = _pack()["hours_a_day"]
        for hours in (self.hours, *(change.hours for change in self.changes)):
            if (minutes := _pattern(hours).length) != 60 * lawful:
                raise ValueError(f"giờ làm việc một ngày phải đủ {lawful} giờ, không phải {minutes} phút")

    @cached_property
    def day_minutes(self) -> int:
        """Working minutes of one working day: 480 (8 giờ = 1 ngày)."""
        return _pattern(self.hours).length

    def hours_on(self, day: date) -> Sessions:
        """The office hours that hold on `day`, worked or not."""
        return next((c.hours for c in reversed(self.changes) if c.since <= day), self.hours)

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day (ngày làm việc). Raises OutOfYears."""
        return self.tables.works[_index(day)]

    def why_off(self, day: date) -> Why | None:
        """Why `day` is off, or None for a working day. Raises OutOfYears."""
        if self.is_working(day):
            return None
        return self._why(day) or Why(_WEEKDAYS[day.weekday()], _pack().source("working_week"))

    def why_worked(self, day: date) -> Why | None:
        """Why a day that would be off is worked (làm bù), or None. Raises OutOfYears."""
        unusual = self.is_working(day) and day.weekday() not in self.weekdays
        return self._why(day) if unusual else None

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`. Raises OutOfYears."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, days: int) -> date:
        """The `days`-th working day after `day`, before it when negative, `day` for 0. Raises OutOfYears."""
        index, tables = _index(day), self.tables
        if not days:
            return day
        place = tables.rank[index + 1] + days - 1 if days > 0 else tables.rank[index] + days
        if not 0 <= place < len(tables.working):
            raise OutOfYears(_LAST + 1 if days > 0 else _FIRST - 1)
        return date.fromordinal(tables.working[place])

    def add_working_days_to_all(self, ordinals: Sequence[int], days: int) -> list[int]:
        """`add_working_days` in bulk, on day ordinals; `days` is at least 1. Raises OutOfYears."""
        if ordinals and (min(ordinals) < _FIRST or max(ordinals) > _LAST):
            raise OutOfYears(next(o for o in ordinals if not _FIRST <= o <= _LAST))
        rank, working, shift, last = self.tables.rank, self.tables.working, 1 - _FIRST, days - 1
        try:
            return [working[rank[ordinal + shift] + last] for ordinal in ordinals]
        except IndexError:
            raise OutOfYears(_LAST + 1) from None

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Working minutes from `start` to `end`, negative when `end` comes first. Raises OutOfYears."""
        hours = self.tables.hours
        return hours.position(stamp(end)) - hours.position(stamp(start))

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The moment `minutes` (at least 1) working minutes after `start`. Raises OutOfYears."""
        hours = self.tables.hours
        return moment(hours.stamp(hours.position(stamp(start)) + minutes))

    def close(self, day: date) -> datetime:
        """Close of office of a working day (hết giờ làm việc). Raises ValueError for a day off."""
        if not self.is_working(day):
            raise ValueError(f"{day:%d/%m/%Y} không phải ngày làm việc")
        return at(day, self.hours_on(day)[-1][1])

    def snap(self, moment: datetime) -> datetime:
        """When a reception at `moment` counts: itself in office hours, else when the office opens next."""
        return _ORIGIN + timedelta(minutes=self.tables.snap(stamp(moment)))

    @cached_property
    def tables(self) -> Tables:
        """The calendar laid out in minutes; equal calendars share one."""
        return _tables(self)

    def _why(self, day: date) -> Why | None:
        own = next((o for o in self.overrides if o.day == day), None)
        found = own or _national().get(day.toordinal())
        return Why(found.name, found.source) if found else None


@dataclass(frozen=True, slots=True)
class Pattern:
    """The minutes of one kind of day: `spent[m]` of them lie before minute m, the k-th ends at `reach[k]`.

    `snap[m]` is the first minute from m on at which the office is open, -1 when it opens no more that day.
    """

    spent: tuple[int, ...]
    reach: tuple[int, ...]
    snap: tuple[int, ...]

    @property
    def length(self) -> int:
        return self.spent[-1]


@dataclass(frozen=True, slots=True)
class Track:
    """Minutes that count, laid end to end: `before[i]` of them lie before day i."""

    days: tuple[Pattern, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, days: Iterable[Pattern]) -> Track:
        kept = tuple(days)
        return cls(kept, tuple(accumulate((p.length for p in kept), initial=0)))

    def position(self, stamp: int) -> int:
        """How many minutes of the track lie before `stamp`. Raises OutOfYears."""
        index, minute = divmod(stamp, DAY)
        if not 0 <= index < len(self.days):
            raise OutOfYears(_FIRST + index)
        return self.before[index] + self.days[index].spent[minute]

    def after_day(self, stamp: int) -> int:
        """The position at the end of the legal day of `stamp`. Raises OutOfYears."""
        index = stamp // DAY
        if not 0 <= index < len(self.days):
            raise OutOfYears(_FIRST + index)
        return self.before[index + 1]

    def stamp(self, position: int) -> int:
        """Where the `position`-th minute ends: 11:30, never 13:30. Raises OutOfYears."""
        index = bisect_left(self.before, position) - 1
        if not 0 <= index < len(self.days):
            raise OutOfYears(_FIRST - 1 if index < 0 else _LAST + 1)
        return index * DAY + self.days[index].reach[position - self.before[index]]


@dataclass(frozen=True)
class Tables:
    """A calendar laid out over its years.

    `working` holds the ordinals of the working days, `rank` how many lie before each day, `office` what each
    would be if it were worked. Track `days` counts
    the hours of working days only, `hours` adds Saturday mornings that work, `civil` gives every calendar day
    one office day, `wall` counts round the clock; `open` says when dossiers are accepted.
    """

    works: tuple[bool, ...]
    working: tuple[int, ...]
    rank: tuple[int, ...]
    office: tuple[Pattern, ...]
    days: Track
    hours: Track
    open: Track

    @cached_property
    def civil(self) -> Track:
        return Track.of(self.office)

    @cached_property
    def wall(self) -> Track:
        whole = Pattern(tuple(range(DAY + 1)), tuple(range(DAY + 1)), tuple(range(DAY)))
        return Track.of(whole for _ in self.works)

    def snap(self, stamp: int) -> int:
        """The first stamp from `stamp` on at which the office is open. Raises OutOfYears."""
        index, minute = divmod(stamp, DAY)
        while 0 <= index < len(self.works):
            opens = self.open.days[index].snap[minute]
            if opens >= 0:
                return index * DAY + opens
            index, minute = index + 1, 0
        raise OutOfYears(_FIRST + index)


@lru_cache(maxsize=512)
def _tables(calendar: Calendar) -> Tables:
    works, in_turn = tuple(_works(calendar)), tuple(_in_turn(calendar))
    off, half = _pattern(()), _pattern(calendar.saturday_hours)
    days = [full if worked else off for (full, _), worked in zip(in_turn, works, strict=True)]
    counted, opened = list(days), list(days)
    for i, (_, saturday) in enumerate(in_turn):
        if saturday is not Saturday.CLOSED and not works[i] and _free_saturday(calendar, _FIRST + i):
            opened[i] = half
            counted[i] = half if saturday is Saturday.WORKING else off
    return Tables(
        works=works,
        working=tuple(_FIRST + i for i, worked in enumerate(works) if worked),
        rank=tuple(accumulate(works, initial=0)),
        office=tuple(full for full, _ in in_turn),
        days=Track.of(days),
        hours=Track.of(counted),
        open=Track.of(opened),
    )


def _in_turn(calendar: Calendar) -> Iterator[tuple[Pattern, Saturday]]:
    """The hours of each day, if it were worked, and what its Saturday is."""
    held = [(calendar.hours, calendar.saturday), *((c.hours, c.saturday) for c in calendar.changes)]
    turns = [min(max(change.since.toordinal(), _FIRST), _LAST + 1) for change in calendar.changes]
    for (hours, saturday), (begin, end) in zip(held, pairwise([_FIRST, *turns, _LAST + 1]), strict=True):
        yield from repeat((_pattern(hours), saturday), end - begin)


def _works(calendar: Calendar) -> Iterator[bool]:
    special = {o: override.works for o, override in _national().items()}
    special |= {o.day.toordinal(): o.works for o in calendar.overrides}
    for ordinal in range(_FIRST, _LAST + 1):
        # Ordinal 1 is a Monday: the weekday needs no date object.
        yield special.get(ordinal, (ordinal - 1) % 7 in calendar.weekdays)


def _free_saturday(calendar: Calendar, ordinal: int) -> bool:
    named = ordinal in _national() or any(o.day.toordinal() == ordinal for o in calendar.overrides)
    return (ordinal - 1) % 7 == _SATURDAY and not named


@lru_cache(maxsize=512)
def _pattern(hours: Sessions) -> Pattern:
    spans = [(a.hour * 60 + a.minute, b.hour * 60 + b.minute) for a, b in hours]
    spent = tuple(sum(min(max(m - a, 0), b - a) for a, b in spans) for m in range(DAY + 1))
    reach = tuple(bisect_left(spent, k) for k in range(spent[-1] + 1))
    snap = tuple(next((max(m, a) for a, b in spans if m <= b), -1) for m in range(DAY))
    return Pattern(spent, reach, snap)


@cache
def _national() -> Mapping[int, Override]:
    """Every day the nation made special, by ordinal; the pack's own announcements win over the library."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    library = holidays.country_holidays("VN", years=years, language="vi")
    found = {d.toordinal(): Override(d, False, name, _by_law(d)) for d, name in library.items()}
    for d in library.weekend_workdays:
        found[d.toordinal()] = Override(d, True, "Làm bù cho ngày nghỉ hoán đổi", _by_law(d))
    for parameter, works in (("days_off", False), ("days_worked", True)):
        for value in packs.history("calendar", parameter):
            for entry in value.value:
                source = str(value.reference) if value.verified else f"{value.reference} [chưa xác minh]"
                found[entry["day"].toordinal()] = Override(entry["day"], works, entry["name"], source)
    return MappingProxyType(found)


def _by_law(day: date) -> str:
    return packs.on("calendar", day).source("holidays_law")


@cache
def _pack() -> packs.Pack:
    return packs.on("calendar", date(LAST_YEAR, 12, 31))


def _index(day: date) -> int:
    ordinal = day.toordinal()
    if not _FIRST <= ordinal <= _LAST:
        raise OutOfYears(ordinal)
    return ordinal - _FIRST


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"thời điểm {moment:%d/%m/%Y %H:%M} thiếu múi giờ")
    return moment
