"""The forms of a book, made from its description."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from motcua.law.books import LONGEST, Book, Field, Kind
from motcua.people.models import Unit
from motcua.ui.typed import full_year

from .models import BookEntry
from .queries import IDLE, OVERDUE

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NUMBER = {"inputmode": "numeric"}
LARGEST = 5 * 1024 * 1024


class EntryForm(forms.Form):
    """Nội dung một mục; `units` are offered where it is new."""

    def __init__(self, book: Book, *args: Any, units: Sequence[Unit] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units:
            several = [("", "Chọn một")] if len(units) > 1 else []
            self.fields["unit"] = forms.ChoiceField(
                label="Đơn vị",
                choices=[*several, *((unit.code, unit.name) for unit in units)],
                error_messages={"required": "Hãy chọn đơn vị."},
            )
        for field in book.fields:
            self.fields[field.key] = made(field)

    @property
    def values(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != "unit"}


class MoveForm(forms.Form):
    """Chuyển tình trạng."""

    on = forms.DateField(label="Từ ngày", widget=DAY, validators=[full_year])
    note = forms.CharField(label="Ghi chú", required=False, max_length=500)

    def __init__(self, book: Book, entry: BookEntry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.key, state.label) for state in book.states if state.key != entry.state]
        self.fields = {"state": forms.ChoiceField(label="Tình trạng mới", choices=states), **self.fields}


class StrikeForm(forms.Form):
    """Gạch mục ghi nhầm."""

    reason = forms.CharField(label="Lý do", max_length=500)


class EvidenceForm(forms.Form):
    """Đính kèm minh chứng."""

    file = forms.FileField(
        label="Tệp minh chứng",
        help_text="PDF, Word, Excel hoặc ảnh.",
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp rỗng; hãy chọn tệp khác."},
    )


class TableForm(forms.Form):
    """Nhập một bảng."""

    file = forms.FileField(
        label="Bảng", help_text="CSV hoặc XLSX, tối đa 5 MB; dòng đầu là tên cột như tệp mẫu."
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("Tệp lớn hơn 5 MB.")
        return file


class ListForm(forms.Form):
    """Lọc các mục."""

    q = forms.CharField(label="Tìm trong nội dung", required=False)
    tinh_trang = forms.ChoiceField(label="Tình trạng", required=False)
    don_vi = forms.ChoiceField(label="Đơn vị", required=False)

    def __init__(self, book: Book, units: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        states = [(state.key, state.label) for state in book.states]
        late = [(OVERDUE, "Quá hạn")] if book.due else []
        idle = [(IDLE, "Lâu không hoạt động")] if book.idle_months else []
        for name, choices in (("tinh_trang", [*states, *late, *idle]), ("don_vi", list(units))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Tất cả"), *choices]


def made(field: Field) -> forms.Field:
    """The form field of a field of a book."""
    told: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.hint}
    match field.kind:
        case Kind.LONG:
            return forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}), **told)
        case Kind.DAY:
            return forms.DateField(widget=DAY, validators=[full_year], **told)
        case Kind.COUNT | Kind.MONEY:
            return forms.CharField(max_length=20, widget=forms.TextInput(attrs=NUMBER), **told)
        case Kind.CHOICE:
            empty = ("", "Chọn một" if field.required else "Chưa rõ")
            wrong = {"required": f"Hãy chọn {field.label.lower()}."}
            choices = [empty, *((each, each) for each in field.choices)]
            return forms.ChoiceField(choices=choices, error_messages=wrong, **told)
        case Kind.YES:
            return forms.BooleanField(**{**told, "required": False})
    return forms.CharField(max_length=500, **told)


def initial(entry: BookEntry, book: Book) -> dict[str, Any]:
    """The values of an entry as its form begins with them."""
    found = dict(entry.values)
    for field in book.fields:
        if field.kind is Kind.DAY and field.key in found:
            found[field.key] = date.fromisoformat(found[field.key])
    return found
