"""A process as an SVG drawing for pages (sơ đồ quy trình), laid out like the BPMN file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from motcua.law.process import Kind, Process
from motcua.people.models import Role

from .bpmn import layout
from .bpmn.vocabulary import Lane
from .bpmn.writer import UNASSIGNED
from .tabling import labels_of, said

EDGE = 12  # points around the pool


def drawing(process: Process, units: Mapping[str, str]) -> dict[str, Any]:
    """What catalogue/drawing.html draws; `units` are the names of units by their codes."""
    found, labels = layout.draw(process), labels_of(process)
    size = found.pool.width + 2 * EDGE, found.pool.height + 2 * EDGE
    return {
        "box": f"{-EDGE} {-EDGE} {size[0]} {size[1]}",
        "width": size[0],
        "height": size[1],
        "lanes": [{"box": box, "name": _called(lane, units)} for lane, box in found.lanes.items()],
        "shapes": [_shape(process, name, box, labels[name]) for name, box in found.shapes.items()],
        "lines": [
            {
                "points": " ".join(f"{x},{y}" for x, y in line),
                "outcome": flow.outcome,
                "label": label,
                "base": label.y + label.height - 2,
            }
            for flow, line, label in zip(process.flows, found.lines, found.labels, strict=True)
        ],
    }


def _shape(process: Process, name: str, box: layout.Box, label: str) -> dict[str, Any]:
    node = process.nodes[name]
    kind = "event" if node.kind in (Kind.START, Kind.END) else "step" if node.kind is Kind.STEP else "gate"
    middle = box.x + box.width // 2
    return {
        "kind": kind,
        "sign": "+" if node.kind in (Kind.SPLIT, Kind.JOIN) else "×",
        "ends": node.kind is Kind.END,
        "box": box,
        "middle": middle,
        "radius": box.width // 2,
        "diamond": f"{middle},{box.y} {box.right},{box.middle} {middle},{box.y + box.height} {box.x},{box.middle}",
        "label": label,
        "name": node.name,
        "time": f"{said(node.hours)} giờ"
        if node.hours is not None
        else ""
        if node.counted
        else "không tính giờ",
    }


def _called(lane: Lane, units: Mapping[str, str]) -> str:
    roles = dict(Role.choices)
    who = roles.get(lane.role, lane.role) or UNASSIGNED
    return f"{who} – {units.get(lane.unit, lane.unit)}" if lane.unit else str(who)
