"""A list as a spreadsheet (XLSX), written row by row: memory does not grow with it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format as Look
from xlsxwriter.worksheet import Worksheet

from motcua.law.calendar import TZ

from .lists import Cell, Kind, Listing

# What a cell says is never a formula, a link or a number because of how it is spelled.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
HEAD = 4  # the row of the column heads, after title, what was selected, when and by whom, and one left free
LONGEST = 32_767  # signs of a cell
LONGEST_NAME = 31  # signs of the name of a sheet
LOOKS: Mapping[Kind, Mapping[str, Any]] = {
    # Apostrophe as Excel writes it: a text stays one when somebody edits its cell, or saves the sheet as CSV.
    Kind.TEXT: {"num_format": "@", "text_wrap": True, "quote_prefix": True},
    Kind.CODE: {"num_format": "@", "quote_prefix": True},
    Kind.DAY: {"num_format": "dd/mm/yyyy", "align": "left"},
    Kind.MOMENT: {"num_format": "hh:mm dd/mm/yyyy", "align": "left"},
    Kind.NUMBER: {"num_format": "#,##0"},
    Kind.MONEY: {"num_format": '#,##0 "đ"'},
}
PARTS = {"num_format": "#,##0.00"}


def harmless(text: str) -> str:
    """A text for a CSV file, where a spreadsheet takes what begins with one of these signs for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def typed(cell: str) -> str:
    """What was typed, of a cell that `harmless` may have marked."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def xlsx(listing: Listing) -> IO[bytes]:
    """The list as an open temporary file, at its beginning."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        told = {"title": listing.title, "author": listing.issuer.by or listing.issuer.unit}
        book.set_properties({**told, "comments": listing.selected, "created": _naive(listing.at)})
        sheet = book.add_worksheet("Danh sách")
        looks = {kind: book.add_format({"valign": "top", **look}) for kind, look in LOOKS.items()}
        looks_parts = book.add_format({"valign": "top", **PARTS})
        _prepare(sheet, listing)
        _head(sheet, listing, book.add_format)
        last = HEAD
        for last, row in enumerate(listing.rows(), HEAD + 1):
            for place, (column, cell) in enumerate(zip(listing.columns, row, strict=True)):
                parted = column.kind is Kind.NUMBER and isinstance(cell, float | Decimal) and cell % 1
                _write(sheet, last, place, column.kind, cell, looks_parts if parted else looks[column.kind])
        sheet.autofilter(HEAD, 0, last, len(listing.columns) - 1)
    file.seek(0)
    return file


def _prepare(sheet: Worksheet, listing: Listing) -> None:
    """How it looks on screen and on paper: widths, the frozen head, A4 across with the head on every page."""
    for place, column in enumerate(listing.columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.set_footer("&L&A&RTrang &P/&N")


def _head(sheet: Worksheet, listing: Listing, look: Callable[[dict[str, Any]], Look]) -> None:
    sheet.write_string(0, 0, listing.title, look({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, listing.selected[:LONGEST])
    sheet.write_string(2, 0, f"{listing.issuer.unit}. {listing.made}"[:LONGEST])
    heads = look({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E9F0F9"})
    for place, column in enumerate(listing.columns):
        sheet.write_string(HEAD, place, column.label, heads)


def _write(sheet: Worksheet, row: int, place: int, kind: Kind, cell: Cell, look: Look) -> None:
    """Write a cell by the kind of its column; nothing for nothing."""
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, cell[:LONGEST], look)
    elif kind is Kind.MOMENT and isinstance(cell, datetime):
        sheet.write_datetime(row, place, _naive(cell), look)
    elif kind is Kind.DAY:
        sheet.write_datetime(row, place, cell, look)
    elif kind in (Kind.TEXT, Kind.CODE):
        sheet.write_string(row, place, str(cell), look)
    else:
        sheet.write_number(row, place, cell, look)


def _naive(at: datetime) -> datetime:
    """A moment as a spreadsheet has it: the hour on the wall in Hà Nội."""
    return at.astimezone(TZ).replace(tzinfo=None, microsecond=0)
