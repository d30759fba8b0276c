"""What a decision does to the texts in force, for those who ask from outside the catalogue (bản nào hết hiệu lực)."""

from __future__ import annotations

from typing import Any

from motcua.ui.templatetags import ui

from .announcing import standing
from .announcing.models import Announced, Announcement, Change
from .announcing.standing import Standing


def outlook(decision: Announcement) -> tuple[list[dict[str, Any]], list[str]]:
    """For each procedure of a draft which text ends when and which begins; and, in words, what must be mended first."""
    draft = standing.gathered(decision)
    stops = [f"{each.code} {each.problem}".strip() for each in standing.problems(draft) if each.stops]
    return [_ending(item, draft) for item in draft.items], stops


def _ending(item: Announced, draft: standing.Draft) -> dict[str, Any]:
    begins, here = ui.day(draft.announcement.effective_on), draft.standings[item.code]
    told = [_ends(here, begins)] if here.current else []
    if item.kind != Change.ABOLISHED:
        told.append(f"Bản {_next(here)} áp dụng từ {begins}")
    else:
        told.append(f"Từ {begins} không tiếp nhận hồ sơ mới")
    other = draft.standings.get(item.replaces) if item.replaces != item.code else None
    if other and other.current:
        told.append(f"Thủ tục {item.replaces}: {_ends(other, begins).lower()}")
    return {
        "code": item.code,
        "replaces": item.replaces if item.replaces != item.code else "",
        "title": item.title or (here.procedure.title if here.procedure else ""),
        "kind": item.get_kind_display(),
        "told": told,
    }


def _ends(here: Standing, begins: str) -> str:
    number = here.current.number if here.current else 0
    return f"Bản {number} hết hiệu lực từ {begins}"


def _next(here: Standing) -> int:
    return here.draft.number if here.draft else here.last + 1
