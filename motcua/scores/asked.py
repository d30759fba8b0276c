"""What a page of the index was asked for: a period, and the moment at which one looks (kỳ, thời điểm tính)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from motcua.law import indicators, packs
from motcua.law.calendar import TZ, day

from .periods import BadPeriod, Period, Span, Window

# How many periods of each length the form offers; older ones are reached by their URL.
OFFERED = {
    Span.MONTH: ("Tháng", 15),
    Span.QUARTER: ("Quý", 8),
    Span.HALF: ("6 tháng", 4),
    Span.YEAR: ("Năm", 4),
}


@dataclass(frozen=True)
class Asked:
    """A period as the URL keeps it. `at` is the moment counted at, so that a figure and its rows agree."""

    period: Period
    at: datetime
    now: datetime

    @classmethod
    def of(cls, params: Mapping[str, str], now: datetime) -> Asked:
        """Read `ky` (this month when absent) and `luc` (now when absent). Raises BadPeriod."""
        text = params.get("ky", "").strip()
        period = Period.parse(text) if text else Period.containing(day(now))
        return cls(period, moment(params.get("luc", ""), now), now)

    @classmethod
    def default(cls, now: datetime) -> Asked:
        return cls.of({}, now)

    @cached_property
    def window(self) -> Window:
        """Raises BadPeriod before the period begins."""
        return self.period.window(self.at)

    @property
    def query(self) -> str:
        """The querystring of this period."""
        return "?" + urlencode({"ky": str(self.period)})

    @property
    def exact(self) -> str:
        """The querystring that counts at the same moment: what a figure links to."""
        return "?" + urlencode({"ky": str(self.period), "luc": self.at.astimezone(TZ).isoformat()})

    @property
    def label(self) -> str:
        """The period, and how far it has gone: "Tháng 11/2026, đến 08:00 03/11/2026"."""
        until = "" if self.window.closed else f", đến {self.window.until.astimezone(TZ):%H:%M %d/%m/%Y}"
        return self.period.label + until

    @property
    def choices(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """The periods to choose from, by length, newest first: (value, label, chosen)."""
        offered = {name: [*self._offered(span, many)] for span, (name, many) in OFFERED.items()}
        name, _ = OFFERED[self.period.span]
        if self.period not in offered[name]:
            offered[name].append(self.period)
        return [
            (name, [(str(period), period.label, period == self.period) for period in periods])
            for name, periods in offered.items()
        ]

    def _offered(self, span: Span, many: int) -> Iterator[Period]:
        period, first = Period.containing(day(self.now), span), packs.history(indicators.SUBJECT, "groups")[0]
        for _ in range(many):
            if period.last < first.since:
                return
            yield period
            period = period.previous


def moment(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        at = now.replace(tzinfo=None)
    if at.tzinfo is None or at > now:
        raise BadPeriod(
            f"không tính được ở thời điểm “{text}”; bỏ phần luc= trong địa chỉ để tính ở hiện tại"
        )
    return at
