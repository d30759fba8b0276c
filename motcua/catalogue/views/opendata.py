"""Dữ liệu mở: a procedure as JSON-LD, the whole catalogue as JSON lines and CSV, and the page that says so."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.law.calendar import day
from motcua.ui.throttle import braked

from .. import listing, pages, queries
from ..cleaning.gathering import in_force
from ..opendata import linked, plain

LINKED = "application/ld+json"
FILES = {
    "jsonl": (plain.as_lines, "application/jsonl; charset=utf-8"),
    "csv": (plain.as_csv, "text/csv; charset=utf-8"),
}


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What there is to take, for those who build on it."""
    today = day(timezone.now())
    found = in_force(today)
    example = found.order_by("procedure__code").values_list("procedure__code", flat=True).first()
    return render(
        request,
        "catalogue/opendata.html",
        {"count": found.count(), "example": example, "columns": plain.COLUMNS},
    )


@login_not_required
@require_safe
@braked
def whole(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """Every procedure in force, written as it is read."""
    if kind not in FILES:
        raise Http404(f"Không có dạng {kind}")
    write, content_type = FILES[kind]
    today = day(timezone.now())
    rows: Iterator[str] = write(today, lambda code: address_of(request, code))
    headers = {"Content-Disposition": f'attachment; filename="thu-tuc-{today.isoformat()}.{kind}"'}
    return StreamingHttpResponse(rows, content_type=content_type, headers=headers)


@login_not_required
@require_safe
def one(request: HttpRequest, code: str) -> JsonResponse:
    """One procedure as linked data; `?ban=` gives another of its texts."""
    try:
        versions = queries.versions_of(listing.plain(code))
        number = pages.number(request.GET.get("ban"))
        version = queries.chosen(versions, day(timezone.now()), number)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None
    told = linked.document(version, address_of(request, version.procedure.code))
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False}, content_type=LINKED)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def address_of(request: HttpRequest, code: str) -> str:
    """The whole address of a procedure's page."""
    return request.build_absolute_uri(reverse("procedure", args=[code]))


def wanted(request: HttpRequest) -> bool:
    """Whether who asks for a page would rather have its linked data."""
    return request.get_preferred_type(["text/html", LINKED]) == LINKED
