"""The acts of cleaning: look at everything, give a flaw to somebody, accept one for a reason (làm sạch dữ liệu)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from motcua.journal import locks
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from . import sweeping
from .models import Flaw, State
from .sweeping import Swept

SHORTEST = 10  # signs of a reason


@transaction.atomic(durable=True)
def sweep(*, by: Officer | None, at: datetime) -> Swept:
    """Rà dữ liệu: every rule over every procedure in force; flaws that are gone close themselves.

    Twice the same changes nothing.
    """
    _allowed(by, at)
    locks.hold(locks.Lock.SWEEPING)
    return sweeping.sweep(at)


@transaction.atomic(durable=True)
def give(flaw: Flaw, *, to: Officer, due: date, by: Officer, at: datetime) -> None:
    """Giao sửa: who mends it, by when. Raises Refused for one that is not open, or a day that has passed."""
    held = _open(flaw, by, at)
    if due < day(at):
        raise Refused("Hạn sửa phải từ hôm nay trở đi")
    held.owner, held.due = to, due
    held.save(update_fields=["owner", "due"])


@transaction.atomic(durable=True)
def accept(flaw: Flaw, *, reason: str, by: Officer, at: datetime) -> None:
    """Chấp nhận, có lý do: it stays as it is, and lowers no score any more. Raises Refused without a reason."""
    held = _open(flaw, by, at)
    if len(reason.strip()) < SHORTEST:
        raise Refused(f"Lý do phải có ít nhất {SHORTEST} ký tự")
    held.state, held.reason = State.ACCEPTED, reason.strip()
    held.settled_at, held.settled_by = at, by.username
    held.save(update_fields=["state", "reason", "settled_at", "settled_by"])


@transaction.atomic(durable=True)
def reopen(flaw: Flaw, *, by: Officer, at: datetime) -> None:
    """Mở lại một điểm đã chấp nhận; the reason given before is kept. Raises Refused for one that was not accepted."""
    _allowed(by, at)
    held = Flaw.objects.select_for_update().get(pk=flaw.pk)
    if held.state != State.ACCEPTED:
        raise Refused("Chỉ mở lại được điểm đã chấp nhận")
    held.state, held.settled_at, held.settled_by = State.OPEN, None, ""
    held.save(update_fields=["state", "settled_at", "settled_by"])


def _open(flaw: Flaw, by: Officer, at: datetime) -> Flaw:
    _allowed(by, at)
    held = Flaw.objects.select_for_update().get(pk=flaw.pk)
    if held.state != State.OPEN:
        raise Refused(f"Điểm này không còn mở: {held.get_state_display().lower()}")
    return held


def _allowed(by: Officer | None, at: datetime) -> None:
    """None is the administrator of the machine, who gave a command."""
    if by is not None:
        access.require(by, "catalogue", None, day(at))
