"""Registers of procedures to be made simpler or handed down, and what happens to their items. Pure.

Two registers share one way of working: internal procedures (TTHC nội bộ; QĐ 1085/QĐ-TTg) and decentralisation (phân
cấp; NQ 04/NQ-CP, QĐ 1015/QĐ-TTg). What happens are facts of one stream; days are ISO text, items their codes within a
programme. Every number is one of counts and sums, rounded only where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import ClassVar

from .facts import Fact, Refused

STREAM = "so-theo-doi"


class Register(StrEnum):
    """Sổ theo dõi."""

    INTERNAL = "noi-bo"
    DELEGATION = "phan-cap"


class Stage(StrEnum):
    """What an item has reached (bước), each by a dated document."""

    ANNOUNCED = "announced"
    REVIEWED = "reviewed"
    PLANNED = "planned"
    EXECUTED = "executed"
    INSPECTED = "inspected"


# What comes after what; approved on paper and carried out are never the same thing.
STAGES: dict[Register, tuple[Stage, ...]] = {
    Register.INTERNAL: (Stage.ANNOUNCED, Stage.REVIEWED, Stage.PLANNED, Stage.EXECUTED),
    Register.DELEGATION: (Stage.PLANNED, Stage.EXECUTED, Stage.INSPECTED),
}
SOURCES = {Register.INTERNAL: "QĐ 1085/QĐ-TTg", Register.DELEGATION: "NQ 04/NQ-CP; QĐ 1015/QĐ-TTg"}
LABELS = {
    Stage.ANNOUNCED: "Công bố",
    Stage.REVIEWED: "Rà soát",
    Stage.PLANNED: "Phê duyệt phương án",
    Stage.EXECUTED: "Thực thi",
    Stage.INSPECTED: "Kiểm tra sau phân cấp",
}


class Standing(StrEnum):
    """Where an item stands on a day (tình trạng thực thi)."""

    DONE = "xong"
    IN_TIME = "trong-han"
    OVERDUE = "qua-han"


def standing(executed: date | None, deadline: date | None, day: date) -> Standing:
    """Carried out, still in time, or overdue; an item without a deadline is never overdue."""
    if executed is not None and executed <= day:
        return Standing.DONE
    return Standing.OVERDUE if deadline is not None and deadline < day else Standing.IN_TIME


def next_stage(register: Register, reached: Iterable[str]) -> Stage | None:
    """The first stage an item has not reached, None after the last."""
    held = set(reached)
    return next((stage for stage in STAGES[register] if stage not in held), None)


def allow(register: Register, stage: Stage, reached: dict[str, date], on: date, day: date) -> None:
    """Whether a stage may be recorded as reached on a day. Raises Refused.

    One already reached may be recorded again, to correct it, between the one before and the one after.
    """
    order, source = STAGES[register], SOURCES[register]
    if stage not in order:
        raise Refused(f"Sổ này không có bước {LABELS[stage].lower()}", source)
    if on > day:
        raise Refused(f"Ngày {on:%d/%m/%Y} chưa đến", source)
    place = order.index(stage)
    for before in order[:place]:
        if before not in reached:
            raise Refused(f"Chưa có bước {LABELS[before].lower()}, phải ghi bước ấy trước", source)
        if reached[before] > on:
            raise Refused(f"{LABELS[before]} ngày {reached[before]:%d/%m/%Y}, sau ngày này", source)
    for after in order[place + 1 :]:
        if after in reached and reached[after] < on:
            raise Refused(f"{LABELS[after]} ngày {reached[after]:%d/%m/%Y}, trước ngày này", source)


def percent(
    part: Decimal | int, whole: Decimal | int, *, places: int = 2, cut: bool = False
) -> Decimal | None:
    """A share in per cent, rounded half up, or cut as official reports do; None of nothing.

    699 of 5.187 are 13,48 rounded and 13,47 cut, as published.
    """
    if not whole:
        return None
    exact = Decimal(part) * 100 / Decimal(whole)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_DOWN if cut else ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered(Fact):
    """Something that was done to a register or an item of it (việc ghi vào sổ theo dõi)."""

    register: str
    programme: str
    code: str = ""
    document: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeOpened(Registered):
    """Lập chương trình theo `document`, hạn `deadline`; `base` là số thủ tục được rà soát, `target` phần trăm."""

    label: ClassVar[str] = "Lập chương trình"
    deadline: str
    base: int
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemEntered(Registered):
    """Ghi một thủ tục vào sổ."""

    label: ClassVar[str] = "Ghi vào sổ"
    title: str
    agency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemCorrected(Registered):
    """Sửa một mục trong sổ: `changed` mỗi phần một dòng "phần: trước → sau"."""

    label: ClassVar[str] = "Sửa mục trong sổ"
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StageReached(Registered):
    """Ghi một bước của mục: `stage` ngày `on` theo `document`; `again` khi ghi lại để sửa."""

    label: ClassVar[str] = "Ghi một bước"
    stage: str
    on: str
    note: str = ""
    again: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemDropped(Registered):
    """Đưa một mục ra khỏi sổ, có lý do; các bước đã ghi vẫn còn trong nhật ký."""

    label: ClassVar[str] = "Đưa ra khỏi sổ"
    reason: str


KINDS: dict[str, type[Registered]] = {kind.__name__: kind for kind in Registered.__subclasses__()}
