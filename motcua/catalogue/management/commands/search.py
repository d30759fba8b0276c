"""`motcua search`: procedures that answer a question, best first (tìm thủ tục)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.catalogue import searching
from motcua.catalogue.models import Level


class Command(BaseCommand):
    """Prints the codes and titles in the order of the search page."""

    help = "Tìm thủ tục theo câu hỏi, có dấu hay không dấu; thủ tục hợp nhất in trước."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", metavar="TEXT", nargs="+", help="câu hỏi, tên hoặc mã thủ tục")
        parser.add_argument("--field", help="chỉ trong lĩnh vực ấy, viết như trong danh mục")
        parser.add_argument("--level", choices=Level.values, help="chỉ cấp thực hiện ấy")
        parser.add_argument("--limit", type=int, default=10, help="số thủ tục in ra (%(default)s)")
        parser.add_argument("--json", action="store_true", help="in JSON")

    def handle(self, *args: Any, text: list[str], limit: int, **options: Any) -> None:
        asked = " ".join(text).replace("\0", "")
        if limit < 1:
            raise CommandError("--limit phải từ 1 trở lên", returncode=2)
        hits = searching.search(asked, field=options["field"], level=options["level"], limit=limit)
        if options["json"]:
            found = [{"code": p.code, "title": p.title, "field": p.field} for p in hits.procedures]
            told = {"asked": asked, "total": hits.total, "procedures": found}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for procedure in hits.procedures:
            self.stdout.write(f"{procedure.code}  {' '.join(procedure.title.split())}")
        self.stdout.write(f"{hits.total} thủ tục.")
