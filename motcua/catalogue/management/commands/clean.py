"""`motcua clean`: data-quality rules over the whole catalogue, findings and scores (làm sạch dữ liệu thủ tục)."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from motcua.catalogue.cleaning import acts, queries
from motcua.catalogue.cleaning.models import Flaw
from motcua.catalogue.cleaning.queries import Agency, Wanted
from motcua.catalogue.cleaning.rule import Dimension, Severity
from motcua.catalogue.cleaning.rules import ALL
from motcua.catalogue.cleaning.sweeping import Swept
from motcua.law import packs
from motcua.law.calendar import day
from motcua.ui import typed


class Command(BaseCommand):
    """Sweeps, keeps what it found and prints it. Exit code 1 while something must be mended."""

    help = "Rà chất lượng dữ liệu toàn danh mục: điểm cần sửa theo quy tắc, bốn điểm số của từng cơ quan"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rule", default="", metavar="MÃ", help="chỉ in một quy tắc, ví dụ C04")
        parser.add_argument("--agency", default="", metavar="TÊN", help="chỉ in một cơ quan công bố")
        parser.add_argument("--at", metavar="THỜI ĐIỂM", help="rà tại thời điểm này; bỏ trống: bây giờ")
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="in JSON cho máy đọc, mọi điểm"
        )
        parser.add_argument("--first", type=int, default=20, metavar="N", help="số điểm in ra (20)")

    def handle(
        self, *args: Any, rule: str, agency: str, at: str | None, as_json: bool, first: int, **_: Any
    ) -> None:
        moment = typed.given("--at", at, typed.moment) if at else timezone.now()
        if rule and rule not in ALL:
            raise CommandError(f"--rule: không có quy tắc {rule}; có {', '.join(ALL)}", returncode=2)
        done = acts.sweep(by=None, at=moment)
        scored = queries.agencies(day(moment))
        if agency and agency not in {each.key for each in scored}:
            known = "; ".join(each.key for each in scored)
            raise CommandError(f"--agency: không có cơ quan {agency}; có {known}", returncode=2)
        wanted = Wanted(rule=rule, agency=agency)
        scores = [each for each in (queries.total(scored), *scored) if agency in ("", each.key)]
        if as_json:
            self.stdout.write(json.dumps(_data(done, wanted, scores, moment), ensure_ascii=False))
        else:
            _tell(Console(file=self.stdout), done, wanted, scores, first)  # type: ignore[arg-type]
        if queries.flaws(Wanted(rule=rule, agency=agency, severity=Severity.ERROR)).exists():
            sys.exit(1)


def _data(done: Swept, wanted: Wanted, scores: Sequence[Agency], at: Any) -> dict[str, Any]:
    pack = packs.on("cleaning", day(at))
    return {
        "procedures": done.procedures,
        "new": done.new,
        "mended": done.mended,
        "rules": queries.by_rule(wanted),
        "unchecked": done.unchecked,
        "scores": [_score(each) for each in scores],
        "findings": [_finding(flaw, ALL[flaw.rule].source(pack)) for flaw in queries.flaws(wanted)],
    }


def _score(agency: Agency) -> dict[str, Any]:
    told = {
        score.dimension.value: {"n": score.n, "d": score.d, "score": score.ratio} for score in agency.scores
    }
    return {"agency": agency.label, "procedures": agency.procedures, "open": agency.open, **told}


def _finding(flaw: Flaw, source: str) -> dict[str, Any]:
    rule = ALL[flaw.rule]
    return {
        "rule": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "dimension": rule.dimension.value,
        "code": flaw.version.procedure.code,
        "agency": flaw.version.issuer,
        "place": flaw.place,
        "said": flaw.said,
        "sentence": flaw.sentence,
        "remedy": rule.remedy,
        "source": source,
        "owner": flaw.owner.username if flaw.owner else "",
        "due": flaw.due.isoformat() if flaw.due else "",
    }


def _tell(console: Console, done: Swept, wanted: Wanted, scores: Sequence[Agency], first: int) -> None:
    changed = f"mới {done.new}, đã sửa {done.mended}, mở lại {done.again}"
    console.print(f"Đã rà {done.procedures} thủ tục: {done.found} điểm, {changed}.")
    found = queries.by_rule(wanted)
    table = Table("Mã", "Quy tắc", "Tiêu chí", "Mức độ")
    table.add_column("Chưa sửa", justify="right")
    for rule in ALL.values():
        if wanted.rule in ("", rule.code):
            count = "chưa kiểm được" if rule.code in done.unchecked else str(found.get(rule.code, 0))
            table.add_row(rule.code, rule.name, rule.dimension.label, rule.severity.label, count)
    console.print(table)
    for code, why in done.unchecked.items():
        console.print(f"Chưa kiểm được {code}: {escape(why)}.")
    console.print(_scores(scores))
    for flaw in queries.flaws(wanted)[:first]:
        console.print(f"{flaw.rule} {escape(flaw.sentence)}")


def _scores(scores: Sequence[Agency]) -> Table:
    table = Table("Cơ quan công bố")
    for label in ("Thủ tục", *(dimension.label for dimension in Dimension), "Chưa sửa"):
        table.add_column(label, justify="right")
    for each in scores:
        told = (f"{score.n}/{score.d}" for score in each.scores)
        table.add_row(each.label, str(each.procedures), *told, str(each.open))
    return table
