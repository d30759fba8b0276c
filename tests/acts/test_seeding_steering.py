"""A hundred thousand tasks are seeded without acts: every row is what its facts say."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from motcua.journal import log
from motcua.law import following
from motcua.law.calendar import day
from motcua.law.steering import TaskState
from motcua.law.steering_facts import TaskUrged
from motcua.people.models import Unit, UnitKind
from motcua.steering import counting, overview, queries, reminders, reporting, verifying
from motcua.steering.models import (
    BookEntry,
    Dependency,
    Instrument,
    Letter,
    ParSheet,
    PeriodReport,
    SettledCount,
    SurveyResult,
    Target,
    TargetValue,
    Task,
)
from motcua.steering.urls import urlpatterns
from tests.bench import leading, steering_pages

from .test_demo_play import AT

pytestmark = pytest.mark.django_db
TASKS = 200


@pytest.fixture
def _poured(db: None) -> None:
    leading.pour(TASKS, at=AT, communes=8)


@pytest.mark.usefixtures("_poured")
def test_what_is_seeded_stands_verification() -> None:
    assert Counter(Task.objects.values_list("state", flat=True)).keys() >= {"given", "doing", "accepted"}
    chosen = verifying.sampled(None, 0)
    beside = {"việc phụ thuộc": TASKS // 50, "mục trong sổ": TASKS // 2 + TASKS // 20, "phiếu chấm": 16}
    counted = {name: len(keys) for name, keys in chosen.items()}
    assert counted.items() >= {"nhiệm vụ": TASKS, "xếp loại": 28, "điều tra": 2, **beside}.items()
    assert counted["văn bản"] > 29
    assert counted["chỉ tiêu"] > 30
    assert all(counted.values())
    assert (
        list(log.verify()) == list(verifying.differing(chosen, day(AT))) == list(verifying.miscounted()) == []
    )


@pytest.mark.usefixtures("_poured")
def test_a_row_of_each_kind_changed_behind_its_facts_is_found() -> None:
    entry, sheet, settled = (
        BookEntry.objects.all()[0],
        ParSheet.objects.all()[0],
        SettledCount.objects.all()[0],
    )
    BookEntry.objects.filter(pk=entry.pk).update(marks=["bịa:d"])
    ParSheet.objects.filter(pk=sheet.pk).update(percent=1)
    sheet.lines.filter(criterion="1.1").update(lost=9)
    SettledCount.objects.filter(pk=settled.pk).update(number=77)
    task, other = Task.objects.filter(state=TaskState.ACCEPTED)[:2]
    Task.objects.filter(pk=task.pk).update(state="doing")
    other.milestones.update(reached_on=day(AT))
    instrument, dependency = Instrument.objects.all()[0], Dependency.objects.all()[0]
    Instrument.objects.filter(pk=instrument.pk).update(number="bịa")
    Dependency.objects.filter(pk=dependency.pk).update(document="bịa")
    target = Target.objects.exclude(values=None)[0]
    TargetValue.objects.filter(pk=target.values.order_by("pk")[0].pk).update(value=77)
    result = SurveyResult.objects.select_related("survey", "unit").order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past the trigger that keeps results
        SurveyResult.objects.filter(pk=result.pk).update(answers=99)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    wrong = list(verifying.differing(verifying.sampled(None, 0), day(AT)))
    assert {(each.code, each.field) for each in wrong} == {
        (task.code, "state"),
        (f"{other.code} mốc", "m1"),
        (instrument.stream, "number"),
        (dependency.stream, "document"),
        (f"{target.stream} kê khai lần", "1"),
        (f"{result.survey.stream} kết quả", f"{result.unit.code}/{result.form}"),
        (entry.stream, "marks"),
        (sheet.stream, "percent"),
        (f"{sheet.stream}#1.1", "lost"),
    }
    assert [each.kept for each in verifying.miscounted()] == [77]
    assert all(len(keys) <= 3 for keys in verifying.sampled(3, 1).values())


@pytest.mark.usefixtures("_poured")
def test_reports_and_letters_say_what_would_be_said_of_the_tasks() -> None:
    sent = {(each.kind, each.unit.code, each.period): each for each in PeriodReport.objects.all()}
    asked = [("tasks", "X003", "2026-h1"), ("overdue", "S004", "2026-10"), ("overdue", "T", "2025-12")]
    for kind, code, period in [*asked, ("tasks", "T", "2025-h1")]:
        unit, told = Unit.objects.get(code=code), following.period(period)
        assert told
        assert sent[kind, code, period].data == reporting.gathered(kind, unit, told, day(AT))
    urged = Counter(
        (fact.letter, day(fact.at))
        for task in Task.objects.filter(urged__gt=0)
        for fact in log.read(task.stream).facts
        if isinstance(fact, TaskUrged) and fact.letter
    )
    assert {(each.number, each.on): len(each.data["rows"]) for each in Letter.objects.all()} == urged
    assert len(urged) > 5


@pytest.mark.usefixtures("_poured")
def test_what_is_kept_of_settled_tasks_gives_the_same_figures_as_counting_them() -> None:
    on, top = day(AT), Unit.objects.get(kind=UnitKind.PROVINCE)
    tasks = Task.objects.all()
    board = overview.board(on, AT)
    assert board.of_units == counting.by_unit(tasks, on)
    assert counting.whole(on) == counting.whole(on, [top]) == counting.figures(tasks, on)
    assert board.whole.figures == counting.whole(on)
    for status, rule in queries.statuses(on).items():
        assert counting.figures(tasks, on).of(status) == tasks.filter(rule).count()


@pytest.mark.usefixtures("_poured")
def test_the_figures_of_a_day_before_the_last_settlement_are_counted_whole() -> None:
    on = day(AT) - timedelta(days=60)
    assert Task.objects.filter(settled_on__gt=on).exists()
    assert overview.board(on, AT).of_units == counting.by_unit(Task.objects.all(), on)


@pytest.mark.usefixtures("_poured")
def test_the_counts_follow_a_task_that_is_settled_moved_or_gone() -> None:
    task = Task.objects.filter(state=TaskState.ACCEPTED)[0]
    other = Unit.objects.exclude(pk=task.lead_id)[0]
    Task.objects.filter(pk=task.pk).update(lead=other, late=not task.late)
    assert list(verifying.miscounted()) == []
    Task.objects.filter(pk=task.pk).update(state=TaskState.DOING)
    assert list(verifying.miscounted()) == []


@pytest.mark.usefixtures("_poured")
def test_reminders_are_gone_through_in_portions_and_none_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    on = day(AT) + timedelta(days=1)
    whole = [task.pk for task in reminders.due(on)]
    monkeypatch.setattr(reminders, "PORTION", 2)
    assert len(whole) > 4
    assert [task.pk for task in reminders.due(on)] == whole


@pytest.mark.usefixtures("_poured")
def test_every_address_of_the_room_is_timed_or_says_why_not() -> None:
    assert steering_pages.unnamed() == set()
    assert {path.name for path in urlpatterns} >= steering_pages.EXCEPTIONS.keys()
