"""Bảng điều hành: the officer's own, any unit's, the dossiers in one cell, and the public's without signing in."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.dossiers.views.links import DeskRequest
from motcua.law.calendar import day
from motcua.people import access
from motcua.people.models import Unit

from .. import opened
from ..asked import moment
from ..insight import OFFICERS_ONLY
from ..periods import BadPeriod
from ..queries import Unscored
from ..reports import queries as agencies
from ..reports.views import explained, plain
from . import pages, queries
from .queries import NAMES

FIRST = "qua-han"


@require_safe
@explained
def mine(request: DeskRequest) -> HttpResponse:
    """The board of the unit asked for, else of the officer's own agency, else the province's."""
    today = day(timezone.now())
    if code := request.GET.get("don-vi"):
        return redirect("leader-board", _unit(code).code)
    unit = agencies.home(request.user, today) or next(iter(agencies.agencies(today)), None)
    if unit is None:
        raise Http404("Chưa có đơn vị nào")
    return redirect("leader-board", unit.code)


@require_safe
@explained
def board(request: DeskRequest, unit: str) -> HttpResponse:
    """The board of one unit."""
    now = timezone.now()
    order = _order(request)
    shown = pages.context(pages.board(_unit(unit), now, reader=request.user), order)
    return render(request, "scores/boards/board.html", shown | {"units": agencies.agencies(day(now))})


@require_safe
@explained
def rows(request: DeskRequest, unit: str, name: str) -> HttpResponse:
    """The dossiers in one cell of a board, exactly as many as it said."""
    now = timezone.now()
    if name not in NAMES:
        raise Http404(f"Bảng không có phần {name}")
    sets = queries.Sets(_moment(request, now), now)
    place, home, officer = (
        _unit(unit),
        plain(request.GET.get("cua", "")),
        plain(request.GET.get("can-bo", "")),
    )
    found = queries.dossiers(place, sets, name, home=home, officer=officer)
    if officer not in ("", request.user.username) and not access.may_see_officers(
        request.user, place, day(now)
    ):
        raise PermissionDenied(OFFICERS_ONLY)
    page = Paginator(found, opened.PAGE).get_page(request.GET.get("trang"))
    line = agencies.unit(home) if home else None
    kept = pages.Board(place, sets, [], bool(officer), public=False)
    shown = pages.behind(kept, name, line.name if line else "", page.paginator.count)
    shown |= {"page": page, "rows": opened.dossiers(page, request.user, now), "at": sets.at}
    return render(request, "scores/boards/rows.html", shown | {"columns": opened.columns(of_dossiers=True)})


@login_not_required
@require_safe
@explained
def public(request: HttpRequest) -> HttpResponse:
    """What anybody may know of how dossiers are settled: figures, no dossier and no officer."""
    now = timezone.now()
    units, unit = agencies.chosen(plain(request.GET.get("don-vi", "")), None, day(now))
    if unit is None:
        raise Unscored("chưa có đơn vị nào")
    shown = pages.context(pages.board(unit, now), _order(request))
    return render(request, "scores/boards/board.html", shown | {"units": units})


def _moment(request: HttpRequest, now: datetime) -> datetime:
    """When the board was looked at; rows do not tell what a day before this one was like."""
    at = moment(request.GET.get("luc", ""), now)
    if day(at) != day(now):
        raise BadPeriod(f"toàn cảnh ngày {day(at):%d/%m/%Y} chỉ mở được trong ngày ấy; hãy mở lại toàn cảnh")
    return at


def _order(request: HttpRequest) -> str:
    order = request.GET.get("xep", FIRST)
    return order if order in pages.SORTS else FIRST


def _unit(code: str) -> Unit:
    found = agencies.unit(plain(code))
    if found is None:
        raise Unscored(f"không có cơ quan nào mã “{code}”")
    return found
