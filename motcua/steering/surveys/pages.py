"""What the pages of surveys show, gathered from rows: how each goes, what it came to, what its links say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.urls import reverse

from motcua.journal import log
from motcua.law import par, surveys
from motcua.law.calendar import day
from motcua.law.facts import Fact
from motcua.law.surveys import (
    Form,
    LinksGiven,
    PaperEntered,
    PapersHanded,
    RespondentsListed,
    RespondentsWithdrawn,
    Standing,
    SurveyClosed,
    SurveyWithdrawn,
    TermExtended,
    UnitCounted,
)
from motcua.people.models import Officer, Unit
from motcua.ui.templatetags import ui

from ..pages import crumbs
from ..par import queries as rounds
from . import queries
from .models import Respondent, Survey, SurveyResult

HERE = ("surveys", "Điều tra")
ICONS: Mapping[type[Fact], str] = {SurveyClosed: "circle-check", SurveyWithdrawn: "ban"}
# What a page says of a standing to who opens a link: title and what to do.
TELLS: Mapping[Standing, tuple[str, str]] = {
    Standing.EARLY: ("Chưa đến ngày trả lời", "Mời ông (bà) mở lại liên kết này từ ngày {opens}."),
    Standing.LATE: ("Đã hết hạn trả lời", "Cuộc điều tra nhận phiếu đến hết ngày {closes}. Cảm ơn ông (bà)."),
    Standing.ANSWERED: (
        "Phiếu này đã được trả lời",
        "Mỗi liên kết chỉ dùng một lần. Câu trả lời đã được ghi nhận; cảm ơn ông (bà).",
    ),
    Standing.WITHDRAWN: (
        "Liên kết này không còn dùng được",
        "Cơ quan điều tra đã rút liên kết này, hoặc đã in tờ khác. Nếu vẫn được mời, ông (bà) hãy dùng liên kết mới.",
    ),
    Standing.PAPER: (
        "Ông (bà) đã nhận phiếu giấy",
        "Liên kết này được thay bằng phiếu giấy; mời ông (bà) trả lời trên phiếu giấy.",
    ),
}
STATUS = {
    "ahead": "chưa đến ngày",
    "open": "đang nhận phiếu",
    "over": "hết hạn, chờ khóa",
    "closed": "đã khóa",
    "withdrawn": "đã rút",
}


def status(survey: Survey, on: date) -> str:
    if survey.closed_at:
        return "withdrawn" if survey.withdrawn else "closed"
    return "ahead" if on < survey.opens else "over" if on > survey.closes else "open"


def told(survey: Survey, standing: Standing) -> dict[str, str]:
    """What the page of a link says when nothing can be answered."""
    title, text = TELLS[standing]
    days = {"opens": f"{survey.opens:%d/%m/%Y}", "closes": f"{survey.closes:%d/%m/%Y}"}
    return {"title": title, "text": text.format(**days)}


def cells(survey: Survey, units: Sequence[Unit]) -> list[dict[str, Any]]:
    """Units with every form they are asked about by: how many asked, answered, needed."""
    counted, found = queries.counted(survey, units), []
    for unit in units:
        for form in survey.questions.forms:
            cell = counted.get((unit.pk, form.code), queries.Cell())
            least = survey.least[form.code]
            found.append(
                {
                    "unit": unit,
                    "form": form,
                    "cell": cell,
                    "least": least,
                    "left": cell.handed - cell.papers,
                    "enough": cell.answers >= least,
                    "people": f"{reverse('survey-people', args=[survey.pk])}?o=hoi&don_vi={unit.code}&mau={form.code}",
                    "paper": reverse("survey-paper", args=[survey.pk, unit.code, form.code]),
                }
            )
    return found


def standings(survey: Survey, units: Sequence[Unit], officer: Officer, on: date) -> list[dict[str, Any]]:
    """What a closed survey came to: units with the mean of each criterion. Of all that are open to the officer where
    some are not, else of those on the page."""
    if hidden := rounds.closed(officer, survey.round, on):
        units = list(queries.units(survey).exclude(pk__in=hidden))
    results, found = queries.results(survey, units), []
    for unit in units:
        own = [each for each in results if each.unit_id == unit.pk]
        found.append(
            {
                "unit": unit,
                "url": reverse("survey-unit", args=[survey.pk, unit.code]),
                "answers": sum(each.answers for each in own),
                "means": [{"criterion": code, "mean": mean} for code, mean in means(survey, own).items()],
            }
        )
    return found


def means(survey: Survey, results: list[SurveyResult]) -> dict[str, Decimal | None]:
    """The mean weight by criterion in per cent, None where a form of it has too few answers."""
    tallies = {each.form: each.votes for each in results}
    whole = {code: survey.questions.mean(tallies, code) for code in survey.questions.criteria}
    return {code: None if mean is None else par.shown(mean) for code, mean in whole.items()}


def unit(survey: Survey, unit_: Unit) -> dict[str, Any]:
    """The results of one unit: each criterion with its points, each form with its questions and votes."""
    results = queries.results(survey, [unit_])
    by_code = {each.form: each for each in results}
    criteria = survey.round.table.criteria.criteria
    return {
        "criteria": [
            {
                "criterion": criteria[code],
                "mean": mean,
                "points": None if mean is None else _points(survey, by_code, code),
                "max": par.shown(criteria[code].max),
                "url": reverse("par-line", args=[survey.round_id, unit_.code, code]),
            }
            for code, mean in means(survey, list(results)).items()
        ],
        "forms": [
            {"form": form, "result": by_code[form.code], "questions": _questions(form, by_code[form.code])}
            for form in survey.questions.forms
            if form.code in by_code
        ],
    }


def _points(survey: Survey, results: Mapping[str, SurveyResult], criterion: str) -> Decimal:
    tallies = {code: each.votes for code, each in results.items()}
    mean = survey.questions.mean(tallies, criterion) or Fraction(0)
    return par.shown(survey.round.table.criteria.criteria[criterion].max * mean / 100)


def _questions(form: Form, result: SurveyResult) -> list[dict[str, Any]]:
    if not result.enough:
        return []
    return [
        {
            "question": question,
            "mean": _mean(question, result.votes[question.code]),
            "rows": [
                {
                    "option": option,
                    "votes": result.votes[question.code][option.key],
                    "share": result.votes[question.code][option.key] / max(result.answers, 1),
                    "weight": None if option.weight is None else par.shown(option.weight),
                }
                for option in question.options
            ],
        }
        for question in form.questions
    ]


def _mean(question: surveys.Question, votes: Mapping[str, int]) -> Decimal | None:
    mean = question.mean(votes)
    return None if mean is None else par.shown(mean)


def person(row: Respondent, letters: Mapping[int, str]) -> dict[str, Any]:
    """A line of the list of people, by what the shelves count."""
    looks = (
        (row.answered, ("Đã trả lời", "ok", "circle-check")),
        (row.withdrawn, ("Đã rút", "", "ban")),
        (row.paper, ("Nhận phiếu giấy", "", "file-text")),
        (True, ("Chưa trả lời", "", "hourglass")),
    )
    word, tone, icon = next(look for is_so, look in looks if is_so)
    waited = not (row.answered or row.withdrawn or row.paper)
    return {
        "row": row,
        "state": {"word": word, "tone": tone, "icon": icon},
        "letter": letters.get(row.pk, "") if waited else "",
        "waited": waited,
    }


def counts(survey: Survey, said: Mapping[str, str], query: str) -> list[dict[str, Any]]:
    """The states of the people a list asks for as filters, those the letters did not reach among them."""
    shelf, people = said.get("o", ""), queries.asked(survey, {**said, "o": ""})
    found, failed = queries.by_state(people), queries.unreached(people).count()
    shelves = [("", "Tất cả", found["whole"])]
    shelves += [(slug, label, found[slug]) for slug, (label, _) in queries.STATES.items()]
    shelves += [("hong", "Thư không đến", failed)] if failed or shelf == "hong" else []
    return [
        {
            "url": f"?o={slug}{query}" if slug else f"?{query.removeprefix('&')}",
            "label": label,
            "count": count,
            "current": slug == shelf,
            "tone": "late" if slug == "hong" and count else "",
        }
        for slug, label, count in shelves
    ]


def history(survey: Survey, *, whole: bool) -> list[dict[str, Any]]:
    """What was done in a survey, newest first; what was done over and over in a day is told once.

    Why people were withdrawn says something of them: only the `whole` has it.
    """
    facts = [fact for fact in log.read(survey.stream).facts if not isinstance(fact, UnitCounted)]
    names = dict(
        Officer.objects.filter(username__in={f.by for f in facts}).values_list("username", "full_name")
    )
    runs = [list(run) for _, run in groupby(reversed(facts), key=_alike)]
    return [
        {
            "at": run[0].at,
            "label": run[0].label,
            "by": names.get(run[0].by, run[0].by),
            "note": _note(run[0], whole=whole) if len(run) == 1 else _notes(run),
            "icon": ICONS.get(type(run[0]), "file-text"),
        }
        for run in runs
    ]


def _alike(fact: Fact) -> tuple[Any, ...]:
    """Facts told as one when they follow each other: links given and papers typed in by one officer in a day."""
    if isinstance(fact, LinksGiven | PaperEntered):
        return type(fact), getattr(fact, "way", ""), fact.by, day(fact.at)
    return (fact.at, id(fact))


def _notes(run: list[Fact]) -> str:
    first = run[0]
    if isinstance(first, LinksGiven):
        whole = sum(fact.count for fact in run if isinstance(fact, LinksGiven))
        return f"{first.way.capitalize()}: {ui.number(whole)} người, {len(run)} lần"
    return f"{ui.number(len(run))} phiếu"


def _note(fact: Fact, *, whole: bool) -> str:
    match fact:
        case RespondentsListed():
            return ", ".join(f"mẫu {form}: {ui.number(count)} người" for form, count in fact.counts.items())
        case LinksGiven():
            return f"{fact.way.capitalize()}: {ui.number(fact.count)} người"
        case RespondentsWithdrawn():
            return f"{ui.number(fact.count)} người{f'. {fact.reason}' if whole else ''}"
        case PapersHanded():
            return f"{ui.number(fact.count)} người"
        case PaperEntered():
            return f"Về đơn vị {fact.unit}, mẫu {fact.form}"
        case TermExtended():
            return f"Đến hết ngày {ui.day(date.fromisoformat(fact.closes))}. {fact.reason}"
        case SurveyWithdrawn():
            return fact.reason
        case SurveyClosed():
            short = f", {fact.short} kết quả chưa đủ phiếu" if fact.short else ""
            return f"{ui.number(fact.answers)} phiếu{short}"
    return ""


def below(survey: Survey, *more: str) -> list[dict[str, str]]:
    """The way to a page of a survey."""
    way = crumbs(*HERE)
    if not more:
        return [*way, {"label": survey.name}]
    way.append({"label": survey.name, "url": reverse("survey", args=[survey.pk])})
    return [*way, *({"label": each} for each in more)]
