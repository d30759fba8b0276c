"""Quy trình nội bộ: the list, one version, its publishing, files in and out. For those who control procedures."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui import exports

from .. import acts, drawing, editing, exporting, listing, process_pages, processes, queries, sheets
from ..models import Import, ProcessVersion, Status
from ..process_forms import NewForm, PublishForm, UploadForm
from ..reading.drafts import ProcessDraft
from ..typed import Units
from .guard import ControlRequest, allowed, named

FILES = {
    "bpmn": (drawing.drawn, "application/xml"),
    "csv": (sheets.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        sheets.as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


def process_for(request: ControlRequest, pk: int, today: date) -> ProcessVersion:
    """The process an officer may see here. Raises PermissionDenied, Http404."""
    allowed(request, today)
    return named(processes.one, pk)


@require_safe
def index(request: ControlRequest) -> HttpResponseBase:
    """The processes by procedure and unit; what was asked stands in the URL."""
    at = timezone.now()
    today = day(at)
    allowed(request, today)
    asked = {name: listing.plain(request.GET.get(name, "")) for name in ("q", "don-vi", "trang-thai")}
    units = Units.on(today)
    unit = units.code(asked["don-vi"])
    state = asked["trang-thai"] if asked["trang-thai"] in processes.STATES else ""
    wanted = processes.Wanted(asked["q"], unit or asked["don-vi"], state)
    if file := exports.asked(request):
        by = issuer.of(request.user, today)
        return exports.answer(request, file, exporting.processes(file, wanted, issuer=by, at=at))
    found = processes.shelves(wanted, today)
    context = process_pages.listed(found, request.GET.get("trang"))
    context |= {"asked": asked, "state": state, "states": processes.STATES, "units": units.names}
    context |= {"narrowed": any(asked.values()), "wanted_unit": asked["don-vi"]}
    return render(request, "catalogue/processes.html", context)


@require_safe
def show(request: ControlRequest, pk: int) -> HttpResponse:
    """One version: drawing, steps, terms, checks, findings, the others beside it."""
    today = day(timezone.now())
    process = process_for(request, pk, today)
    return render(request, "catalogue/process.html", process_pages.shown(process, today))


@require_safe
def compare(request: ControlRequest, pk: int) -> HttpResponse:
    """Two versions, the earlier one first."""
    today = day(timezone.now())
    process = process_for(request, pk, today)
    wanted = request.GET.get("voi", "")
    other = processes.before(process)
    if wanted:
        other = process_for(request, int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0, today)
    if other is None or (other.procedure_id, other.unit_id) != (process.procedure_id, process.unit_id):
        raise Http404("Chỉ so sánh được hai bản của cùng một quy trình")
    old, new = sorted((process, other), key=lambda one: one.number)
    context = process_pages.compared(old, new)
    context |= {"process": process, "crumbs": process_pages.crumbs(process, "So sánh")}
    return render(request, "catalogue/process_compare.html", context)


@require_safe
def download(request: ControlRequest, pk: int, kind: str) -> HttpResponse:
    """The process as a file: BPMN 2.0, CSV or XLSX."""
    process = process_for(request, pk, day(timezone.now()))
    if kind not in FILES:
        raise Http404("Không có dạng tệp này")
    write, content_type = FILES[kind]
    response = HttpResponse(write(process), content_type=content_type)
    name = f"quy-trinh-{process.procedure.code}-{process.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
def upload(request: ControlRequest) -> HttpResponse:
    """Take a file in as drafts, and go to what was found in it."""
    at = timezone.now()
    allowed(request, day(at))
    units = Units.on(day(at))
    form = UploadForm(units, request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("process-run", _taken(form, request.user, at).pk)
        except acts.WrongFile as wrong:
            form.add_error("tep", wrong.told)
        except Refused as refused:
            form.add_error(None, refused.reason)
    context = {"form": form, "units": units.names, "crumbs": process_pages.below("Nhập từ tệp")}
    return render(request, "catalogue/process_upload.html", context, status=422 if form.errors else 200)


def _taken(form: UploadForm, by: Officer, at: datetime) -> Import:
    """The import of the file of a form. Raises WrongFile, Refused."""
    file: UploadedFile[Any] = form.cleaned_data["tep"]
    called = Path(file.name or "tep").name
    with TemporaryDirectory() as folder:
        path = Path(folder, f"tep{Path(called).suffix.lower()}")
        path.write_bytes(file.read())
        acts.import_processes(path, by=by, at=at, given=form.given, called=called)
    return Import.objects.filter(kind="processes", by=by.username).latest("pk")


@require_safe
def run(request: ControlRequest, pk: int) -> HttpResponse:
    """What one import took, and what it found: row, field, remedy."""
    allowed(request, day(timezone.now()))
    try:
        found = processes.imported(pk)
    except queries.NotFound as missing:
        raise Http404(missing.reason) from None
    return render(request, "catalogue/process_run.html", process_pages.run(found, request.GET.get("trang")))


@require_http_methods(["GET", "POST"])
def new(request: ControlRequest) -> HttpResponse:
    """Begin a process with one empty step, and go to its table."""
    at = timezone.now()
    allowed(request, day(at))
    units = Units.on(day(at))
    code = listing.plain(request.GET.get("ma", ""))
    form = NewForm(units, request.POST or None, initial={"ma": code})
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        if waiting := processes.drafted(told["ma"], told["don_vi"]):
            return _to_draft(request, waiting)
        empty = editing.blank().as_data()
        draft = ProcessDraft(0, told["ma"], told["ten"], "", "", told["don_vi"], empty, ready=False)
        try:
            return redirect("process-table", acts.draft_process(draft, by=request.user, at=at).pk)
        except Refused as refused:
            form.add_error("ma", refused.reason)
    context = {"form": form, "units": units.names, "crumbs": process_pages.below("Lập quy trình mới")}
    return render(request, "catalogue/process_new.html", context, status=422 if form.errors else 200)


@require_POST
def amend(request: ControlRequest, pk: int) -> HttpResponse:
    """A draft that begins as this published process; where there is one already, that."""
    at = timezone.now()
    process = process_for(request, pk, day(at))
    waiting = next((one for one in processes.beside(process) if one.status == Status.DRAFT), None)
    if waiting is not None:
        return _to_draft(request, waiting)
    unit = process.unit.code if process.unit else ""
    draft = ProcessDraft(
        0, process.procedure.code, process.name, "", process.issuer, unit, process.definition
    )
    return redirect("process-table", acts.draft_process(draft, before=process, by=request.user, at=at).pk)


def _to_draft(request: ControlRequest, waiting: ProcessVersion) -> HttpResponse:
    messages.info(request, f"Quy trình này đã có dự thảo, bản {waiting.number}: bạn đang sửa bản ấy.")
    return redirect("process-table", waiting.pk)


@require_POST
def discard(request: ControlRequest, pk: int) -> HttpResponse:
    """Throw a draft away, as it was looked at."""
    at = timezone.now()
    process = process_for(request, pk, day(at))
    told = request.POST.get("nen", "")
    try:
        revision = int(told) if told.isdecimal() and len(told) < 9 else -1
        acts.discard_process(process, revision=revision, by=request.user, at=at)
    except Refused as refused:
        messages.error(request, f"Chưa bỏ được dự thảo: {refused.reason}.")
        return redirect("process", pk)
    messages.success(request, f"Đã bỏ dự thảo bản {process.number} của thủ tục {process.procedure.code}.")
    return redirect("processes")


@require_http_methods(["GET", "POST"])
def publish(request: ControlRequest, pk: int) -> HttpResponse:
    """Make a draft final by its decision, every check in sight."""
    at = timezone.now()
    process = process_for(request, pk, day(at))
    if process.status == Status.PUBLISHED:
        return redirect("process", pk)
    form = PublishForm.about(process, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            revision = form.cleaned_data["nen"]
            acts.publish_process(process, decision=form.decision(), revision=revision, by=request.user, at=at)
            messages.success(request, "Đã công khai quy trình. Từ nay không ai sửa được bản này.")
            return redirect("process", pk)
        except acts.Stale as overtaken:
            again = {**request.POST.dict(), "nen": str(overtaken.current.revision)}
            form = PublishForm.about(overtaken.current, again)
            form.add_error(None, f"{overtaken.reason}. Hãy xem lại bảng kiểm tra rồi công khai")
        except Refused as refused:
            form.add_error(None, refused.reason)
    return render(
        request, "catalogue/process_publish.html", _publishing(process, form, at), status=_code(form)
    )


def _publishing(process: ProcessVersion, form: PublishForm, at: datetime) -> dict[str, Any]:
    current = processes.one(process.pk)
    context = process_pages.head(current, day(at)) | process_pages.checked(current, processes.before(current))
    return context | {"form": form, "crumbs": process_pages.crumbs(current, "Công khai")}


def _code(form: PublishForm) -> int:
    return 409 if form.is_bound and form.errors else 200
