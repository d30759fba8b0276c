"""A yearly grade: heard before it is decided, decided by another, reasons where it differs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from motcua.law import grading
from motcua.law.facts import Refused
from motcua.law.grading import GradeAnswered, GradeDecided, GradeFact, GradeProposed


def said(kind: type[GradeFact], by: str = "phong-nv", **told: Any) -> Any:
    return kind(at=datetime(2026, 12, 1, tzinfo=UTC), by=by, provision="", **told)


def proposed(grade: int = 3, computed: int = 3, **more: Any) -> GradeProposed:
    found: GradeProposed = said(GradeProposed, grade=grade, computed=computed, figures={}, reasons=(), **more)
    return found


ANSWERED = said(GradeAnswered, "giam-doc", agrees=True)
DECIDED = said(GradeDecided, "chu-tich", grade=3, decision="9/QĐ")


@pytest.mark.parametrize(
    ("before", "fact", "why"),
    [
        ([], proposed(grade=4), "phải ghi lý do"),
        ([], ANSWERED, "Chưa có mức xếp loại"),
        ([], DECIDED, "Chưa có mức xếp loại"),
        ([proposed()], DECIDED, "chưa có ý kiến"),
        ([proposed(), ANSWERED], said(GradeDecided, grade=3, decision="9/QĐ"), "không tự quyết định"),
        ([proposed(), ANSWERED], said(GradeDecided, "chu-tich", grade=3, decision=" "), "số quyết định"),
        ([proposed(), ANSWERED], said(GradeDecided, "chu-tich", grade=2, decision="9"), "phải ghi lý do"),
        ([proposed()], said(GradeAnswered, "giam-doc", agrees=False), "ghi rõ ý kiến"),
        ([proposed(), ANSWERED], ANSWERED, "đã có ý kiến"),
        ([proposed(), ANSWERED, DECIDED], proposed(), "Đã quyết định"),
    ],
)
def test_what_may_not_follow_is_refused_and_says_why(
    before: list[GradeFact], fact: GradeFact, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        grading.allow(grading.fold(before), fact)


def test_a_new_proposal_is_answered_anew() -> None:
    now = grading.fold([proposed(), ANSWERED, proposed(grade=2, why="Có kiểm tra không đạt")])
    assert now.answered is None
    grading.allow(now, ANSWERED)
