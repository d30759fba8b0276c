"""Điều hành: what an officer owes today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.dossiers.views.links import DeskRequest

from ..pages import tabs


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    return render(request, "steering/duties.html", {"tabs": tabs(request)})
