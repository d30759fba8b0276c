"""A group of inter-agency dossiers in a real browser: handed in once, each result starts the next, all done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from motcua.catalogue import acts as catalogue
from motcua.catalogue.models import Bundle, BundleKind
from motcua.dossiers import acts, inputs, queries
from motcua.dossiers.models import Dossier, Group
from motcua.journal import log
from motcua.people.models import Officer
from tests.cast import MONDAY, Cast, gather, published_process, published_version

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "mot-cua-2026"
STEPS = ("giao", "tham", "xacminh", "ky", "so")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cast = gather()
    for code in ("1.000002", "1.000003"):
        published_process(published_version("3", "ngày làm việc", code).procedure)
    for who in vars(cast.officers).values():
        who.set_password(SECRET)
        who.save()
    drawn = [
        ("Khai sinh", "1.000001", []),
        ("Thường trú", "1.000002", ["m0"]),
        ("Thẻ bảo hiểm", "1.000003", ["m0"]),
    ]
    members = [
        {"key": f"m{n}", "procedure": code, "name": name, "needs": needs, "lead": n == 0}
        for n, (name, code, needs) in enumerate(drawn)
    ]
    name = "Khai sinh, thường trú, thẻ bảo hiểm y tế"
    bundle = Bundle(
        code="tre-em", kind=BundleKind.GROUP, name=name, valid_from=date(2025, 7, 1), members=members
    )
    catalogue.publish_bundle(bundle, by=None, at=MONDAY)
    return cast


def sign_in(page: Page, who: Officer) -> None:
    page.context.clear_cookies()
    page.goto("/dang-nhap/")
    page.fill("#id_username", who.username)
    page.fill("#id_password", SECRET)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sound(page: Page) -> None:
    """No barrier that axe knows, and nothing wider than the window."""
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def through(cast: Cast, dossier: Dossier) -> None:
    """Every step done and the result written down, by those whose turn it is; then the job that passes it on."""
    at = queries.folded(dossier).facts[-1].at
    for n, step in enumerate(STEPS):
        cast.does(dossier, step, at + timedelta(milliseconds=n + 1))
    at += timedelta(milliseconds=9)
    acts.finish(dossier, result="granted", number="1/GXN", by=cast.officers.signer, at=at)
    inputs.supply(dossier.code)


def test_a_group_from_the_counter_to_all_its_results(cast: Cast, page: Page) -> None:
    sign_in(page, cast.officers.reception)
    page.click("nav >> text=Liên thông")
    page.click("text=Tiếp nhận nhóm, lập dự án")
    page.click("text=Khai sinh, thường trú, thẻ bảo hiểm y tế")
    page.fill("#id_name", "Nông Thị Mẫu")
    page.check("text=Đơn đề nghị")
    sound(page)
    with page.expect_navigation():
        page.click("button:has-text('Tiếp nhận cả nhóm')")
    assert "Xong 0/3 thủ tục. Đang chờ Khai sinh" in page.inner_text("main")
    assert page.locator("tbody >> text=Chờ kết quả đầu vào").count() == 2

    group = Group.objects.get()
    found = [member.dossier for member in group.members.select_related("dossier__version__procedure")]
    assert all(found)
    through(cast, found[0])  # type: ignore[arg-type]
    page.reload()
    assert "Xong 1/3 thủ tục" in page.inner_text("main")
    assert page.locator("tbody >> text=Chờ kết quả đầu vào").count() == 0

    sign_in(page, cast.officers.assigner)
    page.click(f"a.table-main:has-text('{found[1].code}')")  # type: ignore[union-attr]
    assert f"Hồ sơ {found[0].code}: Giải quyết" in page.inner_text("main")  # type: ignore[union-attr]
    for dossier in found[1:]:
        through(cast, dossier)  # type: ignore[arg-type]

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/lien-thong/{group.code}/")
    assert "Xong cả 3 thủ tục" in page.inner_text("main")
    sound(page)
    assert list(queries.verify()) == []
    assert list(log.verify()) == []
