"""Internal processes written by hand in YAML: a few templates, each given to many procedures.

    format: motcua/processes
    templates:
      so-6-buoc:
        name: Quy trình sáu bước tại sở
        steps:                                   # one after another; or nodes and flows, as law.process has them
          - {id: nhan, name: Tiếp nhận, role: reception, hours: 2}
          - {id: tham, name: Thẩm định, role: handler, hours: rest}
    assign:
      - {template: so-6-buoc, hours: 40, codes: ["1.001193"]}

`hours: rest` is what the longest way through the process leaves of the working hours it is assigned; a step
without hours says `counted: false` (không tính thời gian).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from motcua.law.process import Kind, Node, Process
from motcua.law.soundness import Severity, check, longest_path_hours

from .drafts import CODE, Notes, ProcessDraft, ProcessRead, plain
from .files import WrongFile, opened, yaml_document

FORMAT = "motcua/processes"
REST = "rest"


def processes(path: Path) -> Iterator[ProcessRead]:
    """One process for each code of each assignment. Raises WrongFile."""
    with opened(path) as (_, text):
        document = yaml_document(path, text)
    if document.get("format") != FORMAT or not isinstance(document.get("assign"), list):
        raise WrongFile(path, "không phải quy trình YAML", f"cần format: {FORMAT}, templates và assign")
    if not isinstance(document.get("templates"), Mapping):
        raise WrongFile(path, "không có mẫu quy trình", f"cần format: {FORMAT}, templates và assign")
    for row, assigned in enumerate(document["assign"], start=1):
        if not isinstance(assigned, Mapping) or not isinstance(assigned.get("codes"), list):
            raise WrongFile(
                path, "mục của assign viết sai", "mỗi mục cần template, hours và danh sách codes", row
            )
        template = document["templates"].get(assigned.get("template"))
        if template is None:
            remedy = f"dùng: {', '.join(document['templates'])}"
            raise WrongFile(path, f"không có mẫu quy trình {assigned.get('template')}", remedy, row)
        for code in assigned["codes"]:
            yield _process(template, assigned, plain(code), row)


def _process(template: Mapping[str, Any], assigned: Mapping[str, Any], code: str, row: int) -> ProcessRead:
    notes = Notes(row, code[:60])
    if not CODE.fullmatch(code):
        notes.add("code", "mã thủ tục không đúng dạng d.dddddd, từ chối quy trình", code, "Sửa mã")
        return ProcessRead(row, None, tuple(notes.found))
    try:
        process = build(template, Decimal(str(assigned.get("hours", 0))))
    except (KeyError, TypeError, ValueError, InvalidOperation) as wrong:
        notes.add("quy_trinh", "mẫu quy trình viết sai, từ chối quy trình", wrong, "Sửa mẫu rồi nhập lại")
        return ProcessRead(row, None, tuple(notes.found))
    broken = [finding for finding in check(process) if finding.severity is Severity.ERROR]
    for finding in broken:
        notes.add("quy_trinh", "quy trình chưa đúng cấu trúc", finding.message, "Sửa mẫu rồi nhập lại")
    told = {name: plain(assigned.get(name, template.get(name))) for name in ("decision", "issuer", "unit")}
    name = plain(template.get("name"))
    draft = ProcessDraft(row, code, name, definition=process.as_data(), ready=not broken, **told)
    return ProcessRead(row, draft, tuple(notes.found))


def build(template: Mapping[str, Any], total: Decimal) -> Process:
    """The process of a template whose longest way takes `total` working hours.

    Raises KeyError, TypeError or ValueError for a template of another shape, or one that takes longer.
    """
    bare = _of(template, Decimal(0))
    rest = total - longest_path_hours(bare)
    given = template.get("steps") or template["nodes"]
    if not any(step.get("hours") == REST for step in given):
        return bare
    if rest <= 0:
        raise ValueError(f"các bước khác đã dùng hết {total} giờ làm việc")
    return _of(template, rest)


def _of(template: Mapping[str, Any], rest: Decimal) -> Process:
    if "steps" in template:
        return Process.sequence([_node(step, rest) for step in template["steps"]])
    return Process.of([_node(node, rest) for node in template["nodes"]], template["flows"])


def _node(node: Mapping[str, Any], rest: Decimal) -> Node:
    given = node.get("hours")
    hours = rest if given == REST else None if given is None else Decimal(str(given))
    texts = {name: plain(node.get(name)) for name in ("name", "role", "unit")}
    kind, counted = Kind(node.get("kind", "step")), bool(node.get("counted", True))
    return Node(plain(node["id"]), kind, hours=hours, counted=counted, **texts)
