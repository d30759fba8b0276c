"""What was never supplemented is closed, however often somebody looks and however late (NĐ 118/2025 Đ.19.5)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from motcua.dossiers import acts, closing, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.facts import Refused, Stopped
from motcua.law.lifecycle import State
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LAST = datetime(2026, 11, 17, 16, 59, tzinfo=TZ)
AFTER = datetime(2026, 11, 18, 0, 1, tzinfo=TZ)
WANTED = {"items": ["Đơn đề nghị"], "reason": "Thiếu chữ ký"}


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def waiting(crew: Cast, at: datetime = MONDAY) -> Dossier:
    dossier = crew.received(at)
    acts.request_supplement(dossier, **WANTED, by=crew.officers.reception, at=at)
    return dossier


def told(*args: str) -> str:
    out = StringIO()
    call_command("close", *args, stdout=out)
    return out.getvalue()


def test_a_dossier_is_closed_by_the_system_once_its_fifteen_days_are_over(crew: Cast) -> None:
    dossier = waiting(crew)
    assert list(closing.overdue(LAST)) == []
    told("--at", "2026-11-18T00:01")
    dossier.refresh_from_db()
    fact = log.read(dossier.stream).facts[-1]
    assert isinstance(fact, Stopped)
    assert (dossier.state, fact.by, fact.reason) == (
        State.STOPPED,
        "system",
        "Đến hết ngày 17/11/2026 người nộp chưa bổ sung đủ hồ sơ",
    )
    assert not dossier.tasks.exists()
    assert not list(queries.verify())


def test_whatever_was_missed_is_found_later_and_nothing_is_closed_twice(crew: Cast) -> None:
    first, second = waiting(crew), waiting(crew, MONDAY + DAY)
    assert "Đã đóng 2 hồ sơ" in told("--at", "2027-03-01T08:00")
    assert "Đã đóng 0 hồ sơ" in told("--at", "2027-03-01T08:00")
    for dossier in (first, second):
        assert sum(isinstance(fact, Stopped) for fact in log.read(dossier.stream).facts) == 1


def test_a_dry_run_tells_and_does_nothing(crew: Cast) -> None:
    dossier = waiting(crew)
    assert json.loads(told("--at", "2026-11-18T08:00", "--dry-run", "--json")) == [
        {"code": dossier.code, "last_day": "2026-11-17", "closed": False}
    ]
    dossier.refresh_from_db()
    assert dossier.state == State.SUPPLEMENT
    with pytest.raises(CommandError, match="không phải thời điểm"):
        told("--at", "mai")


def test_one_that_was_supplemented_meanwhile_is_left_alone(crew: Cast) -> None:
    dossier = waiting(crew)
    found = list(closing.overdue(AFTER))
    acts.receive_supplement(dossier, by=crew.officers.reception, at=AFTER)
    (left,) = closing.close(found, AFTER)
    dossier.refresh_from_db()
    assert (dossier.state, bool(left.refusal)) == (State.PROCESSING, True)


def test_a_supplement_asked_at_reception_ends_by_the_same_days(crew: Cast) -> None:
    dossier = acts.ask_at_counter(crew.filing(), **WANTED, by=crew.officers.reception, at=MONDAY)
    with pytest.raises(Refused, match="đến hết ngày 17/11/2026"):
        acts.close(dossier, at=LAST)
    acts.close(dossier, at=AFTER)
    assert (dossier.state, dossier.accepted_at) == (State.STOPPED, None)
    assert not list(queries.verify())


def test_only_what_waits_for_a_supplement_is_closed_like_this(crew: Cast) -> None:
    dossier = crew.received()
    with pytest.raises(Refused, match="không chờ bổ sung"):
        acts.close(dossier, at=MONDAY + 60 * DAY)


def test_the_worklist_says_until_when_a_supplement_may_come(crew: Cast) -> None:
    task = waiting(crew).tasks.get(step="@bo-sung")
    assert (task.due_at, task.dossier_due_at) == (datetime(2026, 11, 17, 17, 0, tzinfo=TZ), None)


@pytest.mark.parametrize(("way", "state"), [("auto", State.STOPPED), ("hand", State.SUPPLEMENT)])
def test_a_province_may_leave_closing_to_its_desks(
    crew: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, way: str, state: State
) -> None:
    dossier = waiting(crew)
    settings.CLOSING = way
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)
    closing.hourly(0)
    dossier.refresh_from_db()
    assert dossier.state == state


def test_the_worker_knows_to_look_every_hour() -> None:
    from procrastinate.contrib.django import app

    app.perform_import_paths()
    known = app.periodic_registry.periodic_tasks
    assert known[("dossiers.close", "")].cron == closing.HOURLY
