"""What the index counts of announcing (1.1, 1.2) and when the worklist says it is due are one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from motcua.catalogue.announcing import acts, queries
from motcua.catalogue.announcing.queries import When, Work
from motcua.catalogue.models import Announced, Announcement, Instrument
from motcua.catalogue.reading.decisions import ItemDraft
from motcua.law import announcing
from motcua.law.calendar import TZ, Calendar
from motcua.scores import queries as scores
from motcua.scores.periods import Period
from tests.acts.test_announcing import AMENDED, NEW, OUT, SIGNED, drafted, issued, registered
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOVEMBER, LATER = Period.parse("2026-11"), datetime(2026, 12, 20, 9, 0, tzinfo=TZ)


@pytest.fixture(autouse=True)
def cast() -> Cast:
    return gather()


def pair(code: str, at: datetime = LATER) -> tuple[int, int] | None:
    return scores.counts(NOVEMBER, at)["04"].get(code)


@pytest.mark.parametrize(
    ("decided_on", "expected"),
    [
        (date(2026, 11, 9), (1, 1)),  # Mon to Fri before Monday 16
        (date(2026, 11, 10), (0, 1)),
        (date(2026, 11, 7), (1, 1)),
        (date(2026, 11, 16), (0, 1)),
    ],
)
def test_a_decision_is_held_against_the_day_its_instrument_takes_effect(
    decided_on: date, expected: tuple[int, int]
) -> None:
    # What the decision says of its own beginning is not what it is held against.
    decision = issued(AMENDED, decided_on=date(2026, 11, 2), effective_on=date(2026, 11, 30), number="1/QĐ")
    assert pair("1.1") == (1, 1)
    acts.publish_announced(decision, by=None, at=SIGNED)
    at = datetime(2026, 11, 17, 9, 0, tzinfo=TZ)
    with_another = replace(AMENDED, changed="lần hai")
    draft = second(with_another, decided_on=decided_on, effective_on=date(2026, 12, 31))
    acts.announce(draft, by=None, at=at)
    assert pair("1.1") == expected


def second(*items: ItemDraft, **changes: object) -> Announcement:
    return drafted(*items, **{"number": "2/QĐ", **changes})


def test_abolished_procedures_are_counted_with_the_others() -> None:
    decision = issued(
        ItemDraft(1, "abolished", "1.000001"), replace(NEW, given={**NEW.given, "levels": ["commune"]})
    )
    assert pair("1.1") == (2, 2)
    acts.publish_announced(decision, ["1.000001"], by=None, at=OUT)
    assert pair("1.2") == (1, 2)


@pytest.mark.parametrize(
    ("published", "expected"),
    [("2026-11-16 23:00", (1, 1)), ("2026-11-17 00:30", (0, 1)), ("2026-11-09 11:00", (1, 1))],
)
def test_publication_is_held_against_the_day_of_signing(published: str, expected: tuple[int, int]) -> None:
    decision = issued(AMENDED)
    acts.publish_announced(
        decision, by=None, at=datetime.strptime(published, "%Y-%m-%d %H:%M").replace(tzinfo=TZ)
    )
    assert pair("1.2") == expected
    assert [row.code for row in scores.rows("1.2", "d", "04", NOVEMBER, LATER)] == ["1.000001"]


def test_what_the_worklist_calls_late_the_index_counts_as_late() -> None:
    instrument, calendar = registered(), Calendar()
    due = announcing.announce_by(instrument.effective_on, "province", calendar)
    assert due.on == date(2026, 11, 9)
    assert announcing.notice(due.on, instrument.effective_on, calendar) == due.days == 5
    assert announcing.notice(due.on + timedelta(days=1), instrument.effective_on, calendar) == 4
    ministry = announcing.announce_by(instrument.effective_on, "ministry", calendar)
    assert announcing.notice(ministry.on, instrument.effective_on, calendar) == 20
    assert sum(line.number > 0 for line in ministry.lines) == 20


def test_a_promulgated_instrument_is_work_until_its_procedures_are_announced_and_then_public() -> None:
    registered()
    monday = date(2026, 11, 9)
    [duty] = queries.duties(monday)
    assert (duty.work, duty.code, duty.when(monday)) == (Work.ANNOUNCE, "1.000001", When.TODAY)
    assert duty.when(monday + timedelta(days=1)) == When.LATE
    assert duty.when(monday - timedelta(days=3)) == When.LATER
    draft = second(AMENDED)
    assert [duty.draft for duty in queries.duties(monday)] == [draft]
    acts.announce(draft, by=None, at=SIGNED)
    [duty] = queries.duties(monday)
    assert (duty.work, duty.announcement, duty.due.on) == (Work.PUBLISH, draft, date(2026, 11, 16))
    acts.publish_announced(draft, by=None, at=OUT)
    assert queries.duties(monday) == []
    assert Announced.objects.count() == 1
    assert Instrument.objects.count() == 1


def test_days_off_do_not_count_and_say_why() -> None:
    due = announcing.publish_by(date(2026, 4, 29), "province", Calendar())
    off = [line for line in due.lines if line.kind == "off"]
    assert any("30/04" in f"{line.day:%d/%m}" for line in off)
    assert all(line.reason for line in off)
    assert due.on == due.lines[-1].day
