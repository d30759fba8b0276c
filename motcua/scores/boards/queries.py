"""What a board counts, and the dossiers behind each of its figures: now, and since the last working day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from motcua.dossiers.models import Dossier, Task
from motcua.law import calendar, packs
from motcua.law.calendar import TZ, Calendar, day
from motcua.people import access
from motcua.people.models import Unit
from motcua.people.queries import every_unit

from .. import fresh
from ..asked import Asked
from ..reports.rows import agency

SUBJECT = "other-indicators"
DAYS = 30  # of the course of received and settled dossiers
NOBODY = "-"  # stands for nobody in the place of an officer's name


@dataclass(frozen=True)
class Sets:
    """The sets of dossiers a board knows, at a moment, by the name URLs use; each is a condition on dossiers.

    With `now` they are looked at later than at `at`: what ended, was accepted or paused since is as it was. A term
    that moved since, and a pause that ended, are told by facts alone and not by rows: those are as they are.
    """

    at: datetime
    now: datetime | None = None

    @property
    def later(self) -> bool:
        """Whether they are looked at later than at their moment."""
        return self.now is not None and self.now > self.at

    @cached_property
    def since(self) -> datetime:
        """The same hour of the last working day."""
        return self.at - (day(self.at) - Calendar().add_working_days(day(self.at), -1))

    @cached_property
    def conditions(self) -> Mapping[str, Q]:
        minute = self.at.replace(second=0, microsecond=0)
        today = calendar.at(day(self.at) + timedelta(days=1), time.min)
        near: int = packs.on(SUBJECT, day(self.at))["at_risk_working_days"]
        soon = calendar.at(Calendar().add_working_days(day(self.at), near) + timedelta(days=1), time.min)
        opened, running, paused = self._standing()
        late = (running & Q(due_at__lt=minute)) | (opened & paused & Q(due_at__lt=F("paused_at")))
        settled, late_end = Q(ended_at__gt=self.since, ended_at__lte=self.at), Q(due_at__lt=F("ended_at"))
        return {
            "dang-giai-quyet": opened,
            "qua-han": late,
            "hom-nay": running & Q(due_at__gte=minute, due_at__lt=today),
            "sap-den": running & Q(due_at__gte=today, due_at__lt=soon),
            "tam-dung": opened & paused & (Q(due_at=None) | Q(due_at__gte=F("paused_at"))),
            "moi-nhan": Q(accepted_at__gt=self.since, accepted_at__lte=self.at),
            "moi-xong": settled,
            "moi-xong-muon": settled & late_end & (Q(paused_at=None) | Q(due_at__lt=F("paused_at"))),
            "moi-qua-han": running & Q(due_at__lt=minute, due_at__gte=self.since),
        }

    def _standing(self) -> tuple[Q, Q, Q]:
        """Open at the moment, open and its clock running, and paused."""
        opened, running = Q(accepted_at__isnull=False, ended_at=None), Q(paused_at=None)
        if not self.later:
            return opened, opened & running, Q(paused_at__isnull=False)
        opened = Q(accepted_at__lte=self.at) & (Q(ended_at=None) | Q(ended_at__gt=self.at))
        return opened, opened & (running | Q(paused_at__gt=self.at)), Q(paused_at__lte=self.at)

    def __getitem__(self, name: str) -> Q:
        return self.conditions[name]


NAMES = {
    "dang-giai-quyet": "đang giải quyết",
    "qua-han": "quá hạn",
    "hom-nay": "đến hạn hôm nay",
    "sap-den": "sắp đến hạn",
    "tam-dung": "tạm dừng, còn hạn",
    "moi-nhan": "mới tiếp nhận",
    "moi-xong": "mới xong",
    "moi-xong-muon": "mới xong, muộn hạn",
    "moi-qua-han": "mới quá hạn",
}
NOW = ("dang-giai-quyet", "qua-han", "hom-nay", "sap-den", "tam-dung")


@dataclass
class Line:
    """One line of the matrix: an agency, or an officer of one; the counts by the name of the set."""

    key: str
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    oldest: datetime | None = None

    def add(self, counts: Mapping[str, int], oldest: datetime | None) -> None:
        for name, count in counts.items():
            self.counts[name] += count
        if oldest and (self.oldest is None or oldest < self.oldest):
            self.oldest = oldest


def within(unit: Unit) -> dict[int, Unit]:
    """A unit and all below it, each knowing its parent."""
    known = every_unit()
    return {pk: each for pk, each in known.items() if any(up.pk == unit.pk for up in access.line(each))}


def by_agency(unit: Unit, sets: Sets) -> list[Line]:
    """Every agency of a unit that has something to show, the unit's own dossiers among them."""
    inside, lines = within(unit), dict[str, Line]()
    # Of the many that are long settled none is counted, so none is read.
    alive = Q(ended_at=None) | Q(ended_at__gt=sets.since) | Q(accepted_at__gt=sets.since)
    found = (
        _of(inside).filter(alive).values("deciding_unit").annotate(**_counts(sets)).order_by("deciding_unit")
    )
    row: dict[str, Any]
    for row in found:  # type: ignore[assignment]
        home = agency(inside[row["deciding_unit"]])
        line = lines.setdefault(home.code, Line(home.code, home.name))
        line.add({name: row[_column(name)] for name in NAMES}, row["oldest"])
    return [line for line in lines.values() if any(line.counts.values())]


@dataclass(frozen=True, slots=True)
class Day:
    """What came in and what was settled on one day."""

    day: str
    received: int
    settled: int


@dataclass(frozen=True, slots=True)
class Look:
    """What is counted of a unit for its board, and at which moment."""

    at: datetime
    lines: list[Line]
    days: list[Day]


def look(unit: Unit, now: datetime) -> Look:
    """The agencies of a unit and its course, shared for two seconds by all who look, as the index is."""
    found = fresh.kept(f"board {unit.code}", Asked.default(now), lambda at: _looked(unit, at))
    lines, days = found.data
    read = [
        Line(key, name, counts, datetime.fromisoformat(oldest) if oldest else None)
        for key, name, counts, oldest in lines
    ]
    return Look(found.at, read, [Day(*told) for told in days])


def _looked(unit: Unit, at: datetime) -> list[list[Any]]:
    lines = [
        [line.key, line.name, line.counts, line.oldest.isoformat() if line.oldest else ""]
        for line in by_agency(unit, Sets(at))
    ]
    return [lines, [[day.day, day.received, day.settled] for day in course(unit, at)]]


def by_officer(unit: Unit, sets: Sets) -> list[Line]:
    """Who of an agency holds a step of how many dossiers; one dossier may be with several."""
    tasks = Task.objects.filter(dossier__deciding_unit__in=within(unit))
    counts = {_column(name): Count("dossier", filter=_prefixed(sets[name]), distinct=True) for name in NOW}
    oldest = Min("dossier__due_at", filter=_prefixed(sets["qua-han"]))
    lines = []
    row: dict[str, Any]
    held = tasks.values("officer__username", "officer__full_name").annotate(oldest=oldest, **counts)
    for row in held.order_by("officer__full_name"):  # type: ignore[assignment]
        line = Line(row["officer__username"] or NOBODY, row["officer__full_name"] or "Chưa phân công")
        line.add({name: row[_column(name)] for name in NOW}, row["oldest"])
        lines.append(line)
    return [line for line in lines if any(line.counts.values())]


def whole(lines: Iterable[Line]) -> Line:
    """All lines together."""
    total = Line("", "Tổng số")
    for line in lines:
        total.add(line.counts, line.oldest)
    return total


def dossiers(unit: Unit, sets: Sets, name: str, *, home: str = "", officer: str = "") -> QuerySet[Dossier]:
    """The dossiers in one cell, exactly as many as it says. Raises KeyError for a set there is not."""
    inside = within(unit)
    if home:
        inside = {pk: each for pk, each in inside.items() if agency(each).code == home}
    found = _of(inside).filter(sets[name])
    if officer:
        held = (
            Task.objects.filter(officer=None)
            if officer == NOBODY
            else Task.objects.filter(officer__username=officer)
        )
        found = found.filter(pk__in=held.values("dossier"))
    related = found.select_related("version", "deciding_unit").defer("words", "version__sequence")
    return related.order_by(F("due_at").asc(nulls_last=True), "pk")


def course(unit: Unit, at: datetime) -> list[Day]:
    """The last days, the oldest first; today is as far as it has gone."""
    first = day(at) - timedelta(days=DAYS - 1)
    received, settled = (_by_day(unit, name, first, at) for name in ("accepted_at", "ended_at"))
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [Day(f"{each:%d/%m}", received.get(each, 0), settled.get(each, 0)) for each in days]


def _by_day(unit: Unit, name: str, first: date, at: datetime) -> dict[date, int]:
    """How many dossiers that were accepted have such a moment on each legal day."""
    lasting = {f"{name}__gte": calendar.at(first, time.min), f"{name}__lte": at}
    found = _of(within(unit)).filter(accepted_at__isnull=False, **lasting)
    counted = found.annotate(on=TruncDate(name, tzinfo=TZ)).values("on").annotate(n=Count("pk"))
    return {row["on"]: row["n"] for row in counted.order_by("on")}


def _of(inside: Mapping[int, Unit]) -> QuerySet[Dossier]:
    return Dossier.objects.filter(deciding_unit__in=list(inside))


def _counts(sets: Sets) -> dict[str, Count | Min]:
    told: dict[str, Count | Min] = {_column(name): Count("pk", filter=sets[name]) for name in NAMES}
    return told | {"oldest": Min("due_at", filter=sets["qua-han"])}


def _column(name: str) -> str:
    return "set_" + name.replace("-", "_")


def _prefixed(found: Q) -> Q:
    """A condition on dossiers as one on their tasks."""
    parts: list[Any] = list(found.children)
    children = [
        _prefixed(part) if isinstance(part, Q) else (f"dossier__{part[0]}", _on_task(part[1]))
        for part in parts
    ]
    return Q(*children, _connector=found.connector, _negated=found.negated)


def _on_task(value: Any) -> Any:
    return F(f"dossier__{value.name}") if isinstance(value, F) else value  # type: ignore[attr-defined]
