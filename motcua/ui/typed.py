"""Days and moments as people type them, read in one way by every command and page; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from motcua.law.calendar import TZ

T = TypeVar("T")

_ISO = r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
_VN = r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})"
_TIME = r"(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_DAYS = tuple(re.compile(day) for day in (_ISO, _VN))
_MOMENTS = tuple(re.compile(f) for f in (rf"{_ISO}[T ]{_TIME}{_ZONE}", rf"{_VN} {_TIME}", rf"{_TIME} {_VN}"))


class Unread(ValueError):
    """What was typed is no day or no moment; the message says what to type instead."""


def day(text: str) -> date:
    """2026-08-31 or 31/08/2026. Raises Unread."""
    return _day(_found(_DAYS, text) or {}, f"“{text}” không phải ngày; viết 2026-08-31 hoặc 31/08/2026")


def moment(text: str) -> datetime:
    """2026-08-31T08:00, 31/08/2026 08:00 or 08:00 31/08/2026; without an offset it is the hour in Hà Nội.

    A day alone is no moment: nobody says which hour of it. Raises Unread.
    """
    wrong = f"“{text}” không phải thời điểm; phải có cả ngày và giờ, ví dụ 2026-08-31T08:00"
    found = _found(_MOMENTS, text)
    if found is None:
        raise Unread(wrong)
    try:
        at = datetime.fromisoformat(f"{_day(found, wrong)}T{found['time']:0>5}{found.get('zone') or ''}")
    except ValueError:
        raise Unread(wrong) from None
    return at if at.tzinfo else at.replace(tzinfo=TZ)


def full_year(value: date) -> None:
    """Check a day of a form: a year typed short (26 for 2026) is a day long ago. Raises ValidationError."""
    if not 1900 <= value.year < 2200:
        raise ValidationError("Năm viết đủ bốn chữ số, ví dụ 25/11/2026.")


def given(option: str, text: str, read: Callable[[str], T]) -> T:
    """What an option of a command says. Raises CommandError, which names the option."""
    try:
        return read(text)
    except Unread as wrong:
        raise CommandError(f"{option}: {wrong}", returncode=2) from None


def _found(forms: tuple[re.Pattern[str], ...], text: str) -> dict[str, str] | None:
    plain = text.strip()
    return next((found.groupdict() for form in forms if (found := form.fullmatch(plain))), None)


def _day(found: dict[str, str], wrong: str) -> date:
    try:
        return date(*(int(found[part]) for part in "ymd"))
    except (KeyError, ValueError):
        raise Unread(wrong) from None
