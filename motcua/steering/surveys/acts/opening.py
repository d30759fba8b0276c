"""A question set entered, a survey opened, its term made longer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from motcua.journal import log
from motcua.law import packs, surveys
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.par_round import Stage
from motcua.law.surveys import SOURCE, BadQuestions, QuestionSet, SurveyFact, SurveyOpened, TermExtended
from motcua.people import access
from motcua.people.models import Officer, Unit

from ...par.models import ParRound
from ..models import QuestionTable, Survey

SHORTEST = 5  # letters of a reason


@dataclass(frozen=True, slots=True)
class NewSet:
    """A question set to be entered (bộ câu hỏi). `forms` as `law.surveys.QuestionSet.of` takes them."""

    name: str
    decision: str
    decided_on: date
    forms: Sequence[Mapping[str, Any]]


@transaction.atomic(durable=True)
def enter_questions(new: NewSet, *, by: Officer, at: datetime) -> QuestionTable:
    """Nhập bộ câu hỏi: refused whole when it cannot be counted or an example does not come out; twice is once."""
    steers(by, at)
    try:
        weights = dict(surveys.default_weights(new.decided_on))
        QuestionSet.of(new.forms, weights=weights)
    except BadQuestions as bad:
        raise Refused(str(bad), SOURCE) from bad
    except packs.NotInForce as early:
        raise Refused(f"Chưa có quy định về điều tra vào ngày {new.decided_on:%d/%m/%Y}", SOURCE) from early
    digest = hashlib.sha256(orjson.dumps([new.decision, new.forms, weights])).hexdigest()
    told = {
        "name": new.name.strip(),
        "decision": new.decision.strip(),
        "decided_on": new.decided_on,
        "forms": new.forms,
        "weights": weights,
        "by": by,
        "at": at,
    }
    return QuestionTable.objects.get_or_create(digest=digest, defaults=told)[0]


@transaction.atomic(durable=True)
def open_survey(
    round_: ParRound,
    table: QuestionTable,
    *,
    name: str,
    units: Sequence[Unit],
    opens: date,
    closes: date,
    least: Mapping[str, int],
    by: Officer,
    at: datetime,
) -> Survey:
    """Mở cuộc điều tra về các đơn vị của một đợt. `least`: by form, the fewest answers a unit's result stands on."""
    steers(by, at)
    ParRound.objects.select_for_update().get(pk=round_.pk)
    _fits(round_, table, units)
    _dated(round_, opens, closes, at)
    asked = {form.code: least.get(form.code, 0) for form in table.questions.forms}
    floor = surveys.least(day(at))[1]
    if low := [code for code, few in asked.items() if few < floor]:
        raise Refused(f"Số phiếu tối thiểu của mẫu {', '.join(low)} phải từ {floor} trở lên", SOURCE)
    codes = tuple(unit.code for unit in units)
    kept = {"units": codes, "least": asked, "opens": opens, "closes": closes}
    try:
        with transaction.atomic():
            made = Survey.objects.create(round=round_, table=table, name=name.strip(), **kept)
    except IntegrityError as error:
        raise Refused(f"Đợt này đã có cuộc điều tra tên “{name.strip()}”", SOURCE) from error
    term = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    about = {"name": made.name, "decision": table.decision, "round": round_.stream}
    log.record(made.stream, [told(SurveyOpened, by, at, **about, units=codes, least=asked, **term)])
    return made


@transaction.atomic(durable=True)
def extend(survey: Survey, *, closes: date, reason: str, by: Officer, at: datetime) -> None:
    """Gia hạn nhận phiếu, có lý do: to a later day only, before the council is done, for no day can be taken back."""
    held = held_open(survey, by, at)
    if closes <= held.closes or closes < day(at):
        raise Refused(f"Ngày mới phải sau {held.closes:%d/%m/%Y} và chưa qua", SOURCE)
    _before_council(held.round, closes)
    if len(reason.strip()) < SHORTEST:
        raise Refused("Hãy ghi lý do gia hạn", SOURCE)
    said = told(TermExtended, by, at, closes=closes.isoformat(), reason=reason.strip())
    log.record(held.stream, [said])
    held.closes = closes
    held.save(update_fields=["closes"])


def steers(by: Officer, at: datetime) -> None:
    access.require(by, "par", None, day(at))


def held_open(survey: Survey, by: Officer, at: datetime) -> Survey:
    """The survey, held to the end of the transaction. Raises Refused for one that is closed, or who may not."""
    steers(by, at)
    found = Survey.objects.select_for_update(of=("self",), no_key=True).select_related("table")
    held = found.get(pk=survey.pk)
    still_open(held)
    return held


def still_open(survey: Survey) -> None:
    """Raise Refused for a survey that was closed or withdrawn."""
    if survey.closed_at:
        raise Refused("Cuộc điều tra đã rút" if survey.withdrawn else "Cuộc điều tra đã khóa", SOURCE)


def told(kind: type[SurveyFact], by: Officer, at: datetime, **said: Any) -> Any:
    return kind(at=at, by=by.username, provision=SOURCE, **said)


def _fits(round_: ParRound, table: QuestionTable, units: Sequence[Unit]) -> None:
    """Whether the round scores these units, and asks a survey for these criteria that no other one answers."""
    if round_.stage == Stage.PUBLISHED:
        raise Refused("Đợt này đã công bố", SOURCE)
    if not units:
        raise Refused("Chưa chọn đơn vị nào", SOURCE)
    scored = set(round_.sheets.values_list("unit", flat=True))
    if strange := [unit.name for unit in units if unit.pk not in scored]:
        raise Refused(f"Đợt này không chấm: {', '.join(strange[:5])}", SOURCE)
    surveyed = {c.code for c in round_.table.criteria.leaves if c.surveyed}
    fed = table.questions.criteria
    if wrong := [code for code in fed if code not in surveyed]:
        raise Refused(f"Bộ tiêu chí của đợt không có tiêu chí điều tra: {', '.join(wrong)}", SOURCE)
    if not fed:
        raise Refused("Không câu hỏi nào dùng cho tiêu chí nào", SOURCE)
    codes = {unit.code for unit in units}
    for other in Survey.objects.filter(round=round_, withdrawn=False).select_related("table"):
        if codes & set(other.units) and set(fed) & set(other.questions.criteria):
            advice = "" if other.closed_at else "; nếu mở nhầm, hãy rút cuộc ấy"
            raise Refused(f"Cuộc điều tra “{other.name}” đã hỏi cho các tiêu chí này{advice}", SOURCE)


def _dated(round_: ParRound, opens: date, closes: date, at: datetime) -> None:
    if closes < opens:
        raise Refused("Ngày cuối phải từ ngày bắt đầu trở đi", SOURCE)
    if closes < day(at):
        raise Refused("Ngày cuối đã qua", SOURCE)
    _before_council(round_, closes)


def _before_council(round_: ParRound, closes: date) -> None:
    last = date.fromisoformat(round_.closes[Stage.COUNCIL])
    if closes > last:
        raise Refused(f"Ngày cuối phải trước khi hội đồng xong việc, {last:%d/%m/%Y}", SOURCE)
