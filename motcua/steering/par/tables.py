"""The three tables of a round as files, of one sheet or of all: declared, reviewed, explained; and lost points.

Kết xuất số liệu kê khai, rà soát, giải trình; điểm bị mất.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.law.calendar import day
from motcua.law.par import Criterion
from motcua.law.par_round import CriterionReviewed, CriterionSettled, Line, Sheet
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Kind, Listing

from . import forms, pages, queries
from .models import ParLine, ParRound, ParSheet

NONE, SOME = "Không có điểm", "Chưa tối đa"
LEAD = (
    Column("STT", Kind.CODE, 8),
    Column("Tiêu chí, tiêu chí thành phần", width=40),
    Column("Điểm tối đa", Kind.NUMBER, 9),
)
UNIT = Column("Đơn vị", width=30)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a round: its columns after those of the criterion, and what they say of a line."""

    slug: str
    label: str
    columns: Sequence[Column]
    cells: Callable[[Criterion, Line, Sheet], list[Cell]]


def _declared(criterion: Criterion, line: Line, sheet: Sheet) -> list[Cell]:
    found, told = line.declared, pages.compared(line.declared, criterion)
    parts = [criterion.evidence, found.evidence if found else ""]
    system = "" if told is None else str(told["figure"])
    differs = told is not None and told["answers"] and not told["same"]
    return [
        pages.said(found),
        system,
        (told["why"] or "") if told is not None and differs else "",
        forms.way(criterion),
        "\n".join(part for part in parts if part),
        _own(line),
    ]


def _reviewed(criterion: Criterion, line: Line, sheet: Sheet) -> list[Cell]:
    given = [cell for fact in (line.first, line.second, line.settled) for cell in _points(fact)]
    points = sheet.points(criterion).points
    return [criterion.owner, _own(line), *given, None if points is None else pages.decimal(points)]


def _explained(criterion: Criterion, line: Line, sheet: Sheet) -> list[Cell]:
    told = line.explained
    return [
        _own(line),
        *_points(line.first),
        told.text if told else "",
        told.evidence if told else "",
        *_points(line.settled or line.second),
    ]


POINTS = (Kind.NUMBER, 10)
TABLES = {
    table.slug: table
    for table in (
        Table(
            "ke-khai",
            "Số liệu kê khai",
            (
                Column("Số liệu kê khai", width=16),
                Column("Số liệu hệ thống", width=16),
                Column("Lý do khác số hệ thống", width=22),
                Column("Cách tính điểm", width=28),
                Column("Các yêu cầu và tài liệu kiểm chứng", width=32),
                Column("Điểm tự đánh giá", *POINTS),
            ),
            _declared,
        ),
        Table(
            "ra-soat",
            "Rà soát",
            (
                Column("Cơ quan thẩm định", width=20),
                Column("Điểm tự đánh giá", *POINTS),
                Column("Rà soát lần 1", *POINTS),
                Column("Nhận xét lần 1", width=22),
                Column("Rà soát lần 2", *POINTS),
                Column("Nhận xét lần 2", width=22),
                Column("Hội đồng", *POINTS),
                Column("Lý do của hội đồng", width=22),
                Column("Điểm", *POINTS),
            ),
            _reviewed,
        ),
        Table(
            "giai-trinh",
            "Giải trình",
            (
                Column("Điểm tự đánh giá", *POINTS),
                Column("Rà soát lần 1", *POINTS),
                Column("Nhận xét", width=24),
                Column("Giải trình của đơn vị", width=34),
                Column("Tài liệu bổ sung", width=20),
                Column("Điểm sau giải trình", *POINTS),
                Column("Lý do", width=24),
            ),
            _explained,
        ),
    )
}


def listing(
    table: Table,
    sheets: Sequence[ParSheet],
    round_: ParRound,
    by: Officer,
    at: datetime,
    *,
    several: bool = False,
) -> Listing:
    """One of the three tables over a sheet, or several, where each row names its unit; one criterion a row."""
    criteria = round_.table.criteria
    known = {sheet.pk: sheet for sheet in sheets}
    leads: dict[str, list[Cell]] = {
        leaf.code: [leaf.code, leaf.name, pages.decimal(leaf.bound)] for leaf in criteria.leaves
    }

    def read(keys: Sequence[tuple[int, str]]) -> Iterable[Sequence[Cell]]:
        folded = queries.folded_together([known[pk] for pk in dict.fromkeys(pk for pk, _ in keys)])
        for pk, code in keys:
            criterion, sheet = criteria.criteria[code], folded[pk]
            named: list[Cell] = [known[pk].unit.name] if several else []
            yield [*named, *leads[code], *table.cells(criterion, sheet.line(code), sheet)]

    whose = str(round_) if several else f"{sheets[0].unit.name}, {round_}"
    name = f"cchc-{round_.year}-{table.slug}" + ("" if several else f"-{sheets[0].unit.code}")
    return Listing(
        name,
        f"{table.label}: {whose}",
        "dòng",
        [*([UNIT] if several else []), *LEAD, *table.columns],
        [(sheet.pk, leaf.code) for sheet in sheets for leaf in criteria.leaves],
        read,
        issuer.of(by, day(at)),
        at,
        period=f"năm {round_.year}",
        origin=f"bộ tiêu chí theo {round_.table.decision}",
    )


def lost(round_: ParRound, criterion: Criterion | None, by: Officer, at: datetime) -> Listing:
    """The lost points of a round by unit and criterion, the most first, with the work given about each."""
    lines = queries.lost_lines(round_, criterion.code if criterion else "")
    criteria = round_.table.criteria.criteria
    work = queries.corrections_of(round_)

    def read(some: Sequence[ParLine]) -> Iterable[Sequence[Cell]]:
        for line in some:
            about = criteria[line.criterion]
            tasks = work.get((line.sheet_id, line.criterion), [])
            yield [
                line.sheet.unit.name,
                line.criterion,
                about.name,
                pages.decimal(about.bound),
                line.points,
                line.lost,
                SOME if line.points else NONE,
                about.owner,
                ", ".join(f"{task.code}: {task.get_state_display().lower()}" for task in tasks),
            ]

    columns = [
        UNIT,
        *LEAD,
        Column("Điểm", *POINTS),
        Column("Điểm mất", *POINTS),
        Column("Loại", width=14),
        Column("Cơ quan thẩm định", width=20),
        Column("Việc khắc phục", width=24),
    ]
    about = f", tiêu chí {criterion.code}" if criterion else ""
    return Listing(
        f"cchc-{round_.year}-mat-diem",
        f"Điểm bị mất: {round_}{about}",
        "dòng",
        columns,
        lines,
        read,
        issuer.of(by, day(at)),
        at,
        period=f"năm {round_.year}",
        origin=f"bộ tiêu chí theo {round_.table.decision}",
    )


def _own(line: Line) -> Cell:
    own: Any = line.own.points if line.own else None
    return None if own is None else pages.decimal(own)


def _points(fact: CriterionReviewed | CriterionSettled | None) -> list[Cell]:
    return [None, ""] if fact is None else [pages.exact(fact.points), fact.reason]
