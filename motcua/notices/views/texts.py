"""Mẫu tin báo: the words of each notice on each channel, who wrote them, and how they read on a real dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.dossiers import queries as dossiers
from motcua.dossiers.views.links import DeskRequest
from motcua.law import notices
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from .. import composing, queries, wording
from ..forms import TextForm
from ..models import Channel, Text

COLUMNS = [{"label": "Tin về việc"}, {"label": "Kênh"}, {"label": "Đang dùng"}, {"label": "Căn cứ phải báo"}]


@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Every notice on every channel, with the version in use."""
    at = timezone.now()
    rules, held = notices.rules(day(at)), wording.newest()
    last = Text.objects.order_by("kind", "channel", "-number").distinct("kind", "channel")
    written = {(text.kind, text.channel): text for text in last.select_related("by")}
    rows = [
        {
            "label": wording.label(kind),
            "url": reverse("notice-text", args=[kind, channel]),
            "channel": Channel(channel).label,
            "words": words,
            "text": written.get((kind, channel)),
            "rule": rules.get(kind),
        }
        for (kind, channel), words in held.items()
    ]
    crumbs = [{"label": "Tin báo", "url": reverse("notices")}, {"label": "Mẫu tin"}]
    return render(request, "notices/texts.html", {"rows": rows, "columns": COLUMNS, "crumbs": crumbs})


@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, kind: str, channel: str) -> HttpResponse:
    """The words of one, to be written anew; what is typed can be tried on a dossier before it is kept."""
    at = timezone.now()
    words = wording.newest().get((kind, channel))
    if words is None:
        raise Http404(f"Tin “{kind}” không gửi bằng kênh {channel}")
    trying = request.POST.get("do") == "xem"
    form, refusal = TextForm(words, request.POST or None), None
    if request.method == "POST" and form.is_valid() and not trying:
        try:
            form.act(by=request.user, at=at)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"Đã lưu mẫu “{wording.label(kind)}”, dùng từ bây giờ.")
            return redirect("notice-text", kind, channel)
    shown = _about(words) | _tried(request, form, at) | {"form": form, "refusal": refusal}
    shown["may_write"] = access.may(request.user, "texts", None, day(at))
    return render(request, "notices/text.html", shown, status=409 if refusal else 200)


def _about(words: wording.Words) -> dict[str, Any]:
    kind, channel = words.kind, words.channel
    return {
        "words": words,
        "label": wording.label(kind),
        "channel": Channel(channel).label,
        "variables": [{"term": f"{{{n}}}", "value": what} for n, what in wording.variables(kind).items()],
        "versions": queries.texts(kind, channel),
        "original": wording.original(kind, channel),
        "crumbs": [
            {"label": "Tin báo", "url": reverse("notices")},
            {"label": "Mẫu tin", "url": reverse("notice-texts")},
            {"label": wording.label(kind)},
        ],
    }


def _tried(request: DeskRequest, form: TextForm, at: datetime) -> dict[str, Any]:
    """What is typed, as the applicant of a dossier would read it."""
    code = (request.POST.get("ho_so") or request.GET.get("ho_so") or "").strip()
    code = code or _latest(request.user, form.words.kind, at)
    if not code:
        return {"code": "", "wrong_code": ""}
    try:
        case = dossiers.dossier_for(request.user, code, day(at))
    except (Http404, PermissionDenied) as wrong:
        return {"code": code, "wrong_code": str(wrong)}
    subject, body = composing.preview(case, form.typed)
    sms = form.words.channel == Channel.SMS
    return {"code": code, "subject": subject, "body": body, "parts": wording.parts(body) if sms else 0}


def _latest(officer: Officer, kind: str, at: datetime) -> str:
    """A dossier the officer may read that was told of such a thing, else the newest one."""
    told = queries.readable(officer, day(at)).filter(kind=kind).order_by("-id")
    if notice := told.select_related("dossier").first():
        return notice.dossier.code
    newest = dossiers.readable(officer, day(at)).order_by("-id").values_list("code", flat=True).first()
    return str(newest or "")
