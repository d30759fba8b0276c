"""`motcua index`: the index 766 of the province and its units, live or from archives (điểm Bộ chỉ số 766)."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from motcua.law import indicators
from motcua.law.calendar import TZ, OutOfYears, day
from motcua.law.packs import NotInForce
from motcua.scores import engines, queries
from motcua.scores.archive.manifest import BadArchive
from motcua.scores.engines import Engine
from motcua.scores.periods import BadPeriod, Period, Window
from motcua.scores.queries import UnitIndex
from motcua.ui import typed

from .score import table as components

MARK = "°"
WIDTH = 100  # what the table needs; a narrower terminal wraps its lines


class Command(BaseCommand):
    """Computes the index of a period as known at a moment; every unit of --json can be read by `motcua score`."""

    help = "Tính Bộ chỉ số 766 của tỉnh và các đơn vị từ dữ liệu đang có, hoặc từ kho lưu của một hay nhiều tỉnh."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", help="kỳ: 2026-10, 2026-Q3, 2026-H1, 2026; bỏ trống: tháng này")
        parser.add_argument("--unit", metavar="CODE", help="mã đơn vị; bỏ trống: mọi đơn vị")
        parser.add_argument("--at", metavar="MOMENT", help="tính ở thời điểm ấy, ví dụ 2026-10-31T17:00")
        parser.add_argument("--json", action="store_true", help="in JSON thay cho bảng")
        parser.add_argument(
            "--engine",
            choices=engines.NAMES,
            default="live",
            help="live: dữ liệu đang có; duckdb, spark: kho lưu",
        )
        parser.add_argument(
            "--archive",
            nargs="+",
            action="extend",
            metavar="DIR",
            type=Path,
            default=[],
            help="kho lưu, mỗi tỉnh một kho",
        )
        parser.add_argument(
            "--master",
            default=engines.LOCAL,
            help="cụm Spark, ví dụ spark://may:7077 (mặc định: %(default)s)",
        )
        parser.add_argument(
            "--rows", metavar="CODE", help="in mã số các dòng đứng sau một chỉ số của --unit, ví dụ 2.1"
        )
        parser.add_argument(
            "--side", choices=("n", "d", "left_out"), default="d", help="phần của --rows (mặc định: mẫu số)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            engine = engines.engine(options["engine"], _apart(options["archive"]), master=options["master"])
            at = _at(options["at"], engine)
            asked = options["period"]
            period = Period.parse(asked) if asked is not None else Period.containing(day(at))
            window = period.window(at)
            indicators.catalogue(window.last)
            if options["rows"]:
                self._list(engine, options, window)
                return
            listed = _counted(engine, period, at)
            entries = _chosen(listed, options["unit"], engine, period)
        except NotInForce as wrong:
            raise CommandError(f"kỳ này chưa có Bộ chỉ số 766: {wrong}", returncode=2) from None
        except (BadPeriod, queries.Unscored, OutOfYears, BadArchive, engines.Unusable) as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        self._tell(period, window, entries, options)

    def _list(self, engine: Engine, options: dict[str, Any], window: Window) -> None:
        """The ids of the rows behind a figure, one a line; of several archives, with the archive's number."""
        from motcua.scores.measures import MEASURES

        code, units = options["rows"], engine.units()
        if code not in MEASURES:
            raise CommandError(f"--rows: không có số liệu nào đếm được cho chỉ số “{code}”", returncode=2)
        found = [unit for unit in units.values() if unit.code == options["unit"]]
        if not found:
            raise CommandError("--rows cần --unit là mã một đơn vị", returncode=2)
        for scope in (queries.scope(code, unit, units) for unit in found):
            for key in engine.ids(code, options["side"], scope.pk, window):
                place, row = engine.named(key)
                self.stdout.write(f"{place + 1}\t{row}" if len(options["archive"]) > 1 else str(row))

    def _tell(
        self, period: Period, window: Window, entries: list[UnitIndex], options: dict[str, Any]
    ) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(period, window, entries), ensure_ascii=False))
            return
        console = Console(file=cast(IO[str], self.stdout), markup=False)
        console.width = max(console.width, WIDTH)
        if options["unit"]:
            for entry in entries:
                console.print(components(entry.score, f"{entry.unit.name}, {period.label.lower()},"))
        else:
            console.print(_table(period, window, entries))
        for line in _notes(entries):
            console.print(line)


def _apart(archives: list[Path]) -> list[Path]:
    """The archives, each once. Raises Unusable."""
    places = [archive.resolve() for archive in archives]
    if twice := next((place for place in places if places.count(place) > 1), None):
        raise engines.Unusable(f"--archive {twice} ghi hai lần; mỗi tỉnh một kho")
    return archives


def _at(given: str | None, engine: Engine) -> datetime:
    """The moment to count at: what was asked, else the last one the engine knows of. Raises Unusable, ValueError."""
    at = typed.given("--at", given, typed.moment) if given else engine.at or timezone.now()
    if engine.at and at > engine.at:
        known = f"{engine.at.astimezone(TZ):%Y-%m-%dT%H:%M}"
        raise engines.Unusable(
            f"kho lưu chỉ biết đến {known}; lưu lại bằng motcua archive, hoặc --at {known}"
        )
    return at


def _counted(engine: Engine, period: Period, at: datetime) -> list[UnitIndex]:
    found = engine.counts(period.window(at))
    return queries.index(period, at, found=found, units=engine.units(), told=engine.declared(period, at))


def _chosen(listed: list[UnitIndex], unit: str | None, engine: Engine, period: Period) -> list[UnitIndex]:
    """The entries asked for. Raises Unscored, Unusable."""
    if unit is None:
        return listed
    found = [entry for entry in listed if entry.unit.code == unit]
    if not found and engine.at:
        raise engines.Unusable(f"kho lưu không có đơn vị mã “{unit}” được chấm điểm trong kỳ này")
    return found or [queries.of(listed, unit, period)]


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
