"""A simple brake on public files: so many a minute for one address, counted by each worker (giới hạn tải)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase

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


def _slowed(view: View, setting: str, told: str) -> View:
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
        now, most = monotonic(), getattr(settings, setting)
        if _asked(setting, request.META.get("REMOTE_ADDR", ""), int(now // MINUTE)) <= most:
            return view(request, *args, **where)
        wait = str(int(MINUTE - now % MINUTE) + 1)
        said, headers = told.format(most=most, wait=wait), {"Retry-After": wait}
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
