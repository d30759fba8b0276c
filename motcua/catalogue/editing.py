"""Changing a process step by step (sửa quy trình): each function gives a new process and never touches the old one.

What a change makes idle goes with it: a split or a choice with one way out, a join or a merge with one way in.
Whether the result is sound, `law.soundness` says afterwards; a change that has no meaning raises Refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from motcua.law.facts import Refused
from motcua.law.process import Flow, Kind, Node, Process

MOST_NODES = 300
OPENING = frozenset({Kind.SPLIT, Kind.CHOICE})
CLOSING = frozenset({Kind.JOIN, Kind.MERGE})


def blank() -> Process:
    """A process with one step that has nothing yet, to begin with."""
    return Process.sequence([Node("b1", Kind.STEP)])


def insert_step(process: Process, at: int) -> tuple[Process, str]:
    """A new step on flow number `at`; gives its id too (thêm bước)."""
    _room(process)
    step = Node(_new_id(process, "b"), Kind.STEP)
    return _on_flow(process, step, _flow(process, at)), step.id


def remove(process: Process, name: str) -> Process:
    """Without a node: what led to it leads on to what followed it (bỏ bước)."""
    node = _node(process, name)
    if node.kind is Kind.START:
        raise Refused("Không bỏ được nút bắt đầu")
    if node.kind in OPENING | CLOSING and len(process.leaving[name]) > 1:
        raise Refused("Hãy bỏ bớt hướng đi cho đến khi chỉ còn một, nút này sẽ tự mất")
    _decides(process, name)
    return _tidy(_without(process, name))


def remove_flow(process: Process, at: int) -> Process:
    """Without one way out of a node (bỏ hướng đi)."""
    gone = _flow(process, at)
    return _tidy(_with(process, flows=[flow for flow in process.flows if flow is not gone]))


def connect(process: Process, name: str) -> tuple[Process, str]:
    """One way more out of a node: a new branch of a split, another outcome of a choice, the end of a dead end."""
    node = _node(process, name)
    if node.kind is Kind.SPLIT:
        _room(process)
        step = Node(_new_id(process, "b"), Kind.STEP)
        join = _partner(process, name) or _end(process)
        flows = [*process.flows, Flow(name, step.id), Flow(step.id, join)]
        return _with(process, [*process.nodes.values(), step], flows), step.id
    if node.kind is Kind.CHOICE:
        return _with(
            process, flows=[*process.flows, Flow(name, _end(process), _outcome(process, name))]
        ), name
    if process.leaving[name] or node.kind is Kind.END:
        raise Refused(f"Sau {node.called} đã có bước tiếp theo")
    return _with(process, flows=[*process.flows, Flow(name, _end(process))]), name


def choose(process: Process, name: str) -> tuple[Process, str]:
    """A choice right after a step: the way that was there stays the default one (thêm lựa chọn)."""
    _room(process)
    node, leaving = _node(process, name), process.leaving[name]
    if node.kind is not Kind.STEP or len(leaving) != 1:
        raise Refused("Chỉ thêm được lựa chọn sau một bước có đúng một hướng đi")
    if process.nodes[leaving[0].target].kind is Kind.CHOICE:
        return connect(process, leaving[0].target)
    choice = Node(_new_id(process, "chon"), Kind.CHOICE)
    return connect(_on_flow(process, choice, leaving[0]), choice.id)


def beside(process: Process, name: str) -> Process:
    """A step at the same time as the one before it, joined behind both (làm cùng lúc với bước trước)."""
    node, before = _node(process, name), _before(process, name)
    if node.kind is not Kind.STEP or before.kind not in (Kind.STEP, Kind.JOIN):
        raise Refused("Chỉ làm cùng lúc được với một bước hoặc một nhóm song song đứng ngay trước")
    _decides(process, name)
    rest = _without(process, name)
    if before.kind is Kind.JOIN:
        split = _partner(process, before.id)
        if split is None:
            raise Refused("Không rõ nhóm song song này bắt đầu từ đâu")
        return _with(rest, flows=[*rest.flows, Flow(split, name), Flow(name, before.id)], also=node)
    return _side_by_side(rest, before, node)


def move(process: Process, name: str, *, up: bool) -> Process:
    """A step one place earlier or later; over a parallel group as a whole, and out of one at its edge (đổi chỗ)."""
    node = _node(process, name)
    if node.kind is not Kind.STEP:
        raise Refused("Chỉ đổi chỗ được các bước")
    _decides(process, name)
    return _earlier(process, node) if up else _later(process, node)


def retarget(process: Process, at: int, target: str, outcome: str) -> Process:
    """Flow number `at` leads to another node, or under another outcome (nối lại)."""
    _node(process, target)
    old = _flow(process, at)
    return _with(process, flows=[Flow(old.source, target, outcome) if f is old else f for f in process.flows])


def _earlier(process: Process, node: Node) -> Process:
    before = _before(process, node.id)
    if before.kind is Kind.START:
        raise Refused(f"Bước {node.called} đã đứng đầu")
    if before.kind is Kind.JOIN:
        before = process.nodes[_partner(process, before.id) or before.id]
    if before.kind is Kind.CHOICE:
        before = _before(process, before.id)
    rest = _without(process, node.id)
    turned = [flow._replace(target=node.id) if flow.target == before.id else flow for flow in rest.flows]
    return _tidy(_with(rest, flows=[*turned, Flow(node.id, before.id)], also=node))


def _later(process: Process, node: Node) -> Process:
    leaving = process.leaving[node.id]
    after = process.nodes[leaving[0].target] if leaving else node
    if after.kind is Kind.END or after is node:
        raise Refused(f"Bước {node.called} đã đứng cuối")
    if after.kind is Kind.STEP:
        _decides(process, after.id)
    if after.kind is Kind.SPLIT:
        after = process.nodes[_partner(process, after.id) or after.id]
    behind = process.leaving[after.id]
    if len(behind) != 1:
        raise Refused("Không rõ đổi chỗ tới đâu: phía sau có nhiều hướng")
    rest = _without(process, node.id)
    flow = next(f for f in rest.flows if f.source == after.id)
    return _tidy(_on_flow(rest, node, flow))


def _side_by_side(process: Process, first: Node, second: Node) -> Process:
    split = Node(_new_id(process, "tach"), Kind.SPLIT)
    join = Node(_new_id(process, "hop"), Kind.JOIN)
    inner = [
        Flow(split.id, first.id),
        Flow(split.id, second.id),
        Flow(first.id, join.id),
        Flow(second.id, join.id),
    ]
    flows: list[Flow] = []
    for flow in process.flows:
        into = split.id if flow.target == first.id else flow.target
        flows.append(Flow(join.id if flow.source == first.id else flow.source, into, flow.outcome))
    nodes: list[Node] = []
    for node in process.nodes.values():
        nodes += [split, node, second, join] if node.id == first.id else [node]
    return Process.of(nodes, [*flows, *inner])


def _on_flow(process: Process, node: Node, at: Flow) -> Process:
    """`node` standing on a flow; the outcome stays with its first half."""
    halves = [at._replace(target=node.id), Flow(node.id, at.target)]
    flows = [half for flow in process.flows for half in (halves if flow == at else [flow])]
    nodes: list[Node] = []
    for there in process.nodes.values():
        nodes += [there, node] if there.id == at.source else [there]
    return Process.of(nodes, flows)


def _without(process: Process, name: str) -> Process:
    """The process without a node; its ways in lead to where it led, and end with it where it led nowhere."""
    leaving = [flow.target for flow in process.leaving[name] if flow.target != name]
    flows: list[Flow] = []
    for flow in process.flows:
        if flow.target == name and leaving and flow.source != name:
            flows.append(flow._replace(target=leaving[0]))
        elif name not in (flow.source, flow.target):
            flows.append(flow)
    return Process.of([node for node in process.nodes.values() if node.id != name], dict.fromkeys(flows))


def _tidy(process: Process) -> Process:
    """Without gateways that have nothing to open or close, and without empty branches."""
    while True:
        idle = next(filter(None, (_idle(process, node) for node in process.nodes.values())), None)
        # Gateways first: while an idle join stands, the way to it looks like an empty branch.
        empty = [flow for flow in process.flows if _is_empty_branch(process, flow)]
        if idle is not None:
            process = _without(process, idle)
        elif empty:
            process = _with(process, flows=[flow for flow in process.flows if flow not in empty])
        else:
            return process


def _idle(process: Process, node: Node) -> str:
    out, into = len(process.leaving[node.id]), len(process.entering[node.id])
    idle = (node.kind in OPENING and out <= 1) or (node.kind in CLOSING and into <= 1 and out <= 1)
    return node.id if idle else ""


def _is_empty_branch(process: Process, flow: Flow) -> bool:
    kinds = process.nodes[flow.source].kind, process.nodes[flow.target].kind
    return kinds == (Kind.SPLIT, Kind.JOIN) and len(process.leaving[flow.source]) > 1


def _partner(process: Process, name: str) -> str | None:
    """The join of a split along its first branch, or the split of a join; None where there is none."""
    back = process.nodes[name].kind is Kind.JOIN
    opens, closes = (Kind.JOIN, Kind.SPLIT) if back else (Kind.SPLIT, Kind.JOIN)
    depth, seen, here = 0, set[str](), name
    while here not in seen:
        seen.add(here)
        depth += (process.nodes[here].kind is opens) - (process.nodes[here].kind is closes)
        if depth == 0:
            return here
        flows = process.entering[here] if back else process.leaving[here]
        if not flows:
            return None
        here = flows[0].source if back else flows[0].target
    return None


def _before(process: Process, name: str) -> Node:
    before = process.entering[name]
    if len(before) != 1:
        called = process.nodes[name].called
        raise Refused(f"Có {len(before)} hướng tới {called}, không rõ bước nào đứng trước")
    return process.nodes[before[0].source]


def _decides(process: Process, name: str) -> None:
    """Refuse to part a step from the choice that goes by its outcome."""
    if any(process.nodes[flow.target].kind is Kind.CHOICE for flow in process.leaving[name]):
        called = process.nodes[name].called
        raise Refused(f"Hướng đi chọn theo kết quả của bước {called}; bỏ lựa chọn ấy trước")


def _outcome(process: Process, choice: str) -> str:
    taken = {flow.outcome for flow in process.leaving[choice]}
    return next(name for n in range(2, len(taken) + 3) if (name := f"Kết quả {n}") not in taken)


def _end(process: Process) -> str:
    ends = process.of_kind(Kind.END)
    if not ends:
        raise Refused("Quy trình không có nút kết thúc")
    return ends[0].id


def _new_id(process: Process, start: str) -> str:
    return next(name for n in range(1, MOST_NODES + 2) if (name := f"{start}{n}") not in process.nodes)


def _room(process: Process) -> None:
    if len(process.nodes) >= MOST_NODES:
        raise Refused(f"Quy trình đã có {MOST_NODES} nút; hãy chia thành nhiều quy trình")


def _node(process: Process, name: str) -> Node:
    if name not in process.nodes:
        raise Refused("Không còn bước này trong quy trình")
    return process.nodes[name]


def _flow(process: Process, at: int) -> Flow:
    if not 0 <= at < len(process.flows):
        raise Refused("Không còn hướng đi này trong quy trình")
    return process.flows[at]


def _with(
    process: Process,
    nodes: Iterable[Node] | None = None,
    flows: Iterable[Flow] | None = None,
    also: Node | None = None,
) -> Process:
    kept = [*(process.nodes.values() if nodes is None else nodes), *([also] if also else [])]
    return Process.of(kept, process.flows if flows is None else flows)
