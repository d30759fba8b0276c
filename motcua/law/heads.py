"""The yearly grade of a head of agency, proposed from what was done (xếp loại người đứng đầu hằng năm).

Two methods by date: conditions to be met (NĐ 90/2020, NĐ 48/2023), points out of 100 (NĐ 335/2025, from 2026). A
grade is only proposed here, with each reason and whether it was met; people decide it, and hear the one graded first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

from . import packs
from .indicators import round_half_up

SUBJECT = "heads"
POINTS, CONDITIONS = "points", "conditions"


class Grade(IntEnum):
    """A grade, the higher the better (mức xếp loại)."""

    NOT_DONE = 1
    DONE = 2
    GOOD = 3
    EXCELLENT = 4


LABELS: Mapping[Grade, str] = {
    Grade.EXCELLENT: "Hoàn thành xuất sắc nhiệm vụ",
    Grade.GOOD: "Hoàn thành tốt nhiệm vụ",
    Grade.DONE: "Hoàn thành nhiệm vụ",
    Grade.NOT_DONE: "Không hoàn thành nhiệm vụ",
}
_SAID = {
    "done": "Nhiệm vụ hoàn thành",
    "exceeded": "Nhiệm vụ hoàn thành vượt mức",
    "on_time": "Nhiệm vụ hoàn thành đúng hạn",
    "units_done": "Đơn vị phụ trách hoàn thành nhiệm vụ trở lên",
    "units_good": "Đơn vị phụ trách hoàn thành tốt trở lên",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a head answers for in a period (kết quả trong kỳ): counts; `units` are those under direct charge.

    `early` are tasks done before their day; `general` the points people gave for conduct and leadership, None before
    they did; `failed` the checks the work did not pass; `reform` the class of the agency in the index of reform, ""
    when unknown.
    """

    tasks: int = 0
    done: int = 0
    on_time: int = 0
    early: int = 0
    units: int = 0
    units_done: int = 0
    units_good: int = 0
    failed: int = 0
    general: Fraction | None = None
    reform: str = ""
    disciplined: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a grade: what was asked, what was reached, and whether that is enough."""

    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grade the figures lead to, why, and under what; `points` where the method counts them."""

    grade: Grade
    reasons: tuple[Reason, ...]
    source: str
    points: Decimal | None = None
    complete: bool = True

    @property
    def grade_label(self) -> str:
        return LABELS[self.grade]


def propose(figures: Figures, on: date) -> Proposal:
    """The grade under the rules of the day the period ends on (đề xuất mức xếp loại).

    Raises NotInForce before NĐ 90/2020 (20/08/2020).
    """
    pack = packs.on(SUBJECT, on)
    found = _by_points(figures, pack) if pack["method"] == POINTS else _by_conditions(figures, pack)
    return _limited(found, figures, pack)


def most_excellent(grades: Iterable[Grade], on: date) -> int:
    """How many of a group may be graded excellent, from its grades as proposed (tỷ lệ xuất sắc)."""
    good = sum(grade >= Grade.GOOD for grade in grades)
    return int(Fraction(packs.on(SUBJECT, on)["excellent_share"], 100) * good)


def _by_conditions(figures: Figures, pack: packs.Pack) -> Proposal:
    """The best grade all of whose conditions are met; its reasons are those of the next better one as well."""
    source, missed = pack.source("conditions"), list[Reason]()
    for entry in pack["conditions"]:
        asked = [_condition(figures, name, percent, pack) for name, percent in entry["asked"].items()]
        reasons = [reason for reason in asked if reason]
        if all(reason.met for reason in reasons):
            return Proposal(Grade[entry["grade"]], (*reasons, *missed), source)
        missed = [reason for reason in reasons if not reason.met]
    return Proposal(Grade.NOT_DONE, tuple(missed), source)


def _condition(figures: Figures, name: str, percent: int, pack: packs.Pack) -> Reason | None:
    """A condition with what was reached; None where there is nothing to count."""
    whole = figures.units if name.startswith("units") else figures.tasks
    if not whole:
        return None
    reached = exceeded(figures, pack) if name == "exceeded" else getattr(figures, name)
    text = f"{_SAID[name]}: {reached}/{whole}, cần từ {percent} %"
    if name == "exceeded":
        text = f"{text} ({pack['exceeded']['said']}{_mark(pack, 'exceeded')})"
    return Reason(text, Fraction(reached, whole) * 100 >= percent)


def exceeded(figures: Figures, pack: packs.Pack) -> int:
    """How many tasks went beyond what was asked (vượt mức), as the pack has it counted; none where it says nothing."""
    by: str = pack["exceeded"]["by"]
    return figures.early if by == "early" else 0


def _mark(pack: packs.Pack, parameter: str) -> str:
    return "" if pack.values[parameter].verified else "; cách tính chưa xác minh"


def _by_points(figures: Figures, pack: packs.Pack) -> Proposal:
    parts, source = pack["parts"], pack.source("bands")
    result, reasons = _results(figures, pack)
    general = figures.general
    reasons.append(
        Reason("Điểm tiêu chí chung: chưa chấm", met=False)
        if general is None
        else Reason(f"Điểm tiêu chí chung: {_vi(general)}/{parts['general']}", met=True)
    )
    points = round_half_up(result + (general or Fraction(0)), 2)
    band = next(entry for entry in pack["bands"] if points >= entry["from"])
    return Proposal(Grade[band["grade"]], tuple(reasons), source, points, complete=general is not None)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a grade by points (điểm từng tiêu chí): what was reached, its points of at most `most`."""

    name: str
    reached: str
    points: Decimal | None
    most: Decimal


def marks(figures: Figures, on: date) -> tuple[Mark, ...]:
    """The points of each criterion under the rules of the day; none where a grade has no points. Raises NotInForce."""
    pack = packs.on(SUBJECT, on)
    if pack["method"] != POINTS:
        return ()
    parts, shares = pack["parts"], _shares(figures, pack)
    each = Fraction(parts["results"], len(shares) or 1)
    found = [
        Mark(name, f"{_vi(share * 100)} %", round_half_up(each * share, 2), round_half_up(each, 2))
        for name, share in shares.items()
    ]
    general = None if figures.general is None else round_half_up(figures.general, 2)
    return (*found, Mark("Tiêu chí chung", "", general, Decimal(parts["general"])))


def _shares(figures: Figures, pack: packs.Pack) -> Mapping[str, Fraction]:
    """How much of the work was done, well and in time; nothing where there was none."""
    if not figures.tasks:
        return {}
    quality = max(Fraction(0), 1 - Fraction(pack["failed_check"], 100) * figures.failed)
    return {
        "Số lượng": Fraction(figures.done, figures.tasks),
        "Chất lượng": quality,
        "Tiến độ": Fraction(figures.on_time, figures.tasks),
    }


def _results(figures: Figures, pack: packs.Pack) -> tuple[Fraction, list[Reason]]:
    """The points of the results: the mean of quantity, quality and progress of what was to be done."""
    most = pack["parts"]["results"]
    if not figures.tasks:
        return Fraction(0), [Reason("Trong kỳ không có nhiệm vụ nào để chấm kết quả", met=False)]
    shares = _shares(figures, pack)
    reasons = [Reason(f"{name}: {_vi(share * 100)} %", met=share == 1) for name, share in shares.items()]
    return most * sum(shares.values(), Fraction(0)) / len(shares), reasons


def _limited(found: Proposal, figures: Figures, pack: packs.Pack) -> Proposal:
    """What stands in the way of a grade whatever the figures: discipline, a low class in the index of reform."""
    limits = []
    if figures.disciplined:
        limits.append((Grade.NOT_DONE, "Bị kỷ luật trong kỳ"))
    limit: Mapping[str, Any] = pack.get("reform_limit", {})
    if figures.reform and figures.reform in limit.get("classes", ()):
        most = Grade[limit["most"]]
        limits.append((most, f"Chỉ số cải cách hành chính nhóm {figures.reform}: không quá “{LABELS[most]}”"))
    reasons = tuple(Reason(text, met=False) for _, text in limits)
    grade = min([found.grade, *(most for most, _ in limits)])
    return Proposal(grade, (*reasons, *found.reasons), found.source, found.points, found.complete)


def _vi(value: Fraction) -> str:
    return f"{round_half_up(value, 2):f}".rstrip("0").rstrip(".").replace(".", ",") or "0"
