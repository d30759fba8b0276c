"""The clock of a dossier: terms, due moments, pauses, the ledger."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from motcua.law import calendar, clock, terms
from motcua.law.calendar import Calendar, NewHours, OutOfYears, Override, Saturday
from motcua.law.clock import LineKind, State, Status, TimeLimit, Unit, UnreadLimit
from motcua.law.facts import (
    KINDS,
    Accepted,
    Extended,
    Fact,
    FeePaid,
    Filed,
    FinancialDutyCorrected,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    ReceptionRefused,
    ResultReturned,
    Stopped,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.packs import NotInForce

CASES = yaml.safe_load((Path(__file__).parent / "cases/clock.yaml").read_text(encoding="utf-8"))
STEPS = Path(__file__).parents[2].parent / "shared/data/processes/cao-bang-steps.csv"
OFFICE = Calendar()
NOW_LAW = clock.rules_of("nd118-2025")
OLD_LAW = clock.rules_of("nd61-2018")
FIVE_DAYS = TimeLimit(Decimal(5), Unit.WORKING_DAYS)
CHOICES = {
    "days_from": terms.DaysFrom,
    "after_hours": terms.AfterHours,
    "plain_hours": terms.PlainHours,
    "financial_duty": terms.OnDuty,
}

starts = st.datetimes(datetime(2018, 6, 21), datetime(2028, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=calendar.TZ)
)
parts = st.sampled_from([Decimal(n) / 4 for n in range(1, 120)])
limits = st.one_of(
    st.builds(
        TimeLimit, parts, st.sampled_from([Unit.WORKING_DAYS, Unit.DAYS, Unit.WORKING_HOURS, Unit.HOURS])
    ),
    st.builds(TimeLimit, st.integers(1, 14).map(Decimal), st.just(Unit.MONTHS)),
)
regimes = st.sampled_from([NOW_LAW, OLD_LAW])
offices = st.sampled_from(
    [
        OFFICE,
        Calendar(saturday=Saturday.RECEPTION),
        Calendar(saturday=Saturday.WORKING),
        Calendar(hours=calendar.sessions("07:30-12:00,13:00-16:30")),
        Calendar(
            changes=(
                NewHours(date(2021, 4, 15), calendar.sessions("07:30-12:00,13:00-16:30")),
                NewHours(date(2025, 11, 1), calendar.sessions("08:00-12:00,13:30-17:30"), Saturday.WORKING),
            )
        ),
    ]
)


def vn(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=calendar.TZ)


def accepted(at: datetime | str) -> Accepted:
    return Accepted(
        at=vn(at) if isinstance(at, str) else at, channel="counter", limit="", rules_day="", due=""
    )


def asked(at: str | datetime, phase: str = "appraisal") -> SupplementRequested:
    moment = vn(at) if isinstance(at, str) else at
    return SupplementRequested(at=moment, phase=phase, items=("Bản vẽ",), reason="thiếu bản vẽ")


def finished(at: str) -> Finished:
    return Finished(at=vn(at), result="granted", number="01/QĐ")


def read(
    *facts: Fact, now: str = "2026-03-03T10:00", limit: TimeLimit | None = FIVE_DAYS, **given: Any
) -> clock.Reading:
    rules, office = given.get("rules", NOW_LAW), given.get("calendar", OFFICE)
    return clock.read(facts, limit=limit, calendar=office, rules=rules, now=vn(now))


def judged(*facts: Fact, by: str = "2026-03-31T23:59") -> clock.Verdict:
    return clock.on_time(facts, limit=FIVE_DAYS, calendar=OFFICE, rules=NOW_LAW, period_end=vn(by))


# Terms as they are written


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("5 ngày làm việc", "5", Unit.WORKING_DAYS),
        ("5 Ngày làm việc", "5", Unit.WORKING_DAYS),
        ("0,5 ngày làm việc", "0.5", Unit.WORKING_DAYS),
        ("7.5 ngày làm việc", "7.5", Unit.WORKING_DAYS),
        ("1/2 ngày làm việc", "0.5", Unit.WORKING_DAYS),
        ("Không quá 05 ngày làm việc.", "5", Unit.WORKING_DAYS),
        ("04 giờ làm việc", "4", Unit.WORKING_HOURS),
        ("  30\n ngày ", "30", Unit.DAYS),
        ("24Giờ", "24", Unit.HOURS),
        ("15 phút", "15", Unit.MINUTES),
        ("12 Tháng", "12", Unit.MONTHS),
    ],
)
def test_a_term_is_read_as_decisions_write_it(text: str, amount: str, unit: Unit):
    assert TimeLimit.parse(text) == TimeLimit(Decimal(amount), unit)


def test_a_term_typed_with_separate_accents_is_the_same_term():
    apart = unicodedata.normalize("NFD", "5 ngày làm việc")
    assert apart != "5 ngày làm việc"
    assert TimeLimit.parse(apart) == FIVE_DAYS


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Không tính thời gian", "một số và một đơn vị"),
        ("", "để trống"),
        ("5", "không có đơn vị"),
        ("1/2", "không có đơn vị"),
        ("0 ngày", "lớn hơn 0"),
        ("-3 ngày", "một số và một đơn vị"),
        ("1/3 ngày làm việc", "phân số"),
        ("1/0 ngày", "phân số"),
        ("10,000 ngày", "một số và một đơn vị"),
        ("1,5 tháng", "số nguyên"),
        ("03 - 05 ngày", "một số và một đơn vị"),
        ("5 ngày kể từ ngày nhận đủ hồ sơ", "một số và một đơn vị"),
        ("999999999 ngày", "một số và một đơn vị"),
    ],
)
def test_what_is_no_term_is_refused_by_name_and_never_guessed(text: str, why: str):
    with pytest.raises(UnreadLimit, match=f"không đọc được thời hạn “.*”: .*{why}"):
        TimeLimit.parse(text)


@given(limits)
def test_a_term_reads_back_what_it_writes(limit: TimeLimit):
    assert TimeLimit.parse(str(limit)) == limit


def test_a_term_is_written_with_a_comma():
    assert str(TimeLimit.parse("2.50 Ngày làm việc")) == "2,5 ngày làm việc"
    assert str(TimeLimit.parse("30 ngày")) == "30 ngày"


# The cases a lawyer reads


def _facts(case: dict[str, Any]) -> list[Fact]:
    made: list[Fact] = [_fact(entry) for entry in case.get("before", ())]
    return [*made, accepted(case["from"]), *(_fact(entry) for entry in case.get("facts", ()))]


def _fact(entry: dict[str, Any]) -> Fact:
    (name, at), *_ = entry.items()
    match name:
        case "asked":
            return asked(at)
        case "asked_at_reception":
            return asked(at, "reception")
        case "supplemented":
            return SupplementReceived(at=vn(at))
        case "duty_asked":
            return FinancialDutyRequested(at=vn(at), amount=100_000)
        case "duty_met":
            return FinancialDutyMet(at=vn(at))
        case "extended":
            return Extended(at=vn(at), due=entry["to"], reason="chờ xác minh")
    raise ValueError(name)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['limit']} từ {case['from']}: {case['why'][:40]}"
)
def test_the_due_moment_of_the_case(case: dict[str, Any]):
    facts = _facts(case)
    days_off = tuple(
        Override(d, False, "Nghỉ của đơn vị", "Quyết định 1/QĐ-UBND") for d in case.get("days_off", ())
    )
    office = Calendar(saturday=Saturday(case.get("saturday", "closed")), overrides=days_off)
    start = vn(case["from"])
    rules = clock.rules_of(case["regime"]) if "regime" in case else clock.rules(calendar.day(start))
    rules = replace(rules, **{name: CHOICES[name](value) for name, value in case.get("rules", {}).items()})
    limit = TimeLimit.parse(case["limit"])
    reading = clock.read(facts, limit=limit, calendar=office, rules=rules, now=max(f.at for f in facts))
    assert reading.due == vn(case["due"]), case["why"]
    assert [line.to for line in reading.ledger if line.kind is LineKind.DUE][-1] == reading.due
    if not case.get("facts"):
        assert clock.due(start, limit, office, rules) == reading.due


def test_there_are_enough_cases_of_every_kind():
    assert len(CASES) >= 40
    written = Counter(TimeLimit.parse(case["limit"]).unit for case in CASES)
    assert set(written) == set(Unit)


# What must hold for every term, start and calendar


class Walked:
    """The same law counted the slow way, minute by minute and day by day, as a check on the arithmetic."""

    def __init__(self, office: Calendar) -> None:
        self.office = office

    def due(self, start: datetime, limit: TimeLimit) -> datetime:
        begun = self.opening(start.replace(second=0, microsecond=0))
        if limit.unit in (Unit.HOURS, Unit.WORKING_HOURS):
            return self.minutes(begun, int(limit.amount * 60))
        whole, part = divmod(limit.amount, 1)
        if not whole:
            return self.minutes(begun, int(part * 480))
        first = calendar.day(begun)
        if limit.unit is Unit.WORKING_DAYS:
            last = first
            for _ in range(int(whole)):
                last = self.next_working(last)
            return self.minutes(self.close(last), int(part * 480)) if part else self.close(last)
        if limit.unit is Unit.MONTHS:
            return self.roll(self.close(self.month_later(first, int(whole))))
        last = first + timedelta(days=int(whole))
        rolled = self.roll(self.close(last))
        return (
            max(rolled, self.roll(self.into(last + timedelta(days=1), int(part * 480)))) if part else rolled
        )

    def month_later(self, day: date, months: int) -> date:
        year, month = day.year, day.month + months
        while month > 12:
            year, month = year + 1, month - 12
        for last in (day.day, 30, 29, 28):
            try:
                return date(year, month, min(last, day.day))
            except ValueError:
                continue
        raise AssertionError

    def next_working(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.office.is_working(day):
            day += timedelta(days=1)
        return day

    def roll(self, end: datetime) -> datetime:
        day = calendar.day(end)
        return end if self.office.is_working(day) else self.close(self.next_working(day))

    def close(self, day: date) -> datetime:
        return calendar.at(day, self.office.hours_on(day)[-1][1])

    def into(self, day: date, minutes: int) -> datetime:
        for start, end in self.office.hours_on(day):
            opens, closes = calendar.at(day, start), calendar.at(day, end)
            if minutes <= (closes - opens) // timedelta(minutes=1):
                return opens + timedelta(minutes=minutes)
            minutes -= (closes - opens) // timedelta(minutes=1)
        raise AssertionError

    def opening(self, moment: datetime) -> datetime:
        day = calendar.day(moment)
        if self.office.is_working(day):
            for start, end in self.office.hours_on(day):
                if moment <= calendar.at(day, end):
                    return max(moment, calendar.at(day, start))
        return self.opening(calendar.at(day + timedelta(days=1), time(0)))

    def minutes(self, moment: datetime, left: int) -> datetime:
        while left:
            day = calendar.day(moment)
            hours = self.office.hours_on(day) if self.office.is_working(day) else ()
            for start, end in hours:
                opens, closes = max(moment, calendar.at(day, start)), calendar.at(day, end)
                spent = min(left, max(0, (closes - opens) // timedelta(minutes=1)))
                left -= spent
                if not left:
                    return opens + timedelta(minutes=spent)
            moment = calendar.at(day + timedelta(days=1), time(0))
        return moment


@given(
    starts, limits, st.sampled_from([OFFICE, Calendar(hours=calendar.sessions("07:30-12:00,13:00-16:30"))])
)
def test_the_due_moment_is_the_one_found_by_walking(start: datetime, limit: TimeLimit, office: Calendar):
    assert clock.due(start, limit, office, NOW_LAW) == Walked(office).due(start, limit)


@given(starts, starts, limits, offices, st.sampled_from(list(terms.PlainHours)))
def test_a_later_acceptance_is_never_due_earlier(
    one: datetime, other: datetime, limit: TimeLimit, office: Calendar, hours: terms.PlainHours
):
    first, second = sorted((one, other))
    rules = replace(NOW_LAW, plain_hours=hours)
    assert clock.due(first, limit, office, rules) <= clock.due(second, limit, office, rules)


@given(starts, st.integers(0, 4000), limits, offices)
def test_a_slightly_later_acceptance_is_never_due_earlier(
    start: datetime, minutes: int, limit: TimeLimit, office: Calendar
):
    later = start + timedelta(minutes=minutes)
    assert clock.due(start, limit, office, NOW_LAW) <= clock.due(later, limit, office, NOW_LAW)


@given(starts, parts, parts, st.sampled_from([Unit.WORKING_DAYS, Unit.DAYS, Unit.HOURS]), offices)
def test_a_longer_term_is_never_due_earlier(
    start: datetime, one: Decimal, other: Decimal, unit: Unit, office: Calendar
):
    short, long = (TimeLimit(amount, unit) for amount in sorted((one, other)))
    assert clock.due(start, short, office, NOW_LAW) <= clock.due(start, long, office, NOW_LAW)


@given(starts, limits, offices, regimes, st.sampled_from(list(terms.PlainHours)))
def test_a_term_ends_in_office_hours(
    start: datetime, limit: TimeLimit, office: Calendar, rules: clock.ClockRules, hours: terms.PlainHours
):
    due = clock.due(start, limit, office, replace(rules, plain_hours=hours))
    assert due > start
    assert office.snap(due) == due


@given(starts, limits, st.integers(-2, 60))
def test_a_new_day_off_never_brings_the_due_moment_forward(start: datetime, limit: TimeLimit, later: int):
    off = Override(calendar.day(start) + timedelta(days=later), False, "Nghỉ bão", "Quyết định 1/QĐ-UBND")
    before = clock.due(start, limit, OFFICE, NOW_LAW)
    assert clock.due(start, limit, Calendar(overrides=(off,)), NOW_LAW) >= before


@given(starts, limits, offices, regimes)
def test_the_same_moment_in_utc_is_due_at_the_same_moment(
    start: datetime, limit: TimeLimit, office: Calendar, rules: clock.ClockRules
):
    assert clock.due(start.astimezone(UTC), limit, office, rules) == clock.due(start, limit, office, rules)


@given(st.lists(starts, min_size=1, max_size=20), limits, offices, st.sampled_from(list(terms.DaysFrom)))
def test_many_acceptances_are_due_as_each_alone(
    many: list[datetime], limit: TimeLimit, office: Calendar, days_from: terms.DaysFrom
):
    rules = replace(NOW_LAW, days_from=days_from)
    assert clock.due_of_all(many, limit, office, rules) == [clock.due(s, limit, office, rules) for s in many]


def _length(start: datetime, limit: TimeLimit) -> int:
    """Minutes of a term by its own arithmetic: 480 a day, 60 an hour, a month by its days."""
    if limit.unit in (Unit.HOURS, Unit.WORKING_HOURS):
        return int(limit.amount * 60)
    if limit.unit is Unit.MONTHS:
        first = calendar.day(OFFICE.snap(start))
        return (Walked(OFFICE).month_later(first, int(limit.amount)) - first).days * 480
    return int(limit.amount * 480)


@given(starts, limits, offices, regimes, st.sampled_from(list(terms.DaysFrom)))
def test_the_ledger_ends_where_the_fast_path_does(
    start: datetime, limit: TimeLimit, office: Calendar, rules: clock.ClockRules, days_from: terms.DaysFrom
):
    rules = replace(rules, days_from=days_from)
    reading = clock.read([accepted(start)], limit=limit, calendar=office, rules=rules, now=start)
    lines = [line for line in reading.ledger if line.kind is not LineKind.NOTE]
    assert reading.due == clock.due(start, limit, office, rules) == lines[-1].to
    assert lines[-1].kind is LineKind.DUE
    assert lines[0].day == calendar.day(start)


@given(starts, limits, regimes)
def test_the_lines_of_the_ledger_add_up_to_the_term(
    start: datetime, limit: TimeLimit, rules: clock.ClockRules
):
    reading = clock.read([accepted(start)], limit=limit, calendar=OFFICE, rules=rules, now=start)
    assert sum(line.minutes for line in reading.ledger) == _length(start, limit)
    assert all(line.reason and line.source for line in reading.ledger)


waits = st.tuples(st.integers(0, 20_000), st.integers(0, 20_000), st.booleans())


@given(starts, limits, waits, regimes)
def test_the_lines_add_up_to_the_term_after_a_wait_too(
    start: datetime, limit: TimeLimit, wait: tuple[int, int, bool], rules: clock.ClockRules
):
    after, lasting, supplement = wait
    since = start + timedelta(minutes=after)
    until = since + timedelta(minutes=lasting)
    pair: list[Fact] = [FinancialDutyRequested(at=since, amount=1), FinancialDutyMet(at=until)]
    if supplement:
        pair = [asked(since), SupplementReceived(at=until)]
    reading = clock.read([accepted(start), *pair], limit=limit, calendar=OFFICE, rules=rules, now=until)
    lines = reading.ledger
    again = [n for n, line in enumerate(lines) if "tính lại từ đầu" in line.reason]
    begun = until if again else start
    in_time = since <= clock.due(start, limit, OFFICE, rules)
    assert bool(again) == (supplement and rules is NOW_LAW and in_time)
    assert sum(line.minutes for line in lines[again[0] if again else 0 :]) == _length(begun, limit)


@given(starts, st.integers(1, 30), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_pause_leaves_exactly_the_working_time_that_was_left(
    start: datetime, days: int, after: int, lasting: int
):
    limit = TimeLimit(Decimal(days), Unit.WORKING_DAYS)
    promised = clock.due(start, limit, OFFICE, OLD_LAW)
    since = start + timedelta(minutes=after)
    first_day_ends = OFFICE.close(calendar.day(OFFICE.snap(start)))
    assume(first_day_ends <= since < promised)
    until = since + timedelta(minutes=lasting)
    facts = [accepted(start), asked(since), SupplementReceived(at=until)]
    reading = clock.read(facts, limit=limit, calendar=OFFICE, rules=OLD_LAW, now=until)
    assert reading.due is not None
    assert OFFICE.working_minutes(until, reading.due) == OFFICE.working_minutes(since, promised)


@given(starts, starts, st.integers(1, 60))
def test_counted_from_the_moment_a_later_acceptance_is_never_due_earlier(
    one: datetime, other: datetime, days: int
):
    rules, limit = (
        replace(NOW_LAW, days_from=terms.DaysFrom.MOMENT),
        TimeLimit(Decimal(days), Unit.WORKING_DAYS),
    )
    first, second = sorted((one, other))
    assert clock.due(first, limit, OFFICE, rules) <= clock.due(second, limit, OFFICE, rules)


def test_a_day_announced_later_moves_the_due_moment_of_the_same_facts():
    facts = [accepted("2027-02-01T10:00")]
    off = Override(date(2027, 2, 3), False, "Nghỉ hoán đổi dịp Tết", "Công văn sẽ ban hành")
    before = clock.read(facts, limit=FIVE_DAYS, calendar=OFFICE, rules=NOW_LAW, now=facts[0].at)
    after = clock.read(
        facts, limit=FIVE_DAYS, calendar=Calendar(overrides=(off,)), rules=NOW_LAW, now=facts[0].at
    )
    assert before.due == vn("2027-02-15T17:00")
    assert after.due == vn("2027-02-16T17:00")
    assert any(line.source == "Công văn sẽ ban hành" for line in after.ledger)


@pytest.mark.parametrize("text", ["5 ngày làm việc", "90 ngày", "99999 tháng", "12 tháng", "99999 giờ"])
def test_a_term_that_leaves_the_calendar_says_so(text: str):
    with pytest.raises(OutOfYears, match="đến năm 2030"):
        clock.due(vn("2030-12-30T10:00"), TimeLimit.parse(text), OFFICE, NOW_LAW)


# The ledger


def test_every_day_from_acceptance_to_the_due_day_has_its_line():
    lines = read(accepted("2026-12-30T16:30"), now="2026-12-31T00:00").ledger
    assert [(line.day.day, line.kind.value, line.number) for line in lines] == [
        (30, "start", 0),
        (31, "counted", 1),
        (1, "off", 0),
        (2, "off", 0),
        (3, "off", 0),
        (4, "counted", 2),
        (5, "counted", 3),
        (6, "counted", 4),
        (7, "due", 5),
        (7, "note", 0),
    ]
    assert lines[2].reason == "Tết Dương lịch: không tính"
    assert "Bộ luật Lao động 2019" in lines[2].source
    assert "2027 là dự kiến" in lines[-1].reason


def test_a_reception_after_hours_is_explained_on_its_own_day():
    lines = read(accepted("2026-03-06T18:30"), now="2026-03-06T18:30").ledger
    assert [(line.day.day, line.kind.value) for line in lines[:4]] == [
        (6, "start"),
        (7, "off"),
        (8, "off"),
        (9, "start"),
    ]
    assert "ngoài giờ làm việc nên coi như 07:00 09/03/2026" in lines[0].reason
    assert lines[3].from_ == vn("2026-03-09T07:00")


def test_a_make_up_saturday_names_the_decision():
    lines = read(accepted("2026-01-09T10:00"), now="2026-01-09T10:00").ledger
    assert "Làm bù cho ngày 02/01/2026" in lines[1].reason
    assert "12729/VPCP-KGVX" in lines[1].source


def test_an_open_wait_is_the_last_line_and_has_no_end():
    reading = read(accepted("2026-03-02T10:00"), asked("2026-03-04T10:00"), now="2026-03-20T10:00")
    assert reading.ledger[-1].kind is LineKind.PAUSED
    assert reading.ledger[-1].to is None
    assert "thiếu bản vẽ" in reading.ledger[-1].reason
    assert reading.ledger[-1].source == "Nghị định 118/2025/NĐ-CP, Đ.19.5"


def test_a_restart_starts_numbering_again_and_says_why():
    facts = [
        accepted("2026-03-02T10:00"),
        asked("2026-03-04T10:00"),
        SupplementReceived(at=vn("2026-03-06T15:00")),
    ]
    lines = read(*facts, now="2026-03-06T15:00").ledger
    assert [line.number for line in lines if line.number] == [1, 2, 1, 2, 3, 4, 5]
    restart = next(line for line in lines if line.kind is LineKind.RESTART)
    assert "tính lại từ đầu" in restart.reason
    assert "Đ.19.5" in restart.source


def test_an_extension_and_an_end_have_their_lines():
    extended = Extended(at=vn("2026-03-06T10:00"), due="2026-03-10T17:00+07:00", reason="chờ xác minh")
    lines = read(
        accepted("2026-03-02T10:00"), extended, finished("2026-03-10T09:00"), now="2026-03-11T10:00"
    ).ledger
    assert [line.kind for line in lines[-2:]] == [LineKind.DUE, LineKind.ENDED]
    assert "Đã hẹn lại đến 17:00 10/03/2026: chờ xác minh" in lines[-2].reason
    assert "Đ.19.6" in lines[-2].source


def test_a_reading_is_json_with_the_offset_of_viet_nam():
    start = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    reading = clock.read([accepted(start)], limit=FIVE_DAYS, calendar=OFFICE, rules=NOW_LAW, now=start)
    data = json.loads(json.dumps(reading.as_data(), ensure_ascii=False))
    assert data["now"] == "2026-03-02T10:00:00+07:00"
    assert data["due"] == "2026-03-09T17:00:00+07:00"
    assert data["limit"] == "5 ngày làm việc"
    assert data["ledger"][1] == {
        "day": "2026-03-03",
        "from": "2026-03-03T07:00:00+07:00",
        "to": "2026-03-03T17:00:00+07:00",
        "kind": "counted",
        "minutes": 480,
        "number": 1,
        "reason": "Ngày làm việc thứ 1",
        "source": "Bộ luật Dân sự 2015, Đ.147.2, 147.3",
    }


# The status


@pytest.mark.parametrize(
    ("now", "status", "left"),
    [
        ("2026-03-03T10:00", Status.RUNNING, 2220),
        ("2026-03-06T16:00", Status.RUNNING, 540),
        ("2026-03-06T17:00", Status.NEAR, 480),
        ("2026-03-09T17:00", Status.NEAR, 0),
        ("2026-03-09T17:01", Status.OVERDUE, 0),
        ("2026-03-10T08:00", Status.OVERDUE, -60),
    ],
)
def test_the_status_follows_the_working_time_left(now: str, status: Status, left: int):
    reading = read(accepted("2026-03-02T10:00"), now=now)
    assert (reading.state, reading.status, reading.left_minutes) == (State.RUNNING, status, left)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("2026-03-06T16:00", Status.ENDED_EARLY),
        ("2026-03-09T16:59", Status.ENDED_ON_TIME),
        ("2026-03-09T17:00", Status.ENDED_ON_TIME),
        ("2026-03-09T17:01", Status.ENDED_LATE),
    ],
)
def test_an_ended_dossier_was_early_on_time_or_late(end: str, status: Status):
    reading = read(accepted("2026-03-02T10:00"), finished(end), now="2026-04-01T10:00")
    assert (reading.state, reading.status) == (State.ENDED, status)


def test_what_happens_after_now_has_not_happened():
    reading = read(accepted("2026-03-02T10:00"), finished("2026-03-05T10:00"), now="2026-03-04T10:00")
    assert reading.state is State.RUNNING


def test_a_filed_dossier_has_no_clock_yet():
    reading = read(Filed(at=vn("2026-03-02T10:00"), channel="online"))
    assert (reading.state, reading.status, reading.due, reading.ledger) == (
        State.WAITING,
        Status.WAITING,
        None,
        (),
    )


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        (ReceptionRefused(at=vn("2026-03-02T11:00"), reason="sai thẩm quyền"), Status.REFUSED),
        (Withdrawn(at=vn("2026-03-02T11:00")), Status.WITHDRAWN),
    ],
)
def test_a_dossier_closed_before_acceptance_never_had_a_term(ending: Fact, status: Status):
    reading = read(Filed(at=vn("2026-03-02T10:00"), channel="online"), ending)
    assert (reading.state, reading.status, reading.left_minutes) == (State.ENDED, status, None)


def test_a_procedure_without_a_term_is_never_late():
    reading = read(accepted("2026-03-02T10:00"), limit=None, now="2027-03-02T10:00")
    assert (reading.status, reading.due, reading.late, reading.ledger) == (Status.NO_TERM, None, False, ())


def test_a_wait_freezes_the_time_left():
    facts = accepted("2026-03-02T10:00"), asked("2026-03-04T10:00")
    reading = read(*facts, now="2026-03-30T10:00")
    assert (reading.state, reading.status) == (State.PAUSED, Status.PAUSED)
    assert reading.left_minutes == OFFICE.working_minutes(vn("2026-03-04T10:00"), vn("2026-03-09T17:00"))


def test_a_supplement_asked_for_when_overdue_does_not_wipe_that_out():
    facts = [
        accepted("2026-03-02T10:00"),
        asked("2026-03-10T10:00"),
        SupplementReceived(at=vn("2026-03-16T10:00")),
        finished("2026-03-16T15:00"),
    ]
    reading = read(*facts, now="2026-03-20T10:00")
    assert (reading.due, reading.status) == (vn("2026-03-09T17:00"), Status.ENDED_LATE)
    [wait] = [line for line in reading.ledger if line.kind is LineKind.PAUSED]
    assert "hạn cũ giữ nguyên" in wait.reason
    assert "chưa xác minh" in wait.source
    restarting = replace(NOW_LAW, late_supplement=terms.OnLateSupplement.RESTART)
    reading = read(*facts, now="2026-03-20T10:00", rules=restarting)
    assert (reading.due, reading.status) == (vn("2026-03-23T17:00"), Status.ENDED_EARLY)


def test_a_supplement_does_not_end_the_wait_for_a_duty():
    facts = [
        accepted("2026-03-02T10:00"),
        FinancialDutyRequested(at=vn("2026-03-04T10:00"), amount=1),
        SupplementReceived(at=vn("2026-03-05T10:00")),
    ]
    assert read(*facts, now="2026-03-05T11:00").state is State.PAUSED


def test_an_extension_during_a_wait_is_moved_only_by_what_follows():
    facts = [
        accepted("2026-03-02T10:00"),
        FinancialDutyRequested(at=vn("2026-03-04T08:00"), amount=1),
        Extended(at=vn("2026-03-05T08:00"), due="2026-03-12T17:00+07:00", reason="chờ xác minh"),
        FinancialDutyMet(at=vn("2026-03-06T08:00")),
    ]
    assert read(*facts, now="2026-03-06T09:00").due == vn("2026-03-13T17:00")


DUTY = FinancialDutyRequested(at=vn("2026-03-04T08:00"), amount=100)


def test_the_wait_for_a_duty_ends_when_all_is_paid_however_late_that_is_confirmed():
    paid = FeePaid(at=vn("2026-03-05T08:00"), amount=100, means="bank")
    facts = [accepted("2026-03-02T10:00"), DUTY, paid]
    reading = read(*facts, now="2026-03-05T09:00")
    assert (reading.state, reading.due) == (State.RUNNING, vn("2026-03-10T17:00"))
    met = FinancialDutyMet(at=vn("2026-03-20T08:00"))
    assert read(*facts, met, now="2026-03-20T09:00").due == vn("2026-03-10T17:00")


def test_a_part_of_a_duty_and_of_the_fee_is_waited_for_until_the_rest_is_there():
    slip = replace(accepted("2026-03-02T10:00"), fee=20)
    facts = [slip, DUTY, FeePaid(at=vn("2026-03-05T08:00"), amount=100, means="bank")]
    assert read(*facts, now="2026-03-05T09:00").state is State.PAUSED
    rest = FeePaid(at=vn("2026-03-06T08:00"), amount=20, means="bank")
    assert read(*facts, rest, now="2026-03-06T09:00").due == vn("2026-03-11T17:00")


def test_a_duty_that_was_never_owed_lengthens_no_term():
    smaller = FinancialDutyCorrected(at=vn("2026-03-05T08:00"), amount=10, reason="thừa số 0")
    nothing = FinancialDutyCorrected(at=vn("2026-03-11T08:00"), amount=0, reason="không phải nộp")
    met = FinancialDutyMet(at=vn("2026-03-12T08:00"))
    facts = [accepted("2026-03-02T10:00"), DUTY, smaller]
    assert read(*facts, now="2026-03-05T09:00").state is State.PAUSED
    reading = read(*facts, nothing, met, now="2026-03-12T09:00")
    assert (reading.due, reading.status) == (vn("2026-03-09T17:00"), Status.OVERDUE)
    assert sum(line.minutes for line in reading.ledger) == 5 * 8 * 60


def test_every_status_has_its_words():
    assert Status("soon").label == "Sắp đến hạn"
    assert all(status.label for status in Status)


# On time, as the index 766 counts


def test_the_end_is_finished_before_returned():
    returned = ResultReturned(at=vn("2026-03-12T10:00"), means="counter")
    assert judged(accepted("2026-03-02T10:00"), finished("2026-03-09T10:00"), returned).on_time is True
    assert judged(accepted("2026-03-02T10:00"), returned).on_time is False


def test_an_open_dossier_is_held_against_the_end_of_the_period():
    assert judged(accepted("2026-03-02T10:00"), by="2026-03-09T17:00").on_time is True
    assert judged(accepted("2026-03-02T10:00"), by="2026-03-09T17:01").on_time is False


def test_while_waiting_for_a_supplement_the_request_is_the_end():
    verdict = judged(accepted("2026-03-02T10:00"), asked("2026-03-04T10:00"))
    assert verdict == clock.Verdict(
        True, "tạm dừng 10:00 04/03/2026, trong hạn 17:00 09/03/2026", "Quyết định 766/QĐ-TTg, chỉ số 2.1"
    )
    assert judged(accepted("2026-03-02T10:00"), asked("2026-03-10T10:00")).on_time is False


def test_a_dossier_closed_while_it_waited_is_judged_at_the_request():
    closed = Stopped(at=vn("2026-03-20T10:00"), reason="quá 15 ngày không bổ sung")
    verdict = judged(accepted("2026-03-02T10:00"), asked("2026-03-04T10:00"), closed)
    assert verdict.on_time is True
    assert verdict.reason.startswith("tạm dừng 10:00 04/03/2026")


def test_asking_twice_is_late_whatever_the_date():
    facts = [
        asked("2026-02-27T10:00", "reception"),
        SupplementReceived(at=vn("2026-02-28T10:00")),
        accepted("2026-03-02T10:00"),
        asked("2026-03-03T10:00"),
        SupplementReceived(at=vn("2026-03-04T10:00")),
        finished("2026-03-05T10:00"),
    ]
    verdict = judged(*facts)
    assert verdict.on_time is False
    assert verdict.reason == "yêu cầu bổ sung 2 lần"


@pytest.mark.parametrize("kind", [Withdrawn, Stopped])
def test_a_withdrawn_or_stopped_dossier_counts_when_it_was_accepted(kind: type[Fact]):
    ended = kind(at=vn("2026-03-05T10:00"), reason="x")  # type: ignore[call-arg]
    assert judged(accepted("2026-03-02T10:00"), ended).on_time is True
    assert judged(Filed(at=vn("2026-03-02T10:00"), channel="online"), ended).on_time is None


def test_without_a_term_there_is_no_verdict():
    verdict = clock.on_time(
        [accepted("2026-03-02T10:00")],
        limit=None,
        calendar=OFFICE,
        rules=NOW_LAW,
        period_end=vn("2026-03-31T23:59"),
    )
    assert (verdict.on_time, verdict.reason) == (None, "thủ tục không quy định thời hạn")


# Online reception


@pytest.mark.parametrize(
    ("filed", "notify_by", "accept_by"),
    [
        ("2026-03-02T08:00", "2026-03-02T10:00", "2026-03-03T08:00"),
        ("2026-03-06T22:00", "2026-03-07T00:00", "2026-03-09T17:00"),
        ("2026-02-13T16:00", "2026-02-13T18:00", "2026-02-23T16:00"),
    ],
)
def test_an_online_filing_is_notified_in_two_hours_and_accepted_in_eight_working_hours(
    filed: str, notify_by: str, accept_by: str
):
    assert clock.reception_deadlines(vn(filed), OFFICE, NOW_LAW) == (vn(notify_by), vn(accept_by))


# The rules


def test_a_supplement_is_asked_for_within_three_working_days_of_acceptance():
    assert clock.supplement_asked_by(vn("2026-03-05T16:00"), OFFICE, NOW_LAW) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("asked_at", "last"),
    [
        ("2026-03-02T10:00", date(2026, 3, 17)),
        ("2026-03-06T10:00", date(2026, 3, 23)),  # the 15th day is a Saturday
        ("2026-04-15T10:00", date(2026, 5, 4)),  # it is 30 April, then 1 May and a week-end
    ],
)
def test_a_supplement_may_come_for_fifteen_days_and_never_ends_on_a_day_off(asked_at: str, last: date):
    assert clock.supplement_given_by(vn(asked_at), OFFICE, NOW_LAW) == last
    assert clock.supplement_given_by(vn(asked_at), OFFICE, OLD_LAW) is None


def test_a_new_day_is_promised_at_least_a_day_before_the_old_one():
    assert clock.extended_by(vn("2026-03-09T17:00"), NOW_LAW) == date(2026, 3, 8)


def test_each_regime_begins_on_its_day():
    assert clock.rules(date(2025, 6, 30)).regime == "nd61-2018"
    assert clock.rules(date(2025, 7, 1)).regime == "nd118-2025"
    assert clock.rules_of("nd61-2018") == clock.rules(date(2018, 6, 21))
    with pytest.raises(NotInForce, match="21/06/2018"):
        clock.rules(date(2018, 6, 20))


def test_an_unknown_regime_names_the_known_ones():
    with pytest.raises(LookupError, match="nd61-2018, nd118-2025"):
        clock.rules_of("nd1-1999")


def test_the_values_of_the_decree_are_in_the_pack():
    assert (NOW_LAW.supplement, NOW_LAW.supplement_max) == (terms.OnSupplement.RESTART, 1)
    assert (NOW_LAW.supplement_notice_working_days, NOW_LAW.supplement_close_days) == (3, 15)
    assert (NOW_LAW.extension_max, NOW_LAW.extension_notice_days) == (1, 1)
    assert (NOW_LAW.reception_notify_hours, NOW_LAW.reception_accept_working_hours) == (2, 8)
    assert NOW_LAW.same_day_cutoff == time(15, 0)
    assert OLD_LAW.supplement_close_days is None


def test_what_was_not_read_in_the_law_says_so():
    doubtful = {name for name, source in NOW_LAW.sources.items() if "chưa xác minh" in source}
    assert doubtful == {
        "after_hours",
        "correction_signed",
        "day_ends",
        "early",
        "financial_duty",
        "late_supplement",
        "near_working_hours",
        "part_of_day",
        "plain_hours",
        "reception_supplement_close_days",
    }


def test_a_rule_the_code_cannot_count_never_passes_unnoticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(terms._ONLY, "months", "thirty_days")
    with pytest.raises(NotImplementedError, match="months"):
        clock.rules.__wrapped__(date(2026, 3, 2))


# Real input


@pytest.mark.real
def test_every_time_of_the_internal_processes_is_read_or_named():
    if not STEPS.exists():
        pytest.skip(f"không có dữ liệu {STEPS.name}")
    with STEPS.open(encoding="utf-8") as file:
        written = Counter(row["thoi_gian"] for row in csv.DictReader(file))
    unread = Counter()
    for text, times in written.items():
        try:
            TimeLimit.parse(text)
        except UnreadLimit as refusal:
            unread[refusal.text] = times
    assert sum(written.values()) == 382
    assert unread == {"Không tính thời gian": 44, "": 40}


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind not in clock.MOVED_BY])
def test_a_fact_that_is_not_said_to_move_the_clock_leaves_it_as_it_was(kind: type[Fact]) -> None:
    start = datetime(2026, 11, 2, 9, tzinfo=calendar.TZ)
    later = start + timedelta(hours=1)
    blank: dict[str, Any] = {"str": "", "int": 0, "bool": False}
    names = [field for field in fields(kind) if field.name not in ("at", "by", "provision")]
    fact = kind(at=later, **{field.name: blank.get(str(field.type), ()) for field in names})
    accepted = Accepted(at=start, channel="direct", limit="5 ngày làm việc", rules_day="2026-11-02", due="")
    told: dict[str, Any] = {"limit": FIVE_DAYS, "calendar": OFFICE, "rules": NOW_LAW, "now": later}
    assert clock.read([accepted, fact], **told) == clock.read([accepted], **told)
