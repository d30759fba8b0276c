"""Append to the journal, read it, check it; and `act`, the one shape of every act.

An act costs two round trips: BEGIN with the read, then all writes with COMMIT (psycopg's pipeline mode).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg import errors
from psycopg.types.json import Jsonb

from motcua.law import facts as law_facts
from motcua.law.facts import Fact

from .models import Entry

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 12
ONE_VERSION = "one_fact_per_version"
GENESIS = bytes(32)

_READ = (
    "SELECT version, kind, data, occurred_at, by, provision, hash"
    " FROM journal_entry WHERE stream = %s ORDER BY version"
)
_APPEND = (
    "INSERT INTO journal_entry"
    " (stream, version, kind, data, occurred_at, recorded_at, by, provision, hash) VALUES "
)


class Stale(Exception):
    """Somebody else appended to the stream since it was read: decide again on the new facts."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a stream held when it was read: its facts, its version and the hash of its last entry."""

    stream: str
    facts: tuple[Fact, ...]
    version: int = 0
    hash: bytes = GENESIS

    def until(self, version: int) -> Past:
        """The past as it was at `version`, to look at; nothing can be appended to it."""
        return Past(self.stream, self.facts[:version], min(version, self.version), b"")


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that does not follow from the one before it."""

    stream: str
    version: int
    reason: str


def act(decide: Callable[P, R]) -> Callable[P, R]:
    """Run a function as one durable transaction; when its stream moved meanwhile, run it again on the new facts."""

    @wraps(decide)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES):
            try:
                with _pipeline(), transaction.atomic(durable=True):
                    return decide(*args, **kwargs)
            except (DatabaseError, errors.UniqueViolation) as error:
                if not _is_stale(error):
                    raise
        raise Stale(f"{decide.__name__}: {TRIES} lần liền có người khác ghi trước")

    return run


def read(stream: str) -> Past:
    """All facts of a stream, oldest first; an unknown stream is an empty past."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [stream])
        rows = cursor.fetchall()
    if not rows:
        return Past(stream, ())
    facts = tuple(
        law_facts.load(kind, _parsed(data), at=at, by=by, provision=provision)
        for _, kind, data, at, by, provision, _ in rows
    )
    return Past(stream, facts, rows[-1][0], bytes(rows[-1][6]))


def append(past: Past, facts: Sequence[Fact]) -> Past:
    """Add facts behind `past`. The unique (stream, version) makes a stale write fail at commit."""
    recorded_at = timezone.now()  # noqa: TID251 - the one place that says when a fact was written down
    version, digest = past.version, past.hash
    rows: list[Any] = []
    for fact in facts:
        version += 1
        kind, data = type(fact).__name__, law_facts.data(fact)
        digest = _hash(
            digest, past.stream, version, kind, data, fact.at, recorded_at, fact.by, fact.provision
        )
        rows += [
            past.stream,
            version,
            kind,
            Jsonb(data),
            fact.at,
            recorded_at,
            fact.by,
            fact.provision,
            digest,
        ]
    with connection.cursor() as cursor:
        cursor.execute(_APPEND + ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(facts)), rows)
    return Past(past.stream, past.facts + tuple(facts), version, digest)


def history(stream: str) -> list[Entry]:
    """The entries of a stream with what only the journal knows: when each was recorded, and its hash."""
    return list(Entry.objects.filter(stream=stream).order_by("version"))


def streams(prefix: str) -> Iterator[str]:
    """The names of all streams that begin with `prefix`."""
    names = Entry.objects.filter(stream__startswith=prefix, version=1).order_by("position")
    return names.values_list("stream", flat=True).iterator(chunk_size=2000)


def verify(prefix: str = "") -> Iterator[Broken]:
    """Follow every chain from its start; yield each entry that was altered, dropped or put in between."""
    stream, version, digest = "", 0, GENESIS
    entries = Entry.objects.filter(stream__startswith=prefix).order_by("stream", "version")
    for entry in entries.iterator(chunk_size=5000):
        if entry.stream != stream:
            stream, version, digest = entry.stream, 0, GENESIS
        version += 1
        digest = _hash(
            digest,
            entry.stream,
            entry.version,
            entry.kind,
            entry.data,
            entry.occurred_at,
            entry.recorded_at,
            entry.by,
            entry.provision,
        )
        if entry.version != version:
            yield Broken(stream, entry.version, f"thiếu dòng {version}")
        elif bytes(entry.hash) != digest:
            yield Broken(stream, entry.version, "nội dung không khớp mã băm")
        version, digest = entry.version, bytes(entry.hash)


def _hash(
    previous: bytes,
    stream: str,
    version: int,
    kind: str,
    data: Any,
    occurred_at: datetime,
    recorded_at: datetime,
    by: str,
    provision: str,
) -> bytes:
    moments = [moment.astimezone(UTC).isoformat() for moment in (occurred_at, recorded_at)]
    text = json.dumps(
        [stream, version, kind, data, *moments, by, provision],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(previous + text.encode()).digest()


def _parsed(data: Any) -> Any:
    return json.loads(data) if isinstance(data, str | bytes) else data


def _pipeline() -> AbstractContextManager[Any]:
    # Inside an open block (only a test has one) the savepoint needs an answer to every statement.
    if connection.in_atomic_block:
        return nullcontext()
    connection.ensure_connection()
    pipeline: AbstractContextManager[Any] = connection.connection.pipeline()
    return pipeline


def _is_stale(error: BaseException) -> bool:
    cause = error if isinstance(error, errors.Error) else error.__cause__
    return isinstance(cause, errors.UniqueViolation) and cause.diag.constraint_name == ONE_VERSION
