"""The night's work on the catalogue: look for flaws, compare with the national record where one is connected."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from motcua.gateways import errands
from motcua.gateways.errands import Hand
from motcua.gateways.models import Errand
from motcua.people.models import Officer

from ..matching import acts as matching
from . import acts


@app.periodic(cron="20 19 * * *", periodic_id="sweep")  # UTC: 02:20 in Việt Nam
@app.task(queue="cleaning", name="catalogue.sweep", queueing_lock="catalogue.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Rà dữ liệu every night; `timestamp` is when it was due, a missed night loses nothing."""
    acts.sweep(by=None, at=timezone.now())


@app.periodic(cron="40 19 * * *", periodic_id="match")  # UTC: 02:40 in Việt Nam
@app.task(queue="cleaning", name="catalogue.match", queueing_lock="catalogue.match", pass_context=False)
def match(timestamp: int) -> None:
    """Đối chiếu với CSDLQG every night; the stand-in is asked by hand only."""
    if settings.PORTAL_URL:
        matching.ask_gateway(by=None, at=timezone.now())


@app.task(queue=matching.QUEUE, name=matching.TASK, retry=errands.KEPT_TRYING)
def match_gateway(errand: int) -> None:
    """Work off one errand; safe to repeat."""
    errands.work_off(errand, _matched, now=timezone.now)


def _matched(errand: Errand, hand: Hand) -> None:
    by = Officer.objects.get(username=errand.asked_by) if errand.asked_by else None
    matching.match_gateway(hand=hand, by=by, at=timezone.now())
