"""Jobs deferred in the same transaction as the fact they follow (hộp thư đi)."""

from __future__ import annotations

from typing import Any

from django.db import connection
from procrastinate.tasks import Task
from psycopg.types.json import Jsonb

_DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY["
    "ROW(%s, %s, %s, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1])"
)


def defer(task: Task[Any, Any, Any], *, lock: str, **args: Any) -> None:
    """Queue `task` with `args`; jobs of one `lock` run one after the other, in the order they were queued.

    Unlike the library's own call it asks for no answer, so it costs no round trip of its own inside an act.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DEFER, [task.queue, task.name, task.priority, lock, Jsonb(args)])
