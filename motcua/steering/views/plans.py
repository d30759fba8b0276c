"""Kế hoạch: which units have a plan of a year under the province's, and which have none; work owed from outside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import UnitKind

from .. import acts, queries
from ..instrument_forms import MeetForm
from ..models import Dependency
from ..pages import crumbs, tabs
from ..pages import year as year_of

PAGE = 50
PLANNING = (UnitKind.DEPARTMENT, UnitKind.COMMUNE, UnitKind.DISTRICT)


@require_safe
def listed(request: DeskRequest) -> HttpResponse:
    """Every unit with its plan of a year, those without first."""
    on, wanted = day(timezone.now()), request.GET.get("o", "")
    year = year_of(request.GET.get("nam", ""), on)
    plans, units = queries.plans(year), list(queries.standing(on).filter(kind__in=PLANNING))
    top = next(iter(queries.standing(on).filter(kind=UnitKind.PROVINCE)), None)
    provincial = plans.get(top.pk) if top else None
    rows: list[dict[str, Any]] = [{"unit": unit, "plan": plans.get(unit.pk)} for unit in units]
    without = [row for row in rows if row["plan"] is None]
    loose = [row for row in rows if row["plan"] and not row["plan"].parent_id]
    lists = {"": rows, "chua": without, "roi": loose}
    page = Paginator(lists.get(wanted, rows), PAGE).get_page(request.GET.get("trang"))
    mine = {unit.pk for unit in queries.givers(request.user, on)}
    context = {
        "tabs": tabs(request),
        "year": year,
        "provincial": provincial,
        "answer": f"{len(rows) - len(without)} trong {len(rows)} đơn vị đã lập kế hoạch năm {year}.",
        "counts": [
            _count(request, "chua", "Chưa lập kế hoạch", len(without), wanted, "late" if without else ""),
            _count(request, "roi", "Có kế hoạch, chưa gắn với kế hoạch tỉnh", len(loose), wanted, ""),
            _count(request, "", "Mọi đơn vị", len(rows), wanted, ""),
        ],
        "page": page,
        "rows": [
            row | {"new": _new(row["unit"], year, provincial) if row["unit"].pk in mine else ""}
            for row in page
        ],
        "columns": [{"label": "Đơn vị"}, {"label": f"Kế hoạch năm {year}"}, {"label": "Thực hiện văn bản"}],
        "empty": {"title": "Không có đơn vị nào", "text": "Mọi đơn vị đã lập kế hoạch."},
        "new_provincial": _new(top, year, None) if top and top.pk in mine and not provincial else "",
    }
    return render(request, "steering/plans.html", context)


@require_safe
def dependencies(request: DeskRequest) -> HttpResponse:
    """Việc phụ thuộc bên ngoài: who outside the province owes what, and how many tasks wait for it."""
    found = Dependency.objects.annotate(blocked=Count("tasks")).order_by("met_on", "due", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("trang"))
    context = {
        "tabs": tabs(request),
        "page": page,
        "rows": list(page),
        "columns": [
            {"label": "Việc phải có"},
            {"label": "Cơ quan", "width": "col-lead"},
            {"label": "Dự kiến", "width": "col-until"},
            {"label": "Nhiệm vụ bị vướng", "num": True},
        ],
        "today": day(timezone.now()),
        "empty": {
            "title": "Không có việc nào phụ thuộc bên ngoài",
            "text": "Ghi việc phụ thuộc từ trang của nhiệm vụ bị vướng.",
        },
    }
    return render(request, "steering/dependencies.html", context)


@require_http_methods(["GET", "POST"])
def dependency(request: DeskRequest, key: int) -> HttpResponse:
    """One thing owed from outside, the tasks it blocks; posted to, it is there."""
    at, found = timezone.now(), Dependency.objects.filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có việc phụ thuộc số {key}")
    form = MeetForm(request.POST or None)
    if form.is_valid():
        try:
            acts.meet_dependency(found, **form.cleaned_data, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã ghi: việc phụ thuộc đã có.")
            return redirect("dependency", key)
    context = {
        "found": found,
        "form": form,
        "tasks": list(found.tasks.select_related("lead").defer("words").order_by("until", "id")[:PAGE]),
        "crumbs": crumbs("dependencies", "Việc phụ thuộc bên ngoài", found.owner),
    }
    return render(request, "steering/dependency.html", context, status=422 if form.errors else 200)


def _count(request: DeskRequest, slug: str, label: str, count: int, wanted: str, tone: str) -> dict[str, Any]:
    url = with_query(request, o=slug or None, trang=None)
    return {"label": label, "url": url, "count": count, "current": slug == wanted, "tone": tone, "icon": ""}


def _new(unit: Any, year: int, parent: Any) -> str:
    said = {"kind": "plan", "unit": unit.pk, "year": year} | ({"parent": parent.pk} if parent else {})
    return f"{reverse('directive-new')}?{urlencode(said)}"
