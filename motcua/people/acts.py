"""The acts on units, officers and posts: who exists, from when to when, and who may act for whom.

Nothing here is taken away: a unit is closed, a post is ended, and both stay readable for the time they held.
Each act is all or nothing, so loading a whole province that is cut off leaves no half of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from motcua.law import calendar
from motcua.law.calendar import day
from motcua.law.facts import Refused

from . import access
from .models import Officer, Post, Role, SaturdayChoice, Unit, UnitDay, UnitHours

STRUCTURE = "NĐ 118/2025/NĐ-CP Đ.7, 8"
HEADS = "NĐ 118/2025/NĐ-CP Đ.10"
HOURS = "Bộ luật Lao động 2019 Đ.105"
DAYS = "Bộ luật Lao động 2019 Đ.112; quyết định của cơ quan có thẩm quyền"


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


@dataclass(frozen=True, slots=True)
class NewPost:
    """A role in a unit, by its code, from one day on (vị trí việc làm)."""

    unit: str
    role: str
    since: date


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """A person who will sign in; `password` is kept only as its hash."""

    username: str
    full_name: str
    password: str
    posts: tuple[NewPost, ...] = ()


@transaction.atomic(durable=True)
def found(*, unit: NewUnit, administrator: NewOfficer, at: datetime) -> Officer:
    """Lập hệ thống: the first unit and its administrator, in an empty system only; else raises Refused."""
    if Unit.objects.exists() or Officer.objects.exists():
        raise Refused("Hệ thống đã có đơn vị hoặc cán bộ nên không lập lại từ đầu", access.SOURCE)
    _establish([unit])
    admin = NewPost(unit.code, Role.ADMIN, max(unit.valid_from, day(at)))
    return _register([replace(administrator, posts=administrator.posts or (admin,))])[0]


@transaction.atomic(durable=True)
def establish(units: Sequence[NewUnit], *, by: Officer, at: datetime) -> list[Unit]:
    """Thành lập đơn vị. Raises Refused for a code that was ever given before (QĐ 20/2020/QĐ-TTg)."""
    _may_all(by, Unit.objects.filter(code__in={unit.parent for unit in units}), at)
    return _establish(units)


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
    for post in unit.posts.filter(_lasts_beyond(on)):
        _end(post, on)
    unit.valid_to = on
    unit.save(update_fields=["valid_to"])


@transaction.atomic(durable=True)
def set_hours(
    unit: Unit, *, hours: str, saturday: str, since: date, source: str, by: Officer, at: datetime
) -> UnitHours:
    """Giờ làm việc riêng của đơn vị từ ngày `since`, "07:30-11:30,13:00-17:00" or "" for usual hours, và sáng thứ Bảy.

    By a decision named in `source`. What was due before that day stays due when it was.
    """
    access.require(by, "people", unit, day(at))
    _check_hours(hours)
    if not source.strip():
        raise Refused("Giờ làm việc riêng phải có số quyết định", HOURS)
    _not_past(since, at)
    # A new row, never an amended one: calendars know by its number that the hours have changed.
    UnitHours.objects.filter(unit=unit, since=since).delete()
    made = UnitHours.objects.create(
        unit=unit, since=since, hours=hours, saturday=SaturdayChoice(saturday), source=source.strip()
    )
    _recount(unit, since)
    return made


@transaction.atomic(durable=True)
def set_unit_day(
    unit: Unit, *, on: date, working: bool, name: str, source: str, by: Officer, at: datetime
) -> UnitDay:
    """Ngày nghỉ hoặc ngày làm bù riêng của đơn vị và các đơn vị bên dưới, by a decision named in `source`."""
    access.require(by, "people", unit, day(at))
    if not name.strip() or not source.strip():
        raise Refused("Ngày nghỉ, ngày làm bù phải có tên và số quyết định", DAYS)
    _not_past(on, at)
    # A new row, never an amended one: calendars know by its number that the days have changed.
    UnitDay.objects.filter(unit=unit, day=on).delete()
    made = UnitDay.objects.create(
        unit=unit, day=on, working=working, name=name.strip(), source=source.strip()
    )
    _recount(unit, on)
    return made


@transaction.atomic(durable=True)
def clear_unit_day(unit: Unit, *, on: date, by: Officer, at: datetime) -> None:
    """Bỏ ngày nghỉ hoặc ngày làm bù riêng: the day is again what the province's calendar says."""
    access.require(by, "people", unit, day(at))
    _not_past(on, at)
    removed, _ = UnitDay.objects.filter(unit=unit, day=on).delete()
    if not removed:
        raise Refused(f"{unit.name} không có quy định riêng cho ngày {on:%d/%m/%Y}", DAYS)
    _recount(unit, on)


@transaction.atomic(durable=True)
def register(officers: Sequence[NewOfficer], *, by: Officer, at: datetime) -> list[Officer]:
    """Cấp tài khoản cho cán bộ, with their first posts. Raises Refused for a user name in use."""
    wanted = {post.unit for officer in officers for post in officer.posts}
    _may_all(by, Unit.objects.filter(code__in=wanted), at)
    return _register(officers)


@transaction.atomic(durable=True)
def appoint(officer: Officer, *, unit: Unit, role: str, since: date, by: Officer, at: datetime) -> Post:
    """Bố trí, bổ nhiệm vào một vị trí từ ngày `since`; one head at a time answers for a unit."""
    access.require(by, "people", unit, day(at))
    return _appoint([(officer, NewPost(unit.code, role, since))], {unit.code: unit})[0]


@transaction.atomic(durable=True)
def end_post(post: Post, *, on: date, by: Officer, at: datetime) -> None:
    """Thôi giữ vị trí: `on` is the first day without it; what was done before stays valid."""
    access.require(by, "people", post.unit, day(at))
    if post.valid_to is not None:
        raise Refused(f"Vị trí này đã thôi giữ từ ngày {post.valid_to:%d/%m/%Y}", HEADS)
    _end(post, on)


def _may_all(by: Officer, units: Iterable[Unit], at: datetime) -> None:
    """Raise Refused unless `by` administers every one of the units, or at least one where none is named."""
    named: list[Unit | None] = [*units]
    for unit in named or [None]:
        access.require(by, "people", unit, day(at))


def _lasts_beyond(on: date) -> Q:
    return Q(valid_to__isnull=True) | Q(valid_to__gt=on)


def _establish(units: Sequence[NewUnit]) -> list[Unit]:
    known = {u.code: u for u in Unit.objects.filter(code__in=[u.parent for u in units])}
    _refuse_used_codes(units)
    made = []
    for generation in _generations(units, known):
        fresh = [_unit(new, known) for new in generation]
        Unit.objects.bulk_create(fresh)
        known |= {unit.code: unit for unit in fresh}
        made += fresh
    return made


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
    _check_hours(new.hours)
    parent = known.get(new.parent)
    if parent and new.valid_from < parent.valid_from:
        raise Refused(f"{new.name} không thể thành lập trước {parent.name}", STRUCTURE)
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


def _check_hours(hours: str) -> None:
    try:
        if hours:
            calendar.Calendar(hours=calendar.sessions(hours))
    except ValueError as error:
        raise Refused(f"Giờ làm việc không hợp lệ: {error}", HOURS) from error


def _register(officers: Sequence[NewOfficer]) -> list[Officer]:
    taken = Officer.objects.filter(username__in=[o.username for o in officers]).values_list(
        "username", flat=True
    )
    if name := next(iter(taken), None):
        raise Refused(f"Tên đăng nhập {name} đã có người dùng", access.SOURCE)
    # One hash for each first password, not for each person: hashing is slow on purpose.
    hashes = {password: make_password(password) for password in {o.password for o in officers}}
    made = [
        Officer(username=new.username, full_name=new.full_name, password=hashes[new.password])
        for new in officers
    ]
    Officer.objects.bulk_create(made)
    wanted = [(officer, post) for officer, new in zip(made, officers, strict=True) for post in new.posts]
    codes = {post.unit for _, post in wanted}
    _appoint(wanted, {unit.code: unit for unit in Unit.objects.filter(code__in=codes)})
    return made


def _appoint(wanted: Sequence[tuple[Officer, NewPost]], units: Mapping[str, Unit]) -> list[Post]:
    # Two appointments at once to one unit come one after the other, so the second sees the first.
    list(Unit.objects.select_for_update().filter(code__in=units).order_by("pk"))
    held = list(Post.objects.filter(unit__in=units.values()).select_related("officer"))
    made: list[Post] = []
    for officer, new in wanted:
        unit = units.get(new.unit)
        if unit is None:
            raise Refused(f"Không có đơn vị mã {new.unit}", STRUCTURE)
        if new.since < unit.valid_from or (unit.valid_to and new.since >= unit.valid_to):
            raise Refused(f"{unit.name} không tồn tại vào ngày {new.since:%d/%m/%Y}", STRUCTURE)
        post = Post(officer=officer, unit=unit, role=new.role, valid_from=new.since, valid_to=unit.valid_to)
        _refuse_taken(post, [*held, *made])
        made.append(post)
    return list(Post.objects.bulk_create(made))


def _refuse_taken(post: Post, others: Iterable[Post]) -> None:
    """Raise Refused for a post its officer holds already, and for a second head at the same time."""
    for other in others:
        alike = other.unit_id == post.unit_id and other.role == post.role
        if not alike or (other.valid_to is not None and other.valid_to <= post.valid_from):
            continue
        if other.officer_id == post.officer_id:
            raise Refused(
                f"{post.officer.full_name} đã giữ vị trí {other.get_role_display()} tại {post.unit.name} "
                f"từ ngày {other.valid_from:%d/%m/%Y}",
                HEADS,
            )
        if post.role == Role.HEAD:
            until = f" đến ngày {other.valid_to:%d/%m/%Y}" if other.valid_to else ""
            raise Refused(f"{post.unit.name} đã có người đứng đầu{until}: {other.officer.full_name}", HEADS)


def _end(post: Post, on: date) -> None:
    if on <= post.valid_from:
        raise Refused(
            f"{post.officer.full_name} giữ vị trí {post.get_role_display()} từ ngày {post.valid_from:%d/%m/%Y} "
            "nên phải thôi giữ sau ngày ấy",
            HEADS,
        )
    post.valid_to = on
    post.save(update_fields=["valid_to"])


def _not_past(on: date, at: datetime) -> None:
    # A day off decided afterwards would make late dossiers punctual.
    if on < day(at):
        raise Refused(f"Ngày {on:%d/%m/%Y} đã qua, không đổi lịch làm việc của ngày ấy được nữa", DAYS)


def _recount(unit: Unit, since: date) -> None:
    # By its name: dossiers stand above people.
    job = app.configure_task("dossiers.recount", queue="clocks", lock="recount")
    job.defer(unit=unit.code, since=since.isoformat())
