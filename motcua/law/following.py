"""How tasks are followed as days pass: their status on a day, the ladder of reminders, the periods of reports.

The states are those a province's own lists use (đã hoàn thành, còn trong hạn, quá hạn); how near, how often and by
when is data (`packs/steering.yaml`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from . import packs
from .steering import Standing, TaskState, late_days

WEEK = 7


class Status(StrEnum):
    """How a task stands on a day (tình trạng nhiệm vụ); `label` is what a page says."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Status:
        member = str.__new__(cls, code)
        member._value_, member.label = code, label
        return member

    OVERDUE = "qua-han", "Quá hạn chưa hoàn thành"
    SOON = "sap-den-han", "Sắp đến hạn"
    RETURNED = "tra-lai", "Bị trả lại, còn hạn"
    DOING = "dang-lam", "Đang thực hiện, trong hạn"
    NOT_STARTED = "chua-lam", "Chưa thực hiện, chưa đến hạn"
    WAITING = "cho-xac-nhan", "Chờ xác nhận"
    PAUSED = "tam-dung", "Tạm dừng"
    DONE = "dung-han", "Hoàn thành đúng hạn"
    DONE_LATE = "tre-han", "Hoàn thành quá hạn"
    CANCELLED = "huy", "Hủy, không thực hiện"


WITHIN = (Status.SOON, Status.RETURNED, Status.DOING, Status.NOT_STARTED)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder of reminders (bậc nhắc): `days` after the deadline, negative before it.

    `level` 1 is who does it, 2 the head of the unit, 3 the office that follows and who gave it.
    """

    days: int
    level: int

    def key(self, until: date) -> str:
        """The name of the rung for one deadline: told once, whoever runs the job and however often."""
        return f"{until:%Y-%m-%d}{self.days:+d}"


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A period of reports (kỳ báo cáo) with its cut-offs, both days within; `due` the last day to send."""

    code: str
    label: str
    first: date
    last: date
    due: date


def status(state: TaskState, until: date, late: bool, today: date, near: int) -> Status:
    """How a task stands on a day; `late` says whether its product came after the deadline."""
    settled = {
        TaskState.ACCEPTED: Status.DONE_LATE if late else Status.DONE,
        TaskState.CANCELLED: Status.CANCELLED,
        TaskState.PAUSED: Status.PAUSED,
        TaskState.REPORTED: Status.WAITING,
    }
    if state in settled:
        return settled[state]
    if today > until:
        return Status.OVERDUE
    if (until - today).days <= near:
        return Status.SOON
    working = {TaskState.DOING: Status.DOING, TaskState.RETURNED: Status.RETURNED}
    return working.get(state, Status.NOT_STARTED)


def near_days(on: date) -> int:
    """How many days before its deadline a task is due soon."""
    return int(packs.on("steering", on)["near_days"])


def ladder(on: date) -> tuple[tuple[Rung, ...], Rung]:
    """The rungs in order, and the one that comes again every week."""
    told: Sequence[Mapping[str, Any]] = packs.on("steering", on)["ladder"]
    *first, weekly = (Rung(each["days"], each["level"]) for each in told)
    return tuple(first), weekly


def rung(until: date, today: date) -> Rung | None:
    """The highest rung a task has come to; a day that was missed loses nothing but its own reminder."""
    first, weekly = ladder(today)
    passed = (today - until).days
    if passed >= weekly.days:
        return Rung(passed - (passed - weekly.days) % WEEK, weekly.level)
    reached = [each for each in first if each.days <= passed]
    return reached[-1] if reached else None


def report_periods(year: int) -> tuple[ReportPeriod, ...]:
    """The periods of the PAR reports of a year, with their cut-offs (quý I, 6 tháng, quý III, năm)."""
    told = packs.on("steering", date(year, 12, 31))["report_periods"]
    return tuple(_in_force(year, each) for each in told)


def _in_force(year: int, told: Mapping[str, Any]) -> ReportPeriod:
    """A period by the rules of the day it ends: what was ruled later moves no deadline of an earlier one."""
    then = packs.on("steering", _day(year, told["last"]))["report_periods"]
    held = next((each for each in then if each["code"] == told["code"]), told)
    return ReportPeriod(
        f"{year}-{held['code']}",
        f"{held['label']} {year}",
        *(_day(year, held[name]) for name in ("first", "last", "due")),
    )


def internal_due(period: ReportPeriod) -> date:
    """By when units send theirs to who puts them together, by the rules of the day the period ends."""
    return period.due - timedelta(days=packs.on("steering", period.last)["internal_days"])


def month(year: int, number: int) -> ReportPeriod:
    """A calendar month as a period, for the monthly list of what is overdue."""
    after = date(year + number // 12, number % 12 + 1, 1)
    last = after - timedelta(days=1)
    return ReportPeriod(
        f"{year}-{number:02}", f"Tháng {number:02}/{year}", date(year, number, 1), last, after
    )


def period(code: str) -> ReportPeriod | None:
    """The period of a code ("2026-q1", "2026-11"); None for one there is not."""
    year, _, part = code.partition("-")
    if len(year) != 4 or not year.isdecimal():
        return None
    try:
        if part.isdecimal() and len(part) == 2 and 1 <= int(part) <= 12:
            return month(int(year), int(part))
        return next((each for each in report_periods(int(year)) if each.code == code), None)
    except (packs.NotInForce, ValueError):
        return None


def occurrences(every: str, first: date, last: date) -> list[tuple[str, date, date]]:
    """The periods of a recurring duty within two days: what each is called, its first day and its deadline.

    `every` is thang, quy, nua-nam or nam. The deadline of a period is its last day, at latest `last`.
    """
    months = {"thang": 1, "quy": 3, "nua-nam": 6, "nam": 12}[every]
    found, at = [], date(first.year, (first.month - 1) // months * months + 1, 1)
    while at <= last and at.year < date.max.year:
        beyond = at.month - 1 + months
        after = date(at.year + beyond // 12, beyond % 12 + 1, 1)
        found.append((_called(every, at), max(at, first), min(after - timedelta(days=1), last)))
        at = after
    return found


def _called(every: str, at: date) -> str:
    number = {
        "thang": f"{at.month:02}",
        "quy": f"Q{(at.month + 2) // 3}",
        "nua-nam": f"H{(at.month + 5) // 6}",
    }
    return f"{at.year}-{number[every]}" if every in number else str(at.year)


def _day(year: int, told: Sequence[int]) -> date:
    years, number, of_month = told
    return date(year + years, number, of_month)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many tasks stand how on a day, as provinces publish it: done, still within their time, overdue.

    What waits to be accepted is within its time or overdue by its product's day (`waiting_late`); a task that is
    paused owes nothing now; one that was cancelled counts nowhere.
    """

    counts: Mapping[Status, int]
    waiting_late: int = 0

    def of(self, status: Status) -> int:
        return self.counts.get(status, 0)

    @property
    def done(self) -> int:
        return self.of(Status.DONE) + self.of(Status.DONE_LATE)

    @property
    def within(self) -> int:
        waiting = self.of(Status.WAITING) - self.waiting_late
        return sum(self.of(each) for each in WITHIN) + waiting + self.of(Status.PAUSED)

    @property
    def overdue(self) -> int:
        return self.of(Status.OVERDUE) + self.waiting_late

    @property
    def total(self) -> int:
        return self.done + self.within + self.overdue


def reckon(standings: Iterable[Standing], on: date) -> Figures:
    """The figures of tasks on a day, from what their facts add up to."""
    near, counts, waiting_late = near_days(on), Counter[Status](), 0
    for each in standings:
        late = each.product_on is not None and late_days(each, on) > 0
        found = status(each.state, each.until, late, on, near)
        counts[found] += 1
        waiting_late += found is Status.WAITING and late
    return Figures(dict(counts), waiting_late)
