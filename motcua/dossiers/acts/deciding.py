"""How an act decides: read the facts, see whether the law lets one more follow, write it in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from motcua.journal import log, outbox, wire
from motcua.law import clock, lifecycle, notices
from motcua.law.calendar import day
from motcua.law.facts import Fact, Finished, ReceptionRefused, Refused, Stopped, Withdrawn
from motcua.people import access, calendars
from motcua.people.models import Officer

from .. import conditions, rows, tasks
from ..folding import Folded
from ..models import Dossier

CITIZEN = "citizen"
SYSTEM = "system"
# By name: who tells people stands on a storey above, and knows dossiers.
TELL = ("notices", "notices.tell")
# What ends a dossier: those of its group that wait for its result are told (the job asks which).
ENDING = (Finished, ReceptionRefused, Stopped, Withdrawn)
IN_A_GROUP = "EXISTS (SELECT FROM dossiers_member WHERE dossier_id = %s)"
F = TypeVar("F", bound=Fact)


def decided(kind: type[F], at: datetime, by: Officer | str, **body: Any) -> F:
    """A fact of this kind, under the provision in force on its day."""
    actor = by if isinstance(by, str) else by.username
    return kind(at=at, by=actor, provision=lifecycle.source(kind, day(at)), **body)


def read(dossier: Dossier) -> Folded:
    """The dossier as its facts tell it now."""
    return Folded(dossier, log.read(dossier.stream, watch=calendars.WATCH))


def allowed(dossier: Dossier, kind: type[Fact], by: Officer | None, at: datetime, step: str = "") -> Folded:
    """The dossier as it stands, once a fact of this kind may follow. `by` None: the citizen, or a step's own."""
    case = read(dossier)
    if by is not None:
        access.require(by, *conditions.needed(case, kind, step), day(at))
    conditions.in_order(case, at)
    lifecycle.allow(kind, case.standing, case.rules)
    if condition := conditions.OF.get(kind):
        condition(case, at)
    return case


def write(case: Folded, facts: Sequence[Fact]) -> None:
    """Append the facts, with the rows and the message that follow from them."""
    past, entries = log.append(case.past, facts)
    dossier, after = case.dossier, case.after(past)
    todo = list(jobs(dossier, facts, case.past.version))
    queued = outbox.queued(*todo)
    if any(isinstance(fact, ENDING) for fact in facts):
        supply = outbox.Job(*tasks.SUPPLY, {"code": dossier.code}, lock=dossier.stream)
        queued = outbox.queued_if(wire.Statement(IN_A_GROUP, [dossier.pk]), supply, *todo)
    made = rows.written(after, new=case.past.version == 0)
    wire.write([entries, *made.statements, queued])
    made.show()


def jobs(dossier: Dossier, facts: Sequence[Fact], before: int) -> Iterator[outbox.Job]:
    """The message to the portal; and, where somebody must be told of one of these facts, the job that tells."""
    code, until = dossier.code, before + len(facts)
    yield outbox.Job.of(tasks.report, lock=dossier.stream, code=code, version=until)
    if any(type(fact).__name__ in notices.told(day(fact.at)) for fact in facts):
        yield outbox.Job(*TELL, {"code": code, "since": before, "until": until})


def promised(case: Folded, kind: type[F], at: datetime, by: Officer, **body: Any) -> F:
    """A fact that ends a wait, with the due moment it promises anew; "" before acceptance and without a term."""
    fact = decided(kind, at, by, **body)
    if not case.standing.accepted or case.limit is None:
        return fact
    then = clock.read((*case.facts, fact), limit=case.limit, calendar=case.calendar, rules=case.rules, now=at)
    return replace(fact, due=then.due.isoformat() if then.due else "")  # type: ignore[call-arg]


def one_of(given: str, known: Sequence[str], name: str, kind: type[Fact]) -> str:
    if given not in known:
        raise Refused(
            f"{name} “{given}” không có; dùng một trong: {', '.join(known)}", lifecycle.source(kind)
        )
    return given


def said(text: str, name: str = "lý do") -> str:
    if not text.strip():
        raise Refused(f"Phải ghi rõ {name}")
    return text.strip()
