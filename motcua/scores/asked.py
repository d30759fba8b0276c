"""What a page of the index was asked for: a period, and the moment at which one looks (kỳ, thời điểm tính)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from urllib.parse import urlencode

from motcua.law import indicators, packs
from motcua.law.calendar import TZ, day
from motcua.law.calendar import at as moment_at

from .periods import INSTANT, BadPeriod, Period, Span, Window

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
    until: date | None = None

    @classmethod
    def of(cls, params: Mapping[str, str], now: datetime) -> Asked:
        """Read `ky` (else this month), `luc` (else now) and `den`, the last day counted. Raises BadPeriod."""
        text = params.get("ky", "").strip()
        period = Period.parse(text) if text else Period.containing(day(now))
        until = _until(params.get("den", "").strip(), period, now)
        at = moment(params.get("luc", ""), now)
        if until and not params.get("luc"):
            at = moment_at(until + timedelta(days=1), time.min) - INSTANT
        return cls(period, at, now, until)

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
        return "?" + urlencode({"ky": str(self.period)} | self._den)

    @property
    def exact(self) -> str:
        """The querystring that counts at the same moment: what a figure links to."""
        luc = {"luc": self.at.astimezone(TZ).isoformat()}
        return "?" + urlencode({"ky": str(self.period)} | self._den | luc)

    @property
    def _den(self) -> dict[str, str]:
        return {"den": self.until.isoformat()} if self.until else {}

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


def _until(text: str, period: Period, now: datetime) -> date | None:
    """The day a period is counted to (lũy kế đến ngày); None for all of it."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadPeriod(f"không có ngày “{text}”") from None
    if not period.first <= found <= min(period.last, day(now)):
        raise BadPeriod(f"ngày {found:%d/%m/%Y} không nằm trong phần đã qua của {period.label.lower()}")
    return found if found < min(period.last, day(now)) else None


def moment(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
        day(at)  # in the first and the last hours of all years it has no legal day
    except (ValueError, OverflowError):
        at = now.replace(tzinfo=None)
    if at.tzinfo is None or at > now:
        raise BadPeriod(
            f"không tính được ở thời điểm “{text}”; bỏ phần luc= trong địa chỉ để tính ở hiện tại"
        )
    return at.astimezone(TZ)  # PostgreSQL takes no zone farther away than sixteen hours
