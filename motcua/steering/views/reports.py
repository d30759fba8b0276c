"""Báo cáo định kỳ: the periods with their cut-offs, a report before and after it is sent; letters of urging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest
from motcua.law import following, packs
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.following import ReportPeriod, Status
from motcua.people import issuer
from motcua.people.models import Unit, UnitKind
from motcua.ui import exports
from motcua.ui.exports import Cell, Column, Listing
from motcua.ui.exports import Kind as Format

from .. import acts, printing, queries, reporting
from ..forms import day_field, line_field, text_field
from ..models import Letter, PeriodReport, Task
from ..pages import crumbs, tabs
from ..pages import year as year_of

Kind = PeriodReport.Kind
TASK_COLUMNS = (
    Column("Đơn vị", width=40),
    Column("Tổng số", Format.NUMBER, 10),
    Column("Hoàn thành", Format.NUMBER, 10),
    Column("Trong đó trễ hạn", Format.NUMBER, 10),
    Column("Còn trong hạn", Format.NUMBER, 10),
    Column("Chờ xác nhận", Format.NUMBER, 10),
    Column("Quá hạn", Format.NUMBER, 10),
)
OVERDUE_COLUMNS = (
    Column("Mã", Format.CODE, 9),
    Column("Nhiệm vụ", width=46),
    Column("Đơn vị chủ trì", width=26),
    Column("Văn bản giao", width=20),
    Column("Hạn gốc", Format.DAY, 11),
    Column("Hạn hiện nay", Format.DAY, 11),
    Column("Quá hạn (ngày)", Format.NUMBER, 9),
)


class SendForm(forms.Form):
    text = text_field("Nhận xét, kiến nghị", required=False, rows=5)


class LetterForm(forms.Form):
    number = line_field("Số công văn", "Số do văn thư cấp.", most=80)
    on = day_field("Ngày công văn")
    text = text_field("Yêu cầu", rows=5)


@require_safe
def listed(request: DeskRequest) -> HttpResponse:
    """The periods of a year, with what was sent and what is due."""
    on = day(timezone.now())
    year = year_of(request.GET.get("nam", ""), on)
    mine = queries.givers(request.user, on) or queries.own_units(request.user, on)
    unit = _unit(request.GET.get("don_vi", ""), mine)
    periods = _periods(year, on)
    sent = {
        (each.kind, each.period): each
        for each in PeriodReport.objects.filter(unit=unit, period__in=[p.code for _, p in periods]).defer(
            "data"
        )
    }
    context = {
        "tabs": tabs(request),
        "year": year,
        "unit": unit,
        "units": mine,
        "rows": [_row(kind, period, unit, sent.get((kind, period.code)), on) for kind, period in periods],
        "columns": [
            {"label": "Kỳ"},
            {"label": "Số liệu"},
            {"label": "Hạn gửi", "width": "col-until"},
            {"label": "Tình trạng", "width": "col-status"},
        ],
        "empty": {"title": "Không có kỳ báo cáo nào", "text": "Chọn năm khác."},
        "source": _source(year, on),
    }
    return render(request, "steering/reports.html", context)


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, kind: str, code: str, period: str) -> HttpResponseBase:
    """One report: live until it is sent, then for ever as it was."""
    at, told = timezone.now(), following.period(period)
    unit = queries.unit_for(code)
    if told is None or kind not in Kind.values:
        raise Http404("Không có báo cáo như vậy")
    on, form = day(at), SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.send_report(
                kind, unit=unit, period=told, text=form.cleaned_data["text"], by=request.user, at=at
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã gửi báo cáo {told.label}; số liệu được giữ nguyên từ nay.")
            return redirect("steering-report", kind, code, period)
    sent = PeriodReport.objects.select_related("by").filter(kind=kind, unit=unit, period=period).first()
    data = sent.data if sent else reporting.shown(kind, unit, told, at)
    if wanted := exports.asked(request):
        return exports.answer(request, wanted, _listing(kind, data, sent, request, at))
    context = {
        "kind": Kind(kind),
        "unit": unit,
        "period": told,
        "sent": sent,
        "figures": data["figures"],
        "counted": date.fromisoformat(data["counted"]),
        "rows": [_shown(kind, row) for row in data["rows"]],
        "columns": [
            {"label": column.label, "num": column.kind is Format.NUMBER}
            for column in (TASK_COLUMNS if kind == Kind.TASKS else OVERDUE_COLUMNS)
        ],
        "empty": _empty(kind, date.fromisoformat(data["counted"])),
        "form": form,
        "may": not sent and queries.gives_for(request.user, unit, on) and on > told.last,
        "crumbs": crumbs("steering-reports", "Báo cáo", f"{Kind(kind).label}, {told.label}"),
    }
    return render(request, "steering/report.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def letter(request: DeskRequest, code: str) -> HttpResponse:
    """Công văn đôn đốc một đơn vị: what it owes overdue is chosen, and the paper is kept as it was sent."""
    at = timezone.now()
    on, unit = day(at), queries.unit_for(code)
    givers = [giver for giver in queries.givers(request.user, on) if giver != unit]
    if not givers:
        raise PermissionDenied(f"{request.user.full_name} không có thẩm quyền đôn đốc đơn vị này")
    owed = Task.objects.filter(queries.statuses(on)[Status.OVERDUE], lead=unit, giver__in=givers)
    tasks = list(owed.select_related("giver", "instrument").order_by("until", "id")[:200])
    form = LetterForm(request.POST or None, initial={"on": on, "text": TEXT})
    if form.is_valid():
        chosen = [task for task in tasks if str(task.pk) in request.POST.getlist("viec")]
        giver = chosen[0].giver if chosen else givers[0]
        try:
            made = acts.send_letter(
                unit, giver=giver, tasks=chosen, **form.cleaned_data, by=request.user, at=at
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã ghi công văn {made.number}.")
            return redirect("steering-unit", code)
    context = {
        "unit": unit,
        "form": form,
        "tasks": tasks,
        "letters": list(Letter.objects.filter(unit=unit).defer("data")[:20]),
        "crumbs": [
            *crumbs("board", "Bảng điều hành"),
            {"label": unit.name, "url": reverse("steering-unit", args=[code])},
            {"label": "Công văn đôn đốc"},
        ],
    }
    return render(request, "steering/letter.html", context, status=422 if form.errors else 200)


TEXT = (
    "Đề nghị đơn vị khẩn trương hoàn thành, báo cáo kết quả kèm sản phẩm; nêu rõ nguyên nhân chậm và trách nhiệm"
    " của người đứng đầu."
)


@require_safe
def letter_paper(request: DeskRequest, key: int) -> HttpResponse:
    """A letter as PDF."""
    found = Letter.objects.filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có công văn số {key}")
    headers = {"Content-Disposition": f'inline; filename="cong-van-{found.pk}.pdf"'}
    return HttpResponse(printing.letter(found), content_type="application/pdf", headers=headers)


def _unit(code: str, mine: Sequence[Unit]) -> Unit:
    found = next((unit for unit in mine if unit.code == code), None)
    found = found or (mine[0] if mine else Unit.objects.filter(kind=UnitKind.PROVINCE).first())
    if found is None:
        raise Http404("Chưa có đơn vị nào")
    return found


def _periods(year: int, on: date) -> list[tuple[str, ReportPeriod]]:
    try:
        whole: list[tuple[str, ReportPeriod]] = [
            (Kind.TASKS.value, p) for p in following.report_periods(year)
        ]
    except (packs.NotInForce, ValueError):
        return []
    months = [following.month(year, n) for n in range(1, 13) if date(year, n, 1) <= on]
    return whole + [(Kind.OVERDUE.value, each) for each in reversed(months)]


def _source(year: int, on: date) -> str:
    """Where the periods of a year are ruled, by the law of that year."""
    try:
        return packs.on("steering", max(min(date(year, 12, 31), on), date(year, 1, 1))).source(
            "report_periods"
        )
    except (packs.NotInForce, ValueError):
        return ""


def _row(kind: str, period: ReportPeriod, unit: Unit, sent: PeriodReport | None, on: date) -> dict[str, Any]:
    open_ = kind == Kind.TASKS
    due = period.due if unit.kind == UnitKind.PROVINCE or not open_ else following.internal_due(period)
    return {
        "label": f"{Kind(kind).label}: {period.label}",
        "url": reverse("steering-report", args=[kind, unit.code, period.code]),
        "period": period,
        "due": due if open_ else None,
        "sent": sent,
        "after": (day(sent.at) - due).days if sent and open_ else 0,
        "state": "sent"
        if sent
        else "late"
        if open_ and on > due
        else "open"
        if on > period.last
        else "ahead",
    }


def _empty(kind: str, counted: date) -> dict[str, str]:
    if kind == Kind.OVERDUE:
        told = f"Đến {counted:%d/%m/%Y} không nhiệm vụ nào quá hạn mà chưa hoàn thành."
        return {"title": "Không có nhiệm vụ quá hạn", "text": told}
    return {"title": "Không có dòng nào", "text": "Không có nhiệm vụ nào trong kỳ này."}


def _cells(kind: str, row: dict[str, Any]) -> Sequence[Cell]:
    if kind == Kind.TASKS:
        return (row["unit"], *(row[name] for name in reporting.FIGURES))
    days = (date.fromisoformat(row[name]) for name in ("due", "until"))
    return (row["code"], row["title"], row["lead"], row["instrument"], *days, row["days"])


def _shown(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    columns = TASK_COLUMNS if kind == Kind.TASKS else OVERDUE_COLUMNS
    cells = [
        {
            "value": cell,
            "label": column.label,
            "num": column.kind is Format.NUMBER,
            "day": isinstance(cell, date),
        }
        for column, cell in zip(columns, _cells(kind, row), strict=True)
    ]
    return {"cells": cells, "url": reverse("task", args=[row["key"]]) if "key" in row else ""}


def _listing(
    kind: str, data: dict[str, Any], sent: PeriodReport | None, request: DeskRequest, at: datetime
) -> Listing:
    figures, rows = data["figures"], data["rows"]

    def read(some: Sequence[int]) -> Iterator[Sequence[Cell]]:
        for n in some:
            yield _cells(kind, rows[n])

    said = "Đã gửi, số liệu giữ nguyên" if sent else "Dự thảo, chưa gửi"
    counted = f"{figures['total']} nhiệm vụ: {figures['done']} hoàn thành, {figures['within']} còn trong hạn"
    filters = [("Đơn vị", data["unit"]), ("Tình trạng", said)]
    filters += [("Tổng hợp", f"{counted}, {figures['overdue']} quá hạn")]
    filters += [("Nhận xét", sent.text)] if sent and sent.text else []
    return Listing(
        f"bao-cao-{kind}",
        Kind(kind).label,
        "dòng",
        TASK_COLUMNS if kind == Kind.TASKS else OVERDUE_COLUMNS,
        list(range(len(rows))),
        read,
        issuer.of(request.user, day(at)),
        sent.at if sent else at,
        period=f"{data['period']}, chốt đến {date.fromisoformat(data['counted']):%d/%m/%Y}",
        filters=filters,
    )
