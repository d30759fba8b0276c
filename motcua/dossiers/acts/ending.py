"""How a dossier ends or is promised anew: extended, withdrawn, stopped, finished, returned, rated (Đ.19-23, 33)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law import lifecycle
from motcua.law.facts import Extended, Finished, Rated, Refused, ResultReturned, Stopped, Withdrawn
from motcua.people.models import Officer

from .. import conditions
from ..models import Dossier
from .deciding import CITIZEN, SYSTEM, allowed, decided, one_of, said, write
from .signing import RESULTS

HANDED_OUT = ("counter", "online", "post")


@act
def extend(dossier: Dossier, *, due: datetime, reason: str, by: Officer, at: datetime) -> None:
    """Xin lỗi và hẹn lại (Mẫu 04): once, at latest one day before the due day (NĐ 118/2025 Đ.19.6)."""
    case = allowed(dossier, Extended, by, at)
    promised = case.last_reading.due
    if promised is None or due <= promised:
        raise Refused("Ngày hẹn mới phải sau ngày hẹn cũ", lifecycle.source(Extended))
    if case.calendar.snap(due) != due:
        raise Refused("Ngày hẹn mới phải trong giờ làm việc", lifecycle.source(Extended))
    write(case, [decided(Extended, at, by, due=due.isoformat(), reason=said(reason))])


@act
def withdraw(dossier: Dossier, *, reason: str, by: Officer | None, at: datetime) -> None:
    """Công dân dừng, rút hồ sơ, before the decision is issued (Mẫu 05; NĐ 118/2025 Đ.21; trạng thái 7)."""
    case = allowed(dossier, Withdrawn, by, at)
    write(case, [decided(Withdrawn, at, by or CITIZEN, reason=said(reason))])


@act
def stop(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Dừng xử lý (NĐ 118/2025 Đ.19.3, 19.5; trạng thái 8).

    One that waits for its supplement is closed by the desk, after the days the law gives.
    """
    case = allowed(dossier, Stopped, by, at)
    write(case, [decided(Stopped, at, by, reason=said(reason))])


@act
def close(dossier: Dossier, *, at: datetime, by: Officer | None = None) -> None:
    """Đóng hồ sơ: Dừng xử lý khi người nộp không bổ sung trong thời hạn (NĐ 118/2025 Đ.19.5). `by` None: the system."""
    case = allowed(dossier, Stopped, by, at)
    reason = conditions.closing_reason(case)
    write(case, [decided(Stopped, at, by or SYSTEM, reason=reason)])


@act
def finish(
    dossier: Dossier,
    *,
    result: str,
    number: str,
    by: Officer,
    at: datetime,
    electronic: str = "",
    unheard: str = "",
    reason: str = "",
) -> None:
    """Đã xử lý xong, kết quả về Bộ phận Một cửa: every step but the handing out is done (NĐ 118/2025 Đ.22).

    Only with the result that was signed, if one was; a refused one says why, with the signed reason unless told.
    While agencies that were asked have not answered, only with the reason why they are not waited for (`unheard`).
    """
    case = allowed(dossier, Finished, by, at)
    told = {"result": one_of(result, RESULTS, "Kết quả", Finished), "number": said(number, "số văn bản")}
    signed = case.standing.signed
    if signed and result != signed.result:
        raise Refused("Phải ghi đúng kết quả đã ký duyệt", lifecycle.source(Finished))
    told["reason"] = reason.strip() or (signed.reason if signed else "")
    if result == "refused":
        said(told["reason"], "lý do từ chối giải quyết")
    told |= {"electronic": electronic.strip(), "unheard": conditions.unheard(case, unheard)}
    write(case, [decided(Finished, at, by, **told)])


@act
def return_result(dossier: Dossier, *, means: str, by: Officer, at: datetime) -> None:
    """Trả kết quả cho người nộp (NĐ 118/2025 Đ.22; trạng thái 10). `means`: counter, online or post."""
    case = allowed(dossier, ResultReturned, by, at)
    means = one_of(means, HANDED_OUT, "Cách trả kết quả", ResultReturned)
    write(case, [decided(ResultReturned, at, by, means=means)])


@act
def rate(
    dossier: Dossier, *, satisfied: bool, at: datetime, reason: str = "", by: Officer | None = None
) -> None:
    """Công dân đánh giá: once; a dissatisfied one says why (NĐ 118/2025 Đ.33). `by` wrote it down at the desk."""
    case = allowed(dossier, Rated, by, at)
    reason = reason.strip() if satisfied else said(reason)
    write(case, [decided(Rated, at, by or CITIZEN, satisfied=satisfied, reason=reason)])
