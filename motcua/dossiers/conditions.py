"""What the law asks of an act beyond the state of its dossier: days, steps, money (NĐ 118/2025 Đ.17-24).

Acts raise these refusals; pages grey a button with the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from motcua.law import clock, lifecycle, process
from motcua.law.calendar import TZ, day
from motcua.law.facts import (
    Accepted,
    Assigned,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
    CorrectionDeclined,
    CorrectionRequested,
    Extended,
    Fact,
    FeePaid,
    FinancialDutyCorrected,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    HandedOver,
    InputReceived,
    PapersGiven,
    PapersReceived,
    ProposalReturned,
    Rated,
    ReceptionRefused,
    Refused,
    ResultCorrected,
    ResultProposed,
    ResultReturned,
    ResultSigned,
    StepDone,
    Stopped,
    SupplementDeclined,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.process import Marking, Node, Process
from motcua.people import access
from motcua.people.models import Officer, Role, Unit

from . import folding
from .folding import Folded

# Steps are done by those who hold their role, so StepDone and SentBack take no power.
POWERS: Mapping[type[Fact], str] = {
    Accepted: "receive",
    ReceptionRefused: "refuse_reception",
    SupplementProposed: "propose_supplement",
    SupplementDeclined: "request_supplement",
    SupplementRequested: "request_supplement",
    SupplementReceived: "receive_supplement",
    FinancialDutyRequested: "request_duty",
    FinancialDutyCorrected: "request_duty",
    FinancialDutyMet: "meet_duty",
    FeePaid: "take_fee",
    Assigned: "assign",
    ConsultationRequested: "consult",
    ConsultationReplied: "reply",
    ConsultationWithdrawn: "consult",
    ResultProposed: "propose",
    ResultSigned: "sign",
    ProposalReturned: "sign",
    PapersGiven: "desk_papers",
    PapersReceived: "agency_papers",
    Extended: "extend",
    Stopped: "stop",
    Withdrawn: "withdraw",
    Finished: "finish",
    ResultReturned: "return_result",
    CorrectionRequested: "request_correction",
    ResultCorrected: "correct",
    CorrectionDeclined: "correct",
    Rated: "rate",
}


def needed(case: Folded, kind: type[Fact], step: str = "") -> tuple[str, Unit]:
    """The power an act takes, and the unit in which it must be held; at a step, that of the step.

    A dossier whose supplement never came is closed by the desk, not stopped by the agency (Đ.19.5).
    """
    dossier, standing, power = case.dossier, case.standing, POWERS[kind]
    if kind is Stopped and standing.supplement_at:
        power = "close"
    if kind is PapersGiven:
        power = f"{standing.papers_at}_papers"
    if kind is PapersReceived and standing.moving:
        power = f"{standing.moving.to}_papers"
    if step in case.process.nodes:
        return power, folding.unit_of(dossier, case.process.nodes[step])
    return power, dossier.receiving_unit if power in access.DESK else dossier.deciding_unit


def not_theirs(case: Folded, node: Node, officer: Officer, at: datetime) -> Refused | None:
    """Why a step is not for this officer: the role, or whom it was given to; None when it is."""
    unit = folding.unit_of(case.dossier, node)
    if not access.may_step(officer, node.role, unit, day(at)):
        return Refused(
            f"Bước “{node.name}” thuộc vai trò {Role(node.role).label} của {unit.name}", access.SOURCE
        )
    given = case.assigned.get(node.id)
    if given and given != officer.username:
        reason = f"Bước “{node.name}” đã phân công cho {given}"
        return Refused(reason, lifecycle.source(Assigned), who=given)
    return None


def awaited(case: Folded, number: int) -> ConsultationRequested:
    """The request for an opinion that has not been answered. Raises Refused with what happened to it."""
    if found := next((c for c in case.standing.consulted if c.number == number), None):
        return found
    for past in case.consultations:
        if past.number == number and (end := past.reply or past.withdrawn):
            raise Refused(f"Lần lấy ý kiến này đã xong lúc {_written(end.at)}: {end.label.lower()}")
    raise Refused(f"Hồ sơ không có lần lấy ý kiến số {number}")


def replier(case: Folded, request: ConsultationRequested) -> tuple[str, Unit]:
    """Who answers: the unit that was asked; an answer on paper is written down where the dossier is handled."""
    if request.means == "document":
        return "consult", case.dossier.deciding_unit
    return "reply", case.asked_units[request.unit]


def unheard(case: Folded, reason: str) -> str:
    """Why agencies that have not answered are not waited for; "" when none is awaited. Raises Refused without it."""
    awaited = [case.asked_units[request.unit].name for request in case.standing.consulted]
    if awaited and not reason.strip():
        raise Refused(
            f"Chưa có ý kiến của: {'; '.join(awaited)}. Im lặng không phải là đồng ý: hãy chờ, rút yêu cầu, "
            "hoặc ghi lý do kết thúc khi chưa có ý kiến",
            lifecycle.source(ConsultationRequested),
        )
    return reason.strip() if awaited else ""


def closing_reason(case: Folded) -> str:
    """Why a dossier is closed for want of its supplement. Raises Refused for one that waits for none."""
    last = supplement_last(case)
    if last is None:
        raise Refused(
            "Hồ sơ không chờ bổ sung, hoặc không có ngày cuối để bổ sung, nên không đóng theo cách này",
            lifecycle.source(Stopped),
        )
    return f"Đến hết ngày {last:%d/%m/%Y} người nộp chưa bổ sung đủ hồ sơ"


def supplement_last(case: Folded) -> date | None:
    """The last day the applicant has to bring what was asked for; None when nothing waits, or the law sets none."""
    if (asked := case.standing.supplement_at) is None:
        return None
    return clock.supplement_given_by(
        asked, case.calendar, case.rules, accepted=case.standing.accepted is not None
    )


def not_given_to(case: Folded, node: Node, officer: Officer) -> Refused | None:
    """Why an officer cannot pass a step on: it was not given to them, or waits to be signed for; None when free."""
    given, offer = case.assigned.get(node.id), case.offered.get(node.id)
    if given != officer.username:
        to = f"đã phân công cho {given}" if given else "chưa giao cho ai: hãy nhận việc trước"
        return Refused(f"Bước “{node.name}” {to}", lifecycle.source(Assigned), who=given or "")
    if offer:
        reason = f"Bước “{node.name}” đang chờ {offer.officer} ký nhận"
        return Refused(reason, lifecycle.source(HandedOver), who=offer.officer)
    return None


def not_recalled(case: Folded, step: str, officer: Officer, at: datetime) -> Refused | None:
    """Why an officer cannot recall a step: not theirs, or somebody has touched what it led to; None when they can."""
    node = case.process.nodes.get(step)
    done = next(
        (n for n, f in reversed([*enumerate(case.facts)]) if isinstance(f, StepDone) and f.step == step), -1
    )
    if node is None or done < 0:
        return Refused("Bước này chưa hoàn thành nên không có gì để thu hồi")
    fact, accepted = case.facts[done], case.standing.accepted
    if fact.by != officer.username:
        return Refused(
            f"Bước “{node.name}” do {fact.by} hoàn thành, nên chỉ người đó thu hồi được", who=fact.by
        )
    if accepted and fact.at == accepted.at:
        return Refused("Bước tiếp nhận gắn với việc tiếp nhận hồ sơ nên không thu hồi được")
    if not access.may_step(officer, node.role, folding.unit_of(case.dossier, node), day(at)):
        return Refused(f"{officer.full_name} không còn giữ vai trò của bước này", access.SOURCE)
    return _touched(case, node, case.facts[done + 1 :])


def _touched(case: Folded, node: Node, since: Sequence[Fact]) -> Refused | None:
    """The refusal to recall a step for what has happened since because of it, or to the dossier as a whole."""
    try:
        opened = set(case.marking.steps) - set(process.recall(case.process, case.marking, node.id).steps)
        otherwise = None
    except Refused as refusal:
        opened, otherwise = _behind(case.process, node.id), refusal
    for fact in since:
        step = getattr(fact, "step", None)
        if step in opened or (step is None and not isinstance(fact, FeePaid | PapersGiven | PapersReceived)):
            what = fact.label.lower() + (f" “{case.process.nodes[step].name}”" if step else "")
            reason = f"Không thể thu hồi bước “{node.name}”: lúc {_written(fact.at)}, {fact.by} đã {what}"
            return Refused(reason, who=fact.by)
    return otherwise


def _behind(graph: Process, step: str) -> set[str]:
    """The nodes a completion of a step can lead to."""
    found: set[str] = set()
    todo = [step]
    while todo:
        new = {flow.target for flow in graph.leaving[todo.pop()]} - found
        found |= new
        todo += new
    return found


def signs(case: Folded, node: Node) -> bool:
    """Whether a step is the deciding agency's own signing, and not that of one it asks."""
    return node.role == Role.SIGNER and node.unit in ("", case.dossier.deciding_unit.code)


def unsigned(case: Folded, marking: Marking | None = None) -> Refused | None:
    """Why a result cannot leave what its process has signed: nothing was signed; None when it was, or none signs.

    Not where the steps of signing are still to come, nor where the published process has none on the way taken.
    `marking` is where the process would stand.
    """
    standing, now = case.standing, marking or case.marking
    if standing.signed or standing.draft:
        return None
    done = [node for step in now.done if now.done[step] and signs(case, node := case.process.nodes[step])]
    if not done or any(signs(case, node) for node in folding.left_to_do(case, now)):
        return None
    names = "; ".join(node.name for node in done)
    return Refused(
        f"Chưa có dự thảo kết quả nào được ký ở bước “{names}”: hãy trình kết quả, ký duyệt rồi mới đi tiếp",
        lifecycle.source(ResultSigned),
    )


def not_passed_by(case: Folded, action: process.Action) -> Refused | None:
    """Why a step of signing cannot be completed by any outcome while nothing is signed; None when it can."""
    if not signs(case, case.process.nodes[action.step]):
        return None
    ways = [process.complete(case.process, case.marking, action.step, way) for way in action.outcomes]
    refusals = [unsigned(case, way) for way in ways]
    return refusals[0] if all(refusals) else None


def hands_out(case: Folded, node: Node) -> bool:
    """Whether a step is the handing out, which waits for the result to be written down."""
    return node.role == Role.RECEPTION and not folding.left_to_do(case)


def at_once(process: Process) -> bool:
    """Whether the published process is the desk's alone, so that the result is handed out at once (Đ.17.4)."""
    steps = process.steps
    return bool(steps) and all(node.role == Role.RECEPTION and not node.unit for node in steps)


def in_order(case: Folded, at: datetime) -> None:
    """No fact lies before the one recorded last."""
    if case.facts and at < (last := case.facts[-1].at):
        raise Refused(f"Thời điểm {_written(at)} sớm hơn việc đã ghi lúc {_written(last)}")


def to_accept(case: Folded, at: datetime) -> None:
    """Tiếp nhận: one that cannot do without the result of another dossier of its group, once that is there."""
    standing, source = case.standing, lifecycle.source(InputReceived)
    if standing.awaits:
        raise Refused(f"Hồ sơ còn chờ kết quả của hồ sơ {', '.join(standing.awaits)}", source)
    if standing.lacking:
        codes = ", ".join(standing.lacking)
        raise Refused(f"Hồ sơ {codes} kết thúc mà không có kết quả hồ sơ này cần", source)


def to_refuse_reception(case: Folded, at: datetime) -> None:
    """Từ chối tiếp nhận: one that waits for its supplement, only after the days its applicant has."""
    _supplement_is_over(case, at, ReceptionRefused)


def to_request_supplement(case: Folded, at: datetime) -> None:
    """Yêu cầu bổ sung sau tiếp nhận, or propose it: within the working days the law gives to say so."""
    if accepted := case.standing.accepted:
        last = clock.supplement_asked_by(accepted.at, case.calendar, case.rules)
        _by(last, at, f"Chỉ được yêu cầu bổ sung đến hết ngày {last:%d/%m/%Y}", SupplementRequested)


def to_decline_supplement(case: Folded, at: datetime) -> None:
    """Trả lại đề nghị bổ sung: there is one."""
    if case.standing.proposed is None:
        raise Refused("Không có đề nghị bổ sung nào đang chờ", lifecycle.source(SupplementDeclined))


def to_correct_duty(case: Folded, at: datetime) -> None:
    """Sửa số tiền nghĩa vụ tài chính: nothing was paid since it was asked for."""
    if case.standing.duty is None:
        raise Refused(
            "Người nộp đã nộp tiền sau khi có yêu cầu nên không sửa được số tiền nữa",
            lifecycle.source(FinancialDutyCorrected),
        )


def to_meet_duty(case: Folded, at: datetime) -> None:
    """Đã thực hiện nghĩa vụ tài chính: nothing is owed any more, or there was no duty after all."""
    if case.standing.duty_owed and case.standing.duty != 0:
        owed = lifecycle.dong(case.standing.duty_owed)
        raise Refused(f"Người nộp còn {owed} chưa nộp", lifecycle.source(FinancialDutyMet))


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
    """Kết thúc xử lý: every step but the handing out is done, and what a step of signing is for was signed."""
    if left := folding.left_to_do(case):
        names = "; ".join(node.name for node in left)
        raise Refused(f"Còn bước chưa xong: {names}", lifecycle.source(Finished))
    if refusal := unsigned(case):
        raise refusal


def to_correct(case: Folded, at: datetime) -> None:
    """Đính chính kết quả, hoặc không: somebody asked for it."""
    if case.standing.correction is None:
        raise Refused("Không có yêu cầu đính chính nào đang chờ", lifecycle.source(ResultCorrected))


def to_sign(case: Folded, at: datetime) -> None:
    """Ký duyệt: where the process has a step of signing, the dossier has come to it."""
    if not any(signs(case, node) for node in folding.waiting_nodes(case)):
        ahead = [node.name for node in folding.left_to_do(case) if signs(case, node)]
        if ahead:
            raise Refused(f"Hồ sơ chưa đến bước “{ahead[0]}”", lifecycle.source(ResultSigned))


def to_give_papers(case: Folded, at: datetime) -> None:
    """Giao hồ sơ giấy: there is paper to carry."""
    if not case.carried:
        raise Refused("Hồ sơ điện tử, không có giấy tờ bản giấy phải chuyển", lifecycle.source(PapersGiven))


OF: Mapping[type[Fact], Callable[[Folded, datetime], None]] = {
    Accepted: to_accept,
    ReceptionRefused: to_refuse_reception,
    SupplementProposed: to_request_supplement,
    SupplementRequested: to_request_supplement,
    SupplementDeclined: to_decline_supplement,
    FinancialDutyCorrected: to_correct_duty,
    FinancialDutyMet: to_meet_duty,
    FeePaid: to_pay,
    Extended: to_extend,
    Stopped: to_stop,
    Finished: to_finish,
    ResultCorrected: to_correct,
    CorrectionDeclined: to_correct,
    ResultSigned: to_sign,
    PapersGiven: to_give_papers,
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
    last = supplement_last(case)
    if last and day(at) <= last:
        raise Refused(f"Người nộp có đến hết ngày {last:%d/%m/%Y} để bổ sung hồ sơ", lifecycle.source(kind))


def _by(last: date, at: datetime, otherwise: str, kind: type[Fact]) -> None:
    if day(at) > last:
        raise Refused(otherwise, lifecycle.source(kind))


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(TZ):%H:%M %d/%m/%Y}"
