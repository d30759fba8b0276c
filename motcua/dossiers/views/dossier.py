"""Hồ sơ: one dossier with its clock explained, and the acts on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.lifecycle import LABELS, State
from motcua.people import access
from motcua.people.models import Officer, Role
from motcua.ui import strip
from motcua.ui.templatetags import ui

from .. import agencies, clockface, conditions, deeds, forms, queries, stages, telling
from ..asking import ActForm
from ..folding import Folded
from ..models import Dossier, Task
from . import prints
from .links import DeskRequest, back


@require_safe
def show(request: DeskRequest, code: str) -> HttpResponse:
    """A dossier: whose move, its clock day by day, what happened, its papers and steps, what may be done."""
    at = timezone.now()
    case = queries.dossier_for(request.user, code, day(at))
    reading = case.reading(at)
    shown = _told(case, request.user, at) | {
        "reading": reading,
        "clock": clockface.of(reading),
        "strip": strip.cells(reading),
        **_offered(case, request.user, at),
    }
    return render(request, "dossiers/dossier.html", shown)


@require_safe
def peek(request: DeskRequest, code: str) -> HttpResponse:
    """A dossier beside the worklist; without scripts, the dossier itself."""
    if not request.htmx:
        return redirect("dossier", code)
    at = timezone.now()
    case = queries.dossier_for(request.user, code, day(at))
    shown = _told(case, request.user, at) | _offered(case, request.user, at)
    # Its letters would be those of the list beside it.
    plain = [button | {"key": "", "primary": False} for button in shown["allowed"]]
    brief = {"clock": clockface.of(case.reading(at)), "events": shown["events"][:5], "allowed": plain}
    return render(request, "dossiers/peek.html", shown | brief)


@require_http_methods(["GET", "POST"])
def act(request: DeskRequest, code: str, deed: str) -> HttpResponse:
    """One act: its form, and when the act is refused, why, with everything typed kept."""
    at, step = timezone.now(), request.GET.get("buoc", "")
    case = queries.dossier_for(request.user, code, day(at))
    if deed not in forms.OF:
        raise Http404(f"Không có việc {deed}")
    _of_the_desk(request.user, deed, at)
    if deed == "hoan-thanh" and request.method == "GET" and deeds.signed_instead(case, step):
        return redirect(f"{reverse('deed', args=[code, 'ky-duyet'])}?{urlencode({'ve': back(request, '')})}")
    offer = deeds.offered(case, deed, step, request.user, at)
    sent = request.method == "POST"
    form = forms.OF[deed](request.POST if sent else None, case=case, officer=request.user, at=at, step=step)
    refusal = None if sent or not offer.refusal else _named(offer.refusal)
    if sent and form.is_valid():
        try:
            form.act()
        except (Refused, log.Stale) as refused:
            refusal, case = _refused(refused), queries.dossier_for(request.user, code, day(at))
        else:
            messages.success(request, f"Đã ghi: {offer.label}. Hồ sơ {code}.")
            return redirect(_onward(request, code, offer, at))
    shown = _asked(request, case, offer, form, refusal)
    return render(request, "dossiers/act.html", shown, status=409 if sent and refusal else 200)


def _of_the_desk(officer: Officer, deed: str, at: datetime) -> None:
    """Raise PermissionDenied where a form of the agency, which tells its people and drafts, is an operator's to see."""
    power = conditions.POWERS.get(deeds.BY_SLUG[deed].fact)
    if power not in access.POWERS[Role.POSTAL] and access.of_operator(officer, day(at)):
        raise PermissionDenied(f"{officer.full_name} là nhân viên doanh nghiệp bưu chính, không làm việc này")


def _onward(request: DeskRequest, code: str, offer: deeds.Offer, at: datetime) -> str:
    """Where an act leads: to finishing when only that is left, else back to where it came from."""
    home = back(request, reverse("dossier", args=[code]))
    if offer.deed.slug in ("hoan-thanh", "ky-duyet"):
        case = queries.dossier_for(request.user, code, day(at))
        if any(o.deed.slug == "ket-thuc" and not o.refusal for o in deeds.offers(case, request.user, at)):
            return f"{reverse('deed', args=[code, 'ket-thuc'])}?{urlencode({'ve': home})}"
    return home


def _refused(error: Refused | log.Stale) -> Refused:
    if isinstance(error, Refused):
        return _named(error)
    return Refused("Nhiều người đang ghi vào hồ sơ này cùng lúc. Hãy gửi lại sau ít giây")


def _named(refusal: Refused) -> Refused:
    """The refusal with full names: officers know each other by name, not by user name."""
    return refusal.named(queries.people([refusal.who])) if refusal.who else refusal


def _told(case: Folded, officer: Officer, at: datetime) -> dict[str, Any]:
    dossier, accepted = case.dossier, case.standing.accepted
    names = queries.people(telling.actors(case.facts))
    tasks = list(dossier.tasks.select_related("officer", "unit").order_by("since", "id"))
    outside = access.of_operator(officer, day(at))
    return {
        "dossier": dossier,
        "answer": stages.answer(case, tasks, officer, names),
        "summary": [
            *_summary(case),
            *_groups(dossier),
            *filter(None, [stages.carried(case, names, at)]),
        ],
        "events": _events(case, names, outside=outside),
        "receptions": stages.receptions(case, at),
        "consultations": [] if outside else stages.consultations(case, names, at),
        **(_stages(case, tasks, names, at) if accepted else {}),
        **({"slips": []} if outside else {}),
        "papers": telling.components(accepted.components) if accepted else [],
        "prints": prints.links(case, at),
        "crumbs": [{"label": "Hồ sơ", "url": reverse("dossiers")}, {"label": dossier.code}],
    }


def _events(case: Folded, names: Mapping[str, str], since: int = 0, *, outside: bool) -> list[dict[str, Any]]:
    """What happened from a fact on; `outside`, for an operator, without what the agencies say among themselves."""
    told = list(zip(case.facts, log.recorded(case.past), strict=True))[since:]
    if outside:
        told = [(fact, at) for fact, at in told if not isinstance(fact, telling.INSIDE)]
    facts, recorded = [fact for fact, _ in told], [at for _, at in told]
    return telling.events(facts, recorded, case.process, names, stages.asked(case))


def _stages(case: Folded, tasks: Sequence[Task], names: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """The steps; and where several agencies have some, whose turn it is and what was handed on."""
    units = queries.step_units(case)
    found: dict[str, Any] = {"stages": stages.lanes(case, tasks, units, names, at)}
    told = agencies.Agencies(case, units)
    if not told.several:
        return found
    lanes = agencies.lanes(told, at)
    slips = [
        {
            "url": reverse("transfer", args=[case.dossier.code, passed.number]),
            "label": f"{told.name(passed.giver)} → {told.name(passed.taker)}",
            "at": passed.cause.at,
        }
        for passed in told.hand_overs()
    ]
    return found | {"agencies": lanes, "through": agencies.answer(told, lanes), "slips": slips}


def _summary(case: Folded) -> list[dict[str, Any]]:
    dossier, standing = case.dossier, case.standing
    identity = f"{dossier.identity}{', đã đối chiếu VNeID' if dossier.vneid else ''}"
    due = standing.paid + standing.duty_owed
    fee = ui.money(due, "Không thu") if standing.accepted else ""
    owed = f"còn {ui.money(standing.duty_owed)}" if standing.duty_owed else "đã nộp đủ" if due else ""
    if standing.duty_owed and standing.state in (State.WITHDRAWN, State.STOPPED):
        owed = f"không thu tiếp {ui.money(standing.duty_owed)}"
    reach = ", ".join(filter(None, (dossier.phone, dossier.email, dossier.address)))
    found = [
        {"term": "Người nộp", "value": dossier.applicant, "note": identity},
        {"term": "Người nộp thay", "value": telling.agent(dossier)},
        {"term": "Trạng thái", "value": LABELS[standing.state]},
        {"term": "Cách nộp", "value": telling.CHANNELS[dossier.channel], "note": ui.moment(dossier.filed_at)},
        {"term": "Nơi tiếp nhận", "value": dossier.receiving_unit.name, "note": _elsewhere(dossier)},
        {
            "term": "Cơ quan giải quyết",
            "value": dossier.deciding_unit.name,
            "note": f"mã {dossier.deciding_unit.agency_code}",
        },
        {"term": "Phí, lệ phí", "value": fee, "note": owed},
        {"term": "Liên hệ", "value": reach},
        {"term": "Nội dung", "value": dossier.subject},
        {"term": "Trường hợp", "value": dossier.case},
    ]
    return [item for item in found if item["value"]]


def _groups(dossier: Dossier) -> list[dict[str, Any]]:
    """The group and the project a dossier belongs to."""
    return [
        {
            "term": member.group.get_kind_display(),
            "value": member.group.name,
            "url": reverse("group", args=[member.group.code]),
        }
        for member in dossier.memberships.select_related("group").order_by("pk")
    ]


def _elsewhere(dossier: Dossier) -> str:
    own = access.own_desk(dossier.receiving_unit, dossier.deciding_unit)
    return "" if own else "nhận cho cơ quan giải quyết, không phụ thuộc địa giới"


def _offered(case: Folded, officer: Officer, at: datetime) -> dict[str, Any]:
    offers = deeds.offers(case, officer, at)
    names = queries.people({o.refusal.who for o in offers if o.refusal and o.refusal.who})
    shut = [(o, o.refusal.named(names)) for o in offers if o.refusal]
    open_ = [o for o in offers if not o.refusal]
    return {
        "allowed": [
            _button(case.dossier.code, offer, key, first=n == 0)
            for n, (offer, key) in enumerate(zip(open_, deeds.letters(open_), strict=True))
        ],
        "refused": [{"label": o.label, "reason": why.reason, "source": why.source} for o, why in shut],
    }


def _button(code: str, offer: deeds.Offer, key: str, *, first: bool) -> dict[str, Any]:
    url = reverse("deed", args=[code, offer.deed.slug]) + offer.query
    return {"url": url, "label": offer.label, "key": key, "primary": first}


def _asked(
    request: DeskRequest, case: Folded, offer: deeds.Offer, form: ActForm, refusal: Refused | None
) -> dict[str, Any]:
    dossier = case.dossier
    home = reverse("dossier", args=[dossier.code])
    return {
        "dossier": dossier,
        "offer": offer,
        "form": form,
        "refusal": refusal,
        "since": _since(case, form) if form.is_bound else [],
        "back": back(request, home),
        "summary": _brief(dossier, home),
        "crumbs": [
            {"label": "Hồ sơ", "url": reverse("dossiers")},
            {"label": dossier.code, "url": home},
            {"label": offer.deed.label},
        ],
    }


def _brief(dossier: Dossier, home: str) -> list[dict[str, Any]]:
    promised = [{"term": "Hẹn trả", "value": ui.moment(dossier.due_at)}] if dossier.due_at else []
    return [
        {"term": "Thủ tục", "value": dossier.version.title},
        {"term": "Hồ sơ", "value": dossier.code, "url": home},
        {"term": "Người nộp", "value": dossier.applicant},
        *promised,
    ]


def _since(case: Folded, form: ActForm) -> list[dict[str, Any]]:
    """What happened to the dossier since the form was opened, newest first."""
    seen = str(form.data.get("seen", ""))
    newer = case.facts[int(seen) :] if seen.isdecimal() else ()
    if not newer:
        return []
    names = queries.people(telling.actors(newer)) | {form.officer.username: "Bạn"}
    outside = access.of_operator(form.officer, day(form.at))
    return _events(case, names, int(seen), outside=outside)
