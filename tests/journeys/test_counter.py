"""The counter in a real browser: few keys for a usual dossier, and nothing lost when the session ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from motcua.dossiers.models import Dossier
from motcua.law.lifecycle import State
from motcua.people.models import Role
from tests.cast import Cast, officer
from tests.journeys.test_desk import SECRET, cast, press, sign_in, sound, type_into

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["cast"]
pytestmark = pytest.mark.django_db(transaction=True)
# A trained clerk strikes about four keys in a second: what must go into a minute.
A_MINUTE_OF_KEYS = 240


class Keys:
    """The keyboard with every key counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.struck = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.struck += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.struck += len(text)

    def tab_to(self, selector: str) -> None:
        for _ in range(40):
            if self.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
                return
            self.press("Tab")
        pytest.fail(f"the keyboard does not reach {selector}")


def test_a_usual_dossier_is_received_with_a_minute_of_keys(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    keys = Keys(page)
    with page.expect_navigation():
        keys.press("t")
    keys.tab_to("#id_identity")
    keys.type("004090000001")
    keys.tab_to("#id_name")
    keys.type("Nông Thị Mẫu")
    keys.tab_to("#id_phone")
    keys.type("0912345678")
    keys.tab_to("#id_procedure")
    keys.type("cgx")
    keys.press("Enter")
    page.wait_for_selector("#giay-to-du")
    keys.tab_to("#giay-to-du")
    keys.press("Enter")
    page.wait_for_selector(".checklist input:checked")
    keys.press("t")
    assert page.evaluate("document.activeElement.value") == "nhan"
    with page.expect_navigation():
        keys.press("Enter")
    dossier = Dossier.objects.get()
    assert (dossier.applicant, dossier.state) == ("Nông Thị Mẫu", State.ACCEPTED)
    assert keys.struck < A_MINUTE_OF_KEYS / 2, keys.struck


def test_a_session_that_ends_keeps_the_chosen_procedure_and_what_was_ticked(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    type_into(page, "#id_procedure", "cgx")
    page.keyboard.press("Enter")
    page.wait_for_selector(".checklist")
    page.locator(".checklist input[type=checkbox]").first.check()
    page.context.clear_cookies(name="sessionid")
    page.click("button[value=nhan]")
    page.wait_for_url("**/dang-nhap/**")
    page.fill("#id_username", cast.officers.reception.username)
    page.fill("#id_password", SECRET)
    page.click("main button")
    page.wait_for_url("**/tiep-nhan/?thu-tuc=1.000001")
    assert page.input_value("#id_name") == "Nông Thị Mẫu"
    page.wait_for_selector(".slip time")
    boxes = page.locator(".checklist input[type=checkbox]")
    assert [box.is_checked() for box in boxes.all()] == [True, False]
    page.click("button[value=nhan]")
    page.wait_for_url("**/in/giay-tiep-nhan/")
    assert Dossier.objects.get().applicant == "Nông Thị Mẫu"


def test_a_card_that_is_read_fills_the_form_and_waits_for_what_it_does_not_say(
    page: Page, cast: Cast
) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/?thu-tuc=1.000001")
    page.focus("#id_identity")
    page.keyboard.type("004090000009||Hoàng Thị Én|01021990|Nữ|Tổ 3, Phường Mẫu, Cao Bằng|01012022")
    page.keyboard.press("Enter")
    assert page.url.endswith("?thu-tuc=1.000001")
    names = ("identity", "name", "address")
    said = [page.input_value(f"#id_{name}") for name in names]
    assert said == ["004090000009", "Hoàng Thị Én", "Tổ 3, Phường Mẫu, Cao Bằng"]
    assert page.evaluate("document.activeElement.id") == "id_phone"


def test_a_form_opened_before_signing_in_anew_elsewhere_loses_nothing(page: Page, cast: Cast) -> None:
    desk = cast.officers.reception
    sign_in(page, desk)
    page.goto("/tiep-nhan/?thu-tuc=1.000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    page.locator(".checklist input[type=checkbox]").first.check()
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    sign_in(other, desk)
    page.click("button[value=nhan]")
    page.wait_for_selector("text=Trang này mở từ trước lần đăng nhập gần nhất")
    sound(page)
    page.get_by_role("link", name="Mở lại trang").click()
    assert page.input_value("#id_name") == "Nông Thị Mẫu"
    page.wait_for_selector(".slip time")
    page.click("button[value=nhan]")
    page.wait_for_url("**/in/giay-tiep-nhan/")
    assert Dossier.objects.get().applicant == "Nông Thị Mẫu"


def test_going_back_and_pressing_again_makes_no_second_dossier(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/?thu-tuc=1.000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    page.click(".reception-refuse summary")
    type_into(page, "#id_reason", "Sai nơi nộp")
    page.click("button[value=tu-choi]")
    page.wait_for_url("**/in/phieu-tu-choi/")
    first = page.url
    page.go_back()
    page.fill("#id_name", "Nông Thị Mẫu")
    if not page.is_visible("#id_reason"):
        page.click(".reception-refuse summary")
    page.fill("#id_reason", "Sai nơi nộp")
    page.click("button[value=tu-choi]")
    page.wait_for_url("**/in/phieu-tu-choi/")
    assert page.url == first
    assert Dossier.objects.count() == 1


def test_a_session_that_ends_before_choosing_comes_back_to_the_choice(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    type_into(page, "#id_procedure", "cgx")
    page.wait_for_selector(".hits input")
    page.context.clear_cookies(name="sessionid")
    page.locator(".hits input").check()
    page.wait_for_url("**/dang-nhap/**")
    page.fill("#id_username", cast.officers.reception.username)
    page.fill("#id_password", SECRET)
    page.click("main button")
    page.wait_for_selector(".checklist")
    assert page.input_value("#id_name") == "Nông Thị Mẫu"


def test_a_filing_that_is_not_for_here_is_refused_with_its_reason(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/?thu-tuc=1.000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    page.click(".reception-refuse summary")
    press(page, "button[value=tu-choi]")
    assert "Hãy ghi rõ lý do" in page.inner_text("main")
    type_into(page, "#id_reason", "Không thuộc phạm vi giải quyết của tỉnh")
    press(page, "button[value=tu-choi]")
    assert "Phiếu từ chối tiếp nhận" in page.inner_text("h1")
    assert "Không thuộc phạm vi giải quyết của tỉnh" in page.inner_text("main")
    assert Dossier.objects.get().state == State.NOT_ACCEPTED
    sound(page)


def test_somebody_is_guided_and_takes_the_sheet_home(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/?thu-tuc=1.000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    page.locator(".checklist input[type=checkbox]").first.check()
    page.click(".reception-refuse summary")
    type_into(page, "#id_reason", "Sao y giấy tờ ở xã rồi quay lại")
    press(page, "button[value=huong-dan]")
    assert "Phiếu hướng dẫn chuẩn bị hồ sơ" in page.inner_text("h1")
    assert "Bản sao giấy tờ" in page.inner_text(".papers")
    sound(page)
    page.click("main a[href='/tiep-nhan/huong-dan/']:has-text('Các lượt')")
    assert "1 lượt hướng dẫn" in page.inner_text("main")
    sound(page)
    assert Dossier.objects.count() == 0


def test_a_commune_receives_for_a_department_and_both_see_it(page: Page, cast: Cast) -> None:
    far = officer(Role.RECEPTION, cast.commune)
    far.set_password(SECRET)
    far.save()
    sign_in(page, far)
    page.goto("/tiep-nhan/?thu-tuc=1.000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    page.select_option("#id_deciding_unit", label="Sở Mẫu")
    page.wait_for_selector("text=Nhận cho cơ quan khác")
    assert "H14.05" in page.inner_text("#ket-qua-du-kien")
    sound(page)
    page.locator("#giay-to-du").click()
    page.wait_for_selector(".checklist input:checked")
    press(page, "button[value=nhan]")
    dossier = Dossier.objects.get()
    assert dossier.code.startswith("H14.05-")
    assert "Xã Mẫu" in page.inner_text("main")
    page.goto(f"/ho-so/{dossier.code}/")
    assert "không phụ thuộc địa giới" in page.inner_text("main")
    sign_in(page, cast.officers.reception)
    page.goto("/ho-so/?noi=khac")
    assert dossier.code in page.inner_text("main")
    sound(page)
    sign_in(page, cast.officers.assigner)
    assert dossier.code in page.inner_text("main")


def test_a_number_is_taken_called_and_shown_on_the_screen(page: Page, cast: Cast) -> None:
    page.goto("/lay-so/")
    sound(page)
    page.click("text=Sở Mẫu")
    sound(page)
    page.click("main button")
    page.wait_for_url("**/so/**")
    sound(page)
    screen = page.context.new_page()
    screen.goto("/man-hinh/04.05/")
    assert "Chưa gọi số nào" in screen.inner_text("main")
    sign_in(page, cast.officers.reception)
    page.goto("/goi-so/")
    sound(page)
    type_into(page, "#id_quay", "3")
    press(page, "button[value=goi]")
    assert "Mời số 1 đến quầy 3" in page.inner_text("#thong-bao")
    sound(page)
    screen.wait_for_selector(".screen-number")
    shown = screen.inner_text(".screen-first")
    assert re.sub(r"\s+", " ", shown) == "Mời số 1 đến quầy 3"
    tall = screen.evaluate("document.querySelector('.screen-number').offsetHeight / window.innerHeight")
    assert tall > 0.2
    sound(screen)


def test_a_list_is_sent_mended_and_received(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/danh-sach/?thu-tuc=1.000001")
    sound(page)
    head = "Họ tên,Số định danh\n"
    for rows in ("Nông Thị Mẫu,12\n", "Nông Thị Mẫu,004090000001\nLý Văn Khác,004090000002\n"):
        body = (head + rows).encode()
        page.set_input_files("#tep", {"name": "ds.csv", "mimeType": "text/csv", "buffer": body})
        press(page, "button[value=nhan]")
        sound(page)
        if rows.endswith(",12\n"):
            assert "Dòng 2" in page.inner_text("main")
            assert Dossier.objects.count() == 0
    assert "Đã tiếp nhận 2 hồ sơ" in page.inner_text("main")
    assert Dossier.objects.count() == 2
