"""What happens to the yearly grade of a head: his own word, proposed, answered, decided (xếp loại người đứng đầu).

Facts of a stream of their own for each post and year, `xep-loai/<post>/<year>`. Whoever is graded is heard before it
is decided, and nobody decides what he proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from . import facts as law_facts
from .facts import Fact, Refused

STREAM = "xep-loai"
SOURCE = "Quy định đánh giá, xếp loại của tỉnh"


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeFact(Fact):
    """Something that happened to the yearly grade of a head."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeClaimed(GradeFact):
    """Tự đánh giá của người được xếp loại: mức tự nhận, điểm tiêu chí chung `general` tự chấm, và nhận xét."""

    label: ClassVar[str] = "Tự đánh giá"
    grade: int
    general: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeProposed(GradeFact):
    """Đề xuất mức xếp loại `grade`, với số liệu `figures` lúc đề xuất; `computed` là mức tính ra, `reasons` lý do.

    `points` là tổng điểm tính ra và `source` căn cứ, khi cách xếp loại cho điểm.
    """

    label: ClassVar[str] = "Đề xuất mức xếp loại"
    grade: int
    computed: int
    figures: Mapping[str, Any]
    reasons: tuple[str, ...]
    why: str = ""
    points: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeAnswered(GradeFact):
    """Ý kiến của người được xếp loại về mức đề xuất."""

    label: ClassVar[str] = "Ý kiến người được xếp loại"
    agrees: bool
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeDecided(GradeFact):
    """Quyết định mức xếp loại, có số quyết định."""

    label: ClassVar[str] = "Quyết định xếp loại"
    grade: int
    decision: str
    why: str = ""


KINDS: dict[str, type[Fact]] = {cls.__name__: cls for cls in GradeFact.__subclasses__()}
law_facts.enlist(KINDS)


@dataclass(frozen=True, slots=True)
class Grading:
    """Where a yearly grade stands: his own word, the last proposal, what was answered to it, what was decided."""

    claimed: GradeClaimed | None = None
    proposed: GradeProposed | None = None
    answered: GradeAnswered | None = None
    decided: GradeDecided | None = None


def fold(facts: Iterable[Fact]) -> Grading:
    """The grading after its facts; a new proposal is to be answered anew."""
    now = Grading()
    for fact in facts:
        match fact:
            case GradeClaimed():
                now = replace(now, claimed=fact)
            case GradeProposed():
                now = Grading(claimed=now.claimed, proposed=fact)
            case GradeAnswered():
                now = replace(now, answered=fact)
            case GradeDecided():
                now = replace(now, decided=fact)
    return now


def allow(now: Grading, fact: GradeFact) -> None:
    """Raise Refused for what may not follow, with what is missing."""
    if now.decided:
        raise Refused(f"Đã quyết định xếp loại theo {now.decided.decision}", SOURCE)
    if isinstance(fact, GradeClaimed):
        if now.proposed:
            raise Refused("Đã có mức đề xuất; ý kiến của bạn ghi ở phần trả lời", SOURCE)
        return
    if isinstance(fact, GradeProposed):
        if fact.grade != fact.computed and not fact.why.strip():
            raise Refused("Mức đề xuất khác mức tính ra thì phải ghi lý do", SOURCE)
        return
    if now.proposed is None:
        raise Refused("Chưa có mức xếp loại nào được đề xuất", SOURCE)
    if isinstance(fact, GradeAnswered):
        if now.answered:
            raise Refused("Bạn đã có ý kiến về đề xuất này", SOURCE)
        if not fact.agrees and not fact.text.strip():
            raise Refused("Không đồng ý thì ghi rõ ý kiến", SOURCE)
        return
    _decidable(now, fact)


def _decidable(now: Grading, fact: GradeFact) -> None:
    assert now.proposed is not None
    assert isinstance(fact, GradeDecided)
    if now.answered is None:
        raise Refused("Người được xếp loại chưa có ý kiến về đề xuất", SOURCE)
    if fact.by == now.proposed.by:
        raise Refused("Người đề xuất không tự quyết định mức mình đề xuất", SOURCE, who=fact.by)
    if not fact.decision.strip():
        raise Refused("Hãy ghi số quyết định", SOURCE)
    if fact.grade != now.proposed.grade and not fact.why.strip():
        raise Refused("Mức quyết định khác mức đề xuất thì phải ghi lý do", SOURCE)
