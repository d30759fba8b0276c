"""What was done to a draft, in words (nhật ký dự thảo), and gates as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from motcua.law import control, drafting
from motcua.law.effect import Effect
from motcua.ui.templatetags import ui

from ..announcing.models import Change
from .models import Position
from .queries import Event

MARK = "[chưa xác minh]"
LOOKS = {
    drafting.DraftReturned: ("undo-2", "late"),
    drafting.DraftStopped: ("ban", "late"),
    drafting.ProcedureDropped: ("circle-minus", ""),
    drafting.Promulgated: ("flag", "ok"),
    drafting.OpinionGiven: ("file-text", ""),
    drafting.DraftAppraised: ("file-text", ""),
}


def event(one: Event, names: Mapping[str, str]) -> dict[str, Any]:
    """A fact for ui/timeline.html."""
    fact = one.fact
    icon, tone = LOOKS.get(type(fact), ("circle-check", ""))
    told = [part for part in _details(fact) if part]
    return {
        "at": fact.at,
        "label": f"{fact.label}: {', '.join(told)}" if told else fact.label,
        "by": names.get(fact.by, fact.by),
        "note": _note(fact),
        "source": " · ".join(part for part in (_document(fact), fact.provision) if part),
        "icon": icon,
        "tone": tone,
    }


def gate(one: control.Gate, stage: str) -> dict[str, Any]:
    """A gate for the list of conditions of a draft that stands at `stage`; one of a later stage is not asked yet."""
    here = control.Stage(stage)
    waits = one.blocks and here in control.PATH and control.PATH.index(one.stage) > control.PATH.index(here)
    word, icon, tone = "Đạt", "circle-check", "ok"
    if waits:
        word, icon, tone = "Chưa tới", "hourglass", ""
    elif not one.open:
        word, icon, tone = (
            ("Chưa đạt", "circle-alert", "late") if one.blocks else ("Lưu ý", "triangle-alert", "soon")
        )
    return {
        "gate": one,
        "waits": waits,
        "word": word,
        "icon": icon,
        "tone": tone,
        "stage": control.STAGES[one.stage],
        "source": plain(one.source),
        "unverified": MARK in one.source,
    }


def plain(source: str) -> str:
    """A source without its mark, which pages show by a sign of its own."""
    return source.replace(MARK, "").strip()


def signed(value: Any) -> str:
    """+3, −3 or 0: more or less than before."""
    if not value:
        return "0"
    return f"{'+' if value > 0 else '−'}{ui.number(abs(value))}"


def effect(told: Effect) -> dict[str, str]:
    """What is added and removed, in words."""
    return {
        "procedures": f"+{told.procedures_added} / −{told.procedures_removed}",
        "papers": f"+{told.papers_added} / −{told.papers_removed}",
        "days": signed(told.days) + (f" ({told.uncounted} thủ tục không so được)" if told.uncounted else ""),
        "money": signed(told.money),
    }


def _details(fact: drafting.Drafting) -> Iterable[str]:
    match fact:
        case drafting.DraftBegun() | drafting.DraftChanged():
            return (fact.name,)
        case drafting.ProcedureDrafted():
            return (Change(fact.change).label.lower(), fact.title)
        case drafting.ImpactAssessed():
            return (fact.title, f"lần {fact.attempt}", "không cần thiết" if fact.needed is False else "")
        case drafting.ProcedureWritten() | drafting.ProcedureDropped():
            return (fact.title,)
        case drafting.CodeGiven():
            return (fact.procedure, fact.title)
        case drafting.DraftForwarded() | drafting.DraftReturned():
            due = f"hạn {_day(fact.due)}" if fact.due else ""
            return (control.STAGES[control.Stage(fact.to)], due)
        case drafting.OpinionGiven() | drafting.DraftAppraised():
            return (Position(fact.position).label,)
        case drafting.Promulgated():
            return (fact.number, f"có hiệu lực {_day(fact.effective)}")
    return ()


def _note(fact: drafting.Drafting) -> str:
    return str(getattr(fact, "reason", "") or getattr(fact, "text", ""))


def _document(fact: drafting.Drafting) -> str:
    on = f"ngày {_day(fact.on)}" if fact.on else ""
    return " ".join(part for part in (fact.number, on, fact.file) if part)


def _day(text: str) -> str:
    return ui.day(date.fromisoformat(text))
