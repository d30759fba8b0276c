"""Units: the tree, one unit with its people and hours, establishing and closing, appointing and ending."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from motcua.ui import typed

from .. import access, acts, queries, telling
from ..forms import AppointForm, CloseForm, EndForm, UnitForm
from ..models import Post, Role, Unit, UnitKind
from . import changes
from .asking import StaffRequest, asked, crumbs, now, require_staff, unit_of

TREE = [
    {"label": "Đơn vị"},
    {"label": "Loại", "width": "col-step"},
    {"label": "Người đứng đầu", "width": "col-step"},
    {"label": "Cán bộ", "num": True},
    {"label": "Hoạt động", "width": "col-step"},
]
SERVICES = [{"label": label} for label in ("Đơn vị", "Từ ngày", "Đến trước ngày", "Căn cứ", "Thay đổi")]
NO_SERVICE = {
    "title": "Chưa được giao Bộ phận Một cửa nào",
    "text": "Nhân viên của doanh nghiệp chưa làm được gì cho đến khi có quyết định hoặc hợp đồng giao.",
}
POSTS = [{"label": label} for label in ("Cán bộ", "Vị trí", "Từ ngày", "Đến trước ngày", "Thay đổi")]


@require_safe
def tree(request: StaffRequest) -> HttpResponse:
    """Cây đơn vị on a day: those whose people the officer arranges."""
    _, today = now()
    require_staff(request, today)
    on, wrong = _day(request.GET.get("ngay", ""), today)
    kept = queries.kept(request.user, today)
    wanted = request.GET.get("q", "").strip().casefold()
    kind = request.GET.get("loai", "")
    branches = [
        branch
        for branch in queries.tree(kept, on)
        if wanted in f"{branch.unit.name} {branch.unit.code}".casefold() and kind in ("", branch.unit.kind)
    ]
    shown = {
        "rows": branches,
        "columns": TREE,
        "on": on,
        "today": today,
        "query": request.GET.get("q", ""),
        "kinds": UnitKind.choices,
        "kind": kind,
        "wrong": wrong,
        "ended": sum(unit.valid_to is not None and unit.valid_to <= on for unit in kept),
        "empty": _nothing(wanted or kind),
    }
    return render(request, "people/units.html", shown)


@require_safe
def show(request: StaffRequest, code: str) -> HttpResponse:
    """Một đơn vị: who holds which post since when, its hours and days, what was changed."""
    _, today = now()
    unit = unit_of(request, code, today)
    held = sorted(queries.posts_of(unit), key=lambda post: post.role != Role.HEAD)
    posts = [_post(request, post, today) for post in held]
    shown = {
        "unit": unit,
        "crumbs": crumbs(unit.name),
        "current": [row for row in posts if not row["ended"]],
        "former": [row for row in posts if row["ended"]],
        "columns": POSTS,
        "hours": _hours(unit, today),
        "days": queries.decided_days(unit, today),
        "may_people": access.may(request.user, "people", unit, today),
        "operator": unit.kind == UnitKind.OPERATOR,
        "services": _services(unit, today),
        "service_columns": SERVICES,
        "no_service": NO_SERVICE,
        "closed": unit.valid_to is not None and unit.valid_to <= today,
        "changes": changes.told(queries.changes({"unit": [unit.code]}, size=5)),
        "empty": {
            "title": "Chưa ai giữ vị trí ở đây",
            "text": "Bố trí người đã có tài khoản, hoặc cấp tài khoản mới.",
        },
    }
    return render(request, "people/unit.html", shown)


@require_http_methods(["GET", "POST"])
def establish(request: StaffRequest, code: str) -> HttpResponse:
    """Thành lập đơn vị trực thuộc."""
    at, today = now()
    above = unit_of(request, code, today)
    if not access.may(request.user, "people", above, today):
        raise PermissionDenied(f"{request.user.full_name} không có thẩm quyền thành lập đơn vị")
    form = UnitForm(request.POST or None, initial={"valid_from": today})

    def act(said: dict[str, Any]) -> None:
        acts.establish([acts.NewUnit(parent=above.code, **said)], by=request.user, at=at)

    return asked(
        request, form, act, title="Thành lập đơn vị trực thuộc", button="Thành lập", about=above.name,
        back=reverse("unit", args=[above.code]), done="Đã thành lập đơn vị.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, code: str) -> HttpResponse:
    """Giải thể, sáp nhập."""
    at, today = now()
    unit = unit_of(request, code, today)
    form = CloseForm(request.POST or None)
    held = len({post.officer_id for post in queries.posts_of(unit) if post.valid_to is None})
    return asked(
        request,
        form,
        lambda said: acts.close(unit, on=said["on"], by=request.user, at=at),
        title="Giải thể, sáp nhập",
        button="Ghi ngày chấm dứt",
        about=unit.name,
        back=reverse("unit", args=[unit.code]),
        done=f"Đã ghi ngày chấm dứt của {unit.name}.",
        explain=f"{held} cán bộ đang giữ vị trí ở đây sẽ thôi giữ. Không có cách nào lấy lại ngày đã ghi.",
    )


@require_http_methods(["GET", "POST"])
def appoint(request: StaffRequest, code: str) -> HttpResponse:
    """Bố trí một cán bộ vào một vị trí của đơn vị."""
    at, today = now()
    unit = unit_of(request, code, today)
    start = {"since": today, "officer": request.GET.get("can-bo", "")}
    form = AppointForm(request.POST or None, initial=start, roles=access.given(request.user, unit, today))
    return asked(
        request,
        form,
        lambda said: acts.appoint(unit=unit, by=request.user, at=at, **said),
        title="Bố trí cán bộ",
        button="Bố trí",
        about=unit.name,
        back=reverse("unit", args=[unit.code]),
        done="Đã bố trí.",
        explain="Bàn làm việc của người ấy có ngay việc của vị trí này, kể từ ngày bắt đầu.",
    )


@require_http_methods(["GET", "POST"])
def end_post(request: StaffRequest, key: int) -> HttpResponse:
    """Thôi giữ một vị trí."""
    at, today = now()
    post = Post.objects.select_related("officer", "unit").filter(pk=key).first()
    if post is None:
        raise Http404("Không có vị trí này")
    unit = unit_of(request, post.unit.code, today)
    form = EndForm(request.POST or None)
    return asked(
        request,
        form,
        lambda said: acts.end_post(post, on=said["on"], by=request.user, at=at),
        title=f"Thôi giữ vị trí {post.get_role_display()}: {post.officer.full_name}",
        button="Ghi ngày thôi giữ",
        about=unit.name,
        back=reverse("unit", args=[unit.code]),
        done="Đã ghi ngày thôi giữ vị trí.",
        explain="Việc đang giao riêng cho người này không tự chuyển đi; hãy phân công lại trước ngày thôi giữ.",
    )


def _post(request: StaffRequest, post: Post, on: date) -> dict[str, Any]:
    ended = post.valid_to is not None and post.valid_to <= on
    return {
        "post": post,
        "ended": ended,
        "ahead": post.valid_from > on,
        "may_end": post.valid_to is None and access.may_give(request.user, post.role, post.unit, on),
    }


def _services(unit: Unit, on: date) -> list[dict[str, Any]]:
    """Desks given to this operator; for a desk, the operators it was given to."""
    operator = unit.kind == UnitKind.OPERATOR
    return [
        {
            "service": each,
            "other": each.desk if operator else each.operator,
            "ended": (ended := each.valid_to is not None and each.valid_to <= on),
            "may_end": operator and not ended,
        }
        for each in queries.services(unit)
    ]


def _hours(unit: Unit, on: date) -> list[dict[str, Any]]:
    """The hours in force first, then those before and ahead, each with its decision."""
    decided = queries.decided_hours(unit)
    now_in_force = next((row for row in decided if row.since <= on), None)
    rows = [
        {
            "hours": telling.hours(row.hours),
            "saturday": row.get_saturday_display(),
            "since": row.since,
            "source": row.source,
            "current": row is now_in_force,
        }
        for row in decided
    ]
    first = {
        "hours": telling.hours(unit.hours),
        "saturday": unit.get_saturday_display(),
        "since": unit.valid_from,
    }
    return [*rows, {**first, "source": "", "current": now_in_force is None}]


def _day(text: str, otherwise: date) -> tuple[date, str]:
    """The day asked for, and what was wrong with it."""
    if not text:
        return otherwise, ""
    with suppress(typed.Unread):
        return typed.day(text), ""
    return otherwise, f"“{text}” không phải ngày; đang xem hôm nay."


def _nothing(wanted: str) -> dict[str, str]:
    if wanted:
        return {"title": "Không có đơn vị nào như vậy", "text": "Thử tên ngắn hơn, hoặc ngày khác."}
    return {"title": "Không có đơn vị nào vào ngày này", "text": "Chọn ngày khác."}
