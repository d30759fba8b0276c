"""`motcua import`: a catalogue of procedures or a table of internal processes (nhập danh mục, quy trình)."""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from motcua.catalogue import acts
from motcua.catalogue.reading.drafts import FIELDS, Found
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.ui import typed
from motcua.ui.exports import harmless

ACTS = {"catalogue": acts.import_catalogue, "processes": acts.import_processes}
COUNTS = {
    "read": "Đọc",
    "added": "Thêm mới",
    "changed": "Thay đổi",
    "unchanged": "Không đổi",
    "refused": "Từ chối",
    "published": "Công khai",
}


class Command(BaseCommand):
    """Takes in one file. Exit code 1 when records were refused, 2 when the whole file was."""

    help = "Nhập danh mục thủ tục (crawl .jsonl[.gz], LayThuTuc JSON, YAML) hoặc quy trình nội bộ (CSV, XLSX, YAML)"

    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "kind", choices=ACTS, help="catalogue: danh mục thủ tục; processes: quy trình nội bộ"
        )
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="đọc và báo cáo, không ghi gì")
        parser.add_argument("--publish", action="store_true", help="công khai ngay những bản đủ điều kiện")
        parser.add_argument(
            "--at", metavar="THỜI ĐIỂM", help="lúc nhập, ví dụ 2026-08-31T08:00; mặc định là bây giờ"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="in JSON thay cho bảng")
        parser.add_argument("--findings", type=Path, metavar="FILE.csv", help="ghi mọi phát hiện ra CSV")
        parser.add_argument("--first", type=int, default=20, metavar="N", help="số phát hiện in ra (20)")

    def handle(self, *args: Any, kind: str, file: Path, as_json: bool, first: int, **options: Any) -> None:
        try:
            with _bar(file, hidden=as_json) as progress:
                report = ACTS[kind](
                    file,
                    by=None,
                    at=typed.given("--at", options["at"], typed.moment)
                    if options["at"]
                    else datetime.now(TZ),
                    dry_run=options["dry_run"],
                    publish=options["publish"],
                    progress=progress,
                )
            if options["findings"]:
                _write(options["findings"], report.found)
        except (acts.WrongFile, Refused, OSError) as wrong:
            raise CommandError(" ".join(str(wrong).split()), returncode=2) from None
        if as_json:
            self.stdout.write(json.dumps(report.as_data(), ensure_ascii=False))
        else:
            _tell(Console(file=self.stdout), report, first)  # type: ignore[arg-type]
        if report.refused:
            sys.exit(1)


@contextmanager
def _bar(file: Path, *, hidden: bool) -> Iterator[Any]:
    """A progress bar on standard error, by bytes of the file; it stays away from files, pipes and JSON."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=hidden or not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task(f"Nhập {file.name}", total=file.stat().st_size if file.is_file() else None)
        yield lambda position: bar.update(task, completed=position)


def _write(path: Path, found: list[Found]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, [field.name for field in fields(Found)])
        rows.writeheader()
        for one in found:
            rows.writerow({name: harmless(str(value)) for name, value in asdict(one).items()})


def _tell(console: Console, report: acts.Report, first: int) -> None:
    title = "Chạy thử, không ghi gì" if report.dry_run else "Đã nhập"
    console.print(f"{title}: {escape(report.source)}")
    console.print(" · ".join(f"{label} {getattr(report, name)}" for name, label in COUNTS.items()))
    if report.with_number:
        console.print(
            f"Đọc được thời hạn: {report.with_number}/{report.read} thủ tục, đủ số và đơn vị {report.with_unit}"
        )
    if report.found:
        console.print(_problems(report))
        console.print(_first(report.found, first))


def _problems(report: acts.Report) -> Table:
    table = Table(title=f"{len(report.found)} phát hiện")
    table.add_column("Trường")
    table.add_column("Vấn đề")
    table.add_column("Số lần", justify="right")
    for (field, problem), count in report.problems.most_common():
        table.add_row(FIELDS.get(field, field), escape(problem), str(count))
    return table


def _first(found: list[Found], first: int) -> Table:
    table = Table(title=f"{min(first, len(found))} phát hiện đầu (--findings ghi tất cả)")
    for heading in ("Dòng", "Mã", "Trường", "Vấn đề", "Giữ nguyên", "Cách sửa"):
        table.add_column(heading)
    for one in found[:first]:
        kept = escape(" ".join(one.kept.split())[:80])
        name = FIELDS.get(one.field, one.field)
        table.add_row(str(one.row), one.code, name, escape(one.problem), kept, escape(one.remedy))
    return table
