"""`motcua verify`: is the journal whole, and does every cached row say what its facts say?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from motcua.dossiers import queries, tasks
from motcua.dossiers.queries import Differs
from motcua.journal import log
from motcua.journal.log import Broken

SEED = 766


class Command(BaseCommand):
    help = "Kiểm tra nhật ký (chuỗi băm) và đối chiếu hồ sơ với các sự kiện của nó: mọi hồ sơ, hoặc một mẫu"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prefix", default="", help="chỉ kiểm tra hồ sơ có mã bắt đầu như vậy")
        parser.add_argument(
            "--sample", type=int, metavar="N", help="chỉ N hồ sơ lấy ngẫu nhiên, và tổng số của cả bảng"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="mầm của mẫu; cùng mầm là cùng mẫu")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument(
            "--mend", action="store_true", help="ghi lại từ sự kiện những hồ sơ không khớp, rồi kiểm tra lại"
        )

    def handle(self, *args: Any, prefix: str, as_json: bool, mend: bool, **options: Any) -> None:
        known = queries.Dossier.objects.filter(code__startswith=prefix).count()
        if prefix and not known:
            raise CommandError(f"không có hồ sơ nào có mã bắt đầu bằng “{prefix}”", returncode=2)
        sample = _sample(prefix, options["sample"], options["seed"])
        broken, differing = _looked(prefix, sample)
        if mend and differing and not broken:
            self._mend({d.code for d in differing})
            broken, differing = _looked(prefix, sample)
        if as_json:
            report = {"broken": [asdict(b) for b in broken], "differs": [asdict(d) for d in differing]}
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            among = f"mẫu {len(sample)} trong {known} (mầm {options['seed']})" if sample else str(known)
            self._tell(among, broken, differing)
        if broken or differing:
            sys.exit(1)

    def _mend(self, codes: set[str]) -> None:
        """Rows are only a copy of what the journal says; a broken journal mends nothing."""
        for key in queries.Dossier.objects.filter(code__in=codes).values_list("pk", flat=True):
            tasks.again(key)

    def _tell(self, among: str, broken: list[Broken], differing: list[Differs]) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        for b in broken:
            console.print(f"Nhật ký hỏng: {b.stream} dòng {b.version}: {b.reason}")
        for d in differing:
            console.print(f"Không khớp: {d.code} {d.field}: đang lưu {d.cached}, sự kiện cho {d.facts}")
        if not broken and not differing:
            console.print(f"Toàn vẹn: nhật ký không đứt, {among} hồ sơ khớp với sự kiện của chúng.")


def _sample(prefix: str, size: int | None, seed: int) -> Mapping[int, str] | None:
    if size is not None and size < 1:
        raise CommandError("--sample: mẫu phải có từ 1 hồ sơ trở lên", returncode=2)
    return queries.sampled(prefix, size, seed) if size else None


def _looked(prefix: str, sample: Mapping[int, str] | None) -> tuple[list[Broken], list[Differs]]:
    """What is wrong with all dossiers, or with those of a sample and with what the whole tables count."""
    if sample is None:
        return list(log.verify(prefix and queries.STREAM + prefix)), list(queries.verify(prefix))
    streams = [queries.STREAM + code for code in sample.values()]
    differing = [*queries.miscounted(prefix), *queries.verify(only=list(sample))]
    return list(log.verify(only=streams)), differing
