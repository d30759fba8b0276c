"""A whole plan from a spreadsheet: its rows read, judged and turned into tasks, all or nothing (nhập kế hoạch).

What cannot be taken is told by row and field with its remedy. A row that was given before under its number, with the
same words, is passed over: the same file twice gives the same tasks once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from motcua.catalogue.words import fold, words
from motcua.people.models import Unit

from . import queries, shown
from .acts import Assignment
from .models import Instrument

MOST = 2000
# Of each column: what it is called here, in the template, the folded words a head is known by, and an example.
COLUMNS = (
    ("item", "STT", ("stt", "so thu tu", "so tt", "tt"), "1"),
    ("title", "Nhiệm vụ", ("nhiem vu", "noi dung"), "Rà soát, đơn giản hóa thủ tục hành chính nội bộ"),
    ("product", "Sản phẩm", ("san pham", "ket qua"), "Quyết định phê duyệt phương án"),
    ("lead", "Cơ quan chủ trì", ("chu tri",), "Các sở, ban, ngành"),
    ("together", "Cơ quan phối hợp", ("phoi hop",), "Văn phòng UBND tỉnh"),
    ("due", "Thời gian hoàn thành", ("thoi gian", "han hoan thanh", "hoan thanh", "thoi han"), "30/11/2026"),
    ("field", "Lĩnh vực", ("linh vuc",), "Cải cách thủ tục hành chính"),
    ("tags", "Nhãn", ("nhan", "uu tien"), "Trọng tâm; Khó"),
    ("money", "Kinh phí (đồng)", ("kinh phi", "du toan"), "150000000"),
    ("note", "Ghi chú", ("ghi chu",), ""),
)
NEEDED = ("item", "title", "product", "lead", "due")
GROUPS = {
    "so": ("tat ca so", "cac so ban nganh", "cac so", "tat ca cac so ban nganh"),
    "xa": ("tat ca xa", "cac xa phuong", "ubnd cap xa", "ubnd cac xa phuong", "tat ca cac xa phuong"),
    "huyen": ("tat ca huyen", "cac huyen", "ubnd cap huyen"),
}
EVERY = {
    "hang thang": "thang",
    "hang quy": "quy",
    "theo quy": "quy",
    "thuong xuyen": "quy",
    "6 thang": "nua-nam",
    "hang nam": "nam",
}
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
_QUARTER = re.compile(r"quy (iv|iii|ii|i|[1-4])\b")
_MONTH = re.compile(r"thang (\d{1,2})\b")
_MONEY = re.compile(r"[0-9]+|[1-9][0-9]{0,2}([.,\s][0-9]{3})+")
SEALED = b"\xd0\xcf\x11\xe0"  # how Excel keeps a spreadsheet under a password
MOST_MONEY = 10**15  # đồng
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a row that cannot be taken (điểm phải sửa): `row` as the spreadsheet numbers it, from 1."""

    row: int
    field: str
    problem: str
    remedy: str


@dataclass(slots=True)
class Read:
    """What a sheet gives: the lines to give, those given before, and what must be mended first."""

    lines: list[Assignment] = field(default_factory=list)
    known: int = 0
    remarks: list[Remark] = field(default_factory=list)


def read(content: bytes, *, instrument: Instrument, giver: Unit, year: int, on: date) -> Read:
    """The plan in the first sheet of a spreadsheet, judged row by row."""
    found = Read()
    rows = _rows(content, found)
    place = next((n for n, row in enumerate(rows) if len(_heads(row)) >= 4), None)
    if found.remarks or place is None:
        if not found.remarks:
            found.remarks.append(
                Remark(1, "Dòng tiêu đề", "không thấy dòng tên cột", "Dùng tệp mẫu, giữ nguyên tên các cột")
            )
        return found
    heads = _heads(rows[place])
    for name, label, *_ in COLUMNS:
        if name in NEEDED and name not in heads:
            found.remarks.append(Remark(place + 1, label, "thiếu cột này", f"Thêm cột “{label}” như tệp mẫu"))
    if not found.remarks:
        judge = _Judge(found, _Units(giver, on), instrument, year, on)
        for number, row in enumerate(rows[place + 1 :], start=place + 2):
            judge.row(number, {name: row[n] for name, n in heads.items() if n < len(row)})
    return found


def template(year: int) -> bytes:
    """An empty plan to fill in, with one row as an example and what each column takes."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Kế hoạch")
        head = book.add_format({"bold": True, "bg_color": "#E9F0F9", "text_wrap": True, "valign": "top"})
        for n, (_, label, _, example) in enumerate(COLUMNS):
            sheet.write_string(0, n, label, head)
            sheet.write_string(1, n, example.replace("2026", str(year)))
            sheet.set_column(n, n, 44 if n == 1 else 22)
        sheet.freeze_panes(1, 0)
        told = book.add_worksheet("Cách ghi")
        for n, line in enumerate(TOLD):
            told.write_string(n, 0, line)
        told.set_column(0, 0, 110)
    return file.getvalue()


TOLD = (
    "STT: số của nhiệm vụ trong kế hoạch; nhập lại cùng tệp không giao hai lần.",
    "Cơ quan chủ trì: tên hoặc mã đơn vị, cách nhau bằng dấu chấm phẩy; hoặc “Các sở, ban, ngành”, “Các xã, phường”.",
    "Thời gian hoàn thành: ngày (30/11/2026), “Tháng 6”, “Quý II”, hoặc “Hằng tháng”, “Hằng quý”, “Thường xuyên”.",
    "Thường xuyên: mỗi quý một kỳ, mỗi kỳ là một lần phải báo cáo.",
    "Nhãn: Trọng tâm, Mới, Khó, Quan trọng, Đề án 06, Chuyển đổi số, Đột phá; cách nhau bằng dấu chấm phẩy.",
    "Kinh phí: dự toán bằng đồng, chỉ ghi chữ số.",
)


class _Units:
    """Units by what a sheet calls them: name, code, with or without what they all begin with."""

    def __init__(self, giver: Unit, on: date) -> None:
        self.may = list(queries.recipients(giver, on))
        self.every = list(queries.standing(on))
        self.groups = {slug: list(queries.group(slug, on)) for slug, *_ in queries.GROUPS}
        self.named: dict[str, Unit] = {}
        for unit in self.every:
            for called in (
                unit.code,
                unit.name,
                unit.name.removeprefix("UBND "),
                unit.name.removeprefix("Sở "),
            ):
                self.named.setdefault(_plain(called), unit)

    def of(self, text: str) -> tuple[list[Unit], list[str]]:
        """The units a cell names, and the names nobody bears."""
        whole = _plain(text)
        for slug, called in GROUPS.items():
            if whole in called:
                return list(self.groups[slug]), []
        if unit := self.named.get(whole):
            return [unit], []
        units, unknown = [], []
        for part in (part.strip() for part in re.split(r"[;\n]", text) if part.strip()):
            many, lost = ([self.named[_plain(part)]], []) if _plain(part) in self.named else self._group(part)
            units += many
            unknown += lost
        return list(dict.fromkeys(units)), unknown

    def _group(self, part: str) -> tuple[list[Unit], list[str]]:
        for slug, called in GROUPS.items():
            if _plain(part) in called:
                return list(self.groups[slug]), []
        return [], [part]


class _Judge:
    """Rows one by one; what is wrong with each is told, all of it at once."""

    def __init__(self, found: Read, units: _Units, instrument: Instrument, year: int, on: date) -> None:
        self.found, self.units, self.year, self.on = found, units, year, on
        self.fields = {_plain(label): slug for slug, label in shown.choices("fields", on)}
        self.tags = {_plain(label): slug for slug, label in shown.choices("tags", on)}
        self.seen: dict[str, int] = {}
        given = instrument.tasks.values_list("item", "lead", "title")
        self.given: dict[str, dict[int, str]] = {}
        for item, lead, title in given:
            self.given.setdefault(item, {})[lead] = title

    def row(self, number: int, cells: Mapping[str, Any]) -> None:
        said = {name: _text(cell) for name, cell in cells.items()}
        empty = not any(said.get(name) for name in ("product", "lead", "due"))
        if empty and not (said.get("title") and said.get("item", "").isdecimal()):
            return  # the heading of a part, or an empty row
        before = len(self.found.remarks)
        item = self._item(number, said.get("item", ""))
        for name, label, most in (("title", "Nhiệm vụ", 1000), ("product", "Sản phẩm", 500)):
            if not said.get(name):
                self._wrong(number, label, "để trống", f"Ghi {label.lower()} cụ thể, kiểm đếm được")
            elif len(said[name]) > most:
                self._wrong(number, label, f"dài hơn {most} chữ", "Ghi gọn; phần còn lại để ở cột Ghi chú")
        leads = self._units(number, "Cơ quan chủ trì", said.get("lead", ""), self.units.may)
        together = self._units(number, "Cơ quan phối hợp", said.get("together", ""), self.units.every)
        every, due = self._when(number, cells.get("due"), said.get("due", ""))
        kept: dict[str, Any] = {
            "field": self._field(number, said.get("field", "")),
            "tags": self._tags(number, said.get("tags", "")),
            "budget": self._money(number, said.get("money", "")),
        }
        if len(self.found.remarks) > before or due is None:
            return
        new = self._new(number, item, said["title"], leads)
        if new:
            self.found.lines.append(
                Assignment(
                    title=said["title"],
                    product=said["product"],
                    leads=new,
                    due=due,
                    begins=max(self.on, date(self.year, 1, 1)) if every else None,
                    every=every,
                    item=item,
                    detail=said.get("note", ""),
                    cooperating=together,
                    **kept,
                )
            )

    def _new(self, number: int, item: str, title: str, leads: Sequence[Unit]) -> list[Unit]:
        """The units that do not have the row yet; one given in other words is told."""
        there = self.given.get(item, {})
        self.found.known += sum(unit.pk in there for unit in leads)
        if any(there.get(unit.pk, title) != title for unit in leads):
            self._wrong(
                number,
                "STT",
                f"số {item} đã giao với nội dung khác",
                "Đặt số khác, hoặc hủy nhiệm vụ cũ trước",
            )
            return []
        return [unit for unit in leads if unit.pk not in there]

    def _item(self, number: int, text: str) -> str:
        item = text.removesuffix(".0").strip(". ")
        if not item or len(item) > 20:
            self._wrong(number, "STT", "để trống hoặc dài hơn 20 chữ", "Ghi số của nhiệm vụ trong kế hoạch")
        elif item in self.seen:
            self._wrong(number, "STT", f"trùng với dòng {self.seen[item]}", "Mỗi nhiệm vụ một số riêng")
        self.seen[item] = number
        return item

    def _units(self, number: int, label: str, text: str, may: Collection[Unit]) -> list[Unit]:
        found, unknown = self.units.of(text)
        for name in unknown:
            self._wrong(
                number, label, f"không có đơn vị “{name[:80]}”", "Ghi đúng tên hoặc mã đơn vị trong hệ thống"
            )
        if label == "Cơ quan chủ trì":
            if not found and not unknown:
                self._wrong(number, label, "để trống", "Ghi đơn vị chủ trì, hoặc “Các sở, ban, ngành”")
            for unit in found:
                if unit not in may:
                    self._wrong(
                        number, label, f"không giao được cho {unit.name}", "Chọn đơn vị thuộc bên giao"
                    )
        return found

    def _when(self, number: int, cell: Any, text: str) -> tuple[str, date | None]:
        every = EVERY.get(_plain(text), "")
        due = date(self.year, 12, 31) if every else _day(cell, text, self.year)
        if due is None:
            wrong = "để trống" if not text else f"không đọc được “{text[:40]}”"
            self._wrong(
                number, "Thời gian hoàn thành", wrong, "Ghi ngày như 30/11/2026, “Quý II”, “Hằng tháng”"
            )
        elif due < self.on:
            self._wrong(number, "Thời gian hoàn thành", f"{due:%d/%m/%Y} đã qua", "Ghi hạn từ hôm nay trở đi")
        return every, due

    def _field(self, number: int, text: str) -> str:
        slug = self.fields.get(_plain(text), "")
        if text and not slug:
            self._wrong(
                number, "Lĩnh vực", f"không có lĩnh vực “{text[:60]}”", "Chọn trong các lĩnh vực của hệ thống"
            )
        return slug

    def _tags(self, number: int, text: str) -> tuple[str, ...]:
        found = []
        for part in (part.strip() for part in re.split(r"[;,\n]", text) if part.strip()):
            if slug := self.tags.get(_plain(part)):
                found.append(slug)
            else:
                self._wrong(
                    number, "Nhãn", f"không có nhãn “{part[:40]}”", "Ghi nhãn như trong trang “Cách ghi”"
                )
        return tuple(dict.fromkeys(found))

    def _money(self, number: int, text: str) -> tuple[Mapping[str, Any], ...]:
        if not text:
            return ()
        bare = text.removesuffix("đ").strip().removesuffix(".0")
        digits = re.sub(r"[.,\s]", "", bare)
        if not _MONEY.fullmatch(bare) or int(digits) > MOST_MONEY:
            self._wrong(number, "Kinh phí", f"“{text[:40]}” không phải số tiền", "Chỉ ghi chữ số, bằng đồng")
            return ()
        line = {
            "key": "1",
            "name": "Kinh phí thực hiện",
            "planned": int(digits),
            "assigned": 0,
            "disbursed": 0,
        }
        return (line,)

    def _wrong(self, number: int, name: str, problem: str, remedy: str) -> None:
        self.found.remarks.append(Remark(number, name, problem, remedy))


def _rows(content: bytes, found: Read) -> list[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError):
        remedy = "Bỏ mật khẩu của tệp, " if content.startswith(SEALED) else ""
        told = f"{remedy}lưu lại tệp dạng .xlsx rồi nhập"
        found.remarks.append(Remark(1, "Tệp", "không mở được như bảng tính XLSX", told[0].upper() + told[1:]))
        return []
    if len(rows) > MOST:
        found.remarks.append(Remark(MOST, "Tệp", f"nhiều hơn {MOST} dòng", "Tách kế hoạch thành nhiều tệp"))
        return []
    return list(rows)


def _heads(row: Sequence[Any]) -> dict[str, int]:
    """The columns a row of heads names, by where each stands."""
    found: dict[str, int] = {}
    for n, cell in enumerate(row):
        said = _plain(_text(cell))
        name = next((name for name, _, known, _ in COLUMNS if _is_head(said, known)), "")
        if name:
            found.setdefault(name, n)
    return found


def _is_head(said: str, known: Sequence[str]) -> bool:
    short = said in known
    return short or (any(len(each) > 3 and each in said for each in known) and len(said) < 60)


def _day(cell: Any, text: str, year: int) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    said = _plain(text.replace("/", " / ")) if not _DATE.search(text) else text
    if dated := _DATE.search(text):
        day, month, other = dated.groups()
        return _made(int(other or year), int(month), int(day))
    if quarter := _QUARTER.search(said):
        number = _ROMAN.get(quarter[1]) or int(quarter[1])
        return _end(year, 3 * number)
    if month_of := _MONTH.search(said):
        return _end(year, int(month_of[1]))
    return date(year, 12, 31) if said in ("ca nam", "trong nam", f"nam {year}", str(year)) else None


def _end(year: int, month: int) -> date | None:
    if not 1 <= month <= 12:
        return None
    first = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(first.toordinal() - 1)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def _plain(text: str) -> str:
    return " ".join(words(fold(text)))
