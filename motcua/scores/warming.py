"""Past months are counted before anybody asks for them, so that a trend waits for nothing (diễn biến)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from motcua.law.calendar import day
from motcua.law.packs import NotInForce

from . import fresh
from .asked import Asked
from .periods import Period

MONTHS = 13


@app.periodic(cron="7,37 * * * *", periodic_id="scores.warm")
@app.task(queue="clocks", name="scores.warm", queueing_lock="scores.warm")
def warm(timestamp: int) -> None:
    """Count each of the last months that is older than half an hour, twice an hour; safe to repeat."""
    now = timezone.now()  # noqa: TID251 - a job, like those of tasks.py
    month = Period.containing(day(now)).previous
    for _ in range(MONTHS):
        try:
            fresh.index(Asked(month, now, now), patience=fresh.HOUR / 2)
        except NotInForce:
            return
        month = month.previous
