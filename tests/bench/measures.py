"""The index's measures beside SQL written by hand: on the live database, on DuckDB and on Spark over an archive.

Rows are made inside DuckDB from a range and its hashes: the same number is the same rows. Each timed step runs in a
process of its own, whose peak memory is told beside its speed.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from motcua.law.calendar import TZ

from . import by_hand_sql, stores
from .result import line

MILLION = 1_000_000  # dossiers of the live database, and of each archive of a nation, at most
UNITS, PROCEDURES, MONTHS = 76, 400, 12
FIRST = date(2025, 11, 1)
NOW = datetime(2026, 11, 1, 9, tzinfo=TZ)
ASKED = "2026-10"
TURNS = 5
ROOM = 2048  # MiB
GROWTH = (1, 10, 40)  # archives


class Took(NamedTuple):
    """The best time of a step in seconds, the peak memory of its process in MiB, and what it found."""

    seconds: float
    memory: float
    found: Any


def run(rows: int, nation: bool) -> list[dict[str, object]]:
    """DuckDB over `rows` dossiers, the live database and an archive of it over at most a million; Spark if it is here.

    `nation`: how cost grows from one archive, of a million at most, to ten and forty. Ten million take 2 GB of disk.
    """
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.VAR) as place:
        folder = Path(place)
        _say(f"an archive of {rows:,} dossiers")
        make(folder / "one", rows)
        found = _duck(folder / "one", rows)
        found += _live(min(rows, MILLION), folder / "of-live")
        return found + _spark(folder, rows, nation)


def _duck(folder: Path, rows: int) -> list[dict[str, object]]:
    ours, theirs = _apart(duck, [folder]), _apart(duck_by_hand, folder)
    agree(ours.found, theirs.found)
    measure = f"index of a month on DuckDB, {rows:,} dossiers: dossiers/s"
    return [
        line(
            "measures",
            measure,
            rows / ours.seconds,
            "by hand",
            rows / theirs.seconds,
            _claim(rows, 10 * MILLION),
        ),
        _memory("index on DuckDB", ours),
    ]


def _live(rows: int, folder: Path) -> list[dict[str, object]]:
    name = f"bench_measures_{os.getpid()}"
    with stores.empty(name):
        _say(f"a live database of {rows:,} dossiers")
        fill(rows)
        connection.close()
        ours, theirs = _apart(live, name), _apart(live_by_hand, name)
        agree(ours.found, theirs.found)
        _say(f"an archive of them, and plain COPY of the same rows, {folder}")
        kept, plain = _apart(archived, name, folder, turns=2), _apart(copied, name, folder, turns=2)
        again = _apart(brought_up, name, folder, turns=2)
    speed = f"index of a month on the live database, {rows:,} dossiers: a second"
    return [
        line("measures", speed, 1 / ours.seconds, "by hand", 1 / theirs.seconds, _claim(rows, MILLION)),
        _memory("index on the live database", ours),
        line(
            "measures",
            "archive: rows/s",
            kept.found / kept.seconds,
            "plain COPY",
            plain.found / plain.seconds,
            0.5,
        ),
        _memory("archive", kept),
        line(
            "measures", "archive with nothing new: a second", 1 / again.seconds, "anew", 1 / kept.seconds, 1
        ),
    ]


def _spark(folder: Path, rows: int, nation: bool) -> list[dict[str, object]]:
    """Told without a claim: how much faster two cores are, and what a dossier costs as they become more."""
    one = folder / "one"
    found = _grown(folder, min(rows, MILLION), "DuckDB", duck) if nation else []
    if find_spec("pyspark") is None:
        _say(
            "Spark: not measured, it is not installed: uv pip install --python .venv/bin/python -e '.[spark]'"
        )
        return found
    _say("Spark, 1 core and 2")
    alone, both = _apart(spark, [one], "local[1]", turns=2), _apart(spark, [one], "local[2]", turns=2)
    agree(alone.found, both.found)
    agree(_apart(duck, [one], turns=1).found, both.found)
    measure = f"index of a month on Spark, {rows:,} dossiers, 2 cores: dossiers/s"
    found += [
        line("measures", measure, rows / both.seconds, "1 core", rows / alone.seconds, 0),
        _memory("index on Spark, with its Java, 2 cores", both),
    ]
    return found + (_grown(folder, min(rows, MILLION), "Spark, 2 cores", spark, "local[2]") if nation else [])


def _grown(folder: Path, rows: int, who: str, step: Callable[..., Any], *how: str) -> list[dict[str, object]]:
    """One archive as several provinces, so that disk stays bounded."""
    province, found, first = folder / "province", [], 0.0
    if not province.exists():
        make(province, rows)
    for times in GROWTH:
        _say(f"{who}, {times} archives of {rows:,}")
        took = _apart(step, [province] * times, *how, turns=2)
        rate = rows * times / took.seconds
        first = first or rate
        measure = f"{who}: dossiers/s at {rows * times:,}, {times} archives, {took.seconds:.1f} s"
        found += [
            line("measures", measure, rate, f"at {rows:,}", first, 0),
            _memory(f"{who}, {times} archives", took),
        ]
    return found


def _claim(rows: int, least: int) -> float:
    """At most twice the time by hand, from so many dossiers on; with fewer, what does not grow with them shows."""
    return 0.5 if rows >= least else 0


def _memory(of: str, took: Took) -> dict[str, object]:
    return line("measures", f"memory of the {of}: MiB allowed", ROOM, "used", took.memory, 1)


def agree(ours: Mapping[tuple[int, str], Any], theirs: Mapping[tuple[int, str], Any]) -> None:
    """Both counted the same, for what both counted. Raises SystemExit."""
    shared = ours.keys() & theirs.keys()
    wrong = [key for key in shared if ours[key] != theirs[key]]
    if wrong or not shared:
        raise SystemExit(f"measures: counts differ, {len(wrong)} of {len(shared)}: {wrong[:3]}")


# The timed steps. Each is called in a process of its own, some times over.


def duck(folders: list[Path]) -> Callable[[], Any]:
    """The index of a month over archives, from opening them."""
    from motcua.scores.engines import engine

    return lambda: engine("duckdb", folders).counts(_window())


def duck_by_hand(folder: Path) -> Callable[[], Any]:
    from motcua.scores.archive import manifest, pouring
    from motcua.scores.tables import NAMED

    def count() -> Any:
        db, held = pouring.database(), manifest.read(folder)
        for name in ("dossiers", "scopes", "first_payments"):
            files = [folder / part.path for part in held.tables[name]]
            db.execute(f"CREATE VIEW {name} AS FROM {pouring.source(NAMED[name], files)}")
        window = _window()
        db.execute(
            by_hand_sql.DUCKDB, {"start": window.start.astimezone(UTC), "until": window.until.astimezone(UTC)}
        )
        return by_hand_sql.read(db.fetchall())

    return count


def live(name: str) -> Callable[[], Any]:
    _use(name)
    from motcua.scores.live import counts

    return lambda: counts(_window())


def live_by_hand(name: str) -> Callable[[], Any]:
    _use(name)
    from motcua.scores.live import bound

    def count() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(by_hand_sql.POSTGRESQL, bound(_window()))
            return by_hand_sql.read(cursor.fetchall())

    return count


def archived(name: str, folder: Path) -> Callable[[], int]:
    """Rows written by a whole archive of the live database."""
    _use(name)
    from motcua.scores.archive.writing import archive

    return lambda: archive(folder, at=NOW, anew=True).read


def brought_up(name: str, folder: Path) -> Callable[[], int]:
    _use(name)
    from motcua.scores.archive.writing import archive

    return lambda: archive(folder, at=NOW).read


def copied(name: str, folder: Path) -> Callable[[], int]:
    """The same rows written to a file by COPY, as text."""
    _use(name)
    from motcua.scores import live
    from motcua.scores.archive import pouring
    from motcua.scores.tables import NAMED, WORKDAYS

    def copy() -> int:
        rows = 0
        with open(folder / "plain.csv", "wb") as file, connection.connection.cursor() as cursor:
            for table in NAMED.values():
                sql = f"WITH workdays AS ({WORKDAYS}) SELECT {pouring.columns(table)} FROM ({table.live}) AS found"
                query = pouring.written(sql, live.named(NOW.date()))
                with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as some:
                    for data in some:
                        file.write(data)
                rows += cursor.rowcount
        (folder / "plain.csv").unlink()
        return rows

    return copy


def spark(folders: list[Path], master: str) -> Callable[[], Any]:
    """The index of a month on a Spark that has started."""
    from motcua.scores.engines.spark import Spark

    engine = Spark(folders, master)
    return lambda: engine.counts(_window())


def _window() -> Any:
    from motcua.scores.periods import Period

    return Period.parse(ASKED).window(NOW)


def _use(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connection.ensure_connection()


def _apart(step: Callable[..., Callable[[], Any]], *args: Any, turns: int = TURNS) -> Took:
    """The best of some turns of a step, in a new process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=_begin) as hand:
        return hand.submit(_timed, step, args, turns).result()


def _begin() -> None:
    import django

    django.setup()


def _timed(step: Callable[..., Callable[[], Any]], args: tuple[Any, ...], turns: int) -> Took:
    ready, best, found = step(*args), float("inf"), None
    ready()  # what is done once: compiling, importing, filling caches
    for _ in range(turns):
        began = time.perf_counter()
        found = ready()
        best = min(best, time.perf_counter() - began)
    return Took(best, _peak(), found)


def _peak() -> float:
    """The peak memory of this process, and of Spark's Java where there is one, in MiB."""
    pyspark = sys.modules.get("pyspark")
    gateway = pyspark.SparkContext._gateway if pyspark else None
    return sum(_high_water(pid) for pid in ("self", *([gateway.proc.pid] if gateway else [])))


def _high_water(pid: int | str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # not Linux; there this number is bytes, and may be that of the parent
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


# The rows.


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
        _say(f"{until - 1:,} of {rows:,}")
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


def _say(text: str) -> None:
    free = shutil.disk_usage(settings.VAR).free >> 30
    print(f"  {time.strftime('%H:%M:%S')} {text} ({free} GiB free)", file=sys.stderr, flush=True)
