"""Working off what a play left in the outbox, before the world is shown.

One message of a dossier says where it stands; those before it in the queue say less and later change nothing, as
the job itself knows. So each dossier is told once, as it stands, by the job's own function, and the jobs this
leaves without work are removed. Working off each of them takes ten times as long and ends the same.

Of what applicants are to be told only the newest notices are written and handed to the stand-in; the older ones are
left out, as a page of what was told months ago shows nothing a page of the last days does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from motcua.dossiers import tasks
from motcua.notices import tasks as notices

T = TypeVar("T")

BATCH = 50
NOTICES = 150
_OLDER_NOTICES = (
    "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s AND id NOT IN ("
    " SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s ORDER BY id DESC LIMIT %s)"
)
_NOTICES = (
    "SELECT id, args->>'code', (args->>'since')::int, (args->>'until')::int FROM procrastinate_jobs"
    " WHERE status = 'todo' AND task_name = %s ORDER BY id"
)
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


def to_notify() -> list[tuple[int, str, int, int]]:
    """The newest jobs that tell applicants (id, code, since, until); older ones are removed."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDER_NOTICES, [notices.tell.name, notices.tell.name, NOTICES])
        cursor.execute(_NOTICES, [notices.tell.name])
        return list(cursor.fetchall())


def notify(
    todo: list[tuple[int, str, int, int]], *, watch: Callable[[int], object] = lambda told: None
) -> None:
    """Tell the applicants of these jobs what happened, by the jobs' own functions."""
    for batch in _batches(iter(todo)):
        with transaction.atomic(), connection.cursor() as cursor:
            for _, code, since, until in batch:
                notices.compose(code, since, until)
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [[job for job, *_ in batch]])
        notices.round_of.func(0)
        watch(len(batch))


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, BATCH)):
        yield batch
