"""One row of a form that is filled in, and the units a form is filled in for (dòng của biểu, đơn vị)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motcua.people import access
from motcua.people.models import Unit, UnitKind
from motcua.people.queries import every_unit

LETTERS = {UnitKind.DISTRICT: "B", UnitKind.COMMUNE: "C"}
PARTS = (UnitKind.CENTRE, UnitKind.DIVISION)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the whole, a group, or a field or unit of it. `where` is how a URL asks for its rows.

    None in a cell is what nobody knows. `declared` tells who answers for a row that nothing here was counted for,
    and is empty while nobody does.
    """

    kind: str
    number: str
    label: str
    cells: Mapping[int, int | None]
    where: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Any] | None = None


def agency(unit: Unit) -> Unit:
    """The agency a unit is part of: a division or centre counts for the one above it."""
    while unit.kind in PARTS and unit.parent is not None:
        unit = unit.parent
    return unit


def letter(unit: Unit) -> str:
    """The group of a form an agency stands in."""
    return LETTERS.get(UnitKind(unit.kind), "A")


def within(unit: Unit) -> dict[int, Unit]:
    """A unit and all below it, each knowing its parent."""
    found = every_unit()
    return {pk: each for pk, each in found.items() if any(up.pk == unit.pk for up in access.line(each))}
