"""Surveys of communes for a round that is not published: who was asked, by links and on paper, and what came of it.

What is done once for a survey is done by the acts; respondents' marks, letters and answers come by COPY.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.par_round import Stage
from motcua.law.surveys import Form, LinksGiven, PaperEntered
from motcua.notices.models import State
from motcua.people.models import Unit, UnitKind
from motcua.steering.models import CriteriaTable, Invitation, Respondent, Survey, SurveyAnswer, SurveyLink
from motcua.steering.surveys import acts, tokens
from motcua.steering.surveys.acts.opening import told

from .copying import write
from .orders import Crew
from .scoring import BORN, round_at

SEED = 516
TASKS_EACH, LEAST, MOST = 5_000, 2, 20  # to one survey; the fewest and the most of them
ASKED = {"01": 30, "02": 10}  # people about each commune, by form
CRITERIA: list[dict[str, Any]] = [
    {"code": "1", "name": "Kế hoạch", "max": "60", "rule": {"kind": "yes_no"}},
    {"code": "2", "name": "Phục vụ", "max": "40", "rule": {"kind": "survey", "weights": {"A": 100}}},
]
SCALE = [{"key": key, "label": word} for key, word in zip("ABCD", ("Tốt", "Khá", "Vừa", "Kém"), strict=True)]
FORMS: list[dict[str, Any]] = [
    {
        "code": code,
        "name": name,
        "questions": [
            {"code": str(n), "text": text, "criterion": "2", "options": SCALE}
            for n, text in enumerate(texts, 1)
        ],
    }
    for code, name, texts in (
        (
            "01",
            "Người dân",
            ("Cán bộ có tận tình không?", "Có trả lời đúng hẹn không?", "Có công khai không?"),
        ),
        ("02", "Đại biểu", ("Xã phối hợp thế nào?", "Xã giải trình thế nào?")),
    )
]


def surveys(count: int, crew: Crew, at: datetime) -> None:
    """Surveys of some communes each; all but the last are counted and closed."""
    made = {"name": "Bộ tiêu chí cấp xã, có điều tra", "decision": "3/QĐ-UBND", "kind": UnitKind.COMMUNE}
    table = CriteriaTable.objects.create(
        **made, decided_on=BORN, lines=CRITERIA, digest="1" * 64, by=crew.steers, at=at
    )
    begun, by = at - timedelta(days=50), crew.steers
    round_ = round_at(
        Stage.COUNCIL, table, crew, begun - timedelta(days=20), day(at) + timedelta(days=30), year=at.year
    )
    new = acts.NewSet("Bộ phiếu điều tra", "4/QĐ-UBND", day(begun), FORMS)
    questions = acts.enter_questions(new, by=by, at=begun)
    communes = [unit for unit in crew.units if unit.kind == UnitKind.COMMUNE]
    each, number = max(1, len(communes) // MOST), min(MOST, max(LEAST, count // TASKS_EACH))
    for n in range(number):
        last = n == number - 1
        survey = acts.open_survey(
            round_,
            questions,
            name=f"Điều tra cụm {n + 1}",
            units=communes[n * each : (n + 1) * each],
            opens=day(begun),
            closes=day(at) + timedelta(days=10 if last else -10),
            least={"01": 10, "02": 5},
            by=by,
            at=begun,
        )
        _asked(survey, crew, begun)
        if not last:
            acts.close_survey(survey, by=by, at=at - timedelta(days=5))


def _asked(survey: Survey, crew: Crew, at: datetime) -> None:
    """People listed, a tenth on paper; seven in ten of the others answered by the link of their letter."""
    chance, by = Random(SEED + survey.pk), crew.steers
    units = Unit.objects.filter(code__in=survey.units)
    lines = [
        acts.Line(n, unit.code, form, f"Người {n} {unit.code}", email=f"n{n}.{form}@mau.vn")
        for unit in units
        for form, most in ASKED.items()
        for n in range(most)
    ]
    acts.list_respondents(survey, lines, by=by, at=at)
    people = list(Respondent.objects.filter(survey=survey).order_by("pk"))
    on_paper, by_link = people[::10], [each for n, each in enumerate(people) if n % 10]
    acts.hand_papers(survey, [each.pk for each in on_paper], by=by, at=at + timedelta(days=1))
    _written(survey, by_link, at)
    gone = [each for each in by_link if chance.random() < 0.7]
    Respondent.objects.filter(pk__in=[each.pk for each in gone]).update(answered=True)
    answers = [*_answers(survey, gone, chance), *_answers(survey, on_paper, chance, entered_by=by)]
    chance.shuffle(answers)
    write(answers)
    typed = [
        told(PaperEntered, by, at + timedelta(days=2), unit=each.unit.code, form=each.form)
        for each in Respondent.objects.filter(survey=survey, paper=True).select_related("unit")
    ]
    log.record(survey.stream, [told(LinksGiven, by, at, way="thư mời", count=len(by_link)), *typed])


def _written(survey: Survey, people: Sequence[Respondent], at: datetime) -> None:
    """The letters that left, each with its link."""
    kept = {"address": "http://localhost", "queued_at": at, "next_at": at, "attempts": 1}
    kept |= {"state": State.SENT, "tried_at": at, "done_at": at, "stand_in": True}
    write([Invitation(respondent=each, **kept) for each in people], own=False)
    write(
        [SurveyLink(respondent=each, digest=tokens.digest(f"bench-{each.pk}")) for each in people], own=False
    )


def _answers(
    survey: Survey, people: Sequence[Respondent], chance: Random, **more: Any
) -> Iterator[SurveyAnswer]:
    forms: dict[str, Form] = {form.code: form for form in survey.questions.forms}
    for each in people:
        said = {q.code: chance.choice("AAABBCD") for q in forms[each.form].questions}
        yield SurveyAnswer(survey=survey, unit_id=each.unit_id, form=each.form, options=said, **more)
