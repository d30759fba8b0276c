"""What the national portal says, read from a file or as it answers: the names of its own messages (DongBoHoSoMC)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.law.calendar import FIRST_YEAR, LAST_YEAR, TZ
from motcua.law.lifecycle import LABELS, State
from motcua.ui.exports import typed

SHOWN = 20  # mistakes told at once
NAMES = {
    "code": ("mahoso", "mã hồ sơ", "sohoso", "số hồ sơ"),
    "state": ("trangthaihoso", "trạng thái hồ sơ", "trạng thái", "trangthai"),
    "accepted": ("ngaytiepnhan", "ngày tiếp nhận"),
    "ended": ("ngayketthucxuly", "ngày kết thúc xử lý", "ngày kết thúc"),
}
FORMS = (
    "%Y%m%d%H%M%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
)
_STATES = {LABELS[state].casefold(): state for state in State}


class BadFile(ValueError):
    """A file that cannot be read; its lines say where and what to do."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class National:
    """One dossier as the portal has it."""

    code: str
    state: int
    accepted: datetime | None
    ended: datetime | None


def read(content: bytes) -> dict[str, National]:
    """Every dossier of a file by its code. Raises BadFile, naming rows, when anything in it is not understood."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("Tệp không phải UTF-8; lưu lại thành CSV UTF-8 hoặc JSON") from None
    try:
        records = list(_json(text) if text.lstrip().startswith(("[", "{")) else _csv(text))
    except csv.Error as mistake:
        raise BadFile(f"CSV sai: {mistake}") from None
    if not records:
        raise BadFile("Tệp không có hồ sơ nào")
    return _found(records)


def answered(rows: Sequence[Mapping[str, Any]]) -> dict[str, National]:
    """Every dossier the portal answered with, by its code. Raises BadFile; no dossier at all is an answer."""
    return _found(list(_named(rows)))


def _found(records: Sequence[tuple[int, Mapping[str, str]]]) -> dict[str, National]:
    found: dict[str, National] = {}
    wrong: list[str] = []
    for number, record in records:
        try:
            row = _national(record)
            if row.code in found:
                raise ValueError(f"mã {row.code} có hai lần; bỏ bớt một dòng")
            found[row.code] = row
        except ValueError as mistake:
            wrong.append(f"Dòng {number}: {mistake}")
    if wrong:
        more = [f"Còn {len(wrong) - SHOWN} dòng sai khác"] if len(wrong) > SHOWN else []
        raise BadFile(*wrong[:SHOWN], *more)
    return found


def _csv(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    head = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    columns = _columns(rows.fieldnames or ())
    for number, row in enumerate(rows, 2):
        if any(row.values()):
            yield number, {name: typed((row.get(column) or "").strip()) for name, column in columns.items()}


def _json(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        found = json.loads(text)
    except ValueError as mistake:
        raise BadFile(f"JSON sai ở {mistake}") from None
    except RecursionError:
        raise BadFile("JSON lồng quá sâu; chỉ cần danh sách các hồ sơ") from None
    listed = found.get("data", []) if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BadFile("JSON phải là danh sách các hồ sơ, hoặc có danh sách ấy trong “data”")
    yield from _named(listed)


def _named(listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, each in enumerate(listed, 1):
        columns = _columns(list(each), required=("code", "state"))
        yield number, {name: str(each.get(column) or "").strip() for name, column in columns.items()}


def _columns(there: Any, required: tuple[str, ...] = ("code", "state")) -> dict[str, str]:
    """Which column of the file holds what. Raises BadFile where one that must be there is not."""
    folded = {str(name or "").strip().casefold(): str(name) for name in there}
    found = {
        name: folded[alias]
        for name, aliases in NAMES.items()
        for alias in reversed(aliases)
        if alias in folded
    }
    missing = [NAMES[name][0] for name in required if name not in found]
    if missing:
        raise BadFile("Thiếu cột MaHoSo hoặc TrangThaiHoSo; cột đọc thêm được: NgayTiepNhan, NgayKetThucXuLy")
    return found


def _national(record: Mapping[str, str]) -> National:
    if not record["code"] or len(record["code"]) > 64:
        raise ValueError("thiếu mã hồ sơ, hoặc mã dài quá 64 ký tự")
    if not record["code"].isprintable():
        raise ValueError("mã hồ sơ có ký tự không in được")
    return National(
        record["code"],
        _state(record["state"]),
        _moment(record.get("accepted", "")),
        _moment(record.get("ended", "")),
    )


def _state(text: str) -> int:
    if (
        text.isascii()
        and text.isdigit()
        and len(text) < 4
        and int(text) in {state.value for state in State if state}
    ):
        return int(text)
    try:
        return _STATES[text.casefold()].value
    except KeyError:
        raise ValueError(f"trạng thái “{text}” ngoài danh mục 1 đến 10") from None


def _moment(text: str) -> datetime | None:
    found = _read_moment(text)
    if found and not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(
            f"thời điểm “{text}” ngoài các năm {FIRST_YEAR} đến {LAST_YEAR}; để trống nếu chưa có"
        )
    return found


def _read_moment(text: str) -> datetime | None:
    if not text:
        return None
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=TZ)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        told = f"thời điểm “{text}” không đọc được; viết như 20261005090000 hoặc 05/10/2026 09:00"
        raise ValueError(told) from None
    return found if found.tzinfo else found.replace(tzinfo=TZ)
