"""The acts of a book: an entry made, changed, moved on, struck; a whole table taken in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from django.db import transaction

from motcua.journal import log, wire
from motcua.journal.log import Past
from motcua.law import books
from motcua.law.books import (
    SOURCE,
    BadEntry,
    Book,
    BookFact,
    EntryChanged,
    EntryEvidenced,
    EntryMade,
    EntryMoved,
    EntryStruck,
)
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Unit

from ..acts.files import attached
from ..models import Attachment, BookEntry
from . import queries
from .rows import show

_IDS = "SELECT nextval('steering_bookentry_id_seq') FROM generate_series(1, %s)"
STALE = (
    "Một người khác vừa sửa mục này (xem phần Đã ghi). Nội dung bạn nhập được giữ dưới đây:"
    " hãy đối chiếu rồi ghi lại"
)
_WAIT = "SELECT pg_advisory_xact_lock(hashtext(%s))"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table taken in: its number in the file, the code of its unit, its values, its state."""

    row: int
    unit: str
    values: Mapping[str, Any]
    state: str = ""


@dataclass(slots=True)
class Taken:
    """What came of a table (kết quả nhập): entries made, lines already there, and what cannot be taken, by row."""

    made: int = 0
    known: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic(durable=True)
def make_entry(book: Book, *, unit: Unit, values: Mapping[str, Any], by: Officer, at: datetime) -> BookEntry:
    """Ghi vào sổ một mục. Raises BadEntry by field, Refused for a unit one does not keep books of."""
    _keeps(by, unit, at)
    return _made(book, [(unit, books.clean(book, values), book.first, "")], by, at)[0]


@transaction.atomic(durable=True)
def change_entry(
    entry: BookEntry, book: Book, *, values: Mapping[str, Any], seen: str = "", by: Officer, at: datetime
) -> None:
    """Sửa nội dung của mục: what changed and what stood there before are kept. Nothing new, nothing written.

    `seen` is the print of the values the officer changed (`BookEntry.seen_as`); Refused if others stand there by now.
    """
    held, past = _held(entry, by, at)
    if seen and seen != held.seen_as:
        raise Refused(STALE, SOURCE)
    said = books.clean(book, values)
    new = {key: value for key, value in said.items() if held.values.get(key) != value}
    gone = {key: None for key in held.values if key not in said}
    if not new and not gone:
        return
    before = {key: held.values.get(key) for key in {**new, **gone}}
    held.values = said
    _write(held, book, past, _said(EntryChanged, by, at, values={**new, **gone}, before=before))


@transaction.atomic(durable=True)
def move_entry(
    entry: BookEntry, book: Book, *, state: str, on: date, note: str = "", by: Officer, at: datetime
) -> None:
    """Chuyển tình trạng của mục, once the fields the state needs are filled."""
    held, past = _held(entry, by, at)
    books.move(book, held.state, state, held.values)
    if on > day(at):
        raise Refused(f"Ngày {on:%d/%m/%Y} chưa đến", SOURCE)
    held.state = state
    _write(held, book, past, _said(EntryMoved, by, at, state=state, on=on.isoformat(), note=note.strip()))


@transaction.atomic(durable=True)
def strike_entry(entry: BookEntry, book: Book, *, reason: str, by: Officer, at: datetime) -> None:
    """Gạch mục ghi nhầm, có lý do; it stays in the journal."""
    held, past = _held(entry, by, at)
    if len(reason.strip()) < 5:
        raise Refused("Hãy ghi lý do gạch mục này", SOURCE)
    held.struck = True
    _write(held, book, past, _said(EntryStruck, by, at, reason=reason.strip()))


@transaction.atomic(durable=True)
def attach_evidence(entry: BookEntry, *, name: str, content: bytes, by: Officer, at: datetime) -> Attachment:
    """Đính kèm minh chứng; the same file twice is one. Raises Refused for its kind or size."""
    held, past = _held(entry, by, at)
    file = attached(held.stream, name=name, content=content, by=by, at=at)
    known = {fact.digest for fact in past.facts if isinstance(fact, EntryEvidenced)}
    if file.digest not in known:
        told = _said(EntryEvidenced, by, at, name=file.name, digest=file.digest)
        _, statement = log.append(past, [told])
        wire.ask(statement.sql, statement.values)
    return file


@transaction.atomic(durable=True)
def import_entries(book: Book, lines: Sequence[Line], *, by: Officer, at: datetime) -> Taken:
    """Nhập một bảng vào sổ: every line or none; a line already there is not made twice."""
    taken = Taken()
    units = {unit.code: unit for unit in queries.kept(by, day(at))}
    clean = [_read(book, line, units, taken) for line in lines]
    if taken.problems:
        return taken
    listed = [row for row in clean if row]
    # Sent twice, the second finds the lines of the first.
    wire.ask(_WAIT, [f"book {book.key}"])
    there = _there(book, {row[0].pk for row in listed})
    new = [row for row in dict.fromkeys(map(_key, listed)) if row not in there]
    by_key = {_key(row): row for row in listed}
    if new:
        _made(book, [by_key[key] for key in new], by, at)
    taken.made, taken.known = len(new), len(listed) - len(new)
    return taken


_Row = tuple[Unit, dict[str, Any], str, str]


def _read(book: Book, line: Line, units: Mapping[str, Unit], taken: Taken) -> _Row | None:
    unit = units.get(line.unit)
    if unit is None:
        taken.problems.append(
            (line.row, f"Đơn vị {line.unit or '(trống)'}: không có, hoặc bạn không giữ sổ của đơn vị này")
        )
        return None
    state = line.state or book.first
    if state and book.state(state) is None:
        told = ", ".join(each.label for each in book.states) or "để trống"
        taken.problems.append(
            (line.row, f"Tình trạng “{state}” không có trong sổ này; ghi một trong: {told}")
        )
        return None
    try:
        values = books.clean(book, line.values)
        if state and state != book.first:
            books.move(book, book.first, state, values)
    except BadEntry as bad:
        taken.problems += [(line.row, problem) for problem in bad.problems.values()]
        return None
    except Refused as refused:
        taken.problems.append((line.row, refused.reason))
        return None
    return unit, values, state, _digest(values, state)


def _digest(values: Mapping[str, Any], state: str) -> str:
    return hashlib.sha256(orjson.dumps([values, state], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _there(book: Book, units: set[int]) -> set[tuple[int, str]]:
    """What stands in a book already, by unit and digest: as a table brought it, and as it reads now."""
    found = set[tuple[int, str]]()
    kept = queries.standing(book).filter(unit__in=units).order_by()
    for unit, digest, values, state in kept.values_list("unit", "digest", "values", "state").iterator():
        found |= {(unit, _digest(values, state)), (unit, digest)}
    return found


def _key(row: _Row) -> tuple[int, str]:
    return row[0].pk, row[3]


def _made(book: Book, rows: Sequence[_Row], by: Officer, at: datetime) -> list[BookEntry]:
    made = []
    for (pk,), (unit, values, state, digest) in zip(wire.ask(_IDS, [len(rows)]), rows, strict=True):
        entry = BookEntry(
            pk=pk, book=book.key, unit=unit, values=values, state=state, digest=digest, made_at=at
        )
        facts: list[BookFact] = [_said(EntryMade, by, at, book=book.key, unit=unit.code, values=values)]
        if state != book.first:
            facts.append(_said(EntryMoved, by, at, state=state, on=day(at).isoformat()))
        _, statement = log.append(Past(entry.stream, ()), facts)
        wire.ask(statement.sql, statement.values)
        show(entry, book)
        made.append(entry)
    return BookEntry.objects.bulk_create(made)


def _held(entry: BookEntry, by: Officer, at: datetime) -> tuple[BookEntry, Past]:
    held = BookEntry.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=entry.pk)
    _keeps(by, held.unit, at)
    if held.struck:
        raise Refused("Mục này đã bị gạch", SOURCE)
    return held, log.read(held.stream)


def _write(held: BookEntry, book: Book, past: Past, fact: BookFact) -> None:
    _, statement = log.append(past, [fact])
    wire.ask(statement.sql, statement.values)
    show(held, book)
    held.save()


def _keeps(by: Officer, unit: Unit, at: datetime) -> None:
    if not queries.keeps(by, unit, day(at)):
        raise Refused(f"{by.full_name} không giữ sổ của {unit.name}", access.SOURCE)


def _said(kind: type[BookFact], by: Officer, at: datetime, **told: Any) -> Any:
    return kind(at=at, by=by.username, provision=SOURCE, **told)
