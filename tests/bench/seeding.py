"""Fill an empty database with a province of many dossiers, generated from their facts and written by COPY.

Only a database that holds nothing is filled, and the first thing written into it is the mark of a demo world.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from .lives import Days, Life, Lives

SEED = 766
HANDS = os.cpu_count() or 1
SPAN = 330  # working days a million dossiers come in over; fewer come in over fewer
LEAST = 200  # dossiers a working day, however few there are


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was written, and in how many seconds."""

    dossiers: int
    facts: int
    tasks: int
    seconds: float


def fill(count: int, *, at: datetime) -> Seeded:
    """Write `count` dossiers that came in until `at`. Raises Refused where the database is not empty."""
    from motcua.demo import province, stock, worlds

    spans = list(_spans(count, at))
    start = spans[0].first
    months = max(1, (at - start).days // 31)
    run = worlds.world(worlds.Wish(months=months, dossiers=count, seed=SEED, at=at), now=at)
    if run.finished_at or run.begun_at != at:
        raise worlds.Refused("Cơ sở dữ liệu đã có một bản thử; chỉ nạp vào cơ sở dữ liệu trống")
    province.load(seed=SEED, at=start)
    stock.stock("", at=start)
    began = time.perf_counter()
    written = _poured(spans, start, at)
    _settle(count)
    run.finished_at = at
    run.save(update_fields=["finished_at"])
    return Seeded(count, *written, time.perf_counter() - began)


def _spans(count: int, at: datetime) -> Iterator[Days]:
    """The working days until `at`, each with its share of the dossiers and the days off after it."""
    from motcua.law.calendar import Calendar

    from .lives import Days

    number = max(1, min(SPAN, count // LEAST))
    working, on = list[datetime](), at.replace(hour=0, minute=0, second=0, microsecond=0)
    while len(working) < number:
        on -= timedelta(days=1)
        if Calendar().is_working(on.date()):
            working.insert(0, on)
    key = 1
    for place, (first, end) in enumerate(pairwise([*working, at])):
        until = key + count // number + (place < count % number)
        # A story may begin some seconds late; a code tells the day, so that must not become another one.
        yield Days(end - timedelta(minutes=2), 0, until - key, SEED * 1000 + place, first=first, key=key)
        key = until


def _poured(spans: Sequence[Days], start: datetime, at: datetime) -> tuple[int, int]:
    """Facts and tasks written, by several processes at once, a span each."""
    connection.close()
    name = settings.DATABASES["default"]["NAME"]
    with (
        ProcessPoolExecutor(
            HANDS, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(name, start, at)
        ) as hands,
        Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        ) as bar,
    ):
        doing, facts, tasks = bar.add_task("dossiers", total=sum(span.dossiers for span in spans)), 0, 0
        for dossiers, some_facts, some_tasks in hands.map(_pour, spans):
            facts, tasks = facts + some_facts, tasks + some_tasks
            bar.advance(doing, dossiers)
    return facts, tasks


_lives: Lives | None = None


def _begin(name: str, start: datetime, at: datetime) -> None:
    """Make a process ready to write into the database `name`."""
    global _lives
    settings.DATABASES["default"]["NAME"] = name
    import django

    django.setup()
    from motcua.demo.world import World
    from motcua.law.calendar import day

    from .lives import Lives

    _lives = Lives(World(day(start), SEED), at)


def _pour(span: Days) -> tuple[int, int, int]:
    """Write the dossiers of some days: how many, their facts, their tasks."""
    from motcua.journal import log

    from .copying import copy

    assert _lives
    _lives.ordinals.clear()
    lives = list(_lives.of(span))
    with transaction.atomic():
        ordinals = [(agency, on, last) for (agency, on), last in _lives.ordinals.items()]
        copy("dossiers_daycounter", ("agency_code", "day", "last"), ordinals)
        copy("dossiers_dossier", *_rows(lives))
        facts = copy("journal_entry", log.COLUMNS, (row for life in lives for row in _entries(life)))
        tasks = copy("dossiers_task", *_tasks(lives))
    return len(lives), facts, tasks


def _rows(lives: Sequence[Life]) -> tuple[list[str], Iterator[list[Any]]]:
    fields = lives[0].dossier._meta.concrete_fields
    return [f.column for f in fields], ([getattr(life.dossier, f.attname) for f in fields] for life in lives)


def _tasks(lives: Sequence[Life]) -> tuple[list[str], Iterator[list[Any]]]:
    from motcua.dossiers.duties import TASK_FIELDS

    rows = ([life.dossier.pk, *(task[f] for f in TASK_FIELDS)] for life in lives for task in life.tasks)
    return ["dossier_id", *TASK_FIELDS], rows


def _entries(life: Life) -> Iterator[tuple[Any, ...]]:
    """The chain of a dossier's facts, each recorded when it happened."""
    from motcua.journal import log

    return log.chained(log.Past(life.dossier.stream, ()), life.facts)


def _settle(count: int) -> None:
    """What a database that grew for months has had done to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('dossiers_dossier_id_seq', %s)", [count])
        cursor.execute("VACUUM ANALYZE")
