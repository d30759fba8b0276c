"""The yearly sheet of a head as a document says it, and the list of a year as a file (phiếu đánh giá, danh sách)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from motcua.law import heads, packs
from motcua.law.calendar import day
from motcua.law.following import Status
from motcua.law.grading import GradeAnswered, GradeClaimed, GradeDecided, GradeProposed
from motcua.law.heads import LABELS, Figures, Grade
from motcua.people.models import Officer, Post, UnitKind
from motcua.ui.exports import Column, Kind, Listing
from motcua.ui.exports.lists import Cell, Issuer
from motcua.ui.templatetags import ui

from . import queries
from .queries import Card, Stint

COLUMNS = (
    Column("Người đứng đầu", width=26),
    Column("Cơ quan", width=34),
    Column("Giữ vị trí", width=22),
    Column("Việc hoàn thành", Kind.NUMBER, 10),
    Column("Tổng số việc", Kind.NUMBER, 10),
    Column("Đúng hạn", Kind.NUMBER, 10),
    Column("Quá hạn", Kind.NUMBER, 10),
    Column("Chỉ số 766", Kind.NUMBER, 10),
    Column("Mức đề xuất", width=22),
    Column("Mức quyết định", width=22),
    Column("Số quyết định", Kind.CODE, 16),
)
NOT_OPEN = "chưa công bố"
# What the parameters of the pack are, as a reader of the sheet calls them.
DOUBTED = {
    "conditions": "Điều kiện của từng mức",
    "exceeded": "Nhiệm vụ hoàn thành vượt mức",
    "parts": "Điểm tối đa của từng phần",
    "failed_check": "Phần trăm chất lượng bị trừ mỗi lần kiểm tra không đạt",
    "excellent_share": "Tỷ lệ xuất sắc",
    "reform_limit": "Giới hạn theo Chỉ số cải cách hành chính",
}


def as_data(card: Card, told: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """A sheet as its layout takes it; `told` are the figures of the page. Raises NotInForce before the decree."""
    stint, grading = card.stint, queries.grading_of(card.stint)
    last = date(stint.year, 12, 31)
    pack = packs.on(heads.SUBJECT, last)
    proposed, claimed = grading.proposed, grading.claimed
    if proposed:
        figures = _figures(proposed)
    else:
        general = Fraction(claimed.general) if claimed and claimed.general else None
        figures = queries.figures(card, general, 0, disciplined=False)
    taken, most = queries.excellent(stint)
    acted = [fact for fact in (claimed, proposed, grading.answered, grading.decided) if fact]
    names = dict(
        Officer.objects.filter(username__in=[f.by for f in acted]).values_list("username", "full_name")
    )
    over = stint.post.unit.parent
    return {
        "over": over.name if over else "",
        "unit": stint.post.unit.name,
        "name": stint.post.officer.full_name,
        "year": stint.year,
        "span": f"{ui.day(stint.first)} đến {ui.day(stint.last)}",
        "whole": stint.whole,
        "counted": f"Số liệu tính lúc {ui.moment(at)}",
        "source": pack.source("bands" if pack["method"] == heads.POINTS else "conditions"),
        "figures": [[str(each["term"]), str(each["value"])] for each in told],
        "marks": _marks(figures, last),
        "grounds": _grounds(proposed.reasons if proposed else None, figures, last),
        "total": _number(proposed.points) if proposed else "",
        "claimed": _claimed(claimed, names),
        "proposed": _proposed(proposed, names),
        "answered": _answered(grading.answered, names),
        "decided": _decided(grading.decided, names),
        "cap": f"Trong nhóm {stint.post.unit.get_kind_display().lower()} năm {stint.year}: đã quyết định {taken} mức"
        f" xuất sắc, được nhiều nhất {most} ({pack['excellent_share']} % số được đề xuất tốt trở lên;"
        f" {pack.source('excellent_share')}).",
        "doubts": doubts(stint.year),
    }


def doubts(year: int) -> list[str]:
    """What of the rules of a year was not verified against the decree; nothing before there was one."""
    try:
        pack = packs.on(heads.SUBJECT, date(year, 12, 31))
    except packs.NotInForce:
        return []
    return [_doubt(value) for value in pack.unverified]


def listing(
    stints: Sequence[Stint],
    filters: Sequence[tuple[str, str]],
    by: Officer,
    issuer: Issuer,
    at: datetime,
    year: int,
) -> Listing:
    """The heads of a year as a file; closed cards say so. `filters`: which of them, as its head says."""

    def read(some: Sequence[Stint]) -> Any:
        for card in queries.cards(some, year, at, day(at)):
            yield _cells(card, by, day(at))

    title = f"Đánh giá, xếp loại người đứng đầu năm {year}"
    return Listing(
        f"xep-loai-{year}",
        title,
        "người",
        COLUMNS,
        stints,
        read,
        issuer,
        at,
        period=f"năm {year}",
        filters=filters,
    )


def caps(posts: QuerySet[Post], year: int) -> list[tuple[str, str]]:
    """For each kind of agency: how many were decided excellent and how many may be; none before the decree."""
    try:
        found = queries.excellence(posts, year)
        share = packs.on(heads.SUBJECT, date(year, 12, 31))["excellent_share"]
    except packs.NotInForce:
        return []
    return [
        (f"Xuất sắc, {UnitKind(kind).label.lower()}", f"đã {taken}, nhiều nhất {most} ({share} %)")
        for kind, (taken, most) in found.items()
    ]


def _cells(card: Card, by: Officer, on: date) -> Sequence[Cell]:
    stint, told, rating = card.stint, card.tasks, card.rating
    span = "cả năm" if stint.whole else f"{ui.day(stint.first)} – {ui.day(stint.last)}"
    head: list[Cell] = [stint.post.officer.full_name, stint.post.unit.name, span]
    decided = rating.get_decided_display() if rating and rating.decided else ""
    decision = rating.decision if rating else ""
    if not queries.reads(by, card, on):
        return [*head, None, None, None, None, card.score, NOT_OPEN, decided, decision]
    proposed = rating.get_proposed_display() if rating and rating.proposed else ""
    figures = [told.done, told.total, told.of(Status.DONE), told.overdue]
    return [*head, *figures, card.score, proposed, decided, decision]


def _figures(proposed: GradeProposed) -> Figures:
    """What was counted when a grade was proposed."""
    kept = dict(proposed.figures)
    kept["early"] = kept.get("early", kept.get("exceeded", 0))
    if kept.get("general") is not None:
        kept["general"] = Fraction(kept["general"])
    return Figures(**{each.name: kept[each.name] for each in fields(Figures) if each.name in kept})


def _marks(figures: Figures, on: date) -> list[list[str]]:
    return [
        [
            mark.name,
            mark.reached,
            "chưa chấm" if mark.points is None else _number(mark.points),
            _number(mark.most),
        ]
        for mark in heads.marks(figures, on)
    ]


def _grounds(reasons: Sequence[str] | None, figures: Figures, on: date) -> list[str]:
    """The reasons of a grade, without those the table of points says already."""
    said = [reason.text for reason in heads.propose(figures, on).reasons] if reasons is None else reasons
    names = tuple(mark.name for mark in heads.marks(figures, on))
    return (
        [each for each in said if not each.startswith((*names, "Điểm tiêu chí chung"))]
        if names
        else list(said)
    )


def _claimed(fact: GradeClaimed | None, names: Mapping[str, str]) -> list[list[str]]:
    if fact is None:
        return []
    general = [["Điểm tiêu chí chung tự chấm", _number(fact.general)]] if fact.general else []
    return [["Mức tự nhận", LABELS[Grade(fact.grade)]], *general, *_text(fact.text), _who(fact, names)]


def _proposed(fact: GradeProposed | None, names: Mapping[str, str]) -> list[list[str]]:
    if fact is None:
        return []
    computed = [["Mức tính ra từ số liệu", LABELS[Grade(fact.computed)]]]
    return [
        ["Mức đề xuất", LABELS[Grade(fact.grade)]],
        *computed,
        *_text(fact.why, "Lý do"),
        _who(fact, names),
    ]


def _answered(fact: GradeAnswered | None, names: Mapping[str, str]) -> list[list[str]]:
    if fact is None:
        return []
    return [["Ý kiến", "Đồng ý" if fact.agrees else "Không đồng ý"], *_text(fact.text), _who(fact, names)]


def _decided(fact: GradeDecided | None, names: Mapping[str, str]) -> list[list[str]]:
    if fact is None:
        return []
    told = [["Mức xếp loại", LABELS[Grade(fact.grade)]], ["Quyết định", fact.decision]]
    return [*told, *_text(fact.why, "Lý do"), _who(fact, names)]


def _text(text: str, term: str = "Nội dung") -> list[list[str]]:
    return [[term, text]] if text else []


def _who(fact: Any, names: Mapping[str, str]) -> list[str]:
    return ["Người ghi", f"{names.get(fact.by, fact.by)}, {ui.moment(fact.at)}"]


def _doubt(value: packs.Value) -> str:
    shown = DOUBTED.get(value.parameter, value.parameter)
    return f"{shown}: {value.note}" if value.note else shown


def _number(value: str | Decimal) -> str:
    if not value:
        return "" if value == "" else "0"
    exact = Fraction(value)
    return str(ui.number(Decimal(exact.numerator) / Decimal(exact.denominator)))
