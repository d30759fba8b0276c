"""What every request passes: letters are composed as they come in, and a way that is none says so on a page."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import is_normalized, normalize

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

Answer = Callable[[HttpRequest], HttpResponse]


class ComposedLetters:
    """Vietnamese letters typed in pieces (NFD, as some telephones and Macs send them) are kept whole (NFC).

    So that one name is one name: in searches, in hashes, on paper and to the portal. Passwords stay as typed.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Behind the check of the form's token, which reads the same fields."""
        if request.method != "POST" or all(
            is_normalized("NFC", v) for vs in request.POST.lists() for v in vs[1]
        ):
            return
        typed = request.POST.copy()
        for name, values in request.POST.lists():
            if "password" not in name:
                typed.setlist(name, [normalize("NFC", value) for value in values])
        request.POST = typed  # type: ignore[assignment]


class NoSuchWay:
    """An address that only takes what a button sends, opened as a page: after signing in again, or from history."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if not isinstance(answer, HttpResponseNotAllowed) or request.method != "GET":
            return answer
        page = render(request, "405.html", status=405)
        page["Allow"] = answer["Allow"]
        return page
