"""Chỉ số cải cách hành chính: sets and rounds, the sheets of units, one criterion, lost points made into work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.catalogue.reading.files import WrongFile
from motcua.catalogue.words import among
from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.par import BadAnswer, Criterion
from motcua.law.par_round import LABELS, Stage, next_stage
from motcua.people.models import Officer, Unit
from motcua.ui import exports

from .. import measures
from ..measures import Actual
from ..pages import crumbs, tabs, too_late
from ..par import acts, exporting, forms, pages, queries, reading, tables
from ..par.models import CriteriaTable, ParRound, ParSheet

PAGE = 50
CLOSED = (
    "Trước khi công bố, phiếu chấm chỉ mở cho đơn vị được chấm, người đứng đầu cấp trên, cơ quan thẩm định "
    "và cơ quan phụ trách cải cách hành chính"
)
DONE = {
    "declare": "kê khai",
    "review": "điểm rà soát",
    "explain": "giải trình",
    "settle": "kết luận của hội đồng",
}


@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """The rounds and the sets."""
    on = day(timezone.now())
    shown = {
        "tabs": tabs(request),
        "rounds": ParRound.objects.select_related("table").defer("table__lines"),
        "tables": CriteriaTable.objects.all(),
        "steers": queries.steers(request.user, on),
    }
    return render(request, "steering/par.html", shown)


@require_http_methods(["GET", "POST"])
def enter(request: DeskRequest) -> HttpResponse:
    """Enter a set from its table: all of it, or nothing and what to mend."""
    at = timezone.now()
    _steering(request.user, day(at))
    form = forms.TableForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            made = _entered(form, request.user, at)
        except WrongFile as wrong:
            form.add_error("file", wrong.told)
        except Refused as refused:
            form.add_error("file", refused.reason)
        else:
            messages.success(request, f"Đã có bộ tiêu chí {made.name}.")
            return redirect("par")
    shown = {
        "form": form,
        "title": "Nhập bộ tiêu chí",
        "do": "Nhập",
        "measures": measures.offered(day(at)),
        "crumbs": crumbs(*pages.HERE, "Nhập bộ tiêu chí"),
    }
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def open_(request: DeskRequest) -> HttpResponse:
    """Open a round for every unit of the kind its set is for."""
    at = timezone.now()
    _steering(request.user, day(at))
    form = forms.RoundForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = _opened(form, request.user, at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect("par-round", made.pk)
    shown = {
        "form": form,
        "title": "Mở đợt chấm điểm",
        "do": "Mở đợt",
        "crumbs": crumbs(*pages.HERE, "Mở đợt"),
    }
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_safe
def round_(request: DeskRequest, key: int) -> HttpResponseBase:
    """A round: where it is, and its units beside each other."""
    found, at = queries.round_for(key), timezone.now()
    listed = queries.open_standings(found, request.user, day(at))
    if wanted := exports.asked(request):
        if table := tables.TABLES.get(request.GET.get("bang", "")):
            sheets = [each.sheet for each in listed if not each.closed]
            told = tables.listing(table, sheets, found, request.user, at, several=True)
            return exports.answer(request, wanted, told)
        return exports.answer(request, wanted, exporting.standings(found, listed, request.user, at))
    stage = Stage(found.stage)
    words = request.GET.get("q", "").strip()
    some = [u for u in listed if not words or among(words, u.sheet.unit.name, u.sheet.unit.code)]
    page = Paginator(some, PAGE).get_page(request.GET.get("trang"))
    closed = any(each.closed for each in listed)
    shown = {
        "round": found,
        "answer": pages.answer(found, day(at)),
        "steps": pages.track(found),
        "next": None if stage is Stage.PUBLISHED else next_stage(stage),
        "next_label": None if stage is Stage.PUBLISHED else LABELS[next_stage(stage)],
        "publishing": stage is Stage.COUNCIL,
        "decision": request.GET.get("so", ""),
        "steers": queries.steers(request.user, day(at)),
        "closed": closed,
        "losses": [] if closed else pages.losses(found)[:5],
        "crumbs": pages.below(found),
        "page": page,
        "words": words,
        "empty": {"title": "Không có đơn vị nào như vậy", "text": "Tìm theo tên hoặc mã đơn vị."},
        **pages.standings(found, list(page)),
        "groups": pages.groups(listed),
    }
    return render(request, "steering/par_round.html", shown)


@require_POST
def advance(request: DeskRequest, key: int) -> HttpResponse:
    """Move a round on to the stage named."""
    found = queries.round_for(key)
    try:
        to = Stage(request.POST.get("to", ""))
        decision = request.POST.get("decision", "").replace("\0", "")
        acts.advance(found, to=to, decision=decision, by=request.user, at=timezone.now())
        messages.success(request, f"Đợt chuyển sang: {LABELS[to]}.")
    except ValueError:
        raise Http404("Không có giai đoạn này") from None
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
        if decision:
            return redirect(f"{reverse('par-round', args=[key])}?{urlencode({'so': decision[:80]})}")
    return redirect("par-round", key)


@require_safe
def sheet(request: DeskRequest, key: int, code: str) -> HttpResponseBase:
    """The sheet of one unit."""
    at = timezone.now()
    found = _open_sheet(request.user, key, code, day(at))
    if wanted := exports.asked(request):
        if table := tables.TABLES.get(request.GET.get("bang", "")):
            return exports.answer(
                request, wanted, tables.listing(table, [found], found.round, request.user, at)
            )
        return exports.answer(request, wanted, exporting.sheet(found, request.user, at))
    shown = {
        "sheet": found,
        "round": found.round,
        "answer": pages.answer(found.round, day(at)),
        "corrects": queries.giver(request.user, day(at)) is not None,
        "crumbs": pages.below(found.round, found),
    }
    if found.round.stage == Stage.SELF:
        shown["forecast"] = queries.forecast(found, at)
    return render(request, "steering/par_sheet.html", shown | pages.sheet(found, request.user, day(at)))


@require_POST
def submit(request: DeskRequest, key: int, code: str) -> HttpResponse:
    """Hand the sheet in."""
    found = queries.sheet_for(queries.round_for(key), code)
    try:
        acts.submit(found, by=request.user, at=timezone.now())
        messages.success(request, "Đã nộp bản tự chấm.")
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
    return redirect("par-sheet", key, code)


@require_POST
def count(request: DeskRequest, key: int, code: str) -> HttpResponse:
    """Take what the system counts for every criterion not yet declared."""
    found = queries.sheet_for(queries.round_for(key), code)
    try:
        made = acts.declare_counted(found, by=request.user, at=timezone.now())
        messages.success(request, f"Đã lấy số liệu hệ thống cho {made} tiêu chí.")
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
    return redirect("par-sheet", key, code)


@require_http_methods(["GET", "POST"])
def line(request: DeskRequest, key: int, code: str, criterion: str) -> HttpResponse:
    """One criterion of a sheet; posted to, what this officer may say now is said."""
    at = timezone.now()
    found = _open_sheet(request.user, key, code, day(at))
    known = _criterion(found, criterion)
    wish = pages.wishes(found, known, request.user, day(at))
    open_ = found.round.stage in (Stage.PREPARED, Stage.SELF)
    actual = queries.measured(found, known, at) if open_ else None
    form = _form(wish, known, found, actual, request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            SAYING[wish](found, known, form, request.user, at)
        except (Refused, BadAnswer) as refused:
            form.add_error(None, getattr(refused, "reason", str(refused)))
        else:
            messages.success(request, f"Đã ghi {DONE[wish]} tiêu chí {known.code}.")
            return redirect(request.path)
    late = request.method == "POST" and form is None
    if late:
        too_late(request)
    shown = {"sheet": found, "form": form, "wish": wish, "system": pages.system(known, actual)}
    shown |= pages.line(found, known)
    status = 409 if late else 422 if form and form.errors else 200
    return render(request, "steering/par_line.html", shown, status=status)


@require_safe
def lost(request: DeskRequest, key: int) -> HttpResponseBase:
    """Where points were lost; of one criterion, by which units."""
    found, at = queries.round_for(key), timezone.now()
    if queries.closed(request.user, found, day(at)):
        raise PermissionDenied(CLOSED)
    code = request.GET.get("tieu_chi", "")
    known = found.table.criteria.criteria.get(code)
    if wanted := exports.asked(request):
        return exports.answer(request, wanted, tables.lost(found, known, request.user, at))
    losses = pages.losses(found)
    lines = queries.lost_by(found, code) if known else []
    rows: Sequence[Any] = lines if known else losses
    shown = {
        "round": found,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("trang")),
        "answer": pages.lost_answer(losses, known, lines),
        "criterion": known,
        "losses": losses,
        "crumbs": pages.below(found, None, known, *(() if known else ("Điểm bị mất",))),
    }
    return render(request, "steering/par_lost.html", shown)


@require_http_methods(["GET", "POST"])
def correct(request: DeskRequest, key: int, code: str) -> HttpResponse:
    """Make the lost points of a unit into work, by one day."""
    at = timezone.now()
    found = _open_sheet(request.user, key, code, day(at))
    giver = queries.giver(request.user, day(at))
    if giver is None:
        raise PermissionDenied(f"{request.user.full_name} không giao nhiệm vụ")
    form = forms.CorrectForm(found, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = acts.correct(found, form.lines, giver=giver, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã giao {len(made)} việc khắc phục cho {found.unit.name}.")
            return redirect("par-sheet", key, code)
    shown = {
        "form": form,
        "title": "Giao việc khắc phục",
        "about": found.unit.name,
        "do": "Giao việc",
        "crumbs": pages.below(found.round, found, None, "Giao việc khắc phục"),
    }
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


def _declare(sheet: ParSheet, criterion: Criterion, form: Any, by: Officer, at: datetime) -> None:
    acts.declare(sheet, criterion=criterion.code, given=form.given, by=by, at=at)


def _review(sheet: ParSheet, criterion: Criterion, form: Any, by: Officer, at: datetime) -> None:
    acts.review(sheet, criterion=criterion.code, by=by, at=at, **form.cleaned_data)


def _explain(sheet: ParSheet, criterion: Criterion, form: Any, by: Officer, at: datetime) -> None:
    acts.explain(sheet, criterion=criterion.code, by=by, at=at, **form.cleaned_data)


def _settle(sheet: ParSheet, criterion: Criterion, form: Any, by: Officer, at: datetime) -> None:
    acts.settle(sheet, criterion=criterion.code, by=by, at=at, **form.cleaned_data)


SAYING: dict[str, Callable[[ParSheet, Criterion, Any, Officer, datetime], None]] = {
    "declare": _declare,
    "review": _review,
    "explain": _explain,
    "settle": _settle,
}


def _form(wish: str, criterion: Criterion, sheet: ParSheet, actual: Actual | None, data: Any) -> Form | None:
    if wish == "declare":
        return forms.DeclareForm(criterion, data, initial=forms.given_before(sheet, criterion, actual))
    if wish in ("review", "settle"):
        return forms.PointsForm(data)
    return forms.ExplainForm(data) if wish else None


def _open_sheet(officer: Officer, key: int, code: str, on: date) -> ParSheet:
    found = queries.sheet_for(queries.round_for(key), code)
    if not queries.reads(officer, found, on):
        raise PermissionDenied(CLOSED)
    return found


def _criterion(sheet: ParSheet, code: str) -> Criterion:
    found = sheet.round.table.criteria.criteria.get(code)
    if found is None or not found.leaf:
        raise Http404(f"Bộ tiêu chí không có tiêu chí chấm điểm {code}")
    return found


def _entered(form: forms.TableForm, by: Officer, at: datetime) -> CriteriaTable:
    said, file = form.cleaned_data, form.cleaned_data["file"]
    with TemporaryDirectory() as folder:
        path = Path(folder, f"tep{Path(file.name or 'tep').suffix.lower()}")
        path.write_bytes(file.read())
        lines = reading.criteria(path)
    new = acts.Table(said["name"], said["decision"], said["decided_on"], said["kind"], lines)
    return acts.enter_table(new, by=by, at=at)


def _opened(form: forms.RoundForm, by: Officer, at: datetime) -> ParRound:
    table = form.cleaned_data["table"]
    units: list[Unit] = list(queries.units_of(table.kind, day(at)))
    return acts.open_round(
        table, year=form.cleaned_data["year"], units=units, closes=form.closes, by=by, at=at
    )


def _steering(officer: Officer, on: date) -> None:
    if not queries.steers(officer, on):
        raise PermissionDenied(f"{officer.full_name} không phụ trách chấm điểm cải cách hành chính")
