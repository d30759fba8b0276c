"""What DuckDB and Spark share: several archives as one set of named tables, and the questions put to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from motcua.people.models import Officer, Unit
from motcua.scores import live
from motcua.scores.archive import manifest
from motcua.scores.archive.manifest import BadArchive, Manifest, Part
from motcua.scores.declaring import queries as declaring
from motcua.scores.declaring.models import Declared
from motcua.scores.declaring.queries import Figures
from motcua.scores.declaring.subjects import OF_INDEX
from motcua.scores.live import Counts
from motcua.scores.measures import MEASURES, SIDES, Side, tallies
from motcua.scores.periods import Period, Window
from motcua.scores.populations import PARAMETERS
from motcua.scores.tables import DECLARED, KEYS, MOMENT, NAMED, UNITS, Named, columns

PLACE = 1 << 44  # keys of the second archive begin here, those of the third at twice this


class Archives(ABC):
    """See `Engine`. The ids of the first archive stay as they are; those of the next are moved out of its way."""

    dialect: str

    def __init__(self, folders: Sequence[Path]) -> None:
        """Raises BadArchive, Unusable."""
        held = [manifest.read(folder) for folder in folders]
        self._held = list(zip(folders, held, strict=True))
        if len({each.definitions for each in held}) > 1:
            raise BadArchive(
                "các kho lưu viết theo những định nghĩa bảng khác nhau; lưu lại tất cả bằng cùng một phiên bản"
            )
        for folder, each in self._held:
            if each.columns != columns():
                raise BadArchive(
                    f"{folder} do phiên bản khác của chương trình ghi; ghi lại bằng motcua archive --full"
                )
        self.at = min(each.at for each in held)
        files: dict[str, list[list[Path]]] = {
            name: [[folder / part.path for part in each.tables[name]] for folder, each in self._held]
            for name in NAMED
        }
        if bad := self._those(manifest.cut):
            raise _damaged(bad)
        self._begin()
        with self._reading():
            for name, of_each in files.items():
                self._give(NAMED[name], of_each)

    @abstractmethod
    def _begin(self) -> None:
        """Have the engine ready."""

    @abstractmethod
    def _give(self, named: Named, files: Sequence[Sequence[Path]]) -> None:
        """Let statements know a table by its name; its files, of each archive."""

    @abstractmethod
    def _rows(self, sql: str) -> Iterable[Sequence[Any]]:
        """The rows of an answer."""

    @abstractmethod
    def _failures(self) -> tuple[type[Exception], ...]:
        """What the engine raises when it cannot read a file, among other things."""

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Where the engine fails and files are not as they were written, tell of these. Raises BadArchive."""
        try:
            yield
        except self._failures() as wrong:
            if bad := self._those(manifest.damaged):
                raise _damaged(bad) from wrong
            raise

    def _those(self, chosen: Callable[[Path, Manifest], Iterable[Part]]) -> list[Path]:
        return [folder / part.path for folder, held in self._held for part in chosen(folder, held)]

    def _ask(self, sql: str) -> Iterable[Sequence[Any]]:
        with self._reading():
            return self._rows(sql)

    def units(self) -> dict[int, Unit]:
        found = [dict(zip(UNITS.columns, row, strict=True)) for row in self._ask(self.sql(UNITS, {}))]
        return {row["id"]: _unit(row) for row in sorted(found, key=lambda row: (row["code"], row["id"]))}

    def counts(self, window: Window) -> Counts:
        rows = self._ask(_tallied(self.dialect, tuple(live.parameters(window).items())))
        return {
            (scope, code): dict(zip(SIDES, (int(side or 0) for side in sides), strict=True))
            for scope, code, *sides in rows
        }

    def declared(self, period: Period, at: datetime) -> Figures:
        known = DECLARED.filter(
            DECLARED.indicator.isin(sorted(OF_INDEX)),
            DECLARED.period.isin(sorted(declaring.asked(period))),
            DECLARED.at <= ibis.literal(at.astimezone(UTC), MOMENT),
        ).drop("at")
        rows = [dict(zip(known.columns, row, strict=True)) for row in self._ask(self.sql(known, {}))]
        newest = sorted(rows, key=lambda row: -row["id"])
        return declaring.told([_declared(row) for row in newest], period)

    def ids(self, code: str, side: Side, scope: int, window: Window) -> list[int]:
        found = MEASURES[code].rows[side]
        chosen = found.filter(found.scope == scope).select("id")
        return sorted(key for (key,) in self._ask(self.sql(chosen, live.parameters(window))))

    def named(self, key: int) -> tuple[int, int]:
        return divmod(key, PLACE)

    def sql(self, table: ir.Table, values: Mapping[str, Any]) -> str:
        """An expression as this engine's SQL, with the values of its parameters."""
        return _sql(table, self.dialect, values)


def _damaged(bad: Sequence[Path]) -> BadArchive:
    return BadArchive(
        f"kho lưu có {len(bad)} tệp mất hoặc không còn như lúc ghi: {', '.join(map(str, bad[:3]))};"
        " ghi lại kho ấy bằng motcua archive --full, hoặc lấy lại bản sao"
    )


@lru_cache(maxsize=64)
def _tallied(dialect: str, values: tuple[tuple[str, Any], ...]) -> str:
    return _sql(tallies(), dialect, dict(values))


def _sql(table: ir.Table, dialect: str, values: Mapping[str, Any]) -> str:
    params = {PARAMETERS[name]: _utc(value) for name, value in values.items()}
    return str(ibis.to_sql(table, dialect=dialect, params=params))


def union(named: Named, sources: Sequence[str], quote: str) -> str:
    """The rows of a table in all archives, keys moved apart."""
    return " UNION ALL ".join(
        f"SELECT {', '.join(_column(name, place, quote) for name in named.columns)} FROM {source}"
        for place, source in enumerate(sources)
    )


def _column(name: str, place: int, quote: str) -> str:
    column = f"{quote}{name}{quote}"
    return f"{column} + {place * PLACE} AS {column}" if place and name in KEYS else column


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _declared(row: Mapping[str, Any]) -> Declared:
    """A declared figure as the archive knows it; never saved."""
    return Declared(
        pk=row["id"],
        unit_id=row["unit"],
        indicator=row["indicator"],
        period=row["period"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        by=Officer(full_name=row["officer"]),
    )


def _unit(row: Mapping[str, Any]) -> Unit:
    """A unit as the archive knows it; never saved."""
    return Unit(
        pk=row["id"],
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        parent_id=row["parent"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
