"""What was told of one dossier, and how its applicant wishes to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers import queries as dossiers
from motcua.dossiers.models import Dossier
from motcua.dossiers.views.links import DeskRequest, back
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access

from .. import composing, queries, reach
from ..forms import ContactForm
from ..models import Channel, Contact
from .shown import row


@require_safe
def told(request: DeskRequest, code: str) -> HttpResponse:
    """Everything told of a dossier; the page of the dossier takes the list alone."""
    at = timezone.now()
    dossier = dossiers.dossier_for(request.user, code, day(at)).dossier
    contact = composing.contact_of(dossier)
    shown = {
        "dossier": dossier,
        "rows": [row(notice) for notice in queries.of_dossier(code)],
        "ways": _ways(dossier, contact),
        "may_change": access.may(request.user, "tell", dossier.receiving_unit, day(at)),
        "crumbs": [*_crumbs(dossier), {"label": "Tin đã báo"}],
    }
    part = "notices/dossier.html#told" if request.htmx else "notices/dossier.html"
    return render(request, part, shown)


@require_http_methods(["GET", "POST"])
def change(request: DeskRequest, code: str) -> HttpResponse:
    """Another number or address, or another wish."""
    at = timezone.now()
    dossier = dossiers.dossier_for(request.user, code, day(at)).dossier
    contact = composing.contact_of(dossier)
    form = ContactForm.of(dossier, contact, request.POST or None)
    home = back(request, reverse("dossier-notices", args=[code]))
    refusal = _not_theirs(request, dossier)
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            again = form.act(dossier, by=request.user, at=at)
        except Refused as refused:
            refusal = refused
        else:
            gone = f" {again} tin không gửi được trước đó được gửi lại." if again else ""
            messages.success(request, f"Đã ghi cách nhận tin của hồ sơ {code}.{gone}")
            return redirect(home)
    shown = {
        "dossier": dossier,
        "form": form,
        "refusal": refusal,
        "back": home,
        "crumbs": [*_crumbs(dossier), {"label": "Cách nhận tin"}],
    }
    return render(request, "notices/contact.html", shown, status=409 if refusal and form.is_bound else 200)


def _not_theirs(request: DeskRequest, dossier: Dossier) -> Refused | None:
    try:
        access.require(request.user, "tell", dossier.receiving_unit, day(timezone.now()))
    except Refused as refused:
        return refused
    return None


def _ways(dossier: Dossier, contact: Contact | None) -> str:
    """How the applicant is told, in a sentence."""
    if reach.declines(contact):
        return "Người nộp không muốn nhận tin."
    found = reach.ways(dossier, contact)
    ways = [f"{Channel(channel).label.lower()} {place}" for channel, place in found.items()]
    return f"Báo qua {', '.join(ways)}." if ways else "Chưa có số di động hay thư điện tử nào báo tin được."


def _crumbs(dossier: Dossier) -> list[dict[str, Any]]:
    home = reverse("dossier", args=[dossier.code])
    return [{"label": "Hồ sơ", "url": reverse("dossiers")}, {"label": dossier.code, "url": home}]
