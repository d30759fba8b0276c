"""What changed between two texts of a procedure, part by part, as a person says it (so sánh hai bản)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from motcua.ui.templatetags import ui

from . import queries, telling
from .models import Channel, Component, Fee, LegalBasis, Result, Term, Version
from .words import fold

LONG = 1500  # words and spaces
ALIKE = 0.55  # of the words of a line: below it, one was taken out and another put in
TEXTS = {
    "title": "Tên thủ tục",
    "field": "Lĩnh vực",
    "agency": "Cơ quan thực hiện",
    "authority": "Cơ quan có thẩm quyền",
    "reception_address": "Nơi tiếp nhận",
    "coordinating": "Cơ quan phối hợp",
    "delegated": "Cơ quan được ủy quyền",
    "sequence": "Trình tự thực hiện",
    "conditions": "Yêu cầu, điều kiện",
    "related": "Thủ tục liên quan",
    "note": "Ghi chú",
}
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: what it is called, and its words before and after; `said` says it in a sentence.

    `kind` is "added", "removed" or "changed".
    """

    kind: str
    said: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of a procedure and what changed in it (bộ phận)."""

    name: str
    changes: tuple[Change, ...]


def compare(old: Version, new: Version) -> list[PartChange]:
    """The parts that changed from `old` to `new`, in the order a procedure is written."""
    parts = [
        *_texts(old, new, ("title", "field")),
        ("Cấp thực hiện", _said(telling.levels(old), telling.levels(new))),
        ("Đối tượng", _listed(old.audiences, new.audiences)),
        *_texts(old, new, ("agency", "authority", "reception_address", "coordinating", "delegated")),
        ("Thành phần hồ sơ", _rows(_papers(old), _papers(new))),
        ("Thời hạn giải quyết", list(_terms(old, new))),
        ("Phí, lệ phí", list(_fees(old, new))),
        ("Kết quả", _rows(_results(old), _results(new))),
        *_texts(old, new, ("sequence", "conditions", "related")),
        ("Căn cứ pháp lý", _rows(_bases(old), _bases(new))),
        ("Dịch vụ trực tuyến", _said(old.get_online_display(), new.get_online_display())),
        *_texts(old, new, ("note",)),
        ("Quyết định công bố", _said(old.decision, new.decision)),
    ]
    return [PartChange(name, tuple(changes)) for name, changes in parts if changes]


def words(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts word by word; lines that are the same are not looked into."""
    return tuple(_joined(_pieces(_WORDS.findall(old), _WORDS.findall(new))))


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    # Very long lines are compared more coarsely, so that a page of any text answers at once.
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > LONG)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("removed", "".join(old[a:b]))
        if d > c:
            yield Piece("added", "".join(new[c:d]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """A lone space between two changes belongs to both: else a rewritten phrase is a word-by-word flicker."""
    held: list[Piece] = []
    for piece in pieces:
        if piece.kind == "same" and (piece.text.strip() or not held):
            yield from _flushed(held)
            held = []
            yield piece
        else:
            held.append(piece)
    yield from _flushed(held)


def _flushed(held: Sequence[Piece]) -> Iterator[Piece]:
    for kind, other in (("removed", "added"), ("added", "removed")):
        text = "".join(piece.text for piece in held if piece.kind != other)
        if any(piece.kind == kind for piece in held):
            yield Piece(kind, text)


def _texts(old: Version, new: Version, names: Sequence[str]) -> list[tuple[str, list[Change]]]:
    return [(TEXTS[name], list(_lines(getattr(old, name), getattr(new, name)))) for name in names]


def _lines(old: str, new: str) -> Iterator[Change]:
    """Two long texts line by line; a line that was rewritten is told word by word."""
    before, after = _split(old), _split(new)
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _rows(before[a:b], after[c:d])


def _split(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := " ".join(raw.split()))]


def _rows(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Lines taken out, put in and reworded; each old line with the new one most like it."""
    gone = [line for line in old if line not in new]
    come = [line for line in new if line not in old]
    pairs = dict(_alike(gone, come))
    found = [Change("changed", "", words(line, pairs[line])) for line in gone if line in pairs]
    found += [Change("removed", line) for line in gone if line not in pairs]
    return found + [Change("added", line) for line in come if line not in pairs.values()]


def _alike(gone: Sequence[str], come: Sequence[str]) -> Iterator[tuple[str, str]]:
    left = list(come)
    for line in gone:
        scored = [(_ratio(line, other), other) for other in left]
        best, other = max(scored, default=(0.0, ""))
        if best >= ALIKE:
            left.remove(other)
            yield line, other


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, fold(one).split(), fold(other).split(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0.0


def _said(old: str, new: str) -> list[Change]:
    if old == new:
        return []
    return [Change("changed", f"từ “{old or 'chưa công bố'}” thành “{new or 'chưa công bố'}”")]


def _listed(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    return _rows([str(each) for each in old], [str(each) for each in new])


def _papers(version: Version) -> list[str]:
    return list(dict.fromkeys(_paper(each) for each in version.components.all()))


def _paper(paper: Component) -> str:
    counts = ((paper.originals, "bản chính"), (paper.copies, "bản sao"))
    amount = ", ".join(f"{count} {word}" for count, word in counts if count)
    told = [telling.plain(paper.name), amount, f"mẫu {paper.form}" if paper.form else ""]
    case = f"[{telling.plain(paper.case)}] " if paper.case else ""
    return case + "; ".join(part for part in told if part)


def _results(version: Version) -> list[str]:
    return [_result(each) for each in version.results.all()]


def _result(result: Result) -> str:
    return telling.plain(result.name)


def _bases(version: Version) -> list[str]:
    return [_basis(each) for each in version.bases.all()]


def _basis(basis: LegalBasis) -> str:
    return " ".join(part for part in (basis.number, basis.name) if part)


def _terms(old: Version, new: Version) -> Iterator[Change]:
    for way, before, after in _ways(old.terms.all(), new.terms.all(), lambda term: telling.term(term).text):
        yield _worded(way, before, after, _shorter(before, after))


def _shorter(before: Sequence[Term], after: Sequence[Term]) -> str:
    """By how much a term got shorter or longer, where both are told in one unit."""
    limits = [queries.limit_of(terms[0]) for terms in (before, after) if len(terms) == 1]
    if len(limits) < 2 or not limits[0] or not limits[1] or limits[0].unit != limits[1].unit:
        return ""
    less = limits[0].amount - limits[1].amount
    return f"{'rút ngắn' if less > 0 else 'dài thêm'} {ui.number(abs(less))} {limits[0].unit}" if less else ""


def _fees(old: Version, new: Version) -> Iterator[Change]:
    for way, before, after in _ways(old.fees.all(), new.fees.all(), lambda fee: telling.fee(fee).text):
        yield _worded(way, before, after, _cheaper(before, after))


def _cheaper(before: Sequence[Fee], after: Sequence[Fee]) -> str:
    if len(before) != 1 or len(after) != 1 or not (telling.known(before[0]) and telling.known(after[0])):
        return ""
    less = (before[0].amount or 0) - (after[0].amount or 0)
    return f"{'giảm' if less > 0 else 'tăng'} {ui.money(abs(less))}" if less else ""


Telling = Callable[[Any], str]


def _ways(old: Any, new: Any, tell: Telling) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Each channel and case whose terms or fees are told otherwise, with those before and after."""
    keys = dict.fromkeys((row.channel, row.case) for row in [*old, *new])
    for channel, case in keys:
        before, after = (
            [row for row in rows if (row.channel, row.case) == (channel, case)] for rows in (old, new)
        )
        if [tell(row) for row in before] != [tell(row) for row in after]:
            label = str(Channel(channel).label)
            yield f"{label} ({telling.clipped(case, 60)})" if case else label, before, after


def _worded(way: str, before: Sequence[Any], after: Sequence[Any], more: str) -> Change:
    tell = telling.fee if isinstance((*before, *after)[0], Fee) else telling.term
    was, now = (", ".join(tell(row).text for row in rows) for rows in (before, after))
    if not was or not now:
        return Change("removed" if was else "added", f"{way}: {was or now}")
    return Change("changed", f"{way}: từ {was} thành {now}{f', {more}' if more else ''}")
