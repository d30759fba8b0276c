"""The dossiers that go through several agencies, for each of them (hồ sơ liên thông; NĐ 118/2025/NĐ-CP Đ.20.2.b).

An agency that has a step finds the dossier here from its acceptance on, and not only once its turn has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.fields import BooleanField

from motcua.catalogue.models import ProcessVersion
from motcua.people.models import Officer, Unit
from motcua.ui.leaves import key

from . import queries
from .models import Dossier, Task

PAGE = 50
CAP = 1000


class CooperationForm(forms.Form):
    """What is asked of the list."""

    fields: dict[str, Any]
    q = forms.CharField(label="Mã, tên, số định danh", required=False, max_length=200)
    luot = forms.ChoiceField(
        label="Lượt",
        required=False,
        choices=[("", "Đang giải quyết"), ("den-luot", "Đang đến lượt đơn vị tôi"), ("xong", "Đã xong")],
    )

    def narrowed(self, dossiers: QuerySet[Dossier], officer: Officer, on: date) -> QuerySet[Dossier]:
        """The dossiers that are asked for; those still handled unless told otherwise."""
        self.is_valid()
        said, units = self.cleaned_data, queries.reach(officer, on)
        if named := queries.named(said.get("q", "")):
            dossiers = dossiers.filter(named)
        if said.get("luot") == "xong":
            return dossiers.filter(ended_at__isnull=False)
        if said.get("luot") == "den-luot" and units is not None:
            dossiers = dossiers.filter(Exists(Task.objects.filter(dossier=OuterRef("pk"), unit__in=units)))
        return dossiers.filter(ended_at=None)


def dossiers(officer: Officer, on: date) -> QuerySet[Dossier]:
    """The accepted dossiers of several agencies in which a unit of the officer leads or has a step."""
    several = Dossier.objects.filter(process__in=_several(), accepted_at__isnull=False)
    units = queries.reach(officer, on)
    if units is None:
        return several
    codes = Unit.objects.filter(pk__in=units).values_list("code", flat=True)
    return several.filter(Q(deciding_unit__in=units) | Q(process__in=_naming(codes)))


def page(asked: QuerySet[Dossier], after: str) -> tuple[list[Dossier], int | None, int]:
    """One page, newest first, with what waits where; the id to read on from, and how many there are up to CAP."""
    count = asked.order_by()[:CAP].count()
    start = key(after)
    beyond = asked if start is None else asked.filter(pk__lt=start)
    tasks = Prefetch("tasks", Task.objects.select_related("unit").order_by("since", "id"))
    related = ("version__procedure", "deciding_unit")
    found = list(
        beyond.order_by("-pk").select_related(*related).prefetch_related(tasks).defer("words")[: PAGE + 1]
    )
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None, count


def _several() -> QuerySet[ProcessVersion, Any]:
    """The processes in which a step names a unit besides the deciding one."""
    names = Func(
        F("definition"),
        Value("$.nodes[*].unit"),
        function="jsonb_path_exists",
        output_field=BooleanField(),
        template="%(function)s(%(expressions)s::jsonpath)",
    )
    return ProcessVersion.objects.filter(names).values("pk")


def _naming(codes: Iterable[str]) -> QuerySet[ProcessVersion, Any]:
    """The processes in which a step names one of some units."""
    named = Q(pk=None)
    for code in codes:
        named |= Q(definition__contains={"nodes": [{"unit": code}]})
    return ProcessVersion.objects.filter(named).values("pk")
