"""How far a rank can be trusted: small units beside large ones (so sánh công bằng).

A share of few rows moves by chance. Each ratio is pulled towards that of its peers, the more the fewer rows it
stands on and the more alike the peers are (Bayes thực nghiệm, mô hình beta-nhị thức; the strength of the pull by
the moments of Kleinman 1973). What is left of doubt gives every total an interval, and every rank a range: the
places a unit could hold when units whose intervals overlap cannot be told apart. The score itself is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from motcua.law.indicators import Component, Indicator

# Half the width of an interval that holds nine times in ten, in standard deviations.
NINE_IN_TEN = 1.645
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of a ratio before its own rows: the peers' `mean`, worth as much as `strength` rows."""

    mean: float
    strength: float

    def shrunk(self, pair: Pair) -> float:
        """The ratio of a unit pulled towards its peers' (tỷ lệ đã hiệu chỉnh)."""
        n, d = pair
        weight = d + self.strength
        return (n + self.strength * self.mean) / weight if weight else self.mean

    def doubt(self, pair: Pair) -> float:
        """The standard deviation of what the ratio could really be."""
        likely = self.shrunk(pair)
        return sqrt(max(likely * (1 - likely), 0.0) / (pair[1] + self.strength + 1))


@dataclass(frozen=True, slots=True)
class Fair:
    """A unit's total from shrunk ratios, its interval in points, and the places it could hold."""

    total: float
    low: float
    high: float
    best: int
    worst: int


def prior(pairs: Sequence[Pair]) -> Prior:
    """The prior of peers from their numerators and denominators; peers without rows say nothing.

    Where they differ by no more than chance would make them, it is worth all their rows together, and never more.
    """
    told = [(n, d) for n, d in pairs if d]
    rows = sum(d for _, d in told)
    if not rows:
        return Prior(0.0, 0.0)
    mean = sum(n for n, _ in told) / rows
    by_chance = mean * (1 - mean)
    spread = sum(d * (n / d - mean) ** 2 for n, d in told) - by_chance * (len(told) - 1)
    room = by_chance * (rows - sum(d * d for _, d in told) / rows - (len(told) - 1))
    alike = spread / room if room > 0 else 0.0
    strength = (1 - alike) / alike if 0 < alike < 1 else 0.0 if alike >= 1 else float(rows)
    return Prior(mean, min(strength, float(rows)))


def fair(units: Mapping[str, Mapping[str, Component]], catalogue: Iterable[Indicator]) -> dict[str, Fair]:
    """The fair view of units of one level, by name, from the components of their scores.

    The doubts of indicators are added as if one knew nothing of another; points set without counts are certain.
    """
    totals: dict[str, tuple[float, float]] = dict.fromkeys(units, (0.0, 0.0))
    for indicator in catalogue:
        parts = {name: found for name, each in units.items() if (found := each.get(indicator.code))}
        pairs = {name: pair for name, part in parts.items() if (pair := _pair(part, indicator))}
        # A figure all share, as those of a province, tells none of them apart.
        known = prior(list(pairs.values())) if len(set(pairs.values())) > 1 else None
        for name, part in parts.items():
            points, doubt = _points(part, indicator, pairs.get(name), known)
            total, square = totals[name]
            totals[name] = (total + points, square + doubt * doubt)
    spans = {name: (total, NINE_IN_TEN * sqrt(square)) for name, (total, square) in totals.items()}
    return {name: _placed(name, spans) for name in spans}


def _pair(part: Component, indicator: Indicator) -> Pair | None:
    """The counts of a component whose points follow from its ratio; None where they are set otherwise."""
    if part.score is None or indicator.informative or part.n is None or not part.d:
        return None
    fixed_at_zero = part.n > 0 and not part.score and part.n * 1000 > part.d
    return None if fixed_at_zero else (min(part.n, part.d), part.d)


def _points(
    part: Component, indicator: Indicator, pair: Pair | None, known: Prior | None
) -> tuple[float, float]:
    if pair is None or known is None:
        return float(part.score or 0), 0.0
    most, target = float(indicator.max), float(indicator.target)
    ratio, doubt = known.shrunk(pair), known.doubt(pair)
    steep = most / target if ratio - doubt < target else 0.0
    return most * min(ratio / target, 1.0), steep * doubt


def _placed(name: str, spans: Mapping[str, tuple[float, float]]) -> Fair:
    total, half = spans[name]
    low, high = total - half, total + half
    others = [span for other, span in spans.items() if other != name]
    best = 1 + sum(each - width > high for each, width in others)
    worst = len(spans) - sum(each + width < low for each, width in others)
    return Fair(total, max(low, 0.0), min(high, 100.0), best, worst)
