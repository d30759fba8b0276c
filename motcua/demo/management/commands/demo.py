"""`motcua demo`: a province in a box, its dossiers played, its index, and its pages (bản thử)."""

from __future__ import annotations

import errno
import socket
import time
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from rich.console import Console

from motcua.catalogue.acts import WrongFile
from motcua.demo import (
    announcing,
    counter,
    directives,
    drafting,
    office,
    outbox,
    postal,
    province,
    publishing,
    shares,
    stock,
    telling,
    together,
    worlds,
)
from motcua.demo.models import DemoRun
from motcua.demo.play import Tally, play
from motcua.demo.telling import Teller, grouped
from motcua.demo.world import World
from motcua.law.calendar import TZ, day
from motcua.law.facts import Refused
from motcua.ui import typed

HANDS = 2  # one waits for the database while the other thinks


class Command(BaseCommand):
    """Makes the world of its settings, or goes on with it; the same settings always make the same world."""

    help = "Nạp một tỉnh mẫu (Cao Bằng), chơi nhiều tháng hồ sơ qua các thao tác thật, in chỉ số rồi mở các trang."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        monthly = shares.dossiers_a_month()
        parser.add_argument("--catalogue", metavar="PATH", help="danh mục thủ tục thay cho mẫu có sẵn")
        parser.add_argument("--months", type=int, help=f"số tháng hồ sơ (mặc định {worlds.MONTHS})")
        parser.add_argument("--dossiers", type=int, help=f"số hồ sơ (mặc định {monthly} mỗi tháng)")
        parser.add_argument("--seed", type=int, help=f"mầm ngẫu nhiên (mặc định {worlds.SEED})")
        parser.add_argument("--at", metavar="MOMENT", help="“bây giờ” của bản thử, ví dụ 2026-10-31T17:00")
        parser.add_argument("--port", type=int, help="cổng của các trang")
        parser.add_argument("--no-serve", action="store_true", help="không mở các trang")
        parser.add_argument("--reset", action="store_true", help="xóa bản thử đang có rồi làm lại")

    def handle(self, *args: Any, **options: Any) -> None:
        teller = Teller(Console(file=cast(IO[str], self.stdout)))
        wish = _wish(options)
        if options["port"] and not options["no_serve"]:
            _free(options["port"])
        try:
            with worlds.alone():
                run = self._run(teller, wish, reset=options["reset"])
        except (Refused, WrongFile) as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        self._show(teller, run)
        if not options["no_serve"]:
            call_command("serve", **({"port": options["port"]} if options["port"] else {}))

    def _run(self, teller: Teller, wish: worlds.Wish, *, reset: bool) -> DemoRun:
        worlds.offline()
        if reset:
            worlds.imagined(wish, now=timezone.now())  # what cannot be made must not cost what is there
            worlds.reset()
        call_command("migrate", verbosity=0, interactive=False)
        run = worlds.world(wish, now=timezone.now())
        if run.finished_at:
            teller.say(f"Bản thử đã có sẵn ({run}), không chơi lại. Làm lại từ đầu: thêm --reset.")
            return run
        begun = time.monotonic()
        tally = _make(teller, run)
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
        _summarise(teller, tally, time.monotonic() - begun)
        return run

    def _show(self, teller: Teller, run: DemoRun) -> None:
        at = run.at.astimezone(TZ)
        teller.say("")
        call_command("index", at=at.isoformat(), period=_period(run), stdout=self.stdout)
        teller.console.print(telling.table(telling.sign_ins()))
        teller.say(f"Mật khẩu của mọi tài khoản: {province.PASSWORD}")
        teller.say(f"“Bây giờ” của bản thử là {telling.said(run.at)}; các trang tính theo giờ thật.")


def _make(teller: Teller, run: DemoRun) -> Tally:
    """Everything a world needs, each part whole; what is there already is left as it is."""
    settings = worlds.played(run)
    teller.say(f"Bản thử: {run}, đến {telling.said(run.at)}. Mọi người và hồ sơ đều là bịa.")
    units, officers = province.load(seed=run.seed, at=settings.start)
    teller.say(f"Đơn vị và cán bộ: thêm {units} đơn vị, {officers} cán bộ.")
    stocked = stock.stock(run.catalogue, at=settings.start, watch=lambda doing: teller.say(f"{doing}…"))
    teller.say(
        f"Danh mục: {grouped(stocked.procedures)} thủ tục, {grouped(stocked.processes)} quy trình nội bộ"
        f" ({grouped(stocked.lent)} mượn mẫu), {grouped(stocked.findings)} điểm cần xem lại."
    )
    world = World(day(settings.start), run.seed)
    tally = _play(teller, world, run)
    if settings.dossiers >= together.FROM:
        made = together.play(world, run.seed, settings.start, settings.at)
        teller.say(f"Liên thông: {made} nhóm hồ sơ, dự án.")
        guided, numbers = counter.play(world, run.seed, settings.at)
        teller.say(f"Tại quầy: {guided} lượt hướng dẫn, {numbers} số thứ tự.")
        teller.say(f"Điều hành: {directives.play(run.seed, settings.at)} nhiệm vụ được giao.")
        paid = postal.play(world, run.seed, settings.at, since=settings.start)
        teller.say(f"Bưu chính công ích: {paid} biên bản nghiệm thu tháng, theo định mức mẫu.")
        entries, sheets, graded = office.play(world, run.seed, settings.at)
        teller.say(f"Thêm {entries} mục sổ theo dõi, {sheets} phiếu chấm điểm, {graded} mức xếp loại.")
    if drafts := drafting.play(settings.start, settings.at):
        teller.say(f"Dự thảo văn bản: {drafts}, từ soạn thảo đến ban hành.")
    if settings.dossiers >= together.FROM and (decisions := announcing.play(settings.at)):
        teller.say(f"Công bố: {decisions} quyết định công bố thủ tục.")
    _tell_portal(teller)
    _tell_applicants(teller)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if published := publishing.publish(settings.at, since=settings.start):
        teller.say(f"Công bố chỉ số: bản {published.number}, kiểm tra được bằng motcua verify-snapshot.")
    return tally


def _play(teller: Teller, world: World, run: DemoRun) -> Tally:
    settings, acts = worlds.played(run), [0]
    whole = (settings.at - settings.start).total_seconds()
    with teller.bar("Chơi hồ sơ", whole) as tell:

        def watch(at: datetime) -> None:
            acts[0] += 1
            if acts[0] % 25 == 0:
                done = (at - settings.start).total_seconds()
                tell(done, f"{at.astimezone(TZ):%d/%m}, {grouped(acts[0])} thao tác")

        tally = play(world, settings, watch=watch, hands=HANDS)
        tell(whole, f"{grouped(acts[0])} thao tác")
    return tally


def _tell_portal(teller: Teller) -> None:
    todo, told = outbox.waiting(), [0]
    if not todo:
        return
    with teller.bar("Báo Cổng DVCQG (bản thay thế)", len(todo)) as tell:

        def watch(number: int) -> None:
            told[0] += number
            tell(told[0], f"{grouped(told[0])} hồ sơ")

        outbox.tell(todo, watch=watch)


def _tell_applicants(teller: Teller) -> None:
    todo, told = outbox.to_notify(), [0]
    if not todo:
        return
    with teller.bar("Báo người nộp (bản thay thế)", len(todo)) as tell:

        def watch(number: int) -> None:
            told[0] += number
            tell(told[0], f"{grouped(told[0])} việc mới nhất")

        outbox.notify(todo, watch=watch)


def _summarise(teller: Teller, tally: Tally, seconds: float) -> None:
    teller.say(
        f"Đã chơi {grouped(tally.acts)} thao tác trên {grouped(tally.begun + tally.continued)} hồ sơ"
        f" ({grouped(tally.continued)} hồ sơ làm tiếp) trong {seconds:.0f} giây."
    )
    for line in tally.refused[:5]:
        teller.say(f"Bị từ chối: {line}")


def _wish(options: dict[str, Any]) -> worlds.Wish:
    catalogue = str(Path(options["catalogue"]).resolve()) if options["catalogue"] else None
    plain = {name: options[name] for name in ("months", "dossiers", "seed")}
    return worlds.Wish(
        catalogue, **plain, at=options["at"] and typed.given("--at", options["at"], typed.moment)
    )


def _period(run: DemoRun) -> str:
    """The last whole month that was played, or the month of "now" when there is none."""
    here, start = run.at.astimezone(TZ), worlds.played(run).start
    year, month = divmod(here.year * 12 + here.month - 2, 12)
    return f"{here:%Y-%m}" if (year, month + 1) < (start.year, start.month) else f"{year}-{month + 1:02}"


def _free(port: int) -> None:
    """Tell before the play, not after it, that the pages cannot be opened there."""
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                line = f"cổng {port} đang có chương trình khác dùng: chọn --port khác (port taken)"
                raise CommandError(line, returncode=2) from error
            raise CommandError(f"không mở được cổng {port}", returncode=2) from error
