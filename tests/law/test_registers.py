"""Shares as the decisions publish them, and what may follow what in a register."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law.facts import Refused
from motcua.law.registers import STAGES, Register, Stage, Standing, allow, next_stage, percent, standing

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("part", "whole", "cut", "rounded"),
    [
        (699, 5187, "13.47", "13.48"),  # QĐ 1015/QĐ-TTg publishes 13,47
        (2371, 6974, "33.99", "34.00"),
        (81, 699, "11.58", "11.59"),
        (1, 3, "33.33", "33.33"),
    ],
)
def test_a_share_is_rounded_or_cut_as_it_was_published(part: int, whole: int, cut: str, rounded: str) -> None:
    assert percent(part, whole, cut=True) == Decimal(cut)
    assert percent(part, whole) == Decimal(rounded)


def test_a_share_of_nothing_is_no_number() -> None:
    assert percent(0, 0) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_cutting_never_shows_more_than_rounding(part: int, whole: int) -> None:
    cut, rounded = percent(part, whole, cut=True), percent(part, whole)
    assert cut is not None
    assert rounded is not None
    assert Decimal(0) <= rounded - cut <= Decimal("0.01")


def test_an_item_is_done_in_time_or_overdue() -> None:
    before, after = DAY - timedelta(1), DAY + timedelta(1)
    assert standing(DAY, before, DAY) is Standing.DONE
    assert standing(None, before, DAY) is Standing.OVERDUE
    assert standing(None, DAY, DAY) is Standing.IN_TIME
    assert standing(after, before, DAY) is Standing.OVERDUE
    assert standing(None, None, DAY) is Standing.IN_TIME


def test_a_stage_follows_the_one_before_it_and_never_the_future() -> None:
    register = Register.INTERNAL
    with pytest.raises(Refused, match="Chưa có bước công bố"):
        allow(register, Stage.REVIEWED, {}, DAY, DAY)
    allow(register, Stage.REVIEWED, {"announced": DAY}, DAY, DAY)
    with pytest.raises(Refused, match="chưa đến"):
        allow(register, Stage.ANNOUNCED, {}, DAY + timedelta(1), DAY)
    with pytest.raises(Refused, match="sau ngày này"):
        allow(register, Stage.REVIEWED, {"announced": DAY}, DAY - timedelta(1), DAY)
    with pytest.raises(Refused, match="trước ngày này"):
        allow(register, Stage.ANNOUNCED, {"announced": DAY, "reviewed": DAY - timedelta(2)}, DAY, DAY)
    with pytest.raises(Refused, match="không có bước"):
        allow(Register.DELEGATION, Stage.ANNOUNCED, {}, DAY, DAY)


@pytest.mark.parametrize("register", Register)
def test_the_stages_are_gone_through_in_their_order(register: Register) -> None:
    reached: dict[str, date] = {}
    while (stage := next_stage(register, reached)) is not None:
        allow(register, stage, reached, DAY, DAY)
        reached[stage] = DAY
    assert list(reached) == list(STAGES[register])
