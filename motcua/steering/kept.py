"""What pages count of each unit, kept by what moved it: never stale, and after an act one unit is counted again.

Figures of a day follow from the rows of the unit and the day. Triggers give the unit a new position with every
statement that touches its rows (`Moved`), which others see when they see the rows; so what was counted at a position
is what would be counted now, as long as the unit is there. Positions are read before rows: an act in between makes
the count younger than its position, and it is counted once more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from time import monotonic
from typing import Any

from django.db import connection

from motcua.scores import shelf

from .models import Moved

Count = Callable[[Collection[int]], Mapping[int, Any]]

FEW = 16  # units a worker counts for itself; of more it asks what others counted, and tells them
_POSITIONS = """
    SELECT unit_id, string_agg(position::text, ' ' ORDER BY position) FROM steering_moved WHERE what = %s GROUP BY 1
"""
_KEPT: OrderedDict[tuple[str, str], Kept] = OrderedDict()
_GUARD = RLock()


@dataclass(slots=True)
class Kept(shelf.Making):
    """The counts of all units: `rows` has the position each was counted at, and what was found there."""

    rows: Mapping[int, tuple[str, Any]]

    @property
    def units(self) -> dict[int, Any]:
        """What was counted of each unit that has something, by its id."""
        return self.once("units", lambda: {unit: data for unit, (_, data) in self.rows.items() if data})


def by_unit(name: str, what: Moved.What, count: Count, *, at: datetime) -> Kept:
    """What `count` finds for some units, for all of them, as it is now.

    `name` tells what is counted and all that decides it but the rows: the day, the period, whose. `count` gives JSON
    data (texts as keys) by the id of the unit, from rows of `what` of that unit alone.
    """
    key = f"{name} {what}"
    place = str(connection.settings_dict["NAME"]), key
    positions, mine = _positions(what), _KEPT.get(place)
    rows = mine.rows if mine else {}
    if mine is None or _behind(rows, positions) or rows.keys() - positions.keys():
        mine = Kept(_renewed(key, positions, rows, count, at))
    with _GUARD:
        _KEPT[place] = mine
        _KEPT.move_to_end(place)
        while len(_KEPT) > shelf.MOST:
            _KEPT.popitem(last=False)
    return mine


def keeps() -> bool:
    """Whether this worker keeps anything."""
    return bool(_KEPT)


def forget() -> None:
    """Drop what this worker keeps."""
    with _GUARD:
        _KEPT.clear()


def _positions(what: Moved.What) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, [what.value])
        return dict(cursor.fetchall())


def _behind(rows: Mapping[int, tuple[str, Any]], positions: Mapping[int, str]) -> list[int]:
    return [unit for unit, position in positions.items() if unit not in rows or rows[unit][0] != position]


def _renewed(
    key: str, positions: Mapping[int, str], rows: Mapping[int, tuple[str, Any]], count: Count, at: datetime
) -> dict[int, tuple[str, Any]]:
    kept = {unit: rows[unit] for unit in positions if unit in rows}
    if len(_behind(kept, positions)) <= FEW:
        return _counted(kept, positions, count)
    kept |= _shared(key, positions)
    if len(_behind(kept, positions)) <= FEW:
        return _counted(kept, positions, count)
    with shelf.alone(key) as waited:
        if waited:
            kept |= _shared(key, positions)
        begun, behind = monotonic(), len(_behind(kept, positions))
        kept = _counted(kept, positions, count)
        if behind > FEW:
            shelf.put(key, {str(unit): row for unit, row in kept.items()}, at=at, cost=monotonic() - begun)
    return kept


def _shared(key: str, positions: Mapping[int, str]) -> dict[int, tuple[str, Any]]:
    """What another worker counted of units that did not move since."""
    told = {int(unit): (was, data) for row in shelf.found([key]) for unit, (was, data) in row.data.items()}
    return {unit: row for unit, row in told.items() if positions.get(unit) == row[0]}


def _counted(
    kept: Mapping[int, tuple[str, Any]], positions: Mapping[int, str], count: Count
) -> dict[int, tuple[str, Any]]:
    """With the units that moved counted again."""
    behind = _behind(kept, positions)
    found = count(behind) if behind else {}
    return {**kept, **{unit: (positions[unit], found.get(unit)) for unit in behind}}
