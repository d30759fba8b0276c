"""A round and a sheet as files: the units with their points, and what was declared, reviewed and explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from motcua.law.calendar import day
from motcua.law.par_round import Line
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Kind, Listing
from motcua.ui.templatetags import ui

from . import forms, pages, queries
from .models import ParRound, ParSheet


def standings(round_: ParRound, listed: Sequence[queries.Standing], by: Officer, at: datetime) -> Listing:
    """The units of a round with the points of each field."""
    fields = round_.table.criteria.parts("")

    def read(rows: Sequence[queries.Standing]) -> Iterable[Sequence[Cell]]:
        points = queries.by_field(round_, [row.sheet.pk for row in rows if not row.closed])
        for row in rows:
            own = [points.get((row.sheet.pk, f.code)) for f in fields]
            percent = None if row.closed else row.sheet.percent
            yield [row.sheet.unit.name, row.place, percent, row.group, *own, row.sheet.submitted_at]

    columns = [
        Column("Đơn vị", width=36),
        Column("Hạng", Kind.NUMBER, 8),
        Column("Chỉ số, %", Kind.NUMBER, 10),
        Column("Nhóm", width=8),
        *(Column(f"{f.code}. {f.name}", Kind.NUMBER, 12) for f in fields),
        Column("Nộp lúc", Kind.MOMENT, 16),
    ]
    return _listing(f"cchc-{round_.year}", str(round_), "đơn vị", columns, listed, read, by, at, round_)


def sheet(sheet_: ParSheet, by: Officer, at: datetime) -> Listing:
    """Everything said on a sheet, one criterion a row: số liệu kê khai, rà soát, giải trình."""
    criteria, folded = sheet_.round.table.criteria, queries.folded(sheet_)
    result = folded.result(criteria)

    def read(codes: Sequence[str]) -> Iterable[Sequence[Cell]]:
        for code in codes:
            criterion, line = criteria.criteria[code], folded.line(code)
            points = result.criteria[code].points
            yield [
                code,
                criterion.name,
                pages.decimal(criterion.max),
                *_said(line),
                forms.way(criterion) if criterion.leaf else "",
                None if points is None else pages.decimal(points),
            ]

    columns = [
        Column("STT", Kind.CODE, 8),
        Column("Tiêu chí, tiêu chí thành phần", width=40),
        Column("Điểm tối đa", Kind.NUMBER, 9),
        Column("Số liệu kê khai", width=16),
        Column("Tài liệu kiểm chứng", width=24),
        Column("Điểm tự đánh giá", width=10),
        Column("Rà soát lần 1", width=16),
        Column("Giải trình", width=24),
        Column("Rà soát lần 2, hội đồng", width=16),
        Column("Cách tính điểm", width=28),
        Column("Điểm", Kind.NUMBER, 9),
    ]
    title = f"Phiếu chấm điểm cải cách hành chính năm {sheet_.round.year}, {sheet_.unit.name}"
    name = f"cchc-{sheet_.round.year}-{sheet_.unit.code}"
    return _listing(name, title, "tiêu chí", columns, list(criteria.criteria), read, by, at, sheet_.round)


def _said(line: Line) -> list[Cell]:
    own = line.own.points if line.own else None
    last = line.settled or line.second
    return [
        pages.said(line.declared),
        line.declared.evidence if line.declared else "",
        "" if own is None else ui.number(pages.decimal(own)),
        _points(line.first),
        line.explained.text if line.explained else "",
        _points(last),
    ]


def _points(fact: Any) -> str:
    return f"{pages.written(fact.points)}. {fact.reason}".strip(". ") if fact else ""


def _listing(
    name: str,
    title: str,
    thing: str,
    columns: Sequence[Column],
    keys: Sequence[Any],
    read: Any,
    by: Officer,
    at: datetime,
    round_: ParRound,
) -> Listing:
    origin = f"bộ tiêu chí theo {round_.table.decision}"
    told = issuer.of(by, day(at))
    return Listing(
        name, title, thing, columns, keys, read, told, at, period=f"năm {round_.year}", origin=origin
    )
