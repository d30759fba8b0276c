"""Dossiers that belong together: a group of inter-agency procedures, a project (NĐ 118/2025 Đ.20.2, 28.2.a).

A group is handed in once, at one desk, and has a code of its own; each member has its own dossier, code, clock and
process. A member that needs the result of another is registered at once and accepted when that result is there: until
then it is not complete, so its clock cannot run (Đ.17.3; for groups the decree does not say so in words).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Bundle, BundleKind, Channel, Status, Version
from motcua.catalogue.words import words
from motcua.journal import log, outbox, wire
from motcua.journal.log import Past, act
from motcua.journal.wire import Statement
from motcua.law import bundle as law
from motcua.law import lifecycle
from motcua.law.calendar import day
from motcua.law.facts import Fact, Filed, GroupOpened, InputReceived, MemberFiled, Refused
from motcua.law.lifecycle import State
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import group_rows, papers, queries, rows
from ..folding import Folded
from ..models import Dossier, Group
from .deciding import CITIZEN, SYSTEM, decided, jobs, read, write
from .money import payment
from .opening import Agent, Applicant, Filing, acceptance, code_of, opened

_NEXT = (
    "INSERT INTO dossiers_daycounter (agency_code, day, last)"
    " SELECT %s, %s, 1 WHERE NOT EXISTS (SELECT FROM dossiers_group WHERE request_id = %s)"
    " ON CONFLICT (agency_code, day) DO UPDATE SET last = dossiers_daycounter.last + 1"
    " RETURNING nextval('dossiers_group_id_seq'), last"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one member: the text in force, who decides it, and its case."""

    version: Version
    deciding_unit: Unit
    case: str = ""


@dataclass(frozen=True, slots=True)
class GroupFiling:
    """What is handed in once for a whole group, and for a project what it is called and who carries it out.

    `choices` by the keys of the bundle's members: all of them for a group, none for a project, whose dossiers are
    handed in one by one. `papers` serve every member that asks for them.
    """

    request_id: UUID
    bundle: Bundle
    channel: str
    receiving_unit: Unit
    applicant: Applicant
    choices: Mapping[str, Choice]
    papers: tuple[Mapping[str, Any], ...] = ()
    name: str = ""
    agent: Agent | None = None


@act
def open_group(filing: GroupFiling, *, by: Officer | None, at: datetime, paid: bool = False) -> Group:
    """Tiếp nhận một nhóm hồ sơ liên thông, or lập một dự án: one filing, one code, all its dossiers or none.

    `by` None: handed in online, under the code of the national portal. `paid`: the desk took the fees of what is
    accepted now.
    """
    _may_open(filing, by, at)
    if paid and by is not None:
        access.require(by, "take_fee", filing.receiving_unit, day(at))
    if (given := _ordinal(filing, at)) is None:
        return Group.objects.get(request_id=filing.request_id)
    group = _group(filing, at, *given)
    cases = _dossiers(filing, at)
    awaits = {key: _needs(filing.bundle, key, cases) for key in cases}
    facts = {key: _member_facts(case, awaits[key], filing, by, at, paid) for key, case in cases.items()}
    told = [_opening(filing, by, at), *(_filed(key, case, by, at) for key, case in cases.items())]
    past, entries = log.append(Past(group.stream, ()), told)
    group.facts = past.version
    members = group_rows.members(group.pk, past.facts, {c.dossier.code: c.dossier.pk for c in cases.values()})
    written = [_written(cases[key], facts[key]) for key in cases]
    todo = [job for key, case in cases.items() for job in jobs(case.dossier, facts[key], 0)]
    wire.write(
        [
            entries,
            group_rows.insert(group),
            *(statement for entries, made in written for statement in (entries, *made.statements)),
            group_rows.insert_all(members),
            outbox.queued(*todo) if todo else Statement("SELECT 1", []),
        ]
    )
    for _, made in written:
        made.show()
    return group


@act
def attach(group: Group, *, member: str, dossier: Dossier, by: Officer, at: datetime) -> None:
    """Ghép một hồ sơ vào dự án, as the one of a procedure that was planned."""
    access.require(by, "receive", group.receiving_unit, day(at))
    past = log.read(group.stream)
    place = next((m for m in group_rows.folded(past.facts) if m["key"] == member), None)
    source = lifecycle.source(MemberFiled)
    if group.kind != BundleKind.PROJECT or place is None:
        raise Refused("Chỉ ghép được hồ sơ vào một thủ tục đã dự kiến của dự án", source)
    if place["dossier"]:
        raise Refused(f"Thủ tục “{place['name']}” đã có hồ sơ {place['dossier']}", source)
    if dossier.version.procedure.code != place["procedure"]:
        raise Refused(f"Hồ sơ {dossier.code} không phải của thủ tục {place['procedure']}", source)
    if any(m["dossier"] == dossier.code for m in group_rows.folded(past.facts)):
        raise Refused(f"Hồ sơ {dossier.code} đã có trong dự án này", source)
    after, entries = log.append(past, [decided(MemberFiled, at, by, member=member, dossier=dossier.code)])
    wire.write(
        [
            entries,
            *group_rows.attached(group.pk, member, dossier.pk, after.version),
            Statement("SELECT 1", []),
        ]
    )
    group.facts = after.version


@act
def supply_input(
    dossier: Dossier, *, source: Dossier, given: Sequence[Mapping[str, Any]], at: datetime
) -> bool:
    """Nhận kết quả đầu vào của hồ sơ cùng nhóm; with the last one awaited the dossier is accepted (Đ.17.3, 20.2).

    `given` are the papers of its group, `at` when `source` ended. False: it does not wait for that one any more.
    """
    case, ended = read(dossier), queries.folded(source).standing
    if source.code not in case.standing.awaits or case.standing.state not in (
        State.REGISTERED,
        State.SUPPLEMENT,
    ):
        return False
    at = max(at, case.facts[-1].at)
    lifecycle.allow(InputReceived, case.standing, case.rules)
    result = ended.finished.result if ended.finished else ""
    facts: list[Fact] = [decided(InputReceived, at, SYSTEM, source=source.code, result=result)]
    standing = lifecycle.fold(facts, case.standing)
    whole = standing.state is State.REGISTERED and not standing.awaits and not standing.lacking
    # What came online is looked at by the desk first; what it has seen itself lacked nothing but this.
    if whole and dossier.channel != Channel.ONLINE:
        components = papers.shared(queries.components(dossier.version, dossier.case), given)
        accepted, steps = acceptance(case, [*components, *_inputs([*case.facts, *facts])], SYSTEM, at)
        facts += [accepted, *steps]
    write(case, facts)
    return True


def _may_open(filing: GroupFiling, by: Officer | None, at: datetime) -> None:
    source, on, bundle = lifecycle.source(GroupOpened), day(at), filing.bundle
    if by is not None:
        access.require(by, "receive", filing.receiving_unit, on)
    if (by is None) != (filing.channel == Channel.ONLINE):
        raise Refused("Nhóm hồ sơ nhận tại quầy không có cách nộp trực tuyến", lifecycle.source(Filed))
    ended = bundle.valid_to is not None and on >= bundle.valid_to
    if bundle.status != Status.PUBLISHED or on < bundle.valid_from or ended:
        raise Refused(f"“{bundle.name}” không có hiệu lực ngày {on:%d/%m/%Y}", source)
    keys = {member["key"] for member in bundle.members}
    wanted = keys if bundle.kind == BundleKind.GROUP else set()
    if set(filing.choices) != wanted:
        raise Refused("Nhóm liên thông nộp đủ mọi thủ tục; dự án lập trước rồi ghép từng hồ sơ", source)
    for member in bundle.members:
        choice = filing.choices.get(member["key"])
        if choice and choice.version.procedure.code != member["procedure"]:
            raise Refused(f"“{member['name']}” phải là thủ tục {member['procedure']}", source)


def _ordinal(filing: GroupFiling, at: datetime) -> tuple[int, int] | None:
    """The id and the ordinal of a new group; None when it was handed in before."""
    given = wire.ask(_NEXT, [_agency(filing), day(at), filing.request_id])
    return (int(given[0][0]), int(given[0][1])) if given else None


def _agency(filing: GroupFiling) -> str:
    """Whose code a group carries: the receiving desk's, online the national portal's (Đ.28.2.a)."""
    online = filing.channel == Channel.ONLINE
    return str(settings.PORTAL_AGENCY) if online else filing.receiving_unit.agency_code


def _group(filing: GroupFiling, at: datetime, key: int, ordinal: int) -> Group:
    who, code = filing.applicant, code_of(_agency(filing), at, ordinal)
    name = filing.name or filing.bundle.name
    return Group(
        pk=key,
        code=code,
        request_id=filing.request_id,
        bundle=filing.bundle,
        kind=filing.bundle.kind,
        name=name,
        receiving_unit=filing.receiving_unit,
        applicant=who.name,
        applicant_kind=who.kind,
        identity=who.identity,
        phone=who.phone,
        opened_at=at,
        words=" ".join(words(f"{code} {name} {who.name} {who.identity} {who.phone}")),
    )


def _dossiers(filing: GroupFiling, at: datetime) -> dict[str, Folded]:
    """A dossier for each member, not written yet, those first whose results others wait for."""
    parts = law.ordered(
        [law.Part(key=m["key"], minutes=0, needs=tuple(m["needs"])) for m in filing.bundle.members]
    )
    found = {}
    for part in parts:
        if choice := filing.choices.get(part.key):
            case = opened(_filing(filing, part.key, choice), at)
            if case is None:
                raise Refused("Nhóm hồ sơ này đã được ghi", lifecycle.source(GroupOpened))
            found[part.key] = case
    return found


def _filing(filing: GroupFiling, key: str, choice: Choice) -> Filing:
    components = queries.components(choice.version, choice.case)
    return Filing(
        request_id=uuid5(filing.request_id, key),
        version=choice.version,
        channel=filing.channel,
        receiving_unit=filing.receiving_unit,
        deciding_unit=choice.deciding_unit,
        applicant=filing.applicant,
        components=tuple(papers.shared(components, filing.papers)),
        case=choice.case,
        subject=filing.name,
        agent=filing.agent,
    )


def _needs(bundle: Bundle, key: str, cases: Mapping[str, Folded]) -> tuple[str, ...]:
    """The codes of the dossiers a member waits for."""
    needs = next(member["needs"] for member in bundle.members if member["key"] == key)
    return tuple(cases[need].dossier.code for need in needs)


def _member_facts(
    case: Folded, awaits: tuple[str, ...], filing: GroupFiling, by: Officer | None, at: datetime, paid: bool
) -> list[Fact]:
    facts: list[Fact] = [decided(Filed, at, by or CITIZEN, channel=filing.channel, awaits=awaits)]
    if awaits or by is None:
        return facts
    components = papers.shared(queries.components(case.dossier.version, case.dossier.case), filing.papers)
    accepted, steps = acceptance(case, components, by, at)
    facts += [accepted, *steps]
    if paid and accepted.fee:
        facts.append(payment(accepted.fee, accepted.fee, "counter", by, at))
    return facts


def _opening(filing: GroupFiling, by: Officer | None, at: datetime) -> GroupOpened:
    bundle = filing.bundle
    return decided(
        GroupOpened,
        at,
        by or CITIZEN,
        purpose=bundle.kind,
        bundle=str(bundle),
        name=filing.name or bundle.name,
        members=tuple(bundle.members),
        papers=tuple(dict(paper) for paper in filing.papers),
    )


def _filed(key: str, case: Folded, by: Officer | None, at: datetime) -> MemberFiled:
    return decided(MemberFiled, at, by or CITIZEN, member=key, dossier=case.dossier.code)


def _written(case: Folded, facts: Sequence[Fact]) -> tuple[Statement, rows.Written]:
    past, entries = log.append(case.past, facts)
    return entries, rows.written(case.after(past), new=True)


def _inputs(facts: Sequence[Fact]) -> list[dict[str, str]]:
    """The results of other members as papers of this one: nobody hands them in again."""
    codes = [fact.source for fact in facts if isinstance(fact, InputReceived)]
    sources = Dossier.objects.select_related("version").filter(code__in=codes).order_by("code")
    told = [f"{catalogue.result_name(source.version)} (hồ sơ {source.code})" for source in sources]
    return [{"code": "", "name": name, "origin": "reused"} for name in told]
