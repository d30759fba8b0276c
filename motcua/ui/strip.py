"""The ledger of a clock as cells, one a day, for ui/strip.html (dải ngày của thời hạn)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from motcua.law.calendar import day
from motcua.law.clock import Line, LineKind, Reading, State
from motcua.law.facts import Finished, ResultReturned
from motcua.law.ledger import slip

LATE = "late"
# What a day is, when several lines of the ledger speak of it: the first of these that does.
_RANK = (
    LineKind.ENDED,
    LineKind.DUE,
    LineKind.RESTART,
    LineKind.START,
    LineKind.PAUSED,
    LineKind.EXTENDED,
    LineKind.ROLLED,
    LineKind.COUNTED,
    LineKind.OFF,
)
_PLAIN = frozenset({LineKind.COUNTED, LineKind.OFF})


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the strip. `row` is the first line of the ledger that explains it, counted from 1."""

    date: date
    kind: str
    mark: str
    why: str
    source: str
    row: int
    noted: bool = False
    today: bool = False
    ahead: bool = False
    default: bool = False


def cells(reading: Reading) -> list[Cell]:
    """One cell for every day the ledger speaks of, and one for today when it is past due.

    The day explained before another is chosen is today while the clock runs late or waits, else the due day.
    """
    today = day(reading.now)
    found: dict[date, list[tuple[int, Line]]] = {}
    for row, line in enumerate(reading.ledger, start=1):
        for on in _covered(line, today):
            found.setdefault(on, []).append((row, line))
    strip = [_cell(on, lines, reading) for on, lines in sorted(found.items())]
    return strip + _overdue(strip, reading, today)


def _covered(line: Line, today: date) -> Iterable[date]:
    """The days of a line: a pause lasts many, a note belongs to none."""
    if line.kind is LineKind.NOTE:
        return
    last = line.day
    if line.kind is LineKind.PAUSED:
        last = max(line.day, day(line.to) if line.to else today)
    for offset in range((last - line.day).days + 1):
        yield line.day + timedelta(offset)


def _cell(on: date, lines: Sequence[tuple[int, Line]], reading: Reading) -> Cell:
    today, due = day(reading.now), day(reading.due) if reading.due else None
    _, chief = min(lines, key=lambda numbered: _RANK.index(numbered[1].kind))
    begins = chief.day == on
    waits = reading.state is State.PAUSED
    return Cell(
        date=on,
        kind=chief.kind.value,
        mark=_mark(chief, reading),
        why=". ".join(line.reason for _, line in lines),
        source="; ".join(
            dict.fromkeys(part for _, line in lines for part in line.source.split("; ") if part)
        ),
        row=lines[0][0],
        noted=begins and (chief.kind not in _PLAIN or (chief.kind is LineKind.OFF and on.weekday() < 5)),
        today=on == today,
        ahead=on > today and chief.kind is not LineKind.DUE,
        default=on == (today if waits else due) and not _late_now(reading, today),
    )


def _mark(line: Line, reading: Reading) -> str:
    match line.kind:
        case LineKind.COUNTED:
            return str(line.number or f"{line.minutes // 60}g{line.minutes % 60:02}")
        case LineKind.ENDED:
            return "xong" if isinstance(reading.ending, (Finished, ResultReturned)) else "đóng"
    return _MARKS[line.kind]


_MARKS = {
    LineKind.START: "nhận",
    LineKind.RESTART: "tính lại",
    LineKind.OFF: "nghỉ",
    LineKind.ROLLED: "chuyển",
    LineKind.EXTENDED: "hẹn lại",
    LineKind.PAUSED: "dừng",
    LineKind.DUE: "hạn",
}


def _late_now(reading: Reading, today: date) -> bool:
    return (
        reading.state is State.RUNNING
        and reading.late
        and reading.due is not None
        and day(reading.due) < today
    )


def _overdue(strip: Sequence[Cell], reading: Reading, today: date) -> list[Cell]:
    if not strip or reading.due is None or not _late_now(reading, today):
        return []
    why = f"Quá hạn kể từ {slip(reading.due)}"
    return [Cell(today, LATE, "quá hạn", why, "", strip[-1].row, noted=True, today=True, default=True)]
