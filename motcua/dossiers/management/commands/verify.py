"""`motcua verify`: is the journal whole, and does every cached row say what its facts say?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from motcua.dossiers import queries, tasks
from motcua.journal import log


class Command(BaseCommand):
    help = "Kiểm tra nhật ký (chuỗi băm) và đối chiếu mọi hồ sơ với các sự kiện của nó"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prefix", default="", help="chỉ kiểm tra hồ sơ có mã bắt đầu như vậy")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument(
            "--mend", action="store_true", help="ghi lại từ sự kiện những hồ sơ không khớp, rồi kiểm tra lại"
        )

    def handle(self, *args: Any, prefix: str, as_json: bool, mend: bool, **options: Any) -> None:
        known = queries.Dossier.objects.filter(code__startswith=prefix).count()
        if prefix and not known:
            raise CommandError(f"không có hồ sơ nào có mã bắt đầu bằng “{prefix}”", returncode=2)
        broken = list(log.verify(prefix and queries.STREAM + prefix))
        differing = list(queries.verify(prefix))
        if mend and differing and not broken:
            self._mend({d.code for d in differing})
            differing = list(queries.verify(prefix))
        if as_json:
            report = {"broken": [asdict(b) for b in broken], "differs": [asdict(d) for d in differing]}
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            self._tell(known, broken, differing)
        if broken or differing:
            sys.exit(1)

    def _mend(self, codes: set[str]) -> None:
        """Rows are only a copy of what the journal says; a broken journal mends nothing."""
        for key in queries.Dossier.objects.filter(code__in=codes).values_list("pk", flat=True):
            tasks.again(key)

    def _tell(self, known: int, broken: list[log.Broken], differing: list[queries.Differs]) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        for b in broken:
            console.print(f"Nhật ký hỏng: {b.stream} dòng {b.version}: {b.reason}")
        for d in differing:
            console.print(f"Không khớp: {d.code} {d.field}: đang lưu {d.cached}, sự kiện cho {d.facts}")
        if not broken and not differing:
            console.print(f"Toàn vẹn: nhật ký không đứt, {known} hồ sơ khớp với sự kiện của chúng.")
