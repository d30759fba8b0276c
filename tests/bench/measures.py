"""The index's measures beside SQL written by hand: on the live database, on DuckDB and on Spark over an archive.

Each timed step runs in a process of its own, turn about with its peer; its peak memory is told beside its speed.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from . import by_hand_sql, stores
from .apart import Step, Took, alone, beside, say
from .provinces import NOW, fill, make
from .result import line

MILLION = 1_000_000  # dossiers of the live database, and of each archive of a nation, at most
ASKED = "2026-10"
ROOM = 2048  # MiB
GROWTH = (1, 10, 40)  # archives
ALLOWED = 20  # ms for a page whose figures are kept
PAGES = ("/chi-so/", "/chi-so/U2/")
LOOKS = 30


def run(rows: int, nation: bool) -> list[dict[str, object]]:
    """DuckDB over `rows` dossiers, the live database and an archive of it over at most a million; Spark.

    `nation`: how cost grows from one archive, of a million at most, to ten and forty. Ten million take 1 GB of disk.
    """
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.VAR) as place:
        folder = Path(place)
        say(f"an archive of {rows:,} dossiers")
        make(folder / "one", rows)
        found = _duck(folder / "one", rows)
        found += _live(min(rows, MILLION), folder / "of-live")
        return found + _spark(folder, rows, nation)


def _duck(folder: Path, rows: int) -> list[dict[str, object]]:
    say(f"DuckDB, {rows:,}")
    ours, theirs = beside((duck, [folder]), (duck_by_hand, folder), 7)
    agree(ours.found, theirs.found)
    named = f"index of a month on DuckDB, {rows:,} dossiers"
    return [_rate(named, rows, ours, "by hand", theirs, _claim(rows, 10 * MILLION)), _memory(named, ours)]


def _live(rows: int, folder: Path) -> list[dict[str, object]]:
    name = f"bench_measures_{os.getpid()}"
    with stores.empty(name):
        say(f"a live database of {rows:,} dossiers")
        fill(rows)
        connection.close()
        say("the live database")
        ours, theirs = beside((live, name), (live_by_hand, name))
        agree(ours.found, theirs.found)
        named = f"index of a month on the live database, {rows:,} dossiers"
        speed = line(
            "measures",
            f"{named}: a second",
            1 / ours.seconds,
            "by hand",
            1 / theirs.seconds,
            _claim(rows, MILLION),
        )
        return [speed, _memory(named, ours), *_pages(name), *_archive(name, folder)]


def _pages(name: str) -> list[dict[str, object]]:
    say("pages from their cache")
    looks = alone(pages, name, turns=1)
    return [
        line("measures", f"page {page}, figures kept: ms allowed", ALLOWED, "took", 1000 * seconds, 1)
        for page, seconds in looks.found.items()
    ]


def _archive(name: str, folder: Path) -> list[dict[str, object]]:
    say("an archive, and plain COPY of the same rows")
    ours, plain = beside((archived, name, folder), (copied, name, folder.parent), 3)
    say("the archive with nothing new")
    again = alone(brought_up, name, folder, turns=2)
    least = _claim(ours.found, MILLION // 10)
    speeds = ours.found / ours.seconds, plain.found / plain.seconds
    return [
        line(
            "measures", f"archive of {ours.found:,} rows: rows/s", speeds[0], "plain COPY", speeds[1], least
        ),
        _memory("archive", ours),
        line(
            "measures", "archive with nothing new: a second", 1 / again.seconds, "anew", 1 / ours.seconds, 1
        ),
    ]


def _spark(folder: Path, rows: int, nation: bool) -> list[dict[str, object]]:
    """Told without a claim of speed: how much faster two cores are, what a dossier costs as they become more."""
    one = folder / "one"
    found = _grown(folder, min(rows, MILLION), "DuckDB", duck) if nation else []
    say(f"Spark, {rows:,}, 1 core and 2")
    single, both = beside((spark, [one], "local[1]"), (spark, [one], "local[2]"), 2)
    agree(single.found, both.found)
    agree(alone(duck, [one], turns=1).found, both.found)
    named = f"index of a month on Spark, {rows:,} dossiers"
    found += [
        _rate(f"{named}, 2 cores", rows, both, "1 core", single, 0),
        _memory(f"{named}, its Java included, 1 core", single),
        _memory(f"{named}, its Java included, 2 cores", both),
    ]
    return found + (_grown(folder, min(rows, MILLION), "Spark, 2 cores", spark, "local[2]") if nation else [])


def _grown(folder: Path, rows: int, who: str, step: Step, *how: str) -> list[dict[str, object]]:
    """One archive as several provinces, so that disk stays bounded."""
    province, found, first = folder / "province", [], None
    if not province.exists():
        make(province, rows)
    for times in GROWTH:
        say(f"{who}, {times} archives of {rows:,}")
        took = alone(step, [province] * times, *how, turns=1 if times > 1 else 3)
        first = first or took
        rate = rows * times / took.seconds
        measure = f"{who}: dossiers/s at {rows * times:,}, {times} archives, {took.seconds:.1f} s"
        found += [
            line("measures", measure, rate, f"at {rows:,}", rows / first.seconds, 0),
            _memory(f"{who}, {rows * times:,} dossiers", took),
        ]
    return found


def _rate(named: str, rows: int, ours: Took, peer: str, theirs: Took, least: float) -> dict[str, object]:
    return line("measures", f"{named}: dossiers/s", rows / ours.seconds, peer, rows / theirs.seconds, least)


def _claim(rows: int, least: int) -> float:
    """At most twice the time of the peer, from so many dossiers on; with fewer, what does not grow with them shows."""
    return 0.5 if rows >= least else 0


def _memory(of: str, took: Took) -> dict[str, object]:
    return line("measures", f"memory, {of}: MiB allowed", ROOM, "used", took.memory, 1)


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


def pages(name: str) -> Callable[[], dict[str, float]]:
    """Seconds of the middle look at each page anybody may see, its figures kept."""
    _use(name)
    from django.test import Client

    browser = Client(SERVER_NAME="localhost")

    def look(page: str) -> float:
        began = time.perf_counter()
        answer = browser.get(page, {"ky": ASKED})
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(f"measures: {page} answers {answer.status_code}")
        return took

    return lambda: {page: statistics.median(look(page) for _ in range(LOOKS)) for page in PAGES}


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
