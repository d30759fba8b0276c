"""Setting a form in type: compilers kept for the life of the process (Typst)."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Literal

import typst

from .forms import Sheet

FOLDER = Path(__file__).parent / "templates"
OWN = "Libertinus Serif"
LIKE_TIMES = ("Tinos", "Liberation Serif")
# Its table has thousands of cells: it takes seconds, and tags for them would weigh more than they do.
LONG = "form07"


@dataclass(frozen=True, slots=True)
class Press:
    """A compiler, which sets one document at a time."""

    compiler: typst.Compiler
    busy: Lock


def pdf(sheet: Sheet) -> bytes:
    """The form as PDF. The same facts give the same bytes: it is dated by the moment it speaks of."""
    (document,) = pages(sheet, "pdf")
    return document


def pages(sheet: Sheet, format: Literal["pdf", "png", "svg"]) -> list[bytes]:
    """The form as one PDF, or as pictures page by page.

    What people typed goes in as data, never as markup.
    """
    inputs = {"form": json.dumps(sheet.data, ensure_ascii=False), "font": font()[0]}
    long = sheet.layout == LONG
    taken = press(long)
    with taken.busy:
        made = taken.compiler.compile(
            FOLDER / f"{sheet.layout}.typ",
            format=format,
            sys_inputs=inputs,
            timestamp=int(sheet.at.timestamp()),
            pdf_tags=not long,
        )
    return made if isinstance(made, list) else [made or b""]


@cache
def press(long: bool) -> Press:
    """The press of this process for slips, and another for what takes seconds, so that no slip waits for it."""
    return Press(typst.Compiler(root=FOLDER, ignore_system_fonts=True, font_paths=font()[1]), Lock())


@cache
def font() -> tuple[str, list[Path]]:
    """The family forms are set in and the folders it lies in: like Times where one is installed, else Typst's own."""
    installed = typst.Fonts(include_embedded_fonts=False).fonts()
    for family in LIKE_TIMES:
        files = [Path(font.path) for font in installed if font.family == family and font.path]
        files = [file for file in files if family == "Tinos" or _revision(file) >= 2]
        if files:
            return family, sorted({file.parent for file in files})
    return OWN, []


def _revision(file: Path) -> float:
    """The revision of a font; Liberation 1 has only some of the Vietnamese letters."""
    data = file.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * n) for n in range(tables))
    head = next((offset for tag, _, offset, _ in records if tag == b"head"), None)
    return 0.0 if head is None else float(struct.unpack_from(">I", data, head + 4)[0]) / 65536
