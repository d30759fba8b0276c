"""Hợp pháp: does it ask, charge or let somebody decide what the law in force does not allow any more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from motcua.law import held
from motcua.ui.templatetags import ui

from ...models import Level
from ..record import Known, Record, Time
from ..rule import Dimension, Severity, Spot, rule
from .complete import PARTS, shortly

LAW = Dimension.LAWFUL
TIERS = "NĐ 118/2025/NĐ-CP Đ.7, 8"
_DISTRICT = re.compile(
    r"(?:(?:[ỦU][ỷy] ban nhân dân|UBND|Chủ tịch|cấp|Phòng [^,;\n]{0,40}) ?(?:quận, ?)?huyện)", re.IGNORECASE
)


def _three_tiers(known: Known) -> str:
    return "" if "two_tiers" in known.pack.values else "ngày rà trước 01/07/2025, cấp huyện còn thẩm quyền"


@rule(
    "H01",
    "Còn cấp huyện sau 01/07/2025",
    LAW,
    Severity.ERROR,
    source=TIERS,
    remedy="Chọn cấp tỉnh hoặc cấp xã theo văn bản phân định thẩm quyền",
    parameter="two_tiers",
    lacks=_three_tiers,
)
def district_level(record: Record, known: Known) -> Iterator[Spot]:
    if Level.DISTRICT in record.levels:
        yield Spot("Cấp thực hiện", "ghi cấp huyện, không còn từ 01/07/2025")


@rule(
    "H02",
    "Căn cứ đã hết hiệu lực",
    LAW,
    Severity.ERROR,
    source="Luật 64/2025/QH15",
    remedy="Thay bằng văn bản hiện hành, công bố lại nếu nội dung đổi",
    parameter="ended",
)
def ended_basis(record: Record, known: Known) -> Iterator[Spot]:
    ended = _ended(known)
    for basis in record.bases:
        if basis.number in ended:
            since, by = ended[basis.number]
            yield Spot(basis.place, f"{basis.number} đã được thay bằng {by} từ {since:%d/%m/%Y}")


@rule(
    "H03",
    "Cơ quan giải quyết còn là cấp huyện",
    LAW,
    Severity.ERROR,
    source=TIERS,
    remedy="Ghi cơ quan có thẩm quyền sau 01/07/2025",
    parameter="two_tiers",
    lacks=_three_tiers,
)
def district_agency(record: Record, known: Known) -> Iterator[Spot]:
    for part, text in (("Cơ quan thực hiện", record.agency), ("Cơ quan có thẩm quyền", record.authority)):
        told = [name.strip() for name in re.split(r"[,;\n]", text) if _DISTRICT.search(name)]
        if told:
            yield Spot(part, f"ghi “{shortly(', '.join(told))}”, cấp huyện không còn từ 01/07/2025")


def _no_local(known: Known) -> str:
    return (
        ""
        if known.has_local
        else "danh mục chưa có bản của địa phương (mã có đuôi cơ quan) để so với bản của trung ương"
    )


@rule(
    "H04",
    "Thời hạn của địa phương dài hơn trung ương",
    LAW,
    Severity.ERROR,
    source=PARTS,
    remedy="Rút về không quá thời hạn của trung ương",
    lacks=_no_local,
)
def longer_than_central(record: Record, known: Known) -> Iterator[Spot]:
    central = known.central.get(record.national) if record.is_local else None
    for time in record.times if central else ():
        theirs = _same(time, central) if central else None
        if theirs and time.amount and theirs.amount and time.amount > theirs.amount:
            yield Spot(
                time.place,
                f"“{time.text or time.amount}”, trung ương quy định “{theirs.text or theirs.amount}”",
            )


def _no_resolutions(known: Known) -> str:
    return "" if known.resolved else "danh mục chưa giữ mức thu theo nghị quyết của Hội đồng nhân dân tỉnh"


@rule(
    "H05",
    "Mức phí khác nghị quyết của Hội đồng nhân dân",
    LAW,
    Severity.ERROR,
    source="Luật Phí và lệ phí 97/2015/QH13",
    remedy="Ghi mức thu theo nghị quyết",
    lacks=_no_resolutions,
)
def fee_against_resolution(record: Record, known: Known) -> Iterator[Spot]:
    resolved = known.resolved.get(record.code)
    for fee in record.charges if resolved else ():
        if fee.amount is not None and fee.amount not in (resolved or ()):
            told = ", ".join(ui.money(amount) for amount in sorted(resolved or ()))
            yield Spot(fee.place, f"thu {ui.money(fee.amount)}, nghị quyết quy định {told}")


@rule(
    "H06",
    "Trung ương đã bãi bỏ, địa phương còn mở",
    LAW,
    Severity.ERROR,
    source="NĐ 63/2010/NĐ-CP Đ.15",
    remedy="Công bố bãi bỏ; hồ sơ đang giải quyết theo quy định chuyển tiếp",
    lacks=_no_local,
)
def abolished_centrally(record: Record, known: Known) -> Iterator[Spot]:
    if not record.is_local or record.national not in known.central:
        return
    if known.central[record.national] is None:
        yield Spot(
            "Mã thủ tục", f"bản trung ương {record.national} đã hết hiệu lực mà bản {record.code} còn mở"
        )


def _no_papers(known: Known) -> str:
    return "" if "ended_papers" in known.pack.values else "chưa có danh sách giấy tờ hết giá trị vào ngày này"


@rule(
    "H07",
    "Yêu cầu giấy tờ không còn giá trị",
    LAW,
    Severity.ERROR,
    source="",
    remedy="Bỏ giấy tờ này, công bố lại thành phần hồ sơ",
    parameter="ended_papers",
    lacks=_no_papers,
)
def ended_paper(record: Record, known: Known) -> Iterator[Spot]:
    for paper in record.papers:
        told = [gone for gone in known.pack["ended_papers"] if _asked(gone, paper.name.casefold())]
        if told:
            said = "; ".join(f"{gone['paper']} ({gone['why']})" for gone in told)
            yield Spot(paper.place, f"còn nêu {said}")


def _no_data_papers(known: Known) -> str:
    return (
        ""
        if "data_papers" in known.pack.values
        else "chưa có danh sách giấy tờ thay được bằng dữ liệu vào ngày này"
    )


@rule(
    "H08",
    "Giấy tờ thay được bằng dữ liệu",
    LAW,
    Severity.WARNING,
    source="",
    remedy="Bỏ giấy tờ, khai thác dữ liệu; chỉ yêu cầu khi không khai thác được",
    parameter="data_papers",
    lacks=_no_data_papers,
)
def replaceable_paper(record: Record, known: Known) -> Iterator[Spot]:
    for paper in record.papers:
        if data := held.database_of(paper.name, known.pack["data_papers"]):
            yield Spot(paper.place, f"“{shortly(paper.name)}” khai thác được từ {data}")


def _asked(gone: Mapping[str, str], name: str) -> bool:
    """Whether a paper is asked for, and not spoken of: a photograph of its kind, its number, a decree about it."""
    return gone["paper"] in name and not re.search(gone["unless"], name)


def _ended(known: Known) -> dict[str, tuple[date, str]]:
    gone = {each["number"]: (date.fromisoformat(each["since"]), each["by"]) for each in known.pack["ended"]}
    return {number: (since, by) for number, (since, by) in gone.items() if since <= known.day}


def _same(time: Time, central: Record) -> Time | None:
    """The central term of the channel, case and unit of a local one."""
    same = (time.channel, time.case, time.unit)
    return next((other for other in central.times if (other.channel, other.case, other.unit) == same), None)
