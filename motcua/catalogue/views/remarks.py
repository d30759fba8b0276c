"""Báo sai: a form for everybody, an address for the answer, and the list of those who answer."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.ui import throttle
from motcua.ui.templatetags import ui

from .. import listing, pages, queries
from ..models import Version
from ..remarks import queries as remarks
from ..remarks.forms import AnswerForm, TellForm
from ..remarks.models import Remark, State
from .guard import ControlRequest, allowed

PAGE = 50
COLUMNS = [
    {"label": "Báo sai"},
    {"label": "Thủ tục", "width": "col-procedure"},
    {"label": "Tình trạng", "width": "col-step"},
]
# Slug in the address, label, state, tone and icon.
SHELVES = (
    ("", "Chờ trả lời", State.NEW, "soon", "hourglass"),
    ("tiep-thu", "Đúng, đã tiếp thu", State.TAKEN, "", "circle-check"),
    ("khong-sai", "Không sai", State.DECLINED, "", "circle-minus"),
)
LOOKS = {state: (tone, icon) for _, _, state, tone, icon in SHELVES}


@login_not_required
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, code: str) -> HttpResponse:
    """The form; sent, it leads to the address of the answer."""
    at, version = timezone.now(), _version(request, code)
    form = TellForm(request.POST or None, initial={"phan": request.GET.get("phan", "")})
    refusal = None
    if request.method == "POST" and form.by_a_program:
        return redirect("procedure", version.procedure.code)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("remark-state", form.act(version, origin=_origin(request, at), at=at).key)
        except Refused as refused:
            refusal = refused
    context = {"told": version, "form": form, "refusal": refusal, "crumbs": _crumbs(version, "Báo sai")}
    wrong = 409 if refusal else 422 if form.errors else 200
    return render(request, "catalogue/remark_new.html", context, status=wrong)


@login_not_required
@require_safe
def state(request: HttpRequest, key: UUID) -> HttpResponse:
    """Where a remark stands, for whoever has its address."""
    try:
        remark = remarks.by_key(key)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None
    context = _shown(remark) | {"crumbs": _crumbs(remark.version, "Báo sai")}
    context["address"] = request.build_absolute_uri()
    return render(request, "catalogue/remark_state.html", context)


@require_safe
def index(request: ControlRequest) -> HttpResponse:
    """All remarks, for those who answer them."""
    allowed(request, day(timezone.now()))
    shelf, text = request.GET.get("o", ""), listing.plain(request.GET.get("q", ""))
    states = {slug: state for slug, _, state, *_ in SHELVES}
    if shelf not in states:
        raise Http404(f"Không có danh sách {shelf}")
    page = Paginator(remarks.listed(text, states[shelf]), PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "rows": [_shown(remark) for remark in page.object_list],
        "columns": COLUMNS,
        "counts": _counts(shelf, text),
        "asked": text,
        "shelf": shelf,
        "crumbs": [{"url": reverse("cleaning"), "label": "Làm sạch dữ liệu"}, {"label": "Báo sai"}],
        "empty": {
            "title": "Không có báo sai nào",
            "text": "Ai đọc trang thủ tục đều báo sai được ở cuối trang.",
        },
    }
    return render(request, "catalogue/remarks.html", context)


@require_http_methods(["GET", "POST"])
def one(request: ControlRequest, pk: int) -> HttpResponse:
    """One remark; posted to, it is answered."""
    at = timezone.now()
    allowed(request, day(at))
    remark, form, refusal = _one(pk), AnswerForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            form.act(remark, by=request.user, at=at)
        except Refused as refused:
            refusal, remark = refused, _one(pk)
        else:
            messages.success(request, "Đã trả lời; người báo đọc được ở địa chỉ đã cho.")
            return redirect("remarks")
    context = _shown(remark) | {"form": form, "refusal": refusal, "is_new": remark.state == State.NEW}
    above = {"url": reverse("cleaning"), "label": "Làm sạch dữ liệu"}
    here = {"url": reverse("remarks"), "label": "Báo sai"}
    context["crumbs"] = [above, here, {"label": remark.version.procedure.code}]
    wrong = 409 if refusal else 422 if form.errors else 200
    return render(request, "catalogue/remark.html", context, status=wrong)


def _one(pk: int) -> Remark:
    try:
        return remarks.one(pk)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None


def _version(request: HttpRequest, code: str) -> Version:
    try:
        versions = queries.versions_of(listing.plain(code))
        return queries.chosen(versions, day(timezone.now()), pages.number(request.GET.get("ban")))
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None


def _origin(request: HttpRequest, at: datetime) -> str:
    """Who sends, as far as counting needs it: another sign each day, no address for whoever lacks the secret key."""
    told = f"{settings.SECRET_KEY}|{day(at)}|{throttle.sender(request)}"
    return sha256(told.encode()).hexdigest()[:32]


def _crumbs(version: Version, label: str) -> list[dict[str, str]]:
    code = version.procedure.code
    page = reverse("procedure", args=[code])
    return [
        {"url": reverse("procedures"), "label": "Thủ tục"},
        {"url": page, "label": code},
        {"label": label},
    ]


def _counts(shelf: str, text: str) -> list[dict[str, Any]]:
    found = remarks.by_state(text)
    return [
        {
            "url": listing.query(o=slug, q=text),
            "label": label,
            "count": found.get(state, 0),
            "current": slug == shelf,
            "tone": tone if found.get(state) else "",
            "icon": icon,
        }
        for slug, label, state, tone, icon in SHELVES
    ]


def _shown(remark: Remark) -> dict[str, Any]:
    tone, icon = LOOKS[State(remark.state)]
    version = remark.version
    items = [
        {
            "term": "Thủ tục",
            "value": f"{version.procedure.code} {version.title[:200]}",
            "url": f"{reverse('procedure', args=[version.procedure.code])}?ban={version.number}",
        },
        {"term": "Phần", "value": remark.get_part_display()},
        {"term": "Gửi lúc", "value": ui.moment(remark.sent_at)},
        {"term": "Trả lời lúc", "value": ui.moment(remark.answered_at) if remark.answered_at else ""},
    ]
    return {
        "remark": remark,
        "url": reverse("remark", args=[remark.pk]),
        "tone": tone,
        "icon": icon,
        "items": [item for item in items if item["value"]],
    }
