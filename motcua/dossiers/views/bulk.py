"""Làm nhiều hồ sơ: one act on the rows chosen on the worklist, and what came of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from motcua.law.calendar import day

from .. import bulk, duties
from .links import DeskRequest, back


@require_http_methods(["GET", "POST"])
def act(request: DeskRequest) -> HttpResponse:
    """Ask once what the act asks, then do it row by row; what was refused stays chosen."""
    at, said = timezone.now(), request.POST if request.method == "POST" else request.GET
    slug, home = said.get("lam", ""), back(request, reverse("worklist"))
    picks = bulk.picked(said.getlist("viec"), request.user, day(at))
    if slug not in bulk.LABELS or not picks:
        messages.warning(request, "Hãy chọn ít nhất một hồ sơ ở đầu dòng, rồi chọn việc cần làm.")
        return redirect(home)
    if request.method == "GET":
        form = bulk.Many(slug=slug, picks=picks, on=day(at))
        return render(request, "dossiers/bulk.html", _shown(slug, picks, form, home))
    form = bulk.Many(request.POST, slug=slug, picks=picks, on=day(at))
    if not form.is_valid():
        return render(request, "dossiers/bulk.html", _shown(slug, picks, form, home), status=422)
    return _done(request, slug, picks, form, home, at)


def _done(
    request: DeskRequest, slug: str, picks: list[bulk.Pick], form: bulk.Many, home: str, at: datetime
) -> HttpResponse:
    outcomes = list(bulk.run(slug, picks, form.cleaned_data, request.user, at))
    refused = [outcome for outcome in outcomes if outcome.reason]
    again = bulk.Many(slug=slug, picks=[outcome.pick for outcome in refused], on=day(at))
    again.initial = {name: form.data.get(name, "") for name in form.fields}
    shown = _shown(slug, [outcome.pick for outcome in refused], again, home) | {
        "outcomes": [_row(outcome.pick, slug, home) | {"outcome": outcome} for outcome in outcomes],
        "answer": f"Đã làm {len(outcomes) - len(refused)} hồ sơ"
        + (f", {len(refused)} hồ sơ chưa làm được." if refused else "."),
        "columns": [{"label": "Hồ sơ", "width": "col-dossier"}, {"label": "Bước"}, {"label": "Kết quả"}],
    }
    return render(request, "dossiers/bulk.html", shown)


def _shown(slug: str, picks: list[bulk.Pick], form: bulk.Many, home: str) -> dict[str, Any]:
    return {
        "label": bulk.LABELS[slug],
        "slug": slug,
        "form": form,
        "picks": [_row(pick, slug, home) for pick in picks],
        "back": home,
        "crumbs": [{"label": "Bàn làm việc", "url": home}, {"label": f"{bulk.LABELS[slug]}: nhiều hồ sơ"}],
    }


def _row(pick: bulk.Pick, slug: str, home: str) -> dict[str, Any]:
    step = pick.step.removeprefix(duties.OFFERED)
    query = urlencode({"buoc": step, "ve": home} if not step.startswith("@") else {"ve": home})
    return {
        "pick": pick,
        "task": pick.task,
        "url": reverse("dossier", args=[pick.code]),
        "alone": f"{reverse('deed', args=[pick.code, slug])}?{query}",
    }
