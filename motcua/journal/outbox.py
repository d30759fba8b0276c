"""Jobs deferred in the same transaction as the fact they follow (hộp thư đi)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from procrastinate.tasks import Task

from .wire import Statement, packed

_ONE = "ROW(%s, %s, %s, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1"


class Job(NamedTuple):
    """A task to be worked off, named: a room above the one that queues it may own it.

    Jobs of one `lock` run one after the other, in the order they were queued; those without one, as they come.
    """

    queue: str
    task: str
    args: Mapping[str, Any]
    lock: str | None = None
    priority: int = 0

    @classmethod
    def of(cls, task: Task[Any, Any, Any], *, lock: str, **args: Any) -> Job:
        return cls(task.queue, task.name, args, lock, task.priority)


def queued(*jobs: Job) -> Statement:
    """The statement that queues these jobs, to stand last in an act's write."""
    values = [value for job in jobs for value in _values(job)]
    return Statement(_defer(len(jobs)), values)


def queued_if(when: Statement, job: Job, *jobs: Job) -> Statement:
    """Like `queued` for `jobs`, and for `job` as well where the condition `when` holds."""
    values = [value for each in jobs for value in _values(each)] + [*when.values, *_values(job)]
    also = f"CASE WHEN {when.sql} THEN ARRAY[{_ONE}] ELSE ARRAY[]::procrastinate_job_to_defer_v1[] END"
    return Statement(f"{_defer(len(jobs))[:-1]} || {also})", values)


def job(task: Task[Any, Any, Any], *, lock: str, **args: Any) -> Statement:
    """The statement that queues one job of `task` with `args`."""
    return queued(Job.of(task, lock=lock, **args))


def _values(job: Job) -> tuple[Any, ...]:
    return job.queue, job.task, job.priority, job.lock, packed(job.args)


@cache
def _defer(jobs: int) -> str:
    return f"SELECT procrastinate_defer_jobs_v1(ARRAY[{', '.join([_ONE] * jobs)}])"
