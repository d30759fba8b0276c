"""What pages and commands ask of dossiers: the worklist, one dossier with its clock, and whether all still agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from motcua.journal import log

from . import rows
from .models import STREAM, Dossier, Task

RELATED = ("version__procedure", "process", "deciding_unit__parent", "receiving_unit__parent")


@dataclass(frozen=True, slots=True)
class Differs:
    """A cached value that is not what the facts say."""

    code: str
    field: str
    cached: Any
    facts: Any


def folded(dossier: Dossier) -> rows.Folded:
    """A dossier with its facts, for reading."""
    return rows.Folded(dossier, log.read(dossier.stream))


def verify(prefix: str = "") -> Iterator[Differs]:
    """Fold every dossier's stream again and compare it with its cached row and its worklist."""
    dossiers = Dossier.objects.filter(code__startswith=prefix).select_related(*RELATED).order_by("pk")
    for dossier in dossiers.iterator(chunk_size=500):
        case = folded(dossier)
        if not case.facts:
            yield Differs(dossier.code, "facts", dossier.facts, 0)
            continue
        for name, value in rows.columns(case).items():
            if (cached := getattr(dossier, name)) != value:
                yield Differs(dossier.code, name, cached, value)
        yield from _tasks_differ(case)
    known = set(Dossier.objects.values_list("code", flat=True))
    for stream in log.streams(STREAM + prefix):
        if stream.removeprefix(STREAM) not in known:
            yield Differs(stream.removeprefix(STREAM), "dossier", None, "facts without a row")


def _tasks_differ(case: rows.Folded) -> Iterator[Differs]:
    cached = {t["step"]: t for t in Task.objects.filter(dossier=case.dossier).values(*rows.TASK_FIELDS)}
    fresh = {row["step"]: row for row in rows.task_rows(case)}
    for step in cached.keys() | fresh.keys():
        if cached.get(step) != fresh.get(step):
            yield Differs(case.dossier.code, f"task {step}", cached.get(step), fresh.get(step))
