"""The world the demo plays in: who works where, what may be handed in where, and how often."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate

from django.db.models import Q

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Channel, Level, ProcessVersion, Status, Version
from motcua.law.calendar import Calendar
from motcua.law.limits import TimeLimit
from motcua.law.process import Process
from motcua.people import calendars
from motcua.people.models import DeskService, Officer, Post, Role, Unit, UnitKind

from . import province, shares

LEVELS = {Level.COMMUNE: UnitKind.COMMUNE, Level.PROVINCE: UnitKind.DEPARTMENT}


class Nobody(LookupError):
    """No officer holds that role where it is needed."""


@dataclass(frozen=True, slots=True)
class Offering:
    """A published version that units of one level carry out; `department` is set for the level of departments."""

    version: Version
    kind: UnitKind
    department: Unit | None
    weight: float


@dataclass
class World:
    """Everything a dossier's story asks for, read once; `day` chooses what is in force."""

    day: date
    seed: int
    processes: dict[int, Process] = field(default_factory=dict)
    limits: dict[tuple[int, str, str], TimeLimit | None] = field(default_factory=dict)
    fees: dict[tuple[int, str, str], int] = field(default_factory=dict)

    @cached_property
    def units(self) -> dict[int, Unit]:
        """The units of today by id, parents attached."""
        found = {unit.pk: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
        for unit in found.values():
            if unit.parent_id:
                unit.parent = found[unit.parent_id]
        return found

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units.values()}

    @cached_property
    def communes(self) -> list[Unit]:
        return self._of(UnitKind.COMMUNE)

    @cached_property
    def crowds(self) -> list[float]:
        """Running weights of the communes: how many dossiers each gets beside the others."""
        said = shares.book()["communes"]
        formerly = {territory.code: len(territory.formerly) for territory in province.communes()}
        urban = {t.code for t in province.communes() if t.name.startswith("Phường")}
        weights = (
            formerly.get(unit.code, 1) * (said["ward"]["value"] if unit.code in urban else 1)
            for unit in self.communes
        )
        return list(accumulate(weights))

    @cached_property
    def departments(self) -> list[Unit]:
        return self._of(UnitKind.DEPARTMENT)

    @cached_property
    def desks(self) -> dict[int, Unit]:
        """The one-stop centre of each deciding unit, by the unit's id (Bộ phận Một cửa)."""
        centres = {unit.parent_id: unit for unit in self._of(UnitKind.CENTRE)}
        top = next(unit for unit in self.units.values() if unit.kind == UnitKind.PROVINCE)
        return {unit.pk: centres.get(unit.pk, centres[top.pk]) for unit in self.units.values()}

    @cached_property
    def staff(self) -> dict[tuple[int, str], list[Officer]]:
        """The officers of each unit and role; each officer object knows all posts, as acts will ask for them."""
        officers = {officer.pk: officer for officer in Officer.objects.all()}
        found: dict[tuple[int, str], list[Officer]] = {}
        held: dict[int, list[Post]] = {}
        for post in Post.objects.order_by("officer__username", "pk"):
            post.unit = self.units[post.unit_id]
            held.setdefault(post.officer_id, []).append(post)
            found.setdefault((post.unit_id, post.role), []).append(officers[post.officer_id])
        for pk, officer in officers.items():
            officer.__dict__["all_posts"] = held.get(pk, [])
        return found

    @cached_property
    def postmen(self) -> dict[int, list[Officer]]:
        """Who works for an operator at each desk given to one, by the desk's id; they know their desks."""
        found: dict[int, list[Officer]] = {}
        given = list(DeskService.objects.filter(valid_to=None).select_related("operator", "desk__parent"))
        for service in given:
            for officer in self.staff.get((service.operator_id, Role.POSTAL), []):
                officer.__dict__["all_services"] = given
                found.setdefault(service.desk_id, []).append(officer)
        return found

    def officer(self, unit: Unit, role: str, turn: int) -> Officer:
        """Who does it: the officers of the unit in turn. Raises Nobody."""
        holders = self.staff.get((unit.pk, role))
        if not holders:
            raise Nobody(f"{unit.name} không có ai giữ vai trò {Role(role).label}")
        return holders[turn % len(holders)]

    @cached_property
    def calendars(self) -> dict[int, Calendar]:
        return {pk: calendars.of(unit) for pk, unit in self.units.items()}

    def process(self, version: ProcessVersion) -> Process:
        if version.pk not in self.processes:
            self.processes[version.pk] = Process.from_data(version.definition)
        return self.processes[version.pk]

    def limit(self, version: Version, channel: str, case: str) -> TimeLimit | None:
        key = (version.pk, channel, case)
        if key not in self.limits:
            self.limits[key] = catalogue.limit_of(catalogue.term_for(version, channel, case))
        return self.limits[key]

    def fee(self, version: Version, channel: str, case: str) -> int:
        key = (version.pk, channel, case)
        if key not in self.fees:
            self.fees[key] = catalogue.fee_due(version, channel, case)
        return self.fees[key]

    @cached_property
    def offerings(self) -> list[Offering]:
        """What is played, with its weight: published shares first, the rest of each level by demand."""
        published = shares.book()["procedures"]
        fixed = {code: shares.fraction(entry) for code, entry in published.items()}
        found = list(self._offered())
        rest = 1 - sum(fixed.get(o.version.procedure.code, 0) for o in found)
        return [*self._fixed(found, fixed), *self._spread(found, fixed, rest)]

    @cached_property
    def markets(self) -> dict[str, tuple[list[Offering], list[float]]]:
        """For each channel, the offerings that may be handed in so, with running weights."""
        found = {}
        for channel in Channel.values:
            open_ = [o for o in self.offerings if channel in _channels(o.version)]
            found[channel] = (open_, list(accumulate(o.weight for o in open_)))
        return found

    @cached_property
    def spread(self) -> dict[int, float]:
        """How much later than the province each unit works, by its id."""
        factors = shares.book()["unit_spread"]["value"]
        return {pk: random.Random(f"{self.seed}:{u.code}").choice(factors) for pk, u in self.units.items()}

    def _of(self, kind: UnitKind) -> list[Unit]:
        found = [unit for unit in self.units.values() if unit.kind == kind]
        return sorted(found, key=lambda unit: unit.code)

    def _offered(self) -> Iterator[Offering]:
        here = Q(status=Status.PUBLISHED, valid_from__lte=self.day)
        here &= Q(valid_to__isnull=True) | Q(valid_to__gt=self.day)
        versions = Version.objects.filter(here).select_related("procedure").order_by("procedure__code")
        for version in versions.prefetch_related("components", "terms", "fees", "results"):
            for level, kind in LEVELS.items():
                if level in version.levels:
                    department = self._department(version) if kind == UnitKind.DEPARTMENT else None
                    yield Offering(version, kind, department, 0)

    def _department(self, version: Version) -> Unit:
        """The department a procedure belongs to: the one it names, else by the words of its field and title."""
        named = f"{version.agency} {version.authority}".casefold()
        for unit in self.departments:
            if unit.name.casefold() in named:
                return unit
        for text in (version.field.casefold(), version.title.casefold()):
            for row in province.book()["departments"]:
                if any(re.search(rf"\b{word.casefold()}\b", text) for word in row["fields"]):
                    return self.by_code[f"{province.book()['province']['code']}.{row['number']}"]
        return self.departments[sum(version.procedure.code.encode()) % len(self.departments)]

    def _fixed(self, found: Sequence[Offering], fixed: dict[str, float]) -> Iterator[Offering]:
        for offering in found:
            code = offering.version.procedure.code
            if code in fixed:
                yield Offering(offering.version, offering.kind, offering.department, fixed[code])

    def _spread(self, found: Sequence[Offering], fixed: dict[str, float], rest: float) -> Iterator[Offering]:
        for level, kind in LEVELS.items():
            free = [o for o in found if o.kind == kind and o.version.procedure.code not in fixed]
            demand = [shares.book()["demand"].get(o.version.procedure.code, 1) for o in free]
            portion = rest * float(shares.book()["levels"][level.value]["weight"])
            for offering, wanted in zip(free, demand, strict=True):
                weight = portion * wanted / sum(demand)
                yield Offering(offering.version, kind, offering.department, weight)


def _channels(version: Version) -> set[str]:
    return {term.channel for term in version.terms.all()}
