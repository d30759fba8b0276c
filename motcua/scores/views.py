"""The index 766 as pages: the province and its units, one unit, and the rows behind a figure (chỉ số)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import NoReturn

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from motcua.law.calendar import OutOfYears, day
from motcua.law.packs import NotInForce
from motcua.people import issuer
from motcua.people.models import UnitKind
from motcua.ui import exports
from motcua.ui.throttle import braked_lists

from . import exporting, fresh, insight, pages, peers, queries, visiting
from . import parts as breakdowns
from .asked import Asked
from .periods import BadPeriod

View = Callable[..., HttpResponseBase]


def explained(view: View) -> View:
    """Say what is wrong with a period, a unit or a figure that is not there, and show the ones that are."""

    @wraps(view)
    def answering(request: HttpRequest, **where: str) -> HttpResponseBase:
        now = timezone.now()
        # PostgreSQL takes no NUL sign.
        named = {name: part.replace("\0", "") for name, part in where.items()}
        try:
            return view(request, visiting.asked(request, now), **named)
        except (BadPeriod, NotInForce, OutOfYears, queries.Unscored) as wrong:
            missing = isinstance(wrong, queries.Unscored)
            title = "Không có số liệu này" if missing else "Kỳ này không xem được"
            context = {"title": title, "reason": pages.sentence(str(wrong)), "asked": Asked.default(now)}
            status, wait = 404 if missing else 400, 0
        except visiting.TooMany as many:
            reason, status, wait = pages.sentence(str(many)), 429, many.wait
            context = {"title": "Hãy đợi một chút", "reason": reason, "asked": Asked.default(now)}
        answer = render(request, "scores/refused.html", context, status=status)
        if wait:
            answer["Retry-After"] = str(wait)
        return answer

    return answering


@login_not_required
@braked_lists
@explained
def index(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """Chỉ số của tỉnh và các đơn vị."""
    look = fresh.index(asked)
    asked, entries = look.asked, look.entries
    level, order, number = (request.GET.get(name, "") for name in ("cap", "xep", "trang"))
    if wanted := exports.asked(request):
        by = issuer.of(request.user, day(asked.now))
        return exports.answer(request, wanted, exporting.units(asked, entries, level, order, issuer=by))

    def made() -> str:
        context = pages.province(asked, entries, pages.earlier(asked, ""))
        if context["top"]:
            context |= insight.standing(look, context["top"], inside)
        context |= pages.levels(asked, entries, level, order, number, lambda level: peers.fair(look, level))
        return render_to_string("scores/index.html#body", context, request)

    inside = request.user.is_authenticated
    top = next((entry for entry in entries if entry.level == UnitKind.PROVINCE), None)
    body = look.kept.once(("index", request.get_full_path(), inside), made)
    context = pages.head(asked, top) | {"body": body}
    context |= insight.work(asked, top, request.user) if top else {}
    return render(request, "scores/index.html", context)


@login_not_required
@explained
def unit(request: HttpRequest, asked: Asked, unit: str) -> HttpResponse:
    """Chỉ số của một đơn vị, từng chỉ số thành phần."""
    look = fresh.index(asked)
    asked, entry = look.asked, look.of(unit)

    def made() -> str:
        context = pages.unit(asked, entry, pages.earlier(asked, unit)) | insight.standing(look, entry, inside)
        return render_to_string("scores/unit.html#body", context, request)

    inside = request.user.is_authenticated

    context = pages.unit_head(asked, entry) | insight.work(asked, entry, request.user)
    context |= {"body": look.kept.once(("unit", request.get_full_path(), inside), made)}
    return render(request, "scores/unit.html", context)


@login_not_required
@explained
def trend(request: HttpRequest, asked: Asked, unit: str) -> HttpResponse:
    """Điểm của một đơn vị qua các tháng; the page of the unit takes the part."""
    context = insight.trend(asked, fresh.index(asked).of(unit).unit.code)
    part = "#trend" if getattr(request, "htmx", False) else ""
    return render(request, f"scores/trend.html{part}", context)


@explained
def parts(request: HttpRequest, asked: Asked, unit: str, kind: str) -> HttpResponse:
    """Chỉ số của một đơn vị theo thủ tục, lĩnh vực, cán bộ; with `muc`, one of them.

    For officers: a procedure or a field of one agency can be one applicant, whatever the period (opening.protecting).
    """
    look = fresh.index(asked)
    asked, entry = look.asked, look.of(unit)
    key = request.GET.get("muc", "").replace("\0", "")
    if kind == "can-bo" and not insight.may_see_officers(request.user, entry.unit, asked.now, key):
        own = "" if key else insight.own_url(asked, entry, request.user)
        return redirect(own) if own else _forbidden()
    if key:
        context = insight.one_part(asked, entry, kind, breakdowns.one(asked, entry, kind, key))
        return render(request, "scores/part.html", context)
    context = insight.breakdown(asked, entry, kind, None)
    page = Paginator(context["parts"], 50).get_page(request.GET.get("trang"))
    context |= {"page": page, "rows": [insight.line(asked, entry, kind, part) for part in page]}
    return render(request, "scores/parts.html", context)


@login_not_required
@braked_lists
@explained
def rows(request: HttpRequest, asked: Asked, unit: str, indicator: str, side: str) -> HttpResponseBase:
    """Những hồ sơ, thủ tục làm nên một con số; the public sees how many dossiers there are, not which."""
    # With it comes Ibis, which takes a second to import: only this page should wait for it.
    from . import drill

    kind, key = (request.GET.get(name, "").replace("\0", "") for name in ("theo", "muc"))
    if kind and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    # Asked first: that somebody has no dossiers there is a figure too.
    if kind == "can-bo" and not insight.may_see_officers(
        request.user, fresh.index(asked).of(unit).unit, asked.now, key
    ):
        _forbidden()
    figure = drill.figure(asked, unit, indicator, side, kind, key)
    if (wanted := exports.asked(request)) and drill.open_to(figure, request.user):
        by = issuer.of(request.user, day(asked.now))
        return exports.answer(request, wanted, exporting.rows(wanted, figure, request.user, issuer=by))
    return render(request, "scores/rows.html", drill.context(figure, request.GET, request.user))


def _forbidden() -> NoReturn:
    raise PermissionDenied(insight.OFFICERS_ONLY)
