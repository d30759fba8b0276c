"""Setting targets for a unit and a year, and declaring what was reached where nothing computes it (chỉ tiêu)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from motcua.journal import log, wire
from motcua.journal.log import Past
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import source
from motcua.law.steering_facts import TargetDeclared, TargetSet
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import queries
from ..acts.deciding import require_giving
from ..models import Attachment, Instrument
from .models import Target, TargetSource, TargetValue
from .offered import NewTarget, offered

_ID = "SELECT nextval('steering_target_id_seq')"


@transaction.atomic(durable=True)
def set_target(new: NewTarget, *, unit: Unit, year: int, by: Officer, at: datetime) -> Target:
    """Đặt chỉ tiêu cho một đơn vị và năm, with the sources it comes from; once, however often its form is sent."""
    require_giving(unit, by, at)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if Target.objects.filter(unit=unit, year=year, name=new.name.strip()).exists():
        raise Refused(f"{unit.name} đã có chỉ tiêu “{new.name.strip()}” năm {year}", source(day(at)))
    return _set([new], unit, year, by, at)[0]


@transaction.atomic(durable=True)
def load_targets(*, unit: Unit, year: int, by: Officer, at: datetime) -> list[Target]:
    """Đặt các chỉ tiêu văn bản đã giao, as known at its end; those the unit has stay as they are."""
    require_giving(unit, by, at)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    known = set(Target.objects.filter(unit=unit, year=year).values_list("code", flat=True))
    return _set([each for each in offered(year) if each.code not in known], unit, year, by, at)


@transaction.atomic(durable=True)
def declare_target(
    target: Target,
    *,
    on: date,
    value: Decimal,
    note: str,
    files: Sequence[Attachment],
    by: Officer,
    at: datetime,
) -> None:
    """Kê khai kết quả chỉ tiêu with its evidence, where nothing computes it; earlier values stay readable."""
    held = Target.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=target.pk)
    may = access.may(by, "do_task", held.unit, day(at)) or queries.gives_for(by, held.unit, day(at))
    if not may:
        raise Refused(f"{by.full_name} không kê khai được cho {held.unit.name}", source(day(at)))
    if why := _why_not(held, on, files, at):
        raise Refused(why, source(day(at)))
    fact = TargetDeclared(
        at=at,
        by=by.username,
        provision=source(day(at)),
        on=on.isoformat(),
        value=str(value),
        note=note.strip(),
        files=tuple(file.digest for file in files),
    )
    log.record(held.stream, [fact])
    TargetValue.objects.create(target=held, on=on, value=value, note=fact.note, by=by, at=at)
    Target.objects.filter(pk=held.pk).update(facts=held.facts + 1)


def _why_not(target: Target, on: date, files: Sequence[Attachment], at: datetime) -> str:
    if target.measure:
        return "Chỉ tiêu này hệ thống tự tính từ dữ liệu nên không kê khai"
    if on > day(at):
        return "Ngày chốt số liệu ở sau hôm nay"
    if not files or any(file.about != target.stream for file in files):
        return "Kê khai phải kèm tệp minh chứng của chính chỉ tiêu này"
    return ""


def _set(wanted: Sequence[NewTarget], unit: Unit, year: int, by: Officer, at: datetime) -> list[Target]:
    there = {target.code: target for target in Target.objects.filter(unit=unit, year=year)}
    numbers = {each.number: each for each in Instrument.objects.filter(number__in=_numbers(wanted))}
    made = []
    for new in wanted:
        if new.code in there:
            raise Refused(f"{unit.name} đã có chỉ tiêu “{there[new.code].name}” năm {year}", source(day(at)))
        if not new.sources or not new.name.strip():
            raise Refused("Chỉ tiêu phải có tên và ít nhất một văn bản giao", source(day(at)))
        fact = _fact(new, unit, year, by, at)
        ((pk,),) = wire.ask(_ID)
        target = _row(pk, new, unit, year, there.get(new.parent))
        _, entry = log.append(Past(target.stream, ()), [fact])
        wire.ask(entry.sql, entry.values)
        target.save(force_insert=True)
        TargetSource.objects.bulk_create(_sources(target, new, numbers))
        there[new.code] = target
        made.append(target)
    return made


def _row(pk: int, new: NewTarget, unit: Unit, year: int, parent: Target | None) -> Target:
    return Target(
        pk=pk,
        unit=unit,
        year=year,
        code=new.code,
        name=new.name.strip(),
        plan=new.plan,
        baseline=new.baseline,
        per=new.per,
        direction=new.direction,
        measure=new.measure,
        definition=new.definition,
        parent=parent,
        facts=1,
    )


def _sources(target: Target, new: NewTarget, numbers: Mapping[str, Instrument]) -> list[TargetSource]:
    """Where the target is written, each once; one registered here is known by its number."""
    return [
        TargetSource(target=target, said=said, instrument=numbers.get(said))
        for said in dict.fromkeys(new.sources)
    ]


def _numbers(wanted: Sequence[NewTarget]) -> set[str]:
    return {said for new in wanted for said in new.sources}


def _fact(new: NewTarget, unit: Unit, year: int, by: Officer, at: datetime) -> TargetSet:
    return TargetSet(
        at=at,
        by=by.username,
        provision=source(day(at)),
        code=new.code,
        name=new.name.strip(),
        plan=str(new.plan),
        year=year,
        unit=unit.code,
        baseline="" if new.baseline is None else str(new.baseline),
        measure=new.measure,
        direction=new.direction,
        per=new.per,
        definition=new.definition,
        parent=new.parent,
        sources=tuple(new.sources),
    )
