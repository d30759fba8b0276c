"""The rows of a form whose things are counted one by one, with what is declared beside them (dòng, kê khai)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from motcua.people.models import Unit

from . import declared, items
from .forms import Form
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
    column, inside = form.column(no), within(unit)
    group, line = where.get("nhom"), where.get("dong")
    found = [
        item
        for section in items.sections(form, unit, inside, reported.window(at))
        for name, own in section.lines.items()
        for item in own
        if group in (None, section.key) and line in (None, name) and items.stands(item, column)
    ]
    told = [] if group or line else declared.held(form, inside, reported, at)
    return found, sum(row.cells_by_no.get(no, 0) for row in told)
