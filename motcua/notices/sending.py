"""Working off what waits (gửi tin): one attempt at a time, written down before the gateway is called.

Never twice: a notice is taken out of WAITING in a transaction of its own, then sent. Whoever is cut off between the
two leaves it in SENDING, and after STALE it is shown as uncertain, for a person to decide, instead of being sent again
(docs/adr/0009). A gateway at fault is left alone for a while, growing with its faults, so that an outage costs one
attempt now and then and not one for each notice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from motcua.gateways import mail, sms
from motcua.gateways.sending import Message, Outcome, Sender, Sent
from motcua.law.calendar import TZ

from .models import OUTSIDE, Channel, Line, Notice, State, Trace

SENDERS: dict[str, Callable[[], Sender]] = {Channel.MAIL: mail.sender, Channel.SMS: sms.sender}
STALE = timedelta(minutes=10)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
BATCH = 200
LOST = "Chương trình ngừng giữa chừng: không rõ cổng đã nhận hay chưa"
Clock = Callable[[], datetime]
Waiting = TypeVar("Waiting")


def work_off(channel: str, now: Clock) -> int:
    """Send what is due on a channel, up to BATCH; how many attempts were made."""
    tidy(channel, now())
    return drain(channel, now, claim=partial(_claimed, channel), message=_message, record=record)


def drain(
    channel: str,
    now: Clock,
    *,
    claim: Callable[[datetime], Waiting | None],
    message: Callable[[Waiting], Message],
    record: Callable[..., None],
) -> int:
    """Send on a channel what `claim` takes out of waiting, one after the other, up to BATCH; how many attempts.

    A room above that keeps letters of its own sends them here, so that a line at fault is left alone by all.
    """
    sender = SENDERS[channel]()
    for done in range(BATCH):
        at = now()
        taken = claim(at) if _open(channel, sender, at) else None
        if taken is None:
            return done
        sent = sender.send(message(taken))
        record(taken, sent, now(), stand_in=sender.stand_in)
        _judge(channel, sent, now())
    return BATCH


def work_off_all(now: Clock) -> int:
    return sum(work_off(channel, now) for channel in OUTSIDE)


def tidy(channel: str, at: datetime) -> None:
    """Show what was left in hand as uncertain, and give up what has waited too long to be worth saying."""
    left = Notice.objects.filter(channel=channel, state=State.SENDING, tried_at__lt=at - STALE)
    for notice in left:
        _conclude(notice, State.UNCERTAIN, Trace.What.UNKNOWN, LOST, at)
    days = settings.NOTICE_DAYS
    old = Notice.objects.filter(channel=channel, state=State.WAITING, queued_at__lt=at - timedelta(days=days))
    for notice in old.filter(next_at__lte=at):
        why = f"Không gửi được trong {days} ngày. {notice.message}".strip()
        _conclude(notice, State.FAILED, Trace.What.REFUSED, why, at)


def record(notice: Notice, sent: Sent, at: datetime, *, stand_in: bool) -> None:
    """Write down what came of the attempt the notice was claimed for."""
    match sent.outcome:
        case Outcome.TAKEN:
            Notice.objects.filter(pk=notice.pk).update(stand_in=stand_in)
            _conclude(notice, State.SENT, Trace.What.TAKEN, sent.message, at)
        case Outcome.REFUSED:
            _conclude(notice, State.FAILED, Trace.What.REFUSED, sent.message, at)
        case Outcome.UNKNOWN:
            _conclude(notice, State.UNCERTAIN, Trace.What.UNKNOWN, sent.message, at)
        case Outcome.LATER:
            _conclude(notice, State.WAITING, Trace.What.LATER, sent.message, at)


def quiet(at: datetime) -> bool:
    """Whether it is too early or too late to send anybody a message (SMS_HOURS)."""
    begin, end = (time.fromisoformat(hour) for hour in settings.SMS_HOURS.split("-"))
    return not begin <= at.astimezone(TZ).time() < end


def wait(faults: int) -> timedelta:
    """How long to leave alone what failed this many times in a row."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(max(faults, 1) - 1, 16)))


@transaction.atomic
def _claimed(channel: str, at: datetime) -> Notice | None:
    """The next notice that is due, taken out of waiting; nobody else can have it."""
    waiting = Notice.objects.select_for_update(skip_locked=True).filter(
        channel=channel, state=State.WAITING, next_at__lte=at
    )
    notice = waiting.order_by("next_at", "id").first()
    if notice is None:
        return None
    notice.state, notice.tried_at, notice.attempts = State.SENDING, at, notice.attempts + 1
    notice.save(update_fields=["state", "tried_at", "attempts"])
    Trace.objects.create(notice=notice, at=at, what=Trace.What.BEGUN)
    return notice


@transaction.atomic
def _conclude(notice: Notice, state: str, what: str, message: str, at: datetime) -> None:
    """Leave a notice in `state`, unless somebody has decided otherwise since the attempt began."""
    waiting = state == State.WAITING
    later = at + wait(notice.attempts) if waiting else notice.next_at
    changed = Notice.objects.filter(
        pk=notice.pk, tried_at=notice.tried_at, state__in=[notice.state, State.UNCERTAIN]
    ).update(state=state, next_at=later, done_at=None if waiting else at, message=message[:300])
    if changed:
        Trace.objects.create(notice=notice, at=at, what=what, message=message[:1000])


def _open(channel: str, sender: Sender, at: datetime) -> bool:
    """Whether anything may be sent now: the line is not paused, and nobody is woken up by a message."""
    if channel == Channel.SMS and not sender.stand_in and quiet(at):
        return False
    return not Line.objects.filter(channel=channel, paused_until__gt=at).exists()


def _judge(channel: str, sent: Sent, at: datetime) -> None:
    """Leave a line at fault alone for a while; one that works is whole again."""
    if not sent.fault:
        Line.objects.filter(channel=channel, faults__gt=0).update(faults=0, since=None, paused_until=None)
        return
    line, _ = Line.objects.get_or_create(channel=channel, defaults={"faults": 0})
    line.faults, line.message = line.faults + 1, sent.message[:300]
    line.since = line.since or at
    line.paused_until = at + wait(line.faults)
    line.save()


def _message(notice: Notice) -> Message:
    return Message(notice.key, notice.kind, notice.recipient, notice.subject, notice.body)
