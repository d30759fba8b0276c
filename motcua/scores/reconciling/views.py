"""Đối soát: the comparisons made, a new one, one with its figures and the dossiers that make each difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.dossiers.models import Dossier
from motcua.dossiers.views.links import DeskRequest
from motcua.gateways import errands, waiting
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access, issuer
from motcua.people.models import Officer
from motcua.ui import exports
from motcua.ui.exports import Column, Listing
from motcua.ui.exports import Kind as Cells
from motcua.ui.templatetags import ui

from . import acts, queries
from .forms import DaysForm, ReconcileForm
from .models import Kind, Match, Reconciliation
from .reading import BadFile

WHY = {
    Kind.LATE: "Việc mới ghi ở đây chưa gửi được lên Cổng.",
    Kind.STATE: "Cổng đã nhận đủ mà trạng thái khác.",
    Kind.MOMENT: "Trạng thái giống, ngày tiếp nhận hoặc kết thúc lệch hơn một phút.",
    Kind.MISSING_THERE: "Đã gửi và Cổng đã xác nhận, nhưng số liệu của Cổng không có.",
    Kind.MISSING_HERE: "Số liệu của Cổng có, ở đây không có mã ấy.",
    Kind.SAME: "Hai bên giống nhau.",
}
COLUMNS = [
    {"label": "Hồ sơ"},
    {"label": "Khác thế nào"},
    {"label": "Ở đây"},
    {"label": "Trên Cổng"},
]
LISTED = [
    {"label": "Kỳ tiếp nhận"},
    {"label": "Hồ sơ", "num": True},
    {"label": "Khác nhau", "num": True},
    {"label": "Đối soát lúc"},
]
FIGURES = [
    {"label": "Số liệu"},
    {"label": "Ở đây", "num": True},
    {"label": "Trên Cổng", "num": True},
    {"label": "Chênh", "num": True},
    {"label": "Vì những hồ sơ"},
]
CELLS = (
    Column("Mã hồ sơ", Cells.CODE, 24),
    Column("Khác thế nào", width=22),
    Column("Trạng thái ở đây", width=24),
    Column("Trạng thái trên Cổng", width=24),
    Column("Tiếp nhận ở đây", Cells.MOMENT, 17),
    Column("Tiếp nhận trên Cổng", Cells.MOMENT, 17),
    Column("Kết thúc ở đây", Cells.MOMENT, 17),
    Column("Kết thúc trên Cổng", Cells.MOMENT, 17),
)


@require_http_methods(["GET", "POST"])
def index(request: DeskRequest) -> HttpResponse:
    """The comparisons made; posted to, one more from a file."""
    at = timezone.now()
    posted = request.method == "POST"
    form = ReconcileForm(request.POST, request.FILES) if posted else ReconcileForm()
    wrong: tuple[str, ...] = ()
    if posted and form.is_valid():
        try:
            kept = form.act(by=request.user, at=at)
        except BadFile as mistake:
            wrong = mistake.lines
        except Refused as refused:
            wrong = (refused.reason,)
        else:
            messages.success(request, "Đã đối soát.")
            return redirect("reconciliation", kept.pk)
    return _listed(request, at, form, DaysForm(auto_id="qua_%s"), wrong)


@require_POST
def ask(request: DeskRequest) -> HttpResponse:
    """Have a job ask the portal itself; one that is under way already goes on alone."""
    at = timezone.now()
    form = DaysForm(request.POST, auto_id="qua_%s")
    wrong: tuple[str, ...] = ()
    if form.is_valid():
        try:
            _, new = form.ask(by=request.user, at=at)
        except Refused as refused:
            wrong = (refused.reason,)
        else:
            if not new:
                messages.info(request, "Đang đối soát rồi; mỗi lúc chỉ một lần đối soát qua trục.")
            return redirect("reconciling")
    return _listed(request, at, ReconcileForm(), form, wrong)


@require_safe
def state(request: DeskRequest) -> HttpResponse:
    """How far the job is, for the page that waits; once it has ended the page is read anew."""
    return waiting.answer(request, "reconciling", reverse("reconciling-state"), _errand())


def _listed(
    request: DeskRequest, at: datetime, form: ReconcileForm, days: DaysForm, wrong: Sequence[str]
) -> HttpResponse:
    shown = {
        "form": form,
        "days": days,
        "wrong": wrong,
        "may": access.may(request.user, "reconcile", None, day(at)),
        "page": Paginator(queries.every(), 20).get_page(request.GET.get("trang")),
        "columns": LISTED,
        "errand": _errand(),
    }
    status = 422 if wrong or form.errors or days.errors else 200
    return render(request, "scores/reconciling/index.html", shown, status=status)


def _errand() -> dict[str, Any] | None:
    errand = errands.last(acts.ERRAND)
    if errand is None:
        return None
    by = Officer.objects.filter(username=errand.asked_by).values_list("full_name", flat=True).first()
    url = reverse("reconciliation", args=[errand.result]) if errand.result else ""
    told = {"do": "Đối soát qua trục", "thing": "hồ sơ", "url": url, "label": "Xem kết quả"}
    return waiting.shown(errand, by=by or "", **told)


@require_safe
def reconciliation(request: DeskRequest, pk: int) -> HttpResponseBase:
    """One comparison: figures of both sides, and the dossiers behind a difference."""
    kept = Reconciliation.objects.select_related("by").filter(pk=pk).first()
    if kept is None:
        raise Http404("Không có lần đối soát này")
    slug, kind = request.GET.get("so", ""), request.GET.get("loai", "")
    found = queries.matches(kept, slug, kind)
    if not slug and not kind:
        found = found.exclude(kind=Kind.SAME)
    if file := exports.asked(request):
        return exports.answer(request, file, _listing(request, file, kept, found))
    page = Paginator(found, 50).get_page(request.GET.get("trang"))
    shown = {
        "kept": kept,
        "page": page,
        "rows": _rows(page),
        "columns": COLUMNS,
        "figure_columns": FIGURES,
        "figures": _figures(kept),
        "counts": _counts(kept, slug, kind),
        "measured": queries.MEASURED[slug].name if slug in queries.MEASURED else "",
        "answer": _answer(kept),
    }
    return render(request, "scores/reconciling/reconciliation.html", shown)


def _figures(kept: Reconciliation) -> list[dict[str, Any]]:
    return [
        {
            "name": queries.MEASURED[slug].name,
            "ours": ours,
            "theirs": theirs,
            "gap": ours - theirs,
            "apart": apart,
            "declared": _declared(kept, slug, theirs),
            "url": f"?so={slug}#ho-so",
            "reasons": ", ".join(
                f"{Kind(kind).label.lower()} {ui.number(count)}"
                for kind, count in (queries.kinds(kept, slug) if apart else {}).items()
            ),
        }
        for slug, (ours, theirs, apart) in queries.figures(kept).items()
    ]


def _declared(kept: Reconciliation, slug: str, listed: int) -> str:
    """What the portal says of itself where its list holds another number of dossiers."""
    own = kept.figures.get(slug)
    return (
        ""
        if own in (None, listed)
        else f"Cổng tự báo {ui.number(own)}, danh sách của Cổng có {ui.number(listed)}"
    )


def _counts(kept: Reconciliation, slug: str, kind: str) -> list[dict[str, Any]]:
    """The ways to differ as filters, with how many dossiers each has."""
    found = queries.kinds(kept, slug)
    return [
        {
            "url": f"?{urlencode({'loai': each.value} | ({'so': slug} if slug else {}))}#ho-so",
            "label": each.label,
            "count": found.get(each.value, 0),
            "current": each.value == kind,
            "tone": "" if each is Kind.SAME or not found.get(each.value) else "soon",
        }
        for each in Kind
    ]


def _answer(kept: Reconciliation) -> str:
    found = queries.kinds(kept)
    differing = sum(count for kind, count in found.items() if kind != Kind.SAME)
    if not differing:
        return f"Hai bên khớp ở cả {ui.number(sum(found.values()))} hồ sơ."
    most = max((kind for kind in found if kind != Kind.SAME), key=lambda kind: found[kind])
    return (
        f"{ui.number(differing)} trong {ui.number(sum(found.values()))} hồ sơ khác nhau, nhiều nhất là "
        f"{Kind(most).label.lower()}: {ui.number(found[most])}."
    )


def _rows(page: Any) -> list[dict[str, Any]]:
    codes = [match.code for match in page]
    here = set(Dossier.objects.filter(code__in=codes).values_list("code", flat=True))
    return [{"match": match, "here": match.code in here, "why": WHY[Kind(match.kind)]} for match in page]


def _listing(request: DeskRequest, file: Any, kept: Reconciliation, found: Any) -> Listing:
    def read(keys: Any) -> Any:
        known = Match.objects.in_bulk(keys)
        for each in (known[key] for key in keys):
            yield (
                *(each.code, each.get_kind_display(), each.our_state, each.their_state),
                *(each.our_accepted, each.their_accepted, each.our_ended, each.their_ended),
            )

    keys = list(found.values_list("pk", flat=True)[: file.most + 1])
    by = issuer.of(request.user, day(kept.at))
    title = "Đối soát với Cổng Dịch vụ công quốc gia"
    return Listing(f"doi-soat-{kept.pk}", title, "hồ sơ", CELLS, keys, read, by, kept.at, period=str(kept))
