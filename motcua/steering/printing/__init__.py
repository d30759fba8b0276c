"""Papers of steering set in type (công văn đôn đốc, tài liệu họp, phiếu đánh giá)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from motcua.ui import press
from motcua.ui.templatetags import ui

from ..models import Letter

LETTER = Path(__file__).parent / "letter.typ"
RATING = Path(__file__).parent / "rating.typ"
PACK = Path(__file__).parent / "pack.typ"


def letter(sent: Letter) -> bytes:
    """A letter of urging as PDF, as it was sent: the same letter gives the same bytes."""
    (document,) = press.pages(LETTER, sent.data, at=sent.at)
    return document


def rows(tasks: list[dict[str, Any]]) -> list[list[str]]:
    """The tasks of a letter as its table says them."""
    return [
        [
            each["title"],
            each["product"],
            each["instrument"],
            ui.day(date.fromisoformat(each["until"])),
            f"{each['days']}",
        ]
        for each in tasks
    ]


def pack(data: Mapping[str, Any], at: datetime) -> bytes:
    """The pack of a meeting as one PDF."""
    (document,) = press.pages(PACK, data, at=at)
    return document


def rating(data: Mapping[str, Any], at: datetime) -> bytes:
    """The yearly sheet of a head as PDF."""
    (document,) = press.pages(RATING, data, at=at)
    return document
