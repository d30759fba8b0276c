"""From PostgreSQL to Parquet: COPY writes into a pipe, DuckDB reads it; neither keeps the rows (đổ dữ liệu)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import psycopg
from django.db import connection

from motcua.scores.tables import DAY, FLAG, KEY, MOMENT, TEXT, Named

TYPES = {MOMENT: "TIMESTAMPTZ", DAY: "DATE", KEY: "BIGINT", TEXT: "VARCHAR", FLAG: "BOOLEAN"}
MEMORY = "1GB"
CHUNK = 1 << 20  # bytes given to DuckDB at once
ROWS = "{rows}"


def database(**settings: Any) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory, bounded, with moments in UTC."""
    db = duckdb.connect(config={"memory_limit": MEMORY, "preserve_insertion_order": False, **settings})
    db.execute("SET TimeZone = 'UTC'")
    return db


def written(sql: str, values: Mapping[str, Any]) -> str:
    """A statement with its values in it, as COPY wants it."""
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(sql, values)


def pour(db: duckdb.DuckDBPyConnection, named: Named, query: str, into: str) -> int:
    """Run `into`, DuckDB's statement, on the rows of `query`, PostgreSQL's: ROWS stands for them. How many."""
    place, end = os.pipe()
    answer = _Answer()
    rows = _reader(named, f"/dev/fd/{place}")
    reading = Thread(target=answer.of, args=(db, into.replace(ROWS, rows), place))
    reading.start()
    try:
        with open(end, "wb", buffering=CHUNK) as pipe:
            for some in _copied(query):
                pipe.write(some)
    except BrokenPipeError:
        pass  # DuckDB stopped reading, and says why
    finally:
        reading.join()
    if answer.wrong:
        raise answer.wrong
    return answer.rows


def columns(named: Named) -> str:
    return ", ".join(f'"{name}"' for name in named.columns)


@contextmanager
def one_look() -> Iterator[None]:
    """All that is read within is of one moment; inside a caller's transaction, of his."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def source(named: Named, files: Sequence[Path]) -> str:
    """The rows of a table in some files, as DuckDB's FROM takes them; without a file, none."""
    if files:
        return f"read_parquet([{', '.join(map(quoted, files))}], hive_partitioning = false)"
    nothing = ", ".join(
        f'CAST(NULL AS {TYPES[kind]}) AS "{name}"' for name, (kind, _) in named.columns.items()
    )
    return f"(SELECT {nothing} WHERE false)"


def quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


class _Answer:
    """What DuckDB answered in its own thread."""

    rows = 0
    wrong: Exception | None = None

    def of(self, db: duckdb.DuckDBPyConnection, sql: str, place: int) -> None:
        try:
            found = db.execute(sql).fetchone()
            self.rows = found[0] if found else 0
        except duckdb.Error as wrong:
            self.wrong = wrong
        finally:
            os.close(place)  # whoever still writes is told


def _copied(query: str) -> Iterator[memoryview | bytes]:
    with connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'")
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N')") as copy:
            yield from copy


def _reader(named: Named, place: str) -> str:
    kinds = ", ".join(f"'{name}': '{TYPES[kind]}'" for name, (kind, _) in named.columns.items())
    return (
        f"read_csv('{place}', header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '\\N', allow_quoted_nulls = false, max_line_size = 16777216, columns = {{{kinds}}})"
    )
