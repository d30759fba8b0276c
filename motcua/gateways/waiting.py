"""An errand as a page shows it: how far it is, why it failed, where what it left stands (ui/errand.html)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from motcua.ui.templatetags import ui

from .models import Errand, ErrandState

TONES = {ErrandState.DONE: "success", ErrandState.FAILED: "error"}


def shown(
    errand: Errand | None, *, do: str, thing: str, by: str = "", url: str = "", label: str = ""
) -> dict[str, Any] | None:
    """What the fragment needs; `do` says what is done ("Đối chiếu qua trục"), `url` leads to what it left."""
    if errand is None:
        return None
    return {
        "open": errand.open,
        "title": _title(errand, do),
        "text": _text(errand, thing),
        "tone": TONES.get(ErrandState(errand.state), ""),
        "done": errand.done,
        "total": errand.total,
        "at": errand.asked_at,
        "by": by,
        "url": url if errand.state == ErrandState.DONE else "",
        "label": label,
    }


def answer(request: HttpRequest, page: str, poll: str, told: dict[str, Any] | None) -> HttpResponse:
    """The fragment alone while the errand is open; after that the page called `page` is to be read anew."""
    if not request.headers.get("HX-Request"):
        return redirect(page)
    if told is None or not told["open"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "ui/errand.html", {"errand": told, "poll": poll})


def _title(errand: Errand, do: str) -> str:
    if errand.state == ErrandState.DONE:
        return f"{do} xong lúc {ui.moment(errand.ended_at)}"
    if errand.state == ErrandState.FAILED:
        return f"{do} lúc {ui.moment(errand.asked_at)} không xong"
    return f"{do}: đang chờ thử lại" if errand.message else f"{do}: đang đối chiếu…"


def _text(errand: Errand, thing: str) -> str:
    if errand.state == ErrandState.DONE:
        return ""
    if errand.state == ErrandState.FAILED:
        tried = f" Đã thử {errand.attempts} lần." if errand.attempts > 1 else ""
        return f"{errand.message}.{tried} Không có gì bị thay đổi; giao lại khi đã khắc phục."
    if errand.message:
        return f"Lần {errand.attempts}: {errand.message}. Hệ thống tự thử lại."
    if not errand.total:
        return f"Đang lấy {thing} từ Cổng."
    return f"Đã lấy {ui.number(errand.done)} trong {ui.number(errand.total)} {thing}."
