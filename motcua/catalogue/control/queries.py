"""Questions to the drafts: which there are, one of them whole, what was done to it, what all of them add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from motcua.journal import log
from motcua.law import drafting, effect
from motcua.people import access
from motcua.people.models import Officer, Unit

from ..models import Version
from ..queries import NotFound
from . import offers, reading
from .models import Draft, Drafted, Opinion, Stage

ON_THE_WAY = (Stage.DRAFTING, Stage.ASSESSMENT, Stage.OPINION, Stage.APPRAISAL, Stage.PROMULGATION)
HISTORY = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the list; "" narrows nothing."""

    text: str = ""
    stage: str = ""
    unit: str = ""
    late: bool = False
    open: bool = False
    waits: Q = field(default_factory=Q)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of a draft and its place in the stream."""

    version: int
    fact: drafting.Drafting


@dataclass(frozen=True, slots=True)
class Line:
    """What the drafts of an agency came to in a year, those promulgated and those on their way."""

    unit: Unit
    year: int
    drafts: int
    promulgated: int
    done: effect.Effect
    proposed: effect.Effect


def drafts(wanted: Wanted, today: date) -> QuerySet[Draft]:
    """The drafts asked for: those on their way by due day, then the others, the newest first."""
    found = Draft.objects.filter(_matching(wanted, today)).select_related("unit")
    kept = Count("procedures", filter=Q(procedures__dropped_at=None))
    return found.annotate(count=kept).order_by("due", "-begun_at", "-pk")


def by_stage(wanted: Wanted, today: date) -> dict[str, int]:
    """How many of those asked for stand at each stage; under "late" how many are past their due day."""
    found = Draft.objects.filter(_matching(wanted, today)).order_by()
    counted = {row["stage"]: row["count"] for row in found.values("stage").annotate(count=Count("pk"))}
    return counted | {"late": found.filter(_late(today)).count()}


def _matching(wanted: Wanted, today: date) -> Q:
    asked = Q()
    for word in wanted.text.split():
        asked &= Q(name__icontains=word) | Q(number__icontains=word)
    if wanted.stage:
        asked &= Q(stage=wanted.stage)
    if wanted.unit:
        asked &= Q(unit__code=wanted.unit)
    if wanted.late:
        asked &= _late(today)
    asked &= wanted.waits
    return asked & Q(stage__in=ON_THE_WAY) if wanted.open else asked


def waiting_for(officer: Officer, on: date) -> Q:
    """Whether it is an officer's turn: asked and not answered yet, or of their unit with nobody else's word awaited."""
    heard = Q(Exists(Opinion.objects.filter(visit__draft=OuterRef("pk"), visit__left=None)))
    asked = [stage.value for stage, power in offers.ASKED.items() if _may(officer, power, on)]
    writing = Q(stage__in=(Stage.DRAFTING, Stage.ASSESSMENT))
    writing |= heard & Q(stage__in=(Stage.OPINION, Stage.APPRAISAL))
    own = [unit.pk for unit in units(officer, on)]
    return (Q(stage__in=asked) & ~heard) | (writing & Q(unit__in=own))


def _may(officer: Officer, power: str, on: date) -> bool:
    """Whether an officer holds a power over the drafts of the province; that of a head, at its top."""
    tops = Unit.objects.filter(parent=None) if power == "promulgate" else [None]
    return any(access.may(officer, power, top, on) for top in tops)


def _late(today: date) -> Q:
    return Q(stage__in=ON_THE_WAY, due__lt=today)


def one(pk: int) -> Draft:
    """A draft with everything said of it. Raises NotFound."""
    rows = Draft.objects.select_related("unit__parent").prefetch_related(*reading.PARTS)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("Không có dự thảo này")
    return found


def drafted(pk: int) -> Drafted:
    """A procedure in a draft that was not dropped. Raises NotFound."""
    row = Drafted.objects.filter(pk=pk, dropped_at=None).values_list("draft_id", flat=True).first()
    if row is None:
        raise NotFound("Dự thảo không còn thủ tục này")
    return next(one_ for one_ in reading.kept(one(row)) if one_.pk == pk)


def history(draft: Draft, size: int = HISTORY) -> list[Event]:
    """What was done to a draft, newest first."""
    entries = log.backwards(drafting.stream(draft.pk), size=size, about={})
    return [Event(entry.version, _fact(entry)) for entry in entries]


def _fact(entry: Any) -> drafting.Drafting:
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.data.items()
    }
    kind = drafting.KINDS[entry.kind]
    return kind(at=entry.occurred_at, by=entry.by, provision=entry.provision, **told)


def names(of: Iterable[str]) -> dict[str, str]:
    """The full names of officers."""
    return dict(Officer.objects.filter(username__in=set(of)).values_list("username", "full_name"))


def units(officer: Officer, on: date) -> list[Unit]:
    """The units an officer may draft for, by name."""
    held = [post.unit for post in access.posts(officer, on)]
    agencies = {top.pk: top for unit in held for top in [_agency(unit)]}
    return sorted(
        (unit for unit in agencies.values() if access.may(officer, "draft", unit, on)), key=lambda u: u.name
    )


def drafting_units() -> list[Unit]:
    """The units that drafted something, by name."""
    return list(Unit.objects.filter(drafts__isnull=False).distinct().order_by("name"))


def in_force(text: str, on: date) -> Version | None:
    """The published text of a procedure told by its code, in force on a day."""
    standing = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    code = text.split()[0] if text.split() else ""
    found = Version.objects.filter(standing, procedure__code=code, status="published")
    return found.select_related("procedure").first()


def ledger(year: int | None = None) -> list[Line]:
    """What drafts add and remove by agency and year, the latest year first; a stopped draft counts nothing."""
    rows = Draft.objects.exclude(stage=Stage.STOPPED).select_related("unit")
    if year:
        rows = rows.annotate(told_on=Coalesce("issued_on", "day")).filter(told_on__year=year)
    kept = Prefetch("procedures", Drafted.objects.filter(dropped_at=None))
    found = rows.prefetch_related(kept, *(part for part in reading.PARTS if part != "visits__opinions"))
    groups: dict[tuple[int, int], list[Draft]] = {}
    for row in found:
        on = (row.issued_on or row.day).year
        if year in (None, on):
            groups.setdefault((-on, row.unit_id), []).append(row)
    return [_line(-on, group) for (on, _), group in sorted(groups.items())]


def years() -> list[int]:
    """The years drafts belong to, the latest first."""
    days = Draft.objects.order_by().values_list("day", "issued_on")
    return sorted({(issued or day).year for day, issued in days}, reverse=True)


def total(lines: Collection[Line]) -> Mapping[str, effect.Effect]:
    """All lines together."""
    return {
        "done": effect.total(line.done for line in lines),
        "proposed": effect.total(line.proposed for line in lines),
    }


def _line(year: int, group: list[Draft]) -> Line:
    issued = [row for row in group if row.stage == Stage.PROMULGATED]
    waiting = [row for row in group if row.stage != Stage.PROMULGATED]
    done, proposed = reading.effects(issued), reading.effects(waiting)
    return Line(group[0].unit, year, len(group), len(issued), done, proposed)


def _agency(unit: Unit) -> Unit:
    """The agency a unit is part of."""
    *_, agency = access.within(unit)
    return agency
