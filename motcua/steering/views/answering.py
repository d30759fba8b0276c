"""Trả lời phiếu điều tra: the page a link opens, for anybody who has it.

Exempt from the check against forged posts: whoever posts here shows the secret of the link and nothing else, no cookie
counts, so there is nothing to be borrowed from a visitor; and a phone that keeps no cookies can answer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.calendar import day
from motcua.law.surveys import BadAnswers, Standing
from motcua.ui.throttle import braked_answers

from ..surveys import acts, forms, pages, queries
from ..surveys.acts import Gone
from ..surveys.models import SurveyLink

# No address of a link goes to another page, and no search engine keeps one.
QUIET = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
BARE: dict[str, Any] = {"bare": True, "person": None}


@login_not_required
@csrf_exempt
@never_cache
@braked_answers
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The form of a link; posted to, it is answered for good."""
    link, at = queries.link_for(token), timezone.now()
    person = link.respondent
    standing = person.standing(day(at))
    if link.ended and standing is Standing.OPEN:
        standing = Standing.WITHDRAWN
    if standing is not Standing.OPEN:
        return _gone(request, link, standing)
    asked = person.survey.questions.form(person.form)
    assert asked is not None
    form = forms.AnswerForm(asked, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            acts.answer(link, form.said, at=at)
        except Gone as gone:
            return _gone(request, link, gone.standing)
        except BadAnswers as wrong:
            for code, problem in wrong.problems.items():
                form.add_error(f"cau-{code}", problem)
        else:
            return redirect("answered")
    shown = {
        "survey": person.survey,
        "unit": person.unit,
        "asked": asked,
        "form": form,
        "link": link.digest[:12],
    }
    shown["least"] = person.survey.least[person.form]
    return _quiet(request, "answer", shown, 422 if form.errors else 200)


@login_not_required
@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """Thanks, to nobody in particular."""
    title, text = (
        "Đã nhận phiếu trả lời",
        "Cảm ơn ông (bà). Liên kết đã dùng xong; ông (bà) có thể đóng trang này.",
    )
    return _quiet(request, "answer_gone", {"told": {"title": title, "text": text}, "done": True}, 200)


def _gone(request: HttpRequest, link: SurveyLink, standing: Standing) -> HttpResponse:
    told = pages.told(link.respondent.survey, standing)
    known = standing in (Standing.ANSWERED, Standing.EARLY, Standing.PAPER)
    code = 409 if request.method == "POST" else 200 if known else 410
    shown = {"told": told, "done": standing is Standing.ANSWERED, "survey": link.respondent.survey}
    return _quiet(request, "answer_gone", shown, code)


def _quiet(request: HttpRequest, page: str, shown: dict[str, Any], status: int) -> HttpResponse:
    answer = render(request, f"steering/{page}.html", BARE | shown, status=status)
    for name, value in QUIET.items():
        answer[name] = value
    return answer
