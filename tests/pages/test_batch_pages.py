"""A list of applicants: every row becomes a dossier or none does, and every wrong cell is named with its remedy."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.dossiers import acts, lists, queries
from motcua.dossiers.models import Dossier
from motcua.journal.models import Entry
from motcua.law.facts import Refused
from tests.cast import MONDAY, Cast, gather
from tests.pages.test_dossiers_pages import signed_in, text

pytestmark = pytest.mark.django_db
PAGE = "/tiep-nhan/danh-sach/"
HEAD = "Họ tên,Số định danh,Điện thoại,Nội dung"
RIGHT = f"{HEAD}\nNông Thị Mẫu,004090000001,0912345678,Thửa 1\nLý Văn Khác,004090000002,,\n"


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=1))


def told(cast: Cast, content: str | bytes, name: str = "ds.csv", **said: object) -> dict[str, object]:
    body = content.encode() if isinstance(content, str) else content
    papers = {f"giay-{paper.pk}": "1" for paper in cast.version.components.all()}
    return {
        "request_id": uuid4(),
        "channel": "direct",
        "receiving_unit": cast.department.pk,
        "procedure": "1.000001",
        "deciding_unit": cast.department.pk,
        "paid": "on",
        "do": "nhan",
        "tep": SimpleUploadedFile(name, body),
        **papers,
        **said,
    }


def sheet(*rows: tuple[object, ...]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return made.getvalue()


def test_every_row_becomes_a_dossier_with_its_slip(cast: Cast) -> None:
    agent = {"agent": "Trưởng thôn", "authorisation": "Biên bản họp thôn 01/11/2026"}
    answer = signed_in(cast.officers.reception).post(PAGE, told(cast, RIGHT, **agent), follow=True)
    first, second = Dossier.objects.order_by("pk")
    assert (first.applicant, first.subject, second.applicant) == ("Nông Thị Mẫu", "Thửa 1", "Lý Văn Khác")
    assert {(d.agent, d.paid, d.version_id) for d in (first, second)} == {
        ("Trưởng thôn", 20000, cast.version.pk)
    }
    said = text(answer)
    assert first.code in said
    assert second.code in said
    assert list(queries.verify()) == []


def test_sending_a_list_twice_receives_nothing_new(cast: Cast) -> None:
    client, batch = signed_in(cast.officers.reception), uuid4()
    for _ in range(2):
        client.post(PAGE, told(cast, RIGHT, request_id=batch))
    assert Dossier.objects.count() == 2


def test_one_wrong_row_and_nothing_is_received(cast: Cast) -> None:
    wrong = f"{HEAD}\nNông Thị Mẫu,004090000001,0912345678,\n\n,12,abc,\nLý Văn Khác,004090000001,,\n"
    answer = signed_in(cast.officers.reception).post(PAGE, told(cast, wrong))
    assert Dossier.objects.count() == Entry.objects.count() == 0
    found = [(p.row, p.column) for p in answer.context["problems"]]
    assert sorted(found) == [(4, "Họ tên"), (4, "Số định danh"), (4, "Điện thoại"), (5, "Số định danh")]
    said = text(answer)
    for told_there in (
        "Hãy nhập tên người nộp",
        "có 12 chữ số",
        "Trùng số định danh",
        "dòng 2",
        "Sửa số điện thoại",
    ):
        assert told_there in said


def test_a_spreadsheet_is_read_and_a_number_that_lost_its_zero_is_explained(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    head = ("Họ và tên", "CCCD")
    right = sheet(head, ("Nông Thị Mẫu", "004090000001"))
    client.post(PAGE, told(cast, right, "ds.xlsx"))
    assert Dossier.objects.get().identity == "004090000001"
    lost = client.post(PAGE, told(cast, sheet(head, ("Nông Thị Mẫu", 4090000001)), "ds.xlsx"))
    assert "định dạng cả cột là Văn bản" in text(lost)
    assert Dossier.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("ds.csv", "Tên gọi,Số\nA,1\n", "có cột “Họ tên”"),
        ("ds.csv", HEAD, "không có dòng nào"),
        ("ds.csv", b"\xff\xfe\x00", "không phải CSV mã UTF-8"),
        ("ds.xlsx", b"no sheet", "Không đọc được bảng tính"),
        ("ds.csv", "Họ tên\n" + "A\n" * 201, "201 dòng; mỗi lần nhận nhiều nhất 200"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(
    cast: Cast, name: str, content: str | bytes, why: str
) -> None:
    answer = signed_in(cast.officers.reception).post(PAGE, told(cast, content, name))
    assert why in text(answer)
    assert Dossier.objects.count() == 0


def test_without_a_file_everything_said_is_kept(cast: Cast) -> None:
    form = told(cast, RIGHT, agent="Trưởng thôn", authorisation="Biên bản")
    del form["tep"]
    answer = signed_in(cast.officers.reception).post(PAGE, form)
    assert "Hãy chọn tệp danh sách" in text(answer)
    assert answer.context["form"]["agent"].value() == "Trưởng thôn"
    assert [paper.handed for paper in answer.context["intake"].papers] == [True, True]


def test_semicolons_and_kinds_are_understood() -> None:
    read = lists.read("x.csv", "Họ tên;Loại;Mã số thuế\nCông ty Mẫu;Doanh nghiệp;0100109106\n".encode())
    assert read.problems == []
    assert (read.people[0].said["kind"], read.people[0].said["identity"]) == (2, "0100109106")
    wrong = lists.read("x.csv", "Họ tên;Loại\nCông ty Mẫu;Tập đoàn\n".encode())
    assert [(p.column, p.text) for p in wrong.problems] == [("Loại", "Không có loại người nộp này.")]


def test_the_template_is_a_list_that_only_lacks_rows(cast: Cast) -> None:
    empty = signed_in(cast.officers.reception).get(f"{PAGE}mau.csv").content
    filled = empty.decode("utf-8-sig") + "Nông Thị Mẫu,,004090000001,,,,\r\n"
    assert lists.read("mau.csv", filled.encode()).people[0].said["identity"] == "004090000001"


def test_what_one_dossier_of_a_list_is_refused_for_leaves_none_of_them(cast: Cast) -> None:
    right, wrong = cast.filing(), cast.filing(receiving_unit=cast.commune)
    with pytest.raises(Refused):
        acts.receive_many([right, wrong], by=cast.officers.reception, at=MONDAY)
    assert Dossier.objects.count() == Entry.objects.count() == 0


def test_a_list_begins_with_a_procedure(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    assert "Chưa chọn thủ tục" in text(client.get(PAGE))
    assert "Cấp giấy xác nhận mẫu" in text(client.get(PAGE, {"thu-tuc": "1.000001"}))
    assert signed_in(cast.officers.handler).get(PAGE).status_code == 403


def test_what_a_list_became_is_read_by_those_who_may(cast: Cast) -> None:
    client, batch = signed_in(cast.officers.reception), uuid4()
    client.post(PAGE, told(cast, RIGHT, request_id=batch))
    assert client.get(reverse("batch-done", args=[batch, 2])).status_code == 200
    assert client.get(reverse("batch-done", args=[uuid4(), 2])).status_code == 404
