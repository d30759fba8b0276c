"""The facts of a task in words, for its timeline (diễn biến nhiệm vụ)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from motcua.law import steering_facts as facts
from motcua.law.calendar import day
from motcua.law.facts import Fact
from motcua.people.models import Officer, Unit
from motcua.ui.templatetags import ui

LOOKS: Mapping[type[Fact], tuple[str, str]] = {
    facts.TaskGiven: ("flag", ""),
    facts.TaskAssigned: ("user", ""),
    facts.SolutionNoted: ("file-text", ""),
    facts.BudgetTold: ("banknote", ""),
    facts.TaskReported: ("inbox", ""),
    facts.TaskAccepted: ("circle-check", "ok"),
    facts.TaskReturned: ("rotate-ccw", "late"),
    facts.ExtensionAsked: ("hourglass", ""),
    facts.ExtensionGranted: ("hourglass", "pause"),
    facts.ExtensionDeclined: ("circle-x", "late"),
    facts.TransferProposed: ("rotate-ccw", "pause"),
    facts.TransferAllowed: ("rotate-ccw", "pause"),
    facts.TransferDeclined: ("circle-x", "late"),
    facts.TaskPaused: ("circle-pause", "pause"),
    facts.TaskCancelled: ("ban", "late"),
    facts.TaskReminded: ("clock", ""),
    facts.TaskUrged: ("circle-alert", "late"),
}


def events(past: Iterable[Fact]) -> list[dict[str, Any]]:
    """What happened, newest first, for ui/timeline.html."""
    told = list(past)
    units, names = _named(told)
    found = []
    for fact in reversed(told):
        icon, tone = LOOKS.get(type(fact), ("circle-check", ""))
        what, note = _said(fact, units, names)
        found.append(
            {
                "at": fact.at,
                "label": f"{fact.label}{what}",
                "by": "Hệ thống" if fact.by == "system" else names.get(fact.by, fact.by),
                "note": note,
                "icon": icon,
                "tone": tone,
            }
        )
    return found


def deadlines(past: Iterable[Fact]) -> list[dict[str, Any]]:
    """Every deadline a task had or was asked for, in order: who gave or refused it when, who asked for it and why."""
    told, found = list(past), list[dict[str, Any]]()
    asked: facts.ExtensionAsked | None = None
    _, names = _named(told)
    for fact in told:
        match fact:
            case facts.TaskGiven():
                found.append(
                    {"label": "Hạn gốc", "until": fact.due, "said": "giao", "held": True} | _by(fact, names)
                )
            case facts.ExtensionAsked():
                asked = fact
            case facts.ExtensionGranted():
                label = f"Gia hạn lần {sum(each['held'] for each in found)}"
                answer = {
                    "label": label,
                    "until": fact.until,
                    "said": "đồng ý",
                    "held": True,
                    "note": fact.note,
                }
                found.append(answer | _by(fact, names) | _asker(asked, names))
            case facts.ExtensionDeclined() if asked:
                answer = {"label": "Xin gia hạn", "until": asked.until, "said": "không đồng ý", "held": False}
                found.append(answer | {"note": fact.reason} | _by(fact, names) | _asker(asked, names))
    return [each | {"until": date.fromisoformat(each["until"])} for each in found]


def _by(fact: Fact, names: Mapping[str, str]) -> dict[str, Any]:
    return {"by": names.get(fact.by, fact.by), "on": day(fact.at)}


def _asker(asked: facts.ExtensionAsked | None, names: Mapping[str, str]) -> dict[str, Any]:
    if asked is None:
        return {}
    return {"asker": names.get(asked.by, asked.by), "asked_on": day(asked.at), "reason": asked.reason}


def _named(told: Sequence[Fact]) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the units and officers facts speak of, in two questions."""
    codes = {str(getattr(fact, "unit", "")) for fact in told} - {""}
    users = {fact.by for fact in told} | {str(getattr(fact, "officer", "")) for fact in told}
    for fact in told:
        users |= set(getattr(fact, "to", ()))
    units = dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))
    return units, dict(Officer.objects.filter(username__in=users).values_list("username", "full_name"))


def _said(fact: Fact, units: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, str]:
    """What follows the label, and the note under it."""
    match fact:
        case facts.TaskGiven():
            return f" cho {units.get(fact.unit, fact.unit)}, hạn {_day(fact.due)}", fact.detail
        case facts.TaskAssigned():
            return f": {names.get(fact.officer, fact.officer)}", ""
        case facts.SolutionNoted():
            return "", fact.text
        case facts.MilestoneReached():
            return f" {fact.key}, ngày {_day(fact.on)}", ""
        case facts.BudgetTold():
            told = (ui.money(fact.planned), ui.money(fact.assigned), ui.money(fact.disbursed))
            return f": {fact.name}", "Dự toán {}, đã giao {}, đã giải ngân {}".format(*told)
        case facts.TaskReported():
            number = f" số {fact.number}" if fact.number else ""
            return f": {fact.product}{number}, ban hành ngày {_day(fact.product_on)}", fact.result
        case facts.ExtensionAsked():
            return f" đến {_day(fact.until)}", fact.reason
        case facts.ExtensionGranted():
            return f" đến {_day(fact.until)}", fact.note
        case facts.TransferProposed():
            return f": {units.get(fact.unit, fact.unit)}", fact.reason
        case facts.TransferAllowed():
            return f": {units.get(fact.unit, fact.unit)}", ""
        case facts.TaskReminded():
            told_to = ", ".join(names.get(each, each) for each in fact.to)
            return f" cấp {fact.level}", f"Nhắc {told_to}" if told_to else ""
        case facts.TaskUrged():
            return f" bằng công văn {fact.letter}" if fact.letter else "", fact.text
        case facts.TaskAccepted():
            return "", fact.note
    return "", str(getattr(fact, "reason", ""))


def _day(text: str) -> str:
    return ui.day(date.fromisoformat(text))
