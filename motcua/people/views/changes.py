"""Who changed what of units and people, newest first (nhật ký thay đổi)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import access, queries, telling
from ..models import Officer, Unit
from ..queries import CHANGES, Change
from .asking import StaffRequest, crumbs, now, require_staff


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The changes of the units an officer arranges; of all of them for who keeps the whole province."""
    _, today = now()
    require_staff(request, today)
    before = request.GET.get("truoc", "")
    found = queries.changes(
        _about(request, today), int(before) if before.isdecimal() and len(before) < 10 else 0, CHANGES + 1
    )
    shown = {
        "crumbs": crumbs("Nhật ký thay đổi"),
        "events": told(found[:CHANGES]),
        "after": f"?{_kept(request)}truoc={found[CHANGES - 1].version}" if len(found) > CHANGES else "",
        "before": f"?{_kept(request)}" if before else "",
        "shown": f"{len(found[:CHANGES])} thay đổi",
        "about": request.GET.get("don-vi") or request.GET.get("can-bo") or "",
    }
    return render(request, "people/changes.html", shown)


def told(found: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes in words, with the names of units and people, each kind asked for once."""
    facts = [each.fact for each in found]
    units = Unit.objects.filter(
        code__in={c for fact in facts for c in (fact.unit, getattr(fact, "operator", ""))}
    )
    who = {name for fact in facts for name in (fact.by, fact.officer)}
    names = Officer.objects.filter(username__in=who)
    by_code, by_name = (
        dict(units.values_list("code", "name")),
        dict(names.values_list("username", "full_name")),
    )
    return [telling.change(fact, by_code, by_name) for fact in facts]


def _about(request: StaffRequest, on: date) -> Mapping[str, Collection[str]]:
    kept = {unit.code for unit in queries.kept(request.user, on)}
    unit, officer = request.GET.get("don-vi", ""), request.GET.get("can-bo", "")
    about: dict[str, Collection[str]] = {"officer": [officer]} if officer else {}
    whole = any(
        post.unit.parent_id is None for post in access.posts(request.user, on) if _keeps_all(post.role)
    )
    if unit:
        about["unit"] = kept & {unit}
    elif not whole:
        about["unit"] = kept
    return about


def _keeps_all(role: str) -> bool:
    return "people" in access.POWERS[role]


def _kept(request: StaffRequest) -> str:
    told = request.GET.copy()
    told.pop("truoc", None)
    return f"{told.urlencode()}&" if told else ""
