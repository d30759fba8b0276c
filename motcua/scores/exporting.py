"""The units of the index, and the rows behind a figure, as files (bảng điểm, dòng làm nên con số)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from motcua.law import indicators
from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing

from . import opened, pages
from .asked import Asked
from .queries import UnitIndex

if TYPE_CHECKING:
    from .drill import Figure  # with it comes Ibis, which takes a second to import

DOSSIERS = (
    Column("Mã hồ sơ", Kind.CODE, 24),
    Column("Người nộp", width=26),
    Column("Thủ tục", width=44),
    Column("Cơ quan giải quyết", width=28),
    Column("Tiếp nhận", Kind.MOMENT, 17),
    Column("Hẹn trả", Kind.MOMENT, 17),
    Column("Xử lý xong", Kind.MOMENT, 17),
    Column("Trạng thái", width=20),
)
PROCEDURES = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=60),
    Column("Lĩnh vực", width=24),
)


def units(asked: Asked, entries: Sequence[UnitIndex], level: str, order: str, *, issuer: Issuer) -> Listing:
    """The units of one level with their points, in the order they are shown."""
    level, listed = pages.listed(asked, entries, level, order)
    groups = indicators.groups(asked.window.last)
    columns = [Column("Đơn vị", width=40), Column("Hạng", Kind.NUMBER, 8)]
    columns += [Column("Tổng điểm", Kind.NUMBER, 12)]
    columns += [Column(f"{group.name_vi} (tối đa {group.max})", Kind.NUMBER, 16) for group in groups]
    return Listing(
        f"chi-so-{asked.period}",
        "Chỉ số phục vụ người dân, doanh nghiệp",
        "đơn vị",
        [*columns, Column("Hồ sơ", Kind.NUMBER, 10)],
        listed,
        lambda keys: map(_unit, keys),
        issuer,
        asked.at,
        period=asked.label,
        filters=[("Cấp", indicators.levels(asked.window.last).get(level, ""))],
        origin=pages.ORIGIN,
    )


def rows(format: Format, figure: Figure, reader: Any, *, issuer: Issuer) -> Listing:
    """The rows behind one figure; whose dossier it is, only where the reader may know."""
    from . import drill

    return Listing(
        f"chi-so-{figure.indicator.code}-{figure.entry.unit.code}-{figure.asked.period}",
        f"{figure.indicator.code} {figure.indicator.name_vi}: {drill.WHERE[figure.side]}",
        drill.thing(figure),
        DOSSIERS if figure.of_dossiers else PROCEDURES,
        list(figure.rows.values_list("pk", flat=True)[: format.most + 1]),
        lambda keys: _rows(figure, keys, reader),
        issuer,
        figure.asked.at,
        period=figure.asked.label,
        filters=[("Đơn vị", figure.entry.unit.name)],
        origin=figure.measure.source,
    )


def _unit(line: dict[str, Any]) -> Sequence[Cell]:
    points = [None if group["score"] is None else group["points"] for group in line["groups"]]
    return line["name"], line["rank"], line["total"], *points, line["dossiers"]


def _rows(figure: Figure, keys: Sequence[int], reader: Any) -> Iterator[Sequence[Cell]]:
    from . import drill

    known = figure.rows.in_bulk(keys)
    lines = drill.lines(figure, [known[key] for key in keys if key in known], reader)
    if figure.of_dossiers:
        yield from opened.dossier_cells(lines)
        return
    for line in lines:
        row = line["procedure"]
        yield row.code, row.title, row.field
