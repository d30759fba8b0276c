"""One line of the bench."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import linear_regression


def line(bench: str, measure: str, ours: float, peer: str, theirs: float, least: float) -> dict[str, object]:
    """`ours` against `theirs` (same unit, more is better); the claim is a ratio of at least `least`, 0 for none."""
    ratio = ours / theirs
    return {
        "bench": bench,
        "measure": measure,
        "ours": f"{ours:,.1f}",
        "peer": f"{peer} {theirs:,.1f}",
        "ratio": round(ratio, 2),
        "claim": f"≥ {least}" if least else "told",
        "holds": ratio >= least if least else None,
    }


def row_seconds(looks: Iterable[tuple[float, int]]) -> float:
    """What one more row of a page costs: the slope of the best times over their rows."""
    seconds, rows = zip(*looks, strict=True)
    return max(0.0, linear_regression(rows, seconds).slope)


def fair(seconds: float, here: int, there: int, row: float) -> float:
    """What a page of `here` rows would take with as many as there, where a thousand may fill less than a page."""
    return seconds + max(0, there - here) * row
