"""Người đứng đầu: what each answers for in a year, and the yearly grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest, with_query
from motcua.journal import log
from motcua.law import heads as law
from motcua.law.calendar import day
from motcua.law.facts import Fact, Refused
from motcua.law.following import Status
from motcua.law.grading import GradeAnswered, GradeClaimed, GradeDecided, GradeProposed, Grading, fold
from motcua.law.heads import LABELS, Grade
from motcua.people import issuer
from motcua.people.models import Officer, UnitKind
from motcua.ui import exports
from motcua.ui.templatetags import ui

from .. import printing
from ..heads import acts, forms, queries
from ..heads import sheet as sheets
from ..heads.queries import Card, Stint
from ..pages import crumbs, tabs, too_late

HERE = ("heads", "Người đứng đầu")
FIRST = 2018
LEVELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "Mọi cấp", queries.LED),
    ("so", "Sở, ban, ngành", (UnitKind.DEPARTMENT,)),
    ("xa", "Xã, phường", (UnitKind.COMMUNE,)),
)
PAGE = 50
COLUMNS = (
    {"label": "Người đứng đầu"},
    {"label": "Việc xong", "num": True},
    {"label": "Đúng hạn", "num": True},
    {"label": "Quá hạn", "num": True},
    {"label": "Chỉ số 766", "num": True},
    {"label": "Hồ sơ đúng hạn", "num": True},
    {"label": "Hài lòng", "num": True},
    {"label": "Xếp loại"},
)
NOBODY = {
    "title": "Chưa có ai được bố trí làm người đứng đầu",
    "text": "Bố trí tại trang của từng đơn vị.",
}
NOBODY_NAMED = {
    "title": "Không có người đứng đầu nào như vậy",
    "text": "Tìm theo họ tên, tên hoặc mã đơn vị.",
}
CLOSED = (
    "Trước khi có quyết định xếp loại, phiếu điểm chỉ mở cho người được xếp loại, người đứng đầu cấp trên, "
    "người đánh giá và cơ quan phụ trách cải cách hành chính"
)


@require_safe
def index(request: DeskRequest) -> HttpResponseBase:
    """Everybody who headed an agency in a year, a page at a time, with what he answers for; of a level, by name."""
    at = timezone.now()
    on, words = day(at), request.GET.get("q", "").strip()
    year, level = _year(request.GET.get("nam", ""), on), request.GET.get("cap", "")
    _, label, kinds = next((told for told in LEVELS if told[0] == level), LEVELS[0])
    posts = queries.held(year, on, kinds)
    found, caps = queries.named(posts, words) if words else posts, sheets.caps(posts, year)
    if wanted := exports.asked(request):
        filters = [("Cấp", label), ("Tìm", words), *caps]
        told = sheets.listing(
            queries.of_posts(found, year), filters, request.user, issuer.of(request.user, on), at, year
        )
        return exports.answer(request, wanted, told)
    page = Paginator(found, PAGE).get_page(request.GET.get("trang"))
    cards = queries.cards(queries.of_posts(page.object_list, year), year, at, on)
    rows = [_row(card) | {"open": queries.reads(request.user, card, on)} for card in cards]
    shown = {
        "tabs": tabs(request),
        "year": year,
        "years": [
            {"label": each, "url": with_query(request, nam=str(each), trang=None), "current": each == year}
            for each in range(on.year, max(FIRST, on.year - 4), -1)
        ],
        "page": page,
        "rows": rows,
        "columns": COLUMNS,
        "words": words,
        "level": level,
        "levels": [
            {
                "label": label,
                "url": with_query(request, cap=slug or None, trang=None),
                "current": slug == level,
            }
            for slug, label, _ in LEVELS
        ],
        "caps": caps,
        "closed": "" if all(row["open"] for row in rows) else CLOSED,
        "empty": NOBODY_NAMED if words else NOBODY,
    }
    return render(request, "steering/heads.html", shown)


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, post: int, year: int) -> HttpResponse:
    """One head and year; posted to, what this officer may say now about his grade is said."""
    at = timezone.now()
    if not FIRST <= year <= day(at).year:
        raise Http404(f"Không có phiếu của năm {year}")
    stint = queries.stint_for(post, year)
    facts = log.read(queries.stream(stint)).facts
    grading = fold(facts)
    if not (grading.decided or queries.concerned(request.user, stint.post, day(at))):
        raise PermissionDenied(CLOSED)
    wish = _wish(stint, grading, request.user, day(at))
    form = _form(wish, year, request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _say(wish, stint, form, request.user, at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã ghi.")
            return redirect(request.path)
    late = request.method == "POST" and form is None
    if late:
        too_late(request)
    card = queries.card(stint, at, day(at))
    shown = {
        "stint": stint,
        "card": card,
        "figures": _figures(card),
        "proposal": _computed(card, year),
        "doubts": sheets.doubts(year),
        "paper": reverse("head-sheet", args=[post, year]) if queries.method(year) else "",
        "grading": grading,
        "events": _events(facts),
        "wish": wish,
        "form": form,
        "grades": LABELS,
        "crumbs": [*crumbs(*HERE), {"label": stint.post.officer.full_name}],
    }
    status = 409 if late else 422 if form and form.errors else 200
    return render(request, "steering/head.html", shown, status=status)


@require_safe
def sheet(request: DeskRequest, post: int, year: int) -> HttpResponse:
    """The yearly sheet of one head as PDF, for who may read his card."""
    at = timezone.now()
    if not FIRST <= year <= day(at).year or not queries.method(year):
        raise Http404(f"Không có phiếu đánh giá của năm {year}")
    stint = queries.stint_for(post, year)
    if not (queries.grading_of(stint).decided or queries.concerned(request.user, stint.post, day(at))):
        raise PermissionDenied(CLOSED)
    card = queries.card(stint, at, day(at))
    made = printing.rating(sheets.as_data(card, _figures(card), at), at)
    headers = {"Content-Disposition": f'inline; filename="phieu-danh-gia-{year}-{post}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _year(text: str, today: date) -> int:
    year = int(text) if text.isdecimal() and len(text) == 4 else today.year
    return min(max(year, FIRST), today.year)


def _row(card: Card) -> dict[str, Any]:
    told, stint = card.tasks, card.stint
    return {
        "name": stint.post.officer.full_name,
        "unit": stint.post.unit,
        "url": reverse("head", args=[stint.post.pk, stint.year]),
        "span": "" if stint.whole else f"{ui.day(stint.first)} – {ui.day(stint.last)}",
        "total": told.total,
        "done": told.done,
        "on_time": told.of(Status.DONE),
        "overdue": told.overdue,
        "score": card.score,
        "dossiers": _rate(card.share("2.1")),
        "satisfied": _rate(card.share("5.4")),
        "grade": _grade(card),
    }


def _grade(card: Card) -> str:
    """The grade once it is decided; before, it is between who is graded and who judges."""
    rating = card.rating
    if rating is None or not (rating.decided or rating.proposed):
        return ""
    return rating.get_decided_display() if rating.decided else "đang xem xét"


def _rate(pair: tuple[int, int] | None) -> Decimal | None:
    return Decimal(pair[0]) / Decimal(pair[1]) if pair else None


def _figures(card: Card) -> list[dict[str, Any]]:
    """What a head answers for, each figure with where it comes from."""
    told, unit, year = card.tasks, card.stint.post.unit, card.stint.year
    period = f"?ky={year}"
    found = [
        _figure("Nhiệm vụ đã hoàn thành", f"{ui.number(told.done)} / {ui.number(told.total)}"),
        _figure("Trong đó đúng hạn", ui.number(told.of(Status.DONE))),
        _figure("Trước hạn", ui.number(card.early)),
        _figure("Quá hạn chưa xong", ui.number(told.overdue)),
    ]
    if card.index:
        url = reverse("unit-index", args=[unit.code]) + period
        found.append(_figure("Chỉ số 766 của cơ quan trong năm", ui.number(card.index.score.total), url))
        for code, name in (
            ("2.1", "Hồ sơ đúng hạn"),
            ("5.4", "Hài lòng về giải quyết thủ tục"),
            ("5.2", "Phản ánh, kiến nghị xử lý đúng hạn"),
        ):
            if pair := card.share(code):
                told_rate = ui.percent(Decimal(pair[0]) / Decimal(pair[1]))
                found.append(_figure(name, f"{told_rate} ({ui.number(pair[0])} / {ui.number(pair[1])})", url))
    if card.reform:
        found.append(_figure("Nhóm Chỉ số cải cách hành chính", card.reform, reverse("par")))
    return found


def _figure(term: str, value: str, url: str = "") -> dict[str, Any]:
    return {"term": term, "value": value, "url": url}


def _computed(card: Card, year: int) -> law.Proposal | None:
    """The grade the figures lead to, before anybody gave general points."""
    if not queries.method(year):
        return None
    return queries.proposal(card, general=None, failed=0, disciplined=False)


def _wish(stint: Stint, grading: Grading, officer: Officer, on: date) -> str:
    """What this officer may say now: claim, propose, answer, decide, or nothing."""
    if grading.decided or not queries.method(stint.year):
        return ""
    if not grading.proposed and officer.pk == stint.post.officer_id:
        return "claim"
    if grading.proposed and not grading.answered:
        return "answer" if officer.pk == stint.post.officer_id else ""
    if officer.pk == stint.post.officer_id or not queries.judges(officer, stint.post, on):
        return ""
    return "decide" if grading.proposed and grading.proposed.by != officer.username else "propose"


def _form(wish: str, year: int, data: Any) -> Form | None:
    if wish in ("propose", "claim"):
        kind = forms.ProposeForm if wish == "propose" else forms.ClaimForm
        return kind(data, most=queries.general_most(year))
    return {"answer": forms.AnswerForm, "decide": forms.DecideForm}[wish](data) if wish else None


def _say(wish: str, stint: Stint, form: Any, by: Officer, at: datetime) -> None:
    said: Mapping[str, Any] = form.cleaned_data
    if wish == "claim":
        told = {"grade": Grade(said["grade"]), "general": said.get("general"), "text": said["text"]}
        acts.claim_grade(stint, **told, by=by, at=at)
    elif wish == "propose":
        acts.propose_grade(stint, form.judged, by=by, at=at)
    elif wish == "answer":
        acts.answer_grade(stint, agrees=said["agrees"], text=said["text"], by=by, at=at)
    else:
        acts.decide_grade(
            stint, grade=Grade(said["grade"]), decision=said["decision"], why=said["why"], by=by, at=at
        )


def _events(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    names = dict(
        Officer.objects.filter(username__in=[f.by for f in facts]).values_list("username", "full_name")
    )
    return [
        {"at": f.at, "label": f.label, "by": names.get(f.by, f.by), "note": _note(f), "icon": "circle-check"}
        for f in reversed(facts)
    ]


def _general(given: str | None) -> str:
    return f"Điểm tiêu chí chung {ui.number(Decimal(float(Fraction(given))))}" if given else ""


def _note(fact: Fact) -> str:
    match fact:
        case GradeClaimed():
            points = _general(fact.general)
            return ". ".join(part for part in (LABELS[Grade(fact.grade)], points, fact.text) if part)
        case GradeProposed():
            points = _general(fact.figures.get("general"))
            return ". ".join(part for part in (LABELS[Grade(fact.grade)], points, fact.why) if part)
        case GradeAnswered():
            return ". ".join(
                part for part in ("Đồng ý" if fact.agrees else "Không đồng ý", fact.text) if part
            )
        case GradeDecided():
            return ". ".join(
                part for part in (LABELS[Grade(fact.grade)], f"Quyết định {fact.decision}", fact.why) if part
            )
    return ""
