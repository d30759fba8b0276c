"""Jobs deferred in the same transaction as the fact they follow (hộp thư đi)."""

from __future__ import annotations

from typing import Any

from procrastinate.tasks import Task
from psycopg.types.json import Jsonb

from .wire import Statement

_DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY["
    "ROW(%s, %s, %s, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1])"
)


def job(task: Task[Any, Any, Any], *, lock: str, **args: Any) -> Statement:
    """The statement that queues `task` with `args`, to stand last in an act's write.

    Jobs of one `lock` run one after the other, in the order they were queued.
    """
    return Statement(_DEFER, [task.queue, task.name, task.priority, lock, Jsonb(args)])
