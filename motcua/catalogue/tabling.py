"""A process as the rows of a table (bảng các bước): steps numbered in their order, gateways told in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from motcua.law.process import Flow, Kind, Node, Process

from .bpmn.layout import in_order

GATES = {Kind.SPLIT: "Tách nhánh", Kind.JOIN: "Hợp nhánh", Kind.CHOICE: "Lựa chọn", Kind.MERGE: "Gặp lại"}
DUTIES = {
    Kind.START: "Nơi bắt đầu",
    Kind.END: "Nơi kết thúc",
    Kind.SPLIT: "Các nhánh sau đây làm cùng lúc",
    Kind.JOIN: "Chờ đủ các nhánh rồi mới đi tiếp",
    Kind.CHOICE: "Đi một hướng, theo kết quả của bước đứng trước",
    Kind.MERGE: "Nhánh nào tới thì đi tiếp ngay",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a node: its number among the flows of the process, and what it leads to."""

    at: int
    flow: Flow
    target: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a step with its number, or a gateway with its own; `next` says in words what follows."""

    node: Node
    label: str
    number: int | None
    ways: tuple[Way, ...]
    next: str
    inside: bool  # a parallel group

    @property
    def is_step(self) -> bool:
        return self.node.kind is Kind.STEP

    @property
    def duty(self) -> str:
        """What a gateway does, in words; "" for a step."""
        return DUTIES.get(self.node.kind, "")


def rows(process: Process) -> list[Row]:
    """Every node in the order of the way."""
    labels, inside = labels_of(process), _in_groups(process)
    order = _settled(process)
    numbers = {name: n for n, name in enumerate((x for x in order if _is_step(process, x)), start=1)}
    places = {flow: at for at, flow in enumerate(process.flows)}
    return [
        Row(
            process.nodes[name],
            labels[name],
            numbers.get(name),
            tuple(Way(places[flow], flow, labels.get(flow.target, "")) for flow in process.leaving[name]),
            following(process, name, labels),
            name in inside,
        )
        for name in order
    ]


def in_rows(process: Process) -> Process:
    """The same process, its nodes and flows in the order of the rows."""
    order = _settled(process)
    flows = [flow for name in order for flow in process.leaving[name]]
    return Process.of((process.nodes[name] for name in order), flows)


def labels_of(process: Process) -> dict[str, str]:
    """What each node is called in sentences: Bước 3, Tách nhánh 1, Kết thúc."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    alone = {kind for kind in (Kind.START, Kind.END) if len(process.of_kind(kind)) == 1}
    words = {**GATES, Kind.STEP: "Bước", Kind.START: "Bắt đầu", Kind.END: "Kết thúc"}
    for name in _settled(process):
        kind = process.nodes[name].kind
        counts[kind] = counts.get(kind, 0) + 1
        found[name] = words[kind] if kind in alone else f"{words[kind]} {counts[kind]}"
    return found


def following(process: Process, name: str, labels: Mapping[str, str]) -> str:
    """What comes after a node, through gateways, in one sentence without its stop."""
    return _joined(_told(process, flow, labels, frozenset({name})) for flow in process.leaving[name])


def is_sequence(process: Process) -> bool:
    """Whether the steps simply follow each other."""
    return not any(process.of_kind(kind) for kind in GATES) and len(process.flows) == len(process.nodes) - 1


def said(hours: Decimal | None) -> str:
    """Hours as a person writes them: 4 or 0,5; "" for none."""
    if hours is None:
        return ""
    text = f"{hours:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _told(process: Process, flow: Flow, labels: Mapping[str, str], seen: frozenset[str]) -> str:
    target = process.nodes.get(flow.target)
    if target is None:
        return "một nút không có"
    if target.kind in (Kind.STEP, Kind.END) or target.id in seen:
        return labels[target.id].lower()
    on = [_told(process, f, labels, seen | {target.id}) for f in process.leaving[target.id]]
    match target.kind:
        case Kind.SPLIT:
            return f"cùng lúc: {_joined(on, ' và ')}"
        case Kind.JOIN:
            return f"chờ đủ các nhánh rồi {_joined(on)}"
        case Kind.CHOICE:
            outcomes = [f.outcome for f in process.leaving[target.id]]
            return "; ".join(
                f"{f'nếu “{outcome}”' if outcome else 'còn lại'}: {way}"
                for outcome, way in zip(outcomes, on, strict=True)
            )
    return _joined(on)


def _joined(parts: Iterable[str], between: str = "; ") -> str:
    return between.join(parts)


def _settled(process: Process) -> list[str]:
    """The order of the way, ends last."""
    order = in_order(process)
    ends = {name for name in order if process.nodes[name].kind is Kind.END}
    return [name for name in order if name not in ends] + [name for name in order if name in ends]


def _in_groups(process: Process) -> set[str]:
    """The nodes inside a parallel group, to be set in."""
    found: set[str] = set()
    for split in process.of_kind(Kind.SPLIT):
        found |= set(_until_join(process, split.id))
    return found


def _until_join(process: Process, split: str) -> Iterator[str]:
    seen = {split}
    todo = [(flow.target, 1) for flow in process.leaving[split]]
    while todo:
        name, depth = todo.pop()
        kind = process.nodes[name].kind
        depth += (kind is Kind.SPLIT) - (kind is Kind.JOIN)
        if name in seen or depth == 0 or kind is Kind.END:
            continue
        seen.add(name)
        yield name
        todo += [(flow.target, depth) for flow in process.leaving[name]]


def _is_step(process: Process, name: str) -> bool:
    return process.nodes[name].kind is Kind.STEP
