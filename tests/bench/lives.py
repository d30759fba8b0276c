"""Whole lives of dossiers as facts, at the pace of arithmetic: the demo's stories, told without acts.

Each deed of a story becomes the facts its act writes; row and worklist are then folded from the facts by the code of
the acts. That these are the very facts and rows the acts leave is a test (tests/acts/test_seeding.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from unittest.mock import patch

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import ProcessVersion
from motcua.demo import play
from motcua.demo.play import Settings
from motcua.demo.story import Deed, Plan, Story
from motcua.demo.world import World
from motcua.dossiers import acts, conditions
from motcua.dossiers.acts import Filing, deciding
from motcua.dossiers.acts.deciding import CITIZEN, decided, promised
from motcua.dossiers.acts.opening import acceptance, registered
from motcua.dossiers.acts.signing import handled
from motcua.dossiers.duties import task_rows
from motcua.dossiers.folding import Folded, waiting_nodes
from motcua.dossiers.models import Dossier
from motcua.dossiers.rows import columns
from motcua.journal import wire
from motcua.journal.log import Past
from motcua.law.calendar import OutOfYears, day
from motcua.law.facts import (
    Accepted,
    Assigned,
    Extended,
    Fact,
    FeePaid,
    Filed,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    HandedOver,
    HandoverAccepted,
    HandoverDeclined,
    PapersGiven,
    PapersReceived,
    ProposalReturned,
    Rated,
    ReceptionRefused,
    ResultProposed,
    ResultReturned,
    ResultSigned,
    SentBack,
    StepDone,
    StepRecalled,
    Stopped,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.people import calendars
from motcua.people.models import Officer

# Deeds whose act writes one fact that says what the deed says.
PLAIN: dict[str, type[Fact]] = {
    "refuse_reception": ReceptionRefused,
    "propose_supplement": SupplementProposed,
    "request_supplement": SupplementRequested,
    "receive_supplement": SupplementReceived,
    "pay": FeePaid,
    "assign": Assigned,
    "complete_step": StepDone,
    "send_back": SentBack,
    "hand_over": HandedOver,
    "accept_handover": HandoverAccepted,
    "decline_handover": HandoverDeclined,
    "propose_result": ResultProposed,
    "receive_papers": PapersReceived,
    "extend": Extended,
    "request_duty": FinancialDutyRequested,
    "meet_duty": FinancialDutyMet,
    "withdraw": Withdrawn,
    "stop": Stopped,
    "finish": Finished,
    "return_result": ResultReturned,
    "rate": Rated,
}


@dataclass(frozen=True, slots=True)
class Days(Settings):
    """Some days of a world: dossiers that come in between `first` and `at`; `key` is the id of the first."""

    first: datetime
    key: int

    @property
    def start(self) -> datetime:
        return self.first


@dataclass
class Life:
    """A dossier as its facts leave it: its row filled in, its facts, the rows of its worklist."""

    dossier: Dossier
    facts: tuple[Fact, ...]
    tasks: list[dict[str, Any]]


@dataclass
class Lives:
    """The lives of a world up to a moment, day by day."""

    world: World
    until: datetime
    stamp: int = calendars.NEVER
    ordinals: Counter[tuple[str, date]] = field(default_factory=Counter)
    _processes: dict[tuple[int, int], ProcessVersion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ((self.stamp,),) = wire.ask(calendars.WATCH)
        assert self.world.staff  # read before the stories ask who works where

    def of(self, days: Days) -> Iterator[Life]:
        """Every dossier of these days, in the order they come in."""
        for place, plan in enumerate(play.plans(self.world, days)):
            turn = plan.turn + days.key
            yield self._life(replace(plan, turn=turn), days.seed, days.key + place)

    def _life(self, plan: Plan, seed: int, key: int) -> Life:
        story = Story(plan, self.world, seed).tell()
        deed = next(story)
        dossier = self._dossier(deed.words["filing"], deed.at, key)
        case, facts = Folded(dossier, Past(dossier.stream, (), watched=self.stamp)), list[Fact]()
        try:
            while deed.at <= self.until:
                facts += written(case, facts, deed)
                deed = story.send(dossier)
        except (StopIteration, OutOfYears):  # nothing more, or nothing this calendar reaches
            pass
        folded = Folded(dossier, Past(dossier.stream, tuple(facts), len(facts), watched=self.stamp))
        for name, value in columns(folded).items():
            setattr(dossier, name, value)
        dossier.reported = dossier.facts
        return Life(dossier, folded.facts, task_rows(folded))

    def _dossier(self, filing: Filing, at: datetime, key: int) -> Dossier:
        today = (filing.deciding_unit.agency_code, day(at))
        self.ordinals[today] += 1
        process = self._process(filing, at)
        return registered(filing, process, key=key, ordinal=self.ordinals[today], at=at)

    def _process(self, filing: Filing, at: datetime) -> ProcessVersion:
        wanted = (filing.version.procedure_id, filing.deciding_unit.pk)
        if wanted not in self._processes:
            found = catalogue.process_for(filing.version.procedure, filing.deciding_unit, day(at))
            self._processes[wanted] = found
        return self._processes[wanted]


def written(case: Folded, before: list[Fact], deed: Deed) -> list[Fact]:
    """The facts the act of a deed writes."""
    words: dict[str, Any] = {"by": None, **deed.words}
    by: Officer | str = words.pop("by") or CITIZEN
    match deed.name:
        case "file_online":
            return [decided(Filed, deed.at, by, channel=words["filing"].channel)]
        case "receive":
            return _received(case, deed.at, by, **words)
        case "accept":
            return _accepted(case, words["components"], by, deed.at)
        case "request_supplement":
            words["phase"] = "appraisal" if any(isinstance(f, Accepted) for f in before) else "reception"
        case "assign" | "hand_over":
            words["officer"] = words.pop("to").username
        case (
            "give_papers"
            | "sign_result"
            | "return_proposal"
            | "recall_step"
            | "receive_supplement"
            | "meet_duty"
        ):
            past = Past(case.dossier.stream, tuple(before), len(before), watched=case.past.watched)
            return _handled(deed.name, Folded(case.dossier, past), by, deed.at, **words)
    if deed.name not in PLAIN:
        return _acted(case, before, deed)
    return [decided(PLAIN[deed.name], deed.at, by, **{name: _kept(said) for name, said in words.items()})]


def _acted(case: Folded, before: list[Fact], deed: Deed) -> list[Fact]:
    """What the act itself would write, caught before it is written: slower, so for what is rare."""
    act, found = getattr(acts, deed.name).__wrapped__, list[Fact]()
    past = Past(case.dossier.stream, tuple(before), len(before), watched=case.past.watched)
    now = Folded(case.dossier, past)
    with (
        patch.object(deciding, "read", lambda dossier: now),
        patch.dict(act.__globals__, write=lambda case, facts, *rest, **more: found.extend(facts)),
    ):
        act(case.dossier, **deed.words, at=deed.at)
    return found


def _handled(name: str, case: Folded, by: Any, at: datetime, **words: Any) -> list[Fact]:
    """What the acts write that say more than their words: they look where the dossier stands."""
    if name == "meet_duty":
        return [promised(case, FinancialDutyMet, at, by)]
    if name == "receive_supplement":
        asked = next(f.items for f in reversed(case.facts) if isinstance(f, SupplementRequested))
        return [promised(case, SupplementReceived, at, by, items=asked)]
    if name == "give_papers":
        return [decided(PapersGiven, at, by, to="agency", papers=case.carried)]
    if name == "recall_step":
        given = decided(Assigned, at, by, step=words["step"], officer=by.username)
        return [decided(StepRecalled, at, by, **words), given]
    if name == "sign_result":
        draft = case.standing.draft
        assert draft
        told = {"result": draft.result, "reason": draft.reason, "note": words.get("note", "")}
        signed = decided(ResultSigned, at, by, **told)
        # What corrects a result is signed at no step.
        return [signed, decided(StepDone, at, by, **words)] if "step" in words else [signed]
    node = next(node for node in waiting_nodes(case) if conditions.signs(case, node))
    back = decided(SentBack, at, by, step=node.id, to=handled(case, node), **words)
    return [decided(ProposalReturned, at, by, **words), back]


def _received(case: Folded, at: datetime, by: Any, *, filing: Filing, paid: int) -> list[Fact]:
    fee = [decided(FeePaid, at, by, amount=paid, means="counter")] if paid else []
    return [
        decided(Filed, at, by, channel=filing.channel),
        *_accepted(case, filing.components, by, at),
        *fee,
    ]


def _accepted(case: Folded, components: tuple[Mapping[str, Any], ...], by: Any, at: datetime) -> list[Fact]:
    accepted, steps = acceptance(case, components, by, at)
    return [accepted, *steps]


def _kept(said: Any) -> Any:
    """A word of a deed as its fact keeps it."""
    if isinstance(said, datetime):
        return said.isoformat()
    return tuple(said) if isinstance(said, list) else said
