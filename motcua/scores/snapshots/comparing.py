"""A publication beside what is known now: which figures moved, and the dossiers that moved them (đối chiếu)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.dossiers.models import STREAM
from motcua.gateways.models import Delivery
from motcua.journal import log, seal
from motcua.law import indicators, offices
from motcua.people.models import Unit

from .. import marks, queries
from ..measures import MEASURES, SIDES, Side, Subject
from ..periods import Period
from ..queries import UnitIndex
from . import gathering
from .models import Snapshot

_CALENDARS = ("HoursDecided", "DayDecided", "DayCleared")
Pair = tuple[int, int] | None
Bits = tuple[tuple[str, Side], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a unit that is not what was published; points are None where nothing was scored."""

    unit: str
    unit_name: str
    code: str
    name: str
    was: Pair
    now: Pair
    was_points: Any
    now_points: Any

    @property
    def was_text(self) -> str:
        return _said(self.was)

    @property
    def now_text(self) -> str:
        return _said(self.now)


@dataclass(frozen=True, slots=True)
class Change:
    """A dossier or procedure that stands elsewhere: the sides it stood on and stands on now, by indicator."""

    code: str
    was: frozenset[tuple[str, str]]
    now: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Explained:
    """Dossiers that moved: those to which something happened after the count, and those to which nothing did."""

    explained: tuple[str, ...]
    unexplained: tuple[str, ...]


def differences(content: Mapping[str, Any], period: Period, at: datetime) -> list[Difference]:
    """The figures that differ from those published, unit by unit, as known now about the moment `at`."""
    return between(content, queries.index(period, at))


def between(content: Mapping[str, Any], entries: Sequence[UnitIndex]) -> list[Difference]:
    """The figures of a publication that differ from an index counted since."""
    then, found = {unit["code"]: unit for unit in content["units"]}, []
    known = {i.code: i.name_vi for i in indicators.catalogue(entries[0].score.day)} if entries else {}
    for entry in entries:
        unit = then.get(entry.unit.code, {"counts": {}, "components": {}})
        for code in MEASURES:
            was, now = _pair(unit["counts"].get(code)), entry.counts.get(code)
            if was != now:
                part = entry.score.components.get(code)
                points = indicators.number(part.score) if part and part.score is not None else None
                told = (entry.unit.code, entry.unit.name, code, known.get(code, ""))
                found.append(Difference(*told, was, now, unit["components"].get(code), points))
    return found


def changed(
    snapshot: Snapshot, period: Period, at: datetime, units: Iterable[int] | None = None
) -> list[Change]:
    """The dossiers that some units decide, or all, and that stand elsewhere than when it was published."""
    rows = snapshot.rows.all() if units is None else snapshot.rows.filter(unit__in=list(units))
    bits = gathering.bits(snapshot.content)
    then = {code: mask for row in rows for code, mask in gathering.unpacked(row.dossiers)}
    now = {code: mask for code, _, mask in marks.each(period.window(at), units)}
    found = (
        Change(code, _among(then.get(code, 0), bits, marks.BITS), _among(now.get(code, 0), marks.BITS, bits))
        for code in sorted(then.keys() | now.keys())
        if bits != marks.BITS or then.get(code, 0) != now.get(code, 0)
    )
    return [change for change in found if change.was != change.now]


def of_figure(snapshot: Snapshot, unit: Unit, code: str, period: Period, at: datetime) -> list[Change]:
    """The dossiers or procedures that moved one figure of one unit."""
    if MEASURES[code].subject is Subject.PROCEDURE:
        return _procedures(snapshot, unit, code, period, at)
    found = changed(snapshot, period, at, queries.under(unit))
    told = ((change, _of(change.was, code), _of(change.now, code)) for change in found)
    return [Change(change.code, was, now) for change, was, now in told if was != now]


def explained(codes: Sequence[str], *, until: int, since: datetime) -> Explained:
    """Which of some dossiers something was written down about after a count; a changed calendar reaches all."""
    entries = log.backwards(offices.STREAM, size=1000, about={})
    if any(entry.position > until and entry.kind in _CALENDARS for entry in entries):
        return Explained(tuple(codes), ())
    moved = {stream.removeprefix(STREAM) for stream in seal.later((STREAM + code for code in codes), until)}
    sent = Delivery.objects.filter(at__gte=since).values_list("key", flat=True)
    moved |= {key.partition("#")[0] for key in sent}
    return Explained(
        tuple(code for code in codes if code in moved), tuple(code for code in codes if code not in moved)
    )


def _procedures(snapshot: Snapshot, unit: Unit, code: str, period: Period, at: datetime) -> list[Change]:
    scope = unit
    while MEASURES[code].province_only and scope.parent:
        scope = scope.parent
    row = snapshot.rows.filter(unit=scope).first()
    then = gathering.unpacked(row.procedures).get(code, {}) if row else {}
    now = gathering.of_procedures(period.window(at)).get((scope.pk, code), {})
    was, become = (
        {key: frozenset((code, side) for side in SIDES if key in sides.get(side, ())) for key in _keys(sides)}
        for sides in (then, now)
    )
    nowhere: frozenset[tuple[str, str]] = frozenset()
    return [
        Change(key, was.get(key, nowhere), become.get(key, nowhere))
        for key in sorted(was.keys() | become.keys())
        if was.get(key) != become.get(key)
    ]


def _among(mask: int, bits: Bits, others: Bits) -> frozenset[tuple[str, str]]:
    """What a mask stands on of the sides that are measured both then and now."""
    return frozenset(marks.sides(mask, bits)) & frozenset(others)


def _keys(sides: Mapping[Any, Iterable[str]]) -> set[str]:
    return {key for keys in sides.values() for key in keys}


def _of(sides: frozenset[tuple[str, str]], code: str) -> frozenset[tuple[str, str]]:
    return frozenset(side for side in sides if side[0] == code)


def _pair(written: Sequence[int] | None) -> Pair:
    return (written[0], written[1]) if written else None


def _said(pair: Pair) -> str:
    return f"{pair[0]}/{pair[1]}" if pair else "chưa đo"
