"""`motcua process`: internal processes (quy trình nội bộ) as BPMN 2.0, what is wrong with one, what a change does."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from motcua.catalogue import acts, bpmn, drawing, review
from motcua.catalogue.comparison import Comparison
from motcua.catalogue.models import ProcessVersion
from motcua.catalogue.process_sizes import SIZES, told_size
from motcua.catalogue.reading import diagrams
from motcua.catalogue.tabling import said
from motcua.law import soundness
from motcua.law.facts import Refused
from motcua.law.process import Node, Process
from motcua.law.soundness import Severity
from motcua.ui import typed

NAME = "MÃ, MÃ@SỐ hoặc TỆP.bpmn"
LABELS = {Severity.ERROR: "Phải sửa", Severity.WARNING: "Lưu ý"}
GIVEN = ("code", "unit", "decision", "issuer", "name", "pool")


class Command(BaseCommand):
    """One verb each. Exit code 1 when something is wrong with a process, 2 when there is none to work on."""

    help = "Quy trình nội bộ: xuất, nhập BPMN 2.0, kiểm tra trước khi công khai, so sánh trước và sau"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="ghi một quy trình ra BPMN 2.0")
        export.add_argument("process", metavar="MÃ[@SỐ]")
        export.add_argument("--unit", default="", help="mã đơn vị có quy trình riêng")
        export.add_argument("--to", type=Path, required=True, metavar="TỆP.bpmn")
        take = verbs.add_parser("import", help="nhập một tệp BPMN 2.0 làm dự thảo")
        take.add_argument("file", type=Path, metavar="TỆP.bpmn")
        for name in GIVEN:
            take.add_argument(f"--{name}", default="", help=f"thay cho {name} ghi trong tệp")
        take.add_argument("--dry-run", action="store_true", help="đọc và báo cáo, không ghi gì")
        take.add_argument("--publish", action="store_true", help="công khai ngay nếu đủ điều kiện")
        take.add_argument(
            "--at", metavar="THỜI ĐIỂM", help="lúc nhập, ví dụ 2026-08-31T08:00; mặc định là bây giờ"
        )
        check = verbs.add_parser("check", help="kiểm tra như trước khi công khai")
        check.add_argument("process", metavar=NAME)
        diff = verbs.add_parser("diff", help="so sánh hai quy trình, trước và sau")
        diff.add_argument("process", metavar=f"TRƯỚC: {NAME}")
        diff.add_argument("after", metavar=f"SAU: {NAME}")
        for each in (check, diff):
            each.add_argument("--unit", default="", help="mã đơn vị có quy trình riêng")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        console = Console(file=cast(IO[str], self.stdout))
        try:
            wrong = VERBS[verb](console, **options)
        except (bpmn.WrongDiagram, acts.WrongFile, Refused, OSError, ValueError) as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from None
        if wrong:
            sys.exit(1)


def _export(console: Console, *, process: str, unit: str, to: Path, **_: Any) -> bool:
    to.write_bytes(drawing.drawn(_version(process, unit)))
    console.print(f"Đã ghi {escape(str(to))}")
    return False


def _import(
    console: Console, *, file: Path, at: str | None, dry_run: bool, publish: bool, **said: Any
) -> bool:
    report = acts.import_processes(
        file,
        by=None,
        at=typed.given("--at", at, typed.moment) if at else timezone.now(),
        dry_run=dry_run,
        publish=publish,
        given={name: said[name] for name in GIVEN if said[name]},
    )
    title = "Chạy thử, không ghi gì" if dry_run else "Đã nhập"
    console.print(f"{title}: thêm {report.added}, thay {report.changed}, công khai {report.published}")
    _list(console, [(found.problem, found.kept, found.remedy) for found in report.found])
    return bool(report.refused)


def _check(console: Console, *, process: str, unit: str, **_: Any) -> bool:
    if _is_file(process):
        found = soundness.check(_process(process, unit))
    else:
        found = review.before_publishing(_version(process, unit))
    _list(console, [(LABELS[each.severity], each.message, each.node) for each in found])
    console.print("" if found else "Không có gì phải sửa")
    return any(each.severity is Severity.ERROR for each in found)


def _diff(console: Console, *, process: str, after: str, unit: str, **_: Any) -> bool:
    change = drawing.changed(_process(process, unit), _process(after, unit))
    console.print(_sizes(change))
    rows = [("Thêm", _told(step), "") for step in change.added]
    rows += [("Bỏ", _told(step), "") for step in change.removed]
    rows += [("Đổi chỗ", _told(step), "") for step in change.moved]
    rows += [("Sửa", _told(old), _told(new)) for old, new in change.changed]
    _list(console, rows)
    return False


VERBS: dict[str, Callable[..., bool]] = {"export": _export, "import": _import, "check": _check, "diff": _diff}


def _is_file(name: str) -> bool:
    return Path(name).suffix.lower() in diagrams.SUFFIXES


def _process(name: str, unit: str) -> Process:
    if not _is_file(name):
        return Process.from_data(_version(name, unit).definition)
    reading = bpmn.read(Path(name).read_bytes(), role_of=diagrams.role_of_lane)
    if reading.process is None:
        raise Refused("; ".join(str(remark) for remark in reading.remarks if remark.fatal))
    return reading.process


def _version(name: str, unit: str) -> ProcessVersion:
    """The process CODE@NUMBER, or the newest of CODE. Raises Refused."""
    code, _, number = name.partition("@")
    given = ProcessVersion.objects.filter(procedure__code=code, unit__code=unit or None)
    if number:
        given = given.filter(number=number)
    found = given.select_related("procedure", "unit").order_by("number").last()
    if found is None:
        raise Refused(f"Không có quy trình {name}" + (f" của đơn vị {unit}" if unit else ""))
    return found


def _sizes(change: Comparison) -> Table:
    table = Table("", "Trước", "Sau")
    for name, label in SIZES.items():
        table.add_row(label, *(told_size(size, name) for size in (change.before, change.after)))
    return table


def _told(step: Node) -> str:
    limit = "chưa có thời hạn" if step.counted else "không tính thời gian"
    limit = limit if step.hours is None else f"{said(step.hours)} giờ"
    return " · ".join(filter(None, (step.name or step.id, step.role, step.unit, limit)))


def _list(console: Console, rows: Iterable[tuple[str, str, str]]) -> None:
    for row in rows:
        console.print("- " + " | ".join(escape(" ".join(cell.split())) for cell in row if cell))
