"""The facts of a dossier as people tell them: what, who, when, and when it was written down.

Nothing is decided here and nothing is asked of the database: everything told was read or folded before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from motcua.law.consultation import POSITIONS
from motcua.law.facts import (
    Accepted,
    Assigned,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
    CorrectionDeclined,
    CorrectionRequested,
    Extended,
    Fact,
    FeePaid,
    Filed,
    FinancialDutyCorrected,
    FinancialDutyMet,
    FinancialDutyRequested,
    Finished,
    HandedOver,
    HandoverAccepted,
    HandoverDeclined,
    InputReceived,
    PapersGiven,
    PapersReceived,
    ProposalReturned,
    Rated,
    ReceptionRefused,
    ResultCorrected,
    ResultProposed,
    ResultReturned,
    ResultSigned,
    SentBack,
    StepDone,
    StepRecalled,
    Stopped,
    SupplementDeclined,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.process import Process
from motcua.ui.templatetags import ui

from .models import Dossier

CITIZEN, SYSTEM = "citizen", "system"
# What the agencies say among themselves until there is a result.
INSIDE = (
    *(Assigned, HandedOver, HandoverAccepted, HandoverDeclined, StepDone, SentBack, StepRecalled),
    *(SupplementProposed, SupplementDeclined, ResultProposed, ResultSigned, ProposalReturned),
    *(ConsultationRequested, ConsultationReplied, ConsultationWithdrawn),
)
MEANS = {"counter": "tại quầy", "dvcqg": "trên Cổng Dịch vụ công quốc gia", "bank": "qua cổng thanh toán"}
HANDED = {"counter": "tại quầy", "online": "trực tuyến", "post": "qua bưu chính công ích"}
MEANS_OF_REPLY = {"system": "trên hệ thống", "document": "bằng văn bản"}
SIDES = {"agency": "cơ quan giải quyết", "desk": "Bộ phận Một cửa"}
RESULTS = {"granted": "Giải quyết", "refused": "Từ chối giải quyết"}
CHANNELS = {"direct": "Nộp trực tiếp", "online": "Nộp trực tuyến", "post": "Nộp qua bưu chính công ích"}
ORIGINS = {
    "paper": "Nộp giấy",
    "scan": "Đã quét",
    "reused": "Dùng lại",
    "store": "Kho dữ liệu",
    "population": "CSDL dân cư",
    "upload": "Tệp nộp trực tuyến",
}
KEPT = {"originals": "bản chính", "certified": "bản chứng thực", "copies": "bản chụp"}
_LOOKS: dict[type[Fact], tuple[str, str]] = {
    Filed: ("inbox", ""),
    Accepted: ("inbox", "ok"),
    ReceptionRefused: ("ban", "late"),
    SupplementProposed: ("circle-pause", ""),
    SupplementDeclined: ("undo-2", ""),
    SupplementRequested: ("circle-pause", "pause"),
    SupplementReceived: ("rotate-ccw", ""),
    FinancialDutyRequested: ("banknote", "pause"),
    FinancialDutyCorrected: ("banknote", ""),
    FinancialDutyMet: ("banknote", ""),
    FeePaid: ("banknote", ""),
    Assigned: ("user", ""),
    HandedOver: ("user", ""),
    HandoverDeclined: ("undo-2", ""),
    SentBack: ("undo-2", ""),
    ConsultationRequested: ("user", ""),
    ConsultationReplied: ("user", "ok"),
    ConsultationWithdrawn: ("undo-2", ""),
    StepRecalled: ("undo-2", ""),
    ResultProposed: ("file-text", ""),
    ResultSigned: ("circle-check", "ok"),
    ProposalReturned: ("undo-2", ""),
    PapersGiven: ("file-text", ""),
    PapersReceived: ("file-text", ""),
    Extended: ("hourglass", "late"),
    Withdrawn: ("undo-2", ""),
    Stopped: ("ban", "late"),
    Finished: ("flag", "ok"),
    ResultReturned: ("file-text", "ok"),
    CorrectionRequested: ("rotate-ccw", "late"),
    ResultCorrected: ("flag", "ok"),
    CorrectionDeclined: ("undo-2", ""),
}


def events(
    facts: Sequence[Fact],
    recorded: Sequence[datetime],
    process: Process,
    names: Mapping[str, str],
    asked: Mapping[int, str] | None = None,
) -> list[dict[str, Any]]:
    """The facts as a timeline, newest first, for ui/timeline.html; `recorded` is when each was written down.

    `asked` names the agencies whose opinion was asked for, by the number of the request.
    """
    return [
        {
            "at": fact.at,
            "label": _label(fact, process, asked or {}),
            "by": who(fact.by, names),
            "note": note(fact, process, names),
            "source": " · ".join(filter(None, (fact.provision, f"ghi sổ lúc {ui.moment(written)}"))),
            "icon": _LOOKS.get(type(fact), ("circle-check", ""))[0],
            "tone": _LOOKS.get(type(fact), ("circle-check", ""))[1],
        }
        for fact, written in reversed(list(zip(facts, recorded, strict=True)))
    ]


def actors(facts: Iterable[Fact]) -> set[str]:
    """The user names the facts speak of."""
    told = tuple(facts)
    return {f.by for f in told} | {f.officer for f in told if isinstance(f, Assigned | HandedOver)}


def who(by: str, names: Mapping[str, str]) -> str:
    """An actor as people call them."""
    return {CITIZEN: "Người nộp", SYSTEM: "Hệ thống"}.get(by) or names.get(by, by)


def note(fact: Fact, process: Process, names: Mapping[str, str]) -> str:
    """What a fact says beyond its name."""
    match fact:
        case Filed():
            awaited = f"; chờ kết quả của hồ sơ {', '.join(fact.awaits)}" if fact.awaits else ""
            return f"{CHANNELS[fact.channel]}{awaited}"
        case InputReceived():
            return f"Hồ sơ {fact.source}: {RESULTS.get(fact.result, 'kết thúc, không có kết quả')}"
        case Accepted():
            due = f", hẹn trả {ui.moment(datetime.fromisoformat(fact.due))}" if fact.due else ""
            return f"Thời hạn {fact.limit}{due}" if fact.limit else "Thủ tục không quy định thời hạn"
        case SupplementProposed() | SupplementRequested():
            return f"{'; '.join(fact.items)}. {fact.reason}"
        case SupplementReceived() | FinancialDutyMet():
            return f"Hẹn trả {ui.moment(datetime.fromisoformat(fact.due))}" if fact.due else ""
        case FinancialDutyRequested():
            return f"Phải nộp {ui.money(fact.amount)}"
        case FinancialDutyCorrected():
            return f"Số đúng là {ui.money(fact.amount, 'không phải nộp')}: {fact.reason}"
        case ConsultationRequested():
            due = ui.moment(datetime.fromisoformat(fact.due))
            return f"Trả lời trước {due}, {MEANS_OF_REPLY[fact.means]}: {fact.content}"
        case ConsultationReplied():
            paper = f" (văn bản số {fact.document})" if fact.document else ""
            return f"{POSITIONS[fact.position]}{paper}: {fact.content}"
        case CorrectionRequested():
            return f"{fact.reason}. Phải có bản đúng trước {ui.moment(datetime.fromisoformat(fact.due))}"
        case ResultCorrected():
            told = [f"Số mới {fact.number}", f"bản điện tử {fact.electronic}" if fact.electronic else ""]
            return ". ".join(filter(None, (", ".join(filter(None, told)), fact.note)))
        case FeePaid():
            return f"{ui.money(fact.amount)}, nộp {MEANS.get(fact.means, fact.means)}"
        case Assigned() if fact.officer == fact.by:
            return ""
        case Assigned():
            return f"Giao {who(fact.officer, names)}: {_called(process, fact.step)}"
        case HandedOver():
            said = f". {fact.note}" if fact.note else ""
            return f"Chuyển {who(fact.officer, names)}, chờ ký nhận: {_called(process, fact.step)}{said}"
        case ResultProposed():
            return draft(fact)
        case ResultSigned():
            return ". ".join(filter(None, (RESULTS.get(fact.result, fact.result), fact.reason, fact.note)))
        case PapersGiven():
            return ". ".join(filter(None, (f"Cho {SIDES[fact.to]}", "; ".join(fact.papers), fact.note)))
        case PapersReceived():
            return fact.note
        case StepDone():
            return ". ".join(filter(None, (fact.outcome, fact.note)))
        case SentBack():
            return f"Về bước {_called(process, fact.to)}: {fact.reason}"
        case Extended():
            return f"Hẹn lại {ui.moment(datetime.fromisoformat(fact.due))}: {fact.reason}"
        case Finished():
            electronic = f", bản điện tử {fact.electronic}" if fact.electronic else ""
            unheard = f". Chưa chờ đủ ý kiến: {fact.unheard}" if fact.unheard else ""
            reason = f": {fact.reason}" if fact.reason else ""
            return f"{RESULTS.get(fact.result, fact.result)}, số {fact.number}{electronic}{reason}{unheard}"
        case ResultReturned():
            return f"Trả {HANDED.get(fact.means, fact.means)}"
        case Rated():
            return "Hài lòng" if fact.satisfied else f"Không hài lòng: {fact.reason}"
    return str(getattr(fact, "reason", ""))


def draft(fact: ResultProposed) -> str:
    """What a draft proposes, to whom it goes, and why a refusal."""
    reason = f"Lý do: {fact.reason}" if fact.reason else ""
    to = f"Nơi nhận: {fact.recipients}" if fact.recipients else ""
    said = (f"{RESULTS.get(fact.result, fact.result)}: {fact.summary}", reason, to)
    return ". ".join(part.rstrip(". ") for part in said if part) + "."


def components(papers: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The papers a fact of acceptance holds, with the word for where each comes from."""
    return [
        {
            "name": str(p.get("name", "")),
            "origin": ORIGINS.get(str(p.get("origin")), ""),
            "counts": counted(p),
        }
        for p in papers
    ]


def agent(dossier: Dossier) -> str:
    """Who handed in for the applicant, and by what right; "" when the applicant came (người nộp thay)."""
    told = (dossier.agent, dossier.agent_identity, dossier.agent_phone, dossier.authorisation)
    return ", ".join(filter(None, told))


def counted(paper: Mapping[str, Any]) -> str:
    """How many originals and copies of a paper were handed in, where that was counted."""
    return ", ".join(f"{paper[kind]} {word}" for kind, word in KEPT.items() if paper.get(kind))


def _label(fact: Fact, process: Process, asked: Mapping[int, str]) -> str:
    if isinstance(fact, ConsultationRequested | ConsultationReplied | ConsultationWithdrawn):
        return f"{fact.label}: {asked.get(fact.number, fact.number)}"
    if isinstance(fact, Assigned) and fact.officer == fact.by:
        return f"Nhận việc: {_called(process, fact.step)}"
    if isinstance(fact, StepDone | SentBack | StepRecalled | HandoverAccepted | HandoverDeclined):
        return f"{fact.label}: {_called(process, fact.step)}"
    return fact.label


def _called(process: Process, step: str) -> str:
    node = process.nodes.get(step)
    return (node.name or step) if node else step
