"""The counter turns away in one act: what is refused or wants papers is never left half written down."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log, wire
from motcua.journal.models import Entry
from motcua.law.facts import Refused
from motcua.law.lifecycle import State
from motcua.people.models import Role
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

ASKED = {"items": ["Bản sao giấy tờ"], "reason": "Thiếu bản sao"}


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def kinds(dossier: Dossier) -> list[str]:
    return [type(fact).__name__ for fact in log.read(dossier.stream).facts]


def test_a_refusal_at_the_counter_is_written_down_with_its_filing_in_one_statement(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, write = list[object](), wire.write
    monkeypatch.setattr(wire, "write", lambda parts: (written.append(parts), write(parts)))
    told = {"reason": "Sai nơi nộp", "by": crew.officers.reception}
    dossier = acts.refuse_at_counter(crew.filing(), **told, at=MONDAY)
    assert len(written) == 1
    assert kinds(dossier) == ["Filed", "ReceptionRefused"]
    assert (dossier.state, dossier.code, dossier.due_at) == (State.NOT_ACCEPTED, "H14.05-261102-0001", None)
    assert not dossier.tasks.exists()
    assert not list(queries.verify())


def test_a_supplement_asked_at_the_counter_runs_no_clock_until_all_is_received(crew: Cast) -> None:
    desk = crew.officers.reception
    dossier = acts.ask_at_counter(crew.filing(), **ASKED, by=desk, at=MONDAY)
    assert kinds(dossier) == ["Filed", "SupplementRequested"]
    assert (dossier.state, dossier.accepted_at, dossier.due_at) == (State.SUPPLEMENT, None, None)
    later = MONDAY + timedelta(days=1)
    acts.receive_supplement(dossier, by=desk, at=later)
    acts.accept(dossier, components=(), by=desk, at=later)
    assert dossier.accepted_at == later
    with pytest.raises(Refused, match="chỉ được yêu cầu bổ sung một lần"):
        acts.request_supplement(dossier, **ASKED, by=desk, at=later)
    assert not list(queries.verify())


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"items": ["Sổ hộ khẩu"], "reason": "Thiếu"}, "đã công khai: Sổ hộ khẩu"),
        ({"items": [], "reason": "Thiếu"}, "chưa chọn giấy tờ"),
        ({"items": ["Đơn đề nghị"], "reason": " "}, "Phải ghi rõ lý do"),
    ],
)
def test_what_may_not_be_asked_for_leaves_nothing_behind(
    crew: Cast, told: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        acts.ask_at_counter(crew.filing(), **told, by=crew.officers.reception, at=MONDAY)  # type: ignore[arg-type]
    assert not Dossier.objects.exists()
    assert not Entry.objects.filter(stream__startswith="ho-so").exists()


def test_a_refusal_without_a_reason_or_by_another_desk_leaves_nothing_behind(crew: Cast) -> None:
    stranger = cast.officer(Role.RECEPTION, crew.commune)
    for by, reason in (
        (crew.officers.reception, ""),
        (stranger, "Sai nơi"),
        (crew.officers.handler, "Sai nơi"),
    ):
        with pytest.raises(Refused):
            acts.refuse_at_counter(crew.filing(), reason=reason, by=by, at=MONDAY)
    assert not Dossier.objects.exists()


def test_a_second_click_finds_the_first_ones_dossier(crew: Cast) -> None:
    filing, desk = crew.filing(request_id=uuid4()), crew.officers.reception
    first = acts.refuse_at_counter(filing, reason="Sai nơi nộp", by=desk, at=MONDAY)
    again = acts.refuse_at_counter(filing, reason="Sai nơi nộp", by=desk, at=MONDAY)
    other = acts.ask_at_counter(filing, **ASKED, by=desk, at=MONDAY)
    assert {first.pk, again.pk, other.pk} == {Dossier.objects.get().pk}
    assert kinds(first) == ["Filed", "ReceptionRefused"]
