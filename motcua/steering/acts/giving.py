"""Registering directives and giving their tasks to units: one directive, many tasks, many recipients (giao việc)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from motcua.catalogue.words import fold
from motcua.journal import log, wire
from motcua.journal.log import Past
from motcua.law import following, steering
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import CLOSED, TaskState, source
from motcua.law.steering_facts import InstrumentNamed, InstrumentRegistered, TaskGiven
from motcua.people.models import Officer, Unit

from .. import queries, rows
from ..models import Alias, BudgetLine, Cooperation, Instrument, InstrumentKind, Milestone, Task
from .deciding import decided, require_giving

EVERY = {
    "": "Một lần",
    "thang": "Hằng tháng",
    "quy": "Hằng quý",
    "nua-nam": "6 tháng một lần",
    "nam": "Hằng năm",
}
MOST = 5000
_IDS = "SELECT nextval('steering_task_id_seq') FROM generate_series(1, %s)"
_ID = "SELECT nextval('steering_instrument_id_seq')"


@dataclass(frozen=True, slots=True)
class NewInstrument:
    """An instrument to be registered (văn bản chỉ đạo). `unit` and `year` for a plan: whose it is, for which year."""

    kind: str
    number: str
    issuer: str
    issuer_kind: str
    issued_on: date
    summary: str
    aliases: tuple[str, ...] = ()
    signer: str = ""
    parent: Instrument | None = None
    unit: Unit | None = None
    year: int = 0
    meeting: str = ""
    meeting_on: date | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of a directive: what is to be done, by which units, by when (một dòng nhiệm vụ).

    Each of `leads` gets a task of its own; with `every` (EVERY) each period up to `due` is one more. `item` is its
    number in the directive, given when it is left out; `cause` names what made it necessary ("<stream>#<part>").
    `milestones` {key, title, due}, days as ISO text; `budget` {key, name, planned, assigned, disbursed} in đồng.
    """

    title: str
    product: str
    leads: Sequence[Unit]
    due: date
    begins: date | None = None
    every: str = ""
    item: str = ""
    detail: str = ""
    field: str = ""
    cause: str = ""
    tags: tuple[str, ...] = ()
    cooperating: Sequence[Unit] = ()
    milestones: tuple[Mapping[str, Any], ...] = ()
    budget: tuple[Mapping[str, Any], ...] = ()


def key(number: str) -> str:
    """A number as it is compared: "147/TB - UBND" and "147/tb-ubnd" are one."""
    return "".join(fold(number).split())


@transaction.atomic(durable=True)
def register_instrument(new: NewInstrument, *, by: Officer, at: datetime) -> Instrument:
    """Đăng ký văn bản chỉ đạo, with every number it is cited under. Raises Refused for one that is there already."""
    _may_register(new, by, at)
    if not new.number.strip() or not new.summary.strip():
        raise Refused("Văn bản phải có số, ký hiệu và trích yếu", source(day(at)))
    known = Instrument.objects.filter(key=key(new.number), issued_on=new.issued_on, issuer=new.issuer.strip())
    if known.exists():
        raise Refused(f"Văn bản {new.number} ngày {new.issued_on:%d/%m/%Y} đã đăng ký", source(day(at)))
    ((pk,),) = wire.ask(_ID)
    fact = _registered(new, by, at)
    made = _instrument(pk, new, fact)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Refused(f"Văn bản {new.number} vừa được đăng ký", source(day(at))) from None
    _open(made.stream, [fact])
    Alias.objects.bulk_create([Alias(instrument=made, number=each, key=key(each)) for each in fact.aliases])
    return made


@transaction.atomic(durable=True)
def name_instrument(instrument: Instrument, *, alias: str, by: Officer, at: datetime) -> None:
    """Ghi thêm số, ký hiệu khác mà văn bản được viện dẫn."""
    _require_any(by, at)
    held = Instrument.objects.select_for_update().get(pk=instrument.pk)
    if not alias.strip():
        raise Refused("Hãy ghi số, ký hiệu", source(day(at)))
    if key(alias) == held.key or held.aliases.filter(key=key(alias)).exists():
        raise Refused(f"Văn bản đã có số {alias.strip()}", source(day(at)))
    log.record(held.stream, [decided_named(by, at, alias.strip())])
    Alias.objects.create(instrument=held, number=alias.strip(), key=key(alias))
    Instrument.objects.filter(pk=held.pk).update(
        facts=held.facts + 1, words=f"{held.words} {fold(alias)} {key(alias)}"
    )


@transaction.atomic(durable=True)
def give_tasks(
    lines: Sequence[Assignment],
    *,
    giver: Unit,
    instrument: Instrument | None = None,
    by: Officer,
    at: datetime,
) -> list[Task]:
    """Giao nhiệm vụ: every line to every unit it names, each copy a task of its own; all of them or none.

    Raises Refused for a unit the giver gives no tasks to, for a line its directive already has, and for one that was
    given in the same words the same day: a form sent twice gives once.
    """
    return given(lines, giver=giver, instrument=instrument, by=by, at=at)


def given(
    lines: Sequence[Assignment], *, giver: Unit, instrument: Instrument | None, by: Officer, at: datetime
) -> list[Task]:
    """`give_tasks` within the transaction of the caller."""
    require_giving(giver, by, at)
    # Who gives at the same time sees what was given.
    Unit.objects.select_for_update(no_key=True).get(pk=giver.pk)
    _within(lines, giver, at)
    heads = queries.heads({lead for line in lines for lead in line.leads}, day(at))
    facts = list(islice(_facts(_numbered(lines, instrument), giver, instrument, heads, by, at), MOST + 1))
    if len(facts) > MOST:
        raise Refused(f"Một lần giao được nhiều nhất {MOST} nhiệm vụ", source(day(at)))
    if not facts:
        raise Refused("Chưa chọn đơn vị chủ trì nào", source(day(at)))
    _refuse_twice(facts, instrument, at)
    _refuse_again([each for each in facts if not each[0].item], giver, instrument, at)
    keys = [pk for (pk,) in wire.ask(_IDS, [len(facts)])]
    made = [
        _task(pk, line, lead, fact, giver, instrument, heads.get(lead.pk), by)
        for pk, (line, lead, fact) in zip(keys, facts, strict=True)
    ]
    for task, (_, _, fact) in zip(made, facts, strict=True):
        steering.allow(steering.Standing(), fact)
        _open(task.stream, [fact])
    Task.objects.bulk_create(made)
    _beside(made, facts)
    return made


def decided_named(by: Officer, at: datetime, alias: str) -> InstrumentNamed:
    return InstrumentNamed(at=at, by=by.username, provision=source(day(at)), alias=alias)


def _may_register(new: NewInstrument, by: Officer, at: datetime) -> None:
    if new.unit is not None:
        require_giving(new.unit, by, at)
    else:
        _require_any(by, at)
    if new.kind == InstrumentKind.PLAN and (new.unit is None or not new.year):
        raise Refused("Kế hoạch phải ghi đơn vị lập và năm", source(day(at)))


def _require_any(by: Officer, at: datetime) -> None:
    if not queries.givers(by, day(at)):
        raise Refused(f"{by.full_name} không có thẩm quyền đăng ký văn bản chỉ đạo", source(day(at)))


def _registered(new: NewInstrument, by: Officer, at: datetime) -> InstrumentRegistered:
    aliases = {key(each): each.strip() for each in new.aliases if each.strip()}
    aliases.pop(key(new.number), None)
    return InstrumentRegistered(
        at=at,
        by=by.username,
        provision=source(day(at)),
        kind=new.kind,
        number=new.number.strip(),
        issuer=new.issuer.strip(),
        issued_on=new.issued_on.isoformat(),
        summary=new.summary.strip(),
        aliases=tuple(aliases.values()),
        issuer_kind=new.issuer_kind,
        signer=new.signer.strip(),
        parent=new.parent.stream if new.parent else "",
        unit=new.unit.code if new.unit else "",
        year=new.year,
        meeting=new.meeting.strip(),
        meeting_on=new.meeting_on.isoformat() if new.meeting_on else "",
    )


def _instrument(pk: int, new: NewInstrument, fact: InstrumentRegistered) -> Instrument:
    numbers = " ".join(f"{fold(each)} {key(each)}" for each in (fact.number, *fact.aliases))
    return Instrument(
        pk=pk,
        kind=fact.kind,
        number=fact.number,
        key=key(fact.number),
        issuer=fact.issuer,
        issuer_kind=fact.issuer_kind,
        issued_on=new.issued_on,
        signer=fact.signer,
        summary=fact.summary,
        parent=new.parent,
        unit=new.unit,
        year=new.year,
        meeting=fact.meeting,
        meeting_on=new.meeting_on,
        words=f"{numbers} {fold(fact.summary)} {fold(fact.issuer)}",
        facts=1,
    )


def _within(lines: Sequence[Assignment], giver: Unit, at: datetime) -> None:
    """Refuse units the giver gives no tasks to."""
    wanted = {unit.pk: unit for line in lines for unit in line.leads}
    may = set(queries.recipients(giver, day(at)).filter(pk__in=wanted).values_list("pk", flat=True))
    for pk, unit in wanted.items():
        if pk not in may:
            raise Refused(f"{giver.name} không giao nhiệm vụ cho {unit.name}", source(day(at)))


def _numbered(lines: Sequence[Assignment], instrument: Instrument | None) -> Iterator[tuple[str, Assignment]]:
    """Each line with its number in the directive; one without is numbered behind those there."""
    taken = set(instrument.tasks.values_list("item", flat=True)) if instrument else set[str]()
    last = max((int(item) for item in taken if item.isdecimal()), default=0)
    for line in lines:
        if line.item or instrument is None:
            yield line.item, line
        else:
            last += 1
            yield str(last), line


def _facts(
    lines: Iterator[tuple[str, Assignment]],
    giver: Unit,
    instrument: Instrument | None,
    heads: Mapping[int, Officer],
    by: Officer,
    at: datetime,
) -> Iterator[tuple[Assignment, Unit, TaskGiven]]:
    for item, line in lines:
        first = line.begins or min(day(at), line.due)
        spans = following.occurrences(line.every, first, line.due) if line.every else [("", first, line.due)]
        for lead in dict.fromkeys(line.leads):
            head = heads.get(lead.pk)
            for occurrence, begins, due in spans:
                yield (
                    line,
                    lead,
                    decided(
                        TaskGiven,
                        by.username,
                        at,
                        title=line.title.strip(),
                        product=line.product.strip(),
                        unit=lead.code,
                        giver=giver.code,
                        due=due.isoformat(),
                        begins=begins.isoformat(),
                        head=head.username if head else "",
                        detail=line.detail.strip(),
                        instrument=instrument.stream if instrument else "",
                        item=item,
                        occurrence=occurrence,
                        cause=line.cause,
                        field=line.field,
                        cooperating=tuple(unit.code for unit in line.cooperating),
                        tags=tuple(line.tags),
                        milestones=line.milestones,
                        budget=line.budget,
                    ),
                )


def _refuse_twice(
    facts: Sequence[tuple[Assignment, Unit, TaskGiven]], instrument: Instrument | None, at: datetime
) -> None:
    if instrument is None:
        return
    there = {
        (item, code, occurrence)
        for item, code, occurrence in instrument.tasks.values_list("item", "lead__code", "occurrence")
    }
    for _, lead, fact in facts:
        if (found := (fact.item, fact.unit, fact.occurrence)) in there:
            raise Refused(f"Nhiệm vụ số {fact.item} của văn bản này đã giao cho {lead.name}", source(day(at)))
        there.add(found)


def _refuse_again(
    facts: Sequence[tuple[Assignment, Unit, TaskGiven]],
    giver: Unit,
    instrument: Instrument | None,
    at: datetime,
) -> None:
    """Refuse lines without a number of their own that were given today in the same words, and stand."""
    if not facts:
        return
    leads = {lead.pk for _, lead, _ in facts}
    there = Task.objects.filter(~Q(state__in=CLOSED), lead__in=leads, giver=giver, given_on=day(at))
    said = there.filter(instrument=instrument).values_list(
        "title", "product", "cause", "lead__code", "due", "pk"
    )
    known = {tuple(each): pk for *each, pk in said}
    for _, lead, fact in facts:
        again = (fact.title, fact.product, fact.cause, fact.unit, date.fromisoformat(fact.due))
        if pk := known.get(again):
            raise Refused(
                f"Hôm nay đã giao nhiệm vụ này cho {lead.name} với cùng hạn (NV-{pk}); muốn giao thêm, hãy ghi khác đi",
                source(day(at)),
            )


def _task(
    pk: int,
    line: Assignment,
    lead: Unit,
    fact: TaskGiven,
    giver: Unit,
    instrument: Instrument | None,
    head: Officer | None,
    by: Officer,
) -> Task:
    task = Task(
        pk=pk,
        instrument=instrument,
        item=fact.item,
        occurrence=fact.occurrence,
        title=fact.title,
        detail=fact.detail,
        product=fact.product,
        field=fact.field,
        tags=list(fact.tags),
        cause=fact.cause,
        giver=giver,
        lead=lead,
        head=head,
        given_by=by,
        given_on=day(fact.at),
        begins=date.fromisoformat(fact.begins),
        due=date.fromisoformat(fact.due),
        until=date.fromisoformat(fact.due),
        state=TaskState.GIVEN,
        facts=1,
    )
    task.words = rows.words(task, instrument.number if instrument else "")
    return task


def _beside(tasks: Sequence[Task], facts: Sequence[tuple[Assignment, Unit, TaskGiven]]) -> None:
    """The rows of cooperating units, milestones and budget lines."""
    together = list(zip(tasks, facts, strict=True))
    Cooperation.objects.bulk_create(
        [
            Cooperation(task=task, unit=unit)
            for task, (line, lead, _) in together
            for unit in dict.fromkeys(line.cooperating)
            if unit != lead
        ]
    )
    Milestone.objects.bulk_create(
        [Milestone(task=task, **each) for task, (line, _, _) in together for each in line.milestones]
    )
    BudgetLine.objects.bulk_create(
        [BudgetLine(task=task, **each) for task, (line, _, _) in together for each in line.budget]
    )


def _open(stream: str, facts: Sequence[Any]) -> None:
    _, entry = log.append(Past(stream, ()), facts)
    wire.ask(entry.sql, entry.values)
