"""One line of the bench."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from statistics import fmean

SPREAD = 500  # squared rows from which some pages tell what a row costs
Seen = tuple[float, int]  # the seconds a page took, and its rows
Pair = tuple[Seen, Seen]  # in the small store and in the large one


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


def row_seconds(pages: Collection[Pair], others: Collection[Pair] = ()) -> float:
    """What one more row of some pages costs; of the others, where these have nearly the same rows."""
    run, rise = _growth(pages)
    if run < SPREAD and others:
        run, rise = _growth(others)
    return max(0.0, rise / run) if run else 0.0


def _growth(pages: Iterable[Pair]) -> tuple[float, float]:
    """How far rows spread and times with them, within each store.

    Held against each other, the stores would let the pile pass for rows, where it is the large one that has more.
    """
    run = rise = 0.0
    for looks in zip(*pages, strict=True):
        seconds, rows = (fmean(told) for told in zip(*looks, strict=True))
        run += sum((each[1] - rows) ** 2 for each in looks)
        rise += sum((each[1] - rows) * (each[0] - seconds) for each in looks)
    return run, rise


def fair(seconds: float, here: int, there: int, row: float) -> float:
    """What a page of `here` rows would take with as many as there, where a thousand may fill less than a page."""
    return seconds + max(0, there - here) * row
