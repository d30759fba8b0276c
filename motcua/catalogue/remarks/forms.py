"""The forms of remarks: what is wrong, and the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from motcua.people.models import Officer

from ..models import Version
from . import acts
from .models import Part, Remark


class TellForm(forms.Form):
    """Báo sai. `website` is a field no person sees: what fills it in is a program."""

    phan = forms.ChoiceField(
        label="Phần nào sai",
        choices=[("", "Chọn phần"), *Part.choices],
        error_messages={
            "required": "Hãy chọn phần sai.",
            "invalid_choice": "Hãy chọn một phần trong danh sách.",
        },
    )
    noi_dung = forms.CharField(
        label="Sai thế nào, đúng ra là gì",
        max_length=2000,
        min_length=acts.SHORTEST,
        help_text="Đừng ghi tên, số điện thoại hay số giấy tờ của ai: không cần để trả lời.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Hãy ghi chỗ sai.",
            "min_length": f"Hãy nói rõ hơn, ít nhất {acts.SHORTEST} ký tự.",
            "max_length": "Nhiều nhất 2.000 ký tự.",
        },
    )
    website = forms.CharField(
        label="Để trống", required=False, widget=forms.TextInput(attrs={"tabindex": -1})
    )

    @property
    def by_a_program(self) -> bool:
        return bool(self.data.get("website"))

    def act(self, version: Version, *, origin: str, at: datetime) -> Remark:
        told = self.cleaned_data
        return acts.tell(version, part=told["phan"], text=told["noi_dung"], origin=origin, at=at)


class AnswerForm(forms.Form):
    """Trả lời một báo sai."""

    ket_luan = forms.ChoiceField(
        label="Kết luận",
        choices=[("dung", "Đúng: sẽ sửa hoặc đã sửa"), ("khong", "Không sai: giải thích")],
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn kết luận."},
    )
    tra_loi = forms.CharField(
        label="Trả lời",
        max_length=2000,
        min_length=acts.SHORTEST,
        help_text="Người báo đọc được câu này.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Hãy ghi câu trả lời.",
            "min_length": f"Câu trả lời phải có ít nhất {acts.SHORTEST} ký tự.",
        },
    )

    def act(self, remark: Remark, *, by: Officer, at: datetime) -> None:
        told: dict[str, Any] = self.cleaned_data
        acts.answer(remark, right=told["ket_luan"] == "dung", text=told["tra_loi"], by=by, at=at)
