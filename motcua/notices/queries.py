"""What pages ask of notices: which an officer may read, one of them, and what waits for whom."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from motcua.dossiers import queries as dossiers
from motcua.gateways import mail, sms
from motcua.people import access
from motcua.people.models import Officer

from .models import NEEDS_SOMEBODY, OUTSIDE, Channel, Line, Notice, State, Text

RELATED = ("dossier__version__procedure", "desk__parent", "agency")


def readable(officer: Officer, on: date) -> QuerySet[Notice]:
    """The notices an officer may read: those of dossiers received or decided where their posts reach.

    What officers are told inside the system is among them only when nobody was there to be told.
    """
    found = Notice.objects.filter(Q(channel__in=OUTSIDE) | Q(state__in=NEEDS_SOMEBODY))
    units = dossiers.reach(officer, on)
    return found if units is None else found.filter(Q(desk__in=units) | Q(agency__in=units))


def notice_for(officer: Officer, key: int, on: date) -> Notice:
    """One notice an officer may read. Raises Http404 or PermissionDenied."""
    notice = Notice.objects.select_related(*RELATED).filter(pk=key).first()
    if notice is None:
        raise Http404(f"Không có tin số {key}")
    mine = notice.channel == Channel.DESK and notice.recipient == officer.username
    if not mine and not readable(officer, on).filter(pk=key).exists():
        raise PermissionDenied(f"{officer.full_name} không giữ vị trí nào ở đơn vị của tin này")
    return notice


def of_dossier(code: str) -> list[Notice]:
    """Everything that was told of a dossier, newest first."""
    return list(Notice.objects.filter(dossier__code=code).select_related("desk__parent").order_by("-id"))


def to_officer(officer: Officer) -> QuerySet[Notice]:
    """What an officer was told inside the system, newest first."""
    return Notice.objects.filter(channel=Channel.DESK, recipient=officer.username).order_by("-id")


def lines(at: datetime) -> list[tuple[Line, int]]:
    """The lines at fault, each with how many notices wait for it."""
    faulty = list(Line.objects.filter(faults__gt=0).order_by("channel"))
    if not faulty:
        return []
    waiting = Notice.objects.filter(state=State.WAITING, channel__in=[line.channel for line in faulty])
    found = dict(waiting.order_by().values_list("channel").annotate(Count("id")))
    return [(line, found.get(line.channel, 0)) for line in faulty]


def stood_in() -> list[str]:
    """The channels no gateway is connected for, as a page calls them."""
    senders = {Channel.MAIL: mail.sender(), Channel.SMS: sms.sender()}
    return [Channel(channel).label.lower() for channel, sender in senders.items() if sender.stand_in]


def may_decide(officer: Officer, notice: Notice, on: date) -> bool:
    """Whether the officer answers for a notice that could not be delivered."""
    return access.may(officer, "tell", notice.desk, on)


def texts(kind: str, channel: str) -> list[Text]:
    """Every version of the words of a notice on a channel, newest first."""
    return list(Text.objects.filter(kind=kind, channel=channel).select_related("by"))
