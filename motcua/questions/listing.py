"""The list of questions, narrowed by what is asked and read page by page (danh sách câu hỏi giải trình)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from motcua.dossiers import queries as dossiers
from motcua.dossiers.models import Dossier
from motcua.law.signs import Kind
from motcua.people.models import Officer, Unit
from motcua.ui.leaves import Leaf, leaf

from . import queries
from .models import Question, State

CAP = 1000
RELATED = ("dossier__version__procedure", "unit", "officer")
MINE = "cua-toi"
# Slug in the address, what the figure is called, the state, its tone and icon.
SHELVES: tuple[tuple[str, str, str, str, str], ...] = (
    ("", "Chờ giải trình", State.ASKED, "late", "circle-alert"),
    ("da-giai-trinh", "Đã giải trình, chờ xem xét", State.ANSWERED, "soon", "hourglass"),
    ("da-xem-xet", "Đã xem xét", State.SETTLED, "", "circle-check"),
)


class ListForm(forms.Form):
    """What is asked of the list."""

    fields: dict[str, Any]
    q = forms.CharField(label="Mã hồ sơ, người nộp", required=False, max_length=200)
    dau_hieu = forms.ChoiceField(
        label="Dấu hiệu",
        required=False,
        choices=[("", "Mọi dấu hiệu"), *((kind.value, kind.label) for kind in Kind)],
    )
    don_vi = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Đơn vị được hỏi",
        required=False,
        to_field_name="code",
        empty_label="Mọi đơn vị",
    )
    ai = forms.ChoiceField(label="Người được hỏi", required=False, choices=[("", "Mọi người"), (MINE, "Tôi")])

    def __init__(self, data: Any, *, officer: Officer, on: date) -> None:
        super().__init__(data)
        self.officer = officer
        self.readable = queries.readable(officer, on)
        self.fields["don_vi"].queryset = dossiers.units_read(officer, on)

    def condition(self) -> Q:
        """What the questions must be; a field that is wrong narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        named = dossiers.named(said.get("q", ""))
        found = Q(dossier__in=Dossier.objects.filter(named)) if named else Q()
        if said.get("dau_hieu"):
            found &= Q(kind=said["dau_hieu"])
        if said.get("don_vi"):
            found &= Q(unit=said["don_vi"])
        return found & Q(officer=self.officer) if said.get("ai") == MINE else found

    @property
    def narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


def counts(form: ListForm) -> dict[str, int]:
    """How many questions stand on each shelf, counted up to CAP."""
    asked = form.readable.filter(form.condition()).order_by()
    return {slug: asked.filter(state=state)[:CAP].count() for slug, _, state, _, _ in SHELVES}


def page(form: ListForm, shelf: str) -> Leaf[Question]:
    """One page of a shelf, newest first."""
    state = {slug: state for slug, _, state, _, _ in SHELVES}[shelf]
    asked = form.readable.filter(form.condition(), state=state)
    return leaf(asked.select_related(*RELATED), form.data)
