"""Internal processes for those who control procedures: the list, one version, files in and out, publishing."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from motcua.catalogue import acts, drawing
from motcua.catalogue.models import Finding, Import, Procedure, ProcessVersion, Status
from motcua.catalogue.reading.drafts import ProcessDraft
from motcua.law.calendar import TZ
from motcua.law.process import Node, Process
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
DATA = Path(__file__).parents[2].parent / "shared/data"
HEAD = "so_hieu,noi_ban_hanh,ma_tthc,buoc,noi_dung,trach_nhiem,thoi_gian\n"
ROW = "9/QĐ-UBND,Tỉnh Mẫu,1.000001,Bước {n},{what},{who},{time}\n"
DECISION = {
    "so": "99/QĐ-UBND",
    "ngay_ky": "2026-11-18",
    "noi": "UBND tỉnh",
    "hieu_luc": "2026-12-01",
    "ten": "Quy trình rút gọn",
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officers.controller)
    return client


def draft(cast: Cast, process: Process | None = None) -> ProcessVersion:
    """A draft that follows the published process of the cast."""
    told = ProcessDraft(0, "1.000001", "Quy trình mẫu", "", "", "", (process or cast.process.graph).as_data())
    return acts.draft_process(told, before=cast.process, by=cast.officers.controller, at=NOW)


def shorter(cast: Cast, **changes: object) -> Process:
    """The process of the cast with its signing step changed."""
    graph = cast.process.graph
    nodes = [replace(n, **changes) if n.id == "ky" else n for n in graph.nodes.values()]  # type: ignore[arg-type]
    return Process.of(nodes, graph.flows)


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


# Who may


@pytest.mark.parametrize(
    "page", ["", "moi/", "nhap/", "{pk}/", "{pk}/bang/", "{pk}/cong-khai/", "{pk}/tai/csv/"]
)
def test_only_those_who_control_procedures_see_processes(client: Client, cast: Cast, page: str) -> None:
    client.force_login(cast.officers.handler)
    assert client.get(f"/quy-trinh/{page.format(pk=cast.process.pk)}").status_code == 403


def test_the_way_there_is_shown_to_them_alone(control: Client, cast: Cast) -> None:
    assert "/quy-trinh/" in text(control, "/thu-tuc/")
    control.force_login(cast.officers.handler)
    assert "/quy-trinh/" not in text(control, "/thu-tuc/")


def test_a_process_that_is_not_there_is_not_found(control: Client) -> None:
    assert control.get("/quy-trinh/999999/").status_code == 404


# The list


def test_the_list_tells_what_is_in_force_and_what_is_drafted(control: Client, cast: Cast) -> None:
    waiting = draft(cast)
    page = text(control, "/quy-trinh/")
    assert "Cấp giấy xác nhận mẫu" in page
    assert f"/quy-trinh/{waiting.pk}/" in page
    assert f"/quy-trinh/{cast.process.pk}/" in page


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("q=1.000001", True),
        ("q=xac+nhan", True),
        ("q=khai+sinh", False),
        ("trang-thai=du-thao", False),
        ("trang-thai=ap-dung", True),
        ("don-vi=04.05", False),
    ],
)
def test_the_list_is_narrowed_by_words_unit_and_state(control: Client, asked: str, there: bool) -> None:
    assert ("Cấp giấy xác nhận mẫu" in text(control, f"/quy-trinh/?{asked}")) is there


def test_the_list_asks_as_little_of_many_processes_as_of_one(control: Client, cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            text(control, "/quy-trinh/")
        return len(asked)

    one = asked()
    for number in range(30):
        procedure = Procedure.objects.create(code=f"1.1{number:05}", title=f"Thủ tục {number}", field="Mẫu")
        ProcessVersion.objects.create(
            procedure=procedure, number=1, valid_from=date(2026, 1, 1), definition=cast.process.definition
        )
    assert asked() == one <= 20


def test_the_list_leaves_as_a_file_with_what_its_filters_select(control: Client, cast: Cast) -> None:
    draft(cast)
    sent = control.get("/quy-trinh/?q=xac+nhan&xuat=xlsx")
    cells = CalamineWorkbook.from_filelike(BytesIO(sent.getvalue())).get_sheet_by_index(0).to_python()
    assert cells[-1][:3] == ["1.000001", "Cấp giấy xác nhận mẫu", "Mọi đơn vị"]
    assert cells[-1][-2:] == [1.0, 2.0]
    assert control.get("/quy-trinh/?xuat=pdf").content.startswith(b"%PDF")


# One process


def test_the_page_of_a_process_shows_steps_terms_tiers_and_checks(control: Client, cast: Cast) -> None:
    page = text(control, f"/quy-trinh/{cast.process.pk}/")
    assert "cùng lúc: bước 3 và bước 4" in page
    assert "chờ đủ các nhánh rồi bước 5" in page
    assert "Thẩm định hồ sơ" in page
    assert "12 giờ" in page
    assert "5 ngày làm việc" in page
    assert "cần 24 giờ làm việc" in page


def test_a_draft_tells_steps_and_tiers_before_and_after(control: Client, cast: Cast) -> None:
    graph = Process.sequence(
        [Node("a", cast.process.graph.steps[0].kind, "Làm", "handler", hours=Decimal(4))]
    )
    page = text(control, f"/quy-trinh/{draft(cast, graph).pk}/")
    assert "Số bước trước 7, sau 1; số cấp trước 1, sau 1" in page


def test_two_versions_are_compared_step_by_step(control: Client, cast: Cast) -> None:
    new = draft(cast, shorter(cast, hours=Decimal(2)))
    page = text(control, f"/quy-trinh/{new.pk}/so-sanh/?voi={cast.process.pk}")
    assert "Ký duyệt kết quả, Lãnh đạo ký duyệt, 6 giờ" in page
    assert "Ký duyệt kết quả, Lãnh đạo ký duyệt, 2 giờ" in page
    assert control.get(f"/quy-trinh/{new.pk}/so-sanh/?voi=999999").status_code == 404


def test_a_step_without_name_and_term_is_compared_in_words(control: Client, cast: Cast) -> None:
    before = cast.process.graph
    bare = replace(before.nodes["tham"], name="", hours=None)
    new = draft(cast, Process.of((before.nodes | {"tham": bare}).values(), before.flows))
    page = text(control, f"/quy-trinh/{new.pk}/so-sanh/?voi={cast.process.pk}")
    assert "(chưa có tên), Cán bộ thụ lý, chưa có thời hạn" in page


def test_a_published_process_is_amended_by_one_draft(control: Client, cast: Cast) -> None:
    first = control.post(f"/quy-trinh/{cast.process.pk}/du-thao/")
    again = control.post(f"/quy-trinh/{cast.process.pk}/du-thao/")
    assert first.url == again.url
    assert ProcessVersion.objects.get(status=Status.DRAFT).definition == cast.process.definition


def test_a_new_process_begins_with_an_empty_step(control: Client, cast: Cast) -> None:
    sent = control.post("/quy-trinh/moi/", {"ma": "1.000001", "don_vi": "Sở Mẫu (04.05)", "ten": ""})
    made = ProcessVersion.objects.get(unit=cast.department)
    assert sent.url == f"/quy-trinh/{made.pk}/bang/"
    assert len(made.graph.steps) == 1


def test_a_process_begun_twice_is_one_draft(control: Client, cast: Cast) -> None:
    wish = {"ma": "1.000001", "don_vi": "Sở Mẫu (04.05)", "ten": ""}
    first, again = (control.post("/quy-trinh/moi/", wish) for _ in range(2))
    assert first.url == again.url
    assert ProcessVersion.objects.filter(unit=cast.department, status=Status.DRAFT).count() == 1


@pytest.mark.parametrize("page", ["moi", "nhap"])
def test_a_page_that_begins_a_process_leads_back_to_the_list(control: Client, page: str) -> None:
    told = control.get(f"/quy-trinh/{page}/").content.decode()
    assert '<a href="/quy-trinh/">Quy trình</a>' in told


def test_a_new_process_needs_a_procedure_and_a_unit_that_are_there(control: Client) -> None:
    page = control.post("/quy-trinh/moi/", {"ma": "1.999999", "don_vi": "Sở Không Có", "ten": ""})
    assert page.status_code == 422
    assert "Không có đơn vị này" in page.content.decode()
    page = control.post("/quy-trinh/moi/", {"ma": "1.999999", "don_vi": "", "ten": ""})
    assert "mã thủ tục không có trong danh mục" in page.content.decode()


def test_a_draft_is_thrown_away_as_it_was_looked_at_and_nothing_else_is(control: Client, cast: Cast) -> None:
    waiting = draft(cast)
    control.post(f"/quy-trinh/{waiting.pk}/bo/", {"nen": "7"})
    assert ProcessVersion.objects.filter(pk=waiting.pk).exists()
    page = control.post(f"/quy-trinh/{waiting.pk}/bo/", {"nen": "0"}, follow=True).content.decode()
    assert "Đã bỏ dự thảo bản 2" in page
    assert not ProcessVersion.objects.filter(pk=waiting.pk).exists()
    page = control.post(f"/quy-trinh/{cast.process.pk}/bo/", {"nen": "0"}, follow=True).content.decode()
    assert "đã công khai, không bỏ được" in page
    assert ProcessVersion.objects.filter(pk=cast.process.pk).exists()


# Files


def test_the_file_that_goes_out_as_bpmn_is_the_drawing(control: Client, cast: Cast) -> None:
    sent = control.get(f"/quy-trinh/{cast.process.pk}/tai/bpmn/")
    assert sent.content == drawing.drawn(cast.process)
    assert "quy-trinh-1.000001-1.bpmn" in sent["Content-Disposition"]


def test_tables_that_go_out_hold_every_step(control: Client, cast: Cast) -> None:
    sent = control.get(f"/quy-trinh/{cast.process.pk}/tai/csv/").content.decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(sent)))
    assert [line["noi_dung"] for line in lines][:2] == ["Tiếp nhận, chuyển hồ sơ", "Phân công thụ lý"]
    assert lines[1]["tiep_theo"] == "cùng lúc: bước 3 và bước 4"
    book = control.get(f"/quy-trinh/{cast.process.pk}/tai/xlsx/").content
    cells = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert cells[1:] == [list(line.values()) for line in lines]
    assert control.get(f"/quy-trinh/{cast.process.pk}/tai/pdf/").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sequence_that_goes_out_as_a_table_comes_back_as_it_was(
    control: Client, cast: Cast, kind: str
) -> None:
    steps = [replace(s, id=f"b{n}", unit="04.05") for n, s in enumerate(cast.process.graph.steps, start=1)]
    first = draft(cast, Process.sequence(steps))
    ProcessVersion.objects.filter(pk=first.pk).update(decision="7/QĐ-UBND", issuer="Tỉnh Mẫu")
    content = control.get(f"/quy-trinh/{first.pk}/tai/{kind}/").content
    control.post("/quy-trinh/nhap/", {"tep": SimpleUploadedFile(f"a.{kind}", content)})
    assert list(ProcessVersion.objects.filter(pk=first.pk).values_list("definition", flat=True)) == [
        first.definition
    ]
    assert Import.objects.get().changed == 1


def test_a_table_with_branches_does_not_come_back_as_a_sequence_unnoticed(
    control: Client, cast: Cast
) -> None:
    ProcessVersion.objects.filter(pk=draft(cast).pk).update(decision="7/QĐ-UBND", issuer="Tỉnh Mẫu")
    waiting = ProcessVersion.objects.get(status=Status.DRAFT)
    content = control.get(f"/quy-trinh/{waiting.pk}/tai/csv/").content
    sent = control.post("/quy-trinh/nhap/", {"tep": SimpleUploadedFile("a.csv", content)})
    assert "bảng bước chỉ nhận các bước nối tiếp" in text(control, sent.url)


def test_an_upload_becomes_a_draft_with_its_findings_listed(control: Client, cast: Cast) -> None:
    rows = ROW.format(n=1, what="Nhận", who="Bộ phận một cửa", time="0.5 ngày làm việc")
    rows += ROW.format(n=2, what="Họp", who="Ban giám khảo", time="ít lâu")
    file = SimpleUploadedFile("quy trình.csv", (HEAD + rows).encode())
    sent = control.post("/quy-trinh/nhap/", {"tep": file})
    page = text(control, sent.url)
    assert "quy trình.csv" in page
    assert "không đọc được thời gian của bước" in page
    assert "Giao bước cho một vai trò" in page
    made = ProcessVersion.objects.get(status=Status.DRAFT)
    assert (made.decision, len(made.graph.steps)) == ("9/QĐ-UBND", 2)
    assert "không đọc được thời gian của bước" in text(control, f"/quy-trinh/{made.pk}/")


def test_an_uploaded_drawing_may_be_told_whose_it_is(control: Client, cast: Cast) -> None:
    bare = drawing.drawn(cast.process).replace(b'code="1.000001"', b"")
    page = control.post("/quy-trinh/nhap/", {"tep": SimpleUploadedFile("a.bpmn", bare)}, follow=True)
    assert "thiếu mã thủ tục" in page.content.decode()
    control.post(
        "/quy-trinh/nhap/", {"tep": SimpleUploadedFile("a.bpmn", bare), "ma": "1.000001", "don_vi": "Xã Mẫu"}
    )
    assert ProcessVersion.objects.get(unit=cast.commune).definition == cast.process.definition


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.txt", b"x", "Tệp phải có đuôi"),
        ("a.csv", b"", "Tệp này rỗng"),
        ("a.csv", b"a,b\n1,2\n", "Dòng 1: thiếu cột"),
        ("a.xlsx", b"not a workbook", "không mở được như bảng tính"),
        ("a.bpmn", b"<a/>", "Không phải tệp BPMN 2.0"),
    ],
)
def test_a_wrong_file_is_told_at_its_field(control: Client, name: str, content: bytes, problem: str) -> None:
    page = control.post("/quy-trinh/nhap/", {"tep": SimpleUploadedFile(name, content)})
    assert page.status_code == 422
    assert problem in page.content.decode()
    assert not Import.objects.exists()


# Publishing


def test_a_draft_is_published_by_its_decision_and_never_changes_again(control: Client, cast: Cast) -> None:
    waiting = draft(cast, shorter(cast, hours=Decimal(2)))
    sent = control.post(f"/quy-trinh/{waiting.pk}/cong-khai/", DECISION | {"nen": "0"})
    assert sent.url == f"/quy-trinh/{waiting.pk}/"
    waiting.refresh_from_db()
    assert waiting.status == Status.PUBLISHED
    assert (waiting.decision, waiting.decided_on) == ("99/QĐ-UBND", date(2026, 11, 18))
    assert waiting.valid_from == date(2026, 12, 1)
    cast.process.refresh_from_db()
    assert cast.process.valid_to == date(2026, 12, 1)
    assert control.get(f"/quy-trinh/{waiting.pk}/cong-khai/").status_code == 302
    assert "Chưa tới ngày hiệu lực" in text(control, sent.url)


def test_a_dossier_in_flight_keeps_its_process(control: Client, cast: Cast) -> None:
    dossier = cast.received(at=NOW)
    waiting = draft(cast, shorter(cast, hours=Decimal(2)))
    control.post(f"/quy-trinh/{waiting.pk}/cong-khai/", DECISION | {"nen": "0"})
    dossier.refresh_from_db()
    assert dossier.process_id == cast.process.pk


def test_what_keeps_a_draft_from_being_published_is_listed(control: Client, cast: Cast) -> None:
    waiting = draft(cast, shorter(cast, role="", hours=Decimal(200)))
    page = text(control, f"/quy-trinh/{waiting.pk}/cong-khai/")
    assert "chưa giao cho vai trò nào" in page
    assert "thời hạn 5 ngày làm việc chỉ có 40" in page
    assert "Chưa công khai được" in page
    sent = control.post(f"/quy-trinh/{waiting.pk}/cong-khai/", DECISION | {"nen": "0"})
    assert sent.status_code == 409
    assert ProcessVersion.objects.get(pk=waiting.pk).status == Status.DRAFT
    assert ProcessVersion.objects.get(pk=waiting.pk).decision == ""


def test_a_decision_is_asked_for_field_by_field(control: Client, cast: Cast) -> None:
    wrong = DECISION | {"so": "", "ngay_ky": "hôm nay", "hieu_luc": "2026-11-01", "nen": "0"}
    page = control.post(f"/quy-trinh/{draft(cast).pk}/cong-khai/", wrong).content.decode()
    assert "Hãy nhập số quyết định." in page
    assert "Viết ngày như 22/11/2026." in page
    late = DECISION | {"hieu_luc": "2026-11-01", "nen": "0"}
    page = control.post(f"/quy-trinh/{ProcessVersion.objects.last().pk}/cong-khai/", late).content.decode()  # type: ignore[union-attr]
    assert "không được trước ngày ký 18/11/2026" in page


def test_what_changed_while_it_was_looked_at_is_not_published(control: Client, cast: Cast) -> None:
    waiting = draft(cast)
    edit = acts.Edit(shorter(cast, hours=Decimal(2)).as_data(), 0)
    acts.edit_process(waiting, edit, by=cast.officers.controller, at=NOW)
    page = control.post(f"/quy-trinh/{waiting.pk}/cong-khai/", DECISION | {"nen": "0"})
    assert page.status_code == 409
    assert "Dự thảo đã được sửa ở cửa sổ khác" in page.content.decode()
    assert 'value="99/QĐ-UBND"' in page.content.decode()
    control.post(f"/quy-trinh/{waiting.pk}/cong-khai/", DECISION | {"nen": "1"})
    assert ProcessVersion.objects.get(pk=waiting.pk).status == Status.PUBLISHED


# The decisions of Cao Bằng


@pytest.mark.skipif(not DATA.exists(), reason=f"real data absent: {DATA}")
@pytest.mark.real
def test_the_four_decisions_come_in_through_the_page_with_their_findings(control: Client, cast: Cast) -> None:
    content = (DATA / "processes/cao-bang-steps.csv").read_bytes()
    codes = {row["ma_tthc"] for row in csv.DictReader(StringIO(content.decode("utf-8-sig")))}
    Procedure.objects.bulk_create(Procedure(code=c, title=f"Thủ tục {c}", field="") for c in codes)
    sent = control.post("/quy-trinh/nhap/", {"tep": SimpleUploadedFile("cao-bang.csv", content)})
    page = text(control, sent.url)
    assert "Đọc 53 quy trình" in page
    made = ProcessVersion.objects.filter(status=Status.DRAFT)
    assert made.values("decision").distinct().count() == 4
    assert Finding.objects.count() == Import.objects.get().findings.count() > 100
    for one in made:
        assert "Các bước" in text(control, f"/quy-trinh/{one.pk}/")
