"""One question: what shows it, what was said, and what may be said now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers import queries as dossiers
from motcua.dossiers import telling
from motcua.dossiers.views.links import DeskRequest
from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.signs import Kind
from motcua.people.models import Officer
from motcua.ui.templatetags import ui

from .. import queries
from ..forms import ACTS, SayForm
from ..models import Question, Saying
from .shown import row

AROUND = 3
WISHES = {"giai-trinh": "Giải trình", "hoi-lai": "Hỏi lại", "xem-xet": "Ghi kết quả xem xét"}
SAYINGS = {
    Saying.What.ANSWERED: ("user", ""),
    Saying.What.ASKED_AGAIN: ("rotate-ccw", "pause"),
    Saying.What.SETTLED: ("circle-check", "ok"),
}


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, key: int) -> HttpResponse:
    """A question; posted to, something is said about it, and what was typed is kept when it is refused."""
    at, wish = timezone.now(), request.POST.get("do", "")
    question = queries.question_for(request.user, key, day(at))
    form, refusal = SayForm(request.POST or None), None
    if request.method == "POST":
        if wish not in ACTS:
            raise Http404(f"Không có việc {wish}")
        if form.is_valid():
            try:
                form.act(wish, question, by=request.user, at=at)
            except Refused as refused:
                refusal, question = refused, queries.question_for(request.user, key, day(at))
            else:
                messages.success(request, f"Đã ghi: {WISHES[wish].lower()}.")
                return redirect("question", key)
    shown = _told(request.user, question, at) | {"form": form, "refusal": refusal}
    return render(request, "questions/question.html", shown, status=409 if refusal else 200)


@require_safe
def of_dossier(request: DeskRequest, code: str) -> HttpResponse:
    """What was asked about one dossier; the page of the dossier takes the part."""
    on = day(timezone.now())
    dossier = dossiers.dossier_for(request.user, code, on).dossier
    asked = queries.of_dossier(code) & queries.readable(request.user, on)
    shown = {
        "dossier": dossier,
        "rows": [row(question) for question in asked],
        "crumbs": [
            {"label": "Hồ sơ", "url": reverse("dossiers")},
            {"label": code, "url": reverse("dossier", args=[code])},
            {"label": "Giải trình"},
        ],
    }
    part = "#asked" if request.htmx else ""
    return render(request, f"questions/dossier.html{part}", shown)


def _told(officer: Officer, question: Question, at: datetime) -> dict[str, Any]:
    return {
        "question": question,
        "row": row(question),
        "summary": _summary(question),
        "evidence": _evidence(question),
        "sayings": [_said(saying) for saying in question.sayings.select_related("by")],
        "wishes": _wishes(officer, question, day(at)),
        "crumbs": [
            {"label": "Giải trình", "url": reverse("questions")},
            {"label": question.dossier.code, "url": reverse("dossier", args=[question.dossier.code])},
            {"label": Kind(question.kind).label},
        ],
    }


def _wishes(officer: Officer, question: Question, on: date) -> list[dict[str, str]]:
    """What this officer may say now, the usual one first."""
    may = ["giai-trinh"] * queries.may_answer(officer, question, on)
    may += ["xem-xet", "hoi-lai"] * queries.may_settle(officer, question, on)
    return [{"do": wish, "label": WISHES[wish]} for wish in may]


def _summary(question: Question) -> list[dict[str, Any]]:
    dossier, before = question.dossier, question.before
    found = [
        {"term": "Hồ sơ", "value": dossier.code, "url": reverse("dossier", args=[dossier.code])},
        {"term": "Thủ tục", "value": dossier.version.title},
        {"term": "Đơn vị được hỏi", "value": question.unit.name},
        {"term": "Người được hỏi", "value": question.officer.full_name if question.officer else ""},
        {"term": "Xảy ra lúc", "value": ui.moment(question.happened_at)},
        {"term": "Hỏi lúc", "value": ui.moment(question.asked_at)},
    ]
    if before:
        found.append(
            {"term": "Hồ sơ trước", "value": before.code, "url": reverse("dossier", args=[before.code])}
        )
    return [item for item in found if item["value"]]


def _evidence(question: Question) -> list[dict[str, Any]]:
    """The facts around what is asked about, the one that shows it marked; in the order they were recorded."""
    case = dossiers.folded(question.dossier)
    recorded = log.recorded(case.past)
    events = telling.events(case.facts, recorded, case.process, dossiers.people(telling.actors(case.facts)))
    events.reverse()
    place = question.version - 1 if question.version else _place(events, question.happened_at)
    shown = events[max(0, place - AROUND) : place + AROUND + 1]
    if question.version:
        events[place]["tone"] = "late"
    return shown


def _place(events: list[dict[str, Any]], at: datetime) -> int:
    """Where a moment falls among the facts."""
    return max(0, len([event for event in events if event["at"] <= at]) - 1)


def _said(saying: Saying) -> dict[str, Any]:
    icon, tone = SAYINGS[Saying.What(saying.what)]
    label = saying.get_what_display()
    return {
        "at": saying.at,
        "label": label,
        "by": saying.by.full_name,
        "note": saying.text,
        "icon": icon,
        "tone": tone,
    }
