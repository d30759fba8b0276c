"""The datasets, what each column means, and their rows for one month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from motcua.law import indicators, packs
from motcua.law.calendar import day
from motcua.people.models import Unit
from motcua.people.queries import every_unit

from .. import fresh
from ..asked import Asked
from ..others.queries import SUBJECT
from ..periods import Period, Span
from . import keeping
from .keeping import COUNTED, UNKNOWN
from .protecting import added, together

TEXT, WHOLE, DECIMAL, FLAG = "VARCHAR", "BIGINT", "DECIMAL(6,2)", "BOOLEAN"
Rows = list[dict[str, Any]]
WITHIN = (
    ("received", ("online", "offline", "carried")),
    ("ended", ("ended_early", "ended_on_time", "ended_late")),
    ("open", ("open_in_time", "open_late")),
    ("received", ("ended", "open")),
)
# What is known of a dossier and not given, with the reason.
LEFT_OUT = (
    (
        "số hồ sơ của lĩnh vực có số nhỏ, của từng thủ tục",
        "vài hồ sơ một tháng ở một xã đủ để nhận ra một người",
    ),
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
    rows: Callable[[Asked], tuple[datetime, Rows]]


def months(now: datetime) -> Iterator[Period]:
    """The months over for OPEN_DATA_DAYS, newest first, as far back as the index goes."""
    month = Period.containing(day(now) - timedelta(days=settings.OPEN_DATA_DAYS), Span.MONTH).previous
    since: date = packs.history(indicators.SUBJECT, "groups")[0].since
    while month.first >= since:
        yield month
        month = month.previous


def rows(dataset: Dataset, month: Period, now: datetime) -> tuple[datetime, Rows]:
    """The rows of a month and when they were counted; what nothing moved since is not made again."""

    def made(at: datetime) -> list[Any]:
        counted_at, rows = dataset.rows(Asked(month, at, now))
        return [counted_at.isoformat(), rows]

    at, rows = fresh.kept(f"open {dataset.slug}", Asked(month, now, now), made).data
    return datetime.fromisoformat(at), rows


def _dossiers(asked: Asked) -> tuple[datetime, Rows]:
    """The province, every agency, and its fields as far as none of their counts is small."""
    month = keeping.of(asked.period, asked.at)
    lines, names = month.lines, month.names
    # Before the first month that is given there is no file to hold it against.
    previous = asked.period.previous
    before = keeping.of(previous, asked.at).lines if previous in months(asked.at) else {}
    threshold: int = packs.on(SUBJECT, asked.window.last)["small_cell"]
    whole = added(counts for fields in lines.values() for counts in fields.values())
    found = [_line(asked, "province", ("", "Cả tỉnh"), "", whole)]
    for unit in sorted(lines):
        found += _of_unit(asked, (unit, names[unit]), lines[unit], before.get(unit, {}), threshold)
    return month.at, found


def _of_unit(
    asked: Asked,
    unit: tuple[str, str],
    fields: Mapping[str, Counter[str]],
    before: Mapping[str, Counter[str]],
    threshold: int,
) -> Rows:
    kept = together(fields, before, threshold) & fields.keys()
    alone = sorted(fields.keys() - kept)
    found = [_line(asked, "unit", unit, "", added(fields.values()))]
    found += [_line(asked, "field", unit, "" if name == UNKNOWN else name, fields[name]) for name in alone]
    if alone and kept:
        found.append(_line(asked, "rest", unit, "", added(fields[name] for name in kept)))
    return found


def _line(asked: Asked, of: str, unit: tuple[str, str], field: str, counts: Counter[str]) -> dict[str, Any]:
    return {
        "month": str(asked.period),
        "unit": unit[0],
        "unit_name": unit[1],
        "field": field,
        "of": of,
        **{column: counts[column] for column in COUNTED},
        "withheld": of == "rest",
    }


def _scores(asked: Asked) -> tuple[datetime, Rows]:
    """The points of every unit: shares of whole groups, never counts."""
    groups = indicators.groups(asked.window.last)
    return asked.at, [
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
        "of": (
            TEXT,
            "dòng của: province cả tỉnh, unit một cơ quan, field một lĩnh vực của cơ quan, "
            "rest các lĩnh vực còn lại của cơ quan, gộp lại vì có số nhỏ",
        ),
        **{name: (WHOLE, meaning) for name, meaning in COUNTED.items()},
        "withheld": (FLAG, "dòng gộp nhiều lĩnh vực vì có số quá nhỏ"),
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
