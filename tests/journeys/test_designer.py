"""A process changed in a real browser: in the table by keyboard alone, and on the drawing board of bpmn-js."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from motcua.catalogue.models import ProcessVersion, Status
from motcua.law.process import Kind, Node, Process
from motcua.people.models import Officer, Role
from tests.cast import Cast, gather, officer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "mot-cua-2026"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    steps = [
        Node("nhan", Kind.STEP, "Tiếp nhận", "reception", hours=Decimal(2)),
        Node("tham", Kind.STEP, "Thẩm định", "handler", hours=Decimal(12)),
        Node("ky", Kind.STEP, "Ký duyệt", "signer", hours=Decimal(4)),
    ]
    cast = gather(Process.sequence(steps))
    cast.officers.controller.set_password(SECRET)
    cast.officers.controller.save()
    return cast


@pytest.fixture
def board() -> None:
    """The drawing board was fetched; in CI it has to be."""
    if not settings.BPMN_JS.is_dir():
        missing = "no bpmn-js: ./run setup fetches it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


def sign_in(page: Page, who: Officer) -> None:
    page.goto(reverse("sign-in"))
    page.locator("#id_username").focus()
    page.keyboard.type(who.username)
    page.keyboard.press("Tab")
    page.keyboard.type(SECRET)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, selector: str) -> None:
    """Go to an element as a keyboard does: tabulator by tabulator."""
    for _ in range(160):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector}")


def press(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def letter(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def fill(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def named(what: str, number: int) -> str:
    return f'[aria-label="{what} bước {number}"]'


def sound(page: Page) -> None:
    """No barrier that axe knows, and nothing wider than the window."""
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_process_is_changed_mended_and_published_by_keyboard_alone(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.controller)
    page.goto(reverse("processes"))
    sound(page)
    page.keyboard.press("j")
    letter(page, "Enter")
    sound(page)
    page.keyboard.press("s")
    letter(page, "Enter")
    sound(page)

    press(page, '[aria-label="Thêm bước sau bước 2"]')
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Nội dung bước 3"
    page.keyboard.type("Trình lãnh đạo phòng")
    page.keyboard.press("Tab")
    page.wait_for_selector("#kiem-tra .check-error >> text=Trình lãnh đạo phòng")
    for _ in range(2):  # past those at the counter, to the head of the division
        page.keyboard.press("ArrowDown")
    fill(page, named("Giờ làm việc", 3), "1,5")
    page.keyboard.press("Tab")
    page.wait_for_selector("#kiem-tra:not(:has(.check-error))")
    assert "cần 19,5 giờ làm việc" in page.inner_text("#kiem-tra")
    assert "Dự thảo đã lưu lúc" in page.inner_text("#da-luu")
    sound(page)

    page.reload()
    press(page, '[aria-label="Đưa bước 3 lên"]')
    assert page.input_value(named("Nội dung", 2)) == "Trình lãnh đạo phòng"
    draft = ProcessVersion.objects.get(status=Status.DRAFT)
    page.goto(reverse("process-publish", args=[draft.pk]))
    sound(page)
    assert "Số bước trước 3, sau 4" in page.inner_text("main")
    fill(page, "#id_so", "12/QĐ-UBND")
    tab_to(page, "#id_ngay_ky")
    page.locator("#id_ngay_ky").fill("2026-11-20")
    fill(page, "#id_noi", "UBND tỉnh")
    page.locator("#id_hieu_luc").fill("2030-01-01")
    press(page, "main form .button-primary")
    assert "Đã công khai quy trình" in page.inner_text("#thong-bao")
    assert ProcessVersion.objects.get(pk=draft.pk).status == Status.PUBLISHED


def test_the_table_is_edited_on_a_phone_and_without_scripts(
    browser: Browser, live_server, cast: Cast
) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    sign_in(page, cast.officers.controller)
    page.goto(reverse("process", args=[cast.process.pk]))
    page.click("text=Lập dự thảo sửa đổi")
    page.fill(named("Nội dung", 1), "Tiếp nhận và số hóa")
    page.click('[aria-label="Bỏ bước 3"]')
    assert page.input_value(named("Nội dung", 1)) == "Tiếp nhận và số hóa"
    assert page.locator(named("Nội dung", 3)).count() == 0
    context.close()


def test_the_second_of_two_editors_is_told_at_once_and_loses_no_typing(
    browser: Browser, live_server, cast: Cast
) -> None:  # type: ignore[no-untyped-def]
    other = officer(Role.CONTROLLER, cast.department, "nguoi-hai")
    other.set_password(SECRET)
    other.save()
    windows = [browser.new_context(base_url=live_server.url, locale="vi-VN") for _ in "ab"]
    first, second = (window.new_page() for window in windows)
    for page, who in ((first, cast.officers.controller), (second, other)):
        sign_in(page, who)
        page.goto(reverse("process", args=[cast.process.pk]))
        page.click("text=Lập dự thảo sửa đổi")
    first.fill(named("Nội dung", 1), "Tiếp nhận của người một")
    with first.expect_response(re.compile("/bang/")):
        first.press(named("Nội dung", 1), "Tab")
    second.fill(named("Nội dung", 2), "Thẩm định của người hai")
    second.press(named("Nội dung", 2), "Tab")
    second.wait_for_selector("#soan .errors >> text=đã lưu dự thảo này lúc")
    assert second.input_value(named("Nội dung", 2)) == "Thẩm định của người hai"
    sound(second)
    second.click("text=Lưu bản của tôi, thay bản kia")
    assert second.input_value(named("Nội dung", 1)) == "Tiếp nhận"
    first.reload()
    assert first.input_value(named("Nội dung", 2)) == "Thẩm định của người hai"
    for window in windows:
        window.close()


def test_a_step_renamed_on_the_drawing_board_is_renamed_in_the_table(
    page: Page, cast: Cast, board: None
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.log(`policy: ${e.violatedDirective}`))"
    )
    sign_in(page, cast.officers.controller)
    page.goto(reverse("process", args=[cast.process.pk]))
    page.click("text=Lập dự thảo sửa đổi")
    page.click("text=Sửa bằng hình vẽ")
    page.wait_for_selector("#ve[data-ready]")
    sound(page)
    page.dblclick("[data-element-id=tham] .djs-hit")
    page.keyboard.press("Control+a")
    page.keyboard.type("Thẩm định thực địa")
    page.select_option("#p-chon", label="Bước: Ký duyệt")
    page.fill("#p-gio", "3,5")
    page.press("#p-gio", "Tab")
    page.select_option("#p-lan", label="Làn: Cán bộ thụ lý")
    page.wait_for_selector("#kiem-tra >> text=cần 17,5 giờ làm việc")
    page.click("text=Lưu bản vẽ")
    assert "Đã lưu dự thảo" in page.inner_text("#thong-bao")
    page.wait_for_selector("#ve[data-ready]")
    assert page.is_hidden("#khoi-phuc")
    page.click("text=Sửa bằng bảng")
    assert page.input_value(named("Nội dung", 2)) == "Thẩm định thực địa"
    assert page.input_value(named("Giờ làm việc", 3)) == "3,5"
    assert page.input_value(named("Vai trò", 3)) == "handler"
    assert said == []


def test_a_drawing_not_saved_is_there_again(page: Page, cast: Cast, board: None) -> None:
    sign_in(page, cast.officers.controller)
    page.goto(reverse("process", args=[cast.process.pk]))
    page.click("text=Lập dự thảo sửa đổi")
    page.goto(re.sub("bang/.*", "ve/", page.url))
    page.wait_for_selector("#ve[data-ready]")
    page.select_option("#p-chon", label="Bước: Ký duyệt")
    page.fill("#p-ten", "Ký số")
    page.press("#p-ten", "Tab")
    expect(page.locator("#ve [name=xml]")).to_have_value(re.compile("Ký số"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("#khoi-phuc:not([hidden])")
    assert page.locator("#p-chon option", has_text="Bước: Ký số").count() == 1
