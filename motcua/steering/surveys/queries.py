"""Who is asked and still waited for, what links say, how many answers there are; results of what is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from motcua.notices.models import State
from motcua.people.models import Unit

from . import tokens
from .models import Invitation, QuestionTable, Respondent, Survey, SurveyAnswer, SurveyLink, SurveyResult

WAITED = Q(answered=False, withdrawn=False, paper=False)
STATES: Mapping[str, tuple[str, Q]] = {
    "hoi": ("Được hỏi", Q(withdrawn=False)),
    "cho": ("Chưa trả lời", WAITED),
    "xong": ("Đã trả lời", Q(answered=True)),
    "giay": ("Nhận phiếu giấy", Q(paper=True)),
    "rut": ("Đã rút", Q(withdrawn=True)),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """How a form goes for a unit: people asked, answers of all kinds, those typed from paper, papers handed out."""

    asked: int = 0
    answers: int = 0
    papers: int = 0
    handed: int = 0


def listed() -> QuerySet[Survey]:
    """All surveys, the newest first, without what a list does not tell of each: the questions, the criteria."""
    return Survey.objects.select_related("round__table").defer(
        "least", "round__closes", "round__table__lines"
    )


def survey_for(key: int) -> Survey:
    """One survey with its questions and its round. Raises Http404."""
    found = Survey.objects.select_related("table", "round__table").filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có cuộc điều tra số {key}")
    return found


def table_for(key: int) -> QuestionTable:
    """One question set. Raises Http404."""
    found = QuestionTable.objects.filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có bộ câu hỏi số {key}")
    return found


def units(survey: Survey) -> QuerySet[Unit]:
    return Unit.objects.filter(code__in=survey.units).order_by("code")


def unit_for(survey: Survey, code: str) -> Unit:
    """A unit the survey asks about. Raises Http404."""
    found = units(survey).filter(code=code.replace("\0", "")).first()
    if found is None:
        raise Http404(f"Cuộc điều tra này không hỏi về đơn vị {code}")
    return found


def link_for(token: str) -> SurveyLink:
    """The link of a token, with whom it asks. Raises Http404."""
    found = SurveyLink.objects.select_related("respondent__survey__table", "respondent__unit")
    if (link := found.filter(digest=tokens.digest(token)).first()) is None:
        raise Http404("Không có liên kết này")
    return link


def waited_for(survey: Survey) -> QuerySet[Respondent]:
    """Who may still answer by link."""
    return Respondent.objects.filter(WAITED, survey=survey)


def wanted() -> Q:
    """Of letters: those to somebody who may still answer, in a survey that still takes answers."""
    person = {f"respondent__{name}": False for name in ("answered", "withdrawn", "paper")}
    return Q(respondent__survey__closed_at=None, **person)


def asked(survey: Survey, said: Mapping[str, str]) -> QuerySet[Respondent]:
    """The respondents a list asks for: words of a name, a unit, a form, a state."""
    found = Respondent.objects.filter(survey=survey).select_related("unit")
    if code := said.get("don_vi", "").replace("\0", ""):
        found = found.filter(unit__code=code)
    if form := said.get("mau", "").replace("\0", ""):
        found = found.filter(form=form)
    for word in said.get("q", "").replace("\0", "").split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if said.get("o") == "hong":
        return unreached(found)
    known = STATES.get(said.get("o", ""))
    return found.filter(known[1]) if known else found


def unreached(people: QuerySet[Respondent]) -> QuerySet[Respondent]:
    """Those of them still waited for whom a letter did not reach, as far as anybody knows."""
    failed = Invitation.objects.filter(respondent=OuterRef("pk"), state__in=[State.FAILED, State.UNCERTAIN])
    return people.filter(WAITED & Exists(failed))


def by_state(people: QuerySet[Respondent]) -> dict[str, int]:
    """How many of these respondents stand in each state."""
    told = {slug: Count("pk", filter=said) for slug, (_, said) in STATES.items()}
    return people.order_by().aggregate(whole=Count("pk"), **told)


def letters_waiting(survey: Survey) -> int:
    """How many letters of the survey wait for somebody who may still answer."""
    return Invitation.objects.filter(wanted(), state=State.WAITING, respondent__survey=survey).count()


def counted(survey: Survey, units: Iterable[Unit]) -> dict[tuple[int, str], Cell]:
    """How each form goes for each of some units, by unit and form; none where nobody was asked."""
    where = {"survey": survey, "unit__in": list(units)}
    people = Respondent.objects.filter(**where, withdrawn=False).order_by().values_list("unit", "form")
    asked = {
        (u, f): (n, p) for u, f, n, p in people.annotate(n=Count("pk"), p=Count("pk", filter=Q(paper=True)))
    }
    rows = SurveyAnswer.objects.filter(**where).order_by().values_list("unit", "form")
    typed = Count("pk", filter=Q(entered_by__isnull=False))
    given = {(u, f): (n, p) for u, f, n, p in rows.annotate(n=Count("pk"), p=typed)}
    return {key: Cell(asked[key][0], *given.get(key, (0, 0)), asked[key][1]) for key in asked}


def papers_left(survey: Survey, unit: Unit, form: str) -> int:
    """How many forms handed out on paper were not typed in yet."""
    where = {"survey": survey, "unit": unit, "form": form}
    handed = Respondent.objects.filter(**where, paper=True).count()
    return handed - SurveyAnswer.objects.filter(**where, entered_by__isnull=False).count()


def answers(survey: Survey, unit: Unit, form: str) -> list[dict[str, str]]:
    """The options of every answer about a unit by a form. For counting alone: no page shows them."""
    rows = SurveyAnswer.objects.filter(survey=survey, unit=unit, form=form)
    return list(rows.values_list("options", flat=True))


def results(survey: Survey, units: Iterable[Unit]) -> list[SurveyResult]:
    return list(SurveyResult.objects.filter(survey=survey, unit__in=list(units)).select_related("unit"))
