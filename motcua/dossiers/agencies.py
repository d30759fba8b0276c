"""The agencies a dossier goes through (cơ quan chủ trì, cơ quan phối hợp; NĐ 118/2025/NĐ-CP Đ.20.2).

Which agencies, in what order, whose turn, how long each may take and has taken; and every hand-over from one to
another. All of it from the facts and the process: nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.law import agencies
from motcua.law.agencies import Share, Span
from motcua.law.calendar import moment
from motcua.law.clock import Status
from motcua.law.facts import SentBack, StepDone
from motcua.law.ledger import Wait
from motcua.law.process import Node, Turn
from motcua.people.models import Role, Unit, UnitKind
from motcua.ui.templatetags import ui

from . import folding
from .folding import Folded
from .printing import control

LEAD = ""
INNER = (UnitKind.DIVISION, UnitKind.CENTRE)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A dossier passed from one agency to another (chuyển xử lý); `number` counts from 1 within the dossier.

    `cause` is the step done before it; `turn` the stay it began.
    """

    number: int
    giver: str
    taker: str
    cause: StepDone | SentBack
    turn: Turn


@dataclass(frozen=True, slots=True)
class Agencies:
    """The agencies of one dossier; `units` by the codes its steps name."""

    case: Folded
    units: Mapping[str, Unit]

    def owner(self, node: Node) -> str | None:
        """The code of the agency that does a step, LEAD for the one that decides; None at the one-stop desk."""
        if node.role == Role.RECEPTION:
            return None
        unit = self.units.get(node.unit)
        while unit and unit.kind in INNER and unit.parent:
            unit = unit.parent
        deciding = self.case.dossier.deciding_unit
        return LEAD if unit is None or unit.pk == deciding.pk else unit.code

    def name(self, code: str) -> str:
        """What an agency is called."""
        if code == LEAD:
            return self.case.dossier.deciding_unit.name
        named = {unit.code: unit for given in self.units.values() for unit in (given, given.parent) if unit}
        return named[code].name

    @property
    def shares(self) -> tuple[Share, ...]:
        """Each agency's part, in the order the dossier reaches it."""
        return agencies.shares(self.case.process, self.owner)

    @property
    def several(self) -> bool:
        """Whether more than one agency has a step (hồ sơ liên thông)."""
        return len({self.owner(node) for node in self.case.process.steps} - {None}) > 1

    @property
    def on_paper(self) -> bool:
        """Whether it goes from one agency to the next, as paper does, and not to all at once."""
        accepted = self.case.standing.accepted
        return bool(accepted and folding.on_paper(accepted))

    def hand_overs(self) -> list[HandOver]:
        """Every time the dossier came from one agency to another, oldest first."""
        case, found = self.case, list[HandOver]()
        for turn, cause in zip(case.turns, control.causes(case.process, case.facts), strict=True):
            if not isinstance(cause, StepDone | SentBack):
                continue
            giver = self.owner(case.process.nodes[cause.step])
            taker = self.owner(case.process.nodes[turn.step])
            if None not in (giver, taker) and giver != taker:
                found.append(HandOver(len(found) + 1, str(giver), str(taker), cause, turn))
        return found

    def turns(self, code: str) -> list[Turn]:
        """The stays of the dossier at an agency."""
        return [turn for turn in self.case.turns if self.owner(self.case.process.nodes[turn.step]) == code]

    def spent(self, code: str, at: datetime) -> int:
        """Working minutes the agency has had the dossier until `at`, waits for the applicant left out."""
        until = min(at, self.case.standing.ended_at or at)
        stays = [(t.since, t.ended.at if t.ended else until) for t in self.turns(code) if t.since]
        spans = [(begin, end) for begin, end in stays if begin < end]
        return agencies.spent(spans, self._waits(at), self.case.calendar)

    def _waits(self, at: datetime) -> Sequence[Span]:
        waits = [span for span in self.case.reading(at).spans if isinstance(span, Wait)]
        return [(moment(w.since), at if w.until is None else moment(w.until)) for w in waits]


def lanes(told: Agencies, at: datetime) -> list[dict[str, Any]]:
    """The agencies side by side as a page shows them: whose turn, its steps, its term and the time it took."""
    return [_lane(told, share, at) for share in told.shares]


def answer(told: Agencies, lanes: Sequence[Mapping[str, Any]]) -> str:
    """How the dossier goes through its agencies, in one sentence."""
    lead = told.name(LEAD)
    if told.on_paper:
        return f"{lead} chủ trì. Hồ sơ giấy: chuyển lần lượt từng cơ quan, kèm phiếu chuyển xử lý."
    accepted = told.case.standing.accepted
    since = f" lúc {ui.moment(accepted.at)}" if accepted else ""
    return f"{lead} chủ trì. Hồ sơ điện tử: gửi cùng lúc cho {len(lanes)} cơ quan{since}."


def _lane(told: Agencies, share: Share, at: datetime) -> dict[str, Any]:
    turns = told.turns(share.agency)
    waiting = [turn for turn in turns if not turn.ended and told.case.standing.ended_at is None]
    term = int(share.hours * 60) if share.hours is not None else 0
    spent = told.spent(share.agency, at)
    return {
        "name": told.name(share.agency),
        "lead": share.agency == LEAD,
        "turn": bool(waiting),
        "begun": bool(turns),
        "steps": [told.case.process.nodes[turn.step].name for turn in waiting],
        "jobs": [step.name for step in share.steps],
        "term": term,
        "spent": spent if turns else None,
        "state": _state(told, term, spent, waiting=bool(waiting), begun=bool(turns)),
        "left": term - spent if term and waiting else None,
        "part": min(1.0, spent / term) if term and turns else None,
    }


def _state(told: Agencies, term: int, spent: int, *, waiting: bool, begun: bool) -> str:
    if not begun:
        return ""
    late = bool(term and spent > term)
    if waiting and told.case.last_reading.paused is not None:
        return Status.PAUSED
    if waiting:
        return Status.OVERDUE if late else Status.RUNNING if term else Status.NO_TERM
    return Status.ENDED_LATE if late else Status.ENDED_ON_TIME if term else Status.NO_TERM
