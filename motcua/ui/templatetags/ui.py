"""Filters that write dates, numbers and working time the Vietnamese way, and the words of the clock.

Every one gives "" for nothing (None, or "" which Django makes of an absent variable), so that a template may
follow it with `|default:"chưa có"`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

from django import template
from django.core.paginator import Page

from motcua.law.calendar import TZ
from motcua.law.clock import LineKind, Status

register = template.Library()

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
WEEKDAYS_SHORT = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")

LOOKS = {
    Status.RUNNING: ("clock", "running"),
    Status.NEAR: ("hourglass", "soon"),
    Status.OVERDUE: ("circle-alert", "overdue"),
    Status.PAUSED: ("circle-pause", "paused"),
    Status.WAITING: ("inbox", "running"),
    Status.NO_TERM: ("circle-minus", "done"),
    Status.ENDED_EARLY: ("circle-check", "done"),
    Status.ENDED_ON_TIME: ("circle-check", "done"),
    Status.ENDED_LATE: ("circle-x", "late"),
    Status.REFUSED: ("ban", "done"),
    Status.WITHDRAWN: ("undo-2", "done"),
    Status.STOPPED: ("ban", "done"),
}
# By code as well as by member: a member is its own code.
_STATUS = {status.value: status for status in Status}
LINES = {
    LineKind.START: "Bắt đầu",
    LineKind.RESTART: "Tính lại từ đầu",
    LineKind.COUNTED: "Được tính",
    LineKind.OFF: "Ngày nghỉ",
    LineKind.ROLLED: "Chuyển ngày",
    LineKind.EXTENDED: "Hẹn lại",
    LineKind.PAUSED: "Tạm dừng",
    LineKind.DUE: "Hết hạn",
    LineKind.ENDED: "Kết thúc",
    LineKind.NOTE: "Lưu ý",
}


def writes(filter_function: Callable[..., str]) -> Callable[..., str]:
    """Register a filter that writes a value, and let it pass over nothing."""

    @wraps(filter_function)
    def passing_over_nothing(value: Any, *args: Any) -> str:
        return "" if value is None or value == "" else filter_function(value, *args)

    return register.filter(passing_over_nothing)


def _local(value: date | datetime) -> date | datetime:
    aware = isinstance(value, datetime) and value.tzinfo is not None
    return value.astimezone(TZ) if aware else value  # type: ignore[union-attr]


@writes
def day(value: date | datetime) -> str:
    """dd/MM/yyyy; a moment is read in Asia/Ho_Chi_Minh first."""
    return f"{_local(value):%d/%m/%Y}"


@writes
def day_short(value: date | datetime) -> str:
    """dd/MM."""
    return f"{_local(value):%d/%m}"


@writes
def hour(value: datetime) -> str:
    """HH:mm."""
    return f"{_local(value):%H:%M}"


@writes
def moment(value: datetime) -> str:
    """HH:mm dd/MM/yyyy, as a slip writes it."""
    return f"{_local(value):%H:%M %d/%m/%Y}"


@writes
def machine(value: date | datetime) -> str:
    """ISO 8601, for `<time datetime>` and for ids."""
    return _local(value).isoformat()


@writes
def weekday(value: date | datetime, form: str = "") -> str:
    """Thứ Hai … Chủ nhật; T2 … CN with the argument "short"."""
    names = WEEKDAYS_SHORT if form == "short" else WEEKDAYS
    return names[_local(value).weekday()]


def _grouped(value: Decimal) -> str:
    return f"{value:,f}".translate(str.maketrans(",.", ".,"))


@writes
def number(value: float | Decimal, places: int | None = None) -> str:
    """1.234,5: points between thousands, a comma before decimals.

    `places` fixes the decimals (half up); without it at most two, and no idle zeros.
    """
    exact = Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    if places is None and "." in (text := f"{rounded:f}"):
        rounded = Decimal(text.rstrip("0").rstrip("."))
    return _grouped(abs(rounded) if rounded == 0 else rounded)


@writes
def money(value: float | Decimal, zero: str = "") -> str:
    """1.234.000 đ, in whole đồng; the argument is what to say for 0, such as "Miễn phí"."""
    return zero if zero and not value else f"{number(value, 0)} đ"


@writes
def percent(ratio: float | Decimal, places: int | None = None) -> str:
    """97,28%: takes a ratio (0 to 1), not a percentage."""
    return f"{number(Decimal(str(ratio)) * 100, places)}%"


@writes
def working_time(minutes: float, minutes_a_day: int = 480) -> str:
    """2 ngày 3 giờ: an amount of working minutes without its sign, in its two greatest units.

    A day is the unit's working day (480 minutes unless told), never 24 hours.
    """
    whole = int(abs(minutes))
    days, rest = divmod(whole, minutes_a_day)
    parts = [(days, "ngày"), (rest // 60, "giờ"), (rest % 60, "phút")]
    first = next((i for i, (amount, _) in enumerate(parts) if amount), 2)
    shown = [f"{_grouped(Decimal(amount))} {unit}" for amount, unit in parts[first : first + 2] if amount]
    return " ".join(shown) or "0 phút"


@writes
def left(minutes: float, minutes_a_day: int = 480) -> str:
    """còn 2 ngày 3 giờ / quá 1 ngày / đến hạn: working minutes left, negative once overdue."""
    if -1 < minutes < 1:
        return "đến hạn"
    return f"{'còn' if minutes > 0 else 'quá'} {working_time(minutes, minutes_a_day)}"


@register.filter
def share(value: float | Decimal | None, whole: float | Decimal = 1) -> str:
    """A part of a whole as a percentage for SVG attributes ("41.5%"), kept between 0 and 100."""
    if not value or not whole:
        return "0%"
    part = Decimal(str(value)) / Decimal(str(whole)) * 100
    return f"{min(max(part, Decimal(0)), Decimal(100)):.1f}%"


@writes
def clock_word(status: str) -> str:
    """The word of a clock status (law.clock.Status or its code)."""
    return _STATUS[status].label


@writes
def clock_icon(status: str) -> str:
    return LOOKS[_STATUS[status]][0]


@writes
def clock_tone(status: str) -> str:
    return LOOKS[_STATUS[status]][1]


@writes
def line_word(kind: str) -> str:
    """What a line of the ledger tells (law.clock.LineKind or its code)."""
    return LINES[LineKind(kind)]


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | str]:
    """The page numbers worth a link: the ends, the neighbours, and "…" between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
