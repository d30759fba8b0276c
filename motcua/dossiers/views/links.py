"""Ways on from a page that keep its filters, and the way back to where an act was opened from."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.middleware import HtmxDetails

from motcua.people.models import Officer

PLACES = ("sau", "truoc")


class DeskRequest(HttpRequest):
    """A request of somebody signed in: the middleware lets nobody else reach these pages."""

    user: Officer
    htmx: HtmxDetails


def with_query(request: HttpRequest, **changes: str | None) -> str:
    """This page with some of its query changed; None takes one away, and a change begins at the first page."""
    kept = {name: value for name, value in request.GET.items() if value and name not in PLACES}
    asked = {name: str(value) for name, value in (kept | changes).items() if value}
    return f"?{urlencode(asked)}" if asked else request.path


def back(request: HttpRequest, otherwise: str) -> str:
    """Where an act was opened from, if that is a page of ours."""
    wish = request.POST.get("ve") or request.GET.get("ve") or ""
    ours = wish[:1] == "/" and url_has_allowed_host_and_scheme(
        wish, {request.get_host()}, require_https=request.is_secure()
    )
    return wish if ours else otherwise
