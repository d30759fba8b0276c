"""What an officer was told inside the system."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.people import access

from .. import acts, queries
from ..models import NEEDS_SOMEBODY
from .shown import row

PAGE = 50
CAP = 1000


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest) -> HttpResponse:
    """Newest first, the ones not seen marked; posted to, all are seen."""
    if request.method == "POST":
        seen = acts.see(request.user, at=timezone.now())
        messages.success(request, f"Đã đánh dấu {seen} tin là đã xem.")
        return redirect("my-notices")
    found = queries.to_officer(request.user).select_related("dossier__version__procedure")
    page = Paginator(found[:CAP], PAGE).get_page(request.GET.get("trang"))
    shown = {
        "page": page,
        "rows": [row(notice) for notice in page],
        "new": _unseen(request),
        "crumbs": [{"label": "Tin báo", "url": reverse("notices")}, {"label": "Cho tôi"}],
    }
    return render(request, "notices/mine.html", shown)


@require_safe
def new(request: DeskRequest) -> HttpResponse:
    """A line for the worklist: what is new for the officer, and what their desk could not deliver; else nothing."""
    today = day(timezone.now())
    tells = access.may(request.user, "tell", None, today)
    stuck = queries.readable(request.user, today).filter(state__in=NEEDS_SOMEBODY) if tells else None
    shown = {"new": _unseen(request), "stuck": stuck.order_by()[:CAP].count() if stuck is not None else 0}
    if not any(shown.values()):
        return HttpResponse(status=204)
    return render(request, "notices/mine.html#new", shown)


def _unseen(request: DeskRequest) -> int:
    return queries.to_officer(request.user).filter(tried_at=None).order_by()[:CAP].count()
