"""The acts an officer finds on the page of a dossier (việc có thể làm): which are open now, which are not and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from motcua.law import facts, lifecycle, process
from motcua.law.calendar import TZ, day
from motcua.law.facts import Fact, Refused
from motcua.law.lifecycle import OPEN, WORKING
from motcua.people import access
from motcua.people.models import Officer

from . import conditions, folding
from .folding import Folded
from .models import CONSULTATION


@dataclass(frozen=True, slots=True)
class Deed:
    """One act as a page offers it: its name in the URL, the fact it adds and its letter."""

    slug: str
    fact: type[Fact]
    label: str
    key: str = ""
    step: bool = False


ALL = (
    Deed("hoan-thanh", facts.StepDone, "Hoàn thành bước", "h", step=True),
    Deed("phan-cong", facts.Assigned, "Phân công", "p", step=True),
    Deed("ky-nhan", facts.HandoverAccepted, "Ký nhận bàn giao", "w", step=True),
    Deed("tu-choi-nhan", facts.HandoverDeclined, "Từ chối nhận bàn giao", step=True),
    Deed("ky-duyet", facts.ResultSigned, "Ký duyệt kết quả", "s"),
    Deed("tra-du-thao", facts.ProposalReturned, "Trả lại dự thảo"),
    Deed("trinh-ky", facts.ResultProposed, "Trình kết quả", "i"),
    Deed("nhan-viec", facts.Assigned, "Nhận việc", "m", step=True),
    Deed("chuyen-nguoi", facts.HandedOver, "Chuyển người xử lý", "a", step=True),
    Deed("thu-hoi", facts.StepRecalled, "Thu hồi bước", "z", step=True),
    Deed("giao-giay", facts.PapersGiven, "Giao hồ sơ giấy", "f"),
    Deed("nhan-giay", facts.PapersReceived, "Ký nhận hồ sơ giấy", "o"),
    Deed("tra-lai", facts.SentBack, "Trả lại bước trước", "l", step=True),
    Deed("tiep-nhan", facts.Accepted, "Tiếp nhận hồ sơ", "t"),
    Deed("ket-thuc", facts.Finished, "Kết thúc xử lý", "k"),
    Deed("tra-ket-qua", facts.ResultReturned, "Trả kết quả", "q"),
    Deed("nhan-bo-sung", facts.SupplementReceived, "Nhận hồ sơ bổ sung", "n"),
    Deed("thu-phi", facts.FeePaid, "Thu phí, lệ phí", "u"),
    Deed("tra-loi-y-kien", facts.ConsultationReplied, "Trả lời lấy ý kiến", "o"),
    Deed("lay-y-kien", facts.ConsultationRequested, "Lấy ý kiến", "i"),
    Deed("de-nghi-bo-sung", facts.SupplementProposed, "Đề nghị yêu cầu bổ sung", "y"),
    Deed("yeu-cau-bo-sung", facts.SupplementRequested, "Yêu cầu bổ sung", "b"),
    Deed("tra-lai-de-nghi", facts.SupplementDeclined, "Trả lại đề nghị bổ sung"),
    Deed("nghia-vu", facts.FinancialDutyRequested, "Yêu cầu nghĩa vụ tài chính", "v"),
    Deed("sua-nghia-vu", facts.FinancialDutyCorrected, "Sửa số tiền nghĩa vụ tài chính"),
    Deed("da-nop", facts.FinancialDutyMet, "Xác nhận đã xong nghĩa vụ tài chính", "x"),
    Deed("rut-y-kien", facts.ConsultationWithdrawn, "Rút yêu cầu lấy ý kiến"),
    Deed("dinh-chinh", facts.ResultCorrected, "Đính chính kết quả", "s"),
    Deed("khong-dinh-chinh", facts.CorrectionDeclined, "Không đính chính kết quả"),
    Deed("yeu-cau-dinh-chinh", facts.CorrectionRequested, "Yêu cầu đính chính kết quả"),
    Deed("hen-lai", facts.Extended, "Xin lỗi, hẹn lại", "e"),
    Deed("tu-choi", facts.ReceptionRefused, "Từ chối tiếp nhận", "c"),
    Deed("rut", facts.Withdrawn, "Người nộp rút hồ sơ", "r"),
    Deed("dung", facts.Stopped, "Dừng xử lý", "d"),
    Deed("danh-gia", facts.Rated, "Ghi đánh giá của người nộp", "g"),
)
# Done on one of the opinions asked for, which stands in the place of the step.
ON_CONSULTATION = (facts.ConsultationReplied, facts.ConsultationWithdrawn)
BY_SLUG = {deed.slug: deed for deed in ALL}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act offered to an officer, at a step when it is done there; `refusal` says why it is greyed."""

    deed: Deed
    step: str = ""
    about: str = ""
    refusal: Refused | None = None

    @property
    def label(self) -> str:
        return f"{self.deed.label}: {self.about}" if self.about else self.deed.label

    @property
    def query(self) -> str:
        return f"?buoc={self.step}" if self.step else ""


def offers(case: Folded, officer: Officer, at: datetime) -> list[Offer]:
    """What the officer has the power to do on this dossier, with the refusal of what may not be done at `at`."""
    verdicts = conditions.verdicts(case, at)
    found: list[Offer] = []
    for deed in ALL:
        if deed.fact in _SILENT and verdicts[deed.fact]:
            continue
        if deed.step:
            found += _at_steps(case, deed, officer, at)
        elif deed.fact in ON_CONSULTATION:
            found += _at_consultations(case, deed, officer, at)
        elif access.may(officer, *conditions.needed(case, deed.fact), day(at)):
            found.append(Offer(deed, refusal=verdicts[deed.fact]))
    return found


def letters(offers: Sequence[Offer]) -> list[str]:
    """A letter of its own for each offer: at a second step that waits the capital, beyond that none."""
    found: list[str] = []
    for offer in offers:
        free = [key for key in (offer.deed.key, offer.deed.key.upper()) if key not in found]
        found.append(free[0] if free else "")
    return found


def offered(case: Folded, slug: str, step: str, officer: Officer, at: datetime) -> Offer:
    """One act by its name, with the refusal that would grey it. Raises KeyError for a name nothing has."""
    for offer in offers(case, officer, at):
        if offer.deed.slug == slug and offer.step in (step, ""):
            return offer
    deed, node = BY_SLUG[slug], case.process.nodes.get(step)
    return Offer(deed, step, node.name if node else "", _shut(case, deed, step, officer, at))


def _shut(case: Folded, deed: Deed, step: str, officer: Officer, at: datetime) -> Refused:
    """Why an act is not offered at all: the state, the step, or the officer's power."""
    if verdict := lifecycle.possible(case.standing, case.rules)[deed.fact]:
        return verdict
    if deed.fact in ON_CONSULTATION and (refusal := _answered(case, step)):
        return refusal
    if deed.fact is facts.StepRecalled and (refusal := conditions.not_recalled(case, step, officer, at)):
        return refusal
    if deed.step and step not in case.marking.steps:
        turns = [turn.ended for turn in case.turns if turn.step == step and turn.ended]
        when = f" lúc {turns[-1].at.astimezone(TZ):%H:%M %d/%m/%Y}" if turns else ""
        return Refused(
            f"Bước này không còn chờ xử lý{f', đã xong{when}' if turns else ''}", lifecycle.source(deed.fact)
        )
    return Refused(f"{officer.full_name} không có thẩm quyền thực hiện việc này", access.SOURCE)


def _answered(case: Folded, step: str) -> Refused | None:
    """Why an opinion asked for is not awaited any more; None when it is."""
    number = step.removeprefix(CONSULTATION)
    try:
        conditions.awaited(case, int(number) if number.isdecimal() else 0)
    except Refused as refusal:
        return refusal
    return None


def _at_consultations(case: Folded, deed: Deed, officer: Officer, at: datetime) -> Iterator[Offer]:
    if case.standing.state not in OPEN:
        return
    for request in case.standing.consulted:
        if deed.fact is facts.ConsultationReplied:
            who = conditions.replier(case, request)
        else:
            who = conditions.needed(case, deed.fact)
        if access.may(officer, *who, day(at)):
            yield Offer(deed, f"{CONSULTATION}{request.number}", case.asked_units[request.unit].name)


def signed_instead(case: Folded, step: str) -> bool:
    """Whether a step is not completed but signed: a draft waits there."""
    standing, node = case.standing, case.process.nodes.get(step)
    return bool(standing.draft and not standing.signed and node and conditions.signs(case, node))


# What is a matter of course most of the time is not shown greyed on every dossier.
_SILENT = (facts.ResultSigned, facts.ProposalReturned, facts.PapersGiven, facts.PapersReceived)


def _at_steps(case: Folded, deed: Deed, officer: Officer, at: datetime) -> Iterator[Offer]:
    standing = case.standing
    if standing.state not in WORKING or not standing.accepted or standing.correction:
        return
    if deed.fact is facts.StepRecalled:
        done = {f.step for f in case.facts if isinstance(f, facts.StepDone) and f.by == officer.username}
        for node in case.process.steps:
            if node.id in done and not conditions.not_recalled(case, node.id, officer, at):
                yield Offer(deed, node.id, node.name)
        return
    for action in process.allowed(case.process, case.marking):
        node = case.process.nodes[action.step]
        if conditions.hands_out(case, node):
            continue
        if deed.slug in _PASSING:
            yield from _PASSING[deed.slug](case, deed, node, officer, at)
        elif deed.fact is facts.StepDone and signed_instead(case, node.id):
            continue
        elif deed.fact is facts.Assigned:
            if access.may(officer, *conditions.needed(case, deed.fact, node.id), day(at)):
                yield Offer(deed, node.id, node.name)
        elif access.may_step(officer, node.role, folding.unit_of(case.dossier, node), day(at)) and (
            deed.fact is facts.StepDone or action.back_to
        ):
            refusal = conditions.not_theirs(case, node, officer, at)
            if deed.fact is facts.StepDone and not refusal:
                refusal = conditions.not_passed_by(case, action)
            yield Offer(deed, node.id, node.name, refusal)


def _taking(case: Folded, deed: Deed, node: process.Node, officer: Officer, at: datetime) -> Iterator[Offer]:
    if node.id not in case.assigned and not conditions.not_theirs(case, node, officer, at):
        yield Offer(deed, node.id, node.name)


def _giving(case: Folded, deed: Deed, node: process.Node, officer: Officer, at: datetime) -> Iterator[Offer]:
    if case.assigned.get(node.id) == officer.username:
        yield Offer(deed, node.id, node.name, conditions.not_given_to(case, node, officer))


def _receiving(
    case: Folded, deed: Deed, node: process.Node, officer: Officer, at: datetime
) -> Iterator[Offer]:
    offer = case.offered.get(node.id)
    if offer and offer.officer == officer.username:
        yield Offer(deed, node.id, node.name)


_PASSING = {
    "nhan-viec": _taking,
    "chuyen-nguoi": _giving,
    "ky-nhan": _receiving,
    "tu-choi-nhan": _receiving,
}
