"""Where a dossier stands in its process (quy trình), branch beside branch, and whose move it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motcua.law import clock
from motcua.law.facts import SentBack, StepDone
from motcua.law.lifecycle import LABELS, State
from motcua.law.process import Kind, Node, Process, Turn
from motcua.people.models import Officer, Role, Unit
from motcua.ui.templatetags import ui

from . import telling
from .models import Task
from .rows import Folded


def lanes(
    case: Folded, tasks: Sequence[Task], units: Mapping[str, Unit], names: Mapping[str, str], at: datetime
) -> list[list[dict[str, Any]]]:
    """The steps in the order they are reached; those of one entry stand side by side (nhánh song song)."""
    last = {turn.step: turn for turn in case.turns}
    waiting = {task.step: task for task in tasks}
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for step, level in levels(case.process).items():
        node = case.process.nodes[step]
        lane = _lane(case, node, last.get(step), waiting.get(step), names, at)
        found[level].append(lane | {"where": where(case, node, units)})
    return [found[level] for level in sorted(found)]


def levels(process: Process) -> dict[str, int]:
    """How many steps lie before each step on the longest way to it; ways back are not gone."""
    found: dict[str, int] = {}

    def reach(node: str, before: int, way: tuple[str, ...]) -> None:
        if node in way or found.get(node, -1) >= before:
            return
        found[node] = before
        after = before + (process.nodes[node].kind is Kind.STEP)
        for flow in process.leaving[node]:
            reach(flow.target, after, (*way, node))

    for start in process.of_kind(Kind.START):
        reach(start.id, 0, ())
    return {step.id: found[step.id] for step in process.steps if step.id in found}


def answer(case: Folded, tasks: Sequence[Task], officer: Officer, names: Mapping[str, str]) -> str:
    """The sentence an officer came for: whose move it is, and until when."""
    dossier, standing = case.dossier, case.standing
    match standing.state:
        case State.REGISTERED:
            due = next((task.due_at for task in tasks if task.due_at), None)
            by = f", chậm nhất {ui.moment(due)}" if due else ""
            return f"Chờ {dossier.receiving_unit.name} tiếp nhận{by}."
        case State.SUPPLEMENT:
            return f"Chờ người nộp bổ sung giấy tờ{_closing(case)}."
        case State.FINANCIAL_DUTY:
            owed = f"còn {ui.money(standing.duty_owed)}" if standing.duty_owed else "đã nộp đủ, chờ xác nhận"
            return f"Chờ người nộp thực hiện nghĩa vụ tài chính: {owed}."
        case State.DONE if standing.finished:
            return f"Đã có kết quả số {standing.finished.number}, chờ trả tại {dossier.receiving_unit.name}."
        case State.RETURNED if standing.returned_at:
            return f"Đã trả kết quả lúc {ui.moment(standing.returned_at)}."
        case State.ACCEPTED | State.PROCESSING:
            return _moving(tasks, officer, names)
    ended = f" lúc {ui.moment(standing.ended_at)}" if standing.ended_at else ""
    reason = telling.note(case.facts[-1], case.process, names)
    return f"{LABELS[standing.state]}{ended}{f': {reason}' if reason else ''}."


def _moving(tasks: Sequence[Task], officer: Officer, names: Mapping[str, str]) -> str:
    mine = [task for task in tasks if task.officer_id == officer.pk]
    if mine:
        by = f", xong trước {ui.moment(mine[0].due_at)}" if len(mine) == 1 and mine[0].due_at else ""
        return f"Đến lượt bạn: {'; '.join(task.name for task in mine)}{by}."
    if not tasks:
        return "Không còn bước nào chờ xử lý."
    return f"Đang ở: {'; '.join(f'{task.name} ({_holder(task)})' for task in tasks)}."


def _holder(task: Task) -> str:
    return task.officer.full_name if task.officer else f"{task.get_role_display()}, {task.unit.name}"


def _closing(case: Folded) -> str:
    asked = case.standing.supplement_at
    last = clock.supplement_given_by(asked, case.calendar, case.rules) if asked else None
    return f", có đến hết ngày {ui.day(last)}" if last else ""


def _lane(
    case: Folded, node: Node, turn: Turn | None, task: Task | None, names: Mapping[str, str], at: datetime
) -> dict[str, Any]:
    lane = {
        "name": node.name or node.id,
        "role": Role(node.role).label if node.role else "",
        "times": _times(case, node),
    }
    limit = int(node.hours * 60) if node.hours else 0
    if task is not None:
        held = task.officer.full_name if task.officer else ""
        return lane | {
            "state": "active",
            "by": held,
            "since": task.since,
            "clock": _left(case, task, limit, at),
        }
    if turn is None or turn.ended is None:
        return lane | {"state": "active" if turn else "ahead", "limit": limit}
    done = isinstance(turn.ended, StepDone) and turn.ended.step == node.id
    spent = case.calendar.working_minutes(turn.since, turn.ended.at) if turn.since else None
    return lane | {
        "state": "done" if done else "back",
        "by": telling.who(turn.ended.by, names),
        "at": turn.ended.at,
        "spent": spent if done and spent else None,
        "limit": limit,
        "late": bool(limit and spent and spent > limit),
        "note": telling.note(turn.ended, case.process, names)
        if done or isinstance(turn.ended, SentBack)
        else "",
    }


def _left(case: Folded, task: Task, limit: int, at: datetime) -> dict[str, Any]:
    if task.waiting:
        return {"state": "paused", "since": case.dossier.paused_at}
    if task.due_at is None:
        return {}
    left = case.calendar.working_minutes(at, task.due_at)
    spent = min(1.0, max(0.0, 1 - left / limit)) if limit else None
    return {
        "state": "overdue" if at > task.due_at else "running",
        "minutes": left,
        "spent": spent,
        "due": task.due_at,
    }


def _times(case: Folded, node: Node) -> int:
    return sum(1 for turn in case.turns if turn.step == node.id)


def where(case: Folded, node: Node, units: Mapping[str, Unit]) -> str:
    """The name of the unit that does a step; `units` by code, those that steps name."""
    if node.unit:
        return units[node.unit].name if node.unit in units else node.unit
    dossier = case.dossier
    return (dossier.receiving_unit if node.role == Role.RECEPTION else dossier.deciding_unit).name
