"""A set of criteria as its table writes it, CSV or a spreadsheet: one criterion a line (nhập bộ tiêu chí).

A line is part of the one whose code its own goes on from: 1.1 of 1, 1.1.2 of 1.1. `tham_so` holds what the way to
score names besides: a floor ("80"), rungs ("80: 1; 60: 0,5"), points each ("0,5"), weights ("A: 100; B: 60").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from motcua.catalogue.reading import lines
from motcua.catalogue.reading.files import WrongFile
from motcua.catalogue.words import words
from motcua.law.par import SCORED_BY

HEADERS = {
    "ma": ("ma", "ma tieu chi", "stt"),
    "ten": ("ten", "tieu chi", "ten tieu chi", "tieu chi tieu chi thanh phan"),
    "diem": ("diem", "diem toi da"),
    "cach_cham": ("cach cham", "cach tinh diem"),
    "tham_so": ("tham so",),
    "co_quan": ("co quan", "co quan tham dinh"),
    "kiem_chung": ("kiem chung", "tai lieu kiem chung", "cac yeu cau va tai lieu kiem chung"),
    "so_lieu": ("so lieu", "so lieu he thong"),
}
REQUIRED = ("ma", "ten", "diem")
LONGEST = 20
_CODE = re.compile(r"\w+(\.\w+)*")
_NUMBER = re.compile(r"-?[0-9]{1,9}([.,/][0-9]{1,9})?")
# The ways to score as a table calls them, beside their own codes.
CALLED = {
    "co khong": "yes_no",
    "ty le": "share",
    "ty le tu muc san": "share_from",
    "dat 100": "all_only",
    "theo bac": "ladder",
    "theo so luong": "count",
    "dieu tra": "survey",
    "dieu tra xa hoi hoc": "survey",
    "diem cong tru": "extra",
    "cham thang": "direct",
}


def criteria(path: Path) -> list[dict[str, Any]]:
    """The lines of a set as `law.par.CriteriaSet.of` takes them. Raises WrongFile with the row and the remedy."""
    rows = list(_rows(path))
    codes = {row["code"] for _, row in rows}
    for number, row in rows:
        above = row["code"].rpartition(".")[0]
        if above and above not in codes:
            raise WrongFile(
                path, f"tiêu chí {row['code']} không có tiêu chí {above} ở trên", "thêm dòng ấy", number
            )
    if not rows:
        raise WrongFile(path, "bảng không có tiêu chí nào", "ghi mỗi tiêu chí một dòng")
    return _tree("", [row for _, row in rows])


def _tree(above: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    listed = list(rows)
    made = []
    for row in listed:
        if row["code"].rpartition(".")[0] == above:
            parts = _tree(row["code"], listed)
            made.append({**row, "parts": parts} if parts else {**row, "rule": row["rule"]})
    return [{name: value for name, value in row.items() if value} for row in made]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line in list(lines.read(path, HEADERS, REQUIRED)):  # whole, so that a wrong line leaves no file open
        cells = {name: cell.strip() for name, cell in line.cells.items()}
        code, name = cells.get("ma", "").rstrip("."), cells.get("ten", "")
        if not code or not name:
            raise WrongFile(path, "thiếu mã hoặc tên tiêu chí", "ghi đủ hai cột này", line.row)
        if len(code) > LONGEST or not _CODE.fullmatch(code):
            raise WrongFile(
                path,
                f"mã tiêu chí “{code[:40]}” không dùng được",
                "ghi chữ, số và dấu chấm như 1.1.2",
                line.row,
            )
        yield (
            line.row,
            {
                "code": code,
                "name": name,
                "max": str(_number(path, line.row, "diem", cells.get("diem") or "0")),
                "rule": _rule(path, line.row, cells),
                "owner": cells.get("co_quan", ""),
                "evidence": cells.get("kiem_chung", ""),
                "measure": cells.get("so_lieu", ""),
            },
        )


def _rule(path: Path, row: int, cells: Mapping[str, str]) -> dict[str, Any]:
    told = cells.get("cach_cham", "")
    if not told:
        return {}
    kind = told if told in SCORED_BY else CALLED.get(" ".join(words(told)), "")
    if not kind:
        raise WrongFile(path, f"không rõ cách chấm “{told}”", f"ghi một trong: {', '.join(SCORED_BY)}", row)
    return {"kind": kind, **_named(path, row, kind, cells.get("tham_so", ""))}


def _named(path: Path, row: int, kind: str, told: str) -> dict[str, Any]:
    if kind in ("share_from", "count"):
        return {"floor" if kind == "share_from" else "each": str(_number(path, row, "tham_so", told))}
    if kind == "extra":
        each, _, most = told.partition(";")
        return {
            name: str(_number(path, row, "tham_so", text)) for name, text in (("each", each), ("most", most))
        }
    if kind == "survey":
        return {"weights": {option: str(points) for option, points in _pairs(path, row, told)}}
    if kind == "ladder":
        return {
            "steps": [
                {"from": str(_number(path, row, "tham_so", at)), "points": str(points)}
                for at, points in _pairs(path, row, told)
            ]
        }
    return {}


def _pairs(path: Path, row: int, told: str) -> Iterator[tuple[str, Fraction]]:
    for pair in filter(None, (part.strip() for part in told.split(";"))):
        name, colon, points = pair.partition(":")
        if not colon:
            raise WrongFile(path, f"tham_so “{pair}” thiếu dấu hai chấm", "ghi như “80: 1; 60: 0,5”", row)
        yield name.strip().rstrip("%").strip(), _number(path, row, "tham_so", points)


def _number(path: Path, row: int, column: str, told: str) -> Fraction:
    bare = told.strip().rstrip("%").strip()
    try:
        return Fraction(bare.replace(",", ".") if _NUMBER.fullmatch(bare) else "")
    except (ValueError, ZeroDivisionError):
        raise WrongFile(path, f"{column} “{told}” không phải số", "ghi số, ví dụ 0,5", row) from None
