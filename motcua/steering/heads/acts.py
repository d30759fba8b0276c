"""The acts of a yearly grade: proposed by who gives the work, answered by who is graded, decided by another."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction

from motcua.journal import log, wire
from motcua.law import grading
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.grading import SOURCE, GradeAnswered, GradeClaimed, GradeDecided, GradeFact, GradeProposed
from motcua.law.heads import LABELS, Grade
from motcua.people import access
from motcua.people.models import Officer, Post

from . import queries
from .models import HeadRating
from .queries import Stint


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people add to the figures: points for the general criteria, failed checks, discipline."""

    grade: Grade
    general: Fraction | None = None
    failed: int = 0
    disciplined: bool = False
    why: str = ""


@transaction.atomic(durable=True)
def claim_grade(
    stint: Stint, *, grade: Grade, general: Fraction | None, text: str, by: Officer, at: datetime
) -> HeadRating:
    """Ghi tự đánh giá; only who is graded does, until a grade is proposed."""
    if by.pk != stint.post.officer_id:
        raise Refused(f"Chỉ {stint.post.officer.full_name} tự đánh giá cho mình", access.SOURCE)
    told = {"grade": int(grade), "general": "" if general is None else str(general), "text": text.strip()}
    return _write(stint, _said(GradeClaimed, by, at, **told))


@transaction.atomic(durable=True)
def propose_grade(stint: Stint, judged: Judgement, *, by: Officer, at: datetime) -> HeadRating:
    """Đề xuất mức xếp loại, with the figures as they are now; another grade than they lead to takes a reason."""
    _judges(stint, by, at)
    card = queries.card(stint, at, day(at))
    found = queries.proposal(
        card, general=judged.general, failed=judged.failed, disciplined=judged.disciplined
    )
    if not found.complete:
        raise Refused("Chưa chấm điểm tiêu chí chung", found.source)
    told = asdict(queries.figures(card, judged.general, judged.failed, judged.disciplined))
    fact = _said(
        GradeProposed,
        by,
        at,
        grade=int(judged.grade),
        computed=int(found.grade),
        figures={name: str(value) if isinstance(value, Fraction) else value for name, value in told.items()},
        reasons=tuple(reason.text for reason in found.reasons),
        why=judged.why.strip(),
        points="" if found.points is None else str(found.points),
        source=found.source,
    )
    return _write(stint, fact)


@transaction.atomic(durable=True)
def answer_grade(stint: Stint, *, agrees: bool, text: str, by: Officer, at: datetime) -> HeadRating:
    """Ghi ý kiến của người được xếp loại; nobody speaks for another."""
    if by.pk != stint.post.officer_id:
        raise Refused(f"Chỉ {stint.post.officer.full_name} có ý kiến về mức xếp loại của mình", access.SOURCE)
    return _write(stint, _said(GradeAnswered, by, at, agrees=agrees, text=text.strip()))


@transaction.atomic(durable=True)
def decide_grade(
    stint: Stint, *, grade: Grade, decision: str, why: str = "", by: Officer, at: datetime
) -> HeadRating:
    """Quyết định xếp loại by another than who proposed; no more excellent ones than the decree lets there be."""
    _judges(stint, by, at)
    list(Post.objects.select_for_update().filter(unit__kind=stint.post.unit.kind, role=stint.post.role))
    taken, most = queries.excellent(stint)
    if grade is Grade.EXCELLENT and taken >= most:
        label = LABELS[Grade.EXCELLENT]
        raise Refused(f"Đã có {taken} người được xếp “{label}”; nhóm này được nhiều nhất {most}", SOURCE)
    told = {"grade": int(grade), "decision": decision.strip(), "why": why.strip()}
    return _write(stint, _said(GradeDecided, by, at, **told))


def _judges(stint: Stint, by: Officer, at: datetime) -> None:
    if not queries.judges(by, stint.post, day(at)) or by.pk == stint.post.officer_id:
        raise Refused(f"{by.full_name} không xếp loại người đứng đầu {stint.post.unit.name}", access.SOURCE)


def _write(stint: Stint, fact: GradeFact) -> HeadRating:
    row, _ = HeadRating.objects.get_or_create(post=stint.post, year=stint.year)
    held = HeadRating.objects.select_for_update().get(pk=row.pk)
    past = log.read(held.stream)
    grading.allow(grading.fold(past.facts), fact)
    after, entry = log.append(past, [fact])
    now = grading.fold(after.facts)
    wire.ask(entry.sql, entry.values)
    held.proposed = now.proposed.grade if now.proposed else None
    held.answered = now.answered is not None
    held.decided = now.decided.grade if now.decided else None
    held.decision = now.decided.decision if now.decided else ""
    held.save()
    return held


def _said(kind: type[GradeFact], by: Officer, at: datetime, **told: Any) -> Any:
    return kind(at=at, by=by.username, provision=SOURCE, **told)
