"""Measures on the live database: each compiled once to PostgreSQL's SQL, run on Django's own connection.

A value is never written into the text of a statement: what changes from run to run stands in the compiled
text as a placeholder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from django.db import connection

from motcua.law import packs
from motcua.law.calendar import FIRST_YEAR, Calendar

from .measures import MEASURES, SIDES, Side, tallies
from .periods import Window
from .populations import PARAMETERS
from .tables import NAMED, WORKDAYS

# Stand-ins for the parameters while a statement is compiled; no real value is as old, or as odd.
_LONG_AGO = datetime(1901, 1, 1, tzinfo=UTC)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# The planner must look through the many, to use their indexes, and work out the few only once.
_KEPT = {"dossiers": "NOT MATERIALIZED", "versions": "MATERIALIZED", "duties": "MATERIALIZED"}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with positional placeholders, and the name of the value each takes."""

    sql: str
    names: tuple[str, ...]

    def args(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] for name in self.names]


Counts = dict[tuple[int, str], dict[Side, int]]


def counts(window: Window) -> Counts:
    """The number of rows on every side of every measure, by id of the unit scored and code; no row, no entry."""
    statement = _tallies()
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.args(bound(window)))
        found = cursor.fetchall()
    return {
        (scope, code): dict(zip(SIDES, map(_number, sides), strict=True)) for scope, code, *sides in found
    }


def bound(window: Window) -> dict[str, Any]:
    """The value of every placeholder for one run, limits as they stand on the window's last day."""
    return named(window.last) | parameters(window)


def parameters(window: Window) -> dict[str, Any]:
    """What every engine binds: the window, and the limits as they stand on its last day."""
    limits = packs.on("index-766-counts", window.last)
    return {
        "start": window.start,
        "until": window.until,
        "first": window.first,
        "last": window.last,
        "today": window.today,
        "announce": limits["announce_working_days"]["province"],
        "publish": limits["publish_working_days"]["province"],
        "supplements": limits["supplements_max"],
        "early": packs.on("reports", window.last)["early_working_days"],
        "last_nth": _through()[(window.last - date(FIRST_YEAR, 1, 1)).days],
    }


def named(day: date) -> dict[str, Any]:
    """What the named tables of the live database ask for, as it stands on a day."""
    others = packs.on("other-indicators", day)
    sectors = {field: sector for sector, fields in others["sectors"].items() for field in fields}
    return {
        "works": list(_through()),
        "sectors": json.dumps(sectors),
        "copies": json.dumps(list(others["certified_copies"]["procedures"])),
    }


@cache
def rows(code: str, side: Side) -> Statement:
    """The ids behind one side of a measure in one scope, which is its last value, `scope`."""
    inner = compiled(MEASURES[code].rows[side])
    return Statement(f"SELECT id FROM ({inner.sql}) AS found WHERE scope = %s", (*inner.names, "scope"))


def prepare() -> None:
    """Compile the count of the index before it is asked for: it takes a second, and loads what loads only once."""
    _tallies()


@cache
def _tallies() -> Statement:
    return compiled(tallies())


def _number(value: Any) -> int:
    return int(value or 0)


def compiled(table: ir.Table) -> Statement:
    """One statement for PostgreSQL, the named tables it reads put before it; conditions may be put behind it."""
    written = {name: _stand_in(place, PARAMETERS[name]) for place, name in enumerate(PARAMETERS)}
    params = {PARAMETERS[name]: value for name, (value, _) in written.items()}
    sql = ibis.to_sql(table, dialect="postgres", params=params).replace("%", "%%")
    for name, (_, text) in written.items():
        sql = re.sub(rf"{re.escape(text)}\b" if text.isdigit() else re.escape(text), f"%({name})s", sql)
    used = {node.name for node in table.op().find(ops.UnboundTable)}
    sources = [_source(name) for name in NAMED if name in used]
    whole = f"WITH {', '.join([f'workdays AS ({WORKDAYS})', *sources])} SELECT * FROM ({sql}) AS measure"
    return Statement(_PLACEHOLDER.sub("%s", whole), tuple(_PLACEHOLDER.findall(whole)))


def _stand_in(place: int, parameter: ir.Scalar) -> tuple[datetime | date | int, str]:
    """A value for a parameter that the compiled text cannot hold by chance, and how it is written there."""
    moment = _LONG_AGO + timedelta(days=place)
    if parameter.type().is_timestamp():
        return moment, f"CAST('{moment.isoformat()}' AS TIMESTAMPTZ)"
    if parameter.type().is_date():
        return moment.date(), f"MAKE_DATE({moment.year}, {moment.month}, {moment.day})"
    return int(f"{moment:%Y%m%d}"), f"{moment:%Y%m%d}"


def _source(name: str) -> str:
    return f"{name} AS {_KEPT.get(name, '')} ({NAMED[name].live})"


@cache
def _through() -> tuple[int, ...]:
    """How many working days the calendar has had by the end of each of its days."""
    return tuple(accumulate(map(int, Calendar().tables.works)))
