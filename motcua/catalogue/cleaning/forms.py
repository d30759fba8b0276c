"""The forms of cleaning: what a list is asked, and what is decided about one flaw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from motcua.people.models import Officer
from motcua.ui.typed import full_year

from ..forms import DAY_FORMS
from . import acts, queries
from .models import Flaw, State
from .queries import UNNAMED, UNNAMED_LABEL, Wanted
from .rule import Dimension, Severity
from .rules import ALL


class FlawsForm(forms.Form):
    """What is asked of the list of flaws; a field that is wrong narrows nothing."""

    fields: dict[str, Any]
    q = forms.CharField(label="Mã, tên thủ tục", required=False, max_length=200)
    quy_tac = forms.ChoiceField(
        label="Quy tắc",
        required=False,
        choices=[("", "Mọi quy tắc"), *((rule.code, f"{rule.code} {rule.name}") for rule in ALL.values())],
    )
    muc = forms.ChoiceField(label="Mức độ", required=False, choices=[("", "Mọi mức"), *Severity.choices])
    chieu = forms.ChoiceField(
        label="Tiêu chí", required=False, choices=[("", "Mọi tiêu chí"), *Dimension.choices]
    )
    co_quan = forms.ChoiceField(label="Cơ quan công bố", required=False)
    nguoi = forms.ChoiceField(label="Người sửa", required=False)

    def __init__(self, data: Any, *, officer: Officer, today: date) -> None:
        super().__init__(data)
        names = [(name or UNNAMED, name or UNNAMED_LABEL) for name in queries.issuers(today)]
        self.fields["co_quan"].choices = [("", "Mọi cơ quan"), *names]
        self.fields["nguoi"].choices = [("", "Mọi người"), (officer.username, "Giao cho tôi")]

    @property
    def narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def wanted(self, state: str) -> Wanted:
        """What is asked, in one state ("" for all)."""
        self.is_valid()
        said = {name: self.cleaned_data.get(name, "").replace("\0", "") for name in self.fields}
        return Wanted(
            text=said["q"].strip(),
            rule=said["quy_tac"],
            severity=said["muc"],
            dimension=said["chieu"],
            agency=said["co_quan"],
            owner=said["nguoi"],
            state=state,
        )


class GiveForm(forms.Form):
    """Giao sửa."""

    nguoi = forms.ModelChoiceField(
        Officer.objects.none(),
        label="Người sửa",
        to_field_name="username",
        empty_label="Chọn người",
        error_messages={
            "required": "Hãy chọn người sửa.",
            "invalid_choice": "Hãy chọn một người trong danh sách.",
        },
    )
    han = forms.DateField(
        label="Sửa xong trước hết ngày",
        input_formats=DAY_FORMS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Hãy chọn hạn sửa.", "invalid": "Viết ngày như 22/11/2026."},
        validators=[full_year],
    )

    def __init__(self, data: Any, flaw: Flaw, today: date) -> None:
        first = {"nguoi": flaw.owner.username if flaw.owner else None, "han": flaw.due}
        super().__init__(data, initial=first)
        field = self.fields["nguoi"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queries.menders(today)

    def act(self, flaw: Flaw, *, by: Officer, at: datetime) -> None:
        acts.give(flaw, to=self.cleaned_data["nguoi"], due=self.cleaned_data["han"], by=by, at=at)


class AcceptForm(forms.Form):
    """Chấp nhận, có lý do."""

    ly_do = forms.CharField(
        label="Lý do",
        max_length=1000,
        help_text="Vì sao dữ liệu đúng như thế, hoặc chưa sửa được. Điểm đã chấp nhận không trừ điểm cơ quan.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi lý do."},
    )

    def act(self, flaw: Flaw, *, by: Officer, at: datetime) -> None:
        acts.accept(flaw, reason=self.cleaned_data["ly_do"], by=by, at=at)


STATES = {
    "": (State.OPEN.value, "Chưa sửa", "late", "circle-alert"),
    "da-sua": (State.MENDED.value, "Đã sửa", "", "circle-check"),
    "chap-nhan": (State.ACCEPTED.value, "Chấp nhận, có lý do", "", "circle-check"),
}
