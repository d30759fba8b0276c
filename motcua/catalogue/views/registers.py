"""Sổ theo dõi: internal procedures and decentralisation, on the same pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.registers import Register
from motcua.people import issuer
from motcua.ui import exports

from .. import listing, queries
from ..acts import WrongFile
from ..registers import acts, counting, pages
from ..registers.about import columns
from ..registers.counting import Asked
from ..registers.forms import DropForm, ItemForm, ProgrammeForm, StepForm, TableForm
from ..registers.models import Programme, RegisterItem
from .guard import ControlRequest, allowed

CUT = "cat"


@require_safe
def of(request: ControlRequest, register: str) -> HttpResponse:
    """The numbers of a programme, the newest where none is named; `?cat=1` cuts shares instead of rounding them."""
    today, kind = _entered(request, register)
    context: dict[str, Any] = {"register": kind, "title": pages.TITLES[kind], "answer": pages.ANSWERS[kind]}
    context["programmes"] = counting.programmes(register)
    if context["programmes"]:
        programme = _programme(request, register)
        context |= pages.overview(programme, today, cut=CUT in request.GET)
        context["tabs"] = pages.tabs(context["programmes"], programme)
    return render(request, "catalogue/register.html", context)


@require_safe
def items(request: ControlRequest, register: str) -> HttpResponseBase:
    """The items of a programme, narrowed by what stands in the URL."""
    at = timezone.now()
    today, _ = _entered(request, register)
    programme = _programme(request, register)
    told = (listing.plain(request.GET.get(name, "")) for name in ("q", "tinh-trang", "co-quan", "linh-vuc"))
    asked = Asked(*told)
    if asked.state not in counting.LABELS:
        raise Http404(f"Không có tình trạng {asked.state}")
    if file := exports.asked(request):
        by = issuer.of(request.user, today)
        table = pages.exported(file, programme, asked, issuer=by, at=at, day=today)
        return exports.answer(request, file, table)
    context = pages.listed(programme, asked, request.GET.get("trang"), today)
    return render(request, "catalogue/register_items.html", context)


@require_http_methods(["GET", "POST"])
def programme_new(request: ControlRequest, register: str) -> HttpResponse:
    """Open a programme."""
    at = timezone.now()
    _, kind = _entered(request, register)
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = form.act(kind, by=request.user, at=at)
        except Refused as refused:
            form.add_error("ma", refused.reason)
        else:
            messages.success(request, "Đã lập chương trình.")
            return redirect(f"{reverse('register-of', args=[register])}?ct={made.code}")
    return _form(request, form, kind, "Lập chương trình", "so-chuong-trinh")


@require_http_methods(["GET", "POST"])
def item_new(request: ControlRequest, register: str) -> HttpResponse:
    """Enter an item."""
    at = timezone.now()
    _, kind = _entered(request, register)
    programme = _programme(request, register)
    form = ItemForm(request.POST if request.method == "POST" else None, kind)
    if form.is_bound and form.is_valid():
        try:
            made = acts.enter(programme, form.about(), by=request.user, at=at)
        except Refused as refused:
            form.add_error("code", refused.reason)
        else:
            messages.success(request, "Đã ghi vào sổ.")
            return redirect("register-item", register, made.pk)
    return _form(request, form, kind, f"Ghi vào sổ: {programme.name}", "so-muc")


@require_http_methods(["GET", "POST"])
def item_edit(request: ControlRequest, register: str, pk: int) -> HttpResponse:
    """Correct what the register says of an item."""
    at = timezone.now()
    today, kind = _entered(request, register)
    item = _item(register, pk, today)
    form = ItemForm(request.POST if request.method == "POST" else None, kind, item)
    if form.is_bound and form.is_valid():
        try:
            acts.correct(item, form.about(), by=request.user, at=at)
        except Refused as refused:
            form.add_error("code", refused.reason)
        else:
            messages.success(request, "Đã sửa; phần đã đổi còn trong nhật ký.")
            return redirect("register-item", register, pk)
    return _form(request, form, kind, f"Sửa mục {item.code}", f"so-muc-{pk}")


@require_http_methods(["GET", "POST"])
def item(request: ControlRequest, register: str, pk: int) -> HttpResponse:
    """One item; posted to, a stage is recorded, or it is dropped."""
    at = timezone.now()
    today, kind = _entered(request, register)
    held, wish = _item(register, pk, today), request.POST.get("do", "")
    step = StepForm(request.POST if wish == "buoc" else None, held)
    drop = DropForm(request.POST if wish == "bo" else None)
    refusal = None
    if request.method == "POST":
        try:
            if wish == "buoc" and step.is_valid():
                step.act(held, by=request.user, at=at)
                messages.success(request, "Đã ghi bước.")
                return redirect("register-item", register, pk)
            if wish == "bo" and drop.is_valid():
                acts.drop(held, reason=drop.cleaned_data["ly_do"], by=request.user, at=at)
                messages.success(request, f"Đã đưa mục {held.code} ra khỏi sổ.")
                return redirect(pages.link(held.programme))
        except Refused as refused:
            refusal = refused
    context = pages.shown(held, today) | {"register": kind, "step": step, "drop": drop, "refusal": refusal}
    wrong = bool(step.errors or drop.errors)
    status = 409 if refusal else 422 if wrong else 200
    return render(request, "catalogue/register_item.html", context, status=status)


@require_http_methods(["GET", "POST"])
def table(request: ControlRequest, register: str) -> HttpResponse:
    """Take a table in: all of it, or nothing with each cell that is wrong."""
    at = timezone.now()
    _, kind = _entered(request, register)
    programme = _programme(request, register)
    posted = request.method == "POST"
    form = TableForm(request.POST if posted else None, request.FILES if posted else None)
    problems: list[Any] = []
    if form.is_bound and form.is_valid():
        try:
            with TemporaryDirectory() as folder:
                path = _kept(form.cleaned_data["tep"], Path(folder))
                taken = acts.import_items(programme, path, by=request.user, at=at)
        except WrongFile as wrong:
            form.add_error("tep", wrong.told)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            problems = taken.problems
            if not problems:
                told = f"Đã đọc {taken.read} dòng: {taken.added} mục mới, {taken.changed} mục đổi."
                messages.success(request, told)
                return redirect(pages.link(programme))
    context = {"form": form, "problems": problems, "register": kind, "programme": programme}
    context |= {"columns": columns(kind).values(), "crumbs": _crumbs(kind, "Nhập từ bảng")}
    context["problem_columns"] = [{"label": label} for label in ("Dòng", "Cột", "Sai gì", "Cách sửa")]
    status = 422 if form.errors or problems else 200
    return render(request, "catalogue/register_table.html", context, status=status)


def _kept(given: Any, folder: Path) -> Path:
    path = folder / Path(given.name or "bang.xlsx").name
    with path.open("wb") as file:
        for chunk in given.chunks():
            file.write(chunk)
    return path


def _form(request: ControlRequest, form: Any, kind: Register, title: str, kept: str) -> HttpResponse:
    context = {"form": form, "title": title, "kept": kept, "register": kind, "crumbs": _crumbs(kind, title)}
    return render(request, "catalogue/register_form.html", context, status=422 if form.errors else 200)


def _crumbs(kind: Register, label: str) -> list[dict[str, str]]:
    return [{"url": reverse("register-of", args=[kind.value]), "label": pages.TITLES[kind]}, {"label": label}]


def _entered(request: ControlRequest, register: str) -> tuple[date, Register]:
    today = day(timezone.now())
    allowed(request, today)
    try:
        return today, Register(register)
    except ValueError:
        raise Http404(f"Không có sổ {register}") from None


def _programme(request: ControlRequest, register: str) -> Programme:
    try:
        return counting.programme(register, listing.plain(request.GET.get("ct", "")))
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None


def _item(register: str, pk: int, today: date) -> RegisterItem:
    try:
        return counting.one(register, pk, today)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None
