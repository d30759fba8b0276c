"""What is sent stays as it was: period reports, the monthly list of the overdue, letters of urging; and reminders."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from motcua.law import following
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.following import Status
from motcua.people.models import Role
from motcua.steering import acts, counting, reminders
from motcua.steering.models import Letter, PeriodReport, Reminder, Task
from tests import cast
from tests.cast import Cast
from tests.pdf import text as words_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 16, 9, tzinfo=TZ)
GIVEN = datetime(2026, 11, 2, 9, tzinfo=TZ)
DUE = date(2026, 11, 30)


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    crew = cast.gather()
    crew.officers.chief = cast.officer(Role.HEAD, crew.province, "chu-tich")
    return crew


def desk(officer: Any) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def given(crew: Cast, number: int = 1) -> list[Task]:
    lines = [
        acts.Assignment(
            title=f"Việc {n}", product="Báo cáo", leads=[crew.department], due=DUE + timedelta(days=n)
        )
        for n in range(number)
    ]
    return acts.give_tasks(lines, giver=crew.province, by=crew.officers.chief, at=GIVEN)


def done(crew: Cast, task: Task) -> None:
    by = crew.officers.handler
    file = acts.attach_file(task.stream, name="a.pdf", content=b"%PDF-1", by=by, at=GIVEN)
    said = {"product": "Báo cáo", "number": "1", "product_on": GIVEN.date(), "result": ""}
    acts.report_task(task, **said, files=[file], by=by, at=NOW)
    acts.accept_task(task, by=crew.officers.chief, at=NOW)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_report_is_sent_after_its_period_once_and_never_changes(crew: Cast) -> None:
    first, _ = given(crew, 2)
    chief, url = desk(crew.officers.chief), reverse("steering-report", args=["tasks", "04", "2026-nam"])
    assert "2 quá hạn" in text(chief.get(url))
    assert chief.post(url, {"text": "Đề nghị rút kinh nghiệm"}).status_code == 302
    done(crew, first)
    after = text(chief.get(url))
    assert "2 quá hạn" in after
    assert "Đề nghị rút kinh nghiệm" in after
    assert chief.post(url, {"text": "Khác"}).status_code == 422
    (sent,) = PeriodReport.objects.all()
    for change in (lambda: PeriodReport.objects.update(text="Khác"), sent.delete):
        with pytest.raises(DatabaseError, match="was sent"), transaction.atomic():
            change()


def test_a_period_that_has_not_ended_is_not_reported(crew: Cast) -> None:
    period = following.month(2026, 12)
    with pytest.raises(Refused, match="chưa kết thúc"):
        acts.send_report(
            "overdue", unit=crew.province, period=period, text="", by=crew.officers.chief, at=NOW
        )


def test_a_report_is_sent_by_who_gives_tasks_for_the_unit(crew: Cast) -> None:
    period = following.period("2026-nam")
    assert period
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.send_report("tasks", unit=crew.province, period=period, text="", by=crew.officers.head, at=NOW)


def test_what_was_reported_late_is_told_apart_from_the_overdue_the_list_holds(crew: Cast) -> None:
    late, _ = given(crew, 2)
    by = crew.officers.handler
    file = acts.attach_file(late.stream, name="a.pdf", content=b"%PDF-1", by=by, at=NOW)
    said = {"product": "Báo cáo", "number": "1", "product_on": NOW.date(), "result": ""}
    acts.report_task(late, **said, files=[file], by=by, at=NOW)
    page = desk(crew.officers.chief).get(reverse("steering-report", args=["overdue", "04", "2026-12"]))
    assert "2 nhiệm vụ quá hạn</b> (trong đó 1 báo cáo trễ, chờ xác nhận) trong 2 nhiệm vụ" in text(page)
    assert len(page.context["rows"]) == 1


def test_the_monthly_list_of_the_overdue_leaves_as_a_spreadsheet_as_of_its_cut_off(crew: Cast) -> None:
    given(crew, 3)
    url = reverse("steering-report", args=["overdue", "04", "2026-12"])
    answer = desk(crew.officers.chief).get(url, {"xuat": "xlsx"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer))).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[5:]] == ["Việc 0", "Việc 1", "Việc 2"]
    assert [row[6] for row in rows[5:]] == [16, 15, 14]
    november = desk(crew.officers.chief).get(reverse("steering-report", args=["overdue", "04", "2026-11"]))
    assert november.context["rows"] == []


def test_the_periods_show_what_is_late(crew: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    page = text(desk(crew.officers.head).get(reverse("steering-reports"), {"nam": "2026"}))
    assert "15/12/2025" in page
    assert "15/06/2026" in page
    assert "Quá hạn gửi" in page
    assert "Danh sách nhiệm vụ quá hạn: Tháng 12/2026" in page


@pytest.mark.parametrize("page", ["steering-reports", "plans", "targets"])
def test_a_year_nobody_could_mean_is_this_year(crew: Cast, page: str) -> None:
    answer = desk(crew.officers.controller).get(reverse(page), {"nam": "9" * 20})
    assert (answer.status_code, answer.context["year"]) == (200, 2026)


def test_a_letter_of_urging_says_what_is_owed_and_every_task_remembers_it(crew: Cast) -> None:
    tasks = given(crew, 2)
    chief, url = desk(crew.officers.chief), reverse("urging-letter", args=["04.05"])
    said = {"number": "99/UBND-KSTT", "on": "2026-12-16", "text": "Đề nghị báo cáo trước ngày 20/12."}
    assert chief.post(url, said).status_code == 422
    assert chief.post(url, {**said, "viec": [task.pk for task in tasks]}).status_code == 302
    letter = Letter.objects.get()
    paper = chief.get(reverse("letter-paper", args=[letter.pk]))
    told = words_of(paper.content)
    for part in ("Sở Mẫu", "99/UBND-KSTT", "Việc 1", "Đề nghị báo cáo trước ngày 20/12."):
        assert part in told, part
    assert {task.urged for task in Task.objects.all()} == {1}
    assert "99/UBND-KSTT" in text(chief.get(reverse("task", args=[tasks[0].pk])))


def test_a_letter_is_not_for_who_gives_nothing_to_the_unit(crew: Cast) -> None:
    given(crew)
    assert desk(crew.officers.handler).get(reverse("urging-letter", args=["04.05"])).status_code == 403


def test_the_daily_round_reminds_once_whatever_is_run_again(
    crew: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    task, later = given(crew, 2)
    done(crew, later)
    assert len(list(reminders.due(NOW.date()))) == 1
    call_command("remind", "--dry-run")
    assert not Reminder.objects.exists()
    assert reminders.remind_all(NOW) == (1, 3)
    assert reminders.remind_all(NOW + timedelta(hours=5)) == (0, 0)
    assert Task.objects.get(pk=task.pk).level == 3
    page = desk(crew.officers.chief).get(reverse("steering"))
    assert "nhắc cấp 3" in text(page)
    desk(crew.officers.chief).post(reverse("steering"))
    assert "Không có lời nhắc mới" in text(desk(crew.officers.chief).get(reverse("steering")))


def test_what_was_done_by_the_cut_off_is_not_overdue_because_it_was_accepted_after(crew: Cast) -> None:
    first, second = given(crew, 2)
    done(crew, first)
    by, told = crew.officers.handler, {"product": "Báo cáo", "number": "2", "result": ""}
    file = acts.attach_file(second.stream, name="b.pdf", content=b"%PDF-2", by=by, at=NOW)
    acts.report_task(second, **told, product_on=date(2026, 12, 5), files=[file], by=by, at=NOW)
    on = date(2026, 12, 2)
    figures = counting.figures(Task.objects.all(), on)
    assert figures.of(Status.WAITING) == figures.within == 1, "issued by that day, accepted later"
    assert figures.of(Status.OVERDUE) == figures.overdue == 1, "issued after that day"


@pytest.mark.parametrize("page", ["steering-reports", "plans"])
@pytest.mark.parametrize("year", ["0000", "9" * 25, "-1"])
def test_a_year_that_is_none_is_no_error(crew: Cast, page: str, year: str) -> None:
    assert desk(crew.officers.chief).get(reverse(page), {"nam": year}).status_code == 200


def test_where_to_go_back_is_an_address_of_ours_or_the_list(crew: Cast) -> None:
    answer = desk(crew.officers.chief).get(reverse("tasks-urge"), {"ve": "khong-co"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("tasks"))
