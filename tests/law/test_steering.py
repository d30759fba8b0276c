"""A task keeps its first deadline for ever, is closed by its giver alone, and is late or not by its product's day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from motcua.law import following, packs, steering
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.following import Status
from motcua.law.steering import Standing, TaskState
from motcua.law.steering_facts import (
    TASK_KINDS,
    ExtensionAsked,
    ExtensionGranted,
    TaskAccepted,
    TaskAssigned,
    TaskFact,
    TaskGiven,
    TaskReported,
    TaskReturned,
    TransferAllowed,
    TransferProposed,
)

GIVEN_ON, DUE = date(2026, 3, 2), date(2026, 3, 31)


def moment(on: date) -> datetime:
    return datetime.combine(on, time(9), TZ)


def task(**changes: Any) -> TaskGiven:
    kept = {"title": "Rà soát thủ tục", "product": "Quyết định", "unit": "04.05", "giver": "04"}
    days = {"due": DUE.isoformat(), "begins": GIVEN_ON.isoformat()}
    return TaskGiven(at=moment(GIVEN_ON), by="chu-tich", **{**kept, **days, **changes})


def told(standing: Standing, kind: type[TaskFact], on: date, by: str = "so", **said: Any) -> Standing:
    fact = kind(at=moment(on), by=by, **said)
    steering.allow(standing, fact)
    return steering.fold([fact], standing)


def begun() -> Standing:
    return steering.fold([task()])


def report(issued: date, **changes: Any) -> dict[str, Any]:
    kept = {"product": "Quyết định", "number": "9/QĐ", "result": "Xong", "files": ("a" * 64,)}
    return {**kept, "product_on": issued.isoformat(), **changes}


def test_a_product_in_time_is_in_time_however_late_it_is_reported_and_accepted() -> None:
    standing = told(begun(), TaskReported, DUE + timedelta(days=20), **report(DUE))
    standing = told(standing, TaskAccepted, DUE + timedelta(days=40), by="chu-tich")
    assert standing.state is TaskState.ACCEPTED
    assert steering.late_days(standing, DUE + timedelta(days=90)) == 0


def test_a_product_after_the_deadline_is_late_by_its_own_day() -> None:
    standing = told(begun(), TaskReported, DUE + timedelta(days=5), **report(DUE + timedelta(days=2)))
    assert steering.late_days(standing, DUE + timedelta(days=90)) == 2


def test_who_reports_does_not_accept() -> None:
    standing = told(begun(), TaskReported, DUE, by="so", **report(DUE))
    with pytest.raises(Refused, match="không tự xác nhận"):
        told(standing, TaskAccepted, DUE, by="so")


def test_who_does_a_task_does_not_accept_it_though_another_reported() -> None:
    standing = told(begun(), TaskAssigned, GIVEN_ON, by="so", officer="ai")
    standing = told(standing, TaskReported, DUE, by="so", **report(DUE))
    with pytest.raises(Refused, match="không tự xác nhận"):
        told(standing, TaskAccepted, DUE, by="ai")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"files": ()}, "minh chứng"),
        ({"product": " "}, "sản phẩm"),
        ({"product_on": (DUE + timedelta(days=1)).isoformat()}, "sau ngày báo cáo"),
        ({"product_on": (GIVEN_ON - timedelta(days=1)).isoformat()}, "trước ngày giao"),
    ],
)
def test_a_report_without_its_product_and_evidence_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        told(begun(), TaskReported, DUE, **{**report(DUE), **changes})


def test_an_extension_stands_beside_the_first_deadline() -> None:
    later = DUE + timedelta(days=15)
    standing = told(begun(), ExtensionAsked, DUE, until=later.isoformat(), reason="Chờ bộ")
    standing = told(standing, ExtensionGranted, DUE, by="chu-tich", until=later.isoformat())
    assert (standing.due, standing.until, standing.extensions) == (DUE, later, 1)
    standing = told(standing, TaskReported, later, **report(later))
    assert steering.late_days(standing, later) == 0


def test_an_extension_granted_once_the_product_was_there_does_not_make_it_come_in_time() -> None:
    issued, later = DUE + timedelta(days=2), DUE + timedelta(days=15)
    standing = told(begun(), ExtensionAsked, DUE, until=later.isoformat(), reason="Chờ bộ")
    standing = told(standing, ExtensionGranted, issued, by="chu-tich", until=later.isoformat())
    standing = told(standing, TaskReported, issued, **report(issued))
    assert steering.late_days(standing, issued) == 2


def test_nobody_asks_for_more_time_once_it_is_over() -> None:
    on = DUE + timedelta(days=1)
    with pytest.raises(Refused, match="Đã quá hạn"):
        told(begun(), ExtensionAsked, on, until=(on + timedelta(days=9)).isoformat(), reason="Chờ bộ")


def test_a_task_is_handed_on_with_a_reason_and_the_consent_of_its_giver_and_the_way_stays_visible() -> None:
    with pytest.raises(Refused, match="lý do"):
        told(begun(), TransferProposed, GIVEN_ON, unit="04.06", reason=" ")
    standing = told(begun(), TransferProposed, GIVEN_ON, unit="04.06", reason="Việc của sở khác")
    assert standing.unit == "04.05"
    standing = told(standing, TransferAllowed, GIVEN_ON, by="chu-tich", unit="04.06")
    assert (standing.unit, standing.held, standing.due) == ("04.06", ("04.05", "04.06"), DUE)


def test_what_is_returned_is_owed_by_the_same_deadline() -> None:
    standing = told(begun(), TaskReported, DUE, **report(DUE))
    standing = told(standing, TaskReturned, DUE + timedelta(days=3), by="chu-tich", reason="Thiếu phụ lục")
    assert (standing.until, standing.product_on) == (DUE, None)
    assert steering.late_days(standing, DUE + timedelta(days=3)) == 3


# Whatever is done, in whatever order

PEOPLE = ("so", "can-bo", "chu-tich", "van-phong")
GIVERS = ("chu-tich", "van-phong")
DEEDS = st.tuples(
    st.sampled_from(sorted(TASK_KINDS)),
    st.sampled_from(PEOPLE),
    st.integers(0, 9),
    st.integers(-20, 40),
    st.sampled_from(["04.05", "04.06"]),
)


def deed(name: str, by: str, on: date, days: int, unit: str) -> TaskFact:
    """One wish of somebody, sensible or not."""
    said: dict[str, Any] = {
        "officer": by,
        "unit": unit,
        "reason": "Có lý do",
        "text": "Nội dung",
        "until": (DUE + timedelta(days=days)).isoformat(),
        "on": on.isoformat(),
        "rung": f"{on}",
        "level": 1,
        "key": "1",
        "name": "Khoản",
        "planned": 1,
        "assigned": 1,
        "disbursed": 1,
        **report(on + timedelta(days=min(days, 0))),
    }
    kind = TASK_KINDS[name]
    if kind is TaskGiven:
        return task(unit=unit, due=(on + timedelta(days=50)).isoformat())
    known = {field for field in kind.__dataclass_fields__ if field in said}
    return kind(at=moment(on), by=by, **{name: said[name] for name in known})


CLOSED_BY: set[str] = set()


@settings(max_examples=150)
@given(st.lists(DEEDS, max_size=40))
@example([("TaskReported", "so", 1, 0, "04.05"), ("TaskAccepted", "chu-tich", 1, 0, "04.05")])
def test_no_acts_close_a_task_unaccepted_or_move_its_deadline_or_its_lateness(deeds: list[Any]) -> None:
    standing, on = begun(), GIVEN_ON
    settled: dict[date, date] = {}
    for name, by, passed, days, unit in deeds:
        on += timedelta(days=passed)
        fact = deed(name, by, on, days, unit)
        before = standing
        try:
            steering.allow(standing, fact)
        except Refused:
            continue
        standing = steering.fold([fact], standing)
        assert standing.due == DUE
        assert standing.until >= before.until
        if standing.state is TaskState.ACCEPTED:
            CLOSED_BY.add(fact.by)
            assert isinstance(fact, TaskAccepted)
            assert before.state is TaskState.REPORTED
            assert before.report is not None
            assert fact.by not in (before.report.by, before.officer)
        if before.state in steering.CLOSED:
            pytest.fail(f"{name} after the task was closed")
        # For every day up to now, the deadline a product of that day is held against never changes again.
        days_so_far = [GIVEN_ON + timedelta(days=n) for n in range((on - GIVEN_ON).days + 1)]
        now = {each: steering.deadline(standing, each) for each in days_so_far}
        assert {each: now[each] for each in settled} == settled
        settled = now


def test_the_acts_above_did_close_tasks() -> None:
    assert CLOSED_BY


# As days pass


@pytest.mark.parametrize(
    ("state", "days", "late", "told"),
    [
        (TaskState.GIVEN, -30, False, Status.NOT_STARTED),
        (TaskState.DOING, -8, False, Status.DOING),
        (TaskState.DOING, -7, False, Status.SOON),
        (TaskState.DOING, 0, False, Status.SOON),
        (TaskState.DOING, 1, False, Status.OVERDUE),
        (TaskState.RETURNED, -30, False, Status.RETURNED),
        (TaskState.REPORTED, 9, True, Status.WAITING),
        (TaskState.PAUSED, 9, False, Status.PAUSED),
        (TaskState.ACCEPTED, 9, False, Status.DONE),
        (TaskState.ACCEPTED, 9, True, Status.DONE_LATE),
        (TaskState.CANCELLED, 9, False, Status.CANCELLED),
    ],
)
def test_the_status_of_a_day(state: TaskState, days: int, late: bool, told: Status) -> None:
    near = following.near_days(DUE)
    assert following.status(state, DUE, late, DUE + timedelta(days=days), near) is told


@pytest.mark.parametrize(
    ("days", "rung"),
    [(-8, None), (-7, -7), (-4, -7), (-3, -3), (0, 0), (1, 1), (7, 1), (8, 8), (14, 8), (15, 15), (30, 29)],
)
def test_the_ladder_is_climbed_by_days_and_then_every_week(days: int, rung: int | None) -> None:
    found = following.rung(DUE, DUE + timedelta(days=days))
    assert (found.days if found else None) == rung


def test_a_quarter_three_report_is_not_cumulative_and_the_others_begin_in_december() -> None:
    q1, h1, q3, year = following.report_periods(2026)
    assert {each.first for each in (q1, h1, year)} == {date(2025, 12, 15)}
    assert (q3.first, q3.last, q3.due) == (date(2026, 6, 15), date(2026, 9, 14), date(2026, 9, 20))
    assert following.period("2026-q3") == q3


TABLES = """
description: Trial
description_vi: Thử
parameters:
  report_periods:
    description_vi: Kỳ
    values:
      2014-01-01:
        value:
          - {code: q1, label: Quý I, first: [-1, 12, 15], last: [0, 3, 14], due: [0, 3, 20]}
          - {code: nam, label: Năm, first: [-1, 12, 15], last: [0, 12, 14], due: [0, 12, 20]}
      2026-07-01:
        value:
          - {code: q1, label: Quý I, first: [-1, 12, 15], last: [0, 3, 14], due: [0, 3, 16]}
          - {code: nam, label: Năm, first: [-1, 12, 15], last: [0, 12, 14], due: [0, 12, 16]}
  internal_days:
    description_vi: Trước mấy ngày
    values:
      2014-01-01: {value: 5}
      2026-07-01: {value: 1}
"""


def test_a_rule_of_later_moves_no_deadline_of_an_earlier_period(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "steering.yaml").write_text(TABLES)
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    packs._history.cache_clear()
    try:
        quarter, year = following.report_periods(2026)
        assert (quarter.due, year.due) == (date(2026, 3, 20), date(2026, 12, 16))
        assert following.internal_due(quarter) == date(2026, 3, 15)
        assert following.internal_due(year) == date(2026, 12, 15)
    finally:
        packs._history.cache_clear()


@pytest.mark.parametrize("code", ["", "2026", "2026-q5", "2026-13", "x-q1", "0000-q1", "2026-00"])
def test_there_is_no_period_of_another_name(code: str) -> None:
    assert following.period(code) is None


def test_a_recurring_duty_is_owed_once_in_each_period() -> None:
    found = following.occurrences("thang", date(2026, 11, 10), date(2027, 1, 15))
    assert [(name, due) for name, _, due in found] == [
        ("2026-11", date(2026, 11, 30)),
        ("2026-12", date(2026, 12, 31)),
        ("2027-01", date(2027, 1, 15)),
    ]


@pytest.mark.parametrize("code", ["0000-05", "9999-12", "0000-q1"])
def test_a_period_beyond_the_calendar_is_no_period(code: str) -> None:
    assert following.period(code) is None
