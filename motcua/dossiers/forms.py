"""One form for each act on a dossier: what it asks, and the act it calls (việc trên hồ sơ)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms

from motcua.catalogue.offers import offer
from motcua.law import clock
from motcua.law.calendar import day
from motcua.law.facts import Assigned, SupplementRequested
from motcua.law.process import complete
from motcua.people import access
from motcua.people.models import Officer, Role
from motcua.ui.templatetags import ui
from motcua.ui.typed import full_year

from . import acts, conditions, opinions, papers, passing, queries, telling
from .asking import ActForm
from .asking import choice as _choice
from .asking import reason as _reason
from .asking import said as _said


class Complete(ActForm):
    button = "Hoàn thành bước"
    note = forms.CharField(
        label="Ghi chú", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def shape(self) -> None:
        outcomes = self.open_action.outcomes if self.open_action else ("",)
        if outcomes != ("",):
            choices = [(outcome, outcome or "Theo hướng thông thường") for outcome in outcomes]
            self.fields["outcome"] = _choice("Kết quả của bước", choices, required="" not in outcomes)
        self.given = self._given_steps(outcomes)
        for step in self.given:
            name = self.case.process.nodes[step].name
            self.fields[f"giao-{step}"] = self._handlers(step, f"Giao cho ai: {name}", len(outcomes) == 1)
        self.order_fields(["outcome", *(f"giao-{step}" for step in self.given), "note"])
        if self._leads_to_an_empty_desk(outcomes):
            self.explain = (
                "Tiếp theo là bước ký duyệt mà chưa có dự thảo kết quả. Chọn “Trình kết quả” để vừa trình vừa "
                "hoàn thành bước này."
            )

    def _leads_to_an_empty_desk(self, outcomes: Sequence[str]) -> bool:
        """Whether a step of handling leads to a signer who would find nothing to sign."""
        case, node = self.case, self.case.process.nodes.get(self.step)
        if node is None or node.role != Role.HANDLER or self.open_action is None or case.standing.draft:
            return False
        after = (complete(case.process, case.marking, self.step, outcome).steps for outcome in outcomes)
        return any(conditions.signs(case, case.process.nodes[step]) for steps in after for step in steps)

    def _given_steps(self, outcomes: Sequence[str]) -> list[str]:
        """The steps of handling a step of assigning leads to, by any of its outcomes (phân công)."""
        node = self.case.process.nodes.get(self.step)
        if node is None or node.role != Role.ASSIGNER or self.open_action is None:
            return []
        after = dict.fromkeys(
            step
            for outcome in outcomes
            for step in complete(self.case.process, self.case.marking, self.step, outcome).steps
            if step not in self.case.marking.steps and self._may_give(step)
        )
        return list(after)

    def _may_give(self, step: str) -> bool:
        node, on = self.case.process.nodes[step], day(self.at)
        if node.role != Role.HANDLER:
            return False
        return access.may(self.officer, *conditions.needed(self.case, Assigned, step), on)

    def _handlers(self, step: str, label: str, required: bool) -> forms.ChoiceField:
        """Those who may do a step with what they have to do already, who has least first and chosen."""
        loads = queries.loads(self.case, self.case.process.nodes[step], day(self.at))
        people = [(who.username, f"{who.full_name} (đang có {load} việc)") for who, load in loads]
        self.people = {who.username: who for who, _ in loads} | getattr(self, "people", {})
        first = people[0][0] if people else ""
        return _choice(label, people, required=required and bool(people), initial=first)

    def act(self) -> None:
        said = self.cleaned_data
        outcome = said.get("outcome", "")
        opened = (
            complete(self.case.process, self.case.marking, self.step, outcome).steps if self.given else ()
        )
        to = {s: self.people[said[f"giao-{s}"]] for s in self.given if s in opened and said[f"giao-{s}"]}
        given = {"outcome": outcome, "note": said["note"], "to": to}
        acts.complete_step(self.dossier, step=self.step, by=self.officer, at=self.at, **given)


class Assign(ActForm):
    button = "Giao việc"
    to = forms.ModelChoiceField(
        Officer.objects.none(),
        label="Giao cho",
        empty_label="Chọn cán bộ",
        error_messages={
            "required": "Hãy chọn cán bộ.",
            "invalid_choice": "Cán bộ này không giữ vai trò của bước.",
        },
    )

    def shape(self) -> None:
        node = self.case.process.nodes.get(self.step)
        if node:
            self.fields["to"].queryset = queries.doers(self.case, node, day(self.at))
            loads = queries.loads(self.case, node, day(self.at))
            people = [(who.pk, f"{who.full_name} (đang có {load} việc)") for who, load in loads]
            self.fields["to"].choices = [("", "Chọn cán bộ"), *people]

    def act(self) -> None:
        acts.assign(self.dossier, step=self.step, to=self.cleaned_data["to"], by=self.officer, at=self.at)


class SendBack(ActForm):
    button = "Trả lại"
    to = _choice("Trả về bước", [])
    reason = _reason()

    def shape(self) -> None:
        steps = self.open_action.back_to if self.open_action else ()
        self.fields["to"].choices = [(step, self.case.process.nodes[step].name or step) for step in steps]

    def act(self) -> None:
        acts.send_back(
            self.dossier, step=self.step, by=self.officer, at=self.at, **_said(self, "to", "reason")
        )


class Accept(ActForm):
    button = "Tiếp nhận"

    def shape(self) -> None:
        dossier = self.dossier
        components = queries.components(dossier.version, dossier.case)
        self.papers = papers.checklist(components, self.data if self.is_bound else None)
        limit = offer(dossier.version, dossier.channel, dossier.case).limit
        if limit:
            due = clock.due(self.at, limit, self.case.calendar, clock.rules(day(self.at)))
            self.explain = f"Thời hạn {limit}; nếu tiếp nhận lúc này, hẹn trả {ui.moment(due)}."
        else:
            self.explain = "Thủ tục này không quy định thời hạn."

    def act(self) -> None:
        acts.accept(self.dossier, components=papers.handed(self.papers), by=self.officer, at=self.at)


class RefuseReception(ActForm):
    button = "Từ chối tiếp nhận"
    reason = _reason("Lý do từ chối")

    def act(self) -> None:
        acts.refuse_reception(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class RequestSupplement(ActForm):
    button = "Gửi yêu cầu bổ sung"
    explain = "Chỉ được yêu cầu bổ sung một lần, nên hãy ghi đủ mọi giấy tờ còn thiếu."
    items = forms.MultipleChoiceField(
        label="Giấy tờ cần bổ sung",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một giấy tờ."},
    )
    reason = _reason("Lý do và cách sửa")

    def shape(self) -> None:
        components = queries.components(self.dossier.version, self.dossier.case)
        self.fields["items"].choices = [(str(c.pk), c.name) for c in components]
        if proposed := self.case.standing.proposed:
            self.fields["items"].initial = [str(c.pk) for c in components if c.name in proposed.items]
            self.fields["reason"].initial = proposed.reason

    def act(self) -> None:
        acts.request_supplement(self.dossier, by=self.officer, at=self.at, **self.asked)

    @property
    def asked(self) -> dict[str, Any]:
        names = dict(self.fields["items"].choices)
        return {"items": [names[pk] for pk in self.cleaned_data["items"]], **_said(self, "reason")}


class ProposeSupplement(RequestSupplement):
    button = "Chuyển Bộ phận Một cửa"
    explain = (
        "Bộ phận Một cửa sẽ gửi yêu cầu cho người nộp. Chỉ được yêu cầu một lần, nên hãy ghi đủ mọi giấy tờ "
        "còn thiếu."
    )

    def act(self) -> None:
        acts.propose_supplement(self.dossier, by=self.officer, at=self.at, **self.asked)


class DeclineSupplement(ActForm):
    button = "Trả lại đề nghị"
    explain = "Người nộp không bị yêu cầu bổ sung; cơ quan giải quyết nhận lại đề nghị cùng lý do."
    reason = _reason("Lý do trả lại")

    def act(self) -> None:
        acts.decline_supplement(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class ReceiveSupplement(ActForm):
    button = "Đã nhận đủ"
    explain = (
        "Chỉ nhận khi đã đủ mọi giấy tờ được yêu cầu. Còn thiếu thì nói cho người nộp biết thiếu giấy nào."
    )
    items = forms.MultipleChoiceField(
        label="Giấy tờ người nộp đã bổ sung",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy đánh dấu từng giấy tờ đã nhận."},
    )

    def shape(self) -> None:
        asked = [fact for fact in self.case.facts if isinstance(fact, SupplementRequested)]
        self.fields["items"].choices = [
            (str(n), item) for n, item in enumerate(asked[-1].items if asked else ())
        ]

    def clean_items(self) -> list[str]:
        names, given = dict(self.fields["items"].choices), self.cleaned_data["items"]
        if missing := [name for key, name in names.items() if key not in given]:
            raise forms.ValidationError(f"Chưa nhận được vì còn thiếu: {'; '.join(missing)}.")
        return [names[key] for key in given]

    def act(self) -> None:
        acts.receive_supplement(self.dossier, by=self.officer, at=self.at, **_said(self, "items"))


class RequestDuty(ActForm):
    button = "Gửi yêu cầu"
    amount = forms.IntegerField(
        label="Số tiền phải nộp",
        help_text="Bằng đồng, ví dụ 1200000.",
        min_value=1,
        error_messages={"required": "Hãy nhập số tiền.", "min_value": "Số tiền phải lớn hơn 0 đồng."},
    )

    def act(self) -> None:
        acts.request_duty(self.dossier, by=self.officer, at=self.at, **_said(self, "amount"))


class CorrectDuty(ActForm):
    button = "Ghi số tiền đúng"
    explain = "Chỉ sửa được trước khi người nộp nộp tiền. Số đã ghi sai vẫn lưu trong diễn biến."
    amount = forms.IntegerField(
        label="Số tiền đúng",
        help_text="Bằng đồng, ví dụ 1200000; ghi 0 khi không phải nộp.",
        min_value=0,
        error_messages={"required": "Hãy nhập số tiền.", "min_value": "Số tiền phải từ 0 đồng."},
    )
    reason = _reason("Vì sao số cũ sai")

    def shape(self) -> None:
        self.fields["amount"].initial = self.case.standing.duty

    def act(self) -> None:
        acts.correct_duty(self.dossier, by=self.officer, at=self.at, **_said(self, "amount", "reason"))


class MeetDuty(ActForm):
    button = "Xác nhận"
    explain = "Ghi khi người nộp đã nộp đủ; hồ sơ được xử lý tiếp."

    def act(self) -> None:
        acts.meet_duty(self.dossier, by=self.officer, at=self.at)


class Pay(ActForm):
    button = "Ghi đã thu"
    amount = forms.IntegerField(label="Số tiền đã thu tại quầy", min_value=1)

    def shape(self) -> None:
        owed = self.case.standing.duty_owed
        self.fields["amount"].initial = owed or None
        self.fields["amount"].help_text = f"Còn phải nộp {ui.money(owed)}."

    def clean(self) -> None:
        if self.cleaned_data.get("seen") not in (None, self.case.past.version):
            # A second click would take the money twice: show what happened and ask again.
            self.data = self.data.copy()
            self.data["seen"] = self.case.past.version
            raise forms.ValidationError(
                "Hồ sơ vừa có thay đổi. Hãy xem lại số tiền còn phải nộp rồi ghi lần nữa."
            )

    def act(self) -> None:
        acts.pay(self.dossier, means="counter", by=self.officer, at=self.at, **_said(self, "amount"))


class Extend(ActForm):
    button = "Xin lỗi và hẹn lại"
    explain = "Chỉ được hẹn lại một lần. Ngày hẹn cũ vẫn lưu trong hồ sơ."
    due = forms.DateField(
        label="Ngày hẹn mới",
        help_text="Hẹn đến hết giờ làm việc của ngày này.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Hãy chọn ngày.", "invalid": "Ngày viết như 25/11/2026."},
        validators=[full_year],
    )
    reason = _reason("Lý do chậm")

    def clean_due(self) -> date:
        chosen: date = self.cleaned_data["due"]
        if off := self.case.calendar.why_off(chosen):
            raise forms.ValidationError(
                f"{ui.day(chosen)} là ngày nghỉ ({off.reason}). Hãy chọn ngày làm việc."
            )
        return chosen

    def act(self) -> None:
        due = self.case.calendar.close(self.cleaned_data["due"])
        acts.extend(self.dossier, due=due, by=self.officer, at=self.at, **_said(self, "reason"))


class Withdraw(ActForm):
    button = "Ghi rút hồ sơ"
    explain = "Chỉ ghi theo yêu cầu của người nộp."
    reason = _reason("Lý do người nộp nêu", "")

    def act(self) -> None:
        acts.withdraw(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class Stop(ActForm):
    button = "Dừng xử lý"
    reason = _reason("Lý do dừng")

    def act(self) -> None:
        acts.stop(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class Finish(ActForm):
    button = "Kết thúc xử lý"
    explain = "Đồng hồ của hồ sơ dừng ở đây; kết quả chuyển về Bộ phận Một cửa."
    result = _choice("Kết quả", list(telling.RESULTS.items()), initial="granted")
    number = forms.CharField(
        label="Số, ký hiệu văn bản kết quả",
        max_length=120,
        error_messages={"required": "Hãy nhập số văn bản."},
    )
    reason = forms.CharField(
        label="Lý do từ chối giải quyết",
        help_text="Bắt buộc khi kết quả là từ chối.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    electronic = forms.CharField(
        label="Mã kết quả điện tử",
        help_text="Mã của bản điện tử đã ký số; để trống khi chỉ có bản giấy.",
        max_length=120,
        required=False,
    )

    def shape(self) -> None:
        if signed := self.case.standing.signed:
            self.fields["result"].choices = [(signed.result, telling.RESULTS[signed.result])]
            self.fields["result"].initial = signed.result
            self.fields["result"].help_text = f"Đã ký duyệt lúc {ui.moment(signed.at)}."
            self.fields["reason"].initial = signed.reason
            if signed.result != "refused":
                self.fields["reason"].widget = forms.HiddenInput()
        if awaited := [self.case.asked_units[request.unit].name for request in self.case.standing.consulted]:
            self.fields["unheard"] = _reason(
                f"Vì sao kết thúc khi chưa có ý kiến của {'; '.join(awaited)}",
                "Im lặng không phải là đồng ý. Nếu không ghi lý do thì phải chờ trả lời hoặc rút yêu cầu.",
            )

    def act(self) -> None:
        told = _said(self, "result", "number", "reason", "electronic") | {
            "unheard": self.cleaned_data.get("unheard", "")
        }
        acts.finish(self.dossier, by=self.officer, at=self.at, **told)

    def clean(self) -> None:
        if self.cleaned_data.get("result") == "refused" and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Hãy ghi rõ vì sao từ chối giải quyết.")


class ReturnResult(ActForm):
    button = "Đã trả kết quả"
    means = _choice(
        "Trả bằng cách nào", [(k, v.capitalize()) for k, v in telling.HANDED.items()], initial="counter"
    )

    def act(self) -> None:
        acts.return_result(self.dossier, by=self.officer, at=self.at, **_said(self, "means"))


class RequestCorrection(ActForm):
    button = "Yêu cầu đính chính"
    explain = "Chỉ dùng khi sai sót là do cơ quan giải quyết. Thời hạn đã kết thúc của hồ sơ không đổi."
    reason = _reason("Sai ở đâu, đúng phải là gì", "Ghi đúng chỗ sai để cơ quan giải quyết sửa được ngay.")

    def shape(self) -> None:
        due = clock.corrected_by(self.at, self.case.calendar, self.case.rules)
        self.explain = f"{self.explain} Bản đúng phải về Bộ phận Một cửa trước {ui.moment(due)}."

    def act(self) -> None:
        acts.request_correction(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class CorrectResult(ActForm):
    button = "Đã đính chính"
    explain = "Bản đúng chuyển về Bộ phận Một cửa để trả lại cho người nộp."
    number = forms.CharField(
        label="Số, ký hiệu văn bản mới",
        max_length=120,
        error_messages={"required": "Hãy nhập số văn bản mới."},
    )
    electronic = forms.CharField(
        label="Mã kết quả điện tử mới",
        help_text="Mã của bản điện tử đã ký số; để trống khi chỉ có bản giấy.",
        max_length=120,
        required=False,
    )
    note = forms.CharField(
        label="Đã sửa gì", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def act(self) -> None:
        told = _said(self, "number", "electronic", "note")
        acts.correct_result(self.dossier, by=self.officer, at=self.at, **told)


class DeclineCorrection(ActForm):
    button = "Không đính chính"
    explain = "Ghi khi kết quả không sai, hoặc sai không do cơ quan giải quyết."
    reason = _reason("Lý do không đính chính")

    def act(self) -> None:
        acts.decline_correction(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class Rate(ActForm):
    button = "Ghi đánh giá"
    explain = "Ghi đúng lựa chọn của người nộp."
    satisfied = _choice("Người nộp có hài lòng không?", [("1", "Hài lòng"), ("0", "Không hài lòng")])
    reason = forms.CharField(
        label="Lý do",
        help_text="Bắt buộc khi không hài lòng.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> None:
        if self.cleaned_data.get("satisfied") == "0" and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Hãy ghi vì sao người nộp không hài lòng.")

    def act(self) -> None:
        satisfied = self.cleaned_data["satisfied"] == "1"
        acts.rate(self.dossier, satisfied=satisfied, by=self.officer, at=self.at, **_said(self, "reason"))


OF: dict[str, Callable[..., ActForm]] = {
    "hoan-thanh": Complete,
    "phan-cong": Assign,
    "tra-lai": SendBack,
    "tiep-nhan": Accept,
    "tu-choi": RefuseReception,
    "de-nghi-bo-sung": ProposeSupplement,
    "yeu-cau-bo-sung": RequestSupplement,
    "nhan-bo-sung": ReceiveSupplement,
    "tra-lai-de-nghi": DeclineSupplement,
    **passing.OF,
    "lay-y-kien": opinions.Consult,
    "tra-loi-y-kien": opinions.Reply,
    "rut-y-kien": opinions.WithdrawConsultation,
    "nghia-vu": RequestDuty,
    "sua-nghia-vu": CorrectDuty,
    "da-nop": MeetDuty,
    "thu-phi": Pay,
    "hen-lai": Extend,
    "rut": Withdraw,
    "dung": Stop,
    "ket-thuc": Finish,
    "tra-ket-qua": ReturnResult,
    "yeu-cau-dinh-chinh": RequestCorrection,
    "dinh-chinh": CorrectResult,
    "khong-dinh-chinh": DeclineCorrection,
    "danh-gia": Rate,
}
