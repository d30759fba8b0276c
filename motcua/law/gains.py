"""What a row more would bring: the points each indicator still has to give, and how dear each row is (điểm lấy lại)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from motcua.law.indicators import Indicator, Score


@dataclass(frozen=True, slots=True)
class Gain:
    """What one indicator of a unit could still bring.

    `each` is what one row more in the numerator brings, in points and unrounded; `rows` how many more earn the
    maximum; `lost` the points there are to win.
    """

    indicator: Indicator
    each: Fraction
    rows: int
    lost: Decimal

    def of(self, rows: int) -> Fraction:
        """The points of some rows more, no more than there are to win."""
        return min(self.each * rows, Fraction(self.lost))


def gains(score: Score, catalogue: tuple[Indicator, ...]) -> dict[str, Gain]:
    """What each indicator that is counted and scored by its ratio could still bring, by code."""
    found = {}
    for indicator in catalogue:
        part = score.components.get(indicator.code)
        if part is None or part.score is None or not part.d or part.n is None or part.ratio is None:
            continue
        if part.lost <= 0 or part.ratio >= indicator.target or score.level in indicator.fixed:
            continue
        each = Fraction(indicator.max) / (indicator.target * part.d)
        rows = ceil((indicator.target - part.ratio) * part.d)
        found[indicator.code] = Gain(indicator, each, rows, part.lost)
    return found


def kept(score: Score, catalogue: tuple[Indicator, ...], code: str) -> Fraction:
    """What one row less in the numerator of an indicator would cost, in points and unrounded."""
    part = score.components.get(code)
    indicator = next((i for i in catalogue if i.code == code), None)
    if indicator is None or part is None or part.score is None or not part.d or part.n is None:
        return Fraction(0)
    before, after = (
        min(Fraction(n, part.d) / indicator.target, Fraction(1)) for n in (part.n, max(part.n - 1, 0))
    )
    return Fraction(indicator.max) * (before - after)
