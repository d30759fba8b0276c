"""What the counter is told: the person, the dossier, and what holds for a whole list."""

from __future__ import annotations

from typing import Any

from django import forms

from motcua.catalogue.models import Channel
from motcua.people.models import Unit

from . import identity
from .models import ApplicantKind

COUNTER = [(Channel.DIRECT, "Trực tiếp tại quầy"), (Channel.POST, "Bưu chính công ích")]
# Letters the code on an identity card may have, which a reader types into the field of the number.
CARD = 400
AGENT = ("agent", "agent_identity", "agent_phone", "authorisation")
# Choosing one of these changes what follows from it: the page is asked for that part again.
FOLLOWED = {
    "hx-post": "",
    "hx-vals": '{"do": "xem"}',
    "hx-trigger": "change",
    "hx-target": "#thu-tuc-da-chon",
    "hx-sync": "closest form:replace",
    "data-follow": "",
}


class PersonForm(forms.Form):
    """Who a dossier is for and what it is about, as typed at the counter or read from a list."""

    data: Any
    fields: dict[str, Any]
    kind = forms.TypedChoiceField(label="Người nộp là", choices=ApplicantKind.choices, coerce=int)
    identity = forms.CharField(
        label="Số định danh hoặc mã số thuế",
        help_text="12 chữ số; tổ chức: 10 chữ số, chi nhánh thêm -001. Quét mã QR trên thẻ căn cước cũng được.",
        required=False,
        max_length=CARD,
    )
    name = forms.CharField(
        label="Họ tên hoặc tên tổ chức",
        max_length=200,
        error_messages={"required": "Hãy nhập tên người nộp."},
    )
    phone = forms.CharField(label="Điện thoại", required=False, max_length=20)
    email = forms.EmailField(
        label="Thư điện tử", required=False, error_messages={"invalid": "Thư điện tử viết như ten@vidu.vn."}
    )
    address = forms.CharField(label="Địa chỉ", required=False, max_length=300)
    subject = forms.CharField(
        label="Nội dung yêu cầu",
        help_text="Ghi ngắn gọn nếu cần phân biệt với hồ sơ khác.",
        required=False,
        max_length=1000,
    )

    def clean_identity(self) -> str:
        number = identity.plain(self.cleaned_data["identity"])
        person = self.cleaned_data.get("kind") == ApplicantKind.CITIZEN
        if number and (wrong := identity.why_wrong(number, person=person)):
            raise forms.ValidationError(wrong)
        return number

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_phone(self) -> str:
        return self._phone("phone")

    def _phone(self, name: str) -> str:
        said = self.cleaned_data[name]
        number = identity.phone(said) if said else ""
        if number is None:
            raise forms.ValidationError("Số điện thoại có 8 đến 15 chữ số, ví dụ 0912 345 678.")
        return number


class ReceptionForm(PersonForm):
    """What the counter is told; the papers are a checklist beside it (`Intake.papers`)."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    vneid = forms.BooleanField(label="Đã đối chiếu tài khoản VNeID", required=False)
    agent = forms.CharField(label="Họ tên người nộp thay", required=False, max_length=200)
    agent_identity = forms.CharField(label="Số định danh người nộp thay", required=False, max_length=CARD)
    agent_phone = forms.CharField(label="Điện thoại người nộp thay", required=False, max_length=20)
    authorisation = forms.CharField(
        label="Giấy ủy quyền",
        help_text="Số, ngày, nơi chứng thực; hoặc giấy tờ chứng minh người đại diện theo pháp luật.",
        required=False,
        max_length=500,
    )
    channel = forms.ChoiceField(
        label="Cách nộp",
        choices=COUNTER,
        widget=forms.RadioSelect(attrs=FOLLOWED),
        error_messages={"required": "Hãy chọn cách nộp."},
    )
    receiving_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Nơi tiếp nhận",
        empty_label=None,
        error_messages={"required": "Hãy chọn nơi tiếp nhận."},
    )
    procedure = forms.CharField(error_messages={"required": "Hãy tìm và chọn thủ tục."}, label="Thủ tục")
    case = forms.ChoiceField(label="Trường hợp", required=False, widget=forms.Select(attrs=FOLLOWED))
    deciding_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Cơ quan giải quyết",
        empty_label="Chọn cơ quan",
        widget=forms.Select(attrs=FOLLOWED),
        error_messages={"required": "Hãy chọn cơ quan giải quyết."},
    )
    paid = forms.BooleanField(label="Đã thu đủ phí, lệ phí tại quầy", required=False)
    number = forms.CharField(label="Số, ký hiệu kết quả", required=False, max_length=120)
    reason = forms.CharField(
        label="Lý do, hoặc nội dung hướng dẫn",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_agent(self) -> str:
        return " ".join(self.cleaned_data["agent"].split())

    def clean_agent_phone(self) -> str:
        return self._phone("agent_phone")

    def clean_agent_identity(self) -> str:
        number = identity.plain(self.cleaned_data["agent_identity"])
        if number and (wrong := identity.why_wrong(number, person=True)):
            raise forms.ValidationError(wrong)
        return number

    def clean(self) -> None:
        """Somebody who hands in for the applicant is named, with what lets them."""
        said = {name: self.cleaned_data.get(name) for name in AGENT}
        if not any(said.values()):
            return
        for name, wish in (("agent", "họ tên người nộp thay"), ("authorisation", "giấy ủy quyền")):
            if not said[name] and name not in self.errors:
                self.add_error(name, f"Hãy nhập {wish}.")

    @property
    def by_agent(self) -> bool:
        """Whether anything is said of an agent, so that its part stands open."""
        return any(self[name].value() or self[name].errors for name in AGENT)


class ListForm(ReceptionForm):
    """What holds for every dossier of a list; who they are for stands in the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "name"):
            self.fields[name].required = False
        for name in ("channel", "case", "deciding_unit"):
            attrs = self.fields[name].widget.attrs
            self.fields[name].widget.attrs = {key: attrs[key] for key in attrs if key not in FOLLOWED}
