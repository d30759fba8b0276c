"""What pages ask of publications: which there are, what is in force, what happened to one, and who may do what."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from motcua.journal import log
from motcua.law import publications
from motcua.law.calendar import day
from motcua.people import access
from motcua.people.models import Officer

from .models import Snapshot, SnapshotState


def may_publish(officer: Officer, at: datetime) -> bool:
    """Whether an officer may draft and publish."""
    return access.may(officer, "publish_index", None, day(at))


def may_sign(officer: Officer, snapshot: Snapshot, at: datetime) -> bool:
    """Whether an officer heads the unit that drafted, or the province."""
    *_, top = access.line(snapshot.unit)
    return any(access.may(officer, "sign_index", unit, day(at)) for unit in (snapshot.unit, top))


def listed(*, drafts: bool) -> QuerySet[Snapshot]:
    """Publications, newest period first, and drafts where they may be seen; without what is in them."""
    found = Snapshot.objects.select_related("unit", "drafted_by", "signed_by", "published_by").defer(
        "content"
    )
    return found if drafts else found.filter(state=SnapshotState.PUBLISHED)


def in_force(period: str) -> Snapshot | None:
    """The publication of a period that holds: its last published version."""
    return Snapshot.objects.filter(period=period, state=SnapshotState.PUBLISHED).order_by("-version").first()


def total(period: str, unit: str) -> tuple[str, Decimal] | None:
    """The number of the publication of a period that holds, and the total of one unit in it, read without the rest."""
    each = "content, '$.units[*] ? (@.code == $code).total', jsonb_build_object('code', %s::text)"
    found = Snapshot.objects.filter(period=period, state=SnapshotState.PUBLISHED).order_by("-version")
    row = (
        found.annotate(total=RawSQL(f"jsonb_path_query_first({each}) #>> '{{}}'", [unit]))
        .only("period", "version")
        .first()
    )
    return (row.number, Decimal(row.total)) if row and row.total else None


def told(snapshot: Snapshot) -> list[publications.Publication]:
    """What was done about the publications of a period, newest first."""
    entries = log.backwards(publications.STREAM, size=100, about={"period": [snapshot.period]})
    return [
        publications.KINDS[entry.kind](
            at=entry.occurred_at, by=entry.by, provision=entry.provision, **entry.data
        )
        for entry in entries
    ]
