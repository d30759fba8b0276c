"""Điều hành: what an officer owes today, what waits for their answer, what they were reminded of."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.law.following import Figures, Status

from .. import acts, counting, queries, shown
from ..listing import LISTED
from ..models import Reminder
from ..pages import tabs

MOST = 20


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest) -> HttpResponse:
    """My duties today; posted to, all reminders are seen."""
    at = timezone.now()
    if request.method == "POST":
        seen = acts.see_reminders(request.user, at=at)
        messages.success(request, f"Đã đánh dấu {seen} lời nhắc là đã xem.")
        return redirect("steering")
    on = day(at)
    mine = queries.mine(request.user, on)
    figures = counting.figures(mine, on)
    pressing = mine.filter(queries.pressing(on)).select_related(*LISTED).defer("words", "detail")
    asking = queries.asking(request.user, on)
    waiting = asking.count()
    reminders = Reminder.objects.filter(officer=request.user, seen_at=None).select_related("task__lead")
    context = {
        "tabs": tabs(request),
        "answer": _answer(figures, waiting),
        "counts": _counts(figures, waiting, reminders.count()),
        "rows": shown.rows(pressing.order_by("until", "id")[:MOST], on),
        "asking": shown.rows(
            asking.select_related(*LISTED).defer("words", "detail").order_by("until", "id")[:MOST], on
        ),
        "reminders": list(reminders[:MOST]),
        "columns": [
            {"label": "Nhiệm vụ", "width": "col-duty"},
            {"label": "Chủ trì", "width": "col-lead"},
            {"label": "Hạn", "width": "col-until"},
            {"label": "Tình trạng", "width": "col-status"},
        ],
        "empty": {
            "title": "Không có nhiệm vụ nào quá hạn hoặc sắp đến hạn",
            "text": "Mọi nhiệm vụ của bạn và đơn vị ở danh sách nhiệm vụ.",
            "url": f"{reverse('tasks')}?vai=cua-toi",
            "label": "Xem mọi nhiệm vụ của tôi",
        },
        "gives": bool(queries.givers(request.user, on)),
        "on": on,
    }
    return render(request, "steering/duties.html", context)


def _answer(figures: Figures, asking: int) -> str:
    """What must be done now, the officer's own first, then what others wait for."""
    words = {Status.OVERDUE: "quá hạn", Status.SOON: "sắp đến hạn", Status.RETURNED: "bị trả lại"}
    waits = f"{asking} việc chờ bên bạn xác nhận, trả lời"
    told = [f"{figures.of(each)} nhiệm vụ {word}" for each, word in words.items() if figures.of(each)]
    if told:
        return f"{', '.join(told)}{f'; {waits}' if asking else ''}."
    none = "không có nhiệm vụ nào quá hạn hoặc sắp đến hạn"
    return f"{waits}; {none}." if asking else f"{none.capitalize()}."


def _counts(figures: Figures, asking: int, reminders: int) -> list[dict[str, Any]]:
    listed = f"{reverse('tasks')}?vai=cua-toi"
    told = [
        {
            "label": each.label,
            "url": f"{listed}&o={each.value}",
            "count": figures.of(each),
            "tone": shown.LOOKS[each][1] if figures.of(each) else "",
            "icon": shown.LOOKS[each][0],
        }
        for each in (Status.OVERDUE, Status.SOON, Status.RETURNED, Status.DOING, Status.NOT_STARTED)
    ]
    asks = {"label": "Chờ bên tôi trả lời", "url": "#cho-tra-loi", "count": asking, "icon": "inbox"}
    told.append(asks | {"tone": "soon" if asking else ""})
    told.append(
        {"label": "Lời nhắc mới", "url": "#loi-nhac", "count": reminders, "icon": "clock", "tone": ""}
    )
    return told
