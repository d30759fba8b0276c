"""Đầy đủ: is every mandatory part there (NĐ 63/2010/NĐ-CP Đ.8.2, sửa theo NĐ 92/2017/NĐ-CP)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...models import Level
from ..record import Known, Record
from ..rule import Dimension, Severity, Spot, rule

PARTS = "NĐ 63/2010/NĐ-CP Đ.8.2 (sửa theo NĐ 92/2017/NĐ-CP)"
ANNOUNCED = "NĐ 63/2010/NĐ-CP Đ.15 (sửa theo NĐ 48/2013/NĐ-CP)"
NOTHING = ("", "Không có thông tin")
HERE = {Level.PROVINCE.value, Level.COMMUNE.value}
FULL = Dimension.COMPLETE
_IS_FORM = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?:đơn|tờ khai|bản khai|phiếu|giấy đề nghị|bảng kê|báo cáo)\b", re.IGNORECASE
)
_BY_FORM = re.compile(r"theo mẫu|mẫu số|theo biểu mẫu", re.IGNORECASE)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|rtf|rar|zip)\b", re.IGNORECASE)


@rule(
    "D01",
    "Thiếu trình tự thực hiện",
    FULL,
    Severity.ERROR,
    source=PARTS,
    remedy="Nhập trình tự theo quyết định công bố",
)
def no_sequence(record: Record, known: Known) -> Iterator[Spot]:
    if not record.sequence.strip():
        yield Spot("Trình tự", "để trống")


@rule(
    "D02",
    "Thiếu cách thức thực hiện",
    FULL,
    Severity.ERROR,
    source=PARTS,
    remedy="Nhập cách thức nộp, thời hạn của từng cách",
)
def no_channel(record: Record, known: Known) -> Iterator[Spot]:
    if not record.times and not record.charges:
        yield Spot("Cách thức", "không có cách nộp nào đọc được")


@rule(
    "D03",
    "Thiếu thành phần hồ sơ",
    FULL,
    Severity.ERROR,
    source=PARTS,
    remedy="Nhập thành phần, số lượng hồ sơ theo quyết định công bố",
)
def no_papers(record: Record, known: Known) -> Iterator[Spot]:
    if not record.papers:
        yield Spot("Thành phần hồ sơ", "không có giấy tờ nào")


@rule(
    "D04",
    "Thiếu thời hạn giải quyết",
    FULL,
    Severity.ERROR,
    source=PARTS,
    remedy="Nhập thời hạn theo quyết định công bố",
)
def no_term(record: Record, known: Known) -> Iterator[Spot]:
    for time in record.times:
        if time.amount is None and time.text.strip() in NOTHING:
            yield Spot(time.place, "không có thông tin thời hạn")


@rule(
    "D05", "Thiếu đối tượng thực hiện", FULL, Severity.ERROR, source=PARTS, remedy="Chọn đối tượng thực hiện"
)
def no_audience(record: Record, known: Known) -> Iterator[Spot]:
    if not record.audiences:
        yield Spot("Đối tượng", "để trống")


@rule(
    "D06",
    "Thiếu cơ quan giải quyết",
    FULL,
    Severity.ERROR,
    source=PARTS,
    remedy="Ghi cơ quan thực hiện và cơ quan có thẩm quyền",
)
def no_agency(record: Record, known: Known) -> Iterator[Spot]:
    if not (record.agency.strip() or record.authority.strip()):
        yield Spot("Cơ quan giải quyết", "không ghi cơ quan thực hiện, cũng không ghi cơ quan có thẩm quyền")


@rule(
    "D07",
    "Thiếu kết quả thực hiện",
    FULL,
    Severity.ERROR,
    source=PARTS,
    remedy="Nhập kết quả theo quyết định công bố",
)
def no_result(record: Record, known: Known) -> Iterator[Spot]:
    if not record.results:
        yield Spot("Kết quả", "để trống")


@rule(
    "D08",
    "Thiếu căn cứ pháp lý",
    FULL,
    Severity.ERROR,
    source=ANNOUNCED,
    remedy="Nhập văn bản quy định thủ tục",
)
def no_basis(record: Record, known: Known) -> Iterator[Spot]:
    if not record.bases:
        yield Spot("Căn cứ pháp lý", "không có văn bản nào")


@rule(
    "D09",
    "Thiếu quyết định công bố",
    FULL,
    Severity.ERROR,
    source=ANNOUNCED,
    remedy="Ghi số quyết định công bố",
)
def no_decision(record: Record, known: Known) -> Iterator[Spot]:
    if not record.decision.strip():
        yield Spot("Quyết định công bố", "không có số quyết định")


@rule(
    "D10",
    "Đơn, tờ khai theo mẫu nhưng không có tệp mẫu",
    FULL,
    Severity.WARNING,
    source=PARTS,
    remedy="Đính kèm mẫu đơn, tờ khai",
)
def no_form(record: Record, known: Known) -> Iterator[Spot]:
    for paper in record.papers:
        filled_in = _IS_FORM.match(paper.name) and _BY_FORM.search(paper.name)
        if filled_in and not paper.form and not _FILE.search(paper.name):
            yield Spot(paper.place, f"“{shortly(paper.name)}” theo mẫu nhưng không có tệp mẫu")


@rule(
    "D11",
    "Thiếu địa chỉ tiếp nhận",
    FULL,
    Severity.NOTE,
    source=ANNOUNCED,
    remedy="Ghi nơi tiếp nhận hồ sơ của địa phương",
)
def no_address(record: Record, known: Known) -> Iterator[Spot]:
    if HERE & set(record.levels) and not record.address.strip():
        yield Spot("Địa chỉ tiếp nhận", "để trống, trong khi thủ tục làm ở cấp tỉnh hoặc cấp xã")


def _no_processes(known: Known) -> str:
    return "" if known.with_process else "danh mục chưa có quy trình nội bộ nào đang áp dụng"


@rule(
    "D12",
    "Chưa có quy trình nội bộ",
    FULL,
    Severity.WARNING,
    source="NĐ 118/2025/NĐ-CP Đ.19",
    remedy="Lập, công khai quy trình nội bộ",
    lacks=_no_processes,
)
def no_process(record: Record, known: Known) -> Iterator[Spot]:
    if HERE & set(record.levels) and record.code not in known.with_process:
        yield Spot("Quy trình nội bộ", "chưa có quy trình nào đang áp dụng")


def _no_levels_of_service(known: Known) -> str:
    return "" if known.has_online else "nguồn dữ liệu không ghi mức trực tuyến của thủ tục nào"


@rule(
    "D13",
    "Chưa rõ mức dịch vụ trực tuyến",
    FULL,
    Severity.WARNING,
    source="NĐ 42/2022/NĐ-CP",
    remedy="Chọn toàn trình, một phần hoặc không",
    lacks=_no_levels_of_service,
)
def no_level_of_service(record: Record, known: Known) -> Iterator[Spot]:
    if not record.online:
        yield Spot("Mức trực tuyến", "chưa rõ toàn trình, một phần hay không")


@rule(
    "D14",
    "Giấy tờ không ghi số lượng",
    FULL,
    Severity.WARNING,
    source=PARTS,
    remedy="Ghi số bản chính, bản sao",
)
def no_count(record: Record, known: Known) -> Iterator[Spot]:
    for paper in record.papers:
        if paper.originals is None and paper.copies is None:
            yield Spot(paper.place, f"“{shortly(paper.name)}” không ghi số bản chính, bản sao")


@rule(
    "D15",
    "Thiếu loại thủ tục",
    FULL,
    Severity.WARNING,
    source="QĐ 31/2021/QĐ-TTg",
    remedy="Chọn loại thủ tục",
)
def no_kind(record: Record, known: Known) -> Iterator[Spot]:
    if not record.kind:
        yield Spot("Loại thủ tục", "chưa rõ luật có giao địa phương quy định hay không")


@rule("D16", "Thiếu cấp thực hiện", FULL, Severity.ERROR, source=PARTS, remedy="Chọn cấp thực hiện")
def no_level(record: Record, known: Known) -> Iterator[Spot]:
    if not record.levels:
        yield Spot("Cấp thực hiện", "để trống")


def shortly(text: str, limit: int = 120) -> str:
    """A text on one line, cut where it is long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
