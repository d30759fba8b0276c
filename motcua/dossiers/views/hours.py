"""A unit's hours, days off and days worked instead: first what a decision does to dossiers, then the decision.

The pages belong to units, but stand here because only dossiers know whom a decision reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import acts
from motcua.people import queries as people
from motcua.people.forms import ClearForm, DayForm, HoursForm
from motcua.people.models import Unit

from .. import tasks
from ..models import Dossier
from .links import DeskRequest

SHOWN = 5
Decide = Callable[[dict[str, Any]], object]


@require_http_methods(["GET", "POST"])
def hours(request: DeskRequest, code: str) -> HttpResponse:
    """Đổi giờ làm việc của đơn vị."""
    at = timezone.now()
    unit = _unit(request, code, day(at))
    latest = next(iter(people.decided_hours(unit)), unit)
    form = HoursForm(request.POST or None, initial={"hours": latest.hours, "saturday": latest.saturday})

    def decide(said: dict[str, Any]) -> None:
        acts.set_hours(unit, by=request.user, at=at, **said)

    return _asked(request, unit, form, "since", decide, "Đổi giờ làm việc")


@require_http_methods(["GET", "POST"])
def unit_day(request: DeskRequest, code: str) -> HttpResponse:
    """Thêm ngày nghỉ, ngày làm bù riêng."""
    at = timezone.now()
    unit = _unit(request, code, day(at))

    def decide(said: dict[str, Any]) -> None:
        acts.set_unit_day(unit, by=request.user, at=at, **said)

    return _asked(request, unit, DayForm(request.POST or None), "on", decide, "Thêm ngày nghỉ, ngày làm bù")


@require_http_methods(["GET", "POST"])
def clear_day(request: DeskRequest, code: str) -> HttpResponse:
    """Bỏ một ngày nghỉ, ngày làm bù riêng."""
    at = timezone.now()
    unit = _unit(request, code, day(at))
    form = ClearForm(request.POST or None, initial={"on": request.GET.get("ngay", "")})

    def decide(said: dict[str, Any]) -> None:
        acts.clear_unit_day(unit, by=request.user, at=at, **said)

    return _asked(request, unit, form, "on", decide, "Bỏ ngày nghỉ, ngày làm bù")


def _asked(
    request: DeskRequest, unit: Unit, form: forms.Form, since: str, decide: Decide, title: str
) -> HttpResponse:
    """The form; then, with what it reaches, the button that decides."""
    back, reach = reverse("unit", args=[unit.code]), None
    if request.method == "POST" and form.is_valid():
        if "quyet-dinh" in request.POST:
            try:
                decide(form.cleaned_data)
            except Refused as refused:
                form.add_error(None, f"{refused}.")
            else:
                messages.success(
                    request, f"Đã ghi: {title.lower()}. Các hồ sơ bị ảnh hưởng đang được tính lại."
                )
                return redirect(back)
        else:
            reach = _reach(unit, form.cleaned_data[since])
    told = {
        "unit": unit,
        "form": form,
        "title": title,
        "back": back,
        "reach": reach,
        "crumbs": _way(unit, title),
    }
    return render(request, "dossiers/hours.html", told)


def _reach(unit: Unit, since: date) -> dict[str, Any]:
    """How many dossiers are counted again, and the first of them by their due moments."""
    keys = tasks.reached(since, unit)
    open_ones = Dossier.objects.filter(pk__in=keys, ended_at=None, due_at__isnull=False)
    first = open_ones.order_by("due_at").values("code", "due_at")[:SHOWN]
    return {"count": len(keys), "since": since, "first": list(first)}


def _unit(request: DeskRequest, code: str, on: date) -> Unit:
    unit = people.unit_for(request.user, code, on)
    if unit is None:
        raise PermissionDenied(f"{request.user.full_name} không phụ trách lịch làm việc của đơn vị mã {code}")
    return unit


def _way(unit: Unit, title: str) -> list[dict[str, str]]:
    return [
        {"url": reverse("units"), "label": "Đơn vị, cán bộ"},
        {"url": reverse("unit", args=[unit.code]), "label": unit.name},
        {"url": "", "label": title},
    ]
