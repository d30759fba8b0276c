"""Dữ liệu mở, số liệu hằng tháng: the page, the DCAT catalogue, the files."""

from __future__ import annotations

from itertools import islice

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.law import packs
from motcua.law.calendar import day
from motcua.ui.throttle import braked

from ..others.queries import SUBJECT
from ..periods import BadPeriod, Period, Span
from . import datasets, dcat, written

SHOWN = 12  # months on the page; the catalogue names them all


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What there is, what is left out and why."""
    now = timezone.now()
    shown = {
        "datasets": datasets.DATASETS.values(),
        "months": list(islice(datasets.months(now), SHOWN)),
        "kinds": list(written.TYPES),
        "left_out": datasets.LEFT_OUT,
        "threshold": packs.on(SUBJECT, day(now)).values["small_cell"],
    }
    return render(request, "scores/opening/index.html", shown)


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> JsonResponse:
    """DCAT as JSON-LD."""

    def address(name: str, *args: str) -> str:
        return request.build_absolute_uri(reverse(name, args=args))

    found = dcat.catalogue(timezone.now(), address)
    answer = JsonResponse(
        found, json_dumps_params={"ensure_ascii": False}, content_type="application/ld+json"
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@login_not_required
@require_safe
@braked
def file(request: HttpRequest, slug: str, month: str, kind: str) -> HttpResponseBase:
    """One month of one dataset."""
    now = timezone.now()
    dataset, period = datasets.DATASETS.get(slug), _month(month)
    known = dataset is not None and kind in written.TYPES and period in list(datasets.months(now))
    if not known or dataset is None or period is None:
        raise Http404(f"Không có tệp {slug}, {month}, {kind}; chỉ có những tháng đã hết")
    at, rows = datasets.rows(dataset, period, now)
    headers = {
        "Content-Disposition": f'attachment; filename="{slug}-{period}.{kind}"',
        "Access-Control-Allow-Origin": "*",
    }
    return HttpResponse(
        written.written(dataset, kind, rows, period, at), content_type=written.TYPES[kind], headers=headers
    )


def _month(text: str) -> Period | None:
    try:
        found = Period.parse(text)
    except BadPeriod:
        return None
    return found if found.span is Span.MONTH else None
