"""What a question to the catalogue asks for: its words, with what daily speech means by them. Pure.

What people say for what the catalogue calls otherwise is written in `sayings.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from .lexicon import Lexicon
from .words import fold, words

MOST = 30  # words of a question that are read; a longer one is a whole title already
PAIRS = 6  # readings of two words side by side
SLIP = 0.8  # how much a word counts that was only meant
GUESSED = 4  # letters; a shorter word is one slip away from some other by chance
LONG = 8  # words; a longer question need not look for words that half of the titles have
_SPOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to call what was said: phrases that must all be there, the first of them in its place."""

    phrases: tuple[tuple[str, ...], ...]
    worth: float = 1.0
    cut: bool = False  # the last word of the phrase may go on

    @property
    def whole(self) -> str | None:
        """Where its last word may go on: the same without that."""
        return replace(self, cut=False).query() if self.cut else None

    def query(self, mark: str = "") -> str:
        """As PostgreSQL's tsquery; `mark` names the parts of the text the first phrase must stand in."""
        told = (self._phrase(phrase, "" if n else mark) for n, phrase in enumerate(self.phrases))
        return " & ".join(f"({phrase})" for phrase in told)

    def _phrase(self, phrase: Sequence[str], mark: str) -> str:
        marks = [mark] * (len(phrase) - 1) + [mark + ("*" if self.cut else "")]
        return " <-> ".join(
            f"{word}:{sign}" if sign else word for word, sign in zip(phrase, marks, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked for: every way to call it, and how much it weighs beside the others."""

    said: str
    ways: tuple[Way, ...]
    worth: float = 1.0
    extra: bool = False  # two words that follow each other: better together, but not asked for as such
    alone: tuple[tuple[str, ...], ...] = ()  # of a word by itself: as which words it is read


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, and of what was said: what no text has, and what no text has but something like it.

    `firm` is what tells one procedure from another; where words were lost, an answer must have some of it as it was
    said.
    """

    parts: tuple[Part, ...]
    left_out: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    firm: tuple[str, ...] = ()

    def lost_on(self, title: str) -> bool:
        """Whether words were lost, and `title` has the others that matter with other accents only."""
        return bool(self.left_out or self.near) and all(other_accents(said, title) == 1 for said in self.firm)


@dataclass(frozen=True, slots=True)
class _Saying:
    spoken: tuple[str, ...]
    ways: tuple[Way, ...]
    worth: float


def question(text: str, lexicon: Lexicon) -> Question:
    """What `text` asks for, in its order, then what follows each other in it; nothing where it has no word."""
    spoken = [word for said in _spoken(text)[:MOST] for word in _spelled(said, lexicon)]
    read = list(_read(_long(spoken, _book().short)))
    said = read or [_word(word) for word in words(text)[:MOST]]
    known = [_known(part, lexicon, last=part is said[-1]) for part in said]
    asked = [part for part in known if part is not None]
    pairs = list(_pairs(asked))
    if len(asked) > LONG:
        asked = [part for part in asked if fold(part.said) not in _book().everywhere] or asked
    read_as = list(zip(said, known, strict=True))
    left_out = tuple(dict.fromkeys(part.said for part, kept in read_as if kept is None))
    near = tuple(dict.fromkeys(part.said for part, kept in read_as if kept not in (None, part)))
    firm = tuple(part.said for part, kept in read_as if _firm(part, kept))
    if not firm and (left_out or near):
        return Question((), (*left_out, *near))
    return Question((*asked, *pairs), left_out, near, firm)


def _firm(part: Part, kept: Part | None) -> bool:
    """Whether what was said tells procedures apart: neither half of the titles nor chance alone answers it."""
    said = fold(part.said)
    return kept is not None and said not in _book().everywhere and (kept is part or len(said) >= GUESSED)


def _spelled(said: str, lexicon: Lexicon) -> Sequence[str]:
    """What was said, its words as they were meant where they were only typed too quickly."""
    word = fold(said)
    if word in _book().spoken or word in _book().short:
        return (said,)
    return lexicon.spelled(word) or (said,)


def _known(part: Part, lexicon: Lexicon, *, last: bool) -> Part | None:
    """The part, what was meant by a word no text has, or None: what nobody ever wrote answers nothing."""
    if not part.alone:
        here = any(all(map(lexicon.has, phrase)) for way in part.ways for phrase in way.phrases[:1])
        return part if here else None
    (word,) = part.alone[0] if len(part.alone[0]) == 1 else ("",)
    if not word or lexicon.has(word) or (last and lexicon.begins(word)):
        return part
    meant, begun = lexicon.near(word), lexicon.begins(word)
    if not meant:
        return part if begun else None
    ways = tuple(Way((phrase,), SLIP) for phrase in meant)
    return replace(part, ways=ways + part.ways[-1:] if begun else ways, alone=tuple(meant))


def unasked(asked: Sequence[Part]) -> str | None:
    """As tsquery: what puts a title behind the others, unless it was asked for; None where all was."""
    told = " | ".join(
        f" {' '.join(phrase)} " for part in asked for way in part.ways for phrase in way.phrases
    )
    left = [phrase for phrase in _book().unasked if f" {' '.join(phrase)} " not in told]
    return " | ".join(f"({Way((phrase,)).query('A')})" for phrase in left) or None


def other_accents(text: str, title: str) -> float:
    """The share of the words of `text` that `title` has with other accents only; 0 for a text without any."""
    spoken, held = _spoken(text), set(map(_key, _spoken(title)))
    if not _accented(spoken):
        return 0.0
    folded = {fold(word) for word in _spoken(title)}
    return sum(fold(word) in folded and _key(word) not in held for word in spoken) / len(spoken)


def _accented(spoken: Sequence[str]) -> bool:
    return any(fold(word) != word for word in spoken)


def _spoken(text: str) -> list[str]:
    return [word for word in _SPOKEN.findall(text.casefold()) if words(word)]


def _long(spoken: Sequence[str], book: Mapping[str, Sequence[str]]) -> list[str]:
    """Short forms as their long ones."""
    return [word for short in spoken for word in book.get(fold(short), (short,))]


def _read(spoken: Sequence[str]) -> Iterator[Part]:
    """The longest saying at each place, else the word itself."""
    accented = _accented(spoken)
    place = 0
    while place < len(spoken):
        saying = _saying(spoken[place:], accented)
        step = len(saying.spoken) if saying else 1
        said = " ".join(spoken[place : place + step])
        if saying is None or _doubtful(saying, accented):
            yield _word(said)
        if saying is not None and saying.ways:
            doubtful = _doubtful(saying, accented)
            yield Part(said, saying.ways, saying.worth * (0.5 if doubtful else 1), extra=doubtful)
        place += step


def _doubtful(saying: _Saying, accented: bool) -> bool:
    """One syllable without its accents may be many words: "mat" is mất, mặt, mật."""
    return not accented and len(saying.spoken) == 1 and fold(saying.spoken[0]) != saying.spoken[0]


def _saying(spoken: Sequence[str], accented: bool) -> _Saying | None:
    book = _book()
    for length in range(min(book.longest, len(spoken)), 0, -1):
        heard = tuple(spoken[:length])
        for saying in book.sayings.get(tuple(map(fold, heard)), ()):
            if not accented or list(map(_key, heard)) == list(map(_key, saying.spoken)):
                return saying
    return None


def _key(word: str) -> str:
    """The letters and accents of a word in whatever order: "hoá" and "hóa" are one."""
    return "".join(sorted(unicodedata.normalize("NFD", word)))


def _word(said: str) -> Part:
    folded = (tuple(words(said)),)
    return Part(said, (Way(folded), Way(folded, 0.4, cut=True)), alone=folded)


def _pairs(asked: Sequence[Part]) -> Iterator[Part]:
    """Words that follow each other, the syllables of one word of the language as often as not."""
    for one, other in pairwise(asked):
        if one.alone and other.alone:
            said = [(*first, *second) for first in one.alone for second in other.alone]
            yield Part(" ".join(said[0]), tuple(Way((each,)) for each in said[:PAIRS]), 0.7, extra=True)


@dataclass(frozen=True, slots=True)
class _Book:
    short: Mapping[str, tuple[str, ...]]
    sayings: Mapping[tuple[str, ...], Sequence[_Saying]]
    longest: int
    spoken: frozenset[str]
    unasked: tuple[tuple[str, ...], ...]
    everywhere: frozenset[str]


@cache
def _book() -> _Book:
    told = yaml.safe_load(Path(__file__).with_name("sayings.yaml").read_text(encoding="utf-8"))
    short = {fold(form): tuple(_spoken(long)) for form, long in told["abbreviations"].items()}
    found: dict[tuple[str, ...], list[_Saying]] = {}
    for saying in (
        *_told(told["sayings"], short),
        *_ignored(told["ignored"]),
        *_forms(told["abbreviations"]),
    ):
        found.setdefault(tuple(map(fold, saying.spoken)), []).append(saying)
    longest = max(map(len, found))
    unasked = tuple(tuple(words(phrase)) for phrase in told["unasked"])
    spoken = frozenset(word for heard in found for word in heard)
    return _Book(short, found, longest, spoken, unasked, frozenset(map(fold, told["everywhere"])))


def _told(sayings: Sequence[Mapping[str, Any]], short: Mapping[str, Sequence[str]]) -> Iterator[_Saying]:
    for told in sayings:
        meant = tuple(_way(phrase) for phrase in told["mean"])
        for said in told["say"]:
            own = () if told.get("only") else (Way((tuple(words(said)),), 0.8),)
            yield _Saying(tuple(_long(_spoken(said), short)), (*meant, *own), float(told.get("worth", 1)))


def _way(phrase: str) -> Way:
    return Way(tuple(tuple(words(part)) for part in phrase.split("+")))


def _ignored(phrases: Sequence[str]) -> Iterator[_Saying]:
    for said in phrases:
        yield _Saying(tuple(_spoken(said)), (), 0.0)


def _forms(abbreviations: Mapping[str, str]) -> Iterator[_Saying]:
    """A long form also finds what uses the short one, and what has its words apart: "đăng ký lại khai sinh"."""
    for short, long in abbreviations.items():
        apart = Way(tuple((word,) for word in words(long)), 0.8)
        yield _Saying(tuple(_spoken(long)), (_way(long), _way(short), apart), 1.0)
