"""Thống kê thủ tục: the numbers of a period, their lists, closing, open data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import issuer
from motcua.ui import exports
from motcua.ui.throttle import braked

from ..announcing import acts, counting, statistics
from ..announcing.counting import Span
from ..announcing.statistics import Asked
from ..cleaning.pages import link
from .guard import ControlRequest, allowed


@require_safe
def index(request: ControlRequest) -> HttpResponseBase:
    """The numbers of a period; `loai`, `theo` and `gia-tri` open one to its list."""
    at = timezone.now()
    allowed(request, day(at))
    try:
        asked = Asked.of(request.GET, day(at))
    except ValueError as wrong:
        raise Http404(str(wrong)) from None
    if file := exports.asked(request):
        by = issuer.of(request.user, day(at))
        return exports.answer(request, file, statistics.listing(asked, issuer=by, at=at))
    context = statistics.context(asked, request.GET.get("trang"), day(at))
    return render(request, "catalogue/statistics.html", context)


@require_POST
def close(request: ControlRequest) -> HttpResponse:
    """Close a period, or correct one that was closed."""
    at = timezone.now()
    allowed(request, day(at))
    span, reason = _span(request.POST.get("ky", "")), request.POST.get("ly-do", "").replace("\0", "")
    try:
        made = acts.close_statistics(span, reason=reason, by=request.user, at=at)
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
    else:
        messages.success(request, f"Đã chốt {span.label.lower()}, bản {made.number}.")
    return redirect(link("statistics", ky=span.key))


@login_not_required
@require_safe
@braked
def data(request: HttpRequest, period: str, kind: str) -> HttpResponse:
    """A closed period as open data, JSON or CSV; `?ban=` gives another of its numbers."""
    asked = request.GET.get("ban", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else None
    frozen = counting.closed(_span(period), number)
    if frozen is None or kind not in ("json", "csv"):
        raise Http404("Kỳ này chưa chốt, hoặc không có dạng tệp này")
    answer: HttpResponse
    if kind == "json":
        answer = JsonResponse(statistics.as_data(frozen), json_dumps_params={"ensure_ascii": False})
    else:
        answer = HttpResponse(statistics.as_csv(frozen), content_type="text/csv; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Content-Disposition"] = f'attachment; filename="thong-ke-{frozen.period.lower()}.{kind}"'
    return answer


def _span(text: str) -> Span:
    try:
        return Span.parse(text)
    except ValueError as wrong:
        raise Http404(str(wrong)) from None
