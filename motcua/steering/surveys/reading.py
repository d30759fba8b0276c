"""Question sets and lists of respondents as people write them: YAML, CSV or a spreadsheet (nhập bộ câu hỏi, danh sách).

A table has one question a line; a form is named on its first line and may be left out below. `phuong_an` and
`trong_so` pair letters with labels and weights: "A: Tốt; B: Kém", "A: 100; B: 0; E: không tính".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from motcua.catalogue.reading import lines
from motcua.catalogue.reading.drafts import plain
from motcua.catalogue.reading.files import WrongFile, opened
from motcua.catalogue.words import words

from .acts import Line

HEADERS = {
    "mau": ("mau", "ma mau", "mau phieu"),
    "ten_mau": ("ten mau", "ten mau phieu"),
    "doi_tuong": ("doi tuong", "nguoi tra loi"),
    "he_so": ("he so", "he so mau"),
    "cau": ("cau", "ma cau", "stt"),
    "noi_dung": ("noi dung", "cau hoi", "noi dung cau hoi"),
    "tieu_chi": ("tieu chi", "ma tieu chi"),
    "phuong_an": ("phuong an", "phuong an tra loi"),
    "trong_so": ("trong so",),
    "vi_du": ("vi du",),
}
REQUIRED = ("mau", "cau", "noi_dung", "phuong_an")
PEOPLE = {
    "don_vi": ("don vi", "don vi duoc danh gia", "ma don vi"),
    "mau": ("mau", "mau phieu", "ma mau"),
    "ho_ten": ("ho ten", "ho va ten", "ten"),
    "chuc_vu": ("chuc vu", "chuc danh", "co quan"),
    "thu": ("thu dien tu", "email", "thu", "e mail"),
    "dien_thoai": ("dien thoai", "so dien thoai"),
}
PEOPLE_REQUIRED = ("don_vi", "mau", "ho_ten")
UNCOUNTED = "khong tinh"
LONGEST = 20


def questions(path: Path) -> list[dict[str, Any]]:
    """The forms of a set as `law.surveys.QuestionSet.of` takes them. Raises WrongFile with row and remedy."""
    found = _yaml(path) if path.suffix.lower() in (".yaml", ".yml") else _table(path)
    for form in found:
        for code in (form["code"], *(each["code"] for each in form["questions"])):
            if len(code) > LONGEST:
                raise WrongFile(path, f"mã “{code[:40]}” quá dài", f"ghi nhiều nhất {LONGEST} ký tự")
    return found


def respondents(path: Path) -> list[Line]:
    """The lines of a list of people to ask. Raises WrongFile."""
    found = []
    for line in list(lines.read(path, PEOPLE, PEOPLE_REQUIRED)):  # whole, so that the file is closed
        cells = {name: cell.strip() for name, cell in line.cells.items()}
        unit, form, name, role, email, phone = (cells.get(key, "") for key in _ORDER)
        found.append(Line(line.row, unit, form, name, role, email, phone))
    return found


def pattern(forms: list[str]) -> str:
    """An empty list of people, as CSV, one line for each form as an example of how it is named."""
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(["Đơn vị", "Mẫu phiếu", "Họ tên", "Chức vụ", "Thư điện tử", "Điện thoại"])
    for form in forms:
        written.writerow(["tất cả", form, "", "", "", ""])
    return "\ufeff" + text.getvalue()


_ORDER = ("don_vi", "mau", "ho_ten", "chuc_vu", "thu", "dien_thoai")


def _table(path: Path) -> list[dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    code = ""
    for line in list(lines.read(path, HEADERS, REQUIRED)):
        cells = {name: cell.strip() for name, cell in line.cells.items()}
        code = cells.get("mau", "") or code
        if not code:
            raise WrongFile(path, "thiếu mã mẫu phiếu", "ghi ở dòng đầu của mỗi mẫu", line.row)
        form = forms.setdefault(
            code, {"code": code, "name": code, "asked": "", "weight": "1", "questions": []}
        )
        told = {"name": "ten_mau", "asked": "doi_tuong", "weight": "he_so"}
        form |= {key: cells[column] for key, column in told.items() if cells.get(column)}
        form["questions"].append(_question(path, line.row, cells))
    return list(forms.values())


def _question(path: Path, row: int, cells: Mapping[str, str]) -> dict[str, Any]:
    weights = dict(_pairs(path, row, "trong_so", cells.get("trong_so", "")))
    labels = dict(_pairs(path, row, "phuong_an", cells.get("phuong_an", "")))
    if strange := set(weights) - set(labels):
        told = f"trong_so nêu phương án không có: {', '.join(sorted(strange))}"
        raise WrongFile(path, told, "ghi đúng ký hiệu ở cột phuong_an", row)
    question: dict[str, Any] = {
        "code": cells.get("cau", ""),
        "text": cells.get("noi_dung", ""),
        "criterion": cells.get("tieu_chi", ""),
        "options": [_option(key, label, weights) for key, label in labels.items()],
    }
    if example := cells.get("vi_du", ""):
        question["examples"] = [_example(path, row, example)]
    return question


def _option(key: str, label: str, weights: Mapping[str, str]) -> dict[str, Any]:
    if key not in weights:
        return {"key": key, "label": label}
    weight = weights[key]
    return {"key": key, "label": label, "weight": None if " ".join(words(weight)) == UNCOUNTED else weight}


def _example(path: Path, row: int, told: str) -> dict[str, Any]:
    votes, equals, percent = told.partition("=")
    pairs = dict(_pairs(path, row, "vi_du", votes))
    if not equals or not all(n.isdecimal() and len(n) < LONGEST for n in pairs.values()):
        raise WrongFile(path, f"vi_du “{told[:60]}” không đọc được", "ghi như “A: 3; B: 1 = 90”", row)
    return {
        "votes": {key: int(n) for key, n in pairs.items()},
        "percent": percent.strip().rstrip("%").strip().replace(",", "."),
    }


def _pairs(path: Path, row: int, column: str, told: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, (part.strip() for part in told.split(";"))):
        key, colon, value = pair.partition(":")
        if not colon or not key.strip():
            raise WrongFile(
                path, f"{column} “{pair[:60]}” thiếu dấu hai chấm", "ghi như “A: Tốt; B: Kém”", row
            )
        yield key.strip(), value.strip()


def _yaml(path: Path) -> list[dict[str, Any]]:
    with opened(path) as (_, text):
        try:
            told = yaml.safe_load(text)
        except UnicodeDecodeError:
            raise
        except (yaml.YAMLError, ValueError) as error:  # 2026-02-31 is not YAML's own error
            mark = getattr(error, "problem_mark", None)
            raise WrongFile(
                path, "không đọc được như YAML", "xem lại dòng này", mark.line + 1 if mark else 0
            ) from None
    try:
        return [_form(each) for each in (told["forms"] if isinstance(told, Mapping) else told)]
    except (TypeError, KeyError, AttributeError, ValueError, ArithmeticError) as error:
        named = f" {error}" if isinstance(error, KeyError) else ""
        remedy = "mỗi mẫu cần code, name, questions; mỗi câu cần code, text, options"
        raise WrongFile(path, f"thiếu hoặc sai chỗ{named}", remedy) from None


def _form(told: Mapping[str, Any]) -> dict[str, Any]:
    asked = [
        {
            "code": plain(each["code"]),
            "text": plain(each["text"]),
            "criterion": plain(each.get("criterion", "")),
            "options": _named(each["options"], each.get("weights", {})),
            "examples": [
                {
                    "votes": {plain(k): int(n) for k, n in one["votes"].items()},
                    "percent": plain(one["percent"]),
                }
                for one in each.get("examples", ())
            ],
        }
        for each in told["questions"]
    ]
    named = {key: plain(told.get(key, "")) for key in ("name", "asked")}
    return {"code": plain(told["code"]), **named, "weight": plain(told.get("weight", 1)), "questions": asked}


def _named(options: Any, weights: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Options written as a list of key, label and weight, or as a letter for each label."""
    if isinstance(options, Mapping):
        found: list[dict[str, Any]] = [
            {"key": plain(key), "label": plain(label)} for key, label in options.items()
        ]
    else:
        told_ = ("key", "label", "weight")
        found = [{"label": "", **{name: each[name] for name in told_ if name in each}} for each in options]
        found = [each | {"key": plain(each["key"]), "label": plain(each["label"])} for each in found]
    told = {plain(key): weight for key, weight in weights.items()}
    found = [each | ({"weight": told[each["key"]]} if each["key"] in told else {}) for each in found]
    return [
        each | ({"weight": plain(each["weight"])} if each.get("weight") is not None else {}) for each in found
    ]
