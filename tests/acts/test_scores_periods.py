"""Periods: how they are written, where they begin and end, and how far they have gone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law.calendar import FIRST_YEAR, LAST_YEAR, TZ, day
from motcua.scores.periods import BadPeriod, Period, Span

SPANS = st.sampled_from(Span)
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("2026-10", "2026-10-01", "2026-10-31", "Tháng 10/2026"),
        ("2026-02", "2026-02-01", "2026-02-28", "Tháng 2/2026"),
        ("2028-2", "2028-02-01", "2028-02-29", "Tháng 2/2028"),
        ("2026-Q3", "2026-07-01", "2026-09-30", "Quý III/2026"),
        ("2026-q4", "2026-10-01", "2026-12-31", "Quý IV/2026"),
        ("2026-H1", "2026-01-01", "2026-06-30", "6 tháng đầu năm 2026"),
        ("2026-H2", "2026-07-01", "2026-12-31", "6 tháng cuối năm 2026"),
        (" 2026 ", "2026-01-01", "2026-12-31", "Năm 2026"),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, first: str, last: str, label: str) -> None:
    period = Period.parse(text)
    assert (period.first.isoformat(), period.last.isoformat(), period.label) == (first, last, label)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-0",
        "2026-Q5",
        "2026-H3",
        "10/2026",
        "26-10",
        "2026-10-01",
        "2017",
        "2031-01",
        "²026",
    ],
)
def test_what_is_no_period_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadPeriod, match="viết 2026-10"):
        Period.parse(text)


@given(DAYS, SPANS)
def test_a_period_survives_being_written(day: date, span: Span) -> None:
    period = Period.containing(day, span)
    assert Period.parse(str(period)) == period
    assert period.first <= day <= period.last


@given(DAYS, SPANS)
def test_periods_follow_one_another_without_gap_or_overlap(day: date, span: Span) -> None:
    period = Period.containing(day, span)
    assert period.previous.end == period.start
    assert period.previous.last == period.first - timedelta(days=1)
    assert period.previous.span is span


@given(DAYS, SPANS)
def test_the_months_of_a_period_make_it_up(day: date, span: Span) -> None:
    period = Period.containing(day, span)
    months = period.months
    assert len(months) == span
    assert (months[0].start, months[-1].end) == (period.start, period.end)
    assert all(a.end == b.start for a, b in pairwise(months))


def test_a_period_begins_at_midnight_in_ha_noi() -> None:
    october = Period.parse("2026-10")
    assert october.start == datetime(2026, 9, 30, 17, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 17, tzinfo=UTC)


def test_a_running_period_goes_as_far_as_the_moment_one_looks() -> None:
    at = datetime(2026, 10, 20, 9, tzinfo=TZ)
    window = Period.parse("2026-10").window(at)
    assert (window.until, window.last, window.today, window.closed) == (at, day(at), day(at), False)


def test_a_closed_period_goes_to_its_last_moment_and_knows_today() -> None:
    window = Period.parse("2026-10").window(datetime(2026, 11, 20, 9, tzinfo=TZ))
    assert window.until == Period.parse("2026-10").end - timedelta(microseconds=1)
    assert (window.last, window.today, window.closed) == (date(2026, 10, 31), date(2026, 11, 20), True)


def test_a_period_that_has_not_begun_has_no_window() -> None:
    october = Period.parse("2026-10")
    assert october.window(october.start).last == date(2026, 10, 1)
    with pytest.raises(BadPeriod, match="tháng 10/2026 chưa bắt đầu vào ngày 30/09/2026"):
        october.window(october.start - timedelta(microseconds=1))
