"""Terms laid on a calendar: the dated rules of counting and the due moment (BLDS 2015 Đ.147, 148).

A term is a number of minutes on a track of its calendar. Working days and hours run on working minutes; days
and months on a track where every calendar day is one office day. A term of at least a day begins at the end
of the day it is counted from, a shorter one at the moment itself, so one addition gives where it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from . import packs
from .calendar import DAY, LAST_YEAR, Calendar, OutOfYears, Track, day, moment, stamp
from .limits import TimeLimit, Unit


class DaysFrom(StrEnum):
    """Where a term in days begins (ngày liền kề, hoặc đúng thời điểm)."""

    NEXT_DAY = "next_day"
    MOMENT = "moment"


class AfterHours(StrEnum):
    """What an acceptance out of hours counts as (tiếp nhận ngoài giờ)."""

    NEXT_OPENING = "next_opening"
    SAME_DAY = "same_day"


class OnSupplement(StrEnum):
    """What a full supplement does to the term (nhận đủ hồ sơ bổ sung)."""

    RESTART = "restart"
    PAUSE = "pause"


class OnLateSupplement(StrEnum):
    """What a full supplement does when it was asked for after the term had run out (yêu cầu khi đã quá hạn)."""

    KEEP = "keep"
    RESTART = "restart"


class OnDuty(StrEnum):
    """What waiting for a financial duty does to the term (chờ nghĩa vụ tài chính)."""

    PAUSE = "pause"
    RUN = "run"


class PlainHours(StrEnum):
    """What "giờ" without "làm việc" means."""

    WORKING = "working"
    CLOCK = "clock"


# What this code knows how to count; a pack that says otherwise must not pass unnoticed.
_ONLY = {
    "start": "accepted",
    "hours_from": "moment",
    "months": "same_day_or_last",
    "day_ends": "close_of_office",
    "ends_on_day_off": "next_working_day",
    "part_of_day": "working_hours",
    "early": "before_due_day",
}
_CHOICES: Mapping[str, Callable[[str], object]] = {
    "days_from": DaysFrom,
    "after_hours": AfterHours,
    "supplement": OnSupplement,
    "late_supplement": OnLateSupplement,
    "financial_duty": OnDuty,
    "plain_hours": PlainHours,
    "same_day_cutoff": time.fromisoformat,
}
_CLOSE_DAYS = ("supplement_close_days", "reception_supplement_close_days")
_MADE = frozenset({*_CHOICES, *_CLOSE_DAYS, "sources"})


@dataclass(frozen=True, slots=True)
class ClockRules:
    """The rules of pack `clock` in force on a day (quy định về thời hạn).

    `sources` cites each parameter; the days after which a supplement is closed are None where the regime sets none.
    """

    regime: str
    days_from: DaysFrom
    after_hours: AfterHours
    supplement: OnSupplement
    late_supplement: OnLateSupplement
    financial_duty: OnDuty
    plain_hours: PlainHours
    supplement_max: int
    supplement_notice_working_days: int
    supplement_close_days: int | None
    reception_supplement_close_days: int | None
    extension_max: int
    extension_notice_days: int
    correction_working_days: int
    correction_signed: bool
    reception_notify_hours: int
    reception_accept_working_hours: int
    same_day_cutoff: time
    near_working_hours: int
    end_order: tuple[tuple[str, ...], ...]
    sources: Mapping[str, str] = field(compare=False)


@cache
def rules(on: date) -> ClockRules:
    """The rules in force on a legal day. Raises NotInForce before the first regime, NĐ 61/2018."""
    first = packs.history("clock", "regime")[0]
    if on < first.since:
        raise packs.NotInForce(
            f"ngày {on:%d/%m/%Y} chưa có cách tính thời hạn; có từ {first.since:%d/%m/%Y} ({first.reference})"
        )
    pack = packs.on("clock", on)
    for name, known in _ONLY.items():
        if pack[name] != known:
            raise NotImplementedError(f"gói clock: chưa tính được {name} = {pack[name]}")
    given = {f.name: pack[f.name] for f in fields(ClockRules) if f.name not in _MADE}
    given |= {name: kind(pack[name]) for name, kind in _CHOICES.items()}
    return ClockRules(
        **given,
        supplement_close_days=pack.get("supplement_close_days"),
        reception_supplement_close_days=pack.get("reception_supplement_close_days"),
        sources=MappingProxyType({name: pack.source(name) for name in pack.values}),
    )


def rules_of(regime: str) -> ClockRules:
    """The rules of a regime ("nd61-2018", "nd118-2025") as they stood on its last day.

    Raises LookupError naming the known ones.
    """
    known = packs.history("clock", "regime")
    ends = [following.since - timedelta(days=1) for following in known[1:]] + [date.max]
    for value, last in zip(known, ends, strict=True):
        if value.value == regime:
            return rules(last)
    raise LookupError(f"không có chế độ “{regime}”; các chế độ: {', '.join(v.value for v in known)}")


@dataclass(frozen=True, slots=True)
class Term:
    """A limit laid on a calendar, in stamps and positions (thời hạn đặt lên lịch).

    It counts the minutes of `track` from position `begin` to `end`; `whole` is where its whole days end: a
    term in calendar days never ends before. `fixed` is the due stamp once counting no longer gives it.
    """

    calendar: Calendar
    track: Track
    begin: int
    end: int
    whole: int
    fixed: int | None = None

    @property
    def due(self) -> int:
        """The due stamp (thời điểm hết hạn). Raises OutOfYears."""
        if self.fixed is not None:
            return self.fixed
        tables = self.calendar.tables
        ends = self.track.stamp(self.end)
        if self.track is tables.civil:
            return max(self._rolled(ends), self._rolled(self.track.stamp(self.whole)))
        return tables.snap(ends) if self.track is tables.wall else ends

    def paused(self, start: int, end: int) -> Term:
        """The term with the time between two stamps left out; a term that has run out does not move."""
        due = self.due
        if start >= due:
            return self
        left = self.track.position(start)
        if self.fixed is not None or left > self.end:
            hours = self.calendar.tables.hours
            waited = hours.position(end) - hours.position(start)
            return replace(self, fixed=hours.stamp(hours.position(due) + waited))
        waited = max(self.track.position(end), self.begin) - max(left, self.begin)
        return replace(self, end=self.end + waited, whole=self.whole + waited)

    def counted(self, start: int, end: int) -> int:
        """Minutes of the term that lie between two stamps of one day."""
        whole = end // DAY > start // DAY
        last = self.track.after_day(start) if whole else self.track.position(end)
        return max(0, min(last, self.end) - max(self.track.position(start), self.begin))

    def _rolled(self, stamp: int) -> int:
        tables = self.calendar.tables
        if tables.works[stamp // DAY]:
            return stamp
        return tables.days.stamp(tables.days.after_day(stamp) + self.calendar.day_minutes)


_DAYS = frozenset({Unit.WORKING_DAYS, Unit.DAYS, Unit.MONTHS})


def by_days(limit: TimeLimit) -> bool:
    """Whether a term is counted by days; a part of a day is counted in working hours from the moment."""
    return limit.unit in _DAYS and limit.amount >= 1


def begun(start: datetime, calendar: Calendar, rules: ClockRules) -> int:
    """The stamp at which an acceptance at `start` counts (thời điểm tính từ). Raises OutOfYears."""
    exact = stamp(start)
    return calendar.tables.snap(exact) if rules.after_hours is AfterHours.NEXT_OPENING else exact


def lay(start: int, limit: TimeLimit, calendar: Calendar, rules: ClockRules) -> Term:
    """Lay `limit` on `calendar` from the stamp at which its acceptance counts. Raises OutOfYears."""
    tables = calendar.tables
    if not by_days(limit):
        wall = limit.unit in (Unit.HOURS, Unit.MINUTES) and rules.plain_hours is PlainHours.CLOCK
        track = tables.wall if wall else tables.hours
        begin = track.position(start)
        end = begin + _minutes(limit, calendar)
        return Term(calendar, track, begin, end, end)
    track = tables.days if limit.unit is Unit.WORKING_DAYS else tables.civil
    begin = track.after_day(start) if rules.days_from is DaysFrom.NEXT_DAY else track.position(start)
    days = _days_of_months(start, int(limit.amount)) if limit.unit is Unit.MONTHS else limit.amount
    whole = begin + int(days) * calendar.day_minutes
    return Term(calendar, track, begin, begin + _rounded(days * calendar.day_minutes), whole)


def due(start: datetime, limit: TimeLimit, calendar: Calendar, rules: ClockRules) -> datetime:
    """The due moment of a term from its acceptance (ngày hẹn trả; NĐ 118/2025 Đ.17.3). Raises OutOfYears."""
    return moment(lay(begun(start, calendar, rules), limit, calendar, rules).due)


def due_of_all(
    starts: Iterable[datetime], limit: TimeLimit, calendar: Calendar, rules: ClockRules
) -> list[datetime]:
    """`due` in bulk: acceptances that count from the same day, or the same minute, are laid once."""
    # On the day rule the whole first day is left out, so the minute of acceptance does not matter.
    grain = DAY if by_days(limit) and rules.days_from is DaysFrom.NEXT_DAY else 1
    known: dict[int, datetime] = {}
    found = []
    for start in starts:
        counts = begun(start, calendar, rules)
        key = counts // grain
        if key not in known:
            known[key] = moment(lay(counts, limit, calendar, rules).due)
        found.append(known[key])
    return found


def reception_deadlines(
    filed_at: datetime, calendar: Calendar, rules: ClockRules
) -> tuple[datetime, datetime]:
    """By when an online filing is notified to its receiving officer, and accepted (NĐ 118/2025 Đ.17.2).

    The first runs by the clock, day and night, since a system does it; the second in working hours.
    """
    notify_by = moment(stamp(filed_at) + 60 * rules.reception_notify_hours)
    return notify_by, calendar.add_working_minutes(filed_at, 60 * rules.reception_accept_working_hours)


def supplement_asked_by(accepted_at: datetime, calendar: Calendar, rules: ClockRules) -> date:
    """The last day on which a supplement may be asked of an accepted dossier (NĐ 118/2025 Đ.19.5)."""
    return calendar.add_working_days(day(accepted_at), rules.supplement_notice_working_days)


def supplement_given_by(
    asked_at: datetime, calendar: Calendar, rules: ClockRules, *, accepted: bool = True
) -> date | None:
    """The last day the applicant has to supplement (NĐ 118/2025 Đ.19.5); a day off rolls on (BLDS Đ.148.5).

    `accepted`: asked for after acceptance, as the decree has it, or at reception, of which it says nothing.
    None where the regime sets no such term. Raises OutOfYears.
    """
    days = rules.supplement_close_days if accepted else rules.reception_supplement_close_days
    if days is None:
        return None
    last = day(asked_at) + timedelta(days=days)
    return last if calendar.is_working(last) else calendar.next_working_day(last)


def extended_by(due: datetime, rules: ClockRules) -> date:
    """The last day on which a dossier due at `due` may be given a new day (hẹn lại; NĐ 118/2025 Đ.19.6)."""
    return day(due) - timedelta(days=rules.extension_notice_days)


def corrected_by(asked_at: datetime, calendar: Calendar, rules: ClockRules) -> datetime:
    """When a corrected result must be back at the desk (đính chính kết quả; NĐ 118/2025 Đ.23.1). Raises OutOfYears."""
    return calendar.close(calendar.add_working_days(day(asked_at), rules.correction_working_days))


def _minutes(limit: TimeLimit, calendar: Calendar) -> int:
    match limit.unit:
        case Unit.MINUTES:
            return _rounded(limit.amount)
        case Unit.HOURS | Unit.WORKING_HOURS:
            return _rounded(limit.amount * 60)
    return _rounded(limit.amount * calendar.day_minutes)


def _rounded(minutes: Decimal | int) -> int:
    return max(1, int(Decimal(minutes).quantize(Decimal(1), ROUND_HALF_UP)))


def _days_of_months(start: int, months: int) -> int:
    first = moment(start)
    years, month = divmod(first.month + months, 12)
    if first.year + years > LAST_YEAR + 1:
        raise OutOfYears(date(LAST_YEAR + 1, 1, 1).toordinal())
    last = date(first.year + years, month + 1, 1) - timedelta(days=1)
    return last.replace(day=min(first.day, last.day)).toordinal() - first.toordinal()
