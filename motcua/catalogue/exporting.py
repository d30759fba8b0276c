"""The list of procedures as a file (danh mục thủ tục)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from motcua.law.calendar import day
from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing

from . import queries, telling
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
    found = queries.matching(asked.text, field=asked.field, level=asked.level)
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
