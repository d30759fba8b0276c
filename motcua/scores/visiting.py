"""What visitors may have counted: any period as it is now, any moment counted before, few moments of their own."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from motcua.ui import throttle

from . import fresh
from .asked import Asked


class TooMany(Exception):
    """A visitor asks for one more moment of their own than are counted in a minute; `wait` in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            f"đã tính ở quá nhiều thời điểm khác nhau trong một phút; đợi {wait} giây, hoặc bỏ phần luc=, den= trong"
            " địa chỉ để xem số liệu hiện tại"
        )
        self.wait = wait


def asked(request: HttpRequest, now: datetime) -> Asked:
    """What a page of figures was asked for. Raises BadPeriod, TooMany."""
    found = Asked.of(request.GET, now)
    own = found.at != now and settings.INDEX_SECONDS and not request.user.is_authenticated
    if own and not fresh.known(found) and (wait := throttle.wait(request, "MOMENTS_A_MINUTE")):
        raise TooMany(wait)
    return found
