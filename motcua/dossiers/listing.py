"""The list of dossiers an officer may read, narrowed by what is asked and read page by page (danh sách hồ sơ)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet

from motcua.law.calendar import TZ, day
from motcua.law.lifecycle import LABELS, State
from motcua.people.models import Officer, Unit, UnitKind
from motcua.ui.leaves import SORTED, Leaf, beyond, leaf
from motcua.ui.typed import full_year

from . import queries
from .models import Dossier

CAP = 1000
LATE = {"tiep-nhan": "Tiếp nhận chậm", "y-kien": "Ý kiến chậm"}
# As `access.own_desk` says it of one dossier.
ELSEWHERE = ~(
    Q(receiving_unit=F("deciding_unit"))
    | Q(receiving_unit__parent=F("deciding_unit"))
    | Q(
        receiving_unit__kind=UnitKind.CENTRE,
        deciding_unit__kind=UnitKind.DEPARTMENT,
        receiving_unit__parent=F("deciding_unit__parent"),
    )
)
RELATED = ("version__procedure", "deciding_unit")


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Ngày viết như 25/11/2026."},
        validators=[full_year],
    )


class SearchForm(forms.Form):
    """What is asked of the list; places of pages (`sau`, `truoc`) are ids."""

    fields: dict[str, Any]
    q = forms.CharField(label="Mã, tên, số định danh", required=False, max_length=200)
    trang_thai = forms.TypedChoiceField(
        label="Trạng thái",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Mọi trạng thái"), *((s.value, LABELS[s]) for s in State if s is not State.NONE)],
    )
    don_vi = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Cơ quan giải quyết",
        required=False,
        to_field_name="code",
        empty_label="Mọi cơ quan",
    )
    cham = forms.ChoiceField(
        label="Việc chậm",
        required=False,
        choices=[("", "Không lọc"), *LATE.items()],
    )
    noi = forms.ChoiceField(
        label="Nơi tiếp nhận",
        required=False,
        choices=[("", "Mọi nơi"), ("khac", "Nơi khác nhận cho cơ quan giải quyết")],
    )
    tu = day_field("Nộp từ ngày")
    den = day_field("Nộp đến ngày")

    def __init__(self, data: Any, *, officer: Officer, at: datetime) -> None:
        super().__init__(data)
        self.at, on = at, day(at)
        self.readable = queries.readable(officer, on)
        self.fields["don_vi"].queryset = queries.units_read(officer, on)

    def asked(self) -> QuerySet[Dossier]:
        """The dossiers asked for; where no word is found whole, the last may be the beginning of one."""
        found = self.readable.filter(self._condition(whole=True))
        if self.cleaned_data.get("q") and not found.exists():
            return self.readable.filter(self._condition(whole=False))
        return found

    def long_ago(self) -> bool:
        """Whether more days have gone since the last day asked for than lie between it and the first."""
        first, last = self.cleaned_data.get("tu"), self.cleaned_data.get("den")
        if not last:
            return False
        oldest = None if first else Dossier.objects.order_by("pk").values_list("filed_at", flat=True).first()
        first = day(oldest) if oldest else first or last
        return bool(last - first < day(self.at) - last)

    def _condition(self, *, whole: bool) -> Q:
        """What the dossiers must be; a field that is wrong narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        found = queries.named(said.get("q", ""), whole=whole) or Q()
        if said.get("trang_thai") is not None:
            found &= Q(state=said["trang_thai"])
        if said.get("don_vi"):
            found &= Q(deciding_unit=said["don_vi"])
        if said.get("cham") == "tiep-nhan":
            found &= queries.received_late(self.at)
        if said.get("cham") == "y-kien":
            found &= Q(pk__in=queries.unheard(self.at).values("dossier"))
        if said.get("noi"):
            found &= ELSEWHERE
        if said.get("tu"):
            found &= Q(filed_at__gte=midnight(said["tu"]))
        if said.get("den"):
            found &= Q(filed_at__lte=end(said["den"]))
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """One page of dossiers, and how many there are (up to CAP)."""

    leaf: Leaf[Dossier]
    count: int


def listed(form: SearchForm) -> Found:
    """One page of the list, newest first."""
    asked = form.asked()
    few = list(asked.order_by().values_list("pk", flat=True)[:CAP])
    count = len(few)
    sorts = count == CAP and form.long_ago()
    if sorts:
        few = list(beyond(asked, form.data, SORTED).values_list("pk", flat=True))
    if sorts or count < CAP:  # what was asked need not be looked for twice
        asked = Dossier.objects.filter(pk__in=few)
    return Found(leaf(asked.select_related(*RELATED).defer("words"), form.data), count)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TZ)


def end(day: date) -> datetime:
    """The last moment of a day; the last of all days has no day after it."""
    return datetime.combine(day, time.max, TZ)
