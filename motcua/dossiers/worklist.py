"""The worklist: what waits for an officer, most urgent first, at a cost that does not grow with the pile.

Every list is a union of short walks along an index, one for each unit and role the officer answers for; pages
are read from where the last one ended, and a count stops at CAP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from motcua.law.calendar import TZ, day
from motcua.law.lifecycle import State
from motcua.people import access
from motcua.people.models import Officer, Role, Unit

from . import duties, queries
from .models import PAPERS, Dossier, Task

PAGE = 50
CAP = 1000
LEADERS = frozenset({Role.HEAD, Role.CONTROLLER, Role.SIGNER, Role.ASSIGNER})
WORKING = (Role.RECEPTION, Role.ASSIGNER, Role.HANDLER, Role.SIGNER, Role.CLERK)
RELATED = ("unit", "officer", "dossier__version__procedure", "dossier__deciding_unit")

Pair = tuple[int, str]
Walks = list[QuerySet[Task]]
Values = QuerySet[Task, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an officer answers for on a day: units and roles, and the units whose whole list they may look at."""

    officer: Officer
    own: frozenset[Pair]
    led: tuple[Unit, ...]

    @property
    def receives(self) -> bool:
        return any(role == Role.RECEPTION for _, role in self.own)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins or ends: the due moment of a row (None: it has none) and its id."""

    due: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{self.due.astimezone(UTC):%Y%m%d%H%M%S.%f}~{self.id}" if self.due else f"~{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place a URL names; None when it names none."""
        due, _, row = text.partition("~")
        try:
            found = datetime.strptime(due, "%Y%m%d%H%M%S.%f").replace(tzinfo=UTC) if due else None
            return cls(found, int(row))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the worklist, and the places from which the ones before and after it are read."""

    tasks: list[Task]
    before: Place | None = None
    after: Place | None = None


def desk(officer: Officer, on: date) -> Desk:
    """What waits on the desk of an officer: that of their posts, and of the divisions under them."""
    posts = access.posts(officer, on)
    under = queries.under(post.unit for post in posts)
    own = {(unit.pk, post.role) for post in posts for unit in under[post.unit_id]}
    led = {unit.pk: unit for post in posts if post.role in LEADERS for unit in under[post.unit_id]}
    return Desk(officer, frozenset(own), tuple(sorted(led.values(), key=lambda unit: unit.code)))


def lists(desk: Desk, at: datetime, whole: Unit | None = None) -> dict[str, Walks]:
    """The lists of a desk, or of a whole unit, by slug; "" is all of it. Each is a set of walks along an index.

    An officer's own list is what nobody was given yet, at each of their posts, and what was given to them.
    """
    pairs = desk.own if whole is None else _pairs([whole], WORKING)
    handling = _only(Role.HANDLER, pairs) | _pairs([whole] if whole else desk.led, [Role.HANDLER])
    today, sunday = _ends(at)
    free = Q(officer=None)

    def all_of(**condition: Any) -> Walks:
        if whole:
            return _walks(pairs, Q(**condition))
        return [*_walks(pairs, free & Q(**condition)), Task.objects.filter(officer=desk.officer, **condition)]

    found = {
        "": all_of(),
        "qua-han": all_of(dossier_due_at__lt=at),
        "hom-nay": all_of(dossier_due_at__gte=at, dossier_due_at__lt=today),
        "tuan-nay": all_of(dossier_due_at__gte=at, dossier_due_at__lt=sunday),
        "tam-dung": all_of(dossier_due_at=None, waiting=True),
    }
    if handling:
        found["chua-phan-cong"] = _walks(handling, free & Q(waiting=False))
    if reception := _only(Role.RECEPTION, pairs):
        moving = Q(step__in=PAPERS)
        done = Q(dossier_due_at=None, waiting=False, dossier__state=State.DONE) & ~moving
        found["tiep-nhan"] = _walks(reception, free & Q(dossier_due_at__isnull=False, step=duties.RECEIVE[0]))
        found["cho-tra"] = _walks(reception, free & done)
    if carriers := _only(Role.RECEPTION, pairs) | _only(Role.CLERK, pairs):
        found["giay"] = _walks(carriers, Q(step__in=PAPERS))
    found |= _late(desk, [whole] if whole else list(desk.led), pairs, at)
    if whole:
        return found
    mine = Task.objects.filter(officer=desk.officer)
    return found | {"cua-toi": [mine], "cho-nhan": [mine.filter(step__startswith=duties.OFFERED)]}


def _late(desk: Desk, led: Sequence[Unit], pairs: Iterable[Pair], at: datetime) -> dict[str, Walks]:
    """What the desk and its head are told of: online dossiers not answered in time, opinions not given in time.

    Late opinions are shown to those who asked for them too.
    """
    counters = _only(Role.RECEPTION, pairs) | _pairs(led, [Role.RECEPTION])
    desks, askers = {unit for unit, _ in counters}, {unit for unit, _ in _only(Role.HANDLER, pairs)}
    found: dict[str, Walks] = {}
    if counters:
        found["tiep-nhan-cham"] = _walks(counters, Q(step=duties.RECEIVE[0], dossier_due_at__lt=at))
    if desks | askers:
        theirs = Q(dossier__receiving_unit__in=desks) | Q(dossier__deciding_unit__in=desks | askers)
        found["y-kien-cham"] = [queries.unheard(at).filter(theirs)]
    return found


def narrowed(walks: Walks, text: str) -> Walks:
    """A list narrowed to the dossiers a text names: a code, an identity number, words of a name."""
    named = queries.named(text)
    return [walk.filter(dossier__in=Dossier.objects.filter(named)) for walk in walks] if named else walks


def counts(lists: Mapping[str, Walks]) -> dict[str, int]:
    """How many rows each list has, counted up to CAP, all in one round trip."""
    parts: list[str] = []
    values: list[Any] = []
    for walks in lists.values():
        sql, params = _union([walk.values("pk")[:CAP] for walk in walks])[:CAP].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS capped)")
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(lists, cursor.fetchone(), strict=True))


def page(
    walks: Walks, *, latest: bool = False, after: Place | None = None, before: Place | None = None
) -> Page:
    """One page by due moment, rows without one last; `latest` puts the farthest due moment first."""
    start, back = before or after, before is not None
    dated_first = (True, False) if not back else (False, True)
    sections = dated_first[dated_first.index(start.due is not None) :] if start else dated_first
    found: list[int] = []
    for dated in sections:
        cut = start if start and (start.due is not None) == dated else None
        found += _section(walks, dated, latest != back, cut, PAGE + 1 - len(found))
    tasks = _tasks(found[:PAGE])[:: -1 if back else 1]
    if not tasks:
        return Page([])
    more, ends = len(found) > PAGE, [Place(task.dossier_due_at, task.pk) for task in (tasks[0], tasks[-1])]
    return Page(tasks, ends[0] if (more if back else after) else None, ends[1] if more or back else None)


def ids(walks: Walks, *, latest: bool, most: int) -> list[int]:
    """The ids of the first `most` rows of a list, in the order its pages show them."""
    dated = _section(walks, True, latest, None, most)
    return dated + _section(walks, False, latest, None, most - len(dated))


def _section(walks: Walks, dated: bool, descending: bool, cut: Place | None, size: int) -> list[int]:
    """Ids of the rows with a due moment, or of those without, beyond a place."""
    if size <= 0:
        return []
    order = [f"{'-' * descending}{key}" for key in ("dossier_due_at", "id")]
    beyond = Q(dossier_due_at__isnull=not dated) & (
        _beyond(cut, "lt" if descending else "gt") if cut else Q()
    )
    found = [w.filter(beyond).order_by(*order).values_list("id", "dossier_due_at")[:size] for w in walks]
    union = _union(found)
    return [pk for pk, _ in (union if len(found) == 1 else union.order_by(*order)[:size])]


def _beyond(cut: Place, side: str) -> Q:
    if cut.due is None:
        return Q(**{f"id__{side}": cut.id})
    tied = Q(dossier_due_at=cut.due) & ~Q(**{f"id__{side}": cut.id})
    return Q(**{f"dossier_due_at__{side}e": cut.due}) & ~tied


def _tasks(ids: list[int]) -> list[Task]:
    found = Task.objects.select_related(*RELATED).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _walks(pairs: Iterable[Pair], condition: Q) -> Walks:
    return [Task.objects.filter(condition, unit_id=unit, role=role) for unit, role in sorted(pairs)]


def _union(walks: Sequence[Values]) -> Values:
    return walks[0].union(*walks[1:], all=True) if len(walks) > 1 else walks[0]


def _pairs(units: Iterable[Unit], roles: Iterable[str]) -> frozenset[Pair]:
    return frozenset((unit.pk, role) for unit, role in product(units, roles))


def _only(role: str, pairs: Iterable[Pair]) -> frozenset[Pair]:
    return frozenset(pair for pair in pairs if pair[1] == role)


def _ends(at: datetime) -> tuple[datetime, datetime]:
    """When today ends, and when the week of `at` does."""
    today = day(at)
    midnight = datetime.combine(today + timedelta(days=1), time(), TZ)
    return midnight, midnight + timedelta(days=6 - today.weekday())
