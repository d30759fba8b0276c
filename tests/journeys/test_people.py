"""A head takes somebody on, who chooses a password, finds the right desk and takes its list away; in a real browser."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from motcua.people.models import Officer
from motcua.ui.exports.sheets import HEAD
from tests import pdf
from tests.cast import Cast
from tests.journeys.test_desk import PHONE, cast, press, sign_in, sound, tab_to, type_into

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast"]  # the fixture
CHOSEN = "con suối Khuổi Nậm"


def taken_on(page: Page, head: Officer) -> str:
    """From the worklist to a new account with its post, by keyboard; the link that was shown once."""
    sign_in(page, head)
    press(page, "a[href='/quan-tri/']")
    sound(page)
    press(page, "a[href='/quan-tri/don-vi/04.05/']")
    sound(page)
    with page.expect_navigation():
        page.keyboard.press("c")
    type_into(page, "#id_full_name", "Hoàng Thị Mới")
    type_into(page, "#id_username", "moi.ht")
    press(page, ".form .button-primary")
    assert "Hãy chọn một mục trong danh sách." in page.inner_text(".errors")
    sound(page)
    tab_to(page, "#id_role")
    page.select_option("#id_role", "assigner")
    press(page, ".form .button-primary")
    sound(page)
    return page.input_value("#duong-dan")


def chosen(page: Page, link: str) -> None:
    """The newcomer chooses a password by the link, and signs in with it."""
    page.context.clear_cookies()
    page.goto(link)
    sound(page)
    type_into(page, "#id_new_password1", CHOSEN)
    type_into(page, "#id_new_password2", CHOSEN)
    press(page, ".form .button-primary")
    type_into(page, "#id_username", "moi.ht")
    type_into(page, "#id_password", CHOSEN)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/ban-lam-viec/")


def downloaded(page: Page, selector: str) -> bytes:
    with page.expect_download() as saving:
        page.click(selector)
    return Path(saving.value.path()).read_bytes()


def rows(document: bytes) -> list[dict[str, Any]]:
    heads, *lines = (
        CalamineWorkbook.from_filelike(io.BytesIO(document)).get_sheet_by_index(0).to_python()[HEAD:]
    )
    return [dict(zip(heads, line, strict=True)) for line in lines]


def test_a_head_takes_somebody_on_who_finds_the_right_desk_and_takes_its_list_away(
    page: Page, cast: Cast
) -> None:
    dossiers = [cast.received() for _ in range(3)]
    chosen(page, taken_on(page, cast.officers.head))
    shown = page.locator("tbody [scope=row] a.table-main").all_inner_texts()
    assert shown == [dossier.code for dossier in dossiers]
    assert page.locator("tbody tr").count() == 3
    assert "Phân công thụ lý" in page.inner_text("tbody tr")
    sound(page)
    read = rows(downloaded(page, "a[href='?xuat=xlsx']"))
    assert [row["Mã hồ sơ"] for row in read] == shown
    assert [row["Người nộp"] for row in read] == page.locator(
        "tbody [scope=row] .table-sub"
    ).all_inner_texts()
    assert {row["Bước"] for row in read} == {"Phân công thụ lý"}
    document = page.request.get("/ban-lam-viec/?xuat=pdf").body()
    said = pdf.text(document)
    assert all(code in said for code in shown)
    assert "Người in: Hoàng Thị Mới (Lãnh đạo phòng, Sở Mẫu)" in said


def test_a_day_off_is_decided_on_a_phone_with_whom_it_reaches_in_sight(page: Page, cast: Cast) -> None:
    page.set_viewport_size(PHONE)
    dossier = cast.received(timezone.now())  # noqa: TID251 - the browser has the real hour
    sign_in(page, cast.officers.head)
    for address in ("/quan-tri/", "/quan-tri/can-bo/", "/quan-tri/nhat-ky/", "/tai-khoan/", "/dang-xuat/"):
        page.goto(address)
        sound(page)
    page.goto("/quan-tri/don-vi/04.05/ngay/")
    page.fill("#id_on", f"{dossier.due_at:%Y-%m-%d}")
    page.select_option("#id_working", "0")
    page.fill("#id_name", "Lễ hội Mẫu")
    page.fill("#id_source", "7/QĐ-UBND")
    page.click("text=Xem ảnh hưởng trước")
    assert "1 hồ sơ sẽ được tính lại" in page.inner_text(".panel")
    assert dossier.code in page.inner_text(".panel")
    sound(page)
    page.click("text=Ghi quyết định")
    assert "Lễ hội Mẫu" in page.inner_text("#gio")
    assert "Quyết định ngày nghỉ" in page.inner_text("#thay-doi")
    sound(page)
