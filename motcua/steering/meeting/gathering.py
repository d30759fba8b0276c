"""A whole pack in its order, with the decisions its figures suggest and those somebody proposes besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from motcua.law import books as law_books
from motcua.ui.templatetags import ui

from ..books import queries as books
from ..overview import Board
from . import figures, tasks
from .parts import Column, Look, Part, Table

CONTENTS = (
    "Việc cần quyết trước",
    "Tình hình nhiệm vụ",
    "Nhiệm vụ quá hạn",
    "Bộ chỉ số 766",
    "Chỉ tiêu",
    "Khó khăn, vướng mắc chưa được trả lời",
    "Chỉ số cải cách hành chính: điểm bị mất",
    "Quyết định đề xuất",
)


def parts(look: Look, proposed: Sequence[str] = ()) -> list[Part]:
    """The parts of a pack; `proposed` are decisions in somebody's own words."""
    found = tasks.counted(look)
    return [
        tasks.first(look),
        tasks.board(look, found),
        tasks.overdue(look, found),
        figures.index(look),
        figures.reached(look),
        figures.troubles(look),
        figures.reform(look),
        decisions(look, found, proposed),
    ]


def as_data(look: Look, proposed: Sequence[str], *, host: str, over: str, by: str) -> dict[str, Any]:
    """A pack as its layout takes it."""
    return {
        "unit": look.unit.name,
        "over": over,
        "meets": ui.day(look.meets),
        "counted": ui.moment(look.at),
        "made": f"Lập lúc {ui.moment(look.now)}{f', người lập: {by}' if by else ''}",
        "parts": [part.as_data(host) for part in parts(look, proposed)],
    }


def decisions(look: Look, found: Board, proposed: Sequence[str]) -> Part:
    """What the meeting may decide (quyết định đề xuất): from the figures, each with its page, then in own words."""
    rows = [[text, where] for text, where in _suggested(look, found)]
    rows += [[text, "do người lập tài liệu đề xuất"] for text in proposed]
    said = (
        f"{len(rows)} quyết định để cuộc họp xem xét."
        if rows
        else "Số liệu không gợi ra quyết định nào cần bàn."
    )
    table = Table([Column("Đề xuất", 4), Column("Căn cứ", 2)], rows)
    return Part("quyet-dinh", "Quyết định đề xuất", said, look.standing, tables=(table,) if rows else ())


def _suggested(look: Look, counted: Board) -> list[tuple[str, str]]:
    found = []
    if waits := tasks.waiting(look).count():
        found.append((f"Xác nhận, trả lời {ui.number(waits)} việc đang chờ", "Việc cần quyết trước"))
    found += [
        (f"Đôn đốc {unit.name}: {ui.number(count)} nhiệm vụ quá hạn", "Nhiệm vụ quá hạn")
        for unit, count in tasks.most_overdue(look, counted)
    ]
    if look.whole and (without := tasks.planless(look)):
        said = f"Yêu cầu {ui.number(without)} đơn vị lập kế hoạch năm {look.on.year}"
        found.append((said, f"Trang Kế hoạch: {reverse('plans')}"))
    book = law_books.books(look.on).get(figures.DIFFICULTIES)
    late = books.asked(book, {"tinh_trang": books.OVERDUE}, look.on) if book else None
    if late is not None and (count := (late if look.whole else late.filter(unit=look.unit)).count()):
        found.append(
            (f"Đôn đốc trả lời {ui.number(count)} khó khăn, vướng mắc quá hạn", "Khó khăn, vướng mắc")
        )
    if left := figures.uncorrected(look):
        found.append((f"Giao việc khắc phục {ui.number(left)} chỗ mất điểm chưa có việc", CONTENTS[6]))
    return found
