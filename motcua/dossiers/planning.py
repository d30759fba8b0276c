"""How a group stands as its page tells it: what holds it up and who, the time line, the longest chain (R003-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from motcua.catalogue.models import BundleKind
from motcua.law.bundle import DAY_MINUTES, Bar, Plan
from motcua.law.facts import GroupOpened, MemberFiled
from motcua.law.lifecycle import State
from motcua.ui.templatetags import ui

from . import queries, telling
from .groups import Gathered
from .models import Member, Task

COLUMNS = [
    {"label": "Thủ tục"},
    {"label": "Trạng thái", "width": "col-step"},
    {"label": "Chờ kết quả của", "width": "col-step"},
    {"label": "Thời hạn", "num": True},
    {"label": "Dự kiến và thực tế", "width": "col-plan"},
]


def answer(told: Gathered, plan: Plan) -> str:
    """Whose move it is, or that all is done."""
    if told.finished:
        last = max(d.ended_at for d in told.dossiers.values() if d.ended_at)
        return f"Xong cả {len(told.members)} thủ tục lúc {ui.moment(last)}."
    stuck = next((member for member in told.members if _stuck(told, member)), None)
    if stuck:
        names = "; ".join(member.name for member in told.lacking(stuck))
        return f"“{stuck.name}” không có kết quả cần từ: {names}. Bộ phận Một cửa phải quyết định."
    holding = next(member for member in told.members if member.key == plan.holding)
    return f"Xong {told.done}/{len(told.members)} thủ tục. Đang chờ {holding.name}: {_who(told, holding)}."


def summary(told: Gathered) -> list[dict[str, Any]]:
    """The head of the page."""
    group, lead = told.group, next((member for member in told.members if member.lead), None)
    lead_unit = lead.dossier.deciding_unit.name if lead and lead.dossier else ""
    found = [
        {"term": "Người nộp", "value": group.applicant, "note": group.identity},
        {"term": "Nơi tiếp nhận", "value": group.receiving_unit.name, "note": ui.moment(group.opened_at)},
        {"term": "Chủ trì", "value": lead_unit or (lead.name if lead else ""), "note": ""},
        {"term": "Theo", "value": group.bundle.name, "note": group.bundle.decision},
    ]
    return [item for item in found if item["value"]]


def saving(told: Gathered, plan: Plan) -> dict[str, Any]:
    """The longest chain against one after the other, in working time."""
    names = {member.key: member.name for member in told.members}
    return {
        "path": [names[key] for key in plan.path],
        "total": plan.total,
        "sequential": plan.sequential,
        "saved": plan.saved,
        "planned_end": plan.planned_end,
        "end": None if told.finished else plan.end,
        "late": not told.finished and plan.end > plan.planned_end,
    }


def rows(told: Gathered, plan: Plan, at: datetime) -> list[dict[str, Any]]:
    """One row for each member, in the order the group was published."""
    bars = {bar.part.key: bar for bar in plan.bars}
    return [_row(told, plan, member, bars[member.key], at) for member in told.members]


def scale(told: Gathered, plan: Plan, at: datetime) -> dict[str, Any]:
    """The time line all rows share: from the opening, in working days of the receiving desk."""
    days = _length(told, plan, at)
    return {"since": told.group.opened_at, "until": max(_ends(plan)), "days": round(days), "now": at}


def events(told: Gathered) -> list[dict[str, Any]]:
    """What happened to the group itself, newest first; what happened to a dossier is on its own page."""
    names = {member.key: member.name for member in told.members}
    people = queries.people({fact.by for fact in told.facts})
    found = []
    for fact in told.facts:
        note = ""
        if isinstance(fact, MemberFiled):
            note = f"{names.get(fact.member, fact.member)}: {fact.dossier}"
        elif isinstance(fact, GroupOpened):
            note = fact.name
        found.append(
            {
                "at": fact.at,
                "label": fact.label if told.group.kind == BundleKind.GROUP else _of_project(fact.label),
                "by": telling.who(fact.by, people),
                "note": note,
                "source": fact.provision,
                "icon": "inbox" if isinstance(fact, GroupOpened) else "file-text",
            }
        )
    return found[::-1]


def papers(told: Gathered) -> list[dict[str, str]]:
    """The papers handed in once for all members."""
    opened = next((fact for fact in told.facts if isinstance(fact, GroupOpened)), None)
    return telling.components(opened.papers) if opened else []


def _of_project(label: str) -> str:
    return {"Lập nhóm hồ sơ": "Lập dự án", "Hồ sơ thành viên": "Ghép hồ sơ"}.get(label, label)


def _row(told: Gathered, plan: Plan, member: Member, bar: Bar, at: datetime) -> dict[str, Any]:
    names, dossier = {m.key: m.name for m in told.members}, member.dossier
    return {
        "member": member,
        "dossier": dossier,
        "url": reverse("dossier", args=[dossier.code]) if dossier else "",
        "unit": dossier.deciding_unit.name if dossier else "",
        "state": _state(told, member),
        "who": "" if dossier and dossier.ended_at else _who(told, member),
        "needs": [names[need] for need in member.needs],
        "limit": told.limit(member),
        "critical": bar.critical and bool(bar.part.minutes),
        "slack": bar.slack,
        "holds": member.key == plan.holding,
        "planned": bar.planned,
        "real": bar.real,
        "begun": bool(bar.part.begun),
        "ended": bool(bar.part.ended),
        "bar": _drawn(told, plan, bar, at),
    }


def _state(told: Gathered, member: Member) -> str:
    if member.dossier is None:
        return "Chưa nộp hồ sơ"
    if member.dossier.state == State.REGISTERED and member.needs:
        return "Thiếu kết quả đầu vào" if told.lacking(member) else "Chờ kết quả đầu vào"
    return str(member.dossier.get_state_display())


def _stuck(told: Gathered, member: Member) -> bool:
    return bool(member.dossier and member.dossier.state == State.REGISTERED and told.lacking(member))


def _who(told: Gathered, member: Member) -> str:
    """Who has to do something next about a member."""
    if member.dossier is None:
        return "người nộp chưa nộp hồ sơ"
    tasks = told.tasks.get(member.dossier.pk, [])
    if not tasks:
        return "không còn việc nào chờ" if member.dossier.ended_at else member.dossier.deciding_unit.name
    return "; ".join(f"{_holder(task)} ({task.name})" for task in tasks)


def _holder(task: Task) -> str:
    return task.officer.full_name if task.officer else f"{task.get_role_display()}, {task.unit.name}"


def _drawn(told: Gathered, plan: Plan, bar: Bar, at: datetime) -> dict[str, Any]:
    """The two bars of a row as shares of the shared time line, 0 to 100, and the days between its weeks."""
    length = _length(told, plan, at)

    def place(moment: datetime) -> float:
        return round(100 * max(0.0, _days(told, moment)) / length, 2)

    def span(begin: datetime, end: datetime) -> dict[str, float]:
        left, right = place(begin), place(end)
        return {"x": left, "width": max(0.8, round(right - left, 2))}

    tone = "done" if bar.part.ended else "ahead"
    if bar.part.begun and not bar.part.ended:
        tone = "late" if bar.part.due and at > bar.part.due else "running"
    return {
        "planned": span(*bar.planned),
        "real": span(*bar.real),
        "tone": tone,
        "now": place(at),
        "weeks": [round(100 * week / length, 2) for week in range(5, int(length) + 1, 5)][:60],
    }


def _days(told: Gathered, moment: datetime) -> float:
    return told.calendar.working_minutes(told.group.opened_at, moment) / DAY_MINUTES


def _length(told: Gathered, plan: Plan, at: datetime) -> float:
    ends = _ends(plan) if told.finished else [*_ends(plan), at]
    return max(1.0, *(_days(told, end) for end in ends))


def _ends(plan: Plan) -> list[datetime]:
    return [plan.planned_end, plan.end]
