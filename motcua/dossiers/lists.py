"""Applicants as a list in a file: read row by row, every wrong cell named with its column and its remedy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from motcua.catalogue.words import words

from .counter import PersonForm
from .models import ApplicantKind

MOST_ROWS = 200
MOST_BYTES = 2_000_000
# Field of `PersonForm`, its heading, and other headings people write.
COLUMNS = {
    "name": ("Họ tên", "ho va ten", "ten", "ho ten hoac ten to chuc", "ten to chuc"),
    "kind": ("Loại", "nguoi nop la", "doi tuong"),
    "identity": ("Số định danh", "so dinh danh hoac ma so thue", "cccd", "so can cuoc", "ma so thue"),
    "phone": ("Điện thoại", "so dien thoai", "sdt"),
    "address": ("Địa chỉ",),
    "email": ("Thư điện tử", "email"),
    "subject": ("Nội dung", "noi dung yeu cau", "trich yeu"),
}
HEADINGS = [heading for heading, *_ in COLUMNS.values()]
AS_TEXT = "Bảng tính đã biến số này thành số, mất số 0 ở đầu: định dạng cả cột là Văn bản rồi nhập lại."
REMEDIES = {
    "name": "Ghi họ tên người nộp vào ô này.",
    "kind": f"Ghi một trong: {', '.join(ApplicantKind.labels)}; để trống là Người dân.",
    "identity": "Đối chiếu với giấy tờ rồi sửa ô này, hoặc để trống.",
    "phone": "Sửa số điện thoại, hoặc để trống.",
    "email": "Sửa địa chỉ thư, hoặc để trống.",
}
KINDS = {" ".join(words(label)): value for value, label in ApplicantKind.choices}


class Unreadable(ValueError):
    """A file that holds no list; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Person:
    """One row that is right: its number in the file and what it says, as `PersonForm` cleaned it."""

    row: int
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong cell: where, what is wrong, what to do."""

    row: int
    column: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Read:
    """A whole list: what is right, and what is not."""

    people: list[Person]
    problems: list[Problem]


def read(name: str, content: bytes) -> Read:
    """The list in a CSV or XLSX file. Raises Unreadable for one that holds none."""
    if len(content) > MOST_BYTES:
        raise Unreadable("Tệp lớn hơn 2 MB. Hãy chia danh sách ra nhiều tệp.")
    table = _sheet(content) if name.casefold().endswith((".xlsx", ".xls", ".ods")) else _csv(content)
    head, *rows = table or [[]]
    columns = _columns(head)
    numbered = [(n, row) for n, row in enumerate(rows, start=2) if any(_text(cell) for cell in row)]
    if not numbered:
        raise Unreadable("Danh sách không có dòng nào dưới dòng tiêu đề.")
    if len(numbered) > MOST_ROWS:
        raise Unreadable(f"Danh sách có {len(numbered)} dòng; mỗi lần nhận nhiều nhất {MOST_ROWS} dòng.")
    return _judged(numbered, columns)


def template() -> str:
    """A list to fill in, as CSV that spreadsheets open with its accents."""
    return "\ufeff" + ",".join(HEADINGS) + "\r\n"


def _judged(rows: Sequence[tuple[int, Sequence[Any]]], columns: Mapping[str, int]) -> Read:
    people: list[Person] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        given = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        wrong, said = _person(number, given)
        problems += wrong
        if said is None:
            continue
        key = said["identity"], said["subject"]
        if key[0] and key in seen:
            text = f"Trùng số định danh và nội dung với dòng {seen[key]}."
            problems.append(
                Problem(number, "Số định danh", text, "Xóa một trong hai dòng, hoặc ghi nội dung khác nhau.")
            )
        seen.setdefault(key, number)
        people.append(Person(number, said))
    return Read(people, problems)


def _person(number: int, given: Mapping[str, Any]) -> tuple[list[Problem], dict[str, Any] | None]:
    told = {name: _text(cell) for name, cell in given.items()}
    kind = KINDS.get(" ".join(words(told.get("kind", ""))) or "nguoi dan", "")
    form = PersonForm({**told, "kind": kind})
    if form.is_valid():
        return [], form.cleaned_data
    return list(_problems(number, form, given)), None


def _problems(number: int, form: PersonForm, given: Mapping[str, Any]) -> Iterator[Problem]:
    for name, texts in form.errors.items():
        numeric = isinstance(given.get(name), int | float)
        remedy = AS_TEXT if numeric else REMEDIES.get(name, "Sửa ô này.")
        text = "Không có loại người nộp này." if name == "kind" else str(texts[0])
        yield Problem(number, COLUMNS[name][0], text, remedy)


def _columns(head: Sequence[Any]) -> dict[str, int]:
    known = {" ".join(words(other)): name for name, others in COLUMNS.items() for other in others}
    found: dict[str, int] = {}
    for place, cell in enumerate(head):
        if name := known.get(" ".join(words(_text(cell)))):
            found.setdefault(name, place)
    if "name" not in found:
        raise Unreadable(f"Dòng đầu phải là tiêu đề và có cột “Họ tên”. Các cột nhận: {', '.join(HEADINGS)}.")
    return found


def _sheet(content: bytes) -> list[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except (CalamineError, IndexError) as error:
        raise Unreadable("Không đọc được bảng tính này. Hãy lưu lại dạng .xlsx hoặc .csv.") from error


def _csv(content: bytes) -> list[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            "Tệp không phải CSV mã UTF-8. Trong Excel chọn “CSV UTF-8”, hoặc lưu .xlsx."
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell if cell is not None else "").strip()
