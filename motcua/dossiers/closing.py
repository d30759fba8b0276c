"""Dossiers whose applicant brought no supplement in time are closed (đóng hồ sơ; NĐ 118/2025 Đ.19.5).

What is due is worked out from facts, so a run that was missed loses nothing and a second one finds nothing left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.facts import Refused

from . import acts, conditions, queries
from .models import Dossier

HOURLY = "23 * * * *"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A dossier whose supplement can come no more: what was its last day, and why it could not be closed, if so."""

    dossier: Dossier
    last: date
    refusal: str = ""


def overdue(at: datetime) -> Iterator[Overdue]:
    """The dossiers whose supplement was awaited in vain until the end of its last day, longest waiting first."""
    for dossier in queries.awaiting_supplement(at):
        last = conditions.supplement_last(queries.folded(dossier))
        if last is not None and day(at) > last:
            yield Overdue(dossier, last)


def close(found: Iterable[Overdue], at: datetime) -> Iterator[Overdue]:
    """Close each by its act, as the system; one on which somebody acted meanwhile says why it was left."""
    for each in found:
        try:
            acts.close(each.dossier, at=at)
        except (Refused, log.Stale) as refused:
            yield Overdue(each.dossier, each.last, str(refused))
        else:
            yield each


@app.periodic(cron=HOURLY)
@app.task(queue="clocks", name="dossiers.close")
def hourly(timestamp: int) -> None:
    """Close what is overdue, unless the province has its desks do it by hand (`MOTCUA_CLOSING=hand`)."""
    if settings.CLOSING == "auto":
        at = timezone.now()  # noqa: TID251 - a task says when it runs
        list(close(list(overdue(at)), at))
