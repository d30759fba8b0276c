"""Terms as decisions write them: an amount and a unit (thời hạn giải quyết: "5 ngày làm việc", "04 giờ")."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


class Unit(StrEnum):
    """The unit of a term (đơn vị tính)."""

    WORKING_DAYS = "ngày làm việc"
    DAYS = "ngày"
    WORKING_HOURS = "giờ làm việc"
    HOURS = "giờ"
    MINUTES = "phút"
    MONTHS = "tháng"


_UNITS = "|".join(sorted(Unit, key=len, reverse=True))
_WRITTEN = re.compile(
    r"(?:không quá |tối đa )?"
    rf"(?P<number>\d{{1,5}}(?:[.,]\d{{1,2}})?)(?: ?/ ?(?P<parts>\d{{1,2}}))? ?(?P<unit>{_UNITS})\.?"
)
_BARE = re.compile(r"\d+(?:[.,/]\d+)?")


# Days of each unit: of the calendar from least to most, and of work.
_CALENDAR = {Unit.DAYS: (Decimal(1), Decimal(1)), Unit.MONTHS: (Decimal(28), Decimal(31))}
_WORKING = {
    Unit.WORKING_DAYS: Decimal(1),
    Unit.WORKING_HOURS: Decimal(1) / 8,
    Unit.HOURS: Decimal(1) / 8,
    Unit.MINUTES: Decimal(1) / 480,
}
_LEAST = _WORKING | {unit: least for unit, (least, _) in _CALENDAR.items()}


class UnreadLimit(ValueError):
    """A text that is no term (không đọc được thời hạn); `text` is what was written."""

    def __init__(self, text: str, why: str = "") -> None:
        super().__init__(f"không đọc được thời hạn “{text}”" + (f": {why}" if why else ""))
        self.text = text


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A term: `amount` of `unit` (thời hạn). Raises UnreadLimit for what cannot be counted.

    Months are whole: no text says how long half a month of handling is.
    """

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount <= 0:
            raise UnreadLimit(f"{self.amount} {self.unit}", "thời hạn phải lớn hơn 0")
        if self.unit is Unit.MONTHS and self.amount % 1:
            raise UnreadLimit(str(self), "tháng phải là số nguyên")

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> TimeLimit:
        """Read "0,5 ngày làm việc", "04 giờ", "1/2 ngày", "7.5 ngày làm việc"; never guesses.

        Raises UnreadLimit naming the text: no number ("Không tính thời gian"), no unit, or more than a term.
        """
        plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
        found = _WRITTEN.fullmatch(plain)
        if not found:
            raise UnreadLimit(text, _missing(plain))
        amount = Decimal(found["number"].replace(",", "."))
        return cls(_divided(amount, found["parts"], text), Unit(found["unit"]))

    def within(self, other: TimeLimit) -> bool:
        """Whether this term never ends after the other; False where no rule of counting shows it.

        8 working hours are a working day, a month has 28 to 31 days. So many days never end after as many working
        days; the other way round depends on the days off.
        """
        if self.unit == other.unit:
            return self.amount <= other.amount
        if self.unit in _CALENDAR:
            return self.amount * _CALENDAR[self.unit][1] <= other.amount * _LEAST[other.unit]
        return (
            other.unit in _WORKING
            and self.amount * _WORKING[self.unit] <= other.amount * _WORKING[other.unit]
        )

    def __str__(self) -> str:
        number = f"{self.amount:f}"
        if "." in number:
            number = number.rstrip("0").rstrip(".")
        return f"{number.replace('.', ',')} {self.unit}"


def _divided(amount: Decimal, parts: str | None, text: str) -> Decimal:
    if parts is None:
        return amount
    share = amount / Decimal(parts) if int(parts) else Decimal(0)
    if not int(parts) or share != round(share, 4):
        raise UnreadLimit(text, "phân số không đổi được ra số thập phân")
    return share


def _missing(plain: str) -> str:
    if not plain:
        return "để trống"
    if _BARE.fullmatch(plain):
        return f"có số nhưng không có đơn vị ({', '.join(Unit)})"
    return f"phải là một số và một đơn vị ({', '.join(Unit)})"
