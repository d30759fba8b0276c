"""What a rule looks at: the data of one procedure as plain values, and what is known around it (dữ liệu để rà)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from motcua.law.calendar import Calendar
from motcua.law.packs import Pack

from ..models import Channel

NATIONAL = 8  # signs of a code before the tail of the agency: "1.000123"


class Paper(NamedTuple):
    """A component (giấy tờ); `line` counts from 1, as the page shows it."""

    line: int
    case: str
    name: str
    originals: int | None
    copies: int | None
    form: str

    @property
    def place(self) -> str:
        return f"Giấy tờ {self.line}"


class Time(NamedTuple):
    """A term (thời hạn) of a channel and case."""

    line: int
    channel: str
    case: str
    amount: Decimal | None
    unit: str
    text: str

    @property
    def place(self) -> str:
        return f"Thời hạn {self.line}, {Channel(self.channel).label.lower()}"


class Charge(NamedTuple):
    """A fee or charge (phí, lệ phí), in đồng."""

    line: int
    channel: str
    case: str
    amount: Decimal | None
    text: str

    @property
    def place(self) -> str:
        return f"Phí, lệ phí {self.line}, {Channel(self.channel).label.lower()}"


class Basis(NamedTuple):
    """A legal basis (căn cứ pháp lý)."""

    line: int
    number: str
    name: str
    effective_on: date | None

    @property
    def place(self) -> str:
        return f"Căn cứ {self.line}"


@dataclass(frozen=True, slots=True)
class Record:
    """One procedure as published; `version` is the id of its text."""

    version: int
    code: str
    title: str
    kind: str = ""
    online: str = ""
    levels: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    decision: str = ""
    decided_on: date | None = None
    issuer: str = ""
    agency: str = ""
    authority: str = ""
    address: str = ""
    coordinating: str = ""
    sequence: str = ""
    papers: tuple[Paper, ...] = ()
    times: tuple[Time, ...] = ()
    charges: tuple[Charge, ...] = ()
    results: tuple[str, ...] = ()
    bases: tuple[Basis, ...] = ()

    @property
    def national(self) -> str:
        """The code of the central record (mã trên CSDLQG)."""
        return self.code[:NATIONAL]

    @property
    def is_local(self) -> bool:
        """Whether it is the text of a province, by the tail of its code (mã d.dddddd.….Hnn)."""
        return len(self.code) > NATIONAL


@dataclass(frozen=True, slots=True)
class Known:
    """What rules know beyond one procedure, on `day`.

    `central` are the central records by national code, None for one whose text has ended; `with_process` the codes
    with an internal process in force, `resolved` the amounts a resolution sets for a procedure. The three flags say
    whether the catalogue holds such data at all.
    """

    day: date
    pack: Pack
    calendar: Calendar
    central: Mapping[str, Record | None]
    with_process: frozenset[str]
    resolved: Mapping[str, frozenset[Decimal]]
    has_local: bool
    has_online: bool
    has_days: bool
