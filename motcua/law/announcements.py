"""What happens to the announced catalogue: facts of one stream, beside those of dossiers and people.

They tell who registered, announced, published or overlaid what, and when; what is in force follows from the dated
rows of the catalogue, not from these. Days are ISO text, procedures their codes. Every fact names the instrument or
decision it concerns (`document`), "" for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .facts import Fact

STREAM = "cong-bo"


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement(Fact):
    """Something that was done to the catalogue or its register (thay đổi về văn bản, công bố, công khai)."""

    document: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentRegistered(Announcement):
    """Ghi văn bản vào sổ: `issuer` ban hành ngày `issued_on`, có hiệu lực từ `effective_on`."""

    label: ClassVar[str] = "Ghi văn bản vào sổ"
    issuer: str
    issued_on: str
    effective_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentEnded(Announcement):
    """Văn bản hết hiệu lực: `on` là ngày đầu tiên không còn hiệu lực."""

    label: ClassVar[str] = "Văn bản hết hiệu lực"
    issuer: str
    on: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentReviewed(Announcement):
    """Rà soát văn bản ngày `on`: kiến nghị `outcome` (keep, amend, remove), theo báo cáo `report` ("" chưa có)."""

    label: ClassVar[str] = "Rà soát văn bản"
    issuer: str
    on: str
    outcome: str
    reason: str
    report: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProceduresAnnounced(Announcement):
    """Ban hành quyết định công bố; `procedures` là các thủ tục, mỗi mục "loại mã"."""

    label: ClassVar[str] = "Công bố thủ tục"
    agency: str
    decided_on: str
    effective_on: str
    procedures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcedurePublished(Announcement):
    """Công khai thủ tục `code` theo quyết định `document`: bản `version` là bản cuối, không sửa được nữa."""

    label: ClassVar[str] = "Công khai thủ tục"
    code: str
    kind: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlayDecided(Announcement):
    """Tỉnh quy định riêng phần `part` của thủ tục `code` từ ngày `since`, đến `until` ("" chưa có ngày kết thúc)."""

    label: ClassVar[str] = "Quy định riêng của tỉnh"
    code: str
    part: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlayEnded(Announcement):
    """Kết thúc phần quy định riêng: từ ngày `on` theo lại bản trung ương."""

    label: ClassVar[str] = "Kết thúc quy định riêng"
    code: str
    part: str
    on: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatisticsClosed(Announcement):
    """Chốt số liệu thống kê của kỳ `document`: bản thứ `number`, đếm `counted` thủ tục; `reason` của bản đính chính."""

    label: ClassVar[str] = "Chốt thống kê thủ tục"
    number: int
    counted: int
    reason: str


KINDS: dict[str, type[Announcement]] = {kind.__name__: kind for kind in Announcement.__subclasses__()}
