"""What happens to a task a leader gives to a unit, and to the directive it comes from (nhiệm vụ, văn bản chỉ đạo).

Facts of streams of their own: `nhiem-vu/<number>`, `van-ban/<number>`, `phu-thuoc/<number>`, `chi-tieu/<number>`.
Days are ISO text, units their codes, officers their user names, files their digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from . import facts as law_facts
from .facts import Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFact(Fact):
    """Something that happened to a task. Days are ISO text, units their codes, officers their user names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskGiven(TaskFact):
    """Giao nhiệm vụ cho một đơn vị chủ trì (unit), một bản cho mỗi đơn vị.

    `giver` is the unit whose leader gives it and accepts it; `head` who answered for `unit` that day; `due` its
    deadline, `begins` the day work on it starts; `occurrence` the period of a recurring duty ("2026-10").
    `instrument` is the stream of the directive, `item` the task's number in it; `cause` what made it necessary, as
    "<stream>#<part>". `milestones` {key, title, due}; `budget` {key, name, planned, assigned, disbursed} in đồng.
    """

    label: ClassVar[str] = "Giao nhiệm vụ"
    title: str
    product: str
    unit: str
    giver: str
    due: str
    begins: str
    head: str = ""
    detail: str = ""
    instrument: str = ""
    item: str = ""
    occurrence: str = ""
    cause: str = ""
    field: str = ""
    cooperating: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    milestones: tuple[Mapping[str, Any], ...] = ()
    budget: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskAssigned(TaskFact):
    """Phân công người thực hiện trong đơn vị chủ trì."""

    label: ClassVar[str] = "Phân công thực hiện"
    officer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStarted(TaskFact):
    """Bắt đầu thực hiện nhiệm vụ."""

    label: ClassVar[str] = "Bắt đầu thực hiện"


@dataclass(frozen=True, kw_only=True, slots=True)
class SolutionNoted(TaskFact):
    """Ghi giải pháp, tiến độ; `files` are digests of what shows it."""

    label: ClassVar[str] = "Ghi tiến độ, giải pháp"
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MilestoneReached(TaskFact):
    """Xong một mốc của nhiệm vụ vào ngày `on`."""

    label: ClassVar[str] = "Xong mốc"
    key: str
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetTold(TaskFact):
    """Cập nhật kinh phí của một khoản: dự toán, đã giao, đã giải ngân, in đồng; takes the place of what was told."""

    label: ClassVar[str] = "Cập nhật kinh phí"
    key: str
    name: str
    planned: int
    assigned: int
    disbursed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskReported(TaskFact):
    """Báo cáo hoàn thành, with the product: its name, `number` and the day `product_on` it was issued.

    `files` are the digests of the evidence, at least one.
    """

    label: ClassVar[str] = "Báo cáo hoàn thành"
    product: str
    number: str
    product_on: str
    result: str
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskAccepted(TaskFact):
    """Xác nhận hoàn thành, by the giver on the evidence of the last report. The task is closed."""

    label: ClassVar[str] = "Xác nhận hoàn thành"
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskReturned(TaskFact):
    """Trả lại, yêu cầu làm lại, có lý do; the deadline is the same."""

    label: ClassVar[str] = "Trả lại, yêu cầu làm lại"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionAsked(TaskFact):
    """Xin gia hạn đến ngày `until`, có lý do, while the deadline has not passed."""

    label: ClassVar[str] = "Xin gia hạn"
    until: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionGranted(TaskFact):
    """Đồng ý gia hạn đến ngày `until`; the deadline first given stays beside it."""

    label: ClassVar[str] = "Đồng ý gia hạn"
    until: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionDeclined(TaskFact):
    """Không đồng ý gia hạn, có lý do."""

    label: ClassVar[str] = "Không đồng ý gia hạn"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferProposed(TaskFact):
    """Đề nghị chuyển nhiệm vụ cho đơn vị khác, có lý do; until the giver consents the unit answers for it."""

    label: ClassVar[str] = "Đề nghị chuyển đơn vị"
    unit: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferAllowed(TaskFact):
    """Đồng ý chuyển nhiệm vụ; `head` answers for the unit that has it now. The deadline is the same."""

    label: ClassVar[str] = "Đồng ý chuyển đơn vị"
    unit: str
    head: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferDeclined(TaskFact):
    """Không đồng ý chuyển, có lý do: the unit keeps the task."""

    label: ClassVar[str] = "Không đồng ý chuyển đơn vị"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPaused(TaskFact):
    """Tạm dừng nhiệm vụ by the giver, có lý do; the deadline does not move."""

    label: ClassVar[str] = "Tạm dừng"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskResumed(TaskFact):
    """Tiếp tục nhiệm vụ đã tạm dừng; the deadline has not moved."""

    label: ClassVar[str] = "Tiếp tục thực hiện"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskCancelled(TaskFact):
    """Hủy, không thực hiện nhiệm vụ, by the giver, có lý do; it counts neither as done nor as owed."""

    label: ClassVar[str] = "Hủy nhiệm vụ"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskReminded(TaskFact):
    """Nhắc việc theo thang nhắc; `rung` names the rung once for all, `level` how high it goes, `to` who is told."""

    label: ClassVar[str] = "Nhắc việc"
    rung: str
    level: int
    to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskUrged(TaskFact):
    """Đôn đốc by the giver; `letter` is the number of the letter of urging, "" when it was said here."""

    label: ClassVar[str] = "Đôn đốc"
    text: str
    letter: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SteeringFact(Fact):
    """Something that happened to a directive, to what tasks depend on outside the province, or to a target."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentRegistered(SteeringFact):
    """Đăng ký văn bản chỉ đạo: its numbers as cited, who issued it and when, what it is about.

    `parent` is the stream of the instrument it carries out, `unit` the unit whose plan it is, "" for none.
    """

    label: ClassVar[str] = "Đăng ký văn bản"
    kind: str
    number: str
    issuer: str
    issued_on: str
    summary: str
    aliases: tuple[str, ...] = ()
    issuer_kind: str = ""
    signer: str = ""
    parent: str = ""
    unit: str = ""
    year: int = 0
    meeting: str = ""
    meeting_on: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentNamed(SteeringFact):
    """Ghi thêm số, ký hiệu khác mà văn bản được viện dẫn."""

    label: ClassVar[str] = "Ghi thêm số, ký hiệu"
    alias: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DependencyNamed(SteeringFact):
    """Ghi việc phụ thuộc bên ngoài tỉnh: who owes it, what, by when, and the `tasks` (streams) it blocks."""

    label: ClassVar[str] = "Ghi việc phụ thuộc bên ngoài"
    owner: str
    what: str
    due: str = ""
    basis: str = ""
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DependencyMet(SteeringFact):
    """Việc phụ thuộc bên ngoài đã có, by `document`, on the day `on`."""

    label: ClassVar[str] = "Việc phụ thuộc đã có"
    on: str
    document: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSet(SteeringFact):
    """Đặt chỉ tiêu cho một đơn vị và năm: what is wanted, in which unit of measure, from which sources.

    `measure` names what the system computes it from, "" when it is declared; `plan` and `baseline` are decimal text.
    """

    label: ClassVar[str] = "Đặt chỉ tiêu"
    code: str
    name: str
    plan: str
    year: int
    unit: str
    baseline: str = ""
    measure: str = ""
    direction: str = "up"
    per: str = "%"
    definition: str = ""
    parent: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetDeclared(SteeringFact):
    """Kê khai kết quả chỉ tiêu at the end of the day `on`, with what shows it; takes the place of the value before."""

    label: ClassVar[str] = "Kê khai kết quả chỉ tiêu"
    on: str
    value: str
    note: str
    files: tuple[str, ...] = ()


TASK_KINDS: dict[str, type[TaskFact]] = {kind.__name__: kind for kind in TaskFact.__subclasses__()}
KINDS: dict[str, type[Fact]] = {
    **TASK_KINDS,
    **{kind.__name__: kind for kind in SteeringFact.__subclasses__()},
}
law_facts.enlist(KINDS)
