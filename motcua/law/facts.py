"""The facts of a dossier: the only vocabulary between the law, the journal and the rooms.

A fact is something that happened, in the past tense, with its moment, its actor and the provision it was
decided under. Facts are never changed: a mistake is corrected by a later fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar


class Refused(Exception):
    """An act the law does not allow now (không được phép thực hiện).

    `reason` is a sentence for the person who asked; `source` is the article that forbids it; `who` is the user
    name the sentence speaks of, if it speaks of one.
    """

    def __init__(self, reason: str, source: str = "", *, who: str = "") -> None:
        super().__init__(f"{reason} ({source})" if source else reason)
        self.reason = reason
        self.source = source
        self.who = who

    def named(self, names: Mapping[str, str]) -> Refused:
        """The refusal with the full name of whom it speaks of, where `names` has it."""
        if not (full := names.get(self.who)):
            return self
        return Refused(self.reason.replace(self.who, full), self.source)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something that happened to a dossier.

    `at` is an aware moment; `by` the officer's user name, `citizen:<id>` or `system`;
    `provision` the article it was decided under.
    """

    label: ClassVar[str] = ""
    at: datetime
    by: str = ""
    provision: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed(Fact):
    """Nộp hồ sơ trực tuyến, chờ tiếp nhận (NĐ 118/2025 Đ.17.2; trạng thái 1).

    `awaits` are the codes of the dossiers of its group whose results it cannot do without.
    """

    label: ClassVar[str] = "Công dân nộp hồ sơ"
    channel: str
    awaits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class InputReceived(Fact):
    """Có kết quả của hồ sơ cùng nhóm mà hồ sơ này chờ (NĐ 118/2025 Đ.20.2).

    `source` is the code of that dossier; `result` is granted, refused, or "" when it ended without one.
    """

    label: ClassVar[str] = "Nhận kết quả đầu vào"
    source: str
    result: str = "granted"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionRefused(Fact):
    """Từ chối tiếp nhận (Mẫu 03; NĐ 118/2025 Đ.17.1.c; trạng thái 3)."""

    label: ClassVar[str] = "Từ chối tiếp nhận"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted(Fact):
    """Tiếp nhận hồ sơ đầy đủ, hợp lệ (Mẫu 01; NĐ 118/2025 Đ.17.3; trạng thái 2). The clock starts.

    `limit` is the published term as written ("5 ngày làm việc", "" for a procedure without a term);
    `rules_day` (YYYY-MM-DD) chooses the clock rules for the dossier's whole life; `due` is the moment promised
    on the slip; `components` are the papers handed in.
    """

    label: ClassVar[str] = "Tiếp nhận hồ sơ"
    channel: str
    limit: str
    rules_day: str
    due: str
    components: tuple[Mapping[str, Any], ...] = ()
    fee: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplementProposed(Fact):
    """Cơ quan giải quyết chuyển Bộ phận Một cửa yêu cầu bổ sung (NĐ 118/2025 Đ.5.1.e, 19.5). The clock goes on.

    `items` are catalogue components; the applicant is told nothing yet.
    """

    label: ClassVar[str] = "Đề nghị yêu cầu bổ sung"
    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplementDeclined(Fact):
    """Bộ phận Một cửa trả lại đề nghị yêu cầu bổ sung, có lý do (NĐ 118/2025 Đ.5.1.e, 19.5). Nothing is asked."""

    label: ClassVar[str] = "Trả lại đề nghị bổ sung"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplementRequested(Fact):
    """Yêu cầu bổ sung, hoàn thiện hồ sơ (Mẫu 02; NĐ 118/2025 Đ.11.2.c, 19.5; trạng thái 5).

    `phase` is "reception" (before acceptance) or "appraisal"; `items` are catalogue components.
    """

    label: ClassVar[str] = "Yêu cầu bổ sung hồ sơ"
    phase: str
    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplementReceived(Fact):
    """Nhận đủ hồ sơ bổ sung; thời hạn tính lại từ đầu (NĐ 118/2025 Đ.19.5; trạng thái 4).

    `due` is the moment promised anew, "" before acceptance and without a term; `items` are the papers brought.
    """

    label: ClassVar[str] = "Nhận hồ sơ bổ sung"
    due: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialDutyRequested(Fact):
    """Yêu cầu thực hiện nghĩa vụ tài chính (NĐ 118/2025 Đ.24; trạng thái 6). `amount` in đồng."""

    label: ClassVar[str] = "Yêu cầu thực hiện nghĩa vụ tài chính"
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialDutyCorrected(Fact):
    """Sửa số tiền nghĩa vụ tài chính ghi sai, trước khi nộp. `amount` in đồng takes the place of what was asked.

    0 when nothing should have been asked.
    """

    label: ClassVar[str] = "Sửa số tiền nghĩa vụ tài chính"
    amount: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialDutyMet(Fact):
    """Đã thực hiện nghĩa vụ tài chính (trạng thái 4). `due` is the moment promised anew, "" without a term."""

    label: ClassVar[str] = "Đã thực hiện nghĩa vụ tài chính"
    due: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeePaid(Fact):
    """Nộp phí, lệ phí (NĐ 118/2025 Đ.24). `means`: counter, dvcqg (Cổng DVCQG) or bank (cổng của bộ, tỉnh)."""

    label: ClassVar[str] = "Nộp phí, lệ phí"
    amount: int
    means: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Assigned(Fact):
    """Phân công người xử lý một bước (NĐ 118/2025 Đ.19.1)."""

    label: ClassVar[str] = "Phân công xử lý"
    step: str
    officer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver(Fact):
    """Chuyển một bước cho người khác của đơn vị, chờ ký nhận; until then the giver answers for it."""

    label: ClassVar[str] = "Chuyển người xử lý"
    step: str
    officer: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoverAccepted(Fact):
    """Ký nhận bàn giao một bước: from now on whoever signed answers for it."""

    label: ClassVar[str] = "Ký nhận bàn giao"
    step: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoverDeclined(Fact):
    """Từ chối nhận bàn giao một bước, có lý do: the giver keeps it."""

    label: ClassVar[str] = "Từ chối nhận bàn giao"
    step: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDone(Fact):
    """Hoàn thành một bước của quy trình nội bộ; `outcome` chooses the branch when the next node is a choice."""

    label: ClassVar[str] = "Hoàn thành bước"
    step: str
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentBack(Fact):
    """Trả lại bước trước, có lý do."""

    label: ClassVar[str] = "Trả lại bước trước"
    step: str
    to: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultationRequested(Fact):
    """Lấy ý kiến một cơ quan (NĐ 118/2025 Đ.19.4). The dossier's clock goes on.

    `number` is the request's ordinal in its dossier; `unit` the code of the unit asked; `due` the moment by which
    it answers, in its own calendar; `means` how: system or document.
    """

    label: ClassVar[str] = "Lấy ý kiến"
    number: int
    unit: str
    content: str
    due: str
    means: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultationReplied(Fact):
    """Cơ quan được lấy ý kiến trả lời, in time or late (NĐ 118/2025 Đ.19.4). Silence is never this fact.

    `position`: agreed, disagreed or other; `document` is the number of the paper the answer came in, "" when it
    was given here.
    """

    label: ClassVar[str] = "Trả lời lấy ý kiến"
    number: int
    position: str
    content: str
    document: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultationWithdrawn(Fact):
    """Rút yêu cầu lấy ý kiến chưa được trả lời, có lý do."""

    label: ClassVar[str] = "Rút yêu cầu lấy ý kiến"
    number: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRecalled(Fact):
    """Thu hồi bước vừa hoàn thành, by whoever did it, while no step behind it was touched."""

    label: ClassVar[str] = "Thu hồi bước"
    step: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultProposed(Fact):
    """Trình kết quả để ký (NĐ 118/2025 Đ.19.3). `result` is granted or refused, refused with its `reason`.

    `recipients` are those the result goes to, as the draft names them (nơi nhận).
    """

    label: ClassVar[str] = "Trình kết quả"
    result: str
    summary: str
    reason: str = ""
    recipients: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultSigned(Fact):
    """Ký duyệt kết quả đã trình (NĐ 118/2025 Đ.19.3); `result` and `reason` are those of the draft."""

    label: ClassVar[str] = "Ký duyệt kết quả"
    result: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalReturned(Fact):
    """Trả lại dự thảo kết quả, có lý do: it must be proposed anew."""

    label: ClassVar[str] = "Trả lại dự thảo"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PapersGiven(Fact):
    """Giao hồ sơ giấy giữa Bộ phận Một cửa và cơ quan giải quyết (NĐ 118/2025 Đ.18.2, 20.1.a).

    `to` is "agency" or "desk"; `papers` are those given, by name.
    """

    label: ClassVar[str] = "Giao hồ sơ giấy"
    to: str
    papers: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PapersReceived(Fact):
    """Ký nhận hồ sơ giấy đã giao (NĐ 118/2025 Đ.18.2); `note` says what was missing or damaged."""

    label: ClassVar[str] = "Nhận hồ sơ giấy"
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extended(Fact):
    """Xin lỗi và hẹn lại ngày trả (Mẫu 04; NĐ 118/2025 Đ.19.6): once only, at latest one day before due."""

    label: ClassVar[str] = "Xin lỗi, gia hạn"
    due: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn(Fact):
    """Công dân dừng, rút hồ sơ (Mẫu 05; NĐ 118/2025 Đ.21; trạng thái 7)."""

    label: ClassVar[str] = "Công dân rút hồ sơ"
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped(Fact):
    """Dừng xử lý: không đủ điều kiện, hoặc đóng hồ sơ quá 15 ngày không bổ sung (Đ.19.3, 19.5; trạng thái 8)."""

    label: ClassVar[str] = "Dừng xử lý"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished(Fact):
    """Đã xử lý xong, kết quả về Bộ phận Một cửa (NĐ 118/2025 Đ.22; trạng thái 9). The clock ends.

    `result` is granted or refused, refused with its `reason`; `electronic` is the identifier of the signed
    e-result, "" when paper only; `unheard` says why agencies that were asked and have not answered were not
    waited for.
    """

    label: ClassVar[str] = "Đã xử lý xong"
    result: str
    number: str
    electronic: str = ""
    unheard: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultReturned(Fact):
    """Đã trả kết quả (NĐ 118/2025 Đ.22; trạng thái 10). `means`: counter, online or post."""

    label: ClassVar[str] = "Đã trả kết quả"
    means: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionRequested(Fact):
    """Yêu cầu đính chính kết quả có sai sót do cơ quan giải quyết (NĐ 118/2025 Đ.23.1; trạng thái 4).

    The dossier's clock has ended and stays so; the correction has a term of its own. `due` is when it ends.
    """

    label: ClassVar[str] = "Yêu cầu đính chính kết quả"
    reason: str
    due: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultCorrected(Fact):
    """Đã đính chính kết quả, bản mới về Bộ phận Một cửa (NĐ 118/2025 Đ.23.1; trạng thái 9)."""

    label: ClassVar[str] = "Đã đính chính kết quả"
    number: str
    electronic: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionDeclined(Fact):
    """Không đính chính, có lý do: no mistake of the agency was found. The dossier is where it was before."""

    label: ClassVar[str] = "Không đính chính kết quả"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated(Fact):
    """Công dân đánh giá việc giải quyết (NĐ 118/2025 Đ.33). `satisfied` False needs a reason."""

    label: ClassVar[str] = "Công dân đánh giá"
    satisfied: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupFact(Fact):
    """Something that happened to a group of dossiers or a project, in a stream of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupOpened(GroupFact):
    """Lập nhóm hồ sơ liên thông hoặc dự án (NĐ 118/2025 Đ.20.2, 28.2.a).

    `purpose` is group or project; `bundle` is the published definition it follows, "code#number"; `members` repeat
    it: key, procedure, name, needs (keys), lead. `papers` were handed in once for all members.
    """

    label: ClassVar[str] = "Lập nhóm hồ sơ"
    purpose: str
    bundle: str
    name: str
    members: tuple[Mapping[str, Any], ...]
    papers: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberFiled(GroupFact):
    """Hồ sơ của một thủ tục trong nhóm (NĐ 118/2025 Đ.20.2). `dossier` is its code."""

    label: ClassVar[str] = "Hồ sơ thành viên"
    member: str
    dossier: str


KINDS: dict[str, type[Fact]] = {
    cls.__name__: cls for cls in Fact.__subclasses__() if cls.__name__ != GroupFact.__name__
}
GROUP_KINDS: dict[str, type[Fact]] = {cls.__name__: cls for cls in GroupFact.__subclasses__()}
_ALL = KINDS | GROUP_KINDS

_ENVELOPE = frozenset({"at", "by", "provision"})


def enlist(kinds: Mapping[str, type[Fact]]) -> None:
    """Let `load` know the facts of streams that are not those of dossiers (sự kiện của phòng khác).

    Raises ValueError for a name another fact has: the journal tells kinds apart by their names alone.
    """
    if taken := [name for name, kind in kinds.items() if _ALL.get(name, kind) is not kind]:
        raise ValueError(f"tên sự kiện đã có: {', '.join(taken)}")
    _ALL.update(kinds)
    _BODY.update({kind: _body(kind) for kind in kinds.values()})


def _body(kind: type[Fact]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in _ENVELOPE)


_BODY = {kind: _body(kind) for kind in _ALL.values()}


def data(fact: Fact) -> dict[str, Any]:
    """The body of a fact as JSON data, without its envelope."""
    return {name: getattr(fact, name) for name in _BODY.get(type(fact)) or _body(type(fact))}


def load(kind: str, data: Mapping[str, Any], *, at: datetime, by: str, provision: str) -> Fact:
    """The fact of a journal row. Raises KeyError for a kind this version does not know."""
    body = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return _ALL[kind](at=at, by=by, provision=provision, **body)
