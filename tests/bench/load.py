"""Forty officers at once, clicking through their day against `motcua serve` on a large pile (locust)."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from django.conf import settings
from django.db.models import Count

from motcua.demo import province
from motcua.dossiers.models import Task
from motcua.people.models import Post, Role

from . import stores

ROOT = Path(__file__).parents[2]
CREW = {  # of forty; others in proportion
    Role.HANDLER: 13,
    Role.RECEPTION: 12,
    Role.SIGNER: 6,
    Role.ASSIGNER: 5,
    Role.CLERK: 2,
    Role.CONTROLLER: 2,
}
ALONE = 20  # seconds one officer clicks before the others come
UNITS = 6  # the busiest ones of each role
SLOW = 1.0  # seconds a page may take at p95 before an officer's thought is broken
DOORS = ("sign in", "sign-in page")


def run(dossiers: int, officers: int, minutes: float) -> list[dict[str, object]]:
    """Seed, serve, click, and tell the times of all pages and of the slowest kinds; any error is told by name."""
    store, _ = stores.seeded(dossiers)
    with stores.using(store):
        names = _names(officers)
    with _served(store) as url:
        alone = _told(_clicked(url, names[:1], ALONE))
        stats = _clicked(url, names, 60 * minutes)
    return _lines(stats, alone, officers, minutes, dossiers)


def _names(officers: int) -> list[str]:
    """The user names of officers of the busiest units, roles mixed."""
    found: list[str] = []
    for role, number in CREW.items():
        busy = Task.objects.filter(role=role).values("unit").annotate(n=Count("id")).order_by("-n", "unit")
        units = [row["unit"] for row in busy[:UNITS]]
        posts = Post.objects.filter(role=role, valid_to=None).select_related("officer")
        held = posts.filter(unit__in=units) if units else posts
        people = list(dict.fromkeys(held.order_by("pk").values_list("officer__username", flat=True)))
        found += [people[n % len(people)] for n in range(max(1, round(number * officers / 40)))]
    return found[:officers]


@contextmanager
def _served(store: str) -> Iterator[str]:
    """The pages of a database, by the command people use, and their address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = os.environ | {"DATABASE_URL": stores.url(store), "MOTCUA_VAR": str(settings.VAR)}
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as server:
        try:
            _await(url, server)
            yield url
        finally:
            server.send_signal(signal.SIGTERM)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        if server.poll() is not None:
            raise RuntimeError(f"motcua serve left with {server.returncode}")
        try:
            with urlopen(f"{url}/dang-nhap/"):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def _clicked(url: str, names: list[str], seconds: float) -> list[dict[str, Any]]:
    """What locust counted, a line for each kind of page."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stats"
        asked: dict[str, object] = {
            "-f": Path(__file__).with_name("officers.py"),
            "--host": url,
            "--users": len(names),
            "--spawn-rate": max(1, len(names) / 20),
            "--run-time": f"{round(seconds)}s",
            "--stop-timeout": 20,
            "--loglevel": "WARNING",
            "--json-file": path,
            "--csv": path,
        }
        words = [str(word) for pair in asked.items() for word in pair]
        subprocess.run(
            [sys.executable, "-m", "locust", "--headless", "--only-summary", *words],
            env=os.environ | {"OFFICERS": json.dumps(names), "PASSWORD": province.PASSWORD},
            cwd=folder,
            stdout=sys.stderr,
            check=False,  # it leaves with 1 when any request failed; which ones is told
        )
        found: list[dict[str, Any]] = json.loads(path.with_suffix(".json").read_text())
        with path.with_name("stats_failures.csv").open(encoding="utf-8") as failures:
            for failure in csv.DictReader(failures):
                print(f"{failure['Occurrences']}× {failure['Name']}: {failure['Error']}", file=sys.stderr)
    return found


def _told(stats: list[dict[str, Any]]) -> Counter[float]:
    """How many requests took how many milliseconds, those of the doors aside."""
    found: Counter[float] = Counter()
    for page in stats:
        if page["name"] not in DOORS:
            found.update({float(ms): count for ms, count in page["response_times"].items()})
    return found


def _at(times: Mapping[float, int], share: float) -> float:
    """Milliseconds within which this share of the requests was answered."""
    wanted, seen = share * sum(times.values()), 0
    for ms in sorted(times):
        seen += times[ms]
        if seen >= wanted:
            return ms
    return 0.0


def _lines(
    stats: list[dict[str, Any]], alone: Counter[float], officers: int, minutes: float, dossiers: int
) -> list[dict[str, object]]:
    times = _told(stats)
    failed = sum(page["num_failures"] for page in stats)
    asked = sum(times.values())
    say = f"{officers} officers, {minutes:g} min, {dossiers:,} dossiers"
    found = [
        {
            "bench": "load",
            "measure": f"{say}: errors in {asked:,} requests ({asked / 60 / minutes:.1f}/s)",
            "ours": failed,
            "peer": "-",
            "ratio": "-",
            "claim": "0",
            "holds": failed == 0 and asked > 0,
        }
    ]
    found += [_line(f"{say}: all pages, ms at p{p}", _at(times, p / 100), alone, p) for p in (50, 95, 99)]
    for page in sorted(stats, key=lambda page: page["name"]):
        own = Counter({float(ms): count for ms, count in page["response_times"].items()})
        p50, p95 = (_at(own, share) for share in (0.5, 0.95))
        found.append(
            {
                "bench": "load",
                "measure": f"  {page['name']}, {page['num_requests']}×: ms at p50, p95",
                "ours": f"{p50:.0f}, {p95:.0f}",
                "peer": "-",
                "ratio": "-",
                "claim": "-",
                "holds": page["num_failures"] == 0,
            }
        )
    return found


def _line(measure: str, ms: float, alone: Counter[float], percent: int) -> dict[str, object]:
    """Against one officer alone; the claim is about what a person notices."""
    one = _at(alone, percent / 100)
    return {
        "bench": "load",
        "measure": measure,
        "ours": f"{ms:.0f}",
        "peer": f"one alone {one:.0f}",
        "ratio": round(one / ms, 2) if ms else "-",
        "claim": f"≤ {1000 * SLOW:.0f} ms" if percent == 95 else "-",
        "holds": percent != 95 or ms <= 1000 * SLOW,
    }
