"""The procedures of a draft: taking one in, writing it, assessing its impact, dropping it, giving it its code."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.calendar import day
from motcua.law.control import PARTS
from motcua.law.facts import Refused
from motcua.people import access

from ..announcing.models import Change
from ..control import acts, offers, pages, papers, queries, reading, writing
from ..control.forms import AddForm, AssessForm, CodeForm, DropForm, TextForm, paper_rows, papers_of
from ..control.models import Drafted, Stage
from ..queries import NotFound
from . import drafts
from .guard import ControlRequest, allowed, named

MORE = 5  # rows of papers added at once
WHOLE = "Các bộ phận của thủ tục (Nghị định 63/2010/NĐ-CP, Điều 8 khoản 2)."
LATER = " Lưu được cả khi chưa đủ; phần thiếu chặn ở bước soạn thảo."


def _drafted(request: ControlRequest, pk: int, today: date) -> Drafted:
    allowed(request, today, "drafts")
    return named(queries.drafted, pk)


@require_http_methods(["GET", "POST"])
def add(request: ControlRequest, pk: int) -> HttpResponse:
    """Đưa thủ tục vào dự thảo; one with a text to write leads to its form."""
    at = timezone.now()
    draft = drafts.draft_of(request, pk, day(at))
    drafts.writes(request, draft, day(at))
    form = AddForm(request.POST or None, day(at))

    def act() -> str:
        told = form.cleaned_data
        made = acts.add_procedure(
            draft,
            change=told["loai"],
            title=told["ten"].strip(),
            before=told.get("before"),
            by=request.user,
            at=at,
        )
        return pages.link(draft) if made.change == Change.ABOLISHED else reverse("drafted", args=[made.pk])

    title = "Đưa thủ tục vào dự thảo"
    return drafts.asked(
        request, form, act, title=title, button="Đưa vào", done="Đã đưa thủ tục vào dự thảo.", draft=draft
    )


@require_http_methods(["GET", "POST"])
def write(request: ControlRequest, pk: int) -> HttpResponse:
    """The text of a procedure: a form while it is drafted, to read afterwards."""
    at = timezone.now()
    one = _drafted(request, pk, day(at))
    if one.version is None:
        raise Http404("Thủ tục bị bãi bỏ không có nội dung mới")
    told = writing.told(one.version)
    data = request.POST or None
    form, rows = TextForm.of(one, told, data), paper_rows(told.papers, data)
    editable = one.draft.stage == Stage.DRAFTING and offers.drafts(request.user, one.draft, day(at))
    status = 200
    if data is not None and request.POST.get("do") == "them":
        form, rows = _more(one, told, request)
    elif data is not None:
        status = 422
        if form.is_valid() and rows.is_valid():
            try:
                _save(one, form, rows, request, at)
            except Refused as refused:
                form.add_error(None, f"{refused}.")
                status = 409
            else:
                messages.success(request, "Đã lưu nội dung thủ tục.")
                return redirect(pages.link(one.draft))
    context = {
        "one": one,
        "form": form,
        "rows": rows,
        "editable": editable,
        "rows_wrong": status == 422 and not rows.is_valid(),
        "back": pages.link(one.draft),
    }
    context |= {
        "answer": WHOLE + (LATER if editable else ""),
        "texts": _texts(one),
        "crumbs": pages.crumbs(one.draft, one.title or "Thủ tục"),
    }
    return render(request, "catalogue/drafted.html", context, status=status)


def _more(one: Drafted, told: writing.Text, request: ControlRequest) -> tuple[TextForm, Any]:
    """The form as typed, with more rows of papers."""
    data = request.POST.copy()
    total = data.get("giay-TOTAL_FORMS", "")
    data["giay-TOTAL_FORMS"] = str((int(total) if total.isdecimal() and len(total) < 4 else 0) + MORE)
    form, rows = TextForm.of(one, told, data), paper_rows(told.papers, data)
    form.errors.clear()
    return form, rows


def _save(one: Drafted, form: TextForm, rows: Any, request: ControlRequest, at: datetime) -> None:
    said = form.cleaned_data
    acts.write(
        one,
        form.text(papers_of(rows)),
        absent=said["khong_co"],
        sets=said["so_bo"],
        base=said["nen"],
        by=request.user,
        at=at,
    )


def _texts(one: Drafted) -> list[dict[str, Any]]:
    """Each part as the draft has it and as it was, to read."""
    found = [(word, *pages.part_text(one, part), part) for part, word in PARTS.items()]
    absent = set(one.absent)
    return [
        {
            "part": word,
            "new": new or ("không có" if part in absent else ""),
            "old": old,
            "changed": part != "sets" and new != old,
        }
        for word, new, old, part in found
    ]


@require_http_methods(["GET", "POST"])
def assess(request: ControlRequest, pk: int) -> HttpResponse:
    """Đánh giá tác động: a long form; what is left open is asked for by the gate, not by the form."""
    at = timezone.now()
    one = _drafted(request, pk, day(at))
    told = pages.assessing(one)
    form = AssessForm(request.POST or None, told["parts"], reading.latest(one))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                acts.assess(one, form.told(), by=request.user, at=at)
            except Refused as refused:
                form.add_error(None, f"{refused}.")
                status = 409
            else:
                left = len(pages.assessing(queries.drafted(pk))["left"])
                said = f"còn {left} chỗ chưa trả lời" if left else "đã trả lời đủ"
                messages.success(request, f"Đã lưu bản đánh giá tác động, {said}.")
                return redirect(pages.link(one.draft))
    context = told | {"one": one, "form": form, "sections": _sections(one, form, told["parts"])}
    context |= {
        "editable": one.draft.stage == Stage.ASSESSMENT and offers.drafts(request.user, one.draft, day(at))
    }
    context |= {"back": pages.link(one.draft), "crumbs": pages.crumbs(one.draft, "Đánh giá tác động")}
    return render(request, "catalogue/assess.html", context, status=status)


def _sections(one: Drafted, form: AssessForm, parts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "id": part,
            "title": PARTS[part],
            "new": pages.part_text(one, part)[0],
            "old": pages.part_text(one, part)[1],
            "criteria": form.criteria(part),
            "why": form[f"{part}_ly_do"],
        }
        for part in parts
    ]


@require_http_methods(["GET", "POST"])
def drop(request: ControlRequest, pk: int) -> HttpResponse:
    """Bỏ thủ tục khỏi dự thảo."""
    at = timezone.now()
    one = _drafted(request, pk, day(at))
    form = DropForm(request.POST or None)

    def act() -> str:
        acts.drop_procedure(one, reason=form.cleaned_data["ly_do"], by=request.user, at=at)
        return pages.link(one.draft)

    title = "Bỏ thủ tục khỏi dự thảo"
    explain = f"Thủ tục: {one.title}."
    done = "Đã bỏ thủ tục khỏi dự thảo."
    return drafts.asked(
        request, form, act, title=title, button="Bỏ thủ tục", done=done, draft=one.draft, explain=explain
    )


@require_http_methods(["GET", "POST"])
def code(request: ControlRequest, pk: int) -> HttpResponse:
    """Cấp mã thủ tục."""
    at = timezone.now()
    one = _drafted(request, pk, day(at))
    if not access.may(request.user, "catalogue", None, day(at)):
        raise PermissionDenied(f"{request.user.full_name} không quản lý danh mục thủ tục")
    form = CodeForm(request.POST or None)

    def act() -> str:
        acts.give_code(one, code=form.cleaned_data["ma"], by=request.user, at=at)
        return pages.link(one.draft)

    told = {"title": "Cấp mã thủ tục", "button": "Cấp mã", "explain": f"Thủ tục: {one.title}."}
    return drafts.asked(request, form, act, **told, done="Đã cấp mã.", draft=one.draft)


@require_safe
def paper(request: ControlRequest, pk: int) -> HttpResponse:
    """The impact assessment on paper (mẫu 02, 03/ĐGTĐ)."""
    one = _drafted(request, pk, day(timezone.now()))
    try:
        return drafts.pdf(papers.assessment(one), f"danh-gia-tac-dong-{pk}")
    except NotFound as missing:
        raise Http404(missing.reason) from None
