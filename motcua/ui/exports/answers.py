"""Which file a request asks for, and the answer that holds it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model
from django.forms import BoundField, Form
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from motcua.ui.templatetags import ui

from .lists import PDF, XLSX, Format, Listing
from .papers import pdf
from .sheets import xlsx

ASKED = "xuat"
FORMATS = {format.slug: format for format in (XLSX, PDF)}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked(request: HttpRequest) -> Format | None:
    """The file asked for by `?xuat=xlsx` or `?xuat=pdf`; None for the page itself."""
    return FORMATS.get(request.GET.get(ASKED, ""))


def said(form: Form) -> list[tuple[str, str]]:
    """What a form of filters asks, in words; nothing of a field that is wrong, as it narrows nothing."""
    form.is_valid()
    return [(str(field.label), _said(field, form.cleaned_data.get(field.name))) for field in form]


def _said(field: BoundField, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return ui.day(value)
    choices = getattr(field.field, "choices", ()) if not isinstance(value, Model) else ()
    return str(dict(choices).get(value, value))


def answer(request: HttpRequest, format: Format, listing: Listing) -> HttpResponseBase:
    """The list as a file; a page that says what to do when it has more rows than the file takes."""
    if len(listing.keys) > format.most:
        return _too_many(request, format, listing)
    name = f"{listing.name}.{format.slug}"
    if format is XLSX:
        return FileResponse(xlsx(listing), as_attachment=True, filename=name, content_type=SHEET)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf(listing), content_type="application/pdf", headers=headers)


def _too_many(request: HttpRequest, format: Format, listing: Listing) -> HttpResponse:
    kept = request.GET.copy()
    kept.pop(ASKED, None)
    shown = {
        "format": format,
        "listing": listing,
        "back": f"{request.path}?{kept.urlencode()}" if kept else request.path,
        "sheet": f"?{kept.urlencode()}&{ASKED}={XLSX.slug}" if len(listing.keys) <= XLSX.most else "",
    }
    return render(request, "too_many.html", shown, status=400)
