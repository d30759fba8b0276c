"""What the public does in a real browser: finds a procedure on a phone, learns when it is done, reads the index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from motcua.catalogue import publishing
from motcua.catalogue.models import Component, Fee, LegalBasis, Procedure, Result, Term, Version
from motcua.law.calendar import TZ
from tests.acts.scores_world import World, build, moment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
SHELF = ["Đăng ký khai sinh", "Đăng ký lại khai sinh", "Đăng ký khai tử", "Cấp giấy phép xây dựng nhà ở"]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def world(transactional_db: None) -> World:
    """A small province with dossiers in October, and a shelf of procedures as they are announced."""
    world = build()
    for ended in ("2026-10-06 09:00", "2026-10-20 09:00"):
        world.dossier(unit=world.department, ended_at=moment(ended), channel="online", reported=1)
    for number, title in enumerate(SHELF):
        announce(f"1.00119{number}", title)
    return world


def announce(code: str, title: str) -> None:
    """A procedure of a commune with two channels, one of which tells no unit of its term."""
    procedure = Procedure.objects.create(code=code, title=title, field="Hộ tịch")
    version = Version.objects.create(
        procedure=procedure,
        number=1,
        valid_from=date(2026, 1, 1),
        title=title,
        field="Hộ tịch",
        levels=["commune"],
        audiences=["Công dân Việt Nam"],
        sequence="Bước 1: nộp hồ sơ.\n\nBước 2: nhận kết quả.",
        conditions="điều kiện " * 400,
        decision="1/QĐ-UBND",
        source="https://dichvucong.gov.vn/",
    )
    for position, (name, originals) in enumerate([("Tờ khai", 1), ("Giấy chứng sinh", 1), ("Lưu ý", 0)]):
        Component.objects.create(version=version, position=position, name=name, originals=originals)
    Term.objects.create(
        version=version, position=0, channel="direct", amount=Decimal(5), unit="ngày làm việc"
    )
    Term.objects.create(version=version, position=1, channel="online", amount=Decimal(1), text="1")
    Fee.objects.create(version=version, position=0, channel="direct", amount=0, text="Miễn phí(Không)")
    Result.objects.create(version=version, position=0, name="Giấy khai sinh")
    LegalBasis.objects.create(version=version, position=0, number="60/2014/QH13", name="Luật Hộ tịch")
    publishing.versions([version], at=NOW)


@pytest.fixture
def bare_page(browser: Browser, live_server) -> Iterator[Page]:  # type: ignore[no-untyped-def]
    """A window that runs no scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=PHONE)
    yield context.new_page()
    context.close()


def test_a_parent_finds_the_procedure_without_accents_and_learns_the_day(page: Page, world: World) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    page.get_by_role("searchbox", name="Tên hoặc mã thủ tục").fill("dang ky")
    page.get_by_role("button", name="Tìm thủ tục").click()
    page.get_by_role("heading", name="Đăng ký khai tử").wait_for()
    search = page.get_by_role("searchbox", name="Tên hoặc mã thủ tục")
    search.press("End")
    search.press_sequentially(" khai sinh", delay=20)
    page.get_by_text("2 thủ tục về “dang ky khai sinh”.").last.wait_for()
    assert "q=dang" in page.url
    page.get_by_role("link", name="Đăng ký khai sinh", exact=True).click()
    assert page.get_by_role("definition").all_inner_texts()[0].startswith("2 loại giấy tờ")
    page.get_by_label("Nộp ngày").fill("2026-12-30")
    page.get_by_label("Lúc").fill("16:30")
    page.get_by_role("button", name="Tính ngày trả").click()
    told = page.get_by_role("status").filter(has_text="Trả kết quả trước")
    told.get_by_text("17:00 Thứ Năm 07/01/2027").wait_for()
    assert page.locator("html").evaluate("page => page.scrollWidth") == PHONE["width"]
    page.get_by_text("Sổ tính thời hạn: từng ngày").click()
    page.get_by_text("Tết Dương lịch: không tính").last.wait_for()


def test_going_back_from_a_procedure_returns_to_what_was_found(page: Page, world: World) -> None:
    page.goto("/thu-tuc/")
    page.get_by_role("searchbox", name="Tên hoặc mã thủ tục").press_sequentially("xay dung", delay=20)
    page.wait_for_url("**q=xay*")
    page.get_by_role("link", name=SHELF[3]).click()
    page.wait_for_url("**/thu-tuc/1.001193/")
    page.go_back()
    page.get_by_role("heading", name=SHELF[3]).wait_for()
    assert page.get_by_role("searchbox", name="Tên hoặc mã thủ tục").input_value() == "xay dung"
    assert page.get_by_role("heading", level=1).count() == 1


def test_everything_works_without_scripts(bare_page: Page, world: World) -> None:
    bare_page.goto("/thu-tuc/")
    bare_page.locator("#id_q").fill("khai tu")
    bare_page.get_by_role("button", name="Tìm").click()
    bare_page.get_by_role("link", name="Đăng ký khai tử").click()
    bare_page.locator("#id_ngay").fill("2026-11-02")
    bare_page.locator("#id_gio").fill("08:00")
    bare_page.get_by_role("button", name="Tính ngày trả").click()
    assert "17:00 Thứ Hai 09/11/2026" in bare_page.locator(".slip-due").inner_text()


def test_a_reader_of_the_index_goes_from_the_score_to_the_rows_and_to_the_door(
    page: Page, world: World
) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/chi-so/")
    page.get_by_label("Kỳ").select_option("2026-10")
    page.get_by_role("button", name="Xem kỳ này").click()
    page.get_by_role("link", name="Sở Một").first.click()
    page.locator("#chi-so-2\\.1").get_by_role("link", name="2 hồ sơ ở mẫu số").click()
    page.get_by_role("heading", name="2 hồ sơ ở mẫu số").wait_for()
    page.get_by_role("main").get_by_role("link", name="Cán bộ đăng nhập").click()
    page.wait_for_url("**/dang-nhap/**")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nobody_is_shut_out_of_a_public_page(page: Page, world: World, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    for url in (
        "/thu-tuc/",
        "/thu-tuc/?q=khai+sinh&cap=commune",
        "/thu-tuc/?q=xyz+khai",
        "/thu-tuc/1.001190/",
        "/thu-tuc/1.001190/?ngay=2045-01-01",
        "/thu-tuc/1.001109/",
        "/chi-so/?ky=2026-10",
        "/chi-so/?ky=2030",
        "/chi-so/S1/?ky=2026-10",
        "/chi-so/S1/2.1/mau/?ky=2026-10",
        "/chi-so/04/1.3/mau/?ky=2026-10",
    ):
        page.goto(url)
        found = Axe().run(page).response["violations"]
        assert [(url, v["id"], v["nodes"][0]["target"]) for v in found] == []
        assert page.locator("html").evaluate("page => page.scrollWidth") <= size["width"], url
