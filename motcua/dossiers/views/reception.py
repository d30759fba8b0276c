"""Tiếp nhận tại quầy: who hands in, what, and what comes of it; and what is printed of it."""

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

from motcua.law import clock, lifecycle
from motcua.law.calendar import day
from motcua.law.clock import LineKind
from motcua.law.facts import Accepted, Fact, ReceptionRefused, Refused, SupplementRequested
from motcua.law.lifecycle import LABELS, State
from motcua.people import access
from motcua.ui.templatetags import ui

from .. import acts, guided, identity, papers, queries, telling
from ..counter import AGENT
from ..folding import Folded
from ..intake import Intake
from ..models import Dossier, Guidance
from . import prints
from .links import DeskRequest

OUTCOMES = ("nhan", "tra-ngay", "bo-sung", "tu-choi", "huong-dan")
NO_SLIP = "Không phải lập giấy tiếp nhận, trừ khi người nộp yêu cầu: in ở mục Giấy tờ để in."
PARTS = {"tim": "found", "xem": "rest"}
STEPS = [
    {"label": "Ai nộp", "url": "#ai", "state": "current"},
    {"label": "Việc gì", "url": "#viec-gi"},
    {"label": "Kết quả", "url": "#ket-qua"},
]
PRINTS: dict[str, tuple[type[Fact], str]] = {
    "giay-tiep-nhan": (Accepted, "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    "phieu-bo-sung": (SupplementRequested, "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
    "phieu-tu-choi": (ReceptionRefused, "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
}
# As whom the officer signs each of them, in the words of Mẫu 01, 02 and 03.
SIGNERS = {
    "giay-tiep-nhan": "Người tiếp nhận",
    "phieu-bo-sung": "Người hướng dẫn",
    "phieu-tu-choi": "Người từ chối tiếp nhận",
}


@require_http_methods(["GET", "POST"])
def counter(request: DeskRequest) -> HttpResponse:
    """The form of the counter; searching and choosing only show it again, with what follows from them."""
    at, wish = timezone.now(), request.POST.get("do", "")
    if not access.may(request.user, "receive", None, day(at)):
        raise PermissionDenied(f"{request.user.full_name} không giữ vị trí cán bộ một cửa")
    told = request.POST or begun(request, at)
    intake = Intake(request.user, at, told or None, final=wish in OUTCOMES)
    refusal = None
    if intake.final and intake.complete(
        reason=wish not in ("nhan", "tra-ngay"),
        missing=wish == "bo-sung",
        files=wish != "huong-dan",
        number=wish == "tra-ngay",
    ):
        try:
            return _received(request, intake, wish)
        except Refused as refused:
            refusal = refused
    part = f"#{PARTS[wish]}" if request.htmx and wish in PARTS else ""
    return render(
        request, f"dossiers/reception.html{part}", _shown(intake, refusal), status=409 if refusal else 200
    )


@require_safe
def printed(request: DeskRequest, code: str, paper: str) -> HttpResponse:
    """One of the forms handed to the applicant (Mẫu 01, 02, 03)."""
    case = queries.dossier_for(request.user, code, day(timezone.now()))
    kind, title = PRINTS.get(paper, (Fact, ""))
    fact = next((f for f in reversed(case.facts) if title and isinstance(f, kind)), None)
    if fact is None:
        raise Http404(f"Hồ sơ {code} không có giấy này")
    return render(request, "dossiers/slip.html", _slip(case, fact, paper))


def begun(request: DeskRequest, at: datetime) -> dict[str, Any]:
    """What the address says already: a procedure, or the dossier before of which this one is the next (`tiep`)."""
    if not (code := request.GET.get("tiep")):
        return {"da-chon": request.GET.get("thu-tuc", "")}
    before = queries.dossier_for(request.user, code, day(at)).dossier
    kept = {name: getattr(before, name) for name in ("channel", "case", *AGENT)}
    units = {"receiving_unit": before.receiving_unit_id, "deciding_unit": before.deciding_unit_id}
    return {"da-chon": before.version.procedure.code, **kept, **units}


def _received(request: DeskRequest, intake: Intake, wish: str) -> HttpResponse:
    """Carry out the wish and show what it made. A second click finds the first one's dossier. Raises Refused."""
    by = intake.officer
    if wish == "huong-dan":
        return _guided_only(request, intake)
    filing = intake.filing()
    paid = intake.fee if intake.form.cleaned_data["paid"] else 0
    if wish == "tra-ngay":
        number = intake.form.cleaned_data["number"]
        dossier = acts.return_at_once(filing, number=number, by=by, at=intake.at, paid=paid)
        _as_wished(dossier, filing, dossier.returned_at is not None)
        messages.success(request, f"Đã tiếp nhận và trả kết quả ngay, hồ sơ {dossier.code}. {NO_SLIP}")
        return redirect("dossier", dossier.code)
    if wish == "nhan":
        dossier = acts.receive(filing, by=by, at=intake.at, paid=paid)
        _as_wished(dossier, filing, dossier.accepted_at is not None)
        return _done(request, dossier, "giay-tiep-nhan", f"Đã tiếp nhận hồ sơ {dossier.code}.")
    reason = intake.form.cleaned_data["reason"]
    if wish == "tu-choi":
        dossier = acts.refuse_at_counter(filing, reason=reason, by=by, at=intake.at)
        _as_wished(dossier, filing, dossier.state == State.NOT_ACCEPTED)
        return _done(request, dossier, "phieu-tu-choi", f"Đã ghi từ chối tiếp nhận, số {dossier.code}.")
    items = papers.missing(intake.papers)
    dossier = acts.ask_at_counter(filing, items=items, reason=reason, by=by, at=intake.at)
    _as_wished(dossier, filing, dossier.supplements > 0)
    return _done(request, dossier, "phieu-bo-sung", f"Đã ghi yêu cầu bổ sung, số {dossier.code}.")


def _as_wished(dossier: Dossier, filing: acts.Filing, reached: bool) -> None:
    """Raise Refused where this form became another dossier before: one went back to it and filled it in anew."""
    same = (filing.applicant.name, filing.version.pk) == (dossier.applicant, dossier.version_id)
    if not (reached and same):
        stands = LABELS[State(dossier.state)].lower()
        raise Refused(
            f"Phiếu này đã ghi thành hồ sơ {dossier.code} của {dossier.applicant} ({stands}); "
            "hãy mở phiếu mới ở trang Tiếp nhận"
        )


def _guided_only(request: DeskRequest, intake: Intake) -> HttpResponse:
    missing, content = papers.missing(intake.papers), intake.form.cleaned_data["reason"]
    given = acts.guide(intake.asking(), missing=missing, content=content, by=intake.officer, at=intake.at)
    messages.success(request, f"Đã ghi hướng dẫn {given.number}.")
    return redirect("guidance-sheet", given.pk)


def _done(request: DeskRequest, dossier: Dossier, paper: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("print", dossier.code, paper)


def _shown(intake: Intake, refusal: Refused | None) -> dict[str, Any]:
    reading = intake.reading
    return {
        "intake": intake,
        "form": intake.form,
        "refusal": refusal,
        "steps": STEPS,
        "actions": [{"label": "Các lượt hướng dẫn", "url": reverse("guidance")}],
        "origins": telling.ORIGINS,
        "reading": reading,
        "off": [line for line in reading.ledger if line.kind is LineKind.OFF] if reading else [],
        "before": _guided(intake),
        "several_desks": intake.form.fields["receiving_unit"].queryset.count() > 1,
    }


def _guided(intake: Intake) -> Guidance | None:
    """What this person was told of this procedure before: a supplement may not ask for more than that (Đ.16.3)."""
    number = identity.plain(str(intake.data.get("identity", ""))) if intake.data else ""
    if not (number and intake.version):
        return None
    told = Guidance.objects.filter(identity=number, version__procedure=intake.version.procedure_id)
    if access.of_operator(intake.officer, intake.today):
        told &= guided.readable(intake.officer, intake.today)
    return told.order_by("-id").first()


def _slip(case: Folded, fact: Fact, paper: str) -> dict[str, Any]:
    dossier, title = case.dossier, PRINTS[paper][1]
    accepted = fact if isinstance(fact, Accepted) else None
    return {
        "title": title,
        "fact": fact,
        "pdf": prints.link(case.dossier, fact),
        "accepted": accepted is not None,
        "signer": SIGNERS[paper],
        "officer": telling.who(fact.by, queries.people([fact.by])),
        "dossier": dossier,
        "due": datetime.fromisoformat(accepted.due) if accepted and accepted.due else None,
        "papers": telling.components(accepted.components) if accepted else [],
        "items": [item for item in _items(case, fact) if item["value"]],
        "crumbs": [
            {"label": "Hồ sơ", "url": reverse("dossiers")},
            {"label": dossier.code, "url": reverse("dossier", args=[dossier.code])},
            {"label": title},
        ],
    }


def _items(case: Folded, fact: Fact) -> list[dict[str, str]]:
    """What a printed form says of its dossier, in the order of the statutory one."""
    dossier = case.dossier
    found = {
        "Người nộp": dossier.applicant,
        "Số định danh": dossier.identity,
        "Người nộp thay": telling.agent(dossier),
        "Địa chỉ": dossier.address,
        "Điện thoại": dossier.phone,
        "Thư điện tử": dossier.email,
        "Thủ tục": f"{dossier.version.title} ({dossier.version.procedure.code})",
        "Trường hợp": dossier.case,
        "Nội dung": dossier.subject,
        "Cơ quan giải quyết": dossier.deciding_unit.name,
        "Cách nộp": telling.CHANNELS[dossier.channel],
        "Thời gian nhận hồ sơ" if isinstance(fact, Accepted) else "Thời gian": ui.moment(fact.at),
    }
    if isinstance(fact, SupplementRequested):
        found |= _asked(case, fact)
    if isinstance(fact, Accepted):
        found["Thời hạn giải quyết"] = fact.limit or "Không quy định"
        found["Nơi trả kết quả"] = dossier.receiving_unit.name
        found["Phí, lệ phí"] = _fee(fact.fee, case.standing.paid)
    return [{"term": term, "value": value} for term, value in found.items()]


def _asked(case: Folded, fact: SupplementRequested) -> dict[str, str]:
    """Who had the desk ask for a supplement, and until when it may come."""
    before = lifecycle.fold(case.facts[: case.facts.index(fact)])
    last = clock.supplement_given_by(fact.at, case.calendar, case.rules, accepted=fact.phase == "appraisal")
    by = case.dossier.deciding_unit.name if before.proposed else case.dossier.receiving_unit.name
    return {"Cơ quan yêu cầu": by, "Bổ sung chậm nhất": f"hết ngày {ui.day(last)}" if last else ""}


def _fee(fee: int, paid: int) -> str:
    if not fee:
        return "Không thu"
    told = "đã nộp" if paid >= fee else f"đã nộp {ui.money(paid)}" if paid else "chưa nộp"
    return f"{ui.money(fee)}, {told}"
