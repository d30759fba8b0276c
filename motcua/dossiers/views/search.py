"""Tìm hồ sơ: the dossiers an officer may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.law import clock
from motcua.law.calendar import day
from motcua.people import calendars
from motcua.ui import exports

from .. import clockface, exporting
from ..listing import CAP, SearchForm, listed
from ..models import Dossier
from .links import DeskRequest, with_query

COLUMNS = [
    {"label": "Hồ sơ", "width": "col-dossier"},
    {"label": "Thủ tục"},
    {"label": "Trạng thái", "width": "col-step"},
    {"label": "Cơ quan giải quyết", "width": "col-step"},
    {"label": "Thời hạn", "width": "col-clock"},
]


@require_safe
def show(request: DeskRequest) -> HttpResponseBase:
    at = timezone.now()
    form = SearchForm(request.GET, officer=request.user, at=at)
    if wanted := exports.asked(request):
        return exports.answer(request, wanted, exporting.found(wanted, form, by=request.user, at=at))
    found = listed(form)
    narrowed = bool(form.is_valid() and any(form.cleaned_data.values()))
    empty = ("Không có hồ sơ nào như vậy", "Thử bớt điều kiện, hoặc tìm bằng mã hồ sơ hay số định danh.")
    if not narrowed:
        empty = ("Chưa có hồ sơ nào", "Hồ sơ của đơn vị bạn sẽ hiện ở đây khi được tiếp nhận.")
    shown = {
        "form": form,
        "rows": _rows(found.leaf.rows, at),
        "columns": COLUMNS,
        "found": found,
        "more": found.count >= CAP,
        "most": CAP - 1,
        "narrowed": narrowed,
        "empty": {"title": empty[0], "text": empty[1]},
        "before": with_query(request, truoc=str(found.leaf.before)) if found.leaf.before else "",
        "after": with_query(request, sau=str(found.leaf.after)) if found.leaf.after else "",
        "on_page": f"{len(found.leaf.rows)} hồ sơ, mới nộp trước",
        "search_query": form.data.get("q", ""),
    }
    return render(request, "dossiers/search.html", shown)


def _rows(dossiers: list[Dossier], at: datetime) -> list[dict[str, Any]]:
    kept = calendars.several(dossier.deciding_unit for dossier in dossiers)
    near = 60 * clock.rules(day(at)).near_working_hours
    return [
        {
            "dossier": dossier,
            "url": reverse("dossier", args=[dossier.code]),
            "clock": clockface.of_row(dossier, kept[dossier.deciding_unit_id], at, near, dossier.due_at),
        }
        for dossier in dossiers
    ]
