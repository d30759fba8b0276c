"""What a publication says: definitions, counts, scores, digests of the rows and the seal of the journal (nội dung)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from motcua.catalogue.models import Procedure
from motcua.journal import seal
from motcua.law import packs
from motcua.law.calendar import TZ
from motcua.law.indicators import SUBJECT
from motcua.people.models import Unit

from .. import live, marks, queries
from ..measures import MEASURES, SIDES, Measure, Side, Subject
from ..periods import Period, Window
from ..queries import UnitIndex
from .models import Snapshot

FORMAT = "motcua-index-766/1"
SALT = 32  # bytes
LAWS = (SUBJECT, "index-766-counts")
Procedures = dict[str, dict[Side, list[str]]]
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


class Miscounted(RuntimeError):
    """The counts and the rows that should make them disagree: nothing is published on such figures."""


@dataclass
class Gathered:
    """A publication before it is kept: what is downloaded, and by unit the rows that stay here."""

    content: dict[str, Any]
    salt: bytes = b""
    dossiers: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    procedures: dict[int, Procedures] = field(default_factory=dict)


def document(snapshot: Snapshot) -> dict[str, Any]:
    """The file of a publication: what was published, its digest, and who answers for it."""
    told = {
        "state": snapshot.state,
        "document": snapshot.document,
        "drafted_by": snapshot.drafted_by.full_name,
        "signed_by": snapshot.signed_by.full_name if snapshot.signed_by else "",
        "published_at": snapshot.published_at.astimezone(TZ).isoformat() if snapshot.published_at else "",
    }
    return {"content": snapshot.content, "digest": snapshot.digest, "publication": told}


def gather(period: Period, *, version: int, replaces: str, reason: str, at: datetime) -> Gathered:
    """Count and score a period that is over, and seal it. Raises BadPeriod, NotInForce, Miscounted."""
    until = seal.horizon()
    window = period.window(at)
    with _steady():
        entries = queries.index(period, at)
        made = Gathered({}, secrets.token_bytes(SALT))
        digests = _Digests({entry.unit.pk for entry in entries}, made.salt)
        for code, unit, mask in marks.each(window):
            made.dossiers.setdefault(unit, []).append((code, mask))
            digests.dossier(code, unit, marks.sides(mask))
        made.procedures = _procedures(entries, window)
        digests.of_procedures(made.procedures)
        sealed = seal.seal(period.start, period.end, until=until)
    made.content = {
        "format": FORMAT,
        "number": f"{period}.{version}",
        "period": {
            "code": str(period),
            "label": period.label,
            "first": window.first.isoformat(),
            "last": window.last.isoformat(),
        },
        "counted_at": at.astimezone(TZ).isoformat(),
        "version": version,
        "replaces": replaces,
        "reason": reason,
        "law": {subject: _law(subject, window) for subject in LAWS},
        "measures": {code: _definition(measure) for code, measure in MEASURES.items()},
        "bits": marks.BITS,
        "units": [_unit(entry, digests) for entry in entries],
        "seal": {"algorithm": seal.AS_WRITTEN, **asdict(sealed)},
    }
    made.content = json.loads(canonical(made.content))
    return made


def canonical(content: Any) -> bytes:
    """The bytes a digest is taken over: JSON with sorted keys, without spaces, in UTF-8."""
    return _CANONICAL(content).encode()


def digest(content: Any) -> str:
    """SHA-256 over the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def of_rows(kept: Snapshot) -> dict[str, dict[str, dict[str, str]]]:
    """The digests of the rows kept of a publication, by unit, indicator and side, as its content has them."""
    told = [unit["code"] for unit in kept.content["units"]]
    scored = dict(Unit.objects.filter(code__in=told).values_list("pk", "code"))
    digests, rows, written = _Digests(scored, bytes(kept.salt)), list(kept.rows.all()), bits(kept.content)
    for code, unit, mask in sorted(
        (code, row.unit_id, mask) for row in rows for code, mask in unpacked(row.dossiers)
    ):
        digests.dossier(code, unit, marks.sides(mask, written))
    digests.of_procedures({row.unit_id: unpacked(row.procedures) for row in rows})
    return {
        name: {code: found for code in kept.content["measures"] if (found := digests.told(pk, code))}
        for pk, name in scored.items()
    }


def bits(content: Mapping[str, Any]) -> tuple[tuple[str, Side], ...]:
    """The bits its masks were written with, which a later version of the program may order otherwise."""
    return tuple((code, side) for code, side in content.get("bits", marks.BITS))


def packed(rows: Any) -> bytes:
    return zlib.compress(canonical(rows))


def unpacked(rows: bytes | memoryview) -> Any:
    return json.loads(zlib.decompress(bytes(rows)))


def of_procedures(window: Window) -> dict[tuple[int, str], dict[Side, list[str]]]:
    """The procedures on every side of every measure of procedures, by unit scored and indicator, by their codes."""
    found: dict[tuple[int, str], dict[Side, list[str]]] = {}
    codes = dict(Procedure.objects.values_list("pk", "code"))
    for code, measure in MEASURES.items():
        if measure.subject is Subject.PROCEDURE:
            for side in SIDES:
                for scope, key in _sided(measure, side, window):
                    found.setdefault((scope, code), {}).setdefault(side, []).append(codes[key])
    return {key: {side: sorted(rows) for side, rows in sides.items()} for key, sides in found.items()}


def _sided(measure: Measure, side: Side, window: Window) -> list[tuple[int, int]]:
    statement = _compiled(measure.code, side)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.args(live.bound(window)))
        found: list[tuple[int, int]] = cursor.fetchall()
        return found


@cache
def _compiled(code: str, side: Side) -> live.Statement:
    return live.compiled(MEASURES[code].rows[side])


def _procedures(entries: Sequence[UnitIndex], window: Window) -> dict[int, Procedures]:
    found = of_procedures(window)
    top = {entry.unit.pk for entry in entries if entry.level == "province"}
    made: dict[int, Procedures] = {}
    for (scope, code), sides in found.items():
        if not MEASURES[code].province_only or scope in top:
            made.setdefault(scope, {})[code] = sides
    return made


@contextmanager
def _steady() -> Iterator[None]:
    """One view of the database for everything that is counted."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class _Digests:
    """The digests of the rows on every side, while they come in order; and how many rows each has.

    Codes of dossiers can be guessed: a plain digest of one or two would tell the public which they are. So they are
    keyed (HMAC) with a salt that stays with the rows; one drafted before there were salts has none.
    """

    def __init__(self, scored: Collection[int], salt: bytes) -> None:
        self._scored, self._salt = scored, salt
        self._parents = dict(Unit.objects.values_list("pk", "parent"))
        self._made: dict[tuple[int, str, str], tuple[Any, list[int]]] = {}

    def dossier(self, code: str, unit: int, sides: Sequence[tuple[str, str]]) -> None:
        line = f"{code}\n".encode()
        place: int | None = unit
        while place is not None:
            if place in self._scored:
                for bit in sides:
                    self._add((place, *bit), line)
            place = self._parents[place]

    def of_procedures(self, procedures: Mapping[int, Procedures]) -> None:
        for scope, codes in procedures.items():
            for code, sides in codes.items():
                for side, keys in sides.items():
                    for key in keys:
                        self._add((scope, code, side), f"{key}\n".encode())

    def told(self, scope: int, code: str) -> dict[str, str]:
        """The digest of every side that has rows."""
        named = ((side, self._made.get((scope, code, side))) for side in SIDES)
        return {side: found[0].hexdigest() for side, found in named if found}

    def rows(self, scope: int, code: str, side: str) -> int:
        found = self._made.get((scope, code, side))
        return found[1][0] if found else 0

    def _add(self, key: tuple[int, str, str], line: bytes) -> None:
        if key not in self._made:
            made = hmac.new(self._salt, digestmod="sha256") if self._salt else hashlib.sha256()
            self._made[key] = made, [0]
        made, rows = self._made[key]
        made.update(line)
        rows[0] += 1


def _unit(entry: UnitIndex, digests: _Digests) -> dict[str, Any]:
    counts = {code: list(pair) if pair else None for code, pair in entry.counts.items()}
    _agree(entry, digests)
    return {
        "code": entry.unit.code,
        "name": entry.unit.name,
        "level": entry.level,
        "counts": counts,
        "left_out": dict(entry.left_out),
        "declared": dict(entry.declared),
        **entry.score.as_data(),
        "band": entry.score.band,
        "rank": entry.rank,
        "among": entry.among,
        "rows": {code: told for code in MEASURES if (told := digests.told(entry.unit.pk, code))},
    }


def _agree(entry: UnitIndex, digests: _Digests) -> None:
    """Counts and rows are two ways to the same figures: one that differs stops the publication."""
    for code, pair in entry.counts.items():
        measure = MEASURES.get(code)
        if pair is None or measure is None or (measure.province_only and entry.level != "province"):
            continue
        rows = tuple(digests.rows(entry.unit.pk, code, side) for side in ("n", "d"))
        if rows[1] != pair[1] or (rows[0] != pair[0] and not measure.weight):
            raise Miscounted(f"{entry.unit.name}, chỉ số {code}: đếm được {pair}, có {rows} dòng")


def _definition(measure: Measure) -> dict[str, str]:
    return {"rows": str(measure.subject), "meaning": measure.meaning, "source": measure.source}


def _law(subject: str, window: Window) -> dict[str, Any]:
    pack = packs.on(subject, window.last)
    return {
        name: {
            "value": _plain(value.value),
            "since": value.since.isoformat(),
            "source": str(value.reference or ""),
            "verified": value.verified,
        }
        for name, value in pack.values.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
