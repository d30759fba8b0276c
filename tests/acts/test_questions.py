"""Questions: asked once of whom the facts name, answered, asked again, settled; what is said is kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from motcua.dossiers import acts as desk
from motcua.dossiers.models import Dossier
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.signs import Kind
from motcua.people.models import Role
from motcua.questions import acts, looking
from motcua.questions.models import Beginning, Question, Saying, State
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def asked(kind: Kind) -> Question:
    return Question.objects.get(kind=kind)


def idle(crew: Cast) -> Question:
    """A question about a step left lying, asked of its unit."""
    crew.received()
    looking.look(FRIDAY)
    return asked(Kind.IDLE)


def test_a_dossier_left_lying_is_asked_about_once_however_often_one_looks(crew: Cast) -> None:
    question = idle(crew)
    assert (question.unit, question.officer, question.state) == (crew.department, None, State.ASKED)
    assert looking.look(FRIDAY) == 0
    assert looking.look(FRIDAY + timedelta(days=2)) == 0
    assert Question.objects.filter(kind=Kind.IDLE).count() == 1


def test_an_open_dossier_is_looked_at_again_after_a_day_and_a_changed_one_at_once(crew: Cast) -> None:
    dossier = crew.received()
    looking.look(MONDAY)
    assert not looking.due(MONDAY + timedelta(hours=1)).exists()
    assert looking.due(MONDAY + timedelta(hours=25)).get() == dossier
    desk.withdraw(dossier, reason="đổi ý", by=crew.officers.reception, at=MONDAY + timedelta(hours=1))
    assert looking.due(MONDAY + timedelta(hours=1)).get() == dossier
    looking.look(MONDAY + timedelta(hours=1))
    assert not looking.due(FRIDAY).exists()


def test_a_dossier_received_again_after_a_stop_names_the_one_before(crew: Cast) -> None:
    first = crew.received()
    desk.stop(first, reason="không đủ điều kiện", by=crew.officers.signer, at=MONDAY + timedelta(hours=2))
    second = crew.received(MONDAY + timedelta(days=1))
    looking.look(MONDAY + timedelta(days=1, hours=1))
    question = asked(Kind.RECEIVED_AGAIN)
    assert (question.dossier, question.before, question.officer) == (second, first, crew.officers.reception)


def test_another_applicant_or_one_long_after_is_not_received_again(crew: Cast) -> None:
    first = crew.received()
    desk.withdraw(first, reason="đổi ý", by=crew.officers.reception, at=MONDAY + timedelta(hours=2))
    other = desk.Applicant(name="Người Khác", identity="004090000002")
    crew.received(MONDAY + timedelta(days=1), applicant=other)
    crew.received(MONDAY + timedelta(days=42))
    looking.look(MONDAY + timedelta(days=43))
    assert not Question.objects.filter(kind=Kind.RECEIVED_AGAIN).exists()


def test_what_was_recorded_before_signs_were_looked_for_is_not_asked_why_so_late(crew: Cast) -> None:
    dossier = crew.received()
    looking.look(datetime(2029, 1, 2, 9, tzinfo=TZ))
    assert not Question.objects.filter(kind=Kind.LATE_RECORD).exists()
    Beginning.objects.update(since=MONDAY)
    desk.withdraw(dossier, reason="đổi ý", by=crew.officers.reception, at=MONDAY + timedelta(hours=1))
    looking.look(datetime(2029, 1, 2, 10, tzinfo=TZ))
    assert Question.objects.filter(kind=Kind.LATE_RECORD).count() == 2


def test_a_question_is_answered_by_its_unit_asked_again_and_settled_by_its_head(crew: Cast) -> None:
    question, handler, head = idle(crew), crew.officers.handler, crew.officers.head
    acts.answer(question, text="Chờ kết quả đo đạc", by=handler, at=FRIDAY)
    acts.ask_again(question, text="Đo đạc từ ngày nào?", by=head, at=FRIDAY)
    question.refresh_from_db()
    assert question.state == State.ASKED
    acts.answer(question, text="Từ thứ ba", by=handler, at=FRIDAY)
    acts.settle(question, text="Có lý do, nhắc ghi sớm", by=head, at=FRIDAY)
    question.refresh_from_db()
    assert question.state == State.SETTLED
    assert [saying.what for saying in Saying.objects.all()] == ["answered", "again", "answered", "settled"]
    with pytest.raises(Refused, match="đã được xem xét xong"):
        acts.answer(question, text="thêm", by=handler, at=FRIDAY)


def test_nobody_settles_a_question_asked_of_themselves_nor_one_of_another_unit(crew: Cast) -> None:
    question = idle(crew)
    Question.objects.update(officer=crew.officers.head)
    with pytest.raises(Refused, match="là người được hỏi"):
        acts.settle(question, text="ổn", by=crew.officers.head, at=FRIDAY)
    stranger = cast.officer(Role.HEAD, crew.commune)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.settle(question, text="ổn", by=stranger, at=FRIDAY)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.answer(question, text="ổn", by=stranger, at=FRIDAY)
    control = cast.officer(Role.CONTROLLER, crew.province)
    acts.settle(question, text="Đã nhắc", by=control, at=FRIDAY)
    question.refresh_from_db()
    assert question.state == State.SETTLED


def test_nobody_settles_a_question_they_answered_themselves(crew: Cast) -> None:
    question, head = idle(crew), crew.officers.head
    acts.answer(question, text="Chờ kết quả đo đạc", by=head, at=FRIDAY)
    for wish in (acts.settle, acts.ask_again):
        with pytest.raises(Refused, match="đã giải trình câu hỏi này"):
            wish(question, text="ổn", by=head, at=FRIDAY)
    acts.settle(question, text="Đã nhắc", by=cast.officer(Role.CONTROLLER, crew.province), at=FRIDAY)
    question.refresh_from_db()
    assert question.state == State.SETTLED


def test_an_empty_answer_is_refused_and_nothing_is_half_done(crew: Cast) -> None:
    question = idle(crew)
    with pytest.raises(Refused, match="Hãy ghi nội dung"):
        acts.answer(question, text="  ", by=crew.officers.handler, at=FRIDAY)
    question.refresh_from_db()
    assert (Saying.objects.count(), question.state) == (0, State.ASKED)


def test_the_command_looks_and_counts_what_is_open(crew: Cast) -> None:
    crew.received()
    out = StringIO()
    call_command("questions", "--at", "2026-11-06T09:00", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["open"][Kind.IDLE] == 1
    assert found["asked"] == Question.objects.count()
    assert Dossier.objects.filter(look__isnull=True).count() == 0
