"""Announcing a decision: first what it reaches, then the act. For those who control procedures.

The pages belong to the catalogue, but stand here because only dossiers know whom a decision reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.catalogue import announced
from motcua.catalogue.announcing import acts
from motcua.catalogue.models import Announcement
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access

from .. import reach
from .links import DeskRequest

PAGE = 50
LISTS = {
    "ho-so": "Hồ sơ đang giải quyết",
    "quy-trinh": "Quy trình nội bộ",
    "bieu-mau": "Mẫu đơn, tờ khai",
    "lien-thong": "Nhóm liên thông",
}
COLUMNS = {
    "ho-so": ("Hồ sơ", "Thủ tục", "Hạn trả", "Cơ quan giải quyết"),
    "quy-trinh": ("Thủ tục", "Quy trình", "Đơn vị", "Từ ngày"),
    "bieu-mau": ("Thủ tục", "Giấy tờ", "Mẫu"),
    "lien-thong": ("Nhóm", "Quyết định", "Từ ngày"),
}
ENDING_COLUMNS = [
    {"label": "Thủ tục"},
    {"label": "Bản nào hết, bản nào bắt đầu"},
    {"label": "Hồ sơ đang giải quyết", "num": True},
]


@require_http_methods(["GET", "POST"])
def issue(request: DeskRequest, pk: int) -> HttpResponse:
    """Ban hành quyết định công bố: what it reaches, then the act."""
    at = timezone.now()
    if not access.may(request.user, "catalogue", None, day(at)):
        raise PermissionDenied(f"{request.user.full_name} không giữ vị trí kiểm soát thủ tục hành chính")
    decision = _draft(pk)
    if decision.issued:
        return redirect("announcement", pk)
    refusal = None
    if request.method == "POST":
        try:
            acts.announce(decision, by=request.user, at=at)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"Đã ban hành {decision}. Thủ tục còn phải công khai.")
            return redirect("announcement", pk)
    context = _shown(decision, request, day(at)) | {"refusal": refusal}
    return render(request, "dossiers/issue.html", context, status=409 if refusal else 200)


def _shown(decision: Announcement, request: DeskRequest, today: date) -> dict[str, Any]:
    touched, (told, stops) = reach.of(decision), announced.outlook(decision)
    dossiers = reach.by_procedure(touched)
    lists: dict[str, Any] = {
        "ho-so": touched.dossiers,
        "quy-trinh": touched.processes,
        "bieu-mau": touched.forms,
        "lien-thong": touched.bundles(today),
    }
    asked, counts = request.GET.get("xem", ""), _counted(lists, dossiers)
    page = _page(lists[asked], counts[asked], request.GET.get("trang")) if asked in lists else None
    back = reverse("announcement", args=[decision.pk])
    return {
        "decision": decision,
        "crumbs": [
            {"url": reverse("announcing"), "label": "Công bố, công khai"},
            {"url": back, "label": str(decision)},
            {"label": "Ban hành"},
        ],
        "counts": [_count(slug, counts[slug], asked) for slug in LISTS],
        "asked": asked if page is not None else "",
        "list_title": LISTS.get(asked, ""),
        "page": page,
        "list_columns": [{"label": label} for label in COLUMNS.get(asked, ())],
        "list_rows": page.object_list if page is not None else [],
        "endings": reach.endings(told, dossiers),
        "ending_columns": ENDING_COLUMNS,
        "stops": stops,
        "none": {"title": "Không có", "text": "Quyết định không ảnh hưởng đến phần này."},
        "unsigned": not (decision.number and decision.decided_on and decision.signer),
        "back": back,
    }


def _counted(lists: Mapping[str, Any], dossiers: Mapping[str, int]) -> dict[str, int]:
    """How long each list is; that of the dossiers was counted by procedure."""
    return {
        "ho-so": sum(dossiers.values()),
        "quy-trinh": lists["quy-trinh"].count(),
        "bieu-mau": lists["bieu-mau"].count(),
        "lien-thong": len(lists["lien-thong"]),
    }


def _page(found: Any, count: int, number: str | None) -> Page[Any]:
    paginator = Paginator(found, PAGE)
    paginator.count = count
    return paginator.get_page(number)


def _count(slug: str, count: int, asked: str) -> dict[str, Any]:
    url = "?" if slug == asked else f"?xem={slug}"
    return {"url": url, "label": LISTS[slug], "count": count, "current": slug == asked}


def _draft(pk: int) -> Announcement:
    found = Announcement.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("Không có quyết định công bố này")
    return found
