"""The worklist and the page of a dossier when the office holds 1,000 dossiers, and when it holds 100,000.

The first thousand are made by acts; the rest are copies of them, rows and facts, in the same office.
"""

from __future__ import annotations

import time
from statistics import median

from django.db import connection
from django.test import Client

from motcua.dossiers.models import Dossier, Task

from . import processes
from .result import line

SMALL, LARGE = 1_000, 100_000
_KEPT = ("id", "code", "request_id")


def run() -> list[dict[str, object]]:
    crew = processes.crew()
    while (have := Dossier.objects.count()) < SMALL:
        crew.received()
    client = Client(SERVER_NAME="localhost")
    client.force_login(crew.officers.handler)
    code = crew.received().code
    pages = {"worklist page": "/ban-lam-viec/", "dossier page": f"/ho-so/{code}/"}
    small = {name: _seconds(client, url) for name, url in pages.items()}
    _copy(LARGE - have)
    large = {name: _seconds(client, url) for name, url in pages.items()}
    measure = f"{{}}s/s at {LARGE:,} dossiers"
    return [
        line("pile", measure.format(name), 1 / large[name], f"ours at {SMALL:,}", 1 / small[name], 0.7)
        for name in pages
    ]


def _seconds(client: Client, url: str) -> float:
    def once() -> float:
        began = time.perf_counter()
        assert client.get(url).status_code == 200
        return time.perf_counter() - began

    return median(once() for _ in range(15))


def _copy(count: int) -> None:
    times = count // SMALL + 1
    fields = ", ".join(f'd."{f.column}"' for f in Dossier._meta.concrete_fields if f.column not in _KEPT)
    bare = fields.replace("d.", "")
    task = ", ".join(
        f't."{f.column}"' for f in Task._meta.concrete_fields if f.column not in ("id", "dossier_id")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dossiers_dossier (code, request_id, {bare}) SELECT d.code || '-' || n,"
            f" gen_random_uuid(), {fields} FROM dossiers_dossier d, generate_series(1, %s) n"
            " WHERE d.code NOT LIKE 'floor%%'",
            [times],
        )
        cursor.execute(
            f"INSERT INTO dossiers_task (dossier_id, {task.replace('t.', '')}) SELECT c.id, {task}"
            " FROM dossiers_task t JOIN dossiers_dossier d ON d.id = t.dossier_id"
            " JOIN dossiers_dossier c ON c.code LIKE d.code || '-%%' AND c.id <> d.id"
        )
        cursor.execute("ANALYZE")
