"""The token game against others' semantics: SpiffWorkflow's BPMN engine, and a net that remembers causes.

The same random process is given to both sides and driven by the same random completions and returns; after
each move both must have the same steps waiting and agree whether the process has ended.

SpiffWorkflow 3.2 lets a parallel join inside a loop go on with the branches of an earlier round, and a return
from behind a join into a branch leaves it two tokens; both are pinned below. Those cases are left to the net.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from motcua.law.facts import Refused, StepDone
from motcua.law.process import (
    Flow,
    Kind,
    Marking,
    Node,
    Process,
    allowed,
    begin,
    complete,
    fold,
    recall,
    send_back,
)

from .strategies import completions, processes, seeded

TAGS = {
    Kind.START: "startEvent",
    Kind.STEP: "userTask",
    Kind.CHOICE: "exclusiveGateway",
    Kind.MERGE: "exclusiveGateway",
    Kind.SPLIT: "parallelGateway",
    Kind.JOIN: "parallelGateway",
    Kind.END: "endEvent",
}
FAMILIES: dict[str, dict[str, bool]] = {
    "choices and parallel branches": {"loops": False},
    "loops, with parallel branches outside them": {"joins_in_loops": False},
}
SEEDS = 200


def bpmn(process: Process) -> str:
    """The process as BPMN 2.0."""
    flows = dict(enumerate(process.flows))
    parts = [_flow(number, flow) for number, flow in flows.items()]
    for node in process.nodes.values():
        leaving = [number for number, flow in flows.items() if flow.source == node.id]
        entering = [number for number, flow in flows.items() if flow.target == node.id]
        default = [f' default="f{n}"' for n in leaving if node.kind is Kind.CHOICE and not flows[n].outcome]
        ends = [f"<incoming>f{n}</incoming>" for n in entering] + [
            f"<outgoing>f{n}</outgoing>" for n in leaving
        ]
        parts.append(
            f'<{TAGS[node.kind]} id="{node.id}"{"".join(default)}>{"".join(ends)}</{TAGS[node.kind]}>'
        )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">'
        f'<process id="p" isExecutable="true">{"".join(parts)}</process></definitions>'
    )


def _flow(number: int, flow: Flow) -> str:
    condition = ""
    if flow.outcome:
        condition = f"<conditionExpression>outcome == {quoteattr(flow.outcome)}</conditionExpression>"
    ends = f"sourceRef={quoteattr(flow.source)} targetRef={quoteattr(flow.target)}"
    return f'<sequenceFlow id="f{number}" {ends}>{condition}</sequenceFlow>'


class Spiff:
    """A run of a process in SpiffWorkflow."""

    def __init__(self, process: Process) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(bpmn(process)))
        self.run = BpmnWorkflow(parser.get_spec("p"))
        self.run.do_engine_steps()

    @property
    def ended(self) -> bool:
        return bool(self.run.is_completed())

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(sorted(task.task_spec.name for task in self._ready()))

    def complete(self, step: str, outcome: str) -> None:
        task = self._task(step)
        task.data["outcome"] = outcome
        task.run()
        self.run.do_engine_steps()

    def send_back(self, step: str, to: str) -> None:
        self.run.reset_from_task_id(self._before(step, to).id)
        self.run.do_engine_steps()

    def knows_way(self, step: str, to: str) -> bool:
        """Whether `to` is on the one line of tasks that SpiffWorkflow keeps behind a task."""
        return self._before(step, to) is not None

    def _before(self, step: str, to: str) -> Any:
        task = self._task(step).parent
        while task is not None and task.task_spec.name != to:
            task = task.parent
        return task

    def _task(self, step: str) -> Any:
        [task] = [task for task in self._ready() if task.task_spec.name == step]
        return task

    def _ready(self) -> list[Any]:
        return list(self.run.get_tasks(state=TaskState.READY, manual=True))


@dataclass(frozen=True)
class Game:
    """The moves under test; a wrong one may be put in."""

    complete: Callable[..., Marking] = complete
    send_back: Callable[..., Marking] = send_back
    redraw: Callable[[Process], Process] = lambda process: process


OURS = Game()


def drive_both(process: Process, random: Random, game: Game, moves: int = 20) -> Counter[str]:
    """Drive both sides alike; AssertionError when they stand differently. Returns what was done how often."""
    spiff, ours, done = Spiff(process), game.redraw(process), Counter[str]()
    marking = begin(ours)
    for _ in range(moves):
        assert (marking.steps, marking.ended) == (spiff.steps, spiff.ended)
        if spiff.ended:
            break
        returns = [
            (a.step, to) for a in allowed(ours, marking) for to in a.back_to if spiff.knows_way(a.step, to)
        ]
        if returns and random.random() < 0.25:
            move = random.choice(returns)
            marking = game.send_back(ours, marking, *move)
            spiff.send_back(*move)
            done["returned"] += 1
        else:
            move = random.choice(completions(ours, marking))
            marking = game.complete(ours, marking, *move)
            spiff.complete(*move)
            done["completed"] += 1
    return done


@pytest.mark.parametrize("family", FAMILIES)
def test_same_steps_wait_as_in_spiffworkflow_after_every_move(family: str) -> None:
    drawn, done = set(), Counter[str]()
    for seed in range(SEEDS):
        random = Random(seed)
        process = seeded(random, **FAMILIES[family])
        drawn.add(process.flows)
        done += drive_both(process, random, OURS)
    assert len(drawn) >= 150
    assert done["completed"] > 1000
    assert done["returned"] > 200


# The comparison can fail


def any_branch_opens_the_join(process: Process) -> Process:
    joins = {join.id: replace(join, kind=Kind.MERGE) for join in process.of_kind(Kind.JOIN)}
    return replace(process, nodes={**process.nodes, **joins})


def only_one_branch_is_opened(process: Process) -> Process:
    first = {flow.source: flow for flow in reversed(process.flows)}
    splits = {split.id for split in process.of_kind(Kind.SPLIT)}
    return replace(
        process, flows=tuple(f for f in process.flows if f.source not in splits or first[f.source] == f)
    )


def token_is_left_behind(process: Process, marking: Marking, step: str, outcome: str) -> Marking:
    after = complete(process, marking, step, outcome)
    return replace(after, steps=tuple(sorted({step, *after.steps})))


def siblings_are_not_taken_away(process: Process, marking: Marking, step: str, to: str) -> Marking:
    back = send_back(process, marking, step, to)
    return replace(back, steps=tuple(sorted({to, *marking.steps} - {step})))


WRONG_GAMES = {
    "any branch opens the join": Game(redraw=any_branch_opens_the_join),
    "only one branch is opened": Game(redraw=only_one_branch_is_opened),
    "a token is left behind": Game(complete=token_is_left_behind),
    "a return leaves the other branches": Game(send_back=siblings_are_not_taken_away),
}


@pytest.mark.parametrize("wrong", WRONG_GAMES)
def test_comparison_catches_a_wrong_game(wrong: str) -> None:
    def agrees(seed: int) -> bool:
        random = Random(seed)
        try:
            drive_both(seeded(random, loops=False), random, WRONG_GAMES[wrong])
        except AssertionError:
            return False
        return True

    assert not all(agrees(seed) for seed in range(SEEDS))


# Where SpiffWorkflow itself goes wrong


def process_of(text: str) -> Process:
    """Flows such as "start0 step1, step1 split2"; the name of a node begins with its kind."""
    flows = [tuple(flow.split(maxsplit=2)) for flow in text.split(",")]
    names = dict.fromkeys(name for flow in flows for name in flow[:2])
    return Process.of([Node(name, Kind(name.rstrip("0123456789"))) for name in names], flows)


def test_spiffworkflow_opens_a_join_in_a_loop_with_a_branch_of_an_earlier_round() -> None:
    process = process_of(
        "start step1, step1 merge, merge split, split step2, split step3, step2 join, step3 join, "
        "join step4, step4 choice, choice step5 again, step5 merge, choice end"
    )
    spiff, marking = Spiff(process), begin(process)
    moves = [(1, ""), (2, ""), (3, ""), (4, "again"), (5, ""), (3, "")]
    for number, outcome in moves:
        spiff.complete(f"step{number}", outcome)
        marking = complete(process, marking, f"step{number}", outcome)
    assert marking.steps == ("step2",)
    assert spiff.steps == ("step2", "step4")


def test_spiffworkflow_keeps_the_token_behind_a_join_after_a_return_into_a_branch() -> None:
    process = process_of(
        "start split, split step1, split step2, step1 join, step2 join, join step3, step3 end"
    )
    spiff, marking = Spiff(process), begin(process)
    first = spiff._task("step1")
    for step in ("step1", "step2"):
        spiff.complete(step, "")
        marking = complete(process, marking, step)
    spiff.run.reset_from_task_id(first.id)
    spiff.run.do_engine_steps()
    assert send_back(process, marking, "step3", "step1").steps == ("step1",)
    assert spiff.steps == ("step1", "step3")


# The net that remembers causes


@dataclass(frozen=True)
class Token:
    """A token on a flow, and the numbers of the completions it came of."""

    flow: Flow
    causes: frozenset[int] = frozenset()


@dataclass
class Net:
    """A process as a plain Petri net: a node takes tokens from its flows and puts tokens on its flows.

    It keeps the order of completions and the causes of every token, which our game does without.
    """

    process: Process
    tokens: list[Token] = field(default_factory=list)
    told: list[StepDone] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.put("start0", frozenset(), "")

    def steps(self) -> tuple[str, ...]:
        at = [token.flow.target for token in self.tokens]
        return tuple(sorted(node for node in at if self.process.nodes[node].kind is Kind.STEP))

    def complete(self, step: str, outcome: str) -> None:
        token = self.at(step)
        self.tokens.remove(token)
        self.told.append(StepDone(at=datetime(2026, 3, 2, tzinfo=UTC), step=step, outcome=outcome))
        self.put(step, token.causes | {len(self.told) - 1}, outcome)

    def at(self, step: str) -> Token:
        [token] = [token for token in self.tokens if token.flow.target == step]
        return token

    def put(self, node: str, causes: frozenset[int], outcome: str) -> None:
        choosing = self.process.nodes[node].kind is Kind.CHOICE
        for flow in self.process.flows:
            if flow.source == node and (not choosing or flow.outcome == outcome):
                self.tokens.append(Token(flow, causes))
                self.pass_on(flow.target, outcome)

    def pass_on(self, node: str, outcome: str) -> None:
        kind = self.process.nodes[node].kind
        taken = [token for token in self.tokens if token.flow.target == node]
        complete_join = {token.flow for token in taken} == {f for f in self.process.flows if f.target == node}
        if kind in (Kind.STEP, Kind.END) or (kind is Kind.JOIN and not complete_join):
            return
        self.tokens = [token for token in self.tokens if token not in taken]
        self.put(node, frozenset().union(*(token.causes for token in taken)), outcome)

    def left_by_return(self, step: str, to: str) -> list[StepDone] | None:
        """The completions that did not come of the last one of `to`; None when it did not lead to `step`."""
        undone = max((number for number, fact in enumerate(self.told) if fact.step == to), default=None)
        if to == step or undone not in self.at(step).causes:
            return None
        replayed = Net(self.process)
        for number, fact in enumerate(self.told):
            if number != undone and not self.came_of(number, undone):
                replayed.complete(fact.step, fact.outcome)
        return replayed.told

    def came_of(self, number: int, cause: int) -> bool:
        again = Net(self.process)
        for fact in self.told[:number]:
            again.complete(fact.step, fact.outcome)
        return cause in again.at(self.told[number].step).causes


@settings(max_examples=150, deadline=None)
@given(processes(), st.data())
def test_same_steps_wait_as_in_the_net_and_returns_undo_just_what_came_of_a_step(
    process: Process, data: st.DataObject
) -> None:
    net, marking = Net(process), begin(process)
    for _ in range(data.draw(st.integers(1, 14))):
        if not marking.steps:
            break
        move = data.draw(st.sampled_from(completions(process, marking)))
        net.complete(*move)
        marking = complete(process, marking, *move)
        assert marking.steps == net.steps()
    for action in allowed(process, marking):
        for to in (step.id for step in process.steps):
            left = net.left_by_return(action.step, to)
            assert (left is not None) == (to in action.back_to)
            if left is not None:
                assert send_back(process, marking, action.step, to) == fold(process, left)


@settings(max_examples=150, deadline=None)
@given(processes(), st.data())
def test_a_recall_undoes_just_the_last_completion_and_only_while_nothing_came_of_it(
    process: Process, data: st.DataObject
) -> None:
    net, marking = Net(process), begin(process)
    for _ in range(data.draw(st.integers(1, 14))):
        if not marking.steps:
            break
        move = data.draw(st.sampled_from(completions(process, marking)))
        net.complete(*move)
        after = complete(process, marking, *move)
        assert recall(process, after, move[0]) == marking
        marking = after
    for step in {fact.step for fact in net.told}:
        last = max(number for number, fact in enumerate(net.told) if fact.step == step)
        came = [number for number in range(last + 1, len(net.told)) if net.came_of(number, last)]
        if came:
            with pytest.raises(Refused):
                recall(process, marking, step)
        else:
            left = [fact for number, fact in enumerate(net.told) if number != last]
            assert recall(process, marking, step) == fold(process, left)
