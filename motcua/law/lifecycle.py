"""The life of a dossier: the ten national states and which fact may follow which (NĐ 118/2025 Đ.16-23).

`fold` reads the facts into where the dossier stands; `allow` refuses what the law does not let happen there.
Time is the clock's business, steps are the process's; this page only knows states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import IntEnum
from functools import cache
from operator import attrgetter

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
BROKEN_OFF = frozenset({State.WITHDRAWN, State.STOPPED})
CLOSED = frozenset({State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.DONE, State.RETURNED})


DESK, AGENCY = "desk", "agency"
ONLINE_MEANS = frozenset({"dvcqg", "bank"})


# Not frozen, so that `fold` moves a copy along; nobody else writes to one.
@dataclass(slots=True)
class Standing:
    """Where a dossier stands after its facts (tình trạng hồ sơ).

    `consulted` are the requests nobody has answered yet; `duty` the financial duty asked for while nothing was paid
    since; `correction` the one being made, `correction_signed` its signature, `corrected` the last one made.
    `returned_at` is the first handing out.
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
    paid_online: bool = False
    consulted: tuple[ConsultationRequested, ...] = ()
    draft: ResultProposed | None = None
    signed: ResultSigned | None = None
    moving: PapersGiven | None = None
    papers_at: str = DESK
    finished: Finished | None = None
    correction: CorrectionRequested | None = None
    correction_signed: ResultSigned | None = None
    before_correction: State = State.DONE
    corrected: ResultCorrected | None = None
    ended_at: datetime | None = None
    returned_at: datetime | None = None
    rated: Rated | None = None

    @property
    def result(self) -> Finished | ResultCorrected | None:
        """The result as it was written down last."""
        return self.corrected or self.finished

    @property
    def correction_unsigned(self) -> bool:
        """Whether a result that was signed is being corrected, and what shall stand in its place is not yet."""
        return self.correction is not None and self.signed is not None and self.correction_signed is None


# `dataclasses.replace` asks for each field by name; every act copies one.
_FIELDS = attrgetter(*(field.name for field in fields(Standing)))

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
    PapersGiven: OPEN | {State.DONE, State.WITHDRAWN, State.STOPPED},
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
_WHILE_CORRECTING = frozenset(
    {ResultCorrected, CorrectionDeclined, ResultSigned, FeePaid, PapersGiven, PapersReceived}
)


def _nothing_to_sign(was: Standing) -> bool:
    if was.correction:
        return not was.correction_unsigned
    return not was.draft or was.signed is not None


_UNREADY: dict[type[Fact], tuple[Callable[[Standing], bool], str]] = {
    ResultProposed: (lambda was: was.signed is not None, "Kết quả đã được ký duyệt"),
    ResultSigned: (_nothing_to_sign, "Không có kết quả nào chờ ký"),
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


def fold(facts: Iterable[Fact], standing: Standing | None = None) -> Standing:
    """Where a dossier stands after `facts`, oldest first, from where it stood before them.

    Does not judge them: `allow` did, when each came.
    """
    after = Standing(*_FIELDS(standing)) if standing else Standing()
    for fact in facts:
        _take(after, fact)
    return after


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
    if kind is ResultCorrected and rules.correction_signed and standing.correction_unsigned:
        raise Refused("Bản đính chính chưa được ký duyệt", source(ResultSigned))
    if kind is PapersGiven and standing.state in BROKEN_OFF and standing.papers_at == DESK:
        raise Refused("Hồ sơ đã thôi giải quyết, giấy tờ đang ở Bộ phận Một cửa", by_law)
    if kind is ResultReturned and standing.duty_owed:
        raise Refused(
            f"Người nộp còn {dong(standing.duty_owed)} nghĩa vụ tài chính chưa nộp", source(FeePaid)
        )
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


def dong(amount: int) -> str:
    """An amount of money in a sentence: 1.234.000 đồng."""
    return f"{amount:,} đồng".replace(",", ".")


def _at_most(what: str, times: int) -> str:
    number = "một" if times == 1 else str(times)
    return f"đã {what} {number} lần; chỉ {what} {number} lần"


def _take(now: Standing, fact: Fact) -> None:
    match fact:
        case StepDone() if now.accepted and fact.at == now.accepted.at:
            pass  # the reception itself: nobody handles the dossier yet
        case Assigned() | StepDone() | HandedOver() | HandoverAccepted() | HandoverDeclined():
            now.state = State.PROCESSING
        case Filed():
            now.state, now.awaits = State.REGISTERED, fact.awaits
        case InputReceived():
            now.awaits = tuple(code for code in now.awaits if code != fact.source)
            if fact.result != "granted":
                now.lacking = (*now.lacking, fact.source)
        case Accepted():
            now.state, now.accepted, now.duty_owed = State.ACCEPTED, fact, fact.fee
        case ReceptionRefused():
            now.state, now.ended_at = State.NOT_ACCEPTED, fact.at
        case SupplementProposed():
            now.proposed = fact
        case SupplementDeclined():
            now.proposed = None
        case SupplementRequested():
            now.state, now.supplement_at, now.proposed = State.SUPPLEMENT, fact.at, None
            now.supplements += 1
        case SupplementReceived():
            now.state = State.PROCESSING if now.accepted else State.REGISTERED
            now.supplement_at = None
        case FinancialDutyRequested():
            now.state, now.duty = State.FINANCIAL_DUTY, fact.amount
            now.duty_owed += fact.amount
        case FinancialDutyCorrected():
            now.duty_owed += fact.amount - (now.duty or 0)
            now.duty = fact.amount
        case FinancialDutyMet():
            now.state, now.duty = State.PROCESSING, None
        case FeePaid():
            now.paid += fact.amount
            now.paid_online |= fact.means in ONLINE_MEANS
            now.duty_owed, now.duty = max(0, now.duty_owed - fact.amount), None
        case SentBack() | StepRecalled():
            # What was signed is void once the dossier goes back: it must be signed again.
            now.state, now.signed = State.PROCESSING, None
        case ConsultationRequested():
            now.state, now.consulted = State.PROCESSING, (*now.consulted, fact)
        case ConsultationReplied() | ConsultationWithdrawn():
            now.consulted = tuple(c for c in now.consulted if c.number != fact.number)
        case ResultProposed():
            now.state, now.draft = State.PROCESSING, fact
        case ResultSigned() if now.correction:
            now.correction_signed = fact
        case ResultSigned():
            now.signed = fact
        case ProposalReturned():
            now.draft = None
        case PapersGiven():
            now.moving = fact
        case PapersReceived():
            now.papers_at = now.moving.to if now.moving else now.papers_at
            now.moving = None
        case Extended():
            now.extensions += 1
        case Withdrawn():
            now.state, now.ended_at = State.WITHDRAWN, fact.at
        case Stopped():
            now.state, now.ended_at = State.STOPPED, fact.at
        case Finished():
            now.state, now.finished, now.ended_at = State.DONE, fact, fact.at
        case ResultReturned():
            now.state, now.returned_at = State.RETURNED, now.returned_at or fact.at
        case CorrectionRequested():
            now.before_correction = now.state
            now.state, now.correction, now.correction_signed = State.PROCESSING, fact, None
        case ResultCorrected():
            now.state, now.correction, now.corrected = State.DONE, None, fact
        case CorrectionDeclined():
            now.state, now.correction = now.before_correction, None
        case Rated():
            now.rated = fact
