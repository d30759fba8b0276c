"""Powers and changes in words: what an officer may do and why, who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from motcua.law import offices
from motcua.ui.templatetags import ui

from . import access
from .models import Officer, Post, Role, SaturdayChoice

# There is no act for these, so that no post could ever give them (NĐ 118/2025 leaves no such way).
NOBODY = (
    (
        "Đặt lại đồng hồ của hồ sơ",
        "thời hạn chỉ đổi theo những việc luật cho phép, mỗi việc có tên người làm",
    ),
    ("Xóa, sửa một việc đã ghi", "việc ghi sai được sửa bằng một việc ghi sau, việc cũ vẫn đọc được"),
    ("Dời ngày hẹn trả bằng tay", "chỉ có xin lỗi, hẹn lại một lần, trước hạn ít nhất một ngày"),
)


def held(officer: Officer, on: date) -> list[dict[str, Any]]:
    """Each power an officer has on a day, with the post that gives it and how far it reaches."""
    return [
        {"power": access.WORDS.get(power, power), "post": post, "reach": _reach(power, post)}
        for post in access.posts(officer, on)
        for power in sorted(access.POWERS[post.role], key=lambda power: access.WORDS.get(power, power))
        if access.reaches_any(post, power)
    ]


def lacking(officer: Officer, on: date) -> list[dict[str, str]]:
    """The powers an officer has not, with the posts that would give them; last, those nobody may have."""
    mine = {power for post in access.posts(officer, on) for power in access.POWERS[post.role]}
    known = {power for powers in access.POWERS.values() for power in powers}
    told = [
        {
            "label": access.WORDS.get(power, power),
            "reason": f"cần vị trí {_roles(power)}",
            "source": access.SOURCE,
        }
        for power in sorted(known - mine, key=lambda power: access.WORDS.get(power, power))
    ]
    nobody = "không ai có quyền này, kể cả quản trị hệ thống"
    return told + [{"label": what, "reason": f"{nobody}: {why}"} for what, why in NOBODY]


def change(fact: offices.Change, units: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """A change for ui/timeline.html."""
    operator = getattr(fact, "operator", "")
    whom = [names.get(fact.officer, fact.officer), units.get(operator, operator)]
    what = [*whom, *_details(fact), units.get(fact.unit, fact.unit)]
    return {
        "at": fact.at,
        "label": f"{fact.label}: {', '.join(part for part in what if part)}",
        "by": names.get(fact.by, fact.by),
        "note": getattr(fact, "reason", ""),
        "source": " · ".join(filter(None, (_ground(fact), fact.provision))),
        "icon": "user" if fact.officer else "flag",
        "tone": "",
    }


def hours(text: str) -> str:
    """07:30–11:30, 13:00–17:00; "" are the usual ones."""
    return text.replace("-", "–").replace(",", ", ") or "giờ chung"


def _ground(fact: offices.Change) -> str:
    return str(getattr(fact, "source", "") or getattr(fact, "document", ""))


def _details(fact: offices.Change) -> Iterable[str]:
    match fact:
        case offices.UnitEstablished():
            return (fact.name if not fact.unit else "", f"từ {_day(fact.since)}")
        case offices.UnitClosed():
            return (f"từ {_day(fact.on)}",)
        case offices.HoursDecided():
            saturday = SaturdayChoice(fact.saturday).label.lower()
            return (f"{hours(fact.hours)}, sáng thứ Bảy {saturday}, từ {_day(fact.since)}",)
        case offices.DayDecided():
            return (f"{_day(fact.on)} {'làm việc' if fact.working else 'nghỉ'} ({fact.name})",)
        case offices.DayCleared():
            return (_day(fact.on),)
        case offices.Appointed():
            return (Role(fact.role).label, f"từ {_day(fact.since)}")
        case offices.PostEnded():
            return (Role(fact.role).label, f"từ {_day(fact.on)}")
        case offices.DeskGiven():
            until = (f"đến trước {_day(fact.until)}",) if fact.until else ()
            return (f"từ {_day(fact.since)}", *until)
        case offices.DeskTakenBack():
            return (f"từ {_day(fact.on)}",)
    return ()


def _reach(power: str, post: Post) -> str:
    if post.role == Role.POSTAL:
        return f"chỉ {post.unit.name}, hồ sơ nhận tại đây"
    if power in access.PROVINCIAL:
        return "toàn tỉnh"
    if power in access.ANYWHERE:
        return "mọi Bộ phận Một cửa trong tỉnh"
    if power in access.KEEPING and post.role == Role.ADMIN:
        return f"{post.unit.name} và mọi đơn vị bên dưới"
    return f"{post.unit.name}, các phòng và trung tâm của đơn vị"


def _roles(power: str) -> str:
    return " hoặc ".join(Role(role).label for role, powers in access.POWERS.items() if power in powers)


def _day(text: str) -> str:
    return ui.day(date.fromisoformat(text))
