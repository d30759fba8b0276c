"""Small counts withheld, and enough beside them that no sum gives them back (bảo vệ ô nhỏ).

A count from 1 to below the threshold could point at a person, so it is withheld. Where a published sum would give a
withheld count back, one more cell is withheld: of a sum and its parts either none is, or at least two whose withheld
parts add up to the threshold. That is held for each published sum on its own, not for every system of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Sum(Generic[Key]):
    """A published count that is the sum of others."""

    whole: Key
    parts: tuple[Key, ...]


def withheld(cells: Mapping[Key, int], sums: Sequence[Sum[Key]], threshold: int) -> set[Key]:
    """The cells not to publish; zeros are never withheld."""
    hidden = {key for key, count in cells.items() if 0 < count < threshold}
    changed = bool(hidden)
    while changed:
        changed = False
        for each in sums:
            more = _given_back(each, cells, hidden, threshold)
            if more is not None:
                hidden.add(more)
                changed = True
    return hidden


def _given_back(each: Sum[Key], cells: Mapping[Key, int], hidden: set[Key], threshold: int) -> Key | None:
    """One more cell to withhold so that this sum gives nothing back; None when it gives nothing."""
    gone = [part for part in each.parts if part in hidden]
    if each.whole in hidden:
        exposed = not gone
    else:
        exposed = bool(gone) and (len(gone) == 1 or sum(cells[part] for part in gone) < threshold)
    if not exposed:
        return None
    shown = [part for part in each.parts if part not in hidden and cells[part]]
    if shown:
        return min(shown, key=lambda part: cells[part])
    return None if each.whole in hidden else each.whole
