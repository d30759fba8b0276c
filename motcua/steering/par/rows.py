"""From the facts of a sheet to its row and its lines (bản sao để liệt kê)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from motcua.law import par
from motcua.law.indicators import round_half_up
from motcua.law.par import CriteriaSet
from motcua.law.par_round import Sheet

from .models import ParLine, ParSheet


def of(row: ParSheet, sheet: Sheet, criteria: CriteriaSet) -> tuple[dict[str, Any], list[ParLine]]:
    """The columns that facts can change, and the lines of the leaves."""
    result = sheet.result(criteria)
    lines = [_line(row, c.code, result.criteria[c.code]) for c in criteria.leaves]
    owed = {c.code for c in criteria.leaves if not c.extra}
    lacking = [line for line in lines if line.criterion in owed and line.points is None and line.applies]
    return {
        "points": _kept(result.points),
        "max": _kept(result.max),
        "extra": _kept(result.extra),
        "percent": result.percent,
        "lacking": len(lacking),
    }, lines


def _line(row: ParSheet, code: str, points: par.Points) -> ParLine:
    given = None if points.points is None else _kept(points.points)
    return ParLine(sheet=row, criterion=code, points=given, lost=_kept(points.lost), applies=points.applies)


def _kept(value: Fraction) -> Decimal:
    size = round_half_up(abs(value), par.INSIDE)
    return -size if value < 0 else size
