"""Random well-formed processes: blocks within blocks, every choice decided by a step.

A block takes up a loose end (a node, and the outcome under which its flow leaves) and leaves one loose end,
so whatever is drawn fits together: steps, sequences, choices, parallel branches, loops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from motcua.law.process import Flow, Kind, Marking, Node, Process, allowed

Pick = Callable[[Any], Any]
Loose = tuple[str, str]
HOURS = (None, Decimal("0.5"), Decimal(2), Decimal(4), Decimal("13.25"))


@dataclass
class Drawing:
    """A process being drawn, at most `steps` steps and a few more to close what is open.

    `pick` takes one of a few options: Hypothesis' or a seeded generator's.
    """

    pick: Pick
    loops: bool = True
    joins_in_loops: bool = True
    steps: int = 12
    looping: int = 0
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def add(self, kind: Kind, *loose: Loose, **about: Any) -> Loose:
        node = Node(f"{kind}{len(self.nodes)}", kind, **about)
        self.nodes.append(node)
        self.flows += [Flow(source, node.id, outcome) for source, outcome in loose]
        return node.id, ""

    def step(self, loose: Loose) -> Loose:
        self.steps -= 1
        number = sum(node.kind is Kind.STEP for node in self.nodes) + 1
        hours = self.pick(HOURS)
        about = {"role": "chuyen-vien", "hours": hours, "counted": hours is not None}
        return self.add(Kind.STEP, loose, name=f"Bước {number}", **about)

    def block(self, loose: Loose, depth: int) -> Loose:
        shapes = [self.step]
        if depth and self.steps > 1:
            shapes += [self.sequence, self.choice] + [self.loop] * self.loops
            shapes += [self.parallel] * (self.joins_in_loops or not self.looping)
        shape = self.pick(shapes)
        return self.step(loose) if shape == self.step else shape(loose, depth - 1)

    def sequence(self, loose: Loose, depth: int) -> Loose:
        return self.block(self.block(loose, depth), depth)

    def branches(self, starts: list[Loose], depth: int) -> list[Loose]:
        """A block on every start but, sometimes, the last: one branch may be empty."""
        done = [self.block(start, depth) for start in starts[:-1]]
        return [*done, starts[-1] if self.pick((False, True)) else self.block(starts[-1], depth)]

    def choice(self, loose: Loose, depth: int) -> Loose:
        choice, _ = self.add(Kind.CHOICE, self.step(loose))
        labels = self.pick((["đạt", ""], ["đạt", "không đạt"], ["đạt", "không đạt", "khác"]))
        return self.add(Kind.MERGE, *self.branches([(choice, label) for label in labels], depth))

    def parallel(self, loose: Loose, depth: int) -> Loose:
        split = self.add(Kind.SPLIT, loose)
        return self.add(Kind.JOIN, *self.branches([split] * self.pick((2, 3)), depth))

    def loop(self, loose: Loose, depth: int) -> Loose:
        self.looping += 1
        again = self.add(Kind.MERGE, loose)
        choice, _ = self.add(Kind.CHOICE, self.step(self.block(again, depth)))
        back = self.branches([(choice, "làm lại")], depth)[0]
        self.looping -= 1
        self.flows.append(Flow(back[0], again[0], back[1]))
        return choice, self.pick(("", "xong"))

    def early_end(self, loose: Loose) -> Loose:
        choice, _ = self.add(Kind.CHOICE, self.step(loose))
        self.add(Kind.END, (choice, "từ chối"))
        return choice, "đồng ý"

    def whole(self, depth: int = 3) -> Process:
        loose = self.block(self.add(Kind.START), depth)
        if self.pick((False, True)):
            loose = self.early_end(loose)
        if self.pick((False, True)):
            loose = self.block(loose, depth)
        self.add(Kind.END, loose)
        return Process.of(self.nodes, self.flows)


@st.composite
def processes(draw: Any, **about: bool) -> Process:
    """A process in which `check` should find no error; `about` are the choices of `Drawing`."""
    return Drawing(lambda options: draw(st.sampled_from(options)), **about).whole()


def seeded(random: Random, **about: bool) -> Process:
    """Such a process from a seeded generator, for comparisons too slow to shrink."""
    return Drawing(random.choice, **about).whole()


def completions(process: Process, marking: Marking) -> list[tuple[str, str]]:
    """Every (step, outcome) that may come next."""
    return [(action.step, outcome) for action in allowed(process, marking) for outcome in action.outcomes]
