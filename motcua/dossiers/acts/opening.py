"""Reception: a dossier is filed, accepted or refused (tiếp nhận; NĐ 118/2025 Đ.17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Channel, ProcessVersion, Status, Version
from motcua.catalogue.offers import offer
from motcua.catalogue.words import words
from motcua.journal import wire
from motcua.journal.log import Past, act
from motcua.law import clock, lifecycle, process
from motcua.law.calendar import day
from motcua.law.facts import (
    Accepted,
    Fact,
    Filed,
    ReceptionRefused,
    Refused,
    StepDone,
)
from motcua.people import access, calendars
from motcua.people.models import Officer, Role, Unit

from ..folding import Folded
from ..models import Dossier
from .deciding import CITIZEN, allowed, decided, said, write
from .money import payment

# The ordinal need not reach the disk before the dossier does: what is written later never gets there earlier.
_NEXT = (
    f"WITH process AS ({catalogue.PROCESS}) INSERT INTO dossiers_daycounter (agency_code, day, last)"
    " SELECT %s, %s, 1 FROM process WHERE NOT EXISTS (SELECT FROM dossiers_dossier WHERE request_id = %s)"
    " AND set_config('synchronous_commit', 'off', true) = 'off'"
    " ON CONFLICT (agency_code, day) DO UPDATE SET last = dossiers_daycounter.last + 1"
    f" RETURNING nextval('dossiers_dossier_id_seq'), last, ({calendars.WATCH}),"
    " (SELECT id FROM process), (SELECT written FROM process)"
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
class Agent:
    """Who hands in for the applicant (người nộp thay); `authorisation` names the document that lets them.

    The dossier and its account stay the applicant's (NĐ 118/2025 Đ.17.1.a).
    """

    name: str
    authorisation: str
    identity: str = ""
    phone: str = ""


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
    agent: Agent | None = None


@act
def file_online(filing: Filing, *, at: datetime) -> Dossier:
    """Nộp hồ sơ trực tuyến: registered, waiting for reception (NĐ 118/2025 Đ.17.2; trạng thái 1)."""
    if filing.channel != Channel.ONLINE:
        raise Refused("Hồ sơ nộp trực tuyến phải có cách nộp trực tuyến", lifecycle.source(Filed))
    case = opened(filing, at)
    if case is None:
        return known(filing)
    write(case, [decided(Filed, at, CITIZEN, channel=filing.channel)])
    return case.dossier


@act
def receive(filing: Filing, *, by: Officer, at: datetime, paid: int = 0) -> Dossier:
    """Tiếp nhận tại quầy hoặc qua bưu chính: filed and accepted in one act (NĐ 118/2025 Đ.17.1.c, 17.3).

    `paid` is what the desk took of the fee, in đồng.
    """
    at_the_desk(filing, by, at)
    if paid:
        access.require(by, "take_fee", filing.receiving_unit, day(at))
    case = opened(filing, at)
    if case is None:
        return known(filing)
    accepted, steps = acceptance(case, filing.components, by, at)
    facts: list[Fact] = [decided(Filed, at, by, channel=filing.channel), accepted, *steps]
    if paid:
        facts.append(payment(accepted.fee, paid, "counter", by, at))
    write(case, facts)
    return case.dossier


@act
def accept(dossier: Dossier, *, components: Sequence[Mapping[str, Any]], by: Officer, at: datetime) -> None:
    """Tiếp nhận hồ sơ nộp trực tuyến, đầy đủ và hợp lệ; the clock starts now (NĐ 118/2025 Đ.17.2, 17.3)."""
    case = allowed(dossier, Accepted, by, at)
    accepted, steps = acceptance(case, components, by, at)
    write(case, [accepted, *steps])


@act
def refuse_reception(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Từ chối tiếp nhận (Mẫu 03): a reason is part of it (NĐ 118/2025 Đ.17.1.c; trạng thái 3)."""
    case = allowed(dossier, ReceptionRefused, by, at)
    write(case, [decided(ReceptionRefused, at, by, reason=said(reason))])


def at_the_desk(filing: Filing, by: Officer, at: datetime) -> None:
    """Raise Refused unless the officer receives there, and nobody hands in online at a desk."""
    access.require(by, "receive", filing.receiving_unit, day(at))
    if filing.channel == Channel.ONLINE:
        raise Refused("Hồ sơ nhận tại quầy không có cách nộp trực tuyến", lifecycle.source(Filed))


def known(filing: Filing) -> Dossier:
    """The dossier this filing became when it was handed in before."""
    return Dossier.objects.get(request_id=filing.request_id)


def opened(filing: Filing, at: datetime) -> Folded | None:
    """A dossier not written yet, with its code and nothing in its past; None when it was handed in before."""
    _in_force(filing, day(at))
    whose = (filing.version.procedure, filing.deciding_unit, day(at))
    asked = [*catalogue.process_asked(*whose), filing.deciding_unit.agency_code, day(at), filing.request_id]
    given = wire.ask(_NEXT, asked)
    if not given:
        catalogue.process_for(*whose)  # NotFound tells that there is none; else it was handed in before
        return None
    key, ordinal, calendar, *process_found = given[0]
    process_version = catalogue.process_known(*process_found)
    dossier = registered(filing, process_version, key=key, ordinal=ordinal, at=at)
    return Folded(dossier, Past(dossier.stream, (), watched=calendar))


def registered(filing: Filing, process: ProcessVersion, *, key: int, ordinal: int, at: datetime) -> Dossier:
    """The row of a dossier to which nothing has happened yet; `ordinal` counts those of its agency that day."""
    code, who = code_of(filing.deciding_unit.agency_code, at, ordinal), filing.applicant
    return Dossier(
        pk=key,
        code=code,
        request_id=filing.request_id,
        version=filing.version,
        process=process,
        case=filing.case,
        channel=filing.channel,
        receiving_unit=filing.receiving_unit,
        deciding_unit=filing.deciding_unit,
        subject=filing.subject,
        filed_at=at,
        paper_result=offer(filing.version, filing.channel, filing.case).paper_result,
        words=" ".join(words(" ".join((code, *_called(who), *_called(filing.agent))))),
        **_person(who),
        **_agent(filing.agent),
    )


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
    return {
        "applicant": applicant.name,
        "applicant_kind": applicant.kind,
        "identity": applicant.identity,
        "phone": applicant.phone,
        "email": applicant.email,
        "address": applicant.address,
        "vneid": applicant.vneid,
    }


def _called(who: Applicant | Agent | None) -> tuple[str, ...]:
    """What somebody is searched by."""
    return (who.name, who.identity, who.phone) if who else ()


def _agent(agent: Agent | None) -> dict[str, str]:
    """The columns of an agent. Raises Refused for one who shows no authorisation."""
    if agent is None:
        return {}
    return {
        "agent": said(agent.name, "họ tên người nộp thay"),
        "agent_identity": agent.identity,
        "agent_phone": agent.phone,
        "authorisation": said(agent.authorisation, "giấy ủy quyền của người nộp thay"),
    }


def code_of(agency: str, at: datetime, ordinal: int) -> str:
    """The code of the `ordinal`-th dossier of an agency that day (NĐ 118/2025 Đ.28).

    An act that is refused after taking its ordinal leaves it unused; none is given twice.
    """
    legal_day = day(at)
    return settings.DOSSIER_CODE.format(
        agency=agency, yymmdd=f"{legal_day:%y%m%d}", yyyymmdd=f"{legal_day:%Y%m%d}", seq=ordinal
    )


def acceptance(
    case: Folded, components: Sequence[Mapping[str, Any]], by: Officer | str, at: datetime
) -> tuple[Accepted, list[StepDone]]:
    """The acceptance of a dossier with what it promises, and the reception steps that are done with it."""
    dossier = case.dossier
    promise = offer(dossier.version, dossier.channel, dossier.case)
    due = clock.due(at, promise.limit, case.calendar, clock.rules(day(at))) if promise.limit else None
    accepted = decided(
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
    return accepted, [decided(StepDone, at, by, step=step) for step in reception]
