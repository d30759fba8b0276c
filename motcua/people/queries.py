"""What pages ask of units and people: which an officer may arrange, who holds what, and who changed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, When

from motcua.journal import log
from motcua.law import offices

from . import access
from .models import DeskService, Officer, Post, Role, Unit, UnitDay, UnitHours, UnitKind

CHANGES = 50


@dataclass(slots=True)
class Branch:
    """A unit in the tree on a day: how deep it stands below the first shown, and who works in it."""

    unit: Unit
    depth: int
    posts: list[Post] = field(default_factory=list)

    @property
    def head(self) -> Officer | None:
        return next((post.officer for post in self.posts if post.role == Role.HEAD), None)

    @property
    def officers(self) -> int:
        return len({post.officer_id for post in self.posts})


@dataclass(frozen=True, slots=True)
class Change:
    """A change of units or people with when it was done and by whom; `version` is its place in the stream."""

    version: int
    fact: offices.Change


def every_unit() -> dict[int, Unit]:
    """All units by id, each knowing its parent, in one question."""
    found = {unit.pk: unit for unit in Unit.objects.all()}
    for unit in found.values():
        unit.parent = found.get(unit.parent_id or 0)
    return found


def kept(officer: Officer, on: date) -> list[Unit]:
    """The units whose people, hours and days an officer may arrange, as the tree has them."""
    units = [unit for unit in every_unit().values() if access.may(officer, "staff", unit, on)]
    return sorted(units, key=_path)


def tree(units: Iterable[Unit], on: date) -> list[Branch]:
    """Units that exist on a day as a tree, with those who hold posts in them."""
    there = [
        unit for unit in units if unit.valid_from <= on and (unit.valid_to is None or on < unit.valid_to)
    ]
    shown = {unit.pk for unit in there}
    branches = {u.pk: Branch(u, sum(above.pk in shown for above in access.line(u)) - 1) for u in there}
    for post in _held(on).filter(unit__in=shown).select_related("officer"):
        branches[post.unit_id].posts.append(post)
    return list(branches.values())


def unit_for(officer: Officer, code: str, on: date) -> Unit | None:
    """A unit an officer may arrange; None where there is none such or it is not theirs."""
    unit = next((unit for unit in every_unit().values() if unit.code == code), None)
    return unit if unit and access.may(officer, "staff", unit, on) else None


def posts_of(unit: Unit) -> list[Post]:
    """Every post ever held in a unit, latest first."""
    return list(unit.posts.select_related("officer", "unit").order_by("-valid_from", "role", "pk"))


def officers(
    keeper: Officer, units: Collection[Unit], on: date, *, text: str = "", disabled: bool = False
) -> QuerySet[Officer]:
    """The officers with a post in some units, and for who keeps all accounts those without any, by name."""
    posts = Post.objects.filter(officer=OuterRef("pk"))
    condition = Q(Exists(posts.filter(unit__in=[unit.pk for unit in units])))
    if access.may(keeper, "people", None, on):
        condition |= ~Q(Exists(posts))
    found = Officer.objects.filter(condition, is_active=not disabled)
    for word in text.split():
        found = found.filter(Q(full_name__icontains=word) | Q(username__icontains=word))
    held = Prefetch("posts", _held(on).select_related("unit"), to_attr="held")
    return found.prefetch_related(held).order_by("full_name", "username")


def officer_for(keeper: Officer, username: str, units: Collection[Unit], on: date) -> Officer | None:
    """An officer of some units, whether the account is in use or not."""
    named = Officer.objects.filter(username=username)
    theirs = officers(keeper, units, on).order_by() | officers(keeper, units, on, disabled=True).order_by()
    return named.filter(pk__in=theirs.prefetch_related(None).values("pk")).first()


def services(unit: Unit) -> list[DeskService]:
    """The desks given to an operator, or the operators a desk was given to; latest first."""
    found = DeskService.objects.filter(Q(operator=unit) | Q(desk=unit)).select_related("operator", "desk")
    return list(found.order_by("-valid_from", "desk__code"))


def desks(on: date) -> QuerySet[Unit]:
    """The units that exist on a day and may have a desk to give to an operator, centres first."""
    there = Unit.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    order = Case(When(kind=UnitKind.CENTRE, then=0), default=1)
    return there.exclude(kind__in=(UnitKind.OPERATOR, UnitKind.PROVINCE)).order_by(order, "name")


def decided_hours(unit: Unit) -> list[UnitHours]:
    """The hours a unit decided, latest first."""
    return list(unit.new_hours.order_by("-since"))


def decided_days(unit: Unit, since: date) -> list[UnitDay]:
    """The days a unit decided from a day on."""
    return list(unit.days.filter(day__gte=since).order_by("day"))


def changes(about: Mapping[str, Collection[str]], before: int = 0, size: int = CHANGES) -> list[Change]:
    """What was changed, newest first; `about` narrows it by the codes of units or the names of officers."""
    entries = log.backwards(offices.STREAM, before=before, size=size, about=about)
    return [
        Change(
            entry.version,
            offices.KINDS[entry.kind](
                at=entry.occurred_at, by=entry.by, provision=entry.provision, **entry.data
            ),
        )
        for entry in entries
    ]


def _held(on: date) -> QuerySet[Post]:
    return Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


def _path(unit: Unit) -> tuple[str, ...]:
    return tuple(above.code for above in reversed([*access.line(unit)]))
