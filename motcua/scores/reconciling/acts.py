"""The act of comparing with the national portal (đối soát)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from motcua.dossiers.models import Dossier
from motcua.gateways import errands
from motcua.gateways.errands import ALONE, Hand
from motcua.gateways.models import Errand
from motcua.law import calendar
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from .fetching import fetched
from .models import Kind, Match, Reconciliation
from .reading import National, read

# The job that asks the portal.
ERRAND, QUEUE, TASK = "reconcile", "reconciling", "scores.reconcile"
LARGEST = 30 * 1024 * 1024  # bytes of a file
NEAR = timedelta(minutes=1)  # moments this close are one
_ROWS = ("code", "state", "accepted_at", "ended_at", "facts", "reported")


def reconcile(
    content: bytes, name: str, first: date, last: date, *, by: Officer, at: datetime
) -> Reconciliation:
    """Đối soát với Cổng Dịch vụ công quốc gia: the dossiers accepted in these days, here and in the portal's file.

    Raises Refused for days in the wrong order or a file too large, BadFile for one that cannot be read.
    """
    _may(first, last, by, at)
    if len(content) > LARGEST:
        raise Refused("Tệp lớn hơn 30 MB; chia theo tháng rồi đối soát từng tệp")
    digest = hashlib.sha256(content).hexdigest()
    made = Reconciliation(first=first, last=last, file_name=name[:200], digest=digest, at=at, by=by)
    return _kept(made, read(content))


def ask_portal(first: date, last: date, *, by: Officer, at: datetime) -> tuple[Errand, bool]:
    """Giao việc đối soát qua trục to a job; where one is under way already that one, and False.

    Raises Refused for days in the wrong order.
    """
    _may(first, last, by, at)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return errands.ask(ERRAND, queue=QUEUE, task=TASK, args=days, by=by.username, at=at)


def reconcile_portal(
    first: date, last: date, *, hand: Hand = ALONE, by: Officer, at: datetime
) -> Reconciliation:
    """Đối soát qua trục: the dossiers accepted in these days, here and as the portal answers; a job's work.

    `hand` hears how many were fetched and what was left. Raises Refused, the gateway's Unreachable, BadFile for an
    answer that cannot be read, GivenUp where the errand was given up meanwhile; then nothing has changed.
    """
    _may(first, last, by, at)
    theirs = fetched(first, last, hand.told)
    name = "bản thay thế của Cổng" if theirs.stand_in else "Cổng Dịch vụ công quốc gia"
    made = Reconciliation(
        first=first,
        last=last,
        file_name=name,
        gateway=True,
        stand_in=theirs.stand_in,
        figures=theirs.figures,
        digest=theirs.digest,
        at=at,
        by=by,
    )
    return _kept(made, theirs.dossiers, hand)


def _may(first: date, last: date, by: Officer, at: datetime) -> None:
    access.require(by, "reconcile", None, day(at))
    if not first <= last <= day(at):
        raise Refused("Từ ngày phải không sau đến ngày, và đến ngày không sau hôm nay")


@transaction.atomic(durable=True)
def _kept(made: Reconciliation, theirs: dict[str, National], hand: Hand = ALONE) -> Reconciliation:
    matches = list(_matches(made, theirs))
    made.many, made.differing = len(matches), sum(match.kind != Kind.SAME for match in matches)
    made.save(force_insert=True)
    Match.objects.bulk_create(matches, batch_size=5000)
    hand.left(made.pk)
    return made


def _matches(kept: Reconciliation, theirs: dict[str, National]) -> Iterator[Match]:
    start = calendar.at(kept.first, time.min)
    end = calendar.at(kept.last + timedelta(days=1), time.min)
    ours = Dossier.objects.filter(accepted_at__gte=start, accepted_at__lt=end)
    left = dict(theirs)
    for row in ours.values(*_ROWS).order_by("code").iterator():
        yield _match(kept, row["code"], row, left.pop(row["code"], None))
    # What they have of other days is no difference, unless nothing here explains it.
    elsewhere = {row["code"]: row for row in Dossier.objects.filter(code__in=left).values(*_ROWS)}
    for code, there in left.items():
        if there.accepted is None or start <= there.accepted < end:
            yield _match(kept, code, elsewhere.get(code), there)


def _match(kept: Reconciliation, code: str, ours: dict[str, Any] | None, theirs: National | None) -> Match:
    return Match(
        reconciliation=kept,
        code=code,
        kind=_kind(ours, theirs),
        ours=ours["state"] if ours else None,
        theirs=theirs.state if theirs else None,
        our_accepted=ours["accepted_at"] if ours else None,
        their_accepted=theirs.accepted if theirs else None,
        our_ended=ours["ended_at"] if ours else None,
        their_ended=theirs.ended if theirs else None,
    )


def _kind(ours: dict[str, Any] | None, theirs: National | None) -> Kind:
    """How one dossier differs. What the portal has not yet been told of is late, whatever else is wrong."""
    if ours is None:
        return Kind.MISSING_HERE
    late = ours["reported"] < ours["facts"]
    if theirs is None:
        return Kind.LATE if late else Kind.MISSING_THERE
    if ours["state"] != theirs.state:
        return Kind.LATE if late else Kind.STATE
    if _apart(ours["accepted_at"], theirs.accepted) or _apart(ours["ended_at"], theirs.ended):
        return Kind.LATE if late else Kind.MOMENT
    return Kind.SAME


def _apart(here: datetime | None, there: datetime | None) -> bool:
    """Whether two moments differ; a moment their file does not tell differs from nothing."""
    return there is not None and (here is None or abs(here - there) > NEAR)
