"""The columns of an entry that follow from its values and its state (bản sao để liệt kê)."""

from __future__ import annotations

from datetime import date

from motcua.law import books
from motcua.law.books import Book

from .. import finding
from ..models import BookEntry


def show(entry: BookEntry, book: Book) -> None:
    """Bring them up to date with what the entry says."""
    state = book.state(entry.state)
    entry.closed = bool(state and state.closes)
    entry.due, entry.since = (_day(entry.values.get(key)) for key in (book.due, book.since))
    entry.marks = books.marks(book, {**entry.values, "state": entry.state})
    entry.words = finding.written(*(str(value) for value in entry.values.values()))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
