"""What pages of the index count, kept for two seconds and shared by all workers (số liệu tính sẵn).

A viewer who comes within two seconds of a look gets what that look saw. After that the journal is asked how far it
has gone: as long as it has not moved nothing is counted again, and when it has, one viewer counts and the others
wait for that count. The kept counts lie in an unlogged table, so that every worker has them; what a worker made of
them (scores, rendered parts) stays in its own memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock, RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import connection, transaction

from motcua.journal import log, wire
from motcua.law import indicators
from motcua.law.calendar import TZ, day
from motcua.law.packs import NotInForce

from . import queries
from .asked import Asked
from .models import Counted
from .periods import BadPeriod, Window
from .queries import UnitIndex

if TYPE_CHECKING:
    from .measures import Side

T = TypeVar("T")

SIDES: tuple[Side, ...] = ("n", "d", "left_out")
HOUR = 3600.0  # how old the figures of another period may be beside those asked for, in seconds
ONCE = 200  # things made of one count that a worker keeps: pages of any address are asked for
MOST = 128  # counts kept in the memory of one worker
_LASTS = timedelta(hours=3)  # how long a count nobody renewed is kept for the other workers
# What moves figures without leaving a fact: messages the portal took, texts and processes, declared figures, rows
# written again (`motcua recount`, `motcua verify --mend`). A message is numbered before it is there, as entries are.
_BESIDES = """
    SELECT (SELECT max(id)::text || ' ' || sum(id)
            FROM (SELECT id FROM gateways_delivery ORDER BY id DESC LIMIT 256) AS recent),
           (SELECT max(id)::text || ' ' || count(published_at) FROM catalogue_version),
           (SELECT max(id)::text || ' ' || count(*) FILTER (WHERE status = 'published') FROM catalogue_processversion),
           (SELECT max(id) FROM scores_declared), (SELECT last_value::text || is_called FROM dossiers_rewritten)
"""
_FORGET = "DELETE FROM scores_counted WHERE at < %s RETURNING 1"
_KEPT: OrderedDict[str, Kept] = OrderedDict()
_GUARD = RLock()
_BUSY: dict[str, Lock] = {}


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


@dataclass(slots=True)
class Kept(Making):
    """One count: `at` the moment counted at, `stamp` what was known then, `made` what this worker made of it."""

    at: datetime
    stamp: str
    data: Any
    until: float = 0.0
    looked: float = field(default_factory=monotonic)


def kept(name: str, asked: Asked, count: Callable[[datetime], Any], *, patience: float | None = None) -> Kept:
    """The count `name` of the period asked for, at most two seconds behind what happened, its own cost included.

    `count` gives JSON data as of a moment. With `patience`, in seconds, one as old as that is good enough.
    """
    if not settings.INDEX_SECONDS:
        return Kept(asked.at, "", count(asked.at))
    name = f"{name} {asked.period}"
    exact = f"{name}@{asked.at.isoformat()}" if asked.at != asked.now else ""
    found = _found(exact) or _found(name)
    if found and exact and found.at != asked.at:
        found = None
    if found and _still_good(found, asked, patience):
        return found
    with _lock(exact or name):
        return _renewed(name, exact, asked, count, patience)


def known(asked: Asked) -> bool:
    """Whether something of that period was counted at just that moment, as where a figure links to its rows."""
    exact = f" {asked.period}@{asked.at.isoformat()}"
    with _GUARD:
        if any(key.endswith(exact) for key in _KEPT):
            return True
    return Counted.objects.filter(at=asked.at, key__contains=f" {asked.period}").exists()


def forget() -> None:
    """Drop what this worker keeps."""
    with _GUARD:
        _KEPT.clear()


def _found(name: str) -> Kept | None:
    return _KEPT.get(name)


def _still_good(found: Kept, asked: Asked, patience: float | None) -> bool:
    if patience is not None:
        return monotonic() - found.looked < patience
    return monotonic() < found.until and found.stamp.startswith(_turn(asked))


def _lock(name: str) -> Lock:
    with _GUARD:
        if len(_BUSY) > MOST:
            _BUSY.clear()
        return _BUSY.setdefault(name, Lock())


def _renewed(
    name: str, exact: str, asked: Asked, count: Callable[[datetime], Any], patience: float | None
) -> Kept:
    """The count looked at again: as it was when nothing happened, from another worker, or counted anew."""
    begun, stamp = monotonic(), _stamp(asked)
    mine = _found(exact) or _found(name)
    if not mine or mine.stamp != stamp or (exact and mine.at != asked.at):
        mine = _shared(name, exact, asked, stamp, patience) or _counted(
            exact or name, asked, count, stamp, patience
        )
    now = monotonic()
    mine.looked, mine.until = now, begun + max(settings.INDEX_SECONDS - (now - begun), 0.1)
    with _GUARD:
        if (old := _KEPT.get(exact or name)) and old is not mine:
            old.made.clear()  # a link to that moment finds its counts; what was made of them weighs more
        for key in {exact or name, f"{name}@{mine.at.isoformat()}"}:
            _KEPT[key] = mine
            _KEPT.move_to_end(key)
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return mine


def _shared(name: str, exact: str, asked: Asked, stamp: str, patience: float | None) -> Kept | None:
    """What another worker counted, if it is of the same facts, or young enough for the patient."""
    rows = Counted.objects.filter(key__in=[name, exact] if exact else [name])
    if exact:
        rows = rows.filter(at=asked.at)
    for row in rows:
        young = patience is not None and asked.now - row.at < timedelta(seconds=patience)
        if row.stamp == stamp or young:
            return Kept(row.at, row.stamp, row.data)
    return None


def _counted(
    key: str, asked: Asked, count: Callable[[datetime], Any], stamp: str, patience: float | None
) -> Kept:
    """Count what is known as `stamp`, while those who want the same wait; the last of them find it done."""
    with transaction.atomic():
        if _waited(key):
            stamp = _stamp(asked)
            if row := _shared(key, "", asked, stamp, patience):
                return row
        begun, data = monotonic(), count(asked.at)
        made = Counted(key=key, at=asked.at, stamp=stamp, data=data, cost=monotonic() - begun)
        wire.ask(_FORGET, [asked.now - _LASTS])
        Counted.objects.bulk_create(
            [made],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["at", "stamp", "data", "cost"],
        )
    return Kept(asked.at, stamp, data)


def _waited(key: str) -> bool:
    """Take the turn to count; whether somebody else had it first, who will have left what they counted."""
    name = [f"scores {key}"]
    ((free,),) = wire.ask("SELECT pg_try_advisory_xact_lock(hashtext(%s))", name)
    if not free:
        wire.ask("SELECT pg_advisory_xact_lock(hashtext(%s))", name)
    return not free


def _stamp(asked: Asked) -> str:
    """What was known: figures of the same stamp are the same."""
    with connection.cursor() as cursor:
        cursor.execute(_BESIDES)
        besides = cursor.fetchone()
    return f"{_turn(asked)} {log.tail()} {besides}"


def _turn(asked: Asked) -> str:
    """What moves figures without anything happening: the minute, by which clocks are read; a new day.

    A report asks of its period before the first day of it, from the day its figures are taken from.
    """
    if asked.at >= asked.period.end:
        return f"{day(asked.at):%Y-%m-%d} "
    return f"{asked.at.astimezone(TZ):%Y-%m-%dT%H:%M} "


@dataclass(frozen=True)
class Look:
    """The index of all units as it was counted: `asked` tells the moment, which links to rows repeat."""

    asked: Asked
    kept: Kept

    @property
    def entries(self) -> list[UnitIndex]:
        """Every unit, ranked."""
        return self.kept.once(
            "entries", lambda: queries.index(self.asked.period, self.asked.at, found=self.found)
        )

    def of(self, unit: str) -> UnitIndex:
        """The entry of one unit. Raises Unscored."""
        return queries.of(self.entries, unit, self.asked.period)

    @property
    def found(self) -> queries.Found:
        return {(scope, code): dict(zip(SIDES, sides, strict=True)) for scope, code, *sides in self.kept.data}


def index(asked: Asked, *, patience: float | None = None) -> Look:
    """The index of the period asked for. Raises BadPeriod, NotInForce."""
    indicators.catalogue(asked.window.last)
    found = kept("index", asked, lambda at: _tallied(asked.period.window(at)), patience=patience)
    return Look(replace(asked, at=found.at), found)


def before(asked: Asked) -> Look | None:
    """The period before, for comparison: an hour old is good enough; None where there was no index."""
    try:
        return index(Asked(asked.period.previous, asked.now, asked.now), patience=HOUR)
    except (BadPeriod, NotInForce):
        return None


def _tallied(window: Window) -> list[list[Any]]:
    # With it comes Ibis, which takes a second to import.
    from . import live

    return [
        [scope, code, *(sides[side] for side in SIDES)]
        for (scope, code), sides in live.counts(window).items()
    ]
