"""The table of a register as a file tells it, CSV or XLSX, the one taken out or one like it (nhập sổ theo dõi)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from motcua.law.facts import Refused
from motcua.law.registers import LABELS, STAGES, Register, Stage, allow

from ..reading import lines
from ..words import words
from .about import CONTENT, About, Step, columns
from .models import Group, Plan

_MONEY = re.compile(r"[0-9]+|[0-9]{1,3}([., ][0-9]{3})+")
REQUIRED = ("code", "title", "agency")
LONGEST = {"code": 60, "title": 2000, "field": 200, "agency": 200, "from_level": 40, "to_level": 40}
PLANS = {
    "bai bo": Plan.ABOLISH,
    "don gian hoa": Plan.SIMPLIFY,
    "giu nguyen": Plan.KEEP,
    "phan cap": Plan.DELEGATE,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be taken: its line, its column, why, and what to write instead."""

    row: int
    column: str
    problem: str
    remedy: str


@dataclass
class Taken:
    """What an import of a table took, or why it took nothing."""

    read: int = 0
    added: int = 0
    changed: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    about: About
    steps: list[Step]


def read(path: Path, register: Register, today: date) -> tuple[list[Line], Taken]:
    """The lines of a table, with what is wrong in them. Raises WrongFile."""
    named = columns(register)
    headers = {name: (" ".join(words(label)), name.replace("_", " ")) for name, label in named.items()}
    taken, found, seen = Taken(), [], set[str]()
    for line in lines.read(path, headers, REQUIRED):
        taken.read += 1
        reader = _Reader(line.row, line.cells, named, taken.problems)
        read = reader.line(register, today)
        if read.about.code in seen:
            reader.wrong("code", "mã lặp lại trong bảng", "bỏ dòng thừa")
        seen.add(read.about.code)
        found.append(read)
    return found, taken


class _Reader:
    """One line, cell by cell."""

    def __init__(
        self, row: int, cells: Mapping[str, str], named: Mapping[str, str], problems: list[Problem]
    ) -> None:
        self.row, self.cells, self.named, self.problems = row, cells, named, problems

    def wrong(self, name: str, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.row, self.named.get(name, name), problem, remedy))

    def line(self, register: Register, today: date) -> Line:
        about = About(
            code=self._text("code", required=True),
            title=self._text("title", required=True),
            agency=self._text("agency", required=True),
            field=self._text("field"),
            group=self._group(),
            from_level=self._text("from_level"),
            to_level=self._text("to_level"),
            basis=self._text("basis"),
            instrument=self._text("instrument"),
            deadline=self._day("deadline"),
            cost_before=self._money("cost_before"),
            content={name: text for name in CONTENT if (text := self.cells.get(name, ""))},
        )
        return Line(about, self._steps(register, today))

    def _text(self, name: str, *, required: bool = False) -> str:
        text = " ".join(self.cells.get(name, "").split())
        if required and not text:
            self.wrong(name, "để trống", "ghi vào ô này")
        if len(text) > LONGEST.get(name, 300):
            self.wrong(name, "dài quá mức", f"viết gọn trong {LONGEST.get(name, 300)} ký tự")
        return text

    def _group(self) -> str:
        told = self.cells.get("group", "").strip().upper().removeprefix("NHÓM").strip()[:1]
        if told and told not in Group.values:
            self.wrong("group", f"không có nhóm {told}", "ghi A hoặc B")
        return told

    def _day(self, name: str) -> date | None:
        told = self.cells.get(name, "").strip().removesuffix("00:00:00").rstrip(" T")
        for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return datetime.strptime(told, pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
        if told:
            self.wrong(name, f"không đọc được ngày “{told}”", "ghi ngày như 31/12/2023")
        return None

    def _money(self, name: str) -> Decimal | None:
        told = self.cells.get(name, "").strip().removesuffix("đ").strip()
        plain = re.sub(r"[., ]", "", told) if _MONEY.fullmatch(told) else ""
        if told and not 0 < len(plain) <= 16:
            self.wrong(name, f"không đọc được số tiền “{told}”", "ghi số đồng, ví dụ 1.200.000")
            return None
        return Decimal(plain) if plain else None

    def _steps(self, register: Register, today: date) -> list[Step]:
        steps, reached = list[Step](), dict[str, date]()
        for stage in STAGES[register]:
            on = self._day(f"{stage.value}_on")
            document = self._text(f"{stage.value}_document")
            if on is None and not document:
                continue
            if on is None or not document:
                missing = f"{stage.value}_{'on' if on is None else 'document'}"
                self.wrong(missing, "để trống", f"{LABELS[stage]} phải có cả ngày và văn bản")
                continue
            self._in_turn(register, stage, reached, on, today)
            reached[stage] = on
            steps.append(self._step(register, stage, on, document))
        return steps

    def _in_turn(
        self, register: Register, stage: Stage, reached: dict[str, date], on: date, today: date
    ) -> None:
        try:
            allow(register, stage, reached, on, today)
        except Refused as refused:
            self.wrong(f"{stage.value}_on", refused.reason, "sửa ngày")

    def _step(self, register: Register, stage: Stage, on: date, document: str) -> Step:
        if stage != Stage.PLANNED or register != Register.INTERNAL:
            return Step(stage, on, document)
        plan = PLANS.get(" ".join(words(self.cells.get("plan", ""))))
        after, before = self._money("cost_after"), self._money("cost_before")
        if plan in (None, Plan.DELEGATE):
            self.wrong("plan", "chưa rõ phương án", "ghi bãi bỏ, đơn giản hóa hoặc giữ nguyên")
        if after is not None and before is not None and after > before:
            self.wrong("cost_after", "lớn hơn chi phí trước", "sửa số tiền")
        return Step(stage, on, document, plan=plan or "", cost_after=after)
