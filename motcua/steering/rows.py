"""From the facts of a task to its row (bản sao để liệt kê)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.journal.log import Past
from motcua.law.calendar import day
from motcua.law.steering import CLOSED, Standing
from motcua.law.steering_facts import TaskReminded
from motcua.people.models import Officer, Unit

from . import finding
from .models import Task


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of the units and officers facts name, by code and by user name."""

    units: Mapping[str, int]
    officers: Mapping[str, int]


def ids(standing: Standing) -> Ids:
    """The ids of those a standing names, in two questions."""
    codes = {standing.unit, standing.proposed.unit if standing.proposed else ""} - {""}
    names = {standing.head, standing.officer} - {""}
    return Ids(
        dict(Unit.objects.filter(code__in=codes).values_list("code", "pk")),
        dict(Officer.objects.filter(username__in=names).values_list("username", "pk")) if names else {},
    )


def columns(standing: Standing, past: Past, known: Ids) -> dict[str, Any]:
    """The columns that facts after the first can change."""
    report, last = standing.report, standing.last
    product_on, ended = standing.product_on, standing.state in CLOSED
    return {
        "lead_id": known.units[standing.unit],
        "head_id": known.officers.get(standing.head),
        "officer_id": known.officers.get(standing.officer),
        "until": standing.until,
        "state": standing.state.value,
        "product_on": product_on,
        "product_number": report.number if report and product_on else "",
        "late": late(standing),
        "settled_on": day(standing.ended.at) if ended and standing.ended else None,
        "extensions": standing.extensions,
        "returned": standing.returned,
        "proposals": standing.proposals,
        "urged": standing.urged,
        "level": standing.level,
        "asked": date.fromisoformat(standing.asked.until) if standing.asked and not ended else None,
        "proposed_id": known.units[standing.proposed.unit] if standing.proposed and not ended else None,
        "facts": past.version,
    } | ({"rung": last.rung} if isinstance(last, TaskReminded) else {})


def late(standing: Standing) -> bool:
    """Whether the product reported came after the deadline that held for it."""
    on, due = standing.product_on, standing.product_due
    return on is not None and due is not None and on > due


def words(task: Task, number: str) -> str:
    """What a task is found by, accents off."""
    return finding.written(task.title, task.product, number, task.lead.name)
