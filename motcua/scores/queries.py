"""The index 766 on live data: the counts of every unit, their score, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from motcua.catalogue.models import Procedure
from motcua.dossiers.models import Dossier
from motcua.law import indicators
from motcua.law.indicators import Component, Indicator, Score
from motcua.people.models import Unit, UnitKind

from .declaring import queries as declared
from .declaring.subjects import OF_INDEX
from .periods import Period, Window

if TYPE_CHECKING:
    from .measures import Side

# The counts of one unit as `indicators.score` takes them: an absent code is not measured (chưa đo).
UnitCounts = dict[str, tuple[int, int] | None]

# What was counted: the sides of every measure, by id of the unit scored and code.
Found = Mapping[tuple[int, str], Mapping["Side", int]]

_NOTHING: Mapping[Side, int] = {"n": 0, "d": 0, "left_out": 0}


class Unscored(LookupError):
    """A unit without an index of its own, or no unit at all (đơn vị không được chấm điểm)."""


@dataclass(frozen=True, slots=True)
class UnitIndex:
    """The index of one unit in one period (điểm của một đơn vị).

    `left_out` counts by code the rows that could not be judged; `rank` is the place among the `among` units of
    its level, best first.
    """

    unit: Unit
    level: str
    counts: UnitCounts
    left_out: Mapping[str, int]
    score: Score
    rank: int
    among: int
    declared: Mapping[str, str] = field(default_factory=dict)

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """The codes that earn nothing because they are not measured (chưa đo)."""
        parts = self.score.components.items()
        return tuple(code for code, part in parts if part.score is None and part.d is None)


@dataclass(frozen=True, slots=True)
class Lost:
    """The points a unit did not get for one indicator (điểm mất)."""

    indicator: Indicator
    component: Component

    @property
    def points(self) -> Decimal:
        return self.component.lost


def counts(period: Period, at: datetime) -> dict[str, UnitCounts]:
    """Numerator and denominator of every measured indicator, by code of the unit, as known at `at`.

    Raises BadPeriod before the period begins, NotInForce before the index was (01/08/2022).
    """
    return {counted.unit.code: counted.pairs for counted in _counted(period, at)}


def index(
    period: Period,
    at: datetime,
    unit: str | None = None,
    *,
    found: Found | None = None,
    units: Mapping[int, Unit] | None = None,
    told: declared.Figures | None = None,
) -> list[UnitIndex]:
    """The index of the province, then of its units level by level from the best down; or of one unit alone.

    `unit` is its code; `found` what was counted already; `units` and `told`, what they declared, where they are not
    those of the live database. Raises Unscored, BadPeriod, NotInForce.
    """
    listed = _ranked(_counted(period, at, found, units, told), period.window(at))
    return listed if unit is None else [of(listed, unit, period)]


def of(listed: Sequence[UnitIndex], unit: str, period: Period) -> UnitIndex:
    """The entry of one unit, named by its code. Raises Unscored."""
    return next((entry for entry in listed if entry.unit.code == unit), None) or _refuse(unit, period)


def scope(code: str, unit: Unit, units: Mapping[int, Unit]) -> Unit:
    """The unit whose rows make the figure of another: a province shares some with all its units."""
    from .measures import MEASURES

    return _province(unit, units) if MEASURES[code].province_only else unit


def rows(code: str, side: Side, unit: str, period: Period, at: datetime) -> QuerySet[Any]:
    """The dossiers or procedures behind a figure, exactly as many as it counts; lazy, so that pages may slice.

    `side` is n, d, or left_out for those that could not be judged. For 2.2, whose numerator is a sum of days,
    n and d are the same dossiers. Raises KeyError for a code that has no measure, Unscored, BadPeriod.
    """
    from . import live
    from .measures import MEASURES, Subject

    measure, window = MEASURES[code], period.window(at)
    units = _units()
    place = next((u for u in _scored(units, window) if u.code == unit), None) or _refuse(unit, period)
    statement = live.rows(code, side)
    ids = RawSQL(statement.sql, statement.args(live.bound(window) | {"scope": scope(code, place, units).pk}))
    found = Dossier.objects if measure.subject is Subject.DOSSIER else Procedure.objects
    return found.filter(pk__in=ids)


def under(unit: Unit) -> list[int]:
    """A unit and all below it."""
    children: dict[int | None, list[int]] = {}
    for key, parent in Unit.objects.values_list("pk", "parent"):
        children.setdefault(parent, []).append(key)
    found = [unit.pk]
    for key in found:
        found += children.get(key, [])
    return found


def lost(entry: UnitIndex) -> list[Lost]:
    """Where a unit lost points, most first; what is not measured loses all of its own."""
    known = {i.code: i for i in indicators.catalogue(entry.score.day)}
    found = [Lost(known[code], part) for code, part in entry.score.components.items() if part.lost]
    return sorted(found, key=lambda each: each.points, reverse=True)


@dataclass(frozen=True, slots=True)
class _Counted:
    unit: Unit
    pairs: UnitCounts
    left_out: Mapping[str, int]
    declared: Mapping[str, str] = field(default_factory=dict)


def _refuse(code: str, period: Period) -> NoReturn:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Unscored(f"không có đơn vị mã “{code}”")
    if unit.kind in (UnitKind.CENTRE, UnitKind.DIVISION):
        raise Unscored(f"{unit.name} ({code}) không chấm điểm riêng; hồ sơ tính cho đơn vị cấp trên")
    raise Unscored(f"{unit.name} ({code}) không được chấm điểm trong kỳ {period.label.lower()}")


def _counted(
    period: Period,
    at: datetime,
    found: Found | None = None,
    units: Mapping[int, Unit] | None = None,
    told: declared.Figures | None = None,
) -> list[_Counted]:
    """The counts of every unit that is scored in the period, as far as it has gone."""
    window = period.window(at)
    indicators.catalogue(window.last)
    units = _units() if units is None else units
    if found is None:
        # Ibis takes a second to import: only those who count should wait for it.
        from . import live

        found = live.counts(window)
    told = declared.figures(period, OF_INDEX, at) if told is None else told
    counted = [_of_unit(unit, _province(unit, units), found) for unit in _scored(units, window)]
    return [_with_declared(each, told) for each in counted]


def _with_declared(counted: _Counted, told: declared.Figures) -> _Counted:
    """What nobody can count here, as the unit declared it."""
    own = {code: found for code in OF_INDEX if (found := told.get((counted.unit.pk, code)))}
    own = {code: found for code, found in own.items() if code not in counted.pairs}
    pairs = counted.pairs | {code: found.pair for code, found in own.items()}
    return replace(counted, pairs=pairs, declared={code: found.by for code, found in own.items()})


def _of_unit(unit: Unit, province: Unit, found: Mapping[tuple[int, str], Mapping[Side, int]]) -> _Counted:
    from .measures import MEASURES, NOT_APPLICABLE

    pairs: UnitCounts = {code: None for code, levels in NOT_APPLICABLE.items() if unit.kind in levels}
    left_out = {}
    knows_duties = (unit.pk, "3.1") in found
    for code, measure in MEASURES.items():
        scope = province if measure.province_only else unit
        sides = found.get((scope.pk, code), _NOTHING)
        if sides["left_out"]:
            left_out[code] = sides["left_out"]
        unknown = sides["left_out"] or (measure.of_duties and not knows_duties)
        if sides["d"] or not unknown:
            pairs[code] = (sides["n"], sides["d"])
    return _Counted(unit, pairs, left_out)


def _ranked(counted: Sequence[_Counted], window: Window) -> list[UnitIndex]:
    scores = {c.unit.pk: indicators.score(c.pairs, level=c.unit.kind, day=window.last) for c in counted}
    listed = []
    for level in indicators.levels(window.last):
        peers = [c for c in counted if c.unit.kind == level]
        ranks = indicators.rank({c.unit.pk: scores[c.unit.pk].total for c in peers})
        for c in sorted(peers, key=lambda c: (ranks[c.unit.pk], c.unit.code)):
            score, rank = scores[c.unit.pk], ranks[c.unit.pk]
            listed.append(UnitIndex(c.unit, level, c.pairs, c.left_out, score, rank, len(peers), c.declared))
    return listed


def _units() -> dict[int, Unit]:
    return {unit.pk: unit for unit in Unit.objects.order_by("code")}


def _scored(units: Mapping[int, Unit], window: Window) -> list[Unit]:
    """The units of a scored level that existed on some day of the window."""
    levels = indicators.levels(window.last)
    return [
        unit
        for unit in units.values()
        if unit.kind in levels
        and unit.valid_from <= window.last
        and (unit.valid_to is None or unit.valid_to > window.first)
    ]


def _province(unit: Unit, units: Mapping[int, Unit]) -> Unit:
    """The province above a unit, or the topmost unit there is."""
    while unit.kind != UnitKind.PROVINCE and unit.parent_id:
        unit = units[unit.parent_id]
    return unit
