"""`motcua verify-tasks`: is the journal of steering whole, and does every row say what its facts say?"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.journal import log
from motcua.law.calendar import day
from motcua.steering import mending, verifying
from motcua.steering.verifying import Differs

SEED = 766


class Command(BaseCommand):
    help = (
        "Kiểm tra nhật ký điều hành (chuỗi băm), đối chiếu nhiệm vụ, văn bản, chỉ tiêu, sổ, phiếu với sự kiện"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="chỉ N dòng mỗi loại, lấy ngẫu nhiên")
        parser.add_argument("--seed", type=int, default=SEED, help="mầm của mẫu; cùng mầm là cùng mẫu")
        parser.add_argument(
            "--mend", action="store_true", help="ghi lại từ sự kiện những dòng không khớp, rồi kiểm tra lại"
        )

    def handle(self, *args: Any, sample: int | None, seed: int, mend: bool, **options: Any) -> None:
        if sample is not None and sample < 1:
            raise CommandError("--sample: mẫu phải có từ 1 dòng trở lên", returncode=2)
        today, chosen = day(timezone.now()), verifying.sampled(sample, seed)
        chains = (
            [log.verify(only=verifying.streams(chosen))] if sample else map(log.verify, verifying.STREAMS)
        )
        broken, differing = list(chain.from_iterable(chains)), _differing(chosen, today)
        if mend and differing and not broken:  # a broken journal mends nothing
            mending.mend(differing, today)
            differing = self._mended(differing, chosen, today)
        differing += [] if sample else verifying.missing()
        for link in broken:
            self.stdout.write(f"Nhật ký hỏng: {link.stream} dòng {link.version}: {link.reason}")
        for differs in differing:
            self.stdout.write(
                f"Không khớp: {differs.code} {differs.field}: đang lưu {differs.kept}, sự kiện cho {differs.told}"
            )
        if broken or differing:
            sys.exit(1)
        told = ", ".join(f"{len(keys)} {name}" for name, keys in chosen.items() if keys)
        self.stdout.write(f"Toàn vẹn: {told or 'chưa có gì'} khớp với sự kiện.")

    def _mended(self, before: list[Differs], chosen: Mapping[str, list[int]], today: date) -> list[Differs]:
        """What still differs, after telling how much does not any more."""
        rest = _differing(chosen, today)
        self.stdout.write(f"Đã ghi lại {len(before) - len(rest)} chỗ không khớp.")
        return rest


def _differing(chosen: Mapping[str, list[int]], today: date) -> list[Differs]:
    return [*mending.miscounted(), *verifying.differing(chosen, today)]
