"""Who declares, answers for and reviews a sheet; how units stand beside each other; where points were lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, QuerySet, Sum, Value
from django.http import Http404

from motcua.journal import log
from motcua.law import packs, par, par_round
from motcua.law.calendar import at as moment
from motcua.law.calendar import day
from motcua.law.indicators import rank
from motcua.law.par import Answer, Criterion
from motcua.law.par_round import Sheet, Stage
from motcua.people import access
from motcua.people.models import Officer, Unit, UnitKind
from motcua.scores.periods import INSTANT

from .. import queries as tasks
from ..measures import Actual, Measured
from ..models import Task
from .models import ParLine, ParRound, ParSheet


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit among those of its round (thứ hạng): its place, 1-2-2-4, and its class; no place without points.

    `closed`: what its sheet says is not for the reader.
    """

    sheet: ParSheet
    place: int | None
    group: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost at one criterion over the units of a round (điểm bị mất)."""

    criterion: Criterion
    lost: Decimal
    none: int
    some: int


def declares(officer: Officer, unit: Unit, on: date) -> bool:
    """Whether the officer declares and explains for a unit."""
    return access.may(officer, "do_task", unit, on)


def steers(officer: Officer, on: date) -> bool:
    """Whether the officer opens rounds, moves them on and writes down what the council said."""
    return access.may(officer, "par", None, on)


def answers(officer: Officer, unit: Unit, on: date) -> bool:
    """Whether the officer submits the sheet of a unit."""
    return access.may(officer, "answer_task", unit, on)


def reviews(officer: Officer, criterion: Criterion, on: date) -> bool:
    """Whether the officer reviews a criterion: who steers, or somebody who declares for the agency that owns it."""
    if steers(officer, on):
        return True
    owner = criterion.owner.casefold()
    mine = [post.unit for post in access.posts(officer, on)]
    return bool(owner) and any(
        owner in (unit.code.casefold(), unit.name.casefold()) and declares(officer, unit, on) for unit in mine
    )


def reads_all(officer: Officer, round_: ParRound, on: date) -> bool:
    """Whether all sheets of a round are open to the officer: published to everybody, before to who judges them."""
    return round_.stage == par_round.Stage.PUBLISHED or any(
        reviews(officer, criterion, on) for criterion in round_.table.criteria.leaves
    )


def reads(officer: Officer, sheet: ParSheet, on: date) -> bool:
    """Whether a sheet is open to the officer: before it is published to who works on it and the heads above too."""
    return _own(officer, sheet.unit, on) or reads_all(officer, sheet.round, on)


def closed(officer: Officer, round_: ParRound, on: date) -> set[int]:
    """The units of a round whose sheets are not open to the officer, by id."""
    if reads_all(officer, round_, on):
        return set()
    sheets = round_.sheets.select_related("unit__parent__parent")
    return {sheet.unit_id for sheet in sheets if not _own(officer, sheet.unit, on)}


def _own(officer: Officer, unit: Unit, on: date) -> bool:
    return declares(officer, unit, on) or access.may(officer, "by_officer", unit, on)


def giver(officer: Officer, on: date) -> Unit | None:
    """The unit the officer gives corrective tasks for: the province where he may, else his own."""
    found = tasks.givers(officer, on)
    return next((unit for unit in found if unit.kind == UnitKind.PROVINCE), found[0] if found else None)


def units_of(kind: str, on: date) -> QuerySet[Unit]:
    """The units of a kind that exist on a day, in the order of their codes."""
    return tasks.standing(on).filter(kind=kind)


def round_for(key: int) -> ParRound:
    """One round with its set. Raises Http404."""
    found = ParRound.objects.select_related("table").filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có đợt chấm điểm số {key}")
    return found


def sheet_for(round_: ParRound, code: str) -> ParSheet:
    """The sheet of a unit in a round. Raises Http404."""
    found = ParSheet.objects.select_related("round__table", "unit__parent").filter(
        round=round_, unit__code=code.replace("\0", "")
    )
    if (sheet := found.first()) is None:
        raise Http404(f"Đợt này không chấm đơn vị {code}")
    return sheet


def folded(sheet: ParSheet) -> Sheet:
    """The sheet as its facts have it."""
    return par_round.fold(log.read(sheet.stream).facts, sheet.round.table.criteria)


def folded_together(sheets: Sequence[ParSheet]) -> dict[int, Sheet]:
    """Sheets of one round as their facts have them, by id, in one question."""
    facts = log.several([sheet.stream for sheet in sheets])
    return {
        sheet.pk: par_round.fold(facts.get(sheet.stream, ()), sheet.round.table.criteria) for sheet in sheets
    }


def counted_at(round_: ParRound, at: datetime) -> datetime:
    """The moment figures of a round are counted at: now, until the day units score themselves by is over."""
    closed = date.fromisoformat(round_.closes[Stage.SELF]) + timedelta(days=1)
    return min(at, moment(closed, time.min) - INSTANT)


def measured(sheet: ParSheet, criterion: Criterion, at: datetime) -> Actual | None:
    """What the system counts for a criterion of a sheet; None where the criterion names no measure."""
    if not criterion.measure:
        return None
    return _measured(sheet, at).actual(criterion.measure)


def counted(sheet: ParSheet, at: datetime) -> dict[str, tuple[Actual, Answer]]:
    """Every criterion of a sheet the system answers by itself, with its figure."""
    found, system = {}, _measured(sheet, at)
    for each in sheet.round.table.criteria.leaves:
        actual = system.actual(each.measure) if each.measure else None
        if actual is None or actual.n is None:
            continue
        if answer := par.answer_from(each, actual.n, actual.d):
            found[each.code] = (actual, answer)
    return found


def _measured(sheet: ParSheet, at: datetime) -> Measured:
    return Measured(sheet.unit, sheet.round.year, counted_at(sheet.round, at))


def standings(round_: ParRound) -> list[Standing]:
    """The units of a round, best first, those without points last."""
    sheets = list(round_.sheets.select_related("unit"))
    for sheet in sheets:
        sheet.round = round_
    places = rank({sheet.pk: sheet.percent for sheet in sheets if sheet.percent is not None})
    sheets.sort(key=lambda sheet: (places.get(sheet.pk, len(sheets) + 1), sheet.unit.code))
    classes = _classes(date(round_.year, 12, 31))
    return [Standing(sheet, places.get(sheet.pk), _class(sheet.percent, classes)) for sheet in sheets]


def open_standings(round_: ParRound, officer: Officer, on: date) -> list[Standing]:
    """The units of a round as the officer may see them: where some are closed, in the order of their codes."""
    listed, hidden = standings(round_), closed(officer, round_, on)
    if not hidden:
        return listed
    found = [
        Standing(each.sheet, None, "", closed=True) if each.sheet.unit_id in hidden else each
        for each in listed
    ]
    return sorted(found, key=lambda each: each.sheet.unit.code)


def by_field(round_: ParRound, sheets: Sequence[int]) -> dict[tuple[int, str], Decimal]:
    """The points of each field on some sheets of a round, by sheet and code; absent where none was given."""
    whole = [c.code for c in round_.table.criteria.leaves if not c.extra]
    lines = ParLine.objects.filter(sheet__in=sheets, criterion__in=whole, points__isnull=False)
    field = Func(F("criterion"), Value("."), Value(1), function="SPLIT_PART", output_field=CharField())
    told = lines.order_by().values_list("sheet", field).annotate(whole=Sum("points"))
    return {(sheet, code): points for sheet, code, points in told}


def group(percent: Decimal | None, on: date) -> str:
    """The class an index falls into (nhóm), "" where none is in force or there is no index."""
    return _class(percent, _classes(on))


def _classes(on: date) -> Sequence[Mapping[str, Any]]:
    try:
        found: Sequence[Mapping[str, Any]] = packs.on(par.SUBJECT, on)["classes"]
    except packs.NotInForce:
        return ()
    return found


def _class(percent: Decimal | None, classes: Sequence[Mapping[str, Any]]) -> str:
    return next(
        (str(each["name"]) for each in classes if percent is not None and percent >= each["from"]), ""
    )


def losses(round_: ParRound, sheets: Sequence[ParSheet] | None = None) -> list[Loss]:
    """Where points were lost, the most first, else as in the set: with no point, or with some (a penalty too)."""
    lines = ParLine.objects.filter(sheet__round=round_, lost__gt=0)
    if sheets is not None:
        lines = lines.filter(sheet__in=sheets)
    found = lines.values("criterion").annotate(
        whole=Sum("lost"),
        none=Count("id", filter=Q(points=0)),
        some=Count("id", filter=~Q(points=0)),
    )
    rows = {row["criterion"]: (row["whole"], row["none"], row["some"]) for row in found}
    listed = [Loss(c, *rows[code]) for code, c in round_.table.criteria.criteria.items() if code in rows]
    return sorted(listed, key=lambda loss: loss.lost, reverse=True)


def lost_by(round_: ParRound, criterion: str) -> list[ParLine]:
    """The units that lost points at a criterion, the most first."""
    lines = ParLine.objects.filter(sheet__round=round_, criterion=criterion, lost__gt=0)
    return list(lines.select_related("sheet__unit").order_by(F("lost").desc(), "sheet__unit__code"))


def lost_lines(round_: ParRound, criterion: str = "") -> list[ParLine]:
    """The lost points of a round, of one criterion or of all, the most first."""
    lines = ParLine.objects.filter(sheet__round=round_, lost__gt=0)
    if criterion:
        lines = lines.filter(criterion=criterion)
    return list(lines.select_related("sheet__unit").order_by(F("lost").desc(), "sheet__unit__code", "id"))


def corrections_of(round_: ParRound) -> dict[tuple[int, str], list[Task]]:
    """The tasks made from lost points of a round, by sheet and criterion."""
    sheets = {f"{round_.stream}/{code}": pk for pk, code in round_.sheets.values_list("pk", "unit__code")}
    found: dict[tuple[int, str], list[Task]] = {}
    for task in Task.objects.filter(tasks.caused(f"{round_.stream}/")).order_by("until"):
        stream, _, criterion = task.cause.rpartition("#")
        if stream in sheets:
            found.setdefault((sheets[stream], criterion), []).append(task)
    return found


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the index of a sheet may come to (dự báo), in per cent: with nothing and with all of what is unknown.

    `counted` criteria are taken as the system counts them, `open` ones nobody knows yet.
    """

    low: Decimal
    high: Decimal
    counted: int
    open: int
    on: date


def forecast(sheet: ParSheet, at: datetime) -> Forecast | None:
    """The forecast of a sheet some of whose criteria have no points yet; None for one that has them all."""
    criteria, stands = sheet.round.table.criteria, folded(sheet)
    answers = {code: answer for code, (_, answer) in counted(sheet, at).items()}
    leaves = {c.code: stands.points(c) for c in criteria.leaves}
    missing = [
        c for c in criteria.leaves if leaves[c.code].points is None and leaves[c.code].applies and not c.extra
    ]
    known = {c.code: par.points_of(c, answers[c.code]) for c in missing if c.code in answers}
    unknown = [c for c in missing if c.code not in known]
    if not missing:
        return None
    least = {c.code: par.Points(Fraction(0), c.max) for c in unknown}
    most = {c.code: par.Points(c.max, c.max) for c in unknown}
    low, high = (criteria.total({**leaves, **known, **bound}).percent for bound in (least, most))
    if low is None or high is None:
        return None
    return Forecast(low, high, len(known), len(unknown), day(counted_at(sheet.round, at)))


def under_way(sheet: ParSheet) -> set[str]:
    """The criteria of a sheet whose lost points somebody works on."""
    made = corrections(sheet).items()
    return {code for code, listed in made if any(task.settled_on is None for task in listed)}


def corrections(sheet: ParSheet) -> dict[str, list[Task]]:
    """The tasks made from a sheet's lost points, by criterion."""
    found: dict[str, list[Task]] = {}
    for task in Task.objects.filter(tasks.caused(f"{sheet.stream}#")).order_by("until"):
        found.setdefault(task.cause.rpartition("#")[2], []).append(task)
    return found
