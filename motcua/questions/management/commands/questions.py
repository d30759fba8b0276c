"""`motcua questions`: ask what the facts of dossiers give reason to ask (câu hỏi giải trình)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count
from django.utils import timezone

from motcua.law.signs import Kind
from motcua.questions import looking
from motcua.questions.models import OPEN, Question
from motcua.ui import typed


class Command(BaseCommand):
    help = "Xem việc đã ghi của hồ sơ, đặt câu hỏi giải trình ở chỗ có dấu hiệu; chạy lại không hỏi hai lần"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", metavar="TIME", help="xét tại thời điểm này, ví dụ 2026-11-23T08:00; bỏ trống: bây giờ"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="in JSON cho máy đọc")

    def handle(self, *args: Any, at: str | None, as_json: bool, **options: Any) -> None:
        asked = looking.look(typed.given("--at", at, typed.moment) if at else timezone.now())
        open_ = Question.objects.filter(state__in=OPEN).values("kind").annotate(count=Count("id"))
        counts = {row["kind"]: row["count"] for row in open_.order_by("kind")}
        if as_json:
            self.stdout.write(json.dumps({"asked": asked, "open": counts}, ensure_ascii=False))
            return
        for kind, count in counts.items():
            self.stdout.write(f"{count:6}  {Kind(kind).label}")
        self.stdout.write(f"Đã đặt {asked} câu hỏi mới; đang mở {sum(counts.values())}.")
