"""Units, officers and posts begin and end by acts, and nothing of them is given twice or taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from motcua.journal import log
from motcua.law import offices
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.people import access, acts, calendars
from motcua.people.acts import NewOfficer, NewPost, NewUnit
from motcua.people.models import Officer, Role, Unit, UnitDay, UnitHours, UnitKind

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 8, 0, tzinfo=TZ)
BORN, LATER = date(2025, 7, 1), date(2026, 4, 1)


@pytest.fixture
def admin() -> Officer:
    top = NewUnit("04", "UBND tỉnh Mẫu", UnitKind.PROVINCE, BORN, agency_code="H99")
    return acts.found(unit=top, administrator=NewOfficer("quan-tri", "Người Quản Trị", "mật khẩu"), at=AT)


def commune(code: str = "00001", **changes: object) -> NewUnit:
    told = {"name": "UBND xã Mẫu", "kind": UnitKind.COMMUNE, "valid_from": BORN, "parent": "04", **changes}
    return NewUnit(code, **told)  # type: ignore[arg-type]


def new_hours(unit: Unit, by: Officer, **changes: Any) -> None:
    told = {"hours": "07:00-11:30,13:00-16:30", "saturday": "reception", "since": LATER, "source": "5/QĐ"}
    acts.set_hours(unit, **(told | changes), by=by, at=AT)


def established(admin: Officer, **changes: object) -> Unit:
    return acts.establish([commune(**changes)], by=admin, at=AT)[0]


def test_a_system_is_founded_once(admin: Officer) -> None:
    with pytest.raises(Refused, match="không lập lại từ đầu"):
        acts.found(unit=commune(), administrator=NewOfficer("khac", "Người Khác", "x"), at=AT)


def test_the_founder_may_sign_in_and_administer(admin: Officer) -> None:
    assert admin.check_password("mật khẩu")
    assert access.may(admin, "people", None, AT.date())


def test_only_an_administrator_establishes_units(admin: Officer) -> None:
    post = NewPost("04", Role.HEAD, BORN)
    (head,) = acts.register([NewOfficer("dung-dau", "Người Đứng Đầu", "x", (post,))], by=admin, at=AT)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.establish([commune()], by=head, at=AT)


def test_no_administrator_below_establishes_a_unit_above_all(admin: Officer) -> None:
    place = established(admin)
    post = NewPost(place.code, Role.ADMIN, BORN)
    (below,) = acts.register([NewOfficer("quan-tri-xa", "Quản Trị Xã", "x", (post,))], by=admin, at=AT)
    inner = NewUnit("00001.1", "Phòng Mẫu", UnitKind.DIVISION, BORN, parent=place.code)
    for units in ([commune("00002", parent="")], [inner, commune("00002", parent="")]):
        with pytest.raises(Refused, match="Chỉ quản trị của đơn vị cao nhất"):
            acts.establish(units, by=below, at=AT)
    acts.establish([inner], by=below, at=AT)
    assert acts.establish([commune("00002", parent="")], by=admin, at=AT)[0].parent is None


def test_a_code_is_never_given_again_even_after_its_unit_ended(admin: Officer) -> None:
    acts.close(established(admin), on=LATER, by=admin, at=AT)
    with pytest.raises(Refused, match="mã không dùng lại"):
        acts.establish([commune()], by=admin, at=AT)
    with pytest.raises(Refused, match="mã không dùng lại"):
        acts.establish([commune("00002", agency_code="00001")], by=admin, at=AT)


def test_children_may_be_told_before_their_parents(admin: Officer) -> None:
    desk = NewUnit("00001.90", "Trung tâm", UnitKind.CENTRE, BORN, "00001")
    acts.establish([desk, commune()], by=admin, at=AT)
    assert Unit.objects.get(code="00001.90").parent == Unit.objects.get(code="00001")


def test_units_are_established_all_or_none(admin: Officer) -> None:
    with pytest.raises(Refused, match="chưa có đơn vị cấp trên"):
        acts.establish([commune(), commune("00002", parent="không có")], by=admin, at=AT)
    assert not Unit.objects.filter(code="00001").exists()


def test_closing_a_unit_ends_its_posts_and_keeps_both(admin: Officer) -> None:
    unit = established(admin)
    post = acts.appoint(admin, unit=unit, role=Role.CLERK, since=BORN, by=admin, at=AT)
    acts.close(unit, on=LATER, by=admin, at=AT)
    post.refresh_from_db()
    assert (unit.valid_to, post.valid_to) == (LATER, LATER)


def test_a_unit_does_not_close_over_its_children(admin: Officer) -> None:
    established(admin)
    with pytest.raises(Refused, match="chưa chấm dứt hoạt động"):
        acts.close(Unit.objects.get(code="04"), on=LATER, by=admin, at=AT)


def test_a_unit_closes_once_and_nothing_in_it_lasts_longer(admin: Officer) -> None:
    unit, soon = established(admin), date(2026, 3, 20)
    post = acts.appoint(admin, unit=unit, role=Role.CLERK, since=BORN, by=admin, at=AT)
    acts.end_post(post, on=date(2027, 1, 1), by=admin, at=AT)
    acts.close(unit, on=soon, by=admin, at=AT)
    post.refresh_from_db()
    assert post.valid_to == soon
    with pytest.raises(Refused, match="đã chấm dứt hoạt động từ ngày 20/03/2026"):
        acts.close(unit, on=LATER, by=admin, at=AT)


def test_a_unit_does_not_close_over_a_child_that_ends_later(admin: Officer) -> None:
    unit = established(admin)
    desk = NewUnit("00001.90", "Trung tâm", UnitKind.CENTRE, BORN, "00001", valid_to=date(2027, 1, 1))
    acts.establish([desk], by=admin, at=AT)
    with pytest.raises(Refused, match="Trung tâm chưa chấm dứt"):
        acts.close(unit, on=LATER, by=admin, at=AT)


def test_a_post_in_a_unit_that_will_close_ends_with_it(admin: Officer) -> None:
    unit = established(admin)
    acts.close(unit, on=LATER, by=admin, at=AT)
    post = acts.appoint(admin, unit=unit, role=Role.CLERK, since=BORN, by=admin, at=AT)
    assert post.valid_to == LATER


def test_the_administrator_of_a_unit_administers_what_is_below_it_only(admin: Officer) -> None:
    unit, other = established(admin), established(admin, code="00002")
    post = NewPost(unit.code, Role.ADMIN, BORN)
    (local,) = acts.register([NewOfficer("xa", "Quản Trị Xã", "x", (post,))], by=admin, at=AT)
    desk = NewUnit("00001.90", "Trung tâm", UnitKind.CENTRE, BORN, "00001")
    (made,) = acts.establish([desk], by=local, at=AT)
    acts.appoint(local, unit=made, role=Role.CLERK, since=BORN, by=local, at=AT)
    for tried in (
        lambda: acts.appoint(local, unit=other, role=Role.ADMIN, since=BORN, by=local, at=AT),
        lambda: acts.close(other, on=LATER, by=local, at=AT),
        lambda: new_hours(other, local),
        lambda: acts.establish([commune("00003")], by=local, at=AT),
        lambda: acts.register(
            [NewOfficer("ba", "Ba", "x", (NewPost("04", Role.HEAD, BORN),))], by=local, at=AT
        ),
    ):
        with pytest.raises(Refused, match="không có thẩm quyền"):
            tried()


def test_what_binds_the_province_is_not_for_the_officers_of_a_commune(admin: Officer) -> None:
    unit = established(admin)
    office = NewUnit("04.12", "Văn phòng UBND", UnitKind.DEPARTMENT, BORN, "04")
    (office_made,) = acts.establish([office], by=admin, at=AT)
    for place, allowed in ((unit, False), (office_made, True)):
        (control,) = acts.register(
            [NewOfficer(f"ks-{place.pk}", "Kiểm Soát", "x", (NewPost(place.code, Role.CONTROLLER, BORN),))],
            by=admin,
            at=AT,
        )
        assert access.may(control, "catalogue", None, AT.date()) is allowed


def test_a_post_is_held_once_at_a_time(admin: Officer) -> None:
    unit = established(admin)
    acts.appoint(admin, unit=unit, role=Role.CLERK, since=BORN, by=admin, at=AT)
    with pytest.raises(Refused, match="đã giữ vị trí Văn thư"):
        acts.appoint(admin, unit=unit, role=Role.CLERK, since=LATER, by=admin, at=AT)


def test_a_head_who_will_leave_answers_for_the_unit_until_then(admin: Officer) -> None:
    unit = established(admin)
    first = acts.appoint(admin, unit=unit, role=Role.HEAD, since=BORN, by=admin, at=AT)
    acts.end_post(first, on=LATER, by=admin, at=AT)
    post = NewPost(unit.code, Role.HEAD, date(2026, 3, 31))
    with pytest.raises(Refused, match="đã có người đứng đầu đến ngày 01/04/2026"):
        acts.register([NewOfficer("hai", "Người Thứ Hai", "x", (post,))], by=admin, at=AT)


def test_a_unit_has_one_head_at_a_time(admin: Officer) -> None:
    unit = established(admin)
    first = acts.appoint(admin, unit=unit, role=Role.HEAD, since=BORN, by=admin, at=AT)
    post = NewPost(unit.code, Role.HEAD, LATER)
    with pytest.raises(Refused, match="đã có người đứng đầu"):
        acts.register([NewOfficer("hai", "Người Thứ Hai", "x", (post,))], by=admin, at=AT)
    acts.end_post(first, on=LATER, by=admin, at=AT)
    acts.register([NewOfficer("hai", "Người Thứ Hai", "x", (post,))], by=admin, at=AT)
    assert unit.posts.filter(role=Role.HEAD).count() == 2


def test_nobody_is_appointed_to_a_unit_that_is_not_there_yet(admin: Officer) -> None:
    unit = established(admin, valid_from=LATER)
    with pytest.raises(Refused, match="không tồn tại vào ngày"):
        acts.appoint(admin, unit=unit, role=Role.CLERK, since=BORN, by=admin, at=AT)


def test_a_user_name_belongs_to_one_person(admin: Officer) -> None:
    with pytest.raises(Refused, match="đã có người dùng"):
        acts.register([NewOfficer("quan-tri", "Người Khác", "x")], by=admin, at=AT)


def test_hours_must_make_a_lawful_day(admin: Officer) -> None:
    unit = established(admin)
    with pytest.raises(Refused, match="Giờ làm việc không hợp lệ"):
        new_hours(unit, admin, hours="08:00-11:00")
    with pytest.raises(Refused, match="số quyết định"):
        new_hours(unit, admin, source=" ")


def test_new_hours_hold_from_their_day_on(admin: Officer) -> None:
    unit = established(admin)
    new_hours(unit, admin, since=LATER)
    new_hours(unit, admin, since=date(2026, 10, 15), hours="", saturday="closed")
    closes = [calendars.of(unit).close(date(2026, month, 16)).hour for month in (3, 4, 10)]
    assert closes == [17, 16, 17]
    new_hours(unit, admin, since=LATER, hours="08:00-12:00,14:00-18:00")
    assert calendars.of(unit).close(date(2026, 4, 16)).hour == 18
    with pytest.raises(Refused, match="đã qua"):
        new_hours(unit, admin, since=BORN)


def test_a_day_off_by_decision_reaches_the_calendar_at_once_and_may_be_taken_back(admin: Officer) -> None:
    unit, monday = established(admin), date(2026, 3, 9)
    told = {"on": monday, "name": "Lễ hội", "source": "12/QĐ-UBND", "by": admin, "at": AT}
    assert calendars.of(unit).is_working(monday)
    acts.set_unit_day(unit, working=False, **told)  # type: ignore[arg-type]
    assert not calendars.of(unit).is_working(monday)
    acts.set_unit_day(unit, working=True, **told)  # type: ignore[arg-type]
    assert calendars.of(unit).is_working(monday)
    assert UnitDay.objects.count() == 1
    acts.clear_unit_day(unit, on=monday, by=admin, at=AT)
    with pytest.raises(Refused, match="không có quy định riêng"):
        acts.clear_unit_day(unit, on=monday, by=admin, at=AT)


def test_no_two_states_of_the_days_decided_have_one_stamp(admin: Officer) -> None:
    unit, (on, other) = admin.all_posts[0].unit, (date(2030, 3, 1), date(2030, 3, 2))
    told = {"working": False, "name": "Nghỉ", "source": "1/QĐ"}
    seen = [calendars._stamp()]

    def another() -> bool:
        seen.append(calendars._stamp())
        return seen[-1] not in seen[:-1]

    made = UnitDay.objects.create(unit=unit, day=on, **told)
    assert another()
    UnitDay.objects.filter(pk=made.pk).update(working=True)
    assert another()
    with suppress(RuntimeError), transaction.atomic():
        UnitDay.objects.create(unit=unit, day=other, **told)
        assert another()
        raise RuntimeError
    assert calendars._stamp() == seen[-2]
    UnitDay.objects.create(unit=unit, day=other, **told)
    assert another()
    UnitDay.objects.all().delete()
    assert another()
    UnitHours.objects.create(unit=unit, since=on, hours="", saturday="closed", source="1/QĐ")
    assert another()


def test_a_day_off_needs_its_decision(admin: Officer) -> None:
    unit = established(admin)
    with pytest.raises(Refused, match="số quyết định"):
        acts.set_unit_day(unit, on=LATER, working=False, name="Lễ hội", source=" ", by=admin, at=AT)


# Người đứng đầu


def head_of(unit: Unit, admin: Officer, name: str = "dung-dau") -> Officer:
    post = NewPost(unit.code, Role.HEAD, BORN)
    return acts.register([NewOfficer(name, "Người Đứng Đầu", "x", (post,))], by=admin, at=AT)[0]


def newcomer(unit: Unit, by: Officer, role: str = Role.HANDLER, name: str = "moi") -> Officer:
    post = NewPost(unit.code, role, BORN)
    return acts.register([NewOfficer(name, "Người Mới", "", (post,))], by=by, at=AT)[0]


def test_a_head_arranges_the_unit_and_what_is_part_of_it(admin: Officer) -> None:
    unit = established(admin)
    (desk,) = acts.establish(
        [NewUnit("00001.90", "Bộ phận", UnitKind.CENTRE, BORN, "00001")], by=admin, at=AT
    )
    head = head_of(unit, admin)
    made = newcomer(unit, head)
    post = acts.appoint(made, unit=desk, role=Role.RECEPTION, since=BORN, by=head, at=AT)
    acts.end_post(post, on=LATER, by=head, at=AT)
    new_hours(unit, head)


@pytest.mark.parametrize("role", [Role.HEAD, Role.ADMIN, Role.CONTROLLER])
def test_a_head_gives_no_role_that_reaches_beyond_the_unit_or_watches_over_the_head(
    admin: Officer, role: str
) -> None:
    unit = established(admin)
    head = head_of(unit, admin)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        newcomer(unit, head, role)


def test_a_head_has_no_say_elsewhere(admin: Officer) -> None:
    unit, other = acts.establish([commune(), commune("00002")], by=admin, at=AT)
    head = head_of(unit, admin)
    for wish in (lambda: newcomer(other, head), lambda: new_hours(other, head)):
        with pytest.raises(Refused, match="không có thẩm quyền"):
            wish()
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.register([NewOfficer("khong", "Không Vị Trí")], by=head, at=AT)


# Tài khoản


def test_an_account_given_without_a_password_opens_by_none(admin: Officer) -> None:
    assert not newcomer(established(admin), admin).has_usable_password()


def test_a_reset_password_opens_nothing_until_its_owner_chooses_one(admin: Officer) -> None:
    made = newcomer(established(admin), admin)
    acts.choose_password(made, password="của riêng tôi", at=AT)
    assert made.check_password("của riêng tôi")
    acts.reset_password(made, by=admin, at=AT)
    assert not made.check_password("của riêng tôi")


def test_nobody_takes_the_account_of_whoever_may_do_more(admin: Officer) -> None:
    unit = established(admin)
    head = head_of(unit, admin)
    made = newcomer(unit, head)
    acts.reset_password(made, by=head, at=AT)
    acts.appoint(
        made, unit=Unit.objects.get(code="04"), role=Role.CLERK, since=date(2030, 1, 1), by=admin, at=AT
    )
    made = Officer.objects.get(pk=made.pk)
    for wish in (acts.reset_password, lambda who, **by: acts.disable(who, reason="Thử", **by)):
        for whose in (made, admin):
            with pytest.raises(Refused, match="không có thẩm quyền"):
                wish(whose, by=head, at=AT)


def test_a_disabled_account_is_refused_and_may_be_used_again(admin: Officer) -> None:
    made = newcomer(established(admin), admin)
    with pytest.raises(Refused, match="lý do"):
        acts.disable(made, reason=" ", by=admin, at=AT)
    acts.disable(made, reason="Nghỉ dài ngày", by=admin, at=AT)
    assert not Officer.objects.get(pk=made.pk).is_active
    with pytest.raises(Refused, match="đã ngừng"):
        acts.disable(made, reason="Lần nữa", by=admin, at=AT)
    acts.enable(made, reason="Đi làm lại", by=admin, at=AT)
    with pytest.raises(Refused, match="đang dùng được"):
        acts.enable(made, reason="Lần nữa", by=admin, at=AT)


def test_nobody_disables_or_resets_their_own_account(admin: Officer) -> None:
    for wish in (acts.reset_password, lambda who, **by: acts.disable(who, reason="Thử", **by)):
        with pytest.raises(Refused, match="của mình"):
            wish(admin, by=admin, at=AT)


def test_somebody_always_keeps_the_accounts(admin: Officer) -> None:
    top = Unit.objects.get(code="04")
    with pytest.raises(Refused, match="quản trị cuối cùng"):
        acts.end_post(admin.posts.get(), on=LATER, by=admin, at=AT)
    second = newcomer(top, admin, Role.ADMIN, "thu-hai")
    acts.end_post(admin.posts.get(), on=LATER, by=second, at=AT)
    third = newcomer(top, second, Role.ADMIN, "thu-ba")
    acts.disable(second, reason="Chuyển công tác", by=third, at=AT)


# Ai đã thay đổi gì


def test_every_act_leaves_who_did_it_in_one_stream(admin: Officer) -> None:
    unit = established(admin)
    made = newcomer(unit, admin)
    acts.end_post(made.posts.get(), on=LATER, by=admin, at=AT)
    new_hours(unit, admin)
    told = {"on": LATER, "by": admin, "at": AT}
    acts.set_unit_day(unit, working=False, name="Lễ hội", source="7/QĐ", **told)
    acts.clear_unit_day(unit, **told)
    acts.reset_password(made, by=admin, at=AT)
    acts.choose_password(made, password="của riêng tôi", at=AT)
    acts.disable(made, reason="Nghỉ", by=admin, at=AT)
    acts.enable(made, reason="Về", by=admin, at=AT)
    post = acts.establish([NewUnit("BD", "Bưu điện", UnitKind.OPERATOR, BORN, "04")], by=admin, at=AT)[0]
    given = acts.give_desk(post, desk=unit, since=BORN, document="1/HĐ", decided_on=BORN, by=admin, at=AT)
    acts.end_desk(given, on=AT.date(), document="2/HĐ", by=admin, at=AT)
    acts.close(unit, on=LATER, by=admin, at=AT)
    entries = log.history(offices.STREAM)
    assert [entry.kind for entry in entries] == [
        *("UnitEstablished", "AccountGiven", "Appointed"),
        *(
            "UnitEstablished",
            "AccountGiven",
            "Appointed",
            "PostEnded",
            "HoursDecided",
            "DayDecided",
            "DayCleared",
        ),
        *("PasswordReset", "PasswordChosen", "AccountDisabled", "AccountEnabled"),
        *("UnitEstablished", "DeskGiven", "DeskTakenBack", "UnitClosed"),
    ]
    assert {entry.kind for entry in entries} == set(offices.KINDS)
    assert {entry.by for entry in entries if entry.kind != "PasswordChosen"} == {"quan-tri"}
    assert entries[6].data == {"unit": "00001", "officer": "moi", "role": "handler", "on": "2026-04-01"}
    assert list(log.verify(offices.STREAM)) == []


def test_what_was_refused_leaves_nothing(admin: Officer) -> None:
    before = len(log.history(offices.STREAM))
    with pytest.raises(Refused):
        acts.establish([commune(), commune("00002", parent="99")], by=admin, at=AT)
    assert len(log.history(offices.STREAM)) == before


def test_changes_are_read_backwards_and_by_what_they_are_about(admin: Officer) -> None:
    first, second = acts.establish([commune(), commune("00002")], by=admin, at=AT)
    made = newcomer(second, admin)
    last, *_ = log.backwards(offices.STREAM, size=1, about={})
    assert (last.kind, last.data["officer"]) == ("Appointed", made.username)
    earlier = log.backwards(offices.STREAM, before=last.version, size=9, about={"unit": [second.code]})
    assert [entry.kind for entry in earlier] == ["AccountGiven", "UnitEstablished"]
    assert [e.kind for e in log.backwards(offices.STREAM, size=9, about={"unit": [first.code]})] == [
        "UnitEstablished"
    ]


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_moment_come_one_after_the_other() -> None:
    fact = offices.UnitClosed(at=AT, by="ai", unit="1", on="2026-04-01")

    def write(_: int) -> None:
        try:
            with transaction.atomic():
                log.record(offices.STREAM, [fact])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(12)))
    assert [entry.version for entry in log.history(offices.STREAM)] == list(range(1, 13))
    assert list(log.verify(offices.STREAM)) == []
