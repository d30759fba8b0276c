"""Statements on Django's own connection, bound and prepared by the server; and `write`, the one write of an act.

Django binds on the client, so the server plans each of its statements anew; these are planned once a connection.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from django.db import connection

# Made once: `json.dumps` with options makes an encoder for every call.
_ENCODED = json.JSONEncoder(default=str, ensure_ascii=False).encode


class Statement(NamedTuple):
    """SQL with `%s` places, and what goes into them."""

    sql: str
    values: Sequence[Any]


def packed(rows: object) -> str:
    """Rows as one JSON value: whatever is in them, the statement keeps one shape and is planned once."""
    return _ENCODED(rows)


def ask(sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
    """Send a statement and wait for its answer: one round trip."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(sql, values, prepare=True)


def write(statements: Sequence[Statement]) -> None:
    """Send all as one statement: one round trip, all or nothing, no lock held between two of them.

    All of them see the database as it was before any of them. The first goes first and has RETURNING; the last is
    a SELECT without WHERE.
    """
    ask(_joined(tuple(s.sql for s in statements)), [value for s in statements for value in s.values])


@lru_cache(maxsize=256)
def _joined(parts: tuple[str, ...]) -> str:
    *writes, last = parts
    named = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(writes))
    # The main query runs before the writes nobody reads from. So whoever comes second waits at the first write,
    # holding nothing yet; in any other order two acts could lock each other out.
    return f"WITH {named} {last} WHERE EXISTS (SELECT FROM w0)"
