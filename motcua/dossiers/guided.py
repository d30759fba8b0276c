"""The guidance given at desks, narrowed by what is asked and read page by page (sổ hướng dẫn)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from motcua.people import access
from motcua.people.models import Officer
from motcua.ui.leaves import Leaf, leaf

from . import queries
from .listing import CAP, day_field, end, midnight
from .models import Guidance

RELATED = ("version__procedure", "unit", "officer")
OFTEN = 5


class GuidanceForm(forms.Form):
    """What is asked of the list."""

    q = forms.CharField(label="Tên, số định danh, mã thủ tục", required=False, max_length=200)
    tu = day_field("Từ ngày")
    den = day_field("Đến ngày")

    def condition(self) -> Q:
        """What the guidance must be; a field that is wrong narrows nothing."""
        self.is_valid()
        said, found = self.cleaned_data, Q()
        if text := said.get("q", "").strip():
            found &= Q(name__icontains=text) | Q(identity=text) | Q(version__procedure__code=text)
        if said.get("tu"):
            found &= Q(at__gte=midnight(said["tu"]))
        if said.get("den"):
            found &= Q(at__lte=end(said["den"]))
        return found


@dataclass(frozen=True, slots=True)
class Given:
    """One page of guidance, how much there is (up to CAP), and the papers most often missing among it."""

    leaf: Leaf[Guidance]
    count: int
    missing: list[tuple[str, int]]


def readable(officer: Officer, on: date) -> QuerySet[Guidance]:
    """The guidance of the units an officer may read, and of the desks an operator's officer serves."""
    units = queries.reach(officer, on)
    if units is None:
        return Guidance.objects.all()
    return Guidance.objects.filter(unit__in=units + access.served(officer, on))


def listed(asked: QuerySet[Guidance], said: Mapping[str, str]) -> Given:
    """The page that the query of an address asks for, newest first."""
    papers = Counter(item for missing in asked.values_list("missing", flat=True)[:CAP] for item in missing)
    count, often = asked.order_by()[:CAP].count(), papers.most_common(OFTEN)
    rows = asked.select_related(*RELATED).defer("version__procedure__words")
    return Given(leaf(rows, said), count, often)


def shown(form: GuidanceForm) -> list[tuple[str, Any]]:
    """The filters in words, for a file of the list."""
    return [(str(form.fields[name].label), form.data.get(name, "")) for name in form.fields]
