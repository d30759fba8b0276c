"""A book's table, on its way in and as an empty pattern (nhập sổ từ bảng)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from motcua.catalogue.reading import lines
from motcua.catalogue.words import words
from motcua.law.books import Book

from .acts import Line

UNIT, STATE = "don_vi", "tinh_trang"


def read(book: Book, path: Path) -> list[Line]:
    """The lines of a table; a column is named by the label of its field. Raises WrongFile."""
    required = [UNIT, *(field.key for field in book.fields if field.required)]
    states = {_bare(state.label): state.key for state in book.states} | {s.key: s.key for s in book.states}
    found = []
    for line in list(lines.read(path, _headers(book), required)):  # whole, so that the file is closed
        cells = dict(line.cells)
        unit, state = cells.pop(UNIT, ""), cells.pop(STATE, "")
        found.append(Line(line.row, unit, cells, states.get(_bare(state), states.get(state, state))))
    return found


def pattern(book: Book) -> str:
    """An empty table with the columns of a book, as CSV."""
    text = io.StringIO()
    labels = [field.label for field in book.fields]
    csv.writer(text).writerow(["Đơn vị (mã)", *(["Tình trạng"] if book.states else []), *labels])
    return "\ufeff" + text.getvalue()


def _headers(book: Book) -> dict[str, tuple[str, ...]]:
    own = {field.key: (_bare(field.label), _bare(field.key)) for field in book.fields}
    return {UNIT: ("don vi ma", "don vi", "ma don vi"), STATE: ("tinh trang", "trang thai"), **own}


def _bare(text: str) -> str:
    return " ".join(words(text))
