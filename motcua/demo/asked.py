"""A survey about the scored departments, answered by its links, counted and closed; and one still open (điều tra).

The people asked, and what they say, are invented. They answer by the links of a sheet, as anybody would.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from motcua.law.calendar import day
from motcua.people.models import Officer, Role, Unit
from motcua.steering.par.models import ParRound
from motcua.steering.surveys import acts, queries
from motcua.steering.surveys.acts import Line, NewSet
from motcua.steering.surveys.models import QuestionTable, Survey

from .world import World

ASKED, LEAST, TERM, STILL_OPEN = 7, 5, 20, 100
SCALE = [{"key": "A", "label": "Tốt"}, {"key": "B", "label": "Khá"}, {"key": "C", "label": "Còn hạn chế"}]
SCALE += [{"key": "D", "label": "Kém"}]
UNSURE: list[dict[str, Any]] = [*SCALE, {"key": "E", "label": "Không rõ", "weight": None}]
FORMS: list[dict[str, Any]] = [
    {
        "code": "01",
        "name": "Đại biểu HĐND, MTTQ tỉnh",
        "asked": "đại biểu HĐND tỉnh, ủy viên Ban Thường trực MTTQ tỉnh",
        "questions": [
            {
                "code": "1",
                "text": "Ông (bà) đánh giá thế nào về chất lượng tham mưu văn bản của cơ quan này?",
                "criterion": "3",
                "options": SCALE,
                "examples": [{"votes": {"A": 10, "B": 5, "C": 3, "D": 2}, "percent": "68"}],
            },
            {
                "code": "2",
                "text": "Cơ quan này trả lời kiến nghị của cử tri thế nào?",
                "criterion": "3",
                "options": UNSURE,
            },
        ],
    },
    {
        "code": "02",
        "name": "Lãnh đạo UBND cấp xã",
        "asked": "Chủ tịch, Phó Chủ tịch UBND xã, phường",
        "questions": [
            {
                "code": "1",
                "text": "Cơ quan này hướng dẫn chuyên môn cho xã, phường thế nào?",
                "criterion": "3",
                "options": UNSURE,
            },
            {
                "code": "2",
                "text": "Việc phối hợp giải quyết thủ tục hành chính với cơ quan này thế nào?",
                "criterion": "3",
                "options": SCALE,
            },
        ],
    },
]


def play(world: World, round_: ParRound, seed: int, by: Officer, at: datetime) -> Survey:
    """Ask about all units of a round but the last, and close; of the last, begin to ask. `at`: when it begins."""
    rng, units = (
        random.Random(f"{seed}:asked"),
        [sheet.unit for sheet in round_.sheets.select_related("unit")],
    )
    new = NewSet("Bộ phiếu điều tra xã hội học (bản thử)", f"26/QĐ-UBND ({seed})", day(at), FORMS)
    table = acts.enter_questions(new, by=by, at=at)
    asked = _opened(round_, table, "Ý kiến về các sở, ngành", units[:-1], TERM, by, at)
    _listed(world, asked, by, at)
    for unit in units[:-1]:
        for form in asked.questions.forms:
            _answered(asked, unit, form.code, rng, by, at)
    _opened(round_, table, "Ý kiến về cơ quan bổ sung", units[-1:], STILL_OPEN, by, at)
    acts.close_survey(asked, by=by, at=at + timedelta(days=TERM + 1))
    return asked


def begin(world: World, round_: ParRound, by: Officer, at: datetime) -> int:
    """Ask the people of the survey that is still open; how many letters wait for the worker."""
    left = Survey.objects.select_related("table").get(round=round_, closed_at=None)
    _listed(world, left, by, at)
    return acts.invite(left, address="http://localhost:8000", by=by, at=at)


def _opened(
    round_: ParRound,
    table: QuestionTable,
    name: str,
    units: Sequence[Unit],
    term: int,
    by: Officer,
    at: datetime,
) -> Survey:
    least = {form["code"]: LEAST for form in FORMS}
    days = {"opens": day(at), "closes": day(at) + timedelta(days=term)}
    return acts.open_survey(round_, table, name=name, units=units, **days, least=least, by=by, at=at)


def _listed(world: World, survey: Survey, by: Officer, at: datetime) -> None:
    heads = [world.officer(unit, Role.HEAD, 0).full_name for unit in world.communes[: 2 * ASKED]]
    roles = {"01": ("Đại biểu HĐND tỉnh", heads[ASKED:]), "02": ("Chủ tịch UBND xã", heads[:ASKED])}
    people = [
        Line(0, "tất cả", form, name, role, f"mau-{form}-{n}@thu.example")
        for form, (role, names) in roles.items()
        for n, name in enumerate(names, start=1)
    ]
    acts.list_respondents(survey, people, by=by, at=at)


def _answered(survey: Survey, unit: Unit, form: str, rng: random.Random, by: Officer, at: datetime) -> None:
    """All but one or two answer, each by the link on the sheet."""
    asked = survey.questions.form(form)
    assert asked is not None
    sheet = acts.print_links(survey, unit=unit, form=form, by=by, at=at)
    for _, token in sheet[: rng.randint(LEAST, ASKED)]:
        said: Mapping[str, str] = {q.code: rng.choice("AAAABBBC") for q in asked.questions}
        acts.answer(queries.link_for(token), said, at=at + timedelta(days=2))
