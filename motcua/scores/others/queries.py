"""The other indicators counted: per unit and level, with targets, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from motcua.catalogue.models import Procedure
from motcua.dossiers.models import Dossier
from motcua.law import packs
from motcua.people import access
from motcua.people.models import Unit, UnitKind
from motcua.people.queries import every_unit

from .. import fresh
from ..asked import Asked
from ..declaring import queries as declared
from ..declaring.subjects import COPIES, DOCUMENTS
from ..periods import Window

if TYPE_CHECKING:
    from ..live import Statement
    from ..measures import Side
    from ..walking import Road, Sides
    from .measures import Other

SUBJECT = "other-indicators"
LEVELS = (UnitKind.DEPARTMENT, UnitKind.DISTRICT, UnitKind.COMMUNE)
Counts = Mapping[tuple[int, str], tuple[int, int, int]]
_NONE = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """What a rate must reach, in per cent; where that is written."""

    percent: int
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one unit or level: counted from its rows, or declared by somebody."""

    n: int
    d: int
    left_out: int = 0
    declared: str = ""

    @property
    def rate(self) -> Decimal | None:
        """Numerator over denominator; None of nothing."""
        return Decimal(self.n) / Decimal(self.d) if self.d else None

    def rows(self, side: str) -> int:
        """How many rows a side has; of a mean of days the numerator has none of its own."""
        return {"n": self.n, "d": self.d, "short": self.d - self.n, "left_out": self.left_out}[side]

    def gap(self, target: Target | None) -> Decimal | None:
        """Points of a hundred short of the target, below zero when it is passed; None where nothing is known."""
        if target is None or self.rate is None:
            return None
        return Decimal(target.percent) - self.rate * 100


@dataclass(frozen=True)
class Look:
    """What was counted, at which moment."""

    asked: Asked
    counts: Counts

    def of(self, unit: Unit, key: str) -> Figure:
        return Figure(*self.counts.get((unit.pk, key), _NONE))

    def of_level(self, units: Iterable[Unit], key: str) -> Figure:
        """The units of one level together."""
        sides = [self.counts.get((unit.pk, key), _NONE) for unit in units]
        return Figure(*(sum(side) for side in zip(*sides, strict=True))) if sides else Figure(0, 0)


def look(asked: Asked) -> Look:
    """Every other indicator of every unit in the period. Raises BadPeriod, NotInForce."""
    packs.on(SUBJECT, asked.window.last)
    found = fresh.kept("others", asked, lambda at: _counted(asked.period.window(at)))
    counts = {(scope, code): (n, d, out) for scope, code, n, d, out in found.data}
    return Look(replace(asked, at=found.at), counts)


def shown(day: date) -> list[Other]:
    """The indicators a page shows on a day: of the two readings of one, the one the pack names."""
    from .measures import OTHERS, UNUSED_LEFT_OUT

    left_out = packs.on(SUBJECT, day)["online_unused"] == "left_out"
    hidden = "TTHC_TT_CO_HS" if left_out else UNUSED_LEFT_OUT
    return [other for key, other in OTHERS.items() if key != hidden]


def open_to(other: Other, units: Collection[Unit], *, inside: bool) -> bool:
    """Whether a figure of some units is open: of one field of one agency to officers alone, who are `inside`."""
    return inside or not other.of_field or _many(units)


def listed(other: Other, units: Collection[Unit], *, inside: bool) -> bool:
    """Whether its rows are: dossiers, and which procedures one agency had any of, to officers alone."""
    return inside or (not other.of_dossiers and _many(units))


def _many(units: Collection[Unit]) -> bool:
    """Whether they are more than one agency: a province is all of its own."""
    return len(units) > 1 or all(unit.parent is None for unit in units)


def target(name: str, day: date) -> Target | None:
    """The target of an indicator on a day, None where none was set by then."""
    pack = packs.on(SUBJECT, day)
    for parameter in ("satisfaction_targets", "rate_targets"):
        value = pack.values.get(parameter)
        if value and name in value.value:
            return Target(value.value[name], str(value.reference or ""), value.verified)
    return None


def few(day: date) -> int:
    """Fewer answers than that say little."""
    least: int = packs.on(SUBJECT, day)["satisfaction_answers_min"]
    return least


def documents(asked: Asked) -> Mapping[int, Figure]:
    """Văn bản điện tử, by unit: declared, never counted here."""
    return _declared(asked, DOCUMENTS)


def copies(asked: Asked) -> Mapping[int, Figure]:
    """Chứng thực bản sao điện tử as units declared it, for those whose dossiers are not here."""
    return _declared(asked, COPIES)


def _declared(asked: Asked, key: str) -> Mapping[int, Figure]:
    found = declared.figures(asked.period, [key])
    return {unit: Figure(*figure.pair, declared=figure.by) for (unit, _), figure in found.items()}


def units(day: date, kinds: Collection[str] = LEVELS) -> list[Unit]:
    """The units of some levels that exist on a day, each knowing its parent."""
    there = (
        u for u in every_unit().values() if u.valid_from <= day and (u.valid_to is None or day < u.valid_to)
    )
    return sorted((unit for unit in there if unit.kind in kinds), key=lambda unit: unit.code)


def rows(asked: Asked, key: str, side: str, scopes: Iterable[Unit]) -> QuerySet[Any]:
    """The dossiers or procedures behind a figure, exactly as many as it counts. Raises KeyError."""
    from .. import live
    from .measures import OTHERS

    other, statement = OTHERS[key], _rows(key, side)
    values = live.bound(asked.window) | {"scopes": [unit.pk for unit in scopes]}
    ids = RawSQL(statement.sql, statement.args(values))
    if other.of_dossiers:
        found = Dossier.objects.filter(pk__in=ids).select_related("version", "deciding_unit")
        return found.defer("words", "version__sequence").order_by("accepted_at", "pk")
    return Procedure.objects.filter(pk__in=ids).defer("words").order_by("code")


def road(asked: Asked, key: str, side: Sides, scopes: Iterable[Unit]) -> Road:
    """The dossiers behind a figure, to be read a leaf at a time."""
    from .. import walking

    wanted = {unit.pk for unit in scopes}
    units = [pk for pk, unit in every_unit().items() if any(up.pk in wanted for up in access.line(unit))]
    return walking.Road(_side(key, side), asked.window, units, {})


@cache
def _side(key: str, side: Sides) -> Statement:
    from .. import walking
    from .measures import OTHERS

    return walking.side_of(OTHERS[key].measure, side)


@cache
def _rows(key: str, side: str) -> Statement:
    """The ids on one side ("short" are those of the denominator alone) in some scopes, its last value."""
    from .. import live
    from .measures import OTHERS

    sets: Mapping[Side, Statement] = {
        name: live.compiled(table) for name, table in OTHERS[key].measure.rows.items()
    }

    def ids(name: Side) -> str:
        return f"SELECT id FROM ({sets[name].sql}) AS found WHERE scope = ANY(%s)"

    if side != "short":
        name: Side = {"n": "n", "d": "d", "left_out": "left_out"}[side]  # type: ignore[assignment]
        return live.Statement(ids(name), (*sets[name].names, "scopes"))
    names = (*sets["d"].names, "scopes", *sets["n"].names, "scopes")
    return live.Statement(f"({ids('d')}) EXCEPT ({ids('n')})", names)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one procedure took in a period, in working days: means over its dossiers."""

    procedure: Procedure
    dossiers: int
    days: Decimal
    term: Decimal | None
    saved: Decimal | None


def paces(asked: Asked, unit: Unit) -> list[Pace]:
    """The procedures settled in the period by a unit and all below it, the slowest beside its term first."""
    from .. import live

    statement = _paces()
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.args(live.bound(asked.window) | {"scope": unit.pk}))
        found = cursor.fetchall()
    known = Procedure.objects.defer("words", "folded").in_bulk([row[0] for row in found])
    listed = [_pace(known[row[0]], *map(int, (value or 0 for value in row[1:]))) for row in found]
    return sorted(listed, key=lambda pace: (pace.saved is None, pace.saved or 0, -pace.dossiers))


def _pace(procedure: Procedure, dossiers: int, days: int, termed: int, terms: int, saved: int) -> Pace:
    return Pace(
        procedure,
        dossiers,
        Decimal(days) / dossiers,
        Decimal(terms) / termed if termed else None,
        Decimal(saved) / termed if termed else None,
    )


@cache
def _paces() -> Statement:
    from .. import live
    from ..tables import SCOPES
    from .measures import by_procedure

    told = SCOPES.join(by_procedure(), "unit")
    names = ("dossiers", "days", "termed", "terms", "saved")
    inner = live.compiled(
        told.group_by("scope", "procedure").agg(**{name: told[name].sum() for name in names})
    )
    columns = ", ".join(("procedure", *names))
    return live.Statement(
        f"SELECT {columns} FROM ({inner.sql}) AS found WHERE scope = %s", (*inner.names, "scope")
    )


def _counted(window: Window) -> list[list[Any]]:
    from .. import live

    statement = _tallies()
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.args(live.bound(window)))
        return [
            [scope, code, int(n or 0), int(d or 0), int(out or 0)]
            for scope, code, n, d, out in cursor.fetchall()
        ]


@cache
def _tallies() -> Statement:
    from .. import live
    from .measures import tallies

    return live.compiled(tallies())
