"""Setting a form in type."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from motcua.ui import press

from .forms import Sheet

FOLDER = Path(__file__).parent / "templates"
LONG = "form07"


def pdf(sheet: Sheet) -> bytes:
    """The form as PDF. The same facts give the same bytes: it is dated by the moment it speaks of."""
    (document,) = pages(sheet, "pdf")
    return document


def pages(sheet: Sheet, format: Literal["pdf", "png", "svg"]) -> list[bytes]:
    """The form as one PDF, or as pictures page by page."""
    layout = FOLDER / f"{sheet.layout}.typ"
    return press.pages(layout, sheet.data, at=sheet.at, long=sheet.layout == LONG, format=format)
