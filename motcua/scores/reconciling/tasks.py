"""The job that asks the national portal for its figures and compares (đối soát qua trục)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from procrastinate.contrib.django import app

from motcua.gateways import errands
from motcua.gateways.errands import Failed, Hand
from motcua.gateways.models import Errand
from motcua.people.models import Officer

from . import acts
from .reading import BadFile


@app.task(queue=acts.QUEUE, name=acts.TASK, retry=errands.KEPT_TRYING)
def reconcile(errand: int) -> None:
    """Work off one errand; safe to repeat."""
    errands.work_off(errand, _compared, now=timezone.now)


def _compared(errand: Errand, hand: Hand) -> None:
    first, last = (date.fromisoformat(errand.args[name]) for name in ("first", "last"))
    by = Officer.objects.get(username=errand.asked_by)
    try:
        acts.reconcile_portal(first, last, hand=hand, by=by, at=timezone.now())
    except BadFile as unread:
        raise Failed("; ".join(("Cổng trả lời không đọc được", *unread.lines))) from None
