"""What is handed in at the counter and not received: refused, or wanting papers, in one act (NĐ 118/2025 Đ.17.1.c).

Filed and turned away are one statement, so that no lost network and no second click leaves a dossier nobody decided on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from motcua.journal.log import act
from motcua.law.calendar import day
from motcua.law.facts import Fact, Filed, ReceptionRefused, SupplementRequested
from motcua.people import access
from motcua.people.models import Officer

from .. import conditions
from ..models import Dossier
from .deciding import decided, said, write
from .opening import Filing, at_the_desk, known, opened
from .supplement import published


@act
def refuse_at_counter(filing: Filing, *, reason: str, by: Officer, at: datetime) -> Dossier:
    """Từ chối tiếp nhận hồ sơ nộp tại quầy, qua bưu chính (Mẫu 03; NĐ 118/2025 Đ.17.1.c; trạng thái 3).

    It has a code, as what is reported to the portal must have; no clock has run.
    """
    return _turned_away(filing, decided(ReceptionRefused, at, by, reason=said(reason)), by)


@act
def ask_at_counter(
    filing: Filing, *, items: Sequence[str], reason: str, by: Officer, at: datetime
) -> Dossier:
    """Yêu cầu bổ sung hồ sơ nộp tại quầy, qua bưu chính (Mẫu 02; NĐ 118/2025 Đ.11.2.c, 17.1.c; trạng thái 5).

    Catalogue papers only, once; the term begins when all is there and received.
    """
    asked = {"items": published(filing.version, items), "reason": said(reason)}
    return _turned_away(filing, decided(SupplementRequested, at, by, phase="reception", **asked), by)


def _turned_away(filing: Filing, outcome: Fact, by: Officer) -> Dossier:
    """The dossier that is filed and met with this outcome at once; the one it became when it was sent before."""
    at = outcome.at
    at_the_desk(filing, by, at)
    access.require(by, conditions.POWERS[type(outcome)], filing.receiving_unit, day(at))
    case = opened(filing, at)
    if case is None:
        return known(filing)
    begun = decided(Filed, at, by, channel=filing.channel)
    write(case, [begun, outcome])
    return case.dossier
