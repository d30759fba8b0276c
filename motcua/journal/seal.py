"""The seal of a stretch of time: one number that every fact of it goes into (niêm phong nhật ký).

A Merkle tree as RFC 6962 draws it: a leaf is SHA-256 over 0x00 and what was recorded, a node SHA-256 over 0x01 and
its two children; no leaves give SHA-256 of nothing. The facts of each legal day make one tree, in the order they
were recorded, and the roots of the days another: so whoever finds another root learns on which days it differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from motcua.law import calendar

from . import log
from .models import Entry

EMPTY = hashlib.sha256(b"").digest()
AS_WRITTEN = "SHA-256, cây Merkle theo RFC 6962, lá là nội dung và mã băm từng dòng nhật ký"


@dataclass(frozen=True, slots=True)
class Day:
    """The facts that occurred on one legal day: how many, and the root of their tree, in hexadecimal."""

    day: str
    facts: int
    root: str


@dataclass(frozen=True, slots=True)
class Seal:
    """The facts that occurred in a period, of those the journal held up to a position."""

    until: int
    facts: int
    root: str
    days: tuple[Day, ...]


class Tree:
    """The root of leaves that come one after the other; keeps one number for each power of two."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, content: bytes) -> None:
        made, size = hashlib.sha256(b"\x00" + content).digest(), self.size
        while size & 1:
            made, size = _node(self._peaks.pop(), made), size >> 1
        self._peaks.append(made)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY
        *rest, made = self._peaks
        for peak in reversed(rest):
            made = _node(peak, made)
        return made


def horizon() -> int:
    """A position behind which nothing can appear any more: whoever was writing has finished."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Writers take their position once they hold the table, so with it held none is on the way.
        cursor.execute("LOCK TABLE journal_entry IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal_entry")
        return int(cursor.fetchone()[0])


def seal(start: datetime, end: datetime, *, until: int) -> Seal:
    """The seal of what occurred from `start` to before `end`, as far as the position `until`."""
    trees: dict[str, Tree] = {}
    for entry in _entries(start, end, until):
        trees.setdefault(calendar.day(entry.occurred_at).isoformat(), Tree()).add(log.content(entry))
    days = tuple(Day(day, tree.size, tree.root.hex()) for day, tree in sorted(trees.items()))
    return Seal(until, sum(day.facts for day in days), over(days), days)


def over(days: Iterable[Day]) -> str:
    """The root over the days, in hexadecimal."""
    tree = Tree()
    for day in days:
        tree.add(f"{day.day} {day.facts} {day.root}".encode())
    return tree.root.hex()


def later(streams: Iterable[str], until: int) -> set[str]:
    """Those of the streams to which something was appended beyond the position `until`."""
    found = Entry.objects.filter(stream__in=list(streams), position__gt=until)
    return set(found.values_list("stream", flat=True).distinct())


def altered(start: datetime, end: datetime, day: str, *, until: int) -> Iterator[log.Broken]:
    """The entries of the streams touched on one day that do not follow from those before them."""
    entries = Entry.objects.filter(occurred_at__gte=start, occurred_at__lt=end, position__lte=until)
    streams = {entry.stream for entry in entries if calendar.day(entry.occurred_at).isoformat() == day}
    yield from log.verify(only=streams)


def _entries(start: datetime, end: datetime, until: int) -> Iterator[Entry]:
    found = Entry.objects.filter(occurred_at__gte=start, occurred_at__lt=end, position__lte=until)
    return found.order_by("position").iterator(chunk_size=5000)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
