"""Whether an internal process is sound (kiểm tra quy trình): what would go wrong with it, and how long it takes.

A process that `check` finds an error in must not be published: the game of `process` promises nothing for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .process import PASSED, Kind, Marking, Node, Process, begin, complete

STATES_LIMIT = 20_000


class Topic(StrEnum):
    """What a finding is about (loại điểm cần sửa)."""

    FLOW = "flow"
    ROLE = "role"
    LIMIT = "limit"
    TERM = "term"


class Severity(StrEnum):
    """How much a finding matters: a process with an error must not be published (mức độ)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a process (điểm cần sửa); `node` is "" when it is about the whole process."""

    severity: Severity
    node: str
    message: str
    topic: Topic = Topic.FLOW


def check(process: Process) -> list[Finding]:
    """What is wrong with a process before it is published (kiểm tra quy trình), empty when nothing is.

    The flow is judged before it is played: joins are only tried in a process that is otherwise whole.
    """
    found = list(_broken_flows(process))
    if not found:
        found = [*_ends(process), *_degrees(process), *_choices(process), *_ways(process)]
    if not found:
        found = list(_play(process))
    return [*found, *_duties(process)]


def longest_path_hours(process: Process) -> Decimal:
    """Working hours along the longest way from start to end (tổng thời hạn theo đường dài nhất).

    Steps without a limit add nothing. 0 when no way leads to an end.
    """
    return sum((step.hours or Decimal(0) for step in longest_path(process)), Decimal(0))


def longest_path(process: Process) -> tuple[Node, ...]:
    """The steps of the way from start to end that takes longest (đường dài nhất), () when none leads there.

    Of parallel branches and of choices the longest counts; a loop is gone through once, no flow is taken back.
    """
    ways: dict[str, tuple[Decimal, tuple[str, ...]] | None] = {}

    def longest(node: str) -> tuple[Decimal, tuple[str, ...]] | None:
        if node not in ways:
            ways[node] = None
            on = [way for flow in process.leaving[node] if (way := longest(flow.target)) is not None]
            if on or process.nodes[node].kind is Kind.END:
                hours, nodes = max(on, key=lambda way: way[0], default=(Decimal(0), ()))
                ways[node] = (process.nodes[node].hours or Decimal(0)) + hours, (node, *nodes)
        return ways[node]

    found = [way for start in process.of_kind(Kind.START) if (way := longest(start.id)) is not None]
    _, nodes = max(found, key=lambda way: way[0], default=(Decimal(0), ()))
    return tuple(process.nodes[node] for node in nodes if process.nodes[node].kind is Kind.STEP)


def _error(node: str, message: str) -> Finding:
    return Finding(Severity.ERROR, node, message)


def _broken_flows(process: Process) -> Iterator[Finding]:
    for flow, times in Counter(process.flows).items():
        for end in {flow.source, flow.target} - process.nodes.keys():
            yield _error(end, f"Đường nối {flow.source} → {flow.target} trỏ tới nút không có")
        if times > 1:
            yield _error(flow.source, f"Đường nối {flow.source} → {flow.target} được vẽ {times} lần")


def _ends(process: Process) -> Iterator[Finding]:
    starts = len(process.of_kind(Kind.START))
    if starts != 1:
        yield _error("", f"Quy trình phải có đúng một nút bắt đầu, đang có {starts}")
    if not process.of_kind(Kind.END):
        yield _error("", "Quy trình không có nút kết thúc")
    if not process.steps:
        yield _error("", "Quy trình không có bước nào")


def _degrees(process: Process) -> Iterator[Finding]:
    for node in process.nodes.values():
        out = len(process.leaving[node.id])
        if node.kind is Kind.END and out:
            yield _error(node.id, f"Sau nút kết thúc {node.called} không được có gì nữa")
        elif node.kind is not Kind.END and not out:
            yield _error(node.id, f"Ngõ cụt: sau {node.called} không có bước nào")
        elif node.kind not in (Kind.CHOICE, Kind.SPLIT) and out > 1:
            yield _error(node.id, f"Sau {node.called} có {out} hướng: thêm nút lựa chọn hoặc nút tách nhánh")
        if node.kind is Kind.START and process.entering[node.id]:
            yield _error(node.id, "Không được quay lại nút bắt đầu")


def _choices(process: Process) -> Iterator[Finding]:
    for choice in process.of_kind(Kind.CHOICE):
        labels = Counter(flow.outcome for flow in process.leaving[choice.id])
        for label, times in labels.items():
            if times > 1:
                what = f"kết quả “{label}”" if label else "đường mặc định"
                yield _error(choice.id, f"Nút lựa chọn {choice.called} có {times} {what}")
        before = _reach(process, [choice.id], back=True, through=frozenset({Kind.MERGE})) - {choice.id}
        if any(process.nodes[node].kind not in (Kind.STEP, Kind.MERGE) for node in before):
            yield _error(choice.id, f"Nút lựa chọn {choice.called} phải đứng ngay sau một bước")


def _ways(process: Process) -> Iterator[Finding]:
    reached = _reach(process, [node.id for node in process.of_kind(Kind.START)])
    ending = _reach(process, [node.id for node in process.of_kind(Kind.END)], back=True)
    for node in process.nodes.values():
        if node.id not in reached:
            yield _error(node.id, f"Không có đường từ nút bắt đầu tới {node.called}")
        elif node.id not in ending and process.leaving[node.id]:
            yield _error(node.id, f"Vòng lặp không có lối ra: từ {node.called} không tới được kết thúc")
        if node.kind in PASSED and _circles(process, node.id):
            yield _error(node.id, f"Vòng lặp qua {node.called} không có bước nào")


def _circles(process: Process, node: str) -> bool:
    following = [flow.target for flow in process.leaving[node]]
    return node in _reach(process, [n for n in following if process.nodes[n].kind in PASSED], through=PASSED)


def _reach(
    process: Process, nodes: Sequence[str], *, back: bool = False, through: frozenset[Kind] = frozenset(Kind)
) -> set[str]:
    """`nodes` and those that follow them (or precede, `back`), going on only through nodes of some kinds."""
    found, todo = set(nodes), list(nodes)
    while todo:
        flows = process.entering[todo.pop()] if back else process.leaving[todo.pop()]
        new = {flow.source if back else flow.target for flow in flows} - found
        found |= new
        todo += [node for node in new if process.nodes[node].kind in through]
    return found


def _play(process: Process) -> Iterator[Finding]:
    """Play until every way to get stuck is seen.

    One waiting step at a time is enough: completing it never takes a token from another step, so whatever
    gets stuck in one order gets stuck in all.
    """
    seen: set[tuple[object, ...]] = set()
    told: set[Finding] = set()
    todo = [begin(process)]
    while todo and len(seen) < STATES_LIMIT:
        marking = todo.pop()
        lying = (marking.steps, marking.arrived, marking.ends)
        if lying in seen:
            continue
        seen.add(lying)
        problem = _problem(process, marking)
        if problem and problem not in told:
            told.add(problem)
            yield problem
        if not problem and marking.steps:
            step = marking.steps[0]
            todo += [complete(process, marking, step, outcome) for outcome in process.routes[step]]
    if todo:
        yield _error("", "Quy trình quá phức tạp để kiểm tra hết các trường hợp")


def _problem(process: Process, marking: Marking) -> Finding | None:
    crowded = [node for node, times in Counter(marking.steps).items() if times > 1]
    crowded += [flow.target for flow, times in Counter(marking.arrived).items() if times > 1]
    if crowded:
        called = process.nodes[crowded[0]].called
        return _error(crowded[0], f"Tới {called} hai lần cùng lúc: các nhánh song song cần nút hợp nhánh")
    if len(marking.ends) > 1:
        called = process.nodes[marking.ends[0]].called
        return _error(
            marking.ends[0], f"Các nhánh song song tới {called} mà không hợp lại: thêm nút hợp nhánh"
        )
    if marking.arrived and not marking.steps:
        return _never_full(process, marking)
    return None


def _never_full(process: Process, marking: Marking) -> Finding:
    join = marking.arrived[0].target
    missing = [flow.source for flow in process.entering[join] if flow not in marking.arrived]
    who = ", ".join(process.nodes[node].called for node in missing)
    return _error(join, f"Nút hợp nhánh {process.nodes[join].called} có lúc chờ mãi: thiếu nhánh từ {who}")


def _duties(process: Process) -> Iterator[Finding]:
    for step in process.steps:
        if not step.role:
            message = f"Bước {step.called} chưa giao cho vai trò nào"
            yield Finding(Severity.ERROR, step.id, message, Topic.ROLE)
        if (wrong := _limit_problem(step)) is not None:
            yield wrong


def _limit_problem(step: Node) -> Finding | None:
    def found(message: str, severity: Severity = Severity.ERROR) -> Finding:
        return Finding(severity, step.id, message, Topic.LIMIT)

    if step.hours is not None and not step.counted:
        return found(f"Bước {step.called} vừa có thời hạn, vừa không tính thời gian")
    if not step.counted:
        return found(f"Bước {step.called} không tính thời gian", Severity.WARNING)
    if step.hours is None:
        return found(f"Bước {step.called} chưa có thời hạn; nếu không tính thời gian thì phải ghi rõ")
    if step.hours <= 0:
        return found(f"Thời hạn của bước {step.called} phải lớn hơn 0")
    return None
