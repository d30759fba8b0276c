"""What the law asks of an act beyond the state of its dossier: days, steps, money (NĐ 118/2025 Đ.17-24).

Acts raise these refusals; pages grey a button with the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from motcua.law import lifecycle
from motcua.law.calendar import day
from motcua.law.facts import (
    Extended,
    Fact,
    FeePaid,
    FinancialDutyMet,
    Finished,
    ReceptionRefused,
    Refused,
    Stopped,
    SupplementRequested,
)

from . import rows
from .rows import Folded


def to_refuse_reception(case: Folded, at: datetime) -> None:
    """Từ chối tiếp nhận: only what was not accepted yet."""
    if case.standing.accepted:
        raise Refused(
            "Hồ sơ đã được tiếp nhận nên không thể từ chối tiếp nhận", lifecycle.source(ReceptionRefused)
        )


def to_request_supplement(case: Folded, at: datetime) -> None:
    """Yêu cầu bổ sung sau tiếp nhận: within the working days the law gives to say so."""
    if accepted := case.standing.accepted:
        last = case.calendar.add_working_days(day(accepted.at), case.rules.supplement_notice_working_days)
        if day(at) > last:
            raise Refused(
                f"Chỉ được yêu cầu bổ sung đến hết ngày {last:%d/%m/%Y}",
                lifecycle.source(SupplementRequested),
            )


def to_meet_duty(case: Folded, at: datetime) -> None:
    """Đã thực hiện nghĩa vụ tài chính: nothing is owed any more."""
    if case.standing.duty_owed:
        raise Refused(f"Còn {case.standing.duty_owed} đồng chưa nộp", lifecycle.source(FinancialDutyMet))


def to_pay(case: Folded, at: datetime) -> None:
    """Nộp phí, lệ phí: something is owed."""
    if not case.standing.duty_owed:
        raise Refused("Hồ sơ không còn khoản nào phải nộp", lifecycle.source(FeePaid))


def to_extend(case: Folded, at: datetime) -> None:
    """Xin lỗi và hẹn lại: while the clock runs, at latest some days before it is due."""
    promised = case.last_reading.due
    source = lifecycle.source(Extended)
    if promised is None or case.standing.state not in lifecycle.WORKING:
        raise Refused("Đồng hồ của hồ sơ đang không chạy nên không có gì để hẹn lại", source)
    last = day(promised) - timedelta(days=case.rules.extension_notice_days)
    if day(at) > last:
        raise Refused(f"Phải xin lỗi, hẹn lại chậm nhất ngày {last:%d/%m/%Y}, trước hạn trả", source)


def to_stop(case: Folded, at: datetime) -> None:
    """Dừng xử lý: one that waits for its supplement, only after the days its applicant has."""
    asked, days = case.standing.supplement_at, case.rules.supplement_close_days
    if asked and days is not None and (last := day(asked) + timedelta(days=days)) >= day(at):
        raise Refused(
            f"Người nộp có đến hết ngày {last:%d/%m/%Y} để bổ sung hồ sơ", lifecycle.source(Stopped)
        )


def to_finish(case: Folded, at: datetime) -> None:
    """Kết thúc xử lý: every step but the handing out is done."""
    if left := rows.left_to_do(case):
        names = "; ".join(node.name for node in left)
        raise Refused(f"Còn bước chưa xong: {names}", lifecycle.source(Finished))


OF: Mapping[type[Fact], Callable[[Folded, datetime], None]] = {
    ReceptionRefused: to_refuse_reception,
    SupplementRequested: to_request_supplement,
    FinancialDutyMet: to_meet_duty,
    FeePaid: to_pay,
    Extended: to_extend,
    Stopped: to_stop,
    Finished: to_finish,
}


def verdicts(case: Folded, at: datetime) -> dict[type[Fact], Refused | None]:
    """Every kind of fact with None when it may follow at `at`, or the refusal that greys its button."""
    found = lifecycle.possible(case.standing)
    for kind, condition in OF.items():
        if found[kind] is None:
            found[kind] = _refusal(condition, case, at)
    return found


def _refusal(condition: Callable[[Folded, datetime], None], case: Folded, at: datetime) -> Refused | None:
    try:
        condition(case, at)
    except Refused as refusal:
        return refusal
    return None
