"""The three engines a measure runs on: the live database, DuckDB and Spark over archives (công cụ tính).

All answer from the same expressions (`measures`) over tables of the same names and columns (`tables`), so they
answer the same; ADR 0015 tells why there are three.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from motcua.people.models import Unit
    from motcua.scores.declaring.queries import Figures
    from motcua.scores.measures import Side
    from motcua.scores.periods import Period, Window
    from motcua.scores.queries import Found

NAMES = ("live", "duckdb", "spark")
LOCAL = "local[*]"


class Unusable(Exception):
    """An engine that cannot run here, or cannot answer this; the message says what to do."""


class Engine(Protocol):
    """What counts (công cụ tính)."""

    @property
    def at(self) -> datetime | None:
        """The last moment it knows of; None for the live database, which knows of now."""

    def units(self) -> dict[int, Unit]:
        """Every unit by its key. The keys of several archives do not meet; `named` tells where one belongs."""

    def counts(self, window: Window) -> Found:
        """The number of rows on every side of every measure, by key of the unit scored and code."""

    def declared(self, period: Period, at: datetime) -> Figures:
        """What units declared of the index for a period, as known at a moment."""

    def ids(self, code: str, side: Side, scope: int, window: Window) -> list[int]:
        """The keys of the dossiers or procedures behind one side of a measure in one scope, ascending."""

    def named(self, key: int) -> tuple[int, int]:
        """The number of the archive a key is of, from 0, and the id in its database."""


def engine(name: str, archives: Sequence[Path] = (), *, master: str = LOCAL) -> Engine:
    """The engine of that name over some archives, each a province; `master` is Spark's.

    Raises Unusable, BadArchive.
    """
    if name == "live":
        from .running import Live

        return Live()
    if not archives:
        raise Unusable(
            f"--engine {name} tính trên kho lưu: thêm --archive DIR (tạo bằng motcua archive --to DIR)"
        )
    if name == "duckdb":
        from .duck import Duck

        return Duck(archives)
    from .spark import Spark

    return Spark(archives, master)
