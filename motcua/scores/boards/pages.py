"""A board as a page: what needs somebody first, then figures, who holds what, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from motcua.law.calendar import TZ, day
from motcua.people import access
from motcua.people.models import Officer, Unit, UnitKind
from motcua.ui.templatetags import ui

from ..asked import Asked
from ..others import pages as others
from ..others import queries as indicators
from . import drawing, queries
from .queries import NAMES, NOW, Line, Look, Sets

TONES = {"qua-han": ("late", "circle-alert"), "hom-nay": ("soon", "clock"), "sap-den": ("soon", "hourglass")}
SORTS = {
    "ten": "Đơn vị",
    **{name: NAMES[name][:1].upper() + NAMES[name][1:] for name in NOW},
    "lau-nhat": "Trễ lâu nhất",
}
_LATER = (
    "Như toàn cảnh lúc {}. Hồ sơ được gia hạn, hết tạm dừng hay đổi người giữ từ lúc ấy thì tính như bây giờ."
)
SHOWN = ("HS_DUNG_HAN", "HS_TRUC_TUYEN", "SO_HOA_TIEP_NHAN", "KQ_DIEN_TU", "HL_CHUNG", "TG_TRUNG_BINH")


@dataclass(frozen=True)
class Board:
    """One board: of whom, at which moment, and whether it leads to dossiers (the public's does not).

    `own`: of the officers only the reader stands on it. `look` is what was counted of the whole unit.
    """

    unit: Unit
    sets: Sets
    lines: list[Line]
    of_officers: bool
    public: bool
    own: bool = False
    look: Look | None = None

    @property
    def at(self) -> datetime:
        return self.sets.at

    def url(self, name: str, line: Line | None = None) -> str:
        """The dossiers in one cell, at the same moment."""
        if self.public:
            return ""
        asked = {"luc": self.at.astimezone(TZ).isoformat()}
        if line:
            asked |= {"can-bo": line.key} if self.of_officers else {"cua": line.key}
        return reverse("leader-board-rows", args=[self.unit.code, name]) + "?" + urlencode(asked)


def board(unit: Unit, at: datetime, *, reader: Officer | None = None) -> Board:
    """The board of a unit: a province's by agency, any other's by officer to whom that is open.

    Other officers find themselves alone on it; the public, which is no `reader`, no officer.
    """
    look = queries.look(unit, at)
    sets, public = Sets(look.at), reader is None
    if reader is None or unit.kind == UnitKind.PROVINCE:
        return Board(unit, sets, look.lines, of_officers=False, public=public, look=look)
    lines, own = queries.by_officer(unit, sets), not access.may_see_officers(reader, unit, day(at))
    if own:
        lines = [line for line in lines if line.key == reader.username]
    return Board(unit, sets, lines, of_officers=True, public=False, own=own, look=look)


def context(found: Board, order: str) -> dict[str, Any]:
    """Everything the page shows."""
    look = found.look or queries.look(found.unit, found.at)
    totals = queries.whole(look.lines)
    return {
        "board": found,
        "unit": found.unit,
        "at": found.at,
        "answer": _answer(found, totals),
        "counts": _counts(found, totals),
        "changes": _changes(found, totals, [] if found.own else found.lines),
        "since": found.sets.since,
        "figures": _figures(found),
        "rows": _rows(found, order),
        "columns": _columns(found, order),
        "burden": None if found.own else drawing.burden(found.lines, totals.counts["qua-han"]),
        "course": drawing.course(look.days),
        "days": look.days,
    }


def _answer(found: Board, totals: Line) -> str:
    """The first line: what is late and who holds most of it."""
    late, today = totals.counts["qua-han"], totals.counts["hom-nay"]
    if not late and not today:
        return "Không có hồ sơ quá hạn hoặc đến hạn hôm nay."
    lines = [] if found.own else found.lines
    worst = max(lines, key=lambda line: line.counts["qua-han"], default=None)
    where = f", nhiều nhất ở {worst.name} ({ui.number(worst.counts['qua-han'])})" if late and worst else ""
    told = f"{ui.number(late)} hồ sơ đang quá hạn{where}." if late else "Không có hồ sơ quá hạn."
    return f"{told} {ui.number(today)} hồ sơ đến hạn hôm nay." if today else told


def _counts(found: Board, totals: Line) -> list[dict[str, Any]]:
    return [
        {
            "url": found.url(name),
            "label": NAMES[name],
            "count": totals.counts[name],
            "tone": TONES.get(name, ("", ""))[0] if totals.counts[name] else "",
            "icon": TONES.get(name, ("", ""))[1],
        }
        for name in ("qua-han", "hom-nay", "sap-den", "tam-dung", "dang-giai-quyet")
    ]


def _changes(found: Board, totals: Line, lines: Sequence[Line]) -> list[dict[str, str]]:
    """The three things that changed since the last working day, what went wrong first."""
    told = (
        ("moi-qua-han", "hồ sơ vừa quá hạn", "Không có hồ sơ nào vừa quá hạn"),
        ("moi-xong", "hồ sơ vừa giải quyết xong", "Chưa giải quyết xong hồ sơ nào"),
        ("moi-nhan", "hồ sơ vừa tiếp nhận", "Chưa tiếp nhận hồ sơ nào"),
    )
    return [
        {
            "url": found.url(name) if totals.counts[name] else "",
            "text": _change(totals, lines, name, words, none),
        }
        for name, words, none in told
    ]


def _change(totals: Line, lines: Sequence[Line], name: str, words: str, none: str) -> str:
    count = totals.counts[name]
    if not count:
        return none
    said = f"{ui.number(count)} {words}"
    if name == "moi-xong":
        late = totals.counts["moi-xong-muon"]
        return f"{said}, {ui.number(late)} muộn hạn" if late else f"{said}, tất cả đúng hạn"
    most = max(lines, key=lambda line: line.counts[name], default=None)
    if most is None or not most.counts[name]:
        return said
    if most.counts[name] == count:
        return f"{said}, ở {most.name}"
    return f"{said}, nhiều nhất ở {most.name} ({ui.number(most.counts[name])})"


def _figures(found: Board) -> list[dict[str, Any]]:
    """The figures of the running month, each a link to what it is made of."""
    asked = Asked.default(found.at)
    look = indicators.look(asked)
    known = {other.key: other for other in indicators.shown(asked.window.last)}
    told = []
    for key in SHOWN:
        row = others.shown(look, known[key], look.of(found.unit, key), found.unit.code)
        goal = (
            f"chỉ tiêu {row['target'].percent} %, {row['gap_text']}"
            if row["target"] and row["gap_text"]
            else ""
        )
        told.append(
            {
                "term": known[key].name,
                "value": row["result"],
                "note": goal,
                "url": reverse("other-indicators") + look.asked.query + f"&don-vi={found.unit.code}",
            }
        )
    return told


def _columns(found: Board, order: str) -> list[dict[str, Any]]:
    return [
        {
            "label": "Người đang giữ" if name == "ten" and found.of_officers else label,
            "num": name != "ten",
            "sort_url": f"?{urlencode({'xep': name} | _own(found))}#ma-tran",
            "sorted": ("ascending" if name == "ten" else "descending") if name == order else "",
        }
        for name, label in SORTS.items()
    ]


def _own(found: Board) -> dict[str, str]:
    return {"don-vi": found.unit.code} if found.public else {}


def _rows(found: Board, order: str) -> list[dict[str, Any]]:
    lines = sorted(found.lines, key=lambda line: line.name)
    if order in NOW:
        lines.sort(key=lambda line: -line.counts[order])
    elif order == "lau-nhat":
        lines.sort(key=lambda line: (line.oldest is None, line.oldest or found.at))
    return [
        {
            "name": line.name,
            "url": _line_url(found, line),
            "cells": [_cell(found, name, line) for name in NOW],
            "oldest": (day(found.at) - day(line.oldest)).days if line.oldest else None,
        }
        for line in lines
    ]


def _cell(found: Board, name: str, line: Line) -> dict[str, Any]:
    late = name == "qua-han"
    return {"label": SORTS[name], "count": line.counts[name], "url": found.url(name, line), "late": late}


def _line_url(found: Board, line: Line) -> str:
    if found.of_officers or line.key == found.unit.code:
        return ""
    if found.public:
        return reverse("public-board") + "?" + urlencode({"don-vi": line.key})
    return reverse("leader-board", args=[line.key])


def behind(found: Board, name: str, line: str, count: int) -> dict[str, Any]:
    """What the page of the dossiers in one cell says."""
    title = f"{ui.number(count)} hồ sơ {NAMES[name]}"
    return {
        "board": found,
        "title": title,
        "about": ", ".join(filter(None, (line, found.unit.name))),
        "crumbs": [
            {
                "url": reverse("leader-board", args=[found.unit.code]),
                "label": f"Toàn cảnh, {found.unit.name}",
            },
            {"label": title},
        ],
        "earlier": _LATER.format(ui.moment(found.at)) if found.sets.later else "",
    }
