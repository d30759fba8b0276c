"""Jobs that follow acts: telling the national portal, and counting again when a calendar changed."""

from __future__ import annotations

from datetime import date, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.gateways import portal
from motcua.gateways.models import Delivery
from motcua.journal import log, wire
from motcua.law.calendar import at
from motcua.people import calendars
from motcua.people.models import Unit

from . import messages, rows
from .folding import Folded
from .models import Dossier

RELATED = ("version__procedure", "process", "deciding_unit", "receiving_unit")
KEPT_TRYING = RetryStrategy(max_attempts=12, exponential_wait=4)


# The task of `inputs`, which acts and so may not be known here.
SUPPLY = ("groups", "dossiers.supply")


@app.task(queue="portal", name="dossiers.report", retry=KEPT_TRYING)
def report(code: str, version: int) -> None:
    """Tell the portal where the dossier stood at `version`; one told already, or told later, is left alone."""
    dossier = Dossier.objects.select_related(*RELATED).get(code=code)
    if dossier.reported >= version:
        return
    client = portal.client()
    message = messages.sync(Folded(dossier, log.read(dossier.stream).until(version)))
    answer = client.send(message, updating=dossier.reported > 0)
    with (
        transaction.atomic()
    ):  # figures are counted again when there is a delivery, so the row must be there too
        Delivery.objects.get_or_create(
            neighbour=portal.NAME,
            key=f"{code}#{version}",
            defaults={
                "service": portal.SERVICE,
                "at": timezone.now(),
                "answer": answer.code,
                "message": answer.message[:300],
                "stand_in": client.stand_in,
            },
        )
        if answer.taken:
            Dossier.objects.filter(code=code, reported__lt=version).update(reported=version)


@app.task(queue="clocks", name="dossiers.recount", retry=KEPT_TRYING)
def recount(unit: str, since: str) -> None:
    """Count the clocks of a unit and of all below it again that a change on the day `since` (YYYY-MM-DD) reaches."""
    for key in reached(date.fromisoformat(since), Unit.objects.get(code=unit)):
        again(key)


def reached(since: date, unit: Unit | None = None) -> list[int]:
    """The ids of dossiers whose clock runs, or would have run, beyond a day; of a unit and all below it, or all."""
    begins = at(since, time.min)
    reaching = Q(ended_at=None) | Q(due_at__gte=begins) | Q(reception_due_at__gte=begins)
    found = Dossier.objects.filter(reaching)
    if unit is not None:
        found = found.filter(deciding_unit__in=_with_all_below(unit))
    return list(found.order_by("pk").values_list("pk", flat=True))


def again(key: int) -> None:
    """Write a dossier's row and worklist again from its facts, on the calendar as it is now."""
    with transaction.atomic():
        # Whoever acts on it meanwhile waits for the row, so what is read here is not older than what is overwritten.
        dossier = Dossier.objects.select_related(*RELATED).select_for_update(of=("self",)).get(pk=key)
        case = Folded(dossier, log.read(dossier.stream, watch=calendars.WATCH))
        wire.write([*rows.written(case, new=False).statements, wire.Statement("SELECT 1", [])])
    # No fact tells of it. Counted after the row is there, or figures of before could pass for those of after.
    wire.ask("SELECT nextval('dossiers_rewritten')")


def _with_all_below(unit: Unit) -> set[int]:
    found, layer = {unit.pk}, {unit.pk}
    while layer:
        layer = set(Unit.objects.filter(parent__in=layer).values_list("pk", flat=True)) - found
        found |= layer
    return found
