"""What a pack is made of: parts with a sentence, tables and the moment they were counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from motcua.law.calendar import at as moment
from motcua.law.calendar import day
from motcua.people.models import Officer, Unit, UnitKind
from motcua.scores.periods import INSTANT
from motcua.ui.templatetags import ui


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: a unit on a day, today at the latest; `now` is the moment the pack is made, for a reader."""

    unit: Unit
    meets: date
    now: datetime
    reader: Officer

    @property
    def on(self) -> date:
        """The day figures stand for."""
        return min(self.meets, day(self.now))

    @property
    def at(self) -> datetime:
        """The moment figures are counted at: now, or the end of a day that is over."""
        return min(self.now, moment(self.on + timedelta(days=1), time.min) - INSTANT)

    @property
    def whole(self) -> bool:
        return self.unit.kind == UnitKind.PROVINCE

    @property
    def counted(self) -> str:
        """When the figures of a part were counted."""
        return f"Số liệu đến {ui.moment(self.at)}"

    @property
    def standing(self) -> str:
        """The same of what is only known as it stands now."""
        return f"Theo hiện trạng lúc {ui.moment(self.now)}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, its share of the width, and whether it holds figures."""

    label: str
    width: float = 1
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows, of `whole` in all; `url` the page that has them all."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    whole: int = 0
    url: str = ""
    label: str = ""
    thing: str = "dòng"

    @property
    def more(self) -> str:
        """How many more there are."""
        left = self.whole - len(self.rows)
        return f"và {ui.number(left)} {self.thing} nữa" if left > 0 else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pack (phần của tài liệu họp): `said` is what to know of it, `counted` when it was counted."""

    key: str
    title: str
    said: str
    counted: str
    url: str = ""
    tables: Sequence[Table] = field(default_factory=tuple)

    def as_data(self, host: str) -> dict[str, Any]:
        """As the layout takes it, addresses with their host."""
        return {
            "title": self.title,
            "said": self.said,
            "counted": self.counted,
            "url": host + self.url if self.url else "",
            "tables": [_told(table, host) for table in self.tables],
        }


def _told(table: Table, host: str) -> dict[str, Any]:
    return {
        "label": table.label,
        "columns": [{"label": c.label, "width": c.width, "right": c.right} for c in table.columns],
        "rows": [list(row) for row in table.rows],
        "more": table.more,
        "url": host + table.url if table.url else "",
    }
