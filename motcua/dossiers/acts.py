"""The acts on a dossier: each reads its facts, lets the law decide new ones and appends them (NĐ 118/2025 Đ.16-24).

There is no act that moves a date, resets a clock or takes a fact back; nobody's role can change that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Channel, Status, Version
from motcua.catalogue.offers import offer
from motcua.catalogue.words import words
from motcua.journal import log, outbox, wire
from motcua.journal.log import Past, act
from motcua.law import clock, lifecycle, process
from motcua.law.calendar import day
from motcua.law.facts import (
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
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.people import access, calendars
from motcua.people.models import Officer, Role, Unit

from . import conditions, rows, tasks
from .models import Dossier
from .rows import Folded

CITIZEN = "citizen"
MEANS = ("counter", "dvcqg", "bank")
HANDED_OUT = ("counter", "online", "post")
RESULTS = ("granted", "refused")
F = TypeVar("F", bound=Fact)
# The ordinal need not reach the disk before the dossier does: what is written later never gets there earlier.
_NEXT = (
    "INSERT INTO dossiers_daycounter (agency_code, day, last)"
    " SELECT %s, %s, 1 WHERE NOT EXISTS (SELECT FROM dossiers_dossier WHERE request_id = %s)"
    " AND set_config('synchronous_commit', 'off', true) = 'off'"
    " ON CONFLICT (agency_code, day) DO UPDATE SET last = dossiers_daycounter.last + 1"
    f" RETURNING nextval('dossiers_dossier_id_seq'), last, ({calendars.WATCH})"
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who the dossier is for (chủ hồ sơ). `kind` as LoaiDoiTuong: 1 citizen, 2 business, 3 agency, 4 other."""

    name: str
    kind: int = 1
    identity: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    vneid: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """What is handed in, where and by whom; `request_id` makes handing it in twice the same dossier."""

    request_id: UUID
    version: Version
    channel: str
    receiving_unit: Unit
    deciding_unit: Unit
    applicant: Applicant
    components: tuple[Mapping[str, Any], ...] = ()
    case: str = ""
    subject: str = ""


@act
def file_online(filing: Filing, *, at: datetime) -> Dossier:
    """Nộp hồ sơ trực tuyến: registered, waiting for reception (NĐ 118/2025 Đ.17.2; trạng thái 1)."""
    if filing.channel != Channel.ONLINE:
        raise Refused("Hồ sơ nộp trực tuyến phải có cách nộp trực tuyến", lifecycle.source(Filed))
    case = _opened(filing, at)
    if case is None:
        return _known(filing)
    _write(case, [_fact(Filed, at, CITIZEN, channel=filing.channel)])
    return case.dossier


@act
def receive(filing: Filing, *, by: Officer, at: datetime, paid: int = 0) -> Dossier:
    """Tiếp nhận tại quầy hoặc qua bưu chính: filed and accepted in one act (NĐ 118/2025 Đ.17.1.c, 17.3).

    `paid` is what the desk took of the fee, in đồng.
    """
    _at_the_desk(filing, by, at)
    case = _opened(filing, at)
    if case is None:
        return _known(filing)
    accepted, steps = _acceptance(case, filing.components, by, at)
    facts: list[Fact] = [_fact(Filed, at, by, channel=filing.channel), accepted, *steps]
    if paid:
        facts.append(_payment(accepted.fee, paid, "counter", by, at))
    _write(case, facts)
    return case.dossier


@act
def register_counter(filing: Filing, *, by: Officer, at: datetime) -> Dossier:
    """Ghi nhận hồ sơ nộp tại quầy, qua bưu chính mà chưa tiếp nhận: a supplement or a refusal follows (Đ.17.1.c)."""
    _at_the_desk(filing, by, at)
    case = _opened(filing, at)
    if case is None:
        return _known(filing)
    _write(case, [_fact(Filed, at, by, channel=filing.channel)])
    return case.dossier


@act
def accept(dossier: Dossier, *, components: Sequence[Mapping[str, Any]], by: Officer, at: datetime) -> None:
    """Tiếp nhận hồ sơ nộp trực tuyến, đầy đủ và hợp lệ; the clock starts now (NĐ 118/2025 Đ.17.2, 17.3)."""
    case = _allowed(dossier, Accepted, by, at)
    accepted, steps = _acceptance(case, components, by, at)
    _write(case, [accepted, *steps])


@act
def refuse_reception(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Từ chối tiếp nhận (Mẫu 03): a reason is part of it (NĐ 118/2025 Đ.17.1.c; trạng thái 3)."""
    case = _allowed(dossier, ReceptionRefused, by, at)
    _write(case, [_fact(ReceptionRefused, at, by, reason=_said(reason))])


@act
def propose_supplement(
    dossier: Dossier, *, items: Sequence[str], reason: str, by: Officer, at: datetime
) -> None:
    """Chuyển Bộ phận Một cửa yêu cầu bổ sung: the desk asks the applicant, not the agency (Đ.5.1.e, 19.5)."""
    case = _allowed(dossier, SupplementProposed, by, at)
    _write(case, [_fact(SupplementProposed, at, by, items=_published(dossier, items), reason=_said(reason))])


@act
def request_supplement(
    dossier: Dossier, *, items: Sequence[str], reason: str, by: Officer, at: datetime
) -> None:
    """Yêu cầu bổ sung, hoàn thiện hồ sơ: once only, catalogue components only (NĐ 118/2025 Đ.11.2.c, 19.5).

    Only by the desk that received the dossier, never by the agency itself (Đ.5.1.e).
    """
    case = _allowed(dossier, SupplementRequested, by, at)
    phase = "appraisal" if case.standing.accepted else "reception"
    asked = {"items": _published(dossier, items), "reason": _said(reason)}
    _write(case, [_fact(SupplementRequested, at, by, phase=phase, **asked)])


@act
def receive_supplement(dossier: Dossier, *, by: Officer, at: datetime) -> None:
    """Nhận đủ hồ sơ bổ sung: the term restarts from zero under the law in force (NĐ 118/2025 Đ.19.5)."""
    case = _allowed(dossier, SupplementReceived, by, at)
    _write(case, [_fact(SupplementReceived, at, by)])


@act
def request_duty(dossier: Dossier, *, amount: int, by: Officer, at: datetime) -> None:
    """Yêu cầu thực hiện nghĩa vụ tài chính, `amount` in đồng (NĐ 118/2025 Đ.24; trạng thái 6)."""
    case = _allowed(dossier, FinancialDutyRequested, by, at)
    if amount <= 0:
        raise Refused("Số tiền phải lớn hơn 0 đồng", lifecycle.source(FinancialDutyRequested))
    _write(case, [_fact(FinancialDutyRequested, at, by, amount=amount)])


@act
def meet_duty(dossier: Dossier, *, by: Officer, at: datetime) -> None:
    """Người nộp đã thực hiện nghĩa vụ tài chính: handling goes on (NĐ 118/2025 Đ.24)."""
    case = _allowed(dossier, FinancialDutyMet, by, at)
    _write(case, [_fact(FinancialDutyMet, at, by)])


@act
def pay(dossier: Dossier, *, amount: int, means: str, by: Officer | None, at: datetime) -> None:
    """Nộp phí, lệ phí. `means`: counter (only an officer takes it), dvcqg or bank (NĐ 118/2025 Đ.24)."""
    case = _allowed(dossier, FeePaid, by, at)
    _write(case, [_payment(case.standing.duty_owed, amount, means, by, at)])


@act
def assign(dossier: Dossier, *, step: str, to: Officer, by: Officer, at: datetime) -> None:
    """Phân công người xử lý một bước đang chờ, by who leads the unit of that step (NĐ 118/2025 Đ.19.1)."""
    case = _allowed(dossier, Assigned, by, at, step)
    node = _waiting(case, step)
    if not access.may_step(to, node.role, rows.unit_of(dossier, node), day(at)):
        raise Refused(f"{to.full_name} không giữ vai trò của bước này", access.SOURCE)
    _write(case, [_fact(Assigned, at, by, step=step, officer=to.username)])


@act
def complete_step(
    dossier: Dossier, *, step: str, by: Officer, at: datetime, outcome: str = "", note: str = ""
) -> None:
    """Hoàn thành một bước; a step already done, or given to somebody else, is refused with what happened."""
    case = _allowed(dossier, StepDone, None, at)
    fact = _fact(StepDone, at, by, step=step, outcome=outcome, note=note)
    _write(case, [fact], _at_step(case, fact, by))


@act
def send_back(dossier: Dossier, *, step: str, to: str, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại bước trước, có lý do; the dossier's clock goes on."""
    case = _allowed(dossier, SentBack, None, at)
    fact = _fact(SentBack, at, by, step=step, to=to, reason=_said(reason))
    _write(case, [fact], _at_step(case, fact, by))


@act
def extend(dossier: Dossier, *, due: datetime, reason: str, by: Officer, at: datetime) -> None:
    """Xin lỗi và hẹn lại (Mẫu 04): once, at latest one day before the due day (NĐ 118/2025 Đ.19.6)."""
    case = _allowed(dossier, Extended, by, at)
    promised = case.last_reading.due
    if promised is None or due <= promised:
        raise Refused("Ngày hẹn mới phải sau ngày hẹn cũ", lifecycle.source(Extended))
    if case.calendar.snap(due) != due:
        raise Refused("Ngày hẹn mới phải trong giờ làm việc", lifecycle.source(Extended))
    _write(case, [_fact(Extended, at, by, due=due.isoformat(), reason=_said(reason))])


@act
def withdraw(dossier: Dossier, *, reason: str, by: Officer | None, at: datetime) -> None:
    """Công dân dừng, rút hồ sơ, before the decision is issued (Mẫu 05; NĐ 118/2025 Đ.21; trạng thái 7)."""
    case = _allowed(dossier, Withdrawn, by, at)
    _write(case, [_fact(Withdrawn, at, by or CITIZEN, reason=_said(reason))])


@act
def stop(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Dừng xử lý (NĐ 118/2025 Đ.19.3, 19.5; trạng thái 8).

    One that waits for its supplement is closed by the desk, after the days the law gives.
    """
    case = _allowed(dossier, Stopped, by, at)
    _write(case, [_fact(Stopped, at, by, reason=_said(reason))])


@act
def finish(
    dossier: Dossier, *, result: str, number: str, by: Officer, at: datetime, electronic: str = ""
) -> None:
    """Đã xử lý xong, kết quả về Bộ phận Một cửa: every step but the handing out is done (NĐ 118/2025 Đ.22)."""
    case = _allowed(dossier, Finished, by, at)
    told = {"result": _one_of(result, RESULTS, "Kết quả", Finished), "number": _said(number, "số văn bản")}
    _write(case, [_fact(Finished, at, by, **told, electronic=electronic.strip())])


@act
def return_result(dossier: Dossier, *, means: str, by: Officer, at: datetime) -> None:
    """Trả kết quả cho người nộp (NĐ 118/2025 Đ.22; trạng thái 10). `means`: counter, online or post."""
    case = _allowed(dossier, ResultReturned, by, at)
    means = _one_of(means, HANDED_OUT, "Cách trả kết quả", ResultReturned)
    _write(case, [_fact(ResultReturned, at, by, means=means)])


@act
def rate(
    dossier: Dossier, *, satisfied: bool, at: datetime, reason: str = "", by: Officer | None = None
) -> None:
    """Công dân đánh giá: once; a dissatisfied one says why (NĐ 118/2025 Đ.33). `by` wrote it down at the desk."""
    case = _allowed(dossier, Rated, by, at)
    reason = reason.strip() if satisfied else _said(reason)
    _write(case, [_fact(Rated, at, by or CITIZEN, satisfied=satisfied, reason=reason)])


def _fact(kind: type[F], at: datetime, by: Officer | str, **body: Any) -> F:
    actor = by if isinstance(by, str) else by.username
    return kind(at=at, by=actor, provision=lifecycle.source(kind, day(at)), **body)


def _read(dossier: Dossier) -> Folded:
    return Folded(dossier, log.read(dossier.stream, watch=calendars.WATCH))


def _allowed(dossier: Dossier, kind: type[Fact], by: Officer | None, at: datetime, step: str = "") -> Folded:
    """The dossier as it stands, once a fact of this kind may follow. `by` None: the citizen, or a step's own."""
    case = _read(dossier)
    if by is not None:
        access.require(by, *conditions.needed(case, kind, step), day(at))
    conditions.in_order(case, at)
    lifecycle.allow(kind, case.standing, case.rules)
    if condition := conditions.OF.get(kind):
        condition(case, at)
    return case


def _write(case: Folded, facts: Sequence[Fact], marking: process.Marking | None = None) -> None:
    past, entries = log.append(case.past, facts)
    dossier, after = case.dossier, case.after(past, marking)
    job = outbox.job(tasks.report, lock=dossier.stream, code=dossier.code, version=past.version)
    wire.write([entries, *rows.statements(after, new=case.past.version == 0), job])


def _at_the_desk(filing: Filing, by: Officer, at: datetime) -> None:
    access.require(by, "receive", filing.receiving_unit, day(at))
    if filing.channel == Channel.ONLINE:
        raise Refused("Hồ sơ nhận tại quầy không có cách nộp trực tuyến", lifecycle.source(Filed))


def _known(filing: Filing) -> Dossier:
    return Dossier.objects.get(request_id=filing.request_id)


def _opened(filing: Filing, at: datetime) -> Folded | None:
    """A dossier not written yet, with its code and nothing in its past; None when it was handed in before."""
    _in_force(filing, day(at))
    process_version = catalogue.process_for(filing.version.procedure, filing.deciding_unit, day(at))
    given = wire.ask(_NEXT, [filing.deciding_unit.agency_code, day(at), filing.request_id]).fetchone()
    if given is None:
        return None
    key, ordinal, calendar = given
    code, who = _code(filing.deciding_unit, at, ordinal), filing.applicant
    dossier = Dossier(
        pk=key,
        code=code,
        request_id=filing.request_id,
        version=filing.version,
        process=process_version,
        case=filing.case,
        channel=filing.channel,
        receiving_unit=filing.receiving_unit,
        deciding_unit=filing.deciding_unit,
        subject=filing.subject,
        filed_at=at,
        paper_result=offer(filing.version, filing.channel, filing.case).paper_result,
        words=" ".join(words(f"{code} {who.name} {who.identity} {who.phone}")),
        **_person(who),
    )
    return Folded(dossier, Past(dossier.stream, (), watched=calendar))


def _in_force(filing: Filing, on: date) -> None:
    """Raise Refused for a text that is not published or not in force, and for a unit that does not exist then."""
    if filing.version.status != Status.PUBLISHED:
        raise Refused("Thủ tục này chưa công khai nên chưa thể nhận hồ sơ", "NĐ 118/2025/NĐ-CP Đ.11.2.c")
    for what, thing in (
        (f"Bản công khai của thủ tục {filing.version.procedure.code}", filing.version),
        (filing.receiving_unit.name, filing.receiving_unit),
        (filing.deciding_unit.name, filing.deciding_unit),
    ):
        if on < thing.valid_from or (thing.valid_to is not None and on >= thing.valid_to):
            ends = f" đến trước ngày {thing.valid_to:%d/%m/%Y}" if thing.valid_to else ""
            raise Refused(
                f"{what} chỉ có hiệu lực từ ngày {thing.valid_from:%d/%m/%Y}{ends}, "
                f"không nhận được hồ sơ ngày {on:%d/%m/%Y}",
                lifecycle.source(Filed),
            )


def _person(applicant: Applicant) -> dict[str, Any]:
    fields = asdict(applicant)
    return fields | {"applicant": fields.pop("name"), "applicant_kind": fields.pop("kind")}


def _code(unit: Unit, at: datetime, ordinal: int) -> str:
    """The code of the `ordinal`-th dossier of the deciding agency that day (NĐ 118/2025 Đ.28).

    An act that is refused after taking its ordinal leaves it unused; none is given twice.
    """
    legal_day = day(at)
    return settings.DOSSIER_CODE.format(
        agency=unit.agency_code, yymmdd=f"{legal_day:%y%m%d}", yyyymmdd=f"{legal_day:%Y%m%d}", seq=ordinal
    )


def _acceptance(
    case: Folded, components: Sequence[Mapping[str, Any]], by: Officer, at: datetime
) -> tuple[Accepted, list[StepDone]]:
    dossier = case.dossier
    promise = offer(dossier.version, dossier.channel, dossier.case)
    due = clock.due(at, promise.limit, case.calendar, clock.rules(day(at))) if promise.limit else None
    accepted = _fact(
        Accepted,
        at,
        by,
        channel=dossier.channel,
        limit=str(promise.limit or ""),
        rules_day=day(at).isoformat(),
        due=due.isoformat() if due else "",
        components=tuple(dict(c) for c in components),
        fee=promise.fee,
    )
    first = process.begin(case.process).steps
    # One that asks for an outcome is left to the officer to choose it.
    reception = [
        s for s in first if case.process.nodes[s].role == Role.RECEPTION and "" in case.process.routes[s]
    ]
    return accepted, [_fact(StepDone, at, by, step=step) for step in reception]


def _waiting(case: Folded, step: str) -> process.Node:
    for node in rows.waiting_nodes(case):
        if node.id == step:
            return node
    raise Refused(f"Bước “{step}” không chờ xử lý lúc này", lifecycle.source(Assigned))


def _at_step(case: Folded, fact: StepDone | SentBack, by: Officer) -> process.Marking:
    """Where the process stands then. Raises Refused unless the step waits, knows this outcome, and is theirs."""
    marking = process.decide(case.process, case.facts, fact)
    node = case.process.nodes[fact.step]
    if refusal := conditions.not_theirs(case, node, by, fact.at):
        raise refusal
    if isinstance(fact, StepDone) and conditions.hands_out(case, node):
        raise Refused(f"Phải ghi kết quả trước bước “{node.name}”", lifecycle.source(Finished))
    return marking


def _payment(owed: int, amount: int, means: str, by: Officer | None, at: datetime) -> FeePaid:
    if _one_of(means, MEANS, "Cách nộp", FeePaid) not in rows.ONLINE_MEANS and by is None:
        raise Refused("Nộp tại quầy phải do cán bộ thu", lifecycle.source(FeePaid))
    if not 0 < amount <= owed:
        raise Refused(
            f"Số tiền nộp phải từ 1 đến {owed} đồng, là số còn phải nộp; không ghi được {amount} đồng",
            lifecycle.source(FeePaid),
        )
    return _fact(FeePaid, at, by or CITIZEN, amount=amount, means=means)


def _published(dossier: Dossier, items: Sequence[str]) -> tuple[str, ...]:
    """`items`, all of them papers of the published catalogue."""
    known = set(dossier.version.components.values_list("name", flat=True))
    if not items or not known.issuperset(items):
        strange = "; ".join(item for item in items if item not in known) or "chưa chọn giấy tờ"
        raise Refused(
            f"Chỉ được yêu cầu giấy tờ trong thành phần hồ sơ đã công khai: {strange}",
            lifecycle.source(SupplementRequested),
        )
    return tuple(items)


def _one_of(given: str, known: Sequence[str], name: str, kind: type[Fact]) -> str:
    if given not in known:
        raise Refused(
            f"{name} “{given}” không có; dùng một trong: {', '.join(known)}", lifecycle.source(kind)
        )
    return given


def _said(text: str, name: str = "lý do") -> str:
    if not text.strip():
        raise Refused(f"Phải ghi rõ {name}")
    return text.strip()
