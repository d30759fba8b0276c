"""The life of a dossier: the ten national states and which fact may follow which (NĐ 118/2025 Đ.16-23).

`fold` reads the facts into where the dossier stands; `allow` refuses what the law does not let happen there.
Time is the clock's business, steps are the process's; this page only knows states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum
from functools import cache

from . import packs
from .facts import (
    Accepted,
    Assigned,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
    CorrectionDeclined,
    CorrectionRequested,
    Extended,
    Fact,
    FeePaid,
    Filed,
    FinancialDutyCorrected,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    HandedOver,
    HandoverAccepted,
    HandoverDeclined,
    InputReceived,
    PapersGiven,
    PapersReceived,
    ProposalReturned,
    Rated,
    ReceptionRefused,
    Refused,
    ResultCorrected,
    ResultProposed,
    ResultReturned,
    ResultSigned,
    SentBack,
    StepDone,
    StepRecalled,
    Stopped,
    SupplementDeclined,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from .terms import ClockRules


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


DESK, AGENCY = "desk", "agency"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stands after its facts (tình trạng hồ sơ).

    `consulted` are the requests nobody has answered yet; `duty` the financial duty asked for while nothing was paid
    since; `correction` the one being made, `corrected` the last one made. `returned_at` is the first handing out.
    `draft` is the result proposed and not returned, `signed` its signature; `moving` are papers on their way,
    `papers_at` who has them: the desk or the agency.
    `awaits` are dossiers of its group whose results are still to come; `lacking` those that ended without one.
    """

    state: State = State.NONE
    awaits: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    accepted: Accepted | None = None
    proposed: SupplementProposed | None = None
    supplements: int = 0
    supplement_at: datetime | None = None
    extensions: int = 0
    duty_owed: int = 0
    duty: int | None = None
    paid: int = 0
    consulted: tuple[ConsultationRequested, ...] = ()
    draft: ResultProposed | None = None
    signed: ResultSigned | None = None
    moving: PapersGiven | None = None
    papers_at: str = DESK
    finished: Finished | None = None
    correction: CorrectionRequested | None = None
    before_correction: State = State.DONE
    corrected: ResultCorrected | None = None
    ended_at: datetime | None = None
    returned_at: datetime | None = None
    rated: Rated | None = None

    @property
    def result(self) -> Finished | ResultCorrected | None:
        """The result as it was written down last."""
        return self.corrected or self.finished


NOTHING = Standing()

_MAY_FOLLOW: dict[type[Fact], frozenset[State]] = {
    Filed: frozenset({State.NONE}),
    InputReceived: frozenset({State.REGISTERED, State.SUPPLEMENT}),
    Accepted: frozenset({State.REGISTERED}),
    ReceptionRefused: frozenset({State.REGISTERED, State.SUPPLEMENT}),
    SupplementProposed: WORKING,
    SupplementDeclined: WORKING,
    SupplementRequested: WORKING | {State.REGISTERED},
    SupplementReceived: frozenset({State.SUPPLEMENT}),
    FinancialDutyRequested: WORKING,
    FinancialDutyCorrected: frozenset({State.FINANCIAL_DUTY}),
    FinancialDutyMet: frozenset({State.FINANCIAL_DUTY}),
    FeePaid: OPEN | {State.DONE},
    Assigned: WORKING,
    HandedOver: WORKING,
    HandoverAccepted: WORKING,
    HandoverDeclined: WORKING,
    StepDone: WORKING,
    SentBack: WORKING,
    ConsultationRequested: WORKING,
    ConsultationReplied: OPEN,
    ConsultationWithdrawn: OPEN,
    StepRecalled: WORKING,
    ResultProposed: WORKING,
    ResultSigned: WORKING,
    ProposalReturned: WORKING,
    PapersGiven: OPEN | {State.DONE},
    PapersReceived: OPEN | {State.DONE, State.RETURNED, State.WITHDRAWN, State.STOPPED},
    Extended: WORKING,
    Stopped: OPEN,
    Withdrawn: OPEN | {State.REGISTERED},
    Finished: WORKING,
    ResultReturned: frozenset({State.DONE}),
    CorrectionRequested: frozenset({State.DONE, State.RETURNED}),
    ResultCorrected: frozenset({State.PROCESSING}),
    CorrectionDeclined: frozenset({State.PROCESSING}),
    Rated: CLOSED,
}
# While a result is put right the dossier is handled no further, and nothing of how it ended is done again.
_WHILE_CORRECTING = frozenset({ResultCorrected, CorrectionDeclined, FeePaid})


_UNREADY: dict[type[Fact], tuple[Callable[[Standing], bool], str]] = {
    ResultProposed: (lambda was: was.signed is not None, "Kết quả đã được ký duyệt"),
    ResultSigned: (lambda was: not was.draft or was.signed is not None, "Chưa có dự thảo kết quả nào chờ ký"),
    ProposalReturned: (lambda was: not was.draft or was.signed is not None, "Chưa có dự thảo nào chờ ký"),
    Finished: (lambda was: was.draft is not None and not was.signed, "Dự thảo kết quả chưa được ký duyệt"),
    PapersGiven: (lambda was: was.moving is not None, "Hồ sơ giấy đang chờ bên kia ký nhận"),
    PapersReceived: (lambda was: was.moving is None, "Không có hồ sơ giấy nào đang chờ ký nhận"),
}


def source(kind: type[Fact], on: date = date.max) -> str:
    """The provision a fact of this kind is decided under on a day; the newest one for a refusal said now.

    Raises NotInForce before NĐ 61/2018 (21/06/2018).
    """
    return _source(kind.__name__, on)


@cache
def _source(kind: str, on: date) -> str:
    provision: str = packs.on("lifecycle", on)[kind]
    return provision


def fold(facts: Iterable[Fact], standing: Standing = NOTHING) -> Standing:
    """Where a dossier stands after `facts`, oldest first, from where it stood before them.

    Does not judge them: `allow` did, when each came.
    """
    for fact in facts:
        standing = _after(standing, fact)
    return standing


def allow(kind: type[Fact], standing: Standing, rules: ClockRules) -> None:
    """Raise Refused when a fact of this kind may not follow, with the article that says so."""
    by_law = source(kind)
    if standing.state not in _MAY_FOLLOW[kind]:
        now = LABELS[standing.state]
        raise Refused(f"Hồ sơ đang ở trạng thái “{now}” nên không thể: {kind.label.lower()}", by_law)
    if standing.correction and kind not in _WHILE_CORRECTING:
        raise Refused("Hồ sơ đã có kết quả, đang chờ đính chính", source(CorrectionRequested))
    if kind is ReceptionRefused and standing.accepted:
        raise Refused("Hồ sơ đã được tiếp nhận nên không thể từ chối tiếp nhận", by_law)
    if kind in (SupplementProposed, SupplementRequested) and standing.supplements >= rules.supplement_max:
        raise Refused(f"Hồ sơ {_at_most('được yêu cầu bổ sung', rules.supplement_max)}", by_law)
    if kind is Extended and standing.extensions >= rules.extension_max:
        raise Refused(f"Hồ sơ {_at_most('được hẹn lại', rules.extension_max)}", by_law)
    if unready := _UNREADY.get(kind):
        wrong, reason = unready
        if wrong(standing):
            raise Refused(reason, by_law)
    if kind is ResultReturned and standing.duty_owed:
        raise Refused(f"Người nộp còn {standing.duty_owed} đồng nghĩa vụ tài chính chưa nộp", source(FeePaid))
    if kind is Rated and standing.rated:
        raise Refused("Hồ sơ này đã được đánh giá", by_law)


def possible(standing: Standing, rules: ClockRules) -> dict[type[Fact], Refused | None]:
    """Every kind of fact with None when it may follow now, or the refusal that greys its button."""

    def verdict(kind: type[Fact]) -> Refused | None:
        try:
            allow(kind, standing, rules)
        except Refused as refusal:
            return refusal
        return None

    return {kind: verdict(kind) for kind in _MAY_FOLLOW}


def _at_most(what: str, times: int) -> str:
    number = "một" if times == 1 else str(times)
    return f"đã {what} {number} lần; chỉ {what} {number} lần"


def _after(was: Standing, fact: Fact) -> Standing:
    match fact:
        case Filed():
            return replace(was, state=State.REGISTERED, awaits=fact.awaits)
        case InputReceived():
            left = tuple(code for code in was.awaits if code != fact.source)
            lacking = was.lacking if fact.result == "granted" else (*was.lacking, fact.source)
            return replace(was, awaits=left, lacking=lacking)
        case Accepted():
            return replace(was, state=State.ACCEPTED, accepted=fact, duty_owed=fact.fee)
        case ReceptionRefused():
            return replace(was, state=State.NOT_ACCEPTED, ended_at=fact.at)
        case SupplementProposed():
            return replace(was, proposed=fact)
        case SupplementDeclined():
            return replace(was, proposed=None)
        case SupplementRequested():
            asked = replace(was, state=State.SUPPLEMENT, supplement_at=fact.at, proposed=None)
            return replace(asked, supplements=was.supplements + 1)
        case SupplementReceived():
            state = State.PROCESSING if was.accepted else State.REGISTERED
            return replace(was, state=state, supplement_at=None)
        case FinancialDutyRequested():
            asked = replace(was, state=State.FINANCIAL_DUTY, duty=fact.amount)
            return replace(asked, duty_owed=was.duty_owed + fact.amount)
        case FinancialDutyCorrected():
            return replace(was, duty=fact.amount, duty_owed=was.duty_owed - (was.duty or 0) + fact.amount)
        case FinancialDutyMet():
            return replace(was, state=State.PROCESSING, duty=None)
        case FeePaid():
            owed = max(0, was.duty_owed - fact.amount)
            return replace(was, paid=was.paid + fact.amount, duty_owed=owed, duty=None)
        case StepDone() if was.accepted and fact.at == was.accepted.at:
            return was  # the reception itself: nobody handles the dossier yet
        case SentBack() | StepRecalled():
            # What was signed is void once the dossier goes back: it must be signed again.
            return replace(was, state=State.PROCESSING, signed=None)
        case Assigned() | StepDone() | HandedOver() | HandoverAccepted() | HandoverDeclined():
            return was if was.state is State.PROCESSING else replace(was, state=State.PROCESSING)
        case ConsultationRequested():
            return replace(was, state=State.PROCESSING, consulted=(*was.consulted, fact))
        case ConsultationReplied() | ConsultationWithdrawn():
            return replace(was, consulted=tuple(c for c in was.consulted if c.number != fact.number))
        case ResultProposed():
            return replace(was, state=State.PROCESSING, draft=fact)
        case ResultSigned():
            return replace(was, signed=fact)
        case ProposalReturned():
            return replace(was, draft=None)
        case PapersGiven():
            return replace(was, moving=fact)
        case PapersReceived():
            return replace(was, moving=None, papers_at=was.moving.to if was.moving else was.papers_at)
        case Extended():
            return replace(was, extensions=was.extensions + 1)
        case Withdrawn():
            return replace(was, state=State.WITHDRAWN, ended_at=fact.at)
        case Stopped():
            return replace(was, state=State.STOPPED, ended_at=fact.at)
        case Finished():
            return replace(was, state=State.DONE, finished=fact, ended_at=fact.at)
        case ResultReturned():
            return replace(was, state=State.RETURNED, returned_at=was.returned_at or fact.at)
        case CorrectionRequested():
            return replace(was, state=State.PROCESSING, correction=fact, before_correction=was.state)
        case ResultCorrected():
            return replace(was, state=State.DONE, correction=None, corrected=fact)
        case CorrectionDeclined():
            return replace(was, state=was.before_correction, correction=None)
        case Rated():
            return replace(was, rated=fact)
    return was
