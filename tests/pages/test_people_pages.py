"""Units, officers and accounts as pages: who may open and change what, what it does, and who did it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.journal import log
from motcua.law import offices
from motcua.people import access, acts, telling
from motcua.people.models import Officer, Post, Role, Unit, UnitDay, UnitHours, UnitKind
from tests.cast import BORN, MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import markup, signed_in, text
from tests.pages.test_exports import exported

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
SECRET = "con suối Khuổi Nậm"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


@pytest.fixture
def cast() -> Cast:
    """With an administrator of the whole province."""
    cast = gather()
    cast.officers.keeper = officer(Role.ADMIN, cast.province, "quan-tri")
    return cast


def unit_page(name: str, unit: Unit) -> str:
    return reverse(name, args=[unit.code])


def officer_page(name: str, who: Officer) -> str:
    return reverse(name, args=[who.username])


def done(client: Client, address: str, **said: Any) -> Any:
    """A form filled in, which leads back to where it was opened from."""
    answer = client.post(address, said)
    assert answer.status_code == 302, text(answer)
    return client.get(answer.headers["Location"])


# Who may open these pages


PAGES = ["units", "officers", "changes"]


@pytest.mark.parametrize("name", PAGES)
def test_only_who_arranges_people_sees_them(cast: Cast, name: str) -> None:
    assert signed_in(cast.officers.head).get(reverse(name)).status_code == 200
    assert signed_in(cast.officers.keeper).get(reverse(name)).status_code == 200
    assert signed_in(cast.officers.handler).get(reverse(name)).status_code == 403
    assert Client().get(reverse(name)).status_code == 302


def test_the_way_there_is_shown_only_to_who_may_go_it(cast: Cast) -> None:
    assert "Đơn vị, cán bộ" in text(signed_in(cast.officers.head).get(reverse("procedures")))
    assert "Đơn vị, cán bộ" not in text(signed_in(cast.officers.handler).get(reverse("procedures")))


def test_the_navigation_marks_the_page_and_on_pages_below_it_the_part_they_belong_to(cast: Cast) -> None:
    head = signed_in(cast.officers.head)
    entry = re.escape(reverse("units"))
    assert re.search(f'href="{entry}" aria-current="page"', markup(head.get(reverse("units"))))
    assert re.search(f'href="{entry}" aria-current="true"', markup(head.get(reverse("officers"))))
    assert not re.search(f'href="{entry}" aria-current', markup(head.get(reverse("procedures"))))


@pytest.mark.parametrize(
    "name",
    [
        "unit",
        "appoint",
        "register-officer",
        "establish",
        "close-unit",
        "unit-hours",
        "unit-day",
        "clear-unit-day",
    ],
)
def test_the_pages_of_a_unit_are_for_who_arranges_it(cast: Cast, name: str) -> None:
    assert signed_in(cast.officers.head).get(unit_page(name, cast.commune)).status_code == 403
    assert signed_in(cast.officers.keeper).get(unit_page(name, cast.commune)).status_code == 200


@pytest.mark.parametrize("name", ["officer", "reset-password", "disable", "enable"])
def test_an_officer_of_another_unit_is_not_found(cast: Cast, name: str) -> None:
    stranger = officer(Role.HANDLER, cast.commune)
    assert signed_in(cast.officers.head).get(officer_page(name, stranger)).status_code == 404
    assert signed_in(cast.officers.head).get(officer_page(name, cast.officers.clerk)).status_code == 200


def test_what_is_not_there_is_not_found(cast: Cast) -> None:
    keeper = signed_in(cast.officers.keeper)
    assert keeper.get("/quan-tri/don-vi/99/").status_code == 404
    assert keeper.get("/quan-tri/vi-tri/999999/thoi-giu/").status_code == 404
    assert keeper.get("/quan-tri/can-bo/ai.do/").status_code == 404


# The tree


def test_the_tree_shows_units_with_head_and_number_of_officers(cast: Cast) -> None:
    page = signed_in(cast.officers.keeper).get(reverse("units"))
    said = text(page)
    assert "3 đơn vị." in said
    assert re.search(r"Sở Mẫu 04\.05 · H14\.05 Sở, ban, ngành Cán bộ Người đứng đầu 9 từ 01/01/2020", said)
    assert 'class="depth-1"' in markup(page)


def test_the_tree_is_that_of_a_day(cast: Cast) -> None:
    acts.close(cast.commune, on=date(2026, 12, 1), by=cast.officers.keeper, at=MONDAY)
    keeper = signed_in(cast.officers.keeper)
    assert "Xã Mẫu" in text(keeper.get(f"{reverse('units')}?ngay=2026-11-30"))
    later = text(keeper.get(f"{reverse('units')}?ngay=01/12/2026"))
    assert "Xã Mẫu" not in later
    assert "1 đơn vị đã chấm dứt trước đó" in later
    assert "“mai” không phải ngày" in text(keeper.get(f"{reverse('units')}?ngay=mai"))


def test_the_tree_is_searched(cast: Cast) -> None:
    keeper = signed_in(cast.officers.keeper)
    assert "1 đơn vị." in text(keeper.get(f"{reverse('units')}?q=xã"))
    assert "Sở Mẫu" in text(keeper.get(f"{reverse('units')}?loai=department"))
    assert "Xã Mẫu" not in text(keeper.get(f"{reverse('units')}?loai=department"))
    assert "Không có đơn vị nào như vậy" in text(keeper.get(f"{reverse('units')}?q=không"))


def test_a_head_sees_the_own_unit_only(cast: Cast) -> None:
    said = text(signed_in(cast.officers.head).get(reverse("units")))
    assert "1 đơn vị." in said
    assert "Xã Mẫu" not in said


def test_the_tree_asks_as_much_of_many_units_as_of_few(cast: Cast) -> None:
    keeper = signed_in(cast.officers.keeper)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert keeper.get(reverse("units")).status_code == 200
        return len(seen)

    few = asked()
    new = [acts.NewUnit(f"04.{n}", f"Sở {n}", UnitKind.DEPARTMENT, BORN, "04") for n in range(10, 40)]
    acts.establish(new, by=cast.officers.keeper, at=MONDAY)
    assert asked() == few <= 20


# A unit


def test_a_unit_is_established_and_closed_by_who_keeps_the_accounts(cast: Cast) -> None:
    keeper = signed_in(cast.officers.keeper)
    said = {"name": "Phòng Mẫu", "kind": "division", "code": "04.05.01", "valid_from": "2026-11-02"}
    page = done(keeper, unit_page("establish", cast.department), **said)
    assert "Đã thành lập đơn vị." in text(page)
    made = Unit.objects.get(code="04.05.01")
    assert (made.parent, made.valid_from) == (cast.department, TODAY)
    page = done(keeper, unit_page("close-unit", made), on="2026-12-01")
    assert "đến trước 01/12/2026" in text(page)
    assert signed_in(cast.officers.head).get(unit_page("establish", cast.department)).status_code == 403
    assert (
        signed_in(cast.officers.head)
        .post(unit_page("close-unit", cast.department), {"on": "2026-12-01"})
        .status_code
        == 200
    )
    assert Unit.objects.get(pk=cast.department.pk).valid_to is None


def test_a_refusal_says_why_by_what_and_keeps_what_was_typed(cast: Cast) -> None:
    said = {"name": "Sở Trùng", "kind": "department", "code": "04.05", "valid_from": "2026-11-02"}
    page = signed_in(cast.officers.keeper).post(unit_page("establish", cast.province), said)
    assert page.status_code == 200
    assert "mã không dùng lại (QĐ 20/2020/QĐ-TTg)" in text(page)
    assert 'value="Sở Trùng"' in markup(page)


def test_what_is_missing_or_wrong_is_named_beside_its_field(cast: Cast) -> None:
    page = signed_in(cast.officers.keeper).post(unit_page("establish", cast.province), {"code": "a b"})
    for wanted in ("Hãy nhập tên đơn vị.", "Mã gồm chữ hoa", "Hãy chọn ngày."):
        assert wanted in text(page)


def test_a_closed_unit_is_only_to_be_read(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.commune.pk).update(valid_to=TODAY)
    page = signed_in(cast.officers.keeper).get(unit_page("unit", cast.commune))
    assert "Đơn vị đã chấm dứt hoạt động" in text(page)
    assert unit_page("appoint", cast.commune) not in markup(page)


# Posts


def test_a_head_appoints_and_ends_a_post(cast: Cast) -> None:
    head = signed_in(cast.officers.head)
    told = {"officer": cast.officers.clerk.username, "role": "handler", "since": "2026-11-02"}
    page = done(head, unit_page("appoint", cast.department), **told)
    assert "Đã bố trí." in text(page)
    post = Post.objects.get(officer=cast.officers.clerk, role=Role.HANDLER)
    page = done(head, reverse("end-post", args=[post.pk]), on="2026-12-01")
    assert "01/12/2026" in text(page)
    assert Post.objects.get(pk=post.pk).valid_to == date(2026, 12, 1)


def test_a_head_is_offered_only_the_roles_a_head_may_give(cast: Cast) -> None:
    page = markup(signed_in(cast.officers.head).get(unit_page("appoint", cast.department)))
    assert set(re.findall(r'<option value="(\w+)"', page)) == set(access.GIVEN_BY_HEAD)
    told = {"officer": cast.officers.clerk.username, "role": "admin", "since": "2026-11-02"}
    page = signed_in(cast.officers.head).post(unit_page("appoint", cast.department), told)
    assert "Hãy chọn một mục trong danh sách." in text(page)


def test_somebody_is_found_by_full_name_and_told_apart_by_user_name(cast: Cast) -> None:
    head = signed_in(cast.officers.head)
    Officer.objects.filter(pk=cast.officers.clerk.pk).update(full_name="Lê Văn Một")
    told = {"role": "handler", "since": "2026-11-02"}
    done(head, unit_page("appoint", cast.department), officer="lê văn một", **told)
    for name in ("hai.lv", "ba.lv"):
        Officer.objects.create(username=name, full_name="Lê Văn Hai")
    page = head.post(unit_page("appoint", cast.department), {"officer": "Lê Văn Hai", **told})
    assert "hãy nhập tên đăng nhập:" in text(page)
    assert "hai.lv" in text(page)
    page = head.post(unit_page("appoint", cast.department), {"officer": "Ai Đó", **told})
    assert "Hãy cấp tài khoản trước." in text(page)


# Hours and days


def test_a_decision_on_hours_shows_whom_it_reaches_before_it_is_made(cast: Cast) -> None:
    dossier = cast.received()
    head, address = signed_in(cast.officers.head), unit_page("unit-hours", cast.department)
    said = {
        "hours": "07:00-11:00,13:00-17:00",
        "saturday": "working",
        "since": "2026-11-09",
        "source": "5/QĐ",
    }
    page = head.post(address, said)
    assert "1 hồ sơ sẽ được tính lại" in text(page)
    assert dossier.code in text(page)
    assert not UnitHours.objects.exists()
    page = done(head, address, **said, **{"quyet-dinh": "1"})
    assert "07:00–11:00, 13:00–17:00; sáng thứ Bảy: làm việc" in text(page)
    assert UnitHours.objects.get().source == "5/QĐ"


def test_a_day_off_is_decided_and_taken_back(cast: Cast) -> None:
    head = signed_in(cast.officers.head)
    said = {"on": "2026-11-20", "working": "0", "name": "Lễ hội", "source": "7/QĐ"}
    assert "Không có hồ sơ nào phải tính lại" in text(head.post(unit_page("unit-day", cast.department), said))
    page = done(head, unit_page("unit-day", cast.department), **said, **{"quyet-dinh": "1"})
    assert "Thứ Sáu, 20/11/2026: nghỉ , Lễ hội 7/QĐ" in text(page)
    clear = unit_page("clear-unit-day", cast.department)
    assert f'href="{clear}?ngay=2026-11-20"' in markup(page)
    assert 'value="2026-11-20"' in markup(head.get(f"{clear}?ngay=2026-11-20"))
    done(head, clear, on="2026-11-20", **{"quyet-dinh": "1"})
    assert not UnitDay.objects.exists()


def test_a_day_that_has_passed_is_refused(cast: Cast) -> None:
    said = {"on": "2026-11-01", "working": "0", "name": "Lễ hội", "source": "7/QĐ", "quyet-dinh": "1"}
    page = signed_in(cast.officers.head).post(unit_page("unit-day", cast.department), said)
    assert "đã qua, không đổi lịch làm việc của ngày ấy được nữa" in text(page)


# Accounts


def link_of(page: Any) -> str:
    found = re.search(r'value="http://testserver(/chon-mat-khau/[^"]+)"', page.content.decode())
    assert found, text(page)
    return found[1]


def chosen(link: str, password: str = SECRET) -> Any:
    client = Client()
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(address, {"new_password1": password, "new_password2": password}, follow=True)


def test_a_new_officer_chooses_the_password_by_a_link_that_opens_once(cast: Cast) -> None:
    said = {"full_name": "Hoàng Thị Mới", "username": "moi.ht", "role": "handler", "since": "2026-11-02"}
    page = signed_in(cast.officers.head).post(unit_page("register-officer", cast.department), said)
    assert page.headers["Cache-Control"] == "no-store"
    link = link_of(page)
    assert "Mời đăng nhập" in text(chosen(link))
    made = Officer.objects.get(username="moi.ht")
    assert made.check_password(SECRET)
    assert "Đường dẫn không còn dùng được" in text(Client().get(link, follow=True))


@pytest.mark.parametrize("weak", ["ngan", "1234567890", "moi.ht.moi"])
def test_a_weak_password_is_refused_in_words(cast: Cast, weak: str) -> None:
    made = Officer.objects.create(username="moi.ht.moi", full_name="Hoàng Thị Mới")
    Post.objects.create(officer=made, unit=cast.department, role=Role.CLERK, valid_from=BORN)
    link = link_of(signed_in(cast.officers.head).post(officer_page("reset-password", made)))
    said = text(chosen(link, weak))
    assert "Chưa gửi được" in said
    assert "This password" not in said


def test_a_reset_ends_the_old_password_and_every_session(cast: Cast) -> None:
    clerk = cast.officers.clerk
    acts.choose_password(clerk, password=SECRET, at=MONDAY)
    session = signed_in(Officer.objects.get(pk=clerk.pk))
    assert session.get(reverse("worklist")).status_code == 200
    head = signed_in(cast.officers.head)
    assert "thôi dùng được ngay" in text(head.get(officer_page("reset-password", clerk)))
    link_of(head.post(officer_page("reset-password", clerk)))
    assert session.get(reverse("worklist")).status_code == 302
    assert not Officer.objects.get(pk=clerk.pk).has_usable_password()


def test_nobody_is_offered_the_account_of_whoever_may_do_more(cast: Cast) -> None:
    head = signed_in(cast.officers.head)
    assert officer_page("reset-password", cast.officers.clerk) in markup(
        head.get(officer_page("officer", cast.officers.clerk))
    )
    page = head.get(officer_page("officer", cast.officers.controller))
    assert officer_page("reset-password", cast.officers.controller) not in markup(page)
    page = head.post(officer_page("reset-password", cast.officers.controller))
    assert "không có thẩm quyền với tài khoản" in text(page)


def test_a_disabled_officer_is_out_at_once_and_may_come_back(cast: Cast) -> None:
    clerk, head = cast.officers.clerk, signed_in(cast.officers.head)
    session = signed_in(clerk)
    done(head, officer_page("disable", clerk), reason="Nghỉ dài ngày")
    assert session.get(reverse("worklist")).status_code == 302
    assert clerk.username not in text(head.get(reverse("officers")))
    assert clerk.username in text(head.get(f"{reverse('officers')}?ngung=1"))
    page = done(head, officer_page("enable", clerk), reason="Đi làm lại")
    assert "Đã ghi: cho dùng lại tài khoản của" in text(page)
    assert Officer.objects.get(pk=clerk.pk).is_active


def test_an_officer_changes_the_own_password_and_stays_signed_in(cast: Cast) -> None:
    clerk = cast.officers.clerk
    acts.choose_password(clerk, password="mật khẩu cũ của tôi", at=MONDAY)
    client = signed_in(Officer.objects.get(pk=clerk.pk))
    said = {"old_password": "sai rồi", "new_password1": SECRET, "new_password2": SECRET}
    assert "Mật khẩu đang dùng không đúng." in text(client.post(reverse("change-password"), said))
    said |= {"old_password": "mật khẩu cũ của tôi", "new_password2": "khác"}
    assert "không giống nhau" in text(client.post(reverse("change-password"), said))
    page = done(client, reverse("change-password"), **said | {"new_password2": SECRET})
    assert "Đã đổi mật khẩu." in text(page)
    assert Officer.objects.get(pk=clerk.pk).check_password(SECRET)


# Powers


def test_every_power_has_its_words() -> None:
    known = {power for powers in access.POWERS.values() for power in powers}
    assert known == set(access.WORDS)


def test_a_page_says_what_an_officer_may_do_and_why(cast: Cast) -> None:
    page = text(signed_in(cast.officers.head).get(officer_page("officer", cast.officers.signer)))
    assert "Xin lỗi, hẹn lại ngày trả Lãnh đạo ký duyệt từ 01/01/2020 Sở Mẫu, các phòng" in page
    assert "Tiếp nhận hồ sơ cần vị trí Cán bộ một cửa" in page


@pytest.mark.parametrize("role", [role for role in Role if role != Role.POSTAL])
def test_a_power_no_one_may_have_is_told_to_everybody(cast: Cast, role: Role) -> None:
    page = text(signed_in(getattr(cast.officers, role.value)).get(reverse("account")))
    assert "Đặt lại đồng hồ của hồ sơ không ai có quyền này, kể cả quản trị hệ thống" in page


def test_a_power_that_does_not_reach_is_not_told_as_held(cast: Cast) -> None:
    there = officer(Role.CONTROLLER, cast.commune)
    words = {access.WORDS[power] for power in access.PROVINCIAL}
    assert words.isdisjoint(row["power"] for row in telling.held(there, TODAY))


# Lists


def test_officers_are_found_by_name_and_exported_as_found(cast: Cast) -> None:
    head = signed_in(cast.officers.head)
    address = f"{reverse('officers')}?q=thụ lý"
    assert "1 cán bộ." in text(head.get(address))
    (row,) = exported(head, address)
    assert row["Tên đăng nhập"] == cast.officers.handler.username
    assert row["Vị trí đang giữ"] == "Cán bộ thụ lý, Sở Mẫu"
    assert row["Giữ vị trí từ"] == BORN


def test_officers_are_read_page_by_page_at_the_same_cost(cast: Cast) -> None:
    head = signed_in(cast.officers.head)

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert head.get(address).status_code == 200
        return len(seen)

    few = asked(reverse("officers"))
    for n in range(60):
        officer(Role.HANDLER, cast.department, f"nguoi-{n:02}")
    assert asked(reverse("officers")) == few <= 20
    first, second = (text(head.get(f"{reverse('officers')}?trang={n}")) for n in (1, 2))
    assert all((f"nguoi-{n:02}" in first) != (f"nguoi-{n:02}" in second) for n in range(60))


def test_who_keeps_all_accounts_finds_those_without_a_post(cast: Cast) -> None:
    Officer.objects.create(username="chua.co", full_name="Chưa Có Vị Trí")
    assert "không giữ vị trí nào" in text(
        signed_in(cast.officers.keeper).get(f"{reverse('officers')}?q=chua.co")
    )
    assert "Không có cán bộ nào như vậy" in text(
        signed_in(cast.officers.head).get(f"{reverse('officers')}?q=chua.co")
    )


# Who changed what


def test_changes_tell_who_did_what_to_whom(cast: Cast) -> None:
    told = {"role": Role.HANDLER, "since": TODAY, "by": cast.officers.head, "at": MONDAY}
    acts.appoint(cast.officers.clerk, unit=cast.department, **told)
    acts.disable(cast.officers.clerk, reason="Nghỉ dài ngày", by=cast.officers.head, at=MONDAY)
    page = text(signed_in(cast.officers.head).get(reverse("changes")))
    assert (
        "Bố trí, bổ nhiệm: Cán bộ Văn thư, Cán bộ thụ lý, từ 02/11/2026, Sở Mẫu Cán bộ Người đứng đầu" in page
    )
    assert "Ngừng tài khoản: Cán bộ Văn thư, Sở Mẫu Cán bộ Người đứng đầu Nghỉ dài ngày" in page


def test_changes_of_other_units_are_not_a_heads_to_read(cast: Cast) -> None:
    new = acts.NewUnit("01274", "Xã Khác", UnitKind.COMMUNE, BORN, "04")
    acts.establish([new], by=cast.officers.keeper, at=MONDAY)
    for query in ("", "?don-vi=01274"):
        page = text(signed_in(cast.officers.head).get(f"{reverse('changes')}{query}"))
        assert "Chưa có thay đổi nào" in page
        assert "Xã Khác" in text(signed_in(cast.officers.keeper).get(f"{reverse('changes')}{query}"))


def test_every_kind_of_change_has_its_sentence() -> None:
    made = {"on": "2026-12-01", "since": "2026-12-01", "hours": "07:00-11:00", "saturday": "closed"}
    made |= {"name": "Tên", "parent": "", "role": "head", "reason": "Vì", "unit": "04", "officer": "a"}
    made |= {"source": "5/QĐ", "working": "1", "operator": "BD", "until": "2027-01-01"}
    made |= {"document": "12/HĐ", "decided_on": "2026-11-30"}
    for kind in offices.KINDS.values():
        names = set(kind.__dataclass_fields__) & set(made)
        fact = kind(at=MONDAY, by="b", **{name: made[name] for name in names})
        told = telling.change(fact, {"04": "Tỉnh"}, {"a": "Người A", "b": "Người B"})
        assert told["label"].startswith(f"{kind.label}: Người A")
        assert told["by"] == "Người B"


def test_changes_are_read_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from motcua.people.views import changes

    monkeypatch.setattr(changes, "CHANGES", 2)
    for n in range(5):
        fact = offices.UnitClosed(
            at=MONDAY + timedelta(minutes=n), by="b", unit="04.05", on=f"2026-12-0{n + 1}"
        )
        log.record(offices.STREAM, [fact])
    keeper, address, seen = signed_in(cast.officers.keeper), reverse("changes"), []
    while address:
        page = keeper.get(address)
        seen += re.findall(r"từ (\d\d)/12/2026", text(page))
        after = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = f"{reverse('changes')}{after[1]}" if after else ""
    assert seen == ["05", "04", "03", "02", "01"]


def test_looking_changes_nothing(cast: Cast) -> None:
    head, before = signed_in(cast.officers.head), len(log.history(offices.STREAM))
    clerk, unit = cast.officers.clerk, cast.department
    for name in ("appoint", "register-officer", "unit-hours", "unit-day"):
        assert head.get(unit_page(name, unit)).status_code == 200
    for name in ("reset-password", "disable", "enable"):
        assert head.get(officer_page(name, clerk)).status_code == 200
    assert len(log.history(offices.STREAM)) == before
    assert Officer.objects.get(pk=clerk.pk).is_active
