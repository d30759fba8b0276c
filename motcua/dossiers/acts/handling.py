"""The steps of the internal process: given to somebody, done, sent back (giải quyết; NĐ 118/2025 Đ.19)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law import lifecycle, process
from motcua.law.calendar import day
from motcua.law.facts import Assigned, Finished, Refused, SentBack, StepDone
from motcua.people import access
from motcua.people.models import Officer

from .. import conditions, rows
from ..models import Dossier
from ..rows import Folded
from .deciding import allowed, decided, said, write


@act
def assign(dossier: Dossier, *, step: str, to: Officer, by: Officer, at: datetime) -> None:
    """Phân công người xử lý một bước đang chờ, by who leads the unit of that step (NĐ 118/2025 Đ.19.1)."""
    case = allowed(dossier, Assigned, by, at, step)
    node = _waiting(case, step)
    if not access.may_step(to, node.role, rows.unit_of(dossier, node), day(at)):
        raise Refused(f"{to.full_name} không giữ vai trò của bước này", access.SOURCE)
    write(case, [decided(Assigned, at, by, step=step, officer=to.username)])


@act
def complete_step(
    dossier: Dossier, *, step: str, by: Officer, at: datetime, outcome: str = "", note: str = ""
) -> None:
    """Hoàn thành một bước; a step already done, or given to somebody else, is refused with what happened."""
    case = allowed(dossier, StepDone, None, at)
    fact = decided(StepDone, at, by, step=step, outcome=outcome, note=note)
    _judge(case, fact, by)
    write(case, [fact])


@act
def send_back(dossier: Dossier, *, step: str, to: str, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại bước trước, có lý do; the dossier's clock goes on."""
    case = allowed(dossier, SentBack, None, at)
    fact = decided(SentBack, at, by, step=step, to=to, reason=said(reason))
    _judge(case, fact, by)
    write(case, [fact])


def _waiting(case: Folded, step: str) -> process.Node:
    for node in rows.waiting_nodes(case):
        if node.id == step:
            return node
    raise Refused(f"Bước “{step}” không chờ xử lý lúc này", lifecycle.source(Assigned))


def _judge(case: Folded, fact: StepDone | SentBack, by: Officer) -> None:
    """Raise Refused unless the step waits, knows this outcome, and is theirs."""
    process.decide(case.process, case.run, fact)
    node = case.process.nodes[fact.step]
    if refusal := conditions.not_theirs(case, node, by, fact.at):
        raise refusal
    if isinstance(fact, StepDone) and conditions.hands_out(case, node):
        raise Refused(f"Phải ghi kết quả trước bước “{node.name}”", lifecycle.source(Finished))
