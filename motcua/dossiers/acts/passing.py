"""A step passes to another officer: taken, handed over, signed for (nhận việc, bàn giao; NĐ 118/2025 Đ.19.1)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law import lifecycle
from motcua.law.calendar import day
from motcua.law.facts import Assigned, HandedOver, HandoverAccepted, HandoverDeclined, Refused
from motcua.people import access
from motcua.people.models import Officer

from .. import conditions, folding
from ..folding import Folded
from ..models import Dossier
from .deciding import allowed, decided, said, write
from .handling import waiting


@act
def take(dossier: Dossier, *, step: str, by: Officer, at: datetime) -> None:
    """Nhận việc: a step nobody was given, by who may do it (NĐ 118/2025 Đ.19.1)."""
    case = allowed(dossier, Assigned, None, at)
    node = waiting(case, step)
    if refusal := conditions.not_theirs(case, node, by, at):
        raise refusal
    if step in case.assigned:
        raise Refused(f"Bước “{node.name}” đã giao cho bạn", lifecycle.source(Assigned))
    write(case, [decided(Assigned, at, by, step=step, officer=by.username)])


@act
def hand_over(dossier: Dossier, *, step: str, to: Officer, by: Officer, at: datetime, note: str = "") -> None:
    """Chuyển người xử lý: offered to another officer of the unit; the giver answers for it until signed for."""
    case = allowed(dossier, HandedOver, None, at)
    node = waiting(case, step)
    if refusal := conditions.not_given_to(case, node, by):
        raise refusal
    if to.pk == by.pk:
        raise Refused("Hãy chọn người khác để chuyển", lifecycle.source(HandedOver))
    if not access.may_step(to, node.role, folding.unit_of(dossier, node), day(at)):
        raise Refused(f"{to.full_name} không giữ vai trò của bước này", access.SOURCE)
    write(case, [decided(HandedOver, at, by, step=step, officer=to.username, note=note.strip())])


@act
def accept_handover(dossier: Dossier, *, step: str, by: Officer, at: datetime) -> None:
    """Ký nhận bàn giao: from now on whoever signed answers for the step."""
    case = allowed(dossier, HandoverAccepted, None, at)
    _offered(case, step, by, at)
    write(case, [decided(HandoverAccepted, at, by, step=step)])


@act
def decline_handover(dossier: Dossier, *, step: str, reason: str, by: Officer, at: datetime) -> None:
    """Từ chối nhận bàn giao, có lý do: the giver keeps the step."""
    case = allowed(dossier, HandoverDeclined, None, at)
    _offered(case, step, by, at)
    write(case, [decided(HandoverDeclined, at, by, step=step, reason=said(reason))])


def _offered(case: Folded, step: str, by: Officer, at: datetime) -> None:
    """Raise Refused unless the step is offered to the officer, who may do it."""
    node = waiting(case, step)
    offer = case.offered.get(step)
    if offer is None or offer.officer != by.username:
        raise Refused(f"Bước “{node.name}” không còn chờ bạn ký nhận", lifecycle.source(HandedOver))
    if not access.may_step(by, node.role, folding.unit_of(case.dossier, node), day(at)):
        raise Refused(f"{by.full_name} không giữ vai trò của bước này", access.SOURCE)
