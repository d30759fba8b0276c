"""`./run bench`: each claim of speed, in a database of its own, as a table and as JSON (var/bench.json)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from rich.console import Console
from rich.table import Table

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.settings")


def main() -> None:
    """Run the benches named on the command line, or all."""
    import django
    from django.conf import settings

    from motcua import embedded

    if not os.environ.get("DATABASE_URL"):
        embedded.start(settings.VAR)
    with _database(settings.DATABASES["default"]) as name:
        settings.DATABASES["default"]["NAME"] = name
        django.setup()
        results = _results(sys.argv[1:])
    Console().print(_table(results))
    path = settings.VAR / "bench.json"
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"JSON: {path}")


def _results(names: list[str]) -> list[dict[str, object]]:
    from django.core.management import call_command

    from . import due, joins, pile, printing, processes

    call_command("migrate", verbosity=0)
    benches = {"processes": processes, "due": due, "joins": joins, "pile": pile, "printing": printing}
    found = []
    for name in names or benches:
        print(f"{name}…", file=sys.stderr, flush=True)
        found += benches[name].run()
    return found


@contextmanager
def _database(place: dict[str, object]) -> Iterator[str]:
    name = f"bench_{os.getpid()}"
    reach = {
        "host": place["HOST"],
        "port": place["PORT"] or None,
        "user": place["USER"],
        "password": place["PASSWORD"],
    }
    with psycopg.connect(**reach, dbname="postgres", autocommit=True) as server:  # type: ignore[arg-type]
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _table(results: list[dict[str, object]]) -> Table:
    table = Table("bench", "measure", "ours", "peer", "ratio", "claim", "holds", title="motcua bench")
    for row in results:
        table.add_row(
            *(str(row[key]) for key in ("bench", "measure", "ours", "peer", "ratio", "claim", "holds"))
        )
    return table


main()
