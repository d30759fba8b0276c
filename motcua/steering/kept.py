"""What pages count of each unit, kept by what moved it: never stale, and after an act one unit is counted again.

Figures of a day follow from the rows of the unit and the day. Triggers give the unit a new position with every
statement that touches its rows (`Moved`), which others see when they see the rows; so what was counted at a position
is what would be counted now, as long as the unit is there. Positions are read before rows: an act in between makes
the count younger than its position, and it is counted once more.

Each worker keeps its own, and counts everything once a day: a few of them do that sooner than they would agree.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any

from django.db import connection

from motcua.scores.fresh import Making

from .models import Moved

Count = Callable[[Collection[int]], Mapping[int, Any]]

MOST = 64  # counts of all units that a worker keeps
_POSITIONS = """
    SELECT unit_id, string_agg(position::text, ' ' ORDER BY position) FROM steering_moved WHERE what = %s GROUP BY 1
"""
_KEPT: OrderedDict[tuple[str, str], Kept] = OrderedDict()
_GUARD = RLock()


@dataclass(slots=True)
class Kept(Making):
    """The counts of all units: `rows` has the position each was counted at, and what was found there."""

    rows: Mapping[int, tuple[str, Any]]

    @property
    def units(self) -> dict[int, Any]:
        """What was counted of each unit that has something, by its id."""
        return self.once("units", lambda: {unit: data for unit, (_, data) in self.rows.items() if data})


def by_unit(name: str, what: Moved.What, count: Count) -> Kept:
    """What `count` finds for some units, for all of them, as it is now.

    `name` tells what is counted and all that decides it but the rows: the day, the period, whose. `count` gives what
    it finds by the id of the unit, from rows of `what` of that unit alone.
    """
    place = str(connection.settings_dict["NAME"]), f"{name} {what}"
    positions, kept = _positions(what), _KEPT.get(place)
    rows = kept.rows if kept else {}
    moved = [unit for unit, position in positions.items() if unit not in rows or rows[unit][0] != position]
    if kept is None or moved or rows.keys() - positions.keys():
        found = count(moved) if moved else {}
        anew = {unit: (positions[unit], found.get(unit)) for unit in moved}
        kept = Kept({unit: anew.get(unit) or rows[unit] for unit in positions})
    with _GUARD:
        _KEPT[place] = kept
        _KEPT.move_to_end(place)
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return kept


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
