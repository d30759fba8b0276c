"""Dịch vụ bưu chính: unit rates, what an operator did in a month, and its acceptance sheet with the rows behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Unit
from motcua.ui import exports, press

from ..periods import BadPeriod, Period, Span
from . import acts, counting, pages, queries
from .forms import AskForm, EndForm, ProposeForm, RateForm, SendBackForm
from .models import Activity, ServiceRate, ServiceSheet, SheetState

LAYOUT = Path(__file__).parent / "sheet.typ"
PAGE, MONTHS = 50, 12


@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Các biên bản nghiệm thu; asked for an operator and a month, the month."""
    at = _seen(request)
    months = _months(at)
    form = AskForm(request.GET or None, operators=queries.operators(), months=months)
    if form.is_valid():
        said = form.cleaned_data
        return redirect("postal-month", said["doanh_nghiep"].code, said["thang"])
    page = Paginator(queries.sheets(), PAGE).get_page(request.GET.get("trang"))
    shown = {
        "form": AskForm(operators=queries.operators(), months=months),
        "operators": queries.operators().exists(),
        "page": page,
        "rows": [pages.sheet_row(sheet) for sheet in page],
        "columns": pages.SHEETS,
        "unrated": [each["label"] for each in pages.rates() if each["rate"] is None],
    }
    return render(request, "scores/postal/index.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: DeskRequest) -> HttpResponse:
    """Bảng định mức, đơn giá; posted to, one more."""
    at = _seen(request)
    posted = request.method == "POST"
    form = RateForm(request.POST if posted else None)
    refusal = None
    if posted and form.is_valid():
        try:
            made = form.act(by=request.user, at=at)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"Đã ghi định mức {made.get_activity_display().lower()}.")
            return redirect("postal-rates")
    shown = {
        "form": form,
        "refusal": refusal,
        "rows": (listed := pages.rates()),
        "lacking": any(each["rate"] is None for each in listed),
        "columns": pages.RATES,
        "may": queries.may_keep(request.user, at),
        "crumbs": pages.crumbs("Định mức, đơn giá"),
    }
    return render(request, "scores/postal/rates.html", shown, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: DeskRequest, pk: int) -> HttpResponse:
    """Một định mức: ended from a day on, or dropped where no sheet used it."""
    at = _seen(request)
    held = ServiceRate.objects.filter(pk=pk).first()
    if held is None:
        raise Http404("Không có định mức này, hoặc đã bỏ")
    if not queries.may_keep(request.user, at):
        raise PermissionDenied(f"{request.user.full_name} không ghi định mức")
    wish = request.POST.get("do", "")
    form = EndForm(request.POST if wish == "thoi" else None)

    def act() -> str:
        if wish == "bo":
            acts.drop_rate(held, by=request.user, at=at)
            return "Đã bỏ định mức ghi nhầm."
        if wish == "thoi" and form.is_valid():
            acts.end_rate(held, on=form.cleaned_data["on"], by=request.user, at=at)
            return "Đã ghi ngày thôi áp dụng."
        return ""

    done, refusal = _tried(act)
    if done:
        messages.success(request, done)
        return redirect("postal-rates")
    title = f"{held.get_activity_display()}, áp dụng từ {held.valid_from:%d/%m/%Y}"
    shown = {
        "rate": held,
        "said": pages.rate_said(held),
        "used": held.lines.exists(),
        "form": form,
        "refusal": refusal,
        "title": title,
        "crumbs": pages.crumbs((reverse("postal-rates"), "Định mức, đơn giá"), title),
    }
    return render(request, "scores/postal/rate.html", shown, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def month(request: DeskRequest, operator: str, month: str) -> HttpResponse:
    """Việc của một doanh nghiệp trong tháng, as it is counted now; posted to, the sheet is made."""
    at = _seen(request)
    unit, period = _asked(operator, month)
    try:
        window = period.window(at)
    except BadPeriod as wrong:
        raise Http404(str(wrong)) from None
    held = queries.of_month(unit, period)
    before = queries.in_force(held)
    posted = request.method == "POST"
    form = ProposeForm(request.POST if posted else None, again=before is not None)

    def act() -> str:
        if not posted or not form.is_valid():
            return ""
        return str(form.act(unit, period, by=request.user, at=at).pk)

    made, refusal = _tried(act)
    if made:
        messages.success(request, "Đã lập biên bản. Người khác nghiệm thu.")
        return redirect("postal-sheet", made)
    counted = counting.lines(unit, window)
    waits = bool(held and held[0].state == SheetState.PROPOSED)
    same = before is not None and counting.digest(counted) == before.digest
    summed = pages.whole(counted)
    shown = {
        "operator": unit,
        "period": period,
        "window": window,
        "rows": [pages.live_line(line, unit, period) for line in counted],
        "columns": pages.LINES,
        "summed": summed,
        "answer": pages.answer(summed, sum(line.quantity for line in counted)),
        "sheets": [pages.sheet_row(sheet) for sheet in held],
        "sheet_columns": pages.SHEETS,
        "may_propose": queries.may_keep(request.user, at)
        and bool(counted and window.closed and not waits and not same),
        "same": same,
        "form": form,
        "again": before,
        "refusal": refusal,
        "at": at,
        "origin": pages.ORIGIN,
        "crumbs": pages.crumbs(f"{unit.name}, {period.label.lower()}"),
    }
    return render(request, "scores/postal/month.html", shown, status=409 if refusal else 200)


@require_safe
def done(request: DeskRequest, operator: str, month: str, activity: str) -> HttpResponse:
    """Những việc làm nên một con số của tháng."""
    at = _seen(request)
    unit, period = _asked(operator, month)
    try:
        counted = counting.lines(unit, period.window(at))
    except BadPeriod as wrong:
        raise Http404(str(wrong)) from None
    said = request.GET.get("dinh-muc", "")
    line = next(
        (
            each
            for each in counted
            if (each.activity, str(each.rate.pk if each.rate else 0)) == (activity, said)
        ),
        None,
    )
    if line is None:
        raise Http404("Không có việc nào như vậy trong tháng này")
    page = Paginator(line.rows, PAGE).get_page(request.GET.get("trang"))
    back = reverse("postal-month", args=[unit.code, str(period)])
    shown = {
        "title": f"{Activity(line.activity).label}, {period.label.lower()}",
        "about": unit.name,
        "answer": f"{line.quantity} lượt, {pages.rate_said(line.rate)}.",
        "meaning": counting.MEANINGS[line.activity],
        "page": page,
        "rows": pages.live_rows(list(page), request.user, at),
        "columns": pages.ROWS,
        "crumbs": pages.crumbs((back, f"{unit.name}, {period.label.lower()}"), line.activity.label),
    }
    return render(request, "scores/postal/rows.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Một biên bản; posted to, it is accepted or sent back."""
    at = _seen(request)
    held = _sheet(pk)
    if wanted := exports.asked(request):
        return exports.answer(request, wanted, pages.sheet_file(held, request.user, at))
    wish = request.POST.get("do", "")
    form = SendBackForm(request.POST if wish == "tra-lai" else None)

    def act() -> str:
        if wish == "nghiem-thu":
            acts.accept(held, by=request.user, at=at)
            return "Đã nghiệm thu. Từ nay không ai sửa được biên bản này."
        if wish == "tra-lai" and form.is_valid():
            form.act(held, by=request.user, at=at)
            return "Đã trả lại biên bản."
        return ""

    told, refusal = _tried(act)
    if told:
        messages.success(request, told)
        return redirect("postal-sheet", pk)
    held = _sheet(pk)
    open_ = held.state == SheetState.PROPOSED
    may_accept = open_ and queries.may_accept(request.user, held, at)
    lines = queries.lines(held)
    summed = pages.whole(lines)
    shown = {
        **pages.sheet_row(held),
        "title": f"Biên bản nghiệm thu, {Period.containing(held.month).label.lower()}",
        "summary": pages.summary(held),
        "lines": [pages.kept_line(line) for line in lines],
        "columns": pages.LINES,
        "summed": summed,
        "answer": pages.answer(summed, sum(line.quantity for line in lines)),
        "newer": held.corrected_by.exclude(state=SheetState.RETURNED).first(),
        "may_accept": may_accept,
        "may_return": may_accept or (open_ and held.proposed_by_id == request.user.pk),
        "form": form,
        "refusal": refusal,
        "events": pages.events(held),
        "month_url": reverse("postal-month", args=[held.operator.code, f"{held.month:%Y-%m}"]),
        "crumbs": pages.crumbs(held.number),
    }
    return render(request, "scores/postal/sheet.html", shown, status=409 if refusal else 200)


@require_safe
def rows(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Những việc làm nên một dòng của biên bản, as they were frozen."""
    at = _seen(request)
    held = _sheet(pk)
    said = request.GET.get("dong", "")
    line = next((each for each in queries.lines(held) if str(each.pk) == said), None)
    if line is None:
        raise Http404(f"Biên bản {held.number} không có dòng này")
    if wanted := exports.asked(request):
        return exports.answer(request, wanted, pages.rows_file(wanted, held, line, request.user, at))
    page = Paginator(queries.rows(line), PAGE).get_page(request.GET.get("trang"))
    shown = {
        "title": f"{line.get_activity_display()}, biên bản {held.number}",
        "about": held.operator.name,
        "answer": f"{line.quantity} lượt, {pages.rate_said(line.rate)}.",
        "meaning": counting.MEANINGS[Activity(line.activity)],
        "page": page,
        "rows": pages.kept_rows(page, request.user, at),
        "columns": pages.ROWS,
        "exported": True,
        "crumbs": pages.crumbs(
            (reverse("postal-sheet", args=[pk]), held.number), line.get_activity_display()
        ),
    }
    return render(request, "scores/postal/rows.html", shown)


@require_safe
def paper(request: DeskRequest, pk: int) -> HttpResponse:
    """Biên bản nghiệm thu, PDF."""
    _seen(request)
    held = _sheet(pk)
    said = held.decided_at if held.state == SheetState.ACCEPTED and held.decided_at else held.proposed_at
    (made,) = press.pages(LAYOUT, pages.paper(held), at=said)
    name = f"nghiem-thu-{held.number.replace('/', '-')}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _seen(request: DeskRequest) -> datetime:
    """The moment of a request. Raises PermissionDenied for whom these pages are not open."""
    at = timezone.now()
    if not queries.may_see(request.user, at):
        raise PermissionDenied(f"{request.user.full_name} không theo dõi dịch vụ bưu chính công ích")
    return at


def _tried(act: Callable[[], Any]) -> tuple[Any, str | None]:
    """What an act says it did, "" for nothing; and why it was refused."""
    try:
        return act(), None
    except Refused as refused:
        return "", str(refused)


def _asked(operator: str, month: str) -> tuple[Unit, Period]:
    unit = queries.operators().filter(code=operator).first()
    if unit is None:
        raise Http404(f"Không có doanh nghiệp {operator}")
    try:
        period = Period.parse(month)
    except BadPeriod as wrong:
        raise Http404(str(wrong)) from None
    if period.span is not Span.MONTH:
        raise Http404("Nghiệm thu theo tháng")
    return unit, period


def _sheet(pk: int) -> ServiceSheet:
    found = queries.sheets().select_related("corrects__operator").filter(pk=pk).first()
    if found is None:
        raise Http404("Không có biên bản này")
    return found


def _months(at: datetime) -> list[Period]:
    """The month before first, then this one and those before."""
    now = Period.containing(day(at))
    found = [now.previous, now]
    while len(found) < MONTHS:
        found.append((found[-1] if len(found) > 2 else now.previous).previous)
    return found
