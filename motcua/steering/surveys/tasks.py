"""Jobs of surveys: letters sent as they wait, answers mixed by the hour."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from . import mixing, sending


@app.task(queue="notices", name="surveys.send")
def send() -> None:
    """Send the letters that wait; safe to repeat."""
    sending.work_off(timezone.now)


@app.periodic(cron="* * * * *", periodic_id="surveys")
@app.task(queue="notices", name="surveys.round", queueing_lock="surveys.round", pass_context=False)
def round_of(timestamp: int) -> None:
    """Try again what waits; `timestamp` is when it was due."""
    sending.work_off(timezone.now)


@app.periodic(cron="17 * * * *", periodic_id="surveys-mix")
@app.task(queue="notices", name="surveys.mix", queueing_lock="surveys.mix", pass_context=False)
def mix_hourly(timestamp: int) -> None:
    """Put the answers of open surveys in another order."""
    mixing.mix_all()
