"""The list of procedures as a file (danh mục thủ tục)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from motcua.law.calendar import day
from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing

from . import processes as shelves
from . import queries, searching, telling
from .listing import Asked
from .models import Level, Procedure

COLUMNS = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=60),
    Column("Lĩnh vực", width=24),
    Column("Cấp thực hiện", width=18),
    Column("Thời hạn", width=20),
    Column("Phí, lệ phí", width=20),
    Column("Tình trạng", width=20),
)


def procedures(format: Format, asked: Asked, *, issuer: Issuer, at: datetime) -> Listing:
    """The procedures a search finds, best first."""
    found = searching.matching(asked.text, field=asked.field, level=asked.level)
    level = Level(asked.level).label if asked.level else ""
    return Listing(
        "thu-tuc",
        "Danh mục thủ tục hành chính",
        "thủ tục",
        COLUMNS,
        [procedure.pk for procedure in found.only("pk")[: format.most + 1]],
        lambda keys: _rows(keys, at),
        issuer,
        at,
        filters=[("Tìm", asked.text), ("Lĩnh vực", asked.field), ("Cấp", level)],
    )


PROCESS_COLUMNS = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=60),
    Column("Đơn vị", width=30),
    Column("Bản áp dụng", Kind.NUMBER, 10),
    Column("Quyết định", width=20),
    Column("Từ ngày", Kind.DAY, 12),
    Column("Số dự thảo", Kind.NUMBER, 10),
    Column("Số bản", Kind.NUMBER, 10),
)


def processes(format: Format, wanted: shelves.Wanted, *, issuer: Issuer, at: datetime) -> Listing:
    """The internal processes a list shows, in its order (danh sách quy trình nội bộ)."""
    found = shelves.shelves(wanted, day(at))
    rows = list(found[: format.most + 1])
    state = shelves.STATES[wanted.state] if wanted.state else ""
    return Listing(
        "quy-trinh",
        "Danh sách quy trình nội bộ",
        "quy trình",
        PROCESS_COLUMNS,
        rows,
        _processes,
        issuer,
        at,
        filters=[("Tìm", wanted.text), ("Đơn vị", wanted.unit), ("Trạng thái", state)],
    )


def _processes(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Cell]]:
    heads = shelves.by_id([row["current"] for row in rows if row["current"]])
    for row in rows:
        current = heads.get(row["current"])
        begun = (current.number, current.decision, current.valid_from) if current else (None, "", None)
        counts = row["drafts"], row["drafts"] + row["published"]
        yield (row["code"], row["title"], row["unit_name"] or "Mọi đơn vị", *begun, *counts)


def _rows(keys: Sequence[int], at: datetime) -> Iterator[Sequence[Cell]]:
    known = Procedure.objects.defer("words").in_bulk(keys)
    listed = [known[key] for key in keys if key in known]
    texts = queries.texts_of(listed, day(at))
    for procedure in listed:
        text = texts[procedure.pk]
        yield (
            *(procedure.code, procedure.title, procedure.field, telling.levels(text)),
            *(telling.term_in_short(text), telling.fee_in_short(text), telling.standing(text, day(at))),
        )
