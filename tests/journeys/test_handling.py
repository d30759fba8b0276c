"""Handling in a real browser: over two agencies, in a commune, by two officers at once, many at a time, across regimes.

The dossier of the old regime is handed in by the act, at its own moment; from then on the pages themselves live in
July 2025: the live server runs in this process, so the clock that every view asks is set for it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.law.calendar import TZ
from motcua.law.lifecycle import State
from motcua.law.process import Process
from motcua.people.models import Officer, Role
from tests import pdf
from tests.cast import Cast, gather, officer, parallel_process, published_process, published_version

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "mot-cua-2026"
OLD = date(2020, 1, 1)
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the moment the pages take for now."""
    return lambda moment: monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def over_two_agencies() -> Process:
    """The cast's process with its second branch done by the commune."""
    drawn = parallel_process()
    nodes = [replace(n, unit="01273") if n.id == "xacminh" else n for n in drawn.nodes.values()]
    return Process.of(nodes, drawn.flows)


def with_passwords(*officers: Officer) -> None:
    for who in officers:
        who.set_password(SECRET)
        who.save()


def gathered(process: Process | None = None) -> Cast:
    cast = gather(process)
    with_passwords(*vars(cast.officers).values())
    return cast


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return gathered()


@pytest.fixture
def two_agencies(transactional_db: None) -> Cast:
    return gathered(over_two_agencies())


@pytest.fixture
def of_the_commune(transactional_db: None) -> Cast:
    steps = parallel_process().nodes
    return gathered(Process.sequence([steps[step] for step in ("nhan", "tham", "ky", "tra")]))


def staffed(cast: Cast, *roles: Role) -> dict[str, Officer]:
    """Officers of the commune."""
    found = {role.value: officer(role, cast.commune, f"{role.value}.xa") for role in roles}
    with_passwords(*found.values())
    return found


def lately() -> datetime:
    """A few minutes before the pages are looked at, which live by the clock of the machine."""
    return datetime.now(TZ) - timedelta(minutes=9)  # noqa: TID251 - the one moment the pages take from outside


def sign_in(page: Page, who: Officer) -> None:
    page.context.clear_cookies()
    page.goto("/dang-nhap/")
    page.fill("#id_username", who.username)
    page.fill("#id_password", SECRET)
    page.click("main form button")
    page.wait_for_url("**/ban-lam-viec/")


def sound(page: Page) -> None:
    """No barrier that axe knows, and nothing wider than the window."""
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def submit(page: Page) -> None:
    with page.expect_navigation():
        page.click("main form .button-primary")


def do(page: Page, dossier: Dossier, slug: str, step: str = "", **fields: str) -> None:
    """One act by its page, which says that it was done."""
    query = f"?buoc={step}" if step else ""
    page.goto(reverse("deed", args=[dossier.code, slug]) + query)
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    submit(page)
    assert "Đã ghi" in page.inner_text("#thong-bao"), page.inner_text("main")


def received(page: Page, origin: str) -> Dossier:
    """A dossier received at the counter, its papers of one origin."""
    page.goto("/tiep-nhan/")
    page.fill("#id_identity", "004090000001")
    page.fill("#id_name", "Nông Thị Mẫu")
    page.fill("#id_procedure", "xac nhan mau")
    page.locator(".hits input").check()
    page.wait_for_selector(".slip time")
    for box in page.locator(".checklist input[type=checkbox]").all():
        box.check()
    for choice in page.locator(".checklist select").all():
        choice.select_option(origin)
    page.click("button[value=nhan]")
    page.wait_for_url("**/in/giay-tiep-nhan/")
    return Dossier.objects.latest("pk")


def test_a_dossier_goes_from_the_counter_over_two_agencies_at_once_to_its_result(
    page: Page, two_agencies: Cast
) -> None:
    cast = two_agencies
    who, far = cast.officers, staffed(cast, Role.HANDLER)["handler"]
    sign_in(page, who.reception)
    dossier = received(page, "scan")

    sign_in(page, who.assigner)
    page.click(f"a[href*='{dossier.code}/hoan-thanh']")
    assert "đang có 0 việc" in page.inner_text("main form")
    submit(page)
    assert {t.step: t.unit_id for t in dossier.tasks.all()} == {
        "tham": cast.department.pk,
        "xacminh": cast.commune.pk,
    }

    sign_in(page, far)
    do(page, dossier, "nhan-viec", "xacminh")
    do(page, dossier, "hoan-thanh", "xacminh", note="Đã xác minh tại xóm")

    sign_in(page, who.handler)
    page.goto(reverse("deed", args=[dossier.code, "trinh-ky"]))
    page.fill("#id_summary", "Cấp giấy xác nhận")
    page.fill("#id_recipients", "Người nộp; lưu hồ sơ")
    sound(page)
    submit(page)
    sign_in(page, who.signer)
    page.click(f"a[href*='{dossier.code}/hoan-thanh']")
    assert "Giải quyết: Cấp giấy xác nhận. Nơi nhận: Người nộp; lưu hồ sơ." in page.inner_text("main form")
    sound(page)
    submit(page)

    sign_in(page, who.clerk)
    do(page, dossier, "hoan-thanh", "so")
    page.fill("#id_number", "12/GXN-SM")
    submit(page)
    sign_in(page, who.reception)
    do(page, dossier, "thu-phi")
    do(page, dossier, "tra-ket-qua")
    dossier.refresh_from_db()
    assert dossier.state == State.RETURNED
    assert list(queries.verify()) == []


def test_a_dossier_of_the_commune_is_received_handled_and_returned_there(
    page: Page, of_the_commune: Cast
) -> None:
    cast = of_the_commune
    roles = (Role.RECEPTION, Role.HANDLER, Role.SIGNER, Role.CLERK)
    who = staffed(cast, *roles)
    filing = cast.filing(
        receiving_unit=cast.commune,
        deciding_unit=cast.commune,
        components=({"code": "", "name": "Đơn đề nghị", "origin": "paper"},),
    )
    dossier = acts.receive(filing, by=who["reception"], at=lately())
    assert dossier.code.startswith("H14.201-")

    sign_in(page, who["reception"])
    page.click(f"a[href*='{dossier.code}/giao-giay']")
    assert "Đơn đề nghị" in page.inner_text("main form")
    sound(page)
    submit(page)
    sign_in(page, who["clerk"])
    do(page, dossier, "nhan-giay", note="Đủ giấy tờ")
    sign_in(page, who["handler"])
    do(page, dossier, "nhan-viec", "tham")
    do(page, dossier, "trinh-ky", summary="Cấp giấy xác nhận")
    sign_in(page, who["signer"])
    do(page, dossier, "ky-duyet", note="Đồng ý")
    page.fill("#id_number", "3/GXN-UBND")
    submit(page)
    sign_in(page, who["reception"])
    do(page, dossier, "thu-phi")
    do(page, dossier, "tra-ket-qua")
    page.goto(reverse("dossier", args=[dossier.code]))
    assert "Ở cơ quan giải quyết" in page.inner_text("main")
    sound(page)
    dossier.refresh_from_db()
    assert dossier.state == State.RETURNED
    assert list(queries.verify()) == []


def test_of_two_officers_at_once_one_succeeds_and_the_other_is_told_and_loses_nothing(
    page: Page, cast: Cast
) -> None:
    colleague = officer(Role.HANDLER, cast.department, "dong-nghiep")
    colleague.full_name = "Hoàng Văn Đồng"
    with_passwords(colleague)
    at = lately()
    dossier = acts.receive(cast.filing(), by=cast.officers.reception, at=at)
    acts.complete_step(dossier, step="giao", by=cast.officers.assigner, at=at)
    address = reverse("deed", args=[dossier.code, "hoan-thanh"]) + "?buoc=tham"

    sign_in(page, cast.officers.handler)
    page.goto(address)
    page.fill("#id_note", "Thửa đất đúng hiện trạng, đề nghị cấp giấy.")
    other = page.context.browser.new_context(base_url=page.url.split("/ho-so/")[0])  # type: ignore[union-attr]
    faster = other.new_page()
    sign_in(faster, colleague)
    faster.goto(address)
    submit(faster)
    other.close()

    submit(page)
    told = page.inner_text("main")
    assert "đã được Hoàng Văn Đồng hoàn thành lúc" in told
    assert "Hoàn thành bước: Thẩm định hồ sơ" in told
    assert page.input_value("#id_note") == "Thửa đất đúng hiện trạng, đề nghị cấp giấy."
    sound(page)
    assert list(queries.verify()) == []


def test_many_are_done_by_keyboard_and_one_is_seen_beside_the_list(page: Page, cast: Cast) -> None:
    at = lately()
    for _ in range(4):
        dossier = acts.receive(cast.filing(), by=cast.officers.reception, at=at)
        acts.complete_step(dossier, step="giao", by=cast.officers.assigner, at=at)
    page.set_viewport_size({"width": 1500, "height": 900})
    sign_in(page, cast.officers.handler)
    page.keyboard.press("j")
    page.keyboard.press("v")
    page.wait_for_selector("#xem-nhanh h2")
    first = page.inner_text("#xem-nhanh h2")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#xem-nhanh h2")).not_to_have_text(first)
    sound(page)
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("X")
    assert "Đã chọn 3 việc" in page.inner_text("#nhieu")
    with page.expect_navigation():
        page.click("#nhieu button[value=hoan-thanh]")
    page.fill("#id_note", "Đã thẩm định")
    sound(page)
    submit(page)
    assert "Đã làm 3 hồ sơ." in page.inner_text("main")
    sound(page)
    assert list(queries.verify()) == []


def test_a_dossier_of_the_old_regime_is_finished_under_the_rules_it_was_accepted_under(
    page: Page, clock: Clock, cast: Cast
) -> None:
    version = published_version("5", "ngày làm việc", "1.000002", since=OLD)
    published_process(version.procedure, since=OLD)
    friday = datetime(2025, 6, 27, 9, 0, tzinfo=TZ)
    clock(friday)
    dossier = acts.receive(cast.filing(version=version), by=cast.officers.reception, at=friday)
    acts.complete_step(dossier, step="giao", by=cast.officers.assigner, at=friday + timedelta(hours=5))
    assert dossier.due_at == datetime(2025, 7, 4, 17, 0, tzinfo=TZ)

    clock(datetime(2025, 7, 1, 9, 0, tzinfo=TZ))
    sign_in(page, cast.officers.handler)
    do(page, dossier, "hoan-thanh", "xacminh")
    do(page, dossier, "trinh-ky", summary="Cấp giấy xác nhận")
    clock(datetime(2025, 7, 2, 9, 0, tzinfo=TZ))
    sign_in(page, cast.officers.signer)
    do(page, dossier, "ky-duyet")
    sign_in(page, cast.officers.clerk)
    do(page, dossier, "hoan-thanh", "so")
    page.fill("#id_number", "12/GXN-SM")
    submit(page)

    page.goto(reverse("dossier", args=[dossier.code]))
    told = page.inner_text("main")
    assert "Xong trước hạn" in told
    assert "NĐ 61/2018/NĐ-CP" in told
    assert "NĐ 118/2025/NĐ-CP" in told
    case = queries.folded(Dossier.objects.get(pk=dossier.pk))
    assert case.rules.regime == "nd61-2018"
    client = Client()
    client.force_login(cast.officers.clerk)
    slip = client.get(reverse("form", args=[dossier.code, "01"])).content
    assert "TT 01/2018/TT-VPCP" in " ".join(pdf.text(slip).split())
    assert list(queries.verify()) == []
