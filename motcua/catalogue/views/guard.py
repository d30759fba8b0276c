"""Who is let into the pages of this room, and what an address names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from motcua.people import access
from motcua.people.models import Officer

from ..queries import NotFound

T = TypeVar("T")
# Why somebody without the power is kept out, in a sentence that begins with their name.
WITHOUT = {
    "catalogue": "không giữ vị trí kiểm soát thủ tục hành chính",
    "drafts": "không soạn thảo, kiểm soát hay thẩm định văn bản",
}


class ControlRequest(HttpRequest):
    """A request of somebody signed in."""

    user: Officer
    htmx: HtmxDetails


def allowed(request: ControlRequest, today: date, power: str = "catalogue") -> None:
    """Let nobody past but those who hold a power of WITHOUT. Raises PermissionDenied."""
    if not access.may(request.user, power, None, today):
        raise PermissionDenied(f"{request.user.full_name} {WITHOUT[power]}")


def named(find: Callable[[int], T], key: int) -> T:
    """What an address names by its key. Raises Http404 with why there is none."""
    try:
        return find(key)
    except NotFound as missing:
        raise Http404(missing.reason) from None
