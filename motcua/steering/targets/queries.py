"""The targets of a unit and year as a tree, each with how far it is (cây chỉ tiêu)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.http import Http404

from motcua.law.calendar import day
from motcua.people.models import Unit

from ..measures import Actual, Measured
from .models import Target, TargetValue


@dataclass(frozen=True, slots=True)
class Told:
    """One target as pages show it: `depth` in the tree, `met` None while nothing is known."""

    target: Target
    actual: Actual
    depth: int = 0

    @property
    def met(self) -> bool | None:
        value, plan = self.actual.value, self.target.plan
        if value is None:
            return None
        return value >= plan if self.target.direction == "up" else value <= plan

    @property
    def gap(self) -> Decimal | None:
        """How much is missing; None when it is met or unknown."""
        if self.met is not False or self.actual.value is None:
            return None
        return abs(self.target.plan - self.actual.value)


def tree(unit: Unit, year: int, at: datetime) -> list[Told]:
    """The targets of a unit and year, children behind their parents."""
    targets = list(Target.objects.filter(unit=unit, year=year).prefetch_related("sources").order_by("id"))
    declared, measured = _declared(targets), Measured(unit, year, at)
    below: dict[int | None, list[Target]] = {}
    for target in targets:
        below.setdefault(target.parent_id, []).append(target)
    return [
        Told(target, _actual(target, measured, declared, day(at)), depth)
        for target, depth in _walk(below, None, 0)
    ]


def target_for(key: int) -> Target:
    """One target. Raises Http404."""
    found = Target.objects.select_related("unit__parent", "parent").prefetch_related("sources").filter(pk=key)
    if not (target := found.first()):
        raise Http404(f"Không có chỉ tiêu số {key}")
    return target


def told(target: Target, at: datetime) -> Told:
    """One target with how far it is."""
    measured = Measured(target.unit, target.year, at)
    return Told(target, _actual(target, measured, _declared([target]), day(at)))


def _actual(target: Target, measured: Measured, declared: Mapping[int, TargetValue], today: date) -> Actual:
    if target.measure:
        return measured.actual(target.measure)
    value = declared.get(target.pk)
    if value is None:
        return Actual(None, None, today, "chưa kê khai", declared=True)
    return Actual(Fraction(value.value), None, value.on, f"{value.by.full_name} kê khai", declared=True)


def _declared(targets: Sequence[Target]) -> dict[int, TargetValue]:
    """The latest declared value of each."""
    keys = [target.pk for target in targets if not target.measure]
    found = TargetValue.objects.filter(target__in=keys).select_related("by").order_by("on", "id")
    return {value.target_id: value for value in found}


def _walk(
    below: Mapping[int | None, Sequence[Target]], above: int | None, depth: int
) -> Iterator[tuple[Target, int]]:
    for target in below.get(above, ()):
        yield target, depth
        yield from _walk(below, target.pk, depth + 1)
