"""Làm sạch dữ liệu: scores and rules, the list of flaws, one flaw. For those who control procedures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import issuer
from motcua.ui import exports

from .. import listing, queries
from ..cleaning import acts, pages
from ..cleaning import queries as flawed
from ..cleaning.forms import STATES, AcceptForm, FlawsForm, GiveForm
from ..cleaning.models import Flaw, State
from ..cleaning.rule import Dimension
from ..remarks import queries as remarks
from .guard import ControlRequest, allowed

CLEAN = {"1": True, "0": False}


@require_safe
def index(request: ControlRequest) -> HttpResponse:
    """How far the catalogue is from zero."""
    today = day(timezone.now())
    allowed(request, today)
    context = pages.overview(today) | {"remarks_waiting": remarks.waiting()}
    return render(request, "catalogue/cleaning.html", context)


@require_POST
def sweep(request: ControlRequest) -> HttpResponse:
    """Look at everything now."""
    at = timezone.now()
    allowed(request, day(at))
    done = acts.sweep(by=request.user, at=at)
    told = f"Đã rà {done.procedures} thủ tục: {done.found} điểm, mới {done.new}, đã sửa xong {done.mended}."
    messages.success(request, told)
    return redirect("cleaning")


@require_safe
def flaws(request: ControlRequest) -> HttpResponseBase:
    """The flaws, narrowed by what stands in the URL."""
    at = timezone.now()
    allowed(request, day(at))
    shelf = request.GET.get("o", "")
    if shelf not in STATES:
        raise Http404(f"Không có danh sách {shelf}")
    form = FlawsForm(request.GET, officer=request.user, today=day(at))
    wanted = form.wanted(STATES[shelf][0])
    if file := exports.asked(request):
        by = issuer.of(request.user, day(at))
        told = pages.exported(file, wanted, exports.said(form), issuer=by, at=at)
        return exports.answer(request, file, told)
    context = pages.listed(wanted, request.GET.get("trang"), day(at)) | _narrowed(request, form, shelf)
    return render(request, "catalogue/flaws.html", context)


def _narrowed(request: ControlRequest, form: FlawsForm, shelf: str) -> dict[str, Any]:
    counted = flawed.by_state(form.wanted(""))
    kept = request.GET.copy()
    for name in ("o", "trang"):
        kept.pop(name, None)
    counts = [
        {
            "url": "?" + "&".join(filter(None, (f"o={slug}" if slug else "", kept.urlencode()))),
            "label": label,
            "count": counted.get(state, 0),
            "current": slug == shelf,
            "tone": tone if counted.get(state) else "",
            "icon": icon,
        }
        for slug, (state, label, tone, icon) in STATES.items()
    ]
    title, text = "Không có điểm nào cần sửa", "Mọi quy tắc kiểm được đều đạt, hoặc chưa rà lần nào."
    if form.narrowed:
        title, text = "Không có điểm nào như vậy", "Thử bớt điều kiện, hoặc xem trạng thái khác ở trên."
    empty = {"title": title, "text": text}
    return {"form": form, "shelf": shelf, "counts": counts, "narrowed": form.narrowed, "empty": empty}


@require_http_methods(["GET", "POST"])
def flaw(request: ControlRequest, pk: int) -> HttpResponse:
    """One flaw; posted to, it is given to somebody, accepted or opened again."""
    at = timezone.now()
    allowed(request, day(at))
    found, wish = _found(pk), request.POST.get("do", "")
    give = GiveForm(request.POST if wish == "giao" else None, found, day(at))
    accept = AcceptForm(request.POST if wish == "chap-nhan" else None)
    refusal = None
    if request.method == "POST":
        if wish not in WISHES:
            raise Http404(f"Không có việc {wish}")
        try:
            if _done(request, wish, found, give, accept, at):
                messages.success(request, WISHES[wish])
                return redirect("flaw", pk)
        except Refused as refused:
            refusal, found = refused, _found(pk)
    context = pages.shown(found, day(at)) | {"give": give, "accept": accept, "refusal": refusal}
    context |= {"is_open": found.state == State.OPEN, "is_accepted": found.state == State.ACCEPTED}
    wrong = bool(give.errors or accept.errors)
    return render(request, "catalogue/flaw.html", context, status=409 if refusal else 422 if wrong else 200)


WISHES = {
    "giao": "Đã giao người sửa và hạn sửa.",
    "chap-nhan": "Đã ghi chấp nhận, kèm lý do.",
    "mo-lai": "Đã mở lại.",
}


def _done(
    request: ControlRequest, wish: str, found: Flaw, give: GiveForm, accept: AcceptForm, at: datetime
) -> bool:
    """Whether the wish was carried out; not where its form is wrong. Raises Refused."""
    if wish == "mo-lai":
        acts.reopen(found, by=request.user, at=at)
        return True
    form: GiveForm | AcceptForm = give if wish == "giao" else accept
    if form.is_valid():
        form.act(found, by=request.user, at=at)
        return True
    return False


def _found(pk: int) -> Flaw:
    try:
        return flawed.one(pk)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None


@require_safe
def mine(request: ControlRequest) -> HttpResponse:
    """What the officer was given to mend; whoever was given something reads it."""
    context = pages.mine(request.user, request.GET.get("trang"), day(timezone.now()))
    return render(request, "catalogue/flaws_mine.html", context)


@require_safe
def behind(request: ControlRequest) -> HttpResponse:
    """The procedures that make one score."""
    today = day(timezone.now())
    allowed(request, today)
    wanted = request.GET.get("chieu", Dimension.ACCURATE.value)
    if wanted not in Dimension.values:
        raise Http404(f"Không có tiêu chí {wanted}")
    agency = listing.plain(request.GET.get("co-quan", ""))
    clean = CLEAN.get(request.GET.get("sach", ""))
    context = pages.behind(agency, Dimension(wanted), clean, request.GET.get("trang"), today)
    return render(request, "catalogue/cleaning_rows.html", context)
