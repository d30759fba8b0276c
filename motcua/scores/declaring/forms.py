"""The form of a declared figure; it ends in the act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from motcua.people.models import Officer, Unit

from ..periods import Period
from . import acts
from .files import Paper
from .models import Declared
from .subjects import Subject

NUMBER = {
    "required": "Hãy nhập một số.",
    "invalid": "Hãy nhập một số nguyên, ví dụ 120.",
    "min_value": "Số không được âm.",
}


def count_field(label: str) -> forms.IntegerField:
    """A field for a count."""
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=10**9,
        error_messages=NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class PaperForm(forms.Form):
    """Tài liệu kiểm chứng của số kê khai, và lý do khi kê khai lại."""

    kiem_chung = forms.CharField(
        label="Tài liệu kiểm chứng",
        max_length=500,
        help_text="Số, ngày văn bản hoặc đường dẫn tới tài liệu.",
        error_messages={"required": "Hãy ghi số văn bản hoặc đường dẫn."},
    )
    tep = forms.FileField(
        label="Tệp kiểm chứng", required=False, help_text="PDF, Word, Excel hoặc ảnh; tối đa 5 MB."
    )
    ly_do = forms.CharField(
        label="Lý do kê khai lại", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, data: Any, files: Any, *, again: bool) -> None:
        super().__init__(data, files)
        self.fields["ly_do"].required = again
        self.fields["ly_do"].error_messages["required"] = "Kỳ này đã kê khai; hãy ghi lý do kê khai lại."
        if not again:
            del self.fields["ly_do"]

    def paper(self) -> Paper:
        """What shows that the figures are right."""
        file = self.cleaned_data["tep"]
        return Paper(
            self.cleaned_data["kiem_chung"], file.name[-200:] if file else "", file.read() if file else b""
        )


class DeclareForm(PaperForm):
    """Kê khai một số liệu."""

    field_order = ("tu_so", "mau_so")
    tu_so = count_field("Tử số")
    mau_so = count_field("Mẫu số")

    def __init__(self, data: Any, files: Any, *, subject: Subject, before: Declared | None) -> None:
        super().__init__(data, files, again=before is not None)
        self.subject = subject
        for name, words in (("tu_so", subject.numerator), ("mau_so", subject.denominator)):
            self.fields[name].help_text = words + "."

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        part, whole = found.get("tu_so"), found.get("mau_so")
        if part is not None and whole is not None and part > whole:
            self.add_error("tu_so", "Tử số không được lớn hơn mẫu số.")
        return found

    def act(self, unit: Unit, period: Period, *, by: Officer, at: datetime) -> Declared:
        said = self.cleaned_data
        pair, reason = (said["tu_so"], said["mau_so"]), said.get("ly_do", "")
        return acts.declare(self.subject.key, unit, period, pair, self.paper(), by=by, at=at, reason=reason)
