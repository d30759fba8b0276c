"""A process as a BPMN 2.0 file: one pool, a lane for each role in each unit, and the picture of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from motcua.law.process import Flow, Kind, Node, Process

from . import layout
from .vocabulary import (
    BOUNDS,
    DIAGRAM,
    EXPORTER,
    LINES,
    MODEL,
    OURS,
    PREFIXES,
    SCHEMA,
    TAGS,
    About,
    Lane,
    condition,
)

UNASSIGNED = "Chưa phân công"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _space in PREFIXES.items():
    ET.register_namespace(_prefix, _space)


def write(process: Process, about: About | None = None, names: Mapping[str, str] | None = None) -> bytes:
    """The process as BPMN 2.0 in UTF-8 (xuất BPMN); `names` says what role and unit codes are called.

    Raises ValueError for a flow to a node that is not there. Signs that XML cannot hold become U+FFFD.
    """
    for flow in process.flows:
        if lost := {flow.source, flow.target} - process.nodes.keys():
            raise ValueError(f"Đường nối {flow.source} → {flow.target} trỏ tới nút không có: {lost.pop()}")
    return _File(*_parted(process), about or About(), names or {}).written()


def _parted(process: Process) -> tuple[Process, dict[str, str]]:
    """The process with a gateway in front of every split that several flows enter, and the split of each.

    To us such a split opens once for each token that comes; BPMN's would wait for all of them.
    """
    splits = [node.id for node in process.of_kind(Kind.SPLIT) if len(process.entering[node.id]) > 1]
    in_front: dict[str, str] = {}
    for split in splits:
        name = f"{split}_merge"
        while name in process.nodes or name in in_front:
            name += "_"
        in_front[name] = split
    of = {split: name for name, split in in_front.items()}
    flows = [flow._replace(target=of.get(flow.target, flow.target)) for flow in process.flows]
    nodes = (*process.nodes.values(), *(Node(name, Kind.MERGE) for name in in_front))
    return Process.of(nodes, [*flows, *(Flow(name, split) for name, split in in_front.items())]), in_front


class _File:
    """One file being written; every element has an id of its own."""

    def __init__(
        self, process: Process, in_front: Mapping[str, str], about: About, names: Mapping[str, str]
    ) -> None:
        self.process, self.in_front, self.about, self.names = process, in_front, about, names
        self.picture = layout.draw(process)
        self.lane_of = layout.lanes_of(process)
        self.taken: set[str] = set()
        self.ids = {name: self.id(name) for name in sorted(process.nodes, key=_needs_another)}
        self.flows = [self.id(f"Flow_{number}") for number, _ in enumerate(process.flows, start=1)]
        self.lanes = {lane: self.id(f"Lane_{n}") for n, lane in enumerate(self.picture.lanes, start=1)}
        self.process_id, self.pool, self.collaboration = map(
            self.id, ("Process_1", "Pool_1", "Collaboration_1")
        )
        self.root = ET.Element(
            _bpmn("definitions"),
            {
                "id": self.id("Definitions_1"),
                "targetNamespace": OURS,
                "exporter": EXPORTER,
                "exporterVersion": "1",
            },
        )

    def id(self, wanted: str) -> str:
        """An id like `wanted` that XML takes and nothing else has."""
        plain = wanted if _PLAIN.fullmatch(wanted) else "Node_1"
        found, number = plain, 1
        while found in self.taken:
            number += 1
            found = f"{plain.removesuffix('_1')}_{number}"
        self.taken.add(found)
        return found

    def written(self) -> bytes:
        pools = ET.SubElement(self.root, _bpmn("collaboration"), {"id": self.collaboration})
        name = _text(" ".join(filter(None, (self.about.code, self.about.name))))
        pool = {"id": self.pool, "name": name, "processRef": self.process_id}
        ET.SubElement(pools, _bpmn("participant"), pool)
        self.write_process(name)
        self.write_picture()
        ET.indent(self.root)
        written: bytes = ET.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return written + b"\n"

    def write_process(self, name: str) -> None:
        about = {"id": self.process_id, "name": name, "isExecutable": "true"}
        body = ET.SubElement(self.root, _bpmn("process"), about)
        told = {field: _text(getattr(self.about, field)) for field in About.__dataclass_fields__}
        _extend(body, "procedure", {key: value for key, value in told.items() if value})
        self.write_lanes(ET.SubElement(body, _bpmn("laneSet"), {"id": self.id("Lanes_1")}))
        for node in self.process.nodes.values():
            self.write_node(body, node)
        for flow_id, flow in zip(self.flows, self.process.flows, strict=True):
            self.write_flow(body, flow_id, flow)

    def write_lanes(self, lanes: ET.Element) -> None:
        for lane, lane_id in self.lanes.items():
            element = ET.SubElement(lanes, _bpmn("lane"), {"id": lane_id, "name": _text(self.called(lane))})
            _extend(element, "lane", _told(lane))
            for name, its in self.lane_of.items():
                if its == lane:
                    ET.SubElement(element, _bpmn("flowNodeRef")).text = self.ids[name]

    def called(self, lane: Lane) -> str:
        parts = [self.names.get(part, part) for part in lane if part]
        return " – ".join(parts) if lane.role else " – ".join([UNASSIGNED, *parts])

    def write_node(self, body: ET.Element, node: Node) -> None:
        about = {"id": self.ids[node.id], "name": _text(node.name)}
        leaving, entering = self.around(node.id, "source"), self.around(node.id, "target")
        default = [flow for flow, outcome in leaving if not outcome]
        if node.kind is Kind.CHOICE and len(default) == 1:
            about["default"] = default[0]
        element = ET.SubElement(body, _bpmn(TAGS[node.kind]), {key: v for key, v in about.items() if v})
        if told := self.told(node):
            _extend(element, "step" if node.kind is Kind.STEP else "node", told)
        for tag, flows in (("incoming", entering), ("outgoing", leaving)):
            for flow, _ in flows:
                ET.SubElement(element, _bpmn(tag)).text = flow

    def told(self, node: Node) -> dict[str, str]:
        told = {} if self.ids[node.id] == node.id else {"id": _text(node.id)}
        if node.id in self.in_front:
            told["in_front_of"] = _text(self.in_front[node.id])
        if node.kind is not Kind.STEP:
            # What a gateway with one way in and one way out is for cannot be seen.
            return told if TAGS[node.kind] in ("startEvent", "endEvent") else told | {"kind": str(node.kind)}
        told |= _told(Lane(node.role, node.unit))
        if node.hours is not None:
            told["hours"] = str(node.hours)
        return told if node.counted else told | {"counted": "false"}

    def around(self, node: str, end: str) -> list[tuple[str, str]]:
        flows = zip(self.flows, self.process.flows, strict=True)
        return [(flow_id, flow.outcome) for flow_id, flow in flows if getattr(flow, end) == node]

    def write_flow(self, body: ET.Element, flow_id: str, flow: Flow) -> None:
        ends = {"sourceRef": self.ids[flow.source], "targetRef": self.ids[flow.target]}
        named = {"name": _text(flow.outcome)} if flow.outcome else {}
        element = ET.SubElement(body, _bpmn("sequenceFlow"), {"id": flow_id, **named, **ends})
        if flow.outcome:
            kind = {f"{{{SCHEMA}}}type": "bpmn:tFormalExpression"}
            ET.SubElement(element, _bpmn("conditionExpression"), kind).text = condition(_text(flow.outcome))

    def write_picture(self) -> None:
        diagram = ET.SubElement(self.root, f"{{{DIAGRAM}}}BPMNDiagram", {"id": self.id("Diagram_1")})
        about = {"id": self.id("Plane_1"), "bpmnElement": self.collaboration}
        plane = ET.SubElement(diagram, f"{{{DIAGRAM}}}BPMNPlane", about)
        self.draw(plane, self.pool, self.picture.pool, isHorizontal="true")
        for lane, box in self.picture.lanes.items():
            self.draw(plane, self.lanes[lane], box, isHorizontal="true")
        for node in self.process.nodes.values():
            marked = {"isMarkerVisible": "true"} if TAGS[node.kind] == "exclusiveGateway" else {}
            self.draw(plane, self.ids[node.id], self.picture.shapes[node.id], **marked)
        drawn = zip(self.flows, self.process.flows, self.picture.lines, self.picture.labels, strict=True)
        for flow_id, flow, corners, label in drawn:
            about = {"id": self.id(f"{flow_id}_di"), "bpmnElement": flow_id}
            edge = ET.SubElement(plane, f"{{{DIAGRAM}}}BPMNEdge", about)
            for x, y in corners:
                ET.SubElement(edge, f"{{{LINES}}}waypoint", {"x": str(x), "y": str(y)})
            if flow.outcome:
                _bound(ET.SubElement(edge, f"{{{DIAGRAM}}}BPMNLabel"), label)

    def draw(self, plane: ET.Element, element: str, box: layout.Box, **about: str) -> None:
        named = {"id": self.id(f"{element}_di"), "bpmnElement": element}
        shape = ET.SubElement(plane, f"{{{DIAGRAM}}}BPMNShape", named | about)
        _bound(shape, box)


def _bpmn(tag: str) -> str:
    return f"{{{MODEL}}}{tag}"


def _bound(shape: ET.Element, box: layout.Box) -> None:
    sides = {side: str(length) for side, length in box._asdict().items()}
    ET.SubElement(shape, f"{{{BOUNDS}}}Bounds", sides)


def _extend(element: ET.Element, tag: str, about: Mapping[str, str]) -> None:
    inside = ET.SubElement(element, _bpmn("extensionElements"))
    ET.SubElement(inside, f"{{{OURS}}}{tag}", dict(about))


def _told(lane: Lane) -> dict[str, str]:
    return {key: _text(value) for key, value in lane._asdict().items() if value}


def _needs_another(name: str) -> bool:
    """Ids that can stay as they are are given first, so that no made-up one takes theirs."""
    return not _PLAIN.fullmatch(name)


def _text(text: str) -> str:
    return _NO_XML.sub("�", text)
