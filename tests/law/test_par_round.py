"""A round of the index: stages that never go back, sheets that lock, points given last."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from motcua.law import par
from motcua.law import par_round as rounds
from motcua.law.facts import Refused
from motcua.law.par import BadAnswer, CriteriaSet
from motcua.law.par_round import (
    CriterionExplained,
    CriterionReviewed,
    CriterionSettled,
    Declared,
    ParFact,
    SheetSubmitted,
    Stage,
    StageBegun,
)

SET = CriteriaSet.of(
    "01/QĐ-UBND",
    [
        {"code": "1", "name": "Kế hoạch", "max": "60", "rule": {"kind": "share"}},
        {"code": "2", "name": "Báo cáo", "max": "20", "rule": {"kind": "yes_no"}},
        {
            "code": "3",
            "name": "Điều tra",
            "max": "20",
            "rule": {"kind": "survey", "weights": {"A": 100, "B": 0}},
        },
        {"code": "C", "name": "Trừ", "rule": {"kind": "extra", "each": "-1", "most": 3}},
    ],
)


def said(kind: type[ParFact], **told: Any) -> Any:
    return kind(at=datetime(2026, 11, 2, tzinfo=UTC), by="can-bo", provision="", **told)


FULL = (
    said(Declared, criterion="1", n="3", d="4", evidence="BC 12/BC"),
    said(Declared, criterion="2", choice="no"),
)


def test_points_are_those_given_last() -> None:
    sheet = rounds.fold(FULL, SET)
    assert sheet.result(SET).points == 45
    reviewed = said(CriterionReviewed, criterion="1", turn=1, points="40", reason="Thiếu một sản phẩm")
    sheet = rounds.fold([*FULL, reviewed], SET)
    assert sheet.result(SET).points == 40
    again = said(CriterionReviewed, criterion="1", turn=2, points="42.5")
    settled = said(CriterionSettled, criterion="1", points="45", reason="Đồng ý giải trình")
    assert rounds.fold([*FULL, reviewed, again], SET).result(SET).points == Fraction("42.5")
    assert rounds.fold([*FULL, reviewed, again, settled], SET).result(SET).points == 45


def test_points_of_a_review_bring_back_what_the_unit_said_does_not_apply() -> None:
    declared = said(Declared, criterion="1", choice="na")
    assert not rounds.fold([declared], SET).points(SET.criteria["1"]).applies
    reviewed = said(CriterionReviewed, criterion="1", turn=1, points="10", reason="Có phát sinh")
    found = rounds.fold([declared, reviewed], SET).points(SET.criteria["1"])
    assert (found.points, found.applies) == (10, True)


def test_a_sheet_is_submitted_whole_with_what_proves_it_and_then_locked() -> None:
    with pytest.raises(Refused, match="Còn 2 tiêu chí chưa kê khai: 1, 2"):
        rounds.allow(Stage.SELF, rounds.fold([], SET), SET, said(SheetSubmitted))
    bare = said(Declared, criterion="1", n="3", d="4")
    with pytest.raises(Refused, match="Chưa có tài liệu kiểm chứng cho: 1"):
        rounds.allow(Stage.SELF, rounds.fold([bare, FULL[1]], SET), SET, said(SheetSubmitted))
    counted = said(Declared, criterion="1", n="3", d="4", computed=True)
    rounds.allow(Stage.SELF, rounds.fold([counted, FULL[1]], SET), SET, said(SheetSubmitted))
    locked = rounds.fold([*FULL, said(SheetSubmitted)], SET)
    with pytest.raises(Refused, match="đã nộp bản tự chấm"):
        rounds.allow(Stage.SELF, locked, SET, FULL[0])


@pytest.mark.parametrize(
    ("stage", "fact"),
    [
        (Stage.REVIEW, FULL[0]),
        (Stage.SELF, said(CriterionReviewed, criterion="1", turn=1, points="1")),
        (Stage.REVIEW, said(CriterionExplained, criterion="1", text="x")),
        (Stage.PUBLISHED, said(CriterionSettled, criterion="1", points="1", reason="x")),
    ],
)
def test_each_thing_happens_in_its_stage(stage: Stage, fact: ParFact) -> None:
    with pytest.raises(Refused, match="Đợt đang ở"):
        rounds.allow(stage, rounds.fold(FULL, SET), SET, fact)


def test_points_beyond_a_criterion_and_answers_of_another_kind_are_refused() -> None:
    with pytest.raises(Refused, match="phải từ 0 đến 60"):
        rounds.allow(
            Stage.REVIEW,
            rounds.fold(FULL, SET),
            SET,
            said(CriterionReviewed, criterion="1", turn=1, points="61"),
        )
    rounds.allow(
        Stage.REVIEW, rounds.fold(FULL, SET), SET, said(CriterionReviewed, criterion="C", turn=1, points="-2")
    )
    with pytest.raises(Refused, match="phải từ -3 đến 0"):
        rounds.allow(
            Stage.REVIEW,
            rounds.fold(FULL, SET),
            SET,
            said(CriterionReviewed, criterion="C", turn=1, points="1"),
        )
    with pytest.raises(BadAnswer, match="chọn Có, Không"):
        rounds.allow(Stage.SELF, rounds.fold([], SET), SET, said(Declared, criterion="2", n="1"))
    with pytest.raises(Refused, match="không có tiêu chí"):
        rounds.allow(Stage.SELF, rounds.fold([], SET), SET, said(Declared, criterion="9", n="1"))


def test_stages_follow_each_other_to_the_end() -> None:
    begun = [said(StageBegun, stage=stage) for stage in rounds.ORDER[1:]]
    assert rounds.stage(begun[:2]) is Stage.REVIEW
    assert [rounds.next_stage(stage) for stage in rounds.ORDER[:-1]] == list(rounds.ORDER[1:])
    with pytest.raises(Refused, match="đã công bố"):
        rounds.next_stage(rounds.stage(begun))


def test_an_extra_criterion_loses_only_what_it_takes() -> None:
    rule = {"kind": "extra", "each": "1", "most": "5"}
    lines = [
        {"code": "1", "name": "A", "max": "100", "rule": {"kind": "yes_no"}},
        {"code": "2", "name": "Điểm cộng", "max": "5", "rule": rule},
    ]
    found = par.CriteriaSet.of("1/QĐ", lines)
    assert par.points_of(found.criteria["2"], par.Answer(n=Fraction(1))).lost <= 0
    with pytest.raises(par.BadSet, match="không được âm"):
        par.CriteriaSet.of("1/QĐ", [{**lines[0], "max": "-1"}])
