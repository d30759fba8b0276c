"""Nhiệm vụ: the list, with its filters in the address, and reminders for many at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.calendar import day
from motcua.law.following import Figures, Status
from motcua.law.steering import CLOSED
from motcua.ui import exports
from motcua.ui.keyed import Page
from motcua.ui.templatetags import ui

from .. import counting, exporting, finding, listing, queries, shown
from ..models import Task
from ..pages import tabs

COUNTED = (Status.OVERDUE, Status.SOON, Status.WAITING, Status.RETURNED, Status.DOING, Status.NOT_STARTED)
ENDED = (Status.DONE, Status.DONE_LATE, Status.PAUSED, Status.CANCELLED)
SETTLED = (Status.DONE, Status.DONE_LATE, Status.CANCELLED)
MANY = (
    f"Hơn {ui.number(finding.MOST)} nhiệm vụ có những từ này, nên không đếm hết."
    " Thêm từ hoặc điều kiện lọc để đếm."
)


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
    figures, uncounted = _counted(form, status, wish, on)
    counted = counts(request, figures, status, wish, uncounted)
    page = listing.page(found, request.GET, sort)
    text = (
        "Thử bớt điều kiện lọc." if form.narrowed or status else "Giao nhiệm vụ từ trang của văn bản chỉ đạo."
    )
    context = {
        "tabs": tabs(request),
        "form": form,
        "kept": {name: request.GET[name] for name in ("o", "xep") if request.GET.get(name)},
        "narrowed": form.narrowed,
        "counts": counted,
        "answer": MANY if uncounted else answer(figures),
        **turns(request, page, next((_exact(each) for each in counted if each.get("current")), 0)),
        "rows": shown.rows(page.rows, on),
        "columns": columns(request, sort),
        "empty": {"title": "Không có nhiệm vụ nào như vậy", "text": text},
        "urges": bool(queries.givers(request.user, on)),
        "here": request.get_full_path(),
    }
    return render(request, "steering/tasks.html", context)


def turns(request: DeskRequest, page: Page[Task], whole: int | None) -> dict[str, str]:
    """Where a page of a list turns to, and how much of it is shown; `whole` is None where it was not counted."""
    among = "" if whole is None else f" trong {ui.number(whole)}"
    return {
        "before": with_query(request, truoc=page.before, sau=None) if page.before else "",
        "after": with_query(request, sau=page.after, truoc=None) if page.after else "",
        "on_page": f"{len(page.rows)}{among} nhiệm vụ",
    }


def counts(
    request: DeskRequest,
    figures: Figures,
    chosen: Status | None,
    wish: str,
    uncounted: Collection[Status] = (),
) -> list[dict[str, Any]]:
    """What is open as figures that filter; what has ended where there is some, or where it was not counted."""
    listed = [*COUNTED, *(each for each in ENDED if figures.of(each) or each is chosen or each in uncounted)]
    told = [
        {
            "label": shown.SHORT[each],
            "url": with_query(request, o=None if each is chosen else each.value),
            "count": None if each in uncounted else figures.of(each),
            "current": each is chosen,
            "tone": shown.LOOKS[each][1] if figures.of(each) else "",
            "icon": shown.LOOKS[each][0],
        }
        for each in listed
    ]
    whole = finding.MOST if uncounted else sum(figures.counts.values())
    owed = None if Status.DOING in uncounted else still(figures)
    plain = {"tone": "", "icon": ""}
    url, all_url = with_query(request, o=None), with_query(request, o=listing.ALL)
    first = {
        "label": "Còn phải làm",
        "url": url,
        "count": owed,
        "current": not chosen and wish != listing.ALL,
    }
    last = {"label": "Tất cả", "url": all_url, "count": whole, "current": wish == listing.ALL}
    last |= {"more": True} if uncounted else {}
    return [plain | first, *told, plain | last]


def _counted(
    form: listing.ListForm, chosen: Status | None, wish: str, on: date
) -> tuple[Figures, Collection[Status]]:
    """The figures of a list, and what of them was not counted: of words that many tasks hold only what is owed, and
    that only where it is what was asked for."""
    if not form.found.many:
        return _figures(form, on), ()
    if wish == listing.ALL or chosen in SETTLED:
        return Figures({}, 0), tuple(Status)
    owed = form.found.indexed.exclude(state__in=sorted(CLOSED))
    return counting.figures(owed, on), SETTLED


def _figures(form: listing.ListForm, on: date) -> Figures:
    """Of everything, and of everything a unit gave, from what is kept; of what is narrowed down, counted."""
    if not form.narrowed:
        return counting.whole(on)
    said = {name for name, value in form.cleaned_data.items() if value}
    if said == {"vai"} and form.cleaned_data["vai"] == "giao":
        return counting.whole(on, queries.givers(form.officer, on))
    return counting.figures(form.found.rows, on)


def _exact(told: dict[str, Any]) -> int | None:
    """The figure of a filter, None where counting stopped there or never began."""
    count: int | None = told["count"]
    return None if told.get("more") else count


def still(figures: Figures) -> int:
    """How many are somebody's: neither accepted nor cancelled."""
    return sum(figures.counts.values()) - sum(figures.of(each) for each in SETTLED)


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
        return {"sort_url": with_query(request, xep=wanted), "sorted": ways.get(sort, "")}

    return [
        {"label": "Nhiệm vụ", "width": "col-duty"},
        {"label": "Chủ trì", "width": "col-lead", **sorting("don-vi")},
        {"label": "Hạn", "width": "col-until", **sorting("han")},
        {"label": "Tình trạng", "width": "col-status"},
    ]
