"""A hundred thousand tasks are seeded without acts: every row is what its facts say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.journal import log
from motcua.law import books, following
from motcua.law.calendar import day
from motcua.law.steering import TaskState
from motcua.law.steering_facts import TaskUrged
from motcua.people.models import Unit, UnitKind
from motcua.steering import counting, mending, overview, queries, reminders, reporting, verifying
from motcua.steering.books import queries as book_queries
from motcua.steering.models import (
    BookEntry,
    Dependency,
    Instrument,
    Letter,
    ParLine,
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
    assert list(verifying.missing()) == []
    assert (
        list(log.verify()) == list(verifying.differing(chosen, day(AT))) == list(mending.miscounted()) == []
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
    assert 77 in [each.kept for each in mending.miscounted()]
    assert all(len(keys) <= 3 for keys in verifying.sampled(3, 1).values())


@pytest.mark.usefixtures("_poured")
def test_a_row_that_is_gone_with_all_that_stood_beside_it_is_missed() -> None:
    entry, target = BookEntry.objects.all()[0], Target.objects.filter(children=None).order_by("pk")[0]
    gone = [entry.stream, target.stream]
    entry.delete()
    target.delete()
    assert [each.code for each in verifying.missing()] == gone


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
    board = overview.board(on)
    assert board.of_units == counting.by_unit(tasks, on)
    assert counting.whole(on) == counting.whole(on, [top]) == counting.figures(tasks, on)
    assert board.whole.figures == counting.whole(on)
    for status, rule in queries.statuses(on).items():
        assert counting.figures(tasks, on).of(status) == tasks.filter(rule).count()


@pytest.mark.usefixtures("_poured")
def test_the_figures_of_a_day_before_the_last_settlement_are_counted_whole() -> None:
    on = day(AT) - timedelta(days=60)
    assert Task.objects.filter(settled_on__gt=on).exists()
    assert overview.board(on).of_units == counting.by_unit(Task.objects.all(), on)


@pytest.mark.usefixtures("_poured")
def test_the_counts_follow_a_task_that_is_settled_moved_or_gone() -> None:
    task = Task.objects.filter(state=TaskState.ACCEPTED)[0]
    other = Unit.objects.exclude(pk=task.lead_id)[0]
    Task.objects.filter(pk=task.pk).update(lead=other, late=not task.late)
    assert list(mending.miscounted()) == []
    Task.objects.filter(pk=task.pk).update(state=TaskState.DOING)
    assert list(mending.miscounted()) == []


@pytest.mark.usefixtures("_poured")
def test_what_is_kept_of_entries_follows_those_made_moved_struck_or_gone() -> None:
    on = day(AT)
    for change in (
        lambda some: some.update(state="dong", closed=True, marks=["giai-quyet:d"]),
        lambda some: some.update(due=on, since=on),
        lambda some: some.update(struck=True),
        lambda some: some.delete(),
    ):
        change(BookEntry.objects.filter(pk__in=BookEntry.objects.values_list("pk")[:9]))
        assert list(mending.miscounted()) == []
    for book in books.books(on).values():
        whole, counted = book_queries.standing(book), book_queries.counts(book, on)
        assert counted["whole"] == whole.count()
        assert counted["qua-han"] == whole.filter(book_queries.overdue(on)).count()
        assert counted["de-lau"] == whole.filter(book_queries.idle(book, on)).count()
        shares = book_queries.shares(book)
        assert [n for _, n, _ in shares] == [
            book_queries.behind(book, s.key, "n").count() for s, _, _ in shares
        ]
        assert book_queries.per_book(on).get(book.key, (0, 0))[1] == counted["qua-han"]


@pytest.mark.usefixtures("_poured")
def test_marks_of_a_share_that_counts_otherwise_now_are_found_and_mended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = books.books(day(AT))
    book = kept["kho-khan"]
    first, *others = book.shares
    changed = replace(book, shares=(replace(first, n={"state": "dong"}), *others))
    monkeypatch.setattr(books, "books", lambda on: {**kept, book.key: changed})
    SettledCount.objects.filter(pk=SettledCount.objects.all()[0].pk).update(number=77)
    with pytest.raises(SystemExit):
        call_command("verify-tasks")
    assert "marks: đang lưu" in capsys.readouterr().out
    call_command("verify-tasks", mend=True)
    assert "khớp với sự kiện" in capsys.readouterr().out
    (_, closed, _), *_ = book_queries.shares(changed)
    assert closed == sum(
        row.state == "dong" and "sent_on" in row.values for row in book_queries.standing(book)
    )


@pytest.mark.usefixtures("_poured")
def test_what_is_mended_is_what_facts_say_and_a_row_without_facts_stays() -> None:
    task, lonely = Task.objects.all()[:2]
    before = task.until
    Task.objects.filter(pk=task.pk).update(until=day(AT))
    line = ParLine.objects.all()[0]
    ParLine.objects.filter(pk=line.pk).update(lost=9)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM journal_entry WHERE stream = %s", [lonely.stream])
        cursor.execute("SET LOCAL session_replication_role = origin")
    chosen, on = verifying.sampled(None, 0), day(AT)
    mending.mend(verifying.differing(chosen, on), on)
    assert Task.objects.get(pk=task.pk).until == before
    assert ParLine.objects.get(pk=line.pk).lost == line.lost
    assert [each.code for each in verifying.differing(chosen, on)] == [lonely.code]


@pytest.mark.usefixtures("_poured")
def test_a_row_that_differs_in_several_columns_is_mended_in_one_statement() -> None:
    entry, on = BookEntry.objects.filter(closed=False, struck=False).exclude(due=None)[0], day(AT)
    BookEntry.objects.filter(pk=entry.pk).update(state="bịa", closed=True, due=None)
    wrong = list(verifying.differing(verifying.sampled(None, 0), on))
    with CaptureQueriesContext(connection) as asked:
        mending.mend(wrong, on)
    assert len(wrong) == 3
    assert (
        sum(query["sql"].startswith('UPDATE "steering_bookentry"') for query in asked.captured_queries) == 1
    )
    mended = BookEntry.objects.get(pk=entry.pk)
    assert (mended.state, mended.closed, mended.due) == (entry.state, entry.closed, entry.due)
    assert list(mending.miscounted()) == []


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
