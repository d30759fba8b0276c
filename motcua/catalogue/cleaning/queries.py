"""Questions about what cleaning found: flaws by what is asked, scores of each agency, the way to zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from motcua.people.models import Officer, Role

from ..models import Version
from ..queries import NotFound
from ..words import fold
from . import gathering
from .models import Flaw, State, Sweep
from .rule import Dimension, Severity
from .rules import ALL

UNNAMED = "chua-ro"  # the agency of texts that name none, in addresses
UNNAMED_LABEL = "Chưa rõ cơ quan công bố"
EVERYBODY = "Toàn danh mục"
MENDERS = frozenset({Role.CONTROLLER, Role.HEAD})  # the roles a flaw may be given to


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for; "" asks for everything."""

    text: str = ""
    rule: str = ""
    severity: str = ""
    dimension: str = ""
    agency: str = ""
    state: str = State.OPEN.value
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How many procedures of an agency have no open flaw in a dimension, of how many."""

    dimension: Dimension
    n: int
    d: int

    @property
    def ratio(self) -> float | None:
        return self.n / self.d if self.d else None


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency with its four scores; `open` are its open flaws, notes too."""

    name: str
    procedures: int
    open: int
    scores: tuple[Score, ...]

    @property
    def key(self) -> str:
        return self.name or UNNAMED

    @property
    def label(self) -> str:
        return self.name or UNNAMED_LABEL


def flaws(wanted: Wanted) -> QuerySet[Flaw]:
    """The flaws asked for, the worst first, then by procedure."""
    found = Flaw.objects.filter(_matching(wanted)).select_related("version__procedure", "owner")
    found = found.defer("version__sequence", "version__procedure__words", "version__procedure__folded")
    worst = [When(rule__in=codes(severity=severity), then=place) for place, severity in enumerate(Severity)]
    return found.order_by(Case(*worst, default=len(worst)), "rule", "version__procedure__code", "pk")


def _matching(wanted: Wanted) -> Q:
    asked = Q(rule__in=codes(wanted.rule, wanted.severity, wanted.dimension))
    if wanted.state:
        asked &= Q(state=wanted.state)
    if wanted.agency:
        asked &= Q(version__issuer="" if wanted.agency == UNNAMED else wanted.agency)
    if wanted.owner:
        asked &= Q(owner__username=wanted.owner)
    if wanted.text:
        named = Q(version__procedure__folded__contains=fold(wanted.text))
        asked &= named | Q(version__procedure__code__startswith=wanted.text)
    return asked


def codes(rule: str = "", severity: str = "", dimension: str = "") -> list[str]:
    """The codes of the rules of a severity and dimension; of one rule alone where it is named."""
    return [
        each.code
        for each in ALL.values()
        if rule in ("", each.code) and severity in ("", each.severity) and dimension in ("", each.dimension)
    ]


def given_to(officer: Officer) -> QuerySet[Flaw]:
    """The open flaws an officer is to mend, the first due first."""
    return flaws(Wanted(owner=officer.username)).order_by("due", "rule", "pk")


def overdue(officer: Officer, day: date) -> int:
    """How many flaws an officer has not mended in time."""
    return Flaw.objects.filter(owner=officer, state=State.OPEN, due__lt=day).count()


def by_rule(wanted: Wanted) -> dict[str, int]:
    """How many flaws each rule has among those asked for."""
    counted = Flaw.objects.filter(_matching(wanted)).order_by().values("rule").annotate(count=Count("pk"))
    return {row["rule"]: row["count"] for row in counted}


def by_state(wanted: Wanted) -> dict[str, int]:
    """How many of those asked for stand in each state."""
    counted = Flaw.objects.filter(_matching(wanted)).order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in counted}


def agencies(day: date) -> list[Agency]:
    """The four scores of each agency that announced something in force, the one with most procedures first."""
    texts = gathering.in_force(day).order_by()
    clean = {dimension.name.lower(): Count("pk", filter=~Q(_flawed(dimension))) for dimension in Dimension}
    found = texts.values("issuer").annotate(procedures=Count("pk"), **clean)
    open_ = dict(
        Flaw.objects.filter(_matching(Wanted()))  # as the list it opens to counts them
        .order_by()
        .values_list("version__issuer")
        .annotate(count=Count("pk"))
    )
    return [_agency(row, open_.get(row["issuer"], 0)) for row in found.order_by("-procedures", "issuer")]


def total(of: Sequence[Agency]) -> Agency:
    """All agencies together: sums of the numerators and denominators, not means of the scores."""
    scores = tuple(
        Score(
            dimension,
            sum(_score(each, dimension).n for each in of),
            sum(_score(each, dimension).d for each in of),
        )
        for dimension in Dimension
    )
    return Agency(EVERYBODY, sum(each.procedures for each in of), sum(each.open for each in of), scores)


def behind(agency: str, dimension: Dimension, day: date, *, clean: bool | None = None) -> QuerySet[Version]:
    """The procedures behind a score: all of an agency, or those with or without an open flaw in the dimension."""
    texts = gathering.in_force(day).select_related("procedure").defer("sequence", "procedure__words")
    if agency:
        texts = texts.filter(issuer="" if agency == UNNAMED else agency)
    texts = texts.annotate(flawed=_flawed(dimension))
    if clean is not None:
        texts = texts.filter(flawed=not clean)
    return texts.order_by("procedure__code")


def one(pk: int) -> Flaw:
    """A flaw with its procedure. Raises NotFound."""
    flaw = Flaw.objects.select_related("version__procedure", "owner").filter(pk=pk).first()
    if flaw is None or flaw.rule not in ALL:
        raise NotFound("Không có điểm cần làm sạch này")
    return flaw


def sweeps(limit: int = 30) -> list[Sweep]:
    """The last days the catalogue was swept, newest first."""
    return list(Sweep.objects.order_by("-day")[:limit])


def menders(day: date) -> QuerySet[Officer]:
    """Who may be given a flaw to mend: those who control procedures, and heads of units, on that day."""
    held = Q(posts__role__in=MENDERS, posts__valid_from__lte=day)
    held &= Q(posts__valid_to=None) | Q(posts__valid_to__gt=day)
    return Officer.objects.filter(held, is_active=True).distinct().order_by("full_name", "username")


def issuers(day: date) -> list[str]:
    """Who announced something in force."""
    return list(gathering.in_force(day).order_by("issuer").values_list("issuer", flat=True).distinct())


def _flawed(dimension: Dimension) -> Exists:
    counted = [rule.code for rule in ALL.values() if rule.counts and rule.dimension == dimension]
    return Exists(Flaw.objects.filter(version=OuterRef("pk"), state=State.OPEN, rule__in=counted))


def _agency(row: Mapping[str, Any], open_: int) -> Agency:
    scores = tuple(Score(d, row[d.name.lower()], row["procedures"]) for d in Dimension)
    return Agency(row["issuer"], row["procedures"], open_, scores)


def _score(agency: Agency, dimension: Dimension) -> Score:
    return next(score for score in agency.scores if score.dimension == dimension)
