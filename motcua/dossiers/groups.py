"""What pages ask of groups of dossiers: which one may see, one with its dossiers, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import BundleKind, Version
from motcua.catalogue.offers import offer
from motcua.journal import log
from motcua.law import bundle as law
from motcua.law import clock
from motcua.law.calendar import Calendar, day
from motcua.law.facts import Fact
from motcua.law.lifecycle import State
from motcua.law.limits import TimeLimit
from motcua.people import calendars
from motcua.people.models import Officer
from motcua.ui.leaves import key

from . import queries
from .models import Dossier, Group, Member, Task

PAGE = 50
CAP = 1000
WITHOUT_RESULT = (State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED)
_UNDONE = Q(dossier=None) | Q(dossier__ended_at=None)


class SearchForm(forms.Form):
    """What is asked of the list of groups."""

    fields: dict[str, Any]
    q = forms.CharField(label="Mã, tên, số định danh", required=False, max_length=200)
    loai = forms.ChoiceField(label="Loại", required=False, choices=[("", "Mọi loại"), *BundleKind.choices])
    trang_thai = forms.ChoiceField(
        label="Trạng thái",
        required=False,
        choices=[("", "Mọi trạng thái"), ("dang-lam", "Đang làm"), ("da-xong", "Đã xong")],
    )

    def condition(self) -> Q:
        """What the groups must be; a field that is wrong narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        found = queries.named(said.get("q", "")) or Q()
        if said.get("loai"):
            found &= Q(kind=said["loai"])
        undone = Q(Exists(Member.objects.filter(_UNDONE, group=OuterRef("pk"))))
        if said.get("trang_thai"):
            found &= undone if said["trang_thai"] == "dang-lam" else ~undone
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """One page of groups, how many there are (up to CAP), and the ids from which to read on and back."""

    groups: list[Group]
    count: int
    before: int | None = None
    after: int | None = None


def readable(officer: Officer, on: date) -> QuerySet[Group]:
    """The groups an officer may look for: received where they work, or with a dossier they may look for."""
    units = queries.reach(officer, on)
    if units is None:
        return Group.objects.all()
    own = Member.objects.filter(group=OuterRef("pk"), dossier__deciding_unit__in=units)
    return Group.objects.filter(Q(receiving_unit__in=units) | Exists(own))


def listed(asked: QuerySet[Group], *, after: str = "", before: str = "") -> Found:
    """One page of the list, newest first, with how many members there are, have a dossier, and are done."""
    count = asked.order_by()[:CAP].count()
    beyond, start, end = asked.order_by("-pk"), key(after), key(before)
    if end is not None:
        beyond = asked.filter(pk__gt=end).order_by("pk")
    elif start is not None:
        beyond = asked.filter(pk__lt=start).order_by("-pk")
    ids = list(beyond.values_list("pk", flat=True)[: PAGE + 1])
    more, page = len(ids) > PAGE, ids[:PAGE]
    back = end is not None
    if not page:
        return Found([], count)
    first, last = max(page), min(page)
    earlier = first if (more if back else start is not None) else None
    return Found(counted(page), count, earlier, last if more or back else None)


def counted(ids: Sequence[int]) -> list[Group]:
    """Some groups, newest first, with how many members each has, have a dossier, and are done."""
    groups = Group.objects.filter(pk__in=ids).select_related("receiving_unit").order_by("-pk")
    done = Q(members__dossier__ended_at__isnull=False)
    return list(
        groups.annotate(
            total=Count("members"), filed=Count("members__dossier"), done=Count("members", filter=done)
        ).defer("words")
    )


def group_for(officer: Officer, code: str, on: date) -> Gathered:
    """The group an officer may read on a day, with its dossiers. Raises Http404 or PermissionDenied."""
    group = Group.objects.select_related("bundle", "receiving_unit__parent").filter(code=code).first()
    if group is None:
        raise Http404(f"Không có nhóm hồ sơ {code}")
    if not readable(officer, on).filter(pk=group.pk).exists():
        raise PermissionDenied(f"{officer.full_name} không giữ vị trí nào ở nơi tiếp nhận, giải quyết {code}")
    related = ("dossier__version__procedure", "dossier__deciding_unit", "dossier__receiving_unit")
    return Gathered(group, list(group.members.select_related(*related)))


@dataclass
class Gathered:
    """A group with its members and their dossiers, and what follows from how they stand."""

    group: Group
    members: list[Member]

    @cached_property
    def facts(self) -> Sequence[Fact]:
        return log.read(self.group.stream).facts

    @cached_property
    def dossiers(self) -> dict[str, Dossier]:
        return {m.key: m.dossier for m in self.members if m.dossier}

    @cached_property
    def tasks(self) -> dict[int, list[Task]]:
        """What waits for somebody, by dossier."""
        found: dict[int, list[Task]] = {}
        tasks = Task.objects.filter(dossier__in=[d.pk for d in self.dossiers.values()])
        for task in tasks.select_related("unit", "officer").order_by("since", "id"):
            found.setdefault(task.dossier_id, []).append(task)
        return found

    @property
    def done(self) -> int:
        """How many members are done."""
        return sum(bool(m.dossier and m.dossier.ended_at) for m in self.members)

    @property
    def finished(self) -> bool:
        """Whether all are."""
        return self.done == len(self.members)

    def lacking(self, member: Member) -> list[Member]:
        """Those a member waits for that ended without the result it needs."""
        known = {m.key: m for m in self.members}
        needed = [known[key] for key in member.needs]
        return [m for m in needed if m.dossier and m.dossier.state in WITHOUT_RESULT]

    def limit(self, member: Member) -> TimeLimit | None:
        """The term of a member: the one it was accepted under, else the one published for it now."""
        if member.dossier and member.dossier.limit:
            return TimeLimit.parse(member.dossier.limit)
        version = member.dossier.version if member.dossier else self._versions.get(member.procedure)
        channel, case = (member.dossier.channel, member.dossier.case) if member.dossier else ("direct", "")
        return offer(version, channel, case).limit if version else None

    def plan(self, at: datetime) -> law.Plan:
        """What waits for what, planned and real, at `at`."""
        since = self.group.opened_at
        return law.plan([self._part(member, since) for member in self.members], since=since, now=at)

    @cached_property
    def calendar(self) -> Calendar:
        return self._calendars[self.group.receiving_unit_id]

    @cached_property
    def _versions(self) -> Mapping[str, Version]:
        codes = [m.procedure for m in self.members if not m.dossier]
        return catalogue.all_in_force(codes, day(self.group.opened_at)) if codes else {}

    @cached_property
    def _calendars(self) -> dict[int, Calendar]:
        units = [dossier.deciding_unit for dossier in self.dossiers.values()]
        return calendars.several([self.group.receiving_unit, *units])

    def _part(self, member: Member, since: datetime) -> law.Part:
        dossier, limit, rules = member.dossier, self.limit(member), clock.rules(day(since))
        calendar = self._calendars[dossier.deciding_unit_id] if dossier else self.calendar
        return law.Part(
            key=member.key,
            minutes=law.minutes_of(limit, since, calendar, rules),
            needs=tuple(member.needs),
            calendar=calendar,
            limit=limit,
            rules=rules,
            begun=dossier.accepted_at if dossier else None,
            due=dossier.due_at if dossier else None,
            ended=dossier.ended_at if dossier else None,
        )
