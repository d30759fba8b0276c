"""The control sheet: every hand-over of a dossier from one step to the next (phiếu kiểm soát quá trình giải quyết)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.law.calendar import day, moment
from motcua.law.facts import (
    Fact,
    PapersGiven,
    PapersReceived,
    ResultReturned,
    SentBack,
    StepDone,
    Stopped,
    Withdrawn,
)
from motcua.law.ledger import Wait
from motcua.law.lifecycle import AGENCY
from motcua.law.process import Node, Process, history
from motcua.people.models import Unit
from motcua.ui.templatetags import ui

from .. import stages, telling
from ..folding import Folded
from .wording import timed

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a dossier at a step: the fact that brought it there, and the one that ended it, if any.

    `waits` are the spans in which the dossier waited for its applicant.
    """

    case: Folded
    node: Node
    since: datetime | None
    cause: Fact | None
    end: Fact | None
    waits: Sequence[Span]

    @property
    def done(self) -> bool:
        """Whether whoever held the step ended it, and not somebody elsewhere."""
        own = isinstance(self.end, StepDone | SentBack) and self.end.step == self.node.id
        return own or isinstance(self.end, ResultReturned)

    @property
    def minutes(self) -> int:
        """The step's limit in working minutes, 0 when its time is not counted."""
        return int(self.node.hours * 60) if self.node.hours else 0

    @property
    def waited(self) -> int:
        """Working minutes of the stay that went by waiting for the applicant."""
        if self.since is None:
            return 0
        until = self.end.at if self.end else max((end for _, end in self.waits), default=self.since)
        spans = [(max(begin, self.since), min(end, until)) for begin, end in self.waits]
        return sum(self.case.calendar.working_minutes(*span) for span in spans if span[0] < span[1])

    @property
    def due(self) -> datetime | None:
        """When the step should have been done, None without a limit."""
        if not self.minutes or self.since is None:
            return None
        return self.case.calendar.add_working_minutes(self.since, self.minutes + self.waited)


def rows(
    case: Folded, at: datetime, names: Mapping[str, str], units: Mapping[str, Unit]
) -> list[dict[str, Any]]:
    """One row for each stay at a step, and for each time papers were carried, in the order of time.

    Who gave, who took, when, and how it went against the limit.
    """
    stays = [(stay.since, _stayed(stay, at, names, units)) for stay in _stays(case, at)]
    told = [*stays, *_carried(case, names)]
    return [row for _, row in sorted(told, key=lambda pair: pair[0] or case.facts[0].at)]


def _stayed(stay: Stay, at: datetime, names: Mapping[str, str], units: Mapping[str, Unit]) -> dict[str, Any]:
    return {
        "step": stay.node.name or stay.node.id,
        "from": _giver(stay, names, units),
        "to": {"unit": stages.where(stay.case, stay.node, units), "person": _taker(stay, names)},
        "given": timed(stay.since) if stay.since else None,
        "ended": f"{'Xong' if stay.done else 'Thôi'}: {timed(stay.end.at)}" if stay.end else None,
        "result": _result(stay, at),
        "note": _note(stay, names),
    }


def _carried(case: Folded, names: Mapping[str, str]) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Papers carried between the desk and the agency (NĐ 118/2025 Đ.18.2, 20.1.a)."""
    desk, agency = case.dossier.receiving_unit.name, case.dossier.deciding_unit.name
    first = True
    for place, fact in enumerate(case.facts):
        if not isinstance(fact, PapersGiven):
            continue
        taken = next((f for f in case.facts[place:] if isinstance(f, PapersReceived)), None)
        ways = (desk, agency) if fact.to == AGENCY else (agency, desk)
        due, first = case.papers_due if first else None, False
        yield (
            fact.at,
            {
                "step": "Giao nhận hồ sơ giấy",
                "from": {"unit": ways[0], "person": telling.who(fact.by, names)},
                "to": {"unit": ways[1], "person": telling.who(taken.by, names) if taken else None},
                "given": timed(fact.at),
                "ended": f"Nhận: {timed(taken.at)}" if taken else None,
                "result": "" if due is None else "Quá hạn" if fact.at > due else "Đúng hạn",
                "note": ". ".join(
                    filter(None, ("; ".join(fact.papers), fact.note, taken.note if taken else ""))
                ),
            },
        )


def causes(process: Process, facts: Sequence[Fact]) -> list[Fact | None]:
    """For each stay of `process.history`, the fact that began it; None for the first steps."""
    found: list[Fact | None] = [None] * len(history(process, ()))
    for count, fact in enumerate(facts, start=1):
        if isinstance(fact, StepDone | SentBack):
            found += [fact] * (len(history(process, facts[:count])) - len(found))
    return found


def _stays(case: Folded, at: datetime) -> Iterator[Stay]:
    waits = list(_waits(case, at))
    closed = next((f for f in case.facts if isinstance(f, ResultReturned | Withdrawn | Stopped)), None)
    for turn, cause in zip(case.turns, causes(case.process, case.facts), strict=True):
        node = case.process.nodes[turn.step]
        yield Stay(case, node, turn.since, cause, turn.ended or closed, waits)


def _waits(case: Folded, at: datetime) -> Iterator[Span]:
    for span in case.reading(at).spans:
        if isinstance(span, Wait):
            yield moment(span.since), at if span.until is None else moment(span.until)


def _giver(stay: Stay, names: Mapping[str, str], units: Mapping[str, Unit]) -> dict[str, str | None]:
    case, cause = stay.case, stay.cause
    if not isinstance(cause, StepDone | SentBack):
        return {"unit": "Người nộp hồ sơ", "person": case.dossier.applicant}
    unit = stages.where(case, case.process.nodes[cause.step], units)
    return {"unit": unit, "person": telling.who(cause.by, names)}


def _taker(stay: Stay, names: Mapping[str, str]) -> str | None:
    """Whoever ended the step, else whoever it is given to now, else nobody known."""
    given = None if stay.end else stay.case.assigned.get(stay.node.id)
    by = stay.end.by if stay.end and stay.done else given
    return telling.who(by, names) if by else None


def _result(stay: Stay, at: datetime) -> str:
    """Trước hạn, đúng hạn or quá hạn against the step's own limit; "" while it goes on in time, or has none."""
    ended = stay.end.at if stay.end else at
    if stay.due is None:
        return ""
    if ended > stay.due:
        return "Quá hạn"
    if not stay.done:
        return ""
    return "Trước hạn" if day(ended) < day(stay.due) else "Đúng hạn"


def _note(stay: Stay, names: Mapping[str, str]) -> str:
    limit = f"Hạn {ui.working_time(stay.minutes)}" if stay.minutes else "Không tính thời gian"
    pause = f"trừ {ui.working_time(stay.waited)} chờ người nộp" if stay.waited else ""
    if stay.end is None:
        said = "Đang xử lý"
    else:
        said = telling.note(stay.end, stay.case.process, names)
        said = said if stay.done else f"{stay.end.label}: {said}".rstrip(": ")
    return ". ".join(filter(None, (", ".join(filter(None, (limit, pause))), said)))
