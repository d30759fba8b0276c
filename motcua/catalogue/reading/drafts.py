"""What the readers hand over: drafts of procedure versions and processes, and findings."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

CODE = re.compile(r"[1-9]\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?")
NOTHING = "Không có thông tin"
_UNTEXT = re.compile(r"[\x00\ud800-\udfff]")
FIELDS = {
    "code": "mã thủ tục",
    "title": "tên thủ tục",
    "kind": "loại thủ tục",
    "levels": "cấp thực hiện",
    "audiences": "đối tượng",
    "agency": "cơ quan thực hiện",
    "decision": "quyết định công bố",
    "sequence": "trình tự",
    "terms": "thời hạn",
    "fees": "phí, lệ phí",
    "components": "thành phần hồ sơ",
    "results": "kết quả",
    "bases": "căn cứ pháp lý",
    "online": "mức trực tuyến",
    "ma_tthc": "mã thủ tục",
    "buoc": "bước",
    "trach_nhiem": "trách nhiệm",
    "thoi_gian": "thời gian",
    "quy_trinh": "quy trình",
    "don_vi": "đơn vị",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding before it has a place in the database (phát hiện)."""

    row: int
    code: str
    field: str
    problem: str
    kept: str = ""
    remedy: str = ""


@dataclass(slots=True)
class Notes:
    """The findings of one record as they come up."""

    row: int
    code: str = ""
    found: list[Found] = field(default_factory=list)

    def add(self, field: str, problem: str, kept: object = "", remedy: str = "") -> None:
        self.found.append(Found(self.row, self.code, field, problem, str(kept), remedy))


@dataclass(frozen=True, slots=True)
class ComponentDraft:
    name: str
    case: str = ""
    code: str = ""
    originals: int | None = None
    copies: int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class TermDraft:
    """`amount` None or `unit` "" mean that this part was not read; `text` is what was written."""

    channel: str
    text: str
    amount: Decimal | None = None
    unit: str = ""
    case: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeeDraft:
    channel: str
    text: str
    amount: Decimal | None = None
    kind: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class ResultDraft:
    name: str
    code: str = ""
    paper: bool = True


@dataclass(frozen=True, slots=True)
class BasisDraft:
    name: str
    number: str = ""
    issued_on: date | None = None
    effective_on: date | None = None
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of a procedure as its source announces it; the fields are those of `models.Version`."""

    code: str
    title: str
    field: str = ""
    kind: str = ""
    online: str = ""
    levels: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    decision: str = ""
    decided_on: date | None = None
    issuer: str = ""
    agency: str = ""
    authority: str = ""
    reception_address: str = ""
    coordinating: str = ""
    delegated: str = ""
    sequence: str = ""
    conditions: str = ""
    related: str = ""
    keywords: str = ""
    note: str = ""
    source: str = ""
    components: tuple[ComponentDraft, ...] = ()
    terms: tuple[TermDraft, ...] = ()
    fees: tuple[FeeDraft, ...] = ()
    results: tuple[ResultDraft, ...] = ()
    bases: tuple[BasisDraft, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the content; where it was read from does not count."""
        return digest({k: v for k, v in asdict(self).items() if k != "source"})


@dataclass(frozen=True, slots=True)
class ProcessDraft:
    """One internal process as a decision sets it; `ready` is false while a part of it is unread."""

    row: int
    code: str
    name: str
    decision: str
    issuer: str
    unit: str
    definition: Mapping[str, Any]
    ready: bool = True

    @property
    def digest(self) -> str:
        return digest({k: v for k, v in asdict(self).items() if k not in ("row", "ready")})


@dataclass(frozen=True, slots=True)
class Read:
    """One record of a file: its draft, None when the record is refused, and what was found in it."""

    row: int
    draft: Draft | None
    found: tuple[Found, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class ProcessRead:
    """One process of a file; `responsible` says of its steps by their ids who does them, as the decision words it."""

    row: int
    draft: ProcessDraft | None
    found: tuple[Found, ...]
    position: int = 0
    responsible: Mapping[str, str] = field(default_factory=dict)


def digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> str:
    """A field as text in composed Unicode, without what no text may hold; "" for the portal's way of nothing."""
    text = _UNTEXT.sub("", unicodedata.normalize("NFC", "" if value is None else str(value))).strip()
    return "" if text == NOTHING else text


def clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def short(text: str, limit: int, field: str, notes: Notes) -> str:
    """A text that has to be short; a longer one is cut, and kept whole in a finding."""
    if len(text) > limit:
        notes.add(field, "dài quá mức cho phép, đã rút gọn", text, f"Viết gọn trong {limit} ký tự")
    return clipped(text, limit)


def required(notes: Notes, **parts: object) -> None:
    """Mandatory parts of a procedure must not be empty (NĐ 63/2010/NĐ-CP Đ.8.2, NĐ 92/2017/NĐ-CP)."""
    for name, part in parts.items():
        if not part:
            notes.add(name, "bộ phận bắt buộc để trống", remedy="Bổ sung theo quyết định công bố")
