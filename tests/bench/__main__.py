"""`./run bench`: each claim of speed, in a database of its own, as a table and as JSON (var/bench.json)."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.settings")

WIDTH = 160  # what the table needs to have a line for each measure
PARTS = ("processes", "due", "joins", "printing", "search", "measures", "pile", "steering", "load")


def main() -> None:
    """Run the benches named on the command line, or all."""
    asked = _asked(sys.argv[1:])
    import django
    from django.conf import settings

    from motcua import embedded

    if not os.environ.get("DATABASE_URL"):
        embedded.start(settings.VAR)
    django.setup()
    results = _results(asked)
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(_table(results))
    path = settings.VAR / "bench.json"
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"JSON: {path}")


def _asked(words: list[str]) -> Namespace:
    parser = ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument("--dossiers", type=int, default=100_000, help="of the large pile (%(default)s)")
    parser.add_argument("--tasks", type=int, default=100_000, help="of steering (%(default)s)")
    parser.add_argument("--collisions", type=int, default=10_000, help="of joins (%(default)s)")
    parser.add_argument("--officers", type=int, default=40, help="clicking at once (%(default)s)")
    parser.add_argument("--minutes", type=float, default=1, help="they click (%(default)s)")
    parser.add_argument("--rows", type=int, default=200_000, help="dossiers of the measures (%(default)s)")
    parser.add_argument("--nation", action="store_true", help="the measures also on 10 and 40 times as many")
    parser.add_argument("--keep", action="store_true", help="keep the seeded databases for the next run")
    asked = parser.parse_args(words)
    if strange := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(strange))}")
    return asked


def _results(asked: Namespace) -> list[dict[str, object]]:
    from . import due, joins, load, measures, pile, printing, processes, search, steering, stores

    ways: dict[str, Callable[[], list[dict[str, object]]]] = {
        "processes": processes.run,
        "due": due.run,
        "joins": lambda: joins.run(asked.collisions),
        "printing": printing.run,
        "search": search.run,
        "measures": lambda: measures.run(asked.rows, asked.nation),
        "pile": lambda: pile.run(asked.dossiers),
        "steering": lambda: steering.run(asked.tasks),
        "load": lambda: load.run(asked.dossiers, asked.officers, asked.minutes),
    }
    found = []
    with stores.empty(f"bench_{os.getpid()}"), stores.seeds(keep=asked.keep):
        for name in asked.parts or PARTS:
            print(f"{name}…", file=sys.stderr, flush=True)
            found += ways[name]()
    return found


def _table(results: list[dict[str, object]]) -> Table:
    table = Table("bench", "measure", "ours", "peer", "ratio", "claim", "holds", title="motcua bench")
    said = {True: "holds", False: "[bold red]DOES NOT HOLD[/]", None: ""}
    for row in results:
        cells = (str(row[key]) for key in ("bench", "measure", "ours", "peer", "ratio", "claim"))
        table.add_row(*cells, said[row["holds"]])  # type: ignore[index]
    return table


if __name__ == "__main__":
    main()
