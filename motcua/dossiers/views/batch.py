"""Nhận theo danh sách: many applicants of one procedure from a file, all of them or none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access

from .. import acts, lists, queries
from ..intake import ListIntake, of_batch
from .links import DeskRequest
from .reception import begun

COLUMNS = [
    {"label": "Dòng", "width": "col-points"},
    {"label": "Cột", "width": "col-step"},
    {"label": "Sai ở đâu"},
    {"label": "Cách sửa"},
]
RECEIVED = [
    {"label": "Hồ sơ", "width": "col-dossier"},
    {"label": "Người nộp"},
    {"label": "Hẹn trả", "width": "col-step"},
    {"label": "Giấy tờ", "width": "col-step"},
]


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest) -> HttpResponse:
    """The form of a list; after an error everything but the file is kept, and every wrong cell is named."""
    at = timezone.now()
    if not access.may(request.user, "receive", None, day(at)):
        raise PermissionDenied(f"{request.user.full_name} không giữ vị trí cán bộ một cửa")
    final = request.POST.get("do") == "nhan"
    intake = ListIntake(request.user, at, request.POST or begun(request, at), final=final)
    refusal, unread, problems = None, "", []
    if final:
        complete = intake.complete(reason=False, missing=False)
        try:
            read = _read(request)
            problems = read.problems
            if complete and not problems:
                return _received(request, intake, read.people)
        except lists.Unreadable as error:
            unread = str(error)
        except Refused as refused:
            refusal = refused
    shown = _shown(intake) | {"refusal": refusal, "unread": unread, "problems": problems}
    return render(request, "dossiers/batch.html", shown, status=409 if refusal else 200)


@require_safe
def template(request: DeskRequest) -> HttpResponse:
    """An empty list to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="danh-sach-nop.csv"'}
    return HttpResponse(lists.template(), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def done(request: DeskRequest, lot: UUID, count: int) -> HttpResponse:
    """What a list became: a dossier for each row, with its slip."""
    requests = [of_batch(lot, place) for place in range(min(count, lists.MOST_ROWS))]
    readable = queries.readable(request.user, day(timezone.now()))
    found = readable.filter(request_id__in=requests).select_related("version__procedure").defer("words")
    dossiers = list(found.order_by("pk"))
    if not dossiers:
        raise Http404("Không có danh sách này")
    shown = {
        "dossiers": dossiers,
        "columns": RECEIVED,
        "title": dossiers[0].version.title,
        "next": f"{reverse('batch')}?thu-tuc={dossiers[0].version.procedure.code}",
        "crumbs": [
            {"label": "Tiếp nhận", "url": reverse("reception")},
            {"label": "Theo danh sách", "url": reverse("batch")},
            {"label": "Đã nhận"},
        ],
    }
    return render(request, "dossiers/batch_done.html", shown)


def _read(request: DeskRequest) -> lists.Read:
    sent = request.FILES.get("tep")
    if sent is None:
        raise lists.Unreadable("Hãy chọn tệp danh sách.")
    if sent.size and sent.size > lists.MOST_BYTES:
        raise lists.Unreadable("Tệp lớn hơn 2 MB. Hãy chia danh sách ra nhiều tệp.")
    return lists.read(sent.name or "", sent.read())


def _received(request: DeskRequest, intake: ListIntake, people: list[lists.Person]) -> HttpResponse:
    paid = intake.fee if intake.form.cleaned_data["paid"] else 0
    filings = intake.filings([person.said for person in people])
    dossiers = acts.receive_many(filings, by=intake.officer, at=intake.at, paid=paid)
    messages.success(request, f"Đã tiếp nhận {len(dossiers)} hồ sơ theo danh sách.")
    return redirect("batch-done", intake.form.cleaned_data["request_id"], len(dossiers))


def _shown(intake: ListIntake) -> dict[str, Any]:
    return {
        "intake": intake,
        "form": intake.form,
        "reading": intake.reading,
        "several_desks": intake.form.fields["receiving_unit"].queryset.count() > 1,
        "columns": COLUMNS,
        "headings": lists.HEADINGS,
        "most": lists.MOST_ROWS,
        "crumbs": [{"label": "Tiếp nhận", "url": reverse("reception")}, {"label": "Theo danh sách"}],
    }
