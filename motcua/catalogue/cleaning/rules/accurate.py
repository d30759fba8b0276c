"""Chính xác: can what stands there be right, and can it be read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from ...models import Channel
from ...reading.tables import UNNAMED
from ...words import words
from ..record import Known, Record
from ..rule import Dimension, Severity, Spot, over_all, rule
from .complete import NOTHING, PARTS, shortly

RIGHT = Dimension.ACCURATE
FEES = "Luật Phí và lệ phí 97/2015/QH13; NĐ 63/2010/NĐ-CP Đ.8.2"
SMALLEST = Decimal(1000)  # đồng; below it thousands were meant
_MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+ ?(?:đồng|đ\b|vnđ)", re.IGNORECASE)
_FREE = re.compile(r"miễn|giảm|không (?:phải )?(?:thu|nộp)|(?<![\d.])0 ?đồng", re.IGNORECASE)
_DECISION = re.compile(r"\d[\w.]*\s*[/-]\s*Q[ĐD]", re.IGNORECASE)
_ANNOUNCES = re.compile(
    r"(?:quyết định )?(?:về việc )?công bố (?:danh mục (?:và|thủ tục|TTHC)|quy trình nội bộ|thủ tục hành chính)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|rtf|rar|zip)(?=\W|[A-ZĐ]|$)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
T = TypeVar("T")


@rule(
    "C01",
    "Thời hạn không ghi đơn vị",
    RIGHT,
    Severity.ERROR,
    source=PARTS,
    remedy="Ghi đơn vị: ngày làm việc, ngày, giờ, tháng",
)
def term_without_unit(record: Record, known: Known) -> Iterator[Spot]:
    for time in record.times:
        if time.amount is not None and not time.unit:
            yield Spot(time.place, f"ghi “{shortly(time.text)}” mà không ghi đơn vị")


@rule(
    "C02",
    "Thời hạn không phải một con số",
    RIGHT,
    Severity.WARNING,
    source=PARTS,
    remedy="Ghi số và đơn vị; nhiều giai đoạn thì ghi tổng",
)
def term_in_words(record: Record, known: Known) -> Iterator[Spot]:
    for time in record.times:
        if time.amount is None and time.text.strip() not in NOTHING:
            yield Spot(time.place, f"ghi “{shortly(time.text)}”, không tính được ngày trả")


@rule(
    "C03",
    "Mức phí dưới 1.000 đồng",
    RIGHT,
    Severity.ERROR,
    source=FEES,
    remedy="Kiểm tra có thiếu ba số 0 không",
)
def fee_too_small(record: Record, known: Known) -> Iterator[Spot]:
    for fee in record.charges:
        if fee.amount is not None and 0 < fee.amount < SMALLEST:
            yield Spot(fee.place, f"mức thu {fee.amount} đồng, ghi “{shortly(fee.text)}”")


@rule(
    "C04",
    "Ghi miễn phí nhưng mô tả nêu mức thu",
    RIGHT,
    Severity.ERROR,
    source=FEES,
    remedy="Đối chiếu văn bản quy định phí, ghi đúng mức thu",
)
def free_with_an_amount(record: Record, known: Known) -> Iterator[Spot]:
    for fee in record.charges:
        told = _MONEY.search(fee.text) if fee.amount == 0 else None
        if told and not _FREE.search(fee.text.removeprefix("Miễn phí")):
            yield Spot(fee.place, f"ghi miễn phí, mô tả nêu {told[0].strip()}: “{shortly(fee.text)}”")


@rule(
    "C05",
    "Mức phí các cách nộp lệch nhau nghìn lần",
    RIGHT,
    Severity.ERROR,
    source=FEES,
    remedy="Sửa mức thu của cách nộp ghi sai",
)
def fees_a_thousand_times_apart(record: Record, known: Known) -> Iterator[Spot]:
    paid = [fee for fee in record.charges if fee.amount]
    for fee in paid:
        twin = next((o for o in paid if o.amount == (fee.amount or 0) * 1000 and o.case == fee.case), None)
        if twin:
            yield Spot(fee.place, f"{fee.amount} đồng, trong khi {twin.place.lower()} ghi {twin.amount} đồng")


@rule(
    "C06",
    "Mức phí không đọc được",
    RIGHT,
    Severity.WARNING,
    source=FEES,
    remedy="Ghi một số tiền bằng đồng cho từng trường hợp",
)
def fee_unread(record: Record, known: Known) -> Iterator[Spot]:
    for fee in record.charges:
        if fee.amount is None and fee.text.strip() not in NOTHING:
            yield Spot(fee.place, f"ghi “{shortly(fee.text)}”")


@rule(
    "C07",
    "Nộp trực tuyến lại lâu hơn nộp trực tiếp",
    RIGHT,
    Severity.WARNING,
    source=PARTS,
    remedy="Đối chiếu thời hạn trong quyết định công bố",
)
def online_longer(record: Record, known: Known) -> Iterator[Spot]:
    at_desk = [time for time in record.times if time.channel == Channel.DIRECT and time.amount and time.unit]
    for time in record.times:
        if time.channel != Channel.ONLINE or not time.amount:
            continue
        same = [o for o in at_desk if (o.unit, o.case) == (time.unit, time.case)]
        if same and time.amount > (same[0].amount or 0):
            yield Spot(time.place, f"“{time.text}”, trong khi nộp trực tiếp “{same[0].text}”")


@rule(
    "C08",
    "Số quyết định công bố không đúng dạng",
    RIGHT,
    Severity.ERROR,
    source=PARTS,
    remedy="Đối chiếu với quyết định công bố",
)
def decision_doubtful(record: Record, known: Known) -> Iterator[Spot]:
    told = record.decision.strip()
    if told and (not _DECISION.search(told) or told.casefold().startswith("demo")):
        yield Spot("Quyết định công bố", f"ghi “{shortly(told)}”")


@rule("C09", "Một giấy tờ ghi hai lần", RIGHT, Severity.WARNING, source=PARTS, remedy="Bỏ dòng thừa")
def paper_twice(record: Record, known: Known) -> Iterator[Spot]:
    named = [paper for paper in record.papers if paper.name != UNNAMED]
    for paper, first in _again(named, lambda paper: (paper.case, *words(paper.name))):
        yield Spot(paper.place, f"“{shortly(paper.name)}” trùng giấy tờ {first.line}")


@rule(
    "C10", "Một văn bản ghi hai lần trong căn cứ", RIGHT, Severity.NOTE, source=PARTS, remedy="Bỏ dòng thừa"
)
def basis_twice(record: Record, known: Known) -> Iterator[Spot]:
    numbered = [basis for basis in record.bases if basis.number]
    for basis, first in _again(numbered, lambda basis: basis.number):
        yield Spot(basis.place, f"{basis.number} trùng căn cứ {first.line}")


@rule(
    "C11",
    "Căn cứ không tách được số hiệu",
    RIGHT,
    Severity.WARNING,
    source=PARTS,
    remedy="Nhập số hiệu vào ô mã văn bản",
)
def basis_without_number(record: Record, known: Known) -> Iterator[Spot]:
    for basis in record.bases:
        if not basis.number:
            yield Spot(basis.place, f"“{shortly(basis.name)}” không có số hiệu đọc được")


@over_all(
    "C12",
    "Trùng tên với thủ tục khác",
    RIGHT,
    Severity.WARNING,
    source=PARTS,
    remedy="Gộp, hoặc sửa tên cho phân biệt được",
)
def title_twice(records: Sequence[Record], known: Known) -> Iterator[tuple[Record, Spot]]:
    named: defaultdict[tuple[bool, str], list[Record]] = defaultdict(list)
    for record in records:
        named[record.is_local, " ".join(words(record.title))].append(record)
    for same in named.values():
        for record in same if len(same) > 1 else ():
            others = ", ".join(other.code for other in same if other is not record)
            yield record, Spot("Tên thủ tục", f"“{shortly(record.title)}” trùng tên thủ tục {others}")


@rule("C13", "Giấy tờ không có tên", RIGHT, Severity.ERROR, source=PARTS, remedy="Ghi tên giấy tờ")
def paper_without_name(record: Record, known: Known) -> Iterator[Spot]:
    for paper in record.papers:
        if not paper.name.strip() or paper.name == UNNAMED:
            yield Spot(paper.place, "không có tên")


@rule(
    "C14",
    "Tên tệp mẫu dính vào tên giấy tờ",
    RIGHT,
    Severity.WARNING,
    source=PARTS,
    remedy="Tách tên giấy tờ và tệp mẫu",
)
def file_in_name(record: Record, known: Known) -> Iterator[Spot]:
    for paper in record.papers:
        if _FILE.search(paper.name):
            yield Spot(paper.place, f"“…{paper.name.strip()[-80:]}”")


@rule(
    "C15",
    "Tên không phải tên một thủ tục",
    RIGHT,
    Severity.ERROR,
    source=PARTS,
    remedy="Ghi tên thủ tục như trong quyết định công bố",
)
def title_of_a_decision(record: Record, known: Known) -> Iterator[Spot]:
    plain = _SPACES.sub(" ", record.title.strip())
    if _ANNOUNCES.match(plain):
        yield Spot("Tên thủ tục", f"“{shortly(plain)}” là trích yếu của một quyết định")


@rule(
    "C16",
    "Tên thủ tục gõ hỏng",
    RIGHT,
    Severity.WARNING,
    source=PARTS,
    remedy="Gõ lại tên như trong quyết định công bố",
)
def title_mistyped(record: Record, known: Known) -> Iterator[Spot]:
    title = record.title.strip()
    if title and not title[0].isalnum() and title[0] not in "“\"'(":
        yield Spot("Tên thủ tục", f"bắt đầu bằng dấu “{title[0]}”: “{shortly(title)}”")
    elif "\n" in title:
        yield Spot("Tên thủ tục", f"ngắt dòng giữa tên: “{shortly(title)}”")


def _again(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    """Each item that has the key of one before it, with that one."""
    first: dict[Hashable, T] = {}
    for item in items:
        if (found := first.setdefault(key(item), item)) is not item:
            yield item, found
