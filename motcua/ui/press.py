"""Setting a document in type: compilers kept for the life of the process (Typst)."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst

OWN = "Libertinus Serif"
LIKE_TIMES = ("Tinos", "Liberation Serif")


@dataclass(frozen=True, slots=True)
class Press:
    """A compiler, which sets one document at a time."""

    compiler: typst.Compiler
    busy: Lock


def pages(
    layout: Path,
    data: Mapping[str, Any],
    *,
    at: datetime,
    long: bool = False,
    format: Literal["pdf", "png", "svg"] = "pdf",
) -> list[bytes]:
    """A document as one PDF, or as pictures page by page, dated `at`: the same data give the same bytes.

    What people typed goes in as data (`sys.inputs.form`), never as markup. A `long` one is a table of thousands of
    cells: it takes seconds, waits for no slip and lets none wait, and tags for it would weigh more than it does.
    """
    taken = press(layout.parent, long)
    with taken.busy:
        made = taken.compiler.compile(
            layout,
            format=format,
            sys_inputs={"form": json.dumps(data, ensure_ascii=False), "font": font()[0]},
            timestamp=int(at.timestamp()),
            pdf_tags=not long,
        )
    return made if isinstance(made, list) else [made or b""]


@cache
def press(folder: Path, long: bool) -> Press:
    """The press of this process for the layouts of a folder, and another for what takes seconds."""
    return Press(typst.Compiler(root=folder, ignore_system_fonts=True, font_paths=font()[1]), Lock())


@cache
def font() -> tuple[str, list[Path]]:
    """The family papers are set in and the folders it lies in: like Times where one is installed, else Typst's own."""
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
