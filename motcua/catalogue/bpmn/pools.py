"""Which process of a BPMN file is meant, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from . import elements
from .elements import NODES
from .remarks import FILE, Remarks
from .tree import all_of, clean, is_bpmn, space, tag, without_picture, words_of
from .vocabulary import DIAGRAM, EXPORTER, MODEL, OURS, SCHEMA


def choose(root: ET.Element, pool: str, remarks: Remarks) -> ET.Element | None:
    """The one process with nodes, or the one called `pool`; None, with a remark, where that is not one."""
    bodies = [body for body in all_of(root, "process") if any(tag(part) in NODES for part in body)]
    pools = {p.get("processRef"): p for c in all_of(root, "collaboration") for p in all_of(c, "participant")}
    names = [_names(body, pools.get(body.get("id"))) for body in bodies]
    chosen = [body for body, its in zip(bodies, names, strict=True) if not pool or pool in its]
    if len(chosen) == 1:
        return chosen[0]
    there = f"tệp có {len(names)} quy trình: {', '.join(f'“{its[0]}”' for its in names)}"
    asked = f"không có đúng một quy trình mang tên hay mã “{pool}”; " if pool and names else ""
    if names:
        remarks.stop(FILE, asked + there, "Chọn một quy trình theo tên hoặc mã")
    else:
        remarks.stop(FILE, "tệp không có quy trình nào", "Kiểm tra lại tệp")
    return None


def _names(body: ET.Element, pool: ET.Element | None) -> Sequence[str]:
    """What a process may be called by, the best first."""
    held = [element for element in (pool, body) if element is not None]
    found = [clean(element.get(key, "")) for key in ("name", "id") for element in held]
    return [*filter(None, found), "không tên"]


def tell_others(root: ET.Element, body: ET.Element, remarks: Remarks) -> None:
    """Everything beside the chosen process; what is only declared is told once for each kind."""
    declared: dict[str, list[ET.Element]] = {}
    for part in filter(is_bpmn, root):
        if tag(part) == "collaboration":
            inside = (i for i in part if tag(i) != "participant" or i.get("processRef") is None)
            for inner in filter(is_bpmn, inside):
                drop(inner, remarks)
        elif part is not body:
            declared.setdefault(tag(part), []).append(part)
    for parts in declared.values():
        drop(parts[0], remarks, len(parts))
    if root.get("exporter") != EXPORTER and root.find(f"{{{DIAGRAM}}}BPMNDiagram") is not None:
        remarks.kept(FILE, "không giữ vị trí hình vẽ", "xuất ra sẽ tự xếp hình")


def drop(element: ET.Element, remarks: Remarks, count: int = 1) -> None:
    """Tell that an element is left out."""
    what = elements.called(tag(element)) + (f" ({count} chỗ)" if count > 1 else "")
    remarks.dropped(words_of(element), f"không giữ được {what}", elements.remedy(tag(element)))


def tell_foreign(root: ET.Element, remarks: Remarks) -> None:
    """What other tools wrote in their own words, once for each tool."""
    found: dict[str, int] = {}
    for element in without_picture(root):
        for name in (element.tag, *element.keys()):
            if space(name) not in (MODEL, OURS, SCHEMA, ""):
                found[space(name)] = found.get(space(name), 0) + 1
    for theirs, count in found.items():
        problem = f"không giữ được {count} chi tiết riêng của công cụ khác ({theirs})"
        remarks.dropped(FILE, problem, "Không cần sửa nếu không dùng lại công cụ đó")
