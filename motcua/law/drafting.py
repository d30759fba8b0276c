"""What happens to a draft regulation with procedures in it: facts of one stream a draft (dự thảo văn bản).

They tell who did what, when, by which document; where a draft stands is kept in its dated rows. Days are ISO text,
officers their user names; `number`, `on` and `file` are the document the act stands on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .facts import Fact

PREFIX = "du-thao/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafting(Fact):
    """Something done to a draft (việc về dự thảo)."""

    number: str = ""
    on: str = ""
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftBegun(Drafting):
    """Lập dự thảo văn bản `name`, căn cứ thẩm quyền `ground` tại `clause`."""

    label: ClassVar[str] = "Lập dự thảo văn bản"
    name: str
    ground: str = ""
    clause: str = ""
    origin: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftChanged(Drafting):
    """Sửa thông tin dự thảo; what it says from now on."""

    label: ClassVar[str] = "Sửa thông tin dự thảo"
    name: str
    ground: str = ""
    clause: str = ""
    origin: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcedureDrafted(Drafting):
    """Đưa một thủ tục vào dự thảo: `change` là mới, sửa, thay thế hay bãi bỏ."""

    label: ClassVar[str] = "Đưa thủ tục vào dự thảo"
    procedure: str
    title: str
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcedureWritten(Drafting):
    """Soạn nội dung thủ tục trong dự thảo: `digest` tells one content from another."""

    label: ClassVar[str] = "Soạn nội dung thủ tục"
    procedure: str
    title: str
    parts: tuple[str, ...]
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcedureDropped(Drafting):
    """Bỏ một thủ tục khỏi dự thảo."""

    label: ClassVar[str] = "Bỏ thủ tục khỏi dự thảo"
    procedure: str
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImpactAssessed(Drafting):
    """Đánh giá tác động một thủ tục; the `attempt`-th time. Costs in đồng a year, as declared."""

    label: ClassVar[str] = "Đánh giá tác động thủ tục"
    procedure: str
    title: str
    attempt: int
    needed: bool | None
    cost_before: int | None
    cost_after: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftForwarded(Drafting):
    """Chuyển dự thảo sang bước `to`, hạn `due`."""

    label: ClassVar[str] = "Chuyển bước dự thảo"
    left: str
    to: str
    due: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftReturned(Drafting):
    """Trả lại dự thảo về bước `to`, có lý do."""

    label: ClassVar[str] = "Trả lại dự thảo văn bản"
    left: str
    to: str
    reason: str
    due: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftStopped(Drafting):
    """Dừng dự thảo văn bản: không đề nghị ban hành nữa."""

    label: ClassVar[str] = "Dừng dự thảo văn bản"
    left: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpinionGiven(Drafting):
    """Ý kiến kiểm soát thủ tục trong dự thảo."""

    label: ClassVar[str] = "Ý kiến kiểm soát thủ tục"
    position: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftAppraised(Drafting):
    """Thẩm định dự thảo."""

    label: ClassVar[str] = "Thẩm định dự thảo"
    position: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpinionAnswered(Drafting):
    """Tiếp thu, giải trình ý kiến của bước `stage`."""

    label: ClassVar[str] = "Tiếp thu, giải trình ý kiến"
    stage: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Promulgated(Drafting):
    """Ban hành văn bản, có hiệu lực từ ngày `effective`."""

    label: ClassVar[str] = "Ban hành văn bản"
    effective: str
    signer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeGiven(Drafting):
    """Cấp mã cho thủ tục mới: the code of the national database."""

    label: ClassVar[str] = "Cấp mã cho thủ tục"
    procedure: str
    title: str


KINDS: dict[str, type[Drafting]] = {kind.__name__: kind for kind in Drafting.__subclasses__()}


def stream(key: int) -> str:
    """The stream of a draft."""
    return f"{PREFIX}{key}"
