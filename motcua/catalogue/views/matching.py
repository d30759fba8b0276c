"""Đối chiếu với CSDLQG: the list of what differs, a comparison from a file or the gateway, one mismatch decided."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.gateways import errands, waiting
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Officer
from motcua.ui.templatetags import ui

from .. import listing, queries
from ..acts import WrongFile
from ..matching import acts
from ..matching import queries as matched
from ..matching.comparing import FIELDS
from ..matching.forms import DecideForm, FileForm
from ..matching.models import Decision, Kind, Matching, Mismatch
from .guard import ControlRequest, allowed

PAGE = 50
COLUMNS = [
    {"label": "Thủ tục", "width": "col-clock"},
    {"label": "Ở đây"},
    {"label": "CSDLQG"},
    {"label": "Quyết định", "width": "col-step"},
]
RUN_COLUMNS = [
    {"label": "Lần đối chiếu"},
    *({"label": label, "num": True} for label in ("Thủ tục đọc", "Giống hệt", "Điểm chưa quyết")),
]
SHELVES = (
    (matched.OPEN, "Chưa quyết", "soon", "circle-alert"),
    (matched.DECIDED, "Đã quyết, còn khác", "", "hourglass"),
    (matched.CLOSED, "Hết khác", "", "circle-check"),
)
NARROW = ("q", "loai", "phan")
UNREAD = (
    "{} bản ghi của tệp không đọc được, có thể là thủ tục bất kỳ, nên chưa nói được thủ tục nào chỉ có ở đây. "
    "Mỗi bản ghi phải có mã và tên thủ tục; sửa rồi đối chiếu lại."
)


@require_safe
def index(request: ControlRequest) -> HttpResponse:
    """What differs, narrowed by what stands in the URL."""
    allowed(request, day(timezone.now()))
    shelf = request.GET.get("o", "")
    if shelf not in matched.SHELVES:
        raise Http404(f"Không có danh sách {shelf}")
    text, kind, field = asked = tuple(listing.plain(request.GET.get(name, "")) for name in NARROW)
    page = Paginator(matched.listed(shelf, text, kind, field), PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "rows": [_row(one) for one in page.object_list],
        "columns": COLUMNS,
        "counts": _counts(shelf, asked),
        "asked": dict(zip(NARROW, asked, strict=True)),
        "kinds": Kind.choices,
        "fields": FIELDS.items(),
        "shelf": shelf,
        "runs": [_run(run) for run in matched.runs()],
        "run_columns": RUN_COLUMNS,
        "errand": _errand(),
        "crumbs": [*_crumbs("")[:1], {"label": "Đối chiếu với CSDLQG"}],
        "empty": {
            "title": "Không có điểm khác nào ở đây",
            "text": "Đối chiếu với một tệp hoặc qua trục để biết chỗ nào khác cơ sở dữ liệu quốc gia.",
        },
    }
    return render(request, "catalogue/matching.html", context)


@require_http_methods(["GET", "POST"])
def upload(request: ControlRequest) -> HttpResponse:
    """Compare with a file."""
    at = timezone.now()
    allowed(request, day(at))
    posted = request.method == "POST"
    form = FileForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_bound and form.is_valid():
        try:
            whole = form.cleaned_data["ca_tinh"]
            with TemporaryDirectory() as folder:
                path = _kept(form.cleaned_data["tep"], Path(folder))
                run = acts.match_file(path, whole=whole, called=path.name, by=request.user, at=at)
        except WrongFile as wrong:
            form.add_error("tep", wrong.told)
        else:
            return _done(request, run)
    context = {"form": form, "crumbs": _crumbs("Từ một tệp")}
    return render(request, "catalogue/matching_upload.html", context, status=422 if form.errors else 200)


@require_POST
def gateway(request: ControlRequest) -> HttpResponse:
    """Have a job compare through the gateway; one that is under way already goes on alone."""
    at = timezone.now()
    allowed(request, day(at))
    _, new = acts.ask_gateway(by=request.user, at=at)
    if not new:
        messages.info(request, "Đang đối chiếu rồi; mỗi lúc chỉ một lần đối chiếu qua trục.")
    return redirect("matching")


@require_safe
def state(request: ControlRequest) -> HttpResponse:
    """How far the job is, for the page that waits; once it has ended the page is read anew."""
    allowed(request, day(timezone.now()))
    return waiting.answer(request, "matching", reverse("matching-state"), _errand())


@require_http_methods(["GET", "POST"])
def one(request: ControlRequest, pk: int) -> HttpResponse:
    """One mismatch, side by side; posted to, it is decided."""
    at = timezone.now()
    allowed(request, day(at))
    held = _one(pk)
    form, refusal = DecideForm(request.POST or None, held), None
    if request.method == "POST" and form.is_valid():
        try:
            draft = form.act(held, by=request.user, at=at)
        except Refused as refused:
            refusal = refused
        else:
            told = f"Đã ghi; bản dự thảo số {draft.number} chờ công bố." if draft else "Đã ghi quyết định."
            messages.success(request, told)
            return redirect(_next(held))
    context = _shown(held) | {"form": form, "refusal": refusal}
    return render(
        request, "catalogue/mismatch.html", context, status=409 if refusal else 422 if form.errors else 200
    )


def _errand() -> dict[str, Any] | None:
    errand = errands.last(acts.ERRAND)
    if errand is None:
        return None
    by = Officer.objects.filter(username=errand.asked_by).values_list("full_name", flat=True).first()
    told = {
        "do": "Đối chiếu qua trục",
        "thing": "thủ tục",
        "url": "#cac-lan",
        "label": "Xem các lần đối chiếu",
    }
    return waiting.shown(errand, by=by or "", **told)


def _one(pk: int) -> Mismatch:
    try:
        return matched.one(pk)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None


def _next(held: Mismatch) -> str:
    """The next open part of the same procedure, else the list."""
    left = matched.beside(held)
    return reverse("mismatch", args=[left[0].pk]) if left else reverse("matching")


def _kept(given: UploadedFile[bytes], folder: Path) -> Path:
    path = folder / Path(given.name or "tep.json").name
    with path.open("wb") as file:
        for chunk in given.chunks():
            file.write(chunk)
    return path


def _done(request: ControlRequest, run: Matching) -> HttpResponse:
    counted = (ui.number(run.read), ui.number(run.same), ui.number(run.open))
    told = "Đã đối chiếu {} thủ tục: {} giống hệt, {} điểm chưa quyết.".format(*counted)
    told += " Bản thay thế trả lời, không phải CSDLQG thật." if run.stand_in else ""
    messages.success(request, told)
    if run.unread:
        messages.warning(request, UNREAD.format(ui.number(run.unread)))
    return redirect("matching")


def _crumbs(label: str) -> list[dict[str, str]]:
    return [
        {"url": reverse("cleaning"), "label": "Làm sạch dữ liệu"},
        {"url": reverse("matching"), "label": "Đối chiếu với CSDLQG"},
        {"label": label},
    ]


def _counts(shelf: str, asked: tuple[str, ...]) -> list[dict[str, Any]]:
    found = matched.by_shelf(*asked)
    return [
        {
            "url": listing.query(o=slug, **dict(zip(NARROW, asked, strict=True))),
            "label": label,
            "count": found[slug],
            "current": slug == shelf,
            "tone": tone if found[slug] else "",
            "icon": icon,
        }
        for slug, label, tone, icon in SHELVES
    ]


def _run(run: Matching) -> dict[str, Any]:
    stand_in = " (bản thay thế)" if run.stand_in else ""
    return {"run": run, "label": f"{run.source}{stand_in}", "whole": run.whole}


def _row(one: Mismatch) -> dict[str, Any]:
    return {
        "one": one,
        "url": reverse("mismatch", args=[one.pk]),
        "field": FIELDS.get(one.field, one.get_kind_display()),
        "decision": one.get_decision_display() if one.decision else "",
    }


def _shown(held: Mismatch) -> dict[str, Any]:
    items = [
        {"term": "Thủ tục", "value": f"{held.code} {held.title[:160]}", "url": _page(held)},
        {"term": "Phần", "value": FIELDS.get(held.field, "Cả thủ tục")},
        {"term": "Thấy lúc", "value": ui.moment(held.found_at)},
        {"term": "Quyết định", "value": held.get_decision_display() if held.decision else ""},
        {"term": "Lý do", "value": held.reason},
        {"term": "Người quyết", "value": held.decided_by.full_name if held.decided_by else ""},
        {"term": "Bản dự thảo", "value": f"số {held.draft.number}" if held.draft else ""},
    ]
    return {
        "held": held,
        "row": _row(held),
        "items": [item for item in items if item["value"]],
        "others": [_row(one) for one in matched.beside(held)],
        "take": Decision.TAKE,
        "crumbs": _crumbs(held.code),
    }


def _page(held: Mismatch) -> str:
    return reverse("procedure", args=[held.code]) if held.version_id else ""
