"""From PostgreSQL to Parquet: COPY writes into a pipe, DuckDB reads it; neither keeps the rows (đổ dữ liệu)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import psycopg
from django.db import connection

from motcua.scores.tables import DAY, FLAG, KEY, MOMENT, TEXT, Named

TYPES = {MOMENT: "TIMESTAMPTZ", DAY: "DATE", KEY: "BIGINT", TEXT: "VARCHAR", FLAG: "BOOLEAN"}
MEMORY = "1GB"
CHUNK = 1 << 20  # bytes given to DuckDB at once, and the longest row
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
    return begun(db, named, query, into).rows()


def begun(db: duckdb.DuckDBPyConnection, named: Named, query: str, into: str) -> Pouring:
    """As `pour`, back as soon as PostgreSQL has given its last row: DuckDB ends while the next query may run."""
    place, end = _pipe()
    rows = _reader(named, f"/dev/fd/{place}")
    pouring = Pouring(db, into.replace(ROWS, rows), place)
    try:
        with open(end, "wb", buffering=CHUNK) as pipe:
            for some in _copied(query):
                pipe.write(some)
    except BrokenPipeError:
        pass  # DuckDB stopped reading, and says why
    except BaseException:
        pouring.ended()
        raise
    return pouring


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


class Pouring:
    """A statement of DuckDB's on the rows of a pipe, in a thread of its own, and what it answered."""

    def __init__(self, db: duckdb.DuckDBPyConnection, sql: str, place: int) -> None:
        self._found = 0
        self._wrong: Exception | None = None
        # One connection runs one statement at a time.
        self._thread = Thread(target=self._run, args=(db.cursor(), sql, place))
        self._thread.start()

    def rows(self) -> int:
        """How many rows there were, once all are written. Raises duckdb.Error."""
        self.ended()
        if self._wrong:
            raise self._wrong
        return self._found

    def ended(self) -> None:
        """Wait for the end, however it is."""
        self._thread.join()

    def _run(self, db: duckdb.DuckDBPyConnection, sql: str, place: int) -> None:
        try:
            found = db.execute(sql).fetchone()
            self._found = found[0] if found else 0
        except duckdb.Error as wrong:
            self._wrong = wrong
        finally:
            os.close(place)  # whoever still writes is told
            db.close()


def _pipe() -> tuple[int, int]:
    """A pipe that holds what PostgreSQL tells while DuckDB is busy with what it took, where the system allows it."""
    place, end = os.pipe()
    with suppress(AttributeError, OSError):  # Linux only, and there an administrator may have set less
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, CHUNK)
    return place, end


def _copied(query: str) -> Iterator[memoryview | bytes]:
    with connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'")
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N')") as copy:
            yield from copy


def _reader(named: Named, place: str) -> str:
    kinds = ", ".join(f"'{name}': '{TYPES[kind]}'" for name, (kind, _) in named.columns.items())
    return (
        f"read_csv('{place}', header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        # Left to itself DuckDB fills sixteen times the longest row before it reads the first.
        f" nullstr = '\\N', allow_quoted_nulls = false, max_line_size = {CHUNK}, buffer_size = {2 * CHUNK},"
        f" columns = {{{kinds}}})"
    )
