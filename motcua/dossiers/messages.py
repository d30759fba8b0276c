"""What the national portal is told of a dossier: exactly what its facts say (DongBoHoSoMC)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from motcua.law.calendar import TZ
from motcua.law.facts import FeePaid, ReceptionRefused, SupplementReceived, SupplementRequested
from motcua.law.lifecycle import State

from .folding import Folded
from .rows import columns

CHANNELS = {"direct": "1", "online": "2", "post": "3"}


def sync(case: Folded) -> dict[str, Any]:
    """The message of one dossier after its facts; what is not known is left out, never filled in."""
    dossier, row = case.dossier, columns(case)
    message = {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.version.procedure.code,
        "TenTTHC": dossier.version.title,
        "TenLinhVuc": dossier.version.field,
        "KenhThucHien": CHANNELS[dossier.channel],
        "ChuHoSo": dossier.applicant,
        "LoaiDoiTuong": str(dossier.applicant_kind),
        "SoDienThoai": dossier.phone,
        "Email": dossier.email,
        "TrichYeuHoSo": dossier.subject[:1000],
        "DonViXuLy": dossier.deciding_unit.name,
        "TrangThaiHoSo": str(row["state"]),
        "TaiKhoanDuocXacThucVoiVNeID": str(int(dossier.vneid)),
        "HoSoCoThanhPhanSoHoa": str(int(row["digitised"])),
        "DuocThanhToanTrucTuyen": _payment(case),
        **_moments(case, row),
        **_identity(dossier.identity),
        "TaiLieuNop": [_paper(c) for c in _components(case)],
        "DanhSachHoSoBoSung": _supplements(case),
        "DanhSachGiayToKetQua": _results(case),
    }
    return {name: value for name, value in message.items() if value not in ("", None)}


def _moments(case: Folded, row: Mapping[str, Any]) -> dict[str, str]:
    refused = next((f.at for f in case.facts if isinstance(f, ReceptionRefused)), None)
    # A result being corrected is handled again, but its dossier ended when it first was done.
    ended = row["state"] in (State.DONE, State.RETURNED, State.STOPPED) or case.standing.correction
    moments = {
        "NgayNopHoSo": case.dossier.filed_at,
        "NgayTiepNhan": row["accepted_at"],
        "NgayHenTra": row["due_at"],
        "NgayKetThucXuLy": row["ended_at"] if ended else None,
        "NgayTra": row["returned_at"],
        "NgayTuChoi": refused,
    }
    return {name: _written(moment) for name, moment in moments.items() if moment}


def _written(moment: datetime) -> str:
    return moment.astimezone(TZ).strftime("%Y%m%d%H%M%S")


def _identity(number: str) -> dict[str, Any]:
    if len(number) not in (9, 12):
        return {}
    return {"DinhDanhCHS": {"LoaiDinhDanh": "1" if len(number) == 12 else "2", "SoDinhDanh": number}}


def _payment(case: Folded) -> str:
    means = [f.means for f in case.facts if isinstance(f, FeePaid)]
    return "1" if "dvcqg" in means else "2" if "bank" in means else "0"


def _components(case: Folded) -> tuple[Mapping[str, Any], ...]:
    accepted = case.standing.accepted
    return accepted.components if accepted else ()


def _paper(component: Mapping[str, Any]) -> dict[str, str]:
    origin = component.get("origin")
    return {
        "MaThanhPhanHoSo": str(component.get("code", "")),
        "TenTepDinhKem": str(component["name"])[:4000],
        "DuocSoHoa": str(int(origin in ("scan", "reused", "store"))),
        "DuocTaiSuDung": str(int(origin in ("reused", "store"))),
        "DuocLayTuKhoDMQG": str(int(origin == "store")),
    }


def _supplements(case: Folded) -> list[dict[str, str]]:
    received = next((f for f in case.facts if isinstance(f, SupplementReceived)), None)
    return [
        {
            "NguoiYeuCauBoSung": fact.by,
            "NoiDungBoSung": f"{'; '.join(fact.items)}. {fact.reason}",
            "NgayBoSung": _written(fact.at),
            "NgayTiepNhanBoSung": _written(received.at) if received else "",
            "TrangThaiBoSung": "1" if received else "0",
        }
        for fact in case.facts
        if isinstance(fact, SupplementRequested)
    ]


def _results(case: Folded) -> list[dict[str, str]]:
    result = case.standing.result
    if not result or not result.electronic:
        return []
    return [{"TenGiayTo": result.number, "GiayToId": result.electronic}]
