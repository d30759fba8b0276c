"""A report form filled in: its rows with their cells, for one unit and all below it (biểu đã có số liệu)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from motcua.catalogue.words import words
from motcua.people.models import Unit

from ..periods import Window
from . import counted
from .forms import Form, Identity
from .rows import PARTS, Row, agency, letter, within
from .spans import Reported

if TYPE_CHECKING:
    from . import procedures  # with it comes Ibis, which takes a second to import
    from .procedures import Pair

GROUPS = {
    "A": "Thủ tục hành chính cấp tỉnh",
    "B": "Thủ tục hành chính cấp huyện",
    "C": "Thủ tục hành chính cấp xã",
}
UNKNOWN = "Chưa ghi lĩnh vực"
OF_PROCEDURES = frozenset({"II.07a", "II.07b"})
BY_FIELD, BY_UNIT = "linh-vuc", "don-vi"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form filled in for a unit and a period, as known at a moment."""

    form: Form
    unit: Unit
    reported: Reported
    window: Window
    at: datetime
    rows: tuple[Row, ...]

    @property
    def whole(self) -> Row:
        return self.rows[0]

    @property
    def broken(self) -> list[tuple[Row, Identity]]:
        """Every row that does not keep an identity of the form."""
        return [(row, wrong) for row in self.rows for wrong in self.form.broken(row.cells)]


@dataclass(frozen=True, slots=True)
class Place:
    """Which dossiers a cell is of: those of `units`, and of one `field` unless it is None."""

    units: tuple[int, ...]
    field: str | None


def fill(form: Form, unit: Unit, reported: Reported, at: datetime, by: str = BY_FIELD) -> Sheet:
    """The form for a unit with everything below it. Raises BadPeriod before the period begins."""
    window = reported.window(at)
    if form.sources:
        rows = counted.rows(form, unit, reported, at)
    elif of_procedures(form):
        rows = _of_catalogue(form, unit, window)
    else:
        rows = _of_dossiers(form, unit, window, form.rows or by)
    return Sheet(form, unit, reported, window, at, tuple(rows))


def of_procedures(form: Form) -> bool:
    """Whether the form counts procedures, else dossiers."""
    return form.code in OF_PROCEDURES


def place(unit: Unit, where: Mapping[str, str]) -> Place:
    """The dossiers of a row, as its `where` names them within a unit; nothing for what is not there."""
    inside = within(unit)
    if group := where.get("nhom"):
        inside = {pk: each for pk, each in inside.items() if letter(agency(each)) == group}
    if code := where.get("cua"):
        inside = {pk: each for pk, each in inside.items() if agency(each).code == code}
    subject = where.get("linh-vuc")
    # PostgreSQL takes no NUL sign.
    return Place(tuple(inside), None if subject is None else subject.replace("\0", ""))


def _of_dossiers(form: Form, unit: Unit, window: Window, by: str) -> list[Row]:
    from . import sets

    inside = within(unit)
    names = [column.set for column in form.columns]
    groups: dict[str, dict[str, list[dict[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for pk, subject, counts in sets.tallies(names, inside, window):
        home = agency(inside[pk])
        groups[letter(home)][home.code if by == BY_UNIT else subject].append(counts)
    units = {each.code: each.name for each in inside.values()}
    rows = [_row(form, "total", "", "Tổng số", [c for g in groups.values() for k in g.values() for c in k])]
    for key in sorted(groups):
        below = groups[key]
        rows.append(
            _row(form, "group", key, GROUPS[key], [c for k in below.values() for c in k], {"nhom": key})
        )
        for number, name in enumerate(sorted(below, key=words), 1):
            label = units[name] if by == BY_UNIT else name or UNKNOWN
            asked = {"nhom": key, "cua" if by == BY_UNIT else "linh-vuc": name}
            rows.append(_row(form, "row", str(number), label, below[name], asked))
    return rows


def _row(
    form: Form,
    kind: str,
    number: str,
    label: str,
    counts: Iterable[Mapping[str, int]],
    where: Mapping[str, str] | None = None,
) -> Row:
    cells = dict.fromkeys((column.no for column in form.columns), 0)
    for each in counts:
        for column in form.columns:
            cells[column.no] += each[column.set]
    return Row(kind, number, label, cells, where or {})


def _of_catalogue(form: Form, unit: Unit, window: Window) -> list[Row]:
    from . import procedures

    known = procedures.gather(window.last, levels(form))
    rows = [_counted(form, known, unit, "total", "", "Tổng số")]
    below = [
        each
        for each in within(unit).values()
        if each.pk != unit.pk and each.kind not in PARTS and _exists(each, window)
    ]
    below.sort(key=lambda each: (letter(each), each.code))
    counted = (_counted(form, known, each, "row", "", each.name) for each in below)
    # A department nobody named in an announced text is not known to have none.
    told = (row for row in counted if row.cells[form.columns[0].no])
    return rows + [replace(row, number=str(number)) for number, row in enumerate(told, 1)]


def levels(form: Form) -> tuple[str, ...]:
    """The levels the form says it counts, or has columns for."""
    if form.levels:
        return form.levels
    found = (column.set.partition("_")[2] for column in form.columns)
    return tuple(dict.fromkeys(level for level in found if level))


def _counted(form: Form, known: procedures.Known, unit: Unit, kind: str, number: str, label: str) -> Row:
    cells = {column.no: len(known.pairs(column.set, unit)) for column in form.columns}
    return Row(kind, number, label, cells, {"cua": unit.code} if kind == "row" else {})


def _exists(unit: Unit, window: Window) -> bool:
    return unit.valid_from <= window.last and (unit.valid_to is None or unit.valid_to > window.last)


def pairs(form: Form, unit: Unit, no: int, window: Window) -> Sequence[Pair]:
    """The procedures behind a cell of a form of the catalogue, each with its level."""
    from . import procedures

    return procedures.gather(window.last, levels(form)).pairs(form.column(no).set, unit)


def as_data(sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain data: what is frozen when it is sent, set in type and put in a spreadsheet."""
    form, reported = sheet.form, sheet.reported
    return {
        "code": form.code,
        "name": form.name,
        "since": form.since.isoformat(),
        "title": form.title,
        "measure": form.unit,
        "source": form.source,
        "verified": form.verified,
        "head": list(form.head),
        "columns": [
            {"no": c.no, "heads": list(c.heads), "words": c.words, "set": c.set, "kind": c.kind}
            for c in form.columns
        ],
        "identities": [str(each) for each in form.identities],
        "unit": {"code": sheet.unit.code, "name": sheet.unit.name, "identity": sheet.unit.agency_code},
        "receiver": receiver(sheet.unit),
        "period": str(reported),
        "label": reported.label,
        "first": reported.first.isoformat(),
        "last": reported.last.isoformat(),
        "due": reported.due.isoformat(),
        "at": sheet.at.isoformat(),
        "rows": [
            {
                "kind": row.kind,
                "number": row.number,
                "label": row.label,
                "where": dict(row.where),
                "cells": [row.cells[column.no] for column in form.columns],
                **({} if row.declared is None else {"declared": dict(row.declared)}),
            }
            for row in sheet.rows
        ],
    }


def receiver(unit: Unit) -> str:
    """Đơn vị nhận báo cáo."""
    return unit.parent.name if unit.parent else "Văn phòng Chính phủ"
