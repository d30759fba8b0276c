"""The system reminds: one rung of the ladder, once, to those of its level (nhắc việc theo thang)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.law import following
from motcua.law.calendar import day
from motcua.law.steering import AT_WORK
from motcua.law.steering_facts import TaskReminded
from motcua.people.models import Officer, Post, Role

from .. import queries
from ..models import Reminder, Task
from .deciding import SYSTEM, Case, decided, held, write


@transaction.atomic(durable=True)
def remind(task: Task, *, at: datetime) -> int:
    """Nhắc việc theo thang nhắc: the rung the task has come to, once; how many were told, 0 for nothing to tell."""
    case = held(task)
    rung = following.rung(case.standing.until, day(at))
    if rung is None or case.standing.state not in AT_WORK:
        return 0
    key = rung.key(case.standing.until)
    if key in case.standing.rungs:
        return 0
    told = _told(case, rung.level, at)
    names = tuple(officer.username for officer in told)
    write(case, [decided(TaskReminded, SYSTEM, at, rung=key, level=rung.level, to=names)])
    Reminder.objects.bulk_create(
        [Reminder(task=case.task, officer=each, rung=key, level=rung.level, at=at) for each in told]
    )
    return len(told)


def _told(case: Case, level: int, at: datetime) -> list[Officer]:
    """Who does it, else the head; from level 2 the head as well, from 3 those who follow for the giver."""
    on, lead = day(at), case.task.lead
    found: list[Officer] = []
    if name := case.standing.officer:
        found += Officer.objects.filter(username=name, is_active=True)
    if level >= 2 or not found:
        found += list(queries.heads([lead], on).values())
    if level >= 3:
        found += _followers(case, at)
    return list(dict.fromkeys(found))


def _followers(case: Case, at: datetime) -> list[Officer]:
    """The head of the giver and, of what the province gave, who follows tasks for it."""
    on = day(at)
    found = list(queries.heads([case.task.giver], on).values())
    posts = Post.objects.filter(role=Role.CONTROLLER, valid_from__lte=on, officer__is_active=True)
    able = posts.exclude(valid_to__lte=on).select_related("officer", "unit__parent")
    return found + [post.officer for post in able if queries.gives_for(post.officer, case.task.giver, on)]


@transaction.atomic(durable=True)
def see_reminders(officer: Officer, *, at: datetime) -> int:
    """Đánh dấu lời nhắc đã xem; how many there were."""
    return Reminder.objects.filter(officer=officer, seen_at=None).update(seen_at=at)
