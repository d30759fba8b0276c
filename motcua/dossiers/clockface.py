"""The clock of a dossier at a glance, for ui/clock.html: state, working time left, share of the term used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motcua.law.calendar import Calendar, day
from motcua.law.clock import Reading, Status, TimeLimit, Unit
from motcua.law.facts import Fact, Stopped, Withdrawn
from motcua.law.lifecycle import State

from .models import Dossier, Task

RUNNING = frozenset({Status.RUNNING, Status.NEAR, Status.OVERDUE})
SHUT = {State.NOT_ACCEPTED: Status.REFUSED, State.WITHDRAWN: Status.WITHDRAWN, State.STOPPED: Status.STOPPED}

# Whoever withdrew or was stopped did not get a result, early or late.
SHUT_BY: dict[type[Fact | None], Status] = {Withdrawn: Status.WITHDRAWN, Stopped: Status.STOPPED}


def of(reading: Reading) -> dict[str, Any]:
    """The clock of a dossier as it was read."""
    status = SHUT_BY.get(type(reading.ending), reading.status)
    whole = (
        reading.calendar.working_minutes(reading.started, reading.due)
        if reading.started and reading.due
        else 0
    )
    told = status in RUNNING or status in (Status.ENDED_EARLY, Status.ENDED_LATE)
    return {
        "state": status,
        "minutes": (reading.left_minutes or None) if told else None,
        "since": reading.paused if status is Status.PAUSED else None,
        "spent": _spent(reading.left_minutes, whole) if status in RUNNING | {Status.PAUSED} else None,
        "due": reading.due,
    }


def of_row(
    dossier: Dossier, calendar: Calendar, at: datetime, near_minutes: int, due: datetime | None
) -> dict[str, Any]:
    """The clock of a row of a list at `at`, from what is cached; `due` is what the row counts towards."""
    if dossier.ended_at:
        return _ended(dossier, calendar)
    if dossier.state == State.SUPPLEMENT or dossier.paused_at:
        return {"state": Status.PAUSED, "since": dossier.paused_at}
    if due is None:
        return {"state": Status.WAITING if dossier.state == State.REGISTERED else Status.NO_TERM}
    left = calendar.working_minutes(at, due)
    begun = dossier.accepted_at or dossier.filed_at
    spent = _spent(left, _whole(dossier, calendar) or calendar.working_minutes(begun, due))
    status = Status.OVERDUE if at > due else Status.NEAR if left <= near_minutes else Status.RUNNING
    if dossier.state == State.REGISTERED:
        # What runs here is the time to accept, not the term of the dossier: no return is promised yet.
        return {
            "state": status if status is Status.OVERDUE else Status.WAITING,
            "minutes": left,
            "spent": spent,
        }
    return {"state": status, "minutes": left or None, "spent": spent, "due": due}


def of_task(task: Task, calendar: Calendar, at: datetime, near_minutes: int) -> dict[str, Any]:
    """The clock of something with a term of its own: an opinion asked for, a result to be put right."""
    if task.due_at is None:
        return {"state": Status.NO_TERM}
    left = calendar.working_minutes(at, task.due_at)
    status = Status.OVERDUE if at > task.due_at else Status.NEAR if left <= near_minutes else Status.RUNNING
    spent = _spent(left, calendar.working_minutes(task.since, task.due_at))
    return {"state": status, "minutes": left or None, "spent": spent}


def _ended(dossier: Dossier, calendar: Calendar) -> dict[str, Any]:
    due, ended = dossier.due_at, dossier.ended_at
    if shut := SHUT.get(State(dossier.state)):
        return {"state": shut}
    if due is None or ended is None:
        return {"state": Status.NO_TERM}
    if ended > due:
        return {"state": Status.ENDED_LATE, "minutes": calendar.working_minutes(ended, due) or None}
    return {"state": Status.ENDED_EARLY if day(ended) < day(due) else Status.ENDED_ON_TIME}


def _whole(dossier: Dossier, calendar: Calendar) -> int:
    """The term in working minutes, 0 when only a calendar tells."""
    limit = TimeLimit.parse(dossier.limit) if dossier.limit else None
    if limit is None or limit.unit not in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
        return 0
    return int(limit.amount * (calendar.day_minutes if limit.unit is Unit.WORKING_DAYS else 60))


def _spent(left: int | None, whole: int) -> float | None:
    return None if left is None or whole <= 0 else min(1.0, max(0.0, 1 - left / whole))
