"""One notice: what it says, what happened to it, and what an officer can do when it did not arrive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from motcua.dossiers.views.links import DeskRequest, back
from motcua.law import notices
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.ui.templatetags import ui

from .. import acts, queries, wording
from ..forms import TellForm
from ..models import NEEDS_SOMEBODY, Channel, Notice, State, Trace
from .shown import row

TRACES = {
    Trace.What.BEGUN: ("clock", ""),
    Trace.What.TAKEN: ("circle-check", "ok"),
    Trace.What.LATER: ("hourglass", "pause"),
    Trace.What.REFUSED: ("circle-x", "late"),
    Trace.What.UNKNOWN: ("circle-alert", "late"),
    Trace.What.AGAIN: ("rotate-ccw", ""),
    Trace.What.TOLD: ("user", "ok"),
    Trace.What.READDRESSED: ("undo-2", ""),
    Trace.What.SEEN: ("circle-check", ""),
}
ANSWERS = {
    State.WAITING: "Đang chờ gửi; không cần làm gì.",
    State.SENDING: "Đang gửi.",
    State.SENT: "Cổng đã nhận tin này.",
    State.FAILED: "Người nộp chưa nhận được tin này. Hãy sửa liên hệ, gửi lại, hoặc báo cách khác.",
    State.UNCERTAIN: "Không rõ người nộp đã nhận hay chưa. Hãy hỏi lại rồi chọn: báo cách khác, hoặc gửi lại.",
    State.TOLD: "Cán bộ đã báo cách khác.",
    State.REPLACED: "Đã gửi lại tới địa chỉ mới.",
}


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, key: int) -> HttpResponse:
    """A notice; posted to, it is recorded as told by other means."""
    at = timezone.now()
    notice = queries.notice_for(request.user, key, day(at))
    form, refusal = TellForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            form.act(notice, by=request.user, at=at)
        except Refused as refused:
            refusal, notice = refused, queries.notice_for(request.user, key, day(at))
        else:
            messages.success(request, f"Đã ghi: báo cách khác. Hồ sơ {notice.dossier.code}.")
            return redirect(back(request, reverse("notices")))
    shown = _told(request, notice, form, at) | {"refusal": refusal}
    return render(request, "notices/notice.html", shown, status=409 if refusal else 200)


@require_POST
def again(request: DeskRequest, key: int) -> HttpResponse:
    """Send one again."""
    at = timezone.now()
    notice = queries.notice_for(request.user, key, day(at))
    try:
        acts.send_again(notice, by=request.user, at=at)
        messages.success(request, "Đã cho gửi lại; tin đi trong vòng một phút.")
    except Refused as refused:
        messages.error(request, f"Không gửi lại: {refused.reason}.")
    return redirect(back(request, reverse("notice", args=[key])))


def _told(request: DeskRequest, notice: Notice, form: TellForm, at: datetime) -> dict[str, Any]:
    decides = queries.may_decide(request.user, notice, day(at))
    stuck = notice.state in NEEDS_SOMEBODY
    dossier = reverse("dossier", args=[notice.dossier.code])
    return {
        "notice": notice,
        "row": row(notice),
        "answer": ANSWERS[State(notice.state)],
        "summary": _summary(notice, dossier),
        "events": [_event(trace) for trace in notice.traces.select_related("by").order_by("-id")],
        "form": form,
        "decides": decides and notice.channel != Channel.DESK,
        "may_tell": decides and (stuck or notice.state == State.WAITING),
        "may_send": decides and stuck and bool(notice.recipient) and notice.channel != Channel.DESK,
        "back": back(request, reverse("notices")),
        "here": request.get_full_path(),
        "crumbs": [
            {"label": "Tin báo", "url": reverse("notices")},
            {"label": notice.dossier.code, "url": reverse("dossier-notices", args=[notice.dossier.code])},
            {"label": wording.label(notice.kind)},
        ],
    }


def _summary(notice: Notice, dossier: str) -> list[dict[str, Any]]:
    rule = notices.rules(day(notice.fact_at)).get(notice.kind)
    number = f"bản số {notice.text}" if notice.text else "mẫu có sẵn"
    stand_in = "bản thay thế giữ lại, không gửi ra ngoài" if notice.stand_in else ""
    found = [
        {"term": "Hồ sơ", "value": notice.dossier.code, "url": dossier},
        {"term": "Thủ tục", "value": notice.dossier.version.title},
        {"term": "Kênh", "value": Channel(notice.channel).label, "note": stand_in},
        {"term": "Gửi tới", "value": row(notice)["to"]},
        {"term": "Việc xảy ra lúc", "value": ui.moment(notice.fact_at)},
        {"term": "Nơi tiếp nhận", "value": notice.desk.name},
        {"term": "Căn cứ phải báo", "value": rule.source if rule else ""},
        {"term": "Mẫu", "value": number},
        {
            "term": "Lý do",
            "value": notice.message if notice.state in (*NEEDS_SOMEBODY, State.WAITING) else "",
        },
        {"term": "Thử lại", "value": _again(notice) if notice.state == State.WAITING else ""},
    ]
    return [item for item in found if item["value"]]


def _again(notice: Notice) -> str:
    return f"sớm nhất {ui.moment(notice.next_at)}, khi cổng gửi được"


def _event(trace: Trace) -> dict[str, Any]:
    icon, tone = TRACES[Trace.What(trace.what)]
    by = trace.by.full_name if trace.by else "Hệ thống"
    label = Trace.What(trace.what).label
    return {"at": trace.at, "label": label, "by": by, "note": trace.message, "icon": icon, "tone": tone}
