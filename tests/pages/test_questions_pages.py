"""The pages of questions: who sees which, what shows it, and what is said about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.law.signs import Kind
from motcua.people.models import Officer, Role
from motcua.questions import looking
from motcua.questions.models import Question, Saying, State
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = MONDAY + timedelta(days=4)


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


@pytest.fixture
def question(crew: Cast) -> Question:
    crew.received()
    looking.look(FRIDAY)
    return Question.objects.get(kind=Kind.IDLE)


def test_the_list_says_what_is_asked_of_whom_and_opens_the_dossier(crew: Cast, question: Question) -> None:
    page = signed_in(crew.officers.head).get(reverse("questions")).content.decode()
    assert Kind.IDLE.label in page
    assert question.what in page
    assert reverse("dossier", args=[question.dossier.code]) in page


def test_an_empty_list_says_when_questions_come(crew: Cast) -> None:
    page = signed_in(crew.officers.head).get(reverse("questions")).content.decode()
    assert "được xem mỗi giờ" in page


def test_another_unit_neither_sees_nor_answers(crew: Cast, question: Question) -> None:
    stranger = signed_in(cast.officer(Role.HEAD, crew.commune))
    assert question.what not in stranger.get(reverse("questions")).content.decode()
    assert stranger.get(reverse("question", args=[question.pk])).status_code == 403
    assert signed_in(crew.officers.head).get(reverse("question", args=[10_000])).status_code == 404


def test_an_answer_is_written_on_the_page_and_stands_there(crew: Cast, question: Question) -> None:
    handler, address = signed_in(crew.officers.handler), reverse("question", args=[question.pk])
    assert "Tiếp nhận hồ sơ" in handler.get(address).content.decode()
    assert handler.post(address, {"text": "", "do": "giai-trinh"}).status_code == 200
    assert handler.post(address, {"text": "Chờ đo đạc", "do": "giai-trinh"}).status_code == 302
    assert "Chờ đo đạc" in handler.get(address).content.decode()
    question.refresh_from_db()
    assert question.state == State.ANSWERED


def test_what_happened_at_one_moment_is_shown_in_its_order(crew: Cast, question: Question) -> None:
    page = signed_in(crew.officers.head).get(reverse("question", args=[question.pk])).content.decode()
    evidence = page[page.index("bang-chung") :]
    assert evidence.index("nộp hồ sơ") < evidence.index("Tiếp nhận hồ sơ")


def test_who_may_not_settle_has_no_button_and_keeps_the_typed_text_when_refused(
    crew: Cast, question: Question
) -> None:
    handler, address = signed_in(crew.officers.handler), reverse("question", args=[question.pk])
    assert 'value="xem-xet"' not in handler.get(address).content.decode()
    refused = handler.post(address, {"text": "Tôi thấy ổn", "do": "xem-xet"})
    assert refused.status_code == 409
    assert "Tôi thấy ổn" in refused.content.decode()
    assert not Saying.objects.exists()
    assert handler.post(address, {"text": "x", "do": "khac"}).status_code == 404


def test_the_page_of_a_dossier_shows_what_is_asked_about_it(crew: Cast, question: Question) -> None:
    client, code = signed_in(crew.officers.head), question.dossier.code
    address = reverse("dossier-questions", args=[code])
    assert address in client.get(reverse("dossier", args=[code])).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert question.what in part
    assert "<html" not in part


def test_the_list_asks_as_much_for_sixty_questions_as_for_one(crew: Cast, question: Question) -> None:
    client = signed_in(crew.officers.head)
    client.get(reverse("questions"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("questions"))
    told = {
        name: getattr(question, name)
        for name in ("kind", "what", "version", "happened_at", "unit", "asked_at")
    }
    Question.objects.bulk_create(Question(dossier=question.dossier, key=f"x{n}", **told) for n in range(60))
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("questions"))
    assert len(many) == len(few) <= 20
    assert "50 câu hỏi" in page.content.decode()
    older = client.get(
        reverse("questions") + f"?sau={Question.objects.order_by('-pk')[49].pk}"
    ).content.decode()
    assert question.what in older
