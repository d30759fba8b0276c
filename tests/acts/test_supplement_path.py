"""A supplement from proposal to new term, money typed wrong, and the hours of reception (Đ.17.2, 19.5, 24)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.dossiers import acts, duties, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.facts import FinancialDutyMet, Refused, SupplementReceived, load
from motcua.law.lifecycle import State
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BOTH = ["Đơn đề nghị", "Bản sao giấy tờ"]


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def waiting(crew: Cast) -> Dossier:
    dossier = crew.received()
    acts.request_supplement(dossier, items=BOTH, reason="Mờ", by=crew.officers.reception, at=MONDAY + HOUR)
    return dossier


def test_a_part_of_what_was_asked_for_is_not_received(crew: Cast) -> None:
    dossier, desk = waiting(crew), crew.officers.reception
    with pytest.raises(Refused, match="còn thiếu: Bản sao giấy tờ"):
        acts.receive_supplement(dossier, items=BOTH[:1], by=desk, at=MONDAY + DAY)
    assert dossier.state == State.SUPPLEMENT
    acts.receive_supplement(dossier, items=BOTH, by=desk, at=MONDAY + DAY)
    fact = log.read(dossier.stream).facts[-1]
    assert isinstance(fact, SupplementReceived)
    assert fact.items == tuple(BOTH)


def test_the_end_of_a_wait_says_what_is_promised_now(crew: Cast) -> None:
    dossier, who = waiting(crew), crew.officers
    acts.receive_supplement(dossier, by=who.reception, at=MONDAY + DAY)
    fact = log.read(dossier.stream).facts[-1]
    assert isinstance(fact, SupplementReceived)
    assert datetime.fromisoformat(fact.due) == dossier.due_at == datetime(2026, 11, 10, 17, 0, tzinfo=TZ)
    acts.request_duty(dossier, amount=1000, by=who.handler, at=MONDAY + 2 * DAY)
    acts.pay(dossier, amount=21000, means="bank", by=None, at=MONDAY + 3 * DAY)
    acts.meet_duty(dossier, by=who.handler, at=MONDAY + 3 * DAY)
    met = log.read(dossier.stream).facts[-1]
    assert isinstance(met, FinancialDutyMet)
    assert datetime.fromisoformat(met.due) == dossier.due_at


def test_before_acceptance_a_supplement_promises_nothing(crew: Cast) -> None:
    dossier, desk = acts.file_online(crew.filing(channel="online"), at=MONDAY), crew.officers.reception
    acts.request_supplement(dossier, items=BOTH, reason="Mờ", by=desk, at=MONDAY + HOUR)
    acts.receive_supplement(dossier, by=desk, at=MONDAY + DAY)
    assert log.read(dossier.stream).facts[-1].due == ""  # type: ignore[attr-defined]


def test_facts_written_before_they_said_so_still_load() -> None:
    old = {"at": MONDAY, "by": "x", "provision": ""}
    assert load("SupplementReceived", {"due": ""}, **old).items == ()  # type: ignore[attr-defined]
    told = {"result": "granted", "number": "1", "electronic": ""}
    assert load("Finished", told, **old).unheard == ""  # type: ignore[attr-defined]


def test_the_desk_may_send_a_proposal_back_and_be_asked_again(crew: Cast) -> None:
    dossier, who = crew.received(), crew.officers
    proposed = {"items": BOTH[:1], "reason": "Mờ", "by": who.handler}
    acts.propose_supplement(dossier, **proposed, at=MONDAY + HOUR)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.decline_supplement(dossier, reason="Đọc được", by=who.handler, at=MONDAY + 2 * HOUR)
    acts.decline_supplement(dossier, reason="Đọc được", by=who.reception, at=MONDAY + 2 * HOUR)
    assert not dossier.tasks.filter(step=duties.FORWARD_SUPPLEMENT[0]).exists()
    with pytest.raises(Refused, match="Không có đề nghị"):
        acts.decline_supplement(dossier, reason="Đọc được", by=who.reception, at=MONDAY + 2 * HOUR)
    acts.propose_supplement(dossier, **proposed, at=MONDAY + 3 * HOUR)
    acts.request_supplement(dossier, **proposed | {"by": who.reception}, at=MONDAY + 4 * HOUR)
    assert (dossier.supplements, list(queries.verify())) == (1, [])


def owing(crew: Cast) -> Dossier:
    dossier = crew.received()
    acts.request_duty(dossier, amount=3_000_000, by=crew.officers.handler, at=MONDAY + HOUR)
    return dossier


def test_an_amount_typed_wrong_is_put_right_before_it_is_paid(crew: Cast) -> None:
    dossier, handler = owing(crew), crew.officers.handler
    acts.correct_duty(dossier, amount=300_000, reason="Thừa số 0", by=handler, at=MONDAY + 2 * HOUR)
    assert queries.folded(dossier).standing.duty_owed == 320_000
    acts.correct_duty(dossier, amount=0, reason="Không phải nộp", by=handler, at=MONDAY + 3 * HOUR)
    assert queries.folded(dossier).standing.duty_owed == 20_000
    with pytest.raises(Refused, match="khác 0 đồng"):
        acts.correct_duty(dossier, amount=0, reason="Vẫn thế", by=handler, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="từ 0 đồng"):
        acts.correct_duty(dossier, amount=-1, reason="Sai", by=handler, at=MONDAY + 3 * HOUR)
    assert not list(queries.verify())


def test_no_amount_is_changed_once_something_was_paid(crew: Cast) -> None:
    dossier, handler = owing(crew), crew.officers.handler
    acts.pay(dossier, amount=1, means="bank", by=None, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="đã nộp tiền"):
        acts.correct_duty(dossier, amount=300_000, reason="Thừa số 0", by=handler, at=MONDAY + 3 * HOUR)
    acts.pay(dossier, amount=3_019_999, means="bank", by=None, at=MONDAY + 4 * HOUR)
    acts.meet_duty(dossier, by=handler, at=MONDAY + 4 * HOUR)
    with pytest.raises(Refused, match="không thể"):
        acts.correct_duty(dossier, amount=300_000, reason="Thừa số 0", by=handler, at=MONDAY + 5 * HOUR)


def late(at: datetime) -> set[str]:
    return set(Dossier.objects.filter(queries.received_late(at)).values_list("code", flat=True))


def test_reception_is_late_after_eight_working_hours_and_stays_so_when_it_answers(crew: Cast) -> None:
    dossier, due = acts.file_online(crew.filing(channel="online"), at=MONDAY), MONDAY + DAY
    assert (dossier.reception_due_at, dossier.reception_answered_at) == (due, None)
    assert (late(due), late(due + timedelta(minutes=1))) == (set(), {dossier.code})
    acts.accept(dossier, components=(), by=crew.officers.reception, at=due + HOUR)
    assert late(due + 30 * DAY) == {dossier.code}
    assert not list(queries.verify())


def test_reception_in_time_is_never_late(crew: Cast) -> None:
    dossier = acts.file_online(crew.filing(channel="online"), at=MONDAY)
    acts.accept(dossier, components=(), by=crew.officers.reception, at=MONDAY + DAY)
    crew.received()
    assert late(MONDAY + 30 * DAY) == set()


def test_one_late_stay_is_not_wiped_out_by_a_punctual_one(crew: Cast) -> None:
    dossier, desk = acts.file_online(crew.filing(channel="online"), at=MONDAY), crew.officers.reception
    acts.request_supplement(dossier, items=BOTH, reason="Mờ", by=desk, at=MONDAY + DAY + HOUR)
    acts.receive_supplement(dossier, by=desk, at=MONDAY + 2 * DAY)
    acts.accept(dossier, components=(), by=desk, at=MONDAY + 2 * DAY + HOUR)
    assert late(MONDAY + 30 * DAY) == {dossier.code}
    assert dossier.reception_answered_at == MONDAY + DAY + HOUR
