"""Who keeps a book for which unit, its entries as asked for, and its shares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from motcua.law import books
from motcua.law.books import Book
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import finding
from .. import queries as tasks
from ..models import BookEntry, EntryCount

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


def keeps_some(officer: Officer, on: date) -> bool:
    """Whether there is a unit an officer writes in the books of; `kept` reads all of them."""
    return access.may(officer, "give_task_any", None, on) or bool(tasks.own_units(officer, on))


def standing(book: Book) -> QuerySet[BookEntry]:
    """The entries of a book that were not struck."""
    return BookEntry.objects.filter(book=book.key, struck=False)


def asked(book: Book, said: Mapping[str, str], on: date) -> QuerySet[BookEntry]:
    """The entries a list asks for: words, a unit, a year, a state, or what is overdue or idle."""
    found = of(book, year=year_of(said))
    if unit := said.get("don_vi", "").replace("\0", ""):
        found = found.filter(unit__code=unit)
    state = said.get("tinh_trang", "").replace("\0", "")
    if state == OVERDUE:
        found = found.filter(overdue(on))
    elif state == IDLE:
        found = found.filter(idle(book, on))
    elif state:
        found = found.filter(state=state)
    return finding.found(found, said.get("q", "")).rows.select_related("unit")


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
    what, since = EntryCount.What, books.idle_since(book, on)
    late, idling = Q(what=what.DUE, day__lt=on), Q(what=what.SINCE) & (Q(day=None) | Q(day__lt=since or on))
    told = EntryCount.objects.filter(Q(what=what.STATE) | late | idling, book=book.key).values("what", "name")
    found = {(row["what"], row["name"]): row["n"] for row in told.annotate(n=Sum("number"))}
    states = {name: n for (kind, name), n in found.items() if kind == what.STATE}
    return {
        "whole": sum(states.values()),
        OVERDUE: found.get((what.DUE, ""), 0),
        IDLE: found.get((what.SINCE, ""), 0) if since else 0,
        **{state.key: states.get(state.key, 0) for state in book.states},
    }


def per_book(on: date) -> dict[str, tuple[int, int]]:
    """How many entries each book has, and how many of them are overdue."""
    what = EntryCount.What
    told = EntryCount.objects.filter(Q(what=what.STATE) | Q(what=what.DUE, day__lt=on)).values("book")
    found = told.annotate(
        whole=Sum("number", filter=Q(what=what.STATE), default=0),
        late=Sum("number", filter=Q(what=what.DUE), default=0),
    )
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
    if not book.shares:
        return []
    if not unit and not year:
        kept = EntryCount.objects.filter(book=book.key, what=EntryCount.What.MARK)
        return books.shares(book, [((name,), n) for name, n in kept.values_list("name", "number")])
    marked = of(book, unit, year).order_by().values_list("marks")
    return books.shares(book, marked.annotate(n=Count("*")))


def behind(
    book: Book, share: str, side: str, unit: Unit | None = None, year: int | None = None
) -> QuerySet[BookEntry]:
    """The entries behind a share: its numerator (n) or its denominator (d). Raises Http404."""
    found = next((each for each in book.shares if each.key == share), None)
    if found is None or side not in ("n", "d"):
        raise Http404(f"{book.name} không có tỷ lệ {share}")
    return of(book, unit, year).filter(marks__contains=[f"{share}:{side}"]).select_related("unit")
