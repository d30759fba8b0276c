"""What the unit in the lead does about a task: divides it, works, shows, reports, asks (thực hiện nhiệm vụ)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import TaskState, source
from motcua.law.steering_facts import (
    BudgetTold,
    ExtensionAsked,
    MilestoneReached,
    SolutionNoted,
    TaskAssigned,
    TaskReported,
    TaskStarted,
    TransferProposed,
)
from motcua.people import access
from motcua.people.models import Officer, Unit

from .. import queries
from ..models import Attachment, BudgetLine, Milestone, Task
from .deciding import Case, decided, held, require_giver, require_unit, write


@transaction.atomic(durable=True)
def assign_task(task: Task, *, to: Officer, by: Officer, at: datetime) -> None:
    """Phân công thực hiện: to somebody of the unit in the lead, by who leads there."""
    case = held(task)
    require_unit(case, "assign_task", by, at)
    if not access.may(to, "do_task", case.task.lead, day(at)):
        raise Refused(f"{to.full_name} không giữ vị trí nào ở {case.task.lead.name}", access.SOURCE)
    write(case, [decided(TaskAssigned, by.username, at, officer=to.username)])


@transaction.atomic(durable=True)
def start_task(task: Task, *, by: Officer, at: datetime) -> None:
    """Bắt đầu thực hiện nhiệm vụ."""
    case = held(task)
    require_unit(case, "do_task", by, at)
    write(case, [decided(TaskStarted, by.username, at)])


@transaction.atomic(durable=True)
def note_solution(
    task: Task, *, text: str, files: Sequence[Attachment] = (), by: Officer, at: datetime
) -> None:
    """Ghi tiến độ, giải pháp, what was done and how; the first note says that the work has begun.

    Raises Refused for what the same officer noted last, in the same words, that day: a form sent twice notes once.
    """
    case = held(task)
    if not _cooperates(case, by, day(at)):
        require_unit(case, "do_task", by, at)
    if not text.strip():
        raise Refused("Hãy ghi nội dung tiến độ hoặc giải pháp", source(day(at)))
    begun = [decided(TaskStarted, by.username, at)] if case.standing.state is TaskState.GIVEN else []
    noted = decided(SolutionNoted, by.username, at, text=text.strip(), files=_digests(case.task, files, at))
    last = case.standing.last
    if isinstance(last, SolutionNoted) and day(last.at) == day(at) and replace(last, at=at) == noted:
        raise Refused("Bạn vừa ghi đúng nội dung này", source(day(at)))
    write(case, [*begun, noted])


@transaction.atomic(durable=True)
def reach_milestone(task: Task, *, key: str, on: date, by: Officer, at: datetime) -> None:
    """Xong mốc của nhiệm vụ, on the day it was reached."""
    case = held(task)
    require_unit(case, "do_task", by, at)
    write(case, [decided(MilestoneReached, by.username, at, key=key, on=on.isoformat())])
    Milestone.objects.filter(task=case.task, key=key).update(reached_on=on)


@transaction.atomic(durable=True)
def tell_budget(
    task: Task, *, key: str, name: str, planned: int, assigned: int, disbursed: int, by: Officer, at: datetime
) -> None:
    """Cập nhật kinh phí của một khoản, in đồng."""
    case = held(task)
    require_unit(case, "do_task", by, at)
    if min(planned, assigned, disbursed) < 0 or disbursed > assigned:
        raise Refused("Số đã giải ngân không thể nhiều hơn số đã giao", source(day(at)))
    money = {"name": name.strip(), "planned": planned, "assigned": assigned, "disbursed": disbursed}
    write(case, [decided(BudgetTold, by.username, at, key=key, **money)])
    BudgetLine.objects.update_or_create(task=case.task, key=key, defaults=money)


@transaction.atomic(durable=True)
def report_task(
    task: Task,
    *,
    product: str,
    number: str,
    product_on: date,
    result: str,
    files: Sequence[Attachment],
    by: Officer,
    at: datetime,
) -> None:
    """Báo cáo hoàn thành nhiệm vụ, with the product, the day it was issued, and the evidence. The giver judges it."""
    case = held(task)
    require_unit(case, "do_task", by, at)
    said = {"product": product.strip(), "number": number.strip(), "result": result.strip()}
    digests = _digests(case.task, files, at)
    fact = decided(TaskReported, by.username, at, product_on=product_on.isoformat(), files=digests, **said)
    write(case, [fact])


@transaction.atomic(durable=True)
def ask_extension(task: Task, *, until: date, reason: str, by: Officer, at: datetime) -> None:
    """Xin gia hạn, while the deadline has not passed, có lý do."""
    case = held(task)
    require_unit(case, "answer_task", by, at)
    fact = decided(ExtensionAsked, by.username, at, until=until.isoformat(), reason=reason.strip())
    write(case, [fact])


@transaction.atomic(durable=True)
def propose_transfer(task: Task, *, to: Unit, reason: str, by: Officer, at: datetime) -> None:
    """Đề nghị chuyển đơn vị, có lý do; until the giver consents the unit answers for the task.

    For a unit that was dissolved its giver proposes: nobody of the unit is left to.
    """
    case = held(task)
    if queries.ended(case.task.lead, day(at)):
        require_giver(case, by, at)
    else:
        require_unit(case, "answer_task", by, at)
    if not queries.recipients(case.task.giver, day(at)).filter(pk=to.pk).exists():
        raise Refused(f"{case.task.giver.name} không giao nhiệm vụ cho {to.name}", source(day(at)))
    write(case, [decided(TransferProposed, by.username, at, unit=to.code, reason=reason.strip())])


def _cooperates(case: Case, by: Officer, on: date) -> bool:
    units = [each.unit for each in case.task.cooperations.select_related("unit__parent")]
    return any(access.may(by, "do_task", unit, on) for unit in units)


def _digests(task: Task, files: Sequence[Attachment], at: datetime) -> tuple[str, ...]:
    if any(file.about != task.stream for file in files):
        raise Refused("Tệp minh chứng phải được đính kèm vào chính nhiệm vụ này", source(day(at)))
    return tuple(file.digest for file in files)
