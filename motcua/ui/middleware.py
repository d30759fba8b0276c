"""What every request passes: letters are composed as they come in, and a way that is none says so on a page."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import is_normalized, normalize

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render

Answer = Callable[[HttpRequest], HttpResponse]


class ComposedLetters:
    """Vietnamese letters typed in pieces (NFD, as some telephones and Macs send them) are kept whole (NFC).

    So that one name is one name: in searches, in hashes, on paper and to the portal. Passwords stay as typed.
    The NUL sign, which nobody types and PostgreSQL takes nowhere, is left out of what is sent and asked; nothing has
    it in its address.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Behind the check of the form's token, which reads the same fields. Raises Http404."""
        if "\0" in request.path:
            raise Http404("Không có trang nào ở địa chỉ này")
        if "\0" in "".join(v for _, vs in request.GET.lists() for v in vs):
            request.GET = _each(request.GET, lambda value: value.replace("\0", ""))  # type: ignore[assignment]
        if request.method == "POST" and any(_odd(v) for _, vs in request.POST.lists() for v in vs):
            request.POST = _each(  # type: ignore[assignment]
                request.POST, lambda value: normalize("NFC", value.replace("\0", ""))
            )


def _odd(value: str) -> bool:
    return "\0" in value or not is_normalized("NFC", value)


def _each(said: QueryDict, put_right: Callable[[str], str]) -> QueryDict:
    """What was sent with every value put right but passwords."""
    typed = said.copy()
    for name, values in said.lists():
        if "password" not in name:
            typed.setlist(name, [put_right(value) for value in values])
    return typed


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
