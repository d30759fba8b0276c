"""Which questions an officer may read, and what each may say to one (ai đọc, ai trả lời câu hỏi giải trình)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from motcua.dossiers import queries as dossiers
from motcua.people import access
from motcua.people.models import Officer

from .models import OPEN, Question, Saying, State

RELATED = ("dossier__version__procedure", "unit", "officer", "before")


def readable(officer: Officer, on: date) -> QuerySet[Question]:
    """The questions asked of an officer, and those asked of the units where the posts of the officer reach."""
    units = dossiers.reach(officer, on)
    found = Question.objects.all()
    return found if units is None else found.filter(Q(officer=officer) | Q(unit__in=units))


def question_for(officer: Officer, key: int, on: date) -> Question:
    """One question an officer may read. Raises Http404 or PermissionDenied."""
    question = Question.objects.select_related(*RELATED).filter(pk=key).first()
    if question is None:
        raise Http404(f"Không có câu hỏi số {key}")
    if not readable(officer, on).filter(pk=key).exists():
        raise PermissionDenied(f"{officer.full_name} không giữ vị trí nào ở đơn vị được hỏi")
    return question


def of_dossier(code: str) -> QuerySet[Question]:
    """Everything asked about one dossier, in the order it happened."""
    return Question.objects.filter(dossier__code=code).select_related(*RELATED).order_by("happened_at", "pk")


def may_answer(officer: Officer, question: Question, on: date) -> bool:
    """Whether the officer may answer: it is asked of them, or of nobody by name in a unit where they hold a post."""
    if question.state == State.SETTLED:
        return False
    held = any(access.may_step(officer, post.role, question.unit, on) for post in access.posts(officer, on))
    return question.officer == officer or held


def may_settle(officer: Officer, question: Question, on: date) -> bool:
    """Whether the officer may settle it or ask again: the head of the unit or the control office, never oneself."""
    if question.state not in OPEN or question.officer == officer or _answered(officer, question):
        return False
    return access.may(officer, "settle", question.unit, on) or access.may(officer, "settle_any", None, on)


def _answered(officer: Officer, question: Question) -> bool:
    return question.sayings.filter(by=officer, what=Saying.What.ANSWERED).exists()
