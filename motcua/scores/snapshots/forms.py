"""What is filled in to publish the index; each form ends in an act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from motcua.people.models import Officer

from ..periods import Period
from . import acts
from .models import Snapshot


class DraftForm(forms.Form):
    """Lập dự thảo công bố của một kỳ đã kết thúc."""

    ky = forms.ChoiceField(label="Kỳ", error_messages={"required": "Hãy chọn kỳ."})
    ly_do = forms.CharField(
        label="Đính chính điều gì, vì sao",
        help_text="Chỉ khi kỳ này đã công bố: bản mới nói rõ sửa gì và vì sao; bản cũ vẫn còn.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ky"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(period), period.label) for period in periods]

    def act(self, *, by: Officer, at: datetime) -> Snapshot:
        period = Period.parse(self.cleaned_data["ky"])
        return acts.draft(period, reason=self.cleaned_data["ly_do"], by=by, at=at)


class PublishForm(forms.Form):
    """Công bố một bản đã ký duyệt."""

    so = forms.CharField(
        label="Số thông báo công bố",
        help_text="Ví dụ 123/TB-VP",
        max_length=100,
        error_messages={"required": "Hãy ghi số thông báo công bố."},
    )

    def act(self, snapshot: Snapshot, *, by: Officer, at: datetime) -> None:
        acts.publish(snapshot, document=self.cleaned_data["so"], by=by, at=at)


class DiscardForm(forms.Form):
    """Bỏ một dự thảo."""

    ly_do = forms.CharField(
        label="Vì sao bỏ", max_length=1000, error_messages={"required": "Hãy ghi lý do bỏ dự thảo."}
    )

    def act(self, snapshot: Snapshot, *, by: Officer, at: datetime) -> None:
        acts.discard(snapshot, reason=self.cleaned_data["ly_do"], by=by, at=at)
