"""A simple brake on what strangers take: so many a minute for one address, counted by each worker (giới hạn tải)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from . import exports

MINUTE = 60
View = Callable[..., HttpResponseBase]


def braked(view: View) -> View:
    """Answer 429 to an address that asked for more than EXPORTS_A_MINUTE files in this minute."""
    said = "Đã tải quá {most} tệp trong một phút; đợi {wait} giây rồi tải tiếp.\n"
    return _slowed(view, "EXPORTS_A_MINUTE", said)


def braked_answers(view: View) -> View:
    """The same for ANSWERS_A_MINUTE pages that open by a secret link."""
    said = "Nơi này đã mở quá {most} trang trong một phút; đợi {wait} giây rồi bấm gửi lại, nội dung không mất.\n"
    return _slowed(view, "ANSWERS_A_MINUTE", said)


def braked_lists(view: View) -> View:
    """The same for LISTS_A_MINUTE lists as XLSX or PDF, of strangers alone: officers take what their work needs."""
    said = "Đã tải quá {most} bảng trong một phút; đợi {wait} giây rồi tải tiếp.\n"
    slow = _slowed(view, "LISTS_A_MINUTE", said)

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
        braked = exports.asked(request) and not request.user.is_authenticated
        return (slow if braked else view)(request, *args, **where)

    return answering


def sender(request: HttpRequest) -> str:
    """The address a request comes from. Behind TRUSTED_PROXIES proxies, what the outermost of them saw.

    Each adds the address it saw at the right of X-Forwarded-For; what stands further left anybody may have written.
    """
    own: str = request.META.get("REMOTE_ADDR", "")
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not 0 < settings.TRUSTED_PROXIES <= len(hops):
        return own
    try:
        return str(ip_address(hops[-settings.TRUSTED_PROXIES].strip()))
    except ValueError:
        return own


def wait(request: HttpRequest, setting: str) -> int:
    """Count one request against a setting of so many a minute; the seconds to wait when it is one too many, else 0."""
    now = monotonic()
    if _asked(setting, sender(request), int(now // MINUTE)) <= getattr(settings, setting):
        return 0
    return int(MINUTE - now % MINUTE) + 1


def _slowed(view: View, setting: str, told: str) -> View:
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
        if not (seconds := wait(request, setting)):
            return view(request, *args, **where)
        said = told.format(most=getattr(settings, setting), wait=seconds)
        headers = {"Retry-After": str(seconds)}
        return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8", headers=headers)

    return answering


def _asked(what: str, address: str, minute: int) -> int:
    """How many times this address asked in this minute, this one counted."""
    key = f"{what}/{address}/{minute}"
    cache.add(key, 0, MINUTE)
    try:
        return cache.incr(key)
    except ValueError:  # dropped in between, for more addresses than the memory holds
        return 1
