"""A flaw from its finding to its closing: found, given, mended with the national record's words, gone; in a browser."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.catalogue import acts
from motcua.catalogue.models import Status, Version
from motcua.law.calendar import TZ
from tests.cast import Cast
from tests.journeys.test_desk import cast, sign_in, sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast"]  # the fixture
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
STEPS = "Nộp hồ sơ tại Bộ phận Một cửa."


def record(tmp_path: Path, version: Version) -> Path:
    path = tmp_path / "csdlqg.json"
    steps = [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": STEPS}]}]
    told = {"MATTHC": version.procedure.code, "TENTTHC": version.title, "TRINHTUTHUCHIEN": steps}
    path.write_text(json.dumps([told]), encoding="utf-8")
    return path


def test_a_flaw_is_found_given_mended_and_closes_itself(page: Page, cast: Cast, tmp_path: Path) -> None:
    sign_in(page, cast.officers.controller)
    page.goto("/lam-sach/")
    page.get_by_role("button", name="Rà ngay").click()
    page.get_by_text("Đã rà 1 thủ tục").wait_for()
    sound(page)
    page.goto("/lam-sach/loi/?quy_tac=D01")
    page.get_by_role("link", name="Trình tự").click()
    page.get_by_label("Người sửa").select_option(cast.officers.controller.username)
    page.get_by_label("Sửa xong trước hết ngày").fill("2027-12-31")
    page.get_by_role("button", name="Giao sửa").click()
    page.get_by_text("Đã giao người sửa và hạn sửa.").wait_for()
    page.goto("/lam-sach/cua-toi/")
    page.get_by_text("1 điểm, 0 quá hạn.").wait_for()
    page.goto("/doi-chieu/tep/")
    page.set_input_files("#id_tep", record(tmp_path, cast.version))
    page.get_by_role("button", name="Đối chiếu", exact=True).click()
    page.get_by_role("link", name="Trình tự").click()
    page.get_by_text(STEPS).wait_for()
    sound(page)
    page.get_by_label("Lấy theo CSDLQG").check()
    page.get_by_role("button", name="Ghi quyết định").click()
    page.get_by_text("bản dự thảo số 2").wait_for()
    draft = Version.objects.get(status=Status.DRAFT)
    acts.publish(draft, by=cast.officers.controller, at=NOW)
    page.goto("/lam-sach/")
    page.get_by_role("button", name="Rà ngay").click()
    page.get_by_text("đã sửa xong").wait_for()
    page.goto("/lam-sach/loi/?quy_tac=D01&o=da-sua")
    page.get_by_text("1 điểm.").wait_for()
