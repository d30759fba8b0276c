"""What the province says otherwise, from a day on, by a decision: each beginning and end makes a version.

Parts of acts, inside the act's transaction; docs/adr/0014.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import publishing
from ..models import Procedure, Status, Version
from ..words import fold
from . import applying, deriving
from .applying import SOURCE
from .models import Overlay, Part

COUNCIL = "hdnd"


@dataclass(frozen=True, slots=True)
class NewOverlay:
    """What a decision of the province says of one part; `value` as `Overlay.value`."""

    part: str
    value: Any
    decision: str
    decided_on: date
    issuer: str
    valid_from: date
    valid_to: date | None = None


def decide(procedure: Procedure, new: NewOverlay, *, by: str, at: datetime) -> Overlay:
    """The overlay holds from its day on, in a version of its own; one of the same part before it ends there.

    Raises Refused for a locked part, a fee without a resolution of the council, a term longer than the central one.
    """
    _lawful(new, at)
    current = _current(procedure)
    told = applying.central_of(current, deriving.content(current))
    if current.valid_from >= new.valid_from:
        began = f"{current.valid_from:%d/%m/%Y}"
        raise Refused(
            f"Bản {current.number} có hiệu lực từ {began}; phần của tỉnh phải bắt đầu sau ngày đó", SOURCE
        )
    _followed(procedure, new)
    overlay = Overlay.objects.create(
        procedure=procedure,
        part=new.part,
        value=new.value,
        decision=new.decision.strip(),
        decided_on=new.decided_on,
        issuer=new.issuer.strip(),
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        made_at=at,
        made_by=by,
    )
    _shorter(told, new, current)
    made = publishing.derived(current, told, new.valid_from, at)
    if new.valid_to:
        publishing.derived(made, told, new.valid_to, at)
    fact = announcements.OverlayDecided(
        at=at,
        by=by,
        provision=SOURCE,
        document=overlay.decision,
        code=procedure.code,
        part=new.part,
        since=new.valid_from.isoformat(),
        until=new.valid_to.isoformat() if new.valid_to else "",
    )
    log.record(announcements.STREAM, [fact])
    return overlay


def end(overlay: Overlay, *, on: date, why: str, by: str, at: datetime) -> None:
    """The central text holds again from `on`. Raises Refused for one that has an end, or a day that has passed."""
    if overlay.valid_to:
        raise Refused(f"Phần này đã có ngày kết thúc {overlay.valid_to:%d/%m/%Y}", SOURCE)
    if on < day(at) or on <= overlay.valid_from:
        raise Refused("Ngày kết thúc phải từ hôm nay, sau ngày bắt đầu", SOURCE)
    if not why.strip():
        raise Refused("Hãy ghi vì sao kết thúc, theo văn bản nào", SOURCE)
    current = _current(overlay.procedure)
    if current.valid_from >= on:
        raise Refused(f"Bản {current.number} có hiệu lực từ {current.valid_from:%d/%m/%Y}", SOURCE)
    told = applying.central_of(current, deriving.content(current))
    Overlay.objects.filter(pk=overlay.pk).update(valid_to=on, ended_why=why.strip())
    publishing.derived(current, told, on, at)
    fact = announcements.OverlayEnded(
        at=at,
        by=by,
        provision=SOURCE,
        document=overlay.decision,
        code=overlay.procedure.code,
        part=overlay.part,
        on=on.isoformat(),
        reason=why.strip(),
    )
    log.record(announcements.STREAM, [fact])


def _lawful(new: NewOverlay, at: datetime) -> None:
    if new.part not in Part.values:
        raise Refused(f"Phần “{new.part}” khóa theo bản trung ương, tỉnh không sửa được", SOURCE)
    if not new.value:
        raise Refused("Chưa ghi nội dung của tỉnh", SOURCE)
    if not new.decision.strip() or not new.issuer.strip():
        raise Refused("Phải ghi số quyết định, nghị quyết và cơ quan ban hành", SOURCE)
    if new.part == Part.FEES and COUNCIL not in fold(new.decision):
        raise Refused(
            "Mức phí, lệ phí của tỉnh phải theo nghị quyết của Hội đồng nhân dân tỉnh (số …/NQ-HĐND)",
            "Luật Phí và lệ phí 2015 Đ.21",
        )
    if new.decided_on > day(at) or new.valid_from < day(at):
        raise Refused("Quyết định phải đã ký, và áp dụng từ hôm nay trở đi", SOURCE)
    if new.valid_to and new.valid_to <= new.valid_from:
        raise Refused("Ngày kết thúc phải sau ngày bắt đầu", SOURCE)


def _current(procedure: Procedure) -> Version:
    waiting = Version.objects.filter(procedure=procedure, status=Status.ANNOUNCED).first()
    if waiting:
        # A version made now might begin after the announced one, which could then never be published.
        raise Refused(
            f"Bản {waiting.number} công bố theo {waiting.decision} chưa công khai; hãy công khai trước",
            SOURCE,
        )
    open_ones = Version.objects.filter(procedure=procedure, status=Status.PUBLISHED, valid_to__isnull=True)
    current = open_ones.select_related("procedure").first()
    if current is None:
        raise Refused(f"Thủ tục {procedure.code} không có bản nào đang áp dụng", SOURCE)
    return current


def _followed(procedure: Procedure, new: NewOverlay) -> None:
    """What the province said of the part before ends where this begins."""
    before = Overlay.objects.filter(procedure=procedure, part=new.part, valid_to__isnull=True)
    for overlay in before:
        if overlay.valid_from >= new.valid_from:
            raise Refused(
                f"{overlay} bắt đầu từ {overlay.valid_from:%d/%m/%Y}; phần mới phải sau ngày đó", SOURCE
            )
        Overlay.objects.filter(pk=overlay.pk).update(
            valid_to=new.valid_from, ended_why=f"Thay bằng {new.decision.strip()}"
        )


def _shorter(told: dict[str, Any], new: NewOverlay, current: Version) -> None:
    if new.part == Part.TERMS and (found := applying.longer(told["terms"], new.value)):
        raise Refused(f"Thời hạn của tỉnh không được dài hơn trung ương: {'; '.join(found)}", SOURCE)
    channels = {row["channel"] for row in told[new.part]} if new.part in applying.MODELS else set()
    if new.part in applying.MODELS and (unknown := {row["channel"] for row in new.value} - channels):
        kept = ", ".join(sorted(unknown))
        raise Refused(f"Bản {current.number} không có cách nộp này để quy định riêng: {kept}", SOURCE)
