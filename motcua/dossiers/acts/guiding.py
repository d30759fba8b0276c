"""Guidance at the desk that files nothing (hướng dẫn; NĐ 118/2025 Đ.16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from motcua.catalogue.models import Version
from motcua.journal import wire
from motcua.journal.log import act
from motcua.law import packs
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Unit

from ..models import Guidance
from .deciding import said
from .opening import Applicant

_KEEP = (
    "INSERT INTO dossiers_guidance"
    ' (request_id, version_id, "case", unit_id, name, identity, phone, officer_id, at, missing, content, provision)'
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s) ON CONFLICT (request_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about what, and at which desk; `request_id` makes asking it twice the same guidance."""

    request_id: UUID
    version: Version
    unit: Unit
    person: Applicant
    case: str = ""


@act
def guide(asking: Asking, *, missing: Sequence[str], content: str, by: Officer, at: datetime) -> Guidance:
    """Hướng dẫn chuẩn bị hồ sơ: kept with its content and every paper still missing, once and exactly (Đ.16).

    `missing` are names of published components. Nothing is filed and no clock runs.
    """
    provision = str(packs.on("reception", day(at))["guidance"])
    access.require(by, "receive", asking.unit, day(at))
    known = set(asking.version.components.values_list("name", flat=True))
    if strange := [item for item in missing if item not in known]:
        raise Refused(
            f"Chỉ được hướng dẫn nộp giấy tờ trong thành phần hồ sơ đã công khai: {'; '.join(strange)}",
            provision,
        )
    who, version = asking.person, asking.version
    wire.ask(
        _KEEP,
        [
            *(asking.request_id, version.pk, asking.case, asking.unit.pk, who.name, who.identity, who.phone),
            *(by.pk, at, wire.packed(list(missing)), said(content, "nội dung hướng dẫn"), provision),
        ],
    )
    return Guidance.objects.get(request_id=asking.request_id)
