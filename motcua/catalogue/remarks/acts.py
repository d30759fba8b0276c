"""The acts of remarks: say that something is wrong, answer it (báo sai)."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction

from motcua.journal import locks
from motcua.law import calendar
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from ..models import Version
from .models import Remark, State

SHORTEST = 10  # signs, of what is wrong and of an answer
MOST_OF_ONE, MOST_OF_ALL = 10, 500  # a day; beyond that it is a prank, and nobody could read them


@transaction.atomic(durable=True)
def tell(version: Version, *, part: str, text: str, origin: str, at: datetime) -> Remark:
    """Báo sai về một thủ tục; the same said twice is one. Raises Refused for too short a text, or too many a day."""
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        raise Refused(f"Hãy nói rõ hơn chỗ sai, ít nhất {SHORTEST} ký tự")
    locks.hold(locks.Lock.REMARKS)
    today = Remark.objects.filter(sent_at__gte=calendar.at(day(at), time.min))
    told = {"version": version, "part": part, "text": text}
    if same := today.filter(**told, origin=origin, state=State.NEW).first():
        return same
    if today.filter(origin=origin).count() >= MOST_OF_ONE or today.count() >= MOST_OF_ALL:
        raise Refused("Hôm nay đã nhận quá nhiều báo sai từ nơi này. Hãy gửi lại vào ngày mai")
    return Remark.objects.create(**told, origin=origin, sent_at=at)


@transaction.atomic(durable=True)
def answer(remark: Remark, *, right: bool, text: str, by: Officer, at: datetime) -> None:
    """Trả lời một báo sai, once. Raises Refused for one that was answered, or an answer that says nothing."""
    access.require(by, "catalogue", None, day(at))
    held = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if held.state != State.NEW:
        raise Refused(f"Báo sai này đã được trả lời: {held.get_state_display().lower()}")
    if len(text.strip()) < SHORTEST:
        raise Refused(f"Câu trả lời phải có ít nhất {SHORTEST} ký tự")
    held.state = State.TAKEN if right else State.DECLINED
    held.answer, held.answered_at, held.answered_by, held.origin = text.strip(), at, by, ""
    held.save(update_fields=["state", "answer", "answered_at", "answered_by", "origin"])
