"""Dates, places and headings as forms write them; None is what is not known, printed as a dotted line."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from motcua.law.calendar import TZ, day
from motcua.people.models import Unit, UnitKind

TERRITORIES = (UnitKind.PROVINCE, UnitKind.DISTRICT, UnitKind.COMMUNE)
_TERRITORY = re.compile(
    r"(?:(?:UBND|Ủy ban nhân dân)\s+)?"
    r"(?:tỉnh|thành phố|đặc khu|huyện|quận|thị xã|thị trấn|xã|phường)\s+(?P<name>\D.*)",
    re.IGNORECASE,
)


def dated(on: date) -> str:
    """ngày 05 tháng 11 năm 2026."""
    return f"ngày {on:%d} tháng {on:%m} năm {on:%Y}"


def timed(at: datetime) -> str:
    """09 giờ 00 phút, ngày 05 tháng 11 năm 2026."""
    local = at.astimezone(TZ)
    return f"{local:%H} giờ {local:%M} phút, {dated(day(at))}"


def iso_timed(text: str) -> str | None:
    """The same of a moment a fact holds as text."""
    return timed(datetime.fromisoformat(text)) if text else None


def place(unit: Unit | None) -> str | None:
    """The place a paper of a unit is dated at (địa danh): its commune, district or province, by its bare name."""
    while unit and unit.kind not in TERRITORIES:
        unit = unit.parent
    found = _TERRITORY.fullmatch(unit.name) if unit else None
    return found["name"] if found else None


def heading(unit: Unit, on: date, number: str) -> dict[str, Any]:
    """The head of a paper: the unit above, the unit, number, place and date (thể thức)."""
    return {
        "over": unit.parent.name.upper() if unit.parent else "",
        "unit": unit.name.upper(),
        "number": number,
        "place": place(unit),
        "date": dated(on),
    }
