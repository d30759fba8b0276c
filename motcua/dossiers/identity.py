"""The numbers a person or an organisation is known by (số định danh cá nhân, mã số thuế)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
STROKE = "|"
_TAX = re.compile(r"(\d{10})(?:-?(\d{3}))?")


def plain(text: str) -> str:
    """The number without the spaces and points people write between its digits."""
    return re.sub(r"[\s.]", "", normalize("NFKC", text))


def scanned(text: str, order: Sequence[str]) -> dict[str, str]:
    """What the code on an identity card says, by field; {} for what is no such code.

    `order` names the fields between the strokes, "" those nobody asks for. A card reader types them in one go.
    """
    parts = [" ".join(part.split()) for part in text.split(STROKE)]
    if len(parts) < len(order) or not personal(plain(parts[0])):
        return {}
    return {name: part for name, part in zip(order, parts, strict=False) if name and part}


def personal(number: str) -> bool:
    """Whether this is a personal identity number: 12 digits, or 9 of an old card (số định danh cá nhân, CMND)."""
    return re.fullmatch(r"\d{12}|\d{9}", number) is not None


def tax_code(number: str) -> bool:
    """Whether this is a tax or business code: ten digits whose last one checks, perhaps a branch number (MST)."""
    found = _TAX.fullmatch(number)
    if not found or found[2] == "000":
        return False
    digits = [int(digit) for digit in found[1]]
    rest = sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=False)) % 11
    return rest > 0 and digits[9] == 10 - rest


def phone(text: str) -> str | None:
    """A telephone number without what people write between its digits; None when it cannot be one."""
    number = re.sub(r"[\s.()-]", "", text)
    return number if re.fullmatch(r"\+?\d{8,15}", number) else None


def why_wrong(number: str, *, person: bool) -> str:
    """Why a number cannot be that of a person (or of an organisation), "" when it can."""
    if person:
        return (
            "" if personal(number) else "Số định danh cá nhân có 12 chữ số; số chứng minh nhân dân cũ có 9."
        )
    if tax_code(number) or re.fullmatch(r"\d{12}", number):
        return ""
    if _TAX.fullmatch(number):
        return "Mã số thuế không đúng chữ số kiểm tra. Hãy đối chiếu lại từng chữ số."
    return "Mã số thuế có 10 chữ số, thêm -001 cho chi nhánh; hộ kinh doanh dùng số định danh 12 chữ số."
