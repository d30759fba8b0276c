"""A whole pack in its order, with the decisions its figures suggest and those somebody proposes besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from motcua.ui.templatetags import ui

from ..models import ParSheet
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


class Counted(NamedTuple):
    """What several parts of a pack tell of: what waits for an answer, how tasks stand, open difficulties, the last
    round of the index of reform."""

    waits: int
    board: Board
    open: figures.Open
    last: ParSheet | None


def parts(look: Look, proposed: Sequence[str] = ()) -> list[Part]:
    """The parts of a pack; `proposed` are decisions in somebody's own words."""
    told = Counted(tasks.waiting(look).count(), tasks.counted(look), figures.opened(look), figures.last(look))
    return [
        tasks.first(look, told.waits),
        tasks.board(look, told.board),
        tasks.overdue(look, told.board),
        figures.index(look),
        figures.reached(look),
        figures.troubles(look, told.open),
        figures.reform(look, told.last),
        decisions(look, told, proposed),
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


def decisions(look: Look, told: Counted, proposed: Sequence[str]) -> Part:
    """What the meeting may decide (quyết định đề xuất): from the figures, each with its page, then in own words."""
    rows = [[text, where] for text, where in _suggested(look, told)]
    rows += [[text, "do người lập tài liệu đề xuất"] for text in proposed]
    said = (
        f"{len(rows)} quyết định để cuộc họp xem xét."
        if rows
        else "Số liệu không gợi ra quyết định nào cần bàn."
    )
    table = Table([Column("Đề xuất", 4), Column("Căn cứ", 2)], rows)
    return Part("quyet-dinh", "Quyết định đề xuất", said, look.standing, tables=(table,) if rows else ())


def _suggested(look: Look, told: Counted) -> list[tuple[str, str]]:
    found = []
    if told.waits:
        found.append((f"Xác nhận, trả lời {ui.number(told.waits)} việc đang chờ", "Việc cần quyết trước"))
    found += [
        (f"Đôn đốc {unit.name}: {ui.number(count)} nhiệm vụ quá hạn", "Nhiệm vụ quá hạn")
        for unit, count in tasks.most_overdue(look, told.board)
    ]
    if look.whole and (without := tasks.planless(look)):
        said = f"Yêu cầu {ui.number(without)} đơn vị lập kế hoạch năm {look.on.year}"
        found.append((said, f"Trang Kế hoạch: {reverse('plans')}"))
    if count := told.open.overdue:
        found.append(
            (f"Đôn đốc trả lời {ui.number(count)} khó khăn, vướng mắc quá hạn", "Khó khăn, vướng mắc")
        )
    if left := figures.uncorrected(look, told.last):
        found.append((f"Giao việc khắc phục {ui.number(left)} chỗ mất điểm chưa có việc", CONTENTS[6]))
    return found
