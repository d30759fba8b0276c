"""Do the rows of the room say what their facts say (đối chiếu nhiệm vụ, văn bản, chỉ tiêu, sổ, phiếu với sự kiện)?"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Model

from motcua.journal import log
from motcua.law import books, grading, par_round, steering, surveys
from motcua.law.calendar import day
from motcua.law.facts import Fact
from motcua.law.steering_facts import (
    DependencyMet,
    DependencyNamed,
    InstrumentNamed,
    InstrumentRegistered,
    TargetDeclared,
    TargetSet,
    TaskGiven,
)
from motcua.law.surveys import SurveyClosed, SurveyOpened, SurveyWithdrawn, TermExtended, UnitCounted
from motcua.people.models import Officer, Unit

from . import rows
from .books.rows import show
from .models import (
    BookEntry,
    Dependency,
    HeadRating,
    Instrument,
    ParRound,
    ParSheet,
    Survey,
    Target,
    Task,
)
from .par import rows as par_rows

CHUNK = 500
STREAMS = (
    steering.STREAM,
    *(f"{name}/" for name in (books.STREAM, par_round.STREAM, grading.STREAM, surveys.STREAM)),
    *("van-ban/", "phu-thuoc/", "chi-tieu/"),
)
KINDS: Mapping[str, type[Model]] = {
    "nhiệm vụ": Task,
    "văn bản": Instrument,
    "việc phụ thuộc": Dependency,
    "chỉ tiêu": Target,
    "mục trong sổ": BookEntry,
    "phiếu chấm": ParSheet,
    "xếp loại": HeadRating,
    "điều tra": Survey,
}


@dataclass(frozen=True, slots=True)
class Differs:
    """A column of a row that says otherwise than its facts; `row` where the column alone is to be written again."""

    code: str
    field: str
    kept: Any
    told: Any
    row: Model | None = dataclasses.field(default=None, compare=False)


def sampled(size: int | None, seed: int) -> dict[str, list[int]]:
    """The ids of the rows to look at, by what they are: all of them, or so many of each kind taken by chance."""
    chance, found = random.Random(seed), {}
    for name, model in KINDS.items():
        keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        found[name] = keys if size is None else sorted(chance.sample(keys, min(size, len(keys))))
    return found


def streams(chosen: Mapping[str, Iterable[int]]) -> list[str]:
    """The streams of the rows chosen."""
    rows_ = (
        Task.objects.only("pk").filter(pk__in=chosen["nhiệm vụ"]),
        Instrument.objects.only("pk").filter(pk__in=chosen["văn bản"]),
        Dependency.objects.only("pk").filter(pk__in=chosen["việc phụ thuộc"]),
        Target.objects.only("pk").filter(pk__in=chosen["chỉ tiêu"]),
        BookEntry.objects.only("pk", "book").filter(pk__in=chosen["mục trong sổ"]),
        ParSheet.objects.select_related("unit").filter(pk__in=chosen["phiếu chấm"]),
        HeadRating.objects.filter(pk__in=chosen["xếp loại"]),
        Survey.objects.only("pk").filter(pk__in=chosen["điều tra"]),
    )
    return [row.stream for kind in rows_ for row in kind]


def missing() -> Iterator[Differs]:
    """Every stream of the room whose row is not there."""
    found = set(streams(sampled(None, 0))) | {round_.stream for round_ in ParRound.objects.all()}
    for prefix in STREAMS:
        for stream in log.streams(prefix):
            if stream not in found:
                yield Differs(stream, "dòng", None, "có")


def differing(chosen: Mapping[str, Iterable[int]], today: date) -> Iterator[Differs]:
    """Every column of the rows chosen that their facts do not give; `today` says which books there are."""
    known = rows.Ids(
        dict(Unit.objects.values_list("code", "pk")), dict(Officer.objects.values_list("username", "pk"))
    )
    tasks = Task.objects.prefetch_related("milestones", "budget", "cooperations")
    for task in _in_chunks(tasks, chosen["nhiệm vụ"]):
        yield from _task(task, known)
    for instrument in _in_chunks(Instrument.objects.prefetch_related("aliases"), chosen["văn bản"]):
        yield from _instrument(instrument, known)
    for dependency in _in_chunks(Dependency.objects.prefetch_related("blockings"), chosen["việc phụ thuộc"]):
        yield from _dependency(dependency)
    aims = Target.objects.select_related("parent").prefetch_related("sources", "values")
    for target in _in_chunks(aims, chosen["chỉ tiêu"]):
        yield from _target(target, known)
    kept = books.books(today)
    for entry in _in_chunks(BookEntry.objects.filter(book__in=kept), chosen["mục trong sổ"]):
        yield from _entry(entry, kept[entry.book])
    for sheet in _in_chunks(ParSheet.objects.select_related("round__table", "unit"), chosen["phiếu chấm"]):
        yield from _sheet(sheet)
    for rating in _in_chunks(HeadRating.objects.all(), chosen["xếp loại"]):
        yield from _rating(rating)
    for survey in _in_chunks(Survey.objects.prefetch_related("results__unit"), chosen["điều tra"]):
        yield from _survey(survey)


def _in_chunks(rows_: Any, keys: Iterable[int]) -> Iterator[Any]:
    rest = iter(keys)
    while some := list(islice(rest, CHUNK)):
        yield from rows_.filter(pk__in=some).order_by("pk")


def _task(task: Task, known: rows.Ids) -> Iterator[Differs]:
    past = log.read(task.stream)
    standing = steering.fold(past.facts)
    if standing.given is None:
        yield Differs(task.code, "facts", task.facts, 0)
        return
    told = rows.columns(standing, past, known) | {"due": standing.due, "giver_id": _giver(standing, known)}
    told.pop("rung", None)
    yield from _compared(task.code, task, told | _as_given(standing.given))
    yield from _steps(task, standing, standing.given, known)


def _as_given(given: TaskGiven) -> dict[str, Any]:
    """The columns of a task that nothing after its being given changes."""
    names = ("title", "product", "detail", "field", "item", "occurrence", "cause")
    told: dict[str, Any] = {name: getattr(given, name) for name in names}
    told |= {"tags": list(given.tags), "begins": date.fromisoformat(given.begins)}
    return told | {"given_on": day(given.at), "instrument_id": _last(given.instrument)}


def _last(stream: str) -> int | None:
    """The number a stream ends with."""
    return int(stream.rpartition("/")[2]) if stream else None


def _steps(task: Task, standing: steering.Standing, given: TaskGiven, known: rows.Ids) -> Iterator[Differs]:
    """The rows beside a task: its milestones, its money, the units that work with it."""
    reached = {each.key: each.on for each in standing.reached}
    milestones = {m["key"]: [m["title"], m["due"], reached.get(m["key"])] for m in given.milestones}
    money = ("name", "planned", "assigned", "disbursed")
    yield from _alike(
        f"{task.code} mốc",
        {m.key: [m.title, m.due.isoformat(), _iso(m.reached_on)] for m in task.milestones.all()},
        milestones,
    )
    yield from _alike(
        f"{task.code} kinh phí",
        {line.key: [getattr(line, name) for name in money] for line in task.budget.all()},
        {line["key"]: [line[name] for name in money] for line in standing.budget},
    )
    together = {known.units[code] for code in given.cooperating if code != given.unit}
    yield from _alike(
        f"{task.code} phối hợp",
        dict.fromkeys((each.unit_id for each in task.cooperations.all()), True),
        dict.fromkeys(together, True),
    )


def _instrument(instrument: Instrument, known: rows.Ids) -> Iterator[Differs]:
    first, *later = _facts(instrument.stream)
    if not isinstance(first, InstrumentRegistered):
        yield Differs(instrument.stream, "facts", instrument.facts, 0)
        return
    said = ("kind", "number", "issuer", "issuer_kind", "signer", "summary", "year", "meeting")
    told = {name: getattr(first, name) for name in said}
    told |= {"issued_on": date.fromisoformat(first.issued_on), "unit_id": known.units.get(first.unit)}
    told["parent_id"] = _last(first.parent)
    yield from _compared(instrument.stream, instrument, told | {"facts": 1 + len(later)})
    named = [*first.aliases, *(fact.alias for fact in later if isinstance(fact, InstrumentNamed))]
    yield from _alike(
        f"{instrument.stream} số khác",
        {alias.number: True for alias in instrument.aliases.all()},
        dict.fromkeys(named, True),
    )


def _dependency(dependency: Dependency) -> Iterator[Differs]:
    first, *later = _facts(dependency.stream)
    if not isinstance(first, DependencyNamed):
        yield Differs(dependency.stream, "facts", dependency.facts, 0)
        return
    met = next((fact for fact in later if isinstance(fact, DependencyMet)), None)
    told = {name: getattr(first, name) for name in ("owner", "what", "basis")}
    told |= {"due": _date(first.due), "met_on": _date(met.on) if met else None}
    told |= {"document": met.document if met else "", "facts": 1 + len(later)}
    yield from _compared(dependency.stream, dependency, told)
    yield from _alike(
        f"{dependency.stream} vướng",
        {f"{steering.STREAM}{each.task_id}": True for each in dependency.blockings.all()},
        dict.fromkeys(first.tasks, True),
    )


def _target(target: Target, known: rows.Ids) -> Iterator[Differs]:
    """The target, where it is written, and every value declared for it."""
    first, *later = _facts(target.stream)
    if not isinstance(first, TargetSet):
        yield Differs(target.stream, "facts", target.facts, 0)
        return
    told = {name: getattr(first, name) for name in ("code", "name", "year", "direction", "per", "measure")}
    told |= {"plan": Decimal(first.plan), "unit_id": known.units.get(first.unit)}
    told |= {"baseline": Decimal(first.baseline) if first.baseline else None}
    told |= {"definition": first.definition, "facts": 1 + len(later)}
    yield from _compared(target.stream, target, told)
    above = target.parent.code if target.parent else ""
    if above != first.parent:
        yield Differs(target.stream, "parent", above, first.parent)
    yield from _alike(
        f"{target.stream} căn cứ",
        {source.said: True for source in target.sources.all()},
        dict.fromkeys(first.sources, True),
    )
    kept = sorted(target.values.all(), key=lambda value: value.pk)
    declared = [fact for fact in later if isinstance(fact, TargetDeclared)]
    yield from _alike(
        f"{target.stream} kê khai lần",
        {n: [value.on.isoformat(), value.value, value.note] for n, value in enumerate(kept, 1)},
        {n: [fact.on, Decimal(fact.value), fact.note] for n, fact in enumerate(declared, 1)},
    )


def _facts(stream: str) -> Sequence[Fact | None]:
    """The facts of a stream, or one that is none: there is always a first."""
    return log.read(stream).facts or (None,)


def _date(said: str) -> date | None:
    return date.fromisoformat(said) if said else None


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _alike(code: str, kept: Mapping[Any, Any], told: Mapping[Any, Any]) -> Iterator[Differs]:
    """The rows that stand under something, by what they are called."""
    for name in [*told, *(name for name in kept if name not in told)]:
        if kept.get(name) != told.get(name):
            yield Differs(code, str(name), kept.get(name), told.get(name))


def _giver(standing: steering.Standing, known: rows.Ids) -> int | None:
    return known.units.get(standing.given.giver) if standing.given else None


def _entry(entry: BookEntry, book: books.Book) -> Iterator[Differs]:
    told = books.fold(book, log.read(entry.stream).facts)
    fresh = BookEntry(values=told.values, state=told.state)
    show(fresh, book)
    wanted = {"values": told.values, "state": told.state, "struck": told.struck}
    wanted |= {name: getattr(fresh, name) for name in ("closed", "due", "since", "marks")}
    yield from _compared(entry.stream, entry, wanted)


def _sheet(sheet: ParSheet) -> Iterator[Differs]:
    """The sheet and its lines; what was written down when it was submitted is a moment nothing else says."""
    criteria = sheet.round.table.criteria
    told = par_round.fold(log.read(sheet.stream).facts, criteria)
    columns, lines = par_rows.of(sheet, told, criteria)
    yield from _compared(sheet.stream, sheet, columns)
    kept = {line.criterion: line for line in sheet.lines.all()}
    for line in lines:
        wanted = {name: getattr(line, name) for name in ("points", "lost", "applies")}
        if line.criterion in kept:
            yield from _compared(f"{sheet.stream}#{line.criterion}", kept[line.criterion], wanted)
        else:
            yield Differs(sheet.stream, line.criterion, None, line.points)


def _rating(rating: HeadRating) -> Iterator[Differs]:
    now = grading.fold(log.read(rating.stream).facts)
    told = {
        "proposed": now.proposed.grade if now.proposed else None,
        "answered": now.answered is not None,
        "decided": now.decided.grade if now.decided else None,
    }
    yield from _compared(rating.stream, rating, told)


def _survey(survey: Survey) -> Iterator[Differs]:
    """The survey and what was counted when it was closed; answers are no facts (docs/adr/0016)."""
    first, *later = _facts(survey.stream)
    if not isinstance(first, SurveyOpened):
        yield Differs(survey.stream, "name", survey.name, None)
        return
    extended = [fact.closes for fact in later if isinstance(fact, TermExtended)]
    told: dict[str, Any] = {"name": first.name, "units": list(first.units), "least": dict(first.least)}
    told |= {"opens": _date(first.opens), "closes": _date([first.closes, *extended][-1])}
    ended = next((fact for fact in later if isinstance(fact, SurveyClosed | SurveyWithdrawn)), None)
    told |= {"closed_at": ended.at if ended else None, "withdrawn": isinstance(ended, SurveyWithdrawn)}
    yield from _compared(survey.stream, survey, told)
    names = ("asked", "answers", "papers", "votes")
    yield from _alike(
        f"{survey.stream} kết quả",
        {
            f"{each.unit.code}/{each.form}": {name: getattr(each, name) for name in names}
            for each in survey.results.all()
        },
        {
            f"{fact.unit}/{form}": {name: counted[name] for name in names}
            for fact in later
            if isinstance(fact, UnitCounted)
            for form, counted in fact.forms.items()
        },
    )


def _compared(code: str, row: Model, told: Mapping[str, Any]) -> Iterator[Differs]:
    for name, value in told.items():
        if getattr(row, name) != value:
            yield Differs(code, name, getattr(row, name), value, row)
