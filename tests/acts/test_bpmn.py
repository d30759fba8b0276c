"""Processes go out as BPMN 2.0 and come back equal; what comes in from elsewhere is kept or told, never lost."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.util.task import TaskState

from motcua.catalogue import bpmn
from motcua.catalogue.bpmn import About, Remark, WrongDiagram, layout, reader, tree
from motcua.catalogue.bpmn.vocabulary import BOUNDS, DIAGRAM, MODEL, OURS, Lane, condition, outcome_of
from motcua.catalogue.reading import diagrams, steps
from motcua.law.process import Flow, Kind, Node, Process, begin, complete
from motcua.law.soundness import Severity, check
from tests.law.strategies import completions, processes, seeded

DATA = Path(__file__).parents[2].parent / "shared/data"
MIWG = DATA / "bpmn-miwg"
STEPS = DATA / "processes/cao-bang-steps.csv"
SAMPLES = Path(__file__).parents[1] / "samples/processes"
ABOUT = About("1.900001", "Cấp phép mẫu", "7/QĐ-UBND", "Tỉnh Mẫu", "H14.05")
NAMES = {"reception": "Cán bộ một cửa", "H14.05": "Sở Mẫu"}
real = pytest.mark.skipif(not DATA.exists(), reason=f"real data absent: {DATA}")


def back(process: Process) -> bpmn.Reading:
    return bpmn.read(bpmn.write(process, ABOUT, NAMES))


def comes_back(process: Process) -> bool:
    """Whether a process is read as it was written, in its order and without a remark."""
    read = back(process)
    same = read.process == process and read.process.as_data() == process.as_data()
    return same and read.about == ABOUT and read.remarks == ()


def drawn(text: str) -> Process:
    """A process of flows "a b outcome"; the first letter of a name tells its kind, others are steps."""
    letters = {
        "<": Kind.START,
        "?": Kind.CHOICE,
        "m": Kind.MERGE,
        "+": Kind.SPLIT,
        "&": Kind.JOIN,
        ">": Kind.END,
    }
    flows = [tuple(flow.split(maxsplit=2)) for flow in text.split(",")]
    names = dict.fromkeys(name for flow in flows for name in flow[:2])
    kinds = {name: letters.get(name[0], Kind.STEP) for name in names}
    return Process.of([Node(n, k, role="handler" if k is Kind.STEP else "") for n, k in kinds.items()], flows)


def sample() -> Process:
    """Two agencies at once, a choice, a loop, and a step whose time does not count."""
    duties = {
        "nhan": ("Nhận hồ sơ", "reception", "", "2"),
        "tham": ("Thẩm định", "handler", "", "16"),
        "ykien": ("Cho ý kiến", "handler", "H14.05", "12.5"),
        "ky": ("Ký", "signer", "", "4"),
        "tra": ("Trả kết quả", "reception", "", None),
    }
    steps = {
        key: Node(key, Kind.STEP, name, role, unit, Decimal(hours) if hours else None, counted=bool(hours))
        for key, (name, role, unit, hours) in duties.items()
    }
    gates = {
        "bd": Kind.START,
        "lai": Kind.MERGE,
        "tach": Kind.SPLIT,
        "gop": Kind.JOIN,
        "chon": Kind.CHOICE,
        "kt": Kind.END,
    }
    order = ["bd", "nhan", "tach", "tham", "ykien", "gop", "lai", "ky", "chon", "tra", "kt"]
    flows = "bd nhan, nhan tach, tach tham, tach ykien, tham gop, ykien gop, gop lai, lai ky, ky chon, "
    flows += "chon lai ký lại, chon tra, tra kt"
    nodes = [steps.get(name) or Node(name, gates[name]) for name in order]
    return Process.of(nodes, [tuple(flow.split(maxsplit=2)) for flow in flows.split(", ")])


# Out and back


@given(processes())
def test_any_process_comes_back_as_it_was(process: Process) -> None:
    assert comes_back(process)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n &<>\"'ệ")
)
PLAIN = TEXT.map(tree.clean)
HOURS = st.none() | st.decimals("0.01", 999, places=2)


@given(
    st.lists(
        st.builds(Node, PLAIN.filter(bool), st.just(Kind.STEP), PLAIN, PLAIN, PLAIN, HOURS, st.booleans()),
        min_size=1,
        max_size=6,
        unique_by=lambda node: node.id,
    ).filter(lambda nodes: not {"start", "end"} & {node.id for node in nodes})
)
def test_any_wording_comes_back_as_it_was(nodes: list[Node]) -> None:
    assert comes_back(Process.sequence(nodes))


@given(PLAIN)
def test_any_outcome_comes_back_as_it_was(outcome: str) -> None:
    flows = [
        ("<", "a"),
        ("a", "?"),
        ("?", ">", outcome),
        ("?", "b", "khác" if outcome != "khác" else ""),
        ("b", ">"),
    ]
    nodes = drawn("< a, a ?, ? >, ? b, b >").nodes.values()
    assert comes_back(Process.of(nodes, flows))


@given(PLAIN)
def test_an_outcome_is_found_in_the_condition_written_for_it(outcome: str) -> None:
    assert outcome_of(condition(outcome)) == outcome


@pytest.mark.parametrize(
    "text",
    [
        "< a, a m, m >",
        "< a, a ?, ? > đạt",
        "< +, + a, a &, & >",
        "< a, a ?, ? m, ? m lại, m b, b >",
        "< a, a ?, ? +, ? b lại, b +, + c, + d, c &, d &, & >",
        "< Flow_1, Flow_1 Process_1, Process_1 Lane_1, Lane_1 Node_1, Node_1 bước-hai, bước-hai >",
        "< a",
    ],
)
def test_processes_drawn_at_odds_with_bpmn_come_back_as_they_were(text: str) -> None:
    assert comes_back(drawn(text))


def test_a_choice_with_several_nameless_ways_comes_back_for_its_drawer_to_name() -> None:
    assert comes_back(drawn("< a, a ?, ? b, ? c, b >, c >"))


def test_a_flow_to_nowhere_is_not_written() -> None:
    process = replace(drawn("< a, a >"), flows=(Flow("<", "a"), Flow("a", "x")))
    with pytest.raises(ValueError, match="a → x"):
        bpmn.write(process)


def test_signs_xml_cannot_hold_are_shown_as_unreadable() -> None:
    process = Process.sequence([Node("a", Kind.STEP, "Nhận\x00hồ sơ\x0b")])
    assert back(process).process.nodes["a"].name == "Nhận�hồ sơ�"


def test_what_we_write_is_what_we_wrote() -> None:
    """The file changes only when somebody means it to: others keep such files."""
    assert bpmn.write(sample(), ABOUT, NAMES) == (SAMPLES / "our-own.bpmn").read_bytes()


# As other tools see it


def parsed(process: Process) -> Any:
    return etree.fromstring(bpmn.write(process, ABOUT, NAMES))


@pytest.mark.parametrize("seed", range(30))
def test_what_we_write_keeps_to_the_schema_of_bpmn(seed: int) -> None:
    BpmnValidator().validate(parsed(seeded(Random(seed))))


def test_odd_processes_keep_to_the_schema_too() -> None:
    BpmnValidator().validate(
        parsed(drawn("< bước-hai, bước-hai ?, ? + x, ? c, c +, + d, + e, d &, e &, & >"))
    )
    BpmnValidator().validate(parsed(sample()))


class Spiff:
    """A run of an exported process in SpiffWorkflow, by nothing but the file."""

    def __init__(self, content: bytes) -> None:
        parser = BpmnParser(validator=BpmnValidator())
        parser.add_bpmn_xml(etree.fromstring(content))
        [process] = parser.get_process_ids()
        self.run = BpmnWorkflow(parser.get_spec(process))
        self.run.do_engine_steps()

    @property
    def ended(self) -> bool:
        return bool(self.run.is_completed())

    @property
    def waiting(self) -> tuple[str, ...]:
        return tuple(sorted(task.task_spec.name for task in self._ready()))

    def lane(self, step: str) -> str:
        [task] = [task for task in self._ready() if task.task_spec.name == step]
        return str(task.task_spec.lane)

    def complete(self, step: str, outcome: str) -> None:
        [task] = [task for task in self._ready() if task.task_spec.name == step]
        task.data["ket_qua"] = outcome
        task.run()
        self.run.do_engine_steps()

    def _ready(self) -> list[Any]:
        return list(self.run.get_tasks(state=TaskState.READY, manual=True))


def drive_both(content: bytes, process: Process, random: Random) -> int:
    """Drive SpiffWorkflow by the file and our game by the process; how many moves until both ended."""
    spiff, marking = Spiff(content), begin(process)
    for move in range(60):
        assert (marking.steps, marking.ended) == (spiff.waiting, spiff.ended)
        if marking.ended:
            return move
        step, outcome = random.choice(completions(process, marking))
        marking = complete(process, marking, step, outcome)
        spiff.complete(step, outcome)
    return 60


# A join inside a loop is where SpiffWorkflow errs; tests/law/test_process_oracle.py pins that.
@pytest.mark.parametrize("loops", [False, True])
def test_spiffworkflow_runs_what_we_write_as_we_run_it(loops: bool) -> None:
    moves = 0
    for seed in range(80):
        random = Random(seed)
        process = seeded(random, loops=loops, joins_in_loops=False)
        moves += drive_both(bpmn.write(process, ABOUT), process, random)
    assert moves > 300


@pytest.mark.parametrize(
    "process",
    [
        sample(),
        drawn("< a, a ?, ? +, ? b lại, b +, + c, + d, c &, d &, & >"),
        drawn("< a, a ?, ? b đạt, ? c không đạt, b >, c >2"),
    ],
    ids=["the sample", "a split that two flows enter", "two ends"],
)
def test_spiffworkflow_runs_the_samples_too(process: Process) -> None:
    assert all(drive_both(bpmn.write(process), process, Random(seed)) for seed in range(10))


def test_the_comparison_catches_a_file_that_says_something_else() -> None:
    content = bpmn.write(drawn("< +, + a, + b, a &, b &, & c, c >"))
    with pytest.raises(AssertionError):
        drive_both(content, drawn("< +, + a, + b, a m, b m, m c, c >"), Random(1))


def test_spiffworkflow_sees_our_lanes() -> None:
    spiff = Spiff(bpmn.write(sample(), ABOUT, NAMES))
    assert spiff.lane("nhan") == "Cán bộ một cửa"


# The picture


def inside(box: layout.Box, outer: layout.Box) -> bool:
    return (
        outer.x <= box.x
        and outer.y <= box.y
        and box.right <= outer.right
        and box.y + box.height <= outer.y + outer.height
    )


def meet(one: layout.Box, other: layout.Box) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def through(line: tuple[layout.Point, ...], box: layout.Box) -> bool:
    """Whether a line of level and upright parts passes through the inside of a box."""
    return any(
        meet(layout.Box(min(x1, x2), min(y1, y2), abs(x2 - x1) or 1, abs(y2 - y1) or 1), box)
        for (x1, y1), (x2, y2) in pairwise(line)
    )


@given(processes(), st.lists(st.sampled_from(["reception", "handler", "signer"]), min_size=40, max_size=40))
def test_a_picture_keeps_every_shape_in_its_lane_and_no_line_runs_through_one(
    process: Process, roles: list[str]
) -> None:
    nodes = [
        replace(n, role=role) if n.kind is Kind.STEP else n
        for n, role in zip(process.nodes.values(), roles * 9, strict=False)
    ]
    process = Process.of(nodes, process.flows)
    picture, lanes = layout.draw(process), layout.lanes_of(process)
    assert picture.shapes.keys() == lanes.keys() == process.nodes.keys()
    for node, box in picture.shapes.items():
        assert inside(box, picture.lanes[lanes[node]])
        assert process.nodes[node].kind is not Kind.STEP or lanes[node].role == process.nodes[node].role
    assert not any(meet(*two) for two in combinations(picture.shapes.values(), 2))
    assert not any(meet(*two) for two in combinations(picture.lanes.values(), 2))
    assert all(inside(box, picture.pool) for box in picture.lanes.values())
    for flow, line in zip(process.flows, picture.lines, strict=True):
        assert not any(through(line, box) for node, box in picture.shapes.items() if node not in flow[:2])
        here, there = picture.shapes[flow.source], picture.shapes[flow.target]
        assert (line[0], line[-1]) == ((here.right, here.middle), (there.x, there.middle))


def test_a_sequence_is_one_straight_line() -> None:
    picture = layout.draw(Process.sequence([Node(name, Kind.STEP) for name in "abc"]))
    assert len({box.middle for box in picture.shapes.values()}) == 1
    assert all(len(line) == 2 for line in picture.lines)


def test_two_outcomes_of_one_way_are_two_lines() -> None:
    first, second = layout.draw(drawn("< a, a ?, ? b đạt, ? b không đạt, b >")).lines[2:4]
    assert first != second


def test_every_shape_and_line_of_the_file_is_drawn() -> None:
    root = ET.fromstring(bpmn.write(sample(), ABOUT, NAMES))
    shown = Counter(
        e.get("bpmnElement")
        for e in root.iter()
        if e.tag in (f"{{{DIAGRAM}}}BPMNShape", f"{{{DIAGRAM}}}BPMNEdge")
    )
    body = root.find(f"{{{MODEL}}}process")
    parts = [
        part.get("id") for part in body if part.tag.rpartition("}")[2] not in ("laneSet", "extensionElements")
    ]
    lanes = [lane.get("id") for lane in body.iter(f"{{{MODEL}}}lane")]
    pool = root.find(f"{{{MODEL}}}collaboration/{{{MODEL}}}participant").get("id")
    assert shown == Counter([*parts, *lanes, pool])
    assert all(
        int(side) > 0 for b in root.iter(f"{{{BOUNDS}}}Bounds") for side in (b.get("width"), b.get("height"))
    )


def test_a_lane_is_called_as_people_call_it() -> None:
    steps = [
        Node("a", Kind.STEP, role="reception", unit="H14.05"),
        Node("b", Kind.STEP),
        Node("c", Kind.STEP, role="x"),
    ]
    root = ET.fromstring(bpmn.write(Process.sequence(steps), ABOUT, NAMES))
    assert [lane.get("name") for lane in root.iter(f"{{{MODEL}}}lane")] == [
        "Cán bộ một cửa – Sở Mẫu",
        "Chưa phân công",
        "x",
    ]


# Files of others

HEAD = f'<definitions xmlns="{MODEL}" xmlns:motcua="{OURS}" targetNamespace="urn:t" exporter="motcua">'
LINE = [
    '<startEvent id="s"/>',
    '<userTask id="a" name="Thẩm định"/>',
    '<endEvent id="e"/>',
    '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>',
    '<sequenceFlow id="f2" sourceRef="a" targetRef="e"/>',
]


def file(*parts: str, beside: str = "") -> bytes:
    return f'{HEAD}<process id="p">{"".join(parts)}</process>{beside}</definitions>'.encode()


def remarks(content: bytes, **options: Any) -> list[Remark]:
    return list(bpmn.read(content, **options).remarks)


def test_all_that_another_tool_says_is_kept_or_told() -> None:
    read = bpmn.read((SAMPLES / "other-tool.bpmn").read_bytes(), role_of=diagrams.role_of_lane)
    assert [(step.id, step.role) for step in read.process.steps] == [
        ("nhan", "reception"),
        ("tham", "handler"),
        ("tra", ""),
    ]
    assert [flow.outcome for flow in read.process.leaving["xet"]] == ["${thieu}", "Đạt"]
    assert read.about == About(name="Cấp phép mẫu")
    assert not any(remark.fatal for remark in read.remarks)
    told = {remark.element for remark in read.remarks}
    assert told >= {
        "people",
        "mf",
        "msg",
        "l4",
        "start",
        "bao",
        "tham",
        "tra",
        "end",
        "data",
        "note",
        "assoc",
    }
    assert told >= {"f1", "f5", "f6"}
    every = " ".join(map(str, read.remarks))
    for words in (
        "urn:example:tool",
        "hình vẽ",
        "Vẽ tại một công cụ khác",
        "Làm trước 15 giờ",
        "dấu làm nhiều lần",
    ):
        assert words in every


@pytest.mark.parametrize("task", ["task", "userTask", "manualTask"])
def test_tasks_people_do_are_steps_without_a_remark(task: str) -> None:
    read = bpmn.read(file(*LINE).replace(b"userTask", task.encode()))
    assert [step.name for step in read.process.steps] == ["Thẩm định"]
    assert read.remarks == ()


KEPT = [
    ('<serviceTask id="x" name="Gửi"/>', "tác vụ tự động", "giữ như một bước"),
    ('<callActivity id="x"/>', "lời gọi quy trình khác", "giữ như một bước"),
    ('<subProcess id="x" name="Gói"/>', "quy trình con", "giữ như một bước"),
    ('<intermediateThrowEvent id="x"/>', "sự kiện phát giữa đường", "giữ như một điểm đi qua"),
    ('<userTask id="x"><documentation>Xem kỹ</documentation></userTask>', "ghi chú kèm theo “Xem kỹ”", "bỏ"),
    ('<userTask id="x"><standardLoopCharacteristics/></userTask>', "dấu lặp lại", "bỏ"),
    ('<userTask id="x" isForCompensation="true"/>', "isForCompensation", "bỏ"),
    ('<userTask id="x"><potentialOwner id="o">Ông A</potentialOwner></userTask>', "Ông A", "bỏ"),
    (
        '<userTask id="x"><extensionElements><motcua:step hours="mai" colour="xanh"/></extensionElements></userTask>',
        "thời hạn “mai”",
        "bỏ",
    ),
    (
        '<userTask id="x"><extensionElements><motcua:step colour="xanh"/></extensionElements></userTask>',
        "thuộc tính colour",
        "bỏ",
    ),
    ('<bao id="x"/>', "phần tử bao", "bỏ"),
]


@pytest.mark.parametrize(("part", "problem", "done"), KEPT)
def test_what_is_not_kept_as_it_is_is_told(part: str, problem: str, done: str) -> None:
    way = [
        '<sequenceFlow id="g1" sourceRef="s" targetRef="x"/>',
        '<sequenceFlow id="g2" sourceRef="x" targetRef="e"/>',
    ]
    found = [r for r in remarks(file(*LINE, part, *("<bao" not in part) * way)) if r.element == "x"]
    assert [(problem in r.problem, r.done, r.fatal) for r in found if problem in r.problem] == [
        (True, done, False)
    ]
    assert all(r.remedy for r in found)


FATAL = [
    ('<inclusiveGateway id="x" name="Có thể"/>', "cổng chọn nhiều"),
    ('<complexGateway id="x"/>', "cổng phức hợp"),
    ('<eventBasedGateway id="x"/>', "cổng theo sự kiện"),
    (
        '<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>',
        "sự kiện chờ giữa đường",
    ),
    ('<boundaryEvent id="x" attachedToRef="a"/>', "sự kiện gắn trên bước"),
    ('<subProcess id="x"><task id="y"/></subProcess>', "quy trình con"),
    ('<subProcess id="x" triggeredByEvent="true"/>', "quy trình con"),
    (
        '<intermediateThrowEvent id="x"><linkEventDefinition/></intermediateThrowEvent>',
        "sự kiện phát giữa đường",
    ),
    ('<sequenceFlow id="x" sourceRef="a" targetRef="nowhere"/>', "phần tử không có: nowhere"),
    ('<userTask id="a"/>', "cùng mang một mã"),
]


@pytest.mark.parametrize(("part", "problem"), FATAL)
def test_what_would_make_it_another_process_stops_the_import(part: str, problem: str) -> None:
    read = bpmn.read(file(*LINE, part))
    [fatal] = [remark for remark in read.remarks if remark.fatal]
    assert read.process is None
    assert problem in fatal.problem
    assert fatal.element in ("x", "a")
    assert fatal.remedy


def test_flows_at_what_was_refused_are_not_refused_again() -> None:
    parts = ['<inclusiveGateway id="x"/>', '<sequenceFlow id="f3" sourceRef="a" targetRef="x"/>']
    assert [remark.element for remark in remarks(file(*LINE, *parts))] == ["x"]


def test_too_many_nodes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_NODES", 2)
    assert "3 nút" in remarks(file(*LINE))[0].problem


# Ways that BPMN leaves unsaid

TWO = ['<userTask id="b"/>', '<sequenceFlow id="f3" sourceRef="b" targetRef="e"/>']


def test_several_ways_out_of_a_step_are_a_split() -> None:
    read = bpmn.read(file(*LINE, *TWO, '<sequenceFlow id="f4" sourceRef="a" targetRef="b"/>'))
    [split] = read.process.of_kind(Kind.SPLIT)
    assert [flow.target for flow in read.process.leaving[split.id]] == ["e", "b"]
    assert [(remark.element, remark.done) for remark in read.remarks] == [("a", "thêm một nút tách nhánh")]
    assert comes_back(read.process)


def test_ways_with_conditions_are_a_choice() -> None:
    way = '<sequenceFlow id="f4" name="Cần họp" sourceRef="a" targetRef="b"><conditionExpression/></sequenceFlow>'
    parts = [part.replace('id="a"', 'id="a" default="f2"') for part in LINE]
    read = bpmn.read(file(*parts, *TWO, way))
    [choice] = read.process.of_kind(Kind.CHOICE)
    assert {flow.outcome: flow.target for flow in read.process.leaving[choice.id]} == {
        "": "e",
        "Cần họp": "b",
    }
    assert read.remarks[0].done == "thêm một nút lựa chọn"
    assert comes_back(read.process)


def test_ways_with_and_without_conditions_are_not_guessed_at() -> None:
    condition = "<conditionExpression>x</conditionExpression>"
    way = f'<sequenceFlow id="f4" sourceRef="a" targetRef="b">{condition}</sequenceFlow>'
    read = bpmn.read(file(*LINE, *TWO, way))
    assert read.process is None
    assert [remark.element for remark in read.remarks if remark.fatal] == ["a"]


def test_a_parallel_gateway_that_joins_and_splits_becomes_two() -> None:
    ends = {"s": "+", "+": "ab", "a": "&", "b": "&", "&": "cd", "c": "x", "d": "x", "x": "e"}
    nodes = "".join(f'<userTask id="{name}"/>' for name in "abcd")
    gates = "".join(f'<parallelGateway id="{name}" name="{name}"/>' for name in "+&x").replace("&", "&amp;")
    flows = "".join(
        f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>'.replace("&", "&amp;")
        for a, targets in ends.items()
        for b in targets
    )
    read = bpmn.read(file('<startEvent id="s"/><endEvent id="e"/>', nodes, gates, flows))
    kinds = {
        node.id: node.kind for node in read.process.nodes.values() if node.kind in (Kind.SPLIT, Kind.JOIN)
    }
    assert kinds == {"+": Kind.SPLIT, "&": Kind.JOIN, "&_split": Kind.SPLIT, "x": Kind.JOIN}
    assert [remark.element for remark in read.remarks] == ["&"]
    assert comes_back(read.process)


def test_a_gateway_with_many_ways_in_and_out_is_a_choice() -> None:
    read = back(drawn("< a, a ?, ? b lại, b ?, ? > xong"))
    assert [node.id for node in read.process.of_kind(Kind.CHOICE)] == ["?"]


# Changed in a drawing tool


def changed(process: Process, change: Any) -> bpmn.Reading:
    """An exported file, changed as a drawing tool would, and read again."""
    root = ET.fromstring(bpmn.write(process, ABOUT, NAMES))
    change(root, {element.get("id"): element for element in root.iter() if element.get("id")})
    return bpmn.read(ET.tostring(root), role_of=diagrams.role_of_lane)


CHOICE = "< a, a ?, ? b đạt, ? c, b >, c >"


def test_a_renamed_outcome_goes_by_its_new_name() -> None:
    def rename(root: ET.Element, of: dict[str, ET.Element]) -> None:
        next(e for e in of.values() if e.get("name") == "đạt").set("name", "đồng ý")

    read = changed(drawn(CHOICE), rename)
    assert [flow.outcome for flow in read.process.flows if flow.outcome] == ["đồng ý"]
    assert read.remarks == ()


def test_an_outcome_whose_name_was_wiped_goes_by_its_condition() -> None:
    def wipe(root: ET.Element, of: dict[str, ET.Element]) -> None:
        del next(e for e in of.values() if e.get("name") == "đạt").attrib["name"]

    read = changed(drawn(CHOICE), wipe)
    assert [flow.outcome for flow in read.process.flows if flow.outcome] == ["đạt"]


LANES = Process.sequence(
    [Node("a", Kind.STEP, role="reception"), Node("b", Kind.STEP, role="signer", unit="H14.05")]
)


def move(root: ET.Element, step: str, lane: ET.Element) -> None:
    for each in root.iter(f"{{{MODEL}}}lane"):
        for ref in each.findall(f"{{{MODEL}}}flowNodeRef"):
            if ref.text == step:
                each.remove(ref)
    ET.SubElement(lane, f"{{{MODEL}}}flowNodeRef").text = step


def test_a_step_moved_to_another_lane_gets_its_role_and_unit() -> None:
    read = changed(LANES, lambda root, of: move(root, "a", of["Lane_2"]))
    assert (read.process.nodes["a"].role, read.process.nodes["a"].unit) == ("signer", "H14.05")
    assert [(remark.element, remark.done) for remark in read.remarks] == [("a", "lấy theo làn")]


def test_a_step_in_no_lane_keeps_its_own_role() -> None:
    read = changed(LANES, lambda root, of: root.find(f"{{{MODEL}}}process").remove(of["Lanes_1"]))
    assert read.process == LANES


def test_a_new_step_has_the_role_of_its_lane_and_waits_for_a_limit() -> None:
    def draw(root: ET.Element, of: dict[str, ET.Element]) -> None:
        body = root.find(f"{{{MODEL}}}process")
        ET.SubElement(body, f"{{{MODEL}}}task", {"id": "new", "name": "Họp"})
        ET.SubElement(
            body, f"{{{MODEL}}}sequenceFlow", {"id": "new_flow", "sourceRef": "new", "targetRef": "end"}
        )
        of["Flow_3"].set("targetRef", "new")
        move(root, "new", of["Lane_1"])

    read = changed(LANES, draw)
    new = read.process.nodes["new"]
    assert (new.role, new.hours, new.counted) == ("reception", None, True)
    errors = [found.node for found in check(read.process) if found.severity is Severity.ERROR]
    assert errors == ["a", "b", "new"]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("handler", "handler"),
        ("Cán bộ thụ lý", "handler"),
        ("Văn thư Sở Nội vụ", "clerk"),
        ("Trung tâm phục vụ hành chính công", "reception"),
        ("Tổ công tác", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_lane_may_mean_a_role(name: str, role: str) -> None:
    assert diagrams.role_of_lane(name) == role


# Several processes

SECOND = '<process id="q" name="Bên kia"><startEvent id="s2"/><task id="t2"/></process>'
POOLS = '<collaboration id="c"><participant id="pa" name="Sở" processRef="p"/></collaboration>'


def test_of_several_processes_none_is_taken_until_one_is_named() -> None:
    [remark] = remarks(file(*LINE, beside=SECOND))
    assert remark.fatal
    assert "“p”, “Bên kia”" in remark.problem


@pytest.mark.parametrize("pool", ["p", "pa", "Sở"])
def test_a_process_is_taken_by_the_id_or_name_of_its_pool(pool: str) -> None:
    read = bpmn.read(file(*LINE, beside=SECOND + POOLS), pool=pool)
    assert [step.id for step in read.process.steps] == ["a"]
    assert [(remark.element, remark.name, remark.done) for remark in read.remarks] == [("q", "Bên kia", "bỏ")]


def test_a_pool_nobody_has_is_told() -> None:
    assert "“z”" in remarks(file(*LINE), pool="z")[0].problem


def test_a_file_without_a_process_says_so() -> None:
    assert remarks(file())[0].problem == "tệp không có quy trình nào"


# Files that must not be trusted

BOMB = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"not xml",
        b"<html/>",
        b"<definitions/>",
        file(*LINE)[:-5],
        BOMB.encode() + file(*LINE),
        b"<!DOCTYPE definitions>" + file(*LINE),
        b'<?xml version="1.0" encoding="no-such"?>' + file(*LINE),
        b'<?xml version="1.0" encoding="utf-7"?>' + file(*LINE),
        b"<?xml version='1.0' encoding='utf-16'?><x/>",
    ],
)
def test_what_is_no_bpmn_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(WrongDiagram) as wrong:
        bpmn.read(content)
    assert len(str(wrong.value).splitlines()) == 1


def test_a_huge_file_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "LARGEST", 100)
    with pytest.raises(WrongDiagram, match="MB"):
        bpmn.read(file(*LINE))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding[:6].rstrip("-")}"?>{file(*LINE).decode()}'.encode(
        encoding
    )
    assert bpmn.read(content).process.nodes["a"].name == "Thẩm định"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with pytest.raises(WrongDiagram):
        bpmn.read(content)


def torn(root: ET.Element, random: Random) -> bytes:
    """The file after a few accidents: parts lost, doubled, moved, attributes lost or exchanged."""
    root = deepcopy(root)
    for _ in range(random.randint(1, 4)):
        every = [element for element in root.iter() if len(element)]
        parent = random.choice(every)
        child = random.choice(list(parent))
        match random.randint(0, 3):
            case 0:
                parent.remove(child)
            case 1:
                random.choice(every).append(deepcopy(child))
            case 2 if child.attrib:
                child.attrib.pop(random.choice(list(child.attrib)))
            case _:
                other = random.choice(list(root.iter()))
                child.attrib.update(other.attrib)
        if not len(root):
            break
    return ET.tostring(root)


@settings(max_examples=300)
@given(st.sampled_from(["other-tool.bpmn", "our-own.bpmn"]), st.randoms(use_true_random=False))
def test_a_torn_file_is_read_refused_or_told_of_but_never_breaks_the_reader(
    sample: str, random: Random
) -> None:
    content = torn(ET.fromstring((SAMPLES / sample).read_bytes()), random)
    try:
        read = bpmn.read(content)
    except WrongDiagram:
        return
    assert (read.process is None) == any(remark.fatal for remark in read.remarks)
    if read.process is not None:
        check(read.process)
        assert back(read.process).process == read.process


# The reference models of the BPMN Model Interchange Working Group, and the decisions of Cao Bằng


MODELS = [("A.1.0", ""), ("A.2.0", ""), ("A.2.1", ""), ("A.4.0", "Pool")]


@real
@pytest.mark.real
@pytest.mark.parametrize(("model", "pool"), MODELS)
def test_reference_models_of_our_kinds_come_back_as_they_were(model: str, pool: str) -> None:
    read = bpmn.read((MIWG / f"{model}.bpmn").read_bytes(), pool=pool)
    assert len(read.process.steps) == {"A.1.0": 3, "A.4.0": 2}.get(model, 4)
    assert comes_back(read.process)
    BpmnValidator().validate(parsed(read.process))


@real
@pytest.mark.real
def test_reference_models_of_other_kinds_say_what_is_not_ours() -> None:
    def fatal(model: str, pool: str = "") -> list[str]:
        read = bpmn.read((MIWG / f"{model}.bpmn").read_bytes(), pool=pool)
        assert read.process is None
        return [remark.problem for remark in read.remarks if remark.fatal]

    assert fatal("A.3.0") == ["không đọc được sự kiện gắn trên bước"] * 2
    assert fatal("A.4.0") == ["tệp có 2 quy trình: “Pool”, “WFP-6-2”"]
    assert fatal("A.4.0", "WFP-6-2") == ["không đọc được quy trình con"] * 2


@real
@pytest.mark.real
def test_reference_models_tell_what_they_lose() -> None:
    def told(model: str, pool: str = "") -> set[str]:
        read = bpmn.read((MIWG / f"{model}.bpmn").read_bytes(), pool=pool)
        return {remark.problem for remark in read.remarks}

    assert told("A.1.0") == told("A.2.0") == {"không giữ vị trí hình vẽ"}
    assert told("A.2.1") >= {
        "có 2 hướng ra có điều kiện, hiểu là chọn một",
        "không giữ được điều kiện “true”",
        "không giữ được dấu mặc định của đường có tên",
    }
    assert told("A.4.0", "Pool") >= {"không giữ được luồng thông điệp giữa các bên"}


@real
@pytest.mark.real
def test_every_process_of_the_decisions_comes_back_as_it_was() -> None:
    reads = list(steps.processes(STEPS))
    assert len(reads) == 53
    for read in reads:
        process = Process.from_data(read.draft.definition)
        about = About(
            read.draft.code, read.draft.name, read.draft.decision, read.draft.issuer, read.draft.unit
        )
        written = bpmn.write(process, about, NAMES)
        again = bpmn.read(written)
        assert (again.process, again.about, again.remarks) == (process, about, ())
        assert drive_both(written, process, Random(1)) == len(process.steps)


def test_lanes_come_in_the_order_of_the_way() -> None:
    lanes = list(dict.fromkeys(layout.lanes_of(sample()).values()))
    assert lanes == [Lane("reception"), Lane("handler"), Lane("handler", "H14.05"), Lane("signer")]


def test_limits_keep_every_decimal() -> None:
    read = back(Process.sequence([Node("a", Kind.STEP, hours=Decimal("0.250"))]))
    assert str(read.process.nodes["a"].hours) == "0.250"
