"""The life of a task a leader gives to a unit: the state its facts add up to, and which may follow (nhiệm vụ).

Three things hold whatever is done. Nobody closes a task but who gave it, on evidence: report, then acceptance. The
deadline first given stays readable for ever; an extension stands beside it. Whether a product came in time is decided
by the day it was issued against the deadline then in force, so nothing done on or after that day changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from . import packs
from .calendar import day
from .facts import Fact, Refused
from .steering_facts import (
    BudgetTold,
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
    MilestoneReached,
    SolutionNoted,
    TaskAccepted,
    TaskAssigned,
    TaskCancelled,
    TaskFact,
    TaskGiven,
    TaskPaused,
    TaskReminded,
    TaskReported,
    TaskResumed,
    TaskReturned,
    TaskStarted,
    TaskUrged,
    TransferAllowed,
    TransferDeclined,
    TransferProposed,
)

STREAM = "nhiem-vu/"


class TaskState(StrEnum):
    """What the facts of a task add up to, whatever the day (trạng thái nhiệm vụ)."""

    label: str

    def __new__(cls, code: str, label: str = "") -> TaskState:
        member = str.__new__(cls, code)
        member._value_, member.label = code, label
        return member

    GIVEN = "given", "Chưa thực hiện"
    DOING = "doing", "Đang thực hiện"
    REPORTED = "reported", "Chờ xác nhận"
    RETURNED = "returned", "Bị trả lại, làm lại"
    PAUSED = "paused", "Tạm dừng"
    ACCEPTED = "accepted", "Hoàn thành"
    CANCELLED = "cancelled", "Đã hủy"


AT_WORK = frozenset({TaskState.GIVEN, TaskState.DOING, TaskState.RETURNED})
CLOSED = frozenset({TaskState.ACCEPTED, TaskState.CANCELLED})
OPEN = AT_WORK | {TaskState.REPORTED, TaskState.PAUSED}
_UNIT_ACTS = AT_WORK | {TaskState.PAUSED}

# In which states each fact may follow.
MAY: Mapping[type[TaskFact], frozenset[TaskState]] = {
    TaskGiven: frozenset(),
    TaskAssigned: _UNIT_ACTS,
    TaskStarted: frozenset({TaskState.GIVEN, TaskState.RETURNED}),
    SolutionNoted: OPEN,
    MilestoneReached: OPEN,
    BudgetTold: OPEN,
    TaskReported: AT_WORK,
    TaskAccepted: frozenset({TaskState.REPORTED}),
    TaskReturned: frozenset({TaskState.REPORTED}),
    ExtensionAsked: _UNIT_ACTS,
    ExtensionGranted: _UNIT_ACTS,
    ExtensionDeclined: OPEN,
    TransferProposed: _UNIT_ACTS,
    TransferAllowed: _UNIT_ACTS,
    TransferDeclined: OPEN,
    TaskPaused: AT_WORK | {TaskState.REPORTED},
    TaskResumed: frozenset({TaskState.PAUSED}),
    TaskCancelled: OPEN,
    TaskReminded: AT_WORK | {TaskState.REPORTED},
    TaskUrged: AT_WORK,
}
_INTO: Mapping[type[Fact], TaskState] = {
    TaskGiven: TaskState.GIVEN,
    TaskReported: TaskState.REPORTED,
    TaskAccepted: TaskState.ACCEPTED,
    TaskReturned: TaskState.RETURNED,
    TaskPaused: TaskState.PAUSED,
    TaskCancelled: TaskState.CANCELLED,
    TaskStarted: TaskState.DOING,
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline, and the day it was given (hạn, và ngày giao hoặc ngày cho gia hạn)."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands by its facts. `deadlines` begin with the one first given; `held` are its units in turn."""

    given: TaskGiven | None = None
    state: TaskState = TaskState.GIVEN
    resumes: TaskState = TaskState.GIVEN
    unit: str = ""
    head: str = ""
    officer: str = ""
    held: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    asked: ExtensionAsked | None = None
    proposed: TransferProposed | None = None
    proposals: int = 0
    report: TaskReported | None = None
    ended: Fact | None = None
    returned: int = 0
    reached: tuple[MilestoneReached, ...] = ()
    budget: tuple[Mapping[str, Any], ...] = ()
    rungs: frozenset[str] = frozenset()
    level: int = 0
    urged: int = 0
    last: Fact | None = None

    @property
    def due(self) -> date:
        """The deadline first given (hạn gốc)."""
        return self.deadlines[0].until

    @property
    def until(self) -> date:
        """The deadline as it was last extended (hạn hiện nay)."""
        return self.deadlines[-1].until

    @property
    def extensions(self) -> int:
        return len(self.deadlines) - 1

    @property
    def product_on(self) -> date | None:
        """When the product reported last was issued; None for one that was returned."""
        settled = self.state in (TaskState.REPORTED, TaskState.ACCEPTED)
        paused = self.state is TaskState.PAUSED and self.resumes is TaskState.REPORTED
        return date.fromisoformat(self.report.product_on) if self.report and (settled or paused) else None

    @property
    def product_due(self) -> date | None:
        """The deadline that held for the product reported last."""
        on = self.product_on
        return None if on is None else deadline(self, on)


def deadline(standing: Standing, on: date) -> date:
    """The deadline that holds for a product issued on a day: what was granted that day or later came too late."""
    held = [each.until for each in standing.deadlines[1:] if each.since < on]
    return held[-1] if held else standing.due


def late_days(standing: Standing, today: date) -> int:
    """Days past the deadline: of the product where there is one, else as of today; 0 when in time."""
    if standing.product_on and standing.product_due:
        return max(0, (standing.product_on - standing.product_due).days)
    return max(0, (today - standing.until).days)


def fold(facts: Iterable[Fact], standing: Standing | None = None) -> Standing:
    """Where a task stands after its facts; they are taken as they are, `allow` judges them."""
    found = standing or Standing()
    for fact in facts:
        found = _after(found, fact)
    return found


def allow(standing: Standing, fact: TaskFact) -> None:
    """Raise Refused unless `fact` may be what happens next to the task."""
    if why := _given_badly(standing, fact) if isinstance(fact, TaskGiven) else _why_not(standing, fact):
        raise Refused(why, source(day(fact.at)))


def possible(standing: Standing, kind: type[TaskFact]) -> bool:
    """Whether a fact of this kind may follow, by the state alone."""
    if standing.given is None or standing.state not in MAY[kind]:
        return False
    wants = {
        ExtensionGranted: standing.asked,
        ExtensionDeclined: standing.asked,
        TransferAllowed: standing.proposed,
        TransferDeclined: standing.proposed,
    }
    if kind in (ExtensionAsked, TransferProposed):
        return (standing.asked if kind is ExtensionAsked else standing.proposed) is None
    return kind not in wants or wants[kind] is not None


def source(on: date) -> str:
    """The rule tasks are followed by on a day, as a reader cites it (quy chế theo dõi, đôn đốc, kiểm tra)."""
    return packs.on("steering", on).source("rules")


def _given_badly(standing: Standing, fact: TaskGiven) -> str:
    if standing.given:
        return "Nhiệm vụ này đã được giao"
    if not fact.title.strip() or not fact.product.strip():
        return "Nhiệm vụ phải có nội dung và sản phẩm cụ thể, kiểm đếm được"
    if fact.due < fact.begins:
        return "Hạn hoàn thành ở trước ngày bắt đầu"
    return ""


def _why_not(standing: Standing, fact: TaskFact) -> str:
    """The reason a fact is refused; "" when it is not."""
    kind = type(fact)
    if standing.given is None or standing.state not in MAY[kind]:
        told = standing.state.label.lower()
        return f"Nhiệm vụ đang ở trạng thái “{told}” nên không thể: {kind.label.lower()}"
    if standing.last and fact.at < standing.last.at:
        return "Không ghi được việc xảy ra trước việc đã ghi"
    return _unfit(standing, fact, day(fact.at))


def _unfit(standing: Standing, fact: TaskFact, on: date) -> str:
    match fact:
        case TaskReported():
            return _report_lacks(standing, fact, on)
        case TaskAccepted() | TaskReturned():
            if fact.by in doers(standing):
                return "Người thực hiện, người báo cáo không tự xác nhận nhiệm vụ của mình"
        case ExtensionAsked():
            return _asks_in_vain(standing, fact, on)
        case ExtensionGranted() if standing.asked is None:
            return "Không có đề nghị gia hạn nào đang chờ"
        case ExtensionGranted() if date.fromisoformat(fact.until) <= standing.until:
            return f"Hạn mới phải sau hạn hiện nay ({standing.until:%d/%m/%Y})"
        case ExtensionDeclined() if standing.asked is None:
            return "Không có đề nghị gia hạn nào đang chờ"
        case TransferProposed() if standing.proposed:
            return "Đã có đề nghị chuyển đơn vị đang chờ"
        case TransferProposed() if fact.unit == standing.unit:
            return "Đơn vị này đang chủ trì nhiệm vụ"
        case TransferAllowed() if standing.proposed is None or standing.proposed.unit != fact.unit:
            return "Không có đề nghị chuyển cho đơn vị này"
        case TransferDeclined() if standing.proposed is None:
            return "Không có đề nghị chuyển đơn vị nào đang chờ"
        case MilestoneReached():
            return _milestone_lacks(standing, fact, on)
        case TaskReminded() if fact.rung in standing.rungs:
            return "Đã nhắc theo bậc này"
    said = getattr(fact, "reason", "-")
    return "" if said.strip() else "Phải ghi lý do"


def doers(standing: Standing) -> set[str]:
    """Who does the task, or said that it was done."""
    return {standing.officer, standing.report.by if standing.report else ""} - {""}


def _report_lacks(standing: Standing, fact: TaskReported, on: date) -> str:
    issued = date.fromisoformat(fact.product_on)
    if not fact.product.strip():
        return "Báo cáo hoàn thành phải nêu sản phẩm"
    if not fact.files:
        return "Báo cáo hoàn thành phải kèm tệp minh chứng"
    if issued > on:
        return "Ngày ban hành sản phẩm ở sau ngày báo cáo"
    if (
        standing.given
        and issued < day(standing.given.at)
        and issued < date.fromisoformat(standing.given.begins)
    ):
        return "Ngày ban hành sản phẩm ở trước ngày giao nhiệm vụ"
    return ""


def _asks_in_vain(standing: Standing, fact: ExtensionAsked, on: date) -> str:
    if standing.asked:
        return "Đã có đề nghị gia hạn đang chờ trả lời"
    if date.fromisoformat(fact.until) <= standing.until:
        return f"Hạn xin gia hạn phải sau hạn hiện nay ({standing.until:%d/%m/%Y})"
    if on > standing.until and standing.state is not TaskState.PAUSED:
        return f"Đã quá hạn {standing.until:%d/%m/%Y} nên không xin gia hạn được nữa"
    return "" if fact.reason.strip() else "Phải ghi lý do"


def _milestone_lacks(standing: Standing, fact: MilestoneReached, on: date) -> str:
    known = {each["key"] for each in (standing.given.milestones if standing.given else ())}
    if fact.key not in known:
        return "Nhiệm vụ không có mốc này"
    if fact.key in {each.key for each in standing.reached}:
        return "Mốc này đã ghi là xong"
    return "Ngày xong mốc ở sau hôm nay" if date.fromisoformat(fact.on) > on else ""


def _after(was: Standing, fact: Fact) -> Standing:
    now = replace(was, last=fact, state=_INTO.get(type(fact), was.state))
    match fact:
        case TaskGiven():
            first = Deadline(day(fact.at), date.fromisoformat(fact.due))
            return replace(
                now,
                given=fact,
                unit=fact.unit,
                head=fact.head,
                held=(fact.unit,),
                deadlines=(first,),
                budget=fact.budget,
            )
        case TaskAssigned():
            return replace(now, officer=fact.officer)
        case TaskReported():
            return replace(now, report=fact)
        case TaskReturned():
            return replace(now, returned=was.returned + 1)
        case TaskAccepted() | TaskCancelled():
            return replace(now, ended=fact)
        case ExtensionAsked():
            return replace(now, asked=fact)
        case ExtensionGranted():
            more = Deadline(day(fact.at), date.fromisoformat(fact.until))
            return replace(now, asked=None, deadlines=(*was.deadlines, more))
        case ExtensionDeclined():
            return replace(now, asked=None)
        case TransferProposed():
            return replace(now, proposed=fact, proposals=was.proposals + 1)
        case TransferAllowed():
            moved = {"unit": fact.unit, "head": fact.head, "held": (*was.held, fact.unit), "officer": ""}
            return replace(now, proposed=None, **moved)  # type: ignore[arg-type]
        case TransferDeclined():
            return replace(now, proposed=None)
        case TaskPaused():
            return replace(now, resumes=was.state)
        case TaskResumed():
            return replace(now, state=was.resumes)
        case MilestoneReached():
            return replace(now, reached=(*was.reached, fact))
        case BudgetTold():
            return replace(now, budget=_told(was.budget, fact))
        case TaskReminded():
            return replace(now, rungs=was.rungs | {fact.rung}, level=max(was.level, fact.level))
        case TaskUrged():
            return replace(now, urged=was.urged + 1)
    return now


def _told(lines: tuple[Mapping[str, Any], ...], fact: BudgetTold) -> tuple[Mapping[str, Any], ...]:
    names = ("key", "name", "planned", "assigned", "disbursed")
    line = {name: getattr(fact, name) for name in names}
    if fact.key not in {each["key"] for each in lines}:
        return (*lines, line)
    return tuple(line if each["key"] == fact.key else each for each in lines)
