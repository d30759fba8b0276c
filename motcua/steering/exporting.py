"""Tasks as a file (danh sách nhiệm vụ ra XLSX, PDF)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from motcua.law import following
from motcua.law.calendar import day
from motcua.law.following import Status
from motcua.law.steering import TaskState
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Format, Kind, Listing

from . import shown
from .models import Task

COLUMNS = (
    Column("Mã", Kind.CODE, 10),
    Column("Nhiệm vụ", width=50),
    Column("Sản phẩm", width=28),
    Column("Văn bản giao", width=22),
    Column("Đơn vị chủ trì", width=26),
    Column("Người thực hiện", width=20),
    Column("Hạn gốc", Kind.DAY, 12),
    Column("Hạn hiện nay", Kind.DAY, 12),
    Column("Tình trạng", width=22),
    Column("Ngày sản phẩm", Kind.DAY, 12),
    Column("Quá hạn (ngày)", Kind.NUMBER, 10),
    Column("Gia hạn", Kind.NUMBER, 8),
    Column("Đôn đốc", Kind.NUMBER, 8),
    Column("Nhãn", width=20),
)


def tasks(
    format: Format,
    found: QuerySet[Task],
    *,
    by: Officer,
    at: datetime,
    title: str = "Danh sách nhiệm vụ",
    name: str = "nhiem-vu",
    filters: Sequence[tuple[str, str]] = (),
    period: str = "",
) -> Listing:
    """The tasks of a list, every one its filters select."""
    on, near = day(at), following.near_days(day(at))

    def read(some: Sequence[int]) -> Iterator[Sequence[Cell]]:
        kept = Task.objects.select_related("lead", "officer", "instrument").in_bulk(list(some))
        for key in some:
            if key in kept:
                yield cells(kept[key], on, near)

    return Listing(
        name,
        title,
        "nhiệm vụ",
        COLUMNS,
        list(found.values_list("pk", flat=True)[: format.most + 1]),
        read,
        issuer.of(by, on),
        at,
        period=period,
        filters=filters,
    )


def cells(task: Task, on: date, near: int) -> Sequence[Cell]:
    """One row of the file."""
    status = following.status(TaskState(task.state), task.until, task.late, on, near)
    over = (on - task.until).days if status is Status.OVERDUE else 0
    return (
        task.code,
        task.title,
        task.product,
        task.instrument.number if task.instrument else "",
        task.lead.name,
        task.officer.full_name if task.officer else "",
        task.due,
        task.until,
        status.label,
        task.product_on,
        over or None,
        task.extensions or None,
        task.urged or None,
        ", ".join(shown.labels("tags", task.tags, on)),
    )
