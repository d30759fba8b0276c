"""Chỉ tiêu: the tree of a unit and year, red and green; one target with its sources and declared values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.packs import NotInForce
from motcua.people import access
from motcua.people.models import UnitKind

from .. import acts, queries
from ..forms import FilesField, day_field, line_field, text_field
from ..models import Attachment, Instrument, Target
from ..pages import crumbs, tabs
from ..pages import year as year_of
from ..targets import acts as target_acts
from ..targets import queries as targets
from ..targets.offered import NewTarget

TWO = Decimal("0.01")


def _number(label: str, *, required: bool = True) -> forms.DecimalField:
    wrong = {"invalid": "Ghi số như 92,5.", "required": f"Hãy ghi {label.lower()}."}
    return forms.DecimalField(
        label=label, required=required, localize=True, max_digits=14, decimal_places=2, error_messages=wrong
    )


class TargetForm(forms.Form):
    name = line_field("Chỉ tiêu", most=300)
    plan = _number("Mức phải đạt")
    per = line_field("Đơn vị tính", most=20)
    baseline = _number("Mức hiện có", required=False)
    direction = forms.ChoiceField(
        label="Đạt khi", choices=[("up", "bằng hoặc hơn mức"), ("down", "không quá mức")]
    )
    sources = text_field("Văn bản giao", "Mỗi dòng một văn bản; một chỉ tiêu có thể do nhiều văn bản giao.")
    definition = text_field("Cách tính", required=False, rows=2)


class DeclareForm(forms.Form):
    on = day_field("Số liệu chốt đến ngày")
    value = _number("Kết quả")
    note = text_field("Cách tính, ghi chú", required=False, rows=2)
    moi = FilesField(label="Minh chứng", required=False, help_text="PDF, Word, Excel hoặc ảnh.")


@require_http_methods(["GET", "POST"])
def listed(request: DeskRequest) -> HttpResponse:
    """The targets of a unit and year; posted to, those instruments set are taken over."""
    at = timezone.now()
    on, asked = day(at), request.POST or request.GET
    year = year_of(asked.get("nam", ""), on)
    units = {
        unit.code: unit
        for unit in queries.standing(on).exclude(kind__in=(UnitKind.CENTRE, UnitKind.DIVISION))
    }
    top = next((unit for unit in units.values() if unit.kind == UnitKind.PROVINCE), None)
    unit = units.get(asked.get("don_vi", ""), top)
    if unit is None:
        return render(request, "steering/targets.html", {"tabs": tabs(request), "rows": [], "units": []})
    here = f"{reverse('targets')}?nam={year}&don_vi={unit.code}"
    if request.method == "POST":
        try:
            made = target_acts.load_targets(unit=unit, year=year, by=request.user, at=at)
            messages.success(request, f"Đã đặt {len(made)} chỉ tiêu theo các văn bản.")
        except Refused as refused:
            messages.error(request, refused.reason)
        except NotInForce:
            messages.error(request, f"Đến hết năm {year} chưa văn bản nào giao chỉ tiêu.")
        return redirect(here)
    rows = targets.tree(unit, year, at)
    context = {
        "tabs": tabs(request),
        "unit": unit,
        "units": list(units.values()),
        "year": year,
        "rows": rows,
        "answer": _answer(rows),
        "columns": [
            {"label": "Chỉ tiêu"},
            {"label": "Phải đạt", "num": True},
            {"label": "Kết quả", "num": True},
            {"label": "Tình trạng", "width": "col-status"},
            {"label": "Nguồn số liệu", "width": "col-lead"},
        ],
        "empty": {
            "title": f"Chưa đặt chỉ tiêu nào cho năm {year}",
            "text": "Đặt theo các văn bản đã giao, hoặc ghi từng chỉ tiêu.",
        },
        "may": queries.gives_for(request.user, unit, on),
    }
    return render(request, "steering/targets.html", context)


@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Đặt một chỉ tiêu của tỉnh mình."""
    at = timezone.now()
    unit = next(
        (each for each in queries.givers(request.user, day(at)) if each.code == request.GET.get("don_vi")),
        None,
    )
    year = request.GET.get("nam", "")
    if unit is None or not re.fullmatch(r"20\d\d", year):
        messages.warning(request, "Chọn đơn vị bạn giao nhiệm vụ và năm, rồi đặt chỉ tiêu.")
        return redirect("targets")
    form = TargetForm(request.POST or None, initial={"per": "%"})
    if form.is_valid():
        said = dict(form.cleaned_data)
        lines = tuple(line.strip() for line in said.pop("sources").splitlines() if line.strip())
        number = Target.objects.filter(unit=unit, year=int(year)).count() + 1
        wish = NewTarget(code=f"rieng-{number}", sources=lines, **said)
        try:
            made = target_acts.set_target(wish, unit=unit, year=int(year), by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã đặt chỉ tiêu: {made.name}.")
            return redirect("target", made.pk)
    context = {
        "form": form,
        "title": "Đặt chỉ tiêu",
        "about": f"{unit.name}, năm {year}",
        "button": "Đặt chỉ tiêu",
        "back": reverse("targets"),
        "crumbs": crumbs("targets", "Chỉ tiêu", "Đặt"),
    }
    return render(request, "steering/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, key: int) -> HttpResponse:
    """One target: its sources, what was declared and by whom; posted to, a value is declared with its evidence."""
    at, target = timezone.now(), targets.target_for(key)
    on = day(at)
    form = DeclareForm(request.POST or None, request.FILES or None, initial={"on": on})
    may = access.may(request.user, "do_task", target.unit, on) or queries.gives_for(
        request.user, target.unit, on
    )
    if request.method == "POST" and not may:
        raise PermissionDenied(f"{request.user.full_name} không kê khai được cho {target.unit.name}")
    if form.is_valid():
        said = form.cleaned_data
        try:
            files = [
                acts.attach_file(
                    target.stream, name=str(file.name), content=file.read(), by=request.user, at=at
                )
                for file in said.pop("moi")
            ]
            target_acts.declare_target(target, **said, files=files, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã kê khai.")
            return redirect("target", key)
    told = targets.told(target, at)
    context = {
        "target": target,
        "told": told,
        "head": queries.heads([target.unit], told.actual.on).get(target.unit_id),
        "row": told,
        "sources": _sources(target),
        "values": list(target.values.select_related("by")[:50]),
        "files": list(Attachment.objects.filter(about=target.stream).select_related("by")),
        "form": form if may and not target.measure else None,
        "crumbs": crumbs("targets", "Chỉ tiêu", target.name),
    }
    return render(request, "steering/target.html", context, status=422 if form.errors else 200)


def _sources(target: Any) -> list[dict[str, str]]:
    """Where a target is written, linked where the instrument is registered here."""
    said = [each.said for each in target.sources.all()]
    known = {each.number: each.pk for each in Instrument.objects.filter(number__in=said).only("pk", "number")}
    return [
        {"said": each, "url": reverse("directive", args=[known[each]]) if each in known else ""}
        for each in said
    ]


def _answer(rows: list[targets.Told]) -> str:
    if not rows:
        return ""
    met, not_met = sum(row.met is True for row in rows), sum(row.met is False for row in rows)
    return (
        f"{len(rows)} chỉ tiêu: {met} đạt, {not_met} chưa đạt, {len(rows) - met - not_met} chưa có số liệu."
    )
