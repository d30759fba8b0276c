"""A procedure through its whole life in a browser: drafted, held at each gate, promulgated, announced, public."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from motcua.law import calendar
from motcua.law.control import PARTS
from motcua.people.models import Officer
from tests import drafts
from tests.drafts import Crew
from tests.journeys.test_desk import sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = ("title", "sequence", "ways", "components", "sets", "terms", "audiences", "agency", "results")
Comes = Callable[[Officer], None]


@pytest.fixture
def crew(transactional_db: None) -> Crew:
    return drafts.gather()


@pytest.fixture
def comes(page: Page, live_server) -> Comes:  # type: ignore[no-untyped-def]
    """Somebody else sits down: the window is theirs."""

    def change(who: Officer) -> None:
        client = Client()
        client.force_login(who)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )

    return change


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=name).first.click()


def held(page: Page, step: str, because: str) -> None:
    """The step is not offered, and the page says why."""
    expect(page.get_by_role("button", name=step)).to_have_count(0)
    expect(page.get_by_label("Chưa thể thực hiện")).to_contain_text(because)


def sends(page: Page, step: str) -> None:
    press(page, f"Chuyển sang {step}")
    expect(page.get_by_text("Đã chuyển sang bước")).to_be_visible()


FILL = "told => Object.entries(told).forEach(([name, value]) => { document.getElementsByName(name)[0].value = value })"


def writes(page: Page, **fields: str) -> None:
    """Fill a long form at once; what is typed letter by letter, other journeys try."""
    page.evaluate(FILL, fields)


def test_a_procedure_lives_from_its_draft_to_the_public_page(page: Page, crew: Crew, comes: Comes) -> None:
    today = f"{calendar.day(timezone.now()):%Y-%m-%d}"  # noqa: TID251
    comes(crew.drafter)
    page.goto("/kiem-soat/")
    follow(page, "Lập dự thảo")
    writes(page, ten="Quyết định quy định xác nhận mẫu", ngay=today)
    press(page, "Lập dự thảo")
    place = page.url
    held(page, "Chuyển sang đánh giá tác động", "chưa có thủ tục nào")
    follow(page, "Đưa thủ tục vào dự thảo")
    writes(page, ten="Cấp giấy xác nhận nhanh")
    press(page, "Đưa vào")
    writes(page, so_bo="1", thoi_han="3", doi_tuong="Công dân", co_quan="Sở Mẫu", ket_qua="Giấy xác nhận")
    writes(page, **{"giay-0-ten": "Đơn đề nghị", "giay-0-chinh": "1"})
    for label in ("Cấp tỉnh", "Trực tiếp", "Mẫu đơn, mẫu tờ khai", "Yêu cầu, điều kiện", "Phí, lệ phí"):
        page.get_by_label(label, exact=True).first.check()
    press(page, "Lưu nội dung")
    held(page, "Chuyển sang đánh giá tác động", "chưa nêu căn cứ")
    follow(page, "Sửa thông tin, căn cứ")
    writes(page, can_cu="delegated", dieu_khoan="Điều 5 nghị định mẫu")
    press(page, "Lưu")
    held(page, "Chuyển sang đánh giá tác động", "thiếu trình tự thực hiện")
    follow(page, "Cấp giấy xác nhận nhanh")
    writes(page, trinh_tu="Bước 1: nộp hồ sơ. Bước 2: nhận kết quả.")
    sound(page)
    press(page, "Lưu nội dung")
    sends(page, "đánh giá tác động")

    held(page, "Chuyển sang ý kiến kiểm soát", "chưa có bản đánh giá tác động")
    follow(page, "Đánh giá: Cấp giấy")
    needs = {
        "can": "co",
        "can_ly_do": "Cần để quản lý.",
        "truoc": "0",
        "sau": "12.000.000",
        "thap_nhat": "co",
    }
    writes(page, **needs, quan_ly="co", quan_ly_ly_do="Quản lý được.", thuan_tien="co")
    for part in WRITTEN:
        told = dict.fromkeys((f"{part}_necessary", f"{part}_reasonable", f"{part}_lawful"), "co")
        writes(page, **told, **{f"{part}_ly_do": f"{PARTS[part]} đã rà soát."})
    sound(page)
    press(page, "Lưu bản đánh giá")
    held(page, "Chuyển sang ý kiến kiểm soát", "chưa đánh giá sự thuận tiện")
    follow(page, "Đánh giá")
    writes(page, thuan_tien_ly_do="Bớt một lần đi lại.")
    press(page, "Lưu bản đánh giá")
    sends(page, "ý kiến kiểm soát")

    held(page, "Chuyển sang thẩm định", "chưa có")
    comes(crew.control)
    page.goto(place)
    follow(page, "Cho ý kiến kiểm soát")
    page.get_by_label("Đồng ý, có đề nghị sửa").check()
    writes(page, noi_dung="Nêu rõ nơi nộp hồ sơ.", so="12/VP-KSTT")
    press(page, "Ghi ý kiến")
    comes(crew.drafter)
    page.goto(place)
    held(page, "Chuyển sang thẩm định", "chưa được tiếp thu")
    follow(page, "Tiếp thu, giải trình")
    writes(page, noi_dung="Đã nêu rõ nơi nộp hồ sơ.")
    press(page, "Ghi giải trình")
    sends(page, "thẩm định")
    held(page, "Chuyển sang ban hành", "chưa có")
    comes(crew.justice)
    page.goto(place)
    follow(page, "Thẩm định")
    page.get_by_label("Đồng ý", exact=True).check()
    writes(page, noi_dung="Dự thảo đúng thẩm quyền.", so="34/BC-STP")
    press(page, "Ghi kết quả thẩm định")
    comes(crew.drafter)
    page.goto(place)
    sends(page, "ban hành")
    comes(crew.chairman)
    page.goto(place)
    follow(page, "Ban hành")
    writes(page, so="45/2026/QĐ-UBND", hieu_luc=today, nguoi_ky="Chủ tịch UBND tỉnh")
    press(page, "Ghi ban hành")

    comes(crew.control)
    page.goto(place)
    held(page, "Soạn quyết định công bố", "chưa cấp mã")
    follow(page, "Cấp mã")
    writes(page, ma="3.000777")
    press(page, "Cấp mã")
    follow(page, "Soạn quyết định công bố")
    announced(page, today)
    page.context.clear_cookies()
    page.goto("/thu-tuc/3.000777/")
    expect(page.get_by_role("heading", name="Cấp giấy xác nhận nhanh")).to_be_visible()
    expect(page.get_by_text("3 ngày làm việc").first).to_be_visible()


def announced(page: Page, today: str) -> None:
    """The decision that announces what the instrument brought, signed and made public."""
    writes(page, co_quan="Chủ tịch UBND tỉnh", hieu_luc=today, so="1234/QĐ-UBND", ngay_ky=today)
    writes(page, nguoi_ky="Chủ tịch UBND tỉnh")
    press(page, "Lưu dự thảo")
    expect(page.get_by_text("Cấp giấy xác nhận nhanh").first).to_be_visible()
    follow(page, "Xem ảnh hưởng, ban hành")
    with page.expect_navigation():
        page.get_by_role("button", name="Ban hành").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Công khai").first.click()
    expect(page.get_by_text("Đã công khai 1 thủ tục.")).to_be_visible()
