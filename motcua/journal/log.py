"""Append to the journal, read it, check it; and `act`, the one shape of every act.

An act reads a stream, decides, and writes once: its new facts and all that follows from them go in one statement, so
they are there together or not at all (docs/adr/0004).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, wraps
from itertools import islice
from time import monotonic, sleep
from typing import Any, ParamSpec, TypeVar

import orjson
from django.db import IntegrityError, OperationalError, connection
from django.db.models import Count, Q
from django.utils import timezone
from psycopg import errors

from motcua.law import facts as law_facts
from motcua.law.facts import Fact

from . import wire
from .models import Entry
from .wire import Statement

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 12
FASTER = (errors.UniqueViolation, errors.DeadlockDetected)
_HASHED = ("stream", "version", "kind", "data", "occurred_at", "recorded_at", "by", "provision")
COLUMNS = (*_HASHED, "hash")
GENESIS = bytes(32)
PORTION = 5000

_READ = (
    "SELECT version, kind, data, occurred_at, by, provision, hash{watch}"
    " FROM journal_entry WHERE stream = %s ORDER BY version"
)
_SEVERAL = (
    "SELECT stream, kind, data, occurred_at, by, provision"
    " FROM journal_entry WHERE stream = ANY(%s) ORDER BY stream, version"
)
_LAST = (
    "SELECT DISTINCT ON (stream) stream, data, occurred_at, by, provision"
    " FROM journal_entry WHERE stream = ANY(%s) AND kind = %s ORDER BY stream, version DESC"
)
# Entries are numbered before they are there: one that comes late has a lower number than the last, so a sum tells it.
_RECENT = (
    "SELECT coalesce(max(position), 0), coalesce(sum(position), 0)"
    " FROM (SELECT position FROM journal_entry ORDER BY position DESC LIMIT 256) AS recent"
)
_WAIT = "SELECT pg_advisory_xact_lock(hashtext(%s))"
_TAIL = "SELECT version, hash FROM journal_entry WHERE stream = %s ORDER BY version DESC LIMIT 1"
_APPEND = f"INSERT INTO journal_entry ({', '.join(COLUMNS)}) VALUES {{rows}} RETURNING 1"
_END = "SELECT coalesce(max(position), 0) FROM journal_entry"
_WRITING = (
    "SELECT l.virtualtransaction FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE d.datname = current_database() AND l.relation = 'journal_entry'::regclass"
    " AND l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()"
)
_ROW = "(%s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s)"


class Stale(Exception):
    """Somebody else appended to the stream since it was read: decide again on the new facts."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a stream held when it was read: its facts, its version and the hash of its last entry."""

    stream: str
    facts: tuple[Fact, ...]
    version: int = 0
    hash: bytes = GENESIS
    watched: Any = None

    def until(self, version: int) -> Past:
        """The past as it was at `version`, to look at; nothing can be appended to it."""
        return Past(self.stream, self.facts[:version], min(version, self.version), b"")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as the journal has it, for those who count."""

    stream: str
    version: int
    kind: str
    data: Mapping[str, Any]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that does not follow from the one before it."""

    stream: str
    version: int
    reason: str


def act(decide: Callable[P, R]) -> Callable[P, R]:
    """Run a function that ends in one `wire.write`; when its stream moved meanwhile, run it on the new facts.

    Raises Stale when others were faster every time.
    """

    @wraps(decide)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES):
            try:
                with connection.execute_wrapper(_only_reads):
                    return decide(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                if not isinstance(error.__cause__, FASTER):
                    raise
        raise Stale(f"{decide.__name__}: {TRIES} lần liền có người khác ghi trước")

    return run


def read(stream: str, *, watch: str = "") -> Past:
    """All facts of a stream, oldest first; an unknown stream is an empty past.

    `watch` is a scalar query answered in the same breath, unless the stream is empty (`Past.watched`).
    """
    rows = wire.ask(_READ.format(watch=f", ({watch})" if watch else ""), [stream])
    if not rows:
        return Past(stream, ())
    facts = tuple(
        law_facts.load(kind, orjson.loads(data), at=at, by=by, provision=provision)
        for _, kind, data, at, by, provision, *_ in rows
    )
    last = rows[-1]
    return Past(stream, facts, last[0], last[6], last[7] if watch else None)


def several(streams: Sequence[str]) -> dict[str, list[Fact]]:
    """All facts of each of many streams, oldest first, in one question; a stream without facts is not there."""
    found: dict[str, list[Fact]] = {}
    for stream, kind, data, at, by, provision in wire.ask(_SEVERAL, [list(streams)]):
        fact = law_facts.load(kind, orjson.loads(data), at=at, by=by, provision=provision)
        found.setdefault(stream, []).append(fact)
    return found


def last(kind: type[Fact], streams: Sequence[str]) -> dict[str, Fact]:
    """The last fact of one kind in each of many streams, where there is one, in one question."""
    rows = wire.ask(_LAST, [list(streams), kind.__name__])
    return {
        stream: law_facts.load(kind.__name__, orjson.loads(data), at=at, by=by, provision=provision)
        for stream, data, at, by, provision in rows
    }


def named(fields: Mapping[type[Fact], str], streams: Sequence[str]) -> dict[str, str]:
    """Whom the last fact of some kinds names in each of many streams, as `last_named` says."""
    found = last_named("told.stream", fields)
    rows = wire.ask(f"SELECT stream, {found} FROM unnest(%s::text[]) AS told (stream)", [list(streams)])
    return {stream: name for stream, name in rows if name is not None}


def last_named(stream: str, fields: Mapping[type[Fact], str]) -> str:
    """SQL for whom the last fact of some kinds names, in a stream that is an SQL expression; null where there is none.

    `fields` says of each kind where the name stands: a field of it, or "by". For counts of many streams, whose facts
    need not be loaded.
    """
    columns = {
        kind.__name__: "entry.by" if field == "by" else f"entry.data ->> '{field}'"
        for kind, field in fields.items()
    }
    said = " ".join(f"WHEN '{name}' THEN {column}" for name, column in columns.items())
    kinds = ", ".join(f"'{name}'" for name in columns)
    return (
        f"(SELECT CASE entry.kind {said} END FROM journal_entry entry WHERE entry.stream = {stream}"
        f" AND entry.kind IN ({kinds}) ORDER BY entry.version DESC LIMIT 1)"
    )


def of_kinds(kinds: Collection[type[Fact]], streams: Iterable[str]) -> Iterator[Told]:
    """The facts of some kinds in many streams, as they were written down, in the order of each stream."""
    names, left = [kind.__name__ for kind in kinds], iter(streams)
    while some := list(islice(left, PORTION)):
        found = Entry.objects.filter(stream__in=some, kind__in=names).order_by("stream", "version")
        columns = found.values_list("stream", "version", "kind", "data", "occurred_at", "by")
        yield from (Told(*row) for row in columns)


def append(past: Past, facts: Sequence[Fact]) -> tuple[Past, Statement]:
    """The past with `facts` behind it, and the statement that makes it so.

    When written, the unique (stream, version) refuses it if the stream has moved since it was read.
    """
    recorded_at = timezone.now().astimezone(UTC)  # noqa: TID251 - the one place that says when a fact was written down
    values = [value for row in chained(past, facts, recorded_at) for value in row]
    after = Past(past.stream, past.facts + tuple(facts), past.version + len(facts), values[-1], past.watched)
    return after, Statement(_append_of(len(facts)), values)


def chained(
    past: Past, facts: Iterable[Fact], recorded_at: datetime | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows that put `facts` behind a past, in the order of COLUMNS; None: recorded when they occurred."""
    digest = past.hash
    for version, fact in enumerate(facts, past.version + 1):
        occurred_at = fact.at.astimezone(UTC)
        row = {
            "stream": past.stream,
            "version": version,
            "kind": type(fact).__name__,
            "data": law_facts.data(fact),
            "occurred_at": occurred_at,
            "recorded_at": recorded_at or occurred_at,
            "by": fact.by,
            "provision": fact.provision,
        }
        digest = _hash(digest, row)
        row["data"] = wire.packed(row["data"])
        yield *row.values(), digest


@cache
def _append_of(entries: int) -> str:
    return _APPEND.format(rows=", ".join([_ROW] * entries))


def record(stream: str, facts: Sequence[Fact]) -> None:
    """Append facts within the caller's transaction, behind whoever else is appending to the stream.

    For acts that are a transaction of rows, where the stream tells who changed them and nothing is decided on it.
    Nothing happened, nothing written: an act on a list may have been given an empty one.
    """
    if not facts:
        return
    wire.ask(_WAIT, [stream])
    rows = wire.ask(_TAIL, [stream])
    version, digest = rows[0] if rows else (0, GENESIS)
    _, statement = append(Past(stream, (), version, bytes(digest)), facts)
    wire.ask(statement.sql, statement.values)


def backwards(
    stream: str, *, before: int = 0, size: int, about: Mapping[str, Collection[str]]
) -> list[Entry]:
    """The entries of a stream, newest first, beyond the version `before` (0: from the end).

    `about` narrows them to those whose data have one of some values under a name.
    """
    found = Entry.objects.filter(stream=stream, **({"version__lt": before} if before else {}))
    for name, values in about.items():
        found = found.filter(**{f"data__{name}__in": list(values)})
    return list(found.order_by("-version")[:size])


def tail() -> str:
    """How far the journal has gone: the same text as long as nothing was appended to any stream."""
    ((last, recent),) = wire.ask(_RECENT)
    return f"{last}:{recent}"


def settled(patience: float) -> int | None:
    """The position up to which every fact is there for whoever asks from now on; None when it cannot be waited for.

    Positions are given out before they are seen: whoever is writing when the last one is read may still bring one
    before it. Nobody who begins later is waited for, and nobody waits; `patience` is in seconds.
    """
    ((end,),) = wire.ask(_END)
    until = monotonic() + patience
    waiting = {who for (who,) in wire.ask(_WRITING)}
    while waiting and monotonic() < until:
        sleep(0.01)
        waiting &= {who for (who,) in wire.ask(_WRITING)}
    return None if waiting else int(end)


def changed(prefix: str, after: int) -> list[str]:
    """The names of the streams beginning with `prefix` that have a fact beyond a position."""
    found = Entry.objects.filter(position__gt=after, stream__startswith=prefix).order_by("stream")
    return list(found.values_list("stream", flat=True).distinct())


def history(stream: str) -> list[Entry]:
    """The entries of a stream with what only the journal knows: when each was recorded, and its hash."""
    return list(Entry.objects.filter(stream=stream).order_by("version"))


def recorded(past: Past) -> list[datetime]:
    """When each fact of a past was written down; what was added since it was read is left out."""
    entries = Entry.objects.filter(stream=past.stream, version__lte=past.version).order_by("version")
    return list(entries.values_list("recorded_at", flat=True))


def streams(prefix: str) -> Iterator[str]:
    """The names of all streams that begin with `prefix`."""
    names = Entry.objects.filter(stream__startswith=prefix, version=1).order_by("position")
    return names.values_list("stream", flat=True).iterator(chunk_size=2000)


def census(prefix: str) -> tuple[int, dict[str, int]]:
    """How many streams begin with `prefix`, and how many facts of each kind they hold."""
    found = Entry.objects.filter(stream__startswith=prefix).values("kind").order_by("kind")
    kinds = list(found.annotate(facts=Count("version"), first=Count("version", filter=Q(version=1))))
    return sum(kind["first"] for kind in kinds), {kind["kind"]: kind["facts"] for kind in kinds}


def verify(prefix: str = "", *, only: Collection[str] | None = None) -> Iterator[Broken]:
    """Follow every chain from its start; yield each entry that was altered, dropped or put in between.

    The chains whose names begin with `prefix`, or those of the streams named in `only`.
    """
    stream, version, digest = "", 0, GENESIS
    chosen = Q(stream__startswith=prefix) if only is None else Q(stream__in=only)
    for entry in _in_chains(chosen):
        if entry.stream != stream:
            stream, version, digest = entry.stream, 0, GENESIS
        version += 1
        digest = _hash(digest, _row(entry))
        if entry.version != version:
            yield Broken(stream, entry.version, f"thiếu dòng {version}")
        elif bytes(entry.hash) != digest:
            yield Broken(stream, entry.version, "nội dung không khớp mã băm")
        version, digest = entry.version, bytes(entry.hash)


def _in_chains(chosen: Q) -> Iterator[Entry]:
    """Entries in the order of their chains, asked for in portions: the server keeps the answer to a long question."""
    stream, version = "", 0
    entries = Entry.objects.filter(chosen).order_by("stream", "version")
    while some := list(
        entries.filter(stream__gte=stream).exclude(stream=stream, version__lte=version)[:PORTION]
    ):
        yield from some
        stream, version = some[-1].stream, some[-1].version


def content(entry: Entry) -> bytes:
    """All that an entry says, and its hash: the same bytes wherever it is read."""
    return bytes(entry.hash) + _written(_row(entry))


def _row(entry: Entry) -> dict[str, Any]:
    moments = {name: getattr(entry, name).astimezone(UTC) for name in ("occurred_at", "recorded_at")}
    return {name: getattr(entry, name) for name in _HASHED} | moments


def _hash(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """The hash of an entry whose moments are in UTC."""
    return hashlib.sha256(previous + _written(row)).digest()


def _written(row: Mapping[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def _only_reads(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    # A second write would be a second transaction, and a crash between the two would leave half an act.
    if not sql.startswith("SELECT"):
        raise RuntimeError(f"an act writes once, by wire.write: {sql[:80]}")
    return execute(sql, *rest)
