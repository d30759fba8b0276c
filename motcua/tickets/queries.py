"""What the pages of the queue ask: who waits, who is called where, how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Avg, Case, Count, F, Max, Min, Q, QuerySet, When

from motcua.people import access
from motcua.people.models import DeskService, Officer, Post, Role, Unit, UnitKind

from .models import Ticket

BOARD = 6
WAITING = Q(called_at=None)
# Called and not yet dealt with; one put aside counts again once it was called after that.
SERVING = Q(called_at__isnull=False, served_at=None) & (
    Q(skipped_at=None) | Q(skipped_at__lt=F("last_call_at"))
)
ASIDE = Q(served_at=None, skipped_at__gte=F("last_call_at"))


@dataclass(frozen=True, slots=True)
class Day:
    """A desk's day so far: how many wait, were served and put aside, and the waits (thời gian chờ)."""

    waiting: int
    served: int
    aside: int
    mean: timedelta | None
    longest: timedelta | None
    oldest: datetime | None


def desks(officer: Officer, on: date) -> list[Unit]:
    """Where an officer may call numbers: the units of their posts at the one-stop desk."""
    posts = [post for post in access.posts(officer, on) if "receive" in access.POWERS[post.role]]
    held = {post.unit_id: post.unit for post in posts}
    return sorted(held.values(), key=lambda unit: unit.code)


def open_desks(on: date) -> QuerySet[Unit]:
    """The desks that have an officer on a day or are given to an operator, the centres first."""
    lasting = Q(valid_to=None) | Q(valid_to__gt=on), Q(valid_from__lte=on)
    held = Post.objects.filter(*lasting, role=Role.RECEPTION)
    given = DeskService.objects.filter(*lasting)
    manned = Q(pk__in=held.values("unit")) | Q(pk__in=given.values("desk"))
    found = Unit.objects.filter(manned, *lasting)
    return found.order_by(Case(When(kind=UnitKind.CENTRE, then=0), default=1), "name")


def entrances(on: date) -> QuerySet[Unit]:
    """The desks people choose between: an agency whose own centre receives for it is not named twice."""
    found = open_desks(on)
    return found.exclude(
        pk__in=found.filter(kind=UnitKind.CENTRE, parent__kind=UnitKind.COMMUNE).values("parent")
    )


def of_day(unit: Unit, on: date) -> QuerySet[Ticket]:
    """The tickets of a desk on a day."""
    return Ticket.objects.filter(unit=unit, day=on)


def waiting(unit: Unit, on: date) -> QuerySet[Ticket]:
    """Who waits, first come first."""
    return of_day(unit, on).filter(WAITING).order_by("number")


def aside(unit: Unit, on: date) -> QuerySet[Ticket]:
    """Who did not come when called."""
    return of_day(unit, on).filter(ASIDE).order_by("number")


def current(officer: Officer, unit: Unit, on: date) -> Ticket | None:
    """Whom an officer is serving."""
    return of_day(unit, on).filter(SERVING, officer=officer).order_by("-last_call_at").first()


def board(unit: Unit, on: date) -> list[Ticket]:
    """What the screen shows: those called and not served yet, the last call first."""
    return list(of_day(unit, on).filter(SERVING).order_by("-last_call_at")[:BOARD])


def ahead(ticket: Ticket) -> int:
    """How many are called before this one."""
    return waiting(ticket.unit, ticket.day).filter(number__lt=ticket.number).count()


def so_far(unit: Unit, on: date) -> Day:
    """The desk's day in one question."""
    wait = F("called_at") - F("taken_at")
    told = of_day(unit, on).aggregate(
        waiting=Count("pk", WAITING),
        served=Count("pk", Q(served_at__isnull=False)),
        aside=Count("pk", ASIDE),
        mean=Avg(wait),
        longest=Max(wait),
        oldest=Min("taken_at", filter=WAITING),
    )
    return Day(**told)
