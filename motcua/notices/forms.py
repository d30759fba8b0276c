"""Forms about notices; each ends in an act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from motcua.dossiers.models import Dossier
from motcua.law.facts import Refused
from motcua.people.models import Officer

from . import acts, reach, wording
from .models import Channel, Contact, Notice


class TellForm(forms.Form):
    """Đã báo cách khác."""

    note = forms.CharField(
        label="Đã báo cho ai, bằng cách nào, lúc nào",
        help_text="Ví dụ: gọi điện lúc 09:30, gặp người nộp.",
        max_length=1000,
        error_messages={"required": "Hãy ghi đã báo cho ai, bằng cách nào, lúc nào."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def act(self, notice: Notice, *, by: Officer, at: datetime) -> None:
        acts.tell_otherwise(notice, note=self.cleaned_data["note"], by=by, at=at)


class ContactForm(forms.Form):
    """Liên hệ và cách nhận tin của người nộp."""

    phone = forms.CharField(
        label="Số điện thoại di động",
        help_text="10 chữ số; số cố định không nhận được tin nhắn.",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    sms = forms.BooleanField(label="Nhận tin nhắn (SMS, Zalo)", required=False)
    email = forms.CharField(
        label="Thư điện tử",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    mail = forms.BooleanField(label="Nhận thư điện tử", required=False)

    @classmethod
    def of(cls, dossier: Dossier, contact: Contact | None, data: Any = None) -> ContactForm:
        """The form filled in with what holds now."""
        held: Any = contact or dossier
        wished = {name: getattr(contact, name, True) for name in ("sms", "mail")}
        return cls(data, initial={"phone": held.phone, "email": held.email} | wished)

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        if typed and not reach.mobile(typed):
            raise forms.ValidationError(
                "Số di động Việt Nam có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."
            )
        return typed

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"].strip()
        if typed and not reach.address(typed):
            raise forms.ValidationError("Thư điện tử viết như ten@vidu.vn.")
        return typed

    def clean(self) -> None:
        said = self.cleaned_data
        if said.get("sms") and "phone" in said and not said["phone"] and not said.get("email"):
            self.add_error("phone", "Muốn nhận tin thì phải có số điện thoại hoặc thư điện tử.")

    def act(self, dossier: Dossier, *, by: Officer, at: datetime) -> int:
        return acts.set_contact(dossier, by=by, at=at, **self.cleaned_data)


class TextForm(forms.Form):
    """Mẫu tin báo của một việc trên một kênh."""

    fields: dict[str, Any]
    subject = forms.CharField(label="Tiêu đề thư", max_length=200, required=False)
    body = forms.CharField(
        label="Nội dung",
        max_length=4000,
        error_messages={"required": "Hãy nhập nội dung."},
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    sends = forms.BooleanField(label="Gửi tin này bằng kênh này", required=False)

    def __init__(self, words: wording.Words, data: Any = None) -> None:
        super().__init__(data, initial={"subject": words.subject, "body": words.body, "sends": words.sends})
        self.words = words
        if words.channel == Channel.MAIL:
            self.fields["subject"].required = True
            self.fields["subject"].error_messages["required"] = "Thư phải có tiêu đề."
        else:
            del self.fields["subject"]
            self.fields["body"].widget.attrs["rows"] = 5

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_body(self) -> str:
        return self._checked("body")

    @property
    def typed(self) -> wording.Words:
        """The words as they stand in the form, saved or not."""
        words = self.words
        subject, body = (str(self[n].value() or "") if n in self.fields else "" for n in ("subject", "body"))
        return wording.Words(words.kind, words.channel, subject, body)

    def act(self, *, by: Officer, at: datetime) -> None:
        said = {"subject": ""} | self.cleaned_data
        acts.write_text(self.words.kind, self.words.channel, **said, by=by, at=at)

    def _checked(self, name: str) -> str:
        typed: str = self.cleaned_data[name].replace("\r\n", "\n")
        try:
            wording.refuse(self.words.kind, typed)
        except Refused as refused:
            raise forms.ValidationError(f"{refused.reason}.") from None
        return typed
