"""`motcua remind`: remind of every task that came to a rung of the ladder (nhắc việc)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from motcua.law.calendar import day
from motcua.steering import reminders
from motcua.ui import typed


class Command(BaseCommand):
    help = "Nhắc các nhiệm vụ đến bậc của thang nhắc; chạy lại không nhắc hai lần"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", metavar="MOMENT", help="nhắc như vào lúc này, ví dụ 2026-10-31T06:30")
        parser.add_argument("--dry-run", action="store_true", help="chỉ đếm, không nhắc")

    def handle(self, *args: Any, at: str | None, dry_run: bool, **options: Any) -> None:
        now = typed.given("--at", at, typed.moment) if at else timezone.now()
        if dry_run:
            self.stdout.write(f"{len(list(reminders.due(day(now))))} nhiệm vụ đến bậc nhắc.")
            return
        tasks, officers = reminders.remind_all(now)
        self.stdout.write(f"Đã nhắc {tasks} nhiệm vụ, {officers} lượt cán bộ.")
