"""What officers decide about notices: send again, told by other means, another address, other words (tin báo)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.dossiers.models import Dossier
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from . import reach, wording
from .models import NEEDS_SOMEBODY, Channel, Contact, Line, Notice, State, Text, Trace

SOURCE = "NĐ 118/2025/NĐ-CP Đ.5, 19"


@transaction.atomic(durable=True)
def send_again(notice: Notice, *, by: Officer, at: datetime) -> None:
    """Cho gửi lại một tin không gửi được hoặc chưa chắc đã gửi; whoever says so answers for its arriving twice."""
    held = _held(notice, by, at)
    if not held.recipient:
        raise Refused("Tin này không có số hay địa chỉ để gửi; hãy ghi số điện thoại hoặc thư điện tử trước")
    _again(held, by, at)


@transaction.atomic(durable=True)
def tell_otherwise(notice: Notice, *, note: str, by: Officer, at: datetime) -> None:
    """Đã báo cách khác (điện thoại, gặp trực tiếp, giấy): how and whom is part of it."""
    if not note.strip():
        raise Refused("Hãy ghi đã báo cho ai, bằng cách nào, lúc nào")
    held = _held(notice, by, at, also=(State.WAITING,))
    _left(held, State.TOLD, Trace.What.TOLD, note.strip(), by, at)


@transaction.atomic(durable=True)
def set_contact(
    dossier: Dossier, *, phone: str, email: str, sms: bool, mail: bool, by: Officer, at: datetime
) -> int:
    """Đổi liên hệ, cách nhận tin của người nộp; what could not be delivered goes to the new address.

    Returns how many notices go out again. Raises Refused for a number or an address nothing can be sent to.
    """
    access.require(by, "tell", dossier.receiving_unit, day(at))
    _check_reach(phone, email, sms, mail)
    made = Contact.objects.create(
        dossier=dossier,
        phone=reach.mobile(phone) or phone.strip(),
        email=email.strip(),
        sms=sms,
        mail=mail,
        by=by,
        at=at,
    )
    return _readdressed(dossier, made, by, at)


@transaction.atomic(durable=True)
def write_text(
    kind: str, channel: str, *, subject: str, body: str, sends: bool, by: Officer, at: datetime
) -> Text:
    """Sửa mẫu tin báo: a new version, the ones before stay to be read; holds from now on."""
    access.require(by, "texts", None, day(at))
    if wording.original(kind, channel) is None:
        raise Refused(f"Tin “{wording.label(kind)}” không gửi bằng kênh này")
    if not body.strip():
        raise Refused("Mẫu tin phải có nội dung; muốn thôi gửi thì bỏ đánh dấu “Gửi bằng kênh này”")
    for words in (subject, body):
        wording.refuse(kind, words)
    # Two who save at once come one after the other, so neither takes the other's number.
    Line.objects.select_for_update().get_or_create(channel=channel)
    last = Text.objects.filter(kind=kind, channel=channel).first()
    number = (last.number if last else 0) + 1
    made = {"subject": subject.strip(), "body": body.strip(), "sends": sends}
    return Text.objects.create(kind=kind, channel=channel, number=number, by=by, at=at, **made)


@transaction.atomic(durable=True)
def reopen(channel: str, *, by: Officer, at: datetime) -> int:
    """Thử lại đường gửi ngay, không chờ hết giờ nghỉ; returns how many notices wait for it."""
    if not access.may(by, "tell", None, day(at)) and not access.may(by, "texts", None, day(at)):
        raise Refused(f"{by.full_name} không có thẩm quyền thực hiện việc này", access.SOURCE)
    Line.objects.filter(channel=channel).update(paused_until=None)
    return Notice.objects.filter(channel=channel, state=State.WAITING).update(next_at=at)


@transaction.atomic(durable=True)
def see(officer: Officer, *, at: datetime) -> int:
    """Đã xem các tin trên hệ thống gửi cho mình; returns how many were new."""
    new = Notice.objects.select_for_update().filter(
        channel=Channel.DESK, recipient=officer.username, state=State.SENT, tried_at=None
    )
    found = list(new)
    Notice.objects.filter(pk__in=[n.pk for n in found]).update(tried_at=at)
    Trace.objects.bulk_create(Trace(notice=n, at=at, by=officer, what=Trace.What.SEEN) for n in found)
    return len(found)


def _held(notice: Notice, by: Officer, at: datetime, also: tuple[str, ...] = ()) -> Notice:
    """The notice as it is now, kept from everybody else. Raises Refused when it does not wait for anybody."""
    held = Notice.objects.select_for_update(of=("self",)).select_related("desk__parent").get(pk=notice.pk)
    access.require(by, "tell", held.desk, day(at))
    if held.state not in (*NEEDS_SOMEBODY, *also):
        raise Refused(f"Tin này đang ở trạng thái “{State(held.state).label}” nên không cần xử lý nữa")
    return held


def _again(notice: Notice, by: Officer, at: datetime) -> None:
    notice.next_at = notice.queued_at = at
    notice.save(update_fields=["next_at", "queued_at"])
    _left(notice, State.WAITING, Trace.What.AGAIN, "", by, at)


def _left(notice: Notice, state: str, what: str, note: str, by: Officer, at: datetime) -> None:
    notice.state, notice.done_at = state, None if state == State.WAITING else at
    notice.save(update_fields=["state", "done_at"])
    Trace.objects.create(notice=notice, at=at, by=by, what=what, message=note[:1000])


def _readdressed(dossier: Dossier, contact: Contact, by: Officer, at: datetime) -> int:
    """What could not be delivered, sent to where the applicant is reached now."""
    ways, made = reach.ways(dossier, contact), []
    failed = Notice.objects.select_for_update().filter(
        dossier=dossier, state=State.FAILED, channel__in=[Channel.MAIL, Channel.SMS]
    )
    for notice in failed.order_by("id"):
        if fresh := _elsewhere(notice, ways, at):
            made.append(fresh)
            _left(notice, State.REPLACED, Trace.What.READDRESSED, "", by, at)
    return len(Notice.objects.bulk_create(made, ignore_conflicts=True))


def _elsewhere(notice: Notice, ways: dict[str, str], at: datetime) -> Notice | None:
    """The same words to another place; None when there is no other."""
    place = ways.get(notice.channel)
    if not place or place == notice.recipient:
        return None
    fresh = Notice.objects.get(pk=notice.pk)
    fresh.pk, fresh.recipient, fresh.state, fresh.message = None, place, State.WAITING, ""
    fresh.queued_at = fresh.next_at = at
    fresh.attempts, fresh.tried_at, fresh.done_at, fresh.stand_in = 0, None, None, False
    return fresh


def _check_reach(phone: str, email: str, sms: bool, mail: bool) -> None:
    if phone.strip() and not reach.mobile(phone):
        raise Refused(f"“{phone}” không phải số di động Việt Nam 10 chữ số")
    if email.strip() and not reach.address(email):
        raise Refused(f"“{email}” không phải địa chỉ thư điện tử")
    if sms and not phone.strip() and not (mail and email.strip()):
        raise Refused("Muốn nhận tin thì phải có số điện thoại hoặc thư điện tử")
