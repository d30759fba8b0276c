"""The live database as an engine (cơ sở dữ liệu đang chạy)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from motcua.people.models import Unit
from motcua.scores import live
from motcua.scores.declaring.queries import Figures, figures
from motcua.scores.declaring.subjects import OF_INDEX
from motcua.scores.live import Counts
from motcua.scores.measures import Side
from motcua.scores.periods import Period, Window


class Live:
    """See `Engine`. What pages show comes from here."""

    at = None

    def units(self) -> dict[int, Unit]:
        return {unit.pk: unit for unit in Unit.objects.order_by("code")}

    def counts(self, window: Window) -> Counts:
        return live.counts(window)

    def declared(self, period: Period, at: datetime) -> Figures:
        return figures(period, OF_INDEX, at)

    def ids(self, code: str, side: Side, scope: int, window: Window) -> list[int]:
        statement = live.rows(code, side)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.args(live.bound(window) | {"scope": scope}))
            return sorted(key for (key,) in cursor.fetchall())

    def named(self, key: int) -> tuple[int, int]:
        return 0, key
