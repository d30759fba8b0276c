"""The public pages of the catalogue: finding a procedure, and everything a person must know to do it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from motcua.law.calendar import day
from motcua.people import access, issuer
from motcua.ui import exports, qr
from motcua.ui.throttle import braked_lists

from .. import exporting, listing, pages, queries, searching
from ..forms import DueForm
from ..models import Version
from . import opendata


@login_not_required
@braked_lists
def procedures(request: HttpRequest) -> HttpResponseBase:
    """Tìm thủ tục; an htmx request for what is being typed gets the results alone."""
    at, asked = timezone.now(), listing.Asked.of(request.GET)
    if wanted := exports.asked(request):
        by = issuer.of(request.user, day(at))
        return exports.answer(request, wanted, exporting.procedures(wanted, asked, issuer=by, at=at))
    context = listing.context(asked, request.GET.get("trang"), day(at))
    typing = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = render(request, f"catalogue/procedures.html{'#found' if typing else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_not_required
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """Một thủ tục: what is needed, what it costs, how long it takes, where, and what one gets."""
    at = timezone.now()
    if opendata.wanted(request):
        linked = opendata.one(request, code)
        patch_vary_headers(linked, ["Accept"])
        return linked
    try:
        versions = queries.versions_of(listing.plain(code))
        version = queries.chosen(versions, day(at), pages.number(request.GET.get("ban")))
    except queries.NotFound as missing:
        return _missing(request, code, missing)
    form = DueForm(version, at, request.GET)
    promise = form.promise()
    context = pages.context(version, versions, day(at)) | _findings(request, version)
    context |= {"form": form, "promise": promise, "cells": pages.cells(promise)}
    address = opendata.address_of(request, version.procedure.code)
    context |= {"address": address, "qr": qr.address(address)}
    response = render(request, "catalogue/procedure.html", context)
    patch_vary_headers(response, ["Accept"])
    return response


@login_not_required
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two texts of a procedure, part by part; those who keep the catalogue see what is not public yet too."""
    try:
        versions = queries.comparable(listing.plain(code), _keeps(request))
        old, new = pages.pair(versions, request.GET.get("cu"), request.GET.get("moi"))
    except queries.NotFound as missing:
        return _missing(request, code, missing)
    return render(request, "catalogue/procedure_compare.html", pages.compared(old, new, versions))


def _keeps(request: HttpRequest) -> bool:
    officer = request.user
    return officer.is_authenticated and access.may(officer, "catalogue", None, day(timezone.now()))


def _missing(request: HttpRequest, code: str, missing: queries.NotFound) -> HttpResponse:
    context = {"code": code, "reason": missing.reason, "near": searching.codes_like(listing.plain(code))}
    return render(request, "catalogue/missing.html", context, status=404)


def _findings(request: HttpRequest, version: Version) -> dict[str, object]:
    """Those who keep the catalogue see what an import could not take as it stood."""
    if not _keeps(request):
        return {}
    return {"findings": pages.findings(queries.findings_about(version.procedure.code))}
