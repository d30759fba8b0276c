"""How a question looks in a row: its sign, the question itself, whom it is asked of."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from motcua.law.signs import Kind

from ..models import Question, State

LOOKS = {
    State.ASKED: ("circle-alert", "late"),
    State.ANSWERED: ("hourglass", "soon"),
    State.SETTLED: ("circle-check", ""),
}


def row(question: Question) -> dict[str, Any]:
    """A question as lists show it."""
    kind, (icon, tone) = Kind(question.kind), LOOKS[State(question.state)]
    return {
        "question": question,
        "url": reverse("question", args=[question.pk]),
        "label": kind.label,
        "ask": kind.ask,
        "officer": question.officer.full_name if question.officer else "",
        "icon": icon,
        "tone": tone,
    }
