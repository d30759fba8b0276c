"""The rows of a form whose things are counted one by one, with what is declared beside them (dòng, kê khai)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from motcua.people.models import Unit

from . import declared, items
from .forms import Column, Form
from .items import Item, Section
from .models import DeclaredRow
from .rows import Row, within
from .spans import Reported

DECLARED = "ke-khai"


def rows(form: Form, unit: Unit, reported: Reported, at: datetime) -> list[Row]:
    """The whole, then each source with its rows, then what was declared. Raises BadPeriod."""
    inside = within(unit)
    found = items.sections(form, unit, inside, reported.window(at))
    told = declared.held(form, inside, reported, at)
    whole = items.cells(form, [(each.source, each.items) for each in found])
    made = [Row("total", "", "Tổng số", _added(whole, told))]
    grouped = len(found) > 1 or bool(form.declares)
    for number, section in enumerate(found, 1):
        made += _section(form, section, str(number) if grouped else "")
    return made + ([*_declared(form, told, str(len(found) + 1))] if form.declares else [])


def _added(cells: Mapping[int, int | None], told: list[DeclaredRow]) -> dict[int, int | None]:
    """Cells with what was declared; what nobody counted and nobody declared stays unknown."""
    found = dict(cells)
    for row in told:
        for no, count in row.cells_by_no.items():
            found[no] = (found[no] or 0) + count
    return found


def _section(form: Form, section: Section, group: str) -> Iterator[Row]:
    kept = {"nhom": section.key} if group else {}
    if group:
        cells = items.cells(form, [(section.source, section.items)])
        yield Row("group", group, section.source.label, cells, kept)
    for number, (line, own) in enumerate(section.lines.items(), 1):
        label = f"{group}.{number}" if group else str(number)
        cells = items.cells(form, [(section.source, own)])
        yield Row("row", label, line, cells, {**kept, "dong": line})


def _declared(form: Form, told: list[DeclaredRow], group: str) -> Iterator[Row]:
    nothing: dict[int, int | None] = {column.no: None for column in form.columns}
    if not told:
        yield Row("group", group, f"{form.declares}: chưa kê khai", nothing, declared={})
        return
    yield Row("group", group, form.declares, _added(nothing, told), declared={})
    for number, row in enumerate(told, 1):
        cells = {**nothing, **row.cells_by_no}
        yield Row("row", f"{group}.{number}", row.unit.name, cells, {"cua": row.unit.code}, row.told)


def behind(
    form: Form, no: int, unit: Unit, where: Mapping[str, str], reported: Reported, at: datetime
) -> tuple[list[Item], int]:
    """The items in a cell, and how many more of its count were declared. Raises KeyError for no such column."""
    column = form.column(no)
    standing = [line.item for line in lines(form, unit, reported, at) if line.fits(column, where)]
    told = declared.held(form, within(unit), reported, at) if not where else []
    return standing, sum(row.cells_by_no.get(no, 0) for row in told)


@dataclass(frozen=True, slots=True)
class Line:
    """One item with the source and the row it stands in."""

    group: str
    name: str
    item: Item

    def fits(self, column: Column, where: Mapping[str, str]) -> bool:
        """Whether it stands in a cell."""
        here = where.get("nhom", self.group) == self.group and where.get("dong", self.name) == self.name
        return here and items.stands(self.item, column)


def lines(form: Form, unit: Unit, reported: Reported, at: datetime) -> list[Line]:
    """Everything the form counts within a unit."""
    found = items.sections(form, unit, within(unit), reported.window(at))
    return [Line(each.key, name, item) for each in found for name, own in each.lines.items() for item in own]


def as_data(found: list[Line]) -> list[dict[str, Any]]:
    """What is kept of the items when a report is sent, so that its figures still open."""
    return [
        {**asdict(line.item), "sets": sorted(line.item.sets), "group": line.group, "name": line.name}
        for line in found
    ]


def of_data(kept: list[dict[str, Any]]) -> list[Line]:
    """The items as they were kept."""
    return [_line(**each) for each in kept]


def _line(group: str, name: str, sets: list[str], costs: list[int] | None, **told: Any) -> Line:
    return Line(group, name, Item(frozenset(sets), costs=(costs[0], costs[1]) if costs else None, **told))
