"""What a list is when it leaves the screen: columns with their kinds, rows read as they are needed, and its origin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from motcua.ui.templatetags import ui

Cell = str | int | float | Decimal | date | datetime | None
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file, and how many rows of a list it takes at most."""

    slug: str
    label: str
    most: int


# A sheet of 100.000 rows takes some 20 s and opens on an office computer. Typst holds a whole document in memory:
# 300 MB for 1.000 rows, 3 s, some 60 pages.
XLSX = Format("xlsx", "XLSX", 100_000)
PDF = Format("pdf", "PDF", 1_000)


class Kind(StrEnum):
    """What the cells of a column are. A code is text even where it looks like a number."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` in signs of a spreadsheet, which is its share of the width of a page too."""

    label: str
    kind: Kind = Kind.TEXT
    width: int = 18


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who takes a list out, for whom: `by` is "" for a visitor, `code` the unit's electronic identifier."""

    unit: str
    code: str = ""
    over: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list by what selects it. `keys` are all its rows in order, `read` gives the cells of some of them.

    So what was counted is what is written, and no more than CHUNK rows are held at once. `keys` may stop one
    beyond what the format takes. `name` is that of the file, `thing` what the rows are ("hồ sơ").
    """

    name: str
    title: str
    thing: str
    columns: Sequence[Column]
    keys: Sequence[Any]
    read: Callable[[Sequence[Any]], Iterable[Sequence[Cell]]]
    issuer: Issuer
    at: datetime
    period: str = ""
    filters: Sequence[tuple[str, str]] = ()
    origin: str = ""

    def rows(self) -> Iterator[Sequence[Cell]]:
        """The cells of every row, a chunk at a time."""
        for start in range(0, len(self.keys), CHUNK):
            yield from self.read(self.keys[start : start + CHUNK])

    @property
    def selected(self) -> str:
        """How many rows, of which period, by which filters."""
        told = [f"{label}: {value}" for label, value in self.filters if value]
        parts = [
            f"{ui.number(len(self.keys))} {self.thing}",
            *([f"Kỳ: {self.period}"] if self.period else []),
        ]
        return ". ".join([*parts, *(told or ["Không lọc"])]) + "."

    @property
    def made(self) -> str:
        """When it was computed, by whom, from what."""
        by = f" Người in: {self.issuer.by}." if self.issuer.by else ""
        origin = f" Nguồn: {self.origin}." if self.origin else ""
        return f"Tính lúc {ui.moment(self.at)}.{by}{origin}"
