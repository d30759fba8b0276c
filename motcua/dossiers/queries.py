"""What pages and commands ask of dossiers: the worklist, one dossier with its clock, and whether all still agrees."""

from __future__ import annotations

import random
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from motcua.catalogue.models import Component, ProcessVersion, Version
from motcua.catalogue.words import words
from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.facts import Accepted
from motcua.law.process import Node
from motcua.people import access
from motcua.people.models import Officer, Post, Role, Unit, UnitKind

from . import duties, folding, group_rows, rows
from .models import AWAITS_SUPPLEMENT, CONSULTATION, RECEIVED_LATE, Task
from .models import STREAM as STREAM
from .models import Dossier as Dossier

RELATED = ("version__procedure", "process", "deciding_unit__parent", "receiving_unit__parent")


# Keeping accounts is no reason to read what citizens hand in.
# Nor is working for an operator: what its desks received is told apart (`access.served`).
READERS = frozenset(Role.values) - {Role.ADMIN, Role.APPRAISER, Role.POSTAL}
PROVINCIAL = frozenset({UnitKind.PROVINCE, UnitKind.DEPARTMENT})
CONSULTED = (UnitKind.DEPARTMENT, UnitKind.PROVINCE, UnitKind.DISTRICT, UnitKind.COMMUNE, UnitKind.DIVISION)
NO_DECIDERS = (UnitKind.CENTRE, UnitKind.OPERATOR)
INNER = (UnitKind.DIVISION, UnitKind.CENTRE)
CODE = re.compile(r"(?:\d{3}(?:\.\d{2}){2}\.)?[A-Z]\d{2}(?:\.\d{1,3})*-[\d-]*")
PORTION = 500  # rows asked for at once where all of a large table are looked at
LATEST = 300  # dossiers that tell what a desk receives most
NUMBER = re.compile(r"\d{9}|\d{12}")


@dataclass(frozen=True, slots=True)
class Differs:
    """A cached value that is not what the facts say."""

    code: str
    field: str
    cached: Any
    facts: Any


def folded(dossier: Dossier) -> folding.Folded:
    """A dossier with its facts, for reading."""
    return folding.Folded(dossier, log.read(dossier.stream))


def dossier_for(officer: Officer, code: str, on: date) -> folding.Folded:
    """The dossier an officer may read on a day, with its facts. Raises Http404 or PermissionDenied."""
    dossier = Dossier.objects.select_related(*RELATED).defer("words").filter(code=code).first()
    if dossier is None:
        raise Http404(f"Không có hồ sơ {code}")
    case = folded(dossier)
    if not may_read(officer, case, on):
        raise PermissionDenied(
            f"{officer.full_name} không giữ vị trí nào ở đơn vị tiếp nhận, giải quyết hồ sơ {code}"
        )
    return case


def may_read(officer: Officer, case: folding.Folded, on: date) -> bool:
    """Whether an officer has a post where the dossier is received, decided or worked on, or oversees the province."""
    dossier = case.dossier
    units = [dossier.receiving_unit, dossier.deciding_unit, *step_units(case).values(), *_consulted(case)]
    held = _reading(officer, on)
    if dossier.receiving_unit_id in access.served(officer, on):
        return True
    if any(_oversees(post) or _desk_of(post, dossier.deciding_unit) for post in held):
        return True
    return any(access.may_step(officer, post.role, unit, on) for post in held for unit in units)


def _desk_of(post: Post, deciding: Unit) -> bool:
    """Whether a post is at the desk of the deciding agency, which sees what others receive for it (Đ.20.1.a)."""
    return post.role == Role.RECEPTION and access.own_desk(post.unit, deciding)


def _consulted(case: folding.Folded) -> list[Unit]:
    """The units that may read a dossier because their opinion was asked for, and the request not withdrawn."""
    return [case.asked_units[c.request.unit] for c in case.consultations if c.withdrawn is None]


def consultable(dossier: Dossier, on: date) -> list[Unit]:
    """The agencies whose opinion may be asked about a dossier: those there are that day, but the one that decides."""
    found = Unit.objects.filter(kind__in=CONSULTED, valid_from__lte=on).exclude(pk=dossier.deciding_unit_id)
    there = found.filter(Q(valid_to=None) | Q(valid_to__gt=on)).order_by("name")
    return sorted(there, key=lambda unit: CONSULTED.index(UnitKind(unit.kind)))


def answers(unit: Unit, on: date) -> bool:
    """Whether somebody there, or in the agency it is a part of, may give an opinion on a day."""
    line = [unit]
    while line[-1].kind in INNER and line[-1].parent:
        line.append(line[-1].parent)
    roles = [role for role, powers in access.POWERS.items() if "reply" in powers]
    held = Post.objects.filter(unit__in=line, role__in=roles, officer__is_active=True, valid_from__lte=on)
    return held.filter(Q(valid_to=None) | Q(valid_to__gt=on)).exists()


def received_late(at: datetime) -> Q:
    """Dossiers filed online that the desk answered after its hours, or has not by `at` (tiếp nhận chậm; Đ.17.2)."""
    return RECEIVED_LATE & (Q(reception_answered_at__isnull=False) | Q(reception_due_at__lt=at))


def unheard(at: datetime) -> QuerySet[Task]:
    """What is awaited from agencies that were asked for their opinion and are late at `at` (ý kiến chậm; Đ.19.4)."""
    return Task.objects.filter(step__startswith=CONSULTATION, due_at__lt=at)


def awaiting_supplement(at: datetime) -> Iterator[Dossier]:
    """The dossiers that wait for what their applicant was asked to bring, longest waiting first."""
    waiting = Task.objects.filter(step=AWAITS_SUPPLEMENT, since__lt=at).order_by("since", "pk")
    related = [f"dossier__{name}" for name in RELATED]
    return (task.dossier for task in waiting.select_related(*related).iterator(chunk_size=500))


def readable(officer: Officer, on: date) -> QuerySet[Dossier]:
    """The dossiers an officer may look for: of the units of their posts and the divisions under them.

    Who sits at the desk of an agency also finds what others received for it (Đ.20.1.a).
    """
    units = reach(officer, on)
    if units is None:
        return Dossier.objects.all()
    served = units + _served(officer, on)
    received = units + access.served(officer, on)
    return Dossier.objects.filter(Q(deciding_unit__in=served) | Q(receiving_unit__in=received))


def _served(officer: Officer, on: date) -> list[int]:
    """The agencies whose desk is a centre the officer receives at, by id (`access.own_desk`)."""
    held = [post.unit.parent_id for post in access.posts(officer, on) if _in_centre(post)]
    if not held:
        return []
    departments = Q(kind=UnitKind.DEPARTMENT, parent__in=held)
    found = Unit.objects.filter(departments | Q(pk__in=held, kind=UnitKind.COMMUNE))
    return list(found.values_list("pk", flat=True))


def _in_centre(post: Post) -> bool:
    return post.role == Role.RECEPTION and post.unit.kind == UnitKind.CENTRE


def units_read(officer: Officer, on: date) -> QuerySet[Unit]:
    """The units whose dossiers an officer may look for."""
    units = reach(officer, on)
    deciding = (
        Unit.objects.exclude(kind__in=NO_DECIDERS) if units is None else Unit.objects.filter(pk__in=units)
    )
    return deciding.order_by("kind", "name")


def reads(officer: Officer, unit: Unit, on: date) -> bool:
    """Whether an officer may read the dossiers of a whole unit."""
    units = reach(officer, on)
    return units is None or unit.pk in units


def received(unit: Unit, first: date, last: date) -> QuerySet[Dossier]:
    """The dossiers a unit and those under it accepted from one day to another, in that order."""
    begin, end = (datetime.combine(on, time.min, TZ) for on in (first, last + timedelta(days=1)))
    desks = under([unit])[unit.pk]
    found = Dossier.objects.filter(receiving_unit__in=desks, accepted_at__gte=begin, accepted_at__lt=end)
    return found.select_related("version", "deciding_unit").defer("words").order_by("accepted_at", "pk")


def reach(officer: Officer, on: date) -> list[int] | None:
    """The ids of the units an officer's posts reach, None for all of them."""
    held = _reading(officer, on)
    if any(_oversees(post) for post in held):
        return None
    return [unit.pk for top in under(post.unit for post in held).values() for unit in top]


def named(text: str, *, whole: bool = False) -> Q | None:
    """Dossiers a text names: the beginning of a code, a number, words of a name with or without accents.

    The last word may be the beginning of one, unless all are `whole`, which is found ten times as fast.
    """
    plain = text.strip()
    if CODE.fullmatch(plain.upper()):
        return Q(code__startswith=plain.upper())
    if NUMBER.fullmatch(plain):
        return Q(identity=plain)
    found = words(plain)
    if not found:
        return None
    text = " & ".join(found) + ("" if whole else ":*")
    return Q(words=SearchQuery(text, search_type="raw", config="simple"))


def under(units: Iterable[Unit]) -> dict[int, list[Unit]]:
    """Each unit, by its id, with the divisions and centres under it, however deep."""
    found = {unit.pk: [unit] for unit in units}
    layer = {pk: {pk} for pk in found}
    while layer:
        children = Unit.objects.filter(parent__in=layer, kind__in=INNER)
        layer = {child.pk: layer[child.parent_id or 0] for child in children}
        for child in children:
            for top in layer[child.pk]:
                found[top].append(child)
    return found


def step_units(case: folding.Folded) -> dict[str, Unit]:
    """The units named by steps of the process, by code: those that are asked besides the deciding one."""
    codes = {node.unit for node in case.process.steps if node.unit}
    return {u.code: u for u in Unit.objects.filter(code__in=codes).select_related("parent")} if codes else {}


def doers(case: folding.Folded, node: Node, on: date) -> QuerySet[Officer]:
    """The officers who may be given a step: those of its role in its unit."""
    held = Post.objects.filter(role=node.role, unit=folding.unit_of(case.dossier, node), valid_from__lte=on)
    held = held.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    return Officer.objects.filter(pk__in=held.values("officer"), is_active=True).order_by("full_name")


def loads(case: folding.Folded, node: Node, on: date) -> list[tuple[Officer, int]]:
    """Who may be given a step, with how many tasks each has now, who has least first."""
    counted = Count("tasks", filter=Q(tasks__waiting=False))
    found = doers(case, node, on).annotate(load=counted).order_by("load", "full_name", "pk")
    return [(officer, officer.load) for officer in found]


def components(version: Version, case: str = "") -> list[Component]:
    """The papers of a procedure: those of every case, and those of the chosen one; all when none is chosen."""
    found = list(version.components.all())
    return [c for c in found if not c.case or not case or c.case == case]


def usual(desks: Iterable[Unit]) -> list[int]:
    """The procedures of which these desks received most among their last dossiers, by id, most first."""
    walks = [Dossier.objects.filter(receiving_unit=desk).order_by("-pk") for desk in desks]
    if not walks:
        return []
    latest = [walk.values_list("pk", "version__procedure_id")[:LATEST] for walk in walks]
    found = latest[0].union(*latest[1:], all=True) if len(latest) > 1 else latest[0]
    return [procedure for procedure, _ in Counter(procedure for _, procedure in found).most_common()]


def people(usernames: Iterable[str]) -> dict[str, str]:
    """Full names by user name."""
    found = Officer.objects.filter(username__in=set(usernames))
    return dict(found.values_list("username", "full_name"))


def _reading(officer: Officer, on: date) -> list[Post]:
    return [post for post in access.posts(officer, on) if post.role in READERS]


def _oversees(post: Post) -> bool:
    # Control of procedures is done for the whole province from one of its offices (NĐ 118/2025 Đ.8.2).
    controls = post.role == Role.CONTROLLER and post.unit.kind in PROVINCIAL
    return controls or (post.role == Role.HEAD and post.unit.kind == UnitKind.PROVINCE)


def verify(prefix: str = "", *, only: Sequence[int] | None = None) -> Iterator[Differs]:
    """Fold every dossier's stream again, or those of the ids in `only`, and compare with its row and its worklist."""
    chosen = Q(code__startswith=prefix) if only is None else Q(pk__in=only)
    processes: dict[int, ProcessVersion] = {}
    for dossier in _in_portions(Dossier.objects.filter(chosen).select_related(*RELATED)):
        # One instance for all its dossiers: what a process works out about itself, it works out once.
        dossier.process = processes.setdefault(dossier.process_id, dossier.process)
        yield from differing(folded(dossier))
    if only is None:
        yield from _without_a_row(prefix)
        yield from (Differs(*found) for found in group_rows.differing(prefix))


def sampled(prefix: str, size: int, seed: int) -> dict[int, str]:
    """Ids and codes of `size` dossiers taken by chance; the same seed takes the same ones of the same dossiers."""
    known = Dossier.objects.filter(code__startswith=prefix).order_by("pk").values_list("pk", flat=True)
    keys = array("q", known.iterator(chunk_size=PORTION))
    chosen = random.Random(seed).sample(keys, min(size, len(keys)))
    return dict(Dossier.objects.filter(pk__in=chosen).values_list("pk", "code"))


def _in_portions(dossiers: QuerySet[Dossier]) -> Iterator[Dossier]:
    """Dossiers by their ids, asked for in portions: the server keeps the whole answer to a question."""
    last = 0
    while some := list(dossiers.filter(pk__gt=last).order_by("pk")[:PORTION]):
        yield from some
        last = some[-1].pk


def miscounted(prefix: str = "") -> Iterator[Differs]:
    """What rows and journal count otherwise: dossiers, all their facts, and the accepted ones."""
    kept = Dossier.objects.filter(code__startswith=prefix).aggregate(
        dossiers=Count("*"), facts=Sum("facts", default=0), accepted=Count("accepted_at")
    )
    streams, kinds = log.census(STREAM + prefix)
    told = {
        "dossiers": streams,
        "facts": sum(kinds.values()),
        "accepted": kinds.get(Accepted.__name__, 0),
    }
    for name, rows_say in kept.items():
        if rows_say != told[name]:
            yield Differs(f"{prefix}*", name, rows_say, told[name])


def _without_a_row(prefix: str) -> Iterator[Differs]:
    streams = log.streams(STREAM + prefix)
    while codes := [stream.removeprefix(STREAM) for stream in islice(streams, PORTION)]:
        known = set(Dossier.objects.filter(code__in=codes).values_list("code", flat=True))
        for code in codes:
            if code not in known:
                yield Differs(code, "dossier", None, "facts without a row")


def differing(case: folding.Folded) -> Iterator[Differs]:
    """What the cached row and the worklist of a dossier say otherwise than its facts."""
    dossier = case.dossier
    if not case.facts:
        yield Differs(dossier.code, "facts", dossier.facts, 0)
        return
    for name, value in rows.columns(case).items():
        if (cached := getattr(dossier, name)) != value:
            yield Differs(dossier.code, name, cached, value)
    yield from _tasks_differ(case)


def _tasks_differ(case: folding.Folded) -> Iterator[Differs]:
    cached = {t["step"]: t for t in Task.objects.filter(dossier=case.dossier).values(*duties.TASK_FIELDS)}
    fresh = {row["step"]: row for row in duties.task_rows(case)}
    for step in cached.keys() | fresh.keys():
        if cached.get(step) != fresh.get(step):
            yield Differs(case.dossier.code, f"task {step}", cached.get(step), fresh.get(step))
