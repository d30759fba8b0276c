"""A survey counted and closed: results frozen, and taken into the sheets of the round (khóa cuộc điều tra)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction

from motcua.journal import log
from motcua.law import par as par_law
from motcua.law import surveys
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.surveys import SOURCE, SurveyClosed, SurveyWithdrawn, UnitCounted
from motcua.people.models import Officer, Unit

from ...par import acts as par
from ...par.acts import Given
from ...par.models import ParSheet
from .. import mixing, queries
from ..models import Survey, SurveyResult
from .opening import SHORTEST, steers, still_open, told


@dataclass(frozen=True, slots=True)
class Counted:
    """What came out for one unit (kết quả kiểm phiếu): a result for each form it was asked about by."""

    unit: Unit
    results: Sequence[SurveyResult]

    @property
    def tallies(self) -> dict[str, surveys.Tally]:
        return {result.form: result.votes for result in self.results}


@transaction.atomic(durable=True)
def close_survey(survey: Survey, *, by: Officer, at: datetime) -> None:
    """Khóa cuộc điều tra, kiểm phiếu: the results are facts from now on, and stand in the sheets of the round.

    Only after the last day, unless nobody is waited for. A criterion one of whose forms has too few answers gets no
    value: it stays without points, and is not zero.
    """
    held = _held(survey, by, at)
    if day(at) <= held.closes and queries.waited_for(held).exists():
        raise Refused(f"Còn người chưa trả lời và chưa hết hạn {held.closes:%d/%m/%Y}", SOURCE)
    mixing.mix(held)
    counted = list(_counted(held))
    results = [result for unit in counted for result in unit.results]
    SurveyResult.objects.bulk_create(results)
    facts = [_fact(held, unit, by, at) for unit in counted]
    short = sum(1 for result in results if not result.enough)
    answers = sum(result.answers for result in results)
    log.record(held.stream, [*facts, told(SurveyClosed, by, at, answers=answers, short=short)])
    held.closed_at = at
    held.save(update_fields=["closed_at"])
    _declared(held, counted, by, at)
    survey.refresh_from_db()


@transaction.atomic(durable=True)
def withdraw_survey(survey: Survey, *, reason: str, by: Officer, at: datetime) -> None:
    """Rút cuộc điều tra mở nhầm, có lý do: answers that came in are never counted, and another survey may ask again."""
    held = _held(survey, by, at)
    if len(reason.strip()) < SHORTEST:
        raise Refused("Hãy ghi lý do rút cuộc điều tra", SOURCE)
    mixing.mix(held)
    log.record(held.stream, [told(SurveyWithdrawn, by, at, reason=reason.strip())])
    held.closed_at, held.withdrawn = at, True
    held.save(update_fields=["closed_at", "withdrawn"])
    survey.refresh_from_db()


def _held(survey: Survey, by: Officer, at: datetime) -> Survey:
    """The survey, held so that no answer comes in meanwhile. Raises Refused for one that is closed, or who may not."""
    steers(by, at)
    found = Survey.objects.select_for_update(of=("self",)).select_related("table", "round__table")
    held = found.get(pk=survey.pk)
    still_open(held)
    return held


def _counted(held: Survey) -> Iterator[Counted]:
    units = list(queries.units(held))
    found = queries.counted(held, units)
    for unit in units:
        forms = [form for form in held.questions.forms if (unit.pk, form.code) in found]
        results = []
        for form in forms:
            cell = found[unit.pk, form.code]
            enough = cell.answers >= held.least[form.code]
            votes = surveys.tally(form, queries.answers(held, unit, form.code)) if enough else {}
            about = {"asked": cell.asked, "answers": cell.answers, "papers": cell.papers, "enough": enough}
            results.append(SurveyResult(survey=held, unit=unit, form=form.code, votes=votes, **about))
        yield Counted(unit, results)


def _fact(held: Survey, counted: Counted, by: Officer, at: datetime) -> Any:
    forms = {
        each.form: {"asked": each.asked, "answers": each.answers, "papers": each.papers, "votes": each.votes}
        for each in counted.results
    }
    means = {code: given.n for code, given in _means(held, counted).items()}
    return told(UnitCounted, by, at, unit=counted.unit.code, forms=forms, means=means)


def _means(held: Survey, counted: Counted) -> dict[str, Given]:
    """What the unit's sheet is told for each criterion that has enough answers by all its forms."""
    tallies, enough = counted.tallies, {each.form: each.enough for each in counted.results}
    found = {}
    for criterion in held.questions.criteria:
        forms = [form.code for form in held.questions.feeding(criterion) if form.code in enough]
        mean = held.questions.mean(tallies, criterion)
        if mean is None or not all(enough[code] for code in forms):
            continue
        n = sum(each.answers for each in counted.results if each.form in forms)
        proof = f"Điều tra xã hội học “{held.name}”: {n} phiếu, trung bình {_written(mean)} %"
        votes = held.questions.votes(tallies, criterion)
        found[criterion] = Given(n=str(mean), d="100", votes=votes, evidence=proof)
    return found


def _declared(held: Survey, counted: Sequence[Counted], by: Officer, at: datetime) -> None:
    sheets = {
        sheet.unit_id: sheet
        for sheet in ParSheet.objects.filter(round=held.round).select_related("round__table")
    }
    for each in counted:
        means = _means(held, each)
        if means:
            par.take_survey(sheets[each.unit.pk], means, survey=str(held.pk), by=by, at=at)


def _written(mean: Fraction) -> str:
    return f"{par_law.shown(mean):f}".replace(".", ",")
