"""What happens to a ticket: taken, called, called again, put aside, served (số thứ tự; NĐ 118/2025 Đ.13.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Unit

from . import queries
from .models import Ticket

MOST_WAITING = 300  # beyond that nobody who takes a number is served that day; a prank is stopped too
_TAKE = """
WITH given AS (
    INSERT INTO tickets_ticketcounter (unit_id, day, last) VALUES (%s, %s, 1)
    ON CONFLICT (unit_id, day) DO UPDATE SET last = tickets_ticketcounter.last + 1 RETURNING last
)
INSERT INTO tickets_ticket (key, unit_id, day, number, taken_at, calls, counter)
SELECT gen_random_uuid(), %s, %s, last, %s, 0, '' FROM given RETURNING id
"""


def take(unit: Unit, *, at: datetime) -> Ticket:
    """Lấy số: the next number of a desk that day, never given twice. Raises Refused for a queue that is full."""
    today = day(at)
    if not queries.open_desks(today).filter(pk=unit.pk).exists():
        raise Refused(f"{unit.name} hôm nay không có cán bộ một cửa")
    if queries.waiting(unit, today).count() >= MOST_WAITING:
        raise Refused(f"Hàng chờ đã có {MOST_WAITING} số. Hãy hỏi cán bộ tại quầy")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [unit.pk, today, unit.pk, today, at])
        (key,) = cursor.fetchone()
    return Ticket.objects.select_related("unit").get(pk=key)


@transaction.atomic(durable=True)
def call_next(unit: Unit, *, counter: str, by: Officer, at: datetime) -> Ticket | None:
    """Gọi số tiếp: whom the officer was serving is served, and the longest waiting is called to `counter`.

    None when nobody waits. Two counters never call the same number.
    """
    access.require(by, "receive", unit, day(at))
    queries.of_day(unit, day(at)).filter(queries.SERVING, officer=by).update(served_at=at)
    free = queries.waiting(unit, day(at)).select_for_update(skip_locked=True).first()
    return _call(free, counter, by, at) if free else None


@transaction.atomic(durable=True)
def call_again(ticket: Ticket, *, counter: str, by: Officer, at: datetime) -> Ticket:
    """Gọi lại: the same number once more, also one that was put aside. Raises Refused for one that was served."""
    held = _held(ticket, by, at)
    if held.called_at is None:
        raise Refused(f"Số {held.number} chưa được gọi lần nào; hãy gọi số tiếp")
    if held.officer_id != by.pk and _served_now(held):
        raise Refused(f"Số {held.number} đang được phục vụ ở quầy {held.counter}")
    return _call(held, counter, by, at)


@transaction.atomic(durable=True)
def skip(ticket: Ticket, *, by: Officer, at: datetime) -> None:
    """Bỏ qua: who was called does not come; the number may be called again."""
    held = _held(ticket, by, at)
    if held.called_at is None:
        raise Refused(f"Số {held.number} chưa được gọi nên không bỏ qua được")
    held.skipped_at = at
    held.save(update_fields=["skipped_at"])


@transaction.atomic(durable=True)
def serve(ticket: Ticket, *, by: Officer, at: datetime) -> None:
    """Đã phục vụ: what this number came for is done."""
    held = _held(ticket, by, at)
    if held.called_at is None:
        raise Refused(f"Số {held.number} chưa được gọi")
    held.served_at = at
    held.save(update_fields=["served_at"])


def _held(ticket: Ticket, by: Officer, at: datetime) -> Ticket:
    """The ticket as it stands now, kept from others until this is done. Raises Refused for one that is over."""
    access.require(by, "receive", ticket.unit, day(at))
    held = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if held.served_at:
        raise Refused(f"Số {held.number} đã phục vụ xong")
    if held.day != day(at):
        raise Refused(f"Số {held.number} là của ngày {held.day:%d/%m/%Y}")
    return held


def _served_now(ticket: Ticket) -> bool:
    return Ticket.objects.filter(queries.SERVING, pk=ticket.pk).exists()


def _call(ticket: Ticket, counter: str, by: Officer, at: datetime) -> Ticket:
    ticket.called_at = ticket.called_at or at
    ticket.last_call_at, ticket.calls = at, ticket.calls + 1
    ticket.counter, ticket.officer = counter, by
    ticket.save(update_fields=["called_at", "last_call_at", "calls", "counter", "officer"])
    return ticket
