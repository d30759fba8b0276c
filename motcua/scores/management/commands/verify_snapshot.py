"""`motcua verify-snapshot FILE`: does a publication of the index hold, in itself and against the journal?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection

from motcua.scores.snapshots import checking


class Command(BaseCommand):
    """Says exactly what differs; exit code 1 when something does not hold, 2 when the file cannot be read."""

    help = "Kiểm tra một tệp công bố chỉ số: mã băm, điểm tính lại, con dấu; có cơ sở dữ liệu thì đối chiếu nhật ký."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tệp JSON tải từ trang công bố")
        parser.add_argument(
            "--alone", action="store_true", help="chỉ kiểm tra trong tệp, không hỏi cơ sở dữ liệu"
        )
        parser.add_argument("--json", action="store_true", help="in JSON thay cho lời")

    def handle(self, *args: Any, **options: Any) -> None:
        document = _read(options["file"])
        try:
            found = checking.alone(document)
            with_database = not options["alone"] and _at_hand()
            found += checking.against(document) if with_database else []
        except checking.Unreadable as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        holds = not any(each.wrong for each in found)
        if options["json"]:
            findings = [{"text": each.text, "wrong": each.wrong} for each in found]
            told = {"holds": holds, "with_database": with_database, "findings": findings}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(found, with_database)
        if not holds:
            sys.exit(1)

    def _tell(self, found: list[checking.Finding], with_database: bool) -> None:
        for each in found:
            self.stdout.write(f"{'SAI  ' if each.wrong else 'Đúng '} {each.text}")
        if not with_database:
            self.stdout.write("Chưa đối chiếu nhật ký, người ký, số thông báo: không hỏi cơ sở dữ liệu.")
        wrong = sum(each.wrong for each in found)
        self.stdout.write(f"{wrong} điều không khớp." if wrong else "Bản công bố đứng vững.")


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise CommandError(f"không mở được {file}: {wrong.strerror}", returncode=2) from None
    except (ValueError, RecursionError) as wrong:
        raise CommandError(f"{file} không phải JSON: {wrong}", returncode=2) from None


def _at_hand() -> bool:
    """Whether there is a database with publications in it."""
    try:
        return "scores_snapshot" in connection.introspection.table_names()
    except Error:
        return False
