"""The steps of a process as a table in a file (bảng bước, CSV và XLSX), with the headings the import reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO

import xlsxwriter

from motcua.people.models import Role
from motcua.ui.exports import harmless

from .models import ProcessVersion
from .tabling import Row, is_sequence, rows, said

HEADINGS = (
    "so_hieu",
    "noi_ban_hanh",
    "ma_tthc",
    "ten_quy_trinh",
    "ma_don_vi",
    "buoc",
    "noi_dung",
    "trach_nhiem",
    "don_vi_buoc",
    "thoi_gian",
    "tiep_theo",
)
WIDTHS = (16, 16, 14, 24, 14, 10, 60, 24, 14, 18, 36)


def as_csv(version: ProcessVersion) -> bytes:
    """The steps as CSV in UTF-8; the mark in front is for spreadsheets that else take it for another encoding."""
    text = StringIO()
    csv.writer(text).writerows([HEADINGS, *(map(harmless, line) for line in _lines(version))])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(version: ProcessVersion) -> bytes:
    """The steps as a workbook, its head kept in sight."""
    content = BytesIO()
    # Texts that begin like a formula or a link are texts.
    book = xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Quy trình")
    head, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width, wrapped)
        sheet.write_string(0, column, heading, head)
    for number, line in enumerate(_lines(version), start=1):
        for column, cell in enumerate(line):
            sheet.write_string(number, column, cell)
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()


def _lines(version: ProcessVersion) -> Iterator[tuple[str, ...]]:
    process = version.graph
    steps = [row for row in rows(process) if row.is_step]
    plain = is_sequence(process)
    about = (version.decision, version.issuer, version.procedure.code, version.name)
    unit = version.unit.code if version.unit else ""
    for row in steps:
        node = row.node
        role = str(dict(Role.choices).get(node.role, node.role))
        following = "" if plain else row.next
        yield (*about, unit, f"Bước {row.number}", node.name, role, node.unit, _time(row), following)


def _time(row: Row) -> str:
    if not row.node.counted:
        return "Không tính thời gian"
    return f"{said(row.node.hours)} giờ làm việc" if row.node.hours is not None else ""
