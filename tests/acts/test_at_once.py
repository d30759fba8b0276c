"""Results handed out at once: only where the published process says so, through the same facts as any other."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier, Task
from motcua.journal import log
from motcua.law.facts import Refused
from motcua.law.lifecycle import State
from motcua.law.process import Flow, Kind, Node, Process
from motcua.people import access
from motcua.people.models import Role, Unit, UnitKind
from tests.cast import BORN, MONDAY, Cast, gather, officer

pytestmark = pytest.mark.django_db


def desk_alone() -> Process:
    """A process whose only step is the desk's."""
    nodes = [
        Node("bd", Kind.START),
        Node("lam", Kind.STEP, "Đối chiếu, trả kết quả", Role.RECEPTION),
        Node("kt", Kind.END),
    ]
    return Process.of(nodes, [Flow(a.id, b.id) for a, b in itertools.pairwise(nodes)])


@pytest.fixture
def cast() -> Cast:
    return gather(desk_alone())


def returned(cast: Cast, **said: object) -> Dossier:
    told = {"number": "15/SY", "by": cast.officers.reception, "at": MONDAY, "paid": 20000, **said}
    return acts.return_at_once(cast.filing(), **told)  # type: ignore[arg-type]


def test_one_act_leaves_every_fact_of_reception_and_result(cast: Cast) -> None:
    dossier = returned(cast)
    facts = log.read(dossier.stream).facts
    assert [type(fact).__name__ for fact in facts] == [
        "Filed",
        "Accepted",
        "StepDone",
        "FeePaid",
        "Finished",
        "ResultReturned",
    ]
    assert facts[1].provision == "NĐ 118/2025/NĐ-CP Đ.17.4"
    assert (dossier.state, dossier.paid, dossier.returned_at) == (State.RETURNED, 20000, MONDAY)
    assert Task.objects.count() == 0
    assert list(queries.verify()) == []


def test_handing_in_twice_returns_once(cast: Cast) -> None:
    filing, told = (
        cast.filing(),
        {"number": "15/SY", "by": cast.officers.reception, "at": MONDAY, "paid": 20000},
    )
    assert acts.return_at_once(filing, **told) == acts.return_at_once(filing, **told)  # type: ignore[arg-type]
    assert Dossier.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "why"), [({"paid": 0}, "20.000 đồng"), ({"number": " "}, "số, ký hiệu kết quả")]
)
def test_nothing_is_handed_out_unpaid_or_without_a_number(
    cast: Cast, said: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        returned(cast, **said)
    assert Dossier.objects.count() == 0


def test_a_process_with_others_work_in_it_does_not_end_at_the_desk() -> None:
    cast = gather()
    with pytest.raises(Refused, match="không kết thúc ngay tại quầy"):
        returned(cast)


def test_a_desk_that_receives_for_another_agency_hands_out_nothing_at_once(cast: Cast) -> None:
    far = officer(Role.RECEPTION, cast.commune)
    filing = replace(cast.filing(), receiving_unit=cast.commune)
    with pytest.raises(Refused, match="Chỉ quầy của Sở Mẫu"):
        acts.return_at_once(filing, number="1", by=far, at=MONDAY, paid=20000)


def test_only_the_desk_hands_out_at_once(cast: Cast) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        returned(cast, by=cast.officers.signer)


def test_whose_desk_a_desk_is(cast: Cast) -> None:
    def unit(code: str, kind: UnitKind, parent: Unit) -> Unit:
        return Unit.objects.create(
            code=code, agency_code=f"H14.{code}", name=code, kind=kind, parent=parent, valid_from=BORN
        )

    centre = unit("91", UnitKind.CENTRE, cast.province)
    village = unit("92", UnitKind.CENTRE, cast.commune)
    assert access.own_desk(cast.department, cast.department)
    assert access.own_desk(centre, cast.department)
    assert access.own_desk(village, cast.commune)
    assert not access.own_desk(village, cast.department)
    assert not access.own_desk(centre, cast.commune)
    assert not access.own_desk(cast.commune, cast.department)
