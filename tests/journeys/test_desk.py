"""A dossier's way through the office in a real browser: by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from motcua.dossiers import queries
from motcua.dossiers.models import Dossier
from motcua.law.lifecycle import State
from motcua.people.models import Officer
from tests.cast import Cast, gather

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "mot-cua-2026"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cast = gather()
    for who in vars(cast.officers).values():
        who.set_password(SECRET)
        who.save()
    return cast


@pytest.fixture
def bare_page(browser: Browser, live_server) -> Iterator[Page]:  # type: ignore[no-untyped-def]
    """A window that runs no scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Go to an element as a keyboard does: tabulator by tabulator."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector}")


def press(page: Page, selector: str) -> None:
    """Reach a button or link by keyboard and press it; wait for the page it leads to."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def sign_in(page: Page, who: Officer) -> None:
    page.context.clear_cookies()
    page.goto("/dang-nhap/")
    type_into(page, "#id_username", who.username)
    type_into(page, "#id_password", SECRET)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/ban-lam-viec/")


def sound(page: Page) -> None:
    """No barrier that axe knows, and nothing wider than the window."""
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def letter(page: Page, key: str) -> None:
    """A letter that opens a page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def received(page: Page) -> Dossier:
    """Receive a dossier at the counter, from the worklist on, without the mouse."""
    letter(page, "t")
    sound(page)
    type_into(page, "#id_identity", "004090000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    type_into(page, "#id_phone", "0900000000")
    type_into(page, "#id_procedure", "xac nhan mau")
    page.wait_for_selector(".hits input")
    tab_to(page, ".hits input")
    page.keyboard.press("Space")
    page.wait_for_selector(".checklist")
    page.wait_for_selector(".slip time")
    sound(page)
    for box in page.locator(".checklist input[type=checkbox]").all():
        tab_to(page, f"[name={box.get_attribute('name')}]")
        page.keyboard.press("Space")
    tab_to(page, "#id_paid")
    page.keyboard.press("Space")
    press(page, "button[value=nhan]")
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in page.inner_text("h1")
    sound(page)
    return Dossier.objects.get()


def first_row(page: Page) -> None:
    """Open the first dossier of the worklist with j and Enter."""
    page.goto("/ban-lam-viec/")
    sound(page)
    page.keyboard.press("j")
    letter(page, "Enter")
    sound(page)


def done(page: Page, who: Officer) -> None:
    """Sign in, take the first row, complete its step with h."""
    sign_in(page, who)
    first_row(page)
    letter(page, "h")
    sound(page)
    press(page, "main form .button-primary")
    assert "Đã ghi: Hoàn thành bước" in page.inner_text("#thong-bao")


def signed(page: Page, who: Officer) -> None:
    """Sign in, take the first row, sign what lies there with s, which completes the step."""
    sign_in(page, who)
    first_row(page)
    letter(page, "s")
    sound(page)
    press(page, "main form .button-primary")
    assert "Đã ghi: Ký duyệt kết quả" in page.inner_text("#thong-bao")


def proposed(page: Page) -> None:
    """Take the first row and lay a draft before the signer, which completes the step."""
    first_row(page)
    letter(page, "i")
    type_into(page, "#id_summary", "Cấp giấy xác nhận")
    type_into(page, "#id_recipients", "Người nộp; lưu hồ sơ")
    sound(page)
    press(page, "main form .button-primary")


def test_a_dossier_goes_from_the_counter_to_its_rating_by_keyboard_alone(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    dossier = received(page)
    done(page, cast.officers.assigner)
    done(page, cast.officers.handler)
    proposed(page)
    signed(page, cast.officers.signer)
    done(page, cast.officers.clerk)

    assert page.url.split("?")[0].endswith(f"/{dossier.code}/ket-thuc/")
    type_into(page, "#id_number", "12/GXN-SM")
    sound(page)
    press(page, "main form .button-primary")
    assert "Đã có kết quả số 12/GXN-SM" in page.inner_text("main")

    sign_in(page, cast.officers.reception)
    page.keyboard.press("j")
    letter(page, "Enter")
    letter(page, "q")
    sound(page)
    press(page, "main form .button-primary")
    letter(page, "g")
    tab_to(page, "[name=satisfied]")
    page.keyboard.press("Space")
    sound(page)
    press(page, "main form .button-primary")

    dossier.refresh_from_db()
    assert (dossier.state, dossier.satisfied, dossier.paid) == (State.RETURNED, True, 20000)
    assert list(queries.verify()) == []
    sound(page)


def test_every_page_fits_a_phone(page: Page, cast: Cast) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    sound(page)
    sign_in(page, cast.officers.reception)
    sound(page)
    page.goto("/tiep-nhan/")
    page.fill("#id_name", "Nông Thị Mẫu")
    page.fill("#id_procedure", "mẫu")
    page.locator(".hits input").check()
    page.wait_for_selector(".slip time")
    sound(page)
    page.click("button[value=nhan]")
    page.wait_for_url("**/in/giay-tiep-nhan/")
    sound(page)
    sign_in(page, cast.officers.assigner)
    dossier = Dossier.objects.get()
    for address in ("/ban-lam-viec/", "/ho-so/", reverse("dossier", args=[dossier.code])):
        page.goto(address)
        sound(page)
        short = page.evaluate(
            "[...document.querySelectorAll('main .button')].filter(b => b.offsetParent && b.offsetHeight < 44).length"
        )
        assert short == 0, address
    page.goto(reverse("deed", args=[dossier.code, "hoan-thanh"]) + "?buoc=giao")
    sound(page)


def test_the_counter_works_without_scripts(bare_page: Page, cast: Cast) -> None:
    page = bare_page
    page.goto("/dang-nhap/")
    page.fill("#id_username", cast.officers.reception.username)
    page.fill("#id_password", SECRET)
    page.click("main button")
    page.goto("/tiep-nhan/")
    page.fill("#id_name", "Nông Thị Mẫu")
    page.fill("#id_procedure", "xac nhan mau")
    page.keyboard.press("Enter")
    page.locator(".hits input").check()
    page.click("button[value=xem] >> nth=0")
    assert re.search(r"17:00 \d\d/\d\d/\d{4}", page.inner_text(".slip"))
    assert page.input_value("#id_name") == "Nông Thị Mẫu"
    page.locator(".checklist input").first.check()
    page.click("button[value=nhan]")
    assert Dossier.objects.get().code in page.inner_text("main")


def test_a_session_that_ends_loses_nothing_typed(page: Page, cast: Cast) -> None:
    sign_in(page, cast.officers.reception)
    page.goto("/tiep-nhan/")
    type_into(page, "#id_identity", "004090000001")
    type_into(page, "#id_name", "Nông Thị Mẫu")
    page.context.clear_cookies(name="sessionid")
    page.click("button[value=nhan]")
    page.wait_for_url("**/dang-nhap/**")
    page.fill("#id_username", cast.officers.reception.username)
    page.fill("#id_password", SECRET)
    page.click("main button")
    page.wait_for_url("**/tiep-nhan/")
    assert page.input_value("#id_identity") == "004090000001"
    assert page.input_value("#id_name") == "Nông Thị Mẫu"
