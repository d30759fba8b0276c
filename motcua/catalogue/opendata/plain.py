"""The whole catalogue as rows: one JSON object a line, or one line of CSV, read a batch at a time.

The names are those of `docs/open-data.md`; a name is only ever added, never given another meaning.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from motcua.ui.exports.sheets import harmless

from .. import telling
from ..cleaning.gathering import in_force
from ..models import Version

BATCH = 200
PARTS = ("components", "terms", "fees", "results", "bases")
Address = Callable[[str], str]
COLUMNS = (
    *("code", "title", "field", "levels", "audiences", "kind", "online", "agency", "authority"),
    *("reception_address", "term", "fee", "papers", "results", "bases", "decision", "decided_on", "issuer"),
    *("valid_from", "valid_to", "version", "url"),
)


def versions(day: date) -> Iterator[Version]:
    """Every text in force on a legal day with its parts, by code; no more than BATCH of them are held."""
    keys = iter(list(in_force(day).order_by("procedure__code").values_list("pk", flat=True)))
    found = Version.objects.select_related("procedure").defer("procedure__words", "procedure__folded")
    while batch := list(islice(keys, BATCH)):
        texts = found.prefetch_related(*PARTS).in_bulk(batch)
        yield from (texts[key] for key in batch if key in texts)


def as_lines(day: date, address: Address) -> Iterator[str]:
    """JSON lines (application/jsonl): everything that was announced, nothing left out."""
    for version in versions(day):
        yield json.dumps(row(version, address), ensure_ascii=False) + "\n"


def as_csv(day: date, address: Address) -> Iterator[str]:
    """CSV for a spreadsheet: UTF-8 with its mark, one line a procedure, parts told in words."""
    writer = csv.writer(_Echo())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(COLUMNS)
    for version in versions(day):
        yield writer.writerow([harmless(cell) for cell in _cells(version, address)])


def row(version: Version, address: Address) -> dict[str, Any]:
    """One procedure in force, with all its parts."""
    return {
        "code": version.procedure.code,
        "version": version.number,
        "title": version.title,
        "field": version.field,
        "kind": version.kind,
        "online": version.online,
        "levels": version.levels,
        "audiences": version.audiences,
        "agency": version.agency,
        "authority": version.authority,
        "coordinating": version.coordinating,
        "delegated": version.delegated,
        "reception_address": version.reception_address,
        "decision": version.decision,
        "decided_on": _day(version.decided_on),
        "issuer": version.issuer,
        "valid_from": _day(version.valid_from),
        "valid_to": _day(version.valid_to),
        "sequence": version.sequence,
        "conditions": version.conditions,
        "keywords": version.keywords,
        **{part: [_part(one) for one in getattr(version, part).all()] for part in PARTS},
        "url": address(version.procedure.code),
    }


def _part(one: Any) -> dict[str, Any]:
    left_out = ("id", "version", "position")
    fields = [field.name for field in one._meta.fields if field.name not in left_out]
    return {name: _value(getattr(one, name)) for name in fields}


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return _day(value) if isinstance(value, date) else value


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _cells(version: Version, address: Address) -> list[str]:
    papers = [paper.name for bundle in telling.bundles(version.components.all()) for paper in bundle.papers]
    told = {
        "code": version.procedure.code,
        "title": version.title,
        "field": version.field,
        "levels": telling.levels(version),
        "audiences": ", ".join(version.audiences),
        "kind": version.kind,
        "online": version.online,
        "agency": version.agency,
        "authority": version.authority,
        "reception_address": version.reception_address,
        "term": telling.term_in_short(version),
        "fee": telling.fee_in_short(version),
        "papers": "\n".join(papers),
        "results": "\n".join(telling.plain(result.name) for result in version.results.all()),
        "bases": "\n".join(basis.number or basis.name for basis in version.bases.all()),
        "decision": version.decision,
        "decided_on": _day(version.decided_on) or "",
        "issuer": version.issuer,
        "valid_from": _day(version.valid_from) or "",
        "valid_to": _day(version.valid_to) or "",
        "version": str(version.number),
        "url": address(version.procedure.code),
    }
    return [told[name] for name in COLUMNS]


class _Echo:
    """A file that gives back what is written to it, so that csv's rules of quoting serve a stream."""

    def write(self, text: str) -> str:
        return text
