"""One dossier over several agencies (hồ sơ liên thông; NĐ 118/2025/NĐ-CP Đ.20.2).

An electronic dossier goes to all agencies at once, naming the one that leads (Đ.20.2.b); paper goes from one to the
next in order, with a transfer slip that says what each has to do and by when (Đ.20.2.a).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from .calendar import Calendar
from .process import Flow, Kind, Node, Process

# The agency that does a step, None for a step no agency does: that of the one-stop desk.
Owner = Callable[[Node], str | None]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Share:
    """What one agency does of a process: its steps as they are reached, and its term in working hours.

    `hours` is what the longest way through the process leaves to it; None where none of its steps has a limit.
    """

    agency: str
    steps: tuple[Node, ...]
    hours: Decimal | None


def shares(process: Process, owner: Owner) -> tuple[Share, ...]:
    """The agencies of a process in the order it reaches them, each with its part (cơ quan tham gia)."""
    found: dict[str, list[Node]] = {}
    for node in _reached(process):
        if node.kind is Kind.STEP and (agency := owner(node)) is not None:
            found.setdefault(agency, []).append(node)
    return tuple(Share(agency, tuple(steps), _term(process, steps)) for agency, steps in found.items())


def in_turn(process: Process, owner: Owner) -> Process:
    """The process a paper dossier goes: branches of different agencies one after the other (Đ.20.2.a).

    Branches within one agency stay side by side, and so do those in which the one-stop desk has a step.
    """
    for split in process.of_kind(Kind.SPLIT):
        if (found := _apart(process, split.id, owner)) is not None:
            return in_turn(_chained(process, split.id, *found), owner)
    return process


def spent(turns: Iterable[Span], waits: Iterable[Span], calendar: Calendar) -> int:
    """Working minutes of an agency's turns, those that run side by side once, waits for the applicant left out."""
    merged: list[Span] = []
    for begin, end in sorted(turns):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    waited = [
        (max(begin, turn[0]), min(end, turn[1]))
        for turn in merged
        for begin, end in waits
        if begin < turn[1] and end > turn[0]
    ]
    minutes = calendar.working_minutes
    return sum(minutes(*span) for span in merged) - sum(minutes(*span) for span in waited)


def _reached(process: Process) -> list[Node]:
    """The nodes in the order a walk from the start first meets them."""
    todo = [node.id for node in process.of_kind(Kind.START)]
    found = dict.fromkeys(todo)
    while todo:
        following = [flow.target for flow in process.leaving[todo.pop(0)]]
        todo += [node for node in following if node not in found]
        found |= dict.fromkeys(following)
    return [process.nodes[node] for node in found]


def _term(process: Process, steps: Iterable[Node]) -> Decimal | None:
    hours = {step.id: step.hours for step in steps if step.hours is not None}
    if not hours:
        return None
    longest: dict[str, Decimal] = {}

    def reach(node: str, way: frozenset[str]) -> Decimal:
        if node not in longest:
            ahead = [flow.target for flow in process.leaving[node] if flow.target not in way]
            rest = max((reach(target, way | {target}) for target in ahead), default=Decimal(0))
            longest[node] = (hours.get(node) or Decimal(0)) + rest
        return longest[node]

    return max(reach(start.id, frozenset({start.id})) for start in process.of_kind(Kind.START))


def _apart(process: Process, split: str, owner: Owner) -> tuple[str, list[tuple[str, Flow]]] | None:
    """The join of a split, and each branch by its first node and the flow it ends on, where all are told apart."""
    starts = [flow.target for flow in process.leaving[split]]
    for join in process.of_kind(Kind.JOIN):
        into = process.entering[join.id]
        regions = [_region(process, start, join.id) for start in starts]
        ends = [[flow for flow in into if flow.source in region] for region in regions]
        whole = len(into) == len(starts) and all(len(end) == 1 for end in ends)
        if whole and _closed(process, split, regions) and _owners_differ(process, regions, owner):
            return join.id, [(start, end[0]) for start, end in zip(starts, ends, strict=True)]
    return None


def _region(process: Process, start: str, stop: str) -> frozenset[str]:
    """The nodes of a branch, from its first up to where it would pass `stop`."""
    found, todo = set(), [start] if start != stop else []
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += [flow.target for flow in process.leaving[node] if flow.target != stop]
    return frozenset(found)


def _closed(process: Process, split: str, regions: list[frozenset[str]]) -> bool:
    """Whether nothing leads into a branch but the split, branches share nothing, and none runs on to an end."""
    for region in regions:
        if any(process.nodes[node].kind in (Kind.START, Kind.END) for node in region) or split in region:
            return False
        sources = {flow.source for node in region for flow in process.entering[node]}
        if sources - region - {split}:
            return False
    return len(frozenset().union(*regions)) == sum(map(len, regions))


def _owners_differ(process: Process, regions: list[frozenset[str]], owner: Owner) -> bool:
    told = [
        {owner(process.nodes[node]) for node in region if process.nodes[node].kind is Kind.STEP}
        for region in regions
    ]
    owners = [agency for branch in told for agency in branch]
    return all(told) and None not in owners and len(set(owners)) == len(owners)


def _chained(process: Process, split: str, join: str, branches: list[tuple[str, Flow]]) -> Process:
    follows: Mapping[Flow, str] = {end: after for (_, end), (after, _) in pairwise(branches)}
    beyond = process.leaving[join][0].target
    flows: list[Flow] = []
    for flow in process.flows:
        if flow.source in (split, join):
            continue
        target = {split: branches[0][0], join: follows.get(flow, beyond)}.get(flow.target, flow.target)
        flows.append(Flow(flow.source, target, flow.outcome))
    nodes = [node for node in process.nodes.values() if node.id not in (split, join)]
    return Process.of(nodes, flows)
