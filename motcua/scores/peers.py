"""Units beside those like them: of the same kind and about as many dossiers (đơn vị tương đồng)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from motcua.law import fairness, indicators
from motcua.law.fairness import Fair

from .fresh import Look
from .queries import UnitIndex

DOSSIERS = "2.1"
FEWEST, MOST = 5, 12
LIKE = 1.0  # as far apart as double or half, in powers of two
KINDS = ("đặc khu", "phường", "thị trấn", "xã")


@dataclass(frozen=True)
class Among:
    """A unit among its peers, best first: its place there, the best of them, and how far it is."""

    entry: UnitIndex
    peers: tuple[UnitIndex, ...]
    rank: int
    fair: Fair

    @property
    def best(self) -> UnitIndex:
        return self.peers[0]


def fair(look: Look, level: str) -> dict[str, Fair]:
    """The fair view of every unit of a level, by code; worked out once for a look."""

    def made() -> dict[str, Fair]:
        units = {e.unit.code: e.score.components for e in look.entries if e.level == level}
        return fairness.fair(units, indicators.catalogue(look.asked.window.last))

    return look.kept.once(("fair", level), made)


def among(look: Look, entry: UnitIndex) -> Among | None:
    """A unit among those like it, itself one of them; None where there is nobody to compare with."""
    near = like(entry, look.entries)
    if not near:
        return None
    listed = sorted([entry, *near], key=lambda each: (-each.score.total, each.unit.code))
    ranks = indicators.rank({each.unit.code: each.score.total for each in listed})
    return Among(entry, tuple(listed), ranks[entry.unit.code], fair(look, entry.level)[entry.unit.code])


def like(entry: UnitIndex, entries: Sequence[UnitIndex]) -> list[UnitIndex]:
    """The units of the same level and kind with about as many dossiers, the nearest first; five if there are."""
    others = [
        each
        for each in entries
        if each.level == entry.level
        and each.unit.pk != entry.unit.pk
        and kind(each) == kind(entry)
        and dossiers(each)
    ]
    if not dossiers(entry):
        return []
    others.sort(key=lambda each: (_apart(each, entry), each.unit.code))
    near = [each for each in others if _apart(each, entry) <= LIKE]
    return (near if len(near) >= FEWEST else others[:FEWEST])[:MOST]


def dossiers(entry: UnitIndex) -> int:
    """How many dossiers of a unit are judged."""
    return (entry.counts.get(DOSSIERS) or (0, 0))[1]


def kind(entry: UnitIndex) -> str:
    """What a commune is, by its name: xã and phường are not the same place; "" for other units."""
    name = entry.unit.name.lower().removeprefix("ubnd ").removeprefix("ủy ban nhân dân ")
    return next((each for each in KINDS if entry.level == "commune" and name.startswith(each)), "")


def _apart(a: UnitIndex, b: UnitIndex) -> float:
    return abs(log2(dossiers(a) / dossiers(b)))
