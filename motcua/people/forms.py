"""The forms of people: signing in, passwords, units, posts, accounts, hours and days. They hold no rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from motcua.ui.typed import full_year

from .models import Officer, Role, SaturdayChoice, Unit, UnitKind

STRONG = (
    "Ít nhất 10 ký tự, không phải chữ quen dùng, không giống tên của bạn. Một câu ngắn dễ nhớ là tốt nhất."
)
USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9.-]*\Z", "Chỉ dùng chữ thường không dấu, chữ số, dấu chấm, dấu gạch."
)
CODE = RegexValidator(r"^[0-9A-Z]+(\.[0-9A-Z]+)*\Z", "Mã gồm chữ hoa, chữ số, nhóm cách nhau bằng dấu chấm.")


class SignInForm(AuthenticationForm):
    """Đăng nhập: one sentence for every refusal, so that it does not tell which user names exist."""

    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa, chữ thường.",
        "inactive": "Tài khoản này đã ngừng dùng. Hãy hỏi quản trị hệ thống.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Tên đăng nhập"
        self.fields["username"].error_messages["required"] = "Hãy nhập tên đăng nhập."
        self.fields["password"].label = "Mật khẩu"
        self.fields["password"].error_messages["required"] = "Hãy nhập mật khẩu."


class ChooseForm(SetPasswordForm):  # type: ignore[type-arg]
    """Chọn mật khẩu, twice the same."""

    error_messages = {"password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, hint in (
            ("new_password1", "Mật khẩu mới", STRONG),
            ("new_password2", "Nhập lại mật khẩu mới", ""),
        ):
            self.fields[name].label, self.fields[name].help_text = label, hint
            self.fields[name].error_messages["required"] = "Hãy nhập mật khẩu mới."


class PasswordForm(ChooseForm, PasswordChangeForm):
    """Đổi mật khẩu, by whoever knows the one in use."""

    error_messages = ChooseForm.error_messages | {"password_incorrect": "Mật khẩu đang dùng không đúng."}
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Mật khẩu đang dùng"
        self.fields["old_password"].error_messages["required"] = "Hãy nhập mật khẩu đang dùng."


def _text(label: str, missing: str, **told: Any) -> forms.CharField:
    return forms.CharField(label=label, error_messages={"required": missing}, **({"max_length": 200} | told))


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Hãy chọn ngày.", "invalid": "Viết ngày như 25/11/2026."},
        validators=[full_year],
    )


def _choice(label: str, choices: Sequence[tuple[str, str]], hint: str = "") -> forms.ChoiceField:
    wrong = "Hãy chọn một mục trong danh sách."
    told = {"required": wrong, "invalid_choice": wrong}
    return forms.ChoiceField(label=label, choices=choices, help_text=hint, error_messages=told)


class UnitForm(forms.Form):
    """Thành lập đơn vị."""

    name = _text("Tên đơn vị", "Hãy nhập tên đơn vị.")
    kind = _choice("Loại", [each for each in UnitKind.choices if each[0] != UnitKind.PROVINCE])
    code = _text("Mã trong hệ thống", "Hãy nhập mã.", max_length=35, validators=[CODE],
                 help_text="Mã không bao giờ dùng lại, kể cả khi đơn vị đã giải thể.")  # fmt: skip
    agency_code = forms.CharField(
        label="Mã định danh điện tử",
        max_length=35,
        required=False,
        validators=[CODE],
        help_text="Theo Quyết định 20/2020/QĐ-TTg, ví dụ H14.05. Bỏ trống: như mã trong hệ thống.",
    )
    valid_from = _day("Hoạt động từ ngày")


class CloseForm(forms.Form):
    """Giải thể, sáp nhập."""

    on = _day(
        "Chấm dứt từ ngày", "Ngày đầu tiên đơn vị không còn hoạt động; mọi vị trí ở đó thôi giữ từ ngày ấy."
    )


class PostForm(forms.Form):
    """Bố trí vào một vị trí; `roles` are those the officer who fills it in may give there."""

    role = _choice("Vị trí", ())
    since = _day("Từ ngày")

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Chọn vị trí"), *((role, Role(role).label) for role in roles)]  # type: ignore[attr-defined]


class AppointForm(PostForm):
    """Bố trí một cán bộ đã có tài khoản."""

    officer = _text("Cán bộ", "Hãy nhập cán bộ.", help_text="Tên đăng nhập, hoặc họ và tên đầy đủ.")
    field_order = ("officer", "role", "since")

    def clean_officer(self) -> Officer:
        text = self.cleaned_data["officer"].strip()
        found = [*Officer.objects.filter(username=text)] or [
            *Officer.objects.filter(full_name__iexact=text)[:6]
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(f"Không có cán bộ nào tên “{text}”. Hãy cấp tài khoản trước.")
        names = ", ".join(officer.username for officer in found)
        raise forms.ValidationError(f"Có nhiều người tên như vậy; hãy nhập tên đăng nhập: {names}.")


class RegisterForm(PostForm):
    """Cấp tài khoản với vị trí đầu tiên."""

    full_name = _text("Họ và tên", "Hãy nhập họ và tên.", max_length=120)
    username = _text("Tên đăng nhập", "Hãy nhập tên đăng nhập.", max_length=64, validators=[USERNAME],
                     help_text="Chữ thường không dấu, ví dụ lan.nt.")  # fmt: skip
    field_order = ("full_name", "username", "role", "since")


class EndForm(forms.Form):
    """Thôi giữ vị trí."""

    on = _day("Thôi giữ từ ngày", "Ngày đầu tiên không còn giữ. Việc đã làm trước đó vẫn có giá trị.")


class GiveDeskForm(forms.Form):
    """Giao một Bộ phận Một cửa cho doanh nghiệp bưu chính."""

    desk = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Bộ phận Một cửa",
        to_field_name="code",
        empty_label="Chọn đơn vị",
        error_messages={
            "required": "Hãy chọn đơn vị.",
            "invalid_choice": "Hãy chọn một mục trong danh sách.",
        },
    )
    since = _day("Giao từ ngày")
    until = _day("Giao đến trước ngày", "Bỏ trống khi chưa định ngày thôi giao.")
    document = _text("Số quyết định, hợp đồng", "Hãy nhập số quyết định hoặc hợp đồng.", max_length=120)
    decided_on = _day("Ngày quyết định, hợp đồng")

    def __init__(self, *args: Any, desks: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = desks  # type: ignore[attr-defined]
        self.fields["until"].required = False


class EndDeskForm(forms.Form):
    """Thôi giao một Bộ phận Một cửa."""

    on = _day(
        "Thôi giao từ ngày", "Ngày đầu tiên không còn giao. Việc đã làm trước đó vẫn là của doanh nghiệp."
    )
    document = _text("Số văn bản thôi giao", "Hãy nhập số văn bản.", max_length=120)


class ReasonForm(forms.Form):
    """Ngừng tài khoản, cho dùng lại."""

    reason = _text("Lý do", "Hãy ghi lý do.", help_text="Lý do được ghi vào nhật ký cùng tên bạn.")


class HoursForm(forms.Form):
    """Giờ làm việc riêng của đơn vị từ một ngày."""

    hours = forms.CharField(
        label="Giờ làm việc",
        max_length=80,
        required=False,
        help_text="Viết như 07:30-11:30,13:00-17:00. Bỏ trống: trở lại giờ chung.",
    )
    saturday = _choice("Sáng thứ Bảy", SaturdayChoice.choices)
    since = _day("Từ ngày", "Hạn trả trước ngày này giữ nguyên.")
    source = _text("Số quyết định", "Hãy nhập số quyết định.", help_text="Ví dụ: 12/QĐ-UBND ngày 20/11/2026.")

    def clean_hours(self) -> str:
        return "".join(str(self.cleaned_data["hours"]).split())


class DayForm(forms.Form):
    """Ngày nghỉ hoặc ngày làm bù riêng."""

    on = _day("Ngày")
    working = _choice("Là", [("", "Chọn"), ("0", "Ngày nghỉ"), ("1", "Ngày làm việc (làm bù)")])
    name = _text("Tên", "Hãy nhập tên.", max_length=120, help_text="Ví dụ: Lễ hội Pháo hoa Quảng Uyên.")
    source = _text("Số quyết định", "Hãy nhập số quyết định.", help_text="Ví dụ: 12/QĐ-UBND ngày 20/11/2026.")

    def clean_working(self) -> bool:
        return bool(self.cleaned_data["working"] == "1")


class ClearForm(forms.Form):
    """Bỏ ngày nghỉ hoặc ngày làm bù riêng: the day is again as the province has it."""

    on = _day("Ngày")
