"""The hours to receive a dossier filed online (thời hạn tiếp nhận trực tuyến; NĐ 118/2025 Đ.17.2).

Two hours by the clock until the receiving officer is told, eight working hours until it is accepted, refused or
sent back for completion. They run from filing, and anew from a supplement asked for at reception; for a dossier that
waits for results of others of its group, from the last of them (unverified: the decree does not speak of it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .calendar import Calendar
from .facts import (
    Accepted,
    Fact,
    Filed,
    InputReceived,
    ReceptionRefused,
    Stopped,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from .terms import ClockRules, reception_deadlines

ONLINE = "online"
_ANSWERS = (Accepted, ReceptionRefused, SupplementRequested, Withdrawn, Stopped)


@dataclass(frozen=True, slots=True)
class Wait:
    """One stay of a dossier before the desk, from when it came to what the desk answered (một lượt chờ tiếp nhận)."""

    since: datetime
    notify_by: datetime
    due: datetime
    answer: Fact | None = None

    def late(self, now: datetime) -> bool:
        """Whether the desk answered, or at `now` has not answered, after its working hours (tiếp nhận chậm)."""
        return (self.answer.at if self.answer else now) > self.due


def waits(facts: Iterable[Fact], calendar: Calendar, rules: ClockRules) -> tuple[Wait, ...]:
    """Every stay of a dossier filed online before the desk, oldest first; none for another channel.

    Raises OutOfYears.
    """
    found: list[Wait] = []
    for since, answer in _stays(facts):
        notify_by, due = reception_deadlines(since, calendar, rules)
        found.append(Wait(since, notify_by, due, answer))
    return tuple(found)


def _stays(facts: Iterable[Fact]) -> list[tuple[datetime, Fact | None]]:
    found: list[tuple[datetime, Fact | None]] = []
    awaited: set[str] = set()
    for fact in facts:
        if isinstance(fact, Filed) and fact.channel != ONLINE:
            return []
        if isinstance(fact, Filed) and fact.awaits:
            awaited = set(fact.awaits)  # nothing can be received before the results it cannot do without
        elif isinstance(fact, InputReceived):
            awaited.discard(fact.source)
            found += [(fact.at, None)] if not awaited and not found else []
        elif isinstance(fact, Filed | SupplementReceived):
            found.append((fact.at, None))
        elif found and found[-1][1] is None and isinstance(fact, _ANSWERS):
            found[-1] = (found[-1][0], fact)
        if isinstance(fact, Accepted):
            break
    return found
