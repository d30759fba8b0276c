"""A dossier as its facts tell it: its standing, its process and its clock (hồ sơ theo các việc đã ghi)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils.functional import cached_property

from motcua.journal.log import Past
from motcua.law import clock, consultation, lifecycle, moving
from motcua.law.calendar import Calendar, day
from motcua.law.consultation import Consultation
from motcua.law.facts import (
    Accepted,
    Assigned,
    Fact,
    HandedOver,
    HandoverAccepted,
    HandoverDeclined,
    Refused,
)
from motcua.law.lifecycle import Standing
from motcua.law.process import Marking, Node, Process, Run, Turn, run
from motcua.people import calendars
from motcua.people.models import Role, Unit, UnitKind

from .models import Dossier

PAPER = "paper"
G = TypeVar("G", bound=Assigned | HandedOver | HandoverAccepted | HandoverDeclined)


@dataclass(frozen=True)
class Folded:
    """A dossier as its facts tell it: its standing, its process and its clock."""

    dossier: Dossier
    past: Past
    # What its row and its worklist hold already; None when that is not known.
    before: Folded | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self.past.facts

    def after(self, past: Past) -> Folded:
        """The dossier with more facts behind its past; what they cannot change is not worked out again."""
        shown = self.dossier.facts == self.past.version > 0
        later, new = Folded(self.dossier, past, self if shown else None), past.facts[len(self.facts) :]
        kept: dict[str, Any] = {"standing": lifecycle.fold(new, self.standing), "calendar": self.calendar}
        if self.standing.accepted:
            kept |= {"rules": self.rules, "limit": self.limit, "process": self.process}
            if not any(type(fact) in clock.MOVED_BY for fact in new):
                kept["last_reading"] = self.last_reading
        later.__dict__.update(kept)
        if later.process is self.process:  # not where acceptance just said that it goes on paper
            later.__dict__["run"] = run(self.process, new, self.run)
        return later

    @cached_property
    def standing(self) -> Standing:
        return lifecycle.fold(self.facts)

    @cached_property
    def calendar(self) -> Calendar:
        return calendars.of(self.dossier.deciding_unit, self.past.watched)

    @cached_property
    def process(self) -> Process:
        """The process as this dossier goes through it: paper, once accepted, from one agency to the next."""
        version, accepted = self.dossier.process, self.standing.accepted
        paper = accepted and on_paper(accepted) and version.in_turn is not version.graph
        return version.in_turn if paper and self._went_in_turn else version.graph

    @property
    def _went_in_turn(self) -> bool:
        # One handled side by side before paper was made to wait its turn keeps on that way.
        try:
            run(self.dossier.process.in_turn, self.facts)
        except Refused:
            return False
        return True

    @cached_property
    def run(self) -> Run:
        """How far it has gone in its process."""
        return run(self.process, self.facts)

    @property
    def marking(self) -> Marking:
        return self.run.marking

    @property
    def turns(self) -> tuple[Turn, ...]:
        return self.run.turns

    @cached_property
    def rules(self) -> clock.ClockRules:
        accepted = self.standing.accepted
        return clock.rules(
            datetime.fromisoformat(accepted.rules_day).date() if accepted else day(self.facts[0].at)
        )

    @cached_property
    def limit(self) -> clock.TimeLimit | None:
        accepted = self.standing.accepted
        return clock.TimeLimit.parse(accepted.limit) if accepted and accepted.limit else None

    @cached_property
    def assigned(self) -> dict[str, str]:
        """The user name each step was last given to, as long as the dossier stays at that step."""
        given = [fact for fact in self.facts if isinstance(fact, Assigned | HandoverAccepted)]
        return {f.step: f.officer if isinstance(f, Assigned) else f.by for f in self._of_this_turn(given)}

    @cached_property
    def offered(self) -> dict[str, HandedOver]:
        """The steps given to somebody who has neither signed for them nor declined (chờ ký nhận)."""
        if not any(isinstance(fact, HandedOver) for fact in self.facts):
            return {}
        about = HandedOver | HandoverAccepted | HandoverDeclined | Assigned
        last = {f.step: f for f in self._of_this_turn([f for f in self.facts if isinstance(f, about)])}
        return {step: fact for step, fact in last.items() if isinstance(fact, HandedOver)}

    def _of_this_turn(self, given: Sequence[G]) -> Iterator[G]:
        """Those of the facts about steps that came since the dossier last reached their step, and it is there."""
        since = {turn.step: turn.since for turn in self.turns if not turn.ended} if given else {}
        return (fact for fact in given if (begun := since.get(fact.step)) and fact.at >= begun)

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The papers that go from the desk to the agency as paper; none for an electronic dossier."""
        accepted = self.standing.accepted
        return moving.carried(accepted.components, day(accepted.at)) if accepted else ()

    @cached_property
    def papers_due(self) -> datetime | None:
        """When the papers must have been given to the agency (NĐ 118/2025 Đ.18.2, 20.1.a); None without papers."""
        accepted, dossier = self.standing.accepted, self.dossier
        if accepted is None or not self.carried:
            return None
        across = _communal(dossier.receiving_unit) != _communal(dossier.deciding_unit)
        return moving.given_by(accepted.at, self.calendar, across_levels=across)

    @cached_property
    def consultations(self) -> tuple[Consultation, ...]:
        """Every opinion asked for, oldest first."""
        return consultation.of(self.facts)

    @cached_property
    def asked_units(self) -> dict[str, Unit]:
        """The units whose opinion was asked for, by code."""
        codes = {c.request.unit for c in self.consultations}
        found = Unit.objects.filter(code__in=codes).select_related("parent") if codes else ()
        return {unit.code: unit for unit in found}

    @cached_property
    def last_reading(self) -> clock.Reading:
        """The clock as the last fact that moves it left it; its due moment and pause hold until the next one."""
        return self.reading(self.facts[-1].at)

    def reading(self, now: datetime) -> clock.Reading:
        """The dossier's clock at `now`, with its ledger (đồng hồ hồ sơ)."""
        return clock.read(self.facts, limit=self.limit, calendar=self.calendar, rules=self.rules, now=now)


def on_paper(accepted: Accepted) -> bool:
    """Whether some of a dossier is on paper alone; scans and data go to all agencies at once (Đ.20.2)."""
    return any(paper.get("origin") == PAPER for paper in accepted.components)


def waiting_nodes(case: Folded) -> Iterator[Node]:
    """The steps somebody must do now."""
    return (case.process.nodes[step] for step in case.marking.steps)


def left_to_do(case: Folded, at: Marking | None = None) -> list[Node]:
    """The steps that wait or may still come before the result is handed out, in the order they are reached."""
    marking = at or case.marking
    nodes = dict.fromkeys(marking.steps)
    for token in (*marking.steps, *(flow.target for flow in marking.arrived)):
        nodes |= case.process.ahead[token]
    found = (case.process.nodes[step] for step in nodes)
    return [node for node in found if node.role != Role.RECEPTION]


def unit_of(dossier: Dossier, node: Node) -> Unit:
    """Where a step is done: its own unit, the one-stop desk that received the dossier, or the deciding unit."""
    if node.unit:
        return Unit.objects.get(code=node.unit)
    return dossier.receiving_unit if node.role == Role.RECEPTION else dossier.deciding_unit


def _communal(unit: Unit) -> bool:
    """Whether a unit is, or belongs to, a commune."""
    above: Unit | None = unit
    while above is not None and above.kind != UnitKind.COMMUNE:
        above = above.parent
    return above is not None
