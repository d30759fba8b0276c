"""`motcua score`: the index 766 of counts in a file (chấm điểm Bộ chỉ số 766 từ số liệu thô)."""

import json
import re
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from motcua.law import indicators
from motcua.law.packs import NotInForce


class Command(BaseCommand):
    """Scores one object {date, level, counts} or a list of them, and answers in kind; ignores other keys."""

    help = "Chấm điểm Bộ chỉ số 766 từ số liệu thô; không cần cơ sở dữ liệu."
    requires_system_checks = []
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--counts", required=True, metavar="FILE", help="tệp JSON số liệu; - là đầu vào chuẩn"
        )
        parser.add_argument("--json", action="store_true", help="in JSON thay cho bảng")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["counts"]
        try:
            asked = read(file)
            many = isinstance(asked, list)
            entries = asked if many else [asked]
            scores = [scored(e, f"mục {row}, " if many else "") for row, e in enumerate(entries, start=1)]
        except ValueError as wrong:
            raise CommandError(" ".join(f"{file}: {wrong}".split()), returncode=2) from None
        if options["json"]:
            data = [s.as_data() for s in scores]
            self.stdout.write(json.dumps(data if many else data[0], ensure_ascii=False))
            return
        console = Console(file=cast(IO[str], self.stdout))
        for entry, score in zip(entries, scores, strict=True):
            console.print(table(score, escape(str(entry.get("unit", "")))))


def read(file: str) -> Any:
    """The JSON of a file, `-` for standard input. Raises ValueError saying what to mend."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except FileNotFoundError:
        raise ValueError("không có tệp này; kiểm tra đường dẫn") from None
    except OSError as wrong:
        raise ValueError(f"không đọc được tệp ({wrong.strerror}); kiểm tra quyền đọc") from None
    except json.JSONDecodeError as wrong:
        where = f"dòng {wrong.lineno}, cột {wrong.colno}"
        raise ValueError(f"không phải JSON hợp lệ ({where}); sửa cú pháp tại đó") from None
    except UnicodeDecodeError:
        raise ValueError("không phải văn bản UTF-8; lưu lại tệp theo mã UTF-8") from None
    except RecursionError:
        raise ValueError("JSON lồng quá sâu; cần một đối tượng hoặc danh sách đối tượng") from None


def scored(entry: Any, where: str) -> indicators.Score:
    """The score of one entry; `where` names its row in errors. Raises ValueError."""
    try:
        if not isinstance(entry, dict):
            raise ValueError('không phải đối tượng; viết {"date": …, "level": …, "counts": {…}}')
        for field in ("date", "level", "counts"):
            if field not in entry:
                raise ValueError(f"{field}: thiếu trường này; thêm vào đối tượng")
        return indicators.score(entry["counts"], level=entry["level"], day=_day(entry["date"]))
    except NotInForce as wrong:
        raise ValueError(f"{where}date: {wrong}; dùng ngày từ 01/08/2022") from None
    except ValueError as wrong:
        raise ValueError(f"{where}{wrong}") from None


def table(score: indicators.Score, unit: str) -> Table:
    """The score as a table in Vietnamese: each indicator with its points and why, then its group."""
    known = {i.code: i for i in indicators.catalogue(score.day)}
    shown = Table(
        title=f"Bộ chỉ số 766 {unit} ngày {score.day:%d/%m/%Y}", caption="* chưa xác minh với văn bản gốc"
    )
    shown.add_column("Mã")
    shown.add_column("Chỉ số")
    for heading in ("Số liệu", "Điểm", "Tối đa"):
        shown.add_column(heading, justify="right")
    shown.add_column("Cách tính")
    for group in indicators.groups(score.day):
        for code, part in score.components.items():
            if known[code].group == group.code:
                shown.add_row(*_row(known[code], part))
        shown.add_row("", group.name_vi, "", _vi(score.groups[group.code]), _vi(group.max), "", style="bold")
        shown.add_section()
    most = sum(group.max for group in indicators.groups(score.day))
    shown.add_row("", f"Tổng điểm: {score.band}*", "", _vi(score.total), _vi(most), "", style="bold")
    return shown


def _row(indicator: indicators.Indicator, part: indicators.Component) -> tuple[str, ...]:
    counts = "" if part.d is None else f"{part.n}/{part.d}"
    points = "-" if part.score is None else _vi(part.score)
    name = indicator.name_vi + ("" if indicator.verified else "*")
    return indicator.code, name, counts, points, _vi(part.max), part.why


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"khóa {key!r} lặp lại trong cùng một đối tượng; chỉ giữ một")
        found[key] = value
    return found


def _day(text: Any) -> date:
    try:
        if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"date: {text!r} không phải ngày; viết YYYY-MM-DD, ví dụ 2026-08-31") from None


def _vi(points: Any) -> str:
    return str(points).replace(".", ",")
