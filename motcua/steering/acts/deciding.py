"""What every act on a task shares: its row held, its facts read, the law asked, the new facts and the row written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from motcua.journal import log, wire
from motcua.journal.log import Past
from motcua.law import steering
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import Standing
from motcua.law.steering_facts import TaskFact
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import queries, rows
from ..models import Task

F = TypeVar("F", bound=TaskFact)
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Case:
    """A task as it was read: its row, which nobody else writes meanwhile, and what its facts add up to."""

    task: Task
    past: Past
    standing: Standing


def held(task: Task) -> Case:
    """The task, held to the end of the transaction: two who act at once come one after the other."""
    found = Task.objects.select_for_update(of=("self",))
    row = found.select_related("lead__parent__parent", "giver__parent").get(pk=task.pk)
    past = log.read(row.stream)
    return Case(row, past, steering.fold(past.facts))


def decided(kind: type[F], by: str, at: datetime, **said: Any) -> F:
    """A new fact under the rules of its day."""
    return kind(at=at, by=by, provision=steering.source(day(at)), **said)


def write(case: Case, facts: Sequence[TaskFact]) -> Case:
    """Append what the law allows, one fact after the other, and bring the row up to date. Raises Refused."""
    standing = case.standing
    for fact in facts:
        steering.allow(standing, fact)
        standing = steering.fold([fact], standing)
    past, entry = log.append(case.past, facts)
    wire.ask(entry.sql, entry.values)
    Task.objects.filter(pk=case.task.pk).update(**rows.columns(standing, past, rows.ids(standing)))
    return Case(case.task, past, standing)


def require_giver(case: Case, by: Officer, at: datetime) -> None:
    """Raise Refused unless the officer judges for the unit that gave the task."""
    if not queries.gives_for(by, case.task.giver, day(at)):
        raise Refused(
            f"{by.full_name} không có thẩm quyền của bên giao nhiệm vụ ({case.task.giver.name})",
            steering.source(day(at)),
        )


def require_unit(case: Case, power: str, by: Officer, at: datetime) -> None:
    """Raise Refused unless the officer has a power in the unit in the lead."""
    if not access.may(by, power, case.task.lead, day(at)):
        raise Refused(
            f"{by.full_name} không có thẩm quyền làm việc này cho {case.task.lead.name}",
            steering.source(day(at)),
        )


def require_giving(unit: Unit, by: Officer, at: datetime) -> None:
    """Raise Refused unless the officer gives tasks for a unit."""
    if not queries.gives_for(by, unit, day(at)):
        raise Refused(
            f"{by.full_name} không có thẩm quyền giao nhiệm vụ của {unit.name}", steering.source(day(at))
        )
