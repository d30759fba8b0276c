"""Sửa quy trình bằng bảng: every button and every change saves the draft; nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import acts, table_pages, tabling, typed
from ..models import ProcessVersion, Status
from ..table_pages import Said
from ..typed import Typed, Units
from .guard import ControlRequest
from .processes import process_for

PAGE = "catalogue/process_table.html"
SAVE, BY_ITSELF, OVER = "luu", "tu-luu", "de"


@dataclass(slots=True)
class _Sent:
    """One form that came in, read; `typed` gets the change that a button asked for."""

    request: ControlRequest
    draft: ProcessVersion
    units: Units
    typed: Typed
    at: datetime
    said: Said

    @property
    def wish(self) -> str:
        return self.request.POST.get("do", SAVE)

    @property
    def window(self) -> str:
        return self.request.POST.get("cua", "")[:32]

    def revision(self) -> int:
        told = self.request.POST.get("thay" if self.wish == OVER else "nen", "")
        return int(told) if told.isdecimal() and len(told) < 9 else -1

    def save(self) -> None:
        """Keep the draft. Raises Stale."""
        definition = tabling.in_rows(self.typed.process).as_data()
        edit = acts.Edit(definition, self.revision(), self.window, final=self.wish != BY_ITSELF)
        self.draft = acts.edit_process(self.draft, edit, by=self.request.user, at=self.at)

    def page(self, part: str = "", status: int = 200) -> HttpResponse:
        context = table_pages.context(
            self.draft, self.typed, self.units, self.window, day(self.at), self.said
        )
        return render(self.request, PAGE + part, context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: ControlRequest, pk: int) -> HttpResponse:
    """The table of a draft; a published process has none."""
    at = timezone.now()
    draft = process_for(request, pk, day(at))
    if draft.status == Status.PUBLISHED:
        messages.info(request, "Quy trình đã công khai, không sửa được; hãy lập dự thảo sửa đổi.")
        return redirect("process", pk)
    units = Units.on(day(at))
    if request.method == "GET":
        said = Said(focus=request.GET.get("dong", ""))
        context = table_pages.context(draft, Typed(draft.graph), units, token_hex(8), day(at), said)
        return render(request, PAGE, context)
    try:
        sent = _Sent(request, draft, units, typed.read(request.POST, units), at, Said())
    except Refused as torn:
        messages.error(request, torn.reason)
        return redirect("process-table", pk)
    return _saved(sent)


def _saved(sent: _Sent) -> HttpResponse:
    """The answer to a form: the next page, or this one again with what is to be told."""
    if sent.wish not in (SAVE, BY_ITSELF, OVER):
        try:
            sent.typed.process, sent.said.focus = table_pages.changed(sent.typed.process, sent.wish)
        except Refused as refused:
            sent.said.refusal = refused
    try:
        sent.save()
    except acts.Stale as stale:
        return _overtaken(sent, stale)
    if sent.wish == BY_ITSELF:
        return sent.page("#live")
    if sent.typed.wrong or sent.said.refusal:
        return sent.page(status=422)
    # No fragment: a browser that is sent to one does not heed autofocus.
    query = f"?{urlencode({'dong': sent.said.focus})}" if sent.said.focus else ""
    return redirect(reverse("process-table", args=[sent.draft.pk]) + query)


def _overtaken(sent: _Sent, stale: acts.Stale) -> HttpResponse:
    if sent.wish == BY_ITSELF and stale.current.saved_in == sent.window:
        return HttpResponse(status=204)  # this window has sent more since
    sent.said.stale = stale
    response = sent.page(
        "#editor" if sent.wish == BY_ITSELF else "", status=409 if sent.wish != BY_ITSELF else 200
    )
    response["HX-Retarget"], response["HX-Reswap"] = "#soan", "outerHTML"
    return response
