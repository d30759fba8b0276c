"""`motcua recount`: due moments and worklists again from the facts, after a release brought new days off."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from motcua.dossiers import tasks
from motcua.law.calendar import FIRST_YEAR
from motcua.people.models import Unit
from motcua.ui import typed


class Command(BaseCommand):
    help = "Tính lại hạn trả và việc cần làm từ các sự kiện, khi lịch nghỉ đã thay đổi"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--unit", metavar="CODE", help="mã đơn vị, cả các đơn vị bên dưới; bỏ trống: tất cả"
        )
        parser.add_argument(
            "--since", metavar="DATE", help="ngày đầu tiên thay đổi, ví dụ 31/08/2026; bỏ trống: mọi hồ sơ"
        )

    def handle(self, *args: Any, unit: str | None, since: str | None, **options: Any) -> None:
        place = Unit.objects.filter(code=unit).first() if unit else None
        if unit and not place:
            raise CommandError(f"--unit: không có đơn vị mã “{unit}”", returncode=2)
        found = tasks.reached(
            typed.given("--since", since, typed.day) if since else date(FIRST_YEAR, 1, 1), place
        )
        console = Console(stderr=True)
        for key in track(found, "Tính lại", console=console, transient=True, disable=not console.is_terminal):
            tasks.again(key)
        self.stdout.write(f"Đã tính lại {len(found)} hồ sơ.")
