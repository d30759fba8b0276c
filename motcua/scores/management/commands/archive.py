"""`motcua archive`: the named tables as Parquet files, brought up to date (lưu số liệu ra kho Parquet)."""

import json
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from motcua.law.calendar import TZ
from motcua.scores.archive import manifest
from motcua.scores.archive.manifest import BadArchive, Manifest
from motcua.ui.templatetags.ui import number


class Command(BaseCommand):
    """Writes what changed since the last run into an archive; readers see the state before or after, whole."""

    help = "Lưu các bảng nguồn của chỉ số ra kho Parquet; lần sau chỉ đọc lại những gì đã đổi."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="DIR", type=Path, help="thư mục của kho lưu")
        parser.add_argument("--full", action="store_true", help="đọc và ghi lại toàn bộ")
        parser.add_argument(
            "--check", action="store_true", help="không ghi; chỉ so các tệp với mã SHA-256 trong mục lục"
        )
        parser.add_argument("--json", action="store_true", help="in JSON thay cho câu chữ")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = self._checked(options["to"]) if options["check"] else self._archived(options)
        except (BadArchive, OSError) as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        tables = ", ".join(f"{name} {number(rows)}" for name, rows in told["rows"].items())
        self.stdout.write(
            f"{told['said']}\nVị trí nhật ký {number(told['position'])}, lúc {told['at']}. Số dòng: {tables}"
        )

    def _archived(self, options: dict[str, Any]) -> dict[str, Any]:
        # DuckDB and Ibis take a second to import.
        from motcua.scores.archive import writing

        console = Console(file=cast(IO[str], self.stderr))
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bar:
            doing = bar.add_task("kho lưu")
            done = writing.archive(
                options["to"],
                at=timezone.now(),
                anew=options["full"],
                told=lambda part, rows: bar.update(doing, description=f"{part}: {number(rows)} dòng"),
            )
        how = "toàn bộ" if done.anew else "phần đã đổi"
        return {
            **_data(done.manifest),
            "read": done.read,
            "said": f"Đã lưu {how}: đọc {number(done.read)} dòng.",
        }

    def _checked(self, folder: Path) -> dict[str, Any]:
        held = manifest.read(folder)
        if bad := [part.path for part in manifest.damaged(folder, held)]:
            raise BadArchive(
                f"{len(bad)} tệp mất hoặc không còn như lúc ghi: {', '.join(bad[:5])}; lưu lại bằng --full"
            )
        return {**_data(held), "said": "Nguyên vẹn: mọi tệp đúng như lúc ghi."}


def _data(held: Manifest) -> dict[str, Any]:
    return {
        "position": held.position,
        "at": f"{held.at.astimezone(TZ):%H:%M %d/%m/%Y}",
        "definitions": held.definitions,
        "rows": {name: held.rows(name) for name in held.tables},
    }
