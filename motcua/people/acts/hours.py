"""A unit's own working hours and days, and the recount of what is due after them (giờ làm việc, ngày nghỉ riêng)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from motcua.journal import log
from motcua.law import offices
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import access
from ..models import Officer, SaturdayChoice, Unit, UnitDay, UnitHours
from .units import HOURS, check_hours

DAYS = "Bộ luật Lao động 2019 Đ.112; quyết định của cơ quan có thẩm quyền"


@transaction.atomic(durable=True)
def set_hours(
    unit: Unit, *, hours: str, saturday: str, since: date, source: str, by: Officer, at: datetime
) -> UnitHours:
    """Giờ làm việc riêng của đơn vị từ ngày `since`, "07:30-11:30,13:00-17:00" or "" for usual hours, và sáng thứ Bảy.

    By a decision named in `source`. What was due before that day stays due when it was.
    """
    access.require(by, "staff", unit, day(at))
    check_hours(hours)
    if not source.strip():
        raise Refused("Giờ làm việc riêng phải có số quyết định", HOURS)
    _not_past(since, at)
    told = {"hours": hours, "saturday": str(SaturdayChoice(saturday)), "source": source.strip()}
    # A new row, never an amended one: calendars know by its number that the hours have changed.
    UnitHours.objects.filter(unit=unit, since=since).delete()
    made = UnitHours.objects.create(unit=unit, since=since, **told)
    decided = offices.HoursDecided(
        at=at, by=by.username, provision=HOURS, unit=unit.code, since=since.isoformat(), **told
    )
    _follow(decided, unit, since)
    return made


@transaction.atomic(durable=True)
def set_unit_day(
    unit: Unit, *, on: date, working: bool, name: str, source: str, by: Officer, at: datetime
) -> UnitDay:
    """Ngày nghỉ hoặc ngày làm bù riêng của đơn vị và các đơn vị bên dưới, by a decision named in `source`."""
    access.require(by, "staff", unit, day(at))
    name, source = name.strip(), source.strip()
    if not name or not source:
        raise Refused("Ngày nghỉ, ngày làm bù phải có tên và số quyết định", DAYS)
    _not_past(on, at)
    # A new row, never an amended one: calendars know by its number that the days have changed.
    UnitDay.objects.filter(unit=unit, day=on).delete()
    made = UnitDay.objects.create(unit=unit, day=on, working=working, name=name, source=source)
    decided = offices.DayDecided(
        at=at,
        by=by.username,
        provision=DAYS,
        unit=unit.code,
        on=on.isoformat(),
        working=working,
        name=name,
        source=source,
    )
    _follow(decided, unit, on)
    return made


@transaction.atomic(durable=True)
def clear_unit_day(unit: Unit, *, on: date, by: Officer, at: datetime) -> None:
    """Bỏ ngày nghỉ hoặc ngày làm bù riêng: the day is again what the province's calendar says."""
    access.require(by, "staff", unit, day(at))
    _not_past(on, at)
    removed, _ = UnitDay.objects.filter(unit=unit, day=on).delete()
    if not removed:
        raise Refused(f"{unit.name} không có quy định riêng cho ngày {on:%d/%m/%Y}", DAYS)
    cleared = offices.DayCleared(at=at, by=by.username, provision=DAYS, unit=unit.code, on=on.isoformat())
    _follow(cleared, unit, on)


def _not_past(on: date, at: datetime) -> None:
    # A day off decided afterwards would make late dossiers punctual.
    if on < day(at):
        raise Refused(f"Ngày {on:%d/%m/%Y} đã qua, không đổi lịch làm việc của ngày ấy được nữa", DAYS)


def _follow(change: offices.Change, unit: Unit, since: date) -> None:
    """Write the change down, and have what it reaches counted again."""
    log.record(offices.STREAM, [change])
    # By its name: dossiers stand above people.
    job = app.configure_task("dossiers.recount", queue="clocks", lock="recount")
    job.defer(unit=unit.code, since=since.isoformat())
