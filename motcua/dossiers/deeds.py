"""The acts an officer finds on the page of a dossier (việc có thể làm): which are open now, which are not and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from motcua.law import facts, lifecycle, process
from motcua.law.calendar import TZ, day
from motcua.law.facts import Fact, Refused
from motcua.law.lifecycle import WORKING
from motcua.people import access
from motcua.people.models import Officer, Role, Unit

from . import conditions, rows
from .rows import Folded


@dataclass(frozen=True, slots=True)
class Deed:
    """One act as a page offers it: its name in the URL, the fact it adds, the power it needs and its letter."""

    slug: str
    fact: type[Fact]
    power: str
    label: str
    key: str = ""
    step: bool = False


ALL = (
    Deed("hoan-thanh", facts.StepDone, "step", "Hoàn thành bước", "h", step=True),
    Deed("phan-cong", facts.Assigned, "assign", "Phân công", "p", step=True),
    Deed("tra-lai", facts.SentBack, "send_back", "Trả lại bước trước", "l", step=True),
    Deed("tiep-nhan", facts.Accepted, "receive", "Tiếp nhận hồ sơ", "t"),
    Deed("ket-thuc", facts.Finished, "finish", "Kết thúc xử lý", "k"),
    Deed("tra-ket-qua", facts.ResultReturned, "return_result", "Trả kết quả", "q"),
    Deed("nhan-bo-sung", facts.SupplementReceived, "receive_supplement", "Nhận hồ sơ bổ sung", "n"),
    Deed("thu-phi", facts.FeePaid, "take_fee", "Thu phí, lệ phí", "u"),
    Deed("yeu-cau-bo-sung", facts.SupplementRequested, "request_supplement", "Yêu cầu bổ sung", "b"),
    Deed("nghia-vu", facts.FinancialDutyRequested, "request_duty", "Yêu cầu nghĩa vụ tài chính", "v"),
    Deed("da-nop", facts.FinancialDutyMet, "meet_duty", "Xác nhận đã xong nghĩa vụ tài chính", "x"),
    Deed("hen-lai", facts.Extended, "extend", "Xin lỗi, hẹn lại", "e"),
    Deed("tu-choi", facts.ReceptionRefused, "refuse_reception", "Từ chối tiếp nhận", "c"),
    Deed("rut", facts.Withdrawn, "withdraw", "Người nộp rút hồ sơ", "r"),
    Deed("dung", facts.Stopped, "stop", "Dừng xử lý", "d"),
    Deed("danh-gia", facts.Rated, "rate", "Ghi đánh giá của người nộp", "g"),
)
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
        if deed.step:
            found += _at_steps(case, deed, officer, at)
        elif access.may(officer, deed.power, _where(case, deed), day(at)):
            found.append(Offer(deed, refusal=verdicts[deed.fact]))
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
    if verdict := lifecycle.possible(case.standing)[deed.fact]:
        return verdict
    if deed.step and step not in case.marking.steps:
        turns = [turn.ended for turn in case.turns if turn.step == step and turn.ended]
        when = f" lúc {turns[-1].at.astimezone(TZ):%H:%M %d/%m/%Y}" if turns else ""
        return Refused(
            f"Bước này không còn chờ xử lý{f', đã xong{when}' if turns else ''}", lifecycle.source(deed.fact)
        )
    return Refused(f"{officer.full_name} không có thẩm quyền thực hiện việc này", access.SOURCE)


def _at_steps(case: Folded, deed: Deed, officer: Officer, at: datetime) -> Iterator[Offer]:
    if case.standing.state not in WORKING or not case.standing.accepted:
        return
    for action in process.allowed(case.process, case.marking):
        node = case.process.nodes[action.step]
        unit = rows.unit_of(case.dossier, node)
        if node.role == Role.RECEPTION and not rows.left_to_do(case):
            continue  # the handing out: it waits for the result to be written down
        if deed.fact is facts.Assigned:
            if access.may(officer, deed.power, unit, day(at)):
                yield Offer(deed, node.id, node.name)
        elif access.may_step(officer, node.role, unit, day(at)) and (
            deed.fact is facts.StepDone or action.back_to
        ):
            yield Offer(deed, node.id, node.name, _given_away(case, node, officer))


def _given_away(case: Folded, node: process.Node, officer: Officer) -> Refused | None:
    given = case.assigned.get(node.id)
    if given and given != officer.username:
        return Refused(f"Bước đã phân công cho {given}", access.SOURCE)
    return None


def _where(case: Folded, deed: Deed) -> Unit:
    """The unit whose power counts: before acceptance, the one that receives."""
    dossier = case.dossier
    before = deed.fact is facts.SupplementRequested and not case.standing.accepted
    return dossier.receiving_unit if before else dossier.deciding_unit
