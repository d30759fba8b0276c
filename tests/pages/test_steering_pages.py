"""Pages of steering: duties, the board, the list, a task with its acts, instruments, plans from spreadsheets."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from motcua.law.calendar import TZ
from motcua.law.steering import TaskState
from motcua.people.models import Role, Unit
from motcua.steering import acts, finding, planning
from motcua.steering.measures import Measured
from motcua.steering.models import Attachment, Instrument, Task
from motcua.ui import keyed
from tests import cast
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=TZ)
DUE = date(2026, 11, 30)
PDF = b"%PDF-1.7 san pham"


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


def plan(crew: Cast, **changes: Any) -> Instrument:
    kept: dict[str, Any] = {"kind": "plan", "number": "798/KH-UBND", "issuer": "UBND tỉnh", "year": 2026}
    kept |= {"issuer_kind": "province", "issued_on": date(2025, 12, 24), "summary": "Kế hoạch CCHC năm 2026"}
    new = acts.NewInstrument(**{**kept, "unit": crew.province, **changes})
    return acts.register_instrument(new, by=crew.officers.controller, at=NOW)


def given(crew: Cast, *leads: Unit, instrument: Instrument | None = None, **changes: Any) -> Task:
    kept = {"title": "Rà soát thủ tục nội bộ", "product": "Quyết định phê duyệt", "due": DUE, **changes}
    line = acts.Assignment(leads=leads or (crew.department,), **kept)
    by, giver = crew.officers.chief, crew.province
    return acts.give_tasks([line], giver=giver, instrument=instrument, by=by, at=NOW)[0]


def reported(crew: Cast, task: Task) -> None:
    by = crew.officers.handler
    file = acts.attach_file(task.stream, name="qd.pdf", content=PDF, by=by, at=NOW)
    said = {"product": "Quyết định", "number": "1", "product_on": NOW.date(), "result": "Xong"}
    acts.report_task(task, **said, files=[file], by=by, at=NOW)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_what_waits_for_me_and_what_i_owe_stand_on_the_first_page(crew: Cast) -> None:
    soon = given(crew, due=NOW.date() + timedelta(days=3), title="Việc sắp đến hạn")
    waits = given(crew, title="Việc đã báo cáo")
    reported(crew, waits)
    head = text(desk(crew.officers.head).get(reverse("steering")))
    assert "1 nhiệm vụ sắp đến hạn." in head
    assert soon.title in head
    chief = text(desk(crew.officers.chief).get(reverse("steering")))
    assert waits.title in chief


def test_a_figure_of_mine_opens_to_as_many_tasks(crew: Cast) -> None:
    given(crew, due=NOW.date() + timedelta(days=3))
    acts.assign_task(given(crew), to=crew.officers.signer, by=crew.officers.head, at=NOW)
    for who, count in ((crew.officers.head, 2), (crew.officers.handler, 1), (crew.officers.signer, 2)):
        client = desk(who)
        listed = [each for each in client.get(reverse("steering")).context["counts"] if "vai=" in each["url"]]
        assert sum(each["count"] for each in listed) == count
        for each in listed:
            assert client.get(each["url"]).context["rows"].__len__() == each["count"]


def test_a_task_is_reported_with_evidence_and_accepted_on_its_own_page(crew: Cast) -> None:
    task = given(crew)
    unit, chief = desk(crew.officers.handler), desk(crew.officers.chief)
    page = reverse("task", args=[task.pk])
    said = {
        "product": "Quyết định 12",
        "number": "12/QĐ",
        "product_on": "2026-11-02",
        "result": "Đã ban hành",
    }
    url = reverse("task-deed", args=[task.pk, "bao-cao"])
    without = unit.post(url, said)
    assert without.status_code == 409
    assert "minh chứng" in text(without)
    assert "Đã ban hành" in text(without)
    file = SimpleUploadedFile("quyet-dinh.pdf", PDF)
    assert unit.post(url, {**said, "moi": [file]}).status_code == 302
    assert "Xác nhận hoàn thành" not in text(unit.get(page))
    assert "Xác nhận hoàn thành" in text(chief.get(page))
    done = chief.post(reverse("task-deed", args=[task.pk, "xac-nhan"]), {"note": "Đạt"}, follow=True)
    assert "Hoàn thành đúng hạn" in text(done)
    assert Task.objects.get().state == TaskState.ACCEPTED


def test_a_file_handed_in_is_kept_though_the_report_was_refused(crew: Cast) -> None:
    task = given(crew)
    url, unit = reverse("task-deed", args=[task.pk, "bao-cao"]), desk(crew.officers.handler)
    late = {"product": "QĐ", "number": "1", "product_on": "2026-11-20", "result": "Xong"}
    refused = unit.post(url, {**late, "moi": [SimpleUploadedFile("a.pdf", PDF)]})
    assert refused.status_code == 409
    assert "sau ngày báo cáo" in text(refused)
    kept = Attachment.objects.get()
    again = unit.post(url, {**late, "product_on": "2026-11-02", "tep": [kept.pk]})
    assert again.status_code == 302


def test_a_report_is_returned_with_a_reason_that_the_unit_reads(crew: Cast) -> None:
    task = given(crew)
    reported(crew, task)
    url = reverse("task-deed", args=[task.pk, "tra-lai"])
    chief = desk(crew.officers.chief)
    assert chief.post(url, {"reason": ""}).status_code == 422
    assert chief.post(url, {"reason": "Thiếu phụ lục 2"}).status_code == 302
    assert "Thiếu phụ lục 2" in text(desk(crew.officers.handler).get(reverse("task", args=[task.pk])))


def test_who_comes_second_reads_what_the_first_did_and_keeps_what_was_typed(crew: Cast) -> None:
    task = given(crew)
    reported(crew, task)
    task.refresh_from_db()
    acts.accept_task(task, by=crew.officers.chief, at=NOW, note="Đạt yêu cầu")
    stale = {"reason": "Thiếu phụ lục 2", "seen": task.facts}
    answer = desk(crew.officers.controller).post(reverse("task-deed", args=[task.pk, "tra-lai"]), stale)
    assert answer.status_code == 409
    assert [each["note"] for each in answer.context["since"]] == ["Đạt yêu cầu"]
    assert "Thiếu phụ lục 2" in text(answer)


def test_a_form_of_progress_or_of_what_is_waited_for_sent_twice_is_recorded_once(crew: Cast) -> None:
    task, client = given(crew), desk(crew.officers.handler)
    outside = {"owner": "Bộ Tài chính", "what": "Sửa nghị định"}
    for slug, said in (("tien-do", {"text": "Đã họp"}), ("vuong-mac", outside)):
        url = reverse("task-deed", args=[task.pk, slug])
        assert [client.post(url, said).status_code for _ in range(2)] == [302, 409]
    assert task.dependencies.count() == 1


def test_the_same_words_of_progress_are_recorded_again_on_another_day(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, client, said = given(crew), desk(crew.officers.handler), {"text": "Đang chờ thẩm định"}
    url = reverse("task-deed", args=[task.pk, "tien-do"])
    client.post(url, said)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=1))
    assert client.post(url, said).status_code == 302


def test_a_task_that_is_paused_owes_nobody_anything(crew: Cast) -> None:
    task = given(crew)
    acts.pause_task(task, reason="Chờ nghị định", by=crew.officers.chief, at=NOW)
    answer = desk(crew.officers.head).get(reverse("task", args=[task.pk])).context["answer"]
    assert answer == f"Đang tạm dừng, chờ {crew.province.name} cho tiếp tục; hạn vẫn là 30/11/2026."


def test_who_does_a_task_finds_no_way_to_accept_it(crew: Cast) -> None:
    task = given(crew)
    reported(crew, task)
    answer = desk(crew.officers.head).post(reverse("task-deed", args=[task.pk, "xac-nhan"]), {})
    assert answer.status_code == 409
    assert desk(crew.officers.head).get(reverse("task-deed", args=[task.pk, "xac-nhan"])).status_code == 403
    assert Task.objects.get().state == TaskState.REPORTED


def test_both_deadlines_are_read_on_the_page_and_in_the_list(crew: Cast) -> None:
    task = given(crew)
    later = DUE + timedelta(days=10)
    acts.ask_extension(task, until=later, reason="Chờ bộ", by=crew.officers.head, at=NOW)
    answer = desk(crew.officers.chief).post(
        reverse("task-deed", args=[task.pk, "cho-gia-han"]), {"until": later.isoformat()}
    )
    assert answer.status_code == 302
    for url in (reverse("task", args=[task.pk]), reverse("tasks")):
        said = text(desk(crew.officers.head).get(url))
        assert "30/11/2026" in said
        assert "10/12/2026" in said


@pytest.mark.parametrize(
    "slug", ["phan-cong", "tien-do", "kinh-phi", "vuong-mac", "xin-gia-han", "chuyen", "bao-cao"]
)
def test_the_form_of_every_act_of_the_unit_opens(crew: Cast, slug: str) -> None:
    task = given(crew, milestones=({"key": "1", "title": "Dự thảo", "due": "2026-11-10"},))
    answer = desk(crew.officers.head).get(reverse("task-deed", args=[task.pk, slug]))
    assert answer.status_code == 200


def test_progress_money_milestones_and_what_is_waited_for_are_told_on_the_page(crew: Cast) -> None:
    task = given(crew, milestones=({"key": "1", "title": "Dự thảo", "due": "2026-11-10"},))
    unit = desk(crew.officers.head)
    wishes = {
        "tien-do": {"text": "Đã họp tổ rà soát"},
        "xong-moc": {"key": "1", "on": "2026-11-02"},
        "kinh-phi": {"name": "Thuê tư vấn", "planned": 1000, "assigned": 800, "disbursed": 500},
        "vuong-mac": {"owner": "Bộ TT&TT", "what": "Sửa Nghị định 73"},
        "phan-cong": {"to": crew.officers.handler.pk},
    }
    for slug, said in wishes.items():
        assert unit.post(reverse("task-deed", args=[task.pk, slug]), said).status_code == 302, slug
    page = text(unit.get(reverse("task", args=[task.pk])))
    for part in ("Đã họp tổ rà soát", "xong 02/11/2026", "500 đ", "Sửa Nghị định 73", "Phân công thực hiện"):
        assert part in page, part


def test_many_tasks_are_urged_at_once_and_each_says_what_came_of_it(crew: Cast) -> None:
    first, second = given(crew), given(crew, title="Việc đã báo cáo")
    reported(crew, second)
    chief = desk(crew.officers.chief)
    asked = chief.get(reverse("tasks-urge"), {"viec": [first.pk, second.pk]})
    assert "Đôn đốc 2 nhiệm vụ" in text(asked)
    done = chief.post(reverse("tasks-urge"), {"viec": [first.pk, second.pk], "text": "Khẩn trương"})
    assert "chưa đôn đốc được" in text(done)
    assert Task.objects.get(pk=first.pk).urged == 1


def test_the_board_counts_what_its_links_list(crew: Cast) -> None:
    given(crew, due=NOW.date() - timedelta(days=1), begins=NOW.date() - timedelta(days=9))
    given(crew)
    done = given(crew, title="Việc đã xong")
    reported(crew, done)
    acts.accept_task(done, by=crew.officers.chief, at=NOW)
    client = desk(crew.officers.chief)
    answer = client.get(reverse("board"))
    assert "3 nhiệm vụ: 1 đã hoàn thành, 1 còn trong hạn, 1 quá hạn." in text(answer)
    (row,) = answer.context["rows"]
    for cell in row["cells"]:
        assert len(client.get(cell["url"]).context["rows"]) == cell["count"]
    assert client.get(row["total_url"]).context["rows"].__len__() == row["total"] == 3


def test_what_changed_since_yesterday_and_how_old_is_what_is_overdue_open_to_their_tasks(crew: Cast) -> None:
    begun = {"begins": NOW.date() - timedelta(days=90)}
    for days in (1, 40, 0):
        given(crew, due=NOW.date() - timedelta(days=days), title=f"Hạn {days} ngày trước", **begun)
    done = given(crew, title="Việc đã xong")
    reported(crew, done)
    acts.accept_task(done, by=crew.officers.chief, at=NOW)
    client = desk(crew.officers.chief)
    shown = client.get(reverse("board")).context
    assert [each["count"] for each in shown["lately"]] == [1, 1, 1, 0]
    assert [each["count"] for each in shown["ageing"]] == [1, 1, 0, 0]
    months = [cell for month in shown["trend"] for cell in month["cells"]]
    for each in (*shown["lately"], *shown["ageing"], *months):
        assert len(client.get(each["url"]).context["rows"]) == each["count"]


def test_a_figure_of_a_line_of_an_instrument_opens_to_as_many_tasks(crew: Cast) -> None:
    found = plan(crew)
    late = {"due": NOW.date() - timedelta(days=1), "begins": NOW.date() - timedelta(days=9)}
    given(crew, crew.department, crew.commune, instrument=found, **late)
    done = given(crew, instrument=found, title="Việc khác")
    reported(crew, done)
    acts.accept_task(done, by=crew.officers.chief, at=NOW)
    client = desk(crew.officers.chief)
    lines = client.get(reverse("directive", args=[found.pk])).context["lines"]
    assert [(line["tasks"], [cell["count"] for cell in line["cells"]]) for line in lines] == [
        (2, [2, 0, 0, 0]),
        (1, [0, 0, 1, 0]),
    ]
    for line in lines:
        assert len(client.get(line["url"]).context["rows"]) == line["tasks"]
        for cell in line["cells"]:
            assert len(client.get(cell["url"]).context["rows"]) == cell["count"]


def test_what_an_instrument_says_is_overdue_or_in_all_opens_to_as_many_tasks(crew: Cast) -> None:
    found = plan(crew)
    late = {"due": NOW.date() - timedelta(days=1), "begins": NOW.date() - timedelta(days=9)}
    given(crew, instrument=found, **late)
    reported(crew, given(crew, instrument=found, title="Báo cáo trễ", **late))
    dropped = given(crew, instrument=found, title="Không làm nữa")
    acts.cancel_task(dropped, reason="Trùng", by=crew.officers.chief, at=NOW)
    client = desk(crew.officers.chief)
    page = client.get(reverse("directive", args=[found.pk]))
    assert "còn trong hạn, <a" in text(page)
    assert "1 quá hạn</a>, 1 báo cáo trễ, chờ xác nhận, 1 đã hủy." in text(page)
    for name, count in (("list_url", 3), ("overdue_url", 1)):
        assert len(client.get(page.context[name]).context["rows"]) == count


def test_the_tasks_of_a_unit_that_was_dissolved_are_listed_and_its_giver_moves_them_on(crew: Cast) -> None:
    task = given(crew)
    given(crew, crew.commune)
    client, page = desk(crew.officers.chief), reverse("task", args=[task.pk])
    assert "Đề nghị chuyển đơn vị" not in text(client.get(page))
    Unit.objects.filter(pk=crew.department.pk).update(valid_to=NOW.date())
    listed = client.get(reverse("tasks"), {"don_vi": crew.department.code})
    assert [row["task"] for row in listed.context["rows"]] == [task]
    assert "đã chấm dứt hoạt động từ ngày 02/11/2026" in text(client.get(page))
    moved = {"to": crew.commune.pk, "reason": "Sáp nhập"}
    client.post(reverse("task-deed", args=[task.pk, "chuyen"]), moved)
    client.post(reverse("task-deed", args=[task.pk, "cho-chuyen"]), {})
    task.refresh_from_db()
    assert task.lead == crew.commune


def test_a_deadline_says_who_gave_it_when_and_why_and_what_was_declined(crew: Cast) -> None:
    task, later = given(crew), DUE + timedelta(days=10)
    head, chief = crew.officers.head, crew.officers.chief
    acts.ask_extension(task, until=later, reason="Chờ vốn", by=head, at=NOW)
    acts.decline_extension(task, reason="Vốn đã có", by=chief, at=NOW)
    acts.ask_extension(task, until=later, reason="Chờ thẩm định", by=head, at=NOW)
    acts.grant_extension(task, until=later, by=chief, at=NOW)
    told = text(desk(head).get(reverse("task", args=[task.pk])))
    assert f'Xin gia hạn đến 10/12/2026 <span class="soft small">{chief.full_name} không đồng ý' in told
    assert f"ngày 02/11/2026: Vốn đã có; {head.full_name} xin ngày 02/11/2026: Chờ vốn" in told
    assert f'<b>Gia hạn lần 1: 10/12/2026</b> <span class="soft small">{chief.full_name} đồng ý' in told


def test_what_was_asked_and_never_answered_is_over_with_the_task(crew: Cast) -> None:
    task, head = given(crew), crew.officers.head
    acts.ask_extension(task, until=DUE + timedelta(days=10), reason="Chờ vốn", by=head, at=NOW)
    reported(crew, task)
    acts.accept_task(task, by=crew.officers.chief, at=NOW)
    told = text(desk(head).get(reverse("task", args=[task.pk])))
    assert "Được xác nhận hoàn thành ngày 02/11/2026." in told
    assert "Đang xin gia hạn" not in told


def test_the_list_leaves_as_a_spreadsheet_with_both_deadlines(crew: Cast) -> None:
    given(crew)
    answer = desk(crew.officers.chief).get(reverse("tasks"), {"xuat": "xlsx", "o": "chua-lam"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer))).get_sheet_by_index(0).to_python()
    assert rows[5][1] == "Rà soát thủ tục nội bộ"
    assert rows[5][6] == rows[5][7] == DUE


def test_an_instrument_is_registered_and_its_task_given_to_a_whole_group(crew: Cast) -> None:
    chief = desk(crew.officers.chief)
    said = {
        "kind": "conclusion",
        "number": "476/TB-VPCP",
        "issuer_kind": "central",
        "issuer": "Văn phòng Chính phủ",
    }
    said |= {
        "issued_on": "2026-10-20",
        "summary": "Kết luận",
        "aliases": "476/VPCP; 476",
        "meeting": "Buổi làm việc",
    }
    assert chief.post(reverse("directive-new"), said).status_code == 302
    made = Instrument.objects.get()
    wish = {"giver": crew.province.pk, "title": "Cắt giảm", "product": "Quyết định", "due": "2026-12-31"}
    lines = {"groups": ["so", "xa"], "milestones": "15/11/2026 Trình dự thảo", "planned": "5000000"}
    assert chief.post(reverse("give", args=[made.pk]), {**wish, "milestones": "mai"}).status_code == 422
    assert chief.post(reverse("give", args=[made.pk]), {**wish, **lines}).status_code == 302
    assert {task.lead for task in Task.objects.all()} == {crew.department, crew.commune}
    page = text(chief.get(reverse("directive", args=[made.pk])))
    assert "476/VPCP; 476" in page
    assert "2 nhiệm vụ" in page


def test_an_instrument_is_registered_with_its_file_and_stands_without_one_that_is_not_taken(
    crew: Cast,
) -> None:
    said = {"kind": "letter", "issuer": "UBND tỉnh", "issuer_kind": "province", "issued_on": "2026-11-01"}
    client, url = desk(crew.officers.controller), reverse("directive-new")
    for number, content in (("1/UBND", PDF), ("2/UBND", b"MZ")):
        file = SimpleUploadedFile("cong-van.pdf", content)
        answer = client.post(
            url, {**said, "number": number, "summary": "Đôn đốc", "tep": [file]}, follow=True
        )
    assert "Văn bản đã đăng ký nhưng chưa có tệp" in text(answer)
    assert Instrument.objects.count() == 2
    assert Attachment.objects.get().about == Instrument.objects.get(number="1/UBND").stream


def test_only_who_gives_tasks_registers_instruments(crew: Cast) -> None:
    assert desk(crew.officers.handler).get(reverse("directive-new")).status_code == 403


def test_a_file_of_an_instrument_is_kept_and_downloaded_as_it_was(crew: Cast) -> None:
    made, chief = plan(crew), desk(crew.officers.chief)
    page = reverse("directive", args=[made.pk])
    assert "Đã đính kèm" in text(chief.post(page, {"tep": SimpleUploadedFile("kh.pdf", PDF)}, follow=True))
    wrong = chief.post(page, {"tep": SimpleUploadedFile("kh.exe", b"MZ")}, follow=True)
    assert "chỉ nhận tệp" in text(wrong)
    answer = desk(crew.officers.handler).get(reverse("attachment", args=[Attachment.objects.get().pk]))
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_units_without_a_plan_of_the_year_are_listed(crew: Cast) -> None:
    top = plan(crew)
    own = {"kind": "plan", "number": "1/KH-SM", "issuer_kind": "unit", "issuer": "Sở Mẫu", "year": "2026"}
    own |= {"issued_on": "2026-01-05", "summary": "Kế hoạch sở", "parent": top.pk, "unit": crew.department.pk}
    assert desk(crew.officers.head).post(reverse("directive-new"), own).status_code == 302
    answer = desk(crew.officers.chief).get(reverse("plans"), {"nam": "2026", "o": "chua"})
    assert "1 trong 2 đơn vị đã lập kế hoạch năm 2026." in text(answer)
    assert [row["unit"] for row in answer.context["rows"]] == [crew.commune]


# A plan from a spreadsheet


def sheet(*rows: list[Any]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        heads = [label for _, label, *_ in planning.COLUMNS]
        for n, row in enumerate([["PHỤ LỤC"], heads, *rows]):
            for place, cell in enumerate(row):
                page.write(n, place, cell)
    return file.getvalue()


def taken(crew: Cast, made: Instrument, content: bytes) -> Any:
    file = SimpleUploadedFile("ke-hoach.xlsx", content)
    url = reverse("take-plan", args=[made.pk])
    return desk(crew.officers.chief).post(url, {"giver": crew.province.pk, "tep": file}, follow=True)


GOOD = [
    ["I", "Cải cách thủ tục hành chính"],
    [
        1,
        "Rà soát",
        "Quyết định",
        "Các sở, ban, ngành",
        "Xã Mẫu",
        "30/11/2026",
        "",
        "Trọng tâm; Khó",
        150000000,
        "",
    ],
    [
        2,
        "Báo cáo",
        "Báo cáo",
        "Sở Mẫu; Xã Mẫu",
        "",
        "Hằng quý",
        "Chỉ đạo, điều hành",
        "",
        "",
        "gửi Sở Nội vụ",
    ],
    [3, "Tập huấn", "Lớp", "04.05", "", "Quý IV", "", "", "", ""],
]


def test_a_plan_is_given_whole_and_the_same_file_twice_gives_it_once(crew: Cast) -> None:
    made = plan(crew)
    assert "Đã giao 4 nhiệm vụ từ tệp." in text(taken(crew, made, sheet(*GOOD)))
    task = Task.objects.get(item="1")
    assert (task.lead, task.due, task.tags) == (crew.department, DUE, ["trong-tam", "kho"])
    assert [line.planned for line in task.budget.all()] == [150000000]
    assert {t.occurrence for t in Task.objects.filter(item="2")} == {"2026-Q4"}
    assert Task.objects.get(item="3").due == date(2026, 12, 31)
    again = text(taken(crew, made, sheet(*GOOD)))
    assert "Đã giao 0 nhiệm vụ từ tệp. 4 nhiệm vụ đã có từ trước" in again
    assert Task.objects.count() == 4


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [
        (0, "", "STT"),
        (1, "", "Nhiệm vụ"),
        (2, "", "Sản phẩm"),
        (3, "Sở Không Có", "không có đơn vị “Sở Không Có”"),
        (3, "", "Cơ quan chủ trì"),
        (4, "Cơ quan lạ", "không có đơn vị"),
        (5, "khi nào xong", "không đọc được"),
        (5, "31/02/2026", "không đọc được"),
        (5, "01/10/2026", "đã qua"),
        (6, "Lĩnh vực lạ", "không có lĩnh vực"),
        (7, "Gấp", "không có nhãn"),
        (8, "nhiều", "không phải số tiền"),
    ],
)
def test_one_wrong_cell_stops_the_whole_plan_and_is_told_by_row_and_field(
    crew: Cast, place: int, cell: str, said: str
) -> None:
    row = list(GOOD[1])
    row[place] = cell
    answer = taken(crew, plan(crew), sheet(*GOOD[2:], row))
    assert answer.status_code == 422
    assert said in text(answer)
    (remark,) = answer.context["remarks"]
    assert remark.row == 5
    assert remark.remedy
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"khong phai bang tinh", "không mở được"),
        (b"\xd0\xcf\x11\xe0 co mat khau", "Bỏ mật khẩu của tệp"),
        (b"PK" + bytes(20_000_000), "Tệp lớn hơn 20 MB"),
        (sheet(), ""),
        (sheet(GOOD[1], GOOD[1]), "trùng với dòng 3"),
    ],
)
def test_a_file_that_is_no_plan_is_told_apart(crew: Cast, content: bytes, said: str) -> None:
    answer = taken(crew, plan(crew), content)
    assert said in text(answer)
    assert not Task.objects.exists()


def test_the_template_that_is_offered_can_be_taken(crew: Cast) -> None:
    made = plan(crew)
    content = desk(crew.officers.chief).get(reverse("take-plan", args=[made.pk]), {"mau": "1"}).content
    found = planning.read(content, instrument=made, giver=crew.province, year=2026, on=NOW.date())
    assert [remark.problem for remark in found.remarks] == ["không có đơn vị “Văn phòng UBND tỉnh”"]


def test_a_strangers_file_is_not_kept_and_words_too_long_are_told(crew: Cast) -> None:
    task = given(crew)
    stranger = desk(cast.officer(Role.HANDLER, crew.commune, "thu-ly-xa-la"))
    paper = SimpleUploadedFile("la.pdf", b"%PDF-1.7 la", "application/pdf")
    url = reverse("task-deed", args=[task.pk, "tien-do"])
    assert stranger.post(url, {"text": "Xong", "moi": [paper]}).status_code == 409
    assert not Attachment.objects.filter(about=task.stream).exists()
    long = {"owner": "Bộ Nội vụ", "what": "x" * 1001}
    answer = desk(crew.officers.head).post(reverse("task-deed", args=[task.pk, "vuong-mac"]), long)
    assert (answer.status_code, "Nhiều nhất 1000 chữ" in text(answer)) == (422, True)


def test_a_unit_without_a_plan_is_sent_to_register_its_plan(crew: Cast) -> None:
    shown = text(desk(crew.officers.chief).get(reverse("plans")))
    assert f"{reverse('directive-new')}?kind=plan" in shown


def test_tasks_are_narrowed_to_a_tag(crew: Cast) -> None:
    for title, tag in (("Định danh điện tử", "de-an-06"), ("Chợ số", "cds"), ("Việc thường", "moi")):
        given(crew, title=title, tags=(tag,))
    shown = text(desk(crew.officers.chief).get(reverse("tasks"), {"nhan": "de-an-06", "o": "tat-ca"}))
    assert "Định danh điện tử" in shown
    assert "Chợ số" not in shown
    assert "Việc thường" not in shown


def test_tasks_are_found_by_the_beginning_of_words_and_by_whole_numbers(crew: Cast) -> None:
    given(crew, title="Công khai kết quả, đợt 11")
    given(crew, title="Công khai kết quả, đợt 110")
    client = desk(crew.officers.chief)
    for asked, found in (("cong kh", 2), ("đợt 11", 1), ("ong", 0), ("110 kết", 1), ("'&|!:*", 2)):
        answer = client.get(reverse("tasks"), {"q": asked})
        assert answer.content.decode().count("table-main") == found, asked


def test_words_that_many_tasks_hold_are_listed_and_only_what_is_owed_is_counted(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST", 1)
    given(crew, title="Công khai kết quả, đợt 1")
    ended = given(crew, title="Công khai kết quả, đợt 2")
    acts.cancel_task(ended, reason="Văn bản đã hết hiệu lực", by=crew.officers.chief, at=NOW)
    client = desk(crew.officers.chief)
    owed = client.get(reverse("tasks"), {"q": "công khai"})
    assert [
        (each["label"], each["count"]) for each in owed.context["counts"] if each["count"] in (1, None)
    ] == [
        ("Còn phải làm", 1),
        ("Chưa làm", 1),
        ("Xong đúng hạn", None),
        ("Xong trễ hạn", None),
        ("Đã hủy", None),
        ("Tất cả", 1),
    ]
    assert "nên không đếm hết" in owed.content.decode()
    everything = client.get(reverse("tasks"), {"q": "công khai", "o": "tat-ca"})
    assert everything.content.decode().count("table-main") == 2
    assert [each["label"] for each in everything.context["counts"] if each["count"]] == ["Tất cả"]
    assert "1+" in everything.content.decode()


def test_directives_are_turned_by_key_newest_first(crew: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed, "SIZE", 2)
    for n in (3, 1, 2):
        plan(crew, number=f"{n}/KH-UBND", issued_on=date(2025, 12, n))
    client = desk(crew.officers.chief)
    first = client.get(reverse("directives"))
    assert [row["instrument"].number for row in first.context["rows"]] == ["3/KH-UBND", "2/KH-UBND"]
    second = client.get(reverse("directives") + first.context["after"])
    assert [row["instrument"].number for row in second.context["rows"]] == ["1/KH-UBND"]
    assert second.context["after"] == ""
    again = client.get(reverse("directives") + second.context["before"])
    assert [row["instrument"].number for row in again.context["rows"]] == ["3/KH-UBND", "2/KH-UBND"]


def test_the_figure_of_a_target_of_the_province_opens_to_the_tasks_the_province_gave(crew: Cast) -> None:
    given(crew, crew.department, crew.commune)
    own = acts.Assignment(leads=[crew.department], title="Việc của sở", product="Báo cáo", due=DUE)
    acts.give_tasks([own], giver=crew.department, by=crew.officers.head, at=NOW)
    told = Measured(crew.province, 2026, NOW).actual("tasks:done")
    assert told.d == 2
    page = desk(crew.officers.head).get(told.url)
    assert len(page.context["rows"]) == 2
    assert page.context["answer"].startswith("2 nhiệm vụ")
