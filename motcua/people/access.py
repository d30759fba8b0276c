"""Who may do what, where (thẩm quyền). Powers follow dated posts; nobody has power without a post.

No role, the administrator's included, may reset a clock, delete a fact or move a date: there is no such act.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from motcua.law.facts import Refused

from .models import Officer, Post, Role, Unit

POWERS: dict[str, frozenset[str]] = {
    Role.RECEPTION: frozenset(
        {"receive", "refuse_reception", "request_supplement", "receive_supplement", "take_fee", "withdraw"}
        | {"return_result", "step", "rate"}
    ),
    Role.ASSIGNER: frozenset({"assign", "step", "send_back"}),
    Role.HANDLER: frozenset(
        {"step", "send_back", "request_supplement", "request_duty", "meet_duty", "propose_stop"}
    ),
    Role.SIGNER: frozenset({"assign", "step", "send_back", "finish", "extend", "stop"}),
    Role.CLERK: frozenset({"step", "finish"}),
    Role.CONTROLLER: frozenset({"catalogue"}),
    Role.HEAD: frozenset({"assign", "extend", "stop"}),
    Role.ADMIN: frozenset({"people"}),
}

# Reception is not bound to territory within the province: Đ.14.2, 20 of the decree.
ANYWHERE = frozenset(
    {"receive", "refuse_reception", "receive_supplement", "take_fee", "withdraw", "return_result"}
)
SOURCE = "NĐ 118/2025/NĐ-CP Đ.10, 11, 19"


def posts(officer: Officer, day: date) -> list[Post]:
    """The posts the officer holds on that day."""
    return [p for p in officer.all_posts if p.valid_from <= day and (p.valid_to is None or day < p.valid_to)]


def may(officer: Officer, act: str, unit: Unit | None, day: date) -> bool:
    """Whether the officer may do `act` in `unit` on `day`; a post counts for its unit and the units under it."""
    return any(
        act in POWERS[post.role] and (act in ANYWHERE or unit is None or _covers(post.unit, unit))
        for post in posts(officer, day)
    )


def require(officer: Officer, act: str, unit: Unit | None, day: date) -> None:
    """Raise Refused unless `may`."""
    if not may(officer, act, unit, day):
        where = f" tại {unit.name}" if unit else ""
        raise Refused(f"{officer.full_name} không có thẩm quyền thực hiện việc này{where}", SOURCE)


def roles(officer: Officer, day: date) -> dict[int, set[str]]:
    """The officer's roles by the id of the unit of each post."""
    held: dict[int, set[str]] = {}
    for post in posts(officer, day):
        held.setdefault(post.unit_id, set()).add(post.role)
    return held


def may_step(officer: Officer, role: str, unit: Unit, day: date) -> bool:
    """Whether the officer holds `role` in `unit`, or above it."""
    return any(post.role == role and _covers(post.unit, unit) for post in posts(officer, day))


def _covers(above: Unit, unit: Unit) -> bool:
    return above.pk in {u.pk for u in _upwards(unit)}


def _upwards(unit: Unit) -> Iterable[Unit]:
    node: Unit | None = unit
    while node is not None:
        yield node
        # A department does not act for the province it stands under, nor a province for a department's desk.
        node = node.parent if node.kind in ("division", "centre") else None
