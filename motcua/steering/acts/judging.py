"""What the giver does about a task: accepts or returns it, answers what is asked, urges, pauses, cancels (bên giao)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import source
from motcua.law.steering_facts import (
    ExtensionDeclined,
    ExtensionGranted,
    TaskAccepted,
    TaskCancelled,
    TaskFact,
    TaskPaused,
    TaskResumed,
    TaskReturned,
    TaskUrged,
    TransferAllowed,
    TransferDeclined,
)
from motcua.people.models import Officer, Unit

from .. import queries
from ..models import Task
from .deciding import decided, held, require_giver, write


@transaction.atomic(durable=True)
def accept_task(task: Task, *, by: Officer, at: datetime, note: str = "") -> None:
    """Xác nhận hoàn thành: by the giver, never by who did it or reported it."""
    _judge(task, TaskAccepted, by, at, note=note.strip())


@transaction.atomic(durable=True)
def return_task(task: Task, *, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại, yêu cầu làm lại, có lý do; the deadline is the same."""
    _judge(task, TaskReturned, by, at, reason=reason.strip())


@transaction.atomic(durable=True)
def grant_extension(task: Task, *, until: date, by: Officer, at: datetime, note: str = "") -> None:
    """Đồng ý gia hạn; the deadline first given stays beside the new one."""
    _judge(task, ExtensionGranted, by, at, until=until.isoformat(), note=note.strip())


@transaction.atomic(durable=True)
def decline_extension(task: Task, *, reason: str, by: Officer, at: datetime) -> None:
    """Không đồng ý gia hạn, có lý do."""
    _judge(task, ExtensionDeclined, by, at, reason=reason.strip())


@transaction.atomic(durable=True)
def allow_transfer(task: Task, *, by: Officer, at: datetime) -> None:
    """Đồng ý chuyển đơn vị: the unit that was proposed answers for the task from now on, by the same deadline."""
    case = held(task)
    require_giver(case, by, at)
    if case.standing.proposed is None:
        raise Refused("Không có đề nghị chuyển đơn vị nào đang chờ", source(day(at)))
    unit = Unit.objects.get(code=case.standing.proposed.unit)
    if Task.objects.filter(
        instrument__isnull=False,
        instrument=case.task.instrument,
        item=case.task.item,
        occurrence=case.task.occurrence,
        lead=unit,
    ).exists():
        raise Refused(f"{unit.name} đã có nhiệm vụ này trong cùng văn bản", source(day(at)))
    head = queries.heads([unit], day(at)).get(unit.pk)
    name = head.username if head else ""
    write(case, [decided(TransferAllowed, by.username, at, unit=unit.code, head=name)])


@transaction.atomic(durable=True)
def decline_transfer(task: Task, *, reason: str, by: Officer, at: datetime) -> None:
    """Không đồng ý chuyển đơn vị, có lý do: the unit keeps the task."""
    _judge(task, TransferDeclined, by, at, reason=reason.strip())


@transaction.atomic(durable=True)
def pause_task(task: Task, *, reason: str, by: Officer, at: datetime) -> None:
    """Tạm dừng nhiệm vụ, có lý do; nobody is reminded meanwhile, and no date moves."""
    _judge(task, TaskPaused, by, at, reason=reason.strip())


@transaction.atomic(durable=True)
def resume_task(task: Task, *, by: Officer, at: datetime) -> None:
    """Tiếp tục thực hiện nhiệm vụ đã tạm dừng."""
    _judge(task, TaskResumed, by, at)


@transaction.atomic(durable=True)
def cancel_task(task: Task, *, reason: str, by: Officer, at: datetime) -> None:
    """Hủy nhiệm vụ, có lý do."""
    _judge(task, TaskCancelled, by, at, reason=reason.strip())


@transaction.atomic(durable=True)
def urge_task(task: Task, *, text: str, by: Officer, at: datetime) -> None:
    """Đôn đốc: says to the unit in the lead that the task is waited for."""
    if not text.strip():
        raise Refused("Hãy ghi nội dung đôn đốc", source(day(at)))
    _judge(task, TaskUrged, by, at, text=text.strip())


def _judge(task: Task, kind: type[TaskFact], by: Officer, at: datetime, **said: str) -> None:
    case = held(task)
    require_giver(case, by, at)
    write(case, [decided(kind, by.username, at, **said)])
