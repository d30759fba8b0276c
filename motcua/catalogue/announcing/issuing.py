"""Announcing what a decision lists, and making it public (công bố, công khai). Parts of acts, in their transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import publishing
from ..models import Procedure, Status, Version
from . import deriving, standing
from .instruments import SOURCE
from .models import Announced, Announcement, Change

PUBLISHING = "NĐ 63/2010/NĐ-CP Đ.15; QĐ 766/QĐ-TTg, chỉ số 1.2"


def issue(announcement: Announcement, *, by: str, at: datetime) -> None:
    """The decision is signed: its texts are announced, what it abolishes ends on its day.

    Raises Refused for everything that must be mended first.
    """
    if not announcement.number or not announcement.decided_on or not announcement.signer:
        raise Refused("Quyết định phải có số, ngày ký và người ký trước khi ban hành", SOURCE)
    if announcement.decided_on > day(at):
        raise Refused(f"Ngày ký {announcement.decided_on:%d/%m/%Y} chưa đến", SOURCE)
    draft = standing.gathered(announcement)
    stopping = [found for found in standing.problems(draft) if found.stops]
    if stopping:
        told = "; ".join(f"{p.code} {p.problem}".strip() for p in stopping[:3])
        raise Refused(f"Còn {len(stopping)} điểm phải sửa: {told}", SOURCE)
    for item in draft.items:
        _announce(item, draft)
    announcement.issued_at, announcement.issued_by = at, by
    announcement.save(update_fields=["issued_at", "issued_by"])
    log.record(announcements.STREAM, [_announced(draft, by, at)])


def _announced(draft: standing.Draft, by: str, at: datetime) -> announcements.ProceduresAnnounced:
    decision = draft.announcement
    return announcements.ProceduresAnnounced(
        at=at,
        by=by,
        provision=SOURCE,
        document=decision.number,
        agency=decision.agency,
        decided_on=decision.decided_on.isoformat() if decision.decided_on else "",
        effective_on=decision.effective_on.isoformat(),
        procedures=tuple(f"{item.kind} {item.code}" for item in draft.items),
    )


def _announce(item: Announced, draft: standing.Draft) -> None:
    here, decision = draft.standings[item.code], draft.announcement
    if item.kind == Change.ABOLISHED:
        item.version = here.followed(decision.effective_on)
        _end(here, decision)
    else:
        item.version = _text(item, here, decision)
        if item.replaces and item.replaces != item.code:
            _end(draft.standings[item.replaces], decision)
    item.title = item.title or (item.version.title if item.version else "")
    item.save(update_fields=["version", "title"])


def _end(here: standing.Standing, decision: Announcement) -> None:
    if here.current:
        publishing.end(here.current.procedure_id, decision.effective_on)


def _text(item: Announced, here: standing.Standing, decision: Announcement) -> Version:
    """The announced text; what waits as a draft becomes it, else it is made from the text before."""
    told = standing.told(item, here)
    if told is None:
        raise Refused(f"Thủ tục {item.code} chưa có nội dung mới", SOURCE)
    version = here.draft
    if version is None:
        procedure = here.procedure or Procedure.objects.create(
            code=item.code, title=told["title"], field=told.get("field", "")
        )
        version = deriving.write(procedure, told, number=here.last + 1, valid_from=decision.effective_on)
    elif item.given:
        deriving.rewrite(version, told, item.given)
    version.valid_from, version.valid_to = decision.effective_on, None
    version.decision, version.decided_on = decision.number, decision.decided_on
    version.issuer, version.status = decision.agency, Status.ANNOUNCED
    version.save()
    return version


def publish(
    announcement: Announcement, codes: Collection[str] | None, *, by: str, at: datetime
) -> Sequence[Announced]:
    """Make public what a decision announced: the procedures `codes`, or all that are not yet.

    Raises Refused where there is nothing left to publish.
    """
    if not announcement.issued:
        raise Refused(f"Quyết định {announcement} chưa ban hành", PUBLISHING)
    waiting = announcement.items.filter(published_at__isnull=True).select_related("version__procedure")
    items = list(waiting if codes is None else waiting.filter(code__in=codes))
    if not items:
        raise Refused("Không còn thủ tục nào chờ công khai", PUBLISHING)
    texts = [item.version for item in items if item.kind != Change.ABOLISHED and item.version]
    publishing.versions(texts, at=at)
    Announced.objects.filter(Q(pk__in=[item.pk for item in items])).update(published_at=at, published_by=by)
    log.record(announcements.STREAM, [_published(item, announcement, by, at) for item in items])
    return items


def _published(
    item: Announced, announcement: Announcement, by: str, at: datetime
) -> announcements.ProcedurePublished:
    return announcements.ProcedurePublished(
        at=at,
        by=by,
        provision=PUBLISHING,
        document=announcement.number,
        code=item.code,
        kind=item.kind,
        version=item.version.number if item.version else 0,
    )
