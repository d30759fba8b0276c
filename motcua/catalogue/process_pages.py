"""What the pages of internal processes show (trang quy trình): the list, one version, a comparison, an import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse

from motcua.law.process import Node, Process
from motcua.law.soundness import longest_path_hours
from motcua.people.models import Role, Unit
from motcua.ui.templatetags import ui

from . import checks, drawing, picture, processes, review, tabling
from .comparison import Comparison, Size
from .models import Finding, Import, ProcessVersion, Status
from .process_sizes import SIZES, told_size
from .reading.drafts import FIELDS
from .tabling import said

PAGE = 20
LIST_COLUMNS = [
    {"label": "Thủ tục, đơn vị", "width": "col-procedure"},
    {"label": "Đang áp dụng"},
    {"label": "Dự thảo"},
    {"label": "Số bản", "num": True},
]
STEP_COLUMNS = [
    {"label": "Bước"},
    {"label": "Nội dung"},
    {"label": "Ai làm"},
    {"label": "Thời hạn", "num": True},
    {"label": "Tiếp theo"},
]
VERSION_COLUMNS = [{"label": label} for label in ("Bản", "Hiệu lực", "Quyết định", "So sánh")]
FINDING_COLUMNS = [{"label": label} for label in ("Dòng", "Phần", "Vấn đề", "Đã giữ", "Cách sửa")]
SIZE_COLUMNS = [{"label": "Quy mô"}, {"label": "Trước", "num": True}, {"label": "Sau", "num": True}]
CHANGE_COLUMNS = [{"label": label} for label in ("Thay đổi", "Trước", "Sau")]
EMPTY = {
    "title": "Chưa có quy trình nào",
    "text": "Nhập một tệp quy trình, hoặc lập quy trình mới cho một thủ tục.",
}
NO_CHANGE = {"title": "Các bước như nhau", "text": "Hai bản không khác nhau ở bước nào."}


def listed(found: QuerySet[ProcessVersion, dict[str, Any]], number: str | None) -> dict[str, Any]:
    """One page of the list, with the processes its rows open."""
    page: Page[Any] = Paginator(found, PAGE).get_page(number)
    shown = list(page.object_list)
    ids = {row[name] for row in shown for name in ("draft", "current", "last")} - {None}
    heads = processes.by_id(list(ids))
    return {
        "page": page,
        "rows": [_shelf(row, heads) for row in shown],
        "columns": LIST_COLUMNS,
        "empty": EMPTY,
    }


def _shelf(row: dict[str, Any], heads: dict[int, ProcessVersion]) -> dict[str, Any]:
    kept = heads.get(row["current"]), heads.get(row["draft"])
    return row | {
        "unit_name": row["unit_name"] or "Mọi đơn vị",
        "url": link(row["current"] or row["draft"] or row["last"]),
        "current": kept[0],
        "draft": kept[1],
        "draft_url": link(row["draft"]) if row["draft"] else "",
        "versions": row["drafts"] + row["published"],
    }


def link(pk: int, name: str = "process") -> str:
    return reverse(name, args=[pk])


def head(process: ProcessVersion, today: date) -> dict[str, Any]:
    """What stands at the top of every page about one process."""
    unit = process.unit.name if process.unit else "mọi đơn vị chưa có quy trình riêng"
    return {
        "process": process,
        "is_draft": process.status == Status.DRAFT,
        "standing": standing(process, today),
        "title": process.name or process.procedure.title,
        "about": f"Thủ tục {process.procedure.code}, dùng ở {unit}. Bản {process.number}.",
    }


def crumbs(process: ProcessVersion, last: str = "") -> list[dict[str, str]]:
    """The way to a page about one process, `last` the page below its own."""
    here = {"label": f"{process.procedure.code}, bản {process.number}"}
    above = {"url": reverse("processes"), "label": "Quy trình"}
    return [above, here | {"url": link(process.pk)}, {"label": last}] if last else [above, here]


def below(last: str) -> list[dict[str, str]]:
    """The way to a page about no process yet."""
    return [{"url": reverse("processes"), "label": "Quy trình"}, {"label": last}]


def standing(process: ProcessVersion, today: date) -> str:
    """Dự thảo, Đang áp dụng, Chưa tới ngày, or Đã thay."""
    if process.status == Status.DRAFT:
        return "Dự thảo"
    if process.valid_from > today:
        return "Chưa tới ngày hiệu lực"
    return "Đang áp dụng" if process.valid_to is None or process.valid_to > today else "Đã thay"


def shown(process: ProcessVersion, today: date) -> dict[str, Any]:
    """Everything the page of one process shows."""
    graph, units = process.graph, unit_names(process.graph)
    older = processes.before(process)
    return (
        head(process, today)
        | {
            "crumbs": crumbs(process),
            "facts": _facts(process, today),
            "drawing": picture.drawing(graph, units),
            "rows": [_step(row, units) for row in tabling.rows(graph) if row.is_step],
            "step_columns": STEP_COLUMNS,
            "versions": [_version(one, process, today) for one in processes.beside(process)],
            "version_columns": VERSION_COLUMNS,
            "findings": [_finding(one) for one in processes.findings(process)],
            "finding_columns": FINDING_COLUMNS,
            "total": f"Tổng theo đường dài nhất: {_longest(graph)} giờ làm việc.",
        }
        | checked(process, older)
    )


def checked(process: ProcessVersion, older: ProcessVersion | None) -> dict[str, Any]:
    """The list of checks of a process, and its steps and tiers before and after the change."""
    graph = process.graph
    listed = checks.listed(graph, review.before_publishing(process))
    sizes = drawing.changed(older.graph if older else graph, graph)
    return {
        "checks": listed,
        "passed": checks.passed(listed),
        "older": older,
        "sizes": size_rows(sizes.before if older else None, sizes.after),
        "size_columns": SIZE_COLUMNS,
        "counted": _counted(sizes, older),
    }


def size_rows(before: Size | None, after: Size) -> list[dict[str, str]]:
    return [
        {
            "label": label,
            "before": told_size(before, name) if before else "–",
            "after": told_size(after, name),
        }
        for name, label in SIZES.items()
    ]


def _counted(sizes: Comparison, older: ProcessVersion | None) -> str:
    after = sizes.after
    if older is None:
        return f"Số bước: {after.steps}; số cấp: {after.tiers}. Chưa có bản công khai nào trước để so"
    before = sizes.before
    return (
        f"Số bước trước {before.steps}, sau {after.steps}; số cấp trước {before.tiers}, sau {after.tiers}"
        f" (so với bản {older.number})"
    )


def compared(old: ProcessVersion, new: ProcessVersion) -> dict[str, Any]:
    """What changes from one version to another, step by step and in numbers."""
    change = drawing.changed(old.graph, new.graph)
    units = unit_names(old.graph) | unit_names(new.graph)
    told = [("Thêm", "", _duty(step, units)) for step in change.added]
    told += [("Bỏ", _duty(step, units), "") for step in change.removed]
    told += [("Đổi chỗ", _duty(step, units), "") for step in change.moved]
    told += [("Sửa", _duty(a, units), _duty(b, units)) for a, b in change.changed]
    return {
        "old": old,
        "new": new,
        "sizes": size_rows(change.before, change.after),
        "size_columns": SIZE_COLUMNS,
        "rows": [{"what": what, "before": before, "after": after} for what, before, after in told],
        "change_columns": CHANGE_COLUMNS,
        "no_change": NO_CHANGE,
    }


def run(found: Import, number: str | None) -> dict[str, Any]:
    """What an import of processes took and could not take."""
    page: Page[Finding] = Paginator(found.findings.all(), 50).get_page(number)
    return {
        "run": found,
        "called": Path(found.source).name,
        "page": page,
        "rows": [_finding(one) for one in page.object_list],
        "columns": FINDING_COLUMNS,
        "empty": {"title": "Không có phát hiện nào", "text": "Tệp được nhận nguyên vẹn."},
        "drafts": processes.of_run(found),
        "crumbs": [
            {"url": reverse("processes"), "label": "Quy trình"},
            {"url": reverse("process-upload"), "label": "Nhập từ tệp"},
            {"label": Path(found.source).name},
        ],
    }


def unit_names(process: Process) -> dict[str, str]:
    """The names of the units that have a step, by their codes."""
    codes = {step.unit for step in process.steps} - {""}
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def role_name(role: str) -> str:
    return str(dict(Role.choices).get(role, role))


def _step(row: tabling.Row, units: dict[str, str]) -> dict[str, Any]:
    node = row.node
    return {
        "id": node.id,
        "label": row.label,
        "name": node.name,
        "inside": row.inside,
        "role": role_name(node.role),
        "unit": units.get(node.unit, node.unit),
        "time": _time(node),
        "next": row.next,
    }


def _time(node: Node) -> str:
    if not node.counted:
        return "không tính"
    return f"{said(node.hours)} giờ" if node.hours is not None else "chưa có thời hạn"


def _duty(step: Node, units: dict[str, str]) -> str:
    unit = units.get(step.unit, step.unit)
    told = (step.name or "(chưa có tên)", role_name(step.role) or "chưa giao", unit, _time(step))
    return ", ".join(filter(None, told))


def _longest(process: Process) -> str:
    return said(longest_path_hours(process)) or "0"


def _facts(process: ProcessVersion, today: date) -> list[dict[str, str]]:
    until = f" đến {ui.day(process.valid_to)}" if process.valid_to else ""
    begins = "dự kiến từ" if process.status == Status.DRAFT else "từ"
    announced = "; ".join(
        dict.fromkeys(f"{term.limit or term.text or 'chưa rõ'}" for term in review.announced_for(process))
    )
    saved = ""
    if process.saved_at:
        saved = f"{ui.moment(process.saved_at)}, {processes.name_of(process.saved_by)}"
    told = (
        ("Trạng thái", standing(process, today)),
        ("Quyết định", process.decision or "Chưa có"),
        ("Ngày ký", ui.day(process.decided_on) if process.decided_on else "Chưa rõ"),
        ("Nơi ban hành", process.issuer or "Chưa rõ"),
        ("Hiệu lực", f"{begins} {ui.day(process.valid_from)}{until}"),
        ("Thời hạn công bố", announced or "Chưa công bố"),
        ("Sửa lần cuối", saved),
    )
    return [{"term": term, "value": value} for term, value in told if value]


def _version(one: ProcessVersion, here: ProcessVersion, today: date) -> dict[str, Any]:
    return {
        "version": one,
        "url": link(one.pk),
        "shown": one.pk == here.pk,
        "standing": standing(one, today),
        "until": "" if one.status == Status.DRAFT else ui.day(one.valid_to) if one.valid_to else "nay",
        "compare": "" if one.pk == here.pk else f"{link(here.pk, 'process-compare')}?voi={one.pk}",
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "row": one.row,
        "code": one.code,
        "part": FIELDS.get(one.field, one.field),
        "problem": one.problem,
        "kept": one.kept[:300],
        "remedy": one.remedy,
    }


def told_remarks(remarks: Sequence[Any]) -> list[dict[str, str]]:
    """What reading a drawing had to say, as rows of findings."""
    return [
        {
            "row": "",
            "part": " ".join(filter(None, (remark.name, remark.element))) or "cả bản vẽ",
            "problem": remark.problem,
            "kept": remark.done,
            "remedy": remark.remedy,
        }
        for remark in remarks
    ]
