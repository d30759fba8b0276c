"""A process before and after a change (so sánh quy trình): steps, tiers, hand-overs, and the time it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from motcua.law.process import Marking, Node, Process, begin, complete
from motcua.law.soundness import Severity, Topic, check, longest_path

from .bpmn.layout import in_order
from .words import fold

Lying = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """What a process takes (quy mô quy trình); hours are working hours.

    `units` and `tiers` are those that have a step (tầng nấc); `hand_overs` the changes of hands on the longest way
    (khâu trung gian); `longest` its time, and `sequential` the time if parallel branches were done one after
    another, None for a process that does not run to its end. `uncounted` steps have no limit by decision,
    `missing` ones for no reason: their time is in no sum.
    """

    steps: int
    units: int
    tiers: int
    hand_overs: int
    longest: Decimal
    sequential: Decimal | None
    uncounted: int
    missing: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change does to a process. `moved` steps come before or after others they did not; `changed` are
    (before, after) of steps whose wording, role, unit or limit is another."""

    before: Size
    after: Size
    added: tuple[Node, ...]
    removed: tuple[Node, ...]
    moved: tuple[Node, ...]
    changed: tuple[tuple[Node, Node], ...]


def measure(process: Process, tiers: Mapping[str, str] | None = None) -> Size:
    """The size of a process; `tiers` says the tier of each unit by its code, "" for the deciding unit's.

    Units of no known tier are a tier each.
    """
    units = {step.unit for step in process.steps}
    way = longest_path(process)
    return Size(
        steps=len(process.steps),
        units=len(units),
        tiers=len({(tiers or {}).get(unit, unit) for unit in units}),
        hand_overs=sum((a.unit, a.role) != (b.unit, b.role) for a, b in pairwise(way)),
        longest=sum((step.hours or Decimal(0) for step in way), Decimal(0)),
        sequential=sequential_hours(process),
        uncounted=sum(not step.counted for step in process.steps),
        missing=sum(step.counted and step.hours is None for step in process.steps),
    )


def sequential_hours(process: Process) -> Decimal | None:
    """Working hours of all steps of the longest run, one after another (tổng thời hạn nếu làm lần lượt).

    Of choices the longest counts and a loop is gone through once. None for a process that does not run.
    """
    if any(f.severity is Severity.ERROR and f.topic is Topic.FLOW for f in check(process)):
        return None
    known: dict[Lying, Decimal | None] = {}

    def rest(marking: Marking) -> Decimal | None:
        lying = (marking.steps, marking.arrived, marking.ends)
        if not marking.steps:
            return Decimal(0)
        if lying not in known:
            known[lying] = None
            # One waiting step at a time is enough: the sum is the same in every order.
            step = marking.steps[0]
            ways = [rest(complete(process, marking, step, outcome)) for outcome in process.routes[step]]
            hours = process.nodes[step].hours or Decimal(0)
            known[lying] = max((hours + way for way in ways if way is not None), default=None)
        return known[lying]

    return rest(begin(process))


def compare(old: Process, new: Process, tiers: Mapping[str, str] | None = None) -> Comparison:
    """What changes from `old` to `new`; a step stays the same by its wording, else by its id."""
    pairs = _pairs(old, new)
    kept_old, kept_new = {a.id for a, _ in pairs}, {b.id for _, b in pairs}
    return Comparison(
        before=measure(old, tiers),
        after=measure(new, tiers),
        added=tuple(step for step in new.steps if step.id not in kept_new),
        removed=tuple(step for step in old.steps if step.id not in kept_old),
        moved=tuple(_moved(old, new, pairs)),
        changed=tuple((a, b) for a, b in pairs if _duty(a) != _duty(b)),
    )


def _duty(step: Node) -> tuple[object, ...]:
    return step.name, step.role, step.unit, step.hours, step.counted


def _pairs(old: Process, new: Process) -> list[tuple[Node, Node]]:
    """The steps that are in both, in their old order: those alike first, so that renumbering changes nothing."""
    alike: list[Callable[[Node], object]] = [
        lambda step: (step.id, fold(step.name)),
        lambda step: fold(step.name) or step,
        lambda step: step.id,
    ]
    left, found = list(new.steps), {}
    for key in alike:
        for step in old.steps:
            same = next((other for other in left if step.id not in found and key(other) == key(step)), None)
            if same is not None:
                left.remove(same)
                found[step.id] = (step, same)
    return [found[step.id] for step in old.steps if step.id in found]


def _moved(old: Process, new: Process, pairs: Sequence[tuple[Node, Node]]) -> Iterator[Node]:
    """The fewest steps, taken one by one, without which no two stand the other way round."""
    before, after = _following(old), _following(new)
    turned = {
        (a, b)
        for a, a_new in pairs
        for b, b_new in pairs
        if b.id in before[a.id] and a_new.id in after[b_new.id]
    }
    place = {a: number for number, (a, _) in enumerate(pairs)}
    while turned:
        worst = max(place, key=lambda step: (sum(step in pair for pair in turned), place[step]))
        turned = {pair for pair in turned if worst not in pair}
        yield worst


def _following(process: Process) -> dict[str, set[str]]:
    """What comes after each node, loops left out."""
    order = in_order(process)
    place = {name: number for number, name in enumerate(order)}
    found: dict[str, set[str]] = {}
    for name in reversed(order):
        on = [flow.target for flow in process.leaving[name] if place[flow.target] > place[name]]
        found[name] = set(on).union(*(found[target] for target in on))
    return found
