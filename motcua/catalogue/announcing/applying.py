"""Putting what the province says otherwise into a central text, and taking it out again (phần địa phương hóa).

Parts of acts, inside the act's transaction; docs/adr/0014.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit, Unit, UnreadLimit

from ..models import Channel, Fee, Term, Version
from .models import Overlay, Part

SOURCE = "QĐ 31/2021/QĐ-TTg Đ.16; quyết định của cơ quan có thẩm quyền"
MODELS: dict[str, type[Term] | type[Fee]] = {Part.TERMS: Term, Part.FEES: Fee}
KEPT = {
    Part.TERMS: ("position", "channel", "case", "amount", "unit", "text", "note"),
    Part.FEES: ("position", "channel", "case", "kind", "amount", "text"),
}
LAPSED = "Bản trung ương mới có thời hạn không dài hơn, phần của tỉnh không còn tác dụng"


def put_in(drafts: Sequence[Version]) -> dict[int, dict[str, Any]]:
    """Put the overlays in force into texts about to be published; the columns each row must be given, by its key.

    One that would be longer than the central term ends where the text begins.
    """
    procedures = {draft.procedure_id for draft in drafts}
    standing: dict[int, list[Overlay]] = {}
    for overlay in Overlay.objects.filter(procedure__in=procedures).order_by("valid_from"):
        standing.setdefault(overlay.procedure_id, []).append(overlay)
    columns = {}
    for draft in drafts:
        held = _held(standing.get(draft.procedure_id, ()), draft.valid_from)
        if held:
            columns[draft.pk] = _overlaid(draft, held)
    return columns


def _held(overlays: Iterable[Overlay], day: date) -> dict[str, Overlay]:
    """The overlay of each part that stands on a day."""
    return {
        overlay.part: overlay
        for overlay in overlays
        if overlay.valid_from <= day and (overlay.valid_to is None or overlay.valid_to > day)
    }


def _overlaid(draft: Version, held: dict[str, Overlay]) -> dict[str, Any]:
    central: dict[str, Any] = {}
    for part, overlay in held.items():
        if part == Part.TERMS and longer(_value(draft, part), overlay.value):
            _lapse(overlay, draft.valid_from)
            continue
        central[part] = {"overlay": overlay.pk, "value": _value(draft, part)}
        if part in MODELS:
            _rewrite(draft, part, overlay.value)
        else:
            setattr(draft, part, overlay.value)
    draft.central = central
    texts = {part: getattr(draft, part) for part in central if part not in MODELS}
    return {"central": central, **texts}


def _lapse(overlay: Overlay, on: date) -> None:
    if overlay.valid_from >= on:
        raise Refused(f"Phần {overlay} bắt đầu cùng ngày với bản mới; hãy sửa ngày có hiệu lực", SOURCE)
    Overlay.objects.filter(pk=overlay.pk, valid_to__isnull=True).update(valid_to=on, ended_why=LAPSED)


def _value(version: Version, part: str) -> Any:
    """What a text says of a part, as it can be kept."""
    if part not in MODELS:
        return getattr(version, part)
    rows = MODELS[part]._default_manager.filter(version=version).order_by("position")
    return [_plain(row, KEPT[Part(part)]) for row in rows]


def _plain(row: Term | Fee, names: Sequence[str]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in names}
    return told | {"amount": None if row.amount is None else str(row.amount)}


def _rewrite(draft: Version, part: str, value: Sequence[dict[str, str]]) -> None:
    """The rows of a channel say what the province says; its cases stay apart where they were."""
    said = {row["channel"]: row for row in value}
    for row in MODELS[part]._default_manager.filter(version=draft, channel__in=said):
        told = said[row.channel]
        row.amount, row.text = Decimal(told["amount"]), told["text"]
        if isinstance(row, Term):
            row.unit = told["unit"]
        row.save()


def central_of(version: Version, told: dict[str, Any]) -> dict[str, Any]:
    """What a text says (`deriving.content`) with the central record's words in place of the province's."""
    found = dict(told)
    for part, kept in version.central.items():
        found[part] = _rows(kept["value"]) if part in MODELS else kept["value"]
    return found


def _rows(value: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "amount": None if row["amount"] is None else Decimal(row["amount"])} for row in value]


def longer(central: Iterable[dict[str, Any]], value: Iterable[dict[str, str]]) -> list[str]:
    """The channels whose local term is not shown to be within the central one, in words.

    `central` are the rows of the terms of a text, as `deriving.content` gives them.
    """
    said = {row["channel"]: TimeLimit(Decimal(row["amount"]), Unit(row["unit"])) for row in value}
    found = []
    for row in central:
        local, limit = said.get(row["channel"]), _limit(row["amount"], row["unit"])
        if local and (limit is None or not local.within(limit)):
            told = str(limit) if limit else "chưa có thời hạn đọc được"
            found.append(f"{Channel(row['channel']).label}: {local}, trung ương {told}")
    return found


def _limit(amount: Any, unit: str) -> TimeLimit | None:
    try:
        return TimeLimit(Decimal(amount), Unit(unit)) if amount and unit else None
    except (UnreadLimit, ValueError):
        return None
