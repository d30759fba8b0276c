"""A group of inter-agency dossiers and a project: one filing, each dossier its own clock, results passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.catalogue import acts as catalogue
from motcua.catalogue.models import Bundle, BundleKind, Version
from motcua.dossiers import acts, inputs, queries
from motcua.dossiers.models import Dossier, Group
from motcua.journal import log
from motcua.law.facts import Accepted, InputReceived, Refused
from motcua.law.lifecycle import State
from motcua.people.models import Role
from tests.cast import MONDAY, Cast, gather, officer, operator, published_process, published_version

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BIRTH, HOME, CARE = "1.000001", "1.000002", "1.000003"


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def versions(cast: Cast) -> Mapping[str, Version]:
    found = {BIRTH: cast.version}
    for code in (HOME, CARE):
        found[code] = published_version("3", "ngày làm việc", code)
        published_process(found[code].procedure)
    return found


def member(key: str, procedure: str, *needs: str, lead: bool = False) -> dict[str, Any]:
    return {"key": key, "procedure": procedure, "name": f"Thủ tục {key}", "needs": list(needs), "lead": lead}


def bundle(kind: str = BundleKind.GROUP, *members: dict[str, Any], **about: Any) -> Bundle:
    """Khai sinh, then residence, then insurance: published."""
    drawn = members or (
        member("khai-sinh", BIRTH, lead=True),
        member("thuong-tru", HOME, "khai-sinh"),
        member("bhyt", CARE, "khai-sinh"),
    )
    given = {
        "code": "tre-em",
        "name": "Khai sinh, thường trú, thẻ bảo hiểm y tế",
        "valid_from": date(2025, 7, 1),
    }
    made = Bundle(kind=kind, members=list(drawn), decision="9/QĐ-UBND", **(given | about))
    return catalogue.publish_bundle(made, by=None, at=MONDAY)


@pytest.fixture
def children(versions: Mapping[str, Version]) -> Bundle:
    return bundle()


PAPERS = (
    {"code": "", "name": "Đơn đề nghị", "origin": "scan"},
    {"code": "", "name": "Giấy không ai cần", "origin": "scan"},
)


def filing(cast: Cast, versions: Mapping[str, Version], of: Bundle, **changes: Any) -> acts.GroupFiling:
    choices = {m["key"]: acts.Choice(versions[m["procedure"]], cast.department) for m in of.members}
    given: dict[str, Any] = {
        "request_id": uuid4(),
        "bundle": of,
        "channel": "direct",
        "receiving_unit": cast.department,
        "applicant": acts.Applicant(name="Nông Thị Mẫu", identity="004090000001"),
        "choices": choices,
        "papers": PAPERS,
    }
    return acts.GroupFiling(**(given | changes))


@pytest.fixture
def group(cast: Cast, versions: Mapping[str, Version], children: Bundle) -> Group:
    return acts.open_group(filing(cast, versions, children), by=cast.officers.reception, at=MONDAY)


def dossiers(group: Group) -> dict[str, Dossier]:
    return {
        m.key: m.dossier for m in group.members.select_related("dossier__version__procedure") if m.dossier
    }


def through(cast: Cast, dossier: Dossier, at: datetime, result: str = "granted") -> None:
    """Every step of a dossier done, and its result written down."""
    for n, step in enumerate(("giao", "tham", "xacminh", "ky", "so")):
        cast.does(dossier, step, at + n * timedelta(minutes=1), result)
    why = {"reason": "Không đủ điều kiện"} if result == "refused" else {}
    acts.finish(dossier, result=result, number="1/GXN", by=cast.officers.signer, at=at + HOUR, **why)


def sound() -> bool:
    return list(queries.verify()) == [] and list(log.verify()) == []


def test_one_filing_makes_one_group_with_its_own_code_and_a_dossier_for_each_procedure(group: Group) -> None:
    found = dossiers(group)
    assert group.code == "H14.05-261102-0001"
    assert [found[key].code for key in ("khai-sinh", "thuong-tru", "bhyt")] == [
        "H14.05-261102-0002",
        "H14.05-261102-0003",
        "H14.05-261102-0004",
    ]
    assert {d.applicant for d in found.values()} == {"Nông Thị Mẫu"}
    assert sound()


def test_the_group_carries_the_code_of_the_receiving_desk_not_of_who_decides(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    choices = {m["key"]: acts.Choice(versions[m["procedure"]], cast.commune) for m in children.members}
    made = acts.open_group(
        filing(cast, versions, children, choices=choices), by=cast.officers.reception, at=MONDAY
    )
    assert made.code.startswith("H14.05-")
    assert {d.code[:8] for d in dossiers(made).values()} == {"H14.201-"}


def test_handed_in_online_the_group_carries_the_code_of_the_national_portal(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    made = acts.open_group(filing(cast, versions, children, channel="online"), by=None, at=MONDAY)
    assert made.code == "DVCQG-261102-0001"
    assert {d.state for d in dossiers(made).values()} == {State.REGISTERED}
    assert sound()


def test_online_the_hours_to_receive_run_from_the_last_result_a_member_waited_for(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    made = acts.open_group(filing(cast, versions, children, channel="online"), by=None, at=MONDAY)
    found = dossiers(made)
    assert found["khai-sinh"].reception_due_at is not None
    assert found["bhyt"].reception_due_at is None
    acts.accept(found["khai-sinh"], components=[], by=cast.officers.reception, at=MONDAY + HOUR)
    through(cast, found["khai-sinh"], MONDAY + DAY)
    inputs.supply(found["khai-sinh"].code)
    waiting = found["bhyt"]
    waiting.refresh_from_db()
    assert waiting.state == State.REGISTERED
    assert waiting.reception_due_at == MONDAY + 2 * DAY + HOUR
    acts.accept(waiting, components=[], by=cast.officers.reception, at=MONDAY + DAY + 2 * HOUR)
    assert sound()


def test_only_what_waits_for_nothing_is_accepted_at_once(group: Group) -> None:
    found = dossiers(group)
    assert found["khai-sinh"].accepted_at == MONDAY
    for key in ("thuong-tru", "bhyt"):
        assert (found[key].state, found[key].accepted_at) == (State.REGISTERED, None)
        [task] = found[key].tasks.all()
        assert (task.step, task.waiting, task.due_at) == ("@cho-ket-qua", True, None)


def test_a_member_that_waits_cannot_be_accepted_by_hand(cast: Cast, group: Group) -> None:
    with pytest.raises(Refused, match=r"còn chờ kết quả của hồ sơ H14\.05-261102-0002"):
        acts.accept(dossiers(group)["bhyt"], components=[], by=cast.officers.reception, at=MONDAY + HOUR)


def test_papers_given_once_reach_each_member_that_asks_for_them(cast: Cast, group: Group) -> None:
    found = dossiers(group)
    through(cast, found["khai-sinh"], MONDAY + HOUR)
    inputs.supply(found["khai-sinh"].code)
    for key in ("khai-sinh", "bhyt"):
        accepted = queries.folded(found[key]).standing.accepted
        assert accepted is not None
        names = [paper["name"] for paper in accepted.components]
        assert names[0] == "Đơn đề nghị"
        assert "Giấy không ai cần" not in names


def test_a_result_starts_the_clock_of_those_that_waited_for_it_at_its_moment(
    cast: Cast, group: Group
) -> None:
    found = dossiers(group)
    through(cast, found["khai-sinh"], MONDAY + DAY)
    inputs.supply(found["khai-sinh"].code)
    for key in ("thuong-tru", "bhyt"):
        found[key].refresh_from_db()
        assert found[key].accepted_at == MONDAY + DAY + HOUR
        assert found[key].due_at is not None
        accepted = queries.folded(found[key]).standing.accepted
        assert accepted is not None
        assert accepted.components[-1]["name"] == f"Giấy xác nhận (hồ sơ {found['khai-sinh'].code})"
    assert sound()


def test_telling_twice_changes_nothing(cast: Cast, group: Group) -> None:
    found = dossiers(group)
    through(cast, found["khai-sinh"], MONDAY + HOUR)
    inputs.supply(found["khai-sinh"].code)
    before = queries.folded(found["bhyt"]).past.version
    inputs.supply(found["khai-sinh"].code)
    assert queries.folded(found["bhyt"]).past.version == before


def test_finishing_queues_the_job_only_for_a_dossier_of_a_group(cast: Cast, group: Group) -> None:
    alone = cast.received()
    through(cast, alone, MONDAY + HOUR)
    assert _jobs() == []
    through(cast, dossiers(group)["khai-sinh"], MONDAY + HOUR)
    assert _jobs() == [dossiers(group)["khai-sinh"].code]


def _jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'code' FROM procrastinate_jobs WHERE task_name = 'dossiers.supply'")
        return [code for (code,) in cursor.fetchall()]


def test_an_input_that_is_refused_leaves_the_desk_to_decide(cast: Cast, group: Group) -> None:
    found = dossiers(group)
    through(cast, found["khai-sinh"], MONDAY + HOUR, result="refused")
    inputs.supply(found["khai-sinh"].code)
    waiting = found["bhyt"]
    waiting.refresh_from_db()
    assert waiting.state == State.REGISTERED
    [task] = waiting.tasks.all()
    assert (task.step, task.waiting) == ("@tiep-nhan", False)
    assert task.due_at is not None
    with pytest.raises(Refused, match="kết thúc mà không có kết quả"):
        acts.accept(waiting, components=[], by=cast.officers.reception, at=MONDAY + DAY)
    acts.refuse_reception(
        waiting, reason="Chưa có giấy khai sinh", by=cast.officers.reception, at=MONDAY + DAY
    )
    assert sound()


def test_a_member_withdrawn_leaves_those_that_waited_for_it_to_the_desk(cast: Cast, group: Group) -> None:
    found = dossiers(group)
    acts.withdraw(found["khai-sinh"], reason="Đổi ý", by=None, at=MONDAY + HOUR)
    inputs.supply(found["khai-sinh"].code)
    assert queries.folded(found["bhyt"]).standing.lacking == (found["khai-sinh"].code,)
    assert sound()


def test_an_applicant_may_withdraw_a_member_that_still_waits_and_the_result_then_finds_nobody(
    cast: Cast, group: Group
) -> None:
    found = dossiers(group)
    acts.withdraw(found["bhyt"], reason="Không cần nữa", by=None, at=MONDAY + HOUR)
    through(cast, found["khai-sinh"], MONDAY + 2 * HOUR)
    inputs.supply(found["khai-sinh"].code)
    kinds = [type(fact) for fact in queries.folded(found["bhyt"]).facts]
    assert InputReceived not in kinds
    assert sound()


def test_a_member_that_waits_for_two_is_accepted_with_the_second(
    cast: Cast, versions: Mapping[str, Version]
) -> None:
    both = bundle(
        BundleKind.GROUP,
        member("a", BIRTH, lead=True),
        member("b", HOME),
        member("c", CARE, "a", "b"),
        code="hai",
    )
    made = acts.open_group(filing(cast, versions, both), by=cast.officers.reception, at=MONDAY)
    found = dossiers(made)
    through(cast, found["a"], MONDAY + HOUR)
    inputs.supply(found["a"].code)
    assert queries.folded(found["c"]).standing.accepted is None
    through(cast, found["b"], MONDAY + 4 * HOUR)
    inputs.supply(found["b"].code)
    accepted = queries.folded(found["c"]).standing.accepted
    assert accepted is not None
    assert accepted.at == MONDAY + 5 * HOUR
    assert len([paper for paper in accepted.components if paper["origin"] == "reused"]) == 2


def test_a_result_that_comes_while_a_supplement_is_awaited_is_kept(cast: Cast, group: Group) -> None:
    found, desk = dossiers(group), cast.officers.reception
    acts.request_supplement(found["bhyt"], items=["Đơn đề nghị"], reason="Mờ", by=desk, at=MONDAY + HOUR)
    through(cast, found["khai-sinh"], MONDAY + 2 * HOUR)
    inputs.supply(found["khai-sinh"].code)
    acts.receive_supplement(found["bhyt"], by=desk, at=MONDAY + DAY)
    acts.accept(found["bhyt"], components=[], by=desk, at=MONDAY + DAY + HOUR)
    assert sound()


def test_the_same_filing_twice_is_the_same_group(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    once = filing(cast, versions, children)
    first = acts.open_group(once, by=cast.officers.reception, at=MONDAY)
    again = acts.open_group(once, by=cast.officers.reception, at=MONDAY + HOUR)
    assert (again.pk, Group.objects.count(), Dossier.objects.count()) == (first.pk, 1, 3)


def test_fees_taken_at_the_counter_are_those_of_what_is_accepted_now(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    made = acts.open_group(filing(cast, versions, children), by=cast.officers.reception, at=MONDAY, paid=True)
    assert {key: d.paid for key, d in dossiers(made).items()} == {
        "khai-sinh": 20000,
        "thuong-tru": 0,
        "bhyt": 0,
    }


@pytest.mark.parametrize("wrong", ["missing", "other procedure", "ended", "online at the desk"])
def test_what_is_no_whole_group_is_refused_and_leaves_nothing(
    cast: Cast, versions: Mapping[str, Version], children: Bundle, wrong: str
) -> None:
    told = filing(cast, versions, children)
    if wrong == "missing":
        told = replace(told, choices={k: c for k, c in told.choices.items() if k != "bhyt"})
    elif wrong == "other procedure":
        told = replace(told, choices=dict(told.choices) | {"bhyt": told.choices["khai-sinh"]})
    elif wrong == "ended":
        bundle(BundleKind.GROUP, *children.members, name="Tên mới", valid_from=MONDAY.date())
        told = replace(told, bundle=Bundle.objects.get(pk=children.pk))
    else:
        told = replace(told, channel="online")
    with pytest.raises(Refused):
        acts.open_group(told, by=cast.officers.reception, at=MONDAY)
    assert (Group.objects.count(), Dossier.objects.count()) == (0, 0)


def test_who_does_not_receive_there_opens_no_group(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    for who in (cast.officers.handler, officer(Role.RECEPTION, cast.commune)):
        with pytest.raises(Refused, match="không có thẩm quyền"):
            acts.open_group(filing(cast, versions, children), by=who, at=MONDAY)


# Projects


@pytest.fixture
def project(cast: Cast, versions: Mapping[str, Version]) -> Group:
    plan = bundle(
        BundleKind.PROJECT,
        member("dau-tu", BIRTH, lead=True),
        member("dat", HOME, "dau-tu"),
        member("xay", CARE, "dat"),
        code="du-an",
        name="Dự án đầu tư",
    )
    told = filing(cast, versions, plan, choices={}, papers=(), name="Nhà máy gạch")
    return acts.open_group(told, by=cast.officers.reception, at=MONDAY)


def test_a_project_is_planned_first_and_its_dossiers_come_one_by_one(cast: Cast, project: Group) -> None:
    assert dossiers(project) == {}
    dossier = cast.received(MONDAY + HOUR)
    acts.attach(project, member="dau-tu", dossier=dossier, by=cast.officers.reception, at=MONDAY + 2 * HOUR)
    assert dossiers(project)["dau-tu"].pk == dossier.pk
    assert sound()


@pytest.mark.parametrize("wrong", ["procedure", "key", "twice"])
def test_a_dossier_that_does_not_fit_is_not_attached(cast: Cast, project: Group, wrong: str) -> None:
    dossier, desk = cast.received(MONDAY), cast.officers.reception
    key = {"procedure": "dat", "key": "khong-co", "twice": "dau-tu"}[wrong]
    if wrong == "twice":
        acts.attach(project, member=key, dossier=dossier, by=desk, at=MONDAY + HOUR)
    with pytest.raises(Refused):
        acts.attach(project, member=key, dossier=dossier, by=desk, at=MONDAY + 2 * HOUR)


def test_nothing_is_attached_to_a_group_that_was_handed_in_whole(cast: Cast, group: Group) -> None:
    with pytest.raises(Refused):
        acts.attach(
            group, member="bhyt", dossier=cast.received(), by=cast.officers.reception, at=MONDAY + HOUR
        )


# Definitions


def test_a_published_bundle_is_final_and_ends_where_the_next_begins(children: Bundle) -> None:
    assert bundle().pk == children.pk
    later = bundle(BundleKind.GROUP, *children.members, name="Tên mới", valid_from=date(2026, 12, 1))
    children.refresh_from_db()
    assert (later.number, children.valid_to) == (2, date(2026, 12, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.filter(pk=later.pk).update(name="Khác")


@pytest.mark.parametrize(
    "members",
    [
        [member("a", BIRTH, "b", lead=True), member("b", HOME, "a")],
        [member("a", BIRTH), member("b", HOME)],
        [member("a", BIRTH, lead=True), member("a", HOME)],
        [member("a", "9.999999", lead=True)],
        [member("a", BIRTH, "x", lead=True)],
    ],
)
def test_a_bundle_that_cannot_be_followed_is_not_published(
    versions: Mapping[str, Version], members: list[dict[str, Any]]
) -> None:
    with pytest.raises(Refused):
        bundle(BundleKind.GROUP, *members, code="sai")
    assert not Bundle.objects.exists()


def test_no_other_desk_attaches_to_a_project(cast: Cast, project: Group) -> None:
    stranger = officer(Role.RECEPTION, cast.commune)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.attach(project, member="dau-tu", dossier=cast.received(), by=stranger, at=MONDAY + HOUR)


def test_members_of_a_group_tell_of_their_acceptance_by_the_system(cast: Cast, group: Group) -> None:
    found = dossiers(group)
    through(cast, found["khai-sinh"], MONDAY + HOUR)
    inputs.supply(found["khai-sinh"].code)
    accepted = [fact for fact in queries.folded(found["bhyt"]).facts if isinstance(fact, Accepted)]
    assert [fact.by for fact in accepted] == ["system"]


def test_a_row_of_a_group_that_says_otherwise_than_its_facts_is_found(group: Group) -> None:
    member = group.members.get(key="bhyt")
    member.dossier = dossiers(group)["khai-sinh"]
    group.members.filter(key="khai-sinh").update(dossier=None)
    member.save()
    assert {found.field for found in queries.verify()} == {"member bhyt", "member khai-sinh"}


def test_who_takes_no_fees_opens_a_group_without_them(
    cast: Cast, versions: Mapping[str, Version], children: Bundle
) -> None:
    by = operator(cast, cast.department)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.open_group(filing(cast, versions, children), by=by, at=MONDAY, paid=True)
    assert acts.open_group(filing(cast, versions, children), by=by, at=MONDAY).pk
