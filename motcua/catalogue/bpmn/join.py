"""Making a process of nodes and arrows: what BPMN leaves unsaid between steps becomes a gateway of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from motcua.law.process import Flow, Kind, Node, Process

from .elements import Treatment
from .remarks import Remarks
from .vocabulary import outcome_of

OPENED = {Kind.CHOICE: "một nút lựa chọn", Kind.SPLIT: "một nút tách nhánh"}


@dataclass(frozen=True, slots=True)
class Arrow:
    """A sequence flow as written; `condition` is None when it has none."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None


@dataclass(slots=True)
class Draft:
    """A process being made: nodes with what they were in the file, arrows between them, default arrows by node.

    `in_front` are the gateways that `write` put before a split which several flows enter, with that split.
    """

    remarks: Remarks
    nodes: dict[str, Node] = field(default_factory=dict)
    was: dict[str, Treatment] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    in_front: dict[str, str] = field(default_factory=dict)

    def process(self) -> Process:
        """The process, with a gateway put in wherever a node has more ways out than it can have."""
        for gateway, split in self.in_front.items():
            self.take_away(gateway, split)
        for node in list(self.nodes.values()):
            leaving = self.leaving(node.id)
            if node.id in self.in_front.values():
                continue
            if self.was[node.id] is Treatment.EXCLUSIVE:
                self.set_kind(node, Kind.CHOICE if len(leaving) > 1 else node.kind)
            elif self.was[node.id] is Treatment.PARALLEL:
                self.settle_parallel(node, len(leaving))
            elif len(leaving) > 1 and node.kind is not Kind.END:
                self.open(node, leaving)
        flows = [Flow(arrow.source, arrow.target, self.outcome(arrow)) for arrow in self.arrows]
        return Process.of(self.nodes.values(), flows)

    def leaving(self, node: str) -> list[Arrow]:
        return [arrow for arrow in self.arrows if arrow.source == node]

    def take_away(self, gateway: str, split: str) -> None:
        """Lead what enters a gateway in front of a split into the split, unless somebody drew it anew."""
        if [arrow.target for arrow in self.leaving(gateway)] != [split]:
            return
        del self.nodes[gateway]
        kept = [arrow for arrow in self.arrows if arrow.source != gateway]
        self.arrows = [replace(a, target=split) if a.target == gateway else a for a in kept]

    def set_kind(self, node: Node, kind: Kind) -> None:
        self.nodes[node.id] = replace(node, kind=kind)

    def settle_parallel(self, node: Node, out: int) -> None:
        """Many ways in join, many ways out split; a gateway that does both becomes two."""
        into = sum(arrow.target == node.id for arrow in self.arrows)
        if into > 1 or out > 1:
            self.set_kind(node, Kind.JOIN if into > 1 else Kind.SPLIT)
        if into > 1 and out > 1:
            self.put_behind(node, Kind.SPLIT, "vừa hợp vừa tách nhánh")

    def open(self, node: Node, leaving: Sequence[Arrow]) -> None:
        """Several ways out of a step: all of them at once, or those whose condition holds."""
        default = self.defaults.get(node.id)
        chosen = [arrow for arrow in leaving if arrow.condition is not None or arrow.id == default]
        if not chosen:
            self.put_behind(node, Kind.SPLIT, f"có {len(leaving)} hướng ra cùng lúc")
        elif len(chosen) == len(leaving):
            self.put_behind(node, Kind.CHOICE, f"có {len(leaving)} hướng ra có điều kiện, hiểu là chọn một")
        else:
            problem = "có cả hướng ra luôn đi và hướng ra có điều kiện"
            self.remarks.stop((node.id, node.name), problem, "Thêm cổng chọn một hoặc cổng song song")

    def put_behind(self, node: Node, kind: Kind, problem: str) -> None:
        """Let the arrows that leave `node` leave a new gateway behind it."""
        name = f"{node.id}_{kind}"
        while name in self.nodes:
            name += "_"
        places = [place for place, arrow in enumerate(self.arrows) if arrow.source == node.id]
        for place in places:
            self.arrows[place] = replace(self.arrows[place], source=name)
        self.arrows.insert(places[0], Arrow("", node.id, name, "", None))
        self.defaults[name] = self.defaults.pop(node.id, "")
        at = list(self.nodes).index(node.id) + 1
        items = list(self.nodes.items())
        self.nodes = dict([*items[:at], (name, Node(name, kind)), *items[at:]])
        self.was[name] = Treatment.PARALLEL if kind is Kind.SPLIT else Treatment.EXCLUSIVE
        self.remarks.kept((node.id, node.name), problem, f"thêm {OPENED[kind]}", "Kiểm tra lại nhánh")

    def outcome(self, arrow: Arrow) -> str:
        """The outcome under which an arrow is taken: its name, else what its condition says."""
        default = bool(arrow.id) and self.defaults.get(arrow.source) == arrow.id
        if self.nodes[arrow.source].kind is not Kind.CHOICE:
            self.tell_unused(arrow, name=True)
            return ""
        if arrow.name:
            self.tell_unused(arrow, name=False)
            if default:
                done = "giữ tên, phải chọn rõ kết quả này"
                self.remarks.kept(
                    (arrow.id, arrow.name), "không giữ được dấu mặc định của đường có tên", done
                )
            return arrow.name
        if default or not arrow.condition:
            return ""
        return self.by_condition(arrow, arrow.condition)

    def by_condition(self, arrow: Arrow, condition: str) -> str:
        if (outcome := outcome_of(condition)) is not None:
            return outcome
        remedy = "Đặt tên kết quả cho dễ chọn"
        self.remarks.kept(
            (arrow.id, ""), f"đường không tên, có điều kiện “{condition}”", "lấy điều kiện làm tên", remedy
        )
        return condition

    def tell_unused(self, arrow: Arrow, *, name: bool) -> None:
        about = (arrow.id, arrow.name)
        if name and arrow.name:
            self.remarks.dropped(
                about, "không giữ được tên đường nối", "Chỉ đường ra của cổng chọn một có tên"
            )
        if arrow.condition is not None and outcome_of(arrow.condition) is None:
            problem = (
                f"không giữ được điều kiện “{arrow.condition}”" if arrow.condition else "điều kiện để trống"
            )
            self.remarks.dropped(about, problem, "Người làm bước chọn kết quả; máy không tự xét điều kiện")
