"""Giao Bộ phận Một cửa cho doanh nghiệp bưu chính công ích, and ending it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import access, acts, queries
from ..forms import EndDeskForm, GiveDeskForm
from ..models import DeskService, UnitKind
from .asking import StaffRequest, asked, now, unit_of

LIMITS = (
    "Nhân viên của doanh nghiệp chỉ hướng dẫn, tiếp nhận, số hóa và trả kết quả tại đây; "
    "chỉ thấy hồ sơ nhận tại đây."
)


@require_http_methods(["GET", "POST"])
def give(request: StaffRequest, code: str) -> HttpResponse:
    """Giao thêm một Bộ phận Một cửa cho một doanh nghiệp."""
    at, today = now()
    operator = unit_of(request, code, today)
    if operator.kind != UnitKind.OPERATOR:
        raise Http404(f"{operator.name} không phải doanh nghiệp bưu chính công ích")
    if not access.may(request.user, "people", operator, today):
        raise PermissionDenied(f"{request.user.full_name} không có thẩm quyền giao Bộ phận Một cửa")
    form = GiveDeskForm(request.POST or None, initial={"since": today}, desks=queries.desks(today))
    return asked(
        request,
        form,
        lambda said: acts.give_desk(operator, by=request.user, at=at, **said),
        title="Giao Bộ phận Một cửa",
        button="Giao",
        about=operator.name,
        back=reverse("unit", args=[operator.code]),
        done="Đã giao.",
        explain=LIMITS,
    )


@require_http_methods(["GET", "POST"])
def end(request: StaffRequest, key: int) -> HttpResponse:
    """Thôi giao một Bộ phận Một cửa."""
    at, today = now()
    service = DeskService.objects.select_related("operator", "desk").filter(pk=key).first()
    if service is None:
        raise Http404("Không có lần giao này")
    operator = unit_of(request, service.operator.code, today)
    form = EndDeskForm(request.POST or None)
    return asked(
        request,
        form,
        lambda said: acts.end_desk(service, by=request.user, at=at, **said),
        title=f"Thôi giao {service.desk.name}",
        button="Ghi ngày thôi giao",
        about=operator.name,
        back=reverse("unit", args=[operator.code]),
        done="Đã ghi ngày thôi giao.",
    )
