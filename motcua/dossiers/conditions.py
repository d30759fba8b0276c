"""What the law asks of an act beyond the state of its dossier: days, steps, money (NĐ 118/2025 Đ.17-24).

Acts raise these refusals; pages grey a button with the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from motcua.law import clock, lifecycle
from motcua.law.calendar import TZ, day
from motcua.law.facts import (
    Accepted,
    Assigned,
    Extended,
    Fact,
    FeePaid,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    Rated,
    ReceptionRefused,
    Refused,
    ResultReturned,
    Stopped,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.process import Node
from motcua.people import access
from motcua.people.models import Officer, Role, Unit

from . import rows
from .rows import Folded

# Steps are done by those who hold their role, so StepDone and SentBack take no power.
POWERS: Mapping[type[Fact], str] = {
    Accepted: "receive",
    ReceptionRefused: "refuse_reception",
    SupplementProposed: "propose_supplement",
    SupplementRequested: "request_supplement",
    SupplementReceived: "receive_supplement",
    FinancialDutyRequested: "request_duty",
    FinancialDutyMet: "meet_duty",
    FeePaid: "take_fee",
    Assigned: "assign",
    Extended: "extend",
    Stopped: "stop",
    Withdrawn: "withdraw",
    Finished: "finish",
    ResultReturned: "return_result",
    Rated: "rate",
}


def needed(case: Folded, kind: type[Fact], step: str = "") -> tuple[str, Unit]:
    """The power an act takes, and the unit in which it must be held; at a step, that of the step.

    A dossier whose supplement never came is closed by the desk, not stopped by the agency (Đ.19.5).
    """
    dossier, power = case.dossier, POWERS[kind]
    if kind is Stopped and case.standing.supplement_at:
        power = "close"
    if step in case.process.nodes:
        return power, rows.unit_of(dossier, case.process.nodes[step])
    return power, dossier.receiving_unit if power in access.DESK else dossier.deciding_unit


def not_theirs(case: Folded, node: Node, officer: Officer, at: datetime) -> Refused | None:
    """Why a step is not for this officer: the role, or whom it was given to; None when it is."""
    unit = rows.unit_of(case.dossier, node)
    if not access.may_step(officer, node.role, unit, day(at)):
        return Refused(
            f"Bước “{node.name}” thuộc vai trò {Role(node.role).label} của {unit.name}", access.SOURCE
        )
    given = case.assigned.get(node.id)
    if given and given != officer.username:
        return Refused(f"Bước “{node.name}” đã phân công cho {given}", lifecycle.source(Assigned))
    return None


def hands_out(case: Folded, node: Node) -> bool:
    """Whether a step is the handing out, which waits for the result to be written down."""
    return node.role == Role.RECEPTION and not rows.left_to_do(case)


def in_order(case: Folded, at: datetime) -> None:
    """No fact lies before the one recorded last."""
    if case.facts and at < (last := case.facts[-1].at):
        raise Refused(f"Thời điểm {_written(at)} sớm hơn việc đã ghi lúc {_written(last)}")


def to_refuse_reception(case: Folded, at: datetime) -> None:
    """Từ chối tiếp nhận: one that waits for its supplement, only after the days its applicant has."""
    _supplement_is_over(case, at, ReceptionRefused)


def to_request_supplement(case: Folded, at: datetime) -> None:
    """Yêu cầu bổ sung sau tiếp nhận, or propose it: within the working days the law gives to say so."""
    if accepted := case.standing.accepted:
        last = clock.supplement_asked_by(accepted.at, case.calendar, case.rules)
        _by(last, at, f"Chỉ được yêu cầu bổ sung đến hết ngày {last:%d/%m/%Y}", SupplementRequested)


def to_meet_duty(case: Folded, at: datetime) -> None:
    """Đã thực hiện nghĩa vụ tài chính: nothing is owed any more."""
    if case.standing.duty_owed:
        raise Refused(f"Còn {case.standing.duty_owed} đồng chưa nộp", lifecycle.source(FinancialDutyMet))


def to_pay(case: Folded, at: datetime) -> None:
    """Nộp phí, lệ phí: something is owed."""
    if not case.standing.duty_owed:
        raise Refused("Hồ sơ không còn khoản nào phải nộp", lifecycle.source(FeePaid))


def to_extend(case: Folded, at: datetime) -> None:
    """Xin lỗi và hẹn lại: at latest some days before it is due."""
    if (promised := case.last_reading.due) is None:
        raise Refused(
            "Thủ tục không quy định thời hạn nên không có gì để hẹn lại", lifecycle.source(Extended)
        )
    last = clock.extended_by(promised, case.rules)
    _by(last, at, f"Phải xin lỗi, hẹn lại chậm nhất ngày {last:%d/%m/%Y}, trước hạn trả", Extended)


def to_stop(case: Folded, at: datetime) -> None:
    """Dừng xử lý: one that waits for its supplement, only after the days its applicant has."""
    _supplement_is_over(case, at, Stopped)


def to_finish(case: Folded, at: datetime) -> None:
    """Kết thúc xử lý: every step but the handing out is done."""
    if left := rows.left_to_do(case):
        names = "; ".join(node.name for node in left)
        raise Refused(f"Còn bước chưa xong: {names}", lifecycle.source(Finished))


OF: Mapping[type[Fact], Callable[[Folded, datetime], None]] = {
    ReceptionRefused: to_refuse_reception,
    SupplementProposed: to_request_supplement,
    SupplementRequested: to_request_supplement,
    FinancialDutyMet: to_meet_duty,
    FeePaid: to_pay,
    Extended: to_extend,
    Stopped: to_stop,
    Finished: to_finish,
}


def verdicts(case: Folded, at: datetime) -> dict[type[Fact], Refused | None]:
    """Every kind of fact with None when it may follow at `at`, or the refusal that greys its button."""
    found = lifecycle.possible(case.standing, case.rules)
    for kind, condition in OF.items():
        if found[kind] is None:
            found[kind] = _refusal(condition, case, at)
    return found


def _refusal(condition: Callable[[Folded, datetime], None], case: Folded, at: datetime) -> Refused | None:
    try:
        condition(case, at)
    except Refused as refusal:
        return refusal
    return None


def _supplement_is_over(case: Folded, at: datetime, kind: type[Fact]) -> None:
    if asked := case.standing.supplement_at:
        last = clock.supplement_given_by(asked, case.calendar, case.rules)
        if last and day(at) <= last:
            raise Refused(
                f"Người nộp có đến hết ngày {last:%d/%m/%Y} để bổ sung hồ sơ", lifecycle.source(kind)
            )


def _by(last: date, at: datetime, otherwise: str, kind: type[Fact]) -> None:
    if day(at) > last:
        raise Refused(otherwise, lifecycle.source(kind))


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(TZ):%H:%M %d/%m/%Y}"
