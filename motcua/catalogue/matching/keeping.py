"""Keeping what a comparison found: the same twice changes nothing, a decision stands while both sides say the same.

Parts of the acts, inside their transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from motcua.law.calendar import day

from ..announcing import applying, deriving
from ..announcing.deriving import LISTS
from ..cleaning.gathering import in_force
from ..cleaning.record import NATIONAL
from ..models import Version
from ..reading.drafts import Draft
from . import comparing
from .models import Kind, Matching, Mismatch

BATCH = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A mismatch before it is kept."""

    code: str
    field: str
    kind: Kind
    title: str
    version: Version | None = None
    ours: str = ""
    theirs: str = ""
    given: Any = None


def run(drafts: Iterable[Draft], matching: Matching, at: datetime) -> None:
    """Compare every record with the text in force, keep what differs, close what does not any more."""
    ours = _ours(at)
    seen: set[str] = set()
    found: dict[tuple[str, str], Found] = {}
    records = iter(drafts)
    while batch := list(islice(records, BATCH)):
        for one in _compared(batch, ours, matching, seen):
            found[one.code, one.field] = one
    # What is missing beside records nobody could read need not be only here.
    matching.whole = matching.whole and not matching.unread
    if matching.whole:
        gone = [key for code, key in ours.items() if code not in seen]
        found |= {(one.code, ""): one for one in _only_here(gone)}
    _keep(found, None if matching.whole else seen, at)
    matching.open = Mismatch.objects.filter(closed_at=None, decision="").count()
    matching.save()


def _ours(at: datetime) -> dict[str, int]:
    """The texts in force by code."""
    return dict(in_force(day(at)).values_list("procedure__code", "pk"))


def _compared(
    batch: Sequence[Draft], ours: dict[str, int], matching: Matching, seen: set[str]
) -> Iterator[Found]:
    named = {draft.code: draft.code if draft.code in ours else draft.code[:NATIONAL] for draft in batch}
    keys = [ours[code] for code in named.values() if code in ours]
    texts = Version.objects.select_related("procedure").defer("procedure__words").prefetch_related(*LISTS)
    held = {version.procedure.code: version for version in texts.in_bulk(keys).values()}
    for draft in batch:
        code = named[draft.code]
        matching.read += 1
        seen.add(code if code in held else draft.code)
        if version := held.get(code):
            # What the province says otherwise by decision is no difference from the central record.
            central = applying.central_of(version, deriving.content(version))
            differs = list(comparing.differences(central, comparing.content(draft)))
            matching.same += not differs
            for one in differs:
                yield Found(
                    code, one.field, Kind.FIELD, version.title, version, one.ours, one.theirs, one.given
                )
        else:
            given = comparing.content(draft)
            yield Found(draft.code, "", Kind.ONLY_THERE, draft.title, None, "", draft.title, given)


def _only_here(keys: Sequence[int]) -> Iterator[Found]:
    for version in Version.objects.filter(pk__in=keys).select_related("procedure").defer("procedure__words"):
        yield Found(version.procedure.code, "", Kind.ONLY_HERE, version.title, version, version.title)


def _keep(found: dict[tuple[str, str], Found], about: set[str] | None, at: datetime) -> None:
    """`about` are the procedures that were compared, None for all."""
    kept = {(row.code, row.field): row for row in Mismatch.objects.all()}
    gone = [row for key, row in kept.items() if key not in found and (about is None or row.code in about)]
    Mismatch.objects.filter(pk__in=[row.pk for row in gone], closed_at=None).update(closed_at=at)
    for key, one in found.items():
        if row := kept.get(key):
            _again(row, one, at)
    new = (_new(one, at) for key, one in found.items() if key not in kept)
    while batch := list(islice(new, 500)):
        Mismatch.objects.bulk_create(batch)


def _again(row: Mismatch, one: Found, at: datetime) -> None:
    changed = (row.ours, row.theirs, row.kind) != (one.ours, one.theirs, one.kind)
    if not changed and row.closed_at is None:
        if row.version_id != (one.version.pk if one.version else None):
            Mismatch.objects.filter(pk=row.pk).update(version=one.version)
        return
    row.kind, row.ours, row.theirs = one.kind, one.ours, one.theirs
    row.given = {} if one.given is None else one.given
    row.title, row.version, row.closed_at, row.found_at = one.title, one.version, None, at
    row.decision, row.reason, row.decided_at, row.decided_by, row.draft = "", "", None, None, None
    row.save()


def _new(one: Found, at: datetime) -> Mismatch:
    return Mismatch(
        code=one.code,
        field=one.field,
        kind=one.kind,
        title=one.title,
        version=one.version,
        ours=one.ours,
        theirs=one.theirs,
        given={} if one.given is None else one.given,
        found_at=at,
    )
