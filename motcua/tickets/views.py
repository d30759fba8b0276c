"""Số thứ tự: taking a number, calling it at a counter, and the screen of a waiting room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Officer, Unit
from motcua.ui.templatetags import ui

from . import acts, queries
from .forms import CounterForm
from .models import Ticket

KEPT = "quay"
NEXT = 8
DEEDS = ("goi", "goi-lai", "bo-qua", "xong")


@login_not_required
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The desks that give numbers today."""
    found = queries.entrances(day(timezone.now()))
    return render(request, "tickets/desks.html", {"desks": found})


@login_not_required
@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """One button: the next number of a desk."""
    unit, at, refusal = _desk(code), timezone.now(), None
    if request.method == "POST":
        try:
            return redirect("ticket", acts.take(unit, at=at).key)
        except Refused as refused:
            refusal = refused
    shown = {"unit": unit, "waiting": queries.waiting(unit, day(at)).count(), "refusal": refusal}
    return render(request, "tickets/kiosk.html", shown, status=409 if refusal else 200)


@login_not_required
@require_safe
def ticket(request: HttpRequest, key: UUID) -> HttpResponse:
    """A number as paper, and as a page that tells when it is called."""
    given = get_object_or_404(Ticket.objects.select_related("unit"), key=key)
    shown = {"ticket": given, "ahead": queries.ahead(given), "serving": _serving(given)}
    return render(request, f"tickets/ticket.html{_part(request, 'state')}", shown)


@login_not_required
@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """What hangs in the waiting room: who is called to which counter."""
    unit, at = _desk(code), timezone.now()
    called = queries.board(unit, day(at))
    shown = {
        "unit": unit,
        "first": called[0] if called else None,
        "rest": called[1:],
        "waiting": queries.waiting(unit, day(at)).count(),
        "now": at,
    }
    return render(request, f"tickets/screen.html{_part(request, 'board')}", shown)


@require_http_methods(["GET", "POST"])
def calling(request: HttpRequest) -> HttpResponse:
    """The counter: call the next, call again, put aside, done."""
    officer, at = _officer(request), timezone.now()
    held = queries.desks(officer, day(at))
    if not held:
        raise PermissionDenied(f"{officer.full_name} không giữ vị trí cán bộ một cửa")
    said = request.POST.get("noi") or request.GET.get("noi")
    unit = next((desk for desk in held if desk.code == said), held[0])
    form = CounterForm(request.POST or None, initial={"quay": request.session.get(KEPT, "")})
    refusal = None
    if request.method == "POST" and form.is_valid():
        request.session[KEPT] = form.cleaned_data["quay"]
        try:
            _do(request, unit, form.cleaned_data["quay"], at)
        except Refused as refused:
            refusal = refused
        else:
            return redirect(f"{reverse('calling')}?noi={unit.code}")
    shown = _shown(officer, unit, at) | {"desks": held, "form": form, "refusal": refusal}
    return render(request, "tickets/calling.html", shown, status=409 if refusal else 200)


def _do(request: HttpRequest, unit: Unit, counter: str, at: datetime) -> None:
    deed, by = request.POST.get("do", ""), _officer(request)
    if deed not in DEEDS:
        return
    if deed == "goi":
        called = acts.call_next(unit, counter=counter, by=by, at=at)
        messages.success(
            request, f"Mời số {called.number} đến quầy {counter}." if called else "Không còn ai chờ."
        )
        return
    held = get_object_or_404(Ticket.objects.select_related("unit"), key=request.POST.get("so"), unit=unit)
    if deed == "goi-lai":
        acts.call_again(held, counter=counter, by=by, at=at)
        messages.success(request, f"Đã gọi lại số {held.number}.")
    elif deed == "bo-qua":
        acts.skip(held, by=by, at=at)
        messages.info(request, f"Đã bỏ qua số {held.number}; gọi lại được khi người đó đến.")
    else:
        acts.serve(held, by=by, at=at)
        messages.success(request, f"Đã phục vụ xong số {held.number}.")


def _shown(officer: Officer, unit: Unit, at: datetime) -> dict[str, Any]:
    today = day(at)
    so_far = queries.so_far(unit, today)
    return {
        "unit": unit,
        "current": queries.current(officer, unit, today),
        "next": list(queries.waiting(unit, today)[:NEXT]),
        "aside": list(queries.aside(unit, today)),
        "day": so_far,
        "mean": _minutes(so_far.mean),
        "longest": _minutes(so_far.longest),
    }


def _minutes(wait: timedelta | None) -> str:
    return f"{ui.number(round(wait.total_seconds() / 60))} phút" if wait is not None else ""


def _serving(given: Ticket) -> bool:
    aside = given.skipped_at and given.last_call_at and given.skipped_at >= given.last_call_at
    return bool(given.called_at and not given.served_at and not aside)


def _desk(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Http404(f"Không có nơi tiếp nhận {code}")
    return unit


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    return request.user


def _part(request: HttpRequest, name: str) -> str:
    return f"#{name}" if request.headers.get("HX-Request") else ""
