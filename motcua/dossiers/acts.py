"""The acts on a dossier: each reads its facts, lets the law decide new ones and appends them (NĐ 118/2025 Đ.16-24).

There is no act that moves a date, resets a clock or takes a fact back; nobody's role can change that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Status, Version
from motcua.catalogue.offers import offer
from motcua.catalogue.words import words
from motcua.journal import log, outbox, wire
from motcua.journal.log import Past, act
from motcua.law import clock, lifecycle, process
from motcua.law.calendar import TZ, day
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
    case = _opened(filing, at)
    if case is None:
        return _known(filing)
    _write(case, [_fact(Filed, at, CITIZEN, channel=filing.channel)])
    return case.dossier


@act
def receive(filing: Filing, *, by: Officer, at: datetime, paid: int = 0) -> Dossier:
    """Tiếp nhận tại quầy hoặc qua bưu chính: filed and accepted in one act (NĐ 118/2025 Đ.17.1.c, 17.3)."""
    access.require(by, "receive", filing.receiving_unit, day(at))
    case = _opened(filing, at)
    if case is None:
        return _known(filing)
    facts = [_fact(Filed, at, by, channel=filing.channel), *_acceptance(case, filing.components, by, at)]
    if paid:
        facts.append(_fact(FeePaid, at, by, amount=paid, means="counter"))
    _write(case, facts)
    return case.dossier


@act
def register_counter(filing: Filing, *, by: Officer, at: datetime) -> Dossier:
    """Ghi nhận hồ sơ nộp tại quầy, qua bưu chính mà chưa tiếp nhận: a supplement or a refusal follows (Đ.17.1.c)."""
    access.require(by, "receive", filing.receiving_unit, day(at))
    case = _opened(filing, at)
    if case is None:
        return _known(filing)
    _write(case, [_fact(Filed, at, by, channel=filing.channel)])
    return case.dossier


@act
def accept(dossier: Dossier, *, components: Sequence[Mapping[str, Any]], by: Officer, at: datetime) -> None:
    """Tiếp nhận hồ sơ nộp trực tuyến, đầy đủ và hợp lệ; the clock starts now (NĐ 118/2025 Đ.17.2, 17.3)."""
    case = _allowed(dossier, Accepted, by, "receive", at)
    _write(case, _acceptance(case, components, by, at))


@act
def refuse_reception(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Từ chối tiếp nhận (Mẫu 03): a reason is part of it (NĐ 118/2025 Đ.17.1.c; trạng thái 3)."""
    case = _allowed(dossier, ReceptionRefused, by, "refuse_reception", at)
    _write(case, [_fact(ReceptionRefused, at, by, reason=_said(reason))])


@act
def request_supplement(
    dossier: Dossier, *, items: Sequence[str], reason: str, by: Officer, at: datetime
) -> None:
    """Yêu cầu bổ sung, hoàn thiện hồ sơ: once only, catalogue components only (NĐ 118/2025 Đ.11.2.c, 19.5)."""
    case = _allowed(dossier, SupplementRequested, None, "request_supplement", at)
    accepted = case.standing.accepted
    desk = dossier.deciding_unit if accepted else dossier.receiving_unit
    access.require(by, "request_supplement", desk, day(at))
    published = set(dossier.version.components.values_list("name", flat=True))
    strange = "; ".join(item for item in items if item not in published) or "chưa chọn giấy tờ"
    if not items or not published.issuperset(items):
        raise Refused(
            f"Chỉ được yêu cầu giấy tờ trong thành phần hồ sơ đã công khai: {strange}",
            lifecycle.source(SupplementRequested),
        )
    phase = "appraisal" if accepted else "reception"
    _write(case, [_fact(SupplementRequested, at, by, phase=phase, items=tuple(items), reason=_said(reason))])


@act
def receive_supplement(dossier: Dossier, *, by: Officer, at: datetime) -> None:
    """Nhận đủ hồ sơ bổ sung: the term restarts from zero under the law in force (NĐ 118/2025 Đ.19.5)."""
    case = _allowed(dossier, SupplementReceived, by, "receive_supplement", at)
    _write(case, [_fact(SupplementReceived, at, by)])


@act
def request_duty(dossier: Dossier, *, amount: int, by: Officer, at: datetime) -> None:
    """Yêu cầu thực hiện nghĩa vụ tài chính, `amount` in đồng (NĐ 118/2025 Đ.24; trạng thái 6)."""
    case = _allowed(dossier, FinancialDutyRequested, by, "request_duty", at)
    if amount <= 0:
        raise Refused("Số tiền phải lớn hơn 0 đồng", lifecycle.source(FinancialDutyRequested))
    _write(case, [_fact(FinancialDutyRequested, at, by, amount=amount)])


@act
def meet_duty(dossier: Dossier, *, by: Officer, at: datetime) -> None:
    """Người nộp đã thực hiện nghĩa vụ tài chính: handling goes on (NĐ 118/2025 Đ.24)."""
    case = _allowed(dossier, FinancialDutyMet, by, "meet_duty", at)
    _write(case, [_fact(FinancialDutyMet, at, by)])


@act
def pay(dossier: Dossier, *, amount: int, means: str, by: Officer | None, at: datetime) -> None:
    """Nộp phí, lệ phí. `means`: counter (only an officer takes it), dvcqg or bank (NĐ 118/2025 Đ.24)."""
    case = _allowed(dossier, FeePaid, by, "take_fee", at)
    if means not in rows.ONLINE_MEANS and by is None:
        raise Refused("Nộp tại quầy phải do cán bộ thu", lifecycle.source(FeePaid))
    if not 0 < amount <= case.standing.duty_owed:
        raise Refused(f"Số tiền còn phải nộp là {case.standing.duty_owed} đồng", lifecycle.source(FeePaid))
    _write(case, [_fact(FeePaid, at, by or CITIZEN, amount=amount, means=means)])


@act
def assign(dossier: Dossier, *, step: str, to: Officer, by: Officer, at: datetime) -> None:
    """Phân công người xử lý một bước đang chờ (NĐ 118/2025 Đ.19.1)."""
    case = _allowed(dossier, Assigned, by, "assign", at)
    node = _waiting(case, step)
    if not access.may_step(to, node.role, rows.unit_of(dossier, node), day(at)):
        raise Refused(f"{to.full_name} không giữ vai trò của bước này", access.SOURCE)
    _write(case, [_fact(Assigned, at, by, step=step, officer=to.username)])


@act
def complete_step(
    dossier: Dossier, *, step: str, by: Officer, at: datetime, outcome: str = "", note: str = ""
) -> None:
    """Hoàn thành một bước; a step already done, or given to somebody else, is refused with what happened."""
    case = _allowed(dossier, StepDone, None, "step", at)
    fact = _fact(StepDone, at, by, step=step, outcome=outcome, note=note)
    process.decide(case.process, case.facts, fact)
    _mine(case, step, by, at)
    _write(case, [fact])


@act
def send_back(dossier: Dossier, *, step: str, to: str, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại bước trước, có lý do; the dossier's clock goes on."""
    case = _allowed(dossier, SentBack, None, "send_back", at)
    fact = _fact(SentBack, at, by, step=step, to=to, reason=_said(reason))
    process.decide(case.process, case.facts, fact)
    _mine(case, step, by, at)
    _write(case, [fact])


@act
def extend(dossier: Dossier, *, due: datetime, reason: str, by: Officer, at: datetime) -> None:
    """Xin lỗi và hẹn lại (Mẫu 04): once, at latest one day before the due day (NĐ 118/2025 Đ.19.6)."""
    case = _allowed(dossier, Extended, by, "extend", at)
    promised = case.last_reading.due
    if promised is None or due <= promised:
        raise Refused("Ngày hẹn mới phải sau ngày hẹn cũ", lifecycle.source(Extended))
    _write(case, [_fact(Extended, at, by, due=due.isoformat(), reason=_said(reason))])


@act
def withdraw(dossier: Dossier, *, reason: str, by: Officer | None, at: datetime) -> None:
    """Công dân dừng, rút hồ sơ, before the decision is issued (Mẫu 05; NĐ 118/2025 Đ.21; trạng thái 7)."""
    case = _allowed(dossier, Withdrawn, by, "withdraw", at)
    _write(case, [_fact(Withdrawn, at, by or CITIZEN, reason=_said(reason))])


@act
def stop(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Dừng xử lý; a dossier waiting for its supplement only after the days the law gives (NĐ 118/2025 Đ.19.5)."""
    case = _allowed(dossier, Stopped, by, "stop", at)
    _write(case, [_fact(Stopped, at, by, reason=_said(reason))])


@act
def finish(
    dossier: Dossier, *, result: str, number: str, by: Officer, at: datetime, electronic: str = ""
) -> None:
    """Đã xử lý xong, kết quả về Bộ phận Một cửa: every step but the handing out is done (NĐ 118/2025 Đ.22)."""
    case = _allowed(dossier, Finished, by, "finish", at)
    if result not in ("granted", "refused"):
        raise Refused(
            "Kết quả là “granted” (giải quyết) hoặc “refused” (từ chối)", lifecycle.source(Finished)
        )
    fact = _fact(Finished, at, by, result=result, number=_said(number), electronic=electronic)
    _write(case, [fact])


@act
def return_result(dossier: Dossier, *, means: str, by: Officer, at: datetime) -> None:
    """Trả kết quả cho người nộp (NĐ 118/2025 Đ.22; trạng thái 10). `means`: counter, online or post."""
    case = _allowed(dossier, ResultReturned, by, "return_result", at)
    _write(case, [_fact(ResultReturned, at, by, means=means)])


@act
def rate(dossier: Dossier, *, satisfied: bool, at: datetime, reason: str = "") -> None:
    """Công dân đánh giá: once; a dissatisfied one says why (NĐ 118/2025 Đ.33)."""
    case = _allowed(dossier, Rated, None, "rate", at)
    if not satisfied:
        _said(reason)
    _write(case, [_fact(Rated, at, CITIZEN, satisfied=satisfied, reason=reason)])


def _fact(kind: type[F], at: datetime, by: Officer | str, **body: Any) -> F:
    actor = by if isinstance(by, str) else by.username
    return kind(at=at, by=actor, provision=lifecycle.source(kind), **body)


def _read(dossier: Dossier) -> Folded:
    return Folded(dossier, log.read(dossier.stream, watch=calendars.WATCH))


def _allowed(dossier: Dossier, kind: type[Fact], by: Officer | None, power: str, at: datetime) -> Folded:
    if by is not None:
        access.require(by, power, dossier.deciding_unit, day(at))
    case = _read(dossier)
    if case.facts and at < case.facts[-1].at:
        raise Refused(
            f"Thời điểm {at.astimezone(TZ):%H:%M %d/%m/%Y} sớm hơn việc đã ghi lúc "
            f"{case.facts[-1].at.astimezone(TZ):%H:%M %d/%m/%Y}"
        )
    lifecycle.allow(kind, case.standing)
    if condition := conditions.OF.get(kind):
        condition(case, at)
    return case


def _write(case: Folded, facts: Sequence[Fact]) -> None:
    past, entries = log.append(case.past, facts)
    dossier, after = case.dossier, Folded(case.dossier, past)
    job = outbox.job(tasks.report, lock=dossier.stream, code=dossier.code, version=past.version)
    wire.write([entries, *rows.statements(after, new=case.past.version == 0), job])


def _known(filing: Filing) -> Dossier:
    return Dossier.objects.get(request_id=filing.request_id)


def _opened(filing: Filing, at: datetime) -> Folded | None:
    """A dossier not written yet, with its code and nothing in its past; None when it was handed in before."""
    if filing.version.status != Status.PUBLISHED:
        raise Refused("Thủ tục này chưa công khai nên chưa thể nhận hồ sơ", "NĐ 118/2025/NĐ-CP Đ.11.2.c")
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
) -> list[Fact]:
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
    reception = [s for s in first if case.process.nodes[s].role == Role.RECEPTION]
    return [accepted, *(_fact(StepDone, at, by, step=step) for step in reception)]


def _waiting(case: Folded, step: str) -> process.Node:
    for node in rows.waiting_nodes(case):
        if node.id == step:
            return node
    raise Refused("Bước này không còn chờ xử lý")


def _mine(case: Folded, step: str, by: Officer, at: datetime) -> None:
    node = case.process.nodes[step]
    unit = rows.unit_of(case.dossier, node)
    if not access.may_step(by, node.role, unit, day(at)):
        raise Refused(
            f"Bước “{node.name}” thuộc vai trò {Role(node.role).label} của {unit.name}", access.SOURCE
        )
    given = case.assigned.get(step)
    if given and given != by.username:
        raise Refused(f"Bước “{node.name}” đã phân công cho {given}", lifecycle.source(Assigned))


def _said(text: str) -> str:
    if not text.strip():
        raise Refused("Phải ghi rõ nội dung hoặc lý do")
    return text.strip()
