"""The less straight ways of a dossier in a real browser: supplement, apology, withdrawal, another agency's opinion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.law.calendar import day
from motcua.law.lifecycle import State
from motcua.people.models import Officer, Role
from tests.cast import Cast, gather, officer
from tests.journeys.test_desk import PHONE, sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return gather()


def now() -> datetime:
    return timezone.now()  # noqa: TID251 - the pages a browser sees take the real time


def sign_in(page: Page, who: Officer) -> None:
    """Be signed in: how that is done is another journey's business."""
    client = Client()
    client.force_login(who)
    page.goto("/")
    held = {"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/"}
    page.context.clear_cookies()
    page.context.add_cookies([{**held, "domain": page.evaluate("location.hostname")}])
    page.goto("/ban-lam-viec/")


def opened(page: Page, who: Officer, dossier: Dossier) -> None:
    """The page of a dossier before the eyes of an officer."""
    sign_in(page, who)
    page.goto(reverse("dossier", args=[dossier.code]))


def follow(page: Page, label: str) -> None:
    """Take up one of the acts the page of the dossier offers."""
    with page.expect_navigation():
        page.get_by_role("link", name=label).first.click()


def send(page: Page) -> str:
    """Send the form; what the system says it wrote down."""
    with page.expect_navigation():
        page.locator("main form .button-primary").click()
    return page.inner_text("#thong-bao")


def worked(cast: Cast, dossier: Dossier, *steps: str) -> None:
    for step in steps:
        cast.does(dossier, step, now())


def test_an_online_dossier_is_supplemented_resumed_and_comes_to_its_result(page: Page, cast: Cast) -> None:
    who = cast.officers
    dossier = acts.file_online(cast.filing(channel="online"), at=now())
    opened(page, who.reception, dossier)
    assert "Thời hạn tiếp nhận trực tuyến" in page.inner_text("main")
    follow(page, "Tiếp nhận hồ sơ")
    page.locator(".checklist input[type=checkbox]").first.check()
    assert "Tiếp nhận hồ sơ" in send(page)

    opened(page, who.handler, dossier)
    follow(page, "Đề nghị yêu cầu bổ sung")
    page.get_by_label("Bản sao giấy tờ").check()
    page.fill("#id_reason", "Bản sao bị mờ trang 2")
    send(page)

    opened(page, who.reception, dossier)
    follow(page, "Yêu cầu bổ sung")
    assert page.input_value("#id_reason") == "Bản sao bị mờ trang 2"
    send(page)
    assert "Chờ người nộp bổ sung giấy tờ, có đến hết ngày" in page.inner_text("main")
    sound(page)
    follow(page, "Nhận hồ sơ bổ sung")
    assert page.locator("#id_items input:checked").count() == 0
    page.get_by_label("Bản sao giấy tờ").check()
    sound(page)
    send(page)
    assert "Hẹn trả" in page.inner_text("main")

    worked(cast, dossier, "giao", "tham", "xacminh", "ky", "so")
    opened(page, who.clerk, dossier)
    follow(page, "Kết thúc xử lý")
    page.fill("#id_number", "15/GXN")
    send(page)
    opened(page, who.reception, dossier)
    follow(page, "Thu phí, lệ phí")
    send(page)
    follow(page, "Trả kết quả")
    send(page)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.supplements) == (State.RETURNED, 1)
    assert list(queries.verify()) == []


def test_who_will_be_late_apologises_in_time_and_only_once(page: Page, cast: Cast) -> None:
    dossier = acts.receive(cast.filing(), by=cast.officers.reception, at=now())
    worked(cast, dossier, "giao")
    assert dossier.due_at
    kept = queries.folded(dossier).calendar
    new = kept.add_working_days(day(dossier.due_at), 3)
    opened(page, cast.officers.signer, dossier)
    follow(page, "Xin lỗi, hẹn lại")
    page.fill("#id_due", day(dossier.due_at).isoformat())
    page.fill("#id_reason", "Chờ kết quả đo đạc vì mưa lũ")
    with page.expect_navigation():
        page.locator("main form .button-primary").click()
    assert "Ngày hẹn mới phải sau ngày hẹn cũ" in page.inner_text("main")
    assert page.input_value("#id_reason") == "Chờ kết quả đo đạc vì mưa lũ"
    sound(page)
    page.fill("#id_due", new.isoformat())
    send(page)
    assert f"Hẹn lại 17:00 {new:%d/%m/%Y}: Chờ kết quả đo đạc vì mưa lũ" in page.inner_text("main")
    letter = page.get_by_role("link", name="Văn bản xin lỗi").first.get_attribute("href")
    printed = page.request.get(letter)
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    page.get_by_text("Chưa làm được").click()
    assert "chỉ được hẹn lại một lần" in page.inner_text("main")
    sound(page)
    dossier.refresh_from_db()
    assert (dossier.extensions, dossier.due_at) == (1, kept.close(new))


def test_who_changes_their_mind_withdraws_before_the_decision(page: Page, cast: Cast) -> None:
    dossier = acts.receive(cast.filing(), by=cast.officers.reception, at=now())
    worked(cast, dossier, "giao", "tham")
    opened(page, cast.officers.reception, dossier)
    follow(page, "Người nộp rút hồ sơ")
    sound(page)
    send(page)
    assert "Hãy ghi rõ lý do." in page.inner_text("main")
    page.fill("#id_reason", "Đã thỏa thuận được với hàng xóm")
    send(page)
    assert "Đã thỏa thuận được với hàng xóm" in page.inner_text("main")
    assert page.get_by_role("link", name="Thông báo dừng").count() == 1
    sound(page)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.tasks.exists()) == (State.WITHDRAWN, False)
    sign_in(page, cast.officers.handler)
    assert dossier.code not in page.inner_text("main")


def test_another_agency_is_asked_and_answers_on_a_phone(page: Page, cast: Cast) -> None:
    local = officer(Role.HANDLER, cast.commune)
    dossier = acts.receive(cast.filing(), by=cast.officers.reception, at=now())
    worked(cast, dossier, "giao")
    page.set_viewport_size(PHONE)
    opened(page, cast.officers.handler, dossier)
    follow(page, "Lấy ý kiến")
    page.get_by_label(cast.commune.name).check()
    page.fill("#id_content", "Thửa đất có tranh chấp không?")
    until = queries.folded(dossier).calendar.add_working_days(day(now() + timedelta(days=1)), 1)
    page.fill("#id_until", until.isoformat())
    sound(page)
    send(page)
    sound(page)

    sign_in(page, local)
    follow(page, "Trả lời")
    assert "Thửa đất có tranh chấp không?" in page.inner_text("main")
    page.get_by_label("Không đồng ý").check()
    page.fill("#id_content", "Đang có đơn tranh chấp ranh giới")
    sound(page)
    send(page)
    opened(page, cast.officers.handler, dossier)
    assert "Đang có đơn tranh chấp ranh giới" in page.inner_text("main")
    sound(page)
