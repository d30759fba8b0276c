"""Who keeps a book for which unit, its entries as asked for, and its shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import Http404

from motcua.catalogue.words import words
from motcua.law import books
from motcua.law.books import Book
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import queries as tasks
from ..models import BookEntry

OVERDUE, IDLE = "qua-han", "de-lau"


def book_for(key: str, on: date) -> Book:
    """One book. Raises Http404."""
    found = books.books(on).get(key)
    if found is None:
        raise Http404(f"Không có sổ {key}")
    return found


def entry_for(book: Book, key: int) -> BookEntry:
    """One entry, struck ones too. Raises Http404."""
    found = BookEntry.objects.select_related("unit__parent").filter(book=book.key, pk=key).first()
    if found is None:
        raise Http404(f"{book.name} không có mục số {key}")
    return found


def keeps(officer: Officer, unit: Unit, on: date) -> bool:
    """Whether the officer writes in the books of a unit: who works there, or who steers the province."""
    return access.may(officer, "do_task", unit, on) or access.may(officer, "give_task_any", None, on)


def kept(officer: Officer, on: date) -> list[Unit]:
    """The units an officer writes in the books of; all of them for who steers the province."""
    if access.may(officer, "give_task_any", None, on):
        return list(tasks.standing(on))
    return tasks.own_units(officer, on)


def standing(book: Book) -> QuerySet[BookEntry]:
    """The entries of a book that were not struck."""
    return BookEntry.objects.filter(book=book.key, struck=False)


def asked(book: Book, said: Mapping[str, str], on: date) -> QuerySet[BookEntry]:
    """The entries a list asks for: words, a unit, a year, a state, or what is overdue or idle."""
    found = of(book, year=year_of(said)).select_related("unit")
    for word in words(said.get("q", "")):
        found = found.filter(words__contains=word)
    if unit := said.get("don_vi", "").replace("\0", ""):
        found = found.filter(unit__code=unit)
    state = said.get("tinh_trang", "").replace("\0", "")
    if state == OVERDUE:
        return found.filter(overdue(on))
    if state == IDLE:
        return found.filter(idle(book, on))
    return found.filter(state=state) if state else found


def year_of(said: Mapping[str, str]) -> int | None:
    """The year asked for, None for all of them."""
    text = said.get("nam", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


def overdue(on: date) -> Q:
    return Q(due__lt=on, closed=False)


def idle(book: Book, on: date) -> Q:
    """Entries nothing was done about for longer than the book allows, or ever."""
    since = books.idle_since(book, on)
    return Q(closed=False) & (Q(since=None) | Q(since__lt=since)) if since else Q(book="")


def counts(book: Book, on: date) -> dict[str, int]:
    """How many entries stand in each state, and how many are overdue and idle."""
    late, idling = (ExpressionWrapper(rule, BooleanField()) for rule in (overdue(on), idle(book, on)))
    rows = standing(book).order_by().annotate(overdue=late, idle=idling).values("state", "overdue", "idle")
    found = Counter(dict.fromkeys(("whole", OVERDUE, IDLE, *(state.key for state in book.states)), 0))
    for row in rows.annotate(n=Count("*")):
        told = {"whole", row["state"], OVERDUE if row["overdue"] else "", IDLE if row["idle"] else ""}
        found.update(dict.fromkeys(told - {""}, row["n"]))
    return dict(found)


def per_book(on: date) -> dict[str, tuple[int, int]]:
    """How many entries each book has, and how many of them are overdue."""
    rows = BookEntry.objects.filter(struck=False).values("book").order_by("book")
    found = rows.annotate(whole=Count("*"), late=Count("book", filter=overdue(on)))
    return {row["book"]: (row["whole"], row["late"]) for row in found}


def of(book: Book, unit: Unit | None = None, year: int | None = None) -> QuerySet[BookEntry]:
    """The entries of a unit, and of a year by the day the book goes by; one without such a day by when it was made."""
    found = standing(book)
    if unit:
        found = found.filter(unit=unit)
    if year and book.year:
        dated, within = f"values__{book.year}", Q(made_at__year=year)
        told = Q(**{f"{dated}__startswith": f"{year}-"})
        found = found.filter(told | (Q(**{f"{dated}__isnull": True}) & within))
    return found


def shares(
    book: Book, unit: Unit | None = None, year: int | None = None
) -> list[tuple[books.Share, int, int]]:
    """The shares of a book over its entries."""
    marked = of(book, unit, year).order_by().values_list("marks")
    return books.shares(book, marked.annotate(n=Count("*"))) if book.shares else []


def behind(
    book: Book, share: str, side: str, unit: Unit | None = None, year: int | None = None
) -> QuerySet[BookEntry]:
    """The entries behind a share: its numerator (n) or its denominator (d). Raises Http404."""
    found = next((each for each in book.shares if each.key == share), None)
    if found is None or side not in ("n", "d"):
        raise Http404(f"{book.name} không có tỷ lệ {share}")
    return of(book, unit, year).filter(marks__contains=[f"{share}:{side}"]).select_related("unit")
