"""Where the shapes of a process lie: lanes below each other, time from left to right.

A column holds the nodes that are as many flows from the start. Lines run between columns, where no shape is, and
along rows only where those are free; the others, and all that go back, run above everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from motcua.law.process import Flow, Kind, Node, Process

from .vocabulary import Lane

STEP = (160, 90)
GATEWAY = (50, 50)
EVENT = (36, 36)
COLUMN, ROW = 260, 120
TITLE = 30  # of the pool, and again of each lane
MARGIN = 60  # from the lane's title to the first column
CHANNEL = 14  # between two lines above everything
GAP = COLUMN - STEP[0]
LABEL = (GAP - GAP // 4, 14)

Point = tuple[int, int]


class Box(NamedTuple):
    """A rectangle, in points."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


class Cell(NamedTuple):
    """The place of a node: its lane, its row in that lane, its column."""

    lane: Lane
    row: int
    column: int


class Turn(Enum):
    """Where a line between two rows turns: before its end, or right behind its start."""

    LATE = "late"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Picture:
    """A process drawn; `lines` are the corners of each flow and `labels` the places of their names, in their order."""

    pool: Box
    lanes: Mapping[Lane, Box]
    shapes: Mapping[str, Box]
    lines: tuple[tuple[Point, ...], ...]
    labels: tuple[Box, ...]


def lanes_of(process: Process) -> dict[str, Lane]:
    """The lane of every node, in the order of the way: a step's own, another's that of the node before it."""
    found: dict[str, Lane] = {}
    order = in_order(process)
    first = next((Lane(n.role, n.unit) for n in map(process.nodes.get, order) if n and _is_step(n)), Lane(""))
    for name in order:
        node = process.nodes[name]
        before = [found[flow.source] for flow in process.entering[name] if flow.source in found]
        found[name] = Lane(node.role, node.unit) if _is_step(node) else next(iter(before), first)
    return found


def draw(process: Process) -> Picture:
    """Lay out a process whose flows all join nodes it has."""
    cells = _cells(process)
    rows: dict[Lane, int] = {}
    for cell in cells.values():
        rows[cell.lane] = max(rows.get(cell.lane, 0), cell.row + 1)
    routes = _routes(process, cells)
    channels = sum(isinstance(route, int) for route in routes)
    width = 2 * TITLE + MARGIN + COLUMN * (1 + max((c.column for c in cells.values()), default=0))
    tops, y = {}, (channels + 1) * CHANNEL
    for lane, count in rows.items():
        tops[lane] = y
        y += count * ROW
    edges = [0, *list(tops.values())[1:], y]
    boxes = (Box(TITLE, top, width - TITLE, end - top) for top, end in pairwise(edges))
    shapes = {name: _shape(process.nodes[name], cell, tops) for name, cell in cells.items()}
    lines = tuple(_line(f, r, cells, shapes) for f, r in zip(process.flows, routes, strict=True))
    lanes = dict(zip(tops, boxes, strict=False))
    return Picture(Box(0, 0, width, y), lanes, shapes, lines, tuple(map(_label, lines)))


def _is_step(node: Node) -> bool:
    return node.kind is Kind.STEP


def _shape(node: Node, cell: Cell, tops: Mapping[Lane, int]) -> Box:
    width, height = STEP if _is_step(node) else EVENT if node.kind in (Kind.START, Kind.END) else GATEWAY
    x = 2 * TITLE + MARGIN + cell.column * COLUMN + (STEP[0] - width) // 2
    return Box(x, tops[cell.lane] + cell.row * ROW + (ROW - height) // 2, width, height)


def _cells(process: Process) -> dict[str, Cell]:
    order, lanes, columns = in_order(process), lanes_of(process), _columns(process)
    rank = {name: place for place, name in enumerate(order)}
    cells: dict[str, Cell] = {}
    taken: set[Cell] = set()
    for name in sorted(order, key=lambda name: (columns[name], rank[name])):
        before = [cells[flow.source] for flow in process.entering[name] if flow.source in cells]
        wanted = [cell.row for cell in before if cell.lane == lanes[name]]
        places = (Cell(lanes[name], row, columns[name]) for row in [*wanted, *range(len(order))])
        cells[name] = next(place for place in places if place not in taken)
        taken.add(cells[name])
    # Lanes stand in the order of the way, not of the columns.
    return {name: cells[name] for name in order}


def _columns(process: Process) -> dict[str, int]:
    order = in_order(process)
    place = {name: number for number, name in enumerate(order)}
    columns = dict.fromkeys(order, 0)
    for name in order:
        for flow in process.leaving[name]:
            if place[flow.target] > place[name]:
                columns[flow.target] = max(columns[flow.target], columns[name] + 1)
    return columns


def in_order(process: Process) -> list[str]:
    """The nodes so that every flow but those that close a loop leads on: a walk into the depth, seen backwards."""
    seen: set[str] = set()
    done: list[str] = []
    for root in (*(start.id for start in process.of_kind(Kind.START)), *process.nodes):
        if root in seen:
            continue
        seen.add(root)
        way = [(root, _targets(process, root))]
        while way:
            name, targets = way[-1]
            if (target := next((t for t in targets if t not in seen), None)) is None:
                done.append(name)
                way.pop()
            else:
                seen.add(target)
                way.append((target, _targets(process, target)))
    return done[::-1]


def _targets(process: Process, node: str) -> Iterator[str]:
    # Backwards, so that the branch drawn first is walked last and stands first.
    return iter([flow.target for flow in reversed(process.leaving[node])])


def _routes(process: Process, cells: Mapping[str, Cell]) -> list[Turn | int]:
    """How each flow runs: along a row that is free, or above everything in a channel of its own."""
    taken = frozenset(cells.values())
    routes: list[Turn | int] = []
    drawn: set[tuple[str, str]] = set()
    for flow in process.flows:
        here, there = cells[flow.source], cells[flow.target]
        ways = [(Turn.LATE, here), (Turn.EARLY, there)]
        if len(process.leaving[flow.source]) > 1:
            ways.reverse()  # flows of one gateway part at once, which leaves room for their names
        free = [turn for turn, row in ways if _free(here, there, row, taken)]
        if not free or (flow.source, flow.target) in drawn:
            routes.append(sum(isinstance(route, int) for route in routes))
        else:
            routes.append(free[0])
        drawn.add((flow.source, flow.target))
    return routes


def _free(here: Cell, there: Cell, along: Cell, taken: frozenset[Cell]) -> bool:
    """Whether the row of `along` is free between two columns, the first before the second."""
    between = range(here.column + 1, there.column)
    return here.column < there.column and not any(along._replace(column=c) in taken for c in between)


def _line(
    flow: Flow, route: Turn | int, cells: Mapping[str, Cell], shapes: Mapping[str, Box]
) -> tuple[Point, ...]:
    here, there = shapes[flow.source], shapes[flow.target]
    out, into = _edge(cells[flow.source], 1) + GAP // 4, _edge(cells[flow.target], 0) - GAP // 4
    start, end = (here.right, here.middle), (there.x, there.middle)
    if isinstance(route, int):
        y = (route + 1) * CHANNEL
        return start, (out, start[1]), (out, y), (into, y), (into, end[1]), end
    if start[1] == end[1]:
        return start, end
    turn = into if route is Turn.LATE else out
    return start, (turn, start[1]), (turn, end[1]), end


def _label(line: tuple[Point, ...]) -> Box:
    """Above a level part of a line that has room; not the first, which flows of one gateway share."""
    level = [(abs(x2 - x1), min(x1, x2), y1) for (x1, y1), (x2, y2) in pairwise(line) if y1 == y2]
    _, x, y = next((part for part in level[1:] if part[0] >= LABEL[0]), level[0])
    return Box(x + 4, y - LABEL[1] - 2, *LABEL)


def _edge(cell: Cell, side: int) -> int:
    """Where the column of a cell begins, or ends (`side` 1)."""
    return 2 * TITLE + MARGIN + cell.column * COLUMN + side * STEP[0]
