"""The job that looks for signs, once an hour."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from . import looking


@app.periodic(cron="7 * * * *", periodic_id="questions")
@app.task(queue="questions", name="questions.look", queueing_lock="questions.look", pass_context=False)
def look(timestamp: int) -> None:
    """Ask what the facts give reason to ask; `timestamp` is when it was due, a missed hour loses nothing."""
    looking.look(timezone.now())
