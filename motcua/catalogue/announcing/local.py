"""What a page says of the province's own words: each part with its decision, beside the central record (phần riêng)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from motcua.law.limits import TimeLimit, Unit, UnreadLimit
from motcua.ui.templatetags import ui

from ..models import Channel, Procedure, Version
from .models import Overlay, Part

COLUMNS = [{"label": label} for label in ("Phần", "Tỉnh quy định", "Theo", "Bản trung ương")]
KEPT_COLUMNS = [{"label": label} for label in ("Phần", "Tỉnh quy định", "Theo", "Áp dụng")]


def of(version: Version) -> list[dict[str, Any]]:
    """The parts of a text in which the province says otherwise, with what the central record says."""
    by_id = Overlay.objects.in_bulk([kept["overlay"] for kept in version.central.values()])
    return [
        _part(by_id[kept["overlay"]], kept["value"])
        for kept in version.central.values()
        if kept["overlay"] in by_id
    ]


def _part(overlay: Overlay, central: Any) -> dict[str, Any]:
    channels = {row["channel"] for row in overlay.value} if isinstance(overlay.value, list) else set()
    theirs = [row for row in central if row["channel"] in channels] if isinstance(central, list) else central
    return {
        "label": overlay.get_part_display(),
        "value": said(overlay.part, overlay.value),
        "decision": f"{overlay.decision} ngày {ui.day(overlay.decided_on)}, {overlay.issuer}",
        "since": f"từ {ui.day(overlay.valid_from)}",
        "central": said(overlay.part, theirs) or "Chưa công bố",
    }


def said(part: str, value: Any) -> str:
    """A value in words."""
    if part == Part.TERMS:
        return _rows(value, _term)
    return _rows(value, _fee) if part == Part.FEES else str(value)


def _rows(value: Iterable[Mapping[str, Any]], tell: Any) -> str:
    told: dict[str, list[str]] = {}
    for row in value:
        told.setdefault(tell(row), []).append(str(Channel(row["channel"]).label).lower())
    if len(told) == 1 and len(next(iter(told.values()))) == len(Channel):
        return str(next(iter(told)))
    return "; ".join(f"{', '.join(dict.fromkeys(ways))}: {what}" for what, ways in told.items())


def _term(row: Mapping[str, Any]) -> str:
    try:
        return str(TimeLimit(Decimal(row["amount"]), Unit(row["unit"]))) if row["amount"] else row["text"]
    except (UnreadLimit, ValueError):
        return str(row["text"])


def _fee(row: Mapping[str, Any]) -> str:
    return ui.money(Decimal(row["amount"]), "Miễn phí") if row["amount"] is not None else str(row["text"])


def kept(procedure: Procedure, today: date) -> list[dict[str, Any]]:
    """Every overlay a procedure ever had, the newest first."""
    overlays = Overlay.objects.filter(procedure=procedure).order_by("-valid_from", "-pk")
    return [
        {
            "overlay": overlay,
            "label": overlay.get_part_display(),
            "value": said(overlay.part, overlay.value),
            "decision": f"{overlay.decision} ngày {ui.day(overlay.decided_on)}, {overlay.issuer}",
            "standing": _standing(overlay, today),
            "open": overlay.valid_to is None,
        }
        for overlay in overlays
    ]


def _standing(overlay: Overlay, today: date) -> str:
    until = f" đến trước {ui.day(overlay.valid_to)}" if overlay.valid_to else ""
    begun = overlay.valid_from <= today
    over = overlay.valid_to is not None and overlay.valid_to <= today
    word = "đã kết thúc" if over else "đang áp dụng" if begun else "chưa đến ngày"
    return f"từ {ui.day(overlay.valid_from)}{until}, {word}"
