"""What may be done with a task now, by whom, and the form that asks for it (việc có thể làm)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from motcua.law import steering
from motcua.law.calendar import day
from motcua.law.steering import OPEN, Standing
from motcua.law.steering_facts import (
    BudgetTold,
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
    MilestoneReached,
    SolutionNoted,
    TaskAccepted,
    TaskAssigned,
    TaskCancelled,
    TaskFact,
    TaskPaused,
    TaskReported,
    TaskResumed,
    TaskReturned,
    TaskStarted,
    TaskUrged,
    TransferAllowed,
    TransferDeclined,
    TransferProposed,
)
from motcua.people import access
from motcua.people.models import Officer

from . import forms, queries
from .models import Task

GIVER = "giver"


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on a task: its slug in addresses, the fact it leaves, who may (a power in the lead, or the giver)."""

    slug: str
    label: str
    kind: type[TaskFact] | None
    power: str
    form: type[forms.DeedForm]
    inline: bool = False


DEEDS = (
    Deed("xac-nhan", "Xác nhận hoàn thành", TaskAccepted, GIVER, forms.AcceptForm, inline=True),
    Deed("tra-lai", "Trả lại, yêu cầu làm lại", TaskReturned, GIVER, forms.ReturnForm, inline=True),
    Deed("cho-gia-han", "Đồng ý gia hạn", ExtensionGranted, GIVER, forms.GrantForm, inline=True),
    Deed(
        "khong-gia-han",
        "Không đồng ý gia hạn",
        ExtensionDeclined,
        GIVER,
        forms.DeclineExtensionForm,
        inline=True,
    ),
    Deed("cho-chuyen", "Đồng ý chuyển đơn vị", TransferAllowed, GIVER, forms.AllowTransferForm, inline=True),
    Deed(
        "khong-chuyen", "Không đồng ý chuyển", TransferDeclined, GIVER, forms.DeclineTransferForm, inline=True
    ),
    Deed("bao-cao", "Báo cáo hoàn thành", TaskReported, "do_task", forms.ReportForm),
    Deed("bat-dau", "Bắt đầu thực hiện", TaskStarted, "do_task", forms.StartForm),
    Deed("tien-do", "Ghi tiến độ, giải pháp", SolutionNoted, "do_task", forms.NoteForm),
    Deed("phan-cong", "Phân công thực hiện", TaskAssigned, "assign_task", forms.AssignForm),
    Deed("xong-moc", "Ghi xong mốc", MilestoneReached, "do_task", forms.MilestoneForm),
    Deed("kinh-phi", "Cập nhật kinh phí", BudgetTold, "do_task", forms.BudgetForm),
    Deed("vuong-mac", "Ghi việc phụ thuộc bên ngoài", None, "do_task", forms.DependencyForm),
    Deed("xin-gia-han", "Xin gia hạn", ExtensionAsked, "answer_task", forms.AskExtensionForm),
    Deed("chuyen", "Đề nghị chuyển đơn vị", TransferProposed, "answer_task", forms.TransferForm),
    Deed("don-doc", "Đôn đốc", TaskUrged, GIVER, forms.UrgeForm),
    Deed("tiep-tuc", "Tiếp tục thực hiện", TaskResumed, GIVER, forms.ResumeForm),
    Deed("tam-dung", "Tạm dừng", TaskPaused, GIVER, forms.PauseForm),
    Deed("huy", "Hủy nhiệm vụ", TaskCancelled, GIVER, forms.CancelForm),
)
OF = {deed.slug: deed for deed in DEEDS}


def open_to(officer: Officer, task: Task, standing: Standing, at: datetime) -> Iterator[Deed]:
    """The deeds an officer may do now, the usual ones first."""
    on = day(at)
    judges = queries.gives_for(officer, task.giver, on)
    for deed in DEEDS:
        orphan = deed.kind is TransferProposed and queries.ended(task.lead, on)
        may = judges if orphan or deed.power == GIVER else access.may(officer, deed.power, task.lead, on)
        if may and _possible(deed, officer, standing, at):
            yield deed


def _possible(deed: Deed, officer: Officer, standing: Standing, at: datetime) -> bool:
    """Whether the facts leave room for it; what the act would say of what is typed comes later."""
    if deed.kind is None:
        return standing.state in OPEN
    if not steering.possible(standing, deed.kind):
        return False
    if deed.kind in (TaskAccepted, TaskReturned):
        return officer.username not in steering.doers(standing)
    if deed.kind is MilestoneReached:
        told = standing.given.milestones if standing.given else ()
        return len(told) > len(standing.reached)
    if deed.kind is ExtensionAsked:
        return day(at) <= standing.until or standing.state is steering.TaskState.PAUSED
    return True
