"""What to do today so that a unit's score rises, or does not fall: the dossiers worth most (việc làm ngay)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection

from motcua.dossiers.models import Dossier, Task
from motcua.law import gains, indicators
from motcua.law.calendar import at as moment_at
from motcua.law.calendar import day

from . import fresh, queries
from .asked import Asked
from .periods import Window
from .queries import UnitIndex

SHOWN = 10
# What can still be done about an open dossier that falls short, by indicator: the condition and the deed.
DEEDS = {
    "3.6": ("dossier.paid = 0", "mời nộp phí trực tuyến"),
    "4.1": ("TRUE", "trả kết quả điện tử"),
    "4.2": ("dossier.digitised", "trả kết quả điện tử"),
}
HOLD = ("2.1", "5.4")


@dataclass(frozen=True)
class Work:
    """One dossier to treat: the points it brings or keeps, what to do, and with whom it is."""

    dossier: Dossier
    points: Fraction
    deeds: tuple[str, ...]
    holder: str


@dataclass(frozen=True)
class Todo:
    """What can be won and kept: dossiers due by the end of today and what losing them would cost; the best ones."""

    due: int
    at_stake: Fraction
    open: int
    winnable: Fraction
    rows: tuple[tuple[int, float, tuple[str, ...]], ...]

    def works(self) -> list[Work]:
        """The best dossiers with who has them."""
        keys = [key for key, _, _ in self.rows]
        found = (
            Dossier.objects.select_related("version", "deciding_unit")
            .defer("words", "version__sequence")
            .in_bulk(keys)
        )
        tasks = Task.objects.filter(dossier__in=keys).select_related("officer", "unit").order_by("since")
        held = {task.dossier_id: _holder(task) for task in tasks}
        return [
            Work(found[key], Fraction(points), deeds, held.get(key, ""))
            for key, points, deeds in self.rows
            if key in found
        ]


def of(asked: Asked, entry: UnitIndex) -> Todo | None:
    """The work of a unit in a period that still runs; None once it is over."""
    if asked.window.closed or asked.until:
        return None
    found = fresh.kept(
        f"todo {entry.unit.code}", asked, lambda at: _counted(entry, asked.period.window(at), at)
    )
    due, stake, many, winnable, rows = found.data
    return Todo(due, Fraction(stake), many, Fraction(winnable), tuple((k, p, tuple(d)) for k, p, d in rows))


def worths(entry: UnitIndex) -> Mapping[str, Fraction]:
    """What one more dossier brings, by indicator one can still do something about; what one less costs."""
    catalogue = indicators.catalogue(entry.score.day)
    won = gains.gains(entry.score, catalogue)
    told = {code: won[code].each for code in DEEDS if code in won}
    return told | {code: gains.kept(entry.score, catalogue, code) for code in HOLD}


def _counted(entry: UnitIndex, window: Window, at: datetime) -> list[Any]:
    # With it comes Ibis, which takes a second to import.
    from . import live, marks

    bound, points = live.bound(window), worths(entry)
    tonight = moment_at(day(at) + timedelta(days=1), time.min)
    risk = 'marks."n 2.1" AND dossier.due_at < %s AND dossier.paused_at IS NULL'
    wins = {
        code: f'marks."d {code}" AND NOT coalesce(marks."n {code}", FALSE) AND {condition}'
        for code, (condition, _) in DEEDS.items()
        if code in points
    }
    holds = {code: f'coalesce(marks."n {code}", FALSE) AND {risk}' for code in HOLD}
    statement = marks.statement()
    columns = ", ".join(f"({condition}) IS TRUE" for condition in (*wins.values(), *holds.values()))
    values = [tonight] * len(holds)
    sql = (
        f"SELECT marks.id, dossier.due_at, {columns} FROM ({statement.sql}) AS marks"
        " JOIN dossiers_dossier dossier ON dossier.id = marks.id"
        " WHERE dossier.ended_at IS NULL AND marks.unit = ANY(%s)"
    )
    with connection.cursor() as cursor:
        # What is chosen stands before what it is chosen from.
        cursor.execute(sql, [*values, *statement.args(bound), queries.under(entry.unit)])
        rows = cursor.fetchall()
    return _summed(rows, list(wins), list(holds), points)


def _summed(rows: list[Any], wins: list[str], holds: list[str], points: Mapping[str, Fraction]) -> list[Any]:
    codes, best, due, stake, winnable = [*wins, *holds], [], 0, Fraction(0), Fraction(0)
    for key, due_at, *flags in rows:
        stands = [code for code, flag in zip(codes, flags, strict=True) if flag]
        won = sum((points[code] for code in stands if code in wins), Fraction(0))
        kept = sum((points[code] for code in stands if code in holds), Fraction(0))
        due, stake, winnable = due + (HOLD[0] in stands), stake + kept, winnable + won
        if won + kept:
            best.append((won + kept, due_at, key, stands))
    best.sort(key=lambda each: (-each[0], each[1] is None, each[1], each[2]))
    shown = [[key, float(worth), _deeds(stands)] for worth, _, key, stands in best[:SHOWN]]
    return [due, str(stake), len(rows), str(winnable), shown]


def _deeds(stands: list[str]) -> list[str]:
    said = ["xong trong hôm nay để không quá hạn"] if HOLD[0] in stands else []
    return [*said, *dict.fromkeys(DEEDS[code][1] for code in stands if code in DEEDS)]


def _holder(task: Task) -> str:
    who = task.officer.full_name if task.officer else task.unit.name
    return f"{task.name}: {who}"
