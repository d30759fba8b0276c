"""The yearly grade of a head: conditions until 2025, points from 2026, and what limits a grade."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law import heads, packs
from motcua.law.heads import Figures, Grade

OLD, NEW = date(2025, 12, 31), date(2026, 12, 31)
ALL = Figures(tasks=20, done=20, on_time=20, early=10, units=10, units_done=10, units_good=7)


@pytest.mark.parametrize(
    ("figures", "grade"),
    [
        (ALL, Grade.EXCELLENT),
        (replace(ALL, early=9), Grade.GOOD),
        (replace(ALL, early=9, on_time=16), Grade.GOOD),
        (replace(ALL, early=9, on_time=15), Grade.DONE),
        (replace(ALL, done=19), Grade.DONE),
        (replace(ALL, units_good=6), Grade.DONE),
        (replace(ALL, done=13, on_time=13, early=0), Grade.NOT_DONE),
    ],
)
def test_until_2025_a_grade_needs_all_its_conditions(figures: Figures, grade: Grade) -> None:
    assert heads.propose(figures, OLD).grade is grade


def test_a_proposal_says_what_the_next_better_grade_lacked() -> None:
    reasons = heads.propose(replace(ALL, early=9), OLD).reasons
    assert [reason.text for reason in reasons if not reason.met] == [
        "Nhiệm vụ hoàn thành vượt mức: 9/20, cần từ 50 % "
        "(tính việc có sản phẩm trước ngày đến hạn; cách tính chưa xác minh)"
    ]


def test_what_there_is_nothing_of_is_not_asked() -> None:
    alone = replace(ALL, units=0, units_done=0, units_good=0)
    assert heads.propose(alone, OLD).grade is Grade.EXCELLENT


@pytest.mark.parametrize(
    ("figures", "points", "grade"),
    [
        (replace(ALL, general=Fraction(30)), "100.00", Grade.EXCELLENT),
        (replace(ALL, general=Fraction(20)), "90.00", Grade.EXCELLENT),
        (replace(ALL, general=Fraction(20), failed=1), "84.17", Grade.GOOD),
        (replace(ALL, general=Fraction(20), failed=9), "66.67", Grade.DONE),
        (replace(ALL, general=Fraction(10), done=10, on_time=5), "50.83", Grade.DONE),
        (replace(ALL, general=Fraction(5), done=10, on_time=5), "45.83", Grade.NOT_DONE),
    ],
)
def test_from_2026_points_decide(figures: Figures, points: str, grade: Grade) -> None:
    found = heads.propose(figures, NEW)
    assert (found.points, found.grade) == (Decimal(points), grade)


def test_points_nobody_gave_are_missing_and_said_so() -> None:
    found = heads.propose(ALL, NEW)
    assert not found.complete
    assert any("chưa chấm" in reason.text for reason in found.reasons)


@pytest.mark.parametrize("on", [OLD, NEW])
def test_a_low_class_of_reform_and_discipline_limit_the_grade(on: date) -> None:
    full = replace(ALL, general=Fraction(30))
    assert heads.propose(replace(full, reform="C"), on).grade is Grade.DONE
    assert heads.propose(replace(full, reform="B"), on).grade is Grade.EXCELLENT
    assert heads.propose(replace(full, disciplined=True), on).grade is Grade.NOT_DONE


def test_a_fifth_of_those_graded_good_may_be_excellent() -> None:
    grades = [Grade.EXCELLENT] * 4 + [Grade.GOOD] * 10 + [Grade.DONE] * 6
    assert heads.most_excellent(grades, NEW) == 2
    assert heads.most_excellent([Grade.EXCELLENT] * 4, NEW) == 0


def test_before_the_decree_nothing_is_proposed() -> None:
    with pytest.raises(packs.NotInForce):
        heads.propose(ALL, date(2019, 12, 31))


@given(
    st.integers(1, 50).flatmap(
        lambda tasks: st.tuples(st.just(tasks), st.integers(0, tasks), st.integers(0, tasks))
    ),
    st.sampled_from([OLD, NEW]),
)
def test_doing_one_more_task_in_time_never_lowers_a_grade(counts: tuple[int, int, int], on: date) -> None:
    tasks, done, on_time = counts
    before = Figures(tasks=tasks, done=done, on_time=min(done, on_time), general=Fraction(20))
    after = replace(before, done=min(tasks, done + 1), on_time=min(tasks, min(done, on_time) + 1))
    assert heads.propose(after, on).grade >= heads.propose(before, on).grade
