"""Words without their accents, as people type them when they search (tìm không dấu)."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")


def fold(text: str) -> str:
    """Lower case, accents off, đ as d: "Đăng ký khai sinh" becomes "dang ky khai sinh"."""
    spread = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).replace("đ", "d")


def words(text: str) -> list[str]:
    """The folded words of a text, in their order."""
    return _WORD.findall(fold(text))


def among(said: str, *texts: str) -> bool:
    """Whether all words of what was typed are words of the texts, accents or not."""
    return set(words(said)) <= {word for text in texts for word in words(text)}
