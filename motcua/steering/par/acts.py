"""The acts of a round: its set entered, opened, moved on; sheets declared, submitted, reviewed, explained, settled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from motcua.journal import log, wire
from motcua.law import par, par_round
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.par import CriteriaSet
from motcua.law.par_round import (
    SOURCE,
    CriterionExplained,
    CriterionReviewed,
    CriterionSettled,
    Declared,
    ParFact,
    RoundOpened,
    Sheet,
    SheetSubmitted,
    Stage,
    StageBegun,
)
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import measures
from ..acts import giving
from ..measures import Actual
from ..models import Task
from ..surveys.models import Survey
from . import queries, rows
from .models import CriteriaTable, ParLine, ParRound, ParSheet

LONGEST = 80
CAUSE = "{stream}#{criterion}"


@dataclass(frozen=True, slots=True)
class Table:
    """A set of criteria to be entered (bộ tiêu chí). `lines` as `law.par.CriteriaSet.of` takes them."""

    name: str
    decision: str
    decided_on: date
    kind: str
    lines: Sequence[Mapping[str, Any]]
    total: int = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What a unit declares for a criterion; numbers as text, `why` the reason for other ones than the system's."""

    choice: str = ""
    n: str = ""
    d: str = ""
    votes: Mapping[str, int] = field(default_factory=dict)
    evidence: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be done about a lost point, by when (việc khắc phục)."""

    criterion: str
    title: str
    product: str
    due: date


@transaction.atomic(durable=True)
def enter_table(new: Table, *, by: Officer, at: datetime) -> CriteriaTable:
    """Nhập bộ tiêu chí: refused whole when its sums or its examples do not come out; the same one twice is once."""
    _steers(by, at)
    try:
        criteria = CriteriaSet.of(new.decision, new.lines, total=new.total)
    except par.BadSet as bad:
        raise Refused(str(bad), SOURCE) from bad
    for each in criteria.leaves:
        if each.measure and not measures.known(each.measure, day(at)):
            raise Refused(f"Tiêu chí {each.code}: hệ thống không có số liệu “{each.measure}”", SOURCE)
    digest = hashlib.sha256(orjson.dumps([new.decision, new.total, new.lines])).hexdigest()
    told = {
        "name": new.name.strip(),
        "decision": new.decision.strip(),
        "decided_on": new.decided_on,
        "total": new.total,
        "lines": new.lines,
        "by": by,
        "at": at,
    }
    return CriteriaTable.objects.get_or_create(kind=new.kind, digest=digest, defaults=told)[0]


@transaction.atomic(durable=True)
def open_round(
    table: CriteriaTable,
    *,
    year: int,
    units: Sequence[Unit],
    closes: Mapping[Stage, date],
    by: Officer,
    at: datetime,
) -> ParRound:
    """Mở đợt chấm điểm: every unit gets its sheet. `closes` is the last day of each stage but the first and last."""
    _steers(by, at)
    _in_order(closes)
    if not units:
        raise Refused("Chưa chọn đơn vị nào để chấm điểm", SOURCE)
    days = {stage.value: closes[stage].isoformat() for stage in par_round.ORDER[1:-1]}
    try:
        with transaction.atomic():
            made = ParRound.objects.create(table=table, year=year, stage=Stage.PREPARED, closes=days)
    except IntegrityError as error:
        raise Refused(f"Đã có đợt chấm điểm năm {year} theo bộ tiêu chí này", SOURCE) from error
    codes = tuple(unit.code for unit in units)
    opened = _decided(RoundOpened, by, at, decision=table.decision, year=year, units=codes, closes=days)
    log.record(made.stream, [opened])
    sheets = ParSheet.objects.bulk_create([ParSheet(round=made, unit=unit) for unit in units])
    for sheet in sheets:
        _shown(sheet, Sheet(), table.criteria)
    return made


@transaction.atomic(durable=True)
def advance(round_: ParRound, *, to: Stage, by: Officer, at: datetime, decision: str = "") -> None:
    """Chuyển giai đoạn: to the next one only, which is what `to` names; publishing takes the decision's number."""
    _steers(by, at)
    held = ParRound.objects.select_for_update().get(pk=round_.pk)
    if par_round.next_stage(Stage(held.stage)) is not to:
        raise Refused(f"Đợt đang ở “{par_round.LABELS[Stage(held.stage)]}”, hãy xem lại rồi làm tiếp", SOURCE)
    if to is Stage.PUBLISHED and not decision.strip():
        raise Refused("Công bố phải ghi số quyết định", SOURCE)
    if to is Stage.PUBLISHED and Survey.objects.filter(round=held, closed_at=None).exists():
        raise Refused("Còn cuộc điều tra xã hội học của đợt này chưa khóa", SOURCE)
    if len(decision.strip()) > LONGEST:
        raise Refused(f"Số quyết định dài quá {LONGEST} ký tự", SOURCE)
    log.record(held.stream, [_decided(StageBegun, by, at, stage=to.value, decision=decision.strip())])
    held.stage, held.decision = to, decision.strip()
    held.published_on = day(at) if to is Stage.PUBLISHED else None
    held.save(update_fields=["stage", "decision", "published_on"])
    round_.refresh_from_db()


@transaction.atomic(durable=True)
def declare(sheet: ParSheet, *, criterion: str, given: Given, by: Officer, at: datetime) -> None:
    """Kê khai số liệu một tiêu chí; one settled by a survey only by who steers. Raises Refused, BadAnswer.

    What the system counts for it is kept with the declaration, as it is now.
    """
    known = sheet.round.table.criteria.criteria.get(criterion)
    system = (
        queries.measured(sheet, known, at) if known else None
    )  # before the sheet is held: counting takes time
    held = _held(sheet)
    if known and known.surveyed:
        _steers(by, at)
    elif not queries.declares(by, held.unit, day(at)):
        raise Refused(f"{by.full_name} không kê khai cho {held.unit.name}", access.SOURCE)
    told = {name: getattr(given, name) for name in ("choice", "n", "d", "votes", "evidence", "why")}
    late = day(at) > date.fromisoformat(held.round.closes[Stage.SELF])
    said = _decided(Declared, by, at, criterion=criterion, late=late, measured=_kept_as(system), **told)
    own = par_round.counted(said, known) if known else None
    _write(held, replace(said, computed=own is not None and own == par_round.answer(said)))


@transaction.atomic(durable=True)
def declare_counted(sheet: ParSheet, *, by: Officer, at: datetime) -> int:
    """Lấy số liệu hệ thống cho mọi tiêu chí chưa kê khai mà hệ thống tính được; how many there were."""
    found = queries.counted(sheet, at)
    held = _held(sheet)
    if not queries.declares(by, held.unit, day(at)):
        raise Refused(f"{by.full_name} không kê khai cho {held.unit.name}", access.SOURCE)
    late, said = day(at) > date.fromisoformat(held.round.closes[Stage.SELF]), []
    folded = queries.folded(held)
    for code, (actual, answer) in found.items():
        if folded.line(code).declared:
            continue
        told = {"choice": answer.choice, "n": _text(answer.n), "d": _text(answer.d), "late": late}
        kept = {"measured": _kept_as(actual), "computed": True}
        said.append(_decided(Declared, by, at, criterion=code, **told, **kept))
    if not said:
        raise Refused("Không còn tiêu chí chưa kê khai nào mà hệ thống tính được", SOURCE)
    _write(held, *said)
    return len(said)


def take_survey(
    sheet: ParSheet, counted: Mapping[str, Given], *, survey: str, by: Officer, at: datetime
) -> None:
    """Ghi kết quả điều tra vào phiếu chấm, by criterion, within the transaction that closes the survey.

    Whoever steers may replace nothing of it afterwards. Raises Refused, BadAnswer.
    """
    held = _held(sheet)
    _steers(by, at)
    given = ("n", "d", "votes", "evidence")
    facts = []
    for criterion, said in counted.items():
        told = {name: getattr(said, name) for name in given}
        facts.append(_decided(Declared, by, at, criterion=criterion, survey=survey, computed=True, **told))
    if facts:
        _write(held, *facts)


@transaction.atomic(durable=True)
def submit(sheet: ParSheet, *, by: Officer, at: datetime) -> None:
    """Nộp bản tự chấm: whole and with evidence, by who answers for the unit; late is recorded as late."""
    held = _held(sheet)
    if not queries.answers(by, held.unit, day(at)):
        raise Refused(f"{by.full_name} không nộp thay cho {held.unit.name}", access.SOURCE)
    late = day(at) > date.fromisoformat(held.round.closes[Stage.SELF])
    _write(held, _decided(SheetSubmitted, by, at, late=late))


@transaction.atomic(durable=True)
def review(sheet: ParSheet, *, criterion: str, points: str, reason: str, by: Officer, at: datetime) -> None:
    """Rà soát điểm một tiêu chí by the owner of its field or who steers; other points than before take a reason."""
    held = _held(sheet)
    known = held.round.table.criteria.criteria.get(criterion)
    if known is None or not queries.reviews(by, known, day(at)):
        raise Refused(f"{by.full_name} không rà soát tiêu chí {criterion}", access.SOURCE)
    turn = 1 if held.round.stage == Stage.REVIEW else 2
    _reasoned(held, criterion, points, reason)
    _write(
        held,
        _decided(
            CriterionReviewed, by, at, criterion=criterion, turn=turn, points=points, reason=reason.strip()
        ),
    )


@transaction.atomic(durable=True)
def explain(
    sheet: ParSheet, *, criterion: str, text: str, by: Officer, at: datetime, evidence: str = ""
) -> None:
    """Giải trình về điểm đã rà soát."""
    held = _held(sheet)
    if not queries.declares(by, held.unit, day(at)):
        raise Refused(f"{by.full_name} không giải trình cho {held.unit.name}", access.SOURCE)
    if not text.strip():
        raise Refused("Hãy ghi nội dung giải trình", SOURCE)
    told = {"criterion": criterion, "text": text.strip(), "evidence": evidence.strip()}
    _write(held, _decided(CriterionExplained, by, at, **told))


@transaction.atomic(durable=True)
def settle(sheet: ParSheet, *, criterion: str, points: str, reason: str, by: Officer, at: datetime) -> None:
    """Ghi kết luận của hội đồng về điểm một tiêu chí, có lý do."""
    held = _held(sheet)
    _steers(by, at)
    if not reason.strip():
        raise Refused("Hãy ghi lý do của hội đồng", SOURCE)
    told = {"criterion": criterion, "points": points, "reason": reason.strip()}
    _write(held, _decided(CriterionSettled, by, at, **told))


@transaction.atomic(durable=True)
def correct(
    sheet: ParSheet, lines: Sequence[Correction], *, giver: Unit, by: Officer, at: datetime
) -> list[Task]:
    """Giao việc khắc phục điểm bị mất: a task of the unit for each criterion, that names it as its cause.

    Raises Refused for one that has such work still open: pressed twice is given once.
    """
    _held(sheet)
    if busy := sorted(queries.under_way(sheet) & {line.criterion for line in lines}):
        raise Refused(f"Việc khắc phục đang làm ở tiêu chí: {', '.join(busy)}", SOURCE)
    known = {line.criterion: line for line in sheet.lines.filter(lost__gt=0)}
    if strange := [line.criterion for line in lines if line.criterion not in known]:
        raise Refused(f"Không mất điểm ở tiêu chí: {', '.join(strange)}", SOURCE)
    work = [
        giving.Assignment(
            title=line.title,
            product=line.product,
            leads=[sheet.unit],
            due=line.due,
            cause=CAUSE.format(stream=sheet.stream, criterion=line.criterion),
        )
        for line in lines
    ]
    return giving.given(work, giver=giver, instrument=None, by=by, at=at)


def _held(sheet: ParSheet) -> ParSheet:
    """The sheet, held to the end of the transaction, with its round, which does not move on meanwhile."""
    ParRound.objects.select_for_update(of=("self",)).get(pk=sheet.round_id)
    found = ParSheet.objects.select_for_update(of=("self",)).select_related("round__table", "unit__parent")
    return found.get(pk=sheet.pk)


def _kept_as(actual: Actual | None) -> dict[str, str]:
    """A figure of the system as it is kept with what was declared."""
    if actual is None or actual.n is None:
        return {}
    told = {"n": _text(actual.n), "on": actual.on.isoformat(), "origin": actual.origin, "url": actual.url}
    return told | ({} if actual.d is None else {"d": _text(actual.d)})


def _text(number: Fraction | None) -> str:
    return "" if number is None else f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def _write(held: ParSheet, *facts: ParFact) -> None:
    criteria, past = held.round.table.criteria, log.read(held.stream)
    before = par_round.fold(past.facts, criteria)
    for fact in facts:
        par_round.allow(Stage(held.round.stage), before, criteria, fact)
    after, entry = log.append(past, facts)
    wire.ask(entry.sql, entry.values)
    _shown(held, par_round.fold(after.facts, criteria), criteria, at=facts[-1].at)


def _shown(row: ParSheet, sheet: Sheet, criteria: CriteriaSet, at: datetime | None = None) -> None:
    """Bring the rows of a sheet up to date."""
    columns, lines = rows.of(row, sheet, criteria)
    ParLine.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["points", "lost", "applies"],
    )
    if sheet.submitted and row.submitted_at is None:
        row.submitted_at, row.late = at, sheet.submitted.late
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()


def _reasoned(held: ParSheet, criterion: str, points: str, reason: str) -> None:
    before = held.lines.filter(criterion=criterion).values_list("points", flat=True).first()
    if not reason.strip() and (before is None or Fraction(points) != Fraction(before)):
        raise Refused("Điểm khác với điểm trước thì phải ghi lý do", SOURCE)


def _in_order(closes: Mapping[Stage, date]) -> None:
    if missing := [par_round.LABELS[stage] for stage in par_round.ORDER[1:-1] if stage not in closes]:
        raise Refused(f"Chưa ghi ngày cuối của: {'; '.join(missing)}", SOURCE)
    days = [closes[stage] for stage in par_round.ORDER[1:-1]]
    if days != sorted(days):
        raise Refused("Ngày cuối của các giai đoạn phải theo thứ tự", SOURCE)


def _steers(by: Officer, at: datetime) -> None:
    access.require(by, "par", None, day(at))


def _decided(kind: type[ParFact], by: Officer, at: datetime, **told: Any) -> Any:
    return kind(at=at, by=by.username, provision=SOURCE, **told)
