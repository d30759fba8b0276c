"""The forms of the registers: a programme, an item, a stage reached, a table, and what a list is asked."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from motcua.law.registers import LABELS, STAGES, Register, Stage
from motcua.people.models import Officer
from motcua.ui.typed import full_year

from ..forms import DAY_FORMS
from . import acts
from .about import CONTENT, About, Step
from .models import Group, Plan, Programme, RegisterItem

EMPTY = "Hãy ghi vào ô này."
PLANS = [(plan.value, plan.label) for plan in (Plan.ABOLISH, Plan.SIMPLIFY, Plan.KEEP)]
MOST = 1_000_000  # procedures reviewed in a programme; the whole country has some thousands
DAY_WRONG = "Viết ngày như 31/12/2023."


def _text(
    label: str, length: int, *, required: bool = True, help_text: str = "", rows: int = 0
) -> forms.CharField:
    told = {"required": EMPTY, "max_length": f"Nhiều nhất {length} ký tự."}
    widget: forms.Widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        error_messages=told,
        widget=widget,
    )


def _day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=DAY_FORMS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Hãy chọn ngày.", "invalid": DAY_WRONG},
        validators=[full_year],
    )


def _money(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=0,
        help_text=help_text,
        localize=True,
        error_messages={"invalid": "Ghi số đồng, ví dụ 1.200.000."},
    )


class ProgrammeForm(forms.Form):
    """Lập chương trình."""

    ma = forms.SlugField(
        label="Mã",
        max_length=40,
        help_text="Chữ không dấu, số, gạch nối; đứng trong địa chỉ trang, ví dụ qd-1085.",
        error_messages={"required": EMPTY, "invalid": "Chỉ dùng chữ không dấu, số và gạch nối."},
    )
    ten = _text("Tên chương trình", 300)
    van_ban = _text("Văn bản", 120, help_text="Số quyết định, nghị quyết đặt ra chương trình.")
    han = _day("Hạn thực thi", required=False)
    muc_tieu = forms.DecimalField(
        label="Mục tiêu (%)", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    tong = forms.IntegerField(
        label="Số thủ tục được rà soát",
        required=False,
        min_value=0,
        max_value=MOST,
        help_text="Để trống khi các mục trong sổ là tất cả.",
    )

    def act(self, register: Register, *, by: Officer, at: datetime) -> Programme:
        told = self.cleaned_data
        new = Programme(
            register=register.value,
            code=told["ma"],
            name=told["ten"],
            document=told["van_ban"],
            deadline=told["han"],
            target=told["muc_tieu"] or Decimal(0),
            base=told["tong"] or 0,
        )
        return acts.open_programme(new, by=by, at=at)


class ItemForm(forms.Form):
    """Một mục trong sổ; the fields are those its register has."""

    code = _text("Mã", 60)
    title = _text("Tên thủ tục, nhiệm vụ", 2000, rows=2)
    field = _text("Lĩnh vực", 200, required=False)
    agency = _text("Cơ quan", 200)
    group = forms.ChoiceField(label="Nhóm", required=False, choices=Group.choices)
    from_level = _text("Cấp hiện nay", 40, required=False)
    to_level = _text("Cấp được giao", 40, required=False)
    basis = _text("Căn cứ", 300, required=False)
    instrument = _text("Văn bản phải sửa", 300, required=False)
    deadline = _day("Hạn riêng", required=False)
    cost_before = _money("Chi phí tuân thủ trước, đồng một năm")

    def __init__(self, data: Any, register: Register, item: RegisterItem | None = None) -> None:
        held = {name: getattr(item, name) for name in self.base_fields} | item.content if item else {}
        super().__init__(data, initial=held)
        internal = register == Register.INTERNAL
        for name in ("from_level", "to_level") if internal else ("group", "cost_before"):
            del self.fields[name]
        for name, label in CONTENT.items() if internal else ():
            self.fields[name] = _text(label, 20000, required=False, rows=3)

    def about(self) -> About:
        told = {name: value for name, value in self.cleaned_data.items() if name not in CONTENT}
        content = {name: self.cleaned_data[name] for name in CONTENT if self.cleaned_data.get(name)}
        return About(**told, content=content)


class StepForm(forms.Form):
    """Ghi một bước."""

    buoc = forms.ChoiceField(label="Bước")
    ngay = _day("Ngày")
    van_ban = _text("Văn bản", 300, help_text="Số, ký hiệu; ví dụ 680/QĐ-UBND.")
    phuong_an = forms.ChoiceField(
        label="Phương án",
        required=False,
        choices=[
            ("", "Chọn khi duyệt phương án"),
            *((p.value, p.label) for p in (Plan.ABOLISH, Plan.SIMPLIFY, Plan.KEEP)),
        ],
    )
    chi_phi_sau = _money("Chi phí tuân thủ sau, đồng một năm", "Khi đơn giản hóa; bãi bỏ thì bằng 0.")
    ghi_chu = _text("Ghi chú", 500, required=False)

    def __init__(self, data: Any, item: RegisterItem) -> None:
        register = Register(item.programme.register)
        wanted = next((s for s in STAGES[register] if s.value not in item.reached), STAGES[register][-1])
        super().__init__(data, initial={"buoc": wanted.value})
        field = self.fields["buoc"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(stage.value, LABELS[stage]) for stage in STAGES[register]]
        if register != Register.INTERNAL:
            del self.fields["phuong_an"], self.fields["chi_phi_sau"]

    def act(self, item: RegisterItem, *, by: Officer, at: datetime) -> None:
        told = self.cleaned_data
        step = Step(
            Stage(told["buoc"]),
            told["ngay"],
            told["van_ban"],
            told["ghi_chu"],
            told.get("phuong_an", ""),
            told.get("chi_phi_sau"),
        )
        acts.reach(item, step, by=by, at=at)


class DropForm(forms.Form):
    """Đưa ra khỏi sổ."""

    ly_do = _text("Lý do", 500, rows=2)


class TableForm(forms.Form):
    """Nhập từ bảng."""

    tep = forms.FileField(
        label="Bảng (XLSX, ODS, CSV)",
        help_text="Có các cột như bảng xuất ra từ sổ; bắt buộc: Mã, Tên thủ tục, nhiệm vụ, Cơ quan.",
        error_messages={"required": "Hãy chọn một tệp.", "empty": "Tệp này rỗng."},
    )
