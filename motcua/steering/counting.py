"""How many tasks stand how on a day, in one question for any number of units or heads (bao nhiêu nhiệm vụ, ra sao).

Rows are put together by the few things that decide how a task stands; what that is, is said once for a row (`_status`)
as `queries.statuses` says it for a filter. The index `task_standing` holds all of them, so no row itself is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    F,
    Max,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
    When,
)
from django.db.models.functions import Least

from motcua.law import following
from motcua.law.following import Figures, Status
from motcua.law.steering import AT_WORK, CLOSED, TaskState
from motcua.people.models import Post, Unit

from .models import SettledCount, Task

PASSED, NEAR, AHEAD = range(3)
_STANDING = ("state", "late", "nearness", "settled", "issued")
_AHEAD = {TaskState.RETURNED.value: Status.RETURNED, TaskState.GIVEN.value: Status.NOT_STARTED}
_WORK, _ENDED = {state.value for state in AT_WORK}, {state.value for state in CLOSED}


class Held(Protocol):
    """The days of a year somebody held a post of head, both within."""

    @property
    def post(self) -> Post: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...


def figures(tasks: QuerySet[Task], on: date) -> Figures:
    """How many of some tasks stand how on a day."""
    return of_rows(_counted(tasks, on))


def by_unit(tasks: QuerySet[Task], on: date) -> dict[int, Figures]:
    """The figures of each unit in the lead, by its id."""
    return {lead: of_rows(rows) for lead, rows in grouped(_counted(tasks, on, "lead"), "lead").items()}


def whole(on: date, givers: Sequence[Unit] | None = None) -> Figures:
    """The figures of all tasks, or of all of some givers; of what is settled, the counts that are kept."""
    tasks, settled = Task.objects.all(), SettledCount.objects.all()
    if givers is not None:
        tasks, settled = tasks.filter(giver__in=givers), settled.filter(giver__in=givers)
    return of_rows(standing(tasks, settled, on))


def together(of_units: Iterable[Figures]) -> Figures:
    """The figures of several units in one."""
    counted, waiting_late = Counter[Status](), 0
    for each in of_units:
        counted.update(each.counts)
        waiting_late += each.waiting_late
    return Figures({status: counted[status] for status in Status if counted[status]}, waiting_late)


def by_head(tasks: QuerySet[Task], on: date, held: Sequence[Held]) -> dict[int, tuple[Figures, int]]:
    """The figures of each head, by the id of the post, and how many were done before their day.

    A post that changed hands divides its tasks between those who held it: whose days they were settled in, or fell
    due in, or are owed in now. Where one held it all along, the unit's are theirs.
    """
    units = Counter(each.post.unit_id for each in held)
    shared = {unit for unit, heads in units.items() if heads > 1}
    shared |= {each.post.unit_id for each in held if not _throughout(each, on)}
    alone, divided = tasks.filter(lead__in=set(units) - shared), _answered(tasks.filter(lead__in=shared), on)
    early = Count("until", filter=Q(state=TaskState.ACCEPTED, late=False, product_on__lt=F("until")))
    whole = grouped(_counted(alone, on, "lead", early=early), "lead")
    parts = grouped(_counted(divided, on, "lead", "answered_on", early=early), "lead")
    found = {}
    for each in held:
        unit = each.post.unit_id
        mine = [row for row in parts.get(unit, ()) if each.first <= row["answered_on"] <= each.last]
        rows = mine if unit in shared else whole.get(unit, [])
        found[each.post.pk] = (of_rows(rows), sum(row["early"] for row in rows))
    return found


def _throughout(held: Held, on: date) -> bool:
    year = held.first.year
    return held.first == date(year, 1, 1) and held.last >= min(on, date(year, 12, 31))


def _answered(tasks: QuerySet[Task], on: date) -> QuerySet[Task]:
    """With the day that tells whose a task is: when it was settled, else fell due, at the latest the day itself."""
    settled = Case(When(settled_on__lte=on, then="settled_on"), default="until", output_field=DateField())
    return tasks.annotate(answered_on=Least(settled, Value(on), output_field=DateField()))


def standing(
    tasks: QuerySet[Task], settled: QuerySet[SettledCount] | None, on: date, *by: str
) -> Iterable[Mapping[str, Any]]:
    """Rows alike of open tasks, and the counts that are kept of settled ones.

    Without those counts, and for a day before the last one something was settled on, everything is counted.
    """
    if settled is None:
        return _counted(tasks, on, *by)
    last = Task.objects.filter(settled_on__isnull=False).aggregate(last=Max("settled_on"))["last"]
    if last and last > on:
        return _counted(tasks, on, *by)
    return [*_counted(tasks.exclude(state__in=sorted(CLOSED)), on, *by), *_kept(settled)]


def _counted(tasks: QuerySet[Task], on: date, *by: str, **more: Count) -> Iterable[Mapping[str, Any]]:
    soon = on + timedelta(days=following.near_days(on))
    nearness = Case(
        When(until__lt=on, then=PASSED),
        When(until__lte=soon, then=NEAR),
        default=AHEAD,
        output_field=SmallIntegerField(),
    )
    found = tasks.order_by().annotate(
        nearness=nearness, settled=_by("settled_on", on), issued=_by("product_on", on)
    )
    # Not the id: it is not in the index that holds the rest.
    counted: Iterable[Mapping[str, Any]] = found.values(*by, *_STANDING).annotate(n=Count("*"), **more)
    return counted


def _kept(settled: QuerySet[SettledCount]) -> Iterator[Mapping[str, Any]]:
    for row in settled.filter(number__gt=0).values("lead", "state", "late", "number"):
        yield {**row, "n": row["number"], "settled": True, "issued": True, "nearness": PASSED}


def _by(name: str, on: date) -> Case:
    return Case(When(**{f"{name}__lte": on}, then=True), default=False, output_field=BooleanField())


def grouped(rows: Iterable[Mapping[str, Any]], name: str) -> dict[int, list[Mapping[str, Any]]]:
    """The same by one of their columns."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """The figures of rows alike, each `n` tasks."""
    counted, waiting_late = Counter[Status](), 0
    for row, status in told(rows):
        counted[status] += row["n"]
        waiting_late += row["n"] if status is Status.WAITING and row["late"] else 0
    return Figures({status: counted[status] for status in Status if counted[status]}, waiting_late)


def told(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Status]]:
    """Each with how its tasks stand."""
    for row in rows:
        yield row, _status(row)


def _status(row: Mapping[str, Any]) -> Status:
    """How rows that are alike stand; what was reported or settled later stands by the day of its product."""
    state = row["state"]
    if state == TaskState.PAUSED:
        return Status.PAUSED
    if state in _ENDED and row["settled"]:
        done = Status.DONE_LATE if row["late"] else Status.DONE
        return done if state == TaskState.ACCEPTED else Status.CANCELLED
    if state not in _WORK and row["issued"]:
        return Status.WAITING
    if row["nearness"] == AHEAD:
        return _AHEAD.get(state, Status.DOING)
    return Status.OVERDUE if row["nearness"] == PASSED else Status.SOON
