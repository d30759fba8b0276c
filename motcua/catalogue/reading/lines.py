"""The lines of a table in a file, CSV or a spreadsheet, their cells as text (đọc bảng)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from motcua.catalogue.words import words
from motcua.ui.exports import typed

from .drafts import plain
from .files import WrongFile, opened

TITLED = 10  # lines in which the names of the columns are looked for
SHEETS = (".xlsx", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its number, its cells by the names of their columns, where it stood in the file."""

    row: int
    cells: Mapping[str, str]
    position: int


def read(path: Path, headers: Mapping[str, Sequence[str]], required: Sequence[str]) -> Iterator[Line]:
    """The lines that say something, one by one; `headers` are the ways to write the name of each column.

    Accents, case and underscores of the head do not matter. Raises WrongFile.
    """
    lines = _sheet(path) if path.suffix.lower() in SHEETS else _csv(path)
    columns = _columns(path, _head(lines, headers, required), headers, required)
    for number, cells, position in lines:
        named = {name: plain(cells[at]) for name, at in columns.items() if at < len(cells)}
        if any(named.values()):
            yield Line(number, named, position)


def _head(
    lines: Iterator[tuple[int, list[str], int]], headers: Mapping[str, Sequence[str]], required: Sequence[str]
) -> list[str]:
    """The line that names the columns: the first that has all required ones, as lists taken out begin with a title.

    Where none of the first ten has, the very first.
    """
    first: list[str] = []
    for place, (_, cells, _) in enumerate(islice(lines, TITLED)):
        first = cells if place == 0 else first
        told = {" ".join(words(plain(name))) for name in cells}
        if all(told & set(headers[name]) for name in required):
            return cells
    return first


def _csv(path: Path) -> Iterator[tuple[int, list[str], int]]:
    with opened(path) as (raw, text):
        first = text.readline()
        text.seek(0)
        lines = csv.reader(text, delimiter=max(",;\t", key=first.count))
        try:
            yield 1, next(lines, []), 0
            for cells in lines:
                yield lines.line_num, [*map(typed, cells)], raw.tell()
        except csv.Error:
            raise WrongFile(
                path, "không đọc được như CSV", "lưu lại thành CSV UTF-8", lines.line_num
            ) from None


def _sheet(path: Path) -> Iterator[tuple[int, list[str], int]]:
    if not path.is_file():
        raise WrongFile(path, "không có tệp này", "kiểm tra đường dẫn")
    try:
        lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError):
        raise WrongFile(path, "không mở được như bảng tính", "lưu lại thành .xlsx hoặc .csv") from None
    if not lines:
        raise WrongFile(path, "bảng tính rỗng", "kiểm tra trang đầu tiên của bảng tính")
    for number, cells in enumerate(lines, start=1):
        yield number, [_cell(cell) for cell in cells], number


def _cell(value: Any) -> str:
    """A cell as text. A code typed as a number lost its last zeros, but it always has six decimals."""
    if isinstance(value, float):
        if re.fullmatch(r"\d\.\d{4,6}", str(value)):
            return f"{value:.6f}"
        return f"{value:.0f}" if value.is_integer() else f"{value:.6f}".rstrip("0")
    return plain(value)


def _columns(
    path: Path, header: Sequence[str], headers: Mapping[str, Sequence[str]], required: Sequence[str]
) -> dict[str, int]:
    told = [" ".join(words(plain(name))) for name in header]
    columns = {name: told.index(known) for name, names in headers.items() for known in names if known in told}
    if missing := [name for name in required if name not in columns]:
        remedy = f"dòng đầu phải có: {', '.join(required)}"
        raise WrongFile(path, f"thiếu cột {', '.join(missing)}", remedy, 1)
    return columns
