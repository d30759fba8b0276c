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
from urllib.parse import urlencode

import ibis
import ibis.expr.types as ir
from django.db import connection

from motcua.catalogue.models import Procedure
from motcua.dossiers.models import Dossier
from motcua.ui.templatetags import ui

from . import live, parts, queries
from .asked import Asked
from .measures import MEASURES, Measure, Side
from .periods import Window
from .queries import UnitIndex

SIZE = 50
FAR = 10_000
PORTION = 500  # rows of which those of one officer are looked for at once
Place = tuple[datetime, int]
Row = tuple[int, datetime]
Sides = Side | Literal["short"]


@dataclass(frozen=True, slots=True)
class Road:
    """Dossiers in their order: those a statement finds in a window, that some units decide.

    `narrowed` are SQL conditions on its columns with their values; `holder` leaves those of one officer.
    """

    found: live.Statement
    window: Window
    units: Sequence[int]
    narrowed: Mapping[str, Any]
    holder: str = ""

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
        return Leaf([key for key, _ in rows], begins, count)

    def _rows(self, place: Place | None, many: int, *, back: bool, last: bool) -> Iterator[Row]:
        if not self.holder:
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
        return [row for row in rows if held.get(codes[row[0]], parts.NOBODY) == self.holder]

    def _asked(self, place: Place | None, many: int, *, back: bool, last: bool = False) -> Sequence[Row]:
        """So many rows beyond a place; `last` tells that there are no more."""
        conditions = ["unit = ANY(%s)", *self.narrowed]
        values: list[Any] = [list(self.units), *self.narrowed.values()]
        if place:
            conditions.append(f"(accepted_at, id) {'>' if back else '<'} (%s, %s)")
            values += place
        order = "ASC" if back else "DESC"
        # Sorting by ids too looks for the first row of another moment, which after the last one is far.
        ties = "" if last else f", id {order}"
        # All in one query, none within another, or the planner would not know of the order and the limit.
        sql = f"{self.found.sql} WHERE {' AND '.join(conditions)} ORDER BY accepted_at {order}{ties} LIMIT %s"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*self.found.args(live.bound(self.window)), *values, many])
            return [(key, at) for key, at, *_ in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Ids of dossiers, newest first; `begins` how many come before them, `count` how many there are."""

    keys: list[int]
    begins: int
    count: int

    def dossiers(self) -> list[Dossier]:
        """The dossiers themselves, as a table of them shows them."""
        related = Dossier.objects.select_related("version", "deciding_unit").defer(
            "words", "version__sequence"
        )
        known = related.in_bulk(self.keys)
        return [known[key] for key in self.keys if key in known]

    def turning(self, here: str) -> dict[str, Any]:
        """The ways to the leaves before and after, `here` the address with its query (ui/pages.html)."""
        if not self.keys:
            return {}
        ends, number = self.begins + len(self.keys), self.begins // SIZE + 1
        before, after = (
            {"trang": number - 1, "truoc": self.keys[0]},
            {"trang": number + 1, "sau": self.keys[-1]},
        )
        told = f"{ui.number(self.begins + 1)}–{ui.number(ends)} trong {ui.number(self.count)} hồ sơ"
        return {
            "before": f"{here}&{urlencode(before)}" if self.begins else "",
            "after": f"{here}&{urlencode(after)}" if ends < self.count else "",
            "on_page": f"{told}, mới tiếp nhận trước",
        }


def behind(asked: Asked, entry: UnitIndex, code: str, side: Sides, kind: str = "", key: str = "") -> Road:
    """The dossiers on one side of a measure of the index, or those of them that are of one `key` of a `kind`."""
    narrowed, procedures = {}, _procedures(kind, key)
    if procedures is not None:
        narrowed["procedure = ANY(%s)"] = procedures
    units, holder = queries.under(entry.unit), key if kind == "can-bo" else ""
    return Road(_of_index(code, side), asked.window, units, narrowed, holder)


def side_of(measure: Measure, side: Sides, *columns: str) -> live.Statement:
    """The dossiers on one side of a measure of them, "short" those of the denominator alone."""
    sets = measure.sets
    condition = sets["d"] & ~ibis.coalesce(sets["n"], False) if side == "short" else sets[side]
    return statement(measure.base, condition, *columns)


def statement(base: ir.Table, condition: ir.BooleanValue, *columns: str) -> live.Statement:
    """The dossiers of a table under a condition, with the columns a road is narrowed by beside its own."""
    return live.compiled(base.filter(condition).select("id", "accepted_at", "unit", *columns))


@cache
def _of_index(code: str, side: Sides) -> live.Statement:
    return side_of(MEASURES[code], side, "procedure")


def _procedures(kind: str, key: str) -> list[int] | None:
    if kind not in ("thu-tuc", "linh-vuc"):
        return None
    field = "" if key == parts.NOBODY else key
    named = {"code": key} if kind == "thu-tuc" else {"field": field}
    return list(Procedure.objects.filter(**named).values_list("pk", flat=True))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _place(text: str) -> Place | None:
    """Where a dossier named by its id stands."""
    if not text.isdecimal() or len(text) > 18:
        return None
    accepted = Dossier.objects.filter(pk=int(text)).values_list("accepted_at", flat=True).first()
    return (accepted, int(text)) if accepted else None
