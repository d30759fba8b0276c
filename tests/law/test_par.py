"""The index of administrative reform: each way to score, what does not apply, and sets that contradict themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law import packs, par
from motcua.law.par import Answer, BadAnswer, BadSet, CriteriaSet

WEIGHTS = {"A": 100, "B": 60, "C": 20, "D": 0}
LADDER = {"kind": "ladder", "steps": [{"from": 80, "points": "1"}, {"from": 60, "points": "0.5"}]}


def leaf(max: str, **rule: Any) -> par.Criterion:
    return CriteriaSet.of(
        "thử", [{"code": "1", "name": "x", "max": max, "rule": rule}], total=Fraction(max)
    ).leaves[0]  # type: ignore[arg-type]


def of(n: Any, d: Any = None) -> Answer:
    return Answer(n=Fraction(str(n)), d=None if d is None else Fraction(str(d)))


@pytest.mark.parametrize(
    ("max", "rule", "answer", "points"),
    [
        ("0.5", {"kind": "yes_no"}, Answer("yes"), "0.5"),
        ("0.5", {"kind": "yes_no"}, Answer("no"), "0"),
        ("1", {"kind": "share"}, of(92, 100), "0.92"),
        ("1", {"kind": "share_from", "floor": 90}, of(18, 20), "0.9"),
        ("1", {"kind": "share_from", "floor": 90}, of(4, 5), "0"),
        ("1", {"kind": "share_from", "floor": 95}, of(95, 100), "0.95"),
        ("0.5", {"kind": "all_only"}, of(12, 12), "0.5"),
        ("0.5", {"kind": "all_only"}, of(11, 12), "0"),
        ("1", LADDER, of(80, 100), "1"),
        ("1", LADDER, of(79, 100), "0.5"),
        ("1", LADDER, of(59, 100), "0"),
        ("1", LADDER, of(60), "0.5"),
        ("2", {"kind": "count", "each": "0.5"}, of(3), "1.5"),
        ("2", {"kind": "count", "each": "0.5"}, of(9), "2"),
        ("4", {"kind": "survey", "weights": WEIGHTS}, Answer(votes={"A": 5, "B": 3, "C": 1, "D": 1}), "2.8"),
        ("0", {"kind": "extra", "each": "2", "most": 5}, of(3), "5"),
        ("0", {"kind": "extra", "each": "-0.5", "most": 3}, of(2), "-1"),
        ("3", {"kind": "direct"}, of("2.25"), "2.25"),
    ],
)
def test_each_way_to_score_gives_its_points(
    max: str, rule: dict[str, Any], answer: Answer, points: str
) -> None:
    assert par.points_of(leaf(max, **rule), answer).points == Fraction(points)


def test_an_answer_that_cannot_be_scored_names_the_criterion_and_the_remedy() -> None:
    for rule, answer, remedy in [
        ({"kind": "yes_no"}, Answer("có"), "chọn Có, Không hoặc Không áp dụng"),
        ({"kind": "share"}, of(3), "ghi đủ số đạt được và tổng số"),
        ({"kind": "share"}, of(0, 0), "chọn Không áp dụng"),
        ({"kind": "share"}, of(3, 2), "phải từ 0 đến tổng số 2"),
        ({"kind": "count", "each": 1}, Answer("yes"), "ghi một số từ 0 trở lên"),
        ({"kind": "direct"}, of("1.5"), "cao hơn điểm tối đa 1"),
        ({"kind": "survey", "weights": WEIGHTS}, Answer(votes={"E": 1}), "không có phương án E"),
    ]:
        with pytest.raises(BadAnswer, match=remedy):
            par.points_of(leaf("1", **rule), answer)


def test_what_does_not_apply_leaves_the_whole_and_the_rest_is_rescaled() -> None:
    made = CriteriaSet.of(
        "thử",
        [
            {"code": "1", "name": "a", "max": "60", "rule": {"kind": "share"}},
            {"code": "2", "name": "b", "max": "40", "rule": {"kind": "yes_no"}},
        ],
    )
    result = made.score({"1": of(3, 4), "2": Answer("na")})
    assert (result.points, result.max, result.percent) == (45, 60, Decimal("75.00"))
    assert not result.criteria["2"].applies
    assert made.score({"1": Answer("na"), "2": Answer("na")}).percent is None


def test_what_nobody_answered_earns_nothing_and_is_not_taken_for_zero() -> None:
    result = par.national(date(2018, 12, 31)).score({"1": of("9.5")})
    assert result.criteria["2"].points is None
    assert result.percent == Decimal("9.50")
    assert result.criteria["3"].lost == 0
    assert result.criteria["1"].lost == Fraction("0.5")
    assert par.national(date(2018, 12, 31)).score({}).percent is None


def test_a_survey_nobody_answered_stays_unanswered() -> None:
    assert par.points_of(leaf("4", kind="survey", weights=WEIGHTS), Answer()).points is None


def test_parts_are_added_up_to_their_whole_and_extra_points_stand_beside_it() -> None:
    made = CriteriaSet.of(
        "thử",
        [
            {
                "code": "1",
                "name": "a",
                "max": "100",
                "parts": [
                    {"code": "1.1", "name": "b", "max": "99.5", "rule": {"kind": "share"}},
                    {"code": "1.2", "name": "c", "max": "0.5", "rule": {"kind": "yes_no"}},
                ],
            },
            {"code": "C", "name": "cộng", "rule": {"kind": "extra", "each": 1, "most": 5}},
        ],
    )
    result = made.score({"1.1": of(1, 2), "1.2": Answer("yes"), "C": of(2)})
    assert result.criteria["1"].points == Fraction("50.25")
    assert result.extra == 2
    assert result.percent == Decimal("52.25")


def test_the_published_example_that_contradicts_its_own_floor_is_refused_when_the_set_is_read() -> None:
    line = {
        "code": "1.1",
        "name": "Thực hiện kế hoạch",
        "max": "1",
        "rule": {"kind": "share_from", "floor": 90},
        "examples": [{"n": 4, "d": 5, "points": "0.8"}],
    }
    with pytest.raises(BadSet, match="ghi 0,8 điểm nhưng ra 0"):
        CriteriaSet.of("thử", [line], total=1)
    fitting = {**line, "examples": [{"n": 18, "d": 20, "points": "0.9"}]}
    assert CriteriaSet.of("thử", [fitting], total=1).leaves


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            [{"code": "1", "name": "a", "max": "99", "rule": {"kind": "direct"}}],
            "cộng lại 99 điểm, không phải 100",
        ),
        ([{"code": "1", "name": "a", "max": "100", "rule": {"kind": "magic"}}], "không có cách chấm"),
        ([{"code": "1", "name": "a", "max": "100", "rule": {"kind": "share_from"}}], "còn thiếu: floor"),
        ([{"code": "1", "name": "a", "max": "100"}], "phải có cách chấm hoặc có tiêu chí thành phần"),
        ([{"code": "1", "name": "a", "max": "50", "rule": {"kind": "direct"}}] * 2, "mã này đã dùng"),
    ],
)
def test_a_set_that_contradicts_itself_is_refused_and_says_where(
    lines: list[dict[str, Any]], problem: str
) -> None:
    with pytest.raises(BadSet, match=problem):
        CriteriaSet.of("thử", lines)


def test_an_index_year_is_scored_by_the_set_of_its_last_day() -> None:
    assert par.national(date(2018, 12, 31)).decision == "2948/QĐ-BNV"
    assert par.national(date(2022, 12, 31)).decision == "876/QĐ-BNV"
    with pytest.raises(packs.NotInForce, match="chưa nhập bảng tiêu chí"):
        par.national(date(2025, 12, 31))
    assert [c.max for c in par.national(date(2022, 12, 31)).parts("")][:3] == [Fraction("9.5"), 10, 13]


def test_an_unknown_criterion_or_one_with_parts_takes_no_answer() -> None:
    with pytest.raises(BadAnswer, match="không có tiêu chí này"):
        par.national(date(2018, 12, 31)).score({"9": of(1)})


@given(st.lists(st.integers(0, 100), min_size=8, max_size=8))
def test_points_lost_and_points_earned_are_the_whole(percents: list[int]) -> None:
    made = par.national(date(2018, 12, 31))
    answers = {c.code: Answer(n=c.max * p / 100) for c, p in zip(made.leaves, percents, strict=True)}
    result = made.score(answers)
    lost = sum((result.criteria[c.code].lost for c in made.leaves), Fraction(0))
    assert result.points + lost == result.max == 100
