"""Kê khai: what is declared of a unit in a period, one figure with its history, the paper that shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Unit
from motcua.ui.templatetags import ui

from ..asked import Asked
from ..reports import queries as agencies
from ..reports.views import explained, plain
from . import queries
from .files import attached
from .forms import DeclareForm
from .models import Declared
from .subjects import SUBJECTS

COLUMNS = [
    {"label": "Chỉ số"},
    {"label": "Tử số / mẫu số", "num": True},
    {"label": "Tỷ lệ", "num": True},
    {"label": "Ai kê khai, tài liệu"},
]
ALL_COLUMNS = [
    {"label": "Chỉ số"},
    {"label": "Đơn vị, kỳ"},
    {"label": "Tử số / mẫu số", "num": True},
    *COLUMNS[3:],
]


@require_safe
@explained
def index(request: DeskRequest) -> HttpResponse:
    """What is declared of a unit in a period, and everything that was declared lately."""
    now = timezone.now()
    asked = Asked.of(request.GET, now)
    units, unit = agencies.chosen(plain(request.GET.get("don-vi", "")), request.user, day(now))
    page = Paginator(queries.every(), 20).get_page(request.GET.get("trang"))
    shown = {
        "asked": asked,
        "units": units,
        "unit": unit,
        "rows": _rows(unit, asked) if unit else [],
        "columns": COLUMNS,
        "all_columns": ALL_COLUMNS,
        "page": page,
        "names": {key: subject.name for key, subject in SUBJECTS.items()},
    }
    for row in page:
        row.name = SUBJECTS[row.indicator].name  # type: ignore[attr-defined]
    return render(request, "scores/declaring/index.html", shown)


def _rows(unit: Unit, asked: Asked) -> list[dict[str, Any]]:
    found = queries.figures(asked.period, list(SUBJECTS))
    return [
        {
            "subject": subject,
            "url": url(unit, key, asked),
            "figure": (figure := found.get((unit.pk, key))),
            "ratio": ratio(figure.pair) if figure else "",
        }
        for key, subject in SUBJECTS.items()
    ]


def url(unit: Unit, key: str, asked: Asked) -> str:
    """The page of one declared figure."""
    return reverse("declared", args=[unit.code, key]) + "?" + urlencode({"ky": str(asked.period)})


def ratio(pair: tuple[int, int]) -> str:
    """97,28%; "" of nothing."""
    return ui.percent(pair[0] / pair[1], 2) if pair[1] else ""


@require_http_methods(["GET", "POST"])
@explained
def declared(request: DeskRequest, unit: str, indicator: str) -> HttpResponse:
    """One figure with its history; posted to, it is declared."""
    now = timezone.now()
    asked, place = Asked.of(request.GET, now), agencies.unit(plain(unit))
    if place is None or indicator not in SUBJECTS:
        raise Http404("Không có số liệu kê khai nào như vậy")
    history = list(queries.history(place, indicator, str(asked.period)))
    before = history[0] if history else None
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DeclareForm(*posted, subject=SUBJECTS[indicator], before=before)
    refusal = _declare(request, form, place, asked, now) if request.method == "POST" else None
    if request.method == "POST" and refusal is None and not form.errors:
        messages.success(request, "Đã ghi số kê khai, kèm tên bạn.")
        return redirect(url(place, indicator, asked))
    shown = {
        "asked": asked,
        "unit": place,
        "subject": SUBJECTS[indicator],
        "history": history,
        "form": form,
        "refusal": refusal,
        "may": agencies.may_report(request.user, place, day(now)),
        "papers": agencies.may_see_papers(request.user, place, day(now)),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "scores/declaring/declared.html", shown, status=status)


def _declare(
    request: DeskRequest, form: DeclareForm, place: Unit, asked: Asked, now: datetime
) -> Refused | None:
    if not form.is_valid():
        return None
    try:
        form.act(place, asked.period, by=request.user, at=now)
    except Refused as refused:
        return refused
    return None


@require_safe
def paper(request: DeskRequest, pk: int) -> HttpResponseBase:
    """The paper that came with a figure, as a download: never shown as a page of ours."""
    found = Declared.objects.filter(pk=pk).exclude(file_name="").first()
    if found is None:
        raise Http404("Không có tệp kiểm chứng này")
    agencies.require_papers(request.user, found.unit_id, day(timezone.now()))
    return attached(found.file, found.file_name)
