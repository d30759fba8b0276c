"""The forms of a dossier, and the register of a desk, as PDF; and the ways to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.facts import Fact, ResultReturned
from motcua.people import access
from motcua.people.models import Officer, Unit
from motcua.ui import exports, typed

from .. import exporting, intake, queries, telling
from ..agencies import Agencies
from ..folding import Folded
from ..models import Dossier
from ..printing import forms
from ..printing import register as registers
from ..printing import render as press
from ..printing import transfer as transfers
from ..printing.forms import NoForm, Sheet
from .links import DeskRequest

MOST = 2000


def links(case: Folded, at: datetime) -> list[dict[str, str]]:
    """The forms there is something to print on, for a list."""
    code = case.dossier.code
    return [
        {
            "url": reverse("form", args=[code, form.slug]),
            "label": form.title,
            "about": f"mẫu {form.number}" if form.number else "",
        }
        for form in forms.offered(case, at)
    ]


def link(dossier: Dossier, fact: Fact) -> str:
    """Where the form that tells of a fact is printed; "" where none does."""
    form = forms.on_fact(fact)
    return reverse("form", args=[dossier.code, form.slug]) if form else ""


@require_safe
def form(request: DeskRequest, code: str, slug: str) -> HttpResponse:
    """One form of a dossier; a page that says why when there is nothing to print on it."""
    at = timezone.now()
    case = queries.dossier_for(request.user, code, day(at))
    names, units = queries.people(telling.actors(case.facts)), queries.step_units(case)
    try:
        sheet = forms.sheet(case, slug, at=at, names=names, units=units)
    except NoForm as why:
        return _nothing(request, why, reverse("dossier", args=[code]))
    return _pdf(sheet, f"{code}-{slug}")


@require_safe
def transfer(request: DeskRequest, code: str, number: int) -> HttpResponse:
    """The slip of one hand-over to another agency (phiếu chuyển xử lý)."""
    at = timezone.now()
    case = queries.dossier_for(request.user, code, day(at))
    names, told = queries.people(telling.actors(case.facts)), Agencies(case, queries.step_units(case))
    try:
        sheet = transfers.sheet(told, number, at=at, names=names)
    except NoForm as why:
        return _nothing(request, why, reverse("dossier", args=[code]))
    return _pdf(sheet, f"{code}-chuyen-xu-ly-{number}")


@require_safe
def register(request: DeskRequest) -> HttpResponseBase:
    """Sổ theo dõi hồ sơ: what a unit accepted in a period; this month at the officer's desk unless told.

    Its form is the PDF; asked for as a spreadsheet, it has the columns of the form.
    """
    at = timezone.now()
    try:
        unit, first, last = _asked(request.GET, request.user, day(at))
        if not queries.reads(request.user, unit, day(at)):
            raise PermissionDenied(f"{request.user.full_name} không giữ vị trí nào ở {unit.name}")
        if exports.asked(request) is exports.XLSX:
            listing = exporting.register(exports.XLSX, unit, first, last, by=request.user, at=at)
            return exports.answer(request, exports.XLSX, listing)
        sheet = _book(unit, first, last, at)
    except NoForm as why:
        return _nothing(request, why, reverse("dossiers"))
    return _pdf(sheet, f"so-theo-doi-{unit.code}-{first}-{last}")


def _book(unit: Unit, first: date, last: date, at: datetime) -> Sheet:
    found = list(queries.received(unit, first, last)[: MOST + 1])
    if len(found) > MOST:
        raise NoForm(f"Kỳ này có hơn {MOST} hồ sơ. Hãy chọn kỳ ngắn hơn để in.")
    returned = log.last(ResultReturned, [dossier.stream for dossier in found])
    return registers.sheet(unit, first, last, found, returned, at=at)


def _asked(said: Mapping[str, str], officer: Officer, on: date) -> tuple[Unit, date, date]:
    """The unit and the days asked for. Raises NoForm for what cannot be read."""
    first, last = _day(said.get("from", ""), on.replace(day=1)), _day(said.get("to", ""), on)
    if last < first:
        raise NoForm("Ngày cuối của kỳ phải từ ngày đầu trở đi.")
    code = said.get("unit", "")
    unit = Unit.objects.filter(code=code).first() if code else _own(officer, on)
    if unit is None:
        raise NoForm(f"Không có đơn vị {code}." if code else "Bạn chưa giữ vị trí ở đơn vị nào.")
    return unit, first, last


def _own(officer: Officer, on: date) -> Unit | None:
    held = access.posts(officer, on)
    return intake.desks(officer, on).first() or (held[0].unit if held else None)


def _day(text: str, otherwise: date) -> date:
    try:
        said = typed.day(text) if text else otherwise
        typed.full_year(said)
    except typed.Unread as wrong:
        raise NoForm(f"{wrong}.") from None
    except ValidationError as wrong:
        raise NoForm(str(wrong.message)) from None
    return said


def _pdf(sheet: Sheet, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(press.pdf(sheet), content_type="application/pdf", headers=headers)


def _nothing(request: DeskRequest, why: NoForm, back: str) -> HttpResponse:
    return render(request, "dossiers/no_form.html", {"why": str(why), "back": back}, status=404)
