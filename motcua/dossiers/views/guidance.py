"""Hướng dẫn: what was told at the desk to those who filed nothing yet, as a list and as a sheet to take home."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.law.calendar import day
from motcua.ui import exports
from motcua.ui.templatetags import ui

from .. import exporting, guided
from ..listing import CAP
from ..models import Guidance
from .links import DeskRequest, with_query

COLUMNS = [
    {"label": "Hướng dẫn", "width": "col-dossier"},
    {"label": "Thủ tục"},
    {"label": "Còn thiếu"},
    {"label": "Người hướng dẫn", "width": "col-step"},
]


@require_safe
def show(request: DeskRequest) -> HttpResponseBase:
    """The guidance of the officer's desks, newest first, with how much there was and what is missing most."""
    at = timezone.now()
    form = guided.GuidanceForm(request.GET)
    asked = guided.readable(request.user, day(at)).filter(form.condition())
    if wanted := exports.asked(request):
        listing = exporting.guidance(wanted, asked, guided.shown(form), by=request.user, at=at)
        return exports.answer(request, wanted, listing)
    given = guided.listed(asked, request.GET)
    narrowed = bool(form.is_valid() and any(form.cleaned_data.values()))
    shown = {
        "form": form,
        "given": given,
        "rows": given.leaf.rows,
        "columns": COLUMNS,
        "more": given.count >= CAP,
        "most": CAP - 1,
        "narrowed": narrowed,
        "empty": _empty(narrowed),
        "before": with_query(request, truoc=str(given.leaf.before)) if given.leaf.before else "",
        "after": with_query(request, sau=str(given.leaf.after)) if given.leaf.after else "",
        "on_page": f"{len(given.leaf.rows)} lượt, mới nhất trước",
        "crumbs": [{"label": "Tiếp nhận", "url": reverse("reception")}, {"label": "Hướng dẫn"}],
    }
    return render(request, "dossiers/guidance.html", shown)


@require_safe
def sheet(request: DeskRequest, key: int) -> HttpResponse:
    """One guidance as the sheet given to the person (phiếu hướng dẫn)."""
    given = Guidance.objects.select_related(*guided.RELATED).filter(pk=key).first()
    if given is None:
        raise Http404(f"Không có hướng dẫn HD-{key}")
    if not guided.readable(request.user, day(timezone.now())).filter(pk=key).exists():
        raise PermissionDenied(f"{request.user.full_name} không giữ vị trí nào ở {given.unit.name}")
    return render(request, "dossiers/guidance_sheet.html", _told(given))


def _told(given: Guidance) -> dict[str, Any]:
    version = given.version
    items = {
        "Người được hướng dẫn": given.name,
        "Số định danh": given.identity,
        "Điện thoại": given.phone,
        "Thủ tục": f"{version.title} ({version.procedure.code})",
        "Trường hợp": given.case,
        "Thời gian": ui.moment(given.at),
    }
    return {
        "given": given,
        "items": [{"term": term, "value": value} for term, value in items.items() if value],
        "crumbs": [
            {"label": "Tiếp nhận", "url": reverse("reception")},
            {"label": "Hướng dẫn", "url": reverse("guidance")},
            {"label": given.number},
        ],
    }


def _empty(narrowed: bool) -> dict[str, str]:
    if narrowed:
        return {"title": "Không có lượt hướng dẫn nào như vậy", "text": "Thử bớt điều kiện."}
    text = "Ở trang Tiếp nhận, mở “Chưa tiếp nhận được?” rồi bấm “Chỉ hướng dẫn”."
    return {"title": "Chưa có lượt hướng dẫn nào", "text": text}
