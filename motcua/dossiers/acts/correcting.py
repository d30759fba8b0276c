"""A result with a mistake in it is put right and handed out again (đính chính; NĐ 118/2025 Đ.23.1)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law import clock
from motcua.law.facts import CorrectionDeclined, CorrectionRequested, ResultCorrected
from motcua.people.models import Officer

from ..models import Dossier
from .deciding import CITIZEN, allowed, decided, said, write


@act
def request_correction(dossier: Dossier, *, reason: str, by: Officer | None, at: datetime) -> None:
    """Yêu cầu đính chính kết quả: what the agency got wrong comes back right within its working days (Đ.23.1).

    `by` None: the applicant. The clock that ended is not started again, and stays on time or late as it was.
    """
    case = allowed(dossier, CorrectionRequested, by, at)
    due = clock.corrected_by(at, case.calendar, case.rules)
    told = {"reason": said(reason, "sai sót"), "due": due.isoformat()}
    write(case, [decided(CorrectionRequested, at, by or CITIZEN, **told)])


@act
def correct_result(
    dossier: Dossier, *, number: str, by: Officer, at: datetime, electronic: str = "", note: str = ""
) -> None:
    """Đã đính chính kết quả: a new number, back at the desk, to be handed out again (NĐ 118/2025 Đ.23.1)."""
    case = allowed(dossier, ResultCorrected, by, at)
    told = {"number": said(number, "số văn bản mới"), "electronic": electronic.strip(), "note": note.strip()}
    write(case, [decided(ResultCorrected, at, by, **told)])


@act
def decline_correction(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Không đính chính kết quả, có lý do: no mistake of the agency was found."""
    case = allowed(dossier, CorrectionDeclined, by, at)
    write(case, [decided(CorrectionDeclined, at, by, reason=said(reason))])
