"""What holds of what was declared."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from motcua.people.models import Unit

from ..periods import Period, Span
from .models import Declared


@dataclass(frozen=True, slots=True)
class Figure:
    """A declared figure of a period: one row, or those of all its months together."""

    numerator: int
    denominator: int
    rows: tuple[Declared, ...]

    @property
    def by(self) -> str:
        """Who answers for it."""
        return ", ".join(dict.fromkeys(row.by.full_name for row in self.rows))

    @property
    def pair(self) -> tuple[int, int]:
        return self.numerator, self.denominator


Figures = dict[tuple[int, str], Figure]


def figures(period: Period, indicators: Collection[str], at: datetime | None = None) -> Figures:
    """What is declared for a period, by id of the unit and indicator, as known `at` a moment, else now.

    A longer period without a figure of its own has the sum of its months where every month has one.
    """
    known = _held(indicators).filter(period__in=asked(period))
    return told(known.filter(at__lte=at) if at else known, period)


def asked(period: Period) -> set[str]:
    """The periods whose rows a figure of this one may stand on."""
    return {str(period), *(map(str, period.months))}


def told(rows: Iterable[Declared], period: Period) -> Figures:
    """The figures of a period that some rows say, newest first."""
    newest: dict[tuple[int, str, str], Declared] = {}
    for row in rows:
        newest.setdefault((row.unit_id, row.indicator, row.period), row)
    found = {(unit, code) for unit, code, _ in newest}
    figures = {key: _of(newest, *key, period) for key in found}
    return {key: figure for key, figure in figures.items() if figure}


def _of(newest: dict[tuple[int, str, str], Declared], unit: int, code: str, period: Period) -> Figure | None:
    own = newest.get((unit, code, str(period)))
    if own:
        return Figure(own.numerator, own.denominator, (own,))
    if period.span is Span.MONTH:
        return None
    rows = [row for month in period.months if (row := newest.get((unit, code, str(month))))]
    return _sum(rows) if len(rows) == len(period.months) else None


def _sum(rows: Iterable[Declared]) -> Figure:
    kept = tuple(rows)
    return Figure(sum(row.numerator for row in kept), sum(row.denominator for row in kept), kept)


def history(unit: Unit, indicator: str, period: str) -> QuerySet[Declared]:
    """Every row of one figure, the one that holds first."""
    return _held([indicator]).filter(unit=unit, period=period)


def every() -> QuerySet[Declared]:
    """Everything that was declared, newest first."""
    return Declared.objects.select_related("unit", "by").defer("file")


def _held(indicators: Collection[str]) -> QuerySet[Declared]:
    return Declared.objects.filter(indicator__in=indicators).select_related("by").defer("file")
