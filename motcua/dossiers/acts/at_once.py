"""Results handed out at once at the desk (thủ tục trả kết quả ngay; NĐ 118/2025 Đ.17.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from motcua.journal.log import act
from motcua.law import clock, lifecycle, packs
from motcua.law.calendar import day
from motcua.law.facts import Fact, Filed, Finished, Refused, ResultReturned
from motcua.people import access
from motcua.people.models import Officer

from .. import conditions
from ..folding import Folded
from ..models import Dossier
from .deciding import decided, said, write
from .money import payment
from .opening import Filing, acceptance, at_the_desk, known, opened


@act
def return_at_once(filing: Filing, *, number: str, by: Officer, at: datetime, paid: int = 0) -> Dossier:
    """Trả kết quả ngay: received, decided and handed out in one act, without a slip (NĐ 118/2025 Đ.17.4).

    Only where the published process is the desk's alone, and at the deciding agency's own desk. What is due is paid
    before; `number` is that of the result, `paid` in đồng.
    """
    at_the_desk(filing, by, at)
    case = opened(filing, at)
    if case is None:
        return known(filing)
    source = str(packs.on("reception", day(at))["at_once"])
    _ends_here(filing, case, by, at, source)
    accepted, steps = acceptance(case, filing.components, by, at)
    opening = decided(Filed, at, by, channel=filing.channel)
    facts: list[Fact] = [opening, replace(accepted, provision=source), *steps]
    if paid:
        facts.append(payment(accepted.fee, paid, "counter", by, at))
    number = said(number, "số, ký hiệu kết quả")
    facts.append(decided(Finished, at, by, result="granted", number=number))
    lifecycle.allow(ResultReturned, lifecycle.fold(facts), clock.rules(day(at)))
    write(case, [*facts, decided(ResultReturned, at, by, means="counter")])
    return case.dossier


def _ends_here(filing: Filing, case: Folded, by: Officer, at: datetime, source: str) -> None:
    access.require(by, "return_at_once", filing.receiving_unit, day(at))
    if not access.own_desk(filing.receiving_unit, filing.deciding_unit):
        raise Refused(f"Chỉ quầy của {filing.deciding_unit.name} trả được kết quả ngay", source)
    if not conditions.at_once(case.process):
        raise Refused("Quy trình nội bộ đã công khai của thủ tục này không kết thúc ngay tại quầy", source)
