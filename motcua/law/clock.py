"""The clock of a dossier: what its facts say of its term at any moment (đồng hồ hồ sơ).

`due` is the fast path for a promise on a slip; `read` folds the facts of a dossier into its due moment, its
status and the ledger that explains every day. Both are pure: the same facts on a changed calendar give the
due moment of that calendar. Nothing is counted up anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from .calendar import TZ, Calendar, day, moment, stamp
from .facts import (
    Accepted,
    Extended,
    Fact,
    FeePaid,
    FinancialDutyCorrected,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    ReceptionRefused,
    ResultReturned,
    Stopped,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from .ledger import Count, Line, LineKind, Wait, slip, write
from .limits import TimeLimit, Unit, UnreadLimit
from .terms import (
    ClockRules,
    OnDuty,
    OnLateSupplement,
    OnSupplement,
    begun,
    corrected_by,
    due,
    due_of_all,
    extended_by,
    lay,
    reception_deadlines,
    rules,
    rules_of,
    supplement_asked_by,
    supplement_given_by,
)

__all__ = [
    "MOVED_BY",
    "ClockRules",
    "Line",
    "LineKind",
    "Reading",
    "State",
    "Status",
    "TimeLimit",
    "Unit",
    "UnreadLimit",
    "Verdict",
    "corrected_by",
    "due",
    "due_of_all",
    "extended_by",
    "on_time",
    "read",
    "reception_deadlines",
    "rules",
    "rules_of",
    "supplement_asked_by",
    "supplement_given_by",
]


# The kinds of fact `read` minds; after any other the clock stands as it stood.
MOVED_BY: frozenset[type[Fact]] = frozenset(
    {
        Accepted,
        SupplementRequested,
        SupplementReceived,
        FinancialDutyRequested,
        FinancialDutyCorrected,
        FeePaid,
        FinancialDutyMet,
        Extended,
        Finished,
        ResultReturned,
        Stopped,
        Withdrawn,
        ReceptionRefused,
    }
)


class State(StrEnum):
    """Whether the clock runs (trạng thái đồng hồ)."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Status(StrEnum):
    """How a dossier stands against its term (tình trạng thời hạn); `label` is what a page says."""

    label: str

    def __new__(cls, code: str, label: str) -> Status:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    WAITING = "waiting", "Chờ tiếp nhận"
    NO_TERM = "none", "Không quy định thời hạn"
    RUNNING = "running", "Còn hạn"
    NEAR = "soon", "Sắp đến hạn"
    OVERDUE = "overdue", "Quá hạn"
    PAUSED = "paused", "Tạm dừng"
    ENDED_EARLY = "early", "Xong trước hạn"
    ENDED_ON_TIME = "on_time", "Xong đúng hạn"
    ENDED_LATE = "late", "Xong quá hạn"
    REFUSED = "refused", "Không tiếp nhận"
    WITHDRAWN = "withdrawn", "Người nộp đã rút"
    STOPPED = "stopped", "Đã dừng xử lý"


_BEFORE: dict[type[Fact | None], Status] = {
    ReceptionRefused: Status.REFUSED,
    Withdrawn: Status.WITHDRAWN,
    Stopped: Status.STOPPED,
}


@dataclass(frozen=True)
class Reading:
    """The clock of a dossier at `now` (kết quả đọc đồng hồ).

    `started` is the moment the acceptance counts from; `due` the due moment (while a supplement that restarts
    the term is awaited, the one before it); `paused` since when it waits, or waited when it ended; `ended`
    when the clock stopped. `supplements` counts the requests, at reception too.
    """

    now: datetime
    state: State
    rules: ClockRules
    limit: TimeLimit | None
    calendar: Calendar = field(repr=False)
    started: datetime | None = None
    due: datetime | None = None
    paused: datetime | None = None
    ended: datetime | None = None
    supplements: int = 0
    spans: tuple[Count | Wait, ...] = field(default=(), repr=False)
    ending: Fact | None = None

    @property
    def measured(self) -> datetime:
        """The moment held against `due`: where a lasting pause began, else the end, else `now`."""
        return self.paused or self.ended or self.now

    @property
    def late(self) -> bool:
        """Whether `due` was passed (quá hạn); False without a term."""
        return self.due is not None and stamp(self.measured) > stamp(self.due)

    @cached_property
    def left_minutes(self) -> int | None:
        """Working minutes from the moment measured to `due`, negative once over; None without a term."""
        return self.calendar.working_minutes(self.measured, self.due) if self.due else None

    @cached_property
    def status(self) -> Status:
        """How the dossier stands against its term (tình trạng thời hạn)."""
        if self.started is None:
            return _BEFORE.get(type(self.ending), Status.WAITING)
        if self.due is None or self.left_minutes is None:
            return Status.NO_TERM
        if self.state is State.ENDED:
            early = day(self.measured) < day(self.due)
            return Status.ENDED_LATE if self.late else Status.ENDED_EARLY if early else Status.ENDED_ON_TIME
        if self.state is State.PAUSED:
            return Status.PAUSED
        near = self.left_minutes <= 60 * self.rules.near_working_hours
        return Status.OVERDUE if self.late else Status.NEAR if near else Status.RUNNING

    @cached_property
    def ledger(self) -> tuple[Line, ...]:
        """One line per day or pause, from acceptance to the due day."""
        return write(self.spans, self.limit, self.rules, self.ending) if self.limit else ()

    def as_data(self) -> dict[str, Any]:
        """The reading as JSON data; moments in ISO 8601 with offset."""
        moments = {name: getattr(self, name) for name in ("now", "started", "due", "paused", "ended")}
        return {
            **{name: found.astimezone(TZ).isoformat() if found else None for name, found in moments.items()},
            "state": self.state.value,
            "status": self.status.value,
            "regime": self.rules.regime,
            "limit": str(self.limit) if self.limit else None,
            "left_minutes": self.left_minutes,
            "supplements": self.supplements,
            "ledger": [line.as_data() for line in self.ledger],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a dossier was on time, None when it is not counted (đúng hạn theo bộ chỉ số 766)."""

    on_time: bool | None
    reason: str
    source: str


def read(
    facts: Iterable[Fact], *, limit: TimeLimit | None, calendar: Calendar, rules: ClockRules, now: datetime
) -> Reading:
    """Read the clock of one dossier at `now` (thời hạn giải quyết; NĐ 118/2025 Đ.17.3, 19.5).

    `facts` oldest first; those after `now` have not happened yet. `limit` is None for a procedure without a
    term. Raises OutOfYears.
    """
    run = _Run(limit, calendar, rules)
    for fact in facts:
        if type(fact) in MOVED_BY and fact.at <= now:
            run.take(fact)
    return run.reading(now)


def on_time(
    facts: Iterable[Fact],
    *,
    limit: TimeLimit | None,
    calendar: Calendar,
    rules: ClockRules,
    period_end: datetime,
) -> Verdict:
    """Whether a dossier counts as on time at the end of a period (QĐ 766/QĐ-TTg, chỉ số 2.1).

    Its end (finished, else returned, else stopped or withdrawn) is held against the due moment; while it
    waits, the moment it began to; while it is open, `period_end`. More than one request for supplement is
    late. None for a dossier never accepted or without a term. Raises OutOfYears.
    """
    reading = read(facts, limit=limit, calendar=calendar, rules=rules, now=period_end)
    source = rules.sources["end_order"]
    if reading.started is None:
        return Verdict(None, "chưa được tiếp nhận", source)
    if reading.supplements > rules.supplement_max:
        return Verdict(False, f"yêu cầu bổ sung {reading.supplements} lần", source)
    if reading.due is None:
        return Verdict(None, "thủ tục không quy định thời hạn", source)
    what = "tạm dừng" if reading.paused else "kết thúc" if reading.ended else "tính đến"
    kept = "sau" if reading.late else "trong"
    said = f"{what} {slip(reading.measured)}, {kept} hạn {slip(reading.due)}"
    return Verdict(not reading.late, said, source)


@dataclass
class _Run:
    """A dossier's clock while its facts are folded."""

    limit: TimeLimit | None
    calendar: Calendar
    rules: ClockRules
    begun: int | None = None
    running: Count | None = None
    waiting: Wait | None = None
    waited_from: int = 0
    owed: int = 0
    duty: int = 0
    supplements: int = 0
    spans: list[Count | Wait] = field(default_factory=list)
    endings: list[Fact] = field(default_factory=list)

    def take(self, fact: Fact) -> None:
        match fact:
            case Accepted():
                self.owed = fact.fee
                self.start(fact)
            case SupplementRequested():
                self.supplements += 1
                self.pause(fact)
            case SupplementReceived():
                self.resume(fact, SupplementRequested, restart=self.rules.supplement is OnSupplement.RESTART)
            case FinancialDutyRequested():
                self.owed, self.duty = self.owed + fact.amount, fact.amount
                if self.rules.financial_duty is OnDuty.PAUSE:
                    self.pause(fact)
            case FinancialDutyCorrected():
                self.owed, self.duty = self.owed + fact.amount - self.duty, fact.amount
                self.settle(fact)
            case FeePaid():
                self.owed = max(0, self.owed - fact.amount)
                self.settle(fact)
            case FinancialDutyMet():
                self.resume(fact, FinancialDutyRequested, restart=False)
            case Extended():
                self.extend(fact)
            case Finished() | ResultReturned() | Stopped() | Withdrawn() | ReceptionRefused():
                self.endings.append(fact)

    def start(self, fact: Fact) -> None:
        """Count from zero: at acceptance, and when a full supplement restarts the term."""
        self.begun = begun(fact.at, self.calendar, self.rules)
        if self.limit:
            term = lay(self.begun, self.limit, self.calendar, self.rules)
            self.running = Count(term, stamp(fact.at), term.due, self.begun, opening=fact)

    def pause(self, fact: Fact) -> None:
        """Count no more; a request at reception, or during another wait, changes nothing."""
        if self.begun is None or self.waiting:
            return
        self.waited_from = stamp(fact.at)
        self.waiting = Wait(fact, self.waited_from)
        self.spans += self.stretch(self.waited_from)

    def resume(self, fact: Fact, waited_for: type[Fact], *, restart: bool) -> None:
        wait, until = self.waiting, stamp(fact.at)
        if wait is None or not isinstance(wait.fact, waited_for):
            return
        self.waiting = None
        overdue = restart and self.asked_too_late()
        self.spans.append(replace(wait, until=until, overdue=overdue))
        if restart and not overdue:
            self.start(fact)
        elif self.running:
            term = self.running.term.paused(self.waited_from, until)
            self.running = replace(self.running, term=term, since=until, until=term.due, opening=None)

    def settle(self, fact: FinancialDutyCorrected | FeePaid) -> None:
        """Wait for money no longer than it is owed; for what was never owed, not at all."""
        wait = self.waiting
        if wait is None or not isinstance(wait.fact, FinancialDutyRequested):
            return
        if not self.duty and isinstance(fact, FinancialDutyCorrected):
            self.waiting = None
            if self.running:
                self.running = replace(self.running, since=wait.since, opening=None)
        elif not self.owed:
            self.resume(fact, FinancialDutyRequested, restart=False)

    def asked_too_late(self) -> bool:
        """Whether the wait began when the term had run out, which no supplement undoes."""
        ran_out = self.running is not None and self.waited_from > self.running.until
        return ran_out and self.rules.late_supplement is OnLateSupplement.KEEP

    def extend(self, fact: Extended) -> None:
        """A new due moment was promised; of a wait under way only what follows is left out of it."""
        if self.running:
            promised = stamp(datetime.fromisoformat(fact.due))
            term = replace(self.running.term, fixed=promised)
            self.running = replace(self.running, term=term, until=promised, extension=fact)
        self.waited_from = max(self.waited_from, stamp(fact.at))

    def stretch(self, until: int) -> list[Count]:
        """The running stretch up to a stamp or its due moment, whichever comes first."""
        if self.running is None:
            return []
        whole = until >= self.running.until
        cut = self.running if whole else replace(self.running, until=until)
        return [cut] if cut.opening or cut.since < cut.until else []

    def reading(self, now: datetime) -> Reading:
        ending, wait, running = self.ending(), self.waiting, self.running
        if wait:
            last: list[Count | Wait] = [replace(wait, until=stamp(ending.at)) if ending else wait]
        else:
            last = [*self.stretch(running.until)] if running else []
        return Reading(
            now=now,
            state=self.state(ending),
            rules=self.rules,
            limit=self.limit,
            calendar=self.calendar,
            started=None if self.begun is None else moment(self.begun),
            due=moment(running.until) if running else None,
            paused=moment(wait.since) if wait else None,
            ended=ending.at if ending else None,
            supplements=self.supplements,
            spans=(*self.spans, *last),
            ending=ending,
        )

    def state(self, ending: Fact | None) -> State:
        if ending:
            return State.ENDED
        if self.waiting:
            return State.PAUSED
        return State.WAITING if self.begun is None else State.RUNNING

    def ending(self) -> Fact | None:
        """The fact that ends the clock, by the order of the pack."""
        for kinds in self.rules.end_order:
            found = [fact for fact in self.endings if type(fact).__name__ in kinds]
            if found:
                return found[0]
        return None
