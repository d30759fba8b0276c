"""Establishing and closing units (thành lập, giải thể, sáp nhập)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from motcua.journal import log
from motcua.law import calendar, offices
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import access
from ..models import DeskService, Officer, Post, Role, SaturdayChoice, Unit, UnitKind

STRUCTURE = "NĐ 118/2025/NĐ-CP Đ.7, 8"
HEADS = "NĐ 118/2025/NĐ-CP Đ.10"
OPERATORS = "NĐ 118/2025/NĐ-CP Đ.7.4, 11"
HOURS = "Bộ luật Lao động 2019 Đ.105"


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to establish; `parent` is the code of the unit above, "" for the province itself.

    `agency_code` is its electronic identifier (mã định danh, QĐ 20/2020/QĐ-TTg), `code` when left out.
    """

    code: str
    name: str
    kind: str
    valid_from: date
    parent: str = ""
    agency_code: str = ""
    valid_to: date | None = None
    hours: str = ""
    saturday: str = SaturdayChoice.CLOSED


@transaction.atomic(durable=True)
def establish(units: Sequence[NewUnit], *, by: Officer, at: datetime) -> list[Unit]:
    """Thành lập đơn vị. Raises Refused for a code that was ever given before (QĐ 20/2020/QĐ-TTg)."""
    parents: list[Unit | None] = [*Unit.objects.filter(code__in={unit.parent for unit in units})]
    for parent in parents or [None]:
        access.require(by, "people", parent, day(at))
    highest = any(p.role == Role.ADMIN and p.unit.parent_id is None for p in access.posts(by, day(at)))
    if not highest and not all(unit.parent for unit in units):
        raise Refused("Chỉ quản trị của đơn vị cao nhất lập được đơn vị không có cấp trên", access.SOURCE)
    return founded(units, by=by.username, at=at)


@transaction.atomic(durable=True)
def close(unit: Unit, *, on: date, by: Officer, at: datetime) -> None:
    """Giải thể, sáp nhập: `on` is the first day the unit no longer exists; its posts end with it."""
    access.require(by, "people", unit, day(at))
    unit.refresh_from_db(from_queryset=Unit.objects.select_for_update())
    if unit.valid_to is not None:
        raise Refused(f"{unit.name} đã chấm dứt hoạt động từ ngày {unit.valid_to:%d/%m/%Y}", STRUCTURE)
    if on <= unit.valid_from:
        raise Refused(f"Ngày chấm dứt phải sau ngày thành lập {unit.valid_from:%d/%m/%Y}", STRUCTURE)
    if open_child := unit.children.filter(_lasts_beyond(on)).first():
        raise Refused(f"Đơn vị trực thuộc {open_child.name} chưa chấm dứt hoạt động", STRUCTURE)
    if service := DeskService.objects.filter(_lasts_beyond(on), Q(desk=unit) | Q(operator=unit)).first():
        raise Refused(f"Chưa thôi giao {service.desk.name} cho {service.operator.name}", OPERATORS)
    closed = offices.UnitClosed(at=at, by=by.username, provision=STRUCTURE, unit=unit.code, on=on.isoformat())
    ended = [end(post, on, by=by, at=at) for post in unit.posts.filter(_lasts_beyond(on))]
    unit.valid_to = on
    unit.save(update_fields=["valid_to"])
    log.record(offices.STREAM, [*ended, closed])


def end(post: Post, on: date, *, by: Officer, at: datetime) -> offices.PostEnded:
    """End a post, and what to write of it. Raises Refused for a day before it began."""
    if on <= post.valid_from:
        raise Refused(
            f"{post.officer.full_name} giữ vị trí {post.get_role_display()} từ ngày {post.valid_from:%d/%m/%Y} "
            "nên phải thôi giữ sau ngày ấy",
            HEADS,
        )
    post.valid_to = on
    post.save(update_fields=["valid_to"])
    return offices.PostEnded(
        at=at,
        by=by.username,
        provision=HEADS,
        unit=post.unit.code,
        officer=post.officer.username,
        role=post.role,
        on=on.isoformat(),
    )


def founded(units: Sequence[NewUnit], *, by: str, at: datetime) -> list[Unit]:
    """The units, stored and written down, whoever may do so."""
    known = {u.code: u for u in Unit.objects.filter(code__in=[u.parent for u in units])}
    _refuse_used_codes(units)
    made = []
    for generation in _generations(units, known):
        fresh = [_unit(new, known) for new in generation]
        Unit.objects.bulk_create(fresh)
        known |= {unit.code: unit for unit in fresh}
        made += fresh
    log.record(offices.STREAM, [_established(unit, by, at) for unit in made])
    return made


def check_hours(hours: str) -> None:
    """Raise Refused for hours that make no lawful day."""
    try:
        if hours:
            calendar.Calendar(hours=calendar.sessions(hours))
    except ValueError as error:
        raise Refused(f"Giờ làm việc không hợp lệ: {error}", HOURS) from error


def _established(unit: Unit, by: str, at: datetime) -> offices.UnitEstablished:
    return offices.UnitEstablished(
        at=at,
        by=by,
        provision=STRUCTURE,
        unit=unit.code,
        name=unit.name,
        parent=unit.parent.code if unit.parent else "",
        since=unit.valid_from.isoformat(),
    )


def _lasts_beyond(on: date) -> Q:
    return Q(valid_to__isnull=True) | Q(valid_to__gt=on)


def _generations(units: Sequence[NewUnit], known: Mapping[str, Unit]) -> Iterable[list[NewUnit]]:
    """The units level by level: a level may be stored at once, as all of its parents are there."""
    there, left = {"", *known}, list(units)
    while left:
        ready = [unit for unit in left if unit.parent in there]
        if not ready:
            raise Refused(f"{left[0].name}: chưa có đơn vị cấp trên mã {left[0].parent}", STRUCTURE)
        yield ready
        there |= {unit.code for unit in ready}
        left = [unit for unit in left if unit.code not in there]


def _unit(new: NewUnit, known: Mapping[str, Unit]) -> Unit:
    check_hours(new.hours)
    parent = known.get(new.parent)
    if parent and new.valid_from < parent.valid_from:
        raise Refused(f"{new.name} không thể thành lập trước {parent.name}", STRUCTURE)
    if parent and parent.kind == UnitKind.OPERATOR:
        raise Refused(f"{parent.name} không có đơn vị trực thuộc trong hệ thống", OPERATORS)
    return Unit(
        code=new.code,
        agency_code=new.agency_code or new.code,
        name=new.name,
        kind=new.kind,
        parent=parent,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        hours=new.hours,
        saturday=new.saturday,
    )


def _refuse_used_codes(units: Sequence[NewUnit]) -> None:
    codes = [unit.code for unit in units]
    agency_codes = [unit.agency_code or unit.code for unit in units]
    taken = Unit.objects.filter(code__in=codes) | Unit.objects.filter(agency_code__in=agency_codes)
    if unit := taken.first():
        raise Refused(f"Mã {unit.agency_code} đã cấp cho {unit.name}; mã không dùng lại", "QĐ 20/2020/QĐ-TTg")
