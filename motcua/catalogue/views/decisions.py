"""Quyết định công bố: the list, one decision, its drafting, its table, its publication. For control officers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import listing
from ..announcing import acts, pages, queries
from ..announcing.drafting import Taken
from ..announcing.forms import HeadForm, ItemForm, TableForm, first_day, head_of, item_of
from ..announcing.models import Announcement, Instrument
from ..queries import NotFound
from ..reading import decisions as tables
from ..reading.decisions import ItemDraft
from ..reading.drafts import CODE
from ..reading.files import WrongFile
from .announcing import written
from .guard import ControlRequest, allowed


def decision_for(request: ControlRequest, pk: int) -> Announcement:
    """The decision an officer may see here. Raises PermissionDenied, Http404."""
    allowed(request, day(timezone.now()))
    try:
        return queries.announcement(pk)
    except NotFound as missing:
        raise Http404(missing.reason) from None


@require_safe
def index(request: ControlRequest) -> HttpResponse:
    """The decisions, newest first."""
    allowed(request, day(timezone.now()))
    state = request.GET.get("o", "")
    state = state if state in pages.STATES else ""
    text = listing.plain(request.GET.get("q", ""))
    return render(
        request, "catalogue/announcements.html", pages.listed(text, state, request.GET.get("trang"))
    )


@require_safe
def show(request: ControlRequest, pk: int) -> HttpResponse:
    """One decision: what it says, its procedures, its clocks."""
    found = decision_for(request, pk)
    context = pages.shown(found, request.GET.get("trang"), day(timezone.now()))
    return render(request, "catalogue/announcement.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ControlRequest) -> HttpResponse:
    """Begin a decision, from an instrument with its procedures or from nothing."""
    at = timezone.now()
    allowed(request, day(at))
    ground = _ground(request.GET.get("van-ban", ""))
    form = HeadForm(request.POST or None, initial=_from(ground))
    if form.is_bound and form.is_valid():
        try:
            made = acts.draft_announcement(form.told, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            _carry_over(made, ground, request, at)
            return redirect("announcement", made.pk)
    return _head(request, form, "Soạn quyết định công bố", reverse("announcements"))


def _carry_over(made: Announcement, ground: Instrument | None, request: ControlRequest, at: Any) -> None:
    """The procedures the instrument makes to be announced; those without a code of the national database wait."""
    for told in ground.procedures if ground else ():
        if CODE.fullmatch(told["code"]):
            item = ItemDraft(0, told["kind"], told["code"], told["title"], told.get("note", ""), str(ground))
            acts.put_announced(made, item, by=request.user, at=at)


@require_http_methods(["GET", "POST"])
def edit(request: ControlRequest, pk: int) -> HttpResponse:
    """Change the head of a draft."""
    found = decision_for(request, pk)
    form = HeadForm(request.POST or None, initial=head_of(found))
    if form.is_bound and form.is_valid():
        try:
            acts.draft_announcement(form.told, draft=found, by=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect("announcement", pk)
    return _head(request, form, f"Sửa {found}", reverse("announcement", args=[pk]))


def _head(request: ControlRequest, form: HeadForm, title: str, back: str) -> HttpResponse:
    return written(
        request,
        form,
        title=title,
        answer="Số, ngày ký và người ký có thể ghi sau, trước khi ban hành.",
        button="Lưu dự thảo",
        back=back,
        numbers=Instrument.objects.values_list("number", flat=True)[:200],
        crumbs=pages.crumbs((reverse("announcements"), "Quyết định công bố"), ("", title)),
    )


@require_http_methods(["GET", "POST"])
def item(request: ControlRequest, pk: int) -> HttpResponse:
    """Add a procedure to a draft, or say anew what the decision does to it."""
    found = decision_for(request, pk)
    code = listing.plain(request.GET.get("ma", ""))
    held = found.items.filter(code=code).select_related("instrument").first() if code else None
    form = ItemForm(request.POST or None, initial=item_of(held) if held else {"ma_tthc": code})
    if form.is_bound and form.is_valid():
        try:
            made = acts.put_announced(found, form.cleaned_data["draft"], by=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error("van_ban" if "Sổ văn bản" in refused.reason else None, refused.reason)
        else:
            messages.success(request, f"Đã ghi: {made}.")
            return redirect("announcement", pk)
    back = reverse("announcement", args=[pk])
    return written(
        request,
        form,
        title="Thủ tục của quyết định",
        answer="Phần nào để trống thì giữ như bản đang áp dụng, hoặc như dự thảo đang chờ của thủ tục.",
        button="Ghi vào quyết định",
        back=back,
        numbers=Instrument.objects.values_list("number", flat=True)[:200],
        crumbs=pages.crumbs((back, str(found)), ("", "Thủ tục")),
    )


@require_http_methods(["GET", "POST"])
def table(request: ControlRequest, pk: int) -> HttpResponse:
    """Take the table of a decision in: all of it, or what must be mended in it."""
    found, taken = decision_for(request, pk), Taken()
    form = TableForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            taken = _taken(found, form.cleaned_data["tep"], request)
        except WrongFile as wrong:
            form.add_error("tep", wrong.told)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            if not taken.found:
                told = f"thêm {taken.added}, sửa {taken.changed}, không đổi {taken.unchanged}"
                messages.success(request, f"Đã nhập {taken.read} thủ tục: {told}.")
                return redirect("announcement", pk)
    context = {
        "decision": found,
        "form": form,
        "taken": taken,
        "rows": pages.findings(taken.found),
        "columns": pages.FOUND_COLUMNS,
        "headings": ", ".join(tables.HEADERS),
        "crumbs": pages.crumbs((reverse("announcement", args=[pk]), str(found)), ("", "Nhập danh mục")),
    }
    status = 422 if form.errors or taken.found else 200
    return render(request, "catalogue/announcement_table.html", context, status=status)


def _taken(draft: Announcement, file: UploadedFile[Any], request: ControlRequest) -> Taken:
    with TemporaryDirectory() as folder:
        path = Path(folder, f"danh-muc{Path(file.name or '').suffix.lower()}")
        path.write_bytes(file.read())
        return acts.import_announced(draft, path, by=request.user, at=timezone.now())


@require_safe
def template(request: ControlRequest) -> HttpResponse:
    """The heads of the table, as a CSV to fill in."""
    allowed(request, day(timezone.now()))
    response = HttpResponse(
        "\ufeff" + ",".join(tables.HEADERS) + "\r\n", content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="danh-muc-cong-bo.csv"'
    return response


@require_POST
def drop(request: ControlRequest, pk: int) -> HttpResponse:
    """Take a procedure out of a draft."""
    found = decision_for(request, pk)
    try:
        acts.drop_announced(
            found, listing.plain(request.POST.get("ma", "")), by=request.user, at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("announcement", pk)


@require_POST
def discard(request: ControlRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    found = decision_for(request, pk)
    try:
        acts.discard_announcement(found, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("announcement", pk)
    messages.success(request, "Đã bỏ dự thảo quyết định.")
    return redirect("announcements")


@require_POST
def publish(request: ControlRequest, pk: int) -> HttpResponse:
    """Make public one procedure of a decision, or all that wait."""
    found = decision_for(request, pk)
    code = listing.plain(request.POST.get("ma", ""))
    try:
        done = acts.publish_announced(found, [code] if code else None, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, f"Chưa công khai được: {refused.reason}.")
    else:
        messages.success(request, f"Đã công khai {len(done)} thủ tục.")
    return redirect("announcement", pk)


def _ground(pk: str) -> Instrument | None:
    return Instrument.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None


def _from(ground: Instrument | None) -> dict[str, Any]:
    if ground is None:
        return {}
    told = f"Công bố danh mục thủ tục hành chính theo {ground.number}"
    return {**first_day(ground.effective_on), "trich_yeu": told, "van_ban": ground.number}
