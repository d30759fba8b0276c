"""Whatever is tried on a dossier, by whomever and in whatever order: its clock is not reset and its past stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from motcua.dossiers import acts, conditions, deeds, queries
from motcua.dossiers.folding import Folded
from motcua.dossiers.models import PAPERS, Dossier
from motcua.journal import log
from motcua.law import process
from motcua.law.calendar import day
from motcua.law.facts import (
    Accepted,
    Assigned,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
    CorrectionDeclined,
    CorrectionRequested,
    Extended,
    Fact,
    FeePaid,
    FinancialDutyCorrected,
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
    Refused,
    ResultCorrected,
    ResultProposed,
    ResultReturned,
    ResultSigned,
    SentBack,
    StepDone,
    StepRecalled,
    Stopped,
    SupplementDeclined,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.lifecycle import BROKEN_OFF, CLOSED, State
from motcua.law.process import Kind, Node, Process
from motcua.people import calendars
from motcua.people.models import Officer, Role, UnitDay
from tests import cast
from tests.cast import MONDAY, STEPS, Cast

pytestmark = pytest.mark.django_db

MOVES_DUE = (Accepted, SupplementReceived, FeePaid, FinancialDutyMet, Extended)
ENDINGS = (ReceptionRefused, Withdrawn, Stopped, Finished)
AFTER_THE_END = (ResultReturned, Rated, FeePaid, PapersGiven, PapersReceived)
AFTER_THE_END += (CorrectionRequested, ResultCorrected, CorrectionDeclined)
ONWARD = (StepDone, ResultProposed, ResultSigned, Finished)
GONE = {State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.RETURNED}
BY_ANYBODY = ("pay", "withdraw", "rate", "request_correction")
PAPER = ("Đơn đề nghị",)
NAMES: dict[type[Fact], str] = {
    Accepted: "accept",
    ReceptionRefused: "refuse_reception",
    SupplementProposed: "propose_supplement",
    SupplementDeclined: "decline_supplement",
    SupplementRequested: "request_supplement",
    SupplementReceived: "receive_supplement",
    FinancialDutyRequested: "request_duty",
    FinancialDutyCorrected: "correct_duty",
    FinancialDutyMet: "meet_duty",
    ConsultationRequested: "consult",
    ConsultationReplied: "reply_consultation",
    ConsultationWithdrawn: "withdraw_consultation",
    FeePaid: "pay",
    Assigned: "assign",
    StepDone: "complete_step",
    SentBack: "send_back",
    StepRecalled: "recall_step",
    HandedOver: "hand_over",
    HandoverAccepted: "accept_handover",
    HandoverDeclined: "decline_handover",
    ResultProposed: "propose_result",
    ResultSigned: "sign_result",
    ProposalReturned: "return_proposal",
    PapersGiven: "give_papers",
    PapersReceived: "receive_papers",
    Extended: "extend",
    Withdrawn: "withdraw",
    Stopped: "stop",
    Finished: "finish",
    ResultReturned: "return_result",
    CorrectionRequested: "request_correction",
    ResultCorrected: "correct_result",
    CorrectionDeclined: "decline_correction",
    Rated: "rate",
}

amounts = st.sampled_from([-20_000, 0, 1, 20_000, 500_000, 520_000])
means = st.sampled_from(["counter", "dvcqg", "bank", "online", "post", "chim bồ câu"])
words = st.sampled_from(["", "  ", "Có lý do"])
steps = st.sampled_from([*STEPS, "bước lạ"])
waits = st.sampled_from([0, 1, 20, 90, 240, 480, 1440, 2 * 1440, 16 * 1440]).map(
    lambda m: timedelta(minutes=m)
)
papers = st.sampled_from([(), PAPER, ("Bản sao giấy tờ", *PAPER), ("Sổ hộ khẩu",)])
WILD: dict[str, st.SearchStrategy[Any]] = {
    "amount": amounts,
    "means": means,
    "reason": words,
    "items": papers,
    "components": st.just(()),
    "step": steps,
    "outcome": st.sampled_from(["", "lạ"]),
    "result": st.sampled_from(["granted", "refused", "mất"]),
    "number": words,
    "summary": words,
    "note": words,
    "satisfied": st.booleans(),
    "content": words,
    "unheard": words,
    "position": st.sampled_from(["agreed", "disagreed", "im lặng"]),
    "request": st.integers(0, 3),
}
TOLD: dict[str, tuple[str, ...]] = {
    "accept": ("components",),
    "refuse_reception": ("reason",),
    "propose_supplement": ("items", "reason"),
    "request_supplement": ("items", "reason"),
    "receive_supplement": (),
    "decline_supplement": ("reason",),
    "request_duty": ("amount",),
    "correct_duty": ("amount", "reason"),
    "consult": ("content",),
    "reply_consultation": ("request", "position", "content"),
    "withdraw_consultation": ("request", "reason"),
    "request_correction": ("reason",),
    "correct_result": ("number",),
    "decline_correction": ("reason",),
    "meet_duty": (),
    "pay": ("amount", "means"),
    "assign": ("step",),
    "complete_step": ("step", "outcome"),
    "send_back": ("step", "reason"),
    "recall_step": ("step", "reason"),
    "take": ("step",),
    "hand_over": ("step", "note"),
    "accept_handover": ("step",),
    "decline_handover": ("step", "reason"),
    "propose_result": ("result", "summary", "reason"),
    "sign_result": ("note",),
    "return_proposal": ("reason",),
    "give_papers": ("note",),
    "receive_papers": ("note",),
    "extend": ("reason",),
    "withdraw": ("reason",),
    "stop": ("reason",),
    "finish": ("result", "number", "unheard"),
    "return_result": ("means",),
    "rate": ("satisfied", "reason"),
}


@dataclass(frozen=True)
class Seen:
    """What a dossier said of itself at some moment."""

    row: Dossier
    facts: tuple[Fact, ...]
    late: bool


class Trials(RuleBasedStateMachine):
    """Anybody tries anything at any moment; what was refused changes nothing, what was done was allowed."""

    crew: ClassVar[Cast]
    strangers: ClassVar[list[Officer]]
    colleagues: ClassVar[list[Officer]]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.at, self.days_decided = MONDAY, False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(way=st.sampled_from(["online", "wanting", "received", "received"]), data=st.data())
    def begins(self, way: str, data: st.DataObject) -> None:
        desk = self.crew.officers.reception
        if way == "online":
            self.dossier = acts.file_online(self.crew.filing(channel="online"), at=self.at)
        elif way == "wanting":
            asked = {"items": PAPER, "reason": "Thiếu"}
            self.dossier = acts.ask_at_counter(self.crew.filing(), **asked, by=desk, at=self.at)
        else:
            papers = data.draw(st.sampled_from(["scan", "paper"]))
            components = ({"code": "", "name": "Đơn đề nghị", "origin": papers},)
            self.dossier = self.crew.received(self.at, components=components)
        self.before = self.seen()

    # What is done.

    @rule(data=st.data(), times=st.integers(1, 4))
    def what_is_open_is_done(self, data: st.DataObject, times: int) -> None:
        """What a page would offer now, by an officer it would offer it to, is never refused."""
        for _ in range(times):
            self.at = max(self.at, self.before.facts[-1].at) + data.draw(waits)
            self.open_act(data)
            self.the_past_stays()

    @precondition(lambda self: len(self.before.facts) > 8)
    @rule(ahead=st.integers(0, 12), working=st.booleans())
    def a_day_is_decided(self, ahead: int, working: bool) -> None:
        self.days_decided = True
        on, unit = day(self.at) + timedelta(days=ahead), self.crew.department
        UnitDay.objects.filter(unit=unit, day=on).delete()
        UnitDay.objects.create(unit=unit, day=on, working=working, name="Theo quyết định", source="1/QĐ")

    def open_act(self, data: st.DataObject) -> None:
        case = self.case()
        verdicts = conditions.verdicts(case, self.at)
        open_now = [kind for kind, refusal in verdicts.items() if refusal is None and kind in NAMES]
        # Most lives should be long: an ending is drawn one time in ten.
        rare = data.draw(st.integers(0, 9)) == 0
        kinds = [k for k in open_now if rare or k not in (*ENDINGS[:3], Rated)] or open_now
        if kinds:
            kind = data.draw(st.sampled_from([*kinds, *[k for k in kinds if k in ONWARD] * 3]))
            if told := self.plausible(kind, case, data):
                self.call(NAMES[kind], refused=False, **told())

    @rule(data=st.data(), name=st.sampled_from(list(TOLD)), role=st.sampled_from([*Role]))
    def anything_is_tried(self, data: st.DataObject, name: str, role: Role) -> None:
        """By anybody, with any words, at any time: also by a clock that goes wrong."""
        self.at += data.draw(waits | st.just(timedelta(minutes=-7)))
        told = {word: data.draw(WILD[word]) for word in TOLD[name]}
        if name in ("assign", "hand_over"):
            told["to"] = data.draw(st.sampled_from([*vars(self.crew.officers).values(), *self.strangers]))
        if name == "send_back":
            told["to"] = data.draw(steps)
        if "request" in told:
            told["number"] = told.pop("request")
        if name == "consult":
            told |= {
                "units": [self.crew.commune],
                "until": day(self.at) + timedelta(days=data.draw(st.integers(-2, 5))),
            }
        if name == "extend":
            told["due"] = self.at + timedelta(hours=data.draw(st.integers(-48, 480)))
        stranger = next(o for o in self.strangers if o.username.startswith(role))
        who: list[Officer | None] = [getattr(self.crew.officers, role, stranger)] * 3 + [stranger]
        told["by"] = data.draw(st.sampled_from([*who, None] if name in BY_ANYBODY else who))
        self.call(name, **told)

    def plausible(
        self, kind: type[Fact], case: Folded, data: st.DataObject
    ) -> Callable[[], dict[str, Any]] | None:
        """How somebody who may would do an act that is open now; None when nothing is left to do it on."""
        who, nodes = self.crew.officers, case.process.nodes
        actions = process.allowed(case.process, case.marking)
        doable = [a for a in actions if not conditions.hands_out(case, nodes[a.step])]
        if kind in (HandedOver, HandoverAccepted, HandoverDeclined, StepRecalled):
            return self.passed_on(kind, case, data)
        if kind in (StepDone, SentBack, Assigned):
            if kind is SentBack:
                doable = [a for a in doable if a.back_to]
            if not doable:
                return None
            action = data.draw(st.sampled_from(doable))
            step = action.step
            holder = self.everybody.get(case.assigned.get(step, ""), getattr(who, nodes[step].role))
            if kind is Assigned:
                return lambda: {"step": step, "to": holder, "by": who.assigner}
            if kind is StepDone and (
                deeds.signed_instead(case, step) or conditions.not_passed_by(case, action)
            ):
                return None
            if kind is StepDone:
                return lambda: {"step": step, "by": holder}
            to = data.draw(st.sampled_from(action.back_to))
            return lambda: {"step": step, "to": to, "reason": "Sai", "by": holder}
        if kind is Extended:
            later = case.calendar.add_working_days(day(case.last_reading.due), data.draw(st.integers(1, 9)))
            return lambda: {"due": case.calendar.close(later), "reason": "Chờ xác minh", "by": who.signer}
        if kind in (ConsultationRequested, ConsultationReplied, ConsultationWithdrawn):
            return self.consulting(kind, case)
        closes = case.standing.state is State.SUPPLEMENT
        owed = case.standing.duty_owed
        told: dict[type[Fact], dict[str, Any]] = {
            Accepted: {"components": (), "by": who.reception},
            ReceptionRefused: {"reason": "Sai nơi", "by": who.reception},
            SupplementProposed: {"items": PAPER, "reason": "Mờ", "by": who.handler},
            SupplementRequested: {"items": PAPER, "reason": "Mờ", "by": who.reception},
            SupplementReceived: {"by": who.reception},
            FinancialDutyRequested: {"amount": 500_000, "by": who.handler},
            SupplementDeclined: {"reason": "Đủ rồi", "by": who.reception},
            FinancialDutyCorrected: {"amount": 20_000 + owed, "reason": "Sai số", "by": who.handler},
            FinancialDutyMet: {"by": who.handler},
            FeePaid: {"amount": owed, "means": "bank", "by": None},
            Withdrawn: {"reason": "Đổi ý", "by": None},
            Stopped: {"reason": "Không đủ", "by": who.reception if closes else who.signer},
            Finished: {
                "result": case.standing.signed.result if case.standing.signed else "granted",
                "number": "1/GXN",
                "unheard": "Gấp",
                "by": who.clerk,
            },
            ResultProposed: {
                "result": data.draw(st.sampled_from(["granted", "refused"])),
                "summary": "Cấp",
                "reason": "Vì",
                "by": who.handler,
            },
            ResultSigned: {"by": who.signer},
            ProposalReturned: {"reason": "Sai", "by": who.signer},
            PapersGiven: {"by": who.reception if case.standing.papers_at == "desk" else who.clerk},
            PapersReceived: {
                "by": who.clerk
                if case.standing.moving and case.standing.moving.to == "agency"
                else who.reception
            },
            ResultReturned: {"means": "post", "by": who.reception},
            CorrectionRequested: {"reason": "Sai tên", "by": None},
            ResultCorrected: {"number": "2/GXN", "by": who.clerk},
            CorrectionDeclined: {"reason": "Đúng rồi", "by": who.signer},
            Rated: {"satisfied": True},
        }
        return lambda: told[kind]

    def consulting(self, kind: type[Fact], case: Folded) -> Callable[[], dict[str, Any]] | None:
        """How the commune is asked, answers, or need not answer any more; None when that makes no sense now."""
        asked = case.standing.consulted
        handler, local = (
            self.crew.officers.handler,
            next(o for o in self.strangers if o.username.startswith("handler")),
        )
        if (kind is ConsultationRequested) is bool(asked):
            return None
        if kind is ConsultationRequested:
            until = calendars.of(self.crew.commune).add_working_days(day(self.at), 1)
            told = {"units": [self.crew.commune], "content": "Hỏi", "until": until, "by": handler}
        elif kind is ConsultationReplied:
            told = {"number": asked[0].number, "position": "agreed", "content": "Được", "by": local}
        else:
            told = {"number": asked[0].number, "reason": "Thôi", "by": handler}
        return lambda: told

    @property
    def everybody(self) -> dict[str, Officer]:
        """The officers of the department by their names."""
        return {o.username: o for o in (*vars(self.crew.officers).values(), *self.colleagues)}

    def passed_on(
        self, kind: type[Fact], case: Folded, data: st.DataObject
    ) -> Callable[[], dict[str, Any]] | None:
        """How a step passes from one officer to another, or is taken back; None when no step can."""
        everybody = self.everybody
        if kind is StepRecalled:
            done = [
                (f.step, everybody[f.by]) for f in case.facts if isinstance(f, StepDone) and f.by in everybody
            ]
            open_now = [d for d in done if not conditions.not_recalled(case, *d, self.at)]
            if not open_now:
                return None
            step, by = data.draw(st.sampled_from(open_now))
            return lambda: {"step": step, "by": by}
        if kind is HandedOver:
            held = [(s, everybody[o]) for s, o in case.assigned.items() if s not in case.offered]
            pairs = [
                (step, by, to)
                for step, by in held
                for to in self.colleagues
                if to != by and case.process.nodes[step].role == Role.HANDLER
            ]
            if not pairs:
                return None
            step, by, to = data.draw(st.sampled_from(pairs))
            return lambda: {"step": step, "by": by, "to": to}
        if not case.offered:
            return None
        step, offer = data.draw(st.sampled_from(sorted(case.offered.items())))
        told = {"step": step, "by": everybody[offer.officer]}
        return lambda: told if kind is HandoverAccepted else told | {"reason": "Bận"}

    def call(self, name: str, *, refused: bool | None = None, **told: Any) -> None:
        held, refusal = log.read(self.dossier.stream).version, None
        try:
            getattr(acts, name)(self.dossier, at=self.at, **told)
        except Refused as found:
            refusal = found
        assert (refusal is not None) is (log.read(self.dossier.stream).version == held)
        assert refused is None or refusal is None, (name, refusal)

    # What holds whatever was tried.

    @invariant()
    def the_dossier_is_sound(self) -> None:
        self.the_journal_is_whole_and_the_rows_say_what_it_says()
        self.the_past_stays()
        self.nothing_impossible_has_happened()

    def the_journal_is_whole_and_the_rows_say_what_it_says(self) -> None:
        assert not list(log.verify(self.dossier.stream))
        found = list(queries.differing(self.case()))
        if self.days_decided:
            moved = ("due_at", "reception_", "task ")
            found = [d for d in found if not d.field.startswith(moved)]
        assert not found

    def the_past_stays(self) -> None:
        before, now = self.before, self.seen()
        new = now.facts[len(before.facts) :]
        assert now.facts[: len(before.facts)] == before.facts
        assert [fact.at for fact in now.facts] == sorted(fact.at for fact in now.facts)
        for kept in ("promised_at", "accepted_at", "ended_at", "returned_at"):
            assert getattr(before.row, kept) in (None, getattr(now.row, kept))
        if before.row.state in CLOSED:
            assert all(isinstance(fact, AFTER_THE_END) for fact in new)
            assert now.row.state in {before.row.state, State.RETURNED, State.DONE, State.PROCESSING}
            assert now.row.state is not State.PROCESSING or queries.folded(now.row).standing.correction
        if not self.days_decided:
            moved = before.row.due_at != now.row.due_at
            assert not moved or any(isinstance(fact, MOVES_DUE) for fact in new)
            assert not before.late or now.late
        self.before = now

    def nothing_impossible_has_happened(self) -> None:
        row, facts = self.before.row, self.before.facts
        assert State(row.state) is not State.NONE
        assert row.supplements <= 1
        assert row.extensions <= 1
        assert 0 <= row.paid <= row.fee + duties(facts)
        assert sum(isinstance(fact, ENDINGS) for fact in facts) <= 1
        # The papers of one that was broken off are still to be brought back.
        tasks = row.tasks.exclude(step__in=PAPERS) if row.state in BROKEN_OFF else row.tasks
        assert tasks.exists() is (row.state not in GONE)
        assert not any(waits_or_ended(facts[:n]) for n, f in enumerate(facts) if isinstance(f, Extended))
        assert signed_for(facts)
        assert corrections_signed_for(facts)
        finished = [isinstance(fact, Finished) for fact in facts]
        assert any(finished) or not any(isinstance(f, StepDone) and f.step == "tra" for f in facts)

    def case(self) -> Folded:
        row = Dossier.objects.get(pk=self.dossier.pk)
        row.process, row.deciding_unit = self.crew.process, self.crew.department
        row.receiving_unit = self.crew.department
        return queries.folded(row)

    def seen(self) -> Seen:
        case = self.case()
        return Seen(case.dossier, case.facts, case.reading(max(self.at, case.facts[-1].at)).late)


def duties(facts: tuple[Fact, ...]) -> int:
    """What was asked for beyond the fee, in đồng, as it was corrected."""
    asked: list[int] = []
    for fact in facts:
        if isinstance(fact, FinancialDutyRequested):
            asked.append(fact.amount)
        if isinstance(fact, FinancialDutyCorrected):
            asked[-1] = fact.amount
    return sum(asked)


def waits_or_ended(facts: tuple[Fact, ...]) -> bool:
    """Whether nobody handles the dossier after these facts: not received yet, waiting for somebody, or at its end."""
    begins = {Accepted: 0, SupplementRequested: 1, FinancialDutyRequested: 1, **dict.fromkeys(ENDINGS, 1)}
    ends = (SupplementReceived, FinancialDutyMet)
    told = [fact for fact in facts if type(fact) in begins or isinstance(fact, ends)]
    received = any(isinstance(fact, Accepted) for fact in facts)
    return not received or begins.get(type(told[-1]), 0) == 1


def signed_for(facts: tuple[Fact, ...]) -> bool:
    """Whether a result that was written down had been signed, and was not sent back since."""
    ends = [n for n, fact in enumerate(facts) if isinstance(fact, Finished)]
    said = [fact for fact in facts[: ends[0] + 1 if ends else None] if not isinstance(fact, AFTER_THE_END)]
    if not (said and isinstance(said[-1], Finished)):
        return True
    moves = [f for f in said if isinstance(f, ResultSigned | SentBack | StepRecalled)]
    return bool(moves) and isinstance(moves[-1], ResultSigned)


def corrections_signed_for(facts: tuple[Fact, ...]) -> bool:
    """Whether each result that replaced a signed one was signed while it was put right."""
    ended, signed = False, []
    for fact in facts:
        ended |= isinstance(fact, Finished)
        if isinstance(fact, CorrectionRequested):
            signed = []
        elif isinstance(fact, ResultSigned) and ended:
            signed.append(fact)
        elif (
            isinstance(fact, ResultCorrected)
            and not signed
            and any(isinstance(f, ResultSigned) for f in facts)
        ):
            return False
    return True


SHORT = Process.sequence(
    [
        Node("tham", Kind.STEP, "Thẩm định", Role.HANDLER, hours=Decimal(2)),
        Node("ky", Kind.STEP, "Ký", Role.SIGNER, hours=Decimal(2)),
    ]
)


@pytest.mark.parametrize(
    ("limit", "unit", "graph"),
    [("5", "ngày làm việc", None), ("4", "giờ", None), ("", "", None), ("10", "ngày", SHORT)],
    ids=["days", "hours", "no term", "nobody hands out"],
)
def test_no_sequence_of_acts_resets_a_clock_moves_a_promise_or_opens_what_has_ended(
    limit: str, unit: str, graph: Process | None
) -> None:
    Trials.crew = cast.gather(graph, limit=limit, unit=unit)
    Trials.strangers = [cast.officer(role, Trials.crew.commune) for role in Role]
    department = Trials.crew.department
    Trials.colleagues = [cast.officer(Role.HANDLER, department, f"dong-nghiep-{n}") for n in (1, 2)]
    run_state_machine_as_test(
        Trials,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Shrinking a whole life takes minutes; what failed is printed as it was drawn.
            phases=[Phase.explicit, Phase.generate],
        ),
    )
