"""A list on paper: A4 across, its head on every page, pages numbered (PDF)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from motcua.law.calendar import day
from motcua.ui import press, qr
from motcua.ui.templatetags import ui

from .lists import Cell, Kind, Listing

LAYOUT = Path(__file__).parent / "list.typ"
RIGHT = (Kind.NUMBER, Kind.MONEY)
WRITTEN = {Kind.DAY: ui.day, Kind.MOMENT: ui.moment, Kind.NUMBER: ui.number, Kind.MONEY: ui.money}


def pdf(listing: Listing) -> bytes:
    """The list as one document."""
    (document,) = press.pages(LAYOUT, _said(listing), at=listing.at, long=True)
    return document


def _said(listing: Listing) -> dict[str, Any]:
    issuer, on = listing.issuer, day(listing.at)
    return {
        "title": listing.title,
        "over": issuer.over,
        "unit": issuer.unit,
        "selected": listing.selected,
        "made": listing.made,
        "thing": listing.thing,
        # A list is of no one dossier and no one procedure: of the four it holds whose paper it is, and which.
        "qr": qr.code({"identity": issuer.code, "paper": listing.title}, on),
        "columns": [
            {"label": column.label, "width": column.width, "right": column.kind in RIGHT}
            for column in listing.columns
        ],
        "rows": [
            [_written(column.kind, cell) for column, cell in zip(listing.columns, row, strict=True)]
            for row in listing.rows()
        ],
    }


def _written(kind: Kind, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    write = WRITTEN.get(kind)
    return write(cell) if write and not isinstance(cell, str) else str(cell)
