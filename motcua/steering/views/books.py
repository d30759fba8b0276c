"""Sổ theo dõi: the shelf, a book's list with its shares, one entry, a table taken in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue.reading.files import WrongFile
from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.law.books import BadEntry, Book
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Officer
from motcua.ui import exports, keyed
from motcua.ui.leaves import leaf

from .. import queries as tasks
from ..books import acts, forms, pages, queries, reading
from ..models import Attachment, BookEntry
from ..pages import crumbs, tabs

LONGEST_OVERDUE = ("due", "id")


@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Every book."""
    shown = {"tabs": tabs(request), "shelves": pages.shelves(day(timezone.now()))}
    return render(request, "steering/books.html", shown)


@require_safe
def show(request: DeskRequest, key: str) -> HttpResponseBase:
    """A book: its states as filters, its shares, its entries."""
    at = timezone.now()
    book, on = queries.book_for(key, day(at)), day(at)
    asked = queries.asked(book, request.GET, on)
    if wanted := exports.asked(request):
        return exports.answer(
            request, wanted, pages.listing(book, asked[: wanted.most + 1], request.user, at)
        )
    units = [(unit.code, unit.name) for unit in tasks.standing(on)]
    counted = {
        "form": forms.ListForm(book, units, request.GET),
        "counts": pages.counts(book, on, request.GET.get("tinh_trang", "")),
        "shares": pages.shares(book),
    }
    return render(request, "steering/book.html", _listed(request, book, asked, on) | counted)


@require_safe
def share(request: DeskRequest, key: str, share: str, side: str) -> HttpResponseBase:
    """The entries behind one side of a share, exactly as many as it says."""
    at = timezone.now()
    book = queries.book_for(key, day(at))
    code = request.GET.get("don_vi", "")
    unit = tasks.unit_for(code) if code else None
    asked = queries.behind(book, share, side, unit, queries.year_of(request.GET))
    if wanted := exports.asked(request):
        return exports.answer(
            request, wanted, pages.listing(book, asked[: wanted.most + 1], request.user, at)
        )
    found = next(each for each in book.shares if each.key == share)
    title = f"{found.label}: {'tử số' if side == 'n' else 'mẫu số'}{f', {unit.name}' if unit else ''}"
    shown = _listed(request, book, asked, day(at)) | {"title": title}
    return render(request, "steering/book.html", shown)


@require_http_methods(["GET", "POST"])
def new(request: DeskRequest, key: str) -> HttpResponse:
    """Write an entry."""
    at = timezone.now()
    book = queries.book_for(key, day(at))
    units = queries.kept(request.user, day(at))
    if not units:
        raise PermissionDenied(f"{request.user.full_name} không giữ sổ của đơn vị nào")
    form = forms.EntryForm(book, request.POST or None, units=units)
    if form.is_bound and form.is_valid():
        unit = next(unit for unit in units if unit.code == form.cleaned_data["unit"])
        try:
            made = acts.make_entry(book, unit=unit, values=form.values, by=request.user, at=at)
        except (BadEntry, Refused) as wrong:
            _told(form, wrong)
        else:
            messages.success(request, f"Đã ghi {book.row} vào sổ.")
            return redirect("book-entry", book.key, made.pk)
    shown = {
        "form": form,
        "title": f"Ghi {book.row}",
        "do": "Ghi vào sổ",
        "crumbs": pages.below(book, "Ghi mới"),
    }
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def entry(request: DeskRequest, key: str, pk: int) -> HttpResponse:
    """One entry: what it says, what was done to it, and what may be done now."""
    at = timezone.now()
    book = queries.book_for(key, day(at))
    found = queries.entry_for(book, pk)
    wish = request.POST.get("do", "")
    made = _forms(book, found, request, wish, day(at))
    if request.method == "POST" and wish in made and made[wish].is_valid():
        try:
            _say(wish, book, found, made[wish], request, at)
        except (BadEntry, Refused) as wrong:
            _told(made[wish], wrong)
        else:
            messages.success(request, "Đã ghi.")
            return redirect(request.path)
    refused = any(form.errors for form in made.values())
    shown = {
        "book": book,
        "entry": found,
        "title": pages.row(book, found, day(at))["title"][:120],
        "about": pages.about(book, found),
        "files": list(Attachment.objects.filter(about=found.stream).select_related("by")),
        "events": pages.events(book, found),
        "keeps": not found.struck and queries.keeps(request.user, found.unit, day(at)),
        "forms": made,
        "crumbs": pages.below(book, f"Mục {found.pk}"),
    }
    return render(request, "steering/book_entry.html", shown, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def table(request: DeskRequest, key: str) -> HttpResponse:
    """Take a whole table in: every line, or none and what to mend."""
    at = timezone.now()
    book = queries.book_for(key, day(at))
    form = forms.TableForm(request.POST or None, request.FILES or None)
    problems: list[tuple[int, str]] = []
    if form.is_bound and form.is_valid():
        try:
            taken = _taken(book, form, request.user, at)
        except WrongFile as wrong:
            form.add_error("file", wrong.told)
        else:
            problems = taken.problems
            if not problems:
                messages.success(request, f"Đã ghi {taken.made} mục; {taken.known} mục đã có từ trước.")
                return redirect("book", book.key)
    shown = {
        "book": book,
        "form": form,
        "problems": problems[:100],
        "more": max(0, len(problems) - 100),
        "crumbs": pages.below(book, "Nhập từ bảng"),
    }
    return render(request, "steering/book_table.html", shown, status=422 if problems or form.errors else 200)


@require_safe
def pattern(request: DeskRequest, key: str) -> HttpResponse:
    """The empty table of a book."""
    book = queries.book_for(key, day(timezone.now()))
    headers = {"Content-Disposition": f'attachment; filename="mau-{book.key}.csv"'}
    return HttpResponse(reading.pattern(book), content_type="text/csv; charset=utf-8", headers=headers)


def _listed(request: DeskRequest, book: Book, asked: Any, on: date) -> dict[str, Any]:
    late = request.GET.get("tinh_trang") == queries.OVERDUE
    found = keyed.page(asked, request.GET, LONGEST_OVERDUE) if late else leaf(asked, request.GET)
    order = "quá hạn lâu nhất trước" if late else "mới ghi trước"
    return {
        "book": book,
        "title": book.name,
        "columns": pages.columns(book),
        "rows": [pages.row(book, each, on) for each in found.rows],
        "before": with_query(request, truoc=str(found.before), sau=None) if found.before else "",
        "after": with_query(request, sau=str(found.after), truoc=None) if found.after else "",
        "on_page": f"{len(found.rows)} mục, {order}",
        "narrowed": any(request.GET.get(name) for name in ("q", "don_vi", "tinh_trang")),
        "keeps": queries.keeps_some(request.user, on),
        "crumbs": [*crumbs(*pages.HERE), {"label": book.name}],
    }


def _forms(book: Book, entry: BookEntry, request: DeskRequest, wish: str, on: date) -> dict[str, Form]:
    told = {name: request.POST if name == wish else None for name in ("sua", "chuyen", "tep", "gach")}
    start = forms.initial(entry, book)
    made: dict[str, Form] = {"sua": forms.EntryForm(book, told["sua"], initial=start, auto_id="sua-%s")}
    if book.states:
        begin = {"on": on}
        made["chuyen"] = forms.MoveForm(book, entry, told["chuyen"], initial=begin, auto_id="chuyen-%s")
    files = request.FILES if wish == "tep" else None
    made["tep"] = forms.EvidenceForm(told["tep"], files, auto_id="tep-%s")
    made["gach"] = forms.StrikeForm(told["gach"], auto_id="gach-%s")
    return made


def _say(wish: str, book: Book, entry: BookEntry, form: Any, request: DeskRequest, at: datetime) -> None:
    said, by = form.cleaned_data, request.user
    if wish == "sua":
        seen = request.POST.get("seen", "")
        acts.change_entry(entry, book, values=form.values, seen=seen, by=by, at=at)
    elif wish == "chuyen":
        acts.move_entry(entry, book, state=said["state"], on=said["on"], note=said["note"], by=by, at=at)
    elif wish == "tep":
        file = said["file"]
        acts.attach_evidence(entry, name=str(file.name), content=file.read(), by=by, at=at)
    else:
        acts.strike_entry(entry, book, reason=said["reason"], by=by, at=at)


def _told(form: Form, wrong: BadEntry | Refused) -> None:
    if isinstance(wrong, Refused):
        form.add_error(None, wrong.reason)
        return
    for key, problem in wrong.problems.items():
        form.add_error(key, problem)


def _taken(book: Book, form: forms.TableForm, by: Officer, at: datetime) -> acts.Taken:
    file = form.cleaned_data["file"]
    with TemporaryDirectory() as folder:
        path = Path(folder, f"tep{Path(file.name or 'tep').suffix.lower()}")
        path.write_bytes(file.read())
        lines = reading.read(book, path)
    return acts.import_entries(book, lines, by=by, at=at)
