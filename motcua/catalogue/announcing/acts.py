"""The acts of announcing: instruments, decisions, publication, the province's overlay, statistics (công bố)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from motcua.journal import locks
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from ..models import Procedure
from ..reading.decisions import ItemDraft
from . import counting, drafting, instruments, issuing, overlaying
from .counting import Span
from .drafting import Head, Taken
from .instruments import NewInstrument
from .models import Announced, Announcement, Instrument, Overlay, Review, Statistic
from .overlaying import NewOverlay

SYSTEM = "system"


@transaction.atomic(durable=True)
def register_instrument(new: NewInstrument, *, by: Officer | None, at: datetime) -> Instrument:
    """Ghi văn bản vào sổ. Raises Refused for one that is there already, or whose days do not follow each other."""
    name = _allowed(by, at)
    try:
        with transaction.atomic():
            return instruments.register(new, by=name, at=at)
    except IntegrityError:
        raise Refused(f"Văn bản {new.number} của {new.issuer} vừa được ghi vào sổ") from None


@transaction.atomic(durable=True)
def end_instrument(
    instrument: Instrument, *, on: date, reason: str, by: Officer | None, at: datetime
) -> None:
    """Văn bản hết hiệu lực from `on`; what was announced under it stays as it is."""
    name = _allowed(by, at)
    held = Instrument.objects.select_for_update().get(pk=instrument.pk)
    instruments.end(held, on=on, reason=reason, by=name, at=at)


@transaction.atomic(durable=True)
def review_instrument(
    instrument: Instrument,
    *,
    outcome: str,
    on: date,
    reason: str,
    document: str = "",
    by: Officer | None,
    at: datetime,
) -> Review:
    """Rà soát văn bản: keep, amend or remove it, proposed on a day for a reason. Raises Refused for a second that day.

    The instrument itself stays as it is: its end is an act of its own.
    """
    name = _allowed(by, at)
    held = Instrument.objects.select_for_update().get(pk=instrument.pk)
    told = {"outcome": outcome, "reason": reason, "document": document}
    return instruments.review(held, on=on, by=name, at=at, **told)


@transaction.atomic(durable=True)
def draft_announcement(
    head: Head, *, draft: Announcement | None = None, by: Officer | None, at: datetime
) -> Announcement:
    """Soạn quyết định công bố: begin one, or change the head of `draft`. Raises Refused once it was issued."""
    name = _allowed(by, at)
    held = drafting.open_draft(draft) if draft else None
    try:
        with transaction.atomic():
            return drafting.head(held, head, by=name, at=at)
    except IntegrityError:
        raise Refused(f"Quyết định {head.number} của {head.agency} vừa được người khác ghi vào sổ") from None


@transaction.atomic(durable=True)
def put_announced(draft: Announcement, item: ItemDraft, *, by: Officer | None, at: datetime) -> Announced:
    """Ghi một thủ tục vào quyết định: added, or said anew where the decision has it already."""
    _allowed(by, at)
    return drafting.put(drafting.open_draft(draft), item)


@transaction.atomic(durable=True)
def drop_announced(draft: Announcement, code: str, *, by: Officer | None, at: datetime) -> None:
    """Bỏ một thủ tục khỏi dự thảo quyết định."""
    _allowed(by, at)
    drafting.open_draft(draft).items.filter(code=code).delete()


@transaction.atomic(durable=True)
def import_announced(draft: Announcement, path: Path, *, by: Officer | None, at: datetime) -> Taken:
    """Nhập danh mục của quyết định: all of the table, or nothing where a row cannot be taken.

    The same file twice changes nothing, and what was cut off left nothing behind. Raises WrongFile.
    """
    _allowed(by, at)
    return drafting.take(drafting.open_draft(draft), path)


@transaction.atomic(durable=True)
def discard_announcement(draft: Announcement, *, by: Officer | None, at: datetime) -> None:
    """Bỏ dự thảo quyết định công bố. Raises Refused once it was issued."""
    _allowed(by, at)
    drafting.open_draft(draft).delete()


@transaction.atomic(durable=True)
def announce(draft: Announcement, *, by: Officer | None, at: datetime) -> None:
    """Công bố thủ tục: the decision is signed and final, its texts are announced, what it abolishes ends on its day.

    Open dossiers keep their version. Raises Refused for what must be mended first.
    """
    name = _allowed(by, at)
    _one_at_a_time()
    issuing.issue(drafting.open_draft(draft), by=name, at=at)
    draft.refresh_from_db()


@transaction.atomic(durable=True)
def publish_announced(
    announcement: Announcement,
    codes: Collection[str] | None = None,
    *,
    by: Officer | None,
    at: datetime,
) -> Sequence[Announced]:
    """Công khai thủ tục đã công bố: those of `codes`, or all that wait; each text is final, the one before it ends.

    Raises Refused where nothing waits.
    """
    name = _allowed(by, at)
    _one_at_a_time()
    held = Announcement.objects.select_for_update().get(pk=announcement.pk)
    return issuing.publish(held, codes, by=name, at=at)


@transaction.atomic(durable=True)
def decide_overlay(procedure: Procedure, new: NewOverlay, *, by: Officer | None, at: datetime) -> Overlay:
    """Quy định riêng của tỉnh: one part of a procedure from a day on; dossiers are received under it from then.

    Raises Refused for a locked part, a fee without a resolution, a term longer than the central one.
    """
    name = _allowed(by, at)
    _one_at_a_time()
    return overlaying.decide(procedure, new, by=name, at=at)


@transaction.atomic(durable=True)
def end_overlay(overlay: Overlay, *, on: date, why: str, by: Officer | None, at: datetime) -> None:
    """Kết thúc quy định riêng: the central text holds again from `on`."""
    name = _allowed(by, at)
    _one_at_a_time()
    held = Overlay.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=overlay.pk)
    overlaying.end(held, on=on, why=why, by=name, at=at)


@transaction.atomic(durable=True)
def close_statistics(span: Span, *, reason: str = "", by: Officer | None, at: datetime) -> Statistic:
    """Chốt thống kê thủ tục of a period that is over; again only as a correction, with its reason.

    Raises Refused for a period still running, or a correction that corrects nothing.
    """
    name = _allowed(by, at)
    _one_at_a_time()
    return counting.close(span, reason=reason, by=name, at=at)


def _one_at_a_time() -> None:
    locks.hold(locks.Lock.VERSIONS)


def _allowed(by: Officer | None, at: datetime) -> str:
    """The name that goes into the journal; None is the administrator of the machine, who gave a command."""
    if by is None:
        return SYSTEM
    access.require(by, "catalogue", None, day(at))
    return by.username
