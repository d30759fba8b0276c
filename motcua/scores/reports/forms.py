"""A report form as the pack describes it: its columns, its merged heads, its identities (biểu báo cáo)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.law import packs
from motcua.law.packs import NotInForce

SUBJECT = "reports"
CODES = (
    *("II.01", "II.02", "II.03", "II.04", "II.05"),
    *("II.06a", "II.06b", "II.06c", "II.06d", "II.07a", "II.07b", "II.08"),
)
COUNT, SAVED = "count", "saved"
_IDENTITY = re.compile(r"(\d+)=(\d+(?:\+\d+)+)")

Cells = Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column (cột): its number in the form, its heads from the top down, and which rows stand in it, in words.

    A cell is a count, or for the kind SAVED the share of the yearly cost that is saved, in hundredths of a per cent.
    """

    no: int
    set: str
    heads: tuple[str, ...]
    words: str
    kind: str = COUNT


@dataclass(frozen=True, slots=True)
class Identity:
    """One column is the sum of others (đẳng thức giữa các cột)."""

    whole: int
    parts: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.whole}={'+'.join(map(str, self.parts))}"

    def holds(self, cells: Cells) -> bool:
        """Whether the cells keep it; where nothing is known there is nothing to keep."""
        told = [cells[part] for part in self.parts]
        whole = cells[self.whole]
        if whole is None or None in told:
            return whole is None and not any(told)
        return whole == sum(part or 0 for part in told)


@dataclass(frozen=True, slots=True)
class Head:
    """One cell of the heads: where it begins and how far it goes, counted from 0."""

    label: str
    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Form:
    """One form as it stands on a day (biểu mẫu). `since` tells its edition apart from an earlier one.

    `says` is its whole in a sentence, with the numbers of columns in braces; `below` the form, as URLs name it, in
    which the unit of a row is opened. `rows` are its rows where the form itself says so: by field or by unit.
    `sources` are what it counts one by one, else it counts dossiers, or procedures of the catalogue at `levels`.
    `declares` names what is counted elsewhere and may be declared, in the columns `declared`. `senders` are the kinds
    of unit that send it, None for all.
    """

    code: str
    since: date
    title: str
    unit: str
    head: tuple[str, ...]
    columns: tuple[Column, ...]
    identities: tuple[Identity, ...]
    source: str
    verified: bool
    identities_verified: bool
    note: str
    thing: str = ""
    says: str = ""
    below: str = ""
    rows: str = ""
    levels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    declares: str = ""
    declared: tuple[int, ...] = ()
    senders: tuple[str, ...] | None = None

    @property
    def slug(self) -> str:
        """As URLs name it: II.06a is ii-06a."""
        return self.code.lower().replace(".", "-")

    @property
    def name(self) -> str:
        return f"Biểu {self.code}/VPCP/KSTT"

    def sent_by(self, kind: str) -> bool:
        """Whether units of a kind send it."""
        return self.senders is None or kind in self.senders

    def column(self, no: int) -> Column:
        """Raises KeyError where the form has no such column."""
        found = [column for column in self.columns if column.no == no]
        if not found:
            raise KeyError(no)
        return found[0]

    def broken(self, cells: Cells) -> list[Identity]:
        """The identities that some cells do not keep."""
        return [identity for identity in self.identities if not identity.holds(cells)]


def on(code: str, day: date) -> Form:
    """A form in force on a day. Raises NotInForce."""
    pack = packs.on(SUBJECT, day)
    name, identities = f"form {code}", f"identities {code}"
    found: Any = pack[name]
    value = pack.values[name]
    return Form(
        code=code,
        since=value.since,
        title=found["title"],
        unit=found["unit"],
        head=tuple(found["head"]),
        columns=tuple(_column(each) for each in found["columns"]),
        identities=tuple(identity(text) for text in pack.get(identities, ())),
        source=str(value.reference),
        verified=value.verified,
        identities_verified=identities not in pack.values or pack.values[identities].verified,
        note=value.note,
        thing=found.get("thing", "hồ sơ"),
        says=found.get("says", ""),
        below=found.get("below", ""),
        rows=found.get("rows", ""),
        levels=tuple(found.get("levels", ())),
        sources=tuple(found.get("sources", ())),
        declares=found.get("declares", ""),
        declared=tuple(found.get("declared", ())),
        senders=tuple(found["senders"]) if "senders" in found else None,
    )


def every(day: date) -> list[Form]:
    """The forms in force on a day."""
    pack = packs.on(SUBJECT, day)
    return [on(code, day) for code in CODES if f"form {code}" in pack.values]


def named(slug: str, day: date) -> Form:
    """The form a URL names. Raises NotInForce."""
    for form in every(day):
        if form.slug == slug:
            return form
    raise NotInForce(f"không có biểu “{slug}” vào ngày {day:%d/%m/%Y}")


def identity(text: str) -> Identity:
    """Read "3=4+5+6". Raises ValueError."""
    found = _IDENTITY.fullmatch(text)
    if not found:
        raise ValueError(f"{text}: not an identity between columns")
    return Identity(int(found[1]), tuple(map(int, found[2].split("+"))))


def heads(form: Form) -> list[Head]:
    """The cells of the merged heads, row by row; the columns of `head` go through all rows."""
    paths: list[Sequence[str]] = [(label,) for label in form.head] + [c.heads for c in form.columns]
    return sorted(_merged(paths, 0, 0, depth(form)), key=lambda cell: (cell.row, cell.column))


def depth(form: Form) -> int:
    """How many rows the heads take."""
    return max(len(column.heads) for column in form.columns)


def _merged(paths: Sequence[Sequence[str]], row: int, first: int, rows: int) -> Iterable[Head]:
    """Neighbours with the same label become one cell; a label with nothing below it goes down to the last row."""
    start = 0
    while start < len(paths):
        label, end = paths[start][0], start + 1
        while end < len(paths) and paths[end][0] == label and len(paths[start]) > 1:
            end += 1
        group = [path[1:] for path in paths[start:end]]
        deeper = any(group)
        yield Head(label, row, first + start, 1 if deeper else rows - row, end - start)
        if deeper:
            yield from _merged(group, row + 1, first + start, rows)
        start = end


def _column(found: Mapping[str, Any]) -> Column:
    heads, kind = tuple(found["heads"]), found.get("kind", COUNT)
    return Column(found["no"], found["set"], heads, found["words"], kind)
