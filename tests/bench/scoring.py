"""Rounds of the index of administrative reform: every commune declared every criterion, each a little otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from motcua.law import par_round
from motcua.law.calendar import day
from motcua.law.par_round import Declared, ParFact, RoundOpened, SheetSubmitted, Stage, StageBegun
from motcua.people.models import Unit, UnitKind
from motcua.steering.par import rows as par_rows
from motcua.steering.par.models import CriteriaTable, ParLine, ParRound, ParSheet

from .copying import chained, write
from .orders import DIGEST, Crew

BORN = date(2017, 1, 1)
FIELDS, PARTS = 7, 9  # of the criteria, each part one point


def published(crew: Crew, at: datetime) -> None:
    """A published round of this year: every commune declared every criterion, each a little otherwise."""
    lines = [
        {
            "code": str(f),
            "name": f"Lĩnh vực {f}",
            "max": str(PARTS),
            "parts": [_part(f, p) for p in range(PARTS)],
        }
        for f in range(1, FIELDS + 1)
    ]
    told = {"decision": "1/QĐ-UBND", "decided_on": BORN, "kind": UnitKind.COMMUNE, "lines": lines}
    table = CriteriaTable.objects.create(
        name="Bộ tiêu chí cấp xã", total=FIELDS * PARTS, digest=DIGEST, by=crew.steers, at=at, **told
    )
    moment, closes = at - timedelta(days=60), day(at - timedelta(days=40))
    told = {"decision": "9/QĐ", "published_on": day(moment)}
    round_at(Stage.PUBLISHED, table, crew, moment, closes, year=at.year, **told)


def round_at(
    stage: Stage, table: CriteriaTable, crew: Crew, moment: datetime, last: date, **told: Any
) -> ParRound:
    """A round of all communes that has come to a stage, with their sheets; its stages close on a day."""
    units = [unit for unit in crew.units if unit.kind == UnitKind.COMMUNE]
    closes = {each.value: last.isoformat() for each in par_round.ORDER[1:-1]}
    made = ParRound.objects.create(table=table, stage=stage, closes=closes, **told)
    by = {"at": moment, "by": crew.steers.username, "provision": par_round.SOURCE}
    opened = RoundOpened(
        **by, decision=table.decision, year=made.year, units=tuple(u.code for u in units), closes=closes
    )
    begun = par_round.ORDER[1 : par_round.ORDER.index(stage) + 1]
    chained([(made.stream, [opened, *(StageBegun(**by, stage=each.value) for each in begun)])])
    _sheets(made, units, moment)
    return made


def _part(field: int, part: int) -> dict[str, Any]:
    rule = {"kind": "yes_no"} if part % 2 else {"kind": "share_from", "floor": "50"}
    return {"code": f"{field}.{part + 1}", "name": f"Tiêu chí {field}.{part + 1}", "max": "1", "rule": rule}


def _sheets(round_: ParRound, units: Sequence[Unit], at: datetime) -> None:
    criteria, first = round_.table.criteria, ParSheet.objects.count() + 1
    made: list[tuple[ParSheet, list[ParFact], list[ParLine]]] = []
    for pk, unit in enumerate(units, first):
        by = {"at": at, "by": f"handler-{unit.code}".lower(), "provision": par_round.SOURCE}
        facts: list[ParFact] = [
            Declared(**by, criterion=c.code, evidence="Báo cáo", **_answer(c.kind, pk, n))
            for n, c in enumerate(criteria.leaves)
            if not c.surveyed
        ]
        facts.append(SheetSubmitted(**by))
        row = ParSheet(pk=pk, round=round_, unit=unit, submitted_at=at)
        columns, lines = par_rows.of(row, par_round.fold(facts, criteria), criteria)
        for name, value in columns.items():
            setattr(row, name, value)
        made.append((row, facts, lines))
    write([row for row, _, _ in made])
    write([line for _, _, lines in made for line in lines], own=False)
    chained((row.stream, facts) for row, facts, _ in made)


def _answer(kind: str, unit: int, place: int) -> dict[str, str]:
    if kind == "yes_no":
        return {"choice": "no" if (unit * 3 + place) % 11 == 0 else "yes"}
    return {"n": str(60 + (unit + place) % 41), "d": "100"}
