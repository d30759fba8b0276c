"""Kiểm soát dự thảo: the list, one draft, what is decided of it, the ledger and the forms on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.law import control
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import issuer
from motcua.ui import exports

from ..control import acts, offers, pages, papers, queries
from ..control.forms import (
    AboutForm,
    AnswerForm,
    DraftsForm,
    OpinionForm,
    PromulgateForm,
    ReturnForm,
    StopForm,
)
from ..control.models import Draft
from ..queries import NotFound
from .guard import ControlRequest, allowed, named

SLUGS = {slug for slug, *_ in pages.SHELVES}


def draft_of(request: ControlRequest, pk: int, today: date) -> Draft:
    """The draft of a page. Raises PermissionDenied, Http404."""
    allowed(request, today, "drafts")
    return named(queries.one, pk)


@require_safe
def index(request: ControlRequest) -> HttpResponseBase:
    """The drafts, narrowed by what stands in the URL."""
    at = timezone.now()
    today = day(at)
    allowed(request, today, "drafts")
    shelf = request.GET.get("o", "")
    if shelf not in SLUGS:
        raise Http404(f"Không có danh sách {shelf}")
    form = DraftsForm(request.GET)
    mine = queries.waiting_for(request.user, today)
    wanted = form.wanted(shelf, mine)
    if file := exports.asked(request):
        by = issuer.of(request.user, today)
        listing = pages.exported(file, wanted, exports.said(form), issuer=by, at=at, today=today)
        return exports.answer(request, file, listing)
    kept = request.GET.copy()
    for name in ("o", "trang"):
        kept.pop(name, None)
    context = pages.listed(wanted, request.GET.get("trang"), today)
    empty = pages.NO_SUCH if form.narrowed or shelf else pages.NO_DRAFT
    context |= {"form": form, "shelf": shelf, "narrowed": form.narrowed, "empty": empty}
    every = queries.Wanted(wanted.text, unit=wanted.unit)
    context["counts"] = pages.counts(every, mine, shelf, kept.urlencode(), today)
    context["may_begin"] = bool(queries.units(request.user, today))
    return render(request, "catalogue/drafts.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ControlRequest) -> HttpResponse:
    """Lập dự thảo."""
    at = timezone.now()
    allowed(request, day(at), "drafts")
    units = queries.units(request.user, day(at))
    if not units:
        raise PermissionDenied(f"{request.user.full_name} không giữ vị trí soạn thảo ở cơ quan cấp tỉnh nào")
    form = AboutForm(request.POST or None, units)

    def begin() -> str:
        unit = next(unit for unit in units if unit.code == form.cleaned_data["don_vi"])
        return pages.link(acts.begin(form.about(), unit=unit, by=request.user, at=at))

    return asked(
        request, form, begin, title="Lập dự thảo văn bản", button="Lập dự thảo", done="Đã lập dự thảo."
    )


@require_http_methods(["GET", "POST"])
def edit(request: ControlRequest, pk: int) -> HttpResponse:
    """Sửa thông tin dự thảo."""
    at = timezone.now()
    draft = draft_of(request, pk, day(at))
    form = AboutForm(request.POST or None, [draft.unit], draft)

    def change() -> str:
        acts.change(draft, form.about(), by=request.user, at=at)
        return pages.link(draft)

    return asked(
        request, form, change, title="Sửa thông tin dự thảo", button="Lưu", done="Đã lưu.", draft=draft
    )


@require_safe
def show(request: ControlRequest, pk: int) -> HttpResponse:
    """One draft: where it stands, what holds it, what may be done."""
    at = timezone.now()
    draft = draft_of(request, pk, day(at))
    return _shown(request, draft, at)


def _shown(
    request: ControlRequest, draft: Draft, at: datetime, refusal: Refused | None = None
) -> HttpResponse:
    context = pages.shown(draft, request.user, at, day(at)) | {"refusal": refusal}
    return render(request, "catalogue/draft.html", context, status=409 if refusal else 200)


@require_POST
def forward(request: ControlRequest, pk: int) -> HttpResponse:
    """Chuyển bước: through the gates, or back to the page that names those that are shut."""
    at = timezone.now()
    draft = draft_of(request, pk, day(at))
    try:
        moved = acts.forward(draft, by=request.user, at=at)
    except Refused as refused:
        return _shown(request, queries.one(pk), at, refused)
    messages.success(request, f"Đã chuyển sang bước {moved.get_stage_display()}.")
    return redirect("draft", pk)


@require_http_methods(["GET", "POST"])
def deed(request: ControlRequest, pk: int, slug: str) -> HttpResponse:
    """One decision about a draft, by its form."""
    at = timezone.now()
    draft = draft_of(request, pk, day(at))
    if slug not in DEEDS:
        raise Http404(f"Không có việc {slug}")
    if draft.stage not in control.PATH:
        return _shown(request, draft, at, Refused(f"Dự thảo {draft.get_stage_display().lower()}"))
    title, button, done, build = DEEDS[slug]
    form, act = build(request, draft, at)

    def do() -> str:
        act()
        return pages.link(draft)

    return asked(request, form, do, title=title, button=button, done=done, draft=draft)


Built = tuple[forms.Form, Callable[[], object]]


def _opinion(request: ControlRequest, draft: Draft, at: datetime) -> Built:
    form = OpinionForm(request.POST or None, initial={"ngay": day(at)})
    return form, lambda: acts.give_opinion(draft, **_said(form), by=request.user, at=at)


def _appraisal(request: ControlRequest, draft: Draft, at: datetime) -> Built:
    form = OpinionForm(request.POST or None, initial={"ngay": day(at)})
    return form, lambda: acts.appraise(draft, **_said(form), by=request.user, at=at)


def _said(form: OpinionForm) -> dict[str, Any]:
    told = form.cleaned_data
    return {"position": told["ket_luan"], "text": told["noi_dung"].strip(), "document": form.document()}


def _answer(request: ControlRequest, draft: Draft, at: datetime) -> Built:
    form = AnswerForm(request.POST or None)
    if asked := pages.standing_opinion(draft):
        form.fields["noi_dung"].help_text = f"{form.fields['noi_dung'].help_text} Ý kiến: {asked.text}"

    def act() -> None:
        told = form.cleaned_data
        acts.answer(draft, text=told["noi_dung"], number=told["so"].strip(), by=request.user, at=at)

    return form, act


def _return(request: ControlRequest, draft: Draft, at: datetime) -> Built:
    form = ReturnForm(request.POST or None, draft)

    def act() -> None:
        told = form.cleaned_data
        acts.send_back(draft, to=told["ve"], reason=told["ly_do"], by=request.user, at=at)

    return form, act


def _stop(request: ControlRequest, draft: Draft, at: datetime) -> Built:
    form = StopForm(request.POST or None)
    return form, lambda: acts.stop(draft, reason=form.cleaned_data["ly_do"], by=request.user, at=at)


def _promulgate(request: ControlRequest, draft: Draft, at: datetime) -> Built:
    form = PromulgateForm(request.POST or None, initial=papers.promulgating(draft, day(at)))

    def act() -> None:
        told = form.cleaned_data
        acts.promulgate(
            draft,
            document=form.document(),
            effective=told["hieu_luc"],
            issuer=told["noi"].strip(),
            signer=told["nguoi_ky"].strip(),
            by=request.user,
            at=at,
        )

    return form, act


# Of each decision its title, its button, what is said when it is done, and how its form and act are made.
DEEDS: dict[str, tuple[str, str, str, Callable[[ControlRequest, Draft, datetime], Built]]] = {
    "y-kien": ("Ý kiến kiểm soát thủ tục", "Ghi ý kiến", "Đã ghi ý kiến kiểm soát.", _opinion),
    "tham-dinh": ("Thẩm định dự thảo", "Ghi kết quả thẩm định", "Đã ghi kết quả thẩm định.", _appraisal),
    "giai-trinh": ("Tiếp thu, giải trình ý kiến", "Ghi giải trình", "Đã ghi tiếp thu, giải trình.", _answer),
    "tra-lai": ("Trả lại bước trước", "Trả lại", "Đã trả lại dự thảo.", _return),
    "dung": ("Dừng dự thảo", "Dừng dự thảo", "Đã dừng dự thảo.", _stop),
    "ban-hanh": ("Ban hành văn bản", "Ghi ban hành", "Đã ghi ban hành; thủ tục chờ công bố.", _promulgate),
}


@require_safe
def ledger(request: ControlRequest) -> HttpResponse:
    """What drafts add and remove, by agency and year."""
    today = day(timezone.now())
    allowed(request, today, "drafts")
    asked_for = request.GET.get("nam", "")
    year = int(asked_for) if asked_for.isdecimal() and len(asked_for) == 4 else None
    return render(request, "catalogue/draft_ledger.html", pages.ledger(year))


@require_safe
def paper(request: ControlRequest, pk: int, opinion: int) -> HttpResponse:
    """The opinion or appraisal on paper."""
    at = timezone.now()
    draft = draft_of(request, pk, day(at))
    try:
        made = papers.opinion(draft, opinion)
    except NotFound as missing:
        raise Http404(missing.reason) from None
    return pdf(made, f"y-kien-du-thao-{pk}")


def pdf(made: bytes, name: str) -> HttpResponse:
    """A document to look at or keep."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def asked(
    request: ControlRequest,
    form: forms.Form,
    act: Callable[[], str],
    *,
    title: str,
    button: str,
    done: str,
    draft: Draft | None = None,
    explain: str = "",
) -> HttpResponse:
    """A form and the act behind it, which leads on; what is refused comes back above what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                where = act()
            except Refused as refused:
                form.add_error(None, f"{refused}.")
                status = 409
            else:
                messages.success(request, done)
                return redirect(where)
    context = {"form": form, "title": title, "button": button, "about": draft.name if draft else ""}
    context |= {"explain": explain, "back": pages.link(draft) if draft else reverse("drafts")}
    context |= {"crumbs": pages.crumbs(draft, title)}
    return render(request, "people/form.html", context, status=status)


def writes(request: ControlRequest, draft: Draft, today: date) -> None:
    """Let nobody past but the drafting unit. Raises PermissionDenied."""
    if not offers.drafts(request.user, draft, today):
        raise PermissionDenied(f"{request.user.full_name} không soạn thảo cho {draft.unit.name}")
