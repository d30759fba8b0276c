"""Points lost in the index of reform become work, and the work is on the card of who answers for it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from motcua.law.calendar import day
from motcua.law.par_round import ORDER, Stage
from motcua.people.models import Role, UnitKind
from motcua.steering.models import Task
from motcua.steering.par import acts, reading
from tests.cast import Cast, officer
from tests.journeys.test_desk import SECRET, cast, sign_in, sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast"]  # the fixture
SAMPLE = Path(__file__).parents[1] / "samples" / "par-xa.csv"


def test_a_unit_scores_itself_loses_points_in_review_and_is_given_the_work(cast: Cast, page: Page) -> None:
    at = timezone.now()  # noqa: TID251 - the pages look at the same clock
    head = officer(Role.HEAD, cast.commune, "chu-tich-xa")
    head.set_password(SECRET)
    head.save()
    steers, today = cast.officers.controller, day(at)
    table = acts.enter_table(
        acts.Table(
            "Bộ tiêu chí xã", "1/QĐ-UBND", date(2026, 1, 5), UnitKind.COMMUNE, reading.criteria(SAMPLE)
        ),
        by=steers,
        at=at,
    )
    closes = {stage: today + timedelta(days=10 * (n + 1)) for n, stage in enumerate(ORDER[1:-1])}
    round_ = acts.open_round(table, year=today.year, units=[cast.commune], closes=closes, by=steers, at=at)
    acts.advance(round_, to=Stage.SELF, by=steers, at=at)
    here = f"/dieu-hanh/cchc/{round_.pk}/{cast.commune.code}/"

    sign_in(page, head)
    page.goto(f"{here}tieu-chi/1.1/")
    page.fill("#id_n", "10")
    page.fill("#id_d", "10")
    page.fill("#id_evidence", "Báo cáo 12/BC-UBND")
    sound(page)
    page.click(".form .button-primary")
    page.wait_for_selector("text=Đã ghi kê khai tiêu chí 1.1.")
    acts.advance(round_, to=Stage.REVIEW, by=steers, at=at)

    page.context.clear_cookies()
    sign_in(page, steers)
    page.goto(f"{here}tieu-chi/1.1/")
    page.fill("#id_points", "12,5")
    page.fill("#id_reason", "Hai sản phẩm chưa có văn bản")
    page.click(".form .button-primary")
    page.wait_for_selector("text=Đã ghi điểm rà soát tiêu chí 1.1.")
    page.goto(here)
    sound(page)
    page.click("text=Giao việc khắc phục điểm bị mất")
    page.fill("#id_due", (today + timedelta(days=30)).isoformat())
    sound(page)
    page.click(".form .button-primary")
    page.wait_for_selector("text=Đã giao 1 việc khắc phục")
    task = Task.objects.get()
    assert task.cause.endswith("#1.1")
    page.goto(f"/dieu-hanh/nguoi-dung-dau/?nam={today.year}")
    sound(page)
    page.click(f"text={head.full_name}")
    assert "Nhiệm vụ đã hoàn thành" in page.inner_text("main")
    sound(page)
