"""What is asked on the pages of surveys, and the form a respondent fills in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from motcua.law import surveys
from motcua.people.models import Unit

from ..forms import day_field, line_field, text_field
from ..par.models import ParRound
from .models import QuestionTable, Survey

LARGEST = 5 * 1024 * 1024
MOST = 100_000


class _FileForm(forms.Form):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("Tệp lớn hơn 5 MB.")
        return file


class TableForm(_FileForm):
    """Nhập bộ câu hỏi từ tệp."""

    name = line_field("Tên bộ câu hỏi", most=300)
    decision = line_field("Số quyết định", most=80)
    decided_on = day_field("Ngày ban hành")
    file = forms.FileField(
        label="Tệp câu hỏi",
        help_text="YAML, CSV hoặc XLSX, tối đa 5 MB. Bảng ghi mỗi câu hỏi một dòng, dòng đầu là tên cột: mau, ten_mau, "
        "doi_tuong, he_so, cau, noi_dung, tieu_chi, phuong_an, trong_so, vi_du.",
        error_messages={"required": "Hãy chọn tệp."},
    )


class OpenForm(forms.Form):
    """Mở cuộc điều tra: of which round, by which questions, about which of its units, from when to when."""

    name = line_field("Tên cuộc điều tra", "Người trả lời đọc tên này.", most=300)
    table = forms.ModelChoiceField(
        QuestionTable.objects.all(), label="Bộ câu hỏi", empty_label="Chọn bộ câu hỏi"
    )
    opens = day_field("Nhận phiếu từ ngày")
    closes = day_field("Đến hết ngày")
    least = forms.IntegerField(label="Số phiếu tối thiểu mỗi đơn vị, mẫu phiếu", min_value=1, max_value=MOST)
    units = forms.MultipleChoiceField(
        label="Đơn vị được đánh giá",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một đơn vị."},
    )

    def __init__(self, round_: ParRound, on: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scored = [sheet.unit for sheet in round_.sheets.select_related("unit")]
        offered, floor = surveys.least(on)
        field = self.fields["units"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(unit.code, unit.name) for unit in self.scored]
        field.initial = [unit.code for unit in self.scored]
        self.fields["least"].initial = offered
        self.fields["least"].help_text = (
            f"Ít hơn thì kết quả là “chưa đủ phiếu”, không tính và không hiện. Thấp nhất {floor}, để không ai bị"
            " nhận ra qua con số."
        )

    @property
    def chosen(self) -> list[Unit]:
        return [unit for unit in self.scored if unit.code in self.cleaned_data["units"]]

    @property
    def fewest(self) -> dict[str, int]:
        forms_ = self.cleaned_data["table"].questions.forms
        return dict.fromkeys((form.code for form in forms_), self.cleaned_data["least"])


class PeopleForm(_FileForm):
    """Nhập danh sách người được hỏi."""

    file = forms.FileField(
        label="Danh sách",
        help_text="CSV hoặc XLSX, tối đa 5 MB; dòng đầu là tên cột như tệp mẫu. Đơn vị ghi mã, tên, nhiều đơn vị cách "
        "nhau dấu chấm phẩy, hoặc “tất cả”.",
        error_messages={"required": "Hãy chọn tệp."},
    )


class ExtendForm(forms.Form):
    """Gia hạn nhận phiếu."""

    closes = day_field("Nhận phiếu đến hết ngày")
    reason = line_field("Lý do", most=500)


class WithdrawForm(forms.Form):
    """Rút cuộc điều tra."""

    reason = line_field(
        "Lý do rút",
        "Rút rồi không mở lại được: liên kết hết dùng, phiếu đã nhận không được tính, và có thể mở cuộc khác cho đúng"
        " các đơn vị, tiêu chí này.",
        most=500,
    )


class PeopleFilter(forms.Form):
    """Lọc người được hỏi."""

    q = forms.CharField(label="Tìm theo tên, thư", required=False)
    don_vi = forms.ChoiceField(label="Đơn vị được đánh giá", required=False)
    mau = forms.ChoiceField(label="Mẫu phiếu", required=False)

    def __init__(self, survey: Survey, units: Iterable[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = {
            "don_vi": [(unit.code, unit.name) for unit in units],
            "mau": [(form.code, f"{form.code}. {form.name}") for form in survey.questions.forms],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Tất cả"), *choices]


class ChosenForm(forms.Form):
    """Việc với những người đã chọn: withdrawn with a reason, or given a form on paper."""

    do = forms.ChoiceField(choices=[("rut", "Rút"), ("giay", "Phát phiếu giấy")])
    reason = text_field("Lý do rút", required=False, rows=1, most=500)
    nguoi = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, keys: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["nguoi"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, str(key)) for key in keys]


class AnswerForm(forms.Form):
    """A form as it is answered: every question with its options, none chosen beforehand."""

    def __init__(self, form: surveys.Form, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, question in enumerate(form.questions, start=1):
            self.fields[f"cau-{question.code}"] = forms.ChoiceField(
                label=f"{n}. {question.text}",
                choices=[(option.key, option.label) for option in question.options],
                widget=forms.RadioSelect,
                error_messages={
                    "required": "Hãy chọn một phương án.",
                    "invalid_choice": "Hãy chọn một phương án trong danh sách.",
                },
            )

    @property
    def said(self) -> dict[str, str]:
        return {name.removeprefix("cau-"): value for name, value in self.cleaned_data.items()}
