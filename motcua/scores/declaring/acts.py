"""The act of declaring a figure; a correction is the same act once more (kê khai số liệu)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.journal import locks
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Officer, Unit

from ..periods import Period
from ..reports import queries as agencies
from . import queries
from .files import SHORTEST, Paper
from .models import Declared
from .subjects import SUBJECTS


@transaction.atomic(durable=True)
def declare(
    indicator: str,
    unit: Unit,
    period: Period,
    pair: tuple[int, int],
    paper: Paper,
    *,
    by: Officer,
    at: datetime,
    reason: str = "",
) -> Declared:
    """Kê khai số liệu: numerator and denominator with their evidence, answered for by whoever declares them.

    Raises Refused for what is computed here, a part greater than its whole, missing evidence, or a correction
    without a reason or without a change; BadPeriod before the period begins.
    """
    agencies.require_reporting(by, unit, day(at))
    period.window(at)
    _sound(indicator, pair, paper)
    locks.hold(locks.Lock.DECLARING)
    before = queries.history(unit, indicator, str(period)).first()
    if before:
        _corrects(before, pair, paper, reason)
    return Declared.objects.create(
        indicator=indicator,
        unit=unit,
        period=str(period),
        numerator=pair[0],
        denominator=pair[1],
        evidence=paper.evidence.strip(),
        file_name=paper.name,
        file=paper.content,
        reason=reason.strip() if before else "",
        at=at,
        by=by,
    )


def _sound(indicator: str, pair: tuple[int, int], paper: Paper) -> None:
    if indicator not in SUBJECTS:
        raise Refused("Số này hệ thống tự tính, không kê khai được")
    if pair[0] > pair[1]:
        raise Refused("Tử số không được lớn hơn mẫu số")
    paper.require()


def _corrects(before: Declared, pair: tuple[int, int], paper: Paper, reason: str) -> None:
    if (before.numerator, before.denominator) == pair and before.evidence == paper.evidence.strip():
        raise Refused("Số này đã kê khai như vậy, không có gì để sửa")
    if len(reason.strip()) < SHORTEST:
        raise Refused("Kỳ này đã kê khai; kê khai lại thì phải ghi lý do")
