"""The acts that publish the index: draft, sign, publish; nothing that was published is ever changed (công bố)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from motcua.journal import log
from motcua.law import publications
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Unit

from ..periods import Period
from . import gathering, queries
from .models import Snapshot, SnapshotRows, SnapshotState

SOURCE = "Quyết định 766/QĐ-TTg"


def draft(period: Period, *, reason: str = "", by: Officer, at: datetime) -> Snapshot:
    """Lập dự thảo công bố of a period that is over, or of its correction, which says in `reason` why.

    Raises BadPeriod, NotInForce, and Refused while another draft of the period waits.
    """
    unit = _drafting_unit(by, at)
    if not period.window(at).closed:
        raise Refused(f"{period.label} chưa kết thúc nên chưa công bố được", SOURCE)
    last = Snapshot.objects.filter(period=str(period)).order_by("-version").first()
    if last and last.state != SnapshotState.PUBLISHED:
        raise Refused(
            f"Bản {last.number} còn là {last.get_state_display().lower()}: công bố hoặc bỏ bản ấy trước"
        )
    reason = reason.strip()
    if last and not reason:
        raise Refused(f"{period.label} đã công bố; bản đính chính phải nói rõ sửa gì và vì sao")
    version, replaces = (last.version + 1, last.digest) if last else (1, "")
    reason = reason if last else ""
    found = gathering.gather(period, version=version, replaces=replaces, reason=reason, at=at)
    made = Snapshot(
        period=str(period),
        version=version,
        unit=unit,
        reason=reason,
        content=found.content,
        digest=gathering.digest(found.content),
        salt=found.salt,
        drafted_by=by,
        drafted_at=at,
    )
    return _kept(made, found)


@transaction.atomic(durable=True)
def discard(snapshot: Snapshot, *, reason: str, by: Officer, at: datetime) -> None:
    """Bỏ dự thảo công bố, or one signed and not yet published, with the `reason`: it is counted anew."""
    held = _held(snapshot)
    if not (queries.may_publish(by, at) or queries.may_sign(by, held, at)):
        raise Refused(f"{by.full_name} không có thẩm quyền bỏ dự thảo này", access.SOURCE)
    if held.state == SnapshotState.PUBLISHED:
        raise Refused(f"Bản {held.number} đã công bố; chỉ đính chính được bằng một bản mới", SOURCE)
    if not reason.strip():
        raise Refused("Hãy ghi lý do bỏ dự thảo")
    _told(publications.SnapshotDiscarded, held, by, at, reason=reason.strip())
    held.delete()


@transaction.atomic(durable=True)
def sign(snapshot: Snapshot, *, by: Officer, at: datetime) -> None:
    """Ký duyệt công bố: by the head of the unit that drafted it or of the province, never by who drafted it."""
    held = _held(snapshot)
    if held.drafted_by == by:
        raise Refused(f"{by.full_name} lập dự thảo này nên không thể ký duyệt", access.SOURCE)
    if not queries.may_sign(by, held, at):
        raise Refused(f"{by.full_name} không có thẩm quyền ký duyệt công bố chỉ số", access.SOURCE)
    _moved(held, SnapshotState.DRAFT, SnapshotState.SIGNED, signed_by=by, signed_at=at)
    _told(publications.SnapshotSigned, held, by, at)


@transaction.atomic(durable=True)
def publish(snapshot: Snapshot, *, document: str, by: Officer, at: datetime) -> None:
    """Công bố: from now on everybody reads it and nobody changes it; `document` is the number of the notice."""
    held = _held(snapshot)
    _drafting_unit(by, at)
    document = document.strip()
    if not document:
        raise Refused("Hãy ghi số thông báo công bố")
    moved = {"published_by": by, "published_at": at, "document": document}
    _moved(held, SnapshotState.SIGNED, SnapshotState.PUBLISHED, **moved)
    _told(publications.SnapshotPublished, held, by, at, document=document)


def _drafting_unit(by: Officer, at: datetime) -> Unit:
    access.require(by, "publish_index", None, day(at))
    posts = access.posts(by, day(at))
    return next(post.unit for post in posts if access.reaches_any(post, "publish_index"))


@transaction.atomic(durable=True)
def _kept(made: Snapshot, found: gathering.Gathered) -> Snapshot:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Refused(f"Bản {made.number} vừa được người khác lập") from None
    units = found.dossiers.keys() | found.procedures.keys()
    SnapshotRows.objects.bulk_create(
        SnapshotRows(
            snapshot=made,
            unit_id=unit,
            dossiers=gathering.packed(found.dossiers.get(unit, [])),
            procedures=gathering.packed(found.procedures.get(unit, {})),
        )
        for unit in sorted(units)
    )
    _told(publications.SnapshotDrafted, made, made.drafted_by, made.drafted_at, reason=made.reason)
    return made


def _held(snapshot: Snapshot) -> Snapshot:
    found = Snapshot.objects.select_for_update(of=("self",)).select_related("unit").defer("content")
    held = found.filter(pk=snapshot.pk).first()
    if held is None:
        raise Refused(f"Bản {snapshot.number} đã bị bỏ")
    return held


def _moved(held: Snapshot, since: str, to: SnapshotState, **told: object) -> None:
    if held.state != since:
        raise Refused(f"Bản {held.number} đang là {held.get_state_display().lower()}", SOURCE)
    Snapshot.objects.filter(pk=held.pk).update(state=to, **told)


def _told(
    kind: type[publications.Publication], held: Snapshot, by: Officer, at: datetime, **words: str
) -> None:
    fact = kind(
        at=at,
        by=by.username,
        provision=SOURCE,
        period=held.period,
        version=held.version,
        digest=held.digest,
        **words,
    )
    log.record(publications.STREAM, [fact])
