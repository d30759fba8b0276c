"""Working off what a play left in the outbox, before the world is shown.

One message of a dossier says where it stands; those before it in the queue say less and later change nothing, as
the job itself knows. So each dossier is told once, as it stands, by the job's own function, and the jobs this
leaves without work are removed. Working off each of them takes ten times as long and ends the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from django.db import connection, transaction

from motcua.dossiers import tasks

BATCH = 50
_NEWEST = (
    "SELECT args->>'code', max((args->>'version')::int) FROM procrastinate_jobs"
    " WHERE status = 'todo' AND task_name = %s GROUP BY 1 ORDER BY 1"
)
_DONE = (
    "DELETE FROM procrastinate_jobs j USING dossiers_dossier d"
    " WHERE j.status = 'todo' AND j.task_name = %s AND j.args->>'code' = d.code AND d.code = ANY(%s)"
    " AND (j.args->>'version')::int <= d.reported"
)


def waiting() -> list[tuple[str, int]]:
    """The dossiers with something to tell, by code, each with the version it last reached."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [tasks.report.name])
        return list(cursor.fetchall())


def tell(todo: list[tuple[str, int]], *, watch: Callable[[int], object] = lambda told: None) -> None:
    """Tell the portal where each of these dossiers stands; `watch` hears how many were told at a time."""
    for batch in _batches(iter(todo)):
        with transaction.atomic(), connection.cursor() as cursor:
            for code, version in batch:
                tasks.report.func(code=code, version=version)
            cursor.execute(_DONE, [tasks.report.name, [code for code, _ in batch]])
        watch(len(batch))


def _batches(items: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    while batch := list(islice(items, BATCH)):
        yield batch
