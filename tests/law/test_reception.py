"""The hours of online reception and the opinions of other agencies, read from facts alone (Đ.17.2, 19.4)."""

from __future__ import annotations

from datetime import datetime

import pytest

from motcua.law import clock, consultation, reception
from motcua.law.calendar import TZ, Calendar, day
from motcua.law.facts import (
    Accepted,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
    Fact,
    Filed,
    ReceptionRefused,
    SupplementReceived,
    SupplementRequested,
)

OFFICE = Calendar()


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


LAW = clock.rules(day(vn("2026-11-02T09:00")))
BEFORE = clock.rules(day(vn("2025-06-27T09:00")))


def filed(at: str, channel: str = "online") -> Filed:
    return Filed(at=vn(at), channel=channel)


def accepted(at: str) -> Accepted:
    return Accepted(at=vn(at), channel="online", limit="", rules_day="", due="")


def waits(*facts: Fact) -> tuple[reception.Wait, ...]:
    return reception.waits(facts, OFFICE, LAW)


@pytest.mark.parametrize(
    ("at", "notified", "answered"),
    [
        ("2026-11-02T09:00", "2026-11-02T11:00", "2026-11-03T09:00"),
        # filed at night: told within two hours by the clock, answered in office hours
        ("2026-11-02T23:30", "2026-11-03T01:30", "2026-11-03T17:00"),
        # filed on a Saturday
        ("2026-11-07T10:00", "2026-11-07T12:00", "2026-11-09T17:00"),
    ],
)
def test_the_system_tells_by_the_clock_and_the_desk_answers_in_working_hours(
    at: str, notified: str, answered: str
) -> None:
    (wait,) = waits(filed(at))
    assert (wait.notify_by, wait.due, wait.answer) == (vn(notified), vn(answered), None)


def test_only_what_is_filed_online_has_these_hours() -> None:
    assert waits(filed("2026-11-02T09:00", "direct")) == ()


def test_an_answer_on_the_last_minute_is_in_time_and_one_after_it_is_late() -> None:
    for answer, late in (("2026-11-03T09:00", False), ("2026-11-03T09:01", True)):
        (wait,) = waits(filed("2026-11-02T09:00"), ReceptionRefused(at=vn(answer), reason="Sai nơi"))
        assert wait.late(vn("2027-01-01T00:00")) is late


def test_the_hours_begin_anew_with_a_supplement_and_end_for_good_with_acceptance() -> None:
    first, second = waits(
        filed("2026-11-02T09:00"),
        SupplementRequested(at=vn("2026-11-02T15:00"), phase="reception", items=(), reason=""),
        SupplementReceived(at=vn("2026-11-10T10:00")),
        accepted("2026-11-10T11:00"),
        SupplementRequested(at=vn("2026-11-11T15:00"), phase="appraisal", items=(), reason=""),
        SupplementReceived(at=vn("2026-11-13T10:00")),
    )
    assert (first.answer and first.answer.at, second.since) == (
        vn("2026-11-02T15:00"),
        vn("2026-11-10T10:00"),
    )


def asked(number: int) -> ConsultationRequested:
    due = vn("2026-11-06T17:00").isoformat()
    about = {"unit": "04.09", "content": "Hỏi", "due": due, "means": "system"}
    return ConsultationRequested(at=vn("2026-11-02T10:00"), number=number, **about)


def test_silence_stays_open_and_late_until_somebody_answers_or_the_request_is_withdrawn() -> None:
    after = vn("2026-11-06T17:01")
    silent, answered, withdrawn = consultation.of(
        [
            asked(1),
            asked(2),
            asked(3),
            ConsultationReplied(at=vn("2026-11-06T17:00"), number=2, position="agreed", content="Được"),
            ConsultationWithdrawn(at=vn("2026-11-03T08:00"), number=3, reason="Nhầm"),
        ]
    )
    assert [c.open for c in (silent, answered, withdrawn)] == [True, False, False]
    assert [c.late(after) for c in (silent, answered, withdrawn)] == [True, False, False]
    assert not silent.late(silent.due)


def test_a_corrected_result_is_owed_by_the_close_of_the_third_working_day() -> None:
    assert clock.corrected_by(vn("2026-11-05T16:59"), OFFICE, LAW) == vn("2026-11-10T17:00")
    assert clock.corrected_by(vn("2026-11-07T10:00"), OFFICE, LAW) == vn("2026-11-11T17:00")


def test_a_supplement_asked_at_reception_has_the_same_days_though_the_decree_is_silent() -> None:
    at = vn("2026-11-02T09:00")
    last = clock.supplement_given_by(at, OFFICE, LAW)
    assert clock.supplement_given_by(at, OFFICE, LAW, accepted=False) == last
    assert clock.supplement_given_by(at, OFFICE, BEFORE, accepted=False) is None
    assert "chưa xác minh" in LAW.sources["reception_supplement_close_days"]
    assert "chưa xác minh" not in LAW.sources["supplement_close_days"]
