"""What is filled in for rates and acceptance sheets; each form ends in an act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from motcua.people.models import Officer, Unit
from motcua.ui.typed import full_year

from ..periods import Period
from . import acts
from .models import Activity, ServiceRate, ServiceSheet


def _day(label: str, hint: str = "", **told: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Hãy chọn ngày.", "invalid": "Viết ngày như 25/11/2026."},
        validators=[full_year],
        **told,
    )


def _reason(label: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=acts.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing},
    )


class AskForm(forms.Form):
    """Chọn doanh nghiệp và tháng để đếm."""

    doanh_nghiep = forms.ModelChoiceField(
        Unit.objects.none(), label="Doanh nghiệp", to_field_name="code", empty_label=None
    )
    thang = forms.ChoiceField(label="Tháng")

    def __init__(self, *args: Any, operators: Any, months: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doanh_nghiep"].queryset = operators  # type: ignore[attr-defined]
        self.fields["thang"].choices = [(str(month), month.label) for month in months]  # type: ignore[attr-defined]


class RateForm(forms.Form):
    """Ghi định mức, đơn giá của một việc."""

    viec = forms.ChoiceField(
        label="Việc",
        choices=[("", "Chọn việc"), *Activity.choices],
        error_messages={"required": "Hãy chọn việc."},
    )
    don_gia = forms.IntegerField(
        label="Đơn giá một lượt (đồng)",
        required=False,
        min_value=0,
        max_value=10**9,
        localize=True,
        help_text="Ghi đơn giá, số phút, hoặc cả hai, đúng như quyết định.",
        error_messages={"invalid": "Viết số tiền như 5.000."},
    )
    so_phut = forms.DecimalField(
        label="Định mức một lượt (phút)",
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        localize=True,
        error_messages={"invalid": "Viết số phút như 7,5."},
    )
    tu = _day("Áp dụng từ ngày")
    den = _day("Áp dụng đến trước ngày", "Bỏ trống khi chưa định ngày hết.", required=False)
    so = forms.CharField(
        label="Số quyết định",
        max_length=120,
        help_text="Ví dụ 12/QĐ-UBND.",
        error_messages={"required": "Hãy nhập số quyết định."},
    )
    ngay = _day("Ngày quyết định")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("don_gia") is None and not said.get("so_phut") and not self.errors:
            self.add_error("don_gia", "Hãy ghi đơn giá hoặc số phút.")
        return said

    def act(self, *, by: Officer, at: datetime) -> ServiceRate:
        said = self.cleaned_data
        return acts.set_rate(
            Activity(said["viec"]),
            amount=said["don_gia"],
            minutes=said["so_phut"],
            since=said["tu"],
            until=said["den"],
            document=said["so"],
            decided_on=said["ngay"],
            by=by,
            at=at,
        )


class EndForm(forms.Form):
    """Thôi áp dụng một định mức."""

    on = _day("Thôi áp dụng từ ngày", "Ngày đầu tiên không còn áp dụng.")


class ProposeForm(forms.Form):
    """Lập biên bản; của tháng đã nghiệm thu thì nói rõ sửa gì."""

    ly_do = _reason("Sửa gì so với biên bản đã nghiệm thu, vì sao", "Hãy ghi sửa gì, vì sao.")

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["ly_do"]

    def act(self, operator: Unit, period: Period, *, by: Officer, at: datetime) -> ServiceSheet:
        reason = self.cleaned_data.get("ly_do", "")
        return acts.propose(operator, period, reason=reason, by=by, at=at)


class SendBackForm(forms.Form):
    """Trả lại biên bản."""

    ly_do = _reason("Vì sao trả lại", "Hãy ghi lý do trả lại.")

    def act(self, sheet: ServiceSheet, *, by: Officer, at: datetime) -> None:
        acts.send_back(sheet, reason=self.cleaned_data["ly_do"], by=by, at=at)
