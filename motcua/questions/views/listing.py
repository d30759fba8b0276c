"""Giải trình: what is asked, of whom, and where each question stands."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.calendar import day

from ..listing import CAP, SHELVES, ListForm, counts, page
from .shown import row

COLUMNS = [
    {"label": "Hồ sơ", "width": "col-dossier"},
    {"label": "Dấu hiệu"},
    {"label": "Hỏi ai", "width": "col-step"},
]


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    at = timezone.now()
    form = ListForm(request.GET, officer=request.user, on=day(at))
    shelf = request.GET.get("o", "")
    if shelf not in [slug for slug, *_ in SHELVES]:
        raise Http404(f"Không có danh sách {shelf}")
    found = page(form, shelf)
    rows = [row(question) for question in found.rows]
    title, text = "Không có câu hỏi nào", "Dấu hiệu từ việc đã ghi của hồ sơ được xem mỗi giờ và hiện ở đây."
    if form.narrowed:
        title, text = "Không có câu hỏi nào như vậy", "Thử bớt điều kiện, hoặc xem danh sách khác ở trên."
    shown = {
        "form": form,
        "kept": {"o": shelf} if shelf else {},
        "narrowed": form.narrowed,
        "counts": _counts(request, form, shelf),
        "rows": rows,
        "columns": COLUMNS,
        "empty": {"title": title, "text": text},
        "before": with_query(request, truoc=str(found.before)) if found.before else "",
        "after": with_query(request, sau=str(found.after)) if found.after else "",
        "on_page": f"{len(rows)} câu hỏi, mới nhất trước",
    }
    return render(request, "questions/list.html", shown)


def _counts(request: DeskRequest, form: ListForm, shelf: str) -> list[dict[str, Any]]:
    found = counts(form)
    return [
        {
            "url": with_query(request, o=slug or None),
            "label": label,
            "count": found[slug],
            "more": found[slug] >= CAP,
            "current": slug == shelf,
            "tone": tone if found[slug] else "",
            "icon": icon,
        }
        for slug, label, _, tone, icon in SHELVES
    ]
