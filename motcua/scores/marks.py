"""Every dossier of a period with the sides of the measures it stands on: what counts are made of (dấu của hồ sơ).

A mark is one bit for each side of each measure of dossiers, so that whoever groups dossiers otherwise than by unit,
or keeps which of them made a figure, stands on the same conditions as the figure itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection

from . import live
from .measures import MEASURES, Measure, Side, Subject
from .periods import Window
from .populations import HANDLED, NO

# Each side of each measure of dossiers on which something can stand, in the order of their bits.
BITS: tuple[tuple[str, Side], ...] = tuple(
    (code, side)
    for code, measure in MEASURES.items()
    if measure.subject is Subject.DOSSIER
    for side, condition in measure.sets.items()
    if condition is not NO
)
_PLACES: Mapping[tuple[str, str], int] = {bit: place for place, bit in enumerate(BITS)}


def measures() -> list[Measure]:
    """The measures of dossiers."""
    return [measure for measure in MEASURES.values() if measure.subject is Subject.DOSSIER]


def stands(mask: int, code: str, side: str) -> bool:
    """Whether a dossier of this mask stands on a side of a measure."""
    place = _PLACES.get((code, side))
    return place is not None and bool(mask >> place & 1)


def sides(mask: int, bits: Sequence[tuple[str, Side]] = BITS) -> list[tuple[str, Side]]:
    """All that a dossier of this mask stands on; `bits` are those it was written with."""
    return [bit for place, bit in enumerate(bits) if mask >> place & 1]


def each(window: Window, units: Iterable[int] | None = None) -> Iterator[tuple[str, int, int]]:
    """Every dossier of a period, or those that some units decide: (code, unit, mask), by code; read as one goes."""
    found = _marked()
    values = live.bound(window)
    chosen = [] if units is None else [list(units)]
    where = "" if units is None else "WHERE marks.unit = ANY(%s)"
    sql = (
        f"SELECT dossier.code, marks.unit, {mask('marks')} FROM ({found.sql}) AS marks"
        f' JOIN dossiers_dossier dossier ON dossier.id = marks.id {where} ORDER BY dossier.code COLLATE "C"'
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [*found.args(values), *chosen])
        while rows := cursor.fetchmany(5000):
            yield from rows


def grouped(window: Window, units: Sequence[int], key: str) -> list[tuple[Any, ...]]:
    """The counts of the dossiers that some units decide, by an SQL expression over `marks` and `dossier`.

    Each row: the key, how many dossiers, and n, d, left_out of each of `measures()`.
    """
    found = _marked()
    counts = ", ".join(f"{_sum(measure, side)}" for measure in measures() for side in ("n", "d", "left_out"))
    sql = (
        f"SELECT {key}, count(*), {counts} FROM ({found.sql}) AS marks"
        " JOIN dossiers_dossier dossier ON dossier.id = marks.id"
        " WHERE marks.unit = ANY(%s) GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*found.args(live.bound(window)), list(units)])
        found_rows: list[tuple[Any, ...]] = cursor.fetchall()
        return found_rows


def mask(of: str) -> str:
    """The bits of a dossier as one number, in SQL over a table of marks."""
    return " | ".join(
        f'(CASE WHEN {of}."{side} {code}" THEN {1 << place} ELSE 0 END)::bigint'
        for place, (code, side) in enumerate(BITS)
    )


def statement() -> live.Statement:
    """The marks as a table: id, unit, procedure, days and one column for each bit, named "n 2.1"."""
    return _marked()


def _sum(measure: Measure, side: Side) -> str:
    if (measure.code, side) not in _PLACES:
        return "0"
    column = f'marks."{side} {measure.code}"'
    if measure.weight and side == "n":
        return f"coalesce(sum(marks.{measure.weight}) FILTER (WHERE {column}), 0)"
    return f"count(*) FILTER (WHERE {column})"


@cache
def _marked() -> live.Statement:
    bits = {f"{side} {code}": MEASURES[code].sets[side] for code, side in BITS}
    return live.compiled(HANDLED.select("id", "unit", "procedure", "days", **bits))
