"""The steps of the internal process: given to somebody, done, sent back, recalled (giải quyết; NĐ 118/2025 Đ.19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from motcua.journal.log import act
from motcua.law import lifecycle, process
from motcua.law.calendar import day
from motcua.law.facts import Assigned, Fact, Finished, Refused, SentBack, StepDone, StepRecalled
from motcua.people import access
from motcua.people.models import Officer

from .. import conditions, folding
from ..folding import Folded
from ..models import Dossier
from .deciding import allowed, decided, said, write


@act
def assign(dossier: Dossier, *, step: str, to: Officer, by: Officer, at: datetime) -> None:
    """Phân công người xử lý một bước đang chờ, by who leads the unit of that step (NĐ 118/2025 Đ.19.1)."""
    case = allowed(dossier, Assigned, by, at, step)
    node = waiting(case, step)
    if not access.may_step(to, node.role, folding.unit_of(dossier, node), day(at)):
        raise Refused(f"{to.full_name} không giữ vai trò của bước này", access.SOURCE)
    write(case, [decided(Assigned, at, by, step=step, officer=to.username)])


@act
def complete_step(
    dossier: Dossier,
    *,
    step: str,
    by: Officer,
    at: datetime,
    outcome: str = "",
    note: str = "",
    to: Mapping[str, Officer] | None = None,
) -> None:
    """Hoàn thành một bước; a step already done, or given to somebody else, is refused with what happened.

    `to` gives the steps this one leads to, by their ids, to officers at once (phân công). A draft that waits to be
    signed is signed or returned, not passed by; and the last step of signing is not passed by with nothing signed.
    """
    case = allowed(dossier, StepDone, None, at)
    fact = decided(StepDone, at, by, step=step, outcome=outcome, note=note)
    marking = at_step(case, fact, by)
    if conditions.signs(case, case.process.nodes[step]):
        _signed_for(case, marking)
    given = _given(case, marking, to, by, at) if to else []
    write(case, [fact, *given])


@act
def send_back(dossier: Dossier, *, step: str, to: str, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại bước trước, có lý do; the dossier's clock goes on."""
    case = allowed(dossier, SentBack, None, at)
    fact = decided(SentBack, at, by, step=step, to=to, reason=said(reason))
    at_step(case, fact, by)
    write(case, [fact])


@act
def recall_step(dossier: Dossier, *, step: str, by: Officer, at: datetime, reason: str = "") -> None:
    """Thu hồi bước by whoever completed it, while nobody has touched what it led to; it is theirs again."""
    case = allowed(dossier, StepRecalled, None, at)
    if refusal := conditions.not_recalled(case, step, by, at):
        raise refusal
    fact = decided(StepRecalled, at, by, step=step, reason=reason.strip())
    held = decided(Assigned, at, by, step=step, officer=by.username)
    write(case, [fact, held])


def waiting(case: Folded, step: str) -> process.Node:
    """The step, which waits for somebody now. Raises Refused."""
    for node in folding.waiting_nodes(case):
        if node.id == step:
            return node
    raise Refused(f"Bước “{step}” không chờ xử lý lúc này", lifecycle.source(Assigned))


def _signed_for(case: Folded, marking: process.Marking) -> None:
    """Raise Refused for a step of signing at which nothing is signed."""
    standing = case.standing
    if standing.draft and not standing.signed:
        raise Refused("Có dự thảo kết quả chờ ký: hãy ký duyệt hoặc trả lại", lifecycle.source(StepDone))
    if refusal := conditions.unsigned(case, marking):
        raise refusal


def _given(
    case: Folded, marking: process.Marking, to: Mapping[str, Officer], by: Officer, at: datetime
) -> list[Fact]:
    """The steps a completion leads to, given to officers by who may. Raises Refused."""
    for step, officer in to.items():
        if step not in marking.steps or step in case.marking.steps:
            raise Refused(f"Bước “{step}” không đến lượt ngay sau bước này", lifecycle.source(Assigned))
        access.require(by, *conditions.needed(case, Assigned, step), day(at))
        node = case.process.nodes[step]
        if not access.may_step(officer, node.role, folding.unit_of(case.dossier, node), day(at)):
            raise Refused(f"{officer.full_name} không giữ vai trò của bước “{node.name}”", access.SOURCE)
    return [decided(Assigned, at, by, step=step, officer=who.username) for step, who in to.items()]


def at_step(case: Folded, fact: StepDone | SentBack, by: Officer) -> process.Marking:
    """Where the process stands then. Raises Refused unless the step waits, knows this outcome, and is theirs."""
    marking = process.decide(case.process, case.run, fact)
    node = case.process.nodes[fact.step]
    if refusal := conditions.not_theirs(case, node, by, fact.at):
        raise refusal
    if isinstance(fact, StepDone) and conditions.hands_out(case, node):
        raise Refused(f"Phải ghi kết quả trước bước “{node.name}”", lifecycle.source(Finished))
    return marking
