"""The working calendar of a unit: the law's days, its own hours, its own days off by decision."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Count, Max

from motcua.law.calendar import Calendar

from .models import Unit, UnitDay


def of(unit: Unit) -> Calendar:
    """The calendar a unit's clocks run on: its own days and hours, then those of the units above it."""
    stamp = UnitDay.objects.aggregate(last=Max("id"), count=Count("id"))
    return _of(unit.pk, unit.hours, unit.saturday, stamp["last"], stamp["count"])


@lru_cache(maxsize=2048)
def _of(unit_id: int, hours: str, saturday: bool, last: int | None, count: int) -> Calendar:
    # The stamp is in the key so that a day added or taken back reaches every process at its next act.
    raise NotImplementedError
