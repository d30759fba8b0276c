"""Tasks as a file (danh sách nhiệm vụ ra XLSX, PDF)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from motcua.law import following
from motcua.law.calendar import day
from motcua.law.following import Status
from motcua.law.steering import TaskState
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Format, Kind, Listing

from . import shown
from .models import Task, code

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
# Plain values: of a long list, rows as objects would cost more than the file they go into.
READ = (
    "pk",
    "title",
    "product",
    "instrument__number",
    "lead__name",
    "officer__full_name",
    "due",
    "until",
    "state",
    "late",
    "product_on",
    "extensions",
    "urged",
    "tags",
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
    tags = dict(shown.choices("tags", on))

    def read(some: Sequence[int]) -> Iterator[Sequence[Cell]]:
        kept = {row["pk"]: row for row in Task.objects.filter(pk__in=some).order_by().values(*READ)}
        for key in some:
            if key in kept:
                yield cells(kept[key], on, near, tags)

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


def cells(task: Mapping[str, Any], on: date, near: int, tags: Mapping[str, str]) -> Sequence[Cell]:
    """One row of the file, of the columns READ; `tags` are the labels of tags."""
    status = following.status(TaskState(task["state"]), task["until"], task["late"], on, near)
    over = (on - task["until"]).days if status is Status.OVERDUE else 0
    return (
        code(task["pk"]),
        task["title"],
        task["product"],
        task["instrument__number"],
        task["lead__name"],
        task["officer__full_name"],
        task["due"],
        task["until"],
        status.label,
        task["product_on"],
        over or None,
        task["extensions"] or None,
        task["urged"] or None,
        ", ".join(tags.get(slug, slug) for slug in task["tags"]),
    )
