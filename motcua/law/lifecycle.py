"""The life of a dossier: the ten national states and which fact may follow which (NĐ 118/2025 Đ.16-23).

`fold` reads the facts into where the dossier stands; `allow` refuses what the law does not let happen there.
Time is the clock's business, steps are the process's; this page only knows states.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from .facts import (
    Accepted,
    Assigned,
    Extended,
    Fact,
    FeePaid,
    Filed,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    Rated,
    ReceptionRefused,
    Refused,
    ResultReturned,
    SentBack,
    StepDone,
    Stopped,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)


class State(IntEnum):
    """National state code of a dossier (TrangThaiHoSo). NONE: nothing has happened yet."""

    NONE = 0
    REGISTERED = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    FINANCIAL_DUTY = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10


LABELS = {
    State.NONE: "Chưa nộp",
    State.REGISTERED: "Mới đăng ký",
    State.ACCEPTED: "Được tiếp nhận",
    State.NOT_ACCEPTED: "Không được tiếp nhận",
    State.PROCESSING: "Đang xử lý",
    State.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    State.FINANCIAL_DUTY: "Yêu cầu thực hiện nghĩa vụ tài chính",
    State.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    State.STOPPED: "Dừng xử lý",
    State.DONE: "Đã xử lý xong",
    State.RETURNED: "Đã trả kết quả",
}

OPEN = frozenset({State.ACCEPTED, State.PROCESSING, State.SUPPLEMENT, State.FINANCIAL_DUTY})
WORKING = frozenset({State.ACCEPTED, State.PROCESSING})
CLOSED = frozenset({State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.DONE, State.RETURNED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stands after its facts (tình trạng hồ sơ)."""

    state: State = State.NONE
    filed_at: datetime | None = None
    accepted: Accepted | None = None
    supplements: int = 0
    supplement_phase: str = ""
    supplement_at: datetime | None = None
    extensions: int = 0
    duty_owed: int = 0
    paid: int = 0
    finished: Finished | None = None
    ended_at: datetime | None = None
    returned_at: datetime | None = None
    rated: Rated | None = None


_FROM: dict[type[Fact], frozenset[State]] = {
    Filed: frozenset({State.NONE}),
    Accepted: frozenset({State.REGISTERED}),
    ReceptionRefused: frozenset({State.REGISTERED, State.SUPPLEMENT}),
    SupplementRequested: frozenset({State.REGISTERED}) | WORKING,
    SupplementReceived: frozenset({State.SUPPLEMENT}),
    FinancialDutyRequested: WORKING,
    FinancialDutyMet: frozenset({State.FINANCIAL_DUTY}),
    Assigned: WORKING,
    StepDone: WORKING,
    SentBack: WORKING,
    Extended: OPEN,
    Finished: WORKING,
    Stopped: OPEN,
    Withdrawn: OPEN | {State.REGISTERED},
    ResultReturned: frozenset({State.DONE}),
    FeePaid: OPEN | {State.REGISTERED, State.DONE},
    Rated: frozenset({State.DONE, State.RETURNED, State.WITHDRAWN, State.STOPPED, State.NOT_ACCEPTED}),
}

_SOURCES: dict[type[Fact], str] = {
    Filed: "NĐ 118/2025/NĐ-CP Đ.17.2",
    Accepted: "NĐ 118/2025/NĐ-CP Đ.17.3",
    ReceptionRefused: "NĐ 118/2025/NĐ-CP Đ.17.1.c",
    SupplementRequested: "NĐ 118/2025/NĐ-CP Đ.11.2.c, 19.5",
    SupplementReceived: "NĐ 118/2025/NĐ-CP Đ.19.5",
    FinancialDutyRequested: "NĐ 118/2025/NĐ-CP Đ.24",
    FinancialDutyMet: "NĐ 118/2025/NĐ-CP Đ.24",
    Assigned: "NĐ 118/2025/NĐ-CP Đ.19.1",
    StepDone: "NĐ 118/2025/NĐ-CP Đ.19",
    SentBack: "NĐ 118/2025/NĐ-CP Đ.19",
    Extended: "NĐ 118/2025/NĐ-CP Đ.19.6",
    Finished: "NĐ 118/2025/NĐ-CP Đ.19.7, 22",
    Stopped: "NĐ 118/2025/NĐ-CP Đ.19.3, 19.5",
    Withdrawn: "NĐ 118/2025/NĐ-CP Đ.21",
    ResultReturned: "NĐ 118/2025/NĐ-CP Đ.22",
    FeePaid: "NĐ 118/2025/NĐ-CP Đ.24",
    Rated: "NĐ 118/2025/NĐ-CP Đ.33",
}


def source(fact: type[Fact]) -> str:
    """The provision a fact of this kind is decided under."""
    return _SOURCES[fact]


def fold(facts: Iterable[Fact]) -> Standing:
    """Where a dossier stands after `facts`, oldest first. Does not judge them: `allow` did, when each came."""
    standing = Standing()
    for fact in facts:
        standing = _after(standing, fact)
    return standing


def allow(kind: type[Fact], standing: Standing) -> None:
    """Raise Refused when a fact of this kind may not follow, with the article that says so."""
    if standing.state not in _FROM[kind]:
        raise Refused(
            f"Hồ sơ đang ở trạng thái “{LABELS[standing.state]}” nên không thể: {kind.label.lower()}",
            _SOURCES[kind],
        )
    if kind is SupplementRequested and standing.supplements:
        raise Refused("Hồ sơ đã được yêu cầu bổ sung một lần; chỉ được yêu cầu một lần", _SOURCES[kind])
    if kind is Extended and standing.extensions:
        raise Refused("Hồ sơ đã được hẹn lại một lần; chỉ được hẹn lại một lần", _SOURCES[kind])
    if kind is ResultReturned and standing.duty_owed:
        raise Refused("Người nộp chưa thực hiện xong nghĩa vụ tài chính", _SOURCES[FeePaid])
    if kind is Rated and standing.rated:
        raise Refused("Hồ sơ này đã được đánh giá", _SOURCES[kind])


def possible(standing: Standing) -> dict[type[Fact], Refused | None]:
    """Every kind of fact with None when it may follow now, or the refusal that greys its button."""

    def verdict(kind: type[Fact]) -> Refused | None:
        try:
            allow(kind, standing)
        except Refused as refusal:
            return refusal
        return None

    return {kind: verdict(kind) for kind in _FROM}


def _after(was: Standing, fact: Fact) -> Standing:
    match fact:
        case Filed():
            return replace(was, state=State.REGISTERED, filed_at=fact.at)
        case Accepted():
            return replace(was, state=State.ACCEPTED, accepted=fact, duty_owed=fact.fee - was.paid)
        case ReceptionRefused():
            return replace(was, state=State.NOT_ACCEPTED, ended_at=fact.at)
        case SupplementRequested():
            return replace(
                was,
                state=State.SUPPLEMENT,
                supplements=was.supplements + 1,
                supplement_phase=fact.phase,
                supplement_at=fact.at,
            )
        case SupplementReceived():
            state = State.PROCESSING if was.accepted else State.REGISTERED
            return replace(was, state=state, supplement_at=None)
        case FinancialDutyRequested():
            return replace(was, state=State.FINANCIAL_DUTY, duty_owed=was.duty_owed + fact.amount)
        case FinancialDutyMet():
            return replace(was, state=State.PROCESSING)
        case FeePaid():
            return replace(was, paid=was.paid + fact.amount, duty_owed=max(0, was.duty_owed - fact.amount))
        case Assigned() | StepDone() | SentBack():
            return replace(was, state=State.PROCESSING)
        case Extended():
            return replace(was, extensions=was.extensions + 1)
        case Withdrawn():
            return replace(was, state=State.WITHDRAWN, ended_at=fact.at)
        case Stopped():
            return replace(was, state=State.STOPPED, ended_at=fact.at)
        case Finished():
            return replace(was, state=State.DONE, finished=fact, ended_at=fact.at)
        case ResultReturned():
            return replace(was, state=State.RETURNED, returned_at=fact.at)
        case Rated():
            return replace(was, rated=fact)
    return was
