"""The acts of comparing with the national record: compare, decide (đối chiếu với CSDLQG)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from motcua.gateways import errands
from motcua.gateways import national as gateway
from motcua.gateways.errands import ALONE, Hand, Progress
from motcua.gateways.models import Errand
from motcua.gateways.portal import Unreachable
from motcua.journal import locks
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from ..announcing import applying, deriving
from ..models import Procedure, Status, Version
from ..reading import files, national
from ..reading.drafts import Draft, Read
from . import keeping
from .models import Decision, Kind, Matching, Mismatch

SHORTEST = 10  # signs of a reason
SYSTEM = "system"
TOLD = 20  # procedures between two tellings of how far it is
# The job that asks the national record.
ERRAND, QUEUE, TASK = "match", "cleaning", "catalogue.match_gateway"


@transaction.atomic(durable=True)
def match_file(path: Path, *, whole: bool, called: str = "", by: Officer | None, at: datetime) -> Matching:
    """Đối chiếu với một tệp của CSDLQG; `whole`: the file holds all, so that what it lacks is only here.

    A record nobody could read may be any procedure: beside one nothing is only here. Raises WrongFile, and then
    nothing has changed.
    """
    matching = Matching(source=called or path.name, whole=whole)
    _matched(_readable(files.catalogue(path), matching), matching, by, at)
    if not matching.read:
        raise files.WrongFile(path, "không có thủ tục nào đọc được", "kiểm tra lại tệp nguồn")
    return matching


def ask_gateway(*, by: Officer | None, at: datetime) -> tuple[Errand, bool]:
    """Giao việc đối chiếu qua trục to a job; where one is under way already that one, and False."""
    _may(by, at)
    return errands.ask(ERRAND, queue=QUEUE, task=TASK, by=by.username if by else "", at=at)


def match_gateway(*, hand: Hand = ALONE, by: Officer | None, at: datetime) -> Matching:
    """Đối chiếu với CSDLQG qua trục: every procedure it lists, fetched whole before anything is compared.

    `hand` hears how many were fetched and what was left. Raises the gateway's Unreachable, and GivenUp where the errand
    was given up meanwhile; then nothing has changed.
    """
    _may(by, at)
    client = gateway.client()
    codes = client.codes()
    drafts = list(_fetched(client, codes, hand.told))
    if not drafts:
        # A list of nothing would say that everything is only here, and close what was decided.
        raise Unreachable("CSDLQG trả danh sách không có thủ tục nào")
    name = "bản thay thế của CSDLQG" if client.stand_in else "CSDLQG (LayDanhSachTTHC, LayThuTuc)"
    matching = Matching(source=name, whole=not client.stand_in, stand_in=client.stand_in)
    matching.unread = len(codes) - len(drafts)
    with transaction.atomic(durable=True):
        kept = _matched(drafts, matching, by, at)
        hand.left(kept.pk)
        return kept


@transaction.atomic(durable=True)
def decide(
    mismatch: Mismatch, *, decision: str, reason: str = "", by: Officer, at: datetime
) -> Version | None:
    """Quyết định một điểm khác: take theirs into a draft text, keep ours for a reason, or ask the ministry.

    Returns the draft that takes theirs. Raises Refused for what was settled meanwhile, or without a reason.
    """
    _may(by, at)
    _one_at_a_time()
    held = Mismatch.objects.select_for_update(of=("self",)).get(pk=mismatch.pk)
    reason = reason.strip()
    if held.closed_at:
        raise Refused("Lần đối chiếu sau không còn thấy điểm khác này")
    if held.draft and held.draft.status != Status.PUBLISHED:
        raise Refused(f"Bản dự thảo số {held.draft.number} đã lấy theo CSDLQG, đang chờ công bố")
    if decision == Decision.TAKE and held.kind == Kind.ONLY_HERE:
        raise Refused("Bỏ một thủ tục phải bằng quyết định công bố bãi bỏ", "NĐ 63/2010/NĐ-CP Đ.15")
    if decision != Decision.TAKE and len(reason) < SHORTEST:
        raise Refused(f"Lý do phải có ít nhất {SHORTEST} ký tự")
    held.decision, held.reason, held.decided_at, held.decided_by = decision, reason, at, by
    held.draft = _taken(held, at) if decision == Decision.TAKE else None
    held.save(update_fields=["decision", "reason", "decided_at", "decided_by", "draft"])
    return held.draft


def _matched(drafts: Iterable[Draft], matching: Matching, by: Officer | None, at: datetime) -> Matching:
    _may(by, at)
    _one_at_a_time()
    matching.at, matching.by = at, by.username if by else SYSTEM
    keeping.run(drafts, matching, at)
    return matching


def _readable(reads: Iterable[Read], matching: Matching) -> Iterator[Draft]:
    for read in reads:
        if read.draft:
            yield read.draft
        else:
            matching.unread += 1


def _fetched(client: gateway.Register, codes: Sequence[str], told: Progress) -> Iterator[Draft]:
    for row, code in enumerate(codes, 1):
        if row % TOLD == 1:
            told(row - 1, len(codes))
        draft, _ = national.read(client.procedure(code), row)
        if draft:
            yield draft


def _taken(held: Mismatch, at: datetime) -> Version:
    """The draft text that says it as the national record does; several parts of a procedure share one."""
    last = Version.objects.filter(procedure__code=held.code).aggregate(last=Max("number"))["last"] or 0
    if held.kind == Kind.ONLY_THERE:
        made, _ = Procedure.objects.get_or_create(code=held.code, defaults={"title": held.title})
        return deriving.write(made, held.given, number=last + 1, valid_from=day(at))
    draft = _shared(held)
    if draft is None:
        ours = Version.objects.select_related("procedure").get(mismatches=held)
        told = applying.central_of(ours, deriving.content(ours)) | {held.field: held.given}
        return deriving.write(ours.procedure, told, number=last + 1, valid_from=day(at))
    deriving.rewrite(draft, {held.field: held.given}, {held.field: None})
    draft.save()
    return draft


def _shared(held: Mismatch) -> Version | None:
    others = Mismatch.objects.filter(code=held.code, draft__status=Status.DRAFT, version=held.version_id)
    other = others.select_related("draft").first()
    return other.draft if other else None


def _may(by: Officer | None, at: datetime) -> None:
    """None is the administrator of the machine, who gave a command, or the night."""
    if by is not None:
        access.require(by, "catalogue", None, day(at))


def _one_at_a_time() -> None:
    locks.hold(locks.Lock.VERSIONS)
