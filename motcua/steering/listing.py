"""The list of tasks, narrowed and sorted by its address and read page by page (danh sách nhiệm vụ)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from motcua.law.following import Status
from motcua.people.models import Officer, Unit
from motcua.ui import keyed

from . import finding, queries, shown
from .models import Instrument, Task

ALL = "tat-ca"
LISTED = ("lead", "officer", "instrument")
SORTS = {
    "han": ("until", "id"),
    "-han": ("-until", "-id"),
    "don-vi": ("lead__code", "until", "id"),
    "-don-vi": ("-lead__code", "-until", "-id"),
    "moi": ("-id",),
}
# Slug, label: from where the reader looks.
PARTS = (
    ("", "Mọi nhiệm vụ"),
    ("cua-toi", "Tôi chịu trách nhiệm"),
    ("chu-tri", "Đơn vị tôi chủ trì"),
    ("phoi-hop", "Đơn vị tôi phối hợp"),
    ("giao", "Bên tôi giao"),
    ("toi", "Giao riêng cho tôi"),
    ("cho-toi", "Chờ bên tôi trả lời"),
)


class ListForm(forms.Form):
    """What is asked of the list."""

    fields: dict[str, Any]
    q = forms.CharField(label="Nội dung, số văn bản", required=False, max_length=200)
    vai = forms.ChoiceField(label="Phạm vi", required=False, choices=PARTS)
    don_vi = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Đơn vị chủ trì",
        required=False,
        to_field_name="code",
        empty_label="Mọi đơn vị",
    )
    ben_giao = forms.ModelChoiceField(
        Unit.objects.all(),
        required=False,
        to_field_name="code",
        widget=forms.HiddenInput,
        label="Bên giao",
    )
    linh_vuc = forms.ChoiceField(label="Lĩnh vực", required=False)
    nhan = forms.ChoiceField(label="Nhãn", required=False)
    nam = forms.TypedChoiceField(label="Năm của hạn", required=False, coerce=int, empty_value=None)
    van_ban = forms.ModelChoiceField(
        Instrument.objects.all(), required=False, widget=forms.HiddenInput, label="Văn bản"
    )
    muc = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput, label="Dòng của văn bản")
    tu = forms.DateField(required=False, widget=forms.HiddenInput, label="Hạn từ ngày")
    den = forms.DateField(required=False, widget=forms.HiddenInput, label="Hạn đến ngày")
    xong_tu = forms.DateField(required=False, widget=forms.HiddenInput, label="Kết thúc từ ngày")
    nguyen_nhan = forms.CharField(
        required=False, max_length=160, widget=forms.HiddenInput, label="Nguyên nhân"
    )

    def __init__(self, data: Any, *, officer: Officer, on: date) -> None:
        super().__init__(data, label_suffix="")
        self.officer, self.on = officer, on
        self.fields["don_vi"].queryset = queries.standing(on, with_code=str(self["don_vi"].value() or ""))
        self.fields["linh_vuc"].choices = [("", "Mọi lĩnh vực"), *shown.choices("fields", on)]
        self.fields["nhan"].choices = [("", "Mọi nhãn"), *shown.choices("tags", on)]
        years = [(str(year), str(year)) for year in range(on.year + 1, on.year - 5, -1)]
        self.fields["nam"].choices = [("", "Mọi năm"), *years]

    def condition(self) -> Q:
        """What the tasks must be beside their words; a field that is wrong narrows nothing."""
        self.is_valid()
        said, found = self.cleaned_data, Q()
        if said.get("don_vi"):
            found &= Q(lead=said["don_vi"])
        if said.get("ben_giao"):
            found &= Q(giver=said["ben_giao"])
        if said.get("linh_vuc"):
            found &= Q(field=said["linh_vuc"])
        if said.get("nhan"):
            found &= Q(tags__contains=[said["nhan"]])
        if year := said.get("nam"):
            found &= Q(until__gte=date(year, 1, 1), until__lte=date(year, 12, 31))
        if said.get("van_ban"):
            found &= Q(instrument=said["van_ban"])
        if said.get("muc"):
            found &= Q(item=said["muc"])
        for name, bound in (("tu", "until__gte"), ("den", "until__lte"), ("xong_tu", "settled_on__gte")):
            if said.get(name):
                found &= Q(**{bound: said[name]})
        if said.get("nguyen_nhan"):
            found &= queries.caused(said["nguyen_nhan"])
        return found & self._part(said.get("vai", ""))

    def _part(self, slug: str) -> Q:
        units = [unit.pk for unit in queries.own_units(self.officer, self.on)]
        givers = [unit.pk for unit in queries.givers(self.officer, self.on)]
        given = Q(giver__in=givers)
        together = Task.objects.filter(cooperations__unit__in=units).values("pk")
        return {
            "chu-tri": Q(lead__in=units),
            "phoi-hop": Q(pk__in=together),
            "giao": given,
            "cua-toi": Q(pk__in=queries.mine(self.officer, self.on).values("pk")),
            "toi": Q(officer=self.officer),
            "cho-toi": given & queries.waits(),
        }.get(slug, Q())

    @cached_property
    def found(self) -> finding.Found[Task]:
        """The tasks asked for, in no order; looked up by their words once."""
        tasks = Task.objects.filter(self.condition())
        return finding.found(tasks, self.cleaned_data.get("q", ""))

    @property
    def narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


def found(form: ListForm, wanted: str, sort: str = "han") -> QuerySet[Task]:
    """The tasks asked for, in order: those of a status, ALL, or what is still owed."""
    tasks, status = form.found.rows, status_of(wanted)
    if status:
        tasks = tasks.filter(queries.statuses(form.on)[status])
    elif wanted != ALL:
        tasks = tasks.filter(queries.unsettled())
    return tasks.order_by(*SORTS.get(sort, SORTS["han"]))


def status_of(wanted: str) -> Status | None:
    """The status a list was asked for, None for none."""
    return next((each for each in Status if each == wanted), None)


def page(tasks: QuerySet[Task], said: Mapping[str, str], sort: str = "han") -> keyed.Page[Task]:
    """One page of them, with what its rows show."""
    rows = tasks.select_related(*LISTED).defer("words", "detail")
    return keyed.page(rows, said, SORTS.get(sort, SORTS["han"]))
