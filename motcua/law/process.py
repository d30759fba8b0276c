"""The internal process of a procedure (quy trình nội bộ): a small token game over steps.

A process is a graph: steps done by roles, choices by outcome, parallel branches and their joins. A marking
says where the tokens lie. Three rules carry everything:

* completing a step moves its token on, through choices and splits, until it lies at a step, a join or an end;
* a join lets one token go on once every branch has brought one (an electronic dossier goes to all agencies
  at once: NĐ 118/2025 Đ.20.2.b);
* returning to a step undoes its last completion and all that came of it, and nothing else; whoever completed a
  step may recall it the same way while no step behind it has been done.

A run is known by the outcomes of each step, in that step's own order. The order between steps of different
branches is not kept, so two officers who finish two branches meet in the same marking whoever came first.
The game is for processes in which `soundness.check` finds no error; what it does with others is not promised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from .calendar import TZ
from .facts import Accepted, Fact, Refused, SentBack, StepDone, StepRecalled

Move = StepDone | SentBack | StepRecalled


class Kind(StrEnum):
    """What a node does with a token (loại nút)."""

    START = "start"
    STEP = "step"
    CHOICE = "choice"
    MERGE = "merge"
    SPLIT = "split"
    JOIN = "join"
    END = "end"


PASSED = frozenset({Kind.CHOICE, Kind.MERGE, Kind.SPLIT})


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a process; the fields after `kind` are those of a step (bước).

    `role` does the step; `unit` is the code of its unit, "" for the deciding unit; `hours` is its limit in
    working hours, None when it has none: by decision where `counted` is false (không tính thời gian), else
    nobody has said it yet.
    """

    id: str
    kind: Kind
    name: str = ""
    role: str = ""
    unit: str = ""
    hours: Decimal | None = None
    counted: bool = True

    @property
    def called(self) -> str:
        return f"“{self.name or self.id}”"


class Flow(NamedTuple):
    """An arrow between two nodes. `outcome` labels those that leave a choice; "" there is the default one."""

    source: str
    target: str
    outcome: str = ""


@dataclass(frozen=True)
class Process:
    """An internal process, never changed once made (quy trình nội bộ)."""

    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]

    @classmethod
    def of(cls, nodes: Iterable[Node], flows: Iterable[tuple[str, ...]]) -> Process:
        """A process of nodes and flows (source, target[, outcome]). Raises ValueError for an id twice."""
        nodes = tuple(nodes)
        by_id = {node.id: node for node in nodes}
        if len(by_id) < len(nodes):
            twice = next(node for node, times in Counter(n.id for n in nodes).items() if times > 1)
            raise ValueError(f"Hai nút của quy trình cùng mang mã “{twice}”")
        return cls(MappingProxyType(by_id), tuple(Flow(*flow) for flow in flows))

    @classmethod
    def sequence(cls, steps: Iterable[Node]) -> Process:
        """The steps one after another, as most decisions list them (Bước 1, Bước 2, …)."""
        nodes = (Node("start", Kind.START), *steps, Node("end", Kind.END))
        return cls.of(nodes, ((before.id, after.id) for before, after in pairwise(nodes)))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Process:
        """The process `as_data` wrote. Raises KeyError, TypeError or ValueError for another shape."""
        return cls.of((_node(entry) for entry in data["nodes"]), data["flows"])

    def as_data(self) -> dict[str, Any]:
        """JSON data: nodes in their order, without empty fields, and flows as lists; hours as text."""
        return {
            "nodes": [_node_data(node) for node in self.nodes.values()],
            "flows": [list(flow) if flow.outcome else [flow.source, flow.target] for flow in self.flows],
        }

    @property
    def steps(self) -> tuple[Node, ...]:
        return self.of_kind(Kind.STEP)

    def of_kind(self, kind: Kind) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes.values() if node.kind is kind)

    @cached_property
    def leaving(self) -> Mapping[str, tuple[Flow, ...]]:
        return {node: tuple(flow for flow in self.flows if flow.source == node) for node in self.nodes}

    @cached_property
    def entering(self) -> Mapping[str, tuple[Flow, ...]]:
        return {node: tuple(flow for flow in self.flows if flow.target == node) for node in self.nodes}

    # Every act folds its dossier anew, so the way through gateways is worked out once for the process.
    @cached_property
    def routes(self) -> Mapping[str, Mapping[str, tuple[Flow, ...]]]:
        """Where a token comes to lie: for each node that may hold it and each outcome, the flows it takes."""
        return {
            node.id: {outcome: tuple(self._landings(node.id, outcome)) for outcome in self._outcomes(node.id)}
            for node in self.nodes.values()
            if node.kind not in PASSED
        }

    @cached_property
    def ahead(self) -> Mapping[str, Mapping[str, None]]:
        """The steps that may come after each node, in the order they are reached."""
        return {node: dict.fromkeys(self._ahead(node)) for node in self.nodes}

    def _ahead(self, node: str) -> Iterator[str]:
        found, todo = {node}, [node]
        while todo:
            for flow in self.leaving[todo.pop(0)]:
                if flow.target not in found:
                    found.add(flow.target)
                    todo.append(flow.target)
                    if self.nodes[flow.target].kind is Kind.STEP:
                        yield flow.target

    @cached_property
    def first(self) -> Marking:
        start = self.of_kind(Kind.START)[0].id
        return _put(self, self.routes[start][""], Marking(), {})

    def _outcomes(self, node: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._labels(node))) or ("",)

    def _labels(self, node: str) -> Iterator[str]:
        for flow in self.leaving[node]:
            if self.nodes[node].kind is Kind.CHOICE:
                yield flow.outcome
            if self.nodes[flow.target].kind in PASSED:
                yield from self._labels(flow.target)

    def _landings(self, node: str, outcome: str) -> Iterator[Flow]:
        for flow in self.leaving[node]:
            if self.nodes[node].kind is Kind.CHOICE and flow.outcome != outcome:
                continue
            if self.nodes[flow.target].kind in PASSED:
                yield from self._landings(flow.target, outcome)
            else:
                yield flow


@dataclass(frozen=True, slots=True)
class Marking:
    """Where a run of a process stands (trạng thái quy trình); two runs that stand alike are equal.

    `steps` wait for an officer; `arrived` are flows on which a finished branch waits for its join; `ends` are
    the ends reached; `done` holds, for each step, the outcomes in force, oldest first.
    """

    steps: tuple[str, ...] = ()
    arrived: tuple[Flow, ...] = ()
    ends: tuple[str, ...] = ()
    # A mapping has no hash; markings that differ in it alone merely share theirs.
    done: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to wait for."""
        return not self.steps and not self.arrived

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Marking:
        return cls(
            tuple(data["steps"]),
            tuple(Flow(*flow) for flow in data["arrived"]),
            tuple(data["ends"]),
            {step: tuple(outcomes) for step, outcomes in data["done"].items()},
        )

    def as_data(self) -> dict[str, Any]:
        return {
            "steps": list(self.steps),
            "arrived": [list(flow) for flow in self.arrived],
            "ends": list(self.ends),
            "done": {step: list(outcomes) for step, outcomes in sorted(self.done.items())},
        }


def begin(process: Process) -> Marking:
    """The marking of a dossier just accepted: its first steps wait."""
    return process.first


def complete(process: Process, marking: Marking, step: str, outcome: str = "") -> Marking:
    """The marking after `step` is done with `outcome` (hoàn thành bước).

    Raises Refused when the step does not wait for anyone now, or when no flow behind it knows the outcome.
    """
    if step not in marking.steps:
        raise _not_waiting(process, marking, step)
    landings = process.routes[step].get(outcome)
    if landings is None:
        raise _unknown_outcome(process, step, outcome)
    waiting = list(marking.steps)
    waiting.remove(step)
    rest = Marking(tuple(waiting), marking.arrived, marking.ends)
    return _put(process, landings, rest, {**marking.done, step: (*marking.done.get(step, ()), outcome)})


def send_back(process: Process, marking: Marking, step: str, to: str) -> Marking:
    """The marking after `step` returns the dossier to the earlier step `to` (trả lại bước trước).

    The last completion of `to` is undone with all that came of it: the tokens of every branch it led into
    are taken away, while branches that do not depend on it stay as they are, waiting at their join if they
    had reached it. So a return inside a branch leaves the other branches alone, a return to before the split
    takes them all away, and a return from behind the join into one branch repeats that branch only.

    Raises Refused when `step` does not wait now, or when the last completion of `to` did not lead to it: a
    step of a sibling branch, of a choice not taken, or not done yet.
    """
    if step not in marking.steps:
        raise _not_waiting(process, marking, step)
    back = _undo(process, marking, to) if to in marking.done else None
    # Where undoing `to` leaves the token of `step` in its place, `to` did not lead here.
    if back is None or step in back.steps:
        there = process.nodes[to].called if to in process.nodes else f"“{to}”"
        raise Refused(
            f"Không thể trả lại từ bước {process.nodes[step].called} về {there}: "
            "chỉ trả lại được bước đã làm trên đường tới bước này"
        )
    return back


def recall(process: Process, marking: Marking, step: str) -> Marking:
    """The marking as if `step` had not been completed the last time (thu hồi bước): it waits again.

    Branches beside it stay as they are. Raises Refused when it was not done, or when a step that its completion
    led to has been done since.
    """
    if not marking.done.get(step):
        raise Refused(f"Bước {_called(process, step)} chưa hoàn thành nên không có gì để thu hồi")
    back = _undo(process, marking, step)
    behind = [s for s, done in marking.done.items() if s != step and len(back.done.get(s, ())) < len(done)]
    if behind:
        after = ", ".join(process.nodes[s].called for s in sorted(behind))
        raise Refused(f"Không thể thu hồi bước {_called(process, step)}: bước sau đã hoàn thành ({after})")
    return back


@dataclass(frozen=True, slots=True)
class Turn:
    """One stay of a dossier at a step (lượt xử lý).

    `since` is when the step began to wait, None before acceptance; `ended` is the fact that ended the stay,
    with its moment and officer: its StepDone, or the SentBack or StepRecalled that left it or took it away.
    None: it waits.
    """

    step: str
    since: datetime | None = None
    ended: Move | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """How far a dossier has gone: where its tokens lie, and every stay at every step in the order they began."""

    marking: Marking
    turns: tuple[Turn, ...]


def run(process: Process, facts: Iterable[Fact], before: Run | None = None) -> Run:
    """The run after `facts`, oldest first, from its begin or from where it stood `before`; raises as the acts did.

    Only moves of tokens matter; the first steps wait since acceptance.
    """
    marking = before.marking if before else begin(process)
    turns = list(before.turns) if before else [Turn(step) for step in marking.steps]
    for fact in facts:
        if isinstance(fact, Move):
            after = _after(process, marking, fact)
            staying = {*marking.steps} & {*after.steps} - {fact.step}
            turns = [t if t.ended or t.step in staying else Turn(t.step, t.since, fact) for t in turns]
            turns += [Turn(step, fact.at) for step in after.steps if step not in staying]
            marking = after
        elif isinstance(fact, Accepted):
            turns = [replace(turn, since=fact.at) for turn in turns]
    return Run(marking, tuple(turns))


def fold(process: Process, facts: Iterable[Fact]) -> Marking:
    """The marking after `facts`, oldest first; only moves of tokens matter. Raises as the acts did."""
    return run(process, facts).marking


def history(process: Process, facts: Iterable[Fact]) -> tuple[Turn, ...]:
    """Every stay at every step, in the order they began."""
    return run(process, facts).turns


def decide(process: Process, before: Run, wish: Move) -> Marking:
    """The marking once `wish` follows `before`; asked again on the new facts after a stale write.

    Raises Refused like `complete`, `send_back` and `recall`, but tells who ended the step before, and when.
    """
    marking = before.marking
    gone = wish.step in process.nodes and wish.step not in marking.steps
    if gone and not isinstance(wish, StepRecalled):
        ended = next((turn.ended for turn in reversed(before.turns) if turn.step == wish.step), None)
        if isinstance(ended, SentBack | StepRecalled) or (ended and wish.step in marking.done):
            raise _too_late(process, wish.step, ended)
    return _after(process, marking, wish)


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done at a waiting step: complete it with one of `outcomes`, or return it to a `back_to`.

    The single outcome "" means that nothing need be chosen; among others it is the default.
    """

    step: str
    outcomes: tuple[str, ...]
    back_to: tuple[str, ...]


def allowed(process: Process, marking: Marking) -> tuple[Action, ...]:
    """The actions open now, one for each waiting step (thao tác được phép)."""
    undone = {to: _undo(process, marking, to).steps for to in process.nodes if to in marking.done}
    return tuple(
        Action(
            step,
            tuple(process.routes[step]),
            tuple(to for to, steps in undone.items() if step not in steps),
        )
        for step in marking.steps
    )


def _node(entry: Mapping[str, Any]) -> Node:
    hours = entry.get("hours")
    plain = {key: value for key, value in entry.items() if key not in ("kind", "hours")}
    return Node(kind=Kind(entry["kind"]), hours=None if hours is None else Decimal(hours), **plain)


def _node_data(node: Node) -> dict[str, str | bool]:
    texts = {"id": node.id, "kind": str(node.kind), "name": node.name, "role": node.role, "unit": node.unit}
    data: dict[str, str | bool] = {key: value for key, value in texts.items() if value}
    if node.hours is not None:
        data["hours"] = str(node.hours)
    return data if node.counted else data | {"counted": False}


def _put(
    process: Process, landings: Sequence[Flow], rest: Marking, done: Mapping[str, tuple[str, ...]]
) -> Marking:
    """`rest` with a token more on each of `landings`, joins passed as they fill."""
    steps, arrived, ends = list(rest.steps), list(rest.arrived), list(rest.ends)
    coming = list(landings)
    while coming:
        flow = coming.pop()
        match process.nodes[flow.target].kind:
            case Kind.STEP:
                steps.append(flow.target)
            case Kind.END:
                ends.append(flow.target)
            case _:
                arrived.append(flow)
                branches = process.entering[flow.target]
                if all(branch in arrived for branch in branches):
                    for branch in branches:
                        arrived.remove(branch)
                    coming += process.routes[flow.target][""]
    return Marking(tuple(sorted(steps)), tuple(sorted(arrived)), tuple(sorted(ends)), done)


def _after(process: Process, marking: Marking, fact: Move) -> Marking:
    if isinstance(fact, StepDone):
        return complete(process, marking, fact.step, fact.outcome)
    if isinstance(fact, StepRecalled):
        return recall(process, marking, fact.step)
    return send_back(process, marking, fact.step, fact.to)


def _undo(process: Process, marking: Marking, to: str) -> Marking:
    """Play again all that was done but the last completion of `to`: what came of it is not reached."""
    outcomes = {**marking.done, to: marking.done[to][:-1]}
    again = begin(process)
    while ready := [s for s in again.steps if len(again.done.get(s, ())) < len(outcomes.get(s, ()))]:
        for step in ready:
            again = complete(process, again, step, outcomes[step][len(again.done.get(step, ()))])
    return again


def _not_waiting(process: Process, marking: Marking, step: str) -> Refused:
    if step not in process.nodes:
        return Refused(f"Quy trình không có bước “{step}”")
    state = "đã được hoàn thành" if step in marking.done else "chưa tới lượt"
    return Refused(f"Bước {process.nodes[step].called} {state}")


def _unknown_outcome(process: Process, step: str, outcome: str) -> Refused:
    known = ", ".join(f"“{label}”" for label in process.routes[step] if label)
    called = process.nodes[step].called
    if not known:
        return Refused(f"Bước {called} không có lựa chọn “{outcome}”")
    return Refused(f"Bước {called} cần chọn một trong các kết quả: {known}")


def _too_late(process: Process, step: str, ended: Move) -> Refused:
    match ended:
        case SentBack():
            what = f"trả lại về bước {process.nodes[ended.to].called}"
        case StepRecalled():
            what = f"thu hồi về bước {process.nodes[ended.step].called}"
        case _:
            what = "hoàn thành"
    when = f"{ended.at.astimezone(TZ):%H:%M ngày %d/%m/%Y}"
    reason = f"Bước {process.nodes[step].called} đã được {ended.by} {what} lúc {when}"
    return Refused(reason, who=ended.by)


def _called(process: Process, step: str) -> str:
    return process.nodes[step].called if step in process.nodes else f"“{step}”"
