"""The dossiers the measures are counted on, as an archive and in the live database.

Rows are made inside DuckDB from a range and its hashes: the same number is the same rows.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from django.db import connection

from motcua.law.calendar import TZ

from . import by_hand_sql

UNITS, PROCEDURES, MONTHS = 76, 400, 12
FIRST = date(2025, 11, 1)
NOW = datetime(2026, 11, 1, 9, tzinfo=TZ)


def make(folder: Path, count: int) -> None:
    """An archive of so many dossiers, a month at a time, without a database."""
    from motcua.law.calendar import day
    from motcua.scores.archive import manifest, pouring, writing
    from motcua.scores.archive.manifest import Manifest, Part
    from motcua.scores.periods import Period
    from motcua.scores.tables import NAMED, columns

    db, tables = pouring.database(), dict[str, tuple[Part, ...]]()
    month, first = Period.containing(FIRST), 1

    def put(name: str, sql: str, about: str = "") -> Part:
        known = {column for column, *_ in db.execute(f"DESCRIBE {sql}").fetchall()}
        named = (
            f'"{column}"' if column in known else f'CAST(NULL AS {pouring.TYPES[kind]}) AS "{column}"'
            for column, (kind, _) in NAMED[name].columns.items()
        )
        path = folder / name / (f"{about}.parquet" if about else "all.parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = f"SELECT {', '.join(named)} FROM ({sql})"
        db.execute(f"COPY ({rows}) TO {pouring.quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
        written = db.execute(f"SELECT count(*) FROM {pouring.quoted(path)}").fetchone()
        return Part(str(path.relative_to(folder)), written[0] if written else 0, manifest.digest(path), about)

    parts = []
    for place in range(MONTHS):
        until = count * (place + 1) // MONTHS + 1
        parts.append(put("dossiers", dossiers(month, first, until), str(month)))
        month, first = month.next, until
    tables |= dict.fromkeys(NAMED, ()) | {"dossiers": tuple(parts)}
    for name, sql in by_hand_sql.SMALL.items():
        tables[name] = (put(name, sql.format(units=UNITS, procedures=PROCEDURES)),)
    manifest.put(folder, Manifest(0, NOW, columns(), writing.definitions(day(NOW)), "", tables))


def dossiers(month: Any, first: int, until: int) -> str:
    """The dossiers `first` to `until` as DuckDB makes them, spread over a month of acceptance."""
    return by_hand_sql.DOSSIERS.format(
        start=month.start.astimezone(UTC).isoformat(),
        seconds=(month.end - month.start).total_seconds(),
        now=NOW.astimezone(UTC).isoformat(),
        first=first,
        until=until,
        units=UNITS,
        procedures=PROCEDURES,
    )


def fill(rows: int) -> None:
    """The same dossiers in the live database: DuckDB writes them into a pipe, COPY reads it."""
    from motcua.scores.periods import Period

    _found_province()
    month, first = Period.containing(FIRST), 1
    for place in range(MONTHS):
        until = rows * (place + 1) // MONTHS + 1
        _poured(dossiers(month, first, until))
        month, first = month.next, until
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _poured(rows: str) -> None:
    from motcua.scores.archive import pouring

    place, end = os.pipe()
    sql = f"COPY ({by_hand_sql.LIVE_ROWS.format(rows=rows)}) TO '/dev/fd/{end}' (FORMAT csv, HEADER false)"

    def write() -> None:
        try:
            pouring.database(preserve_insertion_order=True).execute(sql)
        finally:
            os.close(end)

    writing = Thread(target=write)
    writing.start()
    connection.ensure_connection()
    with open(place, "rb") as pipe, connection.connection.cursor() as cursor:
        names = ", ".join(f'"{name}"' for name in by_hand_sql.LIVE_COLUMNS)
        with cursor.copy(f"COPY dossiers_dossier ({names}) FROM STDIN (FORMAT csv)") as copy:
            while data := pipe.read(1 << 20):
                copy.write(data)
    writing.join()


def _found_province() -> None:
    from motcua.catalogue.models import Procedure, ProcessVersion, Status, Version
    from motcua.people.models import Unit

    born, keys = date(2025, 7, 1), range(1, PROCEDURES + 1)
    Unit.objects.bulk_create(
        Unit(
            id=key,
            code=f"U{key}",
            agency_code=f"H{key}",
            name=f"Đơn vị {key}",
            kind="province" if key == 1 else "department" if key <= 20 else "commune",
            parent_id=None if key == 1 else 1,
            valid_from=born,
        )
        for key in range(1, UNITS + 1)
    )
    Procedure.objects.bulk_create(
        Procedure(id=key, code=f"1.{key:06}", title=f"Thủ tục {key}") for key in keys
    )
    Version.objects.bulk_create(
        Version(
            id=key,
            procedure_id=key,
            number=1,
            status=Status.PUBLISHED,
            valid_from=born,
            title=f"Thủ tục {key}",
            audiences=["Công dân Việt Nam"],
            agency=f"Đơn vị {2 + key % 19}",
            sequence="Bước 1",
            online=("none", "partial", "full")[key % 3],
            levels=["commune"] if key % 2 else ["province"],
        )
        for key in keys
    )
    ProcessVersion.objects.bulk_create(
        ProcessVersion(
            id=key, procedure_id=key, number=1, status=Status.PUBLISHED, valid_from=born, definition={}
        )
        for key in keys
    )
