"""The databases of a run: an empty one of its own, and seeded ones that a later run may find again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from .seeding import Seeded

_made: set[str] = set()
FRESH = timedelta(days=3)  # an older world has no dossier of this week


@contextmanager
def empty(name: str) -> Iterator[None]:
    """A new database, migrated, dropped at the end."""
    _create(name)
    try:
        with using(name):
            call_command("migrate", verbosity=0)
            yield
    finally:
        drop(name)


@contextmanager
def using(name: str) -> Iterator[None]:
    """Everything Django asks goes to this database, until the end."""
    place = settings.DATABASES["default"]
    before, place["NAME"] = place["NAME"], name
    connection.close()
    try:
        yield
    finally:
        connection.close()
        place["NAME"] = before


@contextmanager
def seeds(*, keep: bool) -> Iterator[None]:
    """Seeded databases made within are dropped at the end, or kept for the next run."""
    try:
        yield
    finally:
        while _made:
            name = _made.pop()
            if not keep:
                drop(name)


def seeded(count: int) -> tuple[str, Seeded | None]:
    """The name of a database with `count` seeded dossiers, and what seeding it took when it was not there."""
    from . import seeding

    return filled(f"bench_of_{count}", lambda at: seeding.fill(count, at=at))


def steered(count: int) -> tuple[str, Seeded | None]:
    """The same of a province with `count` tasks of leaders."""
    from . import leading

    return filled(f"bench_steering_{count}", lambda at: leading.fill(count, at=at))


def filled(name: str, fill: Callable[[datetime], Seeded]) -> tuple[str, Seeded | None]:
    """The name of a database that `fill` fills unless it is there and fresh, and what that took."""
    now = timezone.now().astimezone(timezone.get_default_timezone())
    _made.add(name)
    if _exists(name) and _complete(name, now):
        return name, None
    drop(name)
    _create(name)
    with using(name):
        call_command("migrate", verbosity=0)
        return name, fill(now.replace(second=0, microsecond=0))


def drop(name: str) -> None:
    """Drop a database of the bench if it is there."""
    _server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def size(name: str) -> int:
    """Bytes of a database."""
    return int(_server("SELECT pg_database_size(%s)", name)[0][0])


def url(name: str) -> str:
    """DATABASE_URL of a database of the same server."""
    place = settings.DATABASES["default"]
    host = "".join(f"%{byte:02X}" for byte in os.fsencode(place["HOST"]))  # a socket's folder may be one
    secret = f":{quote(place['PASSWORD'])}" if place["PASSWORD"] else ""
    return f"postgresql://{quote(place['USER'])}{secret}@{host}:{place['PORT'] or 5432}/{name}"


def _complete(name: str, now: datetime) -> bool:
    from motcua.demo.models import DemoRun

    with using(name):
        call_command("migrate", verbosity=0)
        run = DemoRun.objects.filter(finished_at__isnull=False).first()
        return run is not None and now - run.at < FRESH


def _exists(name: str) -> bool:
    return bool(_server("SELECT 1 FROM pg_database WHERE datname = %s", name))


def _create(name: str) -> None:
    _server(f"CREATE DATABASE {name}")


def _server(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    place = settings.DATABASES["default"]
    reach: dict[str, Any] = {
        "host": place["HOST"],
        "port": place["PORT"] or None,
        "user": place["USER"],
        "password": place["PASSWORD"],
    }
    with psycopg.connect(**reach, dbname="postgres", autocommit=True) as server:
        answer = server.execute(sql, values or None)
        return answer.fetchall() if answer.description is not None else []
