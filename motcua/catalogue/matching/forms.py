"""The forms of comparing: a file of the national record, and what is decided."""

from __future__ import annotations

from datetime import datetime

from django import forms

from motcua.people.models import Officer

from ..models import Version
from . import acts
from .models import Decision, Kind, Mismatch


class FileForm(forms.Form):
    """Đối chiếu với một tệp."""

    tep = forms.FileField(
        label="Tệp của CSDLQG",
        help_text="JSON hoặc JSON Lines (.json, .jsonl, .jsonl.gz) có MATTHC, TENTTHC…",
        error_messages={"required": "Hãy chọn một tệp.", "empty": "Tệp này rỗng."},
    )
    ca_tinh = forms.BooleanField(
        label="Tệp có mọi thủ tục của tỉnh: thủ tục không có trong tệp là chỉ có ở đây", required=False
    )


class DecideForm(forms.Form):
    """Quyết định một điểm khác."""

    quyet_dinh = forms.ChoiceField(
        label="Chọn một cách",
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn một cách."},
    )
    ly_do = forms.CharField(
        label="Lý do, hoặc nội dung hỏi",
        required=False,
        max_length=1000,
        help_text="Cần khi giữ của tỉnh hoặc hỏi bộ.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object, mismatch: Mismatch) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [
            pair for pair in Decision.choices if pair[0] != Decision.TAKE or mismatch.kind != Kind.ONLY_HERE
        ]
        field = self.fields["quyet_dinh"]
        if isinstance(field, forms.ChoiceField):
            field.choices = offered

    def act(self, mismatch: Mismatch, *, by: Officer, at: datetime) -> Version | None:
        told = self.cleaned_data
        return acts.decide(mismatch, decision=told["quyet_dinh"], reason=told["ly_do"], by=by, at=at)
