"""Tin báo: what was told, what waits, what could not be delivered and what to do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.dossiers.views.links import DeskRequest, back, with_query
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer
from motcua.ui import exports
from motcua.ui.templatetags import ui

from .. import acts, exporting, queries
from ..listing import CAP, SHELVES, STATES, ListForm, counts, page
from ..models import OUTSIDE, Channel, Line
from ..sending import quiet
from .shown import row

COLUMNS = [
    {"label": "Hồ sơ", "width": "col-dossier"},
    {"label": "Tin về việc"},
    {"label": "Gửi tới", "width": "col-step"},
    {"label": "Tình trạng"},
]
EMPTY = {
    "": ("Không có tin nào cần xử lý", "Tin không gửi được hoặc chưa chắc đã gửi sẽ hiện ở đây."),
    "cho-gui": ("Không có tin nào đang chờ", "Tin mới được gửi ngay; chỉ chờ khi cổng đang ngừng."),
}


@require_safe
def show(request: DeskRequest) -> HttpResponseBase:
    at = timezone.now()
    form = ListForm(request.GET, officer=request.user, on=day(at))
    shelf = request.GET.get("o", "")
    if shelf not in STATES:
        raise Http404(f"Không có danh sách {shelf}")
    if wanted := exports.asked(request):
        listing = exporting.notices(wanted, form, shelf, by=request.user, at=at)
        return exports.answer(request, wanted, listing)
    found, tells = page(form, shelf), _tells(request.user, at)
    rows = [row(notice) for notice in found.rows]
    title, text = EMPTY.get(
        shelf, ("Không có tin nào", "Tin gửi người nộp hồ sơ của đơn vị bạn sẽ hiện ở đây.")
    )
    if form.narrowed:
        title, text = "Không có tin nào như vậy", "Thử bớt điều kiện, hoặc xem danh sách khác ở trên."
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
        "on_page": f"{len(rows)} tin, mới nhất trước",
        "choosing": tells and any(item["again"] for item in rows),
        "here": request.get_full_path(),
        **_lines(tells or access.may(request.user, "texts", None, day(at)), at),
        "actions": [
            {"url": reverse("my-notices"), "label": "Tin cho tôi"},
            {"url": reverse("notice-texts"), "label": "Mẫu tin"},
        ],
    }
    return render(request, "notices/list.html", shown)


@require_POST
def again(request: DeskRequest) -> HttpResponse:
    """Send the chosen ones again; those somebody has seen to meanwhile are left as they are."""
    at, sent, left, why = timezone.now(), 0, 0, ""
    chosen = [int(key) for key in request.POST.getlist("tin") if key.isdecimal()]
    for notice in queries.readable(request.user, day(at)).filter(pk__in=chosen).order_by("pk"):
        try:
            acts.send_again(notice, by=request.user, at=at)
            sent += 1
        except Refused as refused:
            left += 1
            why = refused.reason
    if sent:
        messages.success(request, f"Đã cho gửi lại {sent} tin.")
    if left:
        messages.warning(request, f"{left} tin không gửi lại: {why}.")
    if not chosen:
        messages.warning(request, "Chưa chọn tin nào: hãy đánh dấu ở đầu dòng.")
    return redirect(back(request, reverse("notices")))


@require_POST
def reopen(request: DeskRequest, channel: str) -> HttpResponse:
    """Try a line at fault at once."""
    if channel not in OUTSIDE:
        raise Http404(f"Không có đường gửi {channel}")
    try:
        waiting = acts.reopen(channel, by=request.user, at=timezone.now())
        messages.success(request, f"Sẽ thử gửi lại {waiting} tin đang chờ trong vòng một phút.")
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
    return redirect(back(request, reverse("notices")))


def _tells(officer: Officer, at: datetime) -> bool:
    return access.may(officer, "tell", None, day(at))


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


def _lines(reopens: bool, at: datetime) -> dict[str, Any]:
    stood_in = queries.stood_in()
    return {
        "lines": [
            {
                "channel": line.channel,
                "title": _fault(line),
                "text": f"{line.message}. {_next(line, waiting, at)}",
                "tells": reopens,
            }
            for line, waiting in queries.lines(at)
        ],
        "stood_in": " và ".join(stood_in),
        "quiet": settings.SMS_HOURS if Channel.SMS.label.lower() not in stood_in and quiet(at) else "",
    }


def _fault(line: Line) -> str:
    since = f" từ {ui.moment(line.since)}" if line.since else ""
    return f"{Channel(line.channel).label} không gửi được{since}, đã thử {line.faults} lần"


def _next(line: Line, waiting: int, at: datetime) -> str:
    when = "trong vòng một phút"
    if line.paused_until and line.paused_until > at:
        when = f"lúc {ui.hour(line.paused_until)}"
    return f"{waiting} tin đang chờ được giữ nguyên và tự gửi khi cổng trở lại; thử lại {when}."
