"""What a form counts one by one: where it comes from, how its rows and cells are made of it (nguồn của biểu).

A form names its sources in the pack. Those of this room and of the rooms below are here; a room above gives its own
through the setting REPORT_SOURCES (docs/adr/0017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings
from django.utils.module_loading import import_string

from motcua.catalogue.words import words
from motcua.law.indicators import round_half_up
from motcua.people.models import Unit

from ..periods import Window
from .forms import SAVED, Column, Form
from .rows import agency

_OWN = {
    "assessed": "motcua.scores.reports.drafted.ASSESSED",
    "weighed": "motcua.scores.reports.drafted.WEIGHED",
    "announced": "motcua.scores.reports.announced.ANNOUNCED",
    "reviewed": "motcua.scores.reports.reviewed.REVIEWED",
    "registered": "motcua.scores.reports.reviewed.REGISTERED",
    "remarks": "motcua.scores.reports.remarked.REMARKS",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is counted: the columns it stands in, and how a reader finds it.

    `unit` is the key of the unit that answers for it, None for the province; `line` the row it stands in, "" for that
    of its agency; `power` what one must hold to open `url`. `costs` are of a year, in đồng, before and after.
    """

    sets: frozenset[str]
    title: str
    about: str = ""
    unit: int | None = None
    line: str = ""
    url: str = ""
    power: str = ""
    costs: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where items come from: its name as the group of a form, and the columns it knows nothing about."""

    label: str
    gather: Callable[[Window], Iterable[Item]]
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one source within a unit, by the row they stand in."""

    key: str
    source: Source
    lines: Mapping[str, Sequence[Item]]

    @property
    def items(self) -> list[Item]:
        return [item for line in self.lines.values() for item in line]


def source(name: str) -> Source:
    """A source by its name in the pack. Raises KeyError."""
    found: Source = import_string((_OWN | settings.REPORT_SOURCES)[name])
    return found


def sections(form: Form, unit: Unit, inside: Mapping[int, Unit], window: Window) -> list[Section]:
    """What the form counts within a unit: the units `inside` it, and for the province what is nobody else's."""
    return [_section(name, source(name), unit, inside, window) for name in form.sources]


def _section(name: str, found: Source, unit: Unit, inside: Mapping[int, Unit], window: Window) -> Section:
    lines: dict[str, list[Item]] = {}
    for item in found.gather(window):
        owner = unit if item.unit is None and unit.parent_id is None else inside.get(item.unit or 0)
        if owner is not None:
            lines.setdefault(item.line or agency(owner).name, []).append(item)
    return Section(name, found, {line: lines[line] for line in sorted(lines, key=words)})


def cells(form: Form, found: Iterable[tuple[Source, Iterable[Item]]]) -> dict[int, int | None]:
    """The cells of a row: None where no source knows anything of a column."""
    told = [(source, list(items)) for source, items in found]
    return {column.no: _cell(column, told) for column in form.columns}


def _cell(column: Column, told: Iterable[tuple[Source, list[Item]]]) -> int | None:
    known = [items for source, items in told if column.set not in source.unknown]
    if not known:
        return None
    counted = [item for items in known for item in items if stands(item, column)]
    return saved(counted) if column.kind == SAVED else len(counted)


def stands(item: Item, column: Column) -> bool:
    """Whether an item stands in a column."""
    return item.costs is not None if column.kind == SAVED else column.set in item.sets


def saved(items: Iterable[Item]) -> int | None:
    """The share of the cost saved, in hundredths of a per cent; None where nothing cost anything."""
    pairs = [item.costs for item in items if item.costs]
    before = sum(pair[0] for pair in pairs)
    if not before:
        return None
    return int(round_half_up(Fraction(before - sum(pair[1] for pair in pairs), before) * 10_000, 0))
