"""Due moments per second, holidays and office hours included, beside numpy's working-day arithmetic."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import numpy as np

from motcua.law import clock
from motcua.law.calendar import TZ, Calendar

from .result import line

COUNT = 200_000


def run() -> list[dict[str, object]]:
    calendar, limit = Calendar(), clock.TimeLimit.parse("5 ngày làm việc")
    first = datetime(2026, 3, 2, 9, 0, tzinfo=TZ)
    starts = [first + timedelta(minutes=2 * n) for n in range(COUNT)]
    rules = clock.rules(first.date())
    clock.due_of_all(starts[:10], limit, calendar, rules)
    days = [(first + timedelta(days=n)).date() for n in range(800)]
    off = [d for d in days if not calendar.is_working(d) and d.weekday() < 5]
    week = np.busdaycalendar(holidays=off)

    began = time.perf_counter()
    found = clock.due_of_all(starts, limit, calendar, rules)
    bulk = COUNT / (time.perf_counter() - began)
    began = time.perf_counter()
    one = [clock.due(start, limit, calendar, rules) for start in starts[: COUNT // 10]]
    single = COUNT / 10 / (time.perf_counter() - began)
    began = time.perf_counter()
    theirs = [
        np.busday_offset(start.date(), 5, roll="backward", busdaycal=week) for start in starts[: COUNT // 10]
    ]
    scalar = COUNT / 10 / (time.perf_counter() - began)
    began = time.perf_counter()
    np.busday_offset(
        np.array([s.date() for s in starts], "datetime64[D]"), 5, roll="backward", busdaycal=week
    )
    vector = COUNT / (time.perf_counter() - began)

    assert found[: len(one)] == one
    for start, mine, other in zip(starts, one, theirs, strict=False):
        if calendar.is_working(start.date()) and start.hour < 17:
            assert mine.date() == other.astype(object)
    return [
        line("due", "due moments/s, one by one", single, "numpy scalar", scalar, 0.25),
        line("due", "due moments/s, in bulk", bulk, "numpy vector, with its array", vector, 0.25),
    ]
