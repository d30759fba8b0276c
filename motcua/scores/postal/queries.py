"""What pages and acts ask of rates and acceptance sheets: which there are, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet, Sum

from motcua.journal import log
from motcua.law import postal
from motcua.law.calendar import day
from motcua.people import access
from motcua.people.models import Officer, Unit, UnitKind

from ..periods import Period
from .models import ServiceLine, ServiceRate, ServiceRow, ServiceSheet, SheetState

TOLD = 100  # facts told of one month


def may_see(officer: Officer, at: datetime) -> bool:
    """Whether rates and sheets are open to an officer: control and the heads of the province and its departments."""
    return access.may(officer, "postal_sheets", None, day(at))


def may_keep(officer: Officer, at: datetime) -> bool:
    """Whether an officer writes rates down and proposes sheets."""
    return access.may(officer, "postal", None, day(at))


def may_accept(officer: Officer, sheet: ServiceSheet, at: datetime) -> bool:
    """Whether an officer heads the unit that proposed, or the province; never who proposed it."""
    *_, top = access.line(sheet.unit)
    heads = any(access.may(officer, "accept_postal", unit, day(at)) for unit in (sheet.unit, top))
    return heads and sheet.proposed_by_id != officer.pk


def operators() -> QuerySet[Unit]:
    """The operators there are or were."""
    return Unit.objects.filter(kind=UnitKind.OPERATOR).order_by("name")


def rates() -> QuerySet[ServiceRate]:
    """Every rate there is or was, newest first in each activity."""
    return ServiceRate.objects.order_by("activity", "-valid_from")


def sheets() -> QuerySet[ServiceSheet]:
    """Every sheet, newest month first, with what it comes to."""
    found = ServiceSheet.objects.select_related(
        "operator", "unit__parent", "proposed_by", "decided_by", "corrects"
    )
    unrated = Count("lines", filter=Q(lines__rate=None))
    return found.annotate(total=Sum("lines__amount"), unrated=unrated).order_by(
        "-month", "operator__name", "-version"
    )


def of_month(operator: Unit, period: Period) -> list[ServiceSheet]:
    """The sheets of an operator's month, newest first."""
    return list(sheets().filter(operator=operator, month=period.first).order_by("-version"))


def in_force(held: Sequence[ServiceSheet]) -> ServiceSheet | None:
    """The accepted sheet of a month that nothing accepted corrects."""
    return next((sheet for sheet in held if sheet.state == SheetState.ACCEPTED), None)


def lines(sheet: ServiceSheet) -> list[ServiceLine]:
    """The lines of a sheet as they were made."""
    return list(sheet.lines.select_related("rate").order_by("pk"))


def rows(line: ServiceLine) -> QuerySet[ServiceRow]:
    """The things done behind a line, first done first."""
    return line.rows.select_related("officer", "desk", "dossier", "guidance").order_by("pk")


def last_used(rate: ServiceRate) -> datetime | None:
    """When the last thing was done that an accepted sheet counts at a rate; None for no such thing."""
    found = ServiceRow.objects.filter(line__rate=rate, line__sheet__state=SheetState.ACCEPTED)
    last: datetime | None = found.aggregate(last=Max("at"))["last"]
    return last


def told(sheet: ServiceSheet) -> list[postal.PostalFact]:
    """What was done about the sheets of an operator's month, newest first."""
    about = {"operator": [sheet.operator.code], "month": [f"{sheet.month:%Y-%m}"]}
    return [
        postal.KINDS[entry.kind](at=entry.occurred_at, by=entry.by, provision=entry.provision, **entry.data)
        for entry in log.backwards(postal.STREAM, size=TOLD, about=about)
    ]
