"""Made-up data for the guide pages: nobody and nothing here exists, but the clock is the real one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator

from motcua.law import clock
from motcua.law.calendar import TZ, Calendar, day
from motcua.law.clock import Reading, TimeLimit
from motcua.law.facts import Accepted, SupplementReceived, SupplementRequested

from . import strip

PAGES = {
    "": "Các mảnh giao diện",
    "dang-nhap": "Đăng nhập",
    "ban-lam-viec": "Bàn làm việc",
    "tiep-nhan": "Tiếp nhận",
    "ho-so": "Hồ sơ",
    "tra-cuu": "Tìm thủ tục",
    "thu-tuc": "Thủ tục",
    "chi-so": "Chỉ số",
}


def _at(on: int, time: str, month: int = 11) -> datetime:
    hours, minutes = time.split(":")
    return datetime(2026, month, on, int(hours), int(minutes), tzinfo=TZ)


class ApplicantForm(forms.Form):
    full_name = forms.CharField(label="Họ và tên", help_text="Viết như trên thẻ căn cước.")
    identity = forms.CharField(
        label="Số định danh cá nhân", min_length=12, max_length=12, help_text="12 chữ số."
    )
    channel = forms.ChoiceField(
        label="Cách nộp",
        choices=[("counter", "Trực tiếp tại quầy"), ("online", "Trực tuyến"), ("post", "Bưu chính công ích")],
        widget=forms.RadioSelect,
        help_text="Cách nộp quyết định mức phí và thời hạn.",
    )
    unit = forms.ChoiceField(
        label="Nơi trả kết quả",
        choices=[("", "Chọn nơi trả"), ("a", "Trung tâm Phục vụ hành chính công tỉnh")],
    )
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(label="Tôi đã đối chiếu bản chính", help_text="Bắt buộc khi nhận bản sao.")


def _reading() -> Reading:
    """Five working days, stopped once for missing papers and begun again."""
    limit = TimeLimit.parse("5 ngày làm việc")
    accepted = _at(29, "09:12", 10)
    facts = [
        Accepted(at=accepted, channel="counter", limit=str(limit), rules_day="2026-10-29", due=""),
        SupplementRequested(
            at=_at(2, "14:30"), phase="appraisal", items=(), reason="thiếu trích lục bản đồ địa chính"
        ),
        SupplementReceived(at=_at(4, "10:05")),
    ]
    rules = clock.rules(day(accepted))
    return clock.read(facts, limit=limit, calendar=Calendar(), rules=rules, now=_at(10, "08:15"))


def _rows() -> list[dict[str, Any]]:
    names = [
        "Nông Thị Mai",
        "Hoàng Văn Thái",
        "Công ty TNHH Bản Giốc Xanh",
        "Lục Thị Hiền",
        "Bế Minh Quân",
        "Đàm Thị Tuyết",
        "Triệu Văn Lợi",
    ]
    procedures = [
        "Đăng ký biến động quyền sử dụng đất trong trường hợp thay đổi thông tin người sử dụng đất",
        "Cấp giấy phép xây dựng nhà ở riêng lẻ",
        "Đăng ký thành lập công ty trách nhiệm hữu hạn một thành viên",
        "Đăng ký khai sinh có yếu tố nước ngoài",
        "Cấp bản sao trích lục hộ tịch",
        "Trợ cấp xã hội hằng tháng",
        "Cấp đổi giấy phép kinh doanh vận tải",
    ]
    steps = [
        "Thẩm định hồ sơ",
        "Lấy ý kiến phối hợp",
        "Trình ký",
        "Chờ người nộp bổ sung",
        "Đóng dấu, trả kết quả",
        "Chờ phân công",
        "Thẩm định hồ sơ",
    ]
    clocks = [
        ("overdue", -650, 1.0, _at(9, "09:00")),
        ("soon", 190, 0.9, _at(10, "17:00")),
        ("soon", 55, 0.97, _at(10, "14:30")),
        ("paused", None, 0.4, None),
        ("running", 1120, 0.5, _at(12, "17:00")),
        ("running", 4380, 0.12, _at(24, "17:00")),
        ("running", 2 * 480, 0.6, _at(12, "11:30")),
    ]
    nexts = [
        "Hoàn thành thẩm định",
        "Nhắc đơn vị phối hợp",
        "Ký số",
        "Xem phiếu bổ sung",
        "Trả kết quả",
        "Phân công",
        "Hoàn thành thẩm định",
    ]
    return [
        {
            "code": f"H14.{20 + i}-261029-{412 + 7 * i:04}",
            "applicant": names[i],
            "procedure": procedures[i],
            "step": steps[i],
            "owner": "Lý Thị Hà" if i % 2 else "Bạn",
            "state": clocks[i][0],
            "minutes": clocks[i][1],
            "spent": clocks[i][2],
            "due": clocks[i][3],
            "since": _at(5, "14:30") if clocks[i][0] == "paused" else None,
            "next": nexts[i],
            "url": "#",
        }
        for i in range(7)
    ]


def _units() -> list[dict[str, Any]]:
    rows = [
        ("Sở Nông nghiệp và Môi trường", 86.97, (15.67, 19.31, 9.84, 7.65, 16.64, 17.86), "1"),
        ("Xã Trùng Khánh", 82.4, (7.96, 19.02, 10.0, 9.1, 18.7, 17.62), "2–4"),
        ("Phường Thục Phán", 79.13, (7.96, 18.4, 9.2, 8.05, 17.9, 17.62), "2–5"),
        ("Sở Xây dựng", 59.91, (7.96, 15.68, 8.83, 6.25, 8.22, 12.97), "12–15"),
        ("Văn phòng Ủy ban nhân dân tỉnh", None, (1.96, None, None, None, 2.0, 12.0), ""),
    ]
    maxima = (18, 20, 12, 10, 22, 18)
    labels = [label for label, _, _ in _groups()]
    return [
        {
            "name": name,
            "total": total,
            "rank": rank,
            "groups": [
                {"label": w, "score": s, "max": m} for w, s, m in zip(labels, scores, maxima, strict=True)
            ],
        }
        for name, total, scores, rank in rows
    ]


def _groups() -> list[tuple[str, float, int]]:
    return [
        ("Công khai, minh bạch", 7.96, 18),
        ("Tiến độ giải quyết", 15.68, 20),
        ("Dịch vụ trực tuyến", 8.83, 12),
        ("Thanh toán trực tuyến", 6.25, 10),
        ("Số hóa hồ sơ", 8.22, 22),
        ("Mức độ hài lòng", 12.97, 18),
    ]


def _events() -> list[dict[str, Any]]:
    return [
        {
            "at": _at(4, "10:05"),
            "label": "Nhận đủ hồ sơ bổ sung",
            "by": "Nông Văn Bình, Bộ phận Một cửa",
            "note": "Thời hạn 5 ngày làm việc tính lại từ đầu.",
            "source": "NĐ 118/2025 Đ.19.5",
            "icon": "rotate-ccw",
        },
        {
            "at": _at(2, "14:30"),
            "label": "Yêu cầu bổ sung hồ sơ",
            "by": "Lý Thị Hà, Văn phòng Đăng ký đất đai",
            "note": "Thiếu Trích lục bản đồ địa chính.",
            "source": "NĐ 118/2025 Đ.11.2.c, 19.5",
            "icon": "circle-pause",
            "tone": "pause",
            "url": "#phieu",
        },
        {
            "at": _at(29, "09:40", 10),
            "label": "Phân công xử lý",
            "by": "Đàm Quốc Việt, lãnh đạo phòng",
            "note": "Giao Lý Thị Hà thẩm định.",
            "icon": "user",
        },
        {
            "at": _at(29, "09:12", 10),
            "label": "Tiếp nhận hồ sơ",
            "by": "Nông Văn Bình, Bộ phận Một cửa",
            "source": "NĐ 118/2025 Đ.17.3",
            "icon": "inbox",
            "tone": "ok",
        },
    ]


def context(page: str) -> dict[str, Any]:
    """Everything the guide templates show; `page` is a key of PAGES."""
    reading = _reading()
    wrong = ApplicantForm({"full_name": "Nông Thị Mai", "identity": "0041", "channel": "counter"})
    nav = [
        ("Bàn làm việc", 7, page == "ban-lam-viec"),
        ("Tiếp nhận", 3, page == "tiep-nhan"),
        ("Hồ sơ", None, page == "ho-so"),
        ("Thủ tục", None, page in {"tra-cuu", "thu-tuc"}),
        ("Chỉ số", None, page == "chi-so"),
    ]
    public = page in {"dang-nhap", "tra-cuu", "thu-tuc"}
    return {
        "place": "Tỉnh Cao Bằng",
        "person": None
        if public
        else {
            "id": "ha.lt",
            "name": "Lý Thị Hà",
            "role": "Cán bộ thụ lý",
            "unit": "Văn phòng Đăng ký đất đai",
        },
        "nav": [
            {"label": label, "url": "#", "count": None if public else count, "current": current}
            for label, count, current in (nav[3:] if public else nav)
        ],
        "search_url": "" if page in {"tra-cuu", "dang-nhap"} else "/tim/",
        "sign_in_url": "#",
        "sign_out_url": "#",
        "version": "0.1.0",
        "law_mark": {"label": "NĐ 118/2025/NĐ-CP, 12 giá trị chưa xác minh", "url": "#"},
        "guide_pages": [
            {"url": f"/giao-dien/{slug}/" if slug else "/giao-dien/", "label": label, "current": slug == page}
            for slug, label in PAGES.items()
        ],
        "errand": {
            "open": True,
            "title": "Đối soát qua trục: đang đối chiếu…",
            "text": "Đã lấy 1.000 trong 2.600 hồ sơ.",
            "done": 1000,
            "total": 2600,
            "at": _at(2, "09:12"),
            "by": "Lý Thị Hà",
        },
        "crumbs": [
            {"label": "Bàn làm việc", "url": "#"},
            {"label": "Quá hạn", "url": "#"},
            {"label": "H14.20-261029-0412"},
        ],
        "actions": [
            {"label": "In phiếu kiểm soát", "url": "#"},
            {"label": "Tiếp nhận hồ sơ", "url": "#", "primary": True, "key": "t"},
        ],
        "reception_actions": [{"label": "Hồ sơ trực tuyến chờ tiếp nhận", "url": "#", "key": "c"}],
        "score_actions": [{"label": "Tải bảng điểm", "url": "#"}],
        "counts": [
            {"label": "Quá hạn", "count": 1, "url": "#", "tone": "late", "icon": "circle-alert"},
            {"label": "Đến hạn hôm nay", "count": 2, "url": "#", "tone": "soon", "icon": "hourglass"},
            {"label": "Tuần này", "count": 14, "url": "#"},
            {"label": "Chờ phối hợp", "count": 3, "url": "#", "tone": "pause", "icon": "circle-pause"},
            {"label": "Chưa phân công", "count": 0, "url": "#"},
            {"label": "Tất cả của tôi", "count": 1465, "url": "#", "current": True},
        ],
        "columns": [
            {"label": "Hồ sơ", "width": "col-dossier", "sort_url": "?xep=ma"},
            {"label": "Thủ tục"},
            {"label": "Bước đang làm", "width": "col-step"},
            {"label": "Thời hạn", "width": "col-clock", "sort_url": "?xep=-han", "sorted": "ascending"},
            {"label": "Việc cần làm", "width": "col-next"},
        ],
        "rows": _rows(),
        "empty": {
            "title": "Không có hồ sơ quá hạn",
            "text": "Hồ sơ gần nhất đến hạn lúc 14:30 hôm nay.",
            "url": "#",
            "label": "Xem hồ sơ đến hạn hôm nay",
        },
        "reading": reading,
        "strip": strip.cells(reading),
        "events": _events(),
        "now": _at(10, "08:15"),
        "due": _at(11, "17:00"),
        "since": _at(5, "14:30"),
        "form": ApplicantForm(),
        "wrong": wrong,
        "list_page": Paginator(range(1465), 40).page(2),
        "summary": [
            {"term": "Người nộp", "value": "Nông Thị Mai"},
            {"term": "Đang ở", "value": "Văn phòng Đăng ký đất đai", "note": "từ 04/11/2026"},
            {"term": "Đến lượt", "value": "Lý Thị Hà thẩm định", "url": "#"},
            {"term": "Nhận kết quả", "value": "Tại quầy, bản điện tử kèm theo"},
        ],
        "tabs": [
            {"label": "Diễn biến", "url": "#", "current": True},
            {"label": "Giấy tờ", "url": "#", "count": 4},
            {"label": "Lấy ý kiến", "url": "#", "count": 2},
        ],
        "score_tabs": [
            {"label": "Tổng quan", "url": "#", "current": True},
            {"label": "Sở, ban, ngành", "url": "#", "count": 14},
            {"label": "Xã, phường", "url": "#", "count": 56},
        ],
        "allowed": [
            {"label": "Hoàn thành thẩm định", "url": "#", "primary": True, "key": "h"},
            {"label": "Trả lại bước trước", "url": "#", "key": "l"},
            {"label": "Xin lỗi, hẹn lại", "url": "#", "key": "x"},
        ],
        "refused": [
            {
                "label": "Yêu cầu bổ sung hồ sơ",
                "reason": "Hồ sơ đã được yêu cầu bổ sung một lần",
                "source": "NĐ 118/2025 Đ.11.2.c",
            },
            {"label": "Trả kết quả", "reason": "Hồ sơ chưa xử lý xong", "source": "NĐ 118/2025 Đ.22"},
        ],
        "steps": [
            {"label": "Tiếp nhận", "state": "done", "note": "29/10/2026"},
            {"label": "Phân công", "state": "done", "note": "29/10/2026"},
            {"label": "Thẩm định", "state": "current", "note": "Lý Thị Hà"},
            {"label": "Ký duyệt"},
            {"label": "Trả kết quả"},
        ],
        "reception_steps": [
            {"label": "Ai nộp", "url": "#ai", "state": "current"},
            {"label": "Việc gì", "url": "#viec-gi"},
            {"label": "Kết quả", "url": "#ket-qua"},
        ],
        "components": [
            {"name": "Đơn đăng ký biến động đất đai", "copy": "1 bản chính", "origin": "paper"},
            {"name": "Giấy chứng nhận quyền sử dụng đất đã cấp", "copy": "1 bản chính", "origin": "store"},
            {"name": "Căn cước công dân của người sử dụng đất", "copy": "1 bản sao", "origin": "database"},
            {"name": "Văn bản ủy quyền, nếu nộp thay", "copy": "1 bản chính", "origin": ""},
        ],
        "origins": [
            ("paper", "Nộp giấy"),
            ("store", "Đã có trong kho"),
            ("database", "Lấy từ CSDL"),
        ],
        "lanes": [
            {
                "title": "Ủy ban nhân dân xã Trùng Khánh",
                "by": "Xác nhận nguồn gốc đất",
                "state": "running",
                "minutes": 700,
                "spent": 0.4,
                "due": _at(11, "11:30"),
            },
            {
                "title": "Chi cục Thuế khu vực",
                "by": "Xác định nghĩa vụ tài chính",
                "state": "overdue",
                "minutes": -130,
                "spent": 1.0,
                "due": _at(9, "17:00"),
                "note": "Đã nhắc lúc 08:00 hôm nay.",
            },
            {
                "title": "Phòng Kinh tế",
                "by": "Ý kiến về quy hoạch",
                "state": "on_time",
                "note": "Đồng ý, không có ý kiến thêm.",
            },
        ],
        "answers": [
            {
                "question": "Cần gì",
                "answer": "4 giấy tờ",
                "more": "2 giấy tờ đã có trong kho dữ liệu, không phải nộp lại.",
                "url": "#giay-to",
                "icon": "file-text",
            },
            {
                "question": "Bao nhiêu tiền",
                "answer": "Miễn phí trực tuyến",
                "more": "20.000 đ khi nộp tại quầy.",
                "url": "#phi",
                "icon": "banknote",
            },
            {
                "question": "Bao lâu",
                "answer": "5 ngày làm việc",
                "more": "Nộp hôm nay thì nhận trước 17:00 17/11/2026.",
                "url": "#thoi-han",
                "icon": "clock",
            },
            {
                "question": "Ở đâu",
                "answer": "Bất kỳ nơi nào trong tỉnh",
                "more": "Hoặc trực tuyến trên Cổng Dịch vụ công quốc gia.",
                "url": "#noi-nop",
                "icon": "map-pin",
            },
            {
                "question": "Nhận được gì",
                "answer": "Giấy chứng nhận đã chỉnh lý",
                "more": "Bản giấy và bản điện tử.",
                "icon": "circle-check",
            },
        ],
        "facets": [
            ("Lĩnh vực", [("Đất đai", 64), ("Hộ tịch", 38), ("Doanh nghiệp", 21), ("Xây dựng", 17)]),
            ("Cấp thực hiện", [("Cấp tỉnh", 96), ("Cấp xã", 44)]),
        ],
        "groups": [
            {"label": label, "score": score, "max": most, "url": "#"} for label, score, most in _groups()
        ],
        "units": _units(),
        "todo": [
            ("Trả kết quả điện tử cho 51.239 hồ sơ có kết quả giấy", "+1,67"),
            ("Số hóa cả thành phần và kết quả của hồ sơ lĩnh vực đất đai", "+1,20"),
            ("Xử lý 65 phản ánh, kiến nghị đang quá hạn", "+0,94"),
        ],
    }
