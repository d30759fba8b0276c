"""`motcua due`: the due moment of a term and the ledger that explains it (tính ngày hẹn trả)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from motcua.law import clock
from motcua.law.calendar import FIRST_YEAR, LAST_YEAR, Calendar, OutOfYears, day
from motcua.law.facts import Accepted
from motcua.law.ledger import slip
from motcua.law.packs import NotInForce
from motcua.ui import typed


class Command(BaseCommand):
    help = "Tính thời điểm hết hạn của một hồ sơ và giải thích từng ngày"
    requires_system_checks: list[str] = []
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="start", required=True, help="lúc tiếp nhận, ví dụ 2026-12-30T16:30"
        )
        parser.add_argument("--limit", required=True, help="thời hạn, ví dụ “5 ngày làm việc”")
        parser.add_argument(
            "--regime", help="chế độ một cửa, ví dụ nd118-2025; bỏ trống: theo ngày tiếp nhận"
        )
        parser.add_argument("--json", action="store_true", help="in JSON cho máy đọc")

    def handle(
        self, *args: Any, start: str, limit: str, regime: str | None, json: bool, **options: Any
    ) -> None:
        try:
            reading = _reading(_start(start), limit, regime)
        except (clock.UnreadLimit, OutOfYears, NotInForce, LookupError) as error:
            raise CommandError(_sentence(str(error)), returncode=2) from None
        if json:
            self.stdout.write(_as_json(reading))
        else:
            Console(file=cast(IO[str], self.stdout), markup=False).print(_table(reading))


def _start(text: str) -> datetime:
    found = typed.given("--from", text, typed.moment)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CommandError(f"Lịch chỉ có từ năm {FIRST_YEAR} đến năm {LAST_YEAR}", returncode=2)
    return found


def _reading(start: datetime, limit: str, regime: str | None) -> clock.Reading:
    term = clock.TimeLimit.parse(limit)
    rules = clock.rules_of(regime) if regime else clock.rules(day(start))
    accepted = Accepted(at=start, channel="", limit=str(term), rules_day="", due="")
    return clock.read([accepted], limit=term, calendar=Calendar(), rules=rules, now=start)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _as_json(reading: clock.Reading) -> str:
    data = reading.as_data()
    shown = {name: data[name] for name in ("due", "started", "limit", "regime", "ledger")}
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _table(reading: clock.Reading) -> Table:
    title = f"Hết hạn lúc {slip(reading.due)}" if reading.due else None
    table = Table("Ngày", "Từ", "Đến", "Diễn giải", "Căn cứ", title=title)
    for line in reading.ledger:
        counts = bool(line.minutes)
        hours = (f"{line.from_:%H:%M}", f"{line.to:%H:%M}") if counts and line.to else ("", "")
        table.add_row(f"{line.day:%d/%m/%Y}", *hours, line.reason, line.source, style="" if counts else "dim")
    return table
