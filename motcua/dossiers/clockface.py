"""The clock of a dossier as a page shows it: at a glance, and day by day with reasons.

Nothing is decided here and nothing is asked of the database: everything shown was read or folded before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from motcua.law.calendar import Calendar, Why, day
from motcua.law.clock import Line, LineKind, Reading, Status, TimeLimit, Unit
from motcua.law.facts import ReceptionRefused, Stopped, Withdrawn
from motcua.law.lifecycle import State
from motcua.ui.templatetags import ui

from .models import Dossier, Task

LONGEST_STRIP = 63  # days: nine weeks fit a screen; the ledger below always holds them all
_ENDINGS = {Stopped: "stopped", Withdrawn: "withdrawn", ReceptionRefused: "refused"}
# The kind of the day's cell, by the kinds of its lines: the first found tells.
_CELLS = (
    (LineKind.DUE, "due"),
    (LineKind.RESTART, "restart"),
    (LineKind.START, "start"),
    (LineKind.PAUSED, "paused"),
    (LineKind.COUNTED, "working"),
    (LineKind.EXTENDED, "working"),
    (LineKind.ROLLED, "working"),
    (LineKind.OFF, "off"),
)
_WORDS = {
    "start": "Ngày tiếp nhận",
    "working": "Có tính",
    "off": "Ngày nghỉ",
    "paused": "Tạm dừng",
    "restart": "Tính lại từ đầu",
    "due": "Ngày hết hạn",
    "late": "Quá hạn",
    "ahead": "Chưa tới",
}


def clock(reading: Reading) -> dict[str, Any]:
    """The clock of a dossier, for ui/clock.html."""
    state = _ENDINGS.get(type(reading.ending), reading.status.value)
    paused = state == Status.PAUSED
    told = state not in ("on_time", "stopped", "withdrawn", "refused") and not paused
    whole = (
        reading.calendar.working_minutes(reading.started, reading.due)
        if reading.started and reading.due
        else 0
    )
    return {
        "state": state,
        "minutes": reading.left_minutes if told else None,
        "since": reading.paused if paused else None,
        "spent": _spent(reading.left_minutes, whole)
        if state in ("running", "soon", "overdue", "paused")
        else None,
        "due": reading.due,
    }


def task_clock(task: Task, calendar: Calendar, at: datetime, near_minutes: int) -> dict[str, Any]:
    """The clock of a row of the worklist at `at`, from what is cached of its dossier."""
    dossier, due = task.dossier, task.dossier_due_at
    if task.waiting:
        return {"state": "paused", "since": dossier.paused_at or task.since}
    if dossier.state == State.DONE:
        return _ended(dossier, calendar)
    if due is None:
        return {"state": "none"}
    left = calendar.working_minutes(at, due)
    begun = dossier.accepted_at or dossier.filed_at
    spent = _spent(left, _whole(dossier, calendar) or calendar.working_minutes(begun, due))
    state = "overdue" if at > due else "soon" if left <= near_minutes else "running"
    if dossier.state == State.REGISTERED and state != "overdue":
        state = "waiting"
    return {"state": state, "minutes": left, "spent": spent, "due": due}


def days(reading: Reading) -> list[dict[str, Any]]:
    """The clock day by day, for ui/strip.html and ui/ledger.html: one entry a day, each with reason and source."""
    told = day(reading.measured), day(reading.now)
    lines = sorted(_spread(reading.ledger, day(reading.ended or reading.now)), key=lambda entry: entry[0])
    found = [
        _cell(on, [line for _, line in group], *told) for on, group in groupby(lines, lambda entry: entry[0])
    ]
    found = sorted([*found, *_late(reading, found)], key=lambda cell: cell["date"])
    for cell in found:
        cell["default"] = cell["kind"] == "due"
    return found


def strip(cells: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The days that fit a strip: all, or the weeks around the last one that has come."""
    if len(cells) <= LONGEST_STRIP:
        return cells
    come = max((i for i, cell in enumerate(cells) if cell["kind"] != "ahead"), default=0)
    first = max(0, min(come - LONGEST_STRIP * 2 // 3, len(cells) - LONGEST_STRIP))
    return cells[first : first + LONGEST_STRIP]


def _ended(dossier: Dossier, calendar: Calendar) -> dict[str, Any]:
    due, ended = dossier.due_at, dossier.ended_at
    if due is None or ended is None:
        return {"state": "none"}
    if ended > due:
        return {"state": "late", "minutes": calendar.working_minutes(ended, due)}
    return {"state": "early" if day(ended) < day(due) else "on_time"}


def _whole(dossier: Dossier, calendar: Calendar) -> int:
    """The term in working minutes, 0 when only a calendar tells."""
    limit = TimeLimit.parse(dossier.limit) if dossier.limit else None
    if limit is None or limit.unit not in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
        return 0
    return int(limit.amount * (calendar.day_minutes if limit.unit is Unit.WORKING_DAYS else 60))


def _spent(left: int | None, whole: int) -> float | None:
    return None if left is None or whole <= 0 else min(1.0, max(0.0, 1 - left / whole))


def _spread(lines: Iterable[Line], last: date) -> Iterator[tuple[date, Line]]:
    """Each line with its day; a pause with every day it lasted."""
    for line in lines:
        until = day(line.to) if line.to else last
        length = (until - line.day).days if line.kind is LineKind.PAUSED else 0
        for offset in range(max(length, 0) + 1):
            yield line.day + timedelta(offset), line


def _cell(on: date, lines: Sequence[Line], measured: date, today: date) -> dict[str, Any]:
    kinds = {line.kind for line in lines}
    kind = next((cell for line_kind, cell in _CELLS if line_kind in kinds), "working")
    if kind == "working" and on > measured:
        kind = "ahead"
    return {
        "date": on,
        "kind": kind,
        "count": next((line.number for line in lines if line.number), None),
        "note": "; ".join(filter(None, (_heading(on, line) for line in lines))),
        "why": ". ".join(line.reason for line in lines),
        "source": "; ".join(dict.fromkeys(line.source for line in lines if line.source)),
        "today": on == today,
        "mark": "xong" if LineKind.ENDED in kinds else "",
        "word": _WORDS[kind],
    }


def _heading(on: date, line: Line) -> str:
    match line.kind:
        case LineKind.START:
            return f"Tiếp nhận lúc {ui.hour(line.from_)}"
        case LineKind.RESTART:
            return f"Nhận đủ hồ sơ lúc {ui.hour(line.from_)}"
        case LineKind.PAUSED:
            return f"Tạm dừng từ {ui.hour(line.from_)}" if on == line.day else ""
        case LineKind.DUE:
            return f"Hạn trả {ui.hour(line.to)}"
        case LineKind.ENDED:
            return f"{line.reason} lúc {ui.hour(line.from_)}"
    return ""


def _late(reading: Reading, cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days from the due one to the end, or to today, that no line of the ledger speaks of."""
    if not reading.due or not reading.late:
        return []
    due, known = day(reading.due), {cell["date"]: cell for cell in cells}
    found, over = [], 0
    for offset in range(1, (day(reading.measured) - due).days + 1):
        on = due + timedelta(offset)
        off = reading.calendar.why_off(on)
        over += off is None
        late = _late_cell(on, off, over) | {"today": on == day(reading.now)}
        if on in known:
            known[on] |= late | {"note": known[on]["note"], "mark": known[on]["mark"]}
        else:
            found.append(late)
    return found


def _late_cell(on: date, off: Why | None, over: int) -> dict[str, Any]:
    if off:
        return {
            "date": on,
            "kind": "off",
            "why": f"{off.reason}: không tính",
            "source": off.source,
            "word": _WORDS["off"],
        }
    why = f"Quá hạn ngày làm việc thứ {over}"
    return {"date": on, "kind": "late", "why": why, "source": "", "mark": f"+{over}", "word": _WORDS["late"]}
