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


class General(Exact):
    """Points for the general criteria, 0 to what the rules of the year give at most."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, max_length=6, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
        self.most = 0

    def clean(self, value: Any) -> Fraction:  # type: ignore[override]
        given = Fraction(super().clean(value))
        if not 0 <= given <= self.most:
            raise forms.ValidationError(f"{self.label} từ 0 đến {self.most}.")
        return given


class ByPoints(forms.Form):
    """A form that takes the general points where the method of the year counts them, of at most `most`."""

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        general = self.fields["general"]
        assert isinstance(general, General)
        general.most, general.help_text = most, f"Từ 0 đến {most}."
        if not most:
            del self.fields["general"]


class ClaimForm(ByPoints):
    """Tự đánh giá của người được xếp loại."""

    general = General("Điểm tiêu chí chung tự chấm")
    grade = forms.TypedChoiceField(label="Mức tự nhận", choices=GRADES, coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(
        label="Tự nhận xét",
        help_text="Ưu điểm, hạn chế, nguyên nhân.",
        required=False,
        max_length=4000,
        widget=WORDS,
    )


class ProposeForm(ByPoints):
    """Đề xuất mức xếp loại; by points, the general ones are given here."""

    general = General("Điểm tiêu chí chung")
    failed = forms.IntegerField(label="Số lần kiểm tra không đạt", min_value=0, max_value=999, initial=0)
    disciplined = forms.BooleanField(label="Bị kỷ luật trong kỳ", required=False)
    grade = forms.TypedChoiceField(label="Mức đề xuất", choices=GRADES, coerce=int, widget=forms.RadioSelect)
    why = forms.CharField(label="Lý do, khi khác mức tính ra", required=False, max_length=2000, widget=WORDS)

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
