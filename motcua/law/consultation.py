"""Consulted agencies: who was asked what, until when, and what came back (lấy ý kiến; NĐ 118/2025 Đ.19.4).

Only an answer is an answer: when the term passes in silence the request stays open, and late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from .facts import ConsultationReplied, ConsultationRequested, ConsultationWithdrawn, Fact

POSITIONS = {"agreed": "Đồng ý", "disagreed": "Không đồng ý", "other": "Ý kiến khác"}
MEANS = {"system": "Trên hệ thống", "document": "Bằng văn bản"}


@dataclass(frozen=True, slots=True)
class Consultation:
    """One request to one unit and what became of it (một lần lấy ý kiến)."""

    request: ConsultationRequested
    reply: ConsultationReplied | None = None
    withdrawn: ConsultationWithdrawn | None = None

    @property
    def number(self) -> int:
        return self.request.number

    @property
    def due(self) -> datetime:
        return datetime.fromisoformat(self.request.due)

    @property
    def open(self) -> bool:
        """Whether the answer is still awaited."""
        return self.reply is None and self.withdrawn is None

    def late(self, now: datetime) -> bool:
        """Whether the answer came, or at `now` has not come, after its due moment; a withdrawn request is neither."""
        return self.withdrawn is None and (self.reply.at if self.reply else now) > self.due


def of(facts: Iterable[Fact]) -> tuple[Consultation, ...]:
    """Every consultation of a dossier in the order they were asked for."""
    found: dict[int, Consultation] = {}
    for fact in facts:
        match fact:
            case ConsultationRequested():
                found[fact.number] = Consultation(fact)
            case ConsultationReplied():
                found[fact.number] = replace(found[fact.number], reply=fact)
            case ConsultationWithdrawn():
                found[fact.number] = replace(found[fact.number], withdrawn=fact)
    return tuple(found.values())
