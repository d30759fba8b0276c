"""The words of notices (mẫu tin báo): what may stand in braces, which words hold, and what they become.

No variable gives the applicant's name, number or address: a message may be read by others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from django.conf import settings

from motcua.dossiers.folding import Folded
from motcua.law import clock
from motcua.law.facts import (
    ConsultationRequested,
    CorrectionRequested,
    Fact,
    FinancialDutyCorrected,
    FinancialDutyRequested,
    Finished,
    Refused,
    ResultCorrected,
)
from motcua.ui.templatetags import ui

from .models import Channel, Text

FILE = Path(__file__).with_name("texts.yaml")
NAME = re.compile(r"\{([^{}]*)\}")
SHORT = 60  # letters of a procedure's title in a message
EVERYWHERE: dict[str, str] = {
    "ma_ho_so": "mã hồ sơ",
    "thu_tuc": "tên thủ tục",
    "thu_tuc_ngan": f"tên thủ tục, cắt còn {SHORT} chữ",
    "noi_tiep_nhan": "nơi tiếp nhận hồ sơ",
    "co_quan": "cơ quan giải quyết",
    "duong_dan": "địa chỉ tra cứu",
}
DUE = {"han_tra": "thời điểm hẹn trả kết quả"}
WHY = {"ly_do": "lý do đã ghi"}
ONLY: Mapping[str, dict[str, str]] = {
    "received": DUE,
    "not_accepted": WHY,
    "supplement": WHY | {"giay_to": "giấy tờ cần bổ sung", "han_bo_sung": "ngày cuối để bổ sung"},
    "restarted": DUE,
    "extended": DUE | WHY,
    "duty": {"so_tien": "số tiền phải nộp"},
    "duty_corrected": WHY | {"so_tien": "số tiền phải nộp"},
    "resumed": DUE,
    "closed": WHY,
    "stopped": WHY,
    "ready": {"so_ket_qua": "số văn bản kết quả"},
    "refused": WHY | {"so_ket_qua": "số văn bản từ chối"},
    "correcting": {"han_dinh_chinh": "hạn đính chính"},
    "corrected": {"so_ket_qua": "số văn bản đã đính chính"},
    "correction_declined": WHY,
    "filed": {"han_tiep_nhan": "hạn tiếp nhận"},
    "unheard": {"co_quan_y_kien": "cơ quan chưa trả lời", "han_y_kien": "hạn trả lời"},
    "reception_late": {"han_tiep_nhan": "hạn tiếp nhận"},
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one notice on one channel; `number` 0 are those that come with the program."""

    kind: str
    channel: str
    subject: str
    body: str
    number: int = 0
    sends: bool = True


class Unknown(ValueError):
    """Words that name something a notice of this kind cannot say; `names` are the names in question."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(f"{{{name}}}" for name in self.names))


def label(kind: str) -> str:
    """What people call a kind of notice."""
    return str(_book()[kind]["label"]) if kind in _book() else kind


def kinds() -> tuple[str, ...]:
    return tuple(_book())


def variables(kind: str) -> Mapping[str, str]:
    """What may stand in braces in a notice of this kind, each with what it is."""
    return EVERYWHERE | ONLY.get(kind, {})


def original(kind: str, channel: str) -> Words | None:
    """The words that come with the program; None where such a notice does not go that way."""
    found = _book().get(kind, {}).get(channel)
    return Words(kind, channel, found.get("subject", ""), found["body"].strip()) if found else None


def newest() -> dict[tuple[str, str], Words]:
    """The words that hold now, of every notice on every channel, in one question."""
    pairs = [(kind, channel) for kind in kinds() for channel in Channel.values]
    held = {pair: words for pair in pairs if (words := original(*pair))}
    written = Text.objects.order_by("kind", "channel", "-number").distinct("kind", "channel")
    return held | {(t.kind, t.channel): _of_row(t) for t in written if (t.kind, t.channel) in held}


def check(kind: str, text: str) -> None:
    """Raise Unknown for a name that may not stand in these words, or for a brace that opens or closes nothing."""
    strange = [name for name in NAME.findall(text) if name not in variables(kind)]
    if strange or set("{}") & set(NAME.sub("", text)):
        raise Unknown(strange)


def refuse(kind: str, text: str) -> None:
    """Raise Refused, naming what may be said, for words that name something else."""
    try:
        check(kind, text)
    except Unknown as error:
        known = ", ".join(f"{{{name}}}" for name in variables(kind))
        strange = f"không có {error}" if error.names else "có dấu ngoặc nhọn mở mà không đóng, hoặc ngược lại"
        raise Refused(f"Trong mẫu {strange}. Tin này chỉ dùng được: {known}") from None


def rendered(words: Words, said: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body with what is in braces put in; a subject stays one line."""
    subject, body = (NAME.sub(lambda found: said.get(found[1], ""), t) for t in (words.subject, words.body))
    if words.channel == Channel.SMS and settings.SMS_PLAIN:
        body = plain(body)
    return " ".join(subject.split())[:200], body.strip()[:8000]


def said(case: Folded, kind: str, fact: Fact) -> dict[str, str]:
    """What a notice of this kind says of a dossier as it stood after `fact`."""
    dossier = case.dossier
    found = {
        "ma_ho_so": dossier.code,
        "thu_tuc": dossier.version.title,
        "thu_tuc_ngan": _short(dossier.version.title),
        "noi_tiep_nhan": dossier.receiving_unit.name,
        "co_quan": dossier.deciding_unit.name,
        "duong_dan": settings.TRACKING_URL.replace("{code}", dossier.code),
        "ly_do": str(getattr(fact, "reason", "")) or "ghi trong văn bản",
        "giay_to": "\n".join(f"- {item}" for item in getattr(fact, "items", ())),
    }
    return found | _moments(case, kind) | _figures(case, fact)


def plain(text: str) -> str:
    """A text without its accents, letters as high as they were: one message then carries 160 of them, not 70."""
    spread = unicodedata.normalize("NFD", text)
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
    return bare.replace("đ", "d").replace("Đ", "D")


def parts(text: str) -> int:
    """How many messages an SMS of this text is sent, and paid for, as."""
    single, chained = (160, 153) if text.isascii() else (70, 67)
    return 1 if len(text) <= single else -(-len(text) // chained)


def _moments(case: Folded, kind: str) -> dict[str, str]:
    standing, rules = case.standing, case.rules
    asked, accepted = standing.supplement_at, standing.accepted is not None
    last = clock.supplement_given_by(asked, case.calendar, rules, accepted=accepted) if asked else None
    due = case.last_reading.due if accepted else None
    found = {
        "han_tra": ui.moment(due) if due else "không quy định",
        "han_bo_sung": ui.day(last) if last else "sớm nhất có thể",
    }
    if kind in ("filed", "reception_late"):
        begun = clock.reception_deadlines(case.facts[-1].at, case.calendar, rules)
        found["han_tiep_nhan"] = ui.moment(begun[1])
    return found


def _figures(case: Folded, fact: Fact) -> dict[str, str]:
    match fact:
        case FinancialDutyRequested() | FinancialDutyCorrected():
            return {"so_tien": ui.money(fact.amount)}
        case Finished() | ResultCorrected():
            return {"so_ket_qua": fact.number}
        case ConsultationRequested():
            due = ui.moment(datetime.fromisoformat(fact.due))
            return {"co_quan_y_kien": case.asked_units[fact.unit].name, "han_y_kien": due}
        case CorrectionRequested():
            return {"han_dinh_chinh": ui.moment(datetime.fromisoformat(fact.due))}
    return {}


def _short(title: str) -> str:
    return title if len(title) <= SHORT else title[: SHORT - 1].rstrip() + "…"


def _of_row(text: Text) -> Words:
    return Words(text.kind, text.channel, text.subject, text.body, text.number, text.sends)


@cache
def _book() -> Mapping[str, Any]:
    return MappingProxyType(yaml.safe_load(FILE.read_text(encoding="utf-8")))
