"""Nhiệm vụ: one task with its track, deadlines, evidence and history, and the acts on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers.views.links import DeskRequest, back
from motcua.journal import log
from motcua.journal.log import Past
from motcua.law import following, packs, steering
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.steering import Standing, TaskState
from motcua.people.models import Unit
from motcua.ui.templatetags import ui

from .. import acts, deeds, queries, shown, telling
from ..forms import DeedForm, UrgeManyForm
from ..models import Attachment, Task
from ..pages import crumbs, tabs

TRACK = (
    ("Giao", ()),
    ("Thực hiện", (TaskState.GIVEN, TaskState.DOING, TaskState.RETURNED, TaskState.PAUSED)),
    ("Báo cáo, chờ xác nhận", (TaskState.REPORTED,)),
    ("Hoàn thành", (TaskState.ACCEPTED,)),
)
MOST = 200


@require_safe
def show(request: DeskRequest, key: int) -> HttpResponse:
    """A task: whose move, its deadlines, evidence and money, what happened, what may be done."""
    at, task = timezone.now(), queries.task_for(key)
    past = log.read(task.stream)
    return render(request, "steering/task.html", _told(request, task, past, at))


@require_http_methods(["GET", "POST"])
def do(request: DeskRequest, key: int, slug: str) -> HttpResponse:
    """The form of one act; posted to, the act. What was typed is kept when it is refused."""
    at, task, deed = timezone.now(), queries.task_for(key), deeds.OF.get(slug)
    if deed is None:
        raise Http404(f"Không có việc {slug}")
    past = log.read(task.stream)
    standing, posted = steering.fold(past.facts), request.method == "POST"
    form = deed.form(
        request.POST if posted else None,
        request.FILES if posted else None,
        task=task,
        standing=standing,
        officer=request.user,
        at=at,
    )
    refusal: Refused | None = None
    if posted and form.is_valid():
        try:
            form.act()
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"Đã ghi: {deed.label.lower()}.")
            return redirect(back(request, reverse("task", args=[key])))
    elif not posted and deed not in deeds.open_to(request.user, task, standing, at):
        refusal = Refused(
            "Bạn không có thẩm quyền làm việc này, hoặc nhiệm vụ đang ở trạng thái không làm được việc này",
            steering.source(day(at)),
        )
    context = {
        "task": task,
        "deed": deed,
        "form": form,
        "row": shown.row(task, day(at), following.near_days(day(at))),
        "refusal": refusal,
        "since": telling.events(past.facts[_seen(form) :]) if refusal and posted else [],
        "back": back(request, reverse("task", args=[key])),
        "crumbs": [
            *crumbs("tasks", "Nhiệm vụ"),
            {"label": task.code, "url": reverse("task", args=[key])},
            {"label": deed.label},
        ],
    }
    status = 409 if refusal and posted else 403 if refusal else 422 if form.errors else 200
    return render(request, "steering/deed.html", context, status=status)


@require_http_methods(["GET", "POST"])
def urge(request: DeskRequest) -> HttpResponse:
    """Đôn đốc nhiều nhiệm vụ: what is said once, then what came of each."""
    at, said = timezone.now(), request.POST if request.method == "POST" else request.GET
    keys = [int(key) for key in dict.fromkeys(said.getlist("viec")) if key.isdecimal()][:MOST]
    tasks = list(Task.objects.filter(pk__in=keys).select_related("lead", "giver").order_by("until", "id"))
    home = back(request, reverse("tasks"))
    if not tasks:
        messages.warning(request, "Hãy chọn ít nhất một nhiệm vụ ở đầu dòng, rồi bấm Đôn đốc.")
        return redirect(home)
    form = UrgeManyForm(request.POST if request.method == "POST" else None)
    outcomes: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        for task in tasks:
            outcomes.append({"task": task, "reason": _urged(task, form.cleaned_data["text"], request, at)})
        if not any(each["reason"] for each in outcomes):
            messages.success(request, f"Đã đôn đốc {len(tasks)} nhiệm vụ.")
            return redirect(home)
    context = {
        "form": form,
        "tasks": tasks,
        "outcomes": outcomes,
        "back": home,
        "crumbs": [*crumbs("tasks", "Nhiệm vụ"), {"label": "Đôn đốc"}],
    }
    return render(request, "steering/urge.html", context, status=422 if form.errors else 200)


@require_safe
def attachment(request: DeskRequest, key: int) -> HttpResponse:
    """A file, to be kept: never shown inside the page."""
    found = Attachment.objects.select_related("content").filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có tệp số {key}")
    answer = HttpResponse(bytes(found.content.content), content_type=found.media)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="tep-{found.pk}.{found.name.rpartition(".")[2]}"'
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _seen(form: DeedForm) -> int:
    """How many facts whoever posts a form had seen; all of them where the form does not say."""
    seen = form.cleaned_data.get("seen")
    return form.task.facts if seen is None else int(seen)


def _urged(task: Task, text: str, request: DeskRequest, at: datetime) -> str:
    try:
        acts.urge_task(task, text=text, by=request.user, at=at)
    except Refused as refused:
        return refused.reason
    return ""


def _told(request: DeskRequest, task: Task, past: Past, at: datetime) -> dict[str, Any]:
    on, standing = day(at), steering.fold(past.facts)
    files = list(Attachment.objects.filter(about=task.stream).select_related("by"))
    evidence = set(standing.report.files if standing.report else ())
    offered = list(deeds.open_to(request.user, task, standing, at))
    kept = {"task": task, "standing": standing, "officer": request.user, "at": at}
    return {
        "tabs": tabs(request),
        "task": task,
        "row": shown.row(task, on, following.near_days(on)),
        "summary": _summary(task, on),
        "track": _track(standing),
        "answer": _answer(task, standing, on),
        "deadlines": telling.deadlines(past.facts),
        "product": _product(standing),
        "held": _held(standing),
        "bounces": standing.proposals >= packs.on("steering", on)["bounces"],
        "report": standing.report,
        "files": [{"file": file, "evidence": file.digest in evidence} for file in files],
        "milestones": list(task.milestones.all()),
        "budget": list(task.budget.all()),
        "dependencies": list(task.dependencies.all()),
        "events": telling.events(past.facts),
        "inline": [{"deed": deed, "form": deed.form(**kept)} for deed in offered if deed.inline],  # type: ignore[arg-type]
        "actions": [
            {
                "url": reverse("task-deed", args=[task.pk, deed.slug]),
                "label": deed.label,
                "primary": deed.slug == "bao-cao",
            }
            for deed in offered
            if not deed.inline
        ],
        "standing": standing,
        "crumbs": [*crumbs("tasks", "Nhiệm vụ"), {"label": task.code}],
        "source": steering.source(on),
        "today": on,
    }


def _summary(task: Task, on: Any) -> list[dict[str, Any]]:
    instrument, together = (
        task.instrument,
        [each.unit.name for each in task.cooperations.select_related("unit")],
    )
    found = [
        {"term": "Sản phẩm", "value": task.product},
        {
            "term": "Đơn vị chủ trì",
            "value": task.lead.name,
            "url": reverse("steering-unit", args=[task.lead.code]),
            "note": f"(người đứng đầu: {task.head.full_name})" if task.head else "",
        },
        {"term": "Đơn vị phối hợp", "value": ", ".join(together)},
        {"term": "Người thực hiện", "value": task.officer.full_name if task.officer else "chưa phân công"},
        {
            "term": "Bên giao",
            "value": task.giver.name,
            "note": f"({task.given_by.full_name} giao ngày {ui.day(task.given_on)})",
        },
        {
            "term": "Văn bản",
            "value": str(instrument) if instrument else "",
            "url": reverse("directive", args=[instrument.pk]) if instrument else "",
            "note": f"(nhiệm vụ số {task.item})" if task.item else "",
        },
        {"term": "Kỳ", "value": task.occurrence},
        {
            "term": "Lĩnh vực",
            "value": ", ".join(shown.labels("fields", [task.field], on)) if task.field else "",
        },
        {"term": "Nhãn", "value": ", ".join(shown.labels("tags", task.tags, on))},
        {"term": "Nguyên nhân", "value": task.cause},
    ]
    return [item for item in found if item["value"]]


def _track(standing: Standing) -> list[dict[str, str]]:
    """The way of a task as steps, for ui/steps.html."""
    state = standing.state
    place = next((n for n, (_, states) in enumerate(TRACK) if state in states), 1)
    if state is TaskState.CANCELLED:
        return [{"label": "Giao", "state": "done"}, {"label": "Đã hủy", "state": "current"}]
    found = []
    for n, (label, _) in enumerate(TRACK):
        mark = "done" if n < place or state is TaskState.ACCEPTED else "current" if n == place else ""
        note = state.label if n == place and state not in (TaskState.ACCEPTED, TaskState.REPORTED) else ""
        found.append({"label": label, "state": mark, "note": note})
    return found


def _answer(task: Task, standing: Standing, on: date) -> str:
    """Whose move it is, and by when."""
    lead, giver, state = task.lead.name, task.giver.name, standing.state
    if state in steering.CLOSED:
        done = "Được xác nhận hoàn thành" if state is TaskState.ACCEPTED else state.label
        return f"{done} ngày {ui.day(task.settled_on)}."
    if state is TaskState.REPORTED:
        return f"Chờ {giver} xác nhận báo cáo của {lead}."
    if queries.ended(task.lead, on):
        since = f"{lead} đã chấm dứt hoạt động từ ngày {ui.day(task.lead.valid_to)}"
        return f"{since}: {giver} chuyển nhiệm vụ cho đơn vị khác, hoặc hủy."
    if standing.proposed or standing.asked:
        return f"Chờ {giver} trả lời đề nghị của {lead}; hạn vẫn là {ui.day(standing.until)}."
    if state is TaskState.PAUSED:
        return f"Đang tạm dừng, chờ {giver} cho tiếp tục; hạn vẫn là {ui.day(standing.until)}."
    return f"{lead} phải hoàn thành đến hết ngày {ui.day(standing.until)}."


def _product(standing: Standing) -> dict[str, Any] | None:
    """The product last reported against the deadline that held for it."""
    if standing.product_on is None:
        return None
    days = (standing.product_on - (standing.product_due or standing.until)).days
    return {"on": standing.product_on, "due": standing.product_due, "late": max(0, days)}


def _held(standing: Standing) -> list[str]:
    """The units that had the task, in turn; nothing while it stayed with the first."""
    if len(standing.held) < 2:
        return []
    names = dict(Unit.objects.filter(code__in=standing.held).values_list("code", "name"))
    return [names.get(code, code) for code in standing.held]
