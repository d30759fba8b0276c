"""Rows and facts by COPY, in portions: what bulk_create would take minutes for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from motcua.journal import log
from motcua.law.facts import Fact

PORTION = 2_000
T = TypeVar("T")


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a table; how many there were."""
    names, count = ", ".join(f'"{column}"' for column in columns), 0
    connection.ensure_connection()
    with connection.connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as sent:
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is wanted
            sent.write_row(row)
    return count


def write(made: Sequence[Model], *, own: bool = True) -> None:
    """COPY the rows of one model; those without an id of their own are numbered by the database."""
    if not made:
        return
    fields = [f for f in made[0]._meta.concrete_fields if own or not f.primary_key]
    copy(
        made[0]._meta.db_table,
        [f.column for f in fields],
        ([f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields] for row in made),
    )


def chained(streams: Iterable[tuple[str, Sequence[Fact]]]) -> int:
    """Write the facts of new streams; how many there were."""
    entries: Iterator[tuple[Any, ...]] = chain.from_iterable(
        log.chained(log.Past(stream, ()), facts) for stream, facts in streams
    )
    return copy("journal_entry", log.COLUMNS, entries)


def portions(whole: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """What there is, so many at a time."""
    rest = iter(whole)
    while portion := tuple(islice(rest, PORTION)):
        yield portion
