"""A task is seen on a phone, reported with its product, accepted by who gave it, and counted late by its own day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from motcua.law.calendar import day
from motcua.people.models import Role
from motcua.steering import acts
from motcua.steering.models import Task
from tests.cast import Cast, officer
from tests.journeys.test_desk import PHONE, SECRET, cast, sign_in, sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast"]  # the fixture


def test_a_task_goes_from_the_phone_of_its_unit_to_the_board_of_the_province(cast: Cast, page: Page) -> None:
    at = timezone.now()  # noqa: TID251 - the pages look at the same clock
    chief = officer(Role.HEAD, cast.province, "chu-tich")
    chief.set_password(SECRET)
    chief.save()
    line = acts.Assignment(
        title="Rà soát thủ tục nội bộ",
        product="Quyết định phê duyệt",
        leads=[cast.department],
        due=day(at) - timedelta(days=2),
        begins=day(at) - timedelta(days=9),
    )
    given = at - timedelta(days=9)
    (task,) = acts.give_tasks([line], giver=cast.province, by=chief, at=given)
    page.set_viewport_size(PHONE)
    sign_in(page, cast.officers.handler)
    page.goto("/dieu-hanh/")
    assert "1 nhiệm vụ quá hạn" in page.inner_text(".head-answer")
    sound(page)
    page.click("text=Rà soát thủ tục nội bộ")
    sound(page)
    page.click("text=Báo cáo hoàn thành")
    page.fill("#id_product_on", (day(at) - timedelta(days=1)).isoformat())
    page.fill("#id_result", "Đã ban hành")
    page.set_input_files("#id_moi", {"name": "qd.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    sound(page)
    page.click(".form .button-primary")
    page.wait_for_selector("text=Đã ghi: báo cáo hoàn thành.")
    page.context.clear_cookies()
    sign_in(page, chief)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/dieu-hanh/nhiem-vu/{task.pk}/")
    sound(page)
    page.click(".duty-inline .button-primary")
    page.wait_for_selector("text=Hoàn thành quá hạn")
    page.goto("/dieu-hanh/bang/")
    sound(page)
    assert Task.objects.get().late
