"""The forms about internal processes: beginning one, uploading a file, publishing a draft."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from motcua.ui.typed import full_year

from .acts import Decision
from .forms import DAY_FORMS
from .models import ProcessVersion
from .reading.drafts import CODE
from .typed import Units

SUFFIXES = (".csv", ".xlsx", ".bpmn", ".xml")
LARGEST = 10_000_000  # bytes
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_WRONG_DAY = "Viết ngày như 22/11/2026."


class UnitField(forms.CharField):
    """A unit told by its code or name; its value is the code, "" for none."""

    units: Units | None = None

    def clean(self, value: Any) -> str:
        code = self.units.code(super().clean(value)) if self.units else None
        if code is None:
            raise forms.ValidationError("Không có đơn vị này; chọn trong danh sách gợi ý.")
        return code


class WithUnits(forms.Form):
    """A form with one unit, told with the help of a list in the page."""

    def __init__(self, units: Units, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["don_vi"]
        if isinstance(field, UnitField):
            field.units = units


def _unit(hint: str) -> UnitField:
    return UnitField(
        label="Đơn vị",
        required=False,
        max_length=300,
        help_text=hint,
        widget=forms.TextInput(attrs={"list": "don-vi-co", "autocomplete": "off"}),
    )


class NewForm(WithUnits):
    """Lập quy trình mới."""

    ma = forms.RegexField(
        CODE,
        label="Mã thủ tục",
        help_text="Ví dụ 1.014465",
        error_messages={
            "required": "Hãy nhập mã thủ tục.",
            "invalid": "Mã thủ tục có dạng 1.014465; xem trên trang thủ tục.",
        },
    )
    don_vi = _unit("Để trống: dùng ở mọi đơn vị chưa có quy trình riêng.")
    ten = forms.CharField(label="Tên quy trình", required=False, max_length=1000)


class UploadForm(WithUnits):
    """Nhập quy trình từ tệp."""

    tep = forms.FileField(
        label="Tệp quy trình",
        help_text="Bảng bước CSV, XLSX, hoặc bản vẽ BPMN 2.0; lớn nhất 10 MB.",
        error_messages={"required": "Hãy chọn một tệp.", "empty": "Tệp này rỗng; hãy chọn tệp khác."},
    )
    ma = forms.RegexField(
        CODE,
        label="Mã thủ tục của bản vẽ BPMN",
        required=False,
        help_text="Chỉ cần khi tệp BPMN không ghi.",
        error_messages={"invalid": "Mã thủ tục có dạng 1.014465."},
    )
    don_vi = _unit("Chỉ cần khi tệp BPMN không ghi; để trống: mọi đơn vị.")
    quy_trinh = forms.CharField(
        label="Lấy quy trình nào",
        required=False,
        max_length=200,
        help_text="Tên hoặc mã, khi tệp BPMN có nhiều quy trình.",
    )

    def clean_tep(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["tep"]
        if not (file.name or "").lower().endswith(SUFFIXES):
            raise forms.ValidationError(f"Tệp phải có đuôi {', '.join(SUFFIXES)}.")
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError("Tệp lớn hơn 10 MB; hãy chia nhỏ.")
        return file

    @property
    def given(self) -> dict[str, str]:
        """What is said of a drawn process beside its file."""
        told = self.cleaned_data
        said = {"code": told["ma"], "unit": told["don_vi"], "pool": told["quy_trinh"]}
        return {name: value for name, value in said.items() if value}


class PublishForm(forms.Form):
    """Công khai quy trình: the decision that sets it."""

    so = forms.CharField(
        label="Số quyết định", max_length=80, error_messages={"required": "Hãy nhập số quyết định."}
    )
    ngay_ky = forms.DateField(
        label="Ngày ký",
        input_formats=DAY_FORMS,
        widget=_DAY,
        error_messages={"required": "Hãy nhập ngày ký quyết định.", "invalid": _WRONG_DAY},
        validators=[full_year],
    )
    noi = forms.CharField(
        label="Nơi ban hành", max_length=200, error_messages={"required": "Hãy nhập nơi ban hành."}
    )
    hieu_luc = forms.DateField(
        label="Ngày hiệu lực",
        input_formats=DAY_FORMS,
        widget=_DAY,
        help_text="Hồ sơ tiếp nhận từ ngày này theo quy trình mới; hồ sơ đang giải quyết giữ quy trình cũ.",
        error_messages={"required": "Hãy nhập ngày hiệu lực.", "invalid": _WRONG_DAY},
        validators=[full_year],
    )
    ten = forms.CharField(label="Tên quy trình", required=False, max_length=1000)
    nen = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def about(cls, draft: ProcessVersion, data: Any = None) -> PublishForm:
        told = {
            "so": draft.decision,
            "ngay_ky": draft.decided_on,
            "noi": draft.issuer,
            "hieu_luc": draft.valid_from,
            "ten": draft.name,
            "nen": draft.revision,
        }
        return cls(data, initial=told)

    def clean(self) -> dict[str, Any] | None:
        told = super().clean()
        signed, begins = self.cleaned_data.get("ngay_ky"), self.cleaned_data.get("hieu_luc")
        if isinstance(signed, date) and isinstance(begins, date) and begins < signed:
            self.add_error("hieu_luc", f"Ngày hiệu lực không được trước ngày ký {signed:%d/%m/%Y}.")
        return told

    def decision(self) -> Decision:
        told = self.cleaned_data
        return Decision(told["so"], told["ngay_ky"], told["noi"], told["hieu_luc"], told["ten"])
