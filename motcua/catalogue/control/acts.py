"""The acts on a draft regulation: writing it, assessing it, hearing others, sending it on or back, promulgating it.

Each leaves a fact in the stream of the draft (`law.drafting`); a stage is left only through its gates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from motcua.journal import log
from motcua.law import control, drafting
from motcua.law.calendar import Calendar, OutOfYears, day
from motcua.law.control import PATH
from motcua.law.facts import Refused
from motcua.law.packs import NotInForce
from motcua.people import access, calendars
from motcua.people.models import Officer, Unit

from ..announcing import instruments
from ..announcing.instruments import NewInstrument, ToAnnounce
from ..announcing.models import Change, Instrument, InstrumentKind
from ..models import Procedure, Status, Version
from . import offers, reading, writing
from .models import UNGIVEN, Assessment, Draft, Drafted, DraftKind, Opinion, Position, Stage, Visit
from .writing import Text

SOURCE = "NĐ 63/2010/NĐ-CP"
SHORTEST = 10  # signs of a reason
REGISTERED = {
    DraftKind.RESOLUTION: InstrumentKind.COUNCIL,
    DraftKind.DECISION: InstrumentKind.COMMITTEE,
    DraftKind.CENTRAL: InstrumentKind.OTHER,
}


class Shut(Refused):
    """Gates that keep a draft at its stage (điều kiện chưa đạt)."""

    def __init__(self, gates: Sequence[control.Gate]) -> None:
        told = [f"{gate.title}: {'; '.join(gate.missing[:3])}" for gate in gates[:3]]
        super().__init__("Chưa chuyển được. " + ". ".join(told), gates[0].source)
        self.gates = tuple(gates)


class Overtaken(Refused):
    """The text was written by somebody else since it was read (nội dung đã đổi)."""


@dataclass(frozen=True, slots=True)
class About:
    """What a draft says of itself (thông tin dự thảo)."""

    kind: str
    name: str
    day: date
    ground: str = ""
    clause: str = ""
    origin: str = ""
    origin_text: str = ""
    origin_number: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The document an act stands on (văn bản): its number, day, and where its file lies."""

    number: str
    on: date
    file: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an impact assessment says; `answers` by part, costs in đồng a year (bản đánh giá tác động)."""

    needed: bool | None
    needed_why: str
    answers: Mapping[str, Mapping[str, Any]]
    management: bool | None
    management_why: str
    convenience: bool | None
    convenience_why: str
    cheapest: bool | None
    cost_before: int | None
    cost_after: int | None
    cost_how: str = ""


@transaction.atomic(durable=True)
def begin(about: About, *, unit: Unit, by: Officer, at: datetime) -> Draft:
    """Lập dự thảo văn bản của đơn vị chủ trì. Raises Refused for a day the rules do not reach."""
    _may_draft(by, unit, at)
    _in_years(about.day)
    draft = Draft.objects.create(**asdict(about), unit=unit, begun_at=at, begun_by=by.username)
    _enter(draft, control.Stage.DRAFTING, at)
    _record(draft, drafting.DraftBegun(**_said(about), **_by(by, at, "NĐ 63/2010/NĐ-CP Đ.8")))
    return draft


@transaction.atomic(durable=True)
def change(draft: Draft, about: About, *, by: Officer, at: datetime) -> None:
    """Sửa thông tin dự thảo, while it is drafted. Raises Refused after."""
    held = _drafting(draft, by, at)
    _in_years(about.day)
    for name, value in asdict(about).items():
        setattr(held, name, value)
    held.save(update_fields=list(asdict(about)))
    _record(held, drafting.DraftChanged(**_said(about), **_by(by, at, "NĐ 63/2010/NĐ-CP Đ.8")))


@transaction.atomic(durable=True)
def add_procedure(
    draft: Draft, *, change: str, title: str, before: Version | None, by: Officer, at: datetime
) -> Drafted:
    """Đưa một thủ tục vào dự thảo: a new one, or one of the catalogue to amend, replace or abolish.

    Raises Refused for one that is in it already, and for a change without the text it changes.
    """
    held = _drafting(draft, by, at)
    if change != Change.NEW and before is None:
        raise Refused("Hãy chọn thủ tục đang có trong danh mục để sửa, thay thế hoặc bãi bỏ", SOURCE)
    there = held.procedures.filter(dropped_at=None)
    if before and there.filter(before__procedure=before.procedure_id).exists():
        raise Refused(f"Thủ tục {before.procedure.code} đã có trong dự thảo này", SOURCE)
    version = None if change == Change.ABOLISHED else _version(held, change, title, before)
    made = Drafted.objects.create(draft=held, change=change, version=version, before=before)
    _record(
        held,
        drafting.ProcedureDrafted(
            procedure=made.code, title=made.title, change=change, **_by(by, at, "NĐ 63/2010/NĐ-CP Đ.8.2")
        ),
    )
    return made


@transaction.atomic(durable=True)
def drop_procedure(drafted: Drafted, *, reason: str, by: Officer, at: datetime) -> None:
    """Bỏ thủ tục khỏi dự thảo, with a reason; what was written of it stays readable in the journal."""
    held = _drafting(drafted.draft, by, at)
    said = _reason(reason)
    row = _there(held, drafted)
    row.dropped_at = at
    row.save(update_fields=["dropped_at"])
    _record(
        held,
        drafting.ProcedureDropped(procedure=row.code, title=row.title, reason=said, **_by(by, at, SOURCE)),
    )


@transaction.atomic(durable=True)
def write(
    drafted: Drafted,
    text: Text,
    *,
    absent: Sequence[str],
    sets: int | None,
    base: datetime | None,
    by: Officer,
    at: datetime,
) -> None:
    """Soạn nội dung thủ tục: a draft version of the catalogue; `base` is when the text that was read was written.

    Raises Overtaken where somebody wrote since, and Refused for one to be abolished.
    """
    held = _drafting(drafted.draft, by, at)
    row = _there(held, drafted)
    if row.version is None:
        raise Refused("Thủ tục bị bãi bỏ không có nội dung mới để soạn", SOURCE)
    if row.written_at != base:
        raise Overtaken("Nội dung thủ tục đã được người khác lưu từ khi bạn mở trang này")
    writing.write(row.version, text)
    row.absent, row.sets, row.written_at = sorted(absent), sets, at
    row.save(update_fields=["absent", "sets", "written_at"])
    digest = hashlib.sha256(json.dumps(asdict(text), default=str).encode()).hexdigest()[:16]
    told: dict[str, Any] = {
        "procedure": row.code,
        "title": text.title,
        "parts": tuple(sorted(reading.filled(row))),
    }
    _record(held, drafting.ProcedureWritten(**told, digest=digest, **_by(by, at, "NĐ 63/2010/NĐ-CP Đ.8.2")))


@transaction.atomic(durable=True)
def assess(drafted: Drafted, told: Assessed, *, by: Officer, at: datetime) -> Assessment:
    """Đánh giá tác động một thủ tục; what is not answered yet may be answered by a later one, the last counts."""
    held = _at(drafted.draft, control.Stage.ASSESSMENT)
    _may_draft(by, held.unit, at)
    row = _there(held, drafted)
    made = Assessment.objects.create(drafted=row, at=at, by=by.username, **_plain(told))
    fact = drafting.ImpactAssessed(
        procedure=row.code,
        title=row.title,
        attempt=Assessment.objects.filter(drafted=row).count(),
        needed=told.needed,
        cost_before=told.cost_before,
        cost_after=told.cost_after,
        **_by(by, at, control.pack(held.day).source("impact")),
    )
    _record(held, fact)
    return made


@transaction.atomic(durable=True)
def forward(draft: Draft, *, by: Officer, at: datetime) -> Draft:
    """Chuyển dự thảo sang bước sau. Raises Shut naming every gate that is not open, with its article."""
    held = _held(draft)
    left = _open(held)
    if left is control.Stage.PROMULGATION:
        raise Refused("Bước cuối là ban hành văn bản, do người có thẩm quyền ký ban hành ghi", SOURCE)
    _may_draft(by, held.unit, at)
    _pass(held, left)
    to = control.following(left)
    _leave(held, to, at)
    told: dict[str, Any] = {"left": left.value, "to": to.value, "due": _iso(held.due)}
    _record(held, drafting.DraftForwarded(**told, **_by(by, at, SOURCE)))
    return held


@transaction.atomic(durable=True)
def send_back(draft: Draft, *, to: str, reason: str, by: Officer, at: datetime) -> Draft:
    """Trả lại bước trước, có lý do; what was said before stays, and what follows is asked for again.

    By the drafting unit, or by whoever the draft waits for.
    """
    held = _held(draft)
    left, said = _open(held), _reason(reason)
    _may_return(held, left, by, at)
    if to not in PATH[: PATH.index(left)]:
        raise Refused("Chỉ trả lại được về một bước đã qua", SOURCE)
    stage = control.Stage(to)
    _leave(held, stage, at, said)
    told: dict[str, Any] = {"left": left.value, "to": stage.value, "reason": said, "due": _iso(held.due)}
    _record(held, drafting.DraftReturned(**told, **_by(by, at, SOURCE)))
    return held


@transaction.atomic(durable=True)
def stop(draft: Draft, *, reason: str, by: Officer, at: datetime) -> None:
    """Dừng dự thảo: it is not proposed any more, as when a procedure was found not necessary (TT 03/2022/TT-BTP)."""
    held = _held(draft)
    left, said = _open(held), _reason(reason)
    _may_draft(by, held.unit, at)
    _leave(held, control.Stage.STOPPED, at, said)
    source = control.pack(held.day).source("impact")
    _record(held, drafting.DraftStopped(left=left.value, reason=said, **_by(by, at, source)))


@transaction.atomic(durable=True)
def give_opinion(
    draft: Draft, *, position: str, text: str, document: Document, by: Officer, at: datetime
) -> Opinion:
    """Cho ý kiến kiểm soát thủ tục. Raises Refused for somebody of the drafting unit, and for a second one."""
    held = _at(draft, control.Stage.OPINION)
    access.require(by, "control_draft", None, day(at))
    made = _heard(held, position, text, document, by, at)
    told: dict[str, Any] = {"position": position, "text": text, **_document(document)}
    _record(
        held,
        drafting.OpinionGiven(**told, **_by(by, at, control.pack(held.day).source("opinion"))),
    )
    return made


@transaction.atomic(durable=True)
def appraise(
    draft: Draft, *, position: str, text: str, document: Document, by: Officer, at: datetime
) -> Opinion:
    """Thẩm định dự thảo. Raises Shut where the assessment or the opinion is missing: such a file is not taken."""
    held = _at(draft, control.Stage.APPRAISAL)
    access.require(by, "appraise_draft", None, day(at))
    _pass(held, control.Stage.OPINION)
    made = _heard(held, position, text, document, by, at)
    told: dict[str, Any] = {"position": position, "text": text, **_document(document)}
    _record(
        held,
        drafting.DraftAppraised(**told, **_by(by, at, control.pack(held.day).source("appraisal"))),
    )
    return made


@transaction.atomic(durable=True)
def answer(draft: Draft, *, text: str, number: str = "", by: Officer, at: datetime) -> None:
    """Tiếp thu, giải trình ý kiến của bước đang ở, once. Raises Refused where there is nothing to answer."""
    held = _held(draft)
    stage, said = _open(held), _reason(text)
    _may_draft(by, held.unit, at)
    opinion = Opinion.objects.filter(visit__draft=held, visit__left=None).last()
    if opinion is None or opinion.answered_at or opinion.position == Position.AGREED:
        raise Refused("Không có ý kiến nào đang chờ tiếp thu, giải trình", SOURCE)
    opinion.answer, opinion.answer_number = said, number
    opinion.answered_at, opinion.answered_by = at, by.username
    opinion.save(update_fields=["answer", "answer_number", "answered_at", "answered_by"])
    told: dict[str, Any] = {"stage": stage.value, "text": said, "number": number}
    _record(held, drafting.OpinionAnswered(**told, **_by(by, at, SOURCE)))


@transaction.atomic(durable=True)
def promulgate(
    draft: Draft,
    *,
    document: Document,
    effective: date,
    issuer: str,
    signer: str,
    by: Officer,
    at: datetime,
) -> Draft:
    """Ban hành văn bản: its number, day and the day it takes effect; it enters the register, to be announced.

    The day of the document chooses the law: Raises Shut where the ground named does not stand under it any more.
    """
    held = _at(draft, control.Stage.PROMULGATION)
    *_, top = access.line(held.unit)
    access.require(by, "promulgate", top, day(at))
    _in_years(document.on)
    if effective < document.on:
        raise Refused(f"Ngày hiệu lực không được trước ngày ban hành {document.on:%d/%m/%Y}", SOURCE)
    if document.on > day(at):
        raise Refused("Ngày ban hành không được sau hôm nay", SOURCE)
    held.number, held.issued_on = document.number, document.on
    held.effective_on, held.signer = effective, signer
    _pass(held, control.Stage.PROMULGATION)
    held.instrument = instruments.register(_instrument(held, issuer), by=by.username, at=at)
    held.save(update_fields=["number", "issued_on", "effective_on", "signer", "instrument"])
    _leave(held, control.Stage.PROMULGATED, at)
    texts = Version.objects.filter(drafted__draft=held, drafted__dropped_at=None, status=Status.DRAFT)
    texts.update(valid_from=effective)
    told: dict[str, Any] = {"effective": effective.isoformat(), "signer": signer, **_document(document)}
    _record(held, drafting.Promulgated(**told, **_by(by, at, SOURCE)))
    return held


@transaction.atomic(durable=True)
def give_code(drafted: Drafted, *, code: str, by: Officer, at: datetime) -> None:
    """Cấp mã thủ tục cho thủ tục mới, once it is promulgated: the code the national database gave it.

    Raises Refused for a code that is taken, and for a procedure that has one.
    """
    access.require(by, "catalogue", None, day(at))
    held = _held(drafted.draft)
    row = _there(held, drafted)
    if held.stage != Stage.PROMULGATED or held.instrument is None:
        raise Refused("Mã thủ tục được cấp sau khi văn bản đã ban hành", SOURCE)
    if row.version is None or not row.waits_for_code:
        raise Refused(f"Thủ tục này đã có mã {row.code}", SOURCE)
    if Procedure.objects.filter(code=code).exists():
        raise Refused(f"Mã {code} đã có trong danh mục", SOURCE)
    try:
        with transaction.atomic():
            Procedure.objects.filter(pk=row.version.procedure_id).update(code=code)
    except IntegrityError:
        raise Refused(f"Mã {code} vừa được cấp cho thủ tục khác", SOURCE) from None
    told: list[dict[str, str]] = list(held.instrument.procedures)
    # Two procedures may go by one name: a code is that of one of them.
    place = next((n for n, one in enumerate(told) if not one["code"] and one["title"] == row.title), None)
    if place is not None:
        told[place] = told[place] | {"code": code}
    Instrument.objects.filter(pk=held.instrument.pk).update(procedures=told)
    _record(held, drafting.CodeGiven(procedure=code, title=row.title, **_by(by, at, SOURCE)))


def _instrument(held: Draft, issuer: str) -> NewInstrument:
    """The promulgated draft as the register has it, with the procedures to announce."""
    procedures = [
        ToAnnounce(one.change, "" if one.waits_for_code else one.code, one.title, _changed(one))
        for one in reading.kept(held)
    ]
    return NewInstrument(
        number=held.number,
        kind=REGISTERED[DraftKind(held.kind)],
        issuer=issuer,
        issued_on=held.issued_on or held.day,
        effective_on=held.effective_on or held.day,
        title=held.name,
        procedures=procedures,
    )


def _changed(one: Drafted) -> str:
    """What a decision says of the change: the parts that differ, or which procedure it takes the place of."""
    if one.change == Change.REPLACED and one.before:
        return f"thay thế thủ tục {one.before.procedure.code}"
    if one.change != Change.AMENDED:
        return ""
    return ", ".join(control.PARTS[part].lower() for part in reading.regulated(one))


def _version(draft: Draft, change: str, title: str, before: Version | None) -> Version:
    """The draft of a text: a copy of what holds for one to amend, else a new one under a code of our own for now."""
    if before and change == Change.AMENDED:
        return writing.copied(before, begins=max(draft.day, before.valid_from + timedelta(days=1)))
    number = draft.procedures.count() + 1
    field = before.field if before else ""
    procedure = Procedure.objects.create(code=f"{UNGIVEN}{draft.pk}-{number}", title=title, field=field)
    return Version.objects.create(
        procedure=procedure, number=1, valid_from=draft.day, title=title, field=field
    )


def _heard(held: Draft, position: str, text: str, document: Document, by: Officer, at: datetime) -> Opinion:
    if offers.own(by, held, day(at)):
        raise Refused(f"Người của {held.unit.name} không cho ý kiến về dự thảo của chính đơn vị", SOURCE)
    visit = held.visits.get(left=None)
    if visit.opinions.exists():
        raise Refused("Bước này đã có ý kiến; muốn có ý kiến khác, dự thảo phải được trả lại", SOURCE)
    if document.on > day(at):
        raise Refused("Ngày văn bản không được sau hôm nay", SOURCE)
    return Opinion.objects.create(
        visit=visit,
        position=position,
        text=text,
        number=document.number,
        on=document.on,
        file=document.file,
        at=at,
        by=by.username,
    )


def _may_draft(by: Officer, unit: Unit, at: datetime) -> None:
    access.require(by, "drafts", None, day(at))
    access.require(by, "draft", unit, day(at))


def _may_return(held: Draft, stage: control.Stage, by: Officer, at: datetime) -> None:
    """The drafting unit takes its draft back; the others return what waits for them."""
    if not offers.is_asked(by, held, stage, day(at)):
        _may_draft(by, held.unit, at)


def _held(draft: Draft) -> Draft:
    """The draft, for this transaction alone."""
    list(Draft.objects.select_for_update().filter(pk=draft.pk))
    rows = Draft.objects.select_related("unit__parent").prefetch_related(*reading.PARTS)
    return rows.get(pk=draft.pk)


def _open(held: Draft) -> control.Stage:
    """The stage of a draft that is still on its way. Raises Refused for one that is not."""
    stage = control.Stage(held.stage)
    if stage not in PATH:
        raise Refused(f"Dự thảo {held.get_stage_display().lower()}, không thay đổi được nữa", SOURCE)
    return stage


def _at(draft: Draft, stage: control.Stage) -> Draft:
    held = _held(draft)
    if _open(held) is not stage:
        where = held.get_stage_display()
        raise Refused(f"Dự thảo đang ở bước {where}; việc này chỉ làm ở bước {control.STAGES[stage]}", SOURCE)
    return held


def _drafting(draft: Draft, by: Officer, at: datetime) -> Draft:
    _may_draft(by, draft.unit, at)
    return _at(draft, control.Stage.DRAFTING)


def _there(held: Draft, drafted: Drafted) -> Drafted:
    row = next((one for one in reading.kept(held) if one.pk == drafted.pk), None)
    if row is None:
        raise Refused("Thủ tục này không còn trong dự thảo", SOURCE)
    return row


def _pass(held: Draft, stage: control.Stage) -> None:
    try:
        shut = control.shut(reading.draft(held), stage)
    except NotInForce as missing:
        raise Refused(str(missing), SOURCE) from None
    if shut:
        raise Shut(shut)


def _enter(held: Draft, stage: control.Stage, at: datetime) -> None:
    due = control.due(stage, at, calendars.of(held.unit), day(at)) if stage in PATH else None
    left = None if stage in PATH else at
    Visit.objects.create(draft=held, stage=stage.value, since=at, due=due, left=left)
    held.stage, held.due = Stage(stage.value), due
    held.save(update_fields=["stage", "due"])


def _leave(held: Draft, to: control.Stage, at: datetime, reason: str = "") -> None:
    held.visits.filter(left=None).update(left=at, to=to.value, reason=reason)
    _enter(held, to, at)


def _in_years(on: date) -> None:
    """Raise Refused for a day of a document on which no rules are known."""
    try:
        control.pack(on)["mandatory_parts"]
        Calendar().is_working(on)
    except (NotInForce, OutOfYears):
        raise Refused(f"Không có quy định kiểm soát cho văn bản ngày {on:%d/%m/%Y}", SOURCE) from None


def _reason(text: str) -> str:
    if len(text.strip()) < SHORTEST:
        raise Refused(f"Nội dung phải có ít nhất {SHORTEST} ký tự")
    return text.strip()


def _plain(told: Assessed) -> dict[str, Any]:
    return asdict(told) | {"answers": {part: dict(answer) for part, answer in told.answers.items()}}


def _said(about: About) -> dict[str, Any]:
    parts = (about.origin, about.origin_number, about.origin_text)
    origin = " ".join(part for part in parts if part)
    return {"name": about.name, "ground": about.ground, "clause": about.clause, "origin": origin}


def _by(by: Officer, at: datetime, provision: str) -> dict[str, Any]:
    return {"by": by.username, "at": at, "provision": provision[:200]}


def _document(document: Document) -> dict[str, Any]:
    return {"number": document.number, "on": document.on.isoformat(), "file": document.file}


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _record(draft: Draft, fact: drafting.Drafting) -> None:
    log.record(drafting.stream(draft.pk), [fact])
