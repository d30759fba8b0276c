"""What officers are told as time passes: an online dossier that came, one not received in time, an opinion not given.

The receiving officer hears of a dossier filed online, and the head when its hours have passed (NĐ 118/2025 Đ.17.2);
the head too when an agency that was asked has not answered (Đ.19.4). What is late is read from the worklist, so it may
be asked as often as one likes: each is told once, by the unique key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from motcua.catalogue.models import Channel as Filing
from motcua.dossiers import duties, folding, queries
from motcua.dossiers.models import CONSULTATION, Dossier, Task
from motcua.journal import log
from motcua.law import notices
from motcua.law.calendar import day
from motcua.law.facts import ConsultationRequested, Fact
from motcua.people.models import Officer, Post, Role, Unit, UnitKind

from . import composing, wording
from .models import Notice

RELATED = ("version__procedure", "process", "deciding_unit", "receiving_unit__parent")
BATCH = 500
INNER = (UnitKind.DIVISION, UnitKind.CENTRE)
ROLES = {"reception": Role.RECEPTION, "head": Role.HEAD}


def tell(at: datetime) -> int:
    """Tell officers what they are to be told by `at` and were not; how many notices were written."""
    rules = notices.rules(day(at))
    todo = {"filed": _came, "reception_late": _not_received, "unheard": _unheard}
    held, made = wording.newest() if rules else {}, []
    for slug, waiting in todo.items():
        if rule := rules.get(slug):
            for task in waiting(at):
                told = _told(task, rule)
                officers = _officers(task.dossier, ROLES[rule.to], day(at))
                made += composing.for_desk(told, officers, held, at)
    return len(composing.store(made))


def _came(at: datetime) -> Iterable[Task]:
    """Online dossiers at the desk whose officers were not told since they came."""
    return _untold("filed", _at_reception())


def _not_received(at: datetime) -> Iterable[Task]:
    return _untold("reception_late", _at_reception().filter(due_at__lt=at))


def _unheard(at: datetime) -> Iterator[Task]:
    """Opinions that are late and whose request no notice tells of; those told of and given since are not counted."""
    late = list(queries.unheard(at).select_related(*(f"dossier__{name}" for name in RELATED)))
    there = Notice.objects.filter(kind="unheard", dossier__in={task.dossier_id for task in late}).order_by()
    told = set(there.values_list("dossier", "version"))
    known = {dossier for dossier, _ in told}
    # Only where somebody was told already is there anything to look up.
    return (t for t in late if t.dossier_id not in known or (t.dossier_id, _asked_by(t)[0]) not in told)


def _at_reception() -> QuerySet[Task]:
    related = [f"dossier__{name}" for name in RELATED]
    return Task.objects.filter(step=duties.RECEIVE[0], dossier__channel=Filing.ONLINE).select_related(
        *related
    )


def _untold(slug: str, waiting: QuerySet[Task]) -> QuerySet[Task]:
    """Those whose notice is not written for the fact they wait since."""
    there = Notice.objects.filter(dossier=OuterRef("dossier"), kind=slug, fact_at=OuterRef("since"))
    return waiting.filter(~Exists(there)).order_by("since")[:BATCH]


def _told(task: Task, rule: notices.Rule) -> composing.Told:
    """The fact a task waits since, with its dossier as it stood then."""
    version, past = _asked_by(task)
    return composing.Told(folding.Folded(task.dossier, past.until(version)), past.facts[version - 1], rule)


def _asked_by(task: Task) -> tuple[int, log.Past]:
    """The version of the fact a task waits since, and the facts of its dossier."""
    past = log.read(task.dossier.stream)
    fits = [n for n, fact in enumerate(past.facts, start=1) if fact.at == task.since and _asked(fact, task)]
    return fits[-1] if fits else len(past.facts), past


def _asked(fact: Fact, task: Task) -> bool:
    """Whether a fact may be the one a task follows: of opinions, the request of its number."""
    if not task.step.startswith(CONSULTATION):
        return True
    number = task.step.removeprefix(CONSULTATION)
    return isinstance(fact, ConsultationRequested) and str(fact.number) == number


def _officers(dossier: Dossier, role: str, on: date) -> list[str]:
    """The user names of those who hold a role at the desk that is to receive a dossier, or above it."""
    held = Post.objects.filter(role=role, unit__in=[unit.pk for unit in _line(dossier.receiving_unit)])
    held = held.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    found = Officer.objects.filter(pk__in=held.values("officer"), is_active=True)
    return list(found.order_by("username").values_list("username", flat=True))


def _line(unit: Unit) -> Iterator[Unit]:
    """The unit and those it is a part of, the agency itself last."""
    yield unit
    while unit.kind in INNER and unit.parent:
        unit = unit.parent
        yield unit
