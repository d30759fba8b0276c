"""A form and the act behind it, for every page that changes something; and who may open such a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import access, queries
from ..models import Officer, Unit


class StaffRequest(HttpRequest):
    """A request of somebody signed in: the middleware lets nobody else reach these pages."""

    user: Officer


def now() -> tuple[datetime, date]:
    """The moment of a request and its day, taken once."""
    at = timezone.now()
    return at, day(at)


def unit_of(request: StaffRequest, code: str, on: date) -> Unit:
    """The unit of a page. Raises Http404 for none, PermissionDenied for one that is not the officer's to arrange."""
    unit = queries.unit_for(request.user, code, on)
    if unit is None:
        if not Unit.objects.filter(code=code).exists():
            raise Http404(f"Không có đơn vị mã {code}")
        raise PermissionDenied(f"{request.user.full_name} không phụ trách nhân sự của đơn vị này")
    return unit


def officer_of(request: StaffRequest, username: str, on: date) -> Officer:
    """The officer of a page. Raises Http404 where there is none in the units the one who asks may arrange."""
    require_staff(request, on)
    found = queries.officer_for(request.user, username, queries.kept(request.user, on), on)
    if found is None:
        raise Http404(f"Không có cán bộ {username} ở các đơn vị bạn phụ trách")
    return found


def require_staff(request: StaffRequest, on: date) -> None:
    """Raise PermissionDenied for whoever arranges no unit at all."""
    if not access.may(request.user, "staff", None, on):
        raise PermissionDenied(f"{request.user.full_name} không phụ trách nhân sự của đơn vị nào")


def asked(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    button: str,
    back: str,
    done: str,
    about: str = "",
    explain: str = "",
) -> HttpResponse:
    """The form; posted, its act, and back. What is refused comes back above what was typed, with its source."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, f"{refused}.")
        else:
            messages.success(request, done)
            return redirect(back)
    told = {"title": title, "button": button, "back": back, "about": about, "explain": explain}
    return render(request, "people/form.html", {"form": form, "crumbs": crumbs((back, about), title), **told})


def crumbs(*steps: tuple[str, str] | str) -> list[dict[str, str]]:
    """The way to a page from the tree of units on."""
    told = [step if isinstance(step, tuple) else ("", step) for step in steps]
    return [
        {"url": url, "label": label} for url, label in [(reverse("units"), "Đơn vị, cán bộ"), *told] if label
    ]
