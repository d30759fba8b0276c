"""Jobs that follow acts: telling the national portal."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.gateways import portal
from motcua.gateways.models import Delivery
from motcua.journal import log

from . import messages
from .models import Dossier
from .rows import Folded

KEPT_TRYING = RetryStrategy(max_attempts=12, exponential_wait=4)


@app.task(queue="portal", name="dossiers.report", retry=KEPT_TRYING)
def report(code: str, version: int) -> None:
    """Tell the portal where the dossier stood at `version`; one told already, or told later, is left alone."""
    related = ("version__procedure", "process", "deciding_unit", "receiving_unit")
    dossier = Dossier.objects.select_related(*related).get(code=code)
    if dossier.reported >= version:
        return
    client = portal.client()
    message = messages.sync(Folded(dossier, log.read(dossier.stream).until(version)))
    answer = client.send(message, updating=dossier.reported > 0)
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
