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

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
        now = monotonic()
        if _asked(request.META.get("REMOTE_ADDR", ""), int(now // MINUTE)) <= settings.EXPORTS_A_MINUTE:
            return view(request, *args, **where)
        wait = str(int(MINUTE - now % MINUTE) + 1)
        said = f"Đã tải quá {settings.EXPORTS_A_MINUTE} tệp trong một phút; đợi {wait} giây rồi tải tiếp.\n"
        headers = {"Retry-After": wait}
        return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8", headers=headers)

    return answering


def _asked(address: str, minute: int) -> int:
    """How many files this address asked for in this minute, this one counted."""
    key = f"exports/{address}/{minute}"
    cache.add(key, 0, MINUTE)
    try:
        return cache.incr(key)
    except ValueError:  # dropped in between, for more addresses than the memory holds
        return 1
