"""Directives become tasks of units, each copy followed on its own, closed by who gave it on evidence alone."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet

from motcua.journal import log
from motcua.law import following, steering
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.following import Status
from motcua.law.steering import TaskState
from motcua.law.steering_facts import TaskAccepted, TaskGiven, TaskReminded, TaskReported
from motcua.people.models import Post, Role, Unit, UnitKind
from motcua.steering import acts, counting, queries, rows
from motcua.steering.heads import queries as heads
from motcua.steering.models import Attachment, Instrument, Reminder, Task
from tests import cast
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 30)
NOW = datetime(2026, 11, 2, 9, tzinfo=TZ)
PDF = b"%PDF-1.7 san pham"


def at(on: date) -> datetime:
    return datetime.combine(on, time(9), TZ)


@pytest.fixture
def crew() -> Cast:
    crew = cast.gather()
    crew.officers.chief = cast.officer(Role.HEAD, crew.province, "chu-tich")
    crew.officers.commune = cast.officer(Role.HEAD, crew.commune, "xa")
    return crew


def instrument(crew: Cast, **changes: Any) -> Instrument:
    kept: dict[str, Any] = {
        "kind": "conclusion",
        "number": "147/TB - UBND",
        "issuer": "UBND tỉnh",
        "issuer_kind": "province",
        "issued_on": date(2026, 11, 1),
        "summary": "Kết luận hội nghị cải cách hành chính",
        "aliases": ("147/UBND-NCPC",),
    }
    new = acts.NewInstrument(**{**kept, **changes})
    return acts.register_instrument(new, by=crew.officers.controller, at=NOW)


def line(*leads: Unit, **changes: Any) -> acts.Assignment:
    kept: dict[str, Any] = {"title": "Rà soát thủ tục nội bộ", "product": "Quyết định phê duyệt", "due": DUE}
    return acts.Assignment(leads=leads, **{**kept, **changes})


def given(crew: Cast, *leads: Unit, **changes: Any) -> list[Task]:
    lines = [line(*(leads or [crew.department]), **changes)]
    return acts.give_tasks(lines, giver=crew.province, by=crew.officers.chief, at=NOW)


def evidence(task: Task, crew: Cast) -> Attachment:
    by = crew.officers.handler
    return acts.attach_file(task.stream, name="quyet-dinh.pdf", content=PDF, by=by, at=NOW)


def reported(task: Task, crew: Cast, issued: date, on: date | None = None) -> None:
    acts.report_task(
        task,
        product="Quyết định phê duyệt",
        number="12/QĐ",
        product_on=issued,
        result="Đã ban hành",
        files=[evidence(task, crew)],
        by=crew.officers.handler,
        at=at(on or issued),
    )


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_one_directive_becomes_a_task_of_each_unit_each_with_the_head_who_answers(crew: Cast) -> None:
    found = instrument(crew)
    lines = [line(crew.department, crew.commune, tags=("trong-tam",), cooperating=[crew.commune])]
    made = acts.give_tasks(lines, giver=crew.province, instrument=found, by=crew.officers.controller, at=NOW)
    assert [(task.lead, task.head, task.item) for task in made] == [
        (crew.department, crew.officers.head, "1"),
        (crew.commune, crew.officers.commune, "1"),
    ]
    assert [each.unit for each in made[0].cooperations.all()] == [crew.commune]
    assert not made[1].cooperations.exists()
    assert [type(fact) for fact in log.read(made[0].stream).facts] == [TaskGiven]


def test_an_instrument_is_found_by_every_number_it_is_cited_under_and_registered_once(crew: Cast) -> None:
    found = instrument(crew)
    acts.name_instrument(found, alias="147/TB-UBND-NC", by=crew.officers.controller, at=NOW)
    assert [alias.number for alias in found.aliases.all()] == ["147/UBND-NCPC", "147/TB-UBND-NC"]
    with pytest.raises(Refused, match="đã đăng ký"):
        instrument(crew, number="147/tb-ubnd")
    assert "147/ubnd-ncpc" in Instrument.objects.get().words


def test_of_two_who_register_a_directive_at_once_one_is_told(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument(crew)
    monkeypatch.setattr(QuerySet, "exists", lambda _: False)  # looked before the other wrote
    with pytest.raises(Refused, match="vừa được đăng ký"):
        instrument(crew)


def test_a_recurring_duty_is_one_task_in_each_period(crew: Cast) -> None:
    made = given(crew, due=date(2026, 12, 31), begins=date(2026, 10, 1), every="thang")
    assert [(task.occurrence, task.until) for task in made] == [
        ("2026-10", date(2026, 10, 31)),
        ("2026-11", date(2026, 11, 30)),
        ("2026-12", date(2026, 12, 31)),
    ]


def test_a_line_is_given_to_a_unit_once_in_its_directive(crew: Cast) -> None:
    found, by = instrument(crew), crew.officers.chief
    lines = [line(crew.department, item="7")]
    acts.give_tasks(lines, giver=crew.province, instrument=found, by=by, at=NOW)
    with pytest.raises(Refused, match="đã giao cho Sở Mẫu"):
        acts.give_tasks(lines, giver=crew.province, instrument=found, by=by, at=NOW)
    assert Task.objects.count() == 1


def test_a_line_in_the_same_words_is_given_once_a_day_and_again_when_it_was_cancelled(crew: Cast) -> None:
    (task,) = given(crew)
    with pytest.raises(Refused, match=f"NV-{task.pk}"):
        given(crew, crew.commune, crew.department)
    assert Task.objects.count() == 1
    given(crew, due=DUE + timedelta(days=30))
    acts.cancel_task(task, reason="Giao nhầm", by=crew.officers.chief, at=NOW)
    given(crew)
    assert Task.objects.count() == 3


def test_a_department_gives_no_tasks_to_a_commune_nor_in_the_name_of_the_province(crew: Cast) -> None:
    by = crew.officers.head
    with pytest.raises(Refused, match="không giao nhiệm vụ cho"):
        acts.give_tasks([line(crew.commune)], giver=crew.department, by=by, at=NOW)
    with pytest.raises(Refused, match="không có thẩm quyền giao"):
        acts.give_tasks([line(crew.commune)], giver=crew.province, by=by, at=NOW)


def test_a_task_is_done_when_its_giver_accepts_the_evidence_and_late_by_the_product(crew: Cast) -> None:
    task, other = given(crew)[0], given(crew, title="Việc khác")[0]
    reported(task, crew, DUE, DUE + timedelta(days=9))
    acts.accept_task(task, by=crew.officers.controller, at=at(DUE + timedelta(days=20)))
    reported(other, crew, DUE + timedelta(days=1))
    acts.accept_task(other, by=crew.officers.chief, at=at(DUE + timedelta(days=2)))
    assert (fresh(task).state, fresh(task).late) == (TaskState.ACCEPTED, False)
    assert (fresh(other).state, fresh(other).late) == (TaskState.ACCEPTED, True)
    assert fresh(task).settled_on == DUE + timedelta(days=20)


def test_the_unit_that_does_a_task_cannot_close_it(crew: Cast) -> None:
    task = given(crew)[0]
    reported(task, crew, DUE)
    for by in (crew.officers.head, crew.officers.handler, crew.officers.signer):
        with pytest.raises(Refused, match="bên giao"):
            acts.accept_task(task, by=by, at=at(DUE))
        with pytest.raises(Refused, match="bên giao"):
            acts.cancel_task(task, reason="Thôi", by=by, at=at(DUE))


def test_a_head_who_gave_a_task_to_the_own_unit_and_reported_it_does_not_accept_it(crew: Cast) -> None:
    by = crew.officers.head
    (task,) = acts.give_tasks([line(crew.department)], giver=crew.department, by=by, at=NOW)
    acts.report_task(
        task,
        product="Kế hoạch",
        number="",
        product_on=date(2026, 11, 3),
        result="",
        files=[evidence(task, crew)],
        by=by,
        at=at(date(2026, 11, 3)),
    )
    with pytest.raises(Refused, match="không tự xác nhận"):
        acts.accept_task(task, by=by, at=at(date(2026, 11, 3)))


def test_evidence_belongs_to_its_task_and_is_kept_once(crew: Cast) -> None:
    task, other = given(crew)[0], given(crew, title="Việc khác")[0]
    file = evidence(task, crew)
    assert evidence(task, crew) == file
    said = {"product": "Quyết định", "number": "1", "product_on": DUE, "result": ""}
    with pytest.raises(Refused, match="chính nhiệm vụ này"):
        acts.report_task(other, **said, files=[file], by=crew.officers.handler, at=at(DUE))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "chỉ nhận tệp"),
        ("a.pdf", b"MZ", "không đúng loại"),
        ("a.pdf", b"", "rỗng"),
        ("khong-duoi", PDF, "chỉ nhận tệp"),
        ("a.pdf", b"%PDF-" + bytes(2_000_000), "lớn hơn 1 MB"),
    ],
)
def test_a_file_of_another_kind_or_size_is_refused(
    crew: Cast, settings: Any, name: str, content: bytes, why: str
) -> None:
    settings.STEERING_FILE_MB = 1
    with pytest.raises(Refused, match=why):
        acts.attach_file("nhiem-vu/1", name=name, content=content, by=crew.officers.handler, at=NOW)


def test_an_extension_is_granted_by_the_giver_and_both_deadlines_stay(crew: Cast) -> None:
    task, later = given(crew)[0], DUE + timedelta(days=14)
    acts.ask_extension(task, until=later, reason="Chờ bộ", by=crew.officers.head, at=NOW)
    assert fresh(task).asked == later
    with pytest.raises(Refused, match="bên giao"):
        acts.grant_extension(task, until=later, by=crew.officers.head, at=NOW)
    acts.grant_extension(task, until=later, by=crew.officers.chief, at=NOW)
    row = fresh(task)
    assert (row.due, row.until, row.extensions, row.asked) == (DUE, later, 1, None)


def test_a_task_moves_to_another_unit_with_the_consent_of_its_giver_and_is_seen_going_back(
    crew: Cast,
) -> None:
    (task,) = given(crew)
    why = {"reason": "Thuộc việc của xã", "at": NOW}
    acts.propose_transfer(task, to=crew.commune, by=crew.officers.head, **why)
    assert (fresh(task).lead, fresh(task).proposed) == (crew.department, crew.commune)
    acts.allow_transfer(task, by=crew.officers.chief, at=NOW)
    acts.propose_transfer(task, to=crew.department, by=crew.officers.commune, **why)
    acts.decline_transfer(task, reason="Không chuyển lại", by=crew.officers.chief, at=NOW)
    row = fresh(task)
    assert (row.lead, row.head, row.proposed, row.proposals) == (crew.commune, crew.officers.commune, None, 2)


def test_a_paused_task_reminds_nobody_and_its_deadline_stays(crew: Cast) -> None:
    (task,) = given(crew)
    acts.pause_task(task, reason="Chờ luật", by=crew.officers.chief, at=NOW)
    assert acts.remind(task, at=at(DUE)) == 0
    acts.resume_task(task, by=crew.officers.chief, at=at(DUE))
    assert (fresh(task).state, fresh(task).until) == (TaskState.GIVEN, DUE)


def test_a_rung_of_the_ladder_is_told_once_and_higher_up_as_days_pass(crew: Cast) -> None:
    (task,) = given(crew)
    acts.assign_task(task, to=crew.officers.handler, by=crew.officers.head, at=NOW)
    told = []
    for days in (-7, -7, -6, -3, 0, 1, 8, 9, 15):
        before = set(Reminder.objects.values_list("pk", flat=True))
        acts.remind(task, at=at(DUE + timedelta(days=days)))
        new = Reminder.objects.exclude(pk__in=before).order_by("officer__username")
        told.append((days, [each.officer.username for each in new]))
    doer, head = "handler.04.05", "head.04.05"
    high = ["chu-tich", "controller.04.05", doer, head]
    assert told == [
        (-7, [doer]),
        (-7, []),
        (-6, []),
        (-3, [doer]),
        (0, [doer, head]),
        (1, [doer, head]),
        (8, high),
        (9, []),
        (15, high),
    ]
    facts = [fact for fact in log.read(task.stream).facts if isinstance(fact, TaskReminded)]
    assert len(facts) == 6
    assert fresh(task).level == 3


def test_what_waits_outside_the_province_names_the_tasks_it_blocks(crew: Cast) -> None:
    (task,) = given(crew)
    said = {"owner": "Bộ Thông tin và Truyền thông", "what": "Sửa đổi Nghị định 73/2019/NĐ-CP"}
    made = acts.name_dependency(**said, tasks=[task], due=DUE, by=crew.officers.handler, at=NOW)
    assert list(task.dependencies.all()) == [made]
    stranger = crew.officers.commune
    with pytest.raises(Refused, match="không giao, không thực hiện"):
        acts.meet_dependency(made, on=NOW.date(), document="NĐ 82/2024", by=stranger, at=NOW)
    acts.meet_dependency(made, on=NOW.date(), document="NĐ 82/2024", by=crew.officers.handler, at=NOW)
    made.refresh_from_db()
    assert made.met_on == NOW.date()


def test_a_row_says_what_its_facts_say_after_any_acts(crew: Cast) -> None:
    (task,) = given(crew)
    rng, on = random.Random(4), NOW.date()
    doer, chief = crew.officers.head, crew.officers.chief
    said: dict[str, dict[str, Any]] = {
        "start_task": {"by": doer},
        "note_solution": {"by": doer, "text": "Họp tổ"},
        "ask_extension": {"by": doer, "reason": "Chờ", "until": DUE + timedelta(days=5)},
        "grant_extension": {"by": chief, "until": DUE + timedelta(days=5)},
        "propose_transfer": {"by": doer, "to": crew.commune, "reason": "Việc xã"},
        "decline_transfer": {"by": chief, "reason": "Không"},
        "return_task": {"by": chief, "reason": "Thiếu"},
        "pause_task": {"by": chief, "reason": "Chờ"},
        "resume_task": {"by": chief},
        "urge_task": {"by": chief, "text": "Khẩn trương"},
    }
    for _ in range(40):
        name = rng.choice([*said, "report"])
        try:
            if name == "report":
                reported(task, crew, on)
            else:
                getattr(acts, name)(task, **said[name], at=at(on))
        except Refused:
            pass
        past = log.read(task.stream)
        standing = steering.fold(past.facts)
        told = rows.columns(standing, past, rows.ids(standing)) | {"due": standing.due}
        row = fresh(task)
        assert {name: getattr(row, name) for name in told} == told
        on += timedelta(days=rng.choice([0, 1]))
    assert row.facts > 8


# Figures

# Quảng Nam, 01/01 to 06/07/2020: 833 tasks given = 585 done + 67 still within their time + 181 overdue.
PUBLISHED = {"total": 833, "done": 585, "within": 67, "overdue": 181}


def test_the_published_figures_of_a_province_come_out_of_task_facts() -> None:
    first, on = date(2020, 1, 1), date(2020, 7, 6)
    rng, standings = random.Random(833), []
    for number in range(833):
        begun = first + timedelta(days=rng.randrange(60))
        if number < 585:
            due = begun + timedelta(days=rng.randrange(10, 120))
        elif number < 652:
            due = on + timedelta(days=rng.randrange(60))
        else:
            due = max(begun, on - timedelta(days=rng.randrange(1, 150)))
        task = TaskGiven(
            at=at(begun),
            by="chu-tich",
            title="Nhiệm vụ",
            product="Báo cáo",
            unit="so",
            giver="tinh",
            due=due.isoformat(),
            begins=begun.isoformat(),
        )
        facts: list[Any] = [task]
        if number < 585:
            issued = min(on, due + timedelta(days=rng.randrange(-5, 5)))
            told = {"product": "Báo cáo", "number": "1", "result": "", "files": ("a",)}
            report = TaskReported(at=at(issued), by="so", product_on=issued.isoformat(), **told)
            facts += [report, TaskAccepted(at=at(issued), by="chu-tich")]
        standings.append(steering.fold(facts))
    found = following.reckon(standings, on)
    assert {name: getattr(found, name) for name in PUBLISHED} == PUBLISHED
    assert found.of(Status.DONE) > found.of(Status.DONE_LATE) > 0


def test_rows_are_counted_as_their_facts_are(crew: Cast) -> None:
    made = [given(crew, due=DUE + timedelta(days=3 * n))[0] for n in range(8)]
    on = DUE + timedelta(days=6)
    reported(made[0], crew, DUE)
    acts.accept_task(made[0], by=crew.officers.chief, at=at(on))
    reported(made[1], crew, DUE + timedelta(days=5))
    acts.accept_task(made[1], by=crew.officers.chief, at=at(on))
    reported(made[2], crew, on)
    reported(made[3], crew, on)
    acts.cancel_task(made[4], reason="Thôi", by=crew.officers.chief, at=at(on))
    acts.start_task(made[5], by=crew.officers.head, at=at(on))
    acts.pause_task(made[6], reason="Chờ", by=crew.officers.chief, at=at(on))
    for day_of in (on, on + timedelta(days=9), on + timedelta(days=60)):
        told = following.reckon([steering.fold(log.read(t.stream).facts) for t in made], day_of)
        assert counting.figures(Task.objects.all(), day_of) == told
        assert counting.by_unit(Task.objects.all(), day_of) == {crew.department.pk: told}


def test_a_post_that_changes_hands_divides_its_tasks(crew: Cast) -> None:
    (first,) = given(crew, due=date(2026, 11, 10))
    (second,) = given(crew, due=date(2026, 11, 20))
    old = Post.objects.get(unit=crew.department, role=Role.HEAD)
    Post.objects.filter(pk=old.pk).update(valid_to=date(2026, 11, 15))
    new = Post.objects.create(
        officer=crew.officers.signer, unit=crew.department, role=Role.HEAD, valid_from=date(2026, 11, 15)
    )
    reported(first, crew, date(2026, 11, 9))
    acts.accept_task(first, by=crew.officers.chief, at=at(date(2026, 11, 9)))
    on = date(2026, 11, 25)
    found = counting.by_head(Task.objects.all(), on, heads.stints(2026, on))
    assert {post: (f.done, f.overdue) for post, (f, _) in found.items() if f.total} == {
        old.pk: (1, 0),
        new.pk: (0, 1),
    }
    assert {post: early for post, (_, early) in found.items() if early} == {old.pk: 1}
    assert second.pk


def test_groups_of_recipients_are_the_units_of_that_day(crew: Cast) -> None:
    gone = Unit.objects.create(
        code="04.99",
        agency_code="H14.99",
        name="Sở cũ",
        kind=UnitKind.DEPARTMENT,
        parent=crew.province,
        valid_from=cast.BORN,
        valid_to=date(2026, 3, 1),
    )
    assert list(queries.group("so", NOW.date())) == [crew.department]
    assert gone in queries.group("so", date(2026, 2, 28))


def test_a_task_without_its_own_row_cannot_be_given_twice_behind_the_act(crew: Cast) -> None:
    found = instrument(crew)
    lines = [line(crew.department, item="7")]
    (task,) = acts.give_tasks(lines, giver=crew.province, instrument=found, by=crew.officers.chief, at=NOW)
    task.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        task.save(force_insert=True)
    assert issubclass(IntegrityError, DatabaseError)


def test_a_row_that_was_changed_behind_its_facts_is_found(
    crew: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    task, _ = given(crew, crew.department, crew.commune)
    acts.ask_extension(task, until=DUE + timedelta(days=3), reason="Chờ", by=crew.officers.head, at=NOW)
    call_command("verify-tasks")
    assert "2 nhiệm vụ khớp" in capsys.readouterr().out
    Task.objects.filter(pk=task.pk).update(until=DUE + timedelta(days=99))
    with pytest.raises(SystemExit):
        call_command("verify-tasks")
    assert f"{task.code} until" in capsys.readouterr().out
