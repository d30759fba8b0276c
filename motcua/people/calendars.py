"""The working calendar of a unit: the law's days, its own hours, its own days off by decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from motcua.journal import wire
from motcua.law.calendar import Calendar, NewHours, Override, Saturday, sessions

from .models import Unit, UnitDay, UnitHours

# A trigger gives it another number with every change of the days and hours decided; NEVER, as long as nothing was.
WATCH = "SELECT stamp FROM people_decided"
NEVER = 0


def of(unit: Unit, stamp: int | None = None) -> Calendar:
    """The calendar a unit's clocks run on: its own hours; its own days off and those of the units above it.

    `stamp` is the answer to WATCH, when the caller has asked already.
    """
    return _of(unit.pk, unit.hours, unit.saturday, _stamp() if stamp is None else stamp)


def several(units: Iterable[Unit]) -> dict[int, Calendar]:
    """The calendars of some units by their ids, asking once which days were decided."""
    found = {unit.pk: unit for unit in units}
    stamp = _stamp() if found else NEVER
    return {pk: of(unit, stamp) for pk, unit in found.items()}


def _stamp() -> int:
    ((stamp,),) = wire.ask(WATCH)
    return int(stamp)


@lru_cache(maxsize=2048)
def _of(unit_id: int, hours: str, saturday: str, stamp: int) -> Calendar:
    # The stamp is in the key so that a day added or taken back reaches every process at its next act.
    overrides, changes = ((), ()) if stamp == NEVER else (_overrides(unit_id), _changes(unit_id))
    kept = Calendar(saturday=Saturday(saturday), overrides=overrides, changes=changes)
    return replace(kept, hours=sessions(hours)) if hours else kept


def _changes(unit_id: int) -> tuple[NewHours, ...]:
    """The hours the unit decided, each from its day on; "" brings back the usual ones."""
    usual = Calendar().hours
    return tuple(
        NewHours(row.since, sessions(row.hours) if row.hours else usual, Saturday(row.saturday))
        for row in UnitHours.objects.filter(unit=unit_id)
    )


def _overrides(unit_id: int) -> tuple[Override, ...]:
    """The days decided for the unit or above it; the nearest decision wins."""
    days: dict[object, Override] = {}
    unit: Unit | None = Unit.objects.get(pk=unit_id)
    while unit is not None:
        for row in UnitDay.objects.filter(unit=unit):
            days.setdefault(row.day, Override(row.day, row.working, row.name, row.source))
        unit = unit.parent
    return tuple(days.values())
