"""DuckDB over archives: the index of past years, or of many provinces, on one machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from motcua.scores.archive import pouring
from motcua.scores.tables import Named

from .archives import Archives, union


class Duck(Archives):
    """See `Engine`."""

    dialect = "duckdb"

    def _begin(self) -> None:
        self.db = pouring.database()

    def _give(self, named: Named, files: Sequence[Sequence[Path]]) -> None:
        sources = [pouring.source(named, of_one) for of_one in files]
        self.db.execute(f"CREATE VIEW {named.name} AS {union(named, sources, chr(34))}")

    def _rows(self, sql: str) -> Iterable[Sequence[Any]]:
        return self.db.execute(sql).fetchall()

    def _failures(self) -> tuple[type[Exception], ...]:
        return (duckdb.Error,)
