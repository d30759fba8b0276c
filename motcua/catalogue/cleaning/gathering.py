"""Reading what the rules look at: every text in force with its parts, in a handful of questions (dữ liệu để rà)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from motcua.law import packs
from motcua.law.calendar import Calendar

from ..models import Component, Fee, LegalBasis, ProcessVersion, Result, Status, Term, Version
from .record import NATIONAL, Basis, Charge, Known, Paper, Record, Time

TEXT = (
    "title",
    "kind",
    "online",
    "decision",
    "decided_on",
    "issuer",
    "agency",
    "authority",
    "coordinating",
    "sequence",
)


def in_force(day: date) -> QuerySet[Version]:
    """The texts in force on a legal day."""
    return Version.objects.filter(_on(day))


def records(day: date) -> list[Record]:
    """Every procedure in force on a legal day, by code."""
    papers, times, charges = _papers(day), _times(day), _charges(day)
    results, bases = _results(day), _bases(day)
    columns = ("pk", "procedure__code", "levels", "audiences", "reception_address", *TEXT)
    return [
        Record(
            version=pk,
            code=code,
            levels=tuple(levels),
            audiences=tuple(audiences),
            address=address,
            papers=tuple(papers[pk]),
            times=tuple(times[pk]),
            charges=tuple(charges[pk]),
            results=tuple(results[pk]),
            bases=tuple(bases[pk]),
            **dict(zip(TEXT, told, strict=True)),
        )
        for pk, code, levels, audiences, address, *told in _rows(in_force(day), *columns)
    ]


def known(day: date, records: Sequence[Record]) -> Known:
    """What the rules know beyond one procedure on that day."""
    return Known(
        day=day,
        pack=packs.on("cleaning", day),
        calendar=Calendar(),
        central=_central(records),
        with_process=_with_process(day),
        resolved={},
        has_local=any(record.is_local for record in records),
        has_online=any(record.online for record in records),
        has_days=any(record.decided_on for record in records),
    )


def _rows(found: QuerySet[Any], *columns: str) -> Iterable[tuple[Any, ...]]:
    return found.order_by("procedure__code").values_list(*columns).iterator(chunk_size=1000)


def _central(records: Sequence[Record]) -> Mapping[str, Record | None]:
    """The central records; one of which only texts that have ended are left is None."""
    ended = Version.objects.filter(status=Status.PUBLISHED).exclude(valid_to=None)
    codes = ended.values_list("procedure__code", flat=True).distinct()
    gone: dict[str, Record | None] = {code: None for code in codes if len(code) == NATIONAL}
    return gone | {record.code: record for record in records if not record.is_local}


def _with_process(day: date) -> frozenset[str]:
    found = ProcessVersion.objects.filter(_on(day))
    return frozenset(found.values_list("procedure__code", flat=True).distinct())


def _on(day: date) -> Q:
    return Q(status=Status.PUBLISHED, valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def _parts(model: Any, day: date, make: Callable[..., Any], *columns: str) -> dict[int, list[Any]]:
    """The parts of each version in their order; lines count from 1, as pages show them."""
    of: defaultdict[int, list[Any]] = defaultdict(list)
    found = model.objects.filter(version__in=in_force(day).values("pk")).order_by("version", "position")
    for pk, *told in found.values_list("version", *columns).iterator(chunk_size=4000):
        of[pk].append(make(len(of[pk]) + 1, *told))
    return of


def _papers(day: date) -> dict[int, list[Paper]]:
    return _parts(Component, day, Paper, "case", "name", "originals", "copies", "form")


def _times(day: date) -> dict[int, list[Time]]:
    return _parts(Term, day, Time, "channel", "case", "amount", "unit", "text")


def _charges(day: date) -> dict[int, list[Charge]]:
    return _parts(Fee, day, Charge, "channel", "case", "amount", "text")


def _results(day: date) -> dict[int, list[str]]:
    return _parts(Result, day, lambda line, name: name, "name")


def _bases(day: date) -> dict[int, list[Basis]]:
    return _parts(LegalBasis, day, Basis, "number", "name", "effective_on")
