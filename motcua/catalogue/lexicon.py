"""The words of the catalogue, and what somebody meant who wrote one that no text has. Pure.

Slips of one letter, Telex that was never turned into letters ("giaays"), syllables run together ("khaisinh").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log
from string import ascii_lowercase

MOST = 5  # readings of one word; what comes after is chance
_VOWEL = re.compile(r"[aeiouy]")
_TONE = re.compile(r"[sfrxj]")
_TELEX = re.compile(r"(aa|ee|oo|dd|[aou]w)")


@dataclass(frozen=True)
class Lexicon:
    """Folded words with how many texts have each."""

    counts: Mapping[str, int]

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self.counts)

    def has(self, word: str) -> bool:
        return word in self.counts

    def begins(self, word: str) -> bool:
        """Whether some word begins like that."""
        place = bisect_left(self._ordered, word)
        return place < len(self._ordered) and self._ordered[place].startswith(word)

    def spelled(self, word: str) -> tuple[str, ...]:
        """The words a hand that was too quick wrote as one no text has, () where that is not it."""
        if self.has(word) or not word.isalpha():
            return ()
        return self._typed(word) or self._apart(word)

    def near(self, word: str) -> list[tuple[str, ...]]:
        """The words one slip away from one no text has, the usual ones first; nothing for a number."""
        found = {near for near in _near(word) if near in self.counts} if word.isalpha() else set()
        usual = sorted(found, key=lambda near: (-self.counts[near], near))
        return [(near,) for near in usual[:MOST]]

    def _typed(self, word: str) -> tuple[str, ...]:
        """The word as Telex would have made it."""
        letters = _TELEX.sub(lambda found: found[0][0], word)
        plain = letters[:1] + _TONE.sub("", letters[1:])
        return next(((read,) for read in (letters, plain) if read != word and self.has(read)), ())

    def _apart(self, word: str) -> tuple[str, ...]:
        """The word as several of the catalogue, the usual ones; () where it falls into none."""
        best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())] + [None] * len(word)
        total = sum(self.counts.values()) + 1
        for end in range(2, len(word) + 1):
            for start in range(max(0, end - 7), end - 1):
                piece, before = word[start:end], best[start]
                if before is None or piece not in self.counts or not _VOWEL.search(piece):
                    continue
                cost = before[0] - log(self.counts[piece] / total)
                if best[end] is None or cost < best[end][0]:  # type: ignore[index]
                    best[end] = cost, (*before[1], piece)
        whole = best[len(word)]
        return whole[1] if whole and len(whole[1]) > 1 else ()


def _near(word: str) -> Iterator[str]:
    """Every word one slip away: a letter too many, two exchanged, another one, one missing."""
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
