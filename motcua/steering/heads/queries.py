"""What a head answers for in a year: tasks of the days he held the post, the index of his agency, his grade.

A post that changes hands divides its year: each head has the tasks settled, or fallen due, in his own days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import FilteredRelation, Q, QuerySet
from django.http import Http404

from motcua.catalogue.words import among
from motcua.journal import log
from motcua.law import grading, heads, packs
from motcua.law.following import Figures, Status
from motcua.law.grading import Grading
from motcua.law.heads import Grade, Proposal
from motcua.law.packs import NotInForce
from motcua.people import access
from motcua.people.models import Officer, Post, Role, UnitKind
from motcua.scores import fresh
from motcua.scores.asked import Asked
from motcua.scores.periods import BadPeriod, Period, Span
from motcua.scores.queries import UnitIndex

from .. import counting
from .. import queries as tasks
from ..models import HeadRating, ParSheet, Task
from ..par.queries import group, steers

LED = (UnitKind.PROVINCE, UnitKind.DEPARTMENT, UnitKind.DISTRICT, UnitKind.COMMUNE)


@dataclass(frozen=True, slots=True)
class Stint:
    """The days of a year somebody held a post of head (thời gian giữ vị trí), both within."""

    post: Post
    year: int
    first: date
    last: date

    @property
    def whole(self) -> bool:
        return (self.first, self.last) == (date(self.year, 1, 1), date(self.year, 12, 31))


@dataclass(frozen=True, slots=True)
class Card:
    """What a head answers for (phiếu điểm): his tasks, and the index of his agency in the year, where it has one.

    `reform` is the class of the agency in the published index of reform of that year, "" where there is none.
    """

    stint: Stint
    tasks: Figures
    early: int
    index: UnitIndex | None
    rating: HeadRating | None
    reform: str = ""

    @property
    def score(self) -> Decimal | None:
        return self.index.score.total if self.index else None

    def share(self, code: str) -> tuple[int, int] | None:
        """Numerator and denominator of one indicator of the index, None where it is not measured."""
        part = self.index.score.components.get(code) if self.index else None
        return None if part is None or part.n is None or not part.d else (part.n, part.d)


def judges(officer: Officer, post: Post, on: date) -> bool:
    """Whether the officer proposes and decides the grade of a post: who gives tasks for the unit above."""
    above = post.unit.parent
    return above is not None and tasks.gives_for(officer, above, on)


def reads(officer: Officer, card: Card, on: date) -> bool:
    """Whether a card is open to the officer: to every officer once its grade is decided, before to those concerned."""
    return bool(card.rating and card.rating.decided) or concerned(officer, card.stint.post, on)


def concerned(officer: Officer, post: Post, on: date) -> bool:
    """Who reads a card before its grade is decided: who is rated, the heads above, who judges, who steers reform."""
    if officer.pk == post.officer_id or judges(officer, post, on) or steers(officer, on):
        return True
    return post.unit.parent is not None and access.may(officer, "by_officer", post.unit.parent, on)


def held(year: int, on: date, kinds: Sequence[str] = LED) -> QuerySet[Post]:
    """The posts of head somebody held in a year, as far as it has gone, in the order of the codes of their units."""
    first, end = date(year, 1, 1), date(year, 12, 31)
    lasting = Q(valid_to=None) | Q(valid_to__gt=first)
    posts = Post.objects.filter(lasting, role=Role.HEAD, unit__kind__in=kinds, valid_from__lte=min(end, on))
    listed = posts.order_by("unit__code", "valid_from", "pk")
    return listed.select_related("officer", "unit__parent__parent")


def named(posts: QuerySet[Post], said: str) -> QuerySet[Post]:
    """Those of them whose officer or unit has all these words in its name, accents or not, or the unit's code."""
    known = posts.values_list("pk", "officer__full_name", "unit__name", "unit__code")
    return posts.filter(pk__in=[pk for pk, *names in known if among(said, *names)])


def stints(year: int, on: date) -> list[Stint]:
    """Everybody who headed an agency in a year, as far as it has gone, in the order of its codes."""
    return of_posts(held(year, on), year)


def of_posts(posts: Iterable[Post], year: int) -> list[Stint]:
    """The days of some posts in a year."""
    return [_stint(post, year) for post in posts]


def stint_for(post: int, year: int) -> Stint:
    """The days of one post in a year. Raises Http404."""
    found = Post.objects.filter(pk=post, role=Role.HEAD, unit__kind__in=LED)
    own = found.select_related("officer", "unit__parent__parent").first()
    if own is None or own.valid_from.year > year or (own.valid_to and own.valid_to <= date(year, 1, 1)):
        raise Http404(f"Không có người đứng đầu số {post} trong năm {year}")
    return _stint(own, year)


def _stint(post: Post, year: int) -> Stint:
    end = date(year, 12, 31)
    last = (
        end
        if post.valid_to is None or post.valid_to > end
        else date.fromordinal(post.valid_to.toordinal() - 1)
    )
    return Stint(post, year, max(post.valid_from, date(year, 1, 1)), last)


def cards(listed: Sequence[Stint], year: int, at: datetime, on: date) -> list[Card]:
    """The cards of some heads of a year, in as many questions as for one."""
    counted = counting.by_head(_of_year(year), min(on, date(year, 12, 31)), listed)
    indexes, classes = _indexes(year, at), _classes(year, [each.post.unit_id for each in listed])
    rated = HeadRating.objects.filter(year=year, post__in=[each.post.pk for each in listed])
    ratings = {row.post_id: row for row in rated}
    return [
        Card(
            each,
            *counted[each.post.pk],
            indexes.get(each.post.unit.code),
            ratings.get(each.post.pk),
            classes.get(each.post.unit_id, ""),
        )
        for each in listed
    ]


def card(stint: Stint, at: datetime, on: date) -> Card:
    """The card of one head."""
    (found,) = cards([stint], stint.year, at, on)
    return found


def excellence(posts: QuerySet[Post], year: int) -> dict[str, tuple[int, int]]:
    """By kind of agency: how many heads were decided excellent, and how many may be (of those proposed).

    Raises NotInForce for a year before the decree.
    """
    rated = posts.annotate(rated=FilteredRelation("ratings", condition=Q(ratings__year=year)))
    found: dict[str, list[tuple[int | None, int | None]]] = {}
    for kind, *grades in rated.values_list("unit__kind", "rated__decided", "rated__proposed"):
        found.setdefault(kind, []).append((grades[0], grades[1]))
    last = date(year, 12, 31)
    return {kind: _excellent(grades, last) for kind, grades in found.items()}


def _excellent(grades: Iterable[tuple[int | None, int | None]], on: date) -> tuple[int, int]:
    given = list(grades)
    standing = [Grade(grade) for decided, proposed in given if (grade := decided or proposed)]
    taken = sum(decided == Grade.EXCELLENT for decided, _ in given)
    return taken, heads.most_excellent(standing, on)


def proposal(card_: Card, *, general: Fraction | None, failed: int, disciplined: bool) -> Proposal:
    """The grade the figures of a card lead to. Raises NotInForce for a year before the decree."""
    return heads.propose(figures(card_, general, failed, disciplined), date(card_.stint.year, 12, 31))


def figures(card_: Card, general: Fraction | None, failed: int, disciplined: bool) -> heads.Figures:
    """What a card adds up to, as the decree reads it."""
    told = card_.tasks
    return heads.Figures(
        tasks=told.done + told.overdue,
        done=told.done,
        on_time=told.of(Status.DONE),
        early=card_.early,
        failed=failed,
        general=general,
        reform=card_.reform,
        disciplined=disciplined,
    )


def _classes(year: int, units: Sequence[int]) -> dict[int, str]:
    """The class of each of some agencies in the index of reform that was published for the year, by id."""
    rounds = ParSheet.objects.filter(unit__in=units, round__year=year, round__published_on__isnull=False)
    last = date(year, 12, 31)
    percents = rounds.order_by("round").values_list("unit", "percent")
    return {unit: group(percent, last) for unit, percent in percents}


def grading_of(stint: Stint) -> Grading:
    """Where the grade of a post stands."""
    return grading.fold(log.read(stream(stint)).facts)


def stream(stint: Stint) -> str:
    return f"{grading.STREAM}/{stint.post.pk}/{stint.year}"


def excellent(stint: Stint) -> tuple[int, int]:
    """Among agencies of the same kind: how many were decided excellent, and how many may be (of those proposed)."""
    rows = HeadRating.objects.filter(year=stint.year, post__unit__kind=stint.post.unit.kind)
    return _excellent(rows.values_list("decided", "proposed"), date(stint.year, 12, 31))


def method(year: int) -> str:
    """How the grade of a year is found: by points or by conditions, "" before there was a decree."""
    try:
        return str(packs.on(heads.SUBJECT, date(year, 12, 31))["method"])
    except NotInForce:
        return ""


def general_most(year: int) -> int:
    """The most points the general criteria give under the rules of a year, 0 where no points are given."""
    if method(year) != heads.POINTS:
        return 0
    return int(packs.on(heads.SUBJECT, date(year, 12, 31))["parts"]["general"])


def _of_year(year: int) -> QuerySet[Task]:
    """The tasks of a year: settled in it, or fallen due in it and not settled by its end."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    unsettled = Q(settled_on=None) | Q(settled_on__gt=last)
    within = Q(settled_on__gte=first, settled_on__lte=last)
    return Task.objects.filter(within | (unsettled & Q(until__gte=first, until__lte=last)))


def _indexes(year: int, at: datetime) -> Mapping[str, UnitIndex]:
    try:
        look = fresh.index(Asked(Period(year, Span.YEAR, 1), at, at))
        return {entry.unit.code: entry for entry in look.entries}
    except (BadPeriod, NotInForce):
        return {}
