"""The figures of a unit by procedure, field and officer: who can win points back (theo thủ tục, lĩnh vực, cán bộ).

Only measures of dossiers can be told apart so. A dossier is an officer's from when it was assigned to them, or they
signed for its handover; one assigned to nobody stands under no name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from motcua.catalogue.models import Procedure
from motcua.dossiers.models import STREAM
from motcua.journal import log
from motcua.law import gains
from motcua.law.facts import Assigned, HandoverAccepted
from motcua.people.models import Officer, Unit

from . import fresh, queries
from .asked import Asked
from .periods import Window
from .queries import UnitCounts, UnitIndex, Unscored

NAMES = {"thu-tuc": "thủ tục", "linh-vuc": "lĩnh vực", "can-bo": "cán bộ"}
NOBODY = "-"
HELD = {Assigned: "officer", HandoverAccepted: "by"}  # who holds a dossier from then on


@dataclass(frozen=True)
class Part:
    """What one procedure, field or officer has of a unit's figures; `worth` the points all of it could win back."""

    key: str
    label: str
    dossiers: int
    counts: UnitCounts
    left_out: Mapping[str, int]
    worth: Fraction = field(default=Fraction(0))


def of(asked: Asked, entry: UnitIndex, kind: str) -> list[Part]:
    """The parts of a unit, those with most points to win first. Raises Unscored for a kind there is not."""
    if kind not in NAMES:
        raise Unscored(f"không có cách xem “{kind}”")
    own = "can-bo" if kind == "can-bo" else "thu-tuc"
    found = fresh.kept(
        f"{own} {entry.unit.code}", asked, lambda at: _counted(own, entry.unit, asked.period.window(at))
    )
    return found.once(kind, lambda: _told(kind, found.data, entry, asked))


def one(asked: Asked, entry: UnitIndex, kind: str, key: str) -> Part:
    """One part by its key. Raises Unscored."""
    for part in of(asked, entry, kind):
        if part.key == key:
            return part
    raise Unscored(f"{entry.unit.name} không có hồ sơ nào của {NAMES[kind]} “{key}” trong kỳ này")


def within(rows: QuerySet[Any], kind: str, key: str) -> QuerySet[Any]:
    """Those rows of a figure that are of one part."""
    if kind == "thu-tuc":
        return rows.filter(version__procedure__code=key)
    if kind == "linh-vuc":
        return rows.filter(version__procedure__field="" if key == NOBODY else key)
    keys = list(rows.order_by().values_list("pk", "code"))
    held = holders([code for _, code in keys])
    return rows.filter(pk__in=[pk for pk, code in keys if held.get(code, NOBODY) == key])


def holders(codes: Iterable[str]) -> dict[str, str]:
    """The user name of whoever handles each dossier, or did last; none where nobody was assigned."""
    held = log.named(HELD, [STREAM + code for code in codes])
    return {stream.removeprefix(STREAM): name for stream, name in held.items()}


def _counted(kind: str, unit: Unit, window: Window) -> list[list[Any]]:
    """Rows as `marks.grouped` gives them, under codes of procedures or user names."""
    # With it comes Ibis, which takes a second to import.
    from . import marks

    units = queries.under(unit)
    if kind == "thu-tuc":
        codes = dict(Procedure.objects.values_list("pk", "code"))
        return [[codes[key], *rest] for key, *rest in marks.grouped(window, units, "marks.procedure")]
    held = log.last_named(f"'{STREAM}' || dossier.code", HELD)
    return [list(row) for row in marks.grouped(window, units, f"coalesce({held}, '{NOBODY}')")]


def _told(kind: str, rows: list[list[Any]], entry: UnitIndex, asked: Asked) -> list[Part]:
    from . import marks

    keys, labels = _labelled(kind, [row[0] for row in rows])
    sums: dict[str, list[int]] = {}
    for key, row in zip(keys, rows, strict=True):
        known = sums.setdefault(key, [0] * (len(row) - 1))
        sums[key] = [a + int(b) for a, b in zip(known, row[1:], strict=True)]
    codes, worths = [measure.code for measure in marks.measures()], _worths(entry, asked)
    parts = [_part(key, labels[key], counted, codes, worths) for key, counted in sums.items()]
    return sorted(parts, key=lambda part: (-part.worth, -part.dossiers, part.label))


def _part(
    key: str, label: str, counted: list[int], codes: list[str], worths: Mapping[str, gains.Gain]
) -> Part:
    triples = {code: tuple(counted[1 + 3 * place : 4 + 3 * place]) for place, code in enumerate(codes)}
    counts: UnitCounts = {code: (n, d) for code, (n, d, left) in triples.items() if d or not left}
    short = {code: pair[1] - pair[0] for code, pair in counts.items() if pair and code in worths}
    worth = sum((worths[code].of(rows) for code, rows in short.items()), Fraction(0))
    left_out = {code: left for code, (_, _, left) in triples.items() if left}
    return Part(key, label, counted[0], counts, left_out, worth)


def _worths(entry: UnitIndex, asked: Asked) -> dict[str, gains.Gain]:
    from motcua.law import indicators

    return gains.gains(entry.score, indicators.catalogue(asked.window.last))


def _labelled(kind: str, keys: list[str]) -> tuple[list[str], dict[str, str]]:
    """The key each row is counted under, and what each key is called."""
    if kind == "can-bo":
        names = dict(Officer.objects.filter(username__in=keys).values_list("username", "full_name"))
        return keys, {key: names.get(key, "chưa phân công ai" if key == NOBODY else key) for key in keys}
    found = {
        code: (title, field) for code, title, field in Procedure.objects.values_list("code", "title", "field")
    }
    if kind == "thu-tuc":
        return keys, {key: found[key][0] for key in keys}
    fields = [found[key][1] or NOBODY for key in keys]
    return fields, {each: "chưa rõ lĩnh vực" if each == NOBODY else each for each in fields}
