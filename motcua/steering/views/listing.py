"""Nhiệm vụ: the list, with its filters in the address, and reminders for many at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.calendar import day
from motcua.law.following import Figures, Status
from motcua.ui import exports

from .. import exporting, listing, queries, shown
from ..pages import tabs

COUNTED = (Status.OVERDUE, Status.SOON, Status.WAITING, Status.RETURNED, Status.DOING, Status.NOT_STARTED)
ENDED = (Status.DONE, Status.DONE_LATE, Status.PAUSED, Status.CANCELLED)


@require_safe
def show(request: DeskRequest) -> HttpResponseBase:
    at = timezone.now()
    on, form = day(at), listing.ListForm(request.GET, officer=request.user, on=day(at))
    wish = request.GET.get("o", "")
    status = listing.status_of(wish)
    sort = request.GET.get("xep", "han")
    found = listing.found(form, wish, sort)
    if wanted := exports.asked(request):
        filters = [
            *exports.said(form),
            ("Tình trạng", status.label if status else "" if wish == listing.ALL else "Còn phải làm"),
        ]
        return exports.answer(
            request, wanted, exporting.tasks(wanted, found, by=request.user, at=at, filters=filters)
        )
    figures = queries.figures(listing.found(form, listing.ALL), on)
    page = listing.page(found, request.GET.get("trang"))
    text = (
        "Thử bớt điều kiện lọc." if form.narrowed or status else "Giao nhiệm vụ từ trang của văn bản chỉ đạo."
    )
    context = {
        "tabs": tabs(request),
        "form": form,
        "kept": {name: request.GET[name] for name in ("o", "xep") if request.GET.get(name)},
        "narrowed": form.narrowed,
        "counts": counts(request, figures, status, wish),
        "answer": answer(figures),
        "page": page,
        "rows": shown.rows(page, on),
        "columns": columns(request, sort),
        "empty": {"title": "Không có nhiệm vụ nào như vậy", "text": text},
        "urges": bool(queries.givers(request.user, on)),
        "here": request.get_full_path(),
    }
    return render(request, "steering/tasks.html", context)


def counts(request: DeskRequest, figures: Figures, chosen: Status | None, wish: str) -> list[dict[str, Any]]:
    """What is open as figures that filter; what has ended only where there is some."""
    listed = [*COUNTED, *(each for each in ENDED if figures.of(each) or each is chosen)]
    told = [
        {
            "label": shown.SHORT[each],
            "url": with_query(request, o=None if each is chosen else each.value, trang=None),
            "count": figures.of(each),
            "current": each is chosen,
            "tone": shown.LOOKS[each][1] if figures.of(each) else "",
            "icon": shown.LOOKS[each][0],
        }
        for each in listed
    ]
    ended = (Status.DONE, Status.DONE_LATE, Status.CANCELLED)
    whole = sum(figures.counts.values())
    owed = whole - sum(figures.of(each) for each in ended)
    plain = {"tone": "", "icon": ""}
    url, all_url = with_query(request, o=None, trang=None), with_query(request, o=listing.ALL, trang=None)
    first = {
        "label": "Còn phải làm",
        "url": url,
        "count": owed,
        "current": not chosen and wish != listing.ALL,
    }
    last = {"label": "Tất cả", "url": all_url, "count": whole, "current": wish == listing.ALL}
    return [plain | first, *told, plain | last]


def answer(figures: Figures) -> str:
    """The figures as a province publishes them."""
    if not figures.total:
        return "Chưa có nhiệm vụ nào."
    return (
        f"{figures.total} nhiệm vụ: {figures.done} đã hoàn thành, {figures.within} còn trong hạn,"
        f" {figures.overdue} quá hạn."
    )


def columns(request: DeskRequest, sort: str) -> list[dict[str, Any]]:
    def sorting(name: str) -> dict[str, str]:
        wanted = f"-{name}" if sort == name else name
        ways = {name: "ascending", f"-{name}": "descending"}
        return {"sort_url": with_query(request, xep=wanted, trang=None), "sorted": ways.get(sort, "")}

    return [
        {"label": "Nhiệm vụ", "width": "col-duty"},
        {"label": "Chủ trì", "width": "col-lead", **sorting("don-vi")},
        {"label": "Hạn", "width": "col-until", **sorting("han")},
        {"label": "Tình trạng", "width": "col-status"},
    ]
