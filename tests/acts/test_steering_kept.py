"""What is kept of each unit is what would be counted, whatever happened, whoever wrote meanwhile."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from motcua.law import following
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.people.models import Role, Unit, UnitKind
from motcua.steering import acts, counting, kept, overview, queries, reporting
from motcua.steering.models import Moved, PeriodReport, Task
from tests import cast
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 12)
GIVEN = date(2026, 11, 2)  # as some are; others on later days
STORIES = (
    ("give_tasks",),
    ("start_task", "pause_task", "resume_task"),
    ("ask_extension", "grant_extension"),
    ("propose_transfer", "allow_transfer"),
    ("report_task", "return_task", "report_task", "accept_task"),
    ("report_task", "accept_task"),
    ("cancel_task",),
)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


@pytest.fixture
def crew() -> Cast:
    crew = cast.gather()
    crew.officers.chief = cast.officer(Role.HEAD, crew.province, "chu-tich")
    crew.officers.commune = cast.officer(Role.HEAD, crew.commune, "xa")
    return crew


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Collection[int]]:
    """The units whose figures were really counted, each time."""
    asked: list[Collection[int]] = []
    count = overview.of_units

    def spied(tasks: Any, *rest: Any) -> Any:
        found = count(tasks, *rest)
        asked.append(set(found))
        return found

    monkeypatch.setattr(overview, "of_units", spied)
    return asked


def at(on: date) -> datetime:
    return datetime.combine(on, time(9), TZ)


def given(crew: Cast, *leads: Unit, due: date = DUE, on: date = GIVEN) -> list[Task]:
    line = acts.Assignment(title="Rà soát thủ tục nội bộ", product="Quyết định", leads=leads, due=due)
    return acts.give_tasks([line], giver=crew.province, by=crew.officers.chief, at=at(on))


def reported(task: Task, crew: Cast, on: date) -> None:
    by = task.lead.posts.get(role=Role.HEAD).officer
    file = acts.attach_file(task.stream, name="quyet-dinh.pdf", content=b"%PDF-1.7", by=by, at=at(on))
    told = {
        "product": "Quyết định",
        "number": "12/QĐ",
        "product_on": on,
        "result": "Xong",
        "files": [file],
    }
    acts.report_task(task, **told, by=by, at=at(on))


def agrees(on: date) -> None:
    """The board, the pack and the report of a day are what counting everything gives."""
    tasks, top = Task.objects.all(), Unit.objects.get(kind=UnitKind.PROVINCE)
    found = overview.board(on)
    assert found.of_units == counting.by_unit(tasks, on)
    assert found.whole == overview.counted(tasks, on).whole
    given = tasks.filter(given_on__lte=GIVEN)
    assert overview.given_by(GIVEN).whole == overview.counted(given, GIVEN).whole
    told = PeriodReport.Kind.TASKS, top, following.month(2026, 11)
    assert reporting.shown(*told, at(on)) == reporting.gathered(*told, on)


def test_what_is_kept_is_what_would_be_counted_after_any_acts_on_any_day(crew: Cast) -> None:
    given(crew, crew.department, crew.commune)
    given(crew, crew.commune, due=date(2026, 12, 20))
    rng, on, done = random.Random(7), GIVEN, set[str]()
    for story in rng.sample(STORIES * 2, len(STORIES) * 2):
        task = rng.choice(list(Task.objects.filter(queries.unsettled()).order_by("pk")))
        for name in story:
            try:
                happened(name, Task.objects.get(pk=task.pk), crew, on)
                done.add(name)
            except Refused:
                pass
            agrees(on)
        on += timedelta(days=rng.choice([0, 1]))
    assert done == {name for story in STORIES for name in story}


def happened(name: str, task: Task, crew: Cast, on: date) -> None:
    """One act of who may do it."""
    own, chief = task.lead.posts.get(role=Role.HEAD).officer, crew.officers.chief
    if name == "give_tasks":
        given(crew, crew.department, crew.commune, due=on + timedelta(days=9), on=on)
        return
    if name == "report_task":
        reported(task, crew, on)
        return
    said: dict[str, dict[str, Any]] = {
        "start_task": {"by": own},
        "ask_extension": {"by": own, "reason": "Chờ", "until": on + timedelta(days=50)},
        "grant_extension": {"by": chief, "until": on + timedelta(days=40)},
        "propose_transfer": {"by": own, "reason": "Việc khác", "to": other(task, crew)},
        "return_task": {"by": chief, "reason": "Thiếu"},
        "pause_task": {"by": chief, "reason": "Chờ"},
        "cancel_task": {"by": chief, "reason": "Thôi"},
    }
    getattr(acts, name)(task, **said.get(name, {"by": chief}), at=at(on))


def other(task: Task, crew: Cast) -> Unit:
    return crew.commune if task.lead == crew.department else crew.department


def test_after_an_act_only_its_unit_is_counted_again(crew: Cast, counted: list[Collection[int]]) -> None:
    first, second = given(crew, crew.department, crew.commune)
    overview.board(DUE)
    acts.pause_task(first, reason="Chờ", by=crew.officers.chief, at=at(DUE))
    overview.board(DUE)
    overview.board(DUE)
    assert counted == [{first.lead_id, second.lead_id}, {first.lead_id}]


def test_what_was_rolled_back_is_not_kept(crew: Cast) -> None:
    (task,) = given(crew, crew.department)
    for _ in range(2):
        with transaction.atomic():
            Task.objects.filter(pk=task.pk).update(state="paused")
            agrees(DUE)
            transaction.set_rollback(True)
        agrees(DUE)
        Task.objects.filter(pk=task.pk).update(urged=2)
        agrees(DUE)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_another_and_what_is_committed_late_is_seen(crew: Cast) -> None:
    one, other = (given(crew, crew.department, due=due)[0] for due in (DUE, DUE + timedelta(days=1)))
    holds, counted = Barrier(2), Barrier(2)

    def slowly() -> None:
        try:
            with transaction.atomic():
                Task.objects.filter(pk=one.pk).update(state="paused")
                holds.wait(10)
                counted.wait(10)
        finally:
            connection.close()

    slow = Thread(target=slowly)
    slow.start()
    holds.wait(10)
    acts.cancel_task(other, reason="Thôi", by=crew.officers.chief, at=at(DUE))
    agrees(DUE)
    counted.wait(10)
    slow.join(10)
    agrees(DUE)
    assert Moved.objects.filter(unit=crew.department).count() == 2
