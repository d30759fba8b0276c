"""From the score of the province to one overdue dossier and its clock; a month published for good; in a browser."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from motcua.people.models import Officer, Role
from motcua.scores.models import Snapshot
from tests.acts.scores_world import moment
from tests.cast import Cast
from tests.journeys.test_desk import cast, sign_in, sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast"]  # the fixture


def click(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def to_the_clock(page: Page, code: str) -> None:
    """Three clicks from the desk, two from the score."""
    click(page, "nav a:text-is('Chỉ số')")
    page.goto(f"{page.url}?ky=2026-10")
    assert "điểm, loại" in page.inner_text(".head-answer")
    click(page, "#mat-diem a.quiet[href*='/2.1/chua-dat/']")
    sound(page)
    assert "1 hồ sơ chưa đạt" in page.inner_text("h1")
    click(page, f"a.table-main:text-is('{code}')")
    assert "Quá hạn" in page.inner_text("#dong-ho")


def published(page: Page, controller: Officer, head: Officer) -> Path:
    """Draft by the control office, sign by the head, publish; the file anybody may download."""
    sign_in(page, controller)
    page.goto("/chi-so/")
    click(page, "a:text-is('Các bản đã công bố')")
    page.select_option("#id_ky", "2026-10")
    click(page, "button:text-is('Đếm và lập dự thảo')")
    sign_in(page, head)
    page.goto("/chi-so/cong-bo/2026-10.1/")
    click(page, "button:text-is('Ký duyệt bản này')")
    sign_in(page, controller)
    page.goto("/chi-so/cong-bo/2026-10.1/")
    page.fill("#id_so", "12/TB-VP")
    click(page, "button:text-is('Công bố')")
    assert "Từ nay không ai sửa được bản này" in page.inner_text("main")
    assert page.locator("main form").count() == 0
    page.context.clear_cookies()
    page.goto("/chi-so/cong-bo/2026-10.1/")
    sound(page)
    with page.expect_download() as saving:
        page.click("a:has-text('Tệp số liệu')")
    return Path(saving.value.path())


def changed(file: Path, to: Path) -> Path:
    document = json.loads(file.read_text(encoding="utf-8"))
    document["content"]["units"][0]["total"] = 99
    to.write_text(json.dumps(document), encoding="utf-8")
    return to


def test_from_a_score_to_a_clock_and_a_month_nobody_can_change(
    page: Page, cast: Cast, tmp_path: Path
) -> None:
    late = cast.received(moment("2026-10-05 09:00"))
    controller, head = (getattr(cast.officers, role) for role in (Role.CONTROLLER, Role.HEAD))
    sign_in(page, head)
    to_the_clock(page, late.code)
    page.goto("/chi-so/04/?ky=2026-10")
    page.wait_for_selector("#dien-bien p.prose")
    sound(page)
    file = published(page, controller, head)
    call_command("verify_snapshot", str(file), stdout=(told := StringIO()))
    assert "Bản công bố đứng vững." in told.getvalue()
    with pytest.raises(DatabaseError, match="frozen"):
        Snapshot.objects.update(digest="x")
    with pytest.raises(SystemExit):
        call_command("verify_snapshot", str(changed(file, tmp_path / "sua.json")), stdout=StringIO())
