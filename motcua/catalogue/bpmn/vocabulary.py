"""The words of BPMN 2.0 files and of our extension of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NamedTuple

from motcua.law.process import Kind

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:motcua:bpmn:1"
PREFIXES = {
    "bpmn": MODEL,
    "bpmndi": DIAGRAM,
    "dc": BOUNDS,
    "di": LINES,
    "xsi": SCHEMA,
    "motcua": OURS,
}
EXPORTER = "motcua"
TAGS = {
    Kind.START: "startEvent",
    Kind.STEP: "userTask",
    Kind.CHOICE: "exclusiveGateway",
    Kind.MERGE: "exclusiveGateway",
    Kind.SPLIT: "parallelGateway",
    Kind.JOIN: "parallelGateway",
    Kind.END: "endEvent",
}
_CONDITION = re.compile(r'ket_qua == (".*")', re.DOTALL)


@dataclass(frozen=True, slots=True)
class About:
    """Whose process it is: procedure code, name, the decision and its issuer, and the code of the unit."""

    code: str = ""
    name: str = ""
    decision: str = ""
    issuer: str = ""
    unit: str = ""


class Lane(NamedTuple):
    """Who works in a lane: a role in a unit, "" for the deciding one."""

    role: str
    unit: str = ""


def condition(outcome: str) -> str:
    """The condition of a flow taken on `outcome`: reads the same in Python, JavaScript and Groovy."""
    return f"ket_qua == {json.dumps(outcome, ensure_ascii=False)}"


def outcome_of(text: str) -> str | None:
    """The outcome in a condition that `condition` wrote, None in any other."""
    found = _CONDITION.fullmatch(text.strip())
    try:
        outcome = json.loads(found[1]) if found else None
    except ValueError:
        return None
    return outcome if isinstance(outcome, str) else None
