"""Do the rows of tasks say what their facts say (đối chiếu nhiệm vụ với sự kiện)?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from motcua.journal import log
from motcua.law import steering
from motcua.people.models import Officer, Unit

from . import rows
from .models import Task

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Differs:
    """A column of a task that says otherwise than its facts."""

    code: str
    field: str
    kept: Any
    told: Any


def differing() -> Iterator[Differs]:
    """Every column of every task that its facts do not give."""
    known = rows.Ids(
        dict(Unit.objects.values_list("code", "pk")), dict(Officer.objects.values_list("username", "pk"))
    )
    for task in Task.objects.order_by("pk").iterator(chunk_size=CHUNK):
        past = log.read(task.stream)
        if not past.facts:
            yield Differs(task.code, "facts", task.facts, 0)
            continue
        standing = steering.fold(past.facts)
        told = rows.columns(standing, past, known) | {
            "due": standing.due,
            "giver_id": _giver(standing, known),
        }
        told.pop("rung", None)
        for name, value in told.items():
            if getattr(task, name) != value:
                yield Differs(task.code, name, getattr(task, name), value)


def _giver(standing: steering.Standing, known: rows.Ids) -> int | None:
    return known.units.get(standing.given.giver) if standing.given else None
