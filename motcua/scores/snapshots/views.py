"""Publications of the index: their list, each one with its file and notice, and what is known since (công bố)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.facts import Refused
from motcua.people.models import Officer, Unit
from motcua.ui import press

from .. import fresh
from ..asked import Asked
from ..periods import Period
from . import acts, comparing, gathering, pages
from .forms import DiscardForm, DraftForm, PublishForm
from .gathering import Miscounted
from .models import Snapshot, SnapshotState

LAYOUT = Path(__file__).parent / "notice.typ"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """Các bản đã công bố; posted to, a draft is made."""
    at = timezone.now()
    form, refusal = (
        DraftForm(request.POST if request.method == "POST" else None, periods=pages.offered(at)),
        None,
    )
    if request.method == "POST":
        officer = _officer(request)
        if form.is_valid():
            try:
                made = form.act(by=officer, at=at)
            except (Refused, Miscounted) as refused:
                refusal = str(refused)
            else:
                messages.success(request, f"Đã lập dự thảo {made.number}. Người ký duyệt xem trước khi ký.")
                return redirect("publication", made.number)
    context = pages.listing(request.user, at, request.GET.get("trang")) | {"form": form, "refusal": refusal}
    return render(request, "scores/snapshots/index.html", context, status=409 if refusal else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponseBase:
    """Một bản công bố; posted to, it is signed, published or dropped."""
    at, wish, refusal = timezone.now(), request.POST.get("do", ""), None
    snapshot = _found(request, number)
    publishing = PublishForm(request.POST if wish == "cong-bo" else None)
    discarding = DiscardForm(request.POST if wish == "bo" else None)
    if request.method == "POST":
        officer = _officer(request)
        try:
            _same(snapshot, request.POST.get("ma_bam", ""))
            done = _done(snapshot, wish, publishing, discarding, officer, at)
        except Refused as refused:
            refusal, snapshot = str(refused), _found(request, number)
        else:
            if done:
                messages.success(request, done)
                return redirect(*(("publications",) if wish == "bo" else ("publication", number)))
    context = pages.shown(snapshot, request.GET.get("cap", ""), request.GET.get("trang"))
    context |= pages.actions(snapshot, request.user, at)
    context |= {"publishing": publishing, "discarding": discarding, "refusal": refusal}
    return render(request, "scores/snapshots/snapshot.html", context, status=409 if refusal else 200)


@login_not_required
@require_safe
def file(request: HttpRequest, number: str) -> HttpResponse:
    """Tệp công bố, which `motcua verify-snapshot` checks."""
    snapshot = _found(request, number)
    text = json.dumps(gathering.document(snapshot), ensure_ascii=False, indent=1)
    return _attached(text.encode(), "application/json", f"chi-so-766-{number}.json")


@login_not_required
@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Thông báo công bố, PDF."""
    snapshot = _found(request, number)
    said = snapshot.published_at or snapshot.signed_at or snapshot.drafted_at
    (made,) = press.pages(LAYOUT, pages.notice(snapshot), at=said, long=True)
    return _attached(made, "application/pdf", f"thong-bao-chi-so-766-{number}.pdf")


@login_not_required
@require_safe
def compare(request: HttpRequest, number: str) -> HttpResponse:
    """Đã công bố và nay biết: each difference, and for officers the dossiers that made it."""
    snapshot, now = _found(request, number), timezone.now()
    period = Period.parse(snapshot.period)
    look = fresh.index(Asked(period, now, now))
    found = comparing.between(snapshot.content, look.entries)
    wanted = request.GET.get("don-vi", ""), request.GET.get("chi-so", "")
    if any(wanted):
        return _opened(request, snapshot, found, wanted, look.asked)
    context = pages.compared(snapshot, found, look.asked.at, request.GET.get("trang"))
    return render(request, "scores/snapshots/compare.html", context)


def _opened(
    request: HttpRequest, snapshot: Snapshot, found: list[comparing.Difference], wanted: Any, asked: Asked
) -> HttpResponse:
    each = next((each for each in found if (each.unit, each.code) == wanted), None)
    if each is None:
        raise Http404("Số liệu này nay như lúc công bố")
    if not isinstance(request.user, Officer):
        raise PermissionDenied("Danh sách hồ sơ chỉ mở cho cán bộ")
    unit = Unit.objects.get(code=each.unit)
    changes = comparing.of_figure(snapshot, unit, each.code, asked.period, asked.at)
    context = pages.opened(snapshot, each, changes, request.GET.get("trang"), request.user, asked.now)
    return render(request, "scores/snapshots/opened.html", context)


def _done(
    snapshot: Snapshot,
    wish: str,
    publishing: PublishForm,
    discarding: DiscardForm,
    officer: Officer,
    at: Any,
) -> str:
    """Do what is wished; what to say about it, "" where the form is not complete."""
    if wish == "ky":
        acts.sign(snapshot, by=officer, at=at)
        return "Đã ký duyệt."
    if wish == "cong-bo" and publishing.is_valid():
        publishing.act(snapshot, by=officer, at=at)
        return "Đã công bố. Từ nay không ai sửa được bản này."
    if wish == "bo" and discarding.is_valid():
        discarding.act(snapshot, by=officer, at=at)
        return f"Đã bỏ dự thảo {snapshot.number}."
    if wish not in ("cong-bo", "bo"):
        raise Http404(f"Không có việc {wish}")
    return ""


def _same(snapshot: Snapshot, seen: str) -> None:
    """A draft that was dropped and made anew has the number of the one before, and other figures."""
    if seen != snapshot.digest:
        raise Refused(f"Bản {snapshot.number} vừa được lập lại; hãy xem số liệu dưới đây rồi làm tiếp")


def _found(request: HttpRequest, number: str) -> Snapshot:
    """The publication of a number; one not published is for officers."""
    period, _, version = number.partition(".")
    found = Snapshot.objects.select_related("unit__parent", "drafted_by", "signed_by", "published_by")
    wanted = int(version) if version.isdecimal() and len(version) < 5 else 0
    snapshot = found.filter(period=period.replace("\0", ""), version=wanted).first()
    if snapshot is None or (snapshot.state != SnapshotState.PUBLISHED and not request.user.is_authenticated):
        raise Http404(f"Không có bản công bố số {number}")
    return snapshot


def _officer(request: HttpRequest) -> Officer:
    if not isinstance(request.user, Officer):
        raise PermissionDenied("Hãy đăng nhập để làm việc này")
    return request.user


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
