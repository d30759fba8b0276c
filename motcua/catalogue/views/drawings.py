"""Sửa quy trình bằng hình vẽ: what bpmn-js drew is read like any BPMN file, into the same draft as the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.law.calendar import day
from motcua.law.process import Process
from motcua.people.models import Role

from .. import acts, bpmn, drawing, process_pages, processes, tabling
from ..models import ProcessVersion, Status
from ..reading import diagrams
from ..table_pages import live
from ..typed import Typed, Units
from .guard import ControlRequest
from .processes import process_for

PAGE = "catalogue/process_draw.html"
SAVE, ANYHOW, OVER, LOOK = "luu", "van-luu", "de", "xem"


@dataclass(slots=True)
class _Drawn:
    """A drawing that came in: its process where one could be read, and what is to be told of it."""

    xml: str
    process: Process | None = None
    remarks: tuple[bpmn.Remark, ...] = ()
    wrong: str = ""
    stale: acts.Stale | None = None
    columns: list[dict[str, str]] = field(default_factory=lambda: process_pages.FINDING_COLUMNS[1:])


@require_http_methods(["GET", "POST"])
def edit(request: ControlRequest, pk: int) -> HttpResponse:
    """The drawing board of a draft; where bpmn-js could not be had, the way to the table."""
    at = timezone.now()
    draft = process_for(request, pk, day(at))
    if draft.status == Status.PUBLISHED:
        messages.info(request, "Quy trình đã công khai, không sửa được; hãy lập dự thảo sửa đổi.")
        return redirect("process", pk)
    if request.method == "GET":
        drawn = _Drawn(drawing.drawn(draft).decode(), draft.graph)
        return render(request, PAGE, _context(draft, drawn, token_hex(8), at))
    drawn = _read(request.POST.get("xml", ""))
    wish = request.POST.get("do", SAVE)
    if wish == LOOK:
        return render(request, f"{PAGE}#checks", _context(draft, drawn, "", at))
    if drawn.process and (not drawn.remarks or wish in (ANYHOW, OVER)):
        try:
            return _saved(request, draft, drawn.process, at)
        except acts.Stale as stale:
            drawn.stale = stale
    context = _context(draft, drawn, request.POST.get("cua", "")[:32], at)
    return render(request, PAGE, context, status=409 if drawn.stale else 422)


def _read(xml: str) -> _Drawn:
    try:
        reading = bpmn.read(xml.encode(), role_of=diagrams.role_of_lane)
    except bpmn.WrongDiagram as wrong:
        return _Drawn(xml, wrong=str(wrong))
    return _Drawn(xml, reading.process, reading.remarks)


def _saved(request: ControlRequest, draft: ProcessVersion, process: Process, at: datetime) -> HttpResponse:
    """Keep the drawing as the draft. Raises Stale."""
    told = request.POST.get("thay" if request.POST.get("do") == OVER else "nen", "")
    revision = int(told) if told.isdecimal() and len(told) < 9 else -1
    edit = acts.Edit(tabling.in_rows(process).as_data(), revision, request.POST.get("cua", "")[:32])
    acts.edit_process(draft, edit, by=request.user, at=at)
    messages.success(request, "Đã lưu dự thảo. Hình được xếp lại cho ngay ngắn; bảng có cùng nội dung.")
    return redirect("process-draw", draft.pk)


def _context(draft: ProcessVersion, drawn: _Drawn, window: str, at: datetime) -> dict[str, Any]:
    process = drawn.process or draft.graph
    stale = drawn.stale
    return (
        process_pages.head(draft, day(at))
        | live(draft, process, Typed(process))
        | {
            "crumbs": process_pages.crumbs(draft, "Sửa bằng hình vẽ"),
            "there": settings.BPMN_JS.is_dir(),
            "drawn": drawn,
            "readable": drawn.process is not None,
            "remarks": process_pages.told_remarks(drawn.remarks),
            "window": window,
            "revision": stale.revision if stale else draft.revision,
            "kept": drawn.wrong or drawn.remarks or stale,
            "who": processes.name_of(stale.current.saved_by) if stale else "",
            "roles": [each for each in Role.choices if each[0] != Role.POSTAL],
            "units": Units.on(day(at)).names,
            "linked": False,
        }
    )
