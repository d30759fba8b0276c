"""What the pages of a book show, and its list as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from motcua.journal import log
from motcua.law import books
from motcua.law.books import Book, EntryChanged, EntryEvidenced, EntryMoved, EntryStruck, Field, Kind
from motcua.law.calendar import day
from motcua.law.facts import Fact
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Listing
from motcua.ui.exports import Kind as Of
from motcua.ui.templatetags import ui

from ..models import BookEntry
from ..pages import crumbs
from . import queries
from .queries import IDLE, OVERDUE

NUMBERS = (Kind.COUNT, Kind.MONEY)
HERE = ("books", "Sổ theo dõi")
_CELLS = {Kind.DAY: Of.DAY, Kind.COUNT: Of.NUMBER, Kind.MONEY: Of.MONEY}


def shelves(on: date) -> list[dict[str, Any]]:
    """Every book with how many entries it has, and how many are overdue."""
    counted = queries.per_book(on)
    return [
        {
            "book": book,
            "url": reverse("book", args=[book.key]),
            "whole": counted.get(book.key, (0, 0))[0],
            "late": counted.get(book.key, (0, 0))[1],
        }
        for book in books.books(on).values()
    ]


def row(book: Book, entry: BookEntry, on: date) -> dict[str, Any]:
    """An entry in a list: its first listed field leads, the others follow."""
    first, *rest = (field for field in book.fields if field.listed)
    state = book.state(entry.state)
    return {
        "url": reverse("book-entry", args=[book.key, entry.pk]),
        "title": written(first, entry.values.get(first.key)),
        "unit": entry.unit.name,
        "cells": [
            {"label": f.label, "value": written(f, entry.values.get(f.key)), "num": f.kind in NUMBERS}
            for f in rest
        ],
        "state": state.label if state else "",
        "late": bool(entry.due and entry.due < on and not entry.closed),
    }


def columns(book: Book) -> list[dict[str, Any]]:
    told = [{"label": f.label, "num": f.kind in NUMBERS} for f in book.fields if f.listed]
    return [*told, *([{"label": "Tình trạng"}] if book.states else [])]


def counts(book: Book, on: date, chosen: str) -> list[dict[str, Any]]:
    """The states of a book as filters, with what is overdue and idle."""
    found = queries.counts(book, on)
    here = reverse("book", args=[book.key])
    told = [("", "Tất cả", found["whole"], "")]
    if book.due:
        told.append((OVERDUE, "Quá hạn", found[OVERDUE], "late"))
    if book.idle_months:
        told.append((IDLE, f"Trên {book.idle_months} tháng không hoạt động", found[IDLE], "soon"))
    told += [(state.key, state.label, found[state.key], "") for state in book.states]
    return [
        {
            "url": f"{here}?tinh_trang={key}" if key else here,
            "label": label,
            "count": count,
            "current": key == chosen,
            "tone": tone if count else "",
        }
        for key, label, count, tone in told
    ]


def shares(book: Book) -> list[dict[str, Any]]:
    """The shares of a book, each side a link to its entries."""
    found = []
    for share, n, d in queries.shares(book):
        rate = books.percent(n, d)
        found.append(
            {
                "label": share.label,
                "rate": rate,
                "n": n,
                "d": d,
                "target": share.target,
                "met": rate is not None and rate >= share.target,
                "n_url": reverse("book-share", args=[book.key, share.key, "n"]),
                "d_url": reverse("book-share", args=[book.key, share.key, "d"]),
            }
        )
    return found


def about(book: Book, entry: BookEntry) -> list[dict[str, Any]]:
    """What an entry says, field by field."""
    state = book.state(entry.state)
    told = [{"term": "Đơn vị", "value": entry.unit.name}]
    told += [{"term": "Tình trạng", "value": state.label}] if state else []
    return told + [
        {"term": field.label, "value": written(field, entry.values[field.key])}
        for field in book.fields
        if field.key in entry.values
    ]


def events(book: Book, entry: BookEntry) -> list[dict[str, Any]]:
    """What was done to an entry, newest first."""
    facts = log.read(entry.stream).facts
    known = Officer.objects.filter(username__in={fact.by for fact in facts})
    names = dict(known.values_list("username", "full_name"))
    return [
        {
            "at": fact.at,
            "label": fact.label,
            "by": names.get(fact.by, fact.by),
            "note": _note(book, fact),
            "icon": "file-text",
        }
        for fact in reversed(facts)
    ]


def below(book: Book, *more: str) -> list[dict[str, str]]:
    """The way to a page of a book."""
    way = crumbs(*HERE)
    way.append({"label": book.name, "url": reverse("book", args=[book.key])})
    way += [{"label": each} for each in more]
    return [*way[:-1], {"label": way[-1]["label"]}]


def listing(book: Book, entries: Iterable[BookEntry], by: Officer, at: datetime) -> Listing:
    """A list of entries as a file, with every field."""

    def read(rows: Sequence[BookEntry]) -> Iterable[Sequence[Cell]]:
        for entry in rows:
            state = book.state(entry.state)
            yield [
                entry.unit.code,
                entry.unit.name,
                state.label if state else "",
                *(_cell(field, entry.values.get(field.key)) for field in book.fields),
            ]

    told = [Column(field.label, _CELLS.get(field.kind, Of.TEXT)) for field in book.fields]
    head = [Column("Đơn vị (mã)", Of.CODE, 12), Column("Tên đơn vị"), Column("Tình trạng")]
    held = issuer.of(by, day(at))
    origin = "các mục đã ghi vào sổ"
    return Listing(
        f"so-{book.key}", book.name, book.row, [*head, *told], list(entries), read, held, at, origin=origin
    )


def written(field: Field, value: Any) -> str:
    """A value as a page says it."""
    if value is None or value == "":
        return ""
    match field.kind:
        case Kind.DAY:
            return str(ui.day(date.fromisoformat(value)))
        case Kind.COUNT:
            return str(ui.number(value))
        case Kind.MONEY:
            return str(ui.money(value))
        case Kind.YES:
            return "Có" if value else "Không"
    return str(value)


def _cell(field: Field, value: Any) -> Cell:
    if value is None:
        return None
    if field.kind is Kind.DAY:
        return date.fromisoformat(value)
    return ("Có" if value else "Không") if field.kind is Kind.YES else value


def _note(book: Book, fact: Fact) -> str:
    match fact:
        case EntryChanged():
            named = ((book.field(key), value) for key, value in fact.values.items())
            return "; ".join(
                f"{field.label}: {written(field, fact.before.get(field.key)) or 'trống'} → "
                f"{written(field, value) or 'trống'}"
                for field, value in named
                if field
            )
        case EntryMoved():
            state = book.state(fact.state)
            told = f"{state.label if state else fact.state}, từ {ui.day(date.fromisoformat(fact.on))}"
            return f"{told}. {fact.note}" if fact.note else told
        case EntryEvidenced():
            return fact.name
        case EntryStruck():
            return fact.reason
    return ""
