"""Cleaning for those who control procedures: scores, rules, the list, one flaw."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from motcua.catalogue.cleaning import acts
from motcua.catalogue.cleaning.models import Flaw, State
from motcua.law.calendar import TZ
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
HOME, LIST, ROWS = "/lam-sach/", "/lam-sach/loi/", "/lam-sach/diem-so/"


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


@pytest.fixture
def flaw(cast: Cast) -> Flaw:
    acts.sweep(by=None, at=NOW)
    return Flaw.objects.get(rule="D01")


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize("url", [HOME, LIST, ROWS, f"{LIST}1/"])
def test_only_those_who_control_procedures_see_it(client: Client, cast: Cast, url: str) -> None:
    client.force_login(cast.officers.handler)
    assert client.get(url).status_code == 403
    assert HOME not in text(client, "/thu-tuc/")
    client.logout()
    assert client.get(url).status_code == 302


def test_before_the_first_sweep_the_page_says_what_to_do(control: Client) -> None:
    assert "Chưa rà lần nào" in text(control, HOME)
    assert HOME in text(control, "/thu-tuc/")


def test_a_sweep_is_asked_for_by_a_button_and_shows_scores_rules_and_progress(control: Client) -> None:
    assert control.get(f"{HOME}ra/").status_code == 405
    page = control.post(f"{HOME}ra/", follow=True).content.decode()
    assert "Đã rà 1 thủ tục" in page
    assert "Chưa kiểm được" in page
    assert "danh mục chưa giữ mức thu theo nghị quyết" in page
    assert "20/11/2026" in page
    assert "co-quan=chua-ro&amp;chieu=day-du&amp;sach=1" in page


def test_the_list_names_the_procedure_the_field_and_what_is_wrong(control: Client, flaw: Flaw) -> None:
    page = text(control, LIST)
    assert "/thu-tuc/1.000001/" in page
    assert "Thiếu trình tự thực hiện" in page
    assert f"{LIST}{flaw.pk}/" in page


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("quy_tac=D01", True),
        ("quy_tac=D05", False),
        ("muc=phai-sua", True),
        ("muc=luu-y", False),
        ("chieu=day-du", True),
        ("chieu=hop-phap", False),
        ("co_quan=chua-ro", True),
        ("q=xac+nhan", True),
        ("q=1.0000", True),
        ("q=khai+sinh", False),
        ("o=da-sua", False),
        ("quy_tac=lạ", True),
    ],
)
def test_the_list_is_narrowed_by_what_stands_in_the_address(
    control: Client, flaw: Flaw, asked: str, there: bool
) -> None:
    assert (f"{LIST}{flaw.pk}/" in text(control, f"{LIST}?{asked}")) is there


def test_a_list_that_is_not_there_is_not_found(control: Client, flaw: Flaw) -> None:
    for url in (f"{LIST}?o=la", f"{LIST}999999/", f"{ROWS}?chieu=la"):
        assert control.get(url).status_code == 404


def test_the_list_leaves_as_a_file_with_its_remedies(control: Client, flaw: Flaw) -> None:
    response = control.get(f"{LIST}?quy_tac=D01&xuat=xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(response)))
    cells = [cell for line in book.get_sheet_by_index(0).to_python() for cell in line]
    assert {"1.000001", "D01 Thiếu trình tự thực hiện", "để trống"} <= set(cells)


def test_a_flaw_is_given_to_an_officer_with_a_day(control: Client, cast: Cast, flaw: Flaw) -> None:
    said = {"do": "giao", "nguoi": cast.officers.head.username, "han": "2026-12-01"}
    page = control.post(f"{LIST}{flaw.pk}/", said, follow=True).content.decode()
    assert "01/12/2026" in page
    assert cast.officers.head.full_name in page
    assert cast.officers.head.full_name in text(control, f"{LIST}?quy_tac=D01")
    assert f"{LIST}{flaw.pk}/" not in text(
        control, f"{LIST}?quy_tac=D01&nguoi={cast.officers.controller.username}"
    )


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"do": "giao", "han": "mai"}, 422, "Viết ngày như 22/11/2026."),
        ({"do": "chap-nhan", "ly_do": ""}, 422, "Hãy ghi lý do."),
        ({"do": "chap-nhan", "ly_do": "ừ"}, 409, "Lý do phải có ít nhất"),
        ({"do": "mo-lai"}, 409, "Chỉ mở lại được"),
        ({"do": "la"}, 404, ""),
    ],
)
def test_what_cannot_be_done_is_said_and_what_was_typed_is_kept(
    control: Client, flaw: Flaw, said: dict[str, str], status: int, told: str
) -> None:
    response = control.post(f"{LIST}{flaw.pk}/", said)
    assert response.status_code == status
    page = response.content.decode()
    assert told in page
    assert all(value in page for name, value in said.items() if name != "do")


def test_a_flaw_is_accepted_for_a_reason_and_opened_again(control: Client, flaw: Flaw) -> None:
    url = f"{LIST}{flaw.pk}/"
    page = control.post(url, {"do": "chap-nhan", "ly_do": "Đúng như quyết định công bố."}, follow=True)
    assert "Đúng như quyết định công bố." in page.content.decode()
    assert url in text(control, f"{LIST}?o=chap-nhan")
    control.post(url, {"do": "mo-lai"})
    flaw.refresh_from_db()
    assert flaw.state == State.OPEN


def test_a_score_opens_to_its_procedures(control: Client, flaw: Flaw) -> None:
    asked = f"{ROWS}?co-quan=chua-ro&chieu=day-du"
    assert "Còn phải sửa" in text(control, asked)
    assert "/thu-tuc/1.000001/" in text(control, f"{asked}&sach=0")
    assert "/thu-tuc/1.000001/" not in text(control, f"{asked}&sach=1")


def test_whoever_is_to_mend_is_reminded_on_the_worklist_and_sees_only_their_own(
    client: Client, cast: Cast, flaw: Flaw
) -> None:
    head = cast.officers.head
    acts.give(flaw, to=head, due=NOW.date(), by=cast.officers.controller, at=NOW)
    client.force_login(head)
    assert "/lam-sach/cua-toi/" not in text(client, "/ban-lam-viec/")
    Flaw.objects.filter(pk=flaw.pk).update(due="2026-11-19")
    assert "1 điểm dữ liệu thủ tục giao cho bạn đã quá hạn sửa." in text(client, "/ban-lam-viec/")
    mine = text(client, "/lam-sach/cua-toi/")
    assert "1 điểm, 1 quá hạn." in mine
    assert "Thiếu trình tự thực hiện" in mine or "trình tự" in mine
    client.force_login(cast.officers.handler)
    assert "Không có điểm nào giao cho bạn" in text(client, "/lam-sach/cua-toi/")
