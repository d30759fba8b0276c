"""A report as files: a spreadsheet in the layout of the form, and a paper (XLSX, PDF)."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponse, HttpResponseBase
from xlsxwriter.worksheet import Worksheet

from motcua.law.calendar import TZ, day
from motcua.ui import press, qr
from motcua.ui.exports import XLSX, Format
from motcua.ui.exports.answers import SHEET
from motcua.ui.exports.sheets import OPTIONS
from motcua.ui.templatetags import ui

from .forms import COUNT, SAVED, Column, Form, Head, heads

LAYOUT = Path(__file__).parent / "form.typ"
UNKNOWN = "–"
WIDTHS = (6, 42)  # of the first two columns, in signs
BOX = {"border": 1, "valign": "vcenter", "text_wrap": True, "align": "center"}


def answer(format: Format, content: Mapping[str, Any], said: str) -> HttpResponseBase:
    """The report as a file; `said` tells whether it was sent, and under which number."""
    name = f"{content['code']}-{content['unit']['code']}-{content['period']}.{format.slug}"
    if format is XLSX:
        return FileResponse(xlsx(content, said), as_attachment=True, filename=name, content_type=SHEET)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf(content, said), content_type="application/pdf", headers=headers)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a content, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def layout(content: Mapping[str, Any]) -> list[Head]:
    """The merged heads of a content."""
    columns = tuple(Column(c["no"], c["set"], tuple(c["heads"]), c["words"]) for c in content["columns"])
    return heads(
        Form("", date.min, "", "", tuple(content["head"]), columns, (), "", True, True, ""),
    )


def numbering(content: Mapping[str, Any]) -> list[str]:
    """The row that numbers the columns: (1), (2), then those of the form."""
    return [f"({n})" for n in (1, 2)] + [f"({column['no']})" for column in content["columns"]]


def xlsx(content: Mapping[str, Any], said: str) -> IO[bytes]:
    """The form as an open temporary file, at its beginning."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(file, {**OPTIONS, "constant_memory": False}) as book:
        created = datetime.fromisoformat(content["at"]).astimezone(TZ).replace(tzinfo=None, microsecond=0)
        book.set_properties(
            {"title": content["title"], "author": content["unit"]["name"], "created": created}
        )
        sheet = book.add_worksheet(content["code"])
        _page(sheet, len(content["columns"]))
        top = _title(book, sheet, content, said)
        top = _heads(book, sheet, content, top)
        bottom = _cells(book, sheet, content, top)
        for place, line in enumerate(notes(content), bottom + 1):
            sheet.write_string(place, 0, line)
    file.seek(0)
    return file


def _page(sheet: Worksheet, columns: int) -> None:
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_column(len(WIDTHS), len(WIDTHS) + columns - 1, 11)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RTrang &P/&N")


def _title(book: Any, sheet: Worksheet, content: Mapping[str, Any], said: str) -> int:
    """What stands above the table; the row where its heads begin."""
    last = len(content["columns"]) + 1
    middle = book.add_format(
        {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "font_size": 13}
    )
    sheet.write_string(0, 0, content["name"], book.add_format({"bold": True}))
    sheet.merge_range(1, 0, 1, last, content["title"].upper(), middle)
    sheet.set_row(1, 36)
    sheet.merge_range(2, 0, 2, last, span(content), book.add_format({"align": "center", "italic": True}))
    sheet.write_string(3, 0, f"Đơn vị báo cáo: {content['unit']['name']}")
    sheet.write_string(4, 0, f"Đơn vị nhận báo cáo: {content['receiver']}")
    sheet.write_string(5, 0, said)
    right = book.add_format({"align": "right", "italic": True})
    sheet.write_string(5, last, f"Đơn vị tính: {content['measure']}", right)
    return 6


def _heads(book: Any, sheet: Worksheet, content: Mapping[str, Any], top: int) -> int:
    look = book.add_format({**BOX, "bold": True, "bg_color": "#E9F0F9"})
    cells = layout(content)
    for cell in cells:
        first, last = (
            (top + cell.row, cell.column),
            (top + cell.row + cell.rows - 1, cell.column + cell.columns - 1),
        )
        if first == last:
            sheet.write_string(*first, cell.label, look)
        else:
            sheet.merge_range(*first, *last, cell.label, look)
    top += max(cell.row + cell.rows for cell in cells)
    numbers = book.add_format({**BOX, "italic": True})
    for place, number in enumerate(numbering(content)):
        sheet.write_string(top, place, number, numbers)
    sheet.freeze_panes(top + 1, len(WIDTHS))
    return top + 1


def _cells(book: Any, sheet: Worksheet, content: Mapping[str, Any], top: int) -> int:
    """The rows of figures; the row below the last."""
    looks = {
        (bold, kind): book.add_format({**BOX, "bold": bold, **more})
        for bold in (True, False)
        for kind, more in {
            "text": {"align": "left"},
            COUNT: {"num_format": "#,##0", "align": "right"},
            SAVED: {"num_format": "0.00%", "align": "right"},
        }.items()
    }
    kinds = [column.get("kind", COUNT) for column in content["columns"]]
    for place, row in enumerate(content["rows"], top):
        bold = row["kind"] != "row"
        sheet.write_string(place, 0, row["number"], looks[bold, "text"])
        sheet.write_string(place, 1, called(row), looks[bold, "text"])
        for at, (cell, kind) in enumerate(zip(row["cells"], kinds, strict=True), len(WIDTHS)):
            if cell is None:
                sheet.write_string(place, at, UNKNOWN, looks[bold, kind])
            else:
                sheet.write_number(place, at, cell / 10_000 if kind == SAVED else cell, looks[bold, kind])
    return top + len(content["rows"])


def figure(cell: int | None, kind: str) -> str:
    """A cell as people read it: 1.234, 12,50%, or a dash for what nobody knows."""
    if cell is None:
        return UNKNOWN
    return ui.percent(Decimal(cell) / 10_000, 2) if kind == SAVED else ui.number(cell)


def figures(content: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """The cells of a row as people read them."""
    kinds = [column.get("kind", COUNT) for column in content["columns"]]
    return list(map(figure, row["cells"], kinds))


def called(row: Mapping[str, Any]) -> str:
    """The label of a row, with who answers for it where it was declared."""
    told = row.get("declared")
    return f"{row['label']} (kê khai: {told['by']})" if told else row["label"]


def span(content: Mapping[str, Any]) -> str:
    first, last = (date.fromisoformat(content[name]) for name in ("first", "last"))
    return f"Kỳ báo cáo: {content['label']} (từ ngày {ui.day(first)} đến ngày {ui.day(last)})"


def notes(content: Mapping[str, Any]) -> list[str]:
    """What stands below the table: the identities, when it was computed, what is not verified."""
    at = datetime.fromisoformat(content["at"])
    found = [f"Các cột giữ đẳng thức: {'; '.join(content['identities'])}."] if content["identities"] else []
    found.append(
        f"Tính lúc {ui.moment(at)} từ hồ sơ, danh mục trong hệ thống. Biểu theo {content['source']}."
    )
    if not content["verified"]:
        found.append("Mẫu biểu chưa xác minh với văn bản.")
    return found + _unknown(content) + [*_declared(content)]


def _unknown(content: Mapping[str, Any]) -> list[str]:
    dashes = any(None in row["cells"] for row in content["rows"])
    return (
        [f"Dấu “{UNKNOWN}”: hệ thống không ghi và chưa ai kê khai; không phải bằng không."] if dashes else []
    )


def _declared(content: Mapping[str, Any]) -> Iterator[str]:
    """One line for each row that was declared: who answers for it, and what shows it."""
    for row in content["rows"]:
        if told := row.get("declared"):
            at, where = ui.moment(datetime.fromisoformat(told["at"])), f"{row['number']} ({row['label']})"
            yield f"Dòng {where}: {told['by']} kê khai lúc {at}; kiểm chứng: {told['evidence']}."


def pdf(content: Mapping[str, Any], said: str) -> bytes:
    """The form on paper, A4 across, its heads on every page."""
    at = datetime.fromisoformat(content["at"])
    form = {
        **{name: content[name] for name in ("name", "title", "measure", "receiver")},
        "unit": content["unit"]["name"],
        "span": span(content),
        "said": said,
        "heads": [
            {"label": h.label, "x": h.column, "y": h.row, "rowspan": h.rows, "colspan": h.columns}
            for h in layout(content)
        ],
        "numbering": numbering(content),
        "rows": [
            {
                "strong": row["kind"] != "row",
                "cells": [row["number"], called(row), *figures(content, row)],
            }
            for row in content["rows"]
        ],
        "notes": notes(content),
        "qr": qr.code({"identity": content["unit"]["identity"], "paper": content["name"]}, day(at)),
    }
    (document,) = press.pages(LAYOUT, form, at=at, long=True)
    return document
