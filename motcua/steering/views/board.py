"""Bảng điều hành: tasks by unit and status, how long overdue, month by month; and the page of one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.calendar import day
from motcua.law.following import Figures, Status
from motcua.people.models import Unit, UnitKind

from .. import counting, listing, overview, queries, shown
from ..models import Task
from ..pages import crumbs, tabs
from .listing import answer, still, turns

PAGE = 50
COLUMNS = (
    Status.OVERDUE,
    Status.SOON,
    Status.WAITING,
    Status.DOING,
    Status.NOT_STARTED,
    Status.DONE,
    Status.DONE_LATE,
)
LEVELS = (
    ("", "Mọi đơn vị", ()),
    ("so", "Sở, ban, ngành", (UnitKind.DEPARTMENT,)),
    ("xa", "Xã, phường", (UnitKind.COMMUNE,)),
)


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    """The province's board: what is going wrong and who answers for it."""
    at, level = timezone.now(), request.GET.get("cap", "")
    on, kinds = day(at), next((kinds for slug, _, kinds in LEVELS if slug == level), ())
    found = overview.board(on)
    of_units, whole = found.of_units, found.whole
    order = request.GET.get("xep", Status.OVERDUE.value)
    ordered = sorted(_units(of_units, kinds), key=lambda unit: _weight(of_units[unit], order))
    page = Paginator(ordered, PAGE).get_page(request.GET.get("trang"))
    units = Unit.objects.in_bulk(list(page))
    heads = queries.heads(units.values(), on)
    context = {
        "tabs": tabs(request),
        "answer": answer(whole.figures),
        "figures": whole.figures,
        "levels": [
            {
                "label": label,
                "url": with_query(request, cap=slug or None, trang=None),
                "current": slug == level,
            }
            for slug, label, _ in LEVELS
        ],
        "page": page,
        "rows": [_row(units[unit], of_units[unit], heads.get(unit)) for unit in page],
        "columns": [
            {"label": "Đơn vị", "width": "col-lead"},
            {"label": "Tổng", "num": True, **_sorting(request, order, "tong")},
            *(
                {"label": shown.SHORT[each], "num": True, **_sorting(request, order, each.value)}
                for each in COLUMNS
            ),
        ],
        "empty": {"title": "Chưa có nhiệm vụ nào", "text": "Giao nhiệm vụ từ trang của văn bản chỉ đạo."},
        "lately": _lately(on),
        "ageing": _ageing(whole, on),
        "trend": [_month(each, on) for each in whole.trend],
        "overdue_url": f"{reverse('tasks')}?o={Status.OVERDUE.value}",
        "asking": whole.asking(queries.givers(request.user, on)),
    }
    return render(request, "steering/board.html", context)


@require_safe
def unit(request: DeskRequest, code: str) -> HttpResponse:
    """One unit: how its tasks stand, its plan of the year, and what it owes, most urgent first."""
    on = day(timezone.now())
    found = queries.unit_for(code)
    tasks = Task.objects.filter(lead=found)
    figures = counting.figures(tasks, on)
    page = listing.page(tasks.filter(queries.unsettled()), request.GET)
    plan = queries.plans(on.year).get(found.pk)
    head = queries.heads([found], on).get(found.pk)
    context = {
        "tabs": tabs(request),
        "unit": found,
        "head": head,
        "answer": answer(figures),
        "counts": _counts(found, figures),
        "plan": plan,
        "year": on.year,
        **turns(request, page, still(figures)),
        "rows": shown.rows(page.rows, on),
        "columns": [
            {"label": "Nhiệm vụ", "width": "col-duty"},
            {"label": "Chủ trì", "width": "col-lead"},
            {"label": "Hạn", "width": "col-until"},
            {"label": "Tình trạng", "width": "col-status"},
        ],
        "empty": {
            "title": "Không còn nhiệm vụ nào phải làm",
            "text": "Nhiệm vụ đã xong ở danh sách nhiệm vụ.",
        },
        "crumbs": crumbs("board", "Bảng điều hành", found.name),
        "letter_url": _letter(request, found, figures, on),
    }
    return render(request, "steering/unit.html", context)


def _lately(on: date) -> list[dict[str, Any]]:
    """What changed since yesterday, each figure with its rows."""
    before = {"tu": on - timedelta(days=1), "den": on - timedelta(days=1)}
    asked: Mapping[Status, tuple[str, dict[str, Any]]] = {
        Status.OVERDUE: ("Mới quá hạn", before),
        Status.SOON: ("Đến hạn hôm nay", {"tu": on, "den": on}),
        Status.DONE: ("Được xác nhận đúng hạn", {"xong_tu": before["tu"]}),
        Status.DONE_LATE: ("Được xác nhận trễ hạn", {"xong_tu": before["tu"]}),
    }
    return [
        {
            "label": asked[status][0],
            "url": _listed(status, **asked[status][1]),
            "count": count,
            "tone": shown.LOOKS[status][1] if count else "",
            "icon": shown.LOOKS[status][0],
        }
        for status, count in queries.since_yesterday(on).items()
    ]


def _ageing(whole: overview.Overview, on: date) -> list[dict[str, Any]]:
    """How long overdue, each span with the address of its tasks."""
    found = []
    for (label, count), (first, last) in zip(whole.ageing, overview.SPANS, strict=True):
        asked = {"tu": on - timedelta(days=last)} if last else {}
        url = _listed(Status.OVERDUE, **asked, den=on - timedelta(days=first))
        found.append({"label": label, "count": count, "url": url})
    return found


def _month(figures: dict[str, Any], on: date) -> dict[str, Any]:
    """The figures of a month of deadlines, with the addresses of those that are a status."""
    first: date = figures["month"]
    last = min(on, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    told = (
        ("Đúng hạn", "done", Status.DONE),
        ("Trễ", "late", Status.DONE_LATE),
        ("Còn nợ", "overdue", Status.OVERDUE),
    )
    cells = [
        {
            "label": label,
            "count": figures[name],
            "url": _listed(status, tu=first, den=last),
            "late": status is Status.OVERDUE,
        }
        for label, name, status in told
    ]
    return figures | {"cells": cells}


def _listed(status: Status, **asked: Any) -> str:
    return f"{reverse('tasks')}?{urlencode({'o': status.value, **asked})}"


def _units(of_units: Mapping[int, Figures], kinds: Sequence[UnitKind]) -> list[int]:
    """The units of some kinds, or all, that have tasks."""
    found = Unit.objects.filter(kind__in=kinds) if kinds else Unit.objects.all()
    return [unit for unit in found.order_by("code").values_list("pk", flat=True) if unit in of_units]


def _weight(figures: Figures, order: str) -> tuple[int, int]:
    status = next((each for each in COLUMNS if each.value == order), None)
    first = figures.total if order == "tong" or status is None else figures.of(status)
    return -first, -figures.total


def _sorting(request: DeskRequest, order: str, name: str) -> dict[str, str]:
    return {
        "sort_url": with_query(request, xep=name, trang=None),
        "sorted": "descending" if order == name else "",
    }


def _row(unit: Unit, figures: Figures, head: Any) -> dict[str, Any]:
    here = reverse("tasks")
    return {
        "unit": unit,
        "head": head,
        "url": reverse("steering-unit", args=[unit.code]),
        "total": sum(figures.counts.values()),
        "total_url": f"{here}?{urlencode({'don_vi': unit.code, 'o': listing.ALL})}",
        "cells": [
            {
                "label": shown.SHORT[status],
                "count": figures.of(status),
                "url": f"{here}?{urlencode({'don_vi': unit.code, 'o': status.value})}",
                "late": status is Status.OVERDUE,
            }
            for status in COLUMNS
        ],
    }


def _counts(unit: Unit, figures: Figures) -> list[dict[str, Any]]:
    wanted: Sequence[Status] = COLUMNS
    return [
        {
            "label": shown.SHORT[each],
            "url": f"{reverse('tasks')}?{urlencode({'don_vi': unit.code, 'o': each.value})}",
            "count": figures.of(each),
            "tone": shown.LOOKS[each][1] if figures.of(each) else "",
            "icon": shown.LOOKS[each][0],
        }
        for each in wanted
    ]


def _letter(request: DeskRequest, unit: Unit, figures: Figures, on: date) -> str:
    may = [giver for giver in queries.givers(request.user, on) if giver != unit]
    return reverse("urging-letter", args=[unit.code]) if may and figures.of(Status.OVERDUE) else ""
