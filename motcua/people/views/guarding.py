"""What an officer of a postal operator may open: the pages of the desks they serve, and nothing else inside."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from motcua.law.calendar import day

from .. import access
from ..models import Officer

Answer = Callable[[HttpRequest], HttpResponse]

# By name, from all rooms. What anybody reads is left out too where it tells officers more than visitors.
PAGES = frozenset(
    {"home", "sign-in", "sign-out", "choose-password", "account", "change-password"}
    | {"reception", "batch", "batch-template", "batch-done", "guidance", "guidance-sheet", "calling"}
    | {"dossiers", "dossier", "deed", "print", "form", "procedures", "procedure"}
)


class OperatorsDesk:
    """Refuses whoever works for an operator every page but those of its desks.

    Acts hold the powers themselves; this is about what is read: a new page is closed until it is named here.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Behind the check that somebody is signed in."""
        officer, found = request.user, request.resolver_match
        if not isinstance(officer, Officer) or (found and found.url_name in PAGES):
            return
        if access.of_operator(officer, day(timezone.now())):
            raise PermissionDenied(
                f"{officer.full_name} là nhân viên doanh nghiệp bưu chính: chỉ hướng dẫn, tiếp nhận và trả kết quả "
                "tại Bộ phận Một cửa được giao"
            )
