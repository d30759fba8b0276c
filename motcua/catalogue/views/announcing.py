"""Công bố, công khai: the work list, the register of instruments. For those who control procedures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law import announcing
from motcua.law.calendar import Calendar, OutOfYears, day
from motcua.law.facts import Refused
from motcua.law.packs import NotInForce

from .. import listing
from ..announcing import acts, pages, queries
from ..announcing.forms import EndForm, InstrumentForm, ReviewForm
from ..announcing.models import Instrument, InstrumentKind, Tier
from ..announcing.queries import When, Work
from ..queries import NotFound
from .guard import ControlRequest, allowed


@require_safe
def work(request: ControlRequest) -> HttpResponse:
    """What must be announced or published, narrowed by what stands in the URL."""
    today = day(timezone.now())
    allowed(request, today)
    asked, what = request.GET.get("o", ""), request.GET.get("viec", "")
    asked = asked if asked in set(When) else ""
    what = what if what in set(Work) else ""
    return render(
        request, "catalogue/announcing.html", pages.work(asked, what, request.GET.get("trang"), today)
    )


@require_safe
def due(request: ControlRequest) -> HttpResponse:
    """Why something is due on a day: every day that was counted."""
    today = day(timezone.now())
    allowed(request, today)
    work, tier = request.GET.get("viec", ""), request.GET.get("cap") or Tier.PROVINCE.value
    try:
        on = date.fromisoformat(request.GET.get("ngay", ""))
        count = {Work.ANNOUNCE: announcing.announce_by, Work.PUBLISH: announcing.publish_by}[Work(work)]
        found = count(on, Tier(tier).value, Calendar())
    except (ValueError, NotInForce, OutOfYears):
        raise Http404("Không có hạn nào như vậy") from None
    titles = {Work.ANNOUNCE: "Hạn ký quyết định công bố", Work.PUBLISH: "Hạn công khai"}
    context = {"due": found, "title": titles[Work(work)], "crumbs": pages.crumbs(("", "Diễn giải hạn"))}
    return render(request, "catalogue/announcing_due.html", context)


@require_safe
def instruments(request: ControlRequest) -> HttpResponse:
    """The register."""
    today = day(timezone.now())
    allowed(request, today)
    kind = request.GET.get("loai", "")
    kind = kind if kind in InstrumentKind.values else ""
    text = listing.plain(request.GET.get("q", ""))
    context = pages.register(text, kind, request.GET.get("trang"), today)
    return render(request, "catalogue/instruments.html", context | {"kinds": InstrumentKind.choices})


@require_http_methods(["GET", "POST"])
def instrument_new(request: ControlRequest) -> HttpResponse:
    """Write an instrument into the register."""
    at = timezone.now()
    allowed(request, day(at))
    form = InstrumentForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = acts.register_instrument(form.told, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã ghi {made} vào sổ.")
            return redirect("instrument", made.pk)
    return written(
        request,
        form,
        title="Ghi văn bản vào sổ",
        answer="Văn bản có quy định thủ tục thì hạn công bố tính từ ngày có hiệu lực.",
        button="Ghi vào sổ",
        back=reverse("instruments"),
        crumbs=pages.crumbs((reverse("instruments"), "Sổ văn bản"), ("", "Ghi mới")),
    )


@require_http_methods(["GET", "POST"])
def instrument(request: ControlRequest, pk: int) -> HttpResponse:
    """One instrument; posted to, its end is written down."""
    at = timezone.now()
    allowed(request, day(at))
    found = _instrument(pk)
    form = EndForm(request.POST or None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            acts.end_instrument(found, on=told["ngay"], reason=told["ly_do"], by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã ghi {found} hết hiệu lực.")
            return redirect("instrument", pk)
    context = pages.instrument(found, day(at)) | {"form": form}
    return render(request, "catalogue/instrument.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def review(request: ControlRequest, pk: int) -> HttpResponse:
    """What a review of an instrument came to."""
    at = timezone.now()
    allowed(request, day(at))
    found = _instrument(pk)
    form = ReviewForm(request.POST or None, initial={"ngay": day(at)})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        told = {"outcome": said["ket_qua"], "reason": said["ly_do"], "document": said["so"]}
        try:
            made = acts.review_instrument(found, on=said["ngay"], **told, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã ghi kết quả rà soát: {made.get_outcome_display().lower()}.")
            return redirect("instrument", pk)
    back = reverse("instrument", args=[pk])
    return written(
        request,
        form,
        title="Ghi kết quả rà soát",
        answer=f"Rà soát {found}. Đây là kiến nghị; hiệu lực của văn bản không đổi.",
        button="Ghi kết quả",
        back=back,
        crumbs=pages.crumbs((reverse("instruments"), "Sổ văn bản"), (back, found.number), ("", "Rà soát")),
    )


def written(request: ControlRequest, form: forms.Form, **told: Any) -> HttpResponse:
    """A page that is one form: title, answer, button, back, crumbs."""
    status = 422 if form.errors else 200
    return render(request, "catalogue/announcing_form.html", {"form": form, **told}, status=status)


def _instrument(pk: int) -> Instrument:
    try:
        return queries.instrument(pk)
    except NotFound as missing:
        raise Http404(missing.reason) from None
