"""The procedures and internal processes behind form II.07b: who has which, at which level (danh mục, quy trình)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from motcua.catalogue.models import ProcessVersion, Status, Version
from motcua.people.models import Role, Unit, UnitKind

from ..tables import NAMED

LEVELS = ("province", "district", "commune")
_OWN_LEVEL = {UnitKind.DISTRICT: "district", UnitKind.COMMUNE: "commune"}
_AT_DESK = """definition @? '$.nodes[*] ? (@.role == "%s")'"""


class Pair(NamedTuple):
    """A procedure at a level: one of two levels stands in both columns (thủ tục ở một cấp)."""

    procedure: int
    level: str


@dataclass(frozen=True)
class Known:
    """What is in force on a day. `duties`: pairs by unit; `processes`: the units' processes by procedure.

    In `processes` None stands for a process common to all units; `desks` has those that begin at the desk.
    """

    duties: Mapping[int, frozenset[Pair]]
    processes: Mapping[int, frozenset[int | None]]
    desks: Mapping[int, frozenset[int | None]]
    kinds: Mapping[int | None, str]

    def pairs(self, name: str, unit: Unit) -> list[Pair]:
        """The pairs of one set ("desk_commune", or "desk" at every level) of a unit."""
        what, _, level = name.partition("_")
        found = [pair for pair in self.duties.get(unit.pk, ()) if not level or pair.level == level]
        if what == "desk":
            found = [pair for pair in found if self._has(self.desks, pair, unit)]
        elif what == "processes":
            found = [pair for pair in found if self._has(self.processes, pair, unit)]
        return sorted(found)

    def _has(self, held: Mapping[int, frozenset[int | None]], pair: Pair, unit: Unit) -> bool:
        """Whether a process counts for the pair: a common one, the unit's own, or for a province any of the level."""
        owners = held.get(pair.procedure, frozenset())
        if None in owners or unit.pk in owners:
            return True
        of_level = {self.kinds.get(owner, "province") for owner in owners}
        return unit.kind == UnitKind.PROVINCE and pair.level in of_level


def gather(day: date, levels: tuple[str, ...] = LEVELS) -> Known:
    """What is in force on a day, at the levels of a form."""
    force = Q(status=Status.PUBLISHED, valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    texts = {
        pk: (procedure, [level for level in (found or ["province"]) if level in levels])
        for pk, procedure, found in Version.objects.filter(force).values_list("pk", "procedure", "levels")
    }
    kinds: dict[int | None, str] = {
        pk: _OWN_LEVEL.get(UnitKind(kind), "province") for pk, kind in Unit.objects.values_list("pk", "kind")
    }
    issued = ProcessVersion.objects.filter(force)
    at_desk = issued.extra(where=[_AT_DESK % Role.RECEPTION.value])
    return Known(_duties(texts), _owners(issued), _owners(at_desk), kinds)


def _duties(texts: Mapping[int, tuple[int, list[str]]]) -> dict[int, frozenset[Pair]]:
    """Whose duty each text in force is, by the same rule as the measures."""
    alone = {pk: _OWN_LEVEL[UnitKind(kind)] for pk, kind in _local().items()}
    found: dict[int, set[Pair]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NAMED["duties"].live)
        for unit, version in cursor.fetchall():
            procedure, levels = texts.get(version, (0, []))
            own = [level for level in levels if alone.get(unit, level) == level]
            found.setdefault(unit, set()).update(Pair(procedure, level) for level in own)
    return {unit: frozenset(pairs) for unit, pairs in found.items()}


def _local() -> dict[int, str]:
    return dict(Unit.objects.filter(kind__in=_OWN_LEVEL).values_list("pk", "kind"))


def _owners(issued: object) -> dict[int, frozenset[int | None]]:
    found: dict[int, set[int | None]] = {}
    for procedure, unit in issued.values_list("procedure", "unit"):  # type: ignore[attr-defined]
        found.setdefault(procedure, set()).add(unit)
    return {procedure: frozenset(owners) for procedure, owners in found.items()}
