"""Running every rule over every procedure, and keeping what was found: the same twice changes nothing (rà dữ liệu).

Parts of the act `sweep`, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db.models import Count, Q

from motcua.law.calendar import day

from ..models import Version
from . import gathering
from .models import Flaw, State, Sweep
from .record import Known, Record
from .rule import Spot
from .rules import ALL

Key = tuple[int, str, str]
BATCH = 1000


@dataclass
class Swept:
    """What a sweep found and changed (kết quả rà); `unchecked` says of a rule why it could not be checked."""

    procedures: int = 0
    found: int = 0
    new: int = 0
    mended: int = 0
    again: int = 0
    unchecked: dict[str, str] = field(default_factory=dict)


def spots(
    records: Sequence[Record], known: Known, unchecked: dict[str, str]
) -> Iterator[tuple[Record, str, Spot]]:
    """What each rule finds; those that cannot be checked say why in `unchecked`."""
    for rule in ALL.values():
        if why := rule.lacks(known):
            unchecked[rule.code] = why
            continue
        for record, spot in rule.find(records, known):
            yield record, rule.code, spot


def sweep(at: datetime) -> Swept:
    """Look at all procedures in force and bring the kept flaws up to date."""
    records = gathering.records(day(at))
    done = Swept(procedures=len(records))
    around = gathering.known(day(at), records)
    found: dict[Key, str] = {}
    for record, code, spot in spots(records, around, done.unchecked):
        found[record.version, code, spot.place[:200]] = spot.said
    done.found = len(found)
    _keep(found, done, at)
    _note(done, at)
    return done


def _keep(found: dict[Key, str], done: Swept, at: datetime) -> None:
    kept = {(flaw.version_id, flaw.rule, flaw.place): flaw for flaw in Flaw.objects.all()}
    kept = _followed(kept, found)
    _close([flaw for key, flaw in kept.items() if key not in found and _closes(flaw, done)], done, at)
    again = [flaw for key, flaw in kept.items() if key in found and flaw.state == State.MENDED]
    for flaw in again:
        flaw.state, flaw.settled_at, flaw.settled_by = State.OPEN, None, ""
    reworded = [flaw for key, flaw in kept.items() if key in found and flaw.said != found[key]]
    for flaw in reworded:
        flaw.said = found[flaw.version_id, flaw.rule, flaw.place]
    _save([*again, *reworded])
    done.again = len(again)
    new = [key for key in found if key not in kept]
    done.new = len(new)
    _add(new, found, at)


def _closes(flaw: Flaw, done: Swept) -> bool:
    """Whether a flaw that was not found is mended: not when its rule could not be checked this time."""
    return flaw.state != State.MENDED and flaw.rule not in done.unchecked


def _close(flaws: Sequence[Flaw], done: Swept, at: datetime) -> None:
    for flaw in flaws:
        flaw.state, flaw.settled_at, flaw.settled_by = State.MENDED, at, ""
    _save(flaws)
    done.mended = len(flaws)


def _save(flaws: Sequence[Flaw]) -> None:
    Flaw.objects.bulk_update(flaws, ["state", "said", "settled_at", "settled_by"], batch_size=BATCH)


def _add(new: Sequence[Key], found: dict[Key, str], at: datetime) -> None:
    made = (
        Flaw(version_id=version, rule=rule, place=place, said=found[version, rule, place], found_at=at)
        for version, rule, place in new
    )
    while batch := list(islice(made, BATCH)):
        Flaw.objects.bulk_create(batch)


def _followed(kept: dict[Key, Flaw], found: dict[Key, str]) -> dict[Key, Flaw]:
    """A flaw that stands in the new text of its procedure too is the same one, with who mends it by when."""
    lost = [flaw for key, flaw in kept.items() if key not in found and flaw.state != State.MENDED]
    new = [key for key in found if key not in kept]
    versions = (
        {flaw.version_id for flaw in lost} | {version for version, *_ in new} if lost and new else set()
    )
    procedure = dict(Version.objects.filter(pk__in=versions).values_list("pk", "procedure"))
    here = {(procedure.get(version), rule, place): version for version, rule, place in new}
    moved = []
    for flaw in lost:
        if version := here.pop((procedure.get(flaw.version_id), flaw.rule, flaw.place), None):
            flaw.version_id = version
            moved.append(flaw)
    Flaw.objects.bulk_update(moved, ["version"], batch_size=BATCH)
    return {(flaw.version_id, flaw.rule, flaw.place): flaw for flaw in kept.values()}


def _note(done: Swept, at: datetime) -> None:
    """The row of the day: counts as they stand now."""
    counts = Flaw.objects.aggregate(**{state.value: Count("pk", filter=Q(state=state)) for state in State})
    counting = [rule.code for rule in ALL.values() if rule.counts]
    flawed = Flaw.objects.filter(
        state=State.OPEN, rule__in=counting, version__in=gathering.in_force(day(at)).values("pk")
    )
    spotless = done.procedures - flawed.values("version").distinct().count()
    told = {"procedures": done.procedures, "spotless": spotless, "unchecked": done.unchecked, **counts}
    Sweep.objects.update_or_create(day=day(at), defaults={"at": at, **told})
