"""Bring an archive up to date with the journal (lưu số liệu): only what changed since its last run is read again.

What changed is known from the facts beyond the manifest's position. Three things move rows without a fact: the
portal's word that it has a dossier, clocks counted again after a decision about hours and days off, and time itself
for dossiers still open; the first and the last are asked for, the second has all dossiers read anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import duckdb

from motcua.journal import log, wire
from motcua.law.calendar import day
from motcua.people import calendars
from motcua.scores import live
from motcua.scores.periods import Period
from motcua.scores.tables import NAMED, WORKDAYS, columns

from . import manifest, pouring
from .manifest import NO_MONTH, BadArchive, Manifest, Part

DOSSIERS = "dossiers"
STREAMS = "ho-so/"
PATIENCE = 10.0  # seconds to wait for those who are writing into the journal
MANY = 100_000  # ids in one question
_MONTH = f"coalesce(strftime(accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh', '%Y-%m'), '{NO_MONTH}')"
_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
_OPEN = "SELECT id FROM dossiers_dossier WHERE ended_at IS NULL"
_OF_CODES = "SELECT id FROM dossiers_dossier WHERE code = ANY(%s)"
_REPORTED = "SELECT id FROM dossiers_dossier WHERE id = ANY(%s) AND reported > 0"
_SPAN = "SELECT min(accepted_at), max(accepted_at) FROM dossiers_dossier"
_RECOUNTING = (
    "SELECT 1 FROM procrastinate_jobs"
    " WHERE task_name = 'dossiers.recount' AND status IN ('todo', 'doing') LIMIT 1"
)

Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did: what the archive holds now, the rows read from the database, and whether all were."""

    manifest: Manifest
    read: int
    anew: bool


def archive(folder: Path, *, at: datetime, anew: bool = False, told: Told = lambda part, rows: None) -> Done:
    """Write what changed since the archive's last run into it, or everything where it is new, or `anew`.

    `told` hears of each file with its rows. Killed at any moment, the archive is as it was before. Raises BadArchive
    when somebody else is writing into it or its manifest cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), _workshop(folder) as db:
        manifest.sweep(folder)
        before = None if anew else manifest.there(folder)
        position = log.settled(PATIENCE)
        with pouring.one_look():
            run = _Run(folder, db, at, before, told)
            after = run.written(position)
        manifest.put(folder, after)
        return Done(after, run.read, run.before is None)


def definitions(on: date) -> str:
    """How the named tables are come by on a day, as a short text that changes when one of them does."""
    said = json.dumps(
        [{name: table.live for name, table in NAMED.items()}, WORKDAYS, live.named(on)], sort_keys=True
    )
    return hashlib.sha256(f"{columns()} {said}".encode()).hexdigest()[:16]


def months(first: datetime | None, last: datetime | None) -> Iterator[Period]:
    """The months from the one a moment lies in to that of another."""
    if first is None or last is None:
        return
    month = Period.containing(day(first))
    while month.start <= last:
        yield month
        month = month.next


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadArchive(f"đang có lượt lưu khác ghi vào {folder}; đợi lượt ấy xong") from None
        yield


@contextmanager
def _workshop(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    db = pouring.database(temp_directory=str(folder / ".tmp"))
    try:
        yield db
    finally:
        db.close()


class _Month(NamedTuple):
    """A month of dossiers on its way into its file."""

    name: str
    path: Path
    poured: pouring.Pouring


@dataclass
class _Run:
    """One run: the rows it reads and the files it leaves."""

    folder: Path
    db: duckdb.DuckDBPyConnection
    at: datetime
    before: Manifest | None
    told: Told
    read: int = 0
    token: str = field(default_factory=lambda: uuid4().hex[:12])

    def __post_init__(self) -> None:
        on = day(self.at)
        self.definitions, self.values = definitions(on), live.named(on)
        ((self.calendars,),) = wire.ask(calendars.WATCH)
        old = self.before
        if old and (old.definitions, old.calendars) != (self.definitions, self.calendars):
            self.before = None

    def written(self, position: int | None) -> Manifest:
        """Every table; where facts up to `position` could not be waited for, the next run reads them again."""
        tables = {name: self._whole(name) for name in NAMED if name != DOSSIERS}
        parts = tuple(self._changed() if self.before else self._months())
        if position is None:
            position = self.before.position if self.before else 0
        recounting = bool(wire.ask(_RECOUNTING))
        return Manifest(
            position,
            self.at,
            columns(),
            self.definitions,
            "" if recounting else self.calendars,
            {DOSSIERS: parts, **tables},
        )

    def _query(self, name: str, where: str = "", **values: Any) -> str:
        named = NAMED[name]
        sql = f"WITH workdays AS ({WORKDAYS}) SELECT {pouring.columns(named)} FROM ({named.live}) AS found {where}"
        return pouring.written(sql, {**self.values, **values})

    def _pour(self, name: str, query: str, into: str) -> int:
        rows = pouring.pour(self.db, NAMED[name], query, into)
        self.read += rows
        return rows

    def _whole(self, name: str) -> tuple[Part, ...]:
        """A small table: read whole, written when it differs."""
        self._pour(name, self._query(name), f"CREATE TABLE {name} AS SELECT * FROM {pouring.ROWS}")
        kept = self.before.tables.get(name, ()) if self.before else ()
        if kept and not self._differs(name, self._parts(name, kept)):
            return kept
        return (self._file(name, f"SELECT * FROM {name}"),)

    def _differs(self, one: str, other: str) -> bool:
        apart = f"(FROM {one} EXCEPT ALL FROM {other}) UNION ALL (FROM {other} EXCEPT ALL FROM {one})"
        return self.db.execute(f"SELECT 1 FROM ({apart}) LIMIT 1").fetchone() is not None

    def _months(self) -> Iterator[Part]:
        """All dossiers, a month of acceptance at a time: DuckDB ends one while PostgreSQL reads the next."""
        before: _Month | None = None
        try:
            for name, where, values in self._spans():
                month, before = before, self._begun(name, where, **values)
                if month:
                    yield from self._ended(month)
            if before:
                yield from self._ended(before)
        except BaseException:
            if before:
                before.poured.ended()
            raise

    def _spans(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The months there are, each with the condition its dossiers fulfil and its values."""
        yield NO_MONTH, "WHERE accepted_at IS NULL", {}
        for month in months(*wire.ask(_SPAN)[0]):
            within = "WHERE accepted_at >= %(start)s AND accepted_at < %(end)s"
            yield str(month), within, {"start": month.start, "end": month.end}

    def _begun(self, month: str, where: str, **values: Any) -> _Month:
        path = self._path(DOSSIERS, month)
        into = f"COPY (SELECT * FROM {pouring.ROWS}) TO {pouring.quoted(path)} {_PARQUET}"
        query = self._query(DOSSIERS, where, **values)
        return _Month(month, path, pouring.begun(self.db, NAMED[DOSSIERS], query, into))

    def _ended(self, month: _Month) -> Iterator[Part]:
        rows = month.poured.rows()
        self.read += rows
        if rows:
            yield self._part(DOSSIERS, month.path, rows, month.name)

    def _changed(self) -> Iterator[Part]:
        """The months as they were, but for those with dossiers that are not as they were."""
        assert self.before
        kept = self.before.tables[DOSSIERS]
        self.db.execute(f"CREATE VIEW old AS FROM {self._parts(DOSSIERS, kept)}")
        self._pour(
            DOSSIERS,
            self._query(DOSSIERS, "WHERE id = ANY(%(ids)s)", ids=self._candidates(self.before)),
            f"CREATE TABLE fresh AS SELECT * FROM {pouring.ROWS}",
        )
        self.db.execute(
            "CREATE TABLE moved AS (FROM fresh) EXCEPT (FROM old SEMI JOIN fresh USING (id));"
            " CREATE TABLE gone AS SELECT id, accepted_at FROM old SEMI JOIN moved USING (id)"
        )
        found = self.db.execute(f"SELECT {_MONTH} FROM moved UNION SELECT {_MONTH} FROM gone").fetchall()
        touched = {month for (month,) in found}
        yield from (part for part in kept if part.month not in touched)
        for month in sorted(touched):
            yield from self._merged(month, [part for part in kept if part.month == month])

    def _merged(self, month: str, kept: list[Part]) -> Iterator[Part]:
        rows = f"SELECT * FROM moved WHERE {_MONTH} = '{month}'"
        if kept:
            rows = f"(FROM {self._parts(DOSSIERS, kept)} ANTI JOIN moved USING (id)) UNION ALL ({rows})"
        part = self._file(DOSSIERS, rows, month)
        if part.rows:
            yield part
        else:
            (self.folder / part.path).unlink()

    def _candidates(self, before: Manifest) -> list[int]:
        """The ids of dossiers that may not be as the archive has them."""
        codes = [name.removeprefix(STREAMS) for name in log.changed(STREAMS, before.position)]
        silent = [key for (key,) in self.db.execute("SELECT id FROM old WHERE NOT reported").fetchall()]
        found = {key for (key,) in wire.ask(_OPEN)}
        for sql, asked in ((_OF_CODES, codes), (_REPORTED, silent)):
            for first in range(0, len(asked), MANY):
                found |= {key for (key,) in wire.ask(sql, [asked[first : first + MANY]])}
        return sorted(found)

    def _parts(self, name: str, parts: Iterable[Part]) -> str:
        return pouring.source(NAMED[name], [self.folder / part.path for part in parts])

    def _file(self, name: str, rows: str, month: str = "") -> Part:
        path = self._path(name, month)
        found = self.db.execute(f"COPY ({rows}) TO {pouring.quoted(path)} {_PARQUET}").fetchone()
        return self._part(name, path, found[0] if found else 0, month)

    def _path(self, name: str, month: str) -> Path:
        place = self.folder / name
        if month:
            year, number = month.split("-")
            place = place / f"year={year}" / f"month={number}"
        place.mkdir(parents=True, exist_ok=True)
        return place / f"{self.token}.parquet"

    def _part(self, name: str, path: Path, rows: int, month: str) -> Part:
        manifest.settle(path)
        manifest.settle(path.parent)
        self.told(f"{name} {month}".strip(), rows)
        return Part(str(path.relative_to(self.folder)), rows, manifest.digest(path), month)
