"""What each form says of a dossier, from its facts alone (TT 03/2025/TT-VPCP, Phụ lục I; before, TT 01/2018/TT-VPCP).

Nothing is asked of the database. What no fact holds is None, printed as a dotted line to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from motcua.catalogue.models import Channel
from motcua.law import clock, lifecycle
from motcua.law.calendar import day
from motcua.law.facts import (
    Accepted,
    Extended,
    Fact,
    Finished,
    PapersGiven,
    PapersReceived,
    ReceptionRefused,
    Stopped,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.process import fold
from motcua.law.terms import OnSupplement
from motcua.people.models import Unit
from motcua.ui import qr
from motcua.ui.templatetags import ui

from .. import telling
from ..folding import Folded
from . import control, sets
from .sets import HANDOVER, Form
from .wording import dated, heading, iso_timed, timed


class NoForm(LookupError):
    """A form there is nothing to print on; the message says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form ready to be set: the layout it takes, what it says as JSON data, and the moment it speaks of."""

    layout: str
    data: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One form asked for: on which fact it stands, and the names of people and units its facts speak of."""

    case: Folded
    form: Form
    fact: Fact
    at: datetime
    names: Mapping[str, str]
    units: Mapping[str, Unit]

    @property
    def dated(self) -> datetime:
        """The moment the form speaks of: a control sheet goes on growing, the others stand on their fact."""
        return self.at if self.form.kind == "control" else self.fact.at

    @property
    def before(self) -> Sequence[Fact]:
        """The facts before the one the form stands on."""
        return self.case.facts[: self.case.facts.index(self.fact)]

    @property
    def reading(self) -> clock.Reading:
        """The clock just before that fact."""
        case = self.case
        return clock.read(
            self.before, limit=case.limit, calendar=case.calendar, rules=case.rules, now=self.fact.at
        )

    @property
    def actor(self) -> str | None:
        """The officer whose fact it is; None for the applicant or the system."""
        return self.names.get(self.fact.by)


def _refusal(fact: Fact) -> bool:
    return isinstance(fact, ReceptionRefused) or (isinstance(fact, Finished) and fact.result == "refused")


_STANDS_ON: dict[str, Callable[[Fact], bool]] = {
    "reception": lambda fact: isinstance(fact, Accepted),
    "supplement": lambda fact: isinstance(fact, SupplementRequested),
    "refusal": _refusal,
    "apology": lambda fact: isinstance(fact, Extended),
    "stop": lambda fact: isinstance(fact, Withdrawn | Stopped),
}
_MISSING = {
    "reception": "hồ sơ chưa được tiếp nhận",
    "supplement": "hồ sơ chưa bị yêu cầu bổ sung lần nào",
    "refusal": "hồ sơ không bị từ chối",
    "apology": "hồ sơ chưa được xin lỗi, hẹn lại lần nào",
    "stop": "hồ sơ không bị dừng và người nộp không rút",
    "control": "hồ sơ chưa được tiếp nhận nên chưa qua bước nào",
    "register": "sổ theo dõi in cho một đơn vị trong một kỳ, không in cho một hồ sơ",
    HANDOVER.kind: "hồ sơ chưa được tiếp nhận nên chưa có gì để bàn giao",
}


def on_fact(fact: Fact) -> Form | None:
    """The form that tells the applicant of a fact, in the set of its day; None where none does."""
    kind = next((kind for kind, fits in _STANDS_ON.items() if fits(fact)), "")
    return sets.on(day(fact.at)).get(kind)


def offered(case: Folded, at: datetime) -> list[Form]:
    """The forms a dossier has something to print on, in the order of their numbers, then the hand-over slip."""
    accepted = case.standing.accepted
    found = [form for fact in _facts(case).values() if (form := on_fact(fact))]
    found += [form for kind, form in sets.on(day(at)).items() if kind == "control" and accepted]
    return [*sorted(found, key=lambda form: form.number), *([HANDOVER] if accepted else [])]


def sheet(
    case: Folded, slug: str, *, at: datetime, names: Mapping[str, str], units: Mapping[str, Unit]
) -> Sheet:
    """The form with this number on a dossier; `names` by user name, `units` by the codes steps name.

    The day of the fact it stands on chooses the set of forms; for the control sheet it is the day of printing.
    Raises NoForm with the reason when no fact asks for it.
    """
    form = next((form for form in offered(case, at) if form.slug == slug), None)
    if form is None:
        raise NoForm(_why_not(slug, at))
    fact = _facts(case).get(form.kind) or case.standing.accepted or case.facts[0]
    layout, build = _BUILD[form.kind]
    asked = Asked(case, form, fact, at, names, units)
    return Sheet(layout, build(asked), asked.dated)


def _facts(case: Folded) -> dict[str, Fact]:
    """The last fact each kind of form stands on."""
    return {
        kind: found[-1]
        for kind, fits in _STANDS_ON.items()
        if (found := [fact for fact in case.facts if fits(fact)])
    }


def _why_not(slug: str, at: datetime) -> str:
    forms = {form.slug: form for form in (*sets.on(day(at)).values(), HANDOVER)}
    if slug not in forms:
        return f"Bộ biểu mẫu ngày {ui.day(at)} không có mẫu {slug}."
    form = forms[slug]
    return f"Không có gì để in trên {form.title}: {_MISSING[form.kind]}."


def base(asked: Asked, unit: Unit) -> dict[str, Any]:
    """What every form says: what it is, whose, of which dossier and applicant, and under which provisions."""
    dossier, form, on = asked.case.dossier, asked.form, day(asked.dated)
    at_desk = unit.pk == dossier.receiving_unit_id
    return {
        "title": form.title,
        "paper": form.paper,
        "source": form.source,
        "provisions": asked.fact.provision,
        "head": heading(unit, on, sets.number(dossier.code, on) if at_desk else dossier.code),
        "qr": _qr(asked.case, form, on),
        "code": dossier.code,
        "procedure": dossier.version.procedure.code,
        "matter": dossier.version.title,
        "subject": ". ".join(filter(None, (dossier.case, dossier.subject))),
        "applicant": dossier.applicant,
        "identity": dossier.identity or None,
        "address": dossier.address or None,
        "phone": dossier.phone or None,
        "email": dossier.email or None,
        "agent": telling.agent(dossier),
        "desk": dossier.receiving_unit.name,
        "deciding": dossier.deciding_unit.name,
        "officer": asked.actor,
        "at": timed(asked.fact.at),
    }


def _reception(asked: Asked) -> dict[str, Any]:
    dossier, fact = asked.case.dossier, asked.fact
    assert isinstance(fact, Accepted)
    return base(asked, dossier.receiving_unit) | {
        "channel": Channel(dossier.channel).label,
        "papers": papers(fact),
        "sets": None,
        "limit": fact.limit or None,
        "due": iso_timed(fact.due),
        "fee": ui.money(fact.fee) if fact.fee else "",
    }


def _supplement(asked: Asked) -> dict[str, Any]:
    case, fact = asked.case, asked.fact
    assert isinstance(fact, SupplementRequested)
    appraisal = fact.phase == "appraisal"
    last = clock.supplement_given_by(fact.at, case.calendar, case.rules, accepted=appraisal)
    restarts = case.rules.supplement is OnSupplement.RESTART and not asked.reading.late
    return base(asked, case.dossier.receiving_unit) | {
        "asked_by": _proposer(asked),
        "items": list(fact.items),
        "reason": fact.reason,
        "until": dated(last) if last else None,
        "restarts": appraisal and restarts,
    }


def _proposer(asked: Asked) -> str | None:
    """Which agency, and who there, had the desk ask; None for what the desk asks of itself."""
    proposed = lifecycle.fold(asked.before).proposed
    if proposed is None:
        return None
    return ", ".join(filter(None, (asked.case.dossier.deciding_unit.name, asked.names.get(proposed.by))))


def _refused(asked: Asked) -> dict[str, Any]:
    dossier, fact = asked.case.dossier, asked.fact
    at_desk = isinstance(fact, ReceptionRefused)
    return base(asked, dossier.receiving_unit if at_desk else dossier.deciding_unit) | {
        "at_desk": at_desk,
        "reason": (fact.reason if isinstance(fact, ReceptionRefused | Finished) else "") or None,
        "decision": fact.number if isinstance(fact, Finished) else "",
    }


def _apology(asked: Asked) -> dict[str, Any]:
    case, fact, accepted = asked.case, asked.fact, asked.case.standing.accepted
    assert isinstance(fact, Extended)
    promised = asked.reading.due
    return base(asked, case.dossier.deciding_unit) | {
        "received": timed(accepted.at) if accepted else None,
        "promised": timed(promised) if promised else None,
        "due": iso_timed(fact.due),
        "reason": fact.reason,
    }


def _stop(asked: Asked) -> dict[str, Any]:
    case, fact, accepted = asked.case, asked.fact, asked.case.standing.accepted
    assert isinstance(fact, Withdrawn | Stopped)
    marking = fold(case.process, asked.before)
    steps = [case.process.nodes[step].name or step for step in marking.steps] if accepted else []
    return base(asked, case.dossier.deciding_unit if accepted else case.dossier.receiving_unit) | {
        "asked_for": isinstance(fact, Withdrawn),
        "received": timed(accepted.at) if accepted else None,
        "stage": "; ".join(steps) if accepted else "Chưa được tiếp nhận",
        "reason": fact.reason or None,
        "paid": ui.money(case.standing.paid, "Chưa nộp"),
        "papers": papers(accepted) if accepted else [],
    }


def _control(asked: Asked) -> dict[str, Any]:
    case, dossier = asked.case, asked.case.dossier
    due = case.reading(asked.at).due
    there = [*asked.units.values(), *case.asked_units.values()]
    others = sorted({unit.name for unit in there if unit.pk != dossier.deciding_unit_id})
    return base(asked, dossier.receiving_unit) | {
        "provisions": "; ".join(dict.fromkeys(f.provision for f in case.facts if f.provision)),
        "others": "; ".join(others) or None,
        "received": timed(asked.fact.at),
        "due": timed(due) if due else None,
        "rows": control.rows(case, asked.at, asked.names, asked.units),
    }


def _handover(asked: Asked) -> dict[str, Any]:
    dossier, fact = asked.case.dossier, asked.fact
    assert isinstance(fact, Accepted)
    given, taken = carried(asked.case.facts)
    return base(asked, dossier.receiving_unit) | {
        "papers": papers(fact),
        "due": iso_timed(fact.due),
        "given": timed(given.at) if given else None,
        "giver": asked.names.get(given.by) if given else None,
        "taken": timed(taken.at) if taken else None,
        "taker": asked.names.get(taken.by) if taken else None,
        "note": (taken.note if taken else "") or None,
    }


def carried(facts: Sequence[Fact]) -> tuple[PapersGiven | None, PapersReceived | None]:
    """The giving of the papers to the agency, and the receipt for it, as far as they have happened."""
    given = next((f for f in facts if isinstance(f, PapersGiven)), None)
    taken = next((f for f in facts if isinstance(f, PapersReceived)), None)
    return given, taken


_BUILD: dict[str, tuple[str, Callable[[Asked], dict[str, Any]]]] = {
    "reception": ("form01", _reception),
    "supplement": ("form02", _supplement),
    "refusal": ("form03", _refused),
    "apology": ("form04", _apology),
    "stop": ("form05", _stop),
    "control": ("form06", _control),
    HANDOVER.kind: ("handover", _handover),
}


def papers(accepted: Accepted) -> list[dict[str, Any]]:
    """The papers handed in; how many of each only where the fact counted them."""
    told = telling.components(accepted.components)
    return [
        {**line, **{kind: paper.get(kind) for kind in telling.KEPT}}
        for line, paper in zip(told, accepted.components, strict=True)
    ]


def _qr(case: Folded, form: Form, on: date) -> dict[str, str] | None:
    """The QR code of a paper on a dossier."""
    dossier = case.dossier
    holds = {
        "dossier": dossier.code,
        "procedure": dossier.version.procedure.code,
        "identity": dossier.identity,
        "paper": form.title,
    }
    return qr.code(holds, on)
