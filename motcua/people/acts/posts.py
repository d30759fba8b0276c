"""Founding the system, giving accounts, appointing to posts and ending them (bố trí, bổ nhiệm, thôi giữ)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from motcua.journal import log
from motcua.law import offices
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import access
from ..models import Officer, Post, Role, Unit
from .units import HEADS, OPERATORS, STRUCTURE, NewUnit, end, founded


@dataclass(frozen=True, slots=True)
class NewPost:
    """A role in a unit, by its code, from one day on (vị trí việc làm)."""

    unit: str
    role: str
    since: date


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """A person who will sign in; `password` is kept only as its hash, "" for one who will choose it by a link."""

    username: str
    full_name: str
    password: str = ""
    posts: tuple[NewPost, ...] = ()


@transaction.atomic(durable=True)
def found(*, unit: NewUnit, administrator: NewOfficer, at: datetime) -> Officer:
    """Lập hệ thống: the first unit and its administrator, in an empty system only; else raises Refused."""
    if Unit.objects.exists() or Officer.objects.exists():
        raise Refused("Hệ thống đã có đơn vị hoặc cán bộ nên không lập lại từ đầu", access.SOURCE)
    founded([unit], by=administrator.username, at=at)
    admin = NewPost(unit.code, Role.ADMIN, max(unit.valid_from, day(at)))
    first = replace(administrator, posts=administrator.posts or (admin,))
    return _register([first], administrator.username, at)[0]


@transaction.atomic(durable=True)
def register(officers: Sequence[NewOfficer], *, by: Officer, at: datetime) -> list[Officer]:
    """Cấp tài khoản cho cán bộ, with their first posts. Raises Refused for a user name in use."""
    wanted = {(post.unit, post.role) for officer in officers for post in officer.posts}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in={code for code, _ in wanted})}
    for code, role in wanted:
        if code in units:
            access.require_giving(by, role, units[code], day(at))
    if not all(officer.posts for officer in officers):
        access.require(by, "people", None, day(at))
    return _register(officers, by.username, at)


@transaction.atomic(durable=True)
def appoint(officer: Officer, *, unit: Unit, role: str, since: date, by: Officer, at: datetime) -> Post:
    """Bố trí, bổ nhiệm vào một vị trí từ ngày `since`; one head at a time answers for a unit."""
    access.require_giving(by, role, unit, day(at))
    return _appoint([(officer, NewPost(unit.code, role, since))], {unit.code: unit}, by.username, at)[0]


@transaction.atomic(durable=True)
def end_post(post: Post, *, on: date, by: Officer, at: datetime) -> None:
    """Thôi giữ vị trí: `on` is the first day without it; what was done before stays valid."""
    access.require_giving(by, post.role, post.unit, day(at))
    if post.valid_to is not None:
        raise Refused(f"Vị trí này đã thôi giữ từ ngày {post.valid_to:%d/%m/%Y}", HEADS)
    if post.role == Role.POSTAL and on < day(at):
        raise Refused(f"Ngày {on:%d/%m/%Y} đã qua, việc làm những ngày ấy vẫn là của doanh nghiệp", OPERATORS)
    if post.role == Role.ADMIN:
        leaves_somebody(post.officer, [post])
    log.record(offices.STREAM, [end(post, on, by=by, at=at)])


def leaves_somebody(officer: Officer, posts: Iterable[Post]) -> None:
    """Raise Refused if nobody else would keep the accounts where an officer keeps them."""
    for post in posts:
        line = [unit.pk for unit in access.line(post.unit)]
        others = Post.objects.filter(role=Role.ADMIN, unit__in=line, valid_to=None, officer__is_active=True)
        if not others.exclude(officer=officer).exists():
            raise Refused(
                f"{officer.full_name} là quản trị cuối cùng của {post.unit.name}; hãy bố trí người khác trước",
                access.SOURCE,
            )


def _register(officers: Sequence[NewOfficer], by: str, at: datetime) -> list[Officer]:
    names = [officer.username for officer in officers]
    taken = Officer.objects.filter(username__in=names).values_list("username", flat=True)
    if name := next(iter(taken), None):
        raise Refused(f"Tên đăng nhập {name} đã có người dùng", access.SOURCE)
    # One hash for each first password, not for each person: hashing is slow on purpose.
    hashes = {password: make_password(password) for password in {o.password for o in officers} - {""}}
    made = [
        Officer(
            username=new.username,
            full_name=new.full_name,
            password=hashes.get(new.password) or make_password(None),
        )
        for new in officers
    ]
    Officer.objects.bulk_create(made)
    log.record(offices.STREAM, [_given(new, by, at) for new in officers])
    wanted = [(officer, post) for officer, new in zip(made, officers, strict=True) for post in new.posts]
    codes = {post.unit for _, post in wanted}
    _appoint(wanted, {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}, by, at)
    return made


def _given(new: NewOfficer, by: str, at: datetime) -> offices.AccountGiven:
    return offices.AccountGiven(
        at=at,
        by=by,
        provision=access.SOURCE,
        unit=new.posts[0].unit if new.posts else "",
        officer=new.username,
        name=new.full_name,
    )


def _appoint(
    wanted: Sequence[tuple[Officer, NewPost]], units: Mapping[str, Unit], by: str, at: datetime
) -> list[Post]:
    # Two appointments at once to one unit come one after the other, so the second sees the first.
    list(Unit.objects.select_for_update().filter(code__in=units).order_by("pk"))
    # And two to one officer.
    people = [officer.pk for officer, _ in wanted]
    list(Officer.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    known = Post.objects.filter(Q(unit__in=units.values()) | Q(officer__in=people))
    held = list(known.select_related("officer", "unit"))
    made: list[Post] = []
    for officer, new in wanted:
        unit = units.get(new.unit)
        if unit is None:
            raise Refused(f"Không có đơn vị mã {new.unit}", STRUCTURE)
        if new.since < unit.valid_from or (unit.valid_to and new.since >= unit.valid_to):
            raise Refused(f"{unit.name} không tồn tại vào ngày {new.since:%d/%m/%Y}", STRUCTURE)
        post = Post(officer=officer, unit=unit, role=new.role, valid_from=new.since, valid_to=unit.valid_to)
        _refuse_strange(post, [*held, *made])
        _refuse_backdated(post, held, day(at))
        _refuse_taken(post, [*held, *made])
        made.append(post)
    log.record(offices.STREAM, [_appointed(post, by, at) for post in made])
    return list(Post.objects.bulk_create(made))


def _appointed(post: Post, by: str, at: datetime) -> offices.Appointed:
    return offices.Appointed(
        at=at,
        by=by,
        provision=HEADS,
        unit=post.unit.code,
        officer=post.officer.username,
        role=str(post.role),
        since=post.valid_from.isoformat(),
    )


def _refuse_strange(post: Post, others: Iterable[Post]) -> None:
    """Raise Refused for a post the unit cannot have, and for one beside a postal operator's at the same time.

    Whose work was the operator's and whose the agency's must follow from who did it.
    """
    if not access.fits(post.role, post.unit):
        raise Refused(f"{post.unit.name} không có vị trí {post.get_role_display()}", OPERATORS)
    for other in others:
        over = other.valid_to is not None and other.valid_to <= post.valid_from
        mixed = (other.role == Role.POSTAL) != (post.role == Role.POSTAL)
        if other.officer_id == post.officer_id and not over and (mixed or _other_operator(post, other)):
            raise Refused(
                f"{post.officer.full_name} đang giữ vị trí {other.get_role_display()} tại {other.unit.name}; "
                "nhân viên doanh nghiệp bưu chính không giữ vị trí nào khác cùng lúc",
                OPERATORS,
            )


def _refuse_backdated(post: Post, others: Iterable[Post], today: date) -> None:
    """Raise Refused where what somebody did for an agency would become an operator's, which is paid for it."""
    served = any(other.officer_id == post.officer_id and other.role != Role.POSTAL for other in others)
    if post.role == Role.POSTAL and post.valid_from < today and served:
        raise Refused(
            f"{post.officer.full_name} đã giữ vị trí ở cơ quan; chỉ bố trí làm nhân viên bưu chính từ ngày "
            f"{today:%d/%m/%Y} trở đi",
            OPERATORS,
        )


def _other_operator(post: Post, other: Post) -> bool:
    return post.role == Role.POSTAL and post.unit_id != other.unit_id


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
