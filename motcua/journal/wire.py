"""Statements on Django's own connection, bound and prepared by the server; and `write`, the one write of an act.

Django binds on the client, so the server plans each of its statements anew; these are planned once a connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import orjson
import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types.string import TextLoader

_ADAPTERS = AdaptersMap(psycopg.adapters)
_ADAPTERS.register_loader("jsonb", TextLoader)
_LINES: WeakKeyDictionary[Any, _Line] = WeakKeyDictionary()


class Statement(NamedTuple):
    """SQL with `%s` places, and what goes into them."""

    sql: str
    values: Sequence[Any]


def packed(rows: object) -> str:
    """Rows as one JSON value: whatever is in them, the statement keeps one shape and is planned once."""
    return orjson.dumps(rows, default=str).decode()


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Send a statement and return the rows of its answer: one round trip."""
    here = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    with here.wrap_database_errors:
        own = here.connection
        if not own.autocommit and own.pgconn.transaction_status == TransactionStatus.IDLE:
            own.execute("SELECT")  # the transaction is psycopg's to begin
        return _line(own).ask(own.pgconn, sql, values)


def write(statements: Sequence[Statement]) -> None:
    """Send all as one statement: one round trip, all or nothing, no lock held between two of them.

    All of them see the database as it was before any of them. The first goes first and has RETURNING; the last is
    a SELECT without WHERE.
    """
    ask(_joined(tuple(s.sql for s in statements)), [value for s in statements for value in s.values])


class _Line:
    """A connection spoken to without cursors: their Python costs more than the server does for a small statement."""

    def __init__(self) -> None:
        self.adapters = _ADAPTERS
        self.connection = None
        self.transformer = Transformer(self)
        self.names: dict[tuple[str, Sequence[int] | None], bytes] = {}

    def ask(self, server: PGconn, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        transformer = self.transformer
        given = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key = sql, transformer.types
        name = self.names.get(key) or self.prepare(server, key)
        result = _checked(server.exec_prepared(name, given, transformer.formats))  # type: ignore[arg-type]
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    def prepare(self, server: PGconn, key: tuple[str, Sequence[int] | None]) -> bytes:
        sql, types = key
        name = f"motcua_{len(self.names)}".encode()
        _checked(server.prepare(name, _numbered(sql), types))
        self.names[key] = name
        return name


def _line(own: psycopg.Connection[Any]) -> _Line:
    return _LINES.get(own) or _LINES.setdefault(own, _Line())


def _checked(result: PGresult) -> PGresult:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise error_from_result(result)
    return result


def _numbered(sql: str) -> bytes:
    first, *rest = sql.split("%s")
    return "".join([first, *(f"${n}{part}" for n, part in enumerate(rest, start=1))]).encode()


@lru_cache(maxsize=256)
def _joined(parts: tuple[str, ...]) -> str:
    *writes, last = parts
    named = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(writes))
    # The main query runs before the writes nobody reads from. So whoever comes second waits at the first write,
    # holding nothing yet; in any other order two acts could lock each other out.
    return f"WITH {named} {last} WHERE EXISTS (SELECT FROM w0)"
