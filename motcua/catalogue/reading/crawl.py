"""One procedure as the National Public Service Portal shows it (Cổng Dịch vụ công quốc gia), page parts as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from motcua.catalogue.models import Kind, Level

from . import channels, tables
from .drafts import CODE, Draft, Notes, plain, required, short

KEY = "ma_thu_tuc"
LEVELS = {
    "Cấp bộ": Level.MINISTRY,
    "Cấp tỉnh": Level.PROVINCE,
    "Cấp huyện": Level.DISTRICT,
    "Cấp xã": Level.COMMUNE,
    "Cơ quan khác": Level.OTHER,
}
KINDS = {
    "TTHC không được luật giao cho địa phương quy định": Kind.NOT_ASSIGNED,
    "TTHC được giao luật quy định chi tiết": Kind.ASSIGNED,
    "TTHC được luật giao quy định chi tiết": Kind.ASSIGNED,
    "TTHC được luật giao cho địa phương quy định chi tiết": Kind.ASSIGNED,
    "Loại khác": Kind.OTHER,
}
# Two of the names hold commas themselves, so the list cannot be cut at commas.
AUDIENCES = (
    "Tổ chức (không bao gồm doanh nghiệp, HTX)",
    "Người Việt Nam định cư ở nước ngoài",
    "Doanh nghiệp có vốn đầu tư nước ngoài",
    "Cán bộ, công chức, viên chức",
    "Tổ chức nước ngoài",
    "Công dân Việt Nam",
    "Người nước ngoài",
    "Doanh nghiệp",
    "Hợp tác xã",
)
_AUDIENCE = re.compile("|".join(re.escape(name) + r"(?=,|$)" for name in AUDIENCES) + r"|[^,\s][^,]*")
_DECISION = re.compile(r"(?=.*\d)(?=.*Q[ĐD]).*", re.IGNORECASE)
_ISSUERS = {
    "bo-tai-chinh": "Bộ Tài chính",
    "bo-nong-nghiep-mt": "Bộ Nông nghiệp và Môi trường",
    "bo-xay-dung": "Bộ Xây dựng",
    "bo-cong-an": "Bộ Công an",
    "bo-tu-phap": "Bộ Tư pháp",
    "ngan-hang-nha-nuoc": "Ngân hàng Nhà nước Việt Nam",
    "toa-an-nhan-dan": "Tòa án nhân dân",
}


def read(record: Mapping[str, Any], row: int) -> tuple[Draft | None, Notes]:
    """The draft of one page, None when it has no code or no title, with what was found in it."""
    code = plain(record.get(KEY))
    notes, title = Notes(row, code[:60]), plain(record.get("ten_thu_tuc"))
    if refused(notes, code, title):
        return None, notes
    terms, fees = channels.read(plain(record.get("cach_thuc_thuc_hien")), notes)
    results, keywords, note = tables.results(plain(record.get("ket_qua_xu_ly")), notes)
    draft = Draft(
        code=code,
        title=title,
        field=short(plain(record.get("linh_vuc")), 200, "field", notes),
        kind=_kind(record, notes),
        levels=_levels(record, notes),
        audiences=audiences(plain(record.get("doi_tuong_thuc_hien"))),
        decision=decision(plain(record.get("so_quyet_dinh")), notes),
        issuer=_ISSUERS.get(plain(record.get("bo")), plain(record.get("bo"))[:200]),
        agency=plain(record.get("co_quan_thuc_hien")),
        authority=plain(record.get("co_quan_co_tham_quyen")),
        reception_address=plain(record.get("dia_chi_tiep_nhan")),
        coordinating=plain(record.get("co_quan_phoi_hop")),
        delegated=plain(record.get("co_quan_duoc_uy_quyen")),
        sequence=plain(record.get("trinh_tu_thuc_hien")),
        conditions=plain(record.get("yeu_cau_dieu_kien")),
        related=plain(record.get("thu_tuc_lien_quan")),
        keywords=keywords,
        note=note,
        source=plain(record.get("detail_url"))[:200],
        components=tables.components(plain(record.get("thanh_phan_ho_so")), notes),
        terms=terms,
        fees=fees,
        results=results,
        bases=tables.bases(plain(record.get("can_cu_phap_ly")), notes),
    )
    required(notes, audiences=draft.audiences, agency=draft.agency or draft.authority)
    required(notes, sequence=draft.sequence, results=draft.results)
    return draft, notes


def refused(notes: Notes, code: str, title: str) -> bool:
    """Whether a record cannot be taken at all; says why."""
    if not CODE.fullmatch(code):
        notes.add("code", "mã thủ tục không đúng dạng d.dddddd, từ chối bản ghi", code, "Sửa mã rồi nhập lại")
    elif not title:
        notes.add("title", "không có tên thủ tục, từ chối bản ghi", remedy="Ghi tên thủ tục rồi nhập lại")
    elif len(title) > 2000:
        notes.add("title", "tên thủ tục dài hơn 2.000 ký tự, từ chối bản ghi", title, "Sửa tên rồi nhập lại")
    return bool(notes.found)


def audiences(text: str) -> tuple[str, ...]:
    """The list of those who carry it out, cut at its own commas and not at those within a name."""
    return tuple(dict.fromkeys(name.strip() for name in _AUDIENCE.findall(text)))


def decision(text: str, notes: Notes) -> str:
    if not text:
        notes.add("decision", "không có số quyết định công bố", remedy="Ghi số quyết định công bố")
    elif not _DECISION.fullmatch(text) or text.casefold().startswith("demo"):
        notes.add("decision", "số quyết định công bố đáng ngờ", text, "Đối chiếu với quyết định công bố")
    return short(text, 80, "decision", notes)


def _levels(record: Mapping[str, Any], notes: Notes) -> tuple[str, ...]:
    named = [name.strip() for name in plain(record.get("cap_thuc_hien")).split(",") if name.strip()]
    for name in named:
        if name not in LEVELS:
            notes.add("levels", "cấp thực hiện không có trong danh mục", name, f"Dùng: {', '.join(LEVELS)}")
    known = tuple(LEVELS[name].value for name in named if name in LEVELS)
    if not known:
        notes.add("levels", "không rõ cấp thực hiện", remedy="Ghi cấp thực hiện")
    return known


def _kind(record: Mapping[str, Any], notes: Notes) -> str:
    named = plain(record.get("loai_thu_tuc"))
    if named not in KINDS:
        notes.add("kind", "không rõ loại thủ tục", named, f"Dùng: {'; '.join(KINDS)}")
    return KINDS.get(named, Kind.UNKNOWN).value
