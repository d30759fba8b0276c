"""What is said about the yearly grade of a head; each form ends in an act."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms

from motcua.law.heads import LABELS, Grade

from ..par.forms import Exact
from .acts import Judgement

GRADES = [(int(grade), label) for grade, label in LABELS.items()]
WORDS = forms.Textarea(attrs={"rows": 3})


class ProposeForm(forms.Form):
    """Đề xuất mức xếp loại; by points, the general ones are given here."""

    general = Exact(
        label="Điểm tiêu chí chung",
        max_length=6,
        help_text="Từ 0 đến 30.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    failed = forms.IntegerField(label="Số lần kiểm tra không đạt", min_value=0, max_value=999, initial=0)
    disciplined = forms.BooleanField(label="Bị kỷ luật trong kỳ", required=False)
    grade = forms.TypedChoiceField(label="Mức đề xuất", choices=GRADES, coerce=int, widget=forms.RadioSelect)
    why = forms.CharField(label="Lý do, khi khác mức tính ra", required=False, max_length=2000, widget=WORDS)

    def __init__(self, *args: Any, points: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not points:
            del self.fields["general"]

    def clean_general(self) -> Fraction:
        given = Fraction(self.cleaned_data["general"])
        if not 0 <= given <= 30:
            raise forms.ValidationError("Điểm tiêu chí chung từ 0 đến 30.")
        return given

    @property
    def judged(self) -> Judgement:
        said = self.cleaned_data
        return Judgement(
            Grade(said["grade"]), said.get("general"), said["failed"], said["disciplined"], said["why"]
        )


class AnswerForm(forms.Form):
    """Ý kiến của người được xếp loại."""

    agrees = forms.TypedChoiceField(
        label="Ý kiến",
        choices=[("1", "Đồng ý"), ("0", "Không đồng ý")],
        coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label="Nội dung", required=False, max_length=4000, widget=WORDS)


class DecideForm(forms.Form):
    """Quyết định xếp loại."""

    grade = forms.TypedChoiceField(label="Mức xếp loại", choices=GRADES, coerce=int, widget=forms.RadioSelect)
    decision = forms.CharField(label="Số quyết định", max_length=80)
    why = forms.CharField(label="Lý do, khi khác mức đề xuất", required=False, max_length=2000, widget=WORDS)
