"""The steps of internal processes as decisions table them (quy trình nội bộ): CSV, XLSX, or our own YAML.

Rows of one decision and code, in order, are one process; a new "Bước 1" begins another process of the same code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from motcua.catalogue.words import fold, words
from motcua.law.limits import TimeLimit, Unit, UnreadLimit
from motcua.law.process import Kind, Node, Process
from motcua.law.soundness import Severity, check
from motcua.people.models import Role

from . import lines
from .drafts import CODE, Notes, ProcessDraft, ProcessRead, clipped

HOURS_A_DAY = Decimal(8)
UNCOUNTED = ("khong tinh thoi gian", "khong tinh")
HEADERS = {
    "so_hieu": ("so hieu", "so quyet dinh", "quyet dinh", "so hieu quyet dinh"),
    "noi_ban_hanh": ("noi ban hanh", "co quan ban hanh"),
    "ma_tthc": ("ma tthc", "ma thu tuc", "ma so tthc", "ma thu tuc hanh chinh"),
    "buoc": ("buoc", "buoc thuc hien", "cac buoc"),
    "noi_dung": ("noi dung", "noi dung cong viec", "noi dung thuc hien", "cong viec"),
    "trach_nhiem": ("trach nhiem", "trach nhiem thuc hien", "nguoi thuc hien"),
    "thoi_gian": ("thoi gian", "thoi gian thuc hien", "thoi han"),
    "ma_don_vi": ("ma don vi", "don vi"),
    "ten_quy_trinh": ("ten quy trinh", "quy trinh"),
    "don_vi_buoc": ("don vi buoc", "don vi lam buoc"),
    "tiep_theo": ("tiep theo",),
}
REQUIRED = ("so_hieu", "ma_tthc", "buoc", "noi_dung", "trach_nhiem", "thoi_gian")
_STEP = re.compile(r"(?:buoc)?\s*(\d{1,3})\s*([a-z]?)\W*")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of the table, its cells as text."""

    row: int
    cells: Mapping[str, str]
    position: int

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def process(self) -> tuple[str, ...]:
        return tuple(
            self[name] for name in ("so_hieu", "noi_ban_hanh", "ma_tthc", "ma_don_vi", "ten_quy_trinh")
        )

    @property
    def number(self) -> tuple[int, str]:
        """The number of the step and its letter; 0 when it has none."""
        found = _STEP.fullmatch(fold(self["buoc"]))
        return (int(found[1]), found[2]) if found else (0, "")


def processes(path: Path) -> Iterator[ProcessRead]:
    """The processes of a table of steps one by one. Raises WrongFile."""
    rows = (StepRow(line.row, line.cells, line.position) for line in lines.read(path, HEADERS, REQUIRED))
    for _, same in groupby(rows, key=lambda row: row.process):
        for steps in _each(same):
            yield _process(steps)


def _each(rows: Iterable[StepRow]) -> Iterator[list[StepRow]]:
    steps: list[StepRow] = []
    for row in rows:
        if steps and row.number[0] == 1 and not row.number[1]:
            yield steps
            steps = []
        steps.append(row)
    yield steps


def _process(steps: Sequence[StepRow]) -> ProcessRead:
    first = steps[0]
    notes = Notes(first.row, clipped(first["ma_tthc"], 60))
    if not CODE.fullmatch(first["ma_tthc"]):
        notes.add(
            "ma_tthc", "mã thủ tục không đúng dạng d.dddddd, từ chối quy trình", first["ma_tthc"], "Sửa mã"
        )
        return ProcessRead(first.row, None, tuple(notes.found), steps[-1].position)
    process = Process.sequence(_nodes(steps, notes))
    orderly = _orderly(steps, notes)
    errors = [finding for finding in check(process) if finding.severity is Severity.ERROR]
    # What is missing in a row was noted as the row was read.
    for finding in (f for f in errors if f.node not in _unread(process)):
        notes.add("quy_trinh", "quy trình chưa đúng cấu trúc", finding.message, "Sửa quy trình rồi nhập lại")
    draft = ProcessDraft(
        row=first.row,
        code=first["ma_tthc"],
        name=first["ten_quy_trinh"],
        decision=clipped(first["so_hieu"], 80),
        issuer=clipped(first["noi_ban_hanh"], 200),
        unit=first["ma_don_vi"],
        definition=process.as_data(),
        ready=orderly and not errors,
    )
    told = {node.id: step["trach_nhiem"] for node, step in zip(process.steps, steps, strict=True)}
    return ProcessRead(first.row, draft, tuple(notes.found), steps[-1].position, told)


def _unread(process: Process) -> frozenset[str]:
    return frozenset(s.id for s in process.steps if not s.role or (s.hours is None and s.counted))


def _orderly(steps: Sequence[StepRow], notes: Notes) -> bool:
    """Whether the steps are numbered 1, 2, 3 …: letters may mean branches or choices, gaps a lost row."""
    if drawn := next((step for step in steps if step["tiep_theo"]), None):
        problem = "tệp ghi nhánh ở cột tiep_theo, bảng bước chỉ nhận các bước nối tiếp"
        told = replace(notes, row=drawn.row)
        told.add("buoc", problem, drawn["tiep_theo"], "Vẽ nhánh rồi công khai, hoặc nhập tệp BPMN")
        return False
    numbers = [step.number for step in steps]
    if any(letter for _, letter in numbers):
        kept = ", ".join(step["buoc"] for step in steps)
        notes.add(
            "buoc",
            "bước có chữ cái: chưa rõ song song hay lựa chọn",
            kept,
            "Vẽ nhánh rồi công khai",
        )
        return False
    if [number for number, _ in numbers] != list(range(1, len(steps) + 1)):
        kept = ", ".join(step["buoc"] for step in steps)
        notes.add("buoc", "số bước không liền nhau", kept, "Đối chiếu với quyết định, bổ sung bước thiếu")
        return False
    return True


def _nodes(steps: Sequence[StepRow], notes: Notes) -> Iterator[Node]:
    by_working_day = any(_fraction_of_a_day(step["thoi_gian"]) for step in steps)
    taken: set[str] = set()
    for place, step in enumerate(steps, start=1):
        told = replace(notes, row=step.row)
        number, letter = step.number
        name = f"b{number or place}{letter}"
        while name in taken:
            name += "x"
        taken.add(name)
        hours = hours_of(step["thoi_gian"], told, by_working_day)
        role, counted = role_of(step["trach_nhiem"], told), not _uncounted(step["thoi_gian"])
        unit = clipped(step["don_vi_buoc"], 60)
        yield Node(name, Kind.STEP, step["noi_dung"], role, unit, hours, counted)


def _uncounted(text: str) -> bool:
    return fold(text).strip(" .") in UNCOUNTED


def _fraction_of_a_day(text: str) -> bool:
    try:
        limit = TimeLimit.parse(text)
    except UnreadLimit:
        return False
    return limit.unit is Unit.DAYS and limit.amount % 1 != 0


def hours_of(text: str, notes: Notes, by_working_day: bool = False) -> Decimal | None:
    """The limit of a step in working hours; None when its time is not counted or could not be read.

    `by_working_day`: the process counts "ngày" by quarters, so its days are working days.
    """
    if _uncounted(text):
        return None
    if not text:
        notes.add("thoi_gian", "bước không ghi thời gian", remedy="Ghi thời gian, hoặc Không tính thời gian")
        return None
    try:
        limit = TimeLimit.parse(text)
    except UnreadLimit:
        notes.add("thoi_gian", "không đọc được thời gian của bước", text, "Ghi số và đơn vị")
        return None
    if limit.unit is Unit.WORKING_DAYS:
        return limit.amount * HOURS_A_DAY
    if limit.unit in (Unit.WORKING_HOURS, Unit.HOURS):
        return limit.amount
    if limit.unit is Unit.DAYS and by_working_day:
        problem = "ghi “ngày” và có phần lẻ: hiểu là ngày làm việc, mỗi ngày 8 giờ"
        notes.add("thoi_gian", problem, text, "Ghi rõ “ngày làm việc”")
        return limit.amount * HOURS_A_DAY
    notes.add(
        "thoi_gian", "thời gian không đổi được ra giờ làm việc", text, "Ghi bằng ngày làm việc hoặc giờ"
    )
    return None


def role_of(text: str, notes: Notes) -> str:
    """The role of those answerable for a step, "" when the wording does not tell one role."""
    parties = list(_parties(text))
    found = {_role(party) for party in parties}
    if len(found) == 1 and (role := found.pop()):
        return role
    problem = "chưa rõ vai trò thực hiện bước"
    if len(parties) > 1:
        problem = "nhiều nơi cùng chịu trách nhiệm một bước"
    notes.add(
        "trach_nhiem",
        problem if parties else "bước không ghi ai thực hiện",
        text,
        "Giao bước cho một vai trò",
    )
    return ""


def _parties(text: str) -> Iterator[str]:
    """Those named, set off by semicolons; small letters after one go on about the party before."""
    for part in text.split(";"):
        party = part.strip(" -.\n")
        if party and not party[0].islower():
            yield party


def _role(party: str) -> str:
    said = " ".join(words(party))
    if called := next((role.value for role in Role if said == " ".join(words(str(role.label)))), ""):
        return called
    return next(
        (role for role, starts, holds in _wordings() if said.startswith(starts) or _in(said, holds)), ""
    )


def _in(said: str, held: tuple[str, ...]) -> bool:
    return any(f" {word} " in f" {said} " for word in held)


@cache
def _wordings() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    rules = yaml.safe_load(Path(__file__).with_name("roles.yaml").read_text(encoding="utf-8"))

    def folded(rule: Mapping[str, Any], name: str) -> tuple[str, ...]:
        return tuple(" ".join(words(text)) for text in rule.get(name) or ())

    return tuple((rule["role"], folded(rule, "starts"), folded(rule, "holds")) for rule in rules)
