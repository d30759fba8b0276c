"""The procedures of a decision as its table lists them (danh mục kèm theo quyết định công bố): CSV or XLSX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from motcua.catalogue.models import Channel, Level
from motcua.catalogue.words import words
from motcua.law.limits import TimeLimit, UnreadLimit

from . import lines
from .drafts import CODE, Found, Notes, clipped

HEADERS = {
    "loai": ("loai", "loai cong bo", "hinh thuc", "hinh thuc cong bo"),
    "ma_tthc": ("ma tthc", "ma thu tuc", "ma so tthc", "ma thu tuc hanh chinh"),
    "ten_tthc": ("ten tthc", "ten thu tuc", "ten thu tuc hanh chinh"),
    "noi_dung_thay_doi": ("noi dung thay doi", "noi dung sua doi", "noi dung sua doi bo sung"),
    "van_ban": ("van ban", "van ban quy dinh", "so van ban", "vbqppl"),
    "thay_the": ("thay the", "ma thay the", "thay the ma"),
    "linh_vuc": ("linh vuc",),
    "cap": ("cap", "cap thuc hien"),
    "doi_tuong": ("doi tuong", "doi tuong thuc hien"),
    "co_quan": ("co quan", "co quan thuc hien"),
    "noi_tiep_nhan": ("noi tiep nhan", "dia diem thuc hien", "dia chi tiep nhan"),
    "thoi_han": ("thoi han", "thoi han giai quyet"),
    "phi": ("phi", "phi le phi", "le phi"),
    "trinh_tu": ("trinh tu", "trinh tu thuc hien"),
    "thanh_phan": ("thanh phan", "thanh phan ho so"),
    "yeu_cau": ("yeu cau", "yeu cau dieu kien", "dieu kien"),
    "ket_qua": ("ket qua", "ket qua thuc hien"),
}
REQUIRED = ("loai", "ma_tthc", "ten_tthc")
KINDS = {
    "moi": "new",
    "moi ban hanh": "new",
    "sua doi": "amended",
    "sua doi bo sung": "amended",
    "thay the": "replaced",
    "bai bo": "abolished",
    "huy bo": "abolished",
    "bi bai bo": "abolished",
}
CHANNELS = {
    "truc tiep": Channel.DIRECT,
    "truc tuyen": Channel.ONLINE,
    "buu chinh": Channel.POST,
    "buu chinh cong ich": Channel.POST,
    "dich vu buu chinh": Channel.POST,
}
LEVELS = {
    " ".join(words(name)): level.value
    for level in Level
    for name in (str(level.label), str(level.label).removeprefix("Cấp "))
}
DEAREST = 15  # digits of a fee
FREE = ("mien phi", "khong", "khong co", "0")
_MONEY = re.compile(
    r"(?P<kind>phí|lệ phí)?:?\s*(?P<amount>\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:đồng|đ|vnđ)?\.?", re.I
)
_PARTS = re.compile(r"[;\n]+")


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One procedure as a decision lists it; `given` are the parts of its text that the row writes."""

    row: int
    kind: str
    code: str
    title: str = ""
    changed: str = ""
    instrument: str = ""
    replaces: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One row of the table: its draft, None where it cannot be taken, and what was found in it."""

    draft: ItemDraft | None
    found: tuple[Found, ...]


def items(path: Path) -> Iterator[ItemRead]:
    """The rows of the table one by one. Raises WrongFile."""
    for line in lines.read(path, HEADERS, REQUIRED):
        yield item(line.row, line.cells)


def item(row: int, cells: Mapping[str, str]) -> ItemRead:
    """One procedure from its cells; anything that cannot be read refuses the row."""
    code = cells.get("ma_tthc", "")
    notes = Notes(row, clipped(code, 60))
    kind = KINDS.get(" ".join(words(cells.get("loai", ""))), "")
    if not kind:
        remedy = "Ghi một trong: mới ban hành, sửa đổi bổ sung, thay thế, bãi bỏ"
        notes.add("loai", "không rõ loại công bố", cells.get("loai", ""), remedy)
    if not CODE.fullmatch(code):
        notes.add("ma_tthc", "mã thủ tục không đúng dạng d.dddddd", code, "Sửa mã, ví dụ 1.014465")
    if (replaces := cells.get("thay_the", "")) and not CODE.fullmatch(replaces):
        notes.add("thay_the", "mã thủ tục bị thay không đúng dạng d.dddddd", replaces, "Sửa mã")
    given = written(cells, notes)
    if notes.found:
        return ItemRead(None, tuple(notes.found))
    told = {
        "title": clipped(cells.get("ten_tthc", ""), 2000),
        "changed": cells.get("noi_dung_thay_doi", ""),
        "instrument": cells.get("van_ban", ""),
        "replaces": replaces,
    }
    return ItemRead(ItemDraft(row, kind, code, given=given, **told), ())


def written(cells: Mapping[str, str], notes: Notes) -> dict[str, Any]:
    """The parts of a procedure's text that the cells write; what cannot be read is noted."""
    found: dict[str, Any] = {}
    for column, (name, read) in PARTS.items():
        if text := cells.get(column, ""):
            found[name] = read(text, column, notes)
    return found


def _text(text: str, column: str, notes: Notes) -> str:
    return text


def _short(text: str, column: str, notes: Notes) -> str:
    if len(text) > 200:
        notes.add(column, "dài quá 200 ký tự", clipped(text, 200), "Viết gọn")
    return text


def _listed(text: str, column: str, notes: Notes) -> list[str]:
    return [part.strip(" -+•") for part in _PARTS.split(text) if part.strip(" -+•")]


def _levels(text: str, column: str, notes: Notes) -> list[str]:
    found = []
    for part in re.split(r"[;,\n]+", text):
        level = LEVELS.get(" ".join(words(part)))
        if level is None:
            notes.add(column, "không rõ cấp thực hiện", part.strip(), "Ghi Cấp tỉnh, Cấp xã hoặc Cấp bộ")
        else:
            found.append(level)
    return found


def _ways(text: str) -> Iterator[tuple[tuple[Channel, ...], str]]:
    """Each part of a cell with the channels it speaks of: "Trực tiếp: 5 ngày; trực tuyến: 3 ngày", or all."""
    for part in _PARTS.split(text):
        name, colon, rest = part.partition(":")
        channel = CHANNELS.get(" ".join(words(name))) if colon else None
        if part.strip():
            yield ((channel,), rest.strip()) if channel else (tuple(Channel), part.strip())


def terms(text: str, column: str, notes: Notes) -> list[dict[str, str]]:
    """Terms as a cell writes them, one for each channel it speaks of."""
    found = []
    for channels, said in _ways(text):
        try:
            limit = TimeLimit.parse(said)
        except UnreadLimit:
            notes.add(column, "không đọc được thời hạn", said, "Ghi số và đơn vị, ví dụ 5 ngày làm việc")
            continue
        if limit.amount != round(limit.amount, 2):  # the column would round it
            notes.add(column, "thời hạn quá lẻ", said, "Ghi nhiều nhất hai chữ số thập phân, hoặc bằng giờ")
            continue
        told = {"amount": str(limit.amount), "unit": limit.unit.value, "text": str(limit)}
        found += [{"channel": channel.value, **told} for channel in channels]
    return found


def fees(text: str, column: str, notes: Notes) -> list[dict[str, str]]:
    """Fees as a cell writes them, one for each channel it speaks of."""
    found = []
    for channels, said in _ways(text):
        free = " ".join(words(said)) in FREE
        read = _MONEY.fullmatch(said)
        if not free and not read:
            notes.add(column, "không đọc được mức thu", said, "Ghi số đồng, ví dụ 20.000, hoặc Miễn phí")
            continue
        amount = "0" if free or not read else re.sub(r"\D", "", read["amount"])
        if len(amount) > DEAREST:
            notes.add(column, "mức thu quá lớn", clipped(said, 200), "Kiểm tra lại số đồng")
            continue
        kind = (
            "" if free or not read or not read["kind"] else {"phí": "phi"}.get(read["kind"].lower(), "le_phi")
        )
        told = {"amount": amount, "kind": kind, "text": said}
        found += [{"channel": channel.value, **told} for channel in channels]
    return found


Reader = Callable[[str, str, Notes], Any]
PARTS: Mapping[str, tuple[str, Reader]] = {
    "linh_vuc": ("field", _short),
    "cap": ("levels", _levels),
    "doi_tuong": ("audiences", _listed),
    "co_quan": ("agency", _text),
    "noi_tiep_nhan": ("reception_address", _text),
    "thoi_han": ("terms", terms),
    "phi": ("fees", fees),
    "trinh_tu": ("sequence", _text),
    "thanh_phan": ("components", _listed),
    "yeu_cau": ("conditions", _text),
    "ket_qua": ("results", _listed),
}
