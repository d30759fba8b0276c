"""What may be declared, and what its two numbers are (chỉ số kê khai)."""

from __future__ import annotations

from dataclasses import dataclass

DOCUMENTS, COPIES = "VB_DIEN_TU", "CT_BAN_SAO_DT"
PETITIONS = "Quyết định 766/QĐ-TTg, nhóm mức độ hài lòng"


@dataclass(frozen=True, slots=True)
class Subject:
    """One indicator that is declared: its key, its name, what the numerator and the denominator count."""

    key: str
    name: str
    numerator: str
    denominator: str
    source: str
    excluded: str = ""


_ALL = (
    Subject(
        DOCUMENTS,
        "Tỷ lệ văn bản trao đổi giữa các cơ quan nhà nước dưới dạng điện tử",
        "Văn bản gửi hoàn toàn bằng điện tử, có ký số",
        "Văn bản đi gửi cơ quan nhà nước",
        "Thông báo 147/TB-UBND ngày 07/4/2022 (Bắc Kạn)",
        "Không kể văn bản mật ở cả hai số.",
    ),
    Subject(
        COPIES,
        "Tỷ lệ chứng thực bản sao điện tử từ bản chính",
        "Yêu cầu chứng thực trả bản sao điện tử",
        "Yêu cầu chứng thực bản sao từ bản chính",
        "Chương trình hành động 02/CTr-UBND ngày 18/01/2024",
        "Chỉ kê khai khi hồ sơ chứng thực không làm trên hệ thống này.",
    ),
    Subject(
        "4.6",
        "Tỷ lệ xã, phường cung cấp chứng thực bản sao điện tử",
        "Xã, phường có cung cấp",
        "Xã, phường trong phạm vi",
        "Quyết định 766/QĐ-TTg, nhóm số hóa",
    ),
    Subject(
        "5.1tthc",
        "Phản ánh, kiến nghị về quy định, thủ tục hành chính",
        "Phản ánh, kiến nghị về quy định, thủ tục",
        "Mọi phản ánh, kiến nghị",
        PETITIONS,
    ),
    Subject(
        "5.1staff",
        "Phản ánh, kiến nghị về hành vi cán bộ, công chức",
        "Phản ánh, kiến nghị về hành vi",
        "Mọi phản ánh, kiến nghị",
        PETITIONS,
    ),
    Subject(
        "5.2",
        "Tỷ lệ phản ánh, kiến nghị xử lý đúng hạn",
        "Xử lý đúng hoặc trước hạn, kể cả đang xử lý còn hạn",
        "Phản ánh, kiến nghị thuộc thẩm quyền",
        PETITIONS,
    ),
    Subject(
        "5.3",
        "Tỷ lệ hài lòng trong xử lý phản ánh, kiến nghị",
        "Không bị đánh giá không hài lòng, không phản ánh tiếp, không quá hạn",
        "Mọi phản ánh, kiến nghị",
        PETITIONS,
    ),
)
SUBJECTS = {subject.key: subject for subject in _ALL}
# Those of the index 766 that are read from what was declared.
OF_INDEX = tuple(key for key in SUBJECTS if key[0].isdigit())
