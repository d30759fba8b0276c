"""`motcua close`: close the dossiers whose supplement never came (đóng hồ sơ quá hạn bổ sung)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from motcua.dossiers import closing
from motcua.dossiers.closing import Overdue
from motcua.ui import typed


class Command(BaseCommand):
    help = "Đóng những hồ sơ đã hết thời hạn bổ sung mà người nộp chưa bổ sung; chạy lại không đóng hai lần"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", metavar="TIME", help="xét tại thời điểm này, ví dụ 2026-11-23T08:00; bỏ trống: bây giờ"
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ liệt kê, không đóng")
        parser.add_argument("--json", action="store_true", dest="as_json", help="in JSON cho máy đọc")

    def handle(self, *args: Any, at: str | None, dry_run: bool, as_json: bool, **options: Any) -> None:
        moment = typed.given("--at", at, typed.moment) if at else timezone.now()
        found = list(closing.overdue(moment))
        if not dry_run:
            found = list(closing.close(found, moment))
        if as_json:
            self.stdout.write(json.dumps([_data(each, dry_run) for each in found], ensure_ascii=False))
            return
        for each in found:
            self.stdout.write(
                f"{each.dossier.code}  hết hạn bổ sung {each.last:%d/%m/%Y}  {each.refusal}".rstrip()
            )
        closed = 0 if dry_run else sum(not each.refusal for each in found)
        self.stdout.write(f"{'Sẽ đóng' if dry_run else 'Đã đóng'} {len(found) if dry_run else closed} hồ sơ.")


def _data(each: Overdue, dry_run: bool) -> dict[str, Any]:
    told = {
        "code": each.dossier.code,
        "last_day": each.last.isoformat(),
        "closed": not (dry_run or each.refusal),
    }
    return told | ({"refusal": each.refusal} if each.refusal else {})
