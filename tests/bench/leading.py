"""Fill an empty database with what a province steers by: units, directives, tasks, books, a round of the index, heads.

Everything is generated as facts, folded into rows by the code of the acts and written by COPY, in portions, so that a
hundred thousand tasks need no more memory than a thousand.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from motcua.catalogue.words import fold as bare
from motcua.demo.models import DemoRun
from motcua.law import books, grading
from motcua.law.books import EntryMade, EntryMoved
from motcua.law.calendar import day
from motcua.law.facts import Fact
from motcua.law.grading import GradeAnswered, GradeDecided, GradeFact, GradeProposed
from motcua.law.steering_facts import InstrumentRegistered
from motcua.people.models import Officer, Post, Role, Unit, UnitKind
from motcua.steering import rows
from motcua.steering.acts.giving import key
from motcua.steering.books.rows import show
from motcua.steering.heads.models import HeadRating
from motcua.steering.models import (
    Attachment,
    BookEntry,
    BudgetLine,
    Content,
    Cooperation,
    Dependency,
    Instrument,
    Milestone,
    Reminder,
    Target,
    Task,
)
from motcua.steering.par.models import ParSheet

from . import aims, scoring, sent, surveyed
from .copying import chained, portions, write
from .orders import DIGEST, YEARS, Crew, Order, Orders
from .seeding import Seeded

SEED = 833
DEPARTMENTS, COMMUNES = 20, 279
EACH = 50  # tasks of an instrument
BORN = date(2017, 1, 1)


def fill(count: int, *, at: datetime) -> Seeded:
    """Write `count` tasks given until `at` into an empty database, and what belongs to such a province."""
    run = DemoRun(months=YEARS * 12, dossiers=0, seed=SEED, at=at, begun_at=at)
    run.save(force_insert=True)
    began = time.perf_counter()
    facts = pour(count, at=at, communes=COMMUNES)
    with connection.cursor() as cursor:
        for model in (Task, BookEntry, Instrument, ParSheet, Target, Dependency):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
        cursor.execute("VACUUM ANALYZE")
    DemoRun.objects.update(finished_at=at)
    return Seeded(count, facts, count, time.perf_counter() - began)


def pour(count: int, *, at: datetime, communes: int) -> int:
    """Tasks with what they wait for, letters, targets, plans, reports, entries of books, a round of communes, grades.

    Returns how many facts of tasks.
    """
    crew = _crew(communes)
    facts = _tasks(Orders(crew, at, SEED), count, _instruments(count, crew, at))
    aims.dependencies(count, crew, at)
    aims.targets(count, crew, at)
    sent.reports(crew, at)
    for size, book in ((count // 2, "kho-khan"), (count // 20, "to-cong-nghe-so")):
        _entries(size, book, crew, at)
    scoring.published(crew, at)
    surveyed.surveys(count, crew, at)
    _grades(crew, at)
    return facts


def _crew(communes: int) -> Crew:
    """A province with its units, each with a head and an officer."""
    top = _unit("T", "UBND tỉnh", UnitKind.PROVINCE, None)
    top.save()
    below = [_unit(f"S{n:03}", f"Sở số {n}", UnitKind.DEPARTMENT, top) for n in range(1, DEPARTMENTS + 1)]
    below += [_unit(f"X{n:03}", f"UBND xã số {n}", UnitKind.COMMUNE, top) for n in range(1, communes + 1)]
    Unit.objects.bulk_create(below)
    units = [top, *below]
    heads = _staff(units, Role.HEAD, "Trưởng")
    doers = _staff(units, Role.HANDLER, "Chuyên viên")
    steers = _staff([top], Role.CONTROLLER, "Kiểm soát")[top.pk]
    people = {each.username: each.pk for each in (*heads.values(), *doers.values(), steers)}
    return Crew(top, steers, units, heads, doers, rows.Ids({unit.code: unit.pk for unit in units}, people))


def _unit(code: str, name: str, kind: UnitKind, parent: Unit | None) -> Unit:
    return Unit(code=code, agency_code=code, name=name, kind=kind, parent=parent, valid_from=BORN)


def _staff(units: Sequence[Unit], role: Role, name: str) -> dict[int, Officer]:
    made = Officer.objects.bulk_create(
        [
            Officer(
                username=f"{role}-{unit.code}".lower(),
                full_name=f"{name} {unit.code}",
                password="!",
            )
            for unit in units
        ]
    )
    Post.objects.bulk_create(
        [
            Post(officer=officer, unit=unit, role=role, valid_from=BORN)
            for officer, unit in zip(made, units, strict=True)
        ]
    )
    return {unit.pk: officer for officer, unit in zip(made, units, strict=True)}


def _instruments(count: int, crew: Crew, at: datetime) -> list[Instrument]:
    """The directives of some years, oldest first, and the yearly plan of nearly every unit."""
    number = max(1, count // EACH)
    span = YEARS * 365 - 20
    made = [
        _instrument(
            n + 1,
            crew,
            at - timedelta(days=span - n * span // number + 10),
            kind="directive",
            number=f"{n + 1}/CT-UBND",
            summary="Đẩy mạnh cải cách thủ tục hành chính",
        )
        for n in range(number)
    ]
    plans = list(_plans(number, count, crew, at))
    write([each for each, _ in made + plans])
    chained((each.stream, [fact]) for each, fact in made + plans)
    return [each for each, _ in made]


def _plans(
    last: int, count: int, crew: Crew, at: datetime
) -> Iterator[tuple[Instrument, InstrumentRegistered]]:
    """The province's plan of a year, then those that carry it out; every ninth says nothing of it."""
    pk, years = last, min(YEARS, 1 + count // 40_000)
    for year in range(at.year - years + 1, at.year + 1):
        planned, top = at.replace(year=year, month=1, day=5), None
        for n, unit in enumerate(crew.units[: -(len(crew.units) // 10)], 1):
            pk += 1
            made, fact = _instrument(
                pk,
                crew,
                planned,
                kind="plan",
                number=f"{n}/KH-{unit.code}",
                summary="Kế hoạch cải cách hành chính",
                unit=unit,
                year=year,
                parent=top if n % 9 else None,
            )
            top = top or made
            yield made, fact


def _instrument(
    pk: int, crew: Crew, at: datetime, *, kind: str, number: str, summary: str, **of: Any
) -> tuple[Instrument, InstrumentRegistered]:
    said = {"kind": kind, "number": number, "summary": summary, "issuer": "UBND tỉnh"}
    unit: Unit | None = of.get("unit")
    parent: Instrument | None = of.get("parent")
    fact = InstrumentRegistered(
        at=at,
        by=crew.steers.username,
        issued_on=day(at).isoformat(),
        issuer_kind="province",
        parent=parent.stream if parent else "",
        unit=unit.code if unit else "",
        year=of.get("year", 0),
        **said,
    )
    made = Instrument(
        pk=pk,
        key=key(number),
        issuer_kind="province",
        issued_on=day(at),
        words=f"{bare(number)} {key(number)} {bare(summary)} {bare('UBND tỉnh')}",
        facts=1,
        **said,
        **of,
    )
    return made, fact


def _tasks(orders: Orders, count: int, instruments: Sequence[Instrument]) -> int:
    """How many facts were written; what stands beside the tasks too."""
    Content.objects.create(digest=DIGEST, content=b"%PDF-1.7")
    facts, letters = 0, sent.Letters(orders.crew)
    for portion in portions(orders.of(1, count, instruments)):
        with transaction.atomic():
            write([order.task for order in portion])
            for beside in zip(*(_beside(order, orders.crew) for order in portion), strict=True):
                write(list(chain.from_iterable(beside)), own=False)
            facts += chained((order.task.stream, order.facts) for order in portion)
        letters.take(portion)
    letters.write()
    return facts


def _beside(order: Order, crew: Crew) -> tuple[list[Model], ...]:
    """The rows of the task's cooperating units, milestones, money, files and reminders."""
    task, given = order.task, order.standing.given
    assert given
    reached = {each.key: date.fromisoformat(each.on) for each in order.standing.reached}
    units = [crew.known.units[code] for code in given.cooperating if code != given.unit]
    report = order.standing.report
    return (
        [Cooperation(task=task, unit_id=unit) for unit in units],
        [Milestone(task=task, **each, reached_on=reached.get(each["key"])) for each in given.milestones],
        [BudgetLine(task=task, **each) for each in order.standing.budget],
        [_file(task, crew, report.at)] if report else [],
        [
            Reminder(task=task, officer=officer, rung=fact.rung, level=fact.level, at=fact.at)
            for officer, fact in order.reminded
        ],
    )


def _file(task: Task, crew: Crew, at: datetime) -> Attachment:
    told = {"name": "quyet-dinh.pdf", "media": "application/pdf", "size": 8}
    return Attachment(about=task.stream, content_id=DIGEST, by_id=crew.doers[task.lead_id].pk, at=at, **told)


def _entries(count: int, name: str, crew: Crew, at: datetime) -> None:
    """Entries of one book, in every state by turns, of all units."""
    book, first = books.books(day(at))[name], BookEntry.objects.count() + 1
    for portion in portions(range(first, first + count)):
        made = [_entry(pk, book, crew, at) for pk in portion]
        write([entry for entry, _ in made])
        chained((entry.stream, facts) for entry, facts in made)


def _entry(pk: int, book: books.Book, crew: Crew, at: datetime) -> tuple[BookEntry, list[Fact]]:
    unit = crew.units[pk % len(crew.units)]
    moment = at - timedelta(days=pk % 700, minutes=pk % 400 + 1)
    state = book.states[pk % len(book.states)].key
    values = books.clean(book, _values(pk, book, day(moment)))
    by = crew.doers[unit.pk].username
    told = {"at": moment, "by": by, "provision": books.SOURCE}
    facts: list[Fact] = [EntryMade(**told, book=book.key, unit=unit.code, values=values)]
    if state != book.first:
        facts.append(EntryMoved(**told, state=state, on=day(moment).isoformat()))
    entry = BookEntry(pk=pk, book=book.key, unit=unit, values=values, state=state, made_at=moment)
    show(entry, book)
    return entry, facts


def _values(pk: int, book: books.Book, on: date) -> dict[str, Any]:
    """Something in every field; now and then nothing where nothing has to be."""
    plain: dict[Any, Any] = {
        books.Kind.DAY: on.isoformat(),
        books.Kind.COUNT: pk % 40,
        books.Kind.MONEY: pk * 1000,
        books.Kind.YES: "x",
    }
    return {
        f.key: f.choices[pk % len(f.choices)] if f.choices else plain.get(f.kind, f"{f.label} thứ {pk}")
        for n, f in enumerate(book.fields)
        if f.required or (pk + n) % 5
    }


def _grades(crew: Crew, at: datetime) -> None:
    """Last year's grade of every head, decided."""
    year, moment = at.year - 1, at - timedelta(days=300)
    posts = {post.unit_id: post for post in Post.objects.filter(role=Role.HEAD)}
    rated = [posts[unit.pk] for unit in crew.units[1:]]
    write(
        [
            HeadRating(post=post, year=year, proposed=3, answered=True, decided=3, decision="7/QĐ")
            for post in rated
        ],
        own=False,
    )
    by = {"at": moment, "by": crew.steers.username, "provision": grading.SOURCE}
    facts: list[GradeFact] = [
        GradeProposed(**by, grade=3, computed=3, figures={}, reasons=()),
        GradeAnswered(**by, agrees=True),
        GradeDecided(**by, grade=3, decision="7/QĐ"),
    ]
    chained((f"{grading.STREAM}/{post.pk}/{year}", facts) for post in rated)
