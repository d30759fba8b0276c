"""What people say about a question: answer it, ask again, settle it. Nothing said is ever changed (giải trình)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from . import queries
from .models import Question, Saying, State


@transaction.atomic(durable=True)
def answer(question: Question, *, text: str, by: Officer, at: datetime) -> None:
    """Giải trình: by whom it is asked, or another of the unit; may be said again until it is settled."""
    held = _held(question)
    if not queries.may_answer(by, held, day(at)):
        raise _refused(held, by, "giải trình câu hỏi này")
    _say(held, Saying.What.ANSWERED, State.ANSWERED, text, by, at)


@transaction.atomic(durable=True)
def ask_again(question: Question, *, text: str, by: Officer, at: datetime) -> None:
    """Hỏi lại, khi lời giải trình chưa đủ: says what is missing."""
    held = _held(question)
    if not queries.may_settle(by, held, day(at)):
        raise _refused(held, by, "hỏi lại câu hỏi này")
    _say(held, Saying.What.ASKED_AGAIN, State.ASKED, text, by, at)


@transaction.atomic(durable=True)
def settle(question: Question, *, text: str, by: Officer, at: datetime) -> None:
    """Ghi kết quả xem xét: by the head of the unit or the control office, never by whom it was asked of."""
    held = _held(question)
    if not queries.may_settle(by, held, day(at)):
        raise _refused(held, by, "ghi kết quả xem xét")
    _say(held, Saying.What.SETTLED, State.SETTLED, text, by, at)


def _held(question: Question) -> Question:
    # Two who speak at once come one after the other, each on what the other left.
    return (
        Question.objects.select_for_update(of=("self",)).select_related("unit", "officer").get(pk=question.pk)
    )


def _refused(question: Question, by: Officer, what: str) -> Refused:
    if question.state == State.SETTLED:
        return Refused("Câu hỏi này đã được xem xét xong")
    if question.officer == by:
        return Refused(f"{by.full_name} là người được hỏi nên không thể {what}", access.SOURCE)
    if question.sayings.filter(by=by, what=Saying.What.ANSWERED).exists():
        return Refused(f"{by.full_name} đã giải trình câu hỏi này nên không thể {what}", access.SOURCE)
    return Refused(f"{by.full_name} không có thẩm quyền {what}", access.SOURCE)


def _say(question: Question, what: str, state: str, text: str, by: Officer, at: datetime) -> None:
    if not text.strip():
        raise Refused("Hãy ghi nội dung")
    Saying.objects.create(question=question, what=what, text=text.strip(), by=by, at=at)
    Question.objects.filter(pk=question.pk).update(state=state)
