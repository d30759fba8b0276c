"""The dossiers behind a figure a leaf at a time, the newest first: as many as it counts (đọc từng trang hồ sơ).

How many there are is known from the figure, so a leaf asks for no more rows than it shows: whoever looked for one row
beyond the last would read every dossier there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

import ibis
from django.db import connection

from motcua.catalogue.models import Procedure
from motcua.dossiers.models import Dossier

from . import live, parts, queries
from .asked import Asked
from .measures import MEASURES, Side
from .populations import HANDLED
from .queries import UnitIndex

SIZE = 50
FAR = 10_000
PORTION = 500  # rows of which those of one officer are looked for at once
Place = tuple[datetime, int]
Row = tuple[int, datetime]
Sides = Side | Literal["short"]


@dataclass(frozen=True, slots=True)
class Walk:
    """The dossiers on one side of a measure, or those of them that are of one `key` of a `kind` of parts."""

    asked: Asked
    entry: UnitIndex
    code: str
    side: Sides
    kind: str = ""
    key: str = ""

    def leaf(self, count: int, said: Mapping[str, str]) -> Leaf:
        """The leaf an address asks for of so many rows: `trang` its number, after `sau` or before `truoc`.

        A number alone is counted to, as far as FAR rows.
        """
        begins = (_number(said.get("trang", "")) - 1) * SIZE
        place, back, passed = _place(said.get("sau", "")), _place(said.get("truoc", "")), 0
        if not 0 < begins < count:
            begins, place, back = 0, None, None
        elif not place and not back:
            begins = passed = min(begins, FAR)
        many, last = passed + min(SIZE, count - begins), begins + SIZE >= count
        found = self._rows(back or place, many, back=bool(back), last=last)
        # Sorted before any is passed over: read to the last, rows of one moment come in no order.
        rows = sorted(found, key=lambda row: (row[1], row[0]), reverse=True)[passed:]
        return Leaf([key for key, _ in rows], begins)

    def _rows(self, place: Place | None, many: int, *, back: bool, last: bool) -> Iterator[Row]:
        if self.kind != "can-bo":
            yield from self._asked(place, many, back=back, last=last)
            return
        found = 0
        while rows := self._asked(place, PORTION, back=back):
            own = self._held(rows)[: many - found]
            yield from own
            found, place = found + len(own), (rows[-1][1], rows[-1][0])
            if found == many or len(rows) < PORTION:
                return

    def _held(self, rows: Sequence[Row]) -> list[Row]:
        """Those that are the officer's."""
        codes = dict(Dossier.objects.filter(pk__in=[key for key, _ in rows]).values_list("pk", "code"))
        held = parts.holders(codes.values())
        return [row for row in rows if held.get(codes[row[0]], parts.NOBODY) == self.key]

    def _asked(self, place: Place | None, many: int, *, back: bool, last: bool = False) -> Sequence[Row]:
        """So many rows beyond a place; `last` tells that there are no more."""
        found = _side(self.code, self.side)
        conditions = ["unit = ANY(%s)"]
        values: list[Any] = [queries.under(self.entry.unit)]
        if place:
            conditions.append(f"(accepted_at, id) {'>' if back else '<'} (%s, %s)")
            values += place
        if (procedures := self._procedures()) is not None:
            conditions.append("procedure = ANY(%s)")
            values.append(procedures)
        order = "ASC" if back else "DESC"
        # Sorting by ids too looks for the first row of another moment, which after the last one is far.
        ties = "" if last else f", id {order}"
        # All in one query, none within another, or the planner would not know of the order and the limit.
        sql = f"{found.sql} WHERE {' AND '.join(conditions)} ORDER BY accepted_at {order}{ties} LIMIT %s"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*found.args(live.bound(self.asked.window)), *values, many])
            return [(key, at) for key, at, *_ in cursor.fetchall()]

    def _procedures(self) -> list[int] | None:
        if self.kind not in ("thu-tuc", "linh-vuc"):
            return None
        field = "" if self.key == parts.NOBODY else self.key
        named = {"code": self.key} if self.kind == "thu-tuc" else {"field": field}
        return list(Procedure.objects.filter(**named).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Leaf:
    """Ids of dossiers, newest first; `begins` how many come before them."""

    keys: list[int]
    begins: int


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _place(text: str) -> Place | None:
    """Where a dossier named by its id stands."""
    if not text.isdecimal() or len(text) > 18:
        return None
    accepted = Dossier.objects.filter(pk=int(text)).values_list("accepted_at", flat=True).first()
    return (accepted, int(text)) if accepted else None


@cache
def _side(code: str, side: Sides) -> live.Statement:
    sets = MEASURES[code].sets
    condition = sets["d"] & ~ibis.coalesce(sets["n"], False) if side == "short" else sets[side]
    return live.compiled(HANDLED.filter(condition).select("id", "accepted_at", "unit", "procedure"))
