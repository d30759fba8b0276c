"""The rows behind the columns: dossiers as conditions on those handled in the period, procedures from the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

import ibis.expr.types as ir
from django.db import connection

from .. import live, walking
from ..live import Statement
from ..periods import Window
from ..populations import ARRIVED, CHARGED, E_RESULT, EARLY, ENDED, EVERY, HANDLED, HELD, ONLINE
from ..populations import ASKED_AGAIN as AGAIN

LATE = HANDLED.due_at.notnull() & (HANDLED.due_at < HELD)
SOONER = ENDED & ~LATE & ~HANDLED.stopped & HANDLED.early.notnull() & (HANDLED.early >= EARLY)

DOSSIERS: dict[str, ir.BooleanValue] = {
    "received": EVERY,
    "online": ARRIVED & ONLINE,
    "offline": ARRIVED & ~ONLINE,
    "carried": ~ARRIVED,
    "ended": ENDED,
    "ended_early": SOONER,
    "ended_on_time": ENDED & ~LATE & ~SOONER,
    "ended_late": ENDED & LATE,
    "open": ~ENDED,
    "open_in_time": ~ENDED & ~LATE,
    "open_late": ~ENDED & LATE,
    "arrived": ARRIVED,
    "digitised": ARRIVED & HANDLED.digitised,
    "e_result": E_RESULT,
    "charged": CHARGED,
    "paid_online": CHARGED & HANDLED.paid_online,
    "late": LATE,
    "late_asked_again": LATE & AGAIN,
    "late_extended": LATE & ~AGAIN & HANDLED.extended,
    "late_unsaid": LATE & ~AGAIN & ~HANDLED.extended,
}

Tally = tuple[int, str, dict[str, int]]


def tallies(names: Sequence[str], units: Collection[int], window: Window) -> list[Tally]:
    """How many dossiers each set has, by the unit that decides and the field of the procedure."""
    statement = _tallied(tuple(names))
    values = live.bound(window) | {"units": list(units)}
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.args(values))
        found: Iterable[tuple[int, str, int]] = cursor.fetchall()
    return [
        (unit, field, {name: int(n or 0) for name, n in zip(names, counts, strict=True)})
        for unit, field, *counts in found
    ]


@cache
def rows(name: str) -> Statement:
    """The ids of one set, of `units` and, unless `any_field`, of one `field`: its last values."""
    inner = live.compiled(HANDLED.filter(DOSSIERS[name]).select("id", "unit", "field"))
    sql = f"SELECT id FROM ({inner.sql}) AS found WHERE unit = ANY(%s) AND (%s OR field = %s)"
    return Statement(sql, (*inner.names, "units", "any_field", "field"))


@cache
def found(name: str) -> Statement:
    """The dossiers of one set, with their field, to be read a leaf at a time."""
    return walking.statement(HANDLED, DOSSIERS[name], "field")


@cache
def _tallied(names: tuple[str, ...]) -> Statement:
    counts = {f"set_{place}": HANDLED.count(where=DOSSIERS[name]) for place, name in enumerate(names)}
    inner = live.compiled(HANDLED.group_by("unit", "field").agg(**counts))
    return Statement(f"SELECT * FROM ({inner.sql}) AS found WHERE unit = ANY(%s)", (*inner.names, "units"))
