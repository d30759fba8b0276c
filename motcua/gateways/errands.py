"""Long errands to a neighbour, run by a job and never by a page (việc hỏi qua trục).

A page asks for one and shows how far it is. One of a kind is open at a time, so asking twice does nothing twice. Work
is safe to repeat: a job whose neighbour does not answer, or whose worker dies, is begun again from the start. What it
leaves and that it is done are one transaction, so a job given up for lost that lives after all leaves nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
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
log = logging.getLogger(__name__)


class Failed(Exception):
    """An errand that will not succeed however often it is tried; its words say what to do."""


class GivenUp(Exception):
    """The errand was given up for lost, or another job took it up; nothing may be left of this one any more."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What the work on an errand tells it: how far it is, and what it leaves; without an errand it tells nobody."""

    errand: Errand | None = None
    now: Clock | None = None

    def told(self, done: int, total: int) -> None:
        """So many are done. Raises GivenUp."""
        self._say(done=done, total=total)

    def left(self, result: int) -> None:
        """It is done and left this, in the transaction that keeps it. Raises GivenUp, and then nothing is kept."""
        self._say(state=ErrandState.DONE, result=result, ended=True)

    def _say(self, *, ended: bool = False, **told: Any) -> None:
        if self.errand and self.now and not _tell(self.errand, self.now(), ended=ended, **told):
            raise GivenUp(str(self.errand))


ALONE = Hand()  # work nobody asked for by an errand


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


def work_off(key: int, work: Callable[[Errand, Hand], object], *, now: Clock) -> None:
    """Run an errand; `work` tells its hand how far it is and what it leaves. One that has ended is left alone.

    Raises Unreachable, on which the job is tried again, until the last attempt; every other failure ends it.
    """
    errand = _taken(key, now())
    if errand is None:
        return
    try:
        work(errand, Hand(errand, now))
    except GivenUp:
        log.warning("errand %s was given up meanwhile; nothing is left of it", key)
    except Unreachable as away:
        if errand.attempts < MOST:
            _tell(errand, now(), state=ErrandState.WAITING, message=str(away))
            raise
        _fail(errand, now(), str(away))
    except (Failed, Refused) as refused:
        _fail(errand, now(), str(refused))
    except Exception:
        _fail(errand, now(), BROKEN)
        raise


@transaction.atomic
def _taken(key: int, at: datetime) -> Errand | None:
    """The errand taken up by one more attempt, from whichever job had it before; None for one that has ended."""
    errand = Errand.objects.select_for_update().filter(pk=key, state__in=OPEN).first()
    if errand is None:
        return None
    errand.state, errand.attempts, errand.message = ErrandState.RUNNING, errand.attempts + 1, ""
    errand.done, errand.total, errand.touched_at = 0, 0, at
    errand.save()
    return errand


def _fail(errand: Errand, at: datetime, message: str) -> None:
    _tell(errand, at, ended=True, state=ErrandState.FAILED, message=message)


def _tell(errand: Errand, at: datetime, *, ended: bool = False, **told: Any) -> bool:
    """Write it down, and True; False where this attempt does not hold the errand any more."""
    mine: QuerySet[Errand] = Errand.objects.filter(
        pk=errand.pk, attempts=errand.attempts, state=ErrandState.RUNNING
    )
    return bool(mine.update(touched_at=at, **({"ended_at": at} if ended else {}), **told))
