"""Go through the open tasks and remind of those that came to a new rung; safe to repeat (nhắc việc theo thang)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from motcua.law import following
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import AT_WORK

from . import acts
from .models import Task

PORTION = 500


def due(on: date) -> Iterator[Task]:
    """The tasks at work whose rung of the day was not told yet, most urgent first, a portion in memory at a time."""
    first, _ = following.ladder(on)
    horizon = on + timedelta(days=max((-each.days for each in first), default=0))
    at_work = Task.objects.filter(state__in=AT_WORK, until__lte=horizon).order_by("until", "id")
    rest = at_work.only("pk", "until", "rung")
    while portion := list(rest[:PORTION]):
        for task in portion:
            rung = following.rung(task.until, on)
            if rung and rung.key(task.until) != task.rung:
                yield task
        last = portion[-1]
        beyond = Q(until__gt=last.until) | Q(until=last.until, pk__gt=last.pk)
        rest = at_work.filter(beyond, until__gte=last.until).only("pk", "until", "rung")


def remind_all(at: datetime) -> tuple[int, int]:
    """How many tasks were reminded of, and how many officers were told."""
    tasks = officers = 0
    for task in due(day(at)):
        try:
            told = acts.remind(task, at=at)
        except Refused:
            continue  # somebody settled it meanwhile
        tasks += 1
        officers += told
    return tasks, officers


@app.periodic(cron="30 6 * * *", periodic_id="steering")
@app.task(queue="steering", name="steering.remind", queueing_lock="steering.remind", pass_context=False)
def remind_daily(timestamp: int) -> None:
    """Every morning; `timestamp` is when it was due, and a missed morning loses nothing but its own rung."""
    remind_all(timezone.now())  # noqa: TID251 - a job knows no other now
