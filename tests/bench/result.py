"""One line of the bench."""

from __future__ import annotations


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
