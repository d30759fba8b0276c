"""A plan from a spreadsheet to the card of who answers for it: late by its product's day, points lost, work given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from motcua.law.calendar import TZ
from motcua.law.par_round import ORDER, Stage
from motcua.people.models import Officer, Role, UnitKind
from motcua.scores import live  # imported before the server's threads would, each for itself
from motcua.steering import acts
from motcua.steering.models import ParRound, Task
from motcua.steering.par import acts as par
from motcua.steering.reminders import remind_all
from tests.cast import Cast, officer
from tests.journeys.test_desk import PHONE, SECRET, cast, sign_in, sound
from tests.pages.test_steering_pages import sheet

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast", "live"]  # the fixture, and what must be there first
BEGUN, LATE = datetime(2026, 10, 5, 9, 0, tzinfo=TZ), datetime(2026, 11, 12, 9, 0, tzinfo=TZ)
WIDE = {"width": 1280, "height": 900}
ROW = [1, "Rà soát thủ tục nội bộ", "Quyết định phê duyệt", "Sở Mẫu", "", "30/10/2026", "", "", "", ""]
LINES = [
    {
        "code": "1",
        "name": "Nhiệm vụ đúng hạn",
        "max": "60",
        "rule": {"kind": "share"},
        "measure": "tasks:on-time",
    },
    {"code": "2", "name": "Đối thoại", "max": "40", "rule": {"kind": "yes_no"}},
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time of the pages, moved by the test."""
    now = [BEGUN]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[-1])
    return now


@pytest.fixture
def chief(cast: Cast, clock: list[datetime]) -> Officer:
    made = officer(Role.HEAD, cast.province, "chu-tich")
    made.set_password(SECRET)
    made.save()
    return made


def scored(cast: Cast, at: datetime) -> ParRound:
    """A round of departments that score themselves."""
    by = cast.officers.controller
    new = par.Table("Bộ tiêu chí sở", "1/QĐ-UBND", date(2026, 1, 5), UnitKind.DEPARTMENT, LINES)
    table = par.enter_table(new, by=by, at=at)
    closes = {stage: at.date() + timedelta(days=10 * (n + 1)) for n, stage in enumerate(ORDER[1:-1])}
    made = par.open_round(table, year=2026, units=[cast.department], closes=closes, by=by, at=at)
    par.advance(made, to=Stage.SELF, by=by, at=at)
    return made


def test_a_plan_goes_from_its_spreadsheet_to_the_card_of_who_answers_for_it(
    cast: Cast, page: Page, clock: list[datetime], chief: Officer
) -> None:
    told = {"kind": "plan", "number": "15/KH-UBND", "issuer": "UBND tỉnh", "issuer_kind": "committee"}
    of_year = {"unit": cast.province, "year": 2026}
    new = acts.NewInstrument(**told, **of_year, issued_on=date(2026, 10, 1), summary="Kế hoạch")
    plan = acts.register_instrument(new, by=chief, at=BEGUN)

    page.set_viewport_size(WIDE)
    sign_in(page, chief)
    page.goto(f"/dieu-hanh/van-ban/{plan.pk}/nhap/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("#id_tep", {"name": "ke-hoach.xlsx", "mimeType": kind, "buffer": sheet(ROW)})
    page.click(".form .button-primary")
    page.wait_for_selector("text=Rà soát thủ tục nội bộ")
    task = Task.objects.get()

    clock.append(LATE)
    remind_all(LATE)
    page.set_viewport_size(PHONE)
    sign_in(page, cast.officers.handler)
    page.goto("/dieu-hanh/")
    assert "1 nhiệm vụ quá hạn" in page.inner_text(".head-answer")
    page.click("text=Rà soát thủ tục nội bộ")
    page.click("text=Báo cáo hoàn thành")
    page.fill("#id_product_on", "2026-11-10")
    page.fill("#id_result", "Đã ban hành")
    page.set_input_files("#id_moi", {"name": "qd.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    sound(page)
    page.click(".form .button-primary")
    page.wait_for_selector("text=Đã ghi: báo cáo hoàn thành.")

    sign_in(page, chief)
    page.set_viewport_size(WIDE)
    page.goto("/dieu-hanh/")
    assert "nhắc cấp 3" in page.inner_text("main")
    page.goto(f"/dieu-hanh/nhiem-vu/{task.pk}/")
    page.click(".duty-inline .button-primary")
    page.wait_for_selector("text=Hoàn thành quá hạn")
    task.refresh_from_db()
    assert task.late

    round_ = scored(cast, LATE)
    here = f"/dieu-hanh/cchc/{round_.pk}/{cast.department.code}/"
    sign_in(page, cast.officers.head)
    page.goto(here)
    page.click("text=Lấy số liệu hệ thống tính được")
    page.wait_for_selector("text=Đã lấy số liệu hệ thống cho 1 tiêu chí.")
    assert "0 / 1" in page.inner_text("main")
    sound(page)

    par.advance(round_, to=Stage.REVIEW, by=cast.officers.controller, at=LATE)
    sign_in(page, cast.officers.controller)
    page.goto(f"/dieu-hanh/cchc/{round_.pk}/mat-diem/")
    assert "Nhiệm vụ đúng hạn" in page.inner_text("main")
    page.goto(here)
    page.click("text=Giao việc khắc phục điểm bị mất")
    page.fill("#id_due", "2026-12-20")
    page.click(".form .button-primary")
    page.wait_for_selector("text=Đã giao 1 việc khắc phục")
    assert Task.objects.filter(cause__endswith="#1", lead=cast.department).count() == 1

    page.goto("/dieu-hanh/nguoi-dung-dau/?nam=2026&cap=so")
    page.click(f"text={cast.officers.head.full_name}")
    page.wait_for_selector("text=Nhiệm vụ đã hoàn thành")
    shown = " ".join(page.inner_text("main").split())
    assert "Nhiệm vụ đã hoàn thành 1 / 2 Trong đó đúng hạn 0" in shown
    sound(page)
