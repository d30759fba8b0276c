"""Long errands to a neighbour, run by a job and never by a page (việc hỏi qua trục).

A page asks for one and shows how far it is. One of a kind is open at a time, so asking twice does nothing twice. Work
is safe to repeat: a job whose neighbour does not answer, or whose worker dies, is begun again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.law.facts import Refused

from .models import Errand, ErrandState
from .portal import Unreachable

MOST = 4  # attempts
KEPT_TRYING = RetryStrategy(max_attempts=MOST, exponential_wait=5, retry_exceptions=[Unreachable])
SILENT = timedelta(minutes=30)  # without a sign of life a job is lost
OPEN = (ErrandState.WAITING, ErrandState.RUNNING)
LOST = "Việc dừng giữa chừng, không còn dấu hiệu nào trong 30 phút"
BROKEN = "Lỗi của chương trình; nhật ký của máy chủ có chi tiết"
Progress = Callable[[int, int], None]
Clock = Callable[[], datetime]


class Failed(Exception):
    """An errand that will not succeed however often it is tried; its words say what to do."""


def ask(
    kind: str, *, queue: str, task: str, args: Mapping[str, Any] | None = None, by: str = "", at: datetime
) -> tuple[Errand, bool]:
    """Have an errand run by the job `task`, and True; where one of its kind is open already that one, and False."""
    with transaction.atomic():
        gone = Errand.objects.filter(kind=kind, state__in=OPEN, touched_at__lt=at - SILENT)
        gone.update(state=ErrandState.FAILED, message=LOST, ended_at=at)
        try:
            # Whoever asks at the same instant waits here for the other.
            with transaction.atomic():
                made = Errand.objects.create(
                    kind=kind, args=dict(args or {}), asked_at=at, asked_by=by, touched_at=at
                )
        except IntegrityError:
            return Errand.objects.filter(kind=kind).latest("pk"), False
        app.configure_task(task, queue=queue).defer(errand=made.pk)
        return made, True


def last(kind: str) -> Errand | None:
    """The errand of a kind asked for last."""
    return Errand.objects.filter(kind=kind).order_by("-pk").first()


def work_off(key: int, work: Callable[[Errand, Progress], int], *, now: Clock) -> None:
    """Run an errand; `work` tells its progress and returns the key of what it leaves. One that has ended is left alone.

    Raises Unreachable, on which the job is tried again, until the last attempt; every other failure ends it.
    """
    taken = Errand.objects.filter(pk=key, state__in=OPEN)
    begun = {"state": ErrandState.RUNNING, "attempts": F("attempts") + 1, "done": 0, "total": 0}
    if not taken.update(touched_at=now(), message="", **begun):
        return
    errand = Errand.objects.get(pk=key)
    try:
        result = work(errand, _telling(key, now))
    except Unreachable as away:
        if errand.attempts < MOST:
            waiting = {"state": ErrandState.WAITING, "message": str(away)}
            Errand.objects.filter(pk=key).update(touched_at=now(), **waiting)
            raise
        _end(key, ErrandState.FAILED, now(), message=str(away))
    except (Failed, Refused) as refused:
        _end(key, ErrandState.FAILED, now(), message=str(refused))
    except Exception:
        _end(key, ErrandState.FAILED, now(), message=BROKEN)
        raise
    else:
        _end(key, ErrandState.DONE, now(), result=result)


def _telling(key: int, now: Clock) -> Progress:
    def told(done: int, total: int) -> None:
        Errand.objects.filter(pk=key).update(done=done, total=total, touched_at=now())

    return told


def _end(key: int, state: ErrandState, at: datetime, **told: Any) -> None:
    Errand.objects.filter(pk=key, state__in=OPEN).update(state=state, ended_at=at, touched_at=at, **told)
