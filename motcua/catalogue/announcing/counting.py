"""How many procedures were issued, amended, replaced, abolished in a period: each number is a list (thống kê)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import day
from motcua.law.facts import Refused

from ..models import Level, Version
from .models import Announced, Change, Statistic

SOURCE = "Chế độ thống kê thủ tục hành chính hằng tháng của tỉnh"
UNKNOWN = "Chưa rõ"
LONGEST = 1000  # signs of a reason
_PERIOD = re.compile(r"(?P<year>20\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")


class Row(TypedDict):
    """One procedure of one decision as it is counted; days are ISO text."""

    code: str
    title: str
    kind: str
    decision: str
    decided_on: str
    effective_on: str
    issuer: str
    agency: str
    field: str
    levels: list[str]
    published_on: str


@dataclass(frozen=True, slots=True)
class Span:
    """A month, quarter or year (kỳ): "2026-11", "2026-Q4", "2026"."""

    key: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Span:
        """Raises ValueError for what is no period."""
        found = _PERIOD.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}” không phải kỳ; viết 2026-11, 2026-Q4 hoặc 2026")
        year = int(found["year"])
        if found["month"]:
            return cls(text, *_months(year, int(found["month"]), 1))
        if found["quarter"]:
            return cls(text, *_months(year, 3 * int(found["quarter"]) - 2, 3))
        return cls(text, *_months(year, 1, 12))

    @property
    def label(self) -> str:
        """Tháng 11/2026, quý 4/2026, năm 2026."""
        year, _, part = self.key.partition("-")
        if not part:
            return f"Năm {year}"
        return f"Quý {part[1:]}/{year}" if part.startswith("Q") else f"Tháng {part}/{year}"


def _months(year: int, first: int, count: int) -> tuple[date, date]:
    after = date(year + (first + count - 1) // 12, (first + count - 1) % 12 + 1, 1)
    return date(year, first, 1), after - timedelta(days=1)


def recent(today: date) -> list[Span]:
    """The periods a page offers: thirteen months, five quarters, three years, the newest first."""
    index = today.year * 12 + today.month - 1
    months = [f"{(index - back) // 12}-{(index - back) % 12 + 1:02}" for back in range(13)]
    quarter = today.year * 4 + (today.month - 1) // 3
    quarters = [f"{(quarter - back) // 4}-Q{(quarter - back) % 4 + 1}" for back in range(5)]
    years = [str(today.year - back) for back in range(3)]
    return [Span.parse(key) for key in (*months, *quarters, *years)]


def live(span: Span) -> list[Row]:
    """The procedures of the decisions signed in a period, as they are now."""
    items = Announced.objects.filter(
        announcement__issued_at__isnull=False, announcement__decided_on__range=(span.first, span.last)
    )
    related = items.select_related("announcement", "version").defer(
        "version__sequence", "version__conditions"
    )
    return [_row(item) for item in related.order_by("announcement__decided_on", "announcement", "position")]


def _row(item: Announced) -> Row:
    decision, version = item.announcement, item.version
    return Row(
        code=item.code,
        title=item.title,
        kind=item.kind,
        decision=decision.number,
        decided_on=decision.decided_on.isoformat() if decision.decided_on else "",
        effective_on=decision.effective_on.isoformat(),
        issuer=decision.agency,
        agency=_agency(version),
        field=version.field if version and version.field else UNKNOWN,
        levels=list(version.levels) if version and version.levels else [UNKNOWN],
        published_on=day(item.published_at).isoformat() if item.published_at else "",
    )


def _agency(version: Version | None) -> str:
    """Who carries it out, else whose authority it is, on one line."""
    told = (version.agency or version.authority) if version else ""
    return " ".join(told.split())[:200] or UNKNOWN


def closed(span: Span, number: int | None = None) -> Statistic | None:
    """What was closed for a period: the number asked for, or the last."""
    found = Statistic.objects.filter(period=span.key)
    return (found.filter(number=number) if number else found.order_by("-number")).first()


def level(value: str) -> str:
    """The level of a row in words."""
    return str(Level(value).label) if value in Level.values else UNKNOWN


def values(row: Mapping[str, Any], by: str) -> list[str]:
    """What a row is counted under: one agency, one field, or each of its levels."""
    if by == "levels":
        return [level(value) for value in row["levels"]]
    return [row[by]]


def tally(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows of each kind."""
    counts = {kind.value: 0 for kind in Change}
    for row in rows:
        counts[row["kind"]] += 1
    return counts


def grouped(rows: Sequence[Mapping[str, Any]], by: str) -> dict[str, dict[str, int]]:
    """The tallies of each agency, field or level; a procedure of two levels is counted at each."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        for value in dict.fromkeys(values(row, by)):
            found.setdefault(value, []).append(row)
    return {value: tally(held) for value, held in sorted(found.items())}


def close(span: Span, *, reason: str, by: str, at: datetime) -> Statistic:
    """Freeze the numbers of a period with their rows; once closed, a correction is the next number, for a reason.

    Raises Refused for a period that is not over, a correction without a reason, or one that corrects nothing.
    """
    if span.last >= day(at):
        raise Refused(
            f"{span.label} chưa hết; chốt được từ ngày {span.last + timedelta(days=1):%d/%m/%Y}", SOURCE
        )
    last, rows = closed(span), live(span)
    if last and not reason.strip():
        raise Refused(f"{span.label} đã chốt bản {last.number}; bản đính chính phải có lý do", SOURCE)
    if len(reason.strip()) > LONGEST:
        raise Refused(f"Lý do dài quá {LONGEST} ký tự", SOURCE)
    if last and last.rows == rows:
        raise Refused(f"Số liệu không khác bản {last.number} đã chốt", SOURCE)
    made = Statistic.objects.create(
        period=span.key,
        number=last.number + 1 if last else 1,
        first=span.first,
        last=span.last,
        rows=rows,
        closed_at=at,
        closed_by=by,
        reason=reason.strip() if last else "",
    )
    fact = announcements.StatisticsClosed(
        at=at,
        by=by,
        provision=SOURCE,
        document=span.key,
        number=made.number,
        counted=len(rows),
        reason=made.reason,
    )
    log.record(announcements.STREAM, [fact])
    return made
