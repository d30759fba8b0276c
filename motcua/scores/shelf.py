"""The shelf of counts: one unlogged table that all workers share, and who counts while others wait (số liệu tính sẵn).

How long a count is good is for those to say who put it there: `fresh` by the position of the journal, pages of the
rooms above by what moves their own figures.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from motcua.journal import wire

from .models import Counted

T = TypeVar("T")

ONCE = 200  # things made of one count that a worker keeps: pages of any address are asked for
MOST = 128  # counts kept in the memory of one worker
LASTS = timedelta(hours=3)  # how long a count nobody renewed is kept for the other workers
_FORGET = "DELETE FROM scores_counted WHERE at < %s RETURNING 1"


@dataclass(slots=True, kw_only=True)
class Making:
    """Something counted, with what this worker made of it."""

    made: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is made of the count, made once."""
        if name in self.made:
            found: T = self.made[name]
            return found
        made = make()
        if len(self.made) < ONCE:
            self.made[name] = made
        return made


def found(keys: Iterable[str]) -> list[Counted]:
    """What lies there under some names."""
    return list(Counted.objects.filter(key__in=list(keys)))


def put(
    key: str, data: Any, *, at: datetime, stamp: str = "", cost: float, now: datetime | None = None
) -> None:
    """Lay JSON data there, counted as of a moment; what is too old `now`, or then, goes. `cost` in seconds."""
    wire.ask(_FORGET, [(now or at) - LASTS])
    Counted.objects.bulk_create(
        [Counted(key=key, at=at, stamp=stamp, data=data, cost=cost)],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["at", "stamp", "data", "cost"],
    )


@contextmanager
def alone(key: str) -> Iterator[bool]:
    """The turn to count and put; whether somebody else had it first, who will have left what they counted."""
    with transaction.atomic():
        name = [f"scores {key}"]
        ((free,),) = wire.ask("SELECT pg_try_advisory_xact_lock(hashtext(%s))", name)
        if not free:
            wire.ask("SELECT pg_advisory_xact_lock(hashtext(%s))", name)
        yield not free
