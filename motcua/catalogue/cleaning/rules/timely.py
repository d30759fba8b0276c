"""Kịp thời: was it announced in time, and does it follow what has changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator

from motcua.ui.templatetags import ui

from ...models import Level
from ..record import Known, Record
from ..rule import Dimension, Severity, Spot, rule
from .complete import ANNOUNCED

IN_TIME = Dimension.TIMELY
FIRST = 2018  # the calendar begins then
_YEAR = re.compile(r"/((?:19|20)\d\d)/")
_DISTRICT = re.compile(
    r"(?:cấp|UBND|[ỦU]y ban nhân dân|phòng \w+(?: \w+)?) (?:quận,? ?)?huyện", re.IGNORECASE
)


def _no_merged(known: Known) -> str:
    return "" if "merged" in known.pack.values else "chưa có danh sách cơ quan đã sắp xếp lại vào ngày này"


@rule(
    "K01",
    "Còn nêu cơ quan đã hợp nhất, sắp xếp lại",
    IN_TIME,
    Severity.ERROR,
    source="Sắp xếp bộ máy từ 01/03/2025",
    remedy="Ghi tên cơ quan hiện nay",
    parameter="merged",
    lacks=_no_merged,
)
def merged_agency(record: Record, known: Known) -> Iterator[Spot]:
    parts = {
        "Cơ quan thực hiện": record.agency,
        "Cơ quan có thẩm quyền": record.authority,
        "Cơ quan phối hợp": record.coordinating,
        "Địa chỉ tiếp nhận": record.address,
    }
    for part, text in parts.items():
        told = [gone for gone in known.pack["merged"] if gone["name"].casefold() in text.casefold()]
        if told:
            names = "; ".join(f"{gone['name']} (nay là {gone['into']})" for gone in told)
            yield Spot(part, f"còn nêu {names}")


@rule(
    "K02",
    "Trình tự còn nêu cơ quan đã hợp nhất hoặc cấp huyện",
    IN_TIME,
    Severity.WARNING,
    source="NĐ 118/2025/NĐ-CP",
    remedy="Sửa trình tự theo mô hình hai cấp và tên cơ quan hiện nay",
    parameter="merged",
    lacks=_no_merged,
)
def old_names_in_sequence(record: Record, known: Known) -> Iterator[Spot]:
    text = record.sequence.casefold()
    told = [gone["name"] for gone in known.pack["merged"] if gone["name"].casefold() in text]
    district = _DISTRICT.search(record.sequence) if "two_tiers" in known.pack.values else None
    told += [f"“{district[0]}”"] if district else []
    if told:
        yield Spot("Trình tự", f"còn nêu {', '.join(told)}")


def _no_days(known: Known) -> str:
    return (
        "" if known.has_days else "danh mục chưa giữ ngày ký quyết định công bố và ngày hiệu lực của căn cứ"
    )


@rule(
    "K03",
    "Công bố chậm so với ngày văn bản có hiệu lực",
    IN_TIME,
    Severity.WARNING,
    source=ANNOUNCED,
    remedy="Ghi nhận, rút kinh nghiệm; kiểm tra ngày ký và ngày hiệu lực",
    parameter="announce_working_days",
    lacks=_no_days,
)
def announced_late(record: Record, known: Known) -> Iterator[Spot]:
    effective = [basis.effective_on for basis in record.bases if basis.effective_on]
    if not record.decided_on or not effective:
        return
    who = "ministry" if Level.MINISTRY in record.levels and not record.is_local else "province"
    days, newest = known.pack["announce_working_days"][who], max(effective)
    if record.decided_on.year >= FIRST and known.calendar.add_working_days(record.decided_on, days) > newest:
        said = f"ký ngày {ui.day(record.decided_on)}, văn bản có hiệu lực ngày {ui.day(newest)}"
        yield Spot("Quyết định công bố", f"{said}: phải trước ít nhất {days} ngày làm việc")


@rule(
    "K04",
    "Quyết định công bố cũ hơn căn cứ mới nhất",
    IN_TIME,
    Severity.ERROR,
    source=ANNOUNCED,
    remedy="Công bố lại theo văn bản mới",
    lacks=_no_days,
)
def decided_before_its_basis(record: Record, known: Known) -> Iterator[Spot]:
    if record.decided_on is None:
        return
    for basis in record.bases:
        year = _YEAR.search(basis.number)
        if year and int(year[1]) > record.decided_on.year:
            yield Spot(
                basis.place, f"{basis.number} ban hành sau quyết định ký ngày {ui.day(record.decided_on)}"
            )
