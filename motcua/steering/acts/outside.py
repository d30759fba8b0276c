"""What tasks wait for outside the province (việc phụ thuộc bên ngoài)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from motcua.journal import log, wire
from motcua.journal.log import Past
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import source
from motcua.law.steering_facts import DependencyMet, DependencyNamed
from motcua.people import access
from motcua.people.models import Officer

from .. import queries
from ..models import Blocking, Dependency, Task

_ID = "SELECT nextval('steering_dependency_id_seq')"


@transaction.atomic(durable=True)
def name_dependency(
    *,
    owner: str,
    what: str,
    tasks: Sequence[Task],
    by: Officer,
    at: datetime,
    due: date | None = None,
    basis: str = "",
) -> Dependency:
    """Ghi việc phụ thuộc bên ngoài, and the tasks it blocks; by who gives or does each of them.

    Raises Refused where the same is waited for already: a form sent twice names it once.
    """
    for task in tasks:
        _require_part(task, by, at)
    held = list(
        Task.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[t.pk for t in tasks])
        .order_by("until", "pk")  # as a letter takes them, or the two could wait for each other
    )
    same = Dependency.objects.filter(owner=owner.strip(), what=what.strip(), met_on=None, tasks__in=held)
    if same.exists():
        raise Refused("Việc phụ thuộc này đã được ghi và đang chờ", source(day(at)))
    if not owner.strip() or not what.strip() or not tasks:
        raise Refused("Hãy ghi cơ quan bên ngoài, việc phải có và nhiệm vụ bị vướng", source(day(at)))
    fact = DependencyNamed(
        at=at,
        by=by.username,
        provision=source(day(at)),
        owner=owner.strip(),
        what=what.strip(),
        due=due.isoformat() if due else "",
        basis=basis.strip(),
        tasks=tuple(task.stream for task in tasks),
    )
    ((pk,),) = wire.ask(_ID)
    made = Dependency(pk=pk, owner=fact.owner, what=fact.what, due=due, basis=fact.basis, facts=1)
    _, entry = log.append(Past(made.stream, ()), [fact])
    wire.ask(entry.sql, entry.values)
    made.save(force_insert=True)
    Blocking.objects.bulk_create([Blocking(dependency=made, task=task) for task in tasks])
    return made


@transaction.atomic(durable=True)
def meet_dependency(dependency: Dependency, *, on: date, document: str, by: Officer, at: datetime) -> None:
    """Việc phụ thuộc bên ngoài đã có, by which document; the tasks it blocked keep their deadlines."""
    held = Dependency.objects.select_for_update().get(pk=dependency.pk)
    for task in held.tasks.select_related("lead__parent", "giver__parent"):
        _require_part(task, by, at)
    if held.met_on:
        raise Refused(f"Việc này đã có từ ngày {held.met_on:%d/%m/%Y}", source(day(at)))
    if on > day(at):
        raise Refused("Ngày có kết quả ở sau hôm nay", source(day(at)))
    fact = DependencyMet(
        at=at, by=by.username, provision=source(day(at)), on=on.isoformat(), document=document.strip()
    )
    log.record(held.stream, [fact])
    Dependency.objects.filter(pk=held.pk).update(met_on=on, document=fact.document, facts=held.facts + 1)


def _require_part(task: Task, by: Officer, at: datetime) -> None:
    """Raise Refused unless the officer gives the task or works on it."""
    if queries.gives_for(by, task.giver, day(at)) or access.may(by, "do_task", task.lead, day(at)):
        return
    raise Refused(f"{by.full_name} không giao, không thực hiện nhiệm vụ {task.code}", source(day(at)))
