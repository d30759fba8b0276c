"""What waits for whom after the facts of a dossier, each with its own deadline (việc đang chờ)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from motcua.journal import wire
from motcua.law import clock, lifecycle
from motcua.law.facts import (
    Accepted,
    ConsultationRequested,
    CorrectionRequested,
    Fact,
    Filed,
    FinancialDutyRequested,
    Finished,
    InputReceived,
    PapersGiven,
    PapersReceived,
    ResultCorrected,
    ResultProposed,
    ResultSigned,
    StepDone,
    Stopped,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.lifecycle import State
from motcua.law.process import Turn
from motcua.people.models import Role

from .folding import Folded, left_to_do, unit_of
from .models import AWAITS_SUPPLEMENT, CONSULTATION, PAPERS

NAME_LENGTH = 1000
RECEIVE = ("@tiep-nhan", "Tiếp nhận hồ sơ trực tuyến")
FORWARD_SUPPLEMENT = ("@chuyen-bo-sung", "Gửi yêu cầu bổ sung cho người nộp")
AWAIT_INPUT = ("@cho-ket-qua", "Chờ kết quả của hồ sơ cùng nhóm")
AWAIT_SUPPLEMENT = (AWAITS_SUPPLEMENT, "Chờ người nộp bổ sung")
AWAIT_DUTY = ("@nghia-vu", "Chờ người nộp thực hiện nghĩa vụ tài chính")
FINISH = ("@ket-thuc", "Kết thúc xử lý, ghi kết quả")
HAND_OUT = ("@tra-ket-qua", "Trả kết quả")
CORRECT = ("@dinh-chinh", "Đính chính kết quả, trả về Bộ phận Một cửa")
SIGN_CORRECTION = ("@ky-dinh-chinh", "Ký duyệt bản đính chính")
# Tasks with a term of their own, which is not the dossier's.
OWN_CLOCK = (CORRECT[0], SIGN_CORRECTION[0], CONSULTATION)
SIGN = ("@ky-duyet", "Ký duyệt kết quả")
GIVE_PAPERS = (PAPERS[0], "Giao hồ sơ giấy cho cơ quan giải quyết")
GIVE_BACK_PAPERS = (PAPERS[0], "Chuyển giấy tờ về Bộ phận Một cửa để trả người nộp")
RECEIVE_PAPERS = (PAPERS[1], "Ký nhận hồ sơ giấy")
# A step offered to somebody who has not signed for it yet; its giver has it on the list as well.
OFFERED = "~"
TASK_FIELDS = (
    "step",
    "name",
    "role",
    "unit_id",
    "officer_id",
    "since",
    "due_at",
    "dossier_due_at",
    "waiting",
)


def task_rows(case: Folded) -> list[dict[str, Any]]:
    """One row for each thing that waits for somebody, with its own deadline (TASK_FIELDS)."""
    return [*_handling_tasks(case), *_offered_tasks(case), *_paper_tasks(case)]


def _handling_tasks(case: Folded) -> list[dict[str, Any]]:
    standing = case.standing
    match standing.state:
        case State.REGISTERED:
            return [_receive_task(case)]
        case State.SUPPLEMENT:
            return [_supplement_task(case), *_step_tasks(case), *_consultation_tasks(case)]
        case State.DONE:
            return _step_tasks(case) or [_desk_task(case, HAND_OUT, (Finished, ResultCorrected))]
        case _ if standing.correction:
            return [_correction_task(case)]
        case state if state in lifecycle.WORKING:
            handling = _step_tasks(case) if left_to_do(case) else [_last_task(case)]
            return [*handling, *_forward_task(case), *_consultation_tasks(case)]
        case State.FINANCIAL_DUTY:
            return [*(_step_tasks(case) or [_duty_task(case)]), *_consultation_tasks(case)]
    return []


def _step_tasks(case: Folded) -> list[dict[str, Any]]:
    return [_task(case, turn) for turn in case.turns if not turn.ended] if case.standing.accepted else []


def _task(case: Folded, turn: Turn) -> dict[str, Any]:
    node, begun = case.process.nodes[turn.step], turn.since or case.facts[0].at
    officer = case.assigned.get(turn.step)
    waiting, done = case.last_reading.paused is not None, case.standing.state is State.DONE
    minutes = int(node.hours * 60) if node.hours else 0
    return {
        "step": turn.step,
        "name": node.name,
        "role": node.role,
        "unit_id": unit_of(case.dossier, node).pk,
        "officer_id": _officer_key(officer) if officer else None,
        "since": begun,
        "due_at": case.calendar.add_working_minutes(begun, minutes) if minutes and not waiting else None,
        "dossier_due_at": None if waiting or done else case.last_reading.due,
        "waiting": waiting,
    }


def _last_task(case: Folded) -> dict[str, Any]:
    """Once no step is left: to sign what was proposed, else to write the result down."""
    standing = case.standing
    if standing.draft is None or standing.signed:
        return _finish_task(case)
    task = _desk_task(case, SIGN, ResultProposed, due_at=case.last_reading.due)
    return task | {"role": Role.SIGNER, "unit_id": case.dossier.deciding_unit_id}


def _finish_task(case: Folded) -> dict[str, Any]:
    """The result is to be written down by whoever did the last step, the clerk if that may not finish."""
    task = _desk_task(case, FINISH, StepDone, due_at=case.last_reading.due)
    return task | {"role": _writes_results(case), "unit_id": case.dossier.deciding_unit_id}


def _writes_results(case: Folded) -> str:
    done = [case.process.nodes[f.step].role for f in case.facts if isinstance(f, StepDone)]
    done = [role for role in done if role != Role.RECEPTION]
    return done[-1] if done and done[-1] in (Role.SIGNER, Role.CLERK) else Role.CLERK


def _correction_task(case: Folded) -> dict[str, Any]:
    """A result to be put right within its own days; the dossier's clock has ended (NĐ 118/2025 Đ.23.1)."""
    asked, signed = case.standing.correction, case.standing.correction_signed
    to_sign = case.rules.correction_signed and case.standing.correction_unsigned
    kind, since = (SIGN_CORRECTION if to_sign else CORRECT), (ResultSigned if signed else CorrectionRequested)
    task = _desk_task(case, kind, since, due_at=datetime.fromisoformat(asked.due) if asked else None)
    role = Role.SIGNER if to_sign else _writes_results(case)
    return task | {"role": role, "unit_id": case.dossier.deciding_unit_id}


def _consultation_tasks(case: Folded) -> Iterator[dict[str, Any]]:
    """One for each opinion awaited: with the unit asked, or with whoever writes down what it answers on paper."""
    for asked in case.standing.consulted:
        unit, due = case.asked_units[asked.unit], datetime.fromisoformat(asked.due)
        by_paper = asked.means == "document"
        asker = case.dossier.deciding_unit
        name = f"Ghi ý kiến của {unit.name}" if by_paper else f"Cho ý kiến theo yêu cầu của {asker.name}"
        kind = (f"{CONSULTATION}{asked.number}", name[:NAME_LENGTH])
        task = _desk_task(case, kind, ConsultationRequested, due_at=due)
        unit_id = case.dossier.deciding_unit_id if by_paper else unit.pk
        yield task | {"role": Role.HANDLER, "unit_id": unit_id, "since": asked.at}


def _supplement_task(case: Folded) -> dict[str, Any]:
    """What the applicant is to bring; until the last day there is for it, where the law sets one (Đ.19.5)."""
    asked, accepted = case.standing.supplement_at, case.standing.accepted is not None
    last = clock.supplement_given_by(asked, case.calendar, case.rules, accepted=accepted) if asked else None
    task = _desk_task(case, AWAIT_SUPPLEMENT, SupplementRequested, waiting=True)
    return task | {"due_at": case.calendar.close(last) if last else None}


def _offered_tasks(case: Folded) -> Iterator[dict[str, Any]]:
    """What waits to be signed for by whom it was offered to, beside the step itself (chờ bạn nhận)."""
    if case.standing.state not in lifecycle.WORKING:
        return
    for step, offer in case.offered.items():
        node = case.process.nodes[step]
        yield {
            "step": f"{OFFERED}{step}"[:40],
            "name": f"Ký nhận bàn giao: {node.name}"[:1000],
            "role": node.role,
            "unit_id": unit_of(case.dossier, node).pk,
            "officer_id": _officer_key(offer.officer),
            "since": offer.at,
            "due_at": None,
            "dossier_due_at": None if case.last_reading.paused else case.last_reading.due,
            "waiting": False,
        }


def _paper_tasks(case: Folded) -> Iterator[dict[str, Any]]:
    """The papers to be given by who has them, or to be signed for by whom they were given to (Đ.18.2, 20.1.a)."""
    standing = case.standing
    if standing.state not in lifecycle.OPEN | lifecycle.BROKEN_OFF | {State.DONE}:
        return
    agency = {"role": Role.CLERK, "unit_id": case.dossier.deciding_unit_id}
    if given := standing.moving:
        task = _desk_task(case, RECEIVE_PAPERS, PapersGiven)
        yield task | (agency if given.to == lifecycle.AGENCY else {})
    elif standing.state in lifecycle.BROKEN_OFF:
        if standing.papers_at == lifecycle.AGENCY:
            yield _desk_task(case, GIVE_BACK_PAPERS, (Withdrawn, Stopped, PapersReceived)) | agency
    elif case.carried and standing.state is not State.DONE and not _once_given(case):
        task = _desk_task(case, GIVE_PAPERS, Accepted)
        yield task | {"due_at": case.papers_due, "dossier_due_at": case.last_reading.due}


def _once_given(case: Folded) -> bool:
    return any(isinstance(fact, PapersGiven) for fact in case.facts)


def _officer_key(username: str) -> int | None:
    found = wire.ask("SELECT id FROM people_officer WHERE username = %s", [username])
    return int(found[0][0]) if found else None


def _duty_task(case: Folded) -> dict[str, Any]:
    """To see that a duty is met, once no step is left that would remind anybody of the dossier."""
    waiting = case.last_reading.paused is not None
    due = None if waiting else case.last_reading.due
    task = _desk_task(case, AWAIT_DUTY, FinancialDutyRequested, due_at=due, waiting=waiting)
    return task | {"role": Role.HANDLER, "unit_id": case.dossier.deciding_unit_id}


def _receive_task(case: Folded) -> dict[str, Any]:
    """To be received within its hours, which begin anew with a full supplement (NĐ 118/2025 Đ.17.2)."""
    if case.standing.awaits:
        return _desk_task(case, AWAIT_INPUT, Filed, waiting=True)
    last = next((f for f in reversed(case.facts) if isinstance(f, InputReceived | SupplementReceived)), None)
    task = _desk_task(case, RECEIVE, type(last) if last else Filed)
    due = clock.reception_deadlines(task["since"], case.calendar, case.rules)[1]
    return task | {"due_at": due, "dossier_due_at": due}


def _forward_task(case: Folded) -> Iterator[dict[str, Any]]:
    """What the agency proposed is to be asked of the applicant while the law still allows it (Đ.19.5)."""
    accepted = case.standing.accepted
    if case.standing.proposed and accepted:
        last = clock.supplement_asked_by(accepted.at, case.calendar, case.rules)
        yield _desk_task(case, FORWARD_SUPPLEMENT, SupplementProposed, due_at=case.calendar.close(last))


def _desk_task(
    case: Folded,
    kind: tuple[str, str],
    after: type[Fact] | tuple[type[Fact], ...],
    due_at: datetime | None = None,
    waiting: bool = False,
) -> dict[str, Any]:
    """A task that waits since the last fact of the kind `after`, else since the dossier began."""
    step, name = kind
    since = next((fact.at for fact in reversed(case.facts) if isinstance(fact, after)), case.facts[0].at)
    return {
        "step": step,
        "name": name,
        "role": Role.RECEPTION,
        "unit_id": case.dossier.receiving_unit_id,
        "officer_id": None,
        "since": since,
        "due_at": due_at,
        "dossier_due_at": due_at,
        "waiting": waiting,
    }
