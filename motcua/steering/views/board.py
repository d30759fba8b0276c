"""Bảng điều hành: tasks by unit and status, how long overdue, month by month; and the page of one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
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

from .. import counting, listing, queries, shown
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
    on, level = day(timezone.now()), request.GET.get("cap", "")
    kinds = next((kinds for slug, _, kinds in LEVELS if slug == level), ())
    tasks = Task.objects.all()
    of_units = counting.now(on)
    figures = counting.together(of_units.values())
    units = [unit for unit in _units(of_units) if not kinds or unit.kind in kinds]
    order = request.GET.get("xep", Status.OVERDUE.value)
    ordered = sorted(units, key=lambda unit: _weight(of_units[unit.pk], order))
    page = Paginator(ordered, PAGE).get_page(request.GET.get("trang"))
    heads = queries.heads(list(page), on)
    context = {
        "tabs": tabs(request),
        "answer": answer(figures),
        "figures": figures,
        "levels": [
            {
                "label": label,
                "url": with_query(request, cap=slug or None, trang=None),
                "current": slug == level,
            }
            for slug, label, _ in LEVELS
        ],
        "page": page,
        "rows": [_row(unit, of_units[unit.pk], heads.get(unit.pk)) for unit in page],
        "columns": [
            {"label": "Đơn vị", "width": "col-lead"},
            {"label": "Tổng", "num": True, **_sorting(request, order, "tong")},
            *(
                {"label": shown.SHORT[each], "num": True, **_sorting(request, order, each.value)}
                for each in COLUMNS
            ),
        ],
        "empty": {"title": "Chưa có nhiệm vụ nào", "text": "Giao nhiệm vụ từ trang của văn bản chỉ đạo."},
        "ageing": queries.ageing(tasks, on),
        "trend": queries.trend(tasks, on),
        "overdue_url": f"{reverse('tasks')}?o={Status.OVERDUE.value}",
        "asking": queries.asking(request.user, on).count(),
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
        "ageing": queries.ageing(tasks, on),
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


def _units(of_units: Mapping[int, Figures]) -> list[Unit]:
    return list(Unit.objects.filter(pk__in=of_units).select_related("parent").order_by("code"))


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
