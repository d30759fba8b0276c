"""The QR code in the corner of a paper printed from the system (mã QR; TT 01/2023/TT-VPCP)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import segno

from motcua.law import packs


def fields(on: date) -> tuple[str, ...]:
    """What the code of a paper must hold, in order; nothing before the rule began (pack `forms`)."""
    try:
        return tuple(packs.on("forms", on).get("qr", ()))
    except packs.NotInForce:
        return ()


def code(holds: Mapping[str, str], on: date) -> dict[str, str] | None:
    """The code with what it says; None where no rule asks for one. What a paper does not hold stays empty."""
    asked = fields(on)
    if not asked:
        return None
    says = "|".join(holds.get(field, "") for field in asked)
    return {"says": says, "svg": _drawn(says)}


@lru_cache(maxsize=512)
def _drawn(says: str) -> str:
    return str(segno.make_qr(says, error="m").svg_inline(border=0))


def address(url: str) -> str:
    """The code that opens a page, as inline SVG."""
    return _opens(url)


def secret(url: str) -> str:
    """The same for an address nobody else may know, which is therefore not kept in memory."""
    return _opens.__wrapped__(url)


@lru_cache(maxsize=512)
def _opens(url: str) -> str:
    return str(segno.make_qr(url, error="m").svg_inline(border=0, omitsize=True))
