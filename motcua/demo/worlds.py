"""Which demo world this database holds: the one that is there, a new one in an empty database, or none."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from motcua.catalogue.models import Procedure
from motcua.dossiers.models import Dossier
from motcua.journal.locks import Lock
from motcua.law.calendar import LAST_YEAR, TZ
from motcua.law.facts import Refused
from motcua.people.models import Officer, Unit

from . import province, shares, stock, together
from .models import DemoRun
from .play import Settings
from .story import NAMESPACE

SEED = 2026
MONTHS = 3
_NAMES = {
    "catalogue": "danh mục",
    "months": "số tháng",
    "dossiers": "số hồ sơ",
    "seed": "mầm",
    "at": "thời điểm",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; None is "whatever there is, else the usual"."""

    catalogue: str | None = None
    months: int | None = None
    dossiers: int | None = None
    seed: int | None = None
    at: datetime | None = None

    def differing(self, run: DemoRun) -> Iterator[str]:
        """What was asked for and is not so in the world that is there."""
        for name, there in run.settings().items():
            wanted = getattr(self, name)
            if wanted is not None and wanted != there:
                yield f"{_NAMES[name]} {_said(wanted)} (đang là {_said(there)})"


def world(wish: Wish, *, now: datetime) -> DemoRun:
    """The demo world of this database, made if the database is empty.

    Raises Refused when there is another one, real data, or no such world can be, and WrongFile.
    """
    if run := DemoRun.objects.first():
        if different := "; ".join(wish.differing(run)):
            raise Refused(f"Đang có bản thử khác: {different}. Thêm --reset để xóa và làm lại")
        return run
    if _anything():
        raise Refused("Cơ sở dữ liệu đã có dữ liệu không phải bản thử; đặt DATABASE_URL hoặc MOTCUA_VAR khác")
    run = imagined(wish, now=now)
    run.save(force_insert=True)
    return run


def imagined(wish: Wish, *, now: datetime) -> DemoRun:
    """The world that would be made, not kept anywhere. Raises Refused or WrongFile when it cannot be."""
    months = MONTHS if wish.months is None else wish.months
    usual = months * shares.dossiers_a_month()
    run = DemoRun(
        catalogue=wish.catalogue or "",
        months=months,
        dossiers=usual if wish.dossiers is None else wish.dossiers,
        seed=SEED if wish.seed is None else wish.seed,
        at=wish.at or now.replace(second=0, microsecond=0),
        begun_at=now,
    )
    _check(run)
    return run


def played(run: DemoRun) -> Settings:
    """The settings of a play of this world."""
    return Settings(at=run.at, months=run.months, dossiers=run.dossiers, seed=run.seed)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the demo of this database; raises Refused while another command plays it."""
    if not _locked():
        raise Refused("Một lệnh khác đang chơi bản thử trên cơ sở dữ liệu này; đợi nó xong")
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s)", Lock.DEMO.value)


def reset() -> None:
    """Empty a database that holds a demo world and nothing else; the journal itself can only go as a whole.

    Raises Refused, and then nothing is gone. An empty database stays as it is.
    """
    tables = connection.introspection.table_names()
    if DemoRun._meta.db_table not in tables or not (run := DemoRun.objects.first()):
        if Unit._meta.db_table in tables and _anything():
            raise Refused("Cơ sở dữ liệu không phải của bản thử nên không xóa")
        return
    if reason := _foreign(run, set(tables)) or _in_use():
        raise Refused(f"{reason}, nên không xóa")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def offline() -> None:
    """Raises Refused where a real neighbour is connected: invented dossiers must never be sent to it."""
    if settings.PORTAL_URL:
        raise Refused("PORTAL_URL đang trỏ tới Cổng DVCQG thật; bản thử không được gửi hồ sơ giả tới đó")
    for name in ("SMS_URL", "MAIL_HOST"):
        if getattr(settings, name):
            raise Refused(f"{name} đang trỏ tới cổng thật; bản thử không được báo tin tới số và địa chỉ bịa")


def _check(run: DemoRun) -> None:
    if run.months < 1 or run.dossiers < 1:
        raise Refused("Số tháng và số hồ sơ phải từ 1 trở lên")
    first = datetime.combine(province.book()["communes"]["since"], datetime.min.time(), TZ)
    if played(run).start < first:
        raise Refused(
            f"Bản thử chỉ chơi từ {first:%d/%m/%Y}, khi có chính quyền hai cấp; lùi --at, bớt --months"
        )
    if run.at.astimezone(TZ).year >= LAST_YEAR:
        raise Refused(f"Lịch làm việc chỉ có đến năm {LAST_YEAR}; chọn --at trước năm đó")
    if run.catalogue:
        stock.glance(run.catalogue)


def _anything() -> bool:
    return any(model.objects.exists() for model in (Unit, Officer, Procedure, Dossier))


def _foreign(run: DemoRun, tables: set[str]) -> str:
    """What in the database is not of the demo, "" when nothing is."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    # Some tables are made by a migration alone; they go by the name of their room.
    rooms = tuple(f"{model._meta.app_label}_" for model in apps.get_models())
    if strange := sorted(t for t in tables - ours if not t.startswith(("django_", *rooms))):
        return f"Cơ sở dữ liệu có bảng của chương trình khác ({', '.join(strange[:3])})"
    invented = {uuid5(NAMESPACE, f"{run.seed}:{number}") for number in range(run.dossiers)}
    invented |= together.requests(run.seed)
    known: Iterator[UUID] = Dossier.objects.values_list("request_id", flat=True).iterator(chunk_size=5000)
    if others := sum(request not in invented for request in known):
        return f"Cơ sở dữ liệu có {others} hồ sơ không do bản thử tạo ra"
    return ""


def _in_use() -> str:
    others = _asked(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return f"Còn {others} kết nối khác đang dùng cơ sở dữ liệu này (máy chủ đang chạy?)" if others else ""


def _locked() -> bool:
    for _ in range(10):  # the server takes a moment to notice that a command was killed
        if _asked("SELECT pg_try_advisory_lock(%s)", Lock.DEMO.value):
            return True
        time.sleep(0.5)
    return False


def _asked(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(TZ):%H:%M %d/%m/%Y}"
    return str(value) or "mẫu có sẵn"


def as_data(run: DemoRun) -> Mapping[str, Any]:
    """The settings of a world as JSON data."""
    return run.settings() | {"at": run.at.astimezone(TZ).isoformat()}
