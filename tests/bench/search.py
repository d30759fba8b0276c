"""The search of procedures beside the plainest one that ranks: how many words each title holds, by ILIKE."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import quantiles

import yaml
from django.db import connection

import motcua.demo
from motcua.catalogue import acts, searching
from motcua.catalogue.models import Procedure
from motcua.catalogue.words import words
from motcua.law.calendar import TZ

from . import stores
from .result import line

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared/data/catalogue/procedures.jsonl.gz"
SAMPLE = Path(motcua.demo.__file__).parent / "catalogue/procedures.yaml"
QUESTIONS = ROOT / "tests/samples/catalogue/questions.yaml"
ROWS = 20  # a page of the search


def run() -> list[dict[str, object]]:
    """95 in 100 questions of the written set are answered within so many ms, on the full catalogue if it is there."""
    with stores.empty(f"bench_search_{os.getpid()}"):
        return _measured(REAL if REAL.exists() else SAMPLE)


def _measured(catalogue: Path) -> list[dict[str, object]]:
    acts.import_catalogue(catalogue, by=None, at=datetime(2026, 7, 1, tzinfo=TZ), publish=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalogue_procedure")
    told = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    count, found = Procedure.objects.count(), []
    for kind, questions in told.items():
        asked = [question["ask"] for question in questions]
        ours, floor = _p95(_search, asked), _p95(_plain, asked)
        measure = f"{kind}, {count} procedures: questions/s at p95 (ours {ours:.1f} ms, floor {floor:.1f} ms)"
        found.append(line("search", measure, 1000 / ours, "ILIKE of each word", 1000 / floor, 1))
    return found


def _p95(search: Callable[[str], object], asked: list[str]) -> float:
    """Milliseconds; each question once before it is measured."""
    spent = []
    for text in asked:
        search(text)
        began = time.perf_counter()
        search(text)
        spent.append(1000 * (time.perf_counter() - began))
    return quantiles(spent, n=20)[-1]


def _search(text: str) -> object:
    return list(searching.matching(text)[:ROWS])


def _plain(text: str) -> object:
    asked = words(text)
    held = " + ".join(["(folded ILIKE %s)::int"] * len(asked))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, code, title, {held} AS held FROM catalogue_procedure ORDER BY held DESC LIMIT {ROWS}",
            [f"%{word}%" for word in asked],
        )
        return cursor.fetchall()
