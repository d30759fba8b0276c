"""Reading a BPMN 2.0 file into a process, with a remark for everything that is not kept as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET

from motcua.law.process import Kind, Node, Process

from . import elements, pools
from .elements import NODES, SUBPROCESSES, Treatment
from .join import Arrow, Draft
from .remarks import FILE, Remark, Remarks
from .tree import all_of, clean, is_bpmn, ours, parsed, tag, words_of
from .vocabulary import MODEL, About, Lane

MOST_NODES = 300
KINDS = {
    Treatment.START: Kind.START,
    Treatment.STEP: Kind.STEP,
    Treatment.EXCLUSIVE: Kind.MERGE,
    Treatment.PARALLEL: Kind.SPLIT,
    Treatment.PASSED: Kind.MERGE,
    Treatment.END: Kind.END,
}
HINTS = {Treatment.EXCLUSIVE: (Kind.CHOICE, Kind.MERGE), Treatment.PARALLEL: (Kind.SPLIT, Kind.JOIN)}
_STEP = frozenset({"id", "role", "unit", "hours", "counted"})
_PARTS = frozenset({"incoming", "outgoing", "extensionElements"})
_AS_USUAL = ("", "false", "1")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: the process, None after a fatal remark, whose it is, and the remarks."""

    process: Process | None
    about: About
    remarks: tuple[Remark, ...]


def nobody(_: str) -> str:
    """No lane name tells a role."""
    return ""


def read(content: bytes, *, pool: str = "", role_of: Callable[[str], str] = nobody) -> Reading:
    """Read the process of a BPMN 2.0 file (nhập BPMN).

    `pool` names the one to take, by id or name, where the file holds several processes; `role_of` tells the role
    that the name of a lane means, "" when it means none. Raises WrongDiagram.
    """
    root, remarks = parsed(content), Remarks()
    body = pools.choose(root, pool, remarks)
    if body is None:
        return Reading(None, About(), tuple(remarks.told))
    pools.tell_others(root, body, remarks)
    process = _Reader(body, role_of, remarks).process()
    pools.tell_foreign(root, remarks)
    return Reading(None if remarks.fatal else process, _about(body), tuple(remarks.told))


def _about(body: ET.Element) -> About:
    told = ours(body, "procedure")
    if told is None:
        return About(name=clean(body.get("name", "")))
    return About(**{name: told.get(name, "") for name in About.__dataclass_fields__})


class _Reader:
    """The process being read; `names` gives the node of each element."""

    def __init__(self, body: ET.Element, role_of: Callable[[str], str], remarks: Remarks) -> None:
        self.body, self.role_of, self.remarks = body, role_of, remarks
        self.draft = Draft(remarks)
        self.names: dict[str, str] = {}
        self.lost: set[str] = set()

    def process(self) -> Process | None:
        lanes = self.lanes()
        parts = [
            part for part in self.body if is_bpmn(part) and tag(part) not in ("laneSet", "extensionElements")
        ]
        for number, part in enumerate(parts):
            if tag(part) in NODES:
                self.take_node(part, lanes, number)
            elif tag(part) != "sequenceFlow":
                pools.drop(part, self.remarks)
        for part in parts:
            if tag(part) == "sequenceFlow":
                self.take_arrow(part)
        if len(self.names) > MOST_NODES:
            problem = f"quy trình có {len(self.names)} nút, nhiều hơn {MOST_NODES}"
            self.remarks.stop(FILE, problem, "Chia thành nhiều quy trình")
        return None if self.remarks.fatal else self.draft.process()

    def take_node(self, part: ET.Element, lanes: Mapping[str, Lane], number: int) -> None:
        node = self.node(part, lanes, part.get("id") or f"nut-{number}")
        if node is None:
            self.lost.add(part.get("id", ""))
        elif node.id in self.draft.nodes:
            self.remarks.stop((node.id, node.name), "hai phần tử cùng mang một mã", "Đặt mã khác nhau")
        else:
            self.names[part.get("id", node.id)] = node.id
            self.draft.nodes[node.id] = node
            self.draft.was[node.id] = NODES[tag(part)].treatment
            self.draft.defaults |= {node.id: part.get("default", "")} if part.get("default") else {}
            if split := (ours(part, "node") or {}).get("in_front_of"):
                self.draft.in_front[node.id] = split

    def node(self, part: ET.Element, lanes: Mapping[str, Lane], name: str) -> Node | None:
        sort = NODES[tag(part)]
        if _is_fatal(part):
            self.remarks.stop(words_of(part), f"không đọc được {sort.called}", sort.remedy)
            return None
        self.tell_parts(part)
        if sort.remedy:
            done = "giữ như một bước" if sort.treatment is Treatment.STEP else "giữ như một điểm đi qua"
            self.remarks.kept(words_of(part), f"không giữ được {sort.called}", done, sort.remedy)
        told = ours(part, "step" if sort.treatment is Treatment.STEP else "node") or {}
        kind = KINDS[sort.treatment]
        if told.get("kind") in HINTS.get(sort.treatment, ()):
            kind = Kind(told["kind"])
        bare = Node(told.get("id") or name, kind, clean(part.get("name", "")))
        return self.step(part, bare, told, lanes) if kind is Kind.STEP else bare

    def step(self, part: ET.Element, bare: Node, told: Mapping[str, str], lanes: Mapping[str, Lane]) -> Node:
        if strange := told.keys() - _STEP:
            problem = f"không hiểu thuộc tính {', '.join(sorted(strange))}"
            self.remarks.dropped(words_of(part), problem, "Kiểm tra phiên bản của tệp")
        said = Lane(told.get("role", ""), told.get("unit", ""))
        lane = lanes.get(part.get("id", ""), said)
        who = lane if any(lane) else said
        if any(said) and who != said:
            problem = f"bước ghi “{_called(said)}” nhưng nằm trong làn “{_called(who)}”"
            self.remarks.kept(words_of(part), problem, "lấy theo làn", "Kiểm tra vai trò của bước")
        hours, counted = self.hours(part, told.get("hours")), told.get("counted") != "false"
        return replace(bare, role=who.role, unit=who.unit, hours=hours, counted=counted)

    def hours(self, part: ET.Element, text: str | None) -> Decimal | None:
        try:
            hours = None if text is None else Decimal(text)
        except InvalidOperation:
            hours = Decimal("NaN")
        if hours is None or hours.is_finite():
            return hours
        problem, remedy = f"không đọc được thời hạn “{text}”", "Ghi số giờ làm việc, ví dụ 4 hoặc 0.5"
        self.remarks.dropped(words_of(part), problem, remedy)
        return None

    def take_arrow(self, part: ET.Element) -> None:
        self.tell_parts(part, "conditionExpression")
        ends = [part.get("sourceRef", ""), part.get("targetRef", "")]
        missing = [end for end in ends if end not in self.names]
        if missing and not self.lost.intersection(missing):
            problem = f"đường nối trỏ tới phần tử không có: {missing[0] or 'không ghi mã'}"
            self.remarks.stop(words_of(part), problem, "Nối lại đường này")
        if missing:
            return
        condition = part.find(f"{{{MODEL}}}conditionExpression")
        said = None if condition is None else clean("".join(condition.itertext()))
        source, target = (self.names[end] for end in ends)
        self.draft.arrows.append(Arrow(part.get("id", ""), source, target, clean(part.get("name", "")), said))

    def tell_parts(self, part: ET.Element, *known: str) -> None:
        """Remarks on what stands inside a node or a flow, and on numbers that a step cannot have."""
        for inner in filter(is_bpmn, part):
            if tag(inner) not in (*_PARTS, *known):
                text = words_of(inner)[1]
                what = elements.called(tag(inner)) + (f" “{text}”" if text else "")
                self.remarks.dropped(words_of(part), f"không giữ được {what}", elements.remedy(tag(inner)))
        for name in ("isForCompensation", "startQuantity", "completionQuantity"):
            if part.get(name, "").lower() not in _AS_USUAL:
                problem = f"không giữ được {name}={part.get(name)}"
                self.remarks.dropped(words_of(part), problem, "Vẽ lại bằng bước và cổng thường")

    def lanes(self) -> dict[str, Lane]:
        """The lane of each node, by the id of its element; of lanes within lanes the innermost."""
        found: dict[str, Lane] = {}
        for lane in (
            lane for lanes in all_of(self.body, "laneSet") for lane in lanes.iter(f"{{{MODEL}}}lane")
        ):
            nodes = [clean(ref.text or "") for ref in all_of(lane, "flowNodeRef")]
            found |= dict.fromkeys(nodes, self.lane(lane)) if nodes else {}
        return found

    def lane(self, lane: ET.Element) -> Lane:
        told = ours(lane, "lane")
        if told is not None:
            return Lane(told.get("role", ""), told.get("unit", ""))
        role = self.role_of(clean(lane.get("name", "")))
        if not role:
            remedy = "Đặt tên làn theo vai trò, hoặc giao vai trò cho từng bước"
            self.remarks.kept(words_of(lane), "chưa rõ vai trò của làn", "để trống vai trò các bước", remedy)
        return Lane(role)


def _is_fatal(part: ET.Element) -> bool:
    """Whether a process without this element would be another process."""
    inside = {tag(inner) for inner in part}
    full = tag(part) in SUBPROCESSES and (inside & NODES.keys() or part.get("triggeredByEvent") == "true")
    return NODES[tag(part)].treatment is Treatment.FATAL or bool(full) or "linkEventDefinition" in inside


def _called(lane: Lane) -> str:
    return " ".join(filter(None, lane))
