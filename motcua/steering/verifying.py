"""Do the rows of the room say what their facts say (đối chiếu nhiệm vụ, sổ, phiếu chấm, xếp loại với sự kiện)?"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Model

from motcua.journal import log
from motcua.law import books, grading, par_round, steering
from motcua.law.steering import CLOSED
from motcua.people.models import Officer, Unit

from . import rows
from .books.rows import show
from .models import BookEntry, HeadRating, ParSheet, SettledCount, Task
from .par import rows as par_rows

CHUNK = 500
KINDS: Mapping[str, type[Model]] = {
    "nhiệm vụ": Task,
    "mục trong sổ": BookEntry,
    "phiếu chấm": ParSheet,
    "xếp loại": HeadRating,
}


@dataclass(frozen=True, slots=True)
class Differs:
    """A column of a row that says otherwise than its facts."""

    code: str
    field: str
    kept: Any
    told: Any


def sampled(size: int | None, seed: int) -> dict[str, list[int]]:
    """The ids of the rows to look at, by what they are: all of them, or so many of each kind taken by chance."""
    chance, found = random.Random(seed), {}
    for name, model in KINDS.items():
        keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        found[name] = keys if size is None else sorted(chance.sample(keys, min(size, len(keys))))
    return found


def streams(chosen: Mapping[str, Iterable[int]]) -> list[str]:
    """The streams of the rows chosen."""
    rows_ = (
        Task.objects.only("pk").filter(pk__in=chosen["nhiệm vụ"]),
        BookEntry.objects.only("pk", "book").filter(pk__in=chosen["mục trong sổ"]),
        ParSheet.objects.select_related("unit").filter(pk__in=chosen["phiếu chấm"]),
        HeadRating.objects.filter(pk__in=chosen["xếp loại"]),
    )
    return [row.stream for kind in rows_ for row in kind]


def differing(chosen: Mapping[str, Iterable[int]], today: date) -> Iterator[Differs]:
    """Every column of the rows chosen that their facts do not give; `today` says which books there are."""
    known = rows.Ids(
        dict(Unit.objects.values_list("code", "pk")), dict(Officer.objects.values_list("username", "pk"))
    )
    for task in _in_chunks(Task.objects.all(), chosen["nhiệm vụ"]):
        yield from _task(task, known)
    kept = books.books(today)
    for entry in _in_chunks(BookEntry.objects.filter(book__in=kept), chosen["mục trong sổ"]):
        yield from _entry(entry, kept[entry.book])
    for sheet in _in_chunks(ParSheet.objects.select_related("round__table", "unit"), chosen["phiếu chấm"]):
        yield from _sheet(sheet)
    for rating in _in_chunks(HeadRating.objects.all(), chosen["xếp loại"]):
        yield from _rating(rating)


def miscounted() -> Iterator[Differs]:
    """Every count of settled tasks that is not how many there are."""
    rows_ = Task.objects.filter(state__in=sorted(CLOSED)).order_by()
    found = {
        (*key,): n for *key, n in rows_.values_list("giver", "lead", "state", "late").annotate(n=Count("*"))
    }
    kept = {
        (row.giver_id, row.lead_id, row.state, row.late): row.number
        for row in SettledCount.objects.filter(number__gt=0)
    }
    for key in sorted(found.keys() | kept.keys()):
        if found.get(key) != kept.get(key):
            yield Differs(f"đơn vị {key[1]}", f"{key[2]}, giao bởi {key[0]}", kept.get(key), found.get(key))


def _in_chunks(rows_: Any, keys: Iterable[int]) -> Iterator[Any]:
    rest = iter(keys)
    while some := list(islice(rest, CHUNK)):
        yield from rows_.filter(pk__in=some).order_by("pk")


def _task(task: Task, known: rows.Ids) -> Iterator[Differs]:
    past = log.read(task.stream)
    if not past.facts:
        yield Differs(task.code, "facts", task.facts, 0)
        return
    standing = steering.fold(past.facts)
    told = rows.columns(standing, past, known) | {"due": standing.due, "giver_id": _giver(standing, known)}
    told.pop("rung", None)
    yield from _compared(task.code, task, told)


def _giver(standing: steering.Standing, known: rows.Ids) -> int | None:
    return known.units.get(standing.given.giver) if standing.given else None


def _entry(entry: BookEntry, book: books.Book) -> Iterator[Differs]:
    told = books.fold(book, log.read(entry.stream).facts)
    fresh = BookEntry(values=told.values, state=told.state)
    show(fresh, book)
    wanted = {"values": told.values, "state": told.state, "struck": told.struck}
    wanted |= {name: getattr(fresh, name) for name in ("closed", "due", "since", "marks")}
    yield from _compared(entry.stream, entry, wanted)


def _sheet(sheet: ParSheet) -> Iterator[Differs]:
    """The sheet and its lines; what was written down when it was submitted is a moment nothing else says."""
    criteria = sheet.round.table.criteria
    told = par_round.fold(log.read(sheet.stream).facts, criteria)
    columns, lines = par_rows.of(sheet, told, criteria)
    yield from _compared(sheet.stream, sheet, columns)
    kept = {line.criterion: line for line in sheet.lines.all()}
    for line in lines:
        wanted = {name: getattr(line, name) for name in ("points", "lost", "applies")}
        if line.criterion in kept:
            yield from _compared(f"{sheet.stream}#{line.criterion}", kept[line.criterion], wanted)
        else:
            yield Differs(sheet.stream, line.criterion, None, line.points)


def _rating(rating: HeadRating) -> Iterator[Differs]:
    now = grading.fold(log.read(rating.stream).facts)
    told = {
        "proposed": now.proposed.grade if now.proposed else None,
        "answered": now.answered is not None,
        "decided": now.decided.grade if now.decided else None,
    }
    yield from _compared(rating.stream, rating, told)


def _compared(code: str, row: Model, told: Mapping[str, Any]) -> Iterator[Differs]:
    for name, value in told.items():
        if getattr(row, name) != value:
            yield Differs(code, name, getattr(row, name), value)
