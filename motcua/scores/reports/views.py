"""Báo cáo: the forms of a unit and period, one of them with its rows, sending it, and what was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue.models import Procedure
from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import OutOfYears, day
from motcua.law.facts import Refused
from motcua.law.packs import NotInForce
from motcua.people import access, issuer
from motcua.ui import exports
from motcua.ui.exports import Column, Kind, Listing

from .. import exporting, opened
from ..declaring.files import attached
from ..pages import sentence
from ..periods import BadPeriod
from ..queries import Unscored
from ..visiting import TooMany
from . import acts, counted, declared, pages, queries, sheets, written
from .asked import AskedReport, period
from .entering import RowForm
from .items import Item
from .models import DeclaredRow, SentReport
from .spans import Reported

View = Callable[..., HttpResponseBase]
PAIRS = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=60),
    Column("Lĩnh vực", width=24),
    Column("Cấp", width=12),
)
ITEMS = (Column("Tên", width=70), Column("Nội dung", width=60))
LEVELS = {"province": "Cấp tỉnh", "district": "Cấp huyện", "commune": "Cấp xã"}


def explained(view: View) -> View:
    """Say what is wrong with a period, a form or a unit that is not there."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **where)
        except (BadPeriod, NotInForce, OutOfYears, Unscored) as wrong:
            shown = {"title": "Không có báo cáo này", "reason": sentence(str(wrong))}
            return render(request, "scores/reports/refused.html", shown, status=404)
        except TooMany as many:
            shown = {"title": "Hãy đợi một chút", "reason": sentence(str(many))}
            answer = render(request, "scores/reports/refused.html", shown, status=429)
            answer["Retry-After"] = str(many.wait)
            return answer

    return answering


@require_safe
@explained
def index(request: DeskRequest) -> HttpResponse:
    """The forms of a unit and period, and what was sent."""
    now = timezone.now()
    reported = period(request.GET, now)
    units, unit = queries.chosen(plain(request.GET.get("don-vi", "")), request.user, day(now))
    page = Paginator(queries.sent(), 20).get_page(request.GET.get("trang"))
    shown = pages.overview(reported, unit, now) if unit else {}
    for row in page:
        row.days_late = Reported.parse(row.period).days_late(day(row.sent_at))  # type: ignore[attr-defined]
    shown |= {"units": units, "page": page, "sent_columns": pages.SENT_COLUMNS}
    return render(request, "scores/reports/index.html", shown)


@require_http_methods(["GET", "POST"])
@explained
def report(request: DeskRequest, form: str, unit: str) -> HttpResponseBase:
    """One form of one unit and period; posted to, it is sent as it stands."""
    now = timezone.now()
    asked = AskedReport.of(form, plain(unit), request.GET, now)
    refusal, reason = None, request.POST.get("ly_do", "")
    if request.method == "POST":
        try:
            kept = acts.send(asked.form, asked.unit, asked.reported, by=request.user, at=now, reason=reason)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"Đã gửi báo cáo số {kept.code}. Bản này không sửa được nữa.")
            return redirect("report-sent", kept.pk)
    sheet = sheets.fill(asked.form, asked.unit, asked.reported, asked.at, asked.by)
    if file := exports.asked(request):
        return written.answer(file, sheets.as_data(sheet), "Bản xem trước, chưa gửi")
    shown = pages.live(asked, sheet, request.user) | {"refusal": refusal, "reason": reason}
    return render(request, "scores/reports/report.html", shown, status=409 if refusal else 200)


@require_safe
@explained
def rows(request: DeskRequest, form: str, unit: str, no: int) -> HttpResponseBase:
    """The dossiers or procedures in one cell, exactly as many as it says."""
    now = timezone.now()
    asked = AskedReport.of(form, plain(unit), request.GET, now)
    if no not in [column.no for column in asked.form.columns]:
        raise Http404(f"Biểu không có cột {no}")
    if asked.form.sources:
        return _items(request, asked, no)
    if sheets.of_procedures(asked.form):
        return _procedures(request, asked, no)
    if file := exports.asked(request):
        found = queries.dossiers(asked.form, no, asked.unit, asked.where, asked.reported, asked.at)
        return exports.answer(request, file, _listing(request, file, asked, no, found))
    asked, count = queries.counted(asked, no)
    leaf = queries.road(asked, no).leaf(count, request.GET)
    shown = pages.behind(asked, no, count) | {
        "rows": opened.dossiers(leaf.dossiers(), request.user, now),
        "columns": opened.columns(of_dossiers=True),
        **leaf.turning(request.path + asked.exact(asked.where)),
    }
    return render(request, "scores/reports/rows.html", shown)


def _item_rows(request: DeskRequest, found: list[Item], now: datetime) -> dict[str, Any]:
    """A page of items; only who may open one has its link."""
    page = Paginator(found, opened.PAGE).get_page(request.GET.get("trang"))
    powers = {each.power: access.may(request.user, each.power, None, day(now)) for each in page if each.power}
    return {
        "page": page,
        "rows": [pages.item(each, powers.get(each.power, True)) for each in page],
        "columns": [{"label": column.label} for column in ITEMS],
    }


def _items(request: DeskRequest, asked: AskedReport, no: int) -> HttpResponseBase:
    found, told = counted.behind(asked.form, no, asked.unit, asked.where, asked.reported, asked.at)
    if file := exports.asked(request):
        return exports.answer(request, file, _items_listing(request, asked, no, found))
    shown = (
        pages.behind(asked, no, len(found))
        | _item_rows(request, found, asked.now)
        | pages.declared_part(told, pages.declaring(asked, asked.unit.code))
    )
    return render(request, "scores/reports/rows.html", shown)


def _procedures(request: DeskRequest, asked: AskedReport, no: int) -> HttpResponseBase:
    pairs = sheets.pairs(asked.form, asked.unit, no, asked.reported.window(asked.at))
    if file := exports.asked(request):
        return exports.answer(request, file, _pairs_listing(request, asked, no, pairs))
    page = Paginator(pairs, opened.PAGE).get_page(request.GET.get("trang"))
    known = Procedure.objects.defer("words", "folded").in_bulk([pair.procedure for pair in page])
    lines = [
        {**line, "level": LEVELS[pair.level]}
        for pair, line in zip(page, opened.procedures(known[pair.procedure] for pair in page), strict=True)
    ]
    shown = pages.behind(asked, no, len(pairs)) | {
        "page": page,
        "rows": lines,
        "columns": [*opened.columns(of_dossiers=False), {"label": "Cấp"}],
        "of_procedures": True,
    }
    return render(request, "scores/reports/rows.html", shown)


@require_http_methods(["GET", "POST"])
@explained
def declare(request: DeskRequest, form: str, unit: str) -> HttpResponse:
    """The row of a unit that nothing here counts, with its history; posted to, it is declared."""
    now = timezone.now()
    asked = AskedReport.of(form, plain(unit), request.GET, now)
    if not asked.form.declares:
        raise Http404("Biểu này không có gì phải kê khai")
    history = declared.history(asked.form, asked.unit, asked.reported)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    entry, refusal = RowForm(*posted, report=asked.form, before=next(iter(history), None)), None
    if entry.is_valid():
        try:
            entry.act(asked.unit, asked.reported, by=request.user, at=now)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, "Đã ghi số kê khai, kèm tên bạn.")
            return redirect(pages.declaring(asked, asked.unit.code))
    shown = pages.declared(asked, history, request.user) | {"form": entry, "refusal": refusal}
    status = 409 if refusal else 422 if entry.errors else 200
    return render(request, "scores/reports/declare.html", shown, status=status)


@require_safe
def declared_paper(request: DeskRequest, pk: int) -> HttpResponseBase:
    """The paper that came with a declared row, as a download: never shown as a page of ours."""
    found = DeclaredRow.objects.filter(pk=pk).exclude(file_name="").first()
    if found is None:
        raise Http404("Không có tệp kiểm chứng này")
    queries.require_papers(request.user, found.unit_id, day(timezone.now()))
    return attached(found.file, found.file_name)


@require_safe
def sent(request: DeskRequest, pk: int) -> HttpResponseBase:
    """A report as it was sent."""
    found = SentReport.objects.select_related("unit", "sent_by").filter(pk=pk).first()
    if found is None:
        raise Http404("Không có báo cáo nào đã gửi với số này")
    if file := exports.asked(request):
        return written.answer(file, found.content, f"Báo cáo số {found.code}")
    return render(request, "scores/reports/sent.html", pages.frozen(found))


@require_safe
def sent_rows(request: DeskRequest, pk: int, no: int) -> HttpResponseBase:
    """What stood in one cell of a report that was sent, as it was then."""
    found = SentReport.objects.select_related("unit", "sent_by").filter(pk=pk).first()
    where = {name: request.GET[name] for name in ("nhom", "dong") if name in request.GET}
    if found is None or "items" not in found.content:
        raise Http404("Không có báo cáo nào đã gửi mở được từng dòng với số này")
    try:
        shown = pages.kept_behind(found, no, where)
    except KeyError:
        raise Http404(f"Biểu không có cột {no}") from None
    rows = _item_rows(request, shown["found"], timezone.now())
    return render(request, "scores/reports/sent_rows.html", shown | rows)


def plain(text: str) -> str:
    """A code as it may stand in the database, which takes no NUL sign."""
    return text.replace("\0", "")


def _listing(request: DeskRequest, file: exports.Format, asked: AskedReport, no: int, found: Any) -> Listing:
    told = pages.behind(asked, no, 0)
    keys = list(found.values_list("pk", flat=True)[: file.most + 1])
    return Listing(
        f"{asked.form.code}-{no}-{asked.unit.code}-{asked.reported}",
        f"Biểu {asked.form.code}, cột {no}: {told['about']}",
        "hồ sơ",
        exporting.DOSSIERS,
        keys,
        lambda some: opened.dossier_cells(_known(found, some, request, asked.now)),
        issuer.of(request.user, day(asked.now)),
        asked.at,
        period=told["span"],
        origin=asked.form.source,
    )


def _known(found: Any, keys: Any, request: DeskRequest, now: datetime) -> list[dict[str, Any]]:
    known = found.in_bulk(keys)
    return opened.dossiers([known[key] for key in keys if key in known], request.user, now)


def _items_listing(request: DeskRequest, asked: AskedReport, no: int, found: Any) -> Listing:
    told = pages.behind(asked, no, 0)
    return Listing(
        f"{asked.form.code}-{no}-{asked.unit.code}-{asked.reported}",
        f"Biểu {asked.form.code}, cột {no}: {told['about']}",
        asked.form.thing,
        ITEMS,
        found,
        lambda some: [(each.title, each.about) for each in some],
        issuer.of(request.user, day(asked.now)),
        asked.at,
        period=told["span"],
        origin=asked.form.source,
    )


def _pairs_listing(request: DeskRequest, asked: AskedReport, no: int, pairs: Any) -> Listing:
    told = pages.behind(asked, no, 0)

    def read(some: Any) -> Any:
        known = Procedure.objects.defer("words", "folded").in_bulk([pair.procedure for pair in some])
        for pair in some:
            row = known[pair.procedure]
            yield row.code, row.title, row.field, LEVELS[pair.level]

    return Listing(
        f"{asked.form.code}-{no}-{asked.unit.code}-{asked.reported}",
        f"Biểu {asked.form.code}, cột {no}: {told['about']}",
        "thủ tục",
        PAIRS,
        pairs,
        read,
        issuer.of(request.user, day(asked.now)),
        asked.at,
        period=told["span"],
        origin=asked.form.source,
    )
