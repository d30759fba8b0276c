"""Fees and financial duties (phí, lệ phí, nghĩa vụ tài chính; NĐ 118/2025 Đ.24)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law import lifecycle
from motcua.law.facts import (
    FeePaid,
    FinancialDutyCorrected,
    FinancialDutyMet,
    FinancialDutyRequested,
    Refused,
)
from motcua.people.models import Officer

from ..models import Dossier
from .deciding import CITIZEN, allowed, decided, one_of, promised, said, write

MEANS = ("counter", "dvcqg", "bank")


@act
def request_duty(dossier: Dossier, *, amount: int, by: Officer, at: datetime) -> None:
    """Yêu cầu thực hiện nghĩa vụ tài chính, `amount` in đồng (NĐ 118/2025 Đ.24; trạng thái 6)."""
    case = allowed(dossier, FinancialDutyRequested, by, at)
    if amount <= 0:
        raise Refused("Số tiền phải lớn hơn 0 đồng", lifecycle.source(FinancialDutyRequested))
    write(case, [decided(FinancialDutyRequested, at, by, amount=amount)])


@act
def correct_duty(dossier: Dossier, *, amount: int, reason: str, by: Officer, at: datetime) -> None:
    """Sửa số tiền nghĩa vụ tài chính ghi sai, before anything of it is paid, never after. 0 đồng: nothing was due."""
    case = allowed(dossier, FinancialDutyCorrected, by, at)
    if amount < 0 or amount == case.standing.duty:
        raise Refused(
            f"Số tiền đúng phải từ 0 đồng và khác {lifecycle.dong(case.standing.duty or 0)} đã ghi",
            lifecycle.source(FinancialDutyCorrected),
        )
    write(case, [decided(FinancialDutyCorrected, at, by, amount=amount, reason=said(reason))])


@act
def meet_duty(dossier: Dossier, *, by: Officer, at: datetime) -> None:
    """Người nộp đã thực hiện nghĩa vụ tài chính: handling goes on (NĐ 118/2025 Đ.24)."""
    case = allowed(dossier, FinancialDutyMet, by, at)
    write(case, [promised(case, FinancialDutyMet, at, by)])


@act
def pay(dossier: Dossier, *, amount: int, means: str, by: Officer | None, at: datetime) -> None:
    """Nộp phí, lệ phí. `means`: counter (only an officer takes it), dvcqg or bank (NĐ 118/2025 Đ.24)."""
    case = allowed(dossier, FeePaid, by, at)
    write(case, [payment(case.standing.duty_owed, amount, means, by, at)])


def payment(owed: int, amount: int, means: str, by: Officer | None, at: datetime) -> FeePaid:
    if one_of(means, MEANS, "Cách nộp", FeePaid) not in lifecycle.ONLINE_MEANS and by is None:
        raise Refused("Nộp tại quầy phải do cán bộ thu", lifecycle.source(FeePaid))
    if not 0 < amount <= owed:
        raise Refused(
            f"Số tiền nộp phải từ 1 đến {lifecycle.dong(owed)}, là số còn phải nộp;"
            f" không ghi được {lifecycle.dong(amount)}",
            lifecycle.source(FeePaid),
        )
    return decided(FeePaid, at, by or CITIZEN, amount=amount, means=means)
