"""What a province wants to reach and what it waits for: targets of units by year, work owed from outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

from motcua.law.calendar import TZ, day
from motcua.law.steering import STREAM
from motcua.law.steering_facts import DependencyMet, DependencyNamed, SteeringFact, TargetDeclared
from motcua.people.models import Unit
from motcua.steering.models import (
    Attachment,
    Blocking,
    Dependency,
    Target,
    TargetSource,
    TargetValue,
    Task,
)
from motcua.steering.targets.acts import _fact, _row, _sources
from motcua.steering.targets.offered import NewTarget, offered

from .copying import chained, portions, write
from .orders import DIGEST, YEARS, Crew, at_hour, rules

SEED = 476
LEAST = 30  # units with targets, however few tasks
TASKS_EACH = 100  # to one unit and year of targets: all units and years at a hundred thousand
WAITING_EACH = 50  # tasks to one thing owed from outside
OWNERS = ("Bộ Công an", "Bộ Tư pháp", "Bộ Khoa học và Công nghệ", "Bộ Nội vụ", "Văn phòng Chính phủ")
OWN = tuple(
    NewTarget(
        code=f"rieng-{n}",
        name=name,
        plan=Decimal(plan),
        sources=("Nghị quyết của Hội đồng nhân dân",),
        direction=direction,
        definition="Số lũy kế từ đầu năm.",
    )
    for n, (name, plan, direction) in enumerate(
        (
            ("Cán bộ được tập huấn", 90, "up"),
            ("Kiến nghị của cử tri được trả lời", 100, "up"),
            ("Hồ sơ phải bổ sung quá một lần", 2, "down"),
        ),
        1,
    )
)
_Made = tuple[Target, list[TargetSource], list[TargetValue], list[Attachment], list[SteeringFact]]


def targets(count: int, crew: Crew, at: datetime) -> None:
    """The targets instruments set and three of its own for each unit, this year first, declared every quarter."""
    wanted = islice(_of_units(crew, at), max(LEAST, count // TASKS_EACH))
    for portion in portions(_targets(list(wanted), crew, at)):
        rows, sources, values, files, facts = zip(*portion, strict=True)
        write(rows)
        for beside in (sources, values, files):
            write([each for some in beside for each in some], own=False)
        chained((row.stream, some) for row, some in zip(rows, facts, strict=True))


def _of_units(crew: Crew, at: datetime) -> Iterator[tuple[int, Unit]]:
    for back in range(YEARS):
        for unit in crew.units:
            yield at.year - back, unit


def _targets(wanted: list[tuple[int, Unit]], crew: Crew, at: datetime) -> Iterator[_Made]:
    pk = 0
    for year, unit in wanted:
        there: dict[str, Target] = {}
        for new in (*offered(year), *OWN):
            pk += 1
            target = there[new.code] = _row(pk, new, unit, year, there.get(new.parent))
            yield _target(target, new, crew, at)


def _target(target: Target, new: NewTarget, crew: Crew, at: datetime) -> _Made:
    begun = min(datetime(target.year, 1, 10, 9, tzinfo=TZ), at)
    facts: list[SteeringFact] = [
        _fact(new, target.unit, target.year, crew.heads[target.unit_id], begun),
        *(_declared(target, crew, at) if not target.measure else ()),
    ]
    by, declared = crew.doers[target.unit_id], [f for f in facts if isinstance(f, TargetDeclared)]
    target.facts = len(facts)
    values = [
        TargetValue(
            target=target,
            on=date.fromisoformat(fact.on),
            value=Decimal(fact.value),
            note=fact.note,
            by=by,
            at=fact.at,
        )
        for fact in declared
    ]
    told = {"name": "bao-cao.pdf", "media": "application/pdf", "size": 8}
    files = [
        Attachment(about=target.stream, content_id=DIGEST, by=by, at=fact.at, **told) for fact in declared[:1]
    ]
    return target, _sources(target, new, {}), values, files, facts


def _declared(target: Target, crew: Crew, at: datetime) -> Iterator[TargetDeclared]:
    """Quarter by quarter, up to the moment, nearer to the plan and now and then beyond it."""
    chance, by = Random(SEED * 1_000_003 + target.pk), crew.doers[target.unit_id].username
    for quarter, (month, last) in enumerate(((3, 31), (6, 30), (9, 30), (12, 31)), 1):
        on = date(target.year, month, last)
        moment = at_hour(on + timedelta(days=chance.randint(2, 12)), 9)
        if moment >= at:
            return
        share = Decimal(quarter * 25 + chance.randint(-12, 6)) / 100
        yield TargetDeclared(
            at=moment,
            by=by,
            provision=rules(day(moment)),
            on=on.isoformat(),
            value=str((target.plan * share).quantize(Decimal("0.01"))),
            note=f"Số liệu quý {quarter}",
            files=(DIGEST,),
        )


def dependencies(count: int, crew: Crew, at: datetime) -> None:
    """What is owed from outside: each blocks some tasks, and most of it has come."""
    streams = range(1, count // WAITING_EACH + 1)
    for portion in portions(streams):
        keys = {n: [n * WAITING_EACH - k * 7 for k in range(1 + n % 4)] for n in portion}
        wanted = [key for some in keys.values() for key in some]
        given = dict(Task.objects.filter(pk__in=wanted).values_list("pk", "given_on"))
        made = [_dependency(n, some, max(given[k] for k in some), crew, at) for n, some in keys.items()]
        write([row for row, _ in made])
        write([Blocking(dependency=row, task_id=key) for row, _ in made for key in keys[row.pk]], own=False)
        chained((row.stream, facts) for row, facts in made)


def _dependency(
    pk: int, keys: list[int], given: date, crew: Crew, at: datetime
) -> tuple[Dependency, list[SteeringFact]]:
    chance, on = Random(SEED + pk), given + timedelta(days=5)
    begun = min(at_hour(on, 9), at - timedelta(minutes=2))
    due = on + timedelta(days=chance.randint(30, 300)) if chance.random() < 0.9 else None
    named = DependencyNamed(
        at=begun,
        by=crew.steers.username,
        provision=rules(day(begun)),
        owner=chance.choice(OWNERS),
        what=f"Hướng dẫn thực hiện, mở kết nối dữ liệu (việc {pk})",
        due=due.isoformat() if due else "",
        basis="Nghị quyết của Chính phủ" if pk % 2 else "",
        tasks=tuple(f"{STREAM}{key}" for key in keys),
    )
    facts: list[SteeringFact] = [named]
    row = Dependency(pk=pk, owner=named.owner, what=named.what, due=due, basis=named.basis)
    met = (due or on) + timedelta(days=chance.randint(-20, 40))
    if chance.random() < 0.9 and begun < at_hour(met, 9) < at:
        row.met_on, row.document = met, f"{pk}/BC-TW"
        said = {"on": met.isoformat(), "document": row.document}
        facts.append(DependencyMet(at=at_hour(met, 9), by=crew.steers.username, provision=rules(met), **said))
    row.facts = len(facts)
    return row, facts
