"""From facts to cached rows: what the dossier's row and its worklist must hold after these facts.

Acts write what this page says; `motcua verify` folds every stream again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, TypeVar

from motcua.catalogue.models import Channel
from motcua.journal import wire
from motcua.journal.log import Past
from motcua.journal.wire import Statement
from motcua.law import clock, consultation, lifecycle, moving, reception
from motcua.law.calendar import Calendar, day
from motcua.law.consultation import Consultation
from motcua.law.facts import (
    Accepted,
    Assigned,
    ConsultationRequested,
    CorrectionRequested,
    Fact,
    Filed,
    FinancialDutyRequested,
    Finished,
    HandedOver,
    HandoverAccepted,
    HandoverDeclined,
    InputReceived,
    PapersGiven,
    ResultCorrected,
    ResultProposed,
    StepDone,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
)
from motcua.law.lifecycle import Standing, State
from motcua.law.process import Marking, Node, Process, Run, Turn, run
from motcua.people import calendars
from motcua.people.models import Role, Unit, UnitKind

from .models import AWAITS_SUPPLEMENT, CONSULTATION, PAPERS, Dossier

PAPER = "paper"
DIGITISED = frozenset({"scan", "reused", "store"})
REUSED = frozenset({"reused", "store"})
NAME_LENGTH = 1000
RECEIVE = ("@tiep-nhan", "Tiếp nhận hồ sơ trực tuyến")
FORWARD_SUPPLEMENT = ("@chuyen-bo-sung", "Gửi yêu cầu bổ sung cho người nộp")
AWAIT_INPUT = ("@cho-ket-qua", "Chờ kết quả của hồ sơ cùng nhóm")
AWAIT_SUPPLEMENT = (AWAITS_SUPPLEMENT, "Chờ người nộp bổ sung")
AWAIT_DUTY = ("@nghia-vu", "Chờ người nộp thực hiện nghĩa vụ tài chính")
FINISH = ("@ket-thuc", "Kết thúc xử lý, ghi kết quả")
HAND_OUT = ("@tra-ket-qua", "Trả kết quả")
CORRECT = ("@dinh-chinh", "Đính chính kết quả, trả về Bộ phận Một cửa")
# Tasks with a term of their own, which is not the dossier's.
OWN_CLOCK = (CORRECT[0], CONSULTATION)
SIGN = ("@ky-duyet", "Ký duyệt kết quả")
GIVE_PAPERS = (PAPERS[0], "Giao hồ sơ giấy cho cơ quan giải quyết")
RECEIVE_PAPERS = (PAPERS[1], "Ký nhận hồ sơ giấy")
# A step offered to somebody who has not signed for it yet; its giver has it on the list as well.
OFFERED = "~"
TASK_FIELDS = (
    "step",
    "name",
    "role",
    "unit_id",
    "officer_id",
    "since",
    "due_at",
    "dossier_due_at",
    "waiting",
)
_CLEAR_TASKS = "DELETE FROM dossiers_task WHERE dossier_id = %s AND step <> ALL(%s)"
_DROP_TASKS = "DELETE FROM dossiers_task WHERE dossier_id = %s AND step = ANY(%s)"
_MOVE = "UPDATE dossiers_dossier SET facts = %s, state = %s WHERE id = %s RETURNING 1"
_PUT_TASKS = (
    f"INSERT INTO dossiers_task (dossier_id, {', '.join(TASK_FIELDS)})"
    f" SELECT %s, {', '.join(TASK_FIELDS)} FROM jsonb_populate_recordset(NULL::dossiers_task, %s)"
    " ON CONFLICT (dossier_id, step) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in TASK_FIELDS if name != "step")
)


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
            kept |= {"rules": self.rules, "limit": self.limit}
            if not any(isinstance(fact, clock.MOVED_BY) for fact in new):
                kept["last_reading"] = self.last_reading
        later.__dict__.update(kept)
        if later.process is self.process:  # not where acceptance just said that it goes on paper
            later.__dict__["run"] = run(self.process, new, self.run)
        return later

    @cached_property
    def row(self) -> dict[str, Any]:
        """The cached columns of the dossier's row after its facts."""
        return columns(self)

    @cached_property
    def changed(self) -> dict[str, Any]:
        """Those of them that the dossier at hand does not show yet."""
        shown = self.dossier.__dict__
        return {name: value for name, value in self.row.items() if shown[name] != value}

    @cached_property
    def tasks(self) -> list[dict[str, Any]]:
        """One row for each thing that waits for somebody, with its own deadline (TASK_FIELDS)."""
        return task_rows(self)

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
        return version.in_turn if accepted and on_paper(accepted) else version.graph

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


def columns(case: Folded) -> dict[str, Any]:
    """The cached columns of the dossier's row after its facts."""
    standing, accepted = case.standing, case.standing.accepted
    reception_due, reception_answered = _reception_columns(case)
    return {
        "facts": case.past.version,
        "state": standing.state.value,
        "accepted_at": accepted.at if accepted else None,
        "due_at": case.last_reading.due,
        "reception_due_at": reception_due,
        "reception_answered_at": reception_answered,
        "promised_at": datetime.fromisoformat(accepted.due) if accepted and accepted.due else None,
        "paused_at": case.last_reading.paused,
        "ended_at": standing.ended_at,
        "returned_at": standing.returned_at,
        "limit": accepted.limit if accepted else "",
        "supplements": standing.supplements,
        "extensions": standing.extensions,
        "fee": accepted.fee if accepted else 0,
        "paid": standing.paid,
        "paid_online": standing.paid_online,
        "electronic_result": bool(standing.result and standing.result.electronic),
        "satisfied": standing.rated.satisfied if standing.rated else None,
        **_paper_columns({str(c.get("origin")) for c in (accepted.components if accepted else ())}),
    }


def task_rows(case: Folded) -> list[dict[str, Any]]:
    """One row for each thing that waits for somebody, with its own deadline (TASK_FIELDS)."""
    return [*_handling_tasks(case), *_offered_tasks(case), *_paper_tasks(case)]


def _handling_tasks(case: Folded) -> list[dict[str, Any]]:
    standing = case.standing
    match standing.state:
        case State.REGISTERED:
            return [_receive_task(case)]
        case State.SUPPLEMENT:
            return [_supplement_task(case), *_step_tasks(case), *_consultation_tasks(case)]
        case State.DONE:
            return _step_tasks(case) or [_desk_task(case, HAND_OUT, (Finished, ResultCorrected))]
        case _ if standing.correction:
            return [_correction_task(case)]
        case state if state in lifecycle.WORKING:
            handling = _step_tasks(case) if left_to_do(case) else [_last_task(case)]
            return [*handling, *_forward_task(case), *_consultation_tasks(case)]
        case State.FINANCIAL_DUTY:
            return [*(_step_tasks(case) or [_duty_task(case)]), *_consultation_tasks(case)]
    return []


def statements(case: Folded, *, new: bool) -> list[Statement]:
    """What makes the dossier's row and its worklist say what its facts say."""
    values, tasks, key = case.row, case.tasks, case.dossier.pk
    if case.before is None:
        steps = [task["step"] for task in tasks]
        row = _insert(case.dossier, values) if new else _update(key, values)
        return [row, Statement(_CLEAR_TASKS, [key, steps]), *_put(key, tasks)]
    shown = case.before.tasks
    gone = {task["step"] for task in shown} - {task["step"] for task in tasks}
    return [
        _changed(case),
        *([Statement(_DROP_TASKS, [key, list(gone)])] if gone else []),
        *_put(key, [task for task in tasks if task not in shown]),
    ]


def show(case: Folded) -> None:
    """The dossier at hand says what was written of it."""
    for name, value in case.changed.items():
        setattr(case.dossier, name, value)


def waiting_nodes(case: Folded) -> Iterator[Node]:
    """The steps somebody must do now."""
    return (case.process.nodes[step] for step in case.marking.steps)


def left_to_do(case: Folded) -> list[Node]:
    """The steps that wait or may still come before the result is handed out, in the order they are reached."""
    marking = case.marking
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


def _step_tasks(case: Folded) -> list[dict[str, Any]]:
    return [_task(case, turn) for turn in case.turns if not turn.ended] if case.standing.accepted else []


def _task(case: Folded, turn: Turn) -> dict[str, Any]:
    node, begun = case.process.nodes[turn.step], turn.since or case.facts[0].at
    officer = case.assigned.get(turn.step)
    waiting, done = case.last_reading.paused is not None, case.standing.state is State.DONE
    minutes = int(node.hours * 60) if node.hours else 0
    return {
        "step": turn.step,
        "name": node.name,
        "role": node.role,
        "unit_id": unit_of(case.dossier, node).pk,
        "officer_id": _officer_key(officer) if officer else None,
        "since": begun,
        "due_at": case.calendar.add_working_minutes(begun, minutes) if minutes and not waiting else None,
        "dossier_due_at": None if waiting or done else case.last_reading.due,
        "waiting": waiting,
    }


def _last_task(case: Folded) -> dict[str, Any]:
    """Once no step is left: to sign what was proposed, else to write the result down."""
    standing = case.standing
    if standing.draft is None or standing.signed:
        return _finish_task(case)
    task = _desk_task(case, SIGN, ResultProposed, due_at=case.last_reading.due)
    return task | {"role": Role.SIGNER, "unit_id": case.dossier.deciding_unit_id}


def _finish_task(case: Folded) -> dict[str, Any]:
    """The result is to be written down by whoever did the last step, the clerk if that may not finish."""
    task = _desk_task(case, FINISH, StepDone, due_at=case.last_reading.due)
    return task | {"role": _writes_results(case), "unit_id": case.dossier.deciding_unit_id}


def _writes_results(case: Folded) -> str:
    done = [case.process.nodes[f.step].role for f in case.facts if isinstance(f, StepDone)]
    done = [role for role in done if role != Role.RECEPTION]
    return done[-1] if done and done[-1] in (Role.SIGNER, Role.CLERK) else Role.CLERK


def _correction_task(case: Folded) -> dict[str, Any]:
    """A result to be put right within its own days; the dossier's clock has ended (NĐ 118/2025 Đ.23.1)."""
    asked = case.standing.correction
    due = datetime.fromisoformat(asked.due) if asked else None
    task = _desk_task(case, CORRECT, CorrectionRequested, due_at=due)
    return task | {"role": _writes_results(case), "unit_id": case.dossier.deciding_unit_id}


def _consultation_tasks(case: Folded) -> Iterator[dict[str, Any]]:
    """One for each opinion awaited: with the unit asked, or with whoever writes down what it answers on paper."""
    for asked in case.standing.consulted:
        unit, due = case.asked_units[asked.unit], datetime.fromisoformat(asked.due)
        by_paper = asked.means == "document"
        asker = case.dossier.deciding_unit
        name = f"Ghi ý kiến của {unit.name}" if by_paper else f"Cho ý kiến theo yêu cầu của {asker.name}"
        kind = (f"{CONSULTATION}{asked.number}", name[:NAME_LENGTH])
        task = _desk_task(case, kind, ConsultationRequested, due_at=due)
        unit_id = case.dossier.deciding_unit_id if by_paper else unit.pk
        yield task | {"role": Role.HANDLER, "unit_id": unit_id, "since": asked.at}


def _supplement_task(case: Folded) -> dict[str, Any]:
    """What the applicant is to bring; until the last day there is for it, where the law sets one (Đ.19.5)."""
    asked, accepted = case.standing.supplement_at, case.standing.accepted is not None
    last = clock.supplement_given_by(asked, case.calendar, case.rules, accepted=accepted) if asked else None
    task = _desk_task(case, AWAIT_SUPPLEMENT, SupplementRequested, waiting=True)
    return task | {"due_at": case.calendar.close(last) if last else None}


def _offered_tasks(case: Folded) -> Iterator[dict[str, Any]]:
    """What waits to be signed for by whom it was offered to, beside the step itself (chờ bạn nhận)."""
    if case.standing.state not in lifecycle.WORKING:
        return
    for step, offer in case.offered.items():
        node = case.process.nodes[step]
        yield {
            "step": f"{OFFERED}{step}"[:40],
            "name": f"Ký nhận bàn giao: {node.name}"[:1000],
            "role": node.role,
            "unit_id": unit_of(case.dossier, node).pk,
            "officer_id": _officer_key(offer.officer),
            "since": offer.at,
            "due_at": None,
            "dossier_due_at": None if case.last_reading.paused else case.last_reading.due,
            "waiting": False,
        }


def _paper_tasks(case: Folded) -> Iterator[dict[str, Any]]:
    """The papers to be given by the desk, or to be signed for by whom they were given to (Đ.18.2, 20.1.a)."""
    standing = case.standing
    if standing.state not in lifecycle.OPEN | {State.DONE}:
        return
    if given := standing.moving:
        task = _desk_task(case, RECEIVE_PAPERS, PapersGiven)
        agency = {"role": Role.CLERK, "unit_id": case.dossier.deciding_unit_id}
        yield task | (agency if given.to == lifecycle.AGENCY else {})
    elif case.carried and standing.state is not State.DONE and not _once_given(case):
        task = _desk_task(case, GIVE_PAPERS, Accepted)
        yield task | {"due_at": case.papers_due, "dossier_due_at": case.last_reading.due}


def _once_given(case: Folded) -> bool:
    return any(isinstance(fact, PapersGiven) for fact in case.facts)


def _communal(unit: Unit) -> bool:
    """Whether a unit is, or belongs to, a commune."""
    above: Unit | None = unit
    while above is not None and above.kind != UnitKind.COMMUNE:
        above = above.parent
    return above is not None


def _officer_key(username: str) -> int | None:
    found = wire.ask("SELECT id FROM people_officer WHERE username = %s", [username])
    return int(found[0][0]) if found else None


def _duty_task(case: Folded) -> dict[str, Any]:
    """To see that a duty is met, once no step is left that would remind anybody of the dossier."""
    task = _desk_task(case, AWAIT_DUTY, FinancialDutyRequested, waiting=True)
    return task | {"role": Role.HANDLER, "unit_id": case.dossier.deciding_unit_id}


def _receive_task(case: Folded) -> dict[str, Any]:
    """To be received within its hours, which begin anew with a full supplement (NĐ 118/2025 Đ.17.2)."""
    if case.standing.awaits:
        return _desk_task(case, AWAIT_INPUT, Filed, waiting=True)
    last = next((f for f in reversed(case.facts) if isinstance(f, InputReceived | SupplementReceived)), None)
    task = _desk_task(case, RECEIVE, type(last) if last else Filed)
    due = clock.reception_deadlines(task["since"], case.calendar, case.rules)[1]
    return task | {"due_at": due, "dossier_due_at": due}


def _forward_task(case: Folded) -> Iterator[dict[str, Any]]:
    """What the agency proposed is to be asked of the applicant while the law still allows it (Đ.19.5)."""
    accepted = case.standing.accepted
    if case.standing.proposed and accepted:
        last = clock.supplement_asked_by(accepted.at, case.calendar, case.rules)
        yield _desk_task(case, FORWARD_SUPPLEMENT, SupplementProposed, due_at=case.calendar.close(last))


def _desk_task(
    case: Folded,
    kind: tuple[str, str],
    after: type[Fact] | tuple[type[Fact], ...],
    due_at: datetime | None = None,
    waiting: bool = False,
) -> dict[str, Any]:
    """A task that waits since the last fact of the kind `after`, else since the dossier began."""
    step, name = kind
    since = next((fact.at for fact in reversed(case.facts) if isinstance(fact, after)), case.facts[0].at)
    return {
        "step": step,
        "name": name,
        "role": Role.RECEPTION,
        "unit_id": case.dossier.receiving_unit_id,
        "officer_id": None,
        "since": since,
        "due_at": due_at,
        "dossier_due_at": due_at,
        "waiting": waiting,
    }


def _put(key: int, tasks: list[dict[str, Any]]) -> list[Statement]:
    return [Statement(_PUT_TASKS, [key, wire.packed(tasks)])] if tasks else []


def _changed(case: Folded) -> Statement:
    """The update of what changed: most acts move a dossier on and touch nothing else."""
    row, key = case.row, case.dossier.pk
    if case.changed.keys() <= {"facts", "state"}:
        return Statement(_MOVE, [row["facts"], row["state"], key])
    return _update(key, row)


def _update(key: int, values: dict[str, Any]) -> Statement:
    return Statement(_update_of(tuple(values)), [wire.packed(values), key])


@cache
def _update_of(names: tuple[str, ...]) -> str:
    fresh = ", ".join(f'"{name}" = fresh."{name}"' for name in names)
    return (
        f"UPDATE dossiers_dossier d SET {fresh}"
        " FROM jsonb_populate_record(NULL::dossiers_dossier, %s) fresh WHERE d.id = %s RETURNING 1"
    )


def _insert(dossier: Dossier, values: dict[str, Any]) -> Statement:
    fields = dossier._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    whole = {field.column: getattr(dossier, field.attname) for field in fields} | values
    return Statement(
        f"INSERT INTO dossiers_dossier ({names}) SELECT {names}"
        " FROM jsonb_populate_record(NULL::dossiers_dossier, %s)",
        [wire.packed(whole)],
    )


def _reception_columns(case: Folded) -> tuple[datetime | None, datetime | None]:
    """Until when the desk was to answer an online filing, and when it did: of the first stay answered late, else the
    last one. None for another channel."""
    dossier = case.dossier
    if dossier.channel != Channel.ONLINE:
        return None, None
    if case.before and case.before.standing.accepted:
        return dossier.reception_due_at, dossier.reception_answered_at
    stays = reception.waits(case.facts, case.calendar, case.rules)
    if not stays:  # it waits for the result of another dossier, and the desk for it
        return None, None
    told = next((stay for stay in stays if stay.answer and stay.late(stay.answer.at)), stays[-1])
    return told.due, told.answer.at if told.answer else None


def _paper_columns(origins: set[str]) -> dict[str, bool]:
    return {
        "digitised": bool(origins & DIGITISED),
        "reused": bool(origins & REUSED),
        "from_store": "store" in origins,
        "population_data": "population" in origins,
    }
