"""The list of notices, narrowed by what is asked and read page by page (danh sách tin báo)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from motcua.dossiers import queries as dossiers
from motcua.dossiers.listing import day_field, midnight
from motcua.dossiers.models import Dossier
from motcua.people.models import Officer, Unit
from motcua.ui.leaves import Leaf, leaf

from . import queries, reach, wording
from .models import NEEDS_SOMEBODY, OUTSIDE, Notice, State

CAP = 1000
RELATED = ("dossier__version__procedure", "desk")
# Slug in the address, what the figure is called, the states, its tone and icon.
SHELVES: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("", "Cần xử lý", NEEDS_SOMEBODY, "late", "circle-alert"),
    ("khong-gui-duoc", "Không gửi được", (State.FAILED,), "", "circle-x"),
    ("chua-chac", "Chưa chắc đã gửi", (State.UNCERTAIN,), "", "info"),
    ("cho-gui", "Chờ gửi", (State.WAITING, State.SENDING), "soon", "hourglass"),
    ("da-gui", "Đã gửi", (State.SENT,), "", "circle-check"),
    ("cach-khac", "Đã báo cách khác", (State.TOLD, State.REPLACED), "", "user"),
)
STATES: Mapping[str, tuple[str, ...]] = {slug: states for slug, _, states, _, _ in SHELVES}


class ListForm(forms.Form):
    """What is asked of the list."""

    fields: dict[str, Any]
    q = forms.CharField(label="Mã hồ sơ, tên, số điện thoại", required=False, max_length=200)
    kenh = forms.ChoiceField(
        label="Kênh",
        required=False,
        choices=[("", "Mọi kênh"), *((channel.value, channel.label) for channel in OUTSIDE)],
    )
    loai = forms.ChoiceField(label="Tin về việc", required=False)
    don_vi = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Cơ quan giải quyết",
        required=False,
        to_field_name="code",
        empty_label="Mọi cơ quan",
    )
    tu = day_field("Từ ngày")

    def __init__(self, data: Any, *, officer: Officer, on: date) -> None:
        super().__init__(data)
        self.readable = queries.readable(officer, on)
        self.fields["don_vi"].queryset = dossiers.units_read(officer, on)
        kinds = [(kind, wording.label(kind)) for kind in wording.kinds()]
        self.fields["loai"].choices = [("", "Mọi việc"), *kinds]

    def condition(self) -> Q:
        """What the notices must be; a field that is wrong narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        found = _named(said.get("q", ""))
        for name, field in (("kenh", "channel"), ("loai", "kind"), ("don_vi", "agency")):
            if said.get(name):
                found &= Q(**{field: said[name]})
        if said.get("tu"):
            found &= Q(queued_at__gte=midnight(said["tu"]))
        return found

    @property
    def narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


def counts(form: ListForm) -> dict[str, int]:
    """How many notices stand on each shelf, counted up to CAP."""
    asked = form.readable.filter(form.condition()).order_by()
    return {slug: asked.filter(state__in=states)[:CAP].count() for slug, states in STATES.items()}


def page(form: ListForm, shelf: str) -> Leaf[Notice]:
    """One page of a shelf, newest first."""
    asked = form.readable.filter(form.condition(), state__in=STATES[shelf])
    return leaf(asked.select_related(*RELATED), form.data)


def _named(text: str) -> Q:
    """Notices a text names: a number they went to, or their dossier."""
    if number := reach.mobile(text):
        return Q(recipient=number)
    if "@" in text:
        return Q(recipient=text.strip())
    named = dossiers.named(text)
    return Q(dossier__in=Dossier.objects.filter(named)) if named else Q()
