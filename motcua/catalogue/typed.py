"""The table editor's form, read back into a process (nội dung đã nhập ở bảng): the form says it all, row by row.

A form holds the whole process, so what was typed stays whole even where the draft has changed meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Q
from django.http import QueryDict

from motcua.law.facts import Refused
from motcua.law.process import Flow, Kind, Node, Process
from motcua.people.models import Unit

from .editing import MOST_NODES
from .reading.drafts import Notes, clipped, plain
from .reading.steps import hours_of
from .tabling import said
from .words import fold

LONGEST_NAME, LONGEST_CODE = 2000, 60
_CODE = re.compile(r"\(([^()]+)\)\s*$")
_NUMBER = re.compile(r"\d{1,5}([.,]\d{1,4})?")


class Units:
    """The units of a day by their code, and the way back from what was typed."""

    def __init__(self, units: Iterable[tuple[str, str]]) -> None:
        self.names = dict(units)
        self._codes: dict[str, list[str]] = {}
        for code, name in self.names.items():
            self._codes.setdefault(fold(name), []).append(code)

    @classmethod
    def on(cls, day: date) -> Units:
        standing = Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        return cls(standing.order_by("name").values_list("code", "name"))

    def shown(self, code: str) -> str:
        """A unit as the form shows it, with its code: names of divisions are not unique."""
        return f"{self.names[code]} ({code})" if code in self.names else code

    def code(self, text: str) -> str | None:
        """The code of a unit told by its code, its name, or both; None when that is no unit or several."""
        if not text or text in self.names:
            return text
        if (told := _CODE.search(text)) and told[1] in self.names:
            return told[1]
        found = self._codes.get(fold(text), [])
        return found[0] if len(found) == 1 else None


@dataclass(slots=True)
class Typed:
    """A process as typed; `wrong` and `kept` hold, by node and field, what cannot be taken and how it was typed."""

    process: Process
    wrong: dict[str, dict[str, str]] = field(default_factory=dict)
    kept: dict[str, dict[str, str]] = field(default_factory=dict)


def read(post: QueryDict, units: Units) -> Typed:
    """The process a form holds. Raises Refused for a form that was torn on its way."""
    columns = [post.getlist(name) for name in ("nut", "loai", "ten", "vai-tro", "don-vi", "gio")]
    flows = [post.getlist(name) for name in ("tu", "den", "ket-qua")]
    names = columns[0]
    if (
        not names
        or len(names) > MOST_NODES
        or len({len(c) for c in columns}) > 1
        or len({*map(len, flows)}) > 1
    ):
        raise Refused("Biểu mẫu gửi lên không đủ dòng; hãy tải lại trang rồi thử lại")
    typed, free = Typed(Process.of((), ())), set(post.getlist("khong-tinh"))
    try:
        nodes = [_node(typed, units, free, *map(plain, cells)) for cells in zip(*columns, strict=True)]
        known = {node.id for node in nodes}
        kept = [_flow(*cells) for cells in zip(*flows, strict=True)]
        if not all({flow.source, flow.target} <= known for flow in kept):
            raise ValueError("một hướng đi trỏ tới nút không có")
        typed.process = Process.of(nodes, kept)
    except ValueError as wrong:
        raise Refused(f"Biểu mẫu gửi lên không đọc được: {wrong}") from None
    return typed


def _node(
    typed: Typed,
    units: Units,
    free: set[str],
    name: str,
    kind: str,
    text: str,
    role: str,
    unit: str,
    time: str,
) -> Node:
    bare = Node(clipped(name, LONGEST_CODE * 2), Kind(kind), clipped(" ".join(text.split()), LONGEST_NAME))
    if bare.kind is not Kind.STEP:
        return bare
    code, hours = units.code(unit), _hours(typed, bare.id, time)
    if code is None:
        _wrong(
            typed, bare.id, "unit", unit, f"Không có đơn vị “{clipped(unit, 80)}”; chọn trong danh sách gợi ý"
        )
    return Node(
        bare.id, bare.kind, bare.name, clipped(role, LONGEST_CODE), code or "", hours, name not in free
    )


def _hours(typed: Typed, name: str, text: str) -> Decimal | None:
    """Working hours as a number, or as decisions write them ("0,5 ngày làm việc")."""
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return Decimal(text.replace(",", "."))
    notes = Notes(0)
    try:
        hours = hours_of(text, notes)
    except (InvalidOperation, ValueError):
        hours = None
    if hours is None or hours >= 100_000:
        problem = f"Không đọc được “{clipped(text, 40)}”; ghi số giờ làm việc như 4 hoặc 0,5"
        _wrong(typed, name, "hours", text, problem)
        return None
    return hours


def _wrong(typed: Typed, name: str, what: str, text: str, problem: str) -> None:
    typed.wrong.setdefault(name, {})[what] = problem
    typed.kept.setdefault(name, {})[what] = text


def _flow(source: str, target: str, outcome: str) -> Flow:
    return Flow(plain(source), plain(target), clipped(" ".join(plain(outcome).split()), 200))


def shown_hours(typed: Typed, node: Node) -> str:
    """The hours of a row as they stand in its field."""
    return typed.kept.get(node.id, {}).get("hours", said(node.hours))
