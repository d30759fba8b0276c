"""What postal operators may do at the desks given to them, and that it is all they may do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from motcua.dossiers import acts, queries
from motcua.journal import log
from motcua.law import offices
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people import acts as people
from motcua.people.models import DeskService, Officer, Post, Role, Unit, UnitKind
from motcua.tickets import queries as tickets
from tests import cast as casting
from tests.cast import BORN, MONDAY, Cast

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
POWERS = sorted({power for powers in access.POWERS.values() for power in powers})
GRANTED = {"receive", "receive_supplement", "return_result"}


@pytest.fixture
def cast() -> Cast:
    """With an administrator of the whole province."""
    found = casting.gather()
    found.officers.keeper = casting.officer(Role.ADMIN, found.province, "quan-tri")
    return found


def company(code: str = "BD", **changes: Any) -> people.NewUnit:
    told = {"name": "Bưu điện Mẫu", "kind": UnitKind.OPERATOR, "valid_from": BORN, "parent": "04"}
    return people.NewUnit(code, **(told | changes))


def given(cast: Cast, operator: Unit, desk: Unit, **changes: Any) -> DeskService:
    said = {"since": TODAY, "document": "12/HĐ", "decided_on": TODAY - timedelta(3)} | changes
    return people.give_desk(operator, desk=desk, **said, by=cast.officers.keeper, at=MONDAY)


@pytest.fixture
def operator(cast: Cast) -> Unit:
    return people.establish([company()], by=cast.officers.keeper, at=MONDAY)[0]


def hired(cast: Cast, operator: Unit, name: str = "buu-dien") -> Officer:
    post = people.NewPost(operator.code, Role.POSTAL, BORN)
    new = people.NewOfficer(name, "Nhân Viên Bưu Điện", posts=(post,))
    people.register([new], by=cast.officers.keeper, at=MONDAY)
    return Officer.objects.get(username=name)


def test_an_operator_holds_three_powers_at_its_desk_and_no_other_anywhere(cast: Cast) -> None:
    who = casting.operator(cast, cast.commune)
    places = [None, cast.commune, cast.department, cast.province, Unit.objects.get(code="BD")]
    held = [{power for power in POWERS if access.may(who, power, unit, TODAY)} for unit in places]
    assert held == [GRANTED, GRANTED, set(), set(), set()]


def test_no_step_of_a_process_is_an_operators(cast: Cast) -> None:
    who = casting.operator(cast, cast.commune)
    assert not any(access.may_step(who, role, cast.commune, TODAY) for role in Role)


def test_a_desk_below_the_one_given_is_not_given(cast: Cast) -> None:
    centre = Unit.objects.create(
        code="01273.90",
        agency_code="x",
        name="Trung tâm",
        kind="centre",
        parent=cast.commune,
        valid_from=BORN,
    )
    above, below = casting.operator(cast, cast.commune), casting.operator(cast, centre, code="BD2")
    assert not access.may(above, "receive", centre, TODAY)
    assert not access.may(below, "receive", cast.commune, TODAY)


def test_powers_last_as_long_as_the_desk_is_given(cast: Cast, operator: Unit) -> None:
    end = TODAY + timedelta(30)
    given(cast, operator, cast.commune, until=end)
    hired(cast, operator)
    who = Officer.objects.get(username="buu-dien")
    held = [access.may(who, "receive", cast.commune, day) for day in (TODAY - timedelta(1), TODAY, end)]
    assert held == [False, True, False]


def test_others_are_asked_no_question_more(cast: Cast, django_assert_num_queries: Any) -> None:
    who = Officer.objects.get(pk=cast.officers.reception.pk)
    with django_assert_num_queries(1):
        assert access.may(who, "receive", cast.department, TODAY)


def test_a_desk_is_given_once_at_a_time(cast: Cast, operator: Unit) -> None:
    given(cast, operator, cast.commune, until=TODAY + timedelta(30))
    with pytest.raises(Refused, match="đã giao cho Bưu điện Mẫu"):
        given(cast, operator, cast.commune, since=TODAY + timedelta(29))
    given(cast, operator, cast.commune, since=TODAY + timedelta(30))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"document": " "}, "số quyết định"),
        ({"until": TODAY}, "phải sau ngày giao"),
        ({"since": date(2019, 1, 1)}, "không tồn tại"),
    ],
)
def test_a_desk_is_given_by_a_document_for_a_time(
    cast: Cast, operator: Unit, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        given(cast, operator, cast.commune, **changes)


def test_a_desk_closed_meanwhile_is_not_given(cast: Cast, operator: Unit) -> None:
    Unit.objects.filter(pk=cast.commune.pk).update(valid_to=TODAY + timedelta(1))
    assert cast.commune.valid_to is None  # as the page read it
    with pytest.raises(Refused, match="không tồn tại"):
        given(cast, operator, cast.commune)


def test_only_an_operator_is_given_desks_and_only_desks(cast: Cast, operator: Unit) -> None:
    with pytest.raises(Refused, match="không phải doanh nghiệp"):
        given(cast, cast.department, cast.commune)
    with pytest.raises(Refused, match="không có Bộ phận Một cửa"):
        given(cast, operator, operator)


def test_only_who_keeps_the_units_gives_desks(cast: Cast, operator: Unit) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        people.give_desk(
            operator,
            desk=cast.commune,
            since=TODAY,
            document="1/HĐ",
            decided_on=TODAY,
            by=cast.officers.head,
            at=MONDAY,
        )


def test_days_that_have_gone_stay_the_operators(cast: Cast, operator: Unit) -> None:
    service = given(cast, operator, cast.commune, since=BORN)
    by = cast.officers.keeper
    with pytest.raises(Refused, match="đã qua"):
        people.end_desk(service, on=TODAY - timedelta(1), document="13/HĐ", by=by, at=MONDAY)
    people.end_desk(service, on=TODAY, document="13/HĐ", by=by, at=MONDAY)
    with pytest.raises(Refused, match="được giao từ"):
        people.end_desk(service, on=TODAY, document="13/HĐ", by=by, at=MONDAY)
    kinds = [entry.kind for entry in log.history(offices.STREAM)]
    assert kinds[-2:] == ["DeskGiven", "DeskTakenBack"]


def test_an_operator_with_a_desk_is_not_closed(cast: Cast, operator: Unit) -> None:
    given(cast, operator, cast.commune)
    with pytest.raises(Refused, match="Chưa thôi giao"):
        people.close(operator, on=TODAY + timedelta(1), by=cast.officers.keeper, at=MONDAY)


def test_an_operator_has_its_own_posts_and_no_other(cast: Cast, operator: Unit) -> None:
    by = cast.officers.keeper
    assert access.given(by, operator, TODAY) == [Role.POSTAL]
    assert Role.POSTAL not in access.given(by, cast.commune, TODAY)
    with pytest.raises(Refused, match="không có vị trí"):
        people.appoint(cast.officers.clerk, unit=operator, role=Role.HEAD, since=TODAY, by=by, at=MONDAY)
    with pytest.raises(Refused, match="không có vị trí"):
        people.appoint(
            cast.officers.clerk, unit=cast.commune, role=Role.POSTAL, since=TODAY, by=by, at=MONDAY
        )


def test_an_operator_has_no_divisions_with_posts_of_an_agency(cast: Cast, operator: Unit) -> None:
    below = company("BD.1", kind=UnitKind.DIVISION, parent=operator.code)
    with pytest.raises(Refused, match="không có đơn vị trực thuộc"):
        people.establish([below], by=cast.officers.keeper, at=MONDAY)


def test_nobody_works_for_an_agency_and_an_operator_at_once(cast: Cast, operator: Unit) -> None:
    by, who = cast.officers.keeper, hired(cast, operator)
    with pytest.raises(Refused, match="không giữ vị trí nào khác"):
        people.appoint(who, unit=cast.commune, role=Role.RECEPTION, since=TODAY, by=by, at=MONDAY)
    with pytest.raises(Refused, match="không giữ vị trí nào khác"):
        people.appoint(cast.officers.clerk, unit=operator, role=Role.POSTAL, since=TODAY, by=by, at=MONDAY)
    people.end_post(who.posts.get(), on=TODAY, by=by, at=MONDAY)
    people.appoint(who, unit=cast.commune, role=Role.RECEPTION, since=TODAY, by=by, at=MONDAY)
    assert not access.of_operator(Officer.objects.get(pk=who.pk), TODAY)


def test_no_day_that_has_gone_becomes_or_stops_being_an_operators(cast: Cast, operator: Unit) -> None:
    """Sheets are counted by who worked for whom on each day."""
    by, who, clerk = cast.officers.keeper, hired(cast, operator), cast.officers.clerk
    with pytest.raises(Refused, match="đã qua"):
        people.end_post(who.posts.get(), on=TODAY - timedelta(1), by=by, at=MONDAY)
    people.end_post(clerk.posts.get(), on=TODAY - timedelta(30), by=by, at=MONDAY)
    told = {"unit": operator, "role": Role.POSTAL, "by": by, "at": MONDAY}
    with pytest.raises(Refused, match="đã giữ vị trí ở cơ quan"):
        people.appoint(clerk, since=TODAY - timedelta(1), **told)
    people.appoint(clerk, since=TODAY, **told)


def test_who_left_an_operator_is_still_no_officer_of_an_agency(cast: Cast) -> None:
    who = casting.operator(cast, cast.commune)
    Post.objects.filter(officer=who).update(valid_to=TODAY)
    assert access.of_operator(Officer.objects.get(pk=who.pk), TODAY)


def test_an_operator_sees_the_dossiers_of_its_desks_and_no_others(cast: Cast) -> None:
    """Received there, wherever decided; not what the agency of that desk decides and others received."""
    who = casting.operator(cast, cast.department)
    elsewhere = casting.operator(cast, cast.commune, code="BD2")
    own = acts.receive(cast.filing(), by=who, at=MONDAY)
    other = acts.receive(cast.filing(receiving_unit=cast.commune), by=elsewhere, at=MONDAY)
    assert list(queries.readable(who, TODAY)) == [own]
    assert queries.may_read(who, queries.folded(own), TODAY)
    assert not queries.may_read(who, queries.folded(other), TODAY)
    assert list(queries.readable(elsewhere, TODAY)) == [other]


def test_what_an_operator_does_is_told_by_who_did_it(cast: Cast) -> None:
    who = casting.operator(cast, cast.department)
    dossier = acts.receive(cast.filing(), by=who, at=MONDAY)
    assert {fact.by for fact in log.read(dossier.stream).facts} == {who.username}


def refused(do: Any) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        do()


def test_an_operator_takes_no_money_and_turns_nobody_away(cast: Cast) -> None:
    who, at = casting.operator(cast, cast.department), MONDAY
    refused(lambda: acts.receive(cast.filing(), by=who, at=at, paid=20000))
    refused(lambda: acts.refuse_at_counter(cast.filing(), reason="không", by=who, at=at))
    refused(lambda: acts.ask_at_counter(cast.filing(), items=["Đơn đề nghị"], reason="thiếu", by=who, at=at))
    refused(lambda: acts.return_at_once(cast.filing(), number="1", by=who, at=at))


def test_an_operator_handles_and_decides_nothing_it_received(cast: Cast) -> None:
    who, at = casting.operator(cast, cast.department), MONDAY + timedelta(minutes=1)
    dossier = acts.receive(cast.filing(), by=who, at=MONDAY)
    refused(lambda: acts.finish(dossier, result="granted", number="1", by=who, at=at))
    refused(lambda: acts.withdraw(dossier, reason="rút", by=who, at=at))
    refused(lambda: acts.give_papers(dossier, by=who, at=at))
    with pytest.raises(Refused):
        acts.complete_step(dossier, step="giao", by=who, at=at)


def test_guidance_and_the_queue_are_open_where_an_operator_serves(cast: Cast) -> None:
    who = casting.operator(cast, cast.commune)
    asking = acts.Asking(uuid4(), cast.version, cast.commune, acts.Applicant(name="Nông Thị Mẫu"))
    given = acts.guide(asking, missing=[], content="Mang theo đơn", by=who, at=MONDAY)
    assert given.officer == who
    assert tickets.desks(who, TODAY) == [cast.commune]
    assert cast.commune in tickets.open_desks(TODAY)
