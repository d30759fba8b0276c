"""`motcua match`: our catalogue beside the national record, from a file or through the gateway (đối chiếu CSDLQG)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from motcua.catalogue.acts import WrongFile
from motcua.catalogue.matching import acts, queries
from motcua.catalogue.matching.comparing import FIELDS
from motcua.catalogue.matching.models import Matching
from motcua.gateways.portal import Unreachable
from motcua.ui import typed


class Command(BaseCommand):
    """Compares, keeps what differs and prints what is not decided yet; changes no procedure."""

    help = "Đối chiếu danh mục với CSDLQG: chỗ khác, thủ tục chỉ có ở một bên; không đổi thủ tục nào."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH", nargs="?", type=Path, help="tệp; bỏ trống: qua trục")
        parser.add_argument("--whole", action="store_true", help="tệp có mọi thủ tục của tỉnh")
        parser.add_argument(
            "--at", metavar="THỜI ĐIỂM", help="đối chiếu tại thời điểm này; bỏ trống: bây giờ"
        )
        parser.add_argument("--first", type=int, default=20, metavar="N", help="số điểm in ra (20)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="in JSON, mọi điểm")

    def handle(
        self,
        *args: Any,
        path: Path | None,
        whole: bool,
        at: str | None,
        first: int,
        as_json: bool,
        **_: Any,
    ) -> None:
        moment = typed.given("--at", at, typed.moment) if at else timezone.now()
        try:
            if path:
                run = acts.match_file(path, whole=whole, by=None, at=moment)
            else:
                run = acts.match_gateway(by=None, at=moment)
        except (WrongFile, Unreachable) as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        if as_json:
            self.stdout.write(json.dumps(_told(run) | {"open": list(_open())}, ensure_ascii=False))
            return
        stand_in = " (bản thay thế)" if run.stand_in else ""
        counted = f"{run.read} thủ tục, {run.same} giống hệt, {run.open} điểm chưa quyết"
        self.stdout.write(f"{run.source}{stand_in}: {counted}.")
        if run.unread:
            self.stderr.write(f"{run.unread} bản ghi không đọc được; không nói thủ tục nào chỉ có ở đây.")
        for one in islice(_open(), first):
            self.stdout.write(f"{one['code']} {one['part']}: {one['ours'][:60]!r} | {one['theirs'][:60]!r}")


def _told(run: Matching) -> dict[str, Any]:
    return {
        "source": run.source,
        "stand_in": run.stand_in,
        "read": run.read,
        "unread": run.unread,
        "same": run.same,
    }


def _open() -> Iterator[dict[str, str]]:
    for one in queries.listed(queries.OPEN).iterator(chunk_size=500):
        part = FIELDS.get(one.field, one.get_kind_display())
        yield {"code": one.code, "kind": one.kind, "part": part, "ours": one.ours, "theirs": one.theirs}
