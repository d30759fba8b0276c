"""Where a dossier stands in its process (quy trình), branch beside branch, and whose move it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motcua.law import reception
from motcua.law.consultation import POSITIONS, Consultation
from motcua.law.facts import PapersGiven, ResultReturned, SentBack, StepDone, StepRecalled
from motcua.law.lifecycle import AGENCY, LABELS, OPEN, State
from motcua.law.process import Kind, Node, Process, Turn
from motcua.people.models import Officer, Role, Unit
from motcua.ui.templatetags import ui

from . import conditions, telling
from .folding import Folded
from .models import Task


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


def asked(case: Folded) -> dict[int, str]:
    """The agencies whose opinion was asked for, by the number of the request."""
    return {c.number: case.asked_units[c.request.unit].name for c in case.consultations}


def consultations(case: Folded, names: Mapping[str, str], at: datetime) -> list[dict[str, Any]]:
    """The opinions asked for side by side: who, what, until when, what came back, and what is late."""
    units = asked(case)
    return [
        {
            "unit": units[c.number],
            "content": c.request.content,
            "due": c.due,
            "by": telling.who(c.request.by, names),
            "at": c.request.at,
            "late": c.late(at),
            "reply": c.reply,
            "position": POSITIONS[c.reply.position] if c.reply else "",
            "replied_by": telling.who(c.reply.by, names) if c.reply else "",
            "withdrawn": c.withdrawn,
            "clock": _awaited(case, c, at) if c.open and case.standing.state in OPEN else {},
        }
        for c in case.consultations
    ]


def _awaited(case: Folded, c: Consultation, at: datetime) -> dict[str, Any]:
    left, whole = (case.calendar.working_minutes(since, c.due) for since in (at, c.request.at))
    spent = min(1.0, max(0.0, 1 - left / whole)) if whole > 0 else None
    return {"state": "overdue" if c.late(at) else "running", "minutes": left or None, "spent": spent}


def receptions(case: Folded, at: datetime) -> list[dict[str, Any]]:
    """How long an online filing waited, or waits, before the desk, each time it came there."""
    found = []
    for wait in reception.waits(case.facts, case.calendar, case.rules):
        left = case.calendar.working_minutes(at, wait.due)
        found.append(
            {
                "since": wait.since,
                "notify_by": wait.notify_by,
                "due": wait.due,
                "answer": wait.answer,
                "late": wait.late(at),
                "source": case.rules.sources["reception_accept_working_hours"],
                "clock": {}
                if wait.answer
                else {"state": "overdue" if wait.late(at) else "running", "minutes": left or None},
            }
        )
    return found


def carried(case: Folded, names: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Where the papers are, and whether they were given in time (hồ sơ giấy); empty for an electronic dossier."""
    if not case.carried:
        return {}
    standing, due = case.standing, case.papers_due
    moves = [fact for fact in case.facts if isinstance(fact, PapersGiven)]
    late = due is not None and (moves[0].at if moves else at) > due
    if given := standing.moving:
        where = f"{telling.who(given.by, names)} đã giao {ui.moment(given.at)}, chờ ký nhận"
    else:
        where = "Ở cơ quan giải quyết" if standing.papers_at == AGENCY else "Ở Bộ phận Một cửa"
    told = "Giao chậm, hạn" if moves else "Chưa giao, đã quá hạn" if late else "Hạn giao"
    note = f"{told} {ui.moment(due)}" if due and (late or not moves) else ""
    return {"term": "Hồ sơ giấy", "value": where, "note": note}


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
        case State.REGISTERED if standing.awaits:
            return f"Chờ kết quả của hồ sơ cùng nhóm: {', '.join(standing.awaits)}."
        case State.REGISTERED:
            due = next((task.due_at for task in tasks if task.due_at), None)
            by = f", chậm nhất {ui.moment(due)}" if due else ""
            return f"Chờ {dossier.receiving_unit.name} tiếp nhận{by}."
        case State.SUPPLEMENT:
            return f"Chờ người nộp bổ sung giấy tờ{_closing(case)}."
        case State.FINANCIAL_DUTY:
            if not standing.duty_owed or standing.duty == 0:
                told = "Không phải nộp" if standing.duty == 0 else "Người nộp đã nộp đủ"
                return f"{told}, chờ {dossier.deciding_unit.name} xác nhận; thời hạn đang tính."
            return f"Chờ người nộp thực hiện nghĩa vụ tài chính: còn {ui.money(standing.duty_owed)}."
        case State.DONE if standing.result:
            return f"Đã có kết quả số {standing.result.number}, chờ trả tại {dossier.receiving_unit.name}."
        case State.RETURNED:
            last = next(fact for fact in reversed(case.facts) if isinstance(fact, ResultReturned))
            return f"Đã trả kết quả lúc {ui.moment(last.at)}."
        case _ if standing.correction:
            until = ui.moment(datetime.fromisoformat(standing.correction.due))
            return (
                f"Kết quả được đề nghị đính chính, {dossier.deciding_unit.name} phải trả lời trước {until}."
            )
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
    last = conditions.supplement_last(case)
    unread = "" if case.standing.accepted else " (số ngày chưa xác minh)"
    return f", có đến hết ngày {ui.day(last)}{unread}" if last else ""


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
        if done or isinstance(turn.ended, SentBack | StepRecalled)
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
