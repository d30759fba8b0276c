"""What the table editor of a process shows (trang sửa quy trình bằng bảng)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.law.facts import Refused
from motcua.law.process import Kind, Process
from motcua.people.models import Role

from . import editing, picture, process_pages, processes, tabling, typed
from .acts import Stale
from .models import ProcessVersion
from .typed import Typed, Units

Change = Callable[[Process, str], tuple[Process, str]]


def _at(change: Callable[[Process, int], tuple[Process, str]]) -> Change:
    return lambda process, what: change(process, int(what) if what.isdecimal() and len(what) < 6 else -1)


def _stays(change: Callable[..., Process], **told: bool) -> Change:
    return lambda process, what: (change(process, what, **told), what)


def _neighbour(process: Process, name: str) -> str:
    """Where to go on from a row that goes: to the step behind it, else to the one before."""
    near = [f.target for f in process.leaving[name]] + [f.source for f in process.entering[name]]
    return next((each for each in near if process.nodes[each].kind is Kind.STEP), "")


CHANGES: dict[str, Change] = {
    "chen": _at(editing.insert_step),
    "bo-huong": _at(lambda process, at: (editing.remove_flow(process, at), process.flows[at].source)),
    "noi": editing.connect,
    "chon": editing.choose,
    "cung-luc": _stays(editing.beside),
    "len": _stays(editing.move, up=True),
    "xuong": _stays(editing.move, up=False),
    "xoa": lambda process, what: (editing.remove(process, what), _neighbour(process, what)),
}
NEAR = 30  # rows before and behind that a row may be led to; more would make a page of megabytes
COLUMNS = [
    {"label": "Bước", "width": "col-order"},
    {"label": "Nội dung", "width": "col-what"},
    {"label": "Ai làm", "width": "col-who"},
    {"label": "Giờ làm việc", "width": "col-hours"},
    {"label": "Tiếp theo", "width": "col-next-step"},
    {"label": "Thao tác"},
]


def changed(process: Process, wish: str) -> tuple[Process, str]:
    """The process after what a button asks, and the row to go to. Raises Refused, ValueError for no such button."""
    name, _, what = wish.partition(":")
    if name not in CHANGES:
        raise Refused("Không có thao tác này")
    return CHANGES[name](process, what)


@dataclass(slots=True)
class Said:
    """What is to be told beside the table: a change refused, or a draft somebody else saved meanwhile."""

    refusal: Refused | None = None
    stale: Stale | None = None
    focus: str = ""


def context(
    draft: ProcessVersion, shown: Typed, units: Units, window: str, today: date, said: Said | None = None
) -> dict[str, Any]:
    """Everything the editor shows of a process as typed."""
    said = said or Said()
    process = tabling.in_rows(shown.process)
    rows = tabling.rows(process)
    targets = _targets(rows)
    context = process_pages.head(draft, today) | live(draft, process, shown)
    return context | {
        "crumbs": process_pages.crumbs(draft, "Sửa bằng bảng"),
        "columns": COLUMNS,
        "near": NEAR if len(rows) > NEAR else 0,
        "rows": [_row(row, shown, units, said.focus) | {"targets": targets[row.node.id]} for row in rows],
        "roles": [each for each in Role.choices if each[0] != Role.POSTAL],
        "units": units.names,
        "window": window,
        "revision": said.stale.revision if said.stale else draft.revision,
        "refusal": said.refusal,
        "stale": _stale(said.stale, process) if said.stale else None,
        "drawing": picture.drawing(process, units.names),
    }


def _targets(rows: Sequence[tabling.Row]) -> dict[str, list[tuple[str, str]]]:
    """Where each row may lead on: of a long process the rows near it, the ends, and where it leads already."""
    found: dict[str, list[tuple[str, str]]] = {}
    for here, row in enumerate(rows):
        led = {way.flow.target for way in row.ways}
        found[row.node.id] = [
            (other.node.id, other.label)
            for there, other in enumerate(rows)
            if other.node.kind is not Kind.START
            and (abs(there - here) <= NEAR or other.node.kind is Kind.END or other.node.id in led)
        ]
    return found


def live(draft: ProcessVersion, process: Process, shown: Typed) -> dict[str, Any]:
    """What changes with every stroke: the checks of the process as typed, and when it was saved."""
    labels = tabling.labels_of(process)
    as_typed = ProcessVersion(
        procedure=draft.procedure,
        unit=draft.unit,
        number=draft.number,
        valid_from=draft.valid_from,
        definition=process.as_data(),
    )
    wrong = [
        {"row": name, "where": labels.get(name, ""), "message": message}
        for name, fields in shown.wrong.items()
        for message in fields.values()
    ]
    return process_pages.checked(as_typed, processes.before(draft)) | {
        "wrong": wrong,
        "saved_at": draft.saved_at,
        "revision": draft.revision,
        "linked": True,
    }


def _row(row: tabling.Row, shown: Typed, units: Units, focus: str) -> dict[str, Any]:
    node = row.node
    kept, wrong = shown.kept.get(node.id, {}), shown.wrong.get(node.id, {})
    strange = bool(node.role) and node.role not in Role.values
    return {
        "row": row,
        "node": node,
        "kind": node.kind.value,
        "hours": typed.shown_hours(shown, node),
        "unit": kept.get("unit", units.shown(node.unit)),
        "wrong": wrong,
        "strange": node.role if strange else "",
        "choice": node.kind is Kind.CHOICE,
        "opens": node.kind in (Kind.CHOICE, Kind.SPLIT),
        "more": {Kind.CHOICE: "Thêm kết quả", Kind.SPLIT: "Thêm nhánh"}.get(node.kind, ""),
        "dead": not row.ways and node.kind is not Kind.END,
        "focus": node.id == focus,
    }


def _stale(stale: Stale, mine: Process) -> dict[str, Any]:
    theirs = stale.current
    change = process_pages.compared(theirs, _as(theirs, mine))
    return {
        "who": processes.name_of(theirs.saved_by),
        "at": theirs.saved_at,
        "revision": theirs.revision,
        "rows": change["rows"],
        "columns": [{"label": label} for label in ("Khác nhau", "Bản đã lưu", "Bản của bạn")],
    }


def _as(version: ProcessVersion, process: Process) -> ProcessVersion:
    return ProcessVersion(number=version.number, definition=process.as_data())
