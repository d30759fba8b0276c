"""Other agencies are asked for their opinion, all at once (lấy ý kiến; NĐ 118/2025 Đ.19.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from motcua.journal.log import act
from motcua.law import consultation, lifecycle
from motcua.law.calendar import day
from motcua.law.facts import ConsultationReplied, ConsultationRequested, ConsultationWithdrawn, Refused
from motcua.people import access, calendars
from motcua.people.models import Officer, Unit

from .. import conditions, queries
from ..folding import Folded
from ..models import Dossier
from .deciding import allowed, decided, one_of, said, write

POSITIONS = tuple(consultation.POSITIONS)
CONSULTED_BY = tuple(consultation.MEANS)


@act
def consult(
    dossier: Dossier,
    *,
    units: Sequence[Unit],
    content: str,
    until: date,
    by: Officer,
    at: datetime,
    means: str = "system",
) -> None:
    """Lấy ý kiến của một hay nhiều cơ quan cùng lúc: one request to each (NĐ 118/2025 Đ.19.4).

    Each answers by the close of its own office on the day `until`. `means`: system or document.
    """
    case = allowed(dossier, ConsultationRequested, by, at)
    asked = {"content": said(content, "nội dung lấy ý kiến"), "means": _means(means)}
    _askable(case, units, means, at)
    first = 1 + len(case.consultations)
    facts = [
        decided(
            ConsultationRequested,
            at,
            by,
            number=number,
            unit=unit.code,
            due=_due(case, unit, until, at).isoformat(),
            **asked,
        )
        for number, unit in enumerate(units, start=first)
    ]
    write(case, facts)


@act
def reply_consultation(
    dossier: Dossier,
    *,
    number: int,
    position: str,
    content: str,
    by: Officer,
    at: datetime,
    document: str = "",
) -> None:
    """Trả lời lấy ý kiến, by the unit asked; one that came as a paper is written down by who asked (Đ.19.4).

    `position`: agreed, disagreed or other. A late answer is taken, and stays visibly late.
    """
    case = allowed(dossier, ConsultationReplied, None, at)
    request = conditions.awaited(case, number)
    access.require(by, *conditions.replier(case, request), day(at))
    if request.means == "document":
        document = said(document, "số, ký hiệu văn bản trả lời")
    fact = decided(
        ConsultationReplied,
        at,
        by,
        number=number,
        position=one_of(position, POSITIONS, "Ý kiến", ConsultationReplied),
        content=said(content, "nội dung trả lời"),
        document=document.strip(),
    )
    write(case, [fact])


@act
def withdraw_consultation(dossier: Dossier, *, number: int, reason: str, by: Officer, at: datetime) -> None:
    """Rút yêu cầu lấy ý kiến chưa được trả lời; nobody is taken to have agreed."""
    case = allowed(dossier, ConsultationWithdrawn, by, at)
    conditions.awaited(case, number)
    write(case, [decided(ConsultationWithdrawn, at, by, number=number, reason=said(reason))])


def _askable(case: Folded, units: Sequence[Unit], means: str, at: datetime) -> None:
    by_law, awaited = lifecycle.source(ConsultationRequested), {c.unit for c in case.standing.consulted}
    if not units:
        raise Refused("Phải chọn ít nhất một cơ quan để lấy ý kiến", by_law)
    for unit in units:
        if unit.pk == case.dossier.deciding_unit_id:
            raise Refused(f"{unit.name} là cơ quan đang giải quyết hồ sơ này", by_law)
        if unit.code in awaited:
            raise Refused(f"Đang chờ ý kiến của {unit.name} về hồ sơ này", by_law)
        if means == "system" and not queries.answers(unit, day(at)):
            raise Refused(f"Ở {unit.name} chưa ai trả lời được trên hệ thống; hãy chọn trả lời bằng văn bản")
        awaited.add(unit.code)


def _means(given: str) -> str:
    return one_of(given, CONSULTED_BY, "Cách trả lời", ConsultationRequested)


def _due(case: Folded, unit: Unit, until: date, at: datetime) -> datetime:
    """When the unit's own office closes on that day. Raises Refused for a day off of its, or one already over."""
    kept, by_law = calendars.of(unit, case.past.watched), lifecycle.source(ConsultationRequested)
    if off := kept.why_off(until):
        raise Refused(f"Ngày {until:%d/%m/%Y} là ngày nghỉ của {unit.name} ({off.reason})", by_law)
    due = kept.close(until)
    if due <= at:
        raise Refused(f"Hạn trả lời của {unit.name} phải sau lúc lấy ý kiến", by_law)
    return due
