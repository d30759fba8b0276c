"""Quy định riêng của tỉnh về một thủ tục: what stands, a new one, the end of one. For control officers."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import listing
from ..announcing import acts, local
from ..announcing.forms import EndForm, OverlayForm
from ..models import Overlay, Procedure
from .guard import ControlRequest, allowed


@require_http_methods(["GET", "POST"])
def show(request: ControlRequest, code: str) -> HttpResponse:
    """The overlays of a procedure; posted to, one is decided."""
    at = timezone.now()
    allowed(request, day(at))
    procedure = _procedure(code)
    form = OverlayForm(request.POST or None)
    if form.is_bound and form.is_valid() and _decided(request, procedure, form, at):
        messages.success(request, "Đã ghi quy định riêng; bản mới của thủ tục áp dụng từ ngày ấy.")
        return redirect("overlays", code)
    back = reverse("procedure", args=[code])
    context = {
        "procedure": procedure,
        "form": form,
        "rows": local.kept(procedure, day(at)),
        "columns": local.KEPT_COLUMNS,
        "empty": {"title": "Chưa có quy định riêng nào", "text": "Mọi phần theo bản trung ương."},
        "crumbs": [
            {"url": reverse("procedures"), "label": "Thủ tục"},
            {"url": back, "label": code},
            {"label": "Quy định riêng"},
        ],
    }
    return render(request, "catalogue/overlays.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def end(request: ControlRequest, code: str, pk: int) -> HttpResponse:
    """End one: the central text holds again."""
    at = timezone.now()
    allowed(request, day(at))
    overlay = Overlay.objects.filter(pk=pk, procedure=_procedure(code)).first()
    if overlay is None:
        raise Http404("Thủ tục không có quy định riêng này")
    form = EndForm(request.POST or None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            acts.end_overlay(overlay, on=told["ngay"], why=told["ly_do"], by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã ghi ngày kết thúc; từ ngày ấy theo lại bản trung ương.")
            return redirect("overlays", code)
    back = reverse("overlays", args=[code])
    context = {
        "form": form,
        "title": f"Kết thúc: {overlay.get_part_display().lower()}",
        "answer": f"Từ ngày kết thúc, phần này theo lại bản trung ương. Đang theo {overlay.decision}.",
        "button": "Ghi kết thúc",
        "back": back,
        "crumbs": [{"url": back, "label": "Quy định riêng"}, {"label": "Kết thúc"}],
    }
    return render(request, "catalogue/announcing_form.html", context, status=422 if form.errors else 200)


def _decided(request: ControlRequest, procedure: Procedure, form: OverlayForm, at: datetime) -> bool:
    try:
        acts.decide_overlay(procedure, form.told, by=request.user, at=at)
    except Refused as refused:
        form.add_error("noi_dung" if "dài hơn" in refused.reason else None, refused.reason)
        return False
    return True


def _procedure(code: str) -> Procedure:
    found = Procedure.objects.filter(code=listing.plain(code)).defer("words").first()
    if found is None:
        raise Http404(f"Danh mục không có thủ tục {code}")
    return found
