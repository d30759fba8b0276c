"""A result is proposed, then signed or returned (trình, ký kết quả; NĐ 118/2025 Đ.19.3)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law import process
from motcua.law.facts import Fact, ProposalReturned, ResultProposed, ResultSigned, SentBack, StepDone
from motcua.people.models import Officer, Role

from .. import conditions, folding
from ..folding import Folded
from ..models import Dossier
from .deciding import allowed, decided, one_of, said, write
from .handling import at_step

RESULTS = ("granted", "refused")


@act
def propose_result(
    dossier: Dossier,
    *,
    result: str,
    summary: str,
    by: Officer,
    at: datetime,
    reason: str = "",
    recipients: str = "",
    step: str = "",
) -> None:
    """Trình kết quả: granted or refused, a refused one with its reason; `step` is completed with it."""
    case = allowed(dossier, ResultProposed, by, at)
    one_of(result, RESULTS, "Kết quả", ResultProposed)
    told = {
        "result": result,
        "summary": said(summary, "nội dung kết quả"),
        "reason": said(reason, "lý do từ chối") if result == "refused" else reason.strip(),
        "recipients": recipients.strip(),
    }
    proposed = decided(ResultProposed, at, by, **told)
    if not step:
        return write(case, [proposed])
    done = decided(StepDone, at, by, step=step)
    at_step(case, done, by)
    return write(case, [proposed, done])


@act
def sign_result(
    dossier: Dossier, *, by: Officer, at: datetime, note: str = "", outcome: str = "", step: str = ""
) -> None:
    """Ký duyệt kết quả đã trình; the step of signing, if one waits, is done by it (NĐ 118/2025 Đ.19.3).

    While a result is corrected: what shall stand in its place, granted or refused as the first was (Đ.23.1).
    `step` says which, where several wait.
    """
    case = allowed(dossier, ResultSigned, by, at)
    draft = case.standing.draft
    assert draft is not None
    signed = decided(ResultSigned, at, by, result=draft.result, reason=draft.reason, note=note.strip())
    if node := _signers_step(case, by, at, step):
        done = decided(StepDone, at, by, step=node.id, outcome=outcome, note=note.strip())
        at_step(case, done, by)
        write(case, [signed, done])
    else:
        write(case, [signed])


@act
def return_proposal(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại dự thảo kết quả, có lý do; from a step of signing the dossier goes back to who handled it."""
    case = allowed(dossier, ProposalReturned, by, at)
    facts: list[Fact] = [decided(ProposalReturned, at, by, reason=said(reason))]
    node = _signers_step(case, by, at)
    if node and (to := handled(case, node)):
        back = decided(SentBack, at, by, step=node.id, to=to, reason=said(reason))
        at_step(case, back, by)
        write(case, [*facts, back])
    else:
        write(case, facts)


def _signers_step(case: Folded, by: Officer, at: datetime, step: str = "") -> process.Node | None:
    """The step of signing that waits for the officer, None when none waits. Raises Refused for another's."""
    steps = [n for n in folding.waiting_nodes(case) if conditions.signs(case, n) and step in ("", n.id)]
    refusals = [conditions.not_theirs(case, node, by, at) for node in steps]
    for node, refusal in zip(steps, refusals, strict=True):
        if refusal is None:
            return node
    if refusals and refusals[0]:
        raise refusals[0]
    return None


def handled(case: Folded, node: process.Node) -> str:
    """The step of handling done last on the way to a step, "" when there is none."""
    back = next(a.back_to for a in process.allowed(case.process, case.marking) if a.step == node.id)
    done = [f.step for f in case.facts if isinstance(f, StepDone) and f.step in back]
    return next((step for step in reversed(done) if case.process.nodes[step].role == Role.HANDLER), "")
