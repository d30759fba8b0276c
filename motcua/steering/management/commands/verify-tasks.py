"""`motcua verify-tasks`: is the journal of tasks whole, and does every row say what its facts say?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from motcua.journal import log
from motcua.law.steering import STREAM
from motcua.steering import verifying
from motcua.steering.models import Task


class Command(BaseCommand):
    help = "Kiểm tra nhật ký của nhiệm vụ (chuỗi băm) và đối chiếu từng nhiệm vụ với các sự kiện của nó"

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for broken in log.verify(STREAM):
            wrong += 1
            self.stdout.write(f"Nhật ký hỏng: {broken.stream} dòng {broken.version}: {broken.reason}")
        for differs in verifying.differing():
            wrong += 1
            self.stdout.write(
                f"Không khớp: {differs.code} {differs.field}: đang lưu {differs.kept}, sự kiện cho {differs.told}"
            )
        if wrong:
            sys.exit(1)
        self.stdout.write(f"Toàn vẹn: {Task.objects.count()} nhiệm vụ khớp với sự kiện của chúng.")
