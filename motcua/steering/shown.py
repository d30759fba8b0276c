"""How a task looks in lists and heads: its status in a word with an icon, its days, who owes it (cách hiện)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from motcua.law import following, packs
from motcua.law.following import Status
from motcua.law.steering import TaskState
from motcua.ui.templatetags import ui

from .models import Task

LOOKS: dict[Status, tuple[str, str]] = {
    Status.OVERDUE: ("circle-alert", "late"),
    Status.SOON: ("hourglass", "soon"),
    Status.RETURNED: ("rotate-ccw", "soon"),
    Status.DOING: ("clock", ""),
    Status.NOT_STARTED: ("circle-minus", ""),
    Status.WAITING: ("inbox", "soon"),
    Status.PAUSED: ("circle-pause", "pause"),
    Status.DONE: ("circle-check", "ok"),
    Status.DONE_LATE: ("circle-check", "late"),
    Status.CANCELLED: ("ban", ""),
}

# What a column or a count has room for.
SHORT: dict[Status, str] = {
    Status.OVERDUE: "Quá hạn",
    Status.SOON: "Sắp hạn",
    Status.WAITING: "Chờ xác nhận",
    Status.DOING: "Đang làm",
    Status.NOT_STARTED: "Chưa làm",
    Status.RETURNED: "Bị trả lại",
    Status.PAUSED: "Tạm dừng",
    Status.CANCELLED: "Đã hủy",
    Status.DONE: "Xong đúng hạn",
    Status.DONE_LATE: "Xong trễ hạn",
}


def row(task: Task, on: date, near: int) -> dict[str, Any]:
    """A task as lists show it; `near` is `following.near_days`."""
    status = following.status(TaskState(task.state), task.until, task.late, on, near)
    icon, tone = LOOKS[status]
    return {
        "task": task,
        "url": reverse("task", args=[task.pk]),
        "status": status.label,
        "icon": icon,
        "tone": tone,
        "days": days(task, status, on),
        "tags": labels("tags", task.tags, on),
        "passed": task.proposals >= packs.on("steering", on)["bounces"],
    }


def rows(tasks: Iterable[Task], on: date) -> list[dict[str, Any]]:
    near = following.near_days(on)
    return [row(task, on, near) for task in tasks]


def days(task: Task, status: Status, on: date) -> str:
    """How many days are left or over, of the product where there is one."""
    if status in (Status.DONE, Status.DONE_LATE, Status.WAITING) and task.product_on:
        told = f"sản phẩm ngày {ui.day(task.product_on)}"
        return f"{told}, trễ hạn" if task.late else f"{told}, đúng hạn"
    if status in (Status.CANCELLED, Status.PAUSED):
        return ""
    left = (task.until - on).days
    if left == 0:
        return "hạn hôm nay"
    return f"còn {left} ngày" if left > 0 else f"quá {-left} ngày"


def labels(parameter: str, slugs: Iterable[str], on: date) -> list[str]:
    """The labels of tags or fields, as the pack of a day has them; a slug it does not know stays."""
    known = dict(choices(parameter, on))
    return [known.get(slug, slug) for slug in slugs]


def choices(parameter: str, on: date) -> list[tuple[str, str]]:
    """What may be chosen of `tags` or `fields` on a day."""
    return [(each["slug"], each["label"]) for each in packs.on("steering", on)[parameter]]
