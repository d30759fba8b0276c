"""The datasets, what each column means, and their rows for one month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from motcua.law import indicators, packs
from motcua.law.calendar import day
from motcua.people.models import Unit
from motcua.people.queries import every_unit

from .. import fresh
from ..asked import Asked
from ..others.queries import SUBJECT
from ..periods import Period, Span
from ..reports.rows import agency
from .protecting import Sum, withheld

TEXT, WHOLE, DECIMAL, FLAG = "VARCHAR", "BIGINT", "DECIMAL(6,2)", "BOOLEAN"
Rows = list[dict[str, Any]]
COUNTED = {
    "received": "hồ sơ nhận giải quyết trong tháng, kể cả kỳ trước chuyển sang",
    "online": "tiếp nhận trong tháng, nộp trực tuyến",
    "offline": "tiếp nhận trong tháng, nộp trực tiếp hoặc qua bưu chính",
    "carried": "kỳ trước chuyển sang",
    "ended": "đã giải quyết trong tháng",
    "ended_early": "đã giải quyết trước hạn",
    "ended_on_time": "đã giải quyết đúng hạn",
    "ended_late": "đã giải quyết quá hạn",
    "open": "đang giải quyết khi hết tháng",
    "open_in_time": "đang giải quyết, trong hạn",
    "open_late": "đang giải quyết, quá hạn",
}
WITHIN = (
    ("received", ("online", "offline", "carried")),
    ("ended", ("ended_early", "ended_on_time", "ended_late")),
    ("open", ("open_in_time", "open_late")),
    ("received", ("ended", "open")),
)
WHOLE_PROVINCE = ("", "")
# What is known of a dossier and not given, with the reason.
LEFT_OUT = (
    ("mã hồ sơ", "ai có giấy hẹn tra được hồ sơ theo mã, nên mã dẫn về một người"),
    ("người nộp, người nộp thay, số định danh, điện thoại, email, địa chỉ", "dữ liệu cá nhân"),
    ("nội dung đề nghị, giấy tờ, tài liệu", "người nộp tự viết hoặc nộp, có thể có dữ liệu cá nhân"),
    ("thời điểm từng việc", "ngày, giờ chính xác đủ để nhận ra một người"),
    ("cán bộ xử lý", "việc của từng người do đơn vị quản lý"),
    ("đánh giá của từng hồ sơ", "ai đánh giá gì chỉ đơn vị và người nộp biết"),
)


@dataclass(frozen=True)
class Dataset:
    """One dataset, a file a month (bộ dữ liệu). `columns` tell the type and the meaning of each."""

    slug: str
    title: str
    description: str
    columns: Mapping[str, tuple[str, str]]
    rows: Callable[[Asked], Rows]


def months(now: datetime) -> Iterator[Period]:
    """The months that are over, newest first, as far back as the index goes."""
    month = Period.containing(day(now), Span.MONTH).previous
    since: date = packs.history(indicators.SUBJECT, "groups")[0].since
    while month.first >= since:
        yield month
        month = month.previous


def rows(dataset: Dataset, month: Period, now: datetime) -> tuple[datetime, Rows]:
    """The rows of a month and when they were counted; what nothing moved since is not counted again."""
    asked = Asked(month, now, now)
    found = fresh.kept(f"open {dataset.slug}", asked, lambda at: dataset.rows(Asked(month, at, now)))
    return found.at, found.data


def _dossiers(asked: Asked) -> Rows:
    """The cells of all agencies and fields, small ones withheld."""
    cells, names = _counted(asked)
    threshold: int = packs.on(SUBJECT, asked.window.last)["small_cell"]
    hidden = withheld(cells, _sums(cells), threshold)
    lines = sorted({(unit, field) for unit, field, _ in cells})
    return [_line(asked, names, cells, hidden, unit, field) for unit, field in lines]


Cell = tuple[
    str, str, str
]  # unit, field, column; "" of a field is the unit's whole, of a unit the province's


def _counted(asked: Asked) -> tuple[dict[Cell, int], dict[str, str]]:
    # With it comes Ibis, which takes a second to import.
    from ..reports import sets

    units = every_unit()
    cells: dict[Cell, int] = defaultdict(int)
    names = {"": "Cả tỉnh"}
    for pk, field, counts in sets.tallies(tuple(COUNTED), units, asked.window):
        home = agency(units[pk])
        names[home.code] = home.name
        for column, count in counts.items():
            for unit, place in ((home.code, field or "?"), (home.code, ""), WHOLE_PROVINCE):
                cells[unit, place, column] += count
    return dict(cells), names


def _sums(cells: Mapping[Cell, int]) -> list[Sum[Cell]]:
    """Every sum the file would let one see: between columns, over fields, over units."""
    lines = {(unit, field) for unit, field, _ in cells}
    found = [
        Sum((unit, field, whole), tuple((unit, field, part) for part in parts))
        for unit, field in sorted(lines)
        for whole, parts in WITHIN
    ]
    below: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for unit, field in sorted(lines):
        if (unit, field) != WHOLE_PROVINCE:
            below[(unit, "") if field else WHOLE_PROVINCE].append((unit, field))
    for (unit, field), parts in below.items():
        found += [Sum((unit, field, column), tuple((*part, column) for part in parts)) for column in COUNTED]
    return found


def _line(
    asked: Asked,
    names: Mapping[str, str],
    cells: Mapping[Cell, int],
    hidden: set[Cell],
    unit: str,
    field: str,
) -> dict[str, Any]:
    counts = {
        column: None if (unit, field, column) in hidden else cells[unit, field, column] for column in COUNTED
    }
    return {
        "month": str(asked.period),
        "unit": unit,
        "unit_name": names[unit],
        "field": "" if field == "?" else field,
        "of": "province" if not unit else "field" if field else "unit",
        **counts,
        "withheld": None in counts.values(),
    }


def _scores(asked: Asked) -> Rows:
    """The points of every unit: shares of whole groups, never counts."""
    groups = indicators.groups(asked.window.last)
    return [
        {
            "month": str(asked.period),
            "unit": entry.unit.code,
            "unit_name": entry.unit.name,
            "level": entry.level,
            "total": str(entry.score.total),
            **{group.code: str(entry.score.groups[group.code]) for group in groups},
            "rank": entry.rank,
            "among": entry.among,
            "unmeasured": " ".join(entry.unmeasured),
        }
        for entry in fresh.index(asked).entries
    ]


def _ho_so() -> Dataset:
    columns = {
        "month": (TEXT, "tháng, YYYY-MM"),
        "unit": (TEXT, "mã cơ quan; trống ở dòng cả tỉnh"),
        "unit_name": (TEXT, "tên cơ quan"),
        "field": (TEXT, "lĩnh vực của thủ tục; trống khi chưa ghi, và ở dòng cộng"),
        "of": (TEXT, "dòng của: province cả tỉnh, unit một cơ quan, field một lĩnh vực của cơ quan"),
        **{name: (WHOLE, meaning) for name, meaning in COUNTED.items()},
        "withheld": (FLAG, "có ô không công bố vì quá nhỏ"),
    }
    return Dataset(
        "ho-so",
        "Tình hình giải quyết hồ sơ theo cơ quan, lĩnh vực",
        "Số hồ sơ nhận, đã và đang giải quyết trong tháng, chia như Biểu II.06a/VPCP/KSTT; tháng tính từ ngày 1.",
        columns,
        _dossiers,
    )


def _chi_so() -> Dataset:
    columns = {
        "month": (TEXT, "tháng, YYYY-MM"),
        "unit": (TEXT, "mã cơ quan"),
        "unit_name": (TEXT, "tên cơ quan"),
        "level": (TEXT, "cấp: province, department, district, commune"),
        "total": (DECIMAL, "tổng điểm, tối đa 100"),
        "CKMB": (DECIMAL, "công khai, minh bạch, tối đa 18"),
        "TDGQ": (DECIMAL, "tiến độ giải quyết, tối đa 20"),
        "CLGQ": (DECIMAL, "dịch vụ công trực tuyến, tối đa 12"),
        "TTTT": (DECIMAL, "thanh toán trực tuyến, tối đa 10"),
        "MDSH": (DECIMAL, "số hóa hồ sơ, tối đa 22"),
        "MDHL": (DECIMAL, "mức độ hài lòng, tối đa 18"),
        "rank": (WHOLE, "hạng trong cấp"),
        "among": (WHOLE, "số cơ quan trong cấp"),
        "unmeasured": (TEXT, "mã chỉ số chưa đo, cách nhau một dấu cách; chưa đo thì cộng 0 điểm"),
    }
    return Dataset(
        "chi-so",
        "Điểm Bộ chỉ số 766 của các cơ quan",
        "Điểm từng nhóm theo Quyết định 766/QĐ-TTg, "
        "tính từ hồ sơ và danh mục; bản công bố hằng tháng là số chính thức.",
        columns,
        _scores,
    )


DATASETS: Mapping[str, Dataset] = {each.slug: each for each in (_ho_so(), _chi_so())}


def publisher(units: Sequence[Unit] | None = None) -> str:
    """Who publishes: the province."""
    known = units if units is not None else list(every_unit().values())
    return next((unit.name for unit in known if unit.parent is None), "Một cửa")
