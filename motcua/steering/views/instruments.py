"""Văn bản chỉ đạo: the register, one instrument with the tasks given from it, giving, and taking in a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue.words import words
from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.following import Status
from motcua.people.models import Unit
from motcua.ui import keyed
from motcua.ui.templatetags import ui

from .. import acts, counting, planning, queries, shown
from ..instrument_forms import AliasForm, GiveForm, InstrumentForm, PlanForm
from ..listing import ALL
from ..models import Attachment, Instrument, InstrumentKind, Task
from ..pages import crumbs, tabs

# What the matrix of an instrument counts of each line, and under which name `queries.lines` has it.
LINE = (
    (Status.OVERDUE, "overdue"),
    (Status.WAITING, "waiting"),
    (Status.DONE, "on_time"),
    (Status.DONE_LATE, "late"),
)
SHOWN = 200
PAGE = 50
NEWEST = ("-issued_on", "-id")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def listed(request: DeskRequest) -> HttpResponse:
    """The register of instruments, newest first."""
    on, text, kind = day(timezone.now()), request.GET.get("q", "").strip(), request.GET.get("loai", "")
    found = Instrument.objects.select_related("parent", "unit")
    for word in words(text):
        found = found.filter(words__contains=word)
    if kind in InstrumentKind.values:
        found = found.filter(kind=kind)
    page = keyed.page(found.defer("words"), request.GET, NEWEST)
    context = {
        "tabs": tabs(request),
        "rows": _with_tasks(page.rows),
        "before": with_query(request, truoc=page.before, sau=None) if page.before else "",
        "after": with_query(request, sau=page.after, truoc=None) if page.after else "",
        "on_page": f"{ui.number(len(page.rows))} văn bản, mới ban hành trước",
        "query": text,
        "kind": kind,
        "kinds": InstrumentKind.choices,
        "columns": [
            {"label": "Văn bản", "width": "col-lead"},
            {"label": "Trích yếu"},
            {"label": "Ban hành", "width": "col-until"},
            {"label": "Nhiệm vụ", "num": True},
        ],
        "empty": {
            "title": "Không có văn bản nào như vậy" if text or kind else "Chưa có văn bản chỉ đạo nào",
            "text": "Văn bản được đăng ký một lần, rồi giao nhiệm vụ từ trang của văn bản.",
        },
        "actions": _register(request, on),
    }
    return render(request, "steering/instruments.html", context)


@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Đăng ký văn bản: the form, and the act; a plan's unit, year and parent may come in the address."""
    at = timezone.now()
    _must_give(request, at)
    initial = {
        name: request.GET.get(name) for name in ("kind", "unit", "year", "parent") if request.GET.get(name)
    }
    form = InstrumentForm(
        request.POST or None, request.FILES or None, officer=request.user, at=at, initial=initial
    )
    if form.is_valid():
        try:
            made = form.act()
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã đăng ký {made}.")
            for file in form.cleaned_data["tep"]:
                _attached(request, made, file, at)
            return redirect("directive", made.pk)
    context = {
        "form": form,
        "title": "Đăng ký văn bản chỉ đạo",
        "button": "Đăng ký",
        "back": reverse("directives"),
        "crumbs": crumbs("directives", "Văn bản", "Đăng ký"),
    }
    return render(request, "steering/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, key: int) -> HttpResponse:
    """One instrument: its numbers, what it carries out, its files, and its tasks as a matrix of lines by figures."""
    at, instrument = timezone.now(), queries.instrument_for(key)
    on, may = day(at), bool(queries.givers(request.user, day(at)))
    form = AliasForm(request.POST if "alias" in request.POST else None)
    if request.method == "POST" and may and (done := _posted(request, instrument, form, at)):
        return done
    tasks = Task.objects.filter(instrument=instrument)
    figures = counting.figures(tasks, on)
    lines = queries.lines(instrument, on)
    context = {
        "tabs": tabs(request),
        "instrument": instrument,
        "aliases": [alias.number for alias in instrument.aliases.all()],
        "children": list(instrument.children.select_related("unit").defer("words")[:PAGE]),
        "files": list(Attachment.objects.filter(about=instrument.stream).select_related("by")),
        "figures": figures,
        "whole": sum(figures.counts.values()),
        "overdue": figures.of(Status.OVERDUE),
        "cancelled": figures.of(Status.CANCELLED),
        "lines": [_line(instrument, line) for line in lines],
        "form": form,
        "may": may,
        "list_url": f"{reverse('tasks')}?o={ALL}&van_ban={instrument.pk}",
        "overdue_url": f"{reverse('tasks')}?o={Status.OVERDUE.value}&van_ban={instrument.pk}",
        "crumbs": crumbs("directives", "Văn bản", instrument.number),
        "actions": _ways(instrument) if may else [],
        "columns": [
            {"label": "Nhiệm vụ"},
            {"label": "Tổng", "num": True},
            *({"label": shown.SHORT[status], "num": True} for status, _ in LINE),
        ],
    }
    return render(request, "steering/instrument.html", context)


@require_http_methods(["GET", "POST"])
def give(request: DeskRequest, key: int | None = None) -> HttpResponse:
    """Giao nhiệm vụ từ một văn bản, or for a cause named in the address (`nguyen_nhan`) without one."""
    at = timezone.now()
    _must_give(request, at)
    instrument = queries.instrument_for(key) if key else None
    cause = request.GET.get("nguyen_nhan", "")[:160]
    form = GiveForm(request.POST or None, officer=request.user, at=at, instrument=instrument, cause=cause)
    if form.is_valid():
        try:
            made = form.act()
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã giao {made} nhiệm vụ.")
            return redirect("directive", key) if key else redirect("tasks")
    context = {
        "form": form,
        "title": "Giao nhiệm vụ",
        "about": str(instrument) if instrument else "",
        "button": "Giao nhiệm vụ",
        "back": reverse("directive", args=[key]) if key else reverse("tasks"),
        "crumbs": _below(instrument, "Giao"),
    }
    return render(request, "steering/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def take_plan(request: DeskRequest, key: int) -> HttpResponse:
    """Nhập kế hoạch: the file is judged whole; with anything to mend, nothing is given."""
    at, instrument = timezone.now(), queries.instrument_for(key)
    _must_give(request, at)
    year = instrument.year or instrument.issued_on.year
    if request.GET.get("mau"):
        answer = HttpResponse(planning.template(year), content_type=XLSX)
        answer.headers["Content-Disposition"] = f'attachment; filename="mau-ke-hoach-{year}.xlsx"'
        return answer
    form, found = PlanForm(request.POST or None, request.FILES or None, officer=request.user, at=at), None
    if request.method == "POST" and form.is_valid():
        giver: Unit = form.cleaned_data["giver"]
        content = form.cleaned_data["tep"].read()
        found = planning.read(content, instrument=instrument, giver=giver, year=year, on=day(at))
        if not found.remarks:
            try:
                return _taken(request, instrument, giver, found, at)
            except Refused as refused:
                form.add_error(None, refused.reason)
    context = {
        "form": form,
        "instrument": instrument,
        "remarks": found.remarks[:SHOWN] if found else [],
        "wrong": len(found.remarks) if found else 0,
        "crumbs": _below(instrument, "Nhập kế hoạch"),
        "columns": [{"label": "Dòng"}, {"label": "Cột"}, {"label": "Vấn đề"}, {"label": "Cách sửa"}],
    }
    wrong = form.errors or (found and found.remarks)
    return render(request, "steering/take_plan.html", context, status=422 if wrong else 200)


def _with_tasks(found: Sequence[Instrument]) -> list[dict[str, Any]]:
    """The instruments of a page, each with how many tasks were given from it."""
    of_each = Task.objects.filter(instrument__in=found).order_by().values_list("instrument")
    given = dict(of_each.annotate(given=Count("pk")))
    return [{"instrument": each, "given": given.get(each.pk, 0)} for each in found]


def _line(instrument: Instrument, line: dict[str, Any]) -> dict[str, Any]:
    """A line of the matrix, every figure with the address of its rows."""
    asked = {"van_ban": instrument.pk, "muc": line["item"]}
    here = reverse("tasks")
    return line | {
        "url": f"{here}?{urlencode(asked | {'o': ALL})}",
        "cells": [
            {
                "label": shown.SHORT[status],
                "count": line[name],
                "url": f"{here}?{urlencode(asked | {'o': status.value})}",
                "late": status is Status.OVERDUE,
            }
            for status, name in LINE
        ],
    }


def _below(instrument: Instrument | None, last: str) -> list[dict[str, str]]:
    if instrument is None:
        return crumbs("directives", "Văn bản", "Không theo văn bản", last)
    way = {"label": instrument.number, "url": reverse("directive", args=[instrument.pk])}
    return [*crumbs("directives", "Văn bản"), way, {"label": last}]


def _taken(
    request: DeskRequest, instrument: Instrument, giver: Unit, found: planning.Read, at: Any
) -> HttpResponse:
    made = (
        acts.give_tasks(found.lines, giver=giver, instrument=instrument, by=request.user, at=at)
        if found.lines
        else []
    )
    known = f" {found.known} nhiệm vụ đã có từ trước, không giao lại." if found.known else ""
    if made or found.known:
        messages.success(request, f"Đã giao {len(made)} nhiệm vụ từ tệp.{known}")
    else:
        messages.warning(request, "Tệp không có nhiệm vụ nào.")
    return redirect("directive", instrument.pk)


def _attached(request: DeskRequest, instrument: Instrument, file: Any, at: Any) -> None:
    """A file handed in with the instrument, which is registered whatever becomes of it."""
    try:
        acts.attach_file(instrument.stream, name=str(file.name), content=file.read(), by=request.user, at=at)
    except Refused as refused:
        messages.warning(request, f"Văn bản đã đăng ký nhưng chưa có tệp. {refused.reason}.")


def _posted(request: DeskRequest, instrument: Instrument, form: AliasForm, at: Any) -> HttpResponse | None:
    """A file or another number for the instrument."""
    try:
        if file := request.FILES.get("tep"):
            acts.attach_file(
                instrument.stream, name=str(file.name), content=file.read(), by=request.user, at=at
            )
            messages.success(request, f"Đã đính kèm {file.name}.")
        elif form.is_valid():
            acts.name_instrument(instrument, alias=form.cleaned_data["alias"], by=request.user, at=at)
            messages.success(request, "Đã ghi thêm số, ký hiệu.")
        else:
            return None
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("directive", instrument.pk)


def _must_give(request: DeskRequest, at: Any) -> None:
    if not queries.givers(request.user, day(at)):
        raise PermissionDenied(f"{request.user.full_name} không có thẩm quyền giao nhiệm vụ")


def _register(request: DeskRequest, on: Any) -> list[dict[str, Any]]:
    if not queries.givers(request.user, on):
        return []
    return [{"url": reverse("directive-new"), "label": "Đăng ký văn bản", "key": "t", "primary": True}]


def _ways(instrument: Instrument) -> list[dict[str, Any]]:
    return [
        {"url": reverse("give", args=[instrument.pk]), "label": "Giao nhiệm vụ", "key": "g", "primary": True},
        {"url": reverse("take-plan", args=[instrument.pk]), "label": "Nhập từ bảng tính"},
    ]
