"""Liên thông: groups of dossiers and projects, each on one shared page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Bundle, BundleKind
from motcua.journal import log
from motcua.law import clock
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access, calendars
from motcua.people.models import Officer
from motcua.ui import exports

from .. import acts, clockface, cooperation, exporting, groups, planning, queries
from ..group_intake import GroupIntake
from .links import DeskRequest, with_query

COLUMNS = [
    {"label": "Nhóm, dự án", "width": "col-dossier"},
    {"label": "Tên"},
    {"label": "Nơi tiếp nhận", "width": "col-step"},
    {"label": "Đã xong", "num": True},
]
SEVERAL = [
    {"label": "Hồ sơ", "width": "col-dossier"},
    {"label": "Thủ tục"},
    {"label": "Chủ trì", "width": "col-step"},
    {"label": "Đang ở", "width": "col-step"},
    {"label": "Thời hạn", "width": "col-clock"},
]
HOME = {"label": "Liên thông", "url": "/lien-thong/"}


@require_safe
def index(request: DeskRequest) -> HttpResponseBase:
    """The groups and projects an officer may see."""
    at = timezone.now()
    form = groups.SearchForm(request.GET)
    asked = groups.readable(request.user, day(at)).filter(form.condition())
    if wanted := exports.asked(request):
        listing = exporting.gathered(wanted, asked, exports.said(form), by=request.user, at=at)
        return exports.answer(request, wanted, listing)
    found = groups.listed(asked, after=request.GET.get("sau", ""), before=request.GET.get("truoc", ""))
    narrowed = bool(form.is_valid() and any(form.cleaned_data.values()))
    empty = {"title": "Không có nhóm hồ sơ nào như vậy", "text": "Thử bớt điều kiện, hoặc tìm bằng mã, tên."}
    if not narrowed:
        empty = {
            "title": "Chưa có nhóm hồ sơ hay dự án nào",
            "text": "Cán bộ một cửa lập nhóm ở nút “Tiếp nhận nhóm, lập dự án”.",
        }
    shown = {
        "form": form,
        "found": found,
        "rows": [{"group": group, "url": reverse("group", args=[group.code])} for group in found.groups],
        "columns": COLUMNS,
        "narrowed": narrowed,
        "most": groups.CAP - 1,
        "more": found.count >= groups.CAP,
        "empty": empty,
        "before": with_query(request, truoc=str(found.before)) if found.before else "",
        "after": with_query(request, sau=str(found.after)) if found.after else "",
        "on_page": f"{len(found.groups)} nhóm, mới lập trước",
        "actions": _may_open(request.user, at),
        "tabs": _tabs("groups"),
    }
    return render(request, "dossiers/groups.html", shown)


@require_safe
def cooperating(request: DeskRequest) -> HttpResponseBase:
    """The dossiers of several agencies in which the officer's units lead or have a step."""
    at = timezone.now()
    form = cooperation.CooperationForm(request.GET)
    asked = form.narrowed(cooperation.dossiers(request.user, day(at)), request.user, day(at))
    if wanted := exports.asked(request):
        listing = exporting.several(wanted, asked, exports.said(form), by=request.user, at=at)
        return exports.answer(request, wanted, listing)
    found, onward, count = cooperation.page(asked, request.GET.get("sau", ""))
    kept = calendars.several(dossier.deciding_unit for dossier in found)
    near = 60 * clock.rules(day(at)).near_working_hours
    shown = {
        "form": form,
        "rows": [
            {
                "dossier": dossier,
                "url": reverse("dossier", args=[dossier.code]),
                "tasks": dossier.tasks.all(),
                "clock": clockface.of_row(dossier, kept[dossier.deciding_unit_id], at, near, dossier.due_at),
            }
            for dossier in found
        ],
        "columns": SEVERAL,
        "count": count,
        "more": count >= cooperation.CAP,
        "most": cooperation.CAP - 1,
        "narrowed": bool(form.is_valid() and any(form.cleaned_data.values())),
        "empty": {
            "title": "Không có hồ sơ nào như vậy",
            "text": "Hồ sơ hiện ở đây từ lúc tiếp nhận, khi quy trình có bước của đơn vị bạn và của cơ quan khác.",
        },
        "after": with_query(request, sau=str(onward)) if onward else "",
        "on_page": f"{len(found)} hồ sơ, mới nộp trước",
        "tabs": _tabs("cooperation"),
    }
    return render(request, "dossiers/cooperation.html", shown)


@require_http_methods(["GET", "POST"])
def open_(request: DeskRequest) -> HttpResponse:
    """Handing in a group, or planning a project: first which, then the form."""
    at = timezone.now()
    if not access.may(request.user, "receive", None, day(at)):
        raise PermissionDenied(f"{request.user.full_name} không giữ vị trí cán bộ một cửa")
    known = catalogue.bundles(day(at))
    code = request.GET.get("nhom", "")
    bundle = next((bundle for bundle in known if bundle.code == code), None)
    crumbs = [HOME, {"label": "Tiếp nhận nhóm, lập dự án"}]
    if bundle is None:
        return render(request, "dossiers/group_kinds.html", {"kinds": _kinds(known), "crumbs": crumbs})
    sent = request.method == "POST"
    intake = GroupIntake(request.user, at, bundle, request.POST if sent else None)
    refusal = None
    if sent and intake.complete():
        try:
            paid = intake.form.cleaned_data["paid"]
            group = acts.open_group(intake.filing(), by=request.user, at=at, paid=paid)
        except (Refused, log.Stale, catalogue.NotFound) as refused:
            refusal = refused
        else:
            messages.success(request, f"Đã ghi nhóm {group.code}.")
            return redirect("group", group.code)
    shown = {"intake": intake, "form": intake.form, "bundle": bundle, "refusal": refusal, "crumbs": crumbs}
    return render(request, "dossiers/group_new.html", shown, status=409 if refusal else 200)


@require_safe
def show(request: DeskRequest, code: str) -> HttpResponse:
    """A group: how far it is and what holds it up, its dossiers on one time line, its papers."""
    return _page(request, code)


@require_http_methods(["POST"])
def attach(request: DeskRequest, code: str) -> HttpResponse:
    """Give a planned procedure of a project its dossier."""
    at = timezone.now()
    gathered = groups.group_for(request.user, code, day(at))
    typed = request.POST.get("ho_so", "").strip()
    try:
        dossier = queries.dossier_for(request.user, typed.upper(), day(at)).dossier
    except (Http404, PermissionDenied):
        # One the officer may not read is not told from one that is not there.
        said = (
            f"Không có hồ sơ mang mã “{typed}”. Chép mã trên giấy tiếp nhận."
            if typed
            else "Hãy nhập mã hồ sơ."
        )
        return _page(request, code, said, status=422)
    key = request.POST.get("thu_tuc", "")
    try:
        acts.attach(gathered.group, member=key, dossier=dossier, by=request.user, at=at)
    except (Refused, log.Stale) as refused:
        return _page(request, code, str(refused), status=409)
    messages.success(request, f"Đã ghép hồ sơ {dossier.code} vào dự án.")
    return redirect("group", code)


def _page(request: DeskRequest, code: str, wrong: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    gathered = groups.group_for(request.user, code, day(at))
    group, project = gathered.group, gathered.group.kind == BundleKind.PROJECT
    plan = gathered.plan(at)
    shown = {
        "group": group,
        "project": project,
        "answer": planning.answer(gathered, plan),
        "summary": planning.summary(gathered),
        "saving": planning.saving(gathered, plan),
        "rows": planning.rows(gathered, plan, at),
        "scale": planning.scale(gathered, plan, at),
        "columns": planning.COLUMNS,
        "events": planning.events(gathered),
        "papers": planning.papers(gathered),
        "free": [m for m in gathered.members if not m.dossier] if project else [],
        "may_attach": project and access.may(request.user, "receive", group.receiving_unit, day(at)),
        "wrong": wrong,
        "typed": request.POST,
        "crumbs": [HOME, {"label": group.code}],
    }
    return render(request, "dossiers/group.html", shown, status=status)


def _tabs(shown: str) -> list[dict[str, Any]]:
    told = (("groups", "Nhóm hồ sơ, dự án"), ("cooperation", "Hồ sơ nhiều cơ quan"))
    return [{"url": reverse(name), "label": label, "current": name == shown} for name, label in told]


def _may_open(officer: Officer, at: datetime) -> list[dict[str, Any]]:
    if not access.may(officer, "receive", None, day(at)):
        return []
    return [{"url": reverse("group_new"), "label": "Tiếp nhận nhóm, lập dự án", "primary": True}]


def _kinds(known: list[Bundle]) -> list[dict[str, Any]]:
    """The published groups and projects to choose from, by kind."""
    return [
        {"label": label, "bundles": [bundle for bundle in known if bundle.kind == kind]}
        for kind, label in BundleKind.choices
    ]
