"""`motcua index`: the index 766 of the province and its units from live data (điểm Bộ chỉ số 766)."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from motcua.law import indicators
from motcua.law.calendar import TZ, OutOfYears, day
from motcua.law.packs import NotInForce
from motcua.scores import queries
from motcua.scores.periods import BadPeriod, Period, Window
from motcua.scores.queries import UnitIndex
from motcua.ui import typed

from .score import table as components

MARK = "°"
WIDTH = 100  # what the table needs; a narrower terminal wraps its lines


class Command(BaseCommand):
    """Computes the index of a period as known at a moment; every unit of --json can be read by `motcua score`."""

    help = "Tính Bộ chỉ số 766 của tỉnh và các đơn vị từ dữ liệu đang có."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", help="kỳ: 2026-10, 2026-Q3, 2026-H1, 2026; bỏ trống: tháng này")
        parser.add_argument("--unit", metavar="CODE", help="mã đơn vị; bỏ trống: mọi đơn vị")
        parser.add_argument("--at", metavar="MOMENT", help="tính ở thời điểm ấy, ví dụ 2026-10-31T17:00")
        parser.add_argument("--json", action="store_true", help="in JSON thay cho bảng")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            at = typed.given("--at", options["at"], typed.moment) if options["at"] else timezone.now()
            asked = options["period"]
            period = Period.parse(asked) if asked is not None else Period.containing(day(at))
            window = period.window(at)
            entries = queries.index(period, at, options["unit"])
        except NotInForce as wrong:
            raise CommandError(f"kỳ này chưa có Bộ chỉ số 766: {wrong}", returncode=2) from None
        except (BadPeriod, queries.Unscored, OutOfYears) as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(period, window, entries), ensure_ascii=False))
            return
        console = Console(file=cast(IO[str], self.stdout), markup=False)
        console.width = max(console.width, WIDTH)
        if options["unit"]:
            console.print(components(entries[0].score, f"{entries[0].unit.name}, {period.label.lower()},"))
        else:
            console.print(_table(period, window, entries))
        for line in _notes(entries):
            console.print(line)


def _as_data(period: Period, window: Window, entries: Iterable[UnitIndex]) -> dict[str, Any]:
    return {
        "period": str(period),
        "label": period.label,
        "first": window.first.isoformat(),
        "last": window.last.isoformat(),
        "until": window.until.astimezone(TZ).isoformat(),
        "closed": window.closed,
        "units": [_unit_data(entry) for entry in entries],
    }


def _unit_data(entry: UnitIndex) -> dict[str, Any]:
    return {
        "code": entry.unit.code,
        "unit": entry.unit.name,
        "level": entry.level,
        "date": entry.score.day.isoformat(),
        "rank": entry.rank,
        "among": entry.among,
        "counts": entry.counts,
        **entry.score.as_data(),
        "band": entry.score.band,
        "unmeasured": list(entry.unmeasured),
        "left_out": dict(entry.left_out),
    }


def _table(period: Period, window: Window, entries: Iterable[UnitIndex]) -> Table:
    """Units as rows, groups as columns with their maxima in the head; a mark where something is not measured."""
    groups = indicators.groups(window.last)
    so_far = "" if window.closed else f", tính đến {window.until.astimezone(TZ):%H:%M ngày %d/%m/%Y}"
    shown = Table(title=f"Bộ chỉ số 766, {period.label.lower()}{so_far}", caption=_caption(groups))
    shown.add_column("Đơn vị", overflow="fold", min_width=12)
    for group in groups:
        shown.add_column(f"{group.code}\n/{group.max}", justify="right", no_wrap=True)
    shown.add_column(f"Tổng\n/{sum(g.max for g in groups)}", justify="right", no_wrap=True, style="bold")
    shown.add_column("Xếp loại*")
    shown.add_column("Hạng", justify="right", no_wrap=True)
    level = None
    for entry in entries:
        if level not in (None, entry.level):
            shown.add_section()
        level = entry.level
        cells = (_cell(entry, group.code) for group in groups)
        place = f"{entry.rank}/{entry.among}"
        shown.add_row(entry.unit.name, *cells, _vi(entry.score.total), entry.score.band, place)
    return shown


def _cell(entry: UnitIndex, group: str) -> str:
    """The points of a group; "chưa đo" when nothing in it is measured, a mark when something is not."""
    codes = {i.code for i in indicators.catalogue(entry.score.day) if i.group == group and not i.informative}
    missing = codes & set(entry.unmeasured)
    if missing == codes:
        return "chưa đo"
    return _vi(entry.score.groups[group]) + (MARK if missing else "")


def _caption(groups: Iterable[indicators.Group]) -> str:
    return "; ".join(f"{g.code}: {g.name_vi}" for g in groups) + ". * xếp loại chưa xác minh với văn bản gốc"


def _notes(entries: Iterable[UnitIndex]) -> Iterable[str]:
    """What stands behind the marks: what is not measured, and what could not be judged."""
    listed = list(entries)
    missing = sorted({code for entry in listed for code in entry.unmeasured})
    if missing:
        yield f"{MARK} Chưa đo, cộng 0 điểm (ở một hoặc nhiều đơn vị): {', '.join(missing)}"
    if listed:
        for code, number in listed[0].left_out.items():
            yield f"{listed[0].unit.name}: chỉ số {code} để ngoài {number} mục chưa đủ dữ liệu để xét"


def _vi(points: Decimal) -> str:
    return f"{points:.2f}".replace(".", ",")
