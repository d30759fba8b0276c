"""What forms and files tell of an item, and the columns of its table, the same on the way out and in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from motcua.law.registers import LABELS, STAGES, Register, Stage

CONTENT = {
    "sequence": "Trình tự",
    "papers": "Thành phần hồ sơ",
    "term": "Thời hạn giải quyết",
    "result": "Kết quả",
    "subject": "Đối tượng",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a register says of an item; costs are of a year, in đồng."""

    code: str
    title: str
    agency: str
    field: str = ""
    group: str = ""
    from_level: str = ""
    to_level: str = ""
    basis: str = ""
    instrument: str = ""
    deadline: date | None = None
    cost_before: Decimal | None = None
    content: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage an item reached: when, by what document; with the plan, what it does and costs afterwards."""

    stage: Stage
    on: date
    document: str
    note: str = ""
    plan: str = ""
    cost_after: Decimal | None = None


def columns(register: Register) -> dict[str, str]:
    """The columns of a register's table by their keys, in their order."""
    internal = register == Register.INTERNAL
    first = {"code": "Mã", "title": "Tên thủ tục, nhiệm vụ", "field": "Lĩnh vực", "agency": "Cơ quan"}
    own = {"group": "Nhóm"} if internal else {"from_level": "Cấp hiện nay", "to_level": "Cấp được giao"}
    rest = {"basis": "Căn cứ", "instrument": "Văn bản phải sửa", "deadline": "Hạn"}
    costs = {"cost_before": "Chi phí trước", "plan": "Phương án", "cost_after": "Chi phí sau"}
    return first | own | rest | (costs | CONTENT if internal else {}) | dict(_stages(STAGES[register]))


def _stages(stages: Iterable[Stage]) -> Iterable[tuple[str, str]]:
    for stage in stages:
        yield f"{stage.value}_on", f"Ngày {LABELS[stage].lower()}"
        yield f"{stage.value}_document", f"Văn bản {LABELS[stage].lower()}"
