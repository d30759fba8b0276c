"""A control officer in a real browser: an instrument, its decision stopped at each gate, announced, published, read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from motcua.law.calendar import TZ
from tests.cast import Cast, gather

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=TZ)
PASSWORD = "mật khẩu thử"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    crew = gather()
    crew.officers.controller.set_password(PASSWORD)
    crew.officers.controller.save()
    crew.received(datetime(2026, 11, 5, 9, 0, tzinfo=TZ))
    return crew


def fits(page: Page) -> None:
    """No barrier that axe knows, and nothing wider than the window."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (page.url, size)
    assert Axe().run(page).response["violations"] == []


def test_a_procedure_goes_from_an_instrument_to_its_public_page(page: Page, cast: Cast) -> None:
    page.goto("/dang-nhap/")
    page.fill("[name=username]", cast.officers.controller.username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    page.goto("/cong-bo/van-ban/moi/")
    page.get_by_label("Số, ký hiệu").fill("12/2026/QĐ-UBND")
    page.get_by_label("Loại văn bản").select_option("committee")
    page.get_by_label("Cơ quan ban hành").fill("UBND tỉnh Cao Bằng")
    page.get_by_label("Ngày ban hành").fill("2026-11-02")
    page.get_by_label("Ngày có hiệu lực").fill("2026-11-16")
    page.get_by_label("Trích yếu").fill("Quy định mẫu")
    page.get_by_label("Thủ tục phải công bố").fill("sửa đổi; 1.000001; Cấp giấy xác nhận mẫu")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.get_by_role("link", name="Soạn quyết định công bố").click()
    page.get_by_label("Cơ quan, người ban hành").fill("Chủ tịch UBND tỉnh")
    page.get_by_role("button", name="Lưu dự thảo").click()
    fits(page)
    # Stopped: nothing is said of what changes, and nobody has signed.
    page.get_by_role("link", name="Xem ảnh hưởng, ban hành").click()
    page.get_by_text("chưa nêu nội dung sửa đổi").wait_for()
    page.get_by_role("link", name="Hồ sơ đang giải quyết").click()
    page.get_by_role("link", name="H14.05-261105-0001").wait_for()
    fits(page)
    page.get_by_role("button", name="Ban hành quyết định").click()
    page.get_by_text("phải có số, ngày ký và người ký").wait_for()
    page.get_by_role("link", name="Xem lại dự thảo").click()
    page.get_by_role("link", name="Sửa", exact=True).click()
    page.get_by_label("Nội dung thay đổi").fill("Rút ngắn thời hạn")
    page.get_by_label("Thời hạn mới").fill("3 ngày làm việc")
    page.get_by_role("button", name="Ghi vào quyết định").click()
    page.get_by_role("link", name="Sửa thông tin").click()
    page.get_by_label("Số quyết định").fill("812/QĐ-UBND")
    page.get_by_label("Ngày ký").fill("2026-11-09")
    page.get_by_label("Người ký").fill("Hoàng Văn Ký")
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.get_by_role("link", name="Xem ảnh hưởng, ban hành").click()
    page.get_by_role("button", name="Ban hành quyết định").click()
    page.get_by_role("button", name="Công khai 1 thủ tục còn chờ").click()
    page.get_by_text("Đã công khai 1 thủ tục").wait_for()
    fits(page)
    page.goto("/thu-tuc/1.000001/?ban=2")
    page.get_by_role("link", name="so với bản trước").first.click()
    page.get_by_text("rút ngắn 2 ngày làm việc").first.wait_for()
    fits(page)
