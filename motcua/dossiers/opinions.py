"""The forms of asking other agencies and of answering them (lấy ý kiến; NĐ 118/2025 Đ.19.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from motcua.law.calendar import day
from motcua.law.consultation import MEANS, POSITIONS
from motcua.law.facts import ConsultationRequested
from motcua.people.models import Unit
from motcua.ui.templatetags import ui
from motcua.ui.typed import full_year

from . import acts, queries
from .asking import ActForm, choice, reason, said
from .models import CONSULTATION


class Consult(ActForm):
    button = "Gửi lấy ý kiến"
    explain = "Các cơ quan được hỏi cùng lúc. Thời hạn của hồ sơ vẫn chạy. Im lặng không được coi là đồng ý."
    units = forms.MultipleChoiceField(
        label="Cơ quan được lấy ý kiến",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-long"}),
        error_messages={
            "required": "Hãy chọn ít nhất một cơ quan.",
            "invalid_choice": "Cơ quan này không có.",
        },
    )
    content = reason("Nội dung lấy ý kiến", "Hỏi điều gì, căn cứ giấy tờ nào; viết để trả lời được ngay.")
    until = forms.DateField(
        label="Trả lời chậm nhất ngày",
        help_text="Tính đến hết giờ làm việc của cơ quan được hỏi.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Hãy chọn ngày.", "invalid": "Ngày viết như 25/11/2026."},
        validators=[full_year],
    )
    means = choice("Cách trả lời", list(MEANS.items()), initial="system")

    def shape(self) -> None:
        awaited = {request.unit for request in self.case.standing.consulted}
        found = queries.consultable(self.dossier, day(self.at))
        self.known = {unit.code: unit for unit in found if unit.code not in awaited}
        self.fields["units"].choices = _by_kind(list(self.known.values()))
        self.fields["units"].help_text = f"{len(self.known)} cơ quan; cuộn trong khung để thấy hết."
        self.fields["content"].error_messages["required"] = "Hãy ghi nội dung lấy ý kiến."
        if self.dossier.due_at:
            self.fields["until"].help_text += f" Hồ sơ hẹn trả {ui.moment(self.dossier.due_at)}."

    def act(self) -> None:
        units = [self.known[code] for code in self.cleaned_data["units"]]
        told: dict[str, Any] = said(self, "content", "until", "means")
        acts.consult(self.dossier, units=units, by=self.officer, at=self.at, **told)


class AboutOne(ActForm):
    """An act on one of the opinions asked for; `step` names it as the worklist does."""

    @property
    def number(self) -> int:
        number = self.step.removeprefix(CONSULTATION)
        return int(number) if number.isdecimal() else 0

    @property
    def request(self) -> ConsultationRequested | None:
        return next((c for c in self.case.standing.consulted if c.number == self.number), None)

    def shape(self) -> None:
        if asked := self.request:
            due = ui.moment(datetime.fromisoformat(asked.due))
            self.explain = f"{self.dossier.deciding_unit.name} hỏi: {asked.content} (trả lời trước {due})"


class Reply(AboutOne):
    button = "Gửi trả lời"
    position = choice("Ý kiến", list(POSITIONS.items()))
    content = reason("Nội dung trả lời", "Nêu rõ vì sao, điều kiện kèm theo nếu có.")

    def shape(self) -> None:
        super().shape()
        self.fields["content"].error_messages["required"] = "Hãy ghi nội dung trả lời."
        if (asked := self.request) and asked.means == "document":
            self.fields["document"] = forms.CharField(
                label="Số, ký hiệu văn bản trả lời",
                max_length=120,
                error_messages={"required": "Hãy nhập số văn bản trả lời."},
            )

    def act(self) -> None:
        told = {"document": self.cleaned_data.get("document", ""), **said(self, "position", "content")}
        acts.reply_consultation(self.dossier, number=self.number, by=self.officer, at=self.at, **told)


class WithdrawConsultation(AboutOne):
    button = "Rút yêu cầu"
    reason = reason("Lý do rút", "Cơ quan được hỏi sẽ đọc lý do này.")

    def act(self) -> None:
        acts.withdraw_consultation(
            self.dossier, number=self.number, by=self.officer, at=self.at, **said(self, "reason")
        )


def _by_kind(units: list[Unit]) -> list[tuple[str, list[tuple[str, str]]]]:
    kinds = dict.fromkeys(unit.get_kind_display() for unit in units)
    return [(kind, [(u.code, u.name) for u in units if u.get_kind_display() == kind]) for kind in kinds]
