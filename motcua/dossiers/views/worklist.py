"""Bàn làm việc: what waits for the officer, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from motcua.catalogue.cleaning import queries as flaws
from motcua.law import clock
from motcua.law.calendar import Calendar, day
from motcua.law.lifecycle import WORKING, State
from motcua.people import access, calendars
from motcua.people.models import Officer, Role, Unit
from motcua.ui import exports

from .. import bulk, clockface, duties, exporting
from .. import worklist as work
from ..models import CONSULTATION, Task
from .links import DeskRequest, with_query

# Slug, label, tone and icon of the counts above the list.
COUNTS = (
    ("qua-han", "Quá hạn", "late", "circle-alert"),
    ("tiep-nhan-cham", "Tiếp nhận chậm", "late", "circle-alert"),
    ("y-kien-cham", "Ý kiến chậm", "late", "circle-alert"),
    ("cho-nhan", "Chờ bạn ký nhận", "soon", "inbox"),
    ("hom-nay", "Đến hạn hôm nay", "soon", "hourglass"),
    ("tuan-nay", "Đến hạn tuần này", "", ""),
    ("tam-dung", "Tạm dừng", "pause", "circle-pause"),
    ("chua-phan-cong", "Chưa phân công", "", ""),
    ("tiep-nhan", "Chờ tiếp nhận", "", ""),
    ("cho-tra", "Chờ trả kết quả", "", ""),
    ("giay", "Giao nhận giấy", "", ""),
    ("cua-toi", "Giao cho tôi", "", ""),
    ("", "Tất cả", "", ""),
)
# Shown only when there is something.
WARNINGS = ("tiep-nhan-cham", "y-kien-cham", "cho-nhan", "giay")
# Where those answered late in the end are found too.
ALL_LATE = {"tiep-nhan-cham": "tiep-nhan"}
EMPTY = {
    "": ("Không có việc nào đang chờ bạn", "Hồ sơ sẽ hiện ở đây khi đến bước của bạn."),
    "qua-han": ("Không có hồ sơ quá hạn", "Việc gấp nhất đứng đầu mục “Tất cả”."),
    "cua-toi": ("Chưa có việc nào giao riêng cho bạn", "Việc chung của vị trí bạn giữ ở mục “Tất cả”."),
}
# What a row that is not a step of the process waits for.
DESK_DEEDS = {
    duties.RECEIVE[0]: ("tiep-nhan", "Tiếp nhận"),
    duties.FORWARD_SUPPLEMENT[0]: ("yeu-cau-bo-sung", "Yêu cầu bổ sung"),
    duties.AWAIT_SUPPLEMENT[0]: ("nhan-bo-sung", "Nhận bổ sung"),
    duties.AWAIT_DUTY[0]: ("da-nop", "Xác nhận đã nộp"),
    duties.FINISH[0]: ("ket-thuc", "Kết thúc"),
    duties.HAND_OUT[0]: ("tra-ket-qua", "Trả kết quả"),
    duties.CORRECT[0]: ("dinh-chinh", "Đính chính"),
    duties.SIGN[0]: ("ky-duyet", "Ký duyệt"),
    duties.SIGN_CORRECTION[0]: ("ky-duyet", "Ký bản đính chính"),
    duties.GIVE_PAPERS[0]: ("giao-giay", "Giao giấy"),
    duties.RECEIVE_PAPERS[0]: ("nhan-giay", "Ký nhận giấy"),
}


@require_safe
def show(request: DeskRequest) -> HttpResponseBase:
    at = timezone.now()
    desk = work.desk(request.user, day(at))
    whole = next((unit for unit in desk.led if unit.code == request.GET.get("don-vi")), None)
    lists = work.lists(desk, at, whole)
    chosen = request.GET.get("loc", "")
    if chosen not in lists:
        chosen = ""
    walks, latest = work.narrowed(lists[chosen], request.GET.get("q", "")), request.GET.get("xep") == "xa"
    if wanted := exports.asked(request):
        asked = _asked(request, chosen, whole)
        listing = exporting.waiting(wanted, walks, latest=latest, by=request.user, at=at, filters=asked)
        return exports.answer(request, wanted, listing)
    page = work.page(
        walks,
        latest=latest,
        after=work.Place.read(request.GET.get("sau", "")),
        before=work.Place.read(request.GET.get("truoc", "")),
    )
    counted = work.counts(lists)
    listed = _rows(request, desk, page.tasks, at)
    shown = {
        "answer": _answer(counted, desk, whole),
        "counts": [_count(request, entry, counted, chosen) for entry in _worth(counted, chosen)],
        "rows": listed,
        "caption": next(label for slug, label, *_ in COUNTS if slug == chosen),
        "all_late": ALL_LATE.get(chosen, ""),
        "whole": whole,
        "led": desk.led,
        "kept": {name: request.GET[name] for name in ("loc", "xep") if request.GET.get(name)},
        "bulk": _bulk(listed, request.user, day(at)),
        "here": request.get_full_path(),
        "mending": _mending(request.user, day(at)),
        "may_receive": access.may(request.user, "receive", None, day(at)),
    }
    return render(request, "dossiers/worklist.html", shown | _ways(request, page, chosen, desk))


def _mending(officer: Officer, on: date) -> dict[str, str] | None:
    """What of the catalogue the officer was to mend and has not; only who may be given such is asked about."""
    if not {post.role for post in access.posts(officer, on)} & flaws.MENDERS:
        return None
    if not (late := flaws.overdue(officer, on)):
        return None
    text = f"{late} điểm dữ liệu thủ tục giao cho bạn đã quá hạn sửa."
    return {"text": text, "url": reverse("my-flaws"), "label": "Xem để sửa"}


def _asked(request: DeskRequest, chosen: str, whole: Unit | None) -> list[tuple[str, str]]:
    """The filters in words, for a file of the list."""
    return [
        ("Mục", next(label for slug, label, *_ in COUNTS if slug == chosen)),
        ("Việc của", whole.name if whole else request.user.full_name),
        ("Tìm", request.GET.get("q", "").strip()),
    ]


def _ways(request: DeskRequest, page: work.Page, chosen: str, desk: work.Desk) -> dict[str, Any]:
    """Sorting, paging, and what to say of an empty list."""
    latest, query = request.GET.get("xep") == "xa", request.GET.get("q", "").strip()
    title, text = EMPTY.get(
        chosen, ("Không có việc nào ở mục này", "Chọn mục khác ở trên để xem việc còn lại.")
    )
    onward = {}
    if desk.led and not request.GET.get("don-vi"):
        text = "Ở đây chỉ có việc của vị trí bạn giữ, chưa kể việc của cả đơn vị."
        led = desk.led[0]
        onward = {"url": with_query(request, **{"don-vi": led.code}), "label": f"Xem việc của {led.name}"}
    if query:
        title, text = f"Không có “{query}” trong mục này", "Trang Hồ sơ tìm trong mọi hồ sơ bạn được đọc."
    order = {
        "sort_url": with_query(request, xep=None if latest else "xa"),
        "sorted": "descending" if latest else "ascending",
    }
    return {
        "columns": [
            {"label": "Hồ sơ", "width": "col-dossier"},
            {"label": "Thủ tục"},
            {"label": "Bước", "width": "col-step"},
            {"label": "Thời hạn", "width": "col-clock", **order},
            {"label": "Việc tiếp theo", "width": "col-next"},
        ],
        "query": query,
        "empty": {"title": title, "text": text, **onward},
        "before": with_query(request, truoc=str(page.before)) if page.before else "",
        "after": with_query(request, sau=str(page.after)) if page.after else "",
        "on_page": f"{len(page.tasks)} việc",
    }


def _answer(counted: Mapping[str, int], desk: work.Desk, whole: Unit | None) -> str:
    """What is late; who leads a unit is told whether that is said of it or of their own posts only."""
    late, today = counted.get("qua-han", 0), counted.get("hom-nay", 0)
    where = f"{whole.name}: " if whole else "Vị trí của bạn: " if desk.led else ""
    if not late and not today:
        said = f"{where}không có hồ sơ quá hạn, không có hồ sơ đến hạn hôm nay."
        return said[0].upper() + said[1:]
    return f"{where}{_many(late)} việc ở hồ sơ quá hạn, {_many(today)} việc ở hồ sơ phải xong hôm nay."


def _worth(counted: Mapping[str, int], chosen: str) -> list[tuple[str, str, str, str]]:
    """The counts to show: those the officer has, the warnings only when they warn."""
    has = [entry for entry in COUNTS if entry[0] in counted]
    return [entry for entry in has if entry[0] not in WARNINGS or counted[entry[0]] or entry[0] == chosen]


def _many(count: int) -> str:
    return f"hơn {work.CAP - 1}" if count >= work.CAP else str(count)


def _count(
    request: DeskRequest, entry: tuple[str, str, str, str], counted: Mapping[str, int], chosen: str
) -> dict[str, Any]:
    slug, label, tone, icon = entry
    found = counted[slug]
    return {
        "label": label,
        "url": with_query(request, loc=slug or None),
        "count": min(found, work.CAP - 1),
        "more": found >= work.CAP,
        "current": slug == chosen,
        "tone": tone if found else "",
        "icon": icon,
    }


def _rows(request: DeskRequest, desk: work.Desk, tasks: list[Task], at: datetime) -> list[dict[str, Any]]:
    kept = calendars.several(task.dossier.deciding_unit for task in tasks)
    near = 60 * clock.rules(day(at)).near_working_hours
    here = urlencode({"ve": request.get_full_path()})
    return [
        {
            "task": task,
            "pick": f"{task.dossier.code}/{task.step}",
            "dossier": task.dossier,
            "url": reverse("dossier", args=[task.dossier.code]),
            "step_late": bool(task.due_at and task.due_at < at),
            "clock": _clock(task, kept[task.dossier.deciding_unit_id], at, near),
            "next": _next(task, desk.officer, day(at), here),
        }
        for task in tasks
    ]


def _bulk(listed: list[dict[str, Any]], officer: Officer, on: date) -> list[dict[str, str]]:
    """The acts that can be done on many of these rows at once."""
    slugs = {row["next"].get("slug", "") for row in listed}
    tasks = [row["task"] for row in listed if row["next"].get("slug") in ("hoan-thanh", "phan-cong")]
    handling = [task for task in tasks if task.role == Role.HANDLER]
    if any(access.may(officer, "assign", unit, on) for unit in {task.unit for task in handling}):
        slugs.add("phan-cong")
    mine = [t for t in handling if t.officer_id is None and access.may_step(officer, t.role, t.unit, on)]
    if mine:
        slugs.add("nhan-viec")
    if any(task.role == Role.SIGNER for task in tasks):
        slugs.add("ky-duyet")
    return [{"slug": slug, "label": label} for slug, label in bulk.LABELS.items() if slug in slugs]


def _clock(task: Task, calendar: Calendar, at: datetime, near: int) -> dict[str, Any]:
    if task.step.startswith(duties.OWN_CLOCK):
        return clockface.of_task(task, calendar, at, near)
    return clockface.of_row(task.dossier, calendar, at, near, task.dossier_due_at)


def _next(task: Task, officer: Officer, on: date, here: str) -> dict[str, str]:
    """The one thing to do about a row."""
    slug, label = _wanted(task, officer, on)
    if not slug:
        return {"label": label, "url": reverse("dossier", args=[task.dossier.code])}
    step = "" if task.step in DESK_DEEDS else f"buoc={task.step.removeprefix(duties.OFFERED)}&"
    return {
        "label": label,
        "slug": slug,
        "url": f"{reverse('deed', args=[task.dossier.code, slug])}?{step}{here}",
    }


def _wanted(task: Task, officer: Officer, on: date) -> tuple[str, str]:
    state = task.dossier.state
    if task.step in DESK_DEEDS:
        return DESK_DEEDS[task.step]
    if task.step.startswith(CONSULTATION):
        asked = access.may(officer, "reply", task.unit, on)
        return ("tra-loi-y-kien", "Trả lời") if asked else ("", "Xem hồ sơ")
    if task.step.startswith(duties.OFFERED):
        return ("ky-nhan", "Ký nhận") if task.officer_id == officer.pk else ("", "Xem hồ sơ")
    if state == State.DONE:
        return DESK_DEEDS[duties.HAND_OUT[0]]
    if state == State.FINANCIAL_DUTY and not task.waiting:
        may = access.may(officer, "meet_duty", task.dossier.deciding_unit, on)
        return DESK_DEEDS[duties.AWAIT_DUTY[0]] if may else ("", "Xem hồ sơ")
    if state not in WORKING or task.waiting:
        return "", "Xem hồ sơ"
    if access.may_step(officer, task.role, task.unit, on) and task.officer_id in (None, officer.pk):
        return "hoan-thanh", "Ký duyệt" if task.role == Role.SIGNER else "Hoàn thành"
    if task.role == Role.HANDLER and not task.officer_id and access.may(officer, "assign", task.unit, on):
        return "phan-cong", "Phân công"
    return "", "Xem hồ sơ"
