"""The numbers by which two processes are compared, in words; for the page and for the command alike."""

from __future__ import annotations

from decimal import Decimal

from .comparison import Size
from .tabling import said

SIZES = {
    "steps": "Số bước",
    "units": "Số đơn vị",
    "tiers": "Số cấp",
    "hand_overs": "Số lần chuyển tay trên đường dài nhất",
    "longest": "Giờ làm việc, theo đường dài nhất",
    "sequential": "Giờ làm việc, nếu làm lần lượt",
    "uncounted": "Bước không tính thời gian",
    "missing": "Bước chưa có thời hạn",
}


def told_size(size: Size, name: str) -> str:
    """One number of a size; – where there is none."""
    value: int | Decimal | None = getattr(size, name)
    return "–" if value is None else said(Decimal(value))
