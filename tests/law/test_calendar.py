"""The office calendar."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law import calendar
from motcua.law.calendar import Calendar, NewHours, OutOfYears, Override, Saturday

REAL = Path(__file__).parents[2].parent / "shared/data/holidays-2018-2027.csv"
OFFICE = Calendar()
DAYS = st.dates(date(2018, 2, 1), date(2030, 11, 30))


def off(day: date) -> calendar.Why:
    found = OFFICE.why_off(day)
    assert found
    return found


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.TZ)


def test_half_past_six_in_ha_noi_is_the_day_before_in_utc():
    assert calendar.day(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)) == date(2026, 3, 3)


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="thiếu múi giờ"):
        calendar.day(datetime(2026, 3, 2, 10))  # noqa: DTZ001
    with pytest.raises(ValueError, match="thiếu múi giờ"):
        OFFICE.snap(datetime(2026, 3, 2, 10))  # noqa: DTZ001


def test_new_year_2026_is_swapped_by_the_pack():
    assert not OFFICE.is_working(date(2026, 1, 2))
    assert OFFICE.is_working(date(2026, 1, 10))
    assert "hoán đổi" in off(date(2026, 1, 2)).reason
    assert "12729/VPCP-KGVX" in off(date(2026, 1, 2)).source
    worked = OFFICE.why_worked(date(2026, 1, 10))
    assert worked == calendar.Why("Làm bù cho ngày 02/01/2026", off(date(2026, 1, 2)).source)


def test_every_day_off_says_why_and_under_which_law():
    assert off(date(2026, 2, 17)) == calendar.Why("Tết Nguyên Đán", "Bộ luật Lao động 2019, Đ.112")
    assert off(date(2019, 9, 2)).source == "Bộ luật Lao động 2012, Đ.115"
    assert off(date(2026, 3, 7)).reason == "Thứ Bảy"
    assert OFFICE.why_off(date(2026, 3, 2)) is None
    assert OFFICE.why_worked(date(2026, 3, 2)) is None


def test_an_unverified_day_off_says_so():
    assert off(date(2026, 11, 24)).source.endswith("[chưa xác minh]")


def test_a_year_not_yet_announced_is_a_projection():
    assert [y for y in range(2018, 2031) if calendar.projected(y)] == [2027, 2028, 2029, 2030]
    assert calendar.projection(2026) is None
    assert "2027 là dự kiến" in str(calendar.projection(2027))


@pytest.mark.parametrize("ask", [date(2017, 12, 31), date(2031, 1, 1)])
def test_a_day_outside_the_years_is_refused_with_the_years(ask: date):
    for question in (OFFICE.is_working, OFFICE.next_working_day, OFFICE.why_off):
        with pytest.raises(OutOfYears, match="từ năm 2018 đến năm 2030"):
            question(ask)
    with pytest.raises(OutOfYears):
        OFFICE.working_minutes(calendar.at(ask, time(8)), vn("2026-01-05T08:00"))
    with pytest.raises(OutOfYears):
        calendar.projected(ask.year)


def test_counting_past_the_last_year_is_refused():
    with pytest.raises(OutOfYears):
        OFFICE.add_working_days(date(2030, 12, 30), 5)
    with pytest.raises(OutOfYears):
        OFFICE.add_working_days(date(2018, 1, 3), -5)
    with pytest.raises(OutOfYears):
        OFFICE.add_working_minutes(vn("2030-12-31T16:00"), 120)
    with pytest.raises(OutOfYears):
        OFFICE.snap(vn("2030-12-31T18:00"))


@pytest.mark.parametrize("days", [[date(2030, 12, 30)], [date(2017, 1, 3)], [date(2031, 1, 3)]])
def test_the_bulk_path_never_leaves_the_years(days: list[date]):
    with pytest.raises(OutOfYears):
        OFFICE.add_working_days_to_all([d.toordinal() for d in days], 5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("07:00", "phải viết như"),
        ("7h-11h", "phải viết như"),
        ("11:30-07:00", "từ sớm đến muộn"),
        ("07:00-11:30,11:00-14:30", "từ sớm đến muộn"),
    ],
)
def test_office_hours_must_be_written_in_order(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        calendar.sessions(text)


def test_a_unit_may_move_its_eight_hours_but_not_shorten_them():
    moved = Calendar(hours=calendar.sessions("07:30-11:30, 13:00-17:00"))
    assert moved.snap(vn("2026-03-02T07:10")) == vn("2026-03-02T07:30")
    with pytest.raises(ValueError, match="đủ 8 giờ"):
        Calendar(hours=calendar.sessions("08:00-11:30,13:30-17:00"))


def test_new_hours_hold_from_their_day_and_leave_the_days_before_as_they_were():
    summer = NewHours(date(2026, 4, 15), calendar.sessions("06:30-11:00,13:30-17:00"), Saturday.RECEPTION)
    winter = NewHours(date(2026, 10, 15), calendar.sessions("07:30-12:00,13:00-16:30"))
    unit = Calendar(changes=(summer, winter))
    closes = [unit.close(date(2026, month, 16)) for month in (3, 4, 10)]
    assert closes == [vn("2026-03-16T17:00"), vn("2026-04-16T17:00"), vn("2026-10-16T16:30")]
    opens = [unit.snap(vn(f"2026-{day}T00:00")) for day in ("04-14", "04-15", "10-15")]
    assert opens == [vn("2026-04-14T07:00"), vn("2026-04-15T06:30"), vn("2026-10-15T07:30")]
    saturdays = [unit.snap(vn(f"2026-{day}T08:00")) for day in ("04-11", "04-18", "10-17")]
    assert saturdays == [vn("2026-04-13T07:00"), vn("2026-04-18T08:00"), vn("2026-10-19T07:30")]
    assert unit.working_minutes(vn("2026-04-14T00:00"), vn("2026-04-16T00:00")) == 960
    with pytest.raises(ValueError, match="đủ 8 giờ"):
        Calendar(changes=(NewHours(date(2026, 4, 15), calendar.sessions("08:00-11:00")),))


@pytest.mark.parametrize("since", [date(2010, 1, 1), date(2040, 1, 1)])
def test_new_hours_may_begin_outside_the_years_of_the_calendar(since: date):
    early = Calendar(changes=(NewHours(since, calendar.sessions("07:30-12:00,13:00-16:30")),))
    assert early.close(date(2026, 3, 2)) == vn(f"2026-03-02T{'16:30' if since.year < 2026 else '17:00'}")


@pytest.mark.parametrize(
    ("received", "counts"),
    [
        ("2026-03-02T06:00", "2026-03-02T07:00"),
        ("2026-03-02T11:30", "2026-03-02T11:30"),
        ("2026-03-02T11:31", "2026-03-02T13:30"),
        ("2026-03-02T17:00", "2026-03-02T17:00"),
        ("2026-03-02T17:01", "2026-03-03T07:00"),
        ("2026-03-06T20:00", "2026-03-09T07:00"),
        ("2026-01-09T18:00", "2026-01-10T07:00"),
        ("2026-02-13T18:00", "2026-02-23T07:00"),
    ],
)
def test_a_reception_out_of_hours_counts_from_the_next_opening(received: str, counts: str):
    assert OFFICE.snap(vn(received)) == vn(counts)


def test_saturday_morning_is_what_the_unit_makes_it():
    reception, working = Calendar(saturday=Saturday.RECEPTION), Calendar(saturday=Saturday.WORKING)
    morning, monday = vn("2026-03-07T09:00"), vn("2026-03-09T07:00")
    assert OFFICE.snap(morning) == monday
    assert reception.snap(morning) == working.snap(morning) == morning
    assert working.snap(vn("2026-03-07T12:00")) == monday
    assert reception.working_minutes(morning, monday) == 0
    assert working.working_minutes(morning, monday) == 150
    assert not working.is_working(date(2026, 3, 7))


def test_saturday_morning_is_closed_on_a_holiday_and_whole_on_a_make_up_day():
    working = Calendar(saturday=Saturday.WORKING)
    assert working.snap(vn("2027-02-06T09:00")) == vn("2027-02-11T07:00")
    assert working.working_minutes(vn("2026-08-22T00:00"), vn("2026-08-23T00:00")) == 480


def test_close_of_office_is_asked_only_of_a_working_day():
    assert OFFICE.close(date(2026, 3, 2)) == vn("2026-03-02T17:00")
    with pytest.raises(ValueError, match="không phải ngày làm việc"):
        OFFICE.close(date(2026, 3, 7))


def test_the_days_of_a_unit_win_over_those_of_the_nation():
    worked = Override(date(2026, 9, 1), True, "Trực lễ", "QĐ 1/QĐ-UBND")
    closed = Override(date(2026, 10, 3), False, "Lễ hội của xã", "QĐ 2/QĐ-UBND")
    unit = Calendar(saturday=Saturday.WORKING, overrides=(worked, closed))
    assert unit.is_working(worked.day)
    assert unit.why_worked(worked.day) is None
    assert unit.why_off(closed.day) == calendar.Why("Lễ hội của xã", "QĐ 2/QĐ-UBND")
    assert unit.snap(vn("2026-10-03T09:00")) == vn("2026-10-05T07:00")


def test_equal_calendars_are_laid_out_once():
    assert Calendar().tables is OFFICE.tables
    assert replace(OFFICE, saturday=Saturday.WORKING).tables is not OFFICE.tables


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_agrees_with_walking_them(start: date, days: int):
    try:
        found = OFFICE.add_working_days(start, days)
    except OutOfYears:
        return
    walked, left = start, days
    while left:
        walked += timedelta(days=1)
        left -= OFFICE.is_working(walked)
    assert found == walked
    assert OFFICE.add_working_days_to_all([start.toordinal()], days) == [walked.toordinal()]


@given(DAYS, st.integers(1, 10))
def test_working_days_back_are_the_way_forth_reversed(start: date, days: int):
    back = OFFICE.add_working_days(start, -days)
    walked, left = start, days
    while left:
        walked -= timedelta(days=1)
        left -= OFFICE.is_working(walked)
    assert back == walked


@given(st.datetimes(datetime(2018, 2, 1), datetime(2030, 11, 1)), st.integers(1, 5000))  # noqa: DTZ001
def test_adding_working_minutes_is_undone_by_counting_them(start: datetime, minutes: int):
    begun = start.replace(tzinfo=calendar.TZ)
    end = OFFICE.add_working_minutes(begun, minutes)
    assert OFFICE.working_minutes(begun, end) == minutes
    assert OFFICE.working_minutes(end, begun) == -minutes
    assert OFFICE.is_working(calendar.day(end))


@pytest.mark.real
def test_every_day_from_2018_to_2027_agrees_with_the_announcements():
    if not REAL.exists():
        pytest.skip(f"không có dữ liệu {REAL.name}")
    with REAL.open(encoding="utf-8") as file:
        announced = {
            date.fromisoformat(row["date"]): row["kind"] != "day_off" for row in csv.DictReader(file)
        }
    days = [date(2018, 1, 1) + timedelta(days=n) for n in range(3652)]
    assert days[-1] == date(2027, 12, 31)
    wrong = [d for d in days if OFFICE.is_working(d) != announced.get(d, d.weekday() < 5)]
    assert wrong == []
    assert len(announced) == 147
