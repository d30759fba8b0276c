"""Chỉ số khác: those of a unit, one of them by level, how long procedures take, and the rows behind each figure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.law.calendar import day
from motcua.people import issuer
from motcua.people.models import Unit, UnitKind
from motcua.ui import exports
from motcua.ui.exports import Listing
from motcua.ui.throttle import braked_lists

from .. import exporting, opened, visiting
from ..asked import Asked
from ..queries import Unscored
from ..reports import queries as agencies
from ..reports.views import explained, plain
from . import pages, queries


@login_not_required
@require_safe
@explained
def index(request: HttpRequest) -> HttpResponse:
    """Every indicator of one unit, the province unless one is asked for."""
    now = timezone.now()
    asked = visiting.asked(request, now)
    units, unit = agencies.chosen(plain(request.GET.get("don-vi", "")), None, day(now))
    if unit is None:
        raise Unscored("chưa có đơn vị nào")
    shown = pages.overview(queries.look(asked), unit, inside=_inside(request)) | {
        "units": units,
        "choices": asked.choices,
    }
    return render(request, "scores/others/index.html", shown)


@login_not_required
@require_safe
@explained
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """One indicator by level and unit."""
    asked = visiting.asked(request, timezone.now())
    look = queries.look(asked)
    params = request.GET
    shown = pages.of_indicator(
        look, _other(key), params.get("cap", ""), params.get("trang"), inside=_inside(request)
    )
    return render(request, "scores/others/indicator.html", shown | {"choices": asked.choices})


@login_not_required
@require_safe
@braked_lists
@explained
def rows(request: HttpRequest, key: str, where: str, side: str) -> HttpResponseBase:
    """The dossiers or procedures behind one figure; the public sees how many dossiers, not which."""
    look, other = queries.look(visiting.asked(request, timezone.now())), _other(key)
    asked = look.asked
    if side not in pages.SIDES or (other.days and side in ("tu", "chua-dat")):
        raise Http404(f"Chỉ số này không có phần {side}")
    name, scopes = _scopes(plain(where), asked)
    if not queries.open_to(other, scopes, inside=_inside(request)):
        return redirect_to_login(request.get_full_path())
    found = queries.rows(asked, key, pages.SIDES[side], scopes)
    listed = queries.listed(other, scopes, inside=_inside(request))
    if (file := exports.asked(request)) and listed and other.of_dossiers:
        about = f"{other.name}. {name}: {pages.SAID[side]}"
        return exports.answer(request, file, _listing(request, file, asked, other, about, found))
    count = look.of_level(scopes, key).rows(pages.SIDES[side])
    shown = pages.behind(asked, other, name, side, where, count)
    if listed:
        shown |= _read(request, asked, other, side, scopes, count) | {"listed": True}
        shown |= {"columns": opened.columns(of_dossiers=other.of_dossiers)}
    else:
        shown |= {"sign_in": f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}"}
    return render(request, "scores/others/rows.html", shown)


def _read(
    request: HttpRequest, asked: Asked, other: Any, side: str, scopes: list[Unit], count: int
) -> dict[str, Any]:
    """The rows on the page asked for, with the ways to the others."""
    if other.of_dossiers:
        leaf = queries.road(asked, other.key, pages.SIDES[side], scopes).leaf(count, request.GET)
        lines = opened.dossiers(leaf.dossiers(), request.user, asked.now)
        return {"rows": lines, **leaf.turning(request.path + asked.exact)}
    paginator = Paginator(queries.rows(asked, other.key, pages.SIDES[side], scopes), opened.PAGE)
    paginator.count = count  # what was counted once is not counted again for each page
    page = paginator.get_page(request.GET.get("trang"))
    return {"page": page, "rows": opened.procedures(page)}


@require_safe
@explained
def paces(request: HttpRequest, unit: str) -> HttpResponseBase:
    """How long each procedure took beside its term; for officers: a procedure can be one applicant."""
    asked, place = visiting.asked(request, timezone.now()), agencies.unit(plain(unit))
    if place is None:
        raise Unscored(f"không có đơn vị nào mã “{unit}”")
    found = queries.paces(asked, place)
    if file := exports.asked(request):
        return exports.answer(request, file, _pace_listing(request, asked, place, found))
    shown = pages.pace(asked, place, found, request.GET.get("trang")) | {"choices": asked.choices}
    return render(request, "scores/others/paces.html", shown)


def _inside(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated)


def _other(key: str) -> Any:
    from .measures import OTHERS

    if key not in OTHERS:
        raise Unscored(f"không có chỉ số nào mã “{key}”")
    return OTHERS[key]


def _scopes(where: str, asked: Asked) -> tuple[str, list[Unit]]:
    """A unit by its code, or every unit of a level. Raises Unscored."""
    kind = where.removeprefix(pages.LEVEL)
    if where.startswith(pages.LEVEL) and kind in queries.LEVELS:
        return pages.LEVEL_NAMES[UnitKind(kind)], queries.units(asked.window.last, [kind])
    unit = agencies.unit(where)
    if unit is None:
        raise Unscored(f"không có đơn vị nào mã “{where}”")
    return unit.name, [unit]


def _listing(request: HttpRequest, file: Any, asked: Asked, other: Any, about: str, found: Any) -> Listing:
    keys = list(found.values_list("pk", flat=True)[: file.most + 1])

    def read(some: Any) -> Any:
        known = found.in_bulk(some)
        lines = opened.dossiers((known[key] for key in some if key in known), request.user, asked.now)
        return opened.dossier_cells(lines)

    by = issuer.of(request.user, day(asked.now))
    name = f"{other.key}-{asked.period}"
    told = {"period": asked.label, "origin": other.measure.source}
    return Listing(name, about, "hồ sơ", exporting.DOSSIERS, keys, read, by, asked.at, **told)


def _pace_listing(request: HttpRequest, asked: Asked, unit: Unit, found: Any) -> Listing:
    def read(some: Any) -> Any:
        for each in some:
            row = each.procedure
            yield row.code, row.title, each.dossiers, each.term, each.days, each.saved

    by = issuer.of(request.user, day(asked.now))
    title = f"Thời gian giải quyết theo thủ tục. {unit.name}"
    name = f"thoi-gian-{unit.code}-{asked.period}"
    return Listing(name, title, "thủ tục", pages.PACE_CELLS, found, read, by, asked.at, period=asked.label)
