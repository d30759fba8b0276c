"""The counts open files are made of: those of a month are counted once, when they are first wanted, and kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from motcua.journal import wire
from motcua.people.queries import every_unit

from ..periods import Period, Window
from ..reports.rows import agency
from .models import OpenMonth

COUNTED = {
    "received": "hồ sơ nhận giải quyết trong tháng, kể cả kỳ trước chuyển sang",
    "online": "tiếp nhận trong tháng, nộp trực tuyến",
    "offline": "tiếp nhận trong tháng, nộp trực tiếp hoặc qua bưu chính",
    "carried": "kỳ trước chuyển sang",
    "ended": "đã giải quyết trong tháng",
    "ended_early": "đã giải quyết trước hạn",
    "ended_on_time": "đã giải quyết đúng hạn",
    "ended_late": "đã giải quyết quá hạn",
    "open": "đang giải quyết khi hết tháng",
    "open_in_time": "đang giải quyết, trong hạn",
    "open_late": "đang giải quyết, quá hạn",
}
UNKNOWN = "?"  # stands for no field at all
Lines = dict[str, dict[str, Counter[str]]]  # by agency and field
_WAIT = "SELECT pg_advisory_xact_lock(hashtext(%s))"


class Month:
    """The counts of a month: `at` when they were counted, by agency and field, and the names of the agencies."""

    def __init__(self, kept: OpenMonth) -> None:
        self.at = kept.at
        self.names: dict[str, str] = {code: told["name"] for code, told in kept.lines.items()}
        self.lines: Lines = {
            code: {field: Counter(counts) for field, counts in told["fields"].items()}
            for code, told in kept.lines.items()
        }


def of(month: Period, at: datetime) -> Month:
    """The counts of a month that is over, as first wanted; counted at `at` where nobody wanted them before."""
    kept = OpenMonth.objects.filter(month=str(month)).first()
    return Month(kept or _kept(month, at))


@transaction.atomic
def _kept(month: Period, at: datetime) -> OpenMonth:
    wire.ask(_WAIT, [f"open {month}"])
    kept = OpenMonth.objects.filter(month=str(month)).first()
    return kept or OpenMonth.objects.create(month=str(month), at=at, lines=_counted(month.window(at)))


def _counted(window: Window) -> dict[str, Any]:
    # With it comes Ibis, which takes a second to import.
    from ..reports import sets

    units, names = every_unit(), dict[str, str]()
    lines: Lines = defaultdict(lambda: defaultdict(Counter))
    for pk, field, counts in sets.tallies(tuple(COUNTED), units, window):
        home = agency(units[pk])
        names[home.code] = home.name
        lines[home.code][field or UNKNOWN].update(counts)
    return {code: {"name": names[code], "fields": fields} for code, fields in lines.items()}
