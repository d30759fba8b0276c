"""What the pages and files of the statistics show: numbers, the list behind each (trang thống kê)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse

from motcua.ui.exports import Cell, Column, Issuer, Kind, Listing, harmless
from motcua.ui.templatetags import ui

from ..cleaning.pages import link
from . import counting, queries
from .counting import Row, Span
from .models import Change, Statistic
from .pages import tabs

PAGE = 50
BY = {"co-quan": ("agency", "Cơ quan thực hiện"), "linh-vuc": ("field", "Lĩnh vực"), "cap": ("levels", "Cấp")}
ROW_COLUMNS = [
    {"label": "Thủ tục"},
    {"label": "Loại", "width": "col-step"},
    {"label": "Quyết định", "width": "col-step"},
    {"label": "Lĩnh vực, cơ quan"},
]
SHEET = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=60),
    Column("Loại", width=18),
    Column("Quyết định", width=20),
    Column("Ngày ký", Kind.DAY, 12),
    Column("Có hiệu lực", Kind.DAY, 12),
    Column("Lĩnh vực", width=24),
    Column("Cơ quan thực hiện", width=30),
    Column("Cấp", width=16),
    Column("Công khai", Kind.DAY, 12),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a URL asks of the statistics: the period, the closed number, and which rows."""

    span: Span
    number: int | None = None
    kind: str = ""
    by: str = ""
    value: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str], today: date) -> Asked:
        """Raises ValueError for what is no period."""
        span = Span.parse(params.get("ky") or f"{today:%Y-%m}")
        number, kind, by = params.get("ban", ""), params.get("loai", ""), params.get("theo", "")
        return cls(
            span,
            int(number) if number.isdecimal() and len(number) < 6 else None,
            kind if kind in (*Change.values, "tat-ca") else "",
            by if by in BY else "",
            params.get("gia-tri", "") if by in BY else "",
        )

    @property
    def lists(self) -> bool:
        return bool(self.kind or self.by)

    def url(self, **told: str) -> str:
        number = str(self.number) if self.number else ""
        return link("statistics", **{"ky": self.span.key, "ban": number, **told})

    def chosen(self, rows: Iterable[Row]) -> list[Row]:
        """The rows behind the number that was asked for."""
        found = [row for row in rows if self.kind in ("", "tat-ca", row["kind"])]
        if not self.by:
            return found
        name = BY[self.by][0]
        return [row for row in found if self.value in counting.values(row, name)]

    @property
    def words(self) -> list[tuple[str, str]]:
        kind = Change(self.kind).label if self.kind in Change.values else ""
        return [("Loại", str(kind)), (BY[self.by][1], self.value)] if self.by else [("Loại", str(kind))]


def held(asked: Asked) -> tuple[list[Row], Statistic | None]:
    """The rows of a period: those of the closed number, or of now where nothing was closed."""
    frozen = counting.closed(asked.span, asked.number)
    return (frozen.rows if frozen else counting.live(asked.span)), frozen


def context(asked: Asked, number: str | None, today: date) -> dict[str, Any]:
    """Everything the page shows."""
    rows, frozen = held(asked)
    chosen = asked.chosen(rows)
    page = Paginator(chosen, PAGE).get_page(number)
    versions = list(Statistic.objects.filter(period=asked.span.key).order_by("-number").defer("rows"))
    newest = frozen is not None and frozen.number == versions[0].number
    return {
        "tabs": tabs("statistics"),
        "asked": asked,
        "periods": counting.recent(today),
        "frozen": frozen,
        "closing": _closing(asked, frozen) if frozen else None,
        "versions": [
            {"statistic": each, "url": link("statistics", ky=asked.span.key, ban=str(each.number))}
            for each in versions
        ],
        "over": asked.span.last < today,
        "differs": newest and frozen is not None and frozen.rows != counting.live(asked.span),
        "total": _line("Tổng số", counting.tally(rows), asked, "", ""),
        "groups": [_group(by, rows, asked) for by in BY],
        "columns": [
            {"label": ""},
            *({"label": kind.label, "num": True} for kind in Change),
            {"label": "Tổng", "num": True},
        ],
        "page": page,
        "rows": [_row(row) for row in page.object_list],
        "row_columns": ROW_COLUMNS,
        "chosen": ", ".join(value for _, value in asked.words if value) or "tất cả",
        "empty": {"title": "Không có thủ tục nào", "text": "Con số này bằng 0."},
    }


def _closing(asked: Asked, frozen: Statistic) -> dict[str, str]:
    who = queries.called(frozen.closed_by)
    why = f" Lý do đính chính: {frozen.reason}." if frozen.reason else ""
    return {
        "title": f"{asked.span.label}, bản {frozen.number}: đã chốt, không sửa được nữa",
        "text": f"{who} chốt lúc {ui.moment(frozen.closed_at)}.{why}",
    }


def _group(by: str, rows: Sequence[Row], asked: Asked) -> dict[str, Any]:
    name, label = BY[by]
    lines = [_line(value, counts, asked, by, value) for value, counts in counting.grouped(rows, name).items()]
    return {"id": by, "title": f"Theo {label.lower()}", "lines": lines}


def _line(label: str, counts: Mapping[str, int], asked: Asked, by: str, value: str) -> dict[str, Any]:
    where = {"theo": by, "gia__tri": value} if by else {}
    cells = [
        {"label": str(kind.label), "count": counts[kind], "url": asked.url(loai=kind.value, **where)}
        for kind in Change
    ]
    whole = {"label": "Tổng", "count": sum(counts.values()), "url": asked.url(loai="tat-ca", **where)}
    return {"label": label, "cells": [*cells, whole]}


def _row(row: Row) -> dict[str, Any]:
    return {
        **row,
        "kind_label": Change(row["kind"]).label,
        "url": reverse("procedure", args=[row["code"]]),
        "signed": _day(row["decided_on"]),
        "levels_label": ", ".join(counting.level(value) for value in row["levels"]),
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def listing(asked: Asked, *, issuer: Issuer, at: datetime) -> Listing:
    """The rows behind a number as a file."""
    rows, frozen = held(asked)
    edition = f"bản {frozen.number} chốt {ui.moment(frozen.closed_at)}" if frozen else "chưa chốt"
    return Listing(
        f"thong-ke-{asked.span.key.lower()}",
        "Thống kê thủ tục hành chính được công bố",
        "thủ tục",
        SHEET,
        asked.chosen(rows),
        _cells,
        issuer,
        at,
        period=f"{asked.span.label} ({edition})",
        filters=asked.words,
    )


def _cells(rows: Sequence[Row]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        levels = ", ".join(counting.level(value) for value in row["levels"])
        yield (
            *(row["code"], row["title"], str(Change(row["kind"]).label), row["decision"]),
            *(_day(row["decided_on"]), _day(row["effective_on"]), row["field"], row["agency"]),
            *(levels, _day(row["published_on"])),
        )


def as_data(statistic: Statistic) -> dict[str, Any]:
    """A closed statistic as open data."""
    return {
        "period": statistic.period,
        "number": statistic.number,
        "first": statistic.first.isoformat(),
        "last": statistic.last.isoformat(),
        "closed_at": statistic.closed_at.isoformat(),
        "reason": statistic.reason,
        "counts": counting.tally(statistic.rows),
        "rows": statistic.rows,
    }


def as_csv(statistic: Statistic) -> str:
    """The rows of a closed statistic as CSV; the mark in front is for spreadsheets."""
    text, names = StringIO(), list(Row.__annotations__)
    writer = csv.writer(text)
    writer.writerow(["period", "number", *names])
    for row in statistic.rows:
        cells = (";".join(row[name]) if name == "levels" else row[name] for name in names)
        writer.writerow([statistic.period, statistic.number, *map(harmless, cells)])
    return "\ufeff" + text.getvalue()
