"""The supplement: proposed by the agency, asked by the desk, once (bổ sung hồ sơ; NĐ 118/2025 Đ.11.2.c, 19.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from motcua.catalogue.models import Version
from motcua.journal.log import act
from motcua.law import lifecycle
from motcua.law.facts import (
    Refused,
    SupplementDeclined,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
)
from motcua.people.models import Officer

from ..folding import Folded
from ..models import Dossier
from .deciding import allowed, decided, promised, said, write


@act
def propose_supplement(
    dossier: Dossier, *, items: Sequence[str], reason: str, by: Officer, at: datetime
) -> None:
    """Chuyển Bộ phận Một cửa yêu cầu bổ sung: the desk asks the applicant, not the agency (Đ.5.1.e, 19.5)."""
    case = allowed(dossier, SupplementProposed, by, at)
    write(
        case,
        [decided(SupplementProposed, at, by, items=published(dossier.version, items), reason=said(reason))],
    )


@act
def decline_supplement(dossier: Dossier, *, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại đề nghị bổ sung cho cơ quan giải quyết, có lý do: the desk asks the applicant nothing (Đ.5.1.e)."""
    case = allowed(dossier, SupplementDeclined, by, at)
    write(case, [decided(SupplementDeclined, at, by, reason=said(reason))])


@act
def request_supplement(
    dossier: Dossier, *, items: Sequence[str], reason: str, by: Officer, at: datetime
) -> None:
    """Yêu cầu bổ sung, hoàn thiện hồ sơ: once only, catalogue components only (NĐ 118/2025 Đ.11.2.c, 19.5).

    Only by the desk that received the dossier, never by the agency itself (Đ.5.1.e).
    """
    case = allowed(dossier, SupplementRequested, by, at)
    phase = "appraisal" if case.standing.accepted else "reception"
    asked = {"items": published(dossier.version, items), "reason": said(reason)}
    write(case, [decided(SupplementRequested, at, by, phase=phase, **asked)])


@act
def receive_supplement(
    dossier: Dossier, *, by: Officer, at: datetime, items: Sequence[str] | None = None
) -> None:
    """Nhận đủ hồ sơ bổ sung: the term restarts from zero under the law in force (NĐ 118/2025 Đ.19.5).

    `items` are the papers brought, None for all that were asked for; with one of them missing it is refused.
    """
    case = allowed(dossier, SupplementReceived, by, at)
    brought = _complete(case, items)
    write(case, [promised(case, SupplementReceived, at, by, items=brought)])


def _complete(case: Folded, items: Sequence[str] | None) -> tuple[str, ...]:
    """The papers brought, all that were asked for among them. Raises Refused naming the missing ones."""
    asked = next(f.items for f in reversed(case.facts) if isinstance(f, SupplementRequested))
    brought = tuple(asked if items is None else items)
    if missing := [item for item in asked if item not in brought]:
        raise Refused(
            f"Chỉ nhận khi người nộp bổ sung đủ; còn thiếu: {'; '.join(missing)}",
            lifecycle.source(SupplementReceived),
        )
    return brought


def published(version: Version, items: Sequence[str]) -> tuple[str, ...]:
    """`items`, all of them papers of the published catalogue. Raises Refused naming the others."""
    known = set(version.components.values_list("name", flat=True))
    if not items or not known.issuperset(items):
        strange = "; ".join(item for item in items if item not in known) or "chưa chọn giấy tờ"
        raise Refused(
            f"Chỉ được yêu cầu giấy tờ trong thành phần hồ sơ đã công khai: {strange}",
            lifecycle.source(SupplementRequested),
        )
    return tuple(items)
