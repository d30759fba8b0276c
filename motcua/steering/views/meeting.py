"""Tài liệu họp: for a day and a unit, what is in it, and all of it as one PDF."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.dossiers.views.links import DeskRequest
from motcua.law import packs
from motcua.law.calendar import day
from motcua.people import issuer
from motcua.people.models import Officer, Unit, UnitKind

from .. import printing, queries
from ..forms import day_field, text_field
from ..meeting import gathering
from ..meeting import tasks as of_tasks
from ..meeting.parts import Look
from ..pages import crumbs

MOST = 20


class PackForm(forms.Form):
    """What the pack is of, and what is proposed besides what its figures suggest."""

    fields: dict[str, Any]
    ngay = day_field("Ngày họp")
    don_vi = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Đơn vị",
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "Chọn một đơn vị trong danh sách."},
    )
    de_xuat = text_field(
        "Đề xuất khác", "Mỗi dòng một quyết định để cuộc họp xem xét.", required=False, rows=4
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = queries.standing(on).exclude(kind__in=(UnitKind.CENTRE, UnitKind.DIVISION))
        self.fields["don_vi"].queryset = units

    def clean_ngay(self) -> date:
        meets: date = self.cleaned_data["ngay"]
        try:
            packs.on("steering", meets)
        except packs.NotInForce:
            raise forms.ValidationError("Ngày này chưa có quy định về theo dõi nhiệm vụ.") from None
        return meets

    @property
    def proposed(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["de_xuat"].splitlines()]
        return [line for line in lines if line][:MOST]


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest) -> HttpResponse:
    """What is chosen and what comes first; posted to, or asked for as `xuat=pdf`, the pack itself."""
    now = timezone.now()
    asked = request.POST or request.GET
    first = _unit(request.user, day(now))
    begun = {"ngay": day(now).isoformat(), "don_vi": first.code if first else "", "de_xuat": ""}
    told = begun | {name: asked[name] for name in begun if asked.get(name)}
    form = PackForm(told, on=day(now))
    if form.is_valid():
        look = Look(form.cleaned_data["don_vi"], form.cleaned_data["ngay"], now, request.user)
        if request.method == "POST" or request.GET.get("xuat") == "pdf":
            return _paper(request, look, form.proposed)
        waits = of_tasks.first(look, of_tasks.waiting(look).count())
    context = {
        "form": form,
        "waits": waits if form.is_valid() else None,
        "contents": gathering.CONTENTS,
        "crumbs": crumbs("board", "Bảng điều hành", "Tài liệu họp"),
    }
    return render(request, "steering/meeting.html", context, status=422 if form.errors else 200)


def _paper(request: DeskRequest, look: Look, proposed: list[str]) -> HttpResponse:
    told = issuer.of(request.user, day(look.now))
    host = request.build_absolute_uri("/").rstrip("/")
    over = look.unit.parent.name if look.unit.parent else ""
    data = gathering.as_data(look, proposed, host=host, over=over, by=told.by)
    name = f"hop-{look.unit.code}-{look.meets:%Y%m%d}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(printing.pack(data, look.now), content_type="application/pdf", headers=headers)


def _unit(officer: Officer, on: date) -> Unit | None:
    """The unit an officer meets about first: one he gives tasks for, else his own, else the province."""
    own = [*queries.givers(officer, on), *queries.own_units(officer, on)]
    found = next((unit for unit in own if unit.kind not in (UnitKind.CENTRE, UnitKind.DIVISION)), None)
    return found or queries.standing(on).filter(kind=UnitKind.PROVINCE).first()
