"""The forms of acts on a task: what is asked, and the act it ends in. They hold no rules of law."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from motcua.law.calendar import day
from motcua.law.steering import Standing
from motcua.people import access
from motcua.people.models import Officer, Post, Unit
from motcua.ui.typed import full_year

from . import acts, queries
from .models import Attachment, Task
from .planning import MOST_MONEY

WRITTEN = ["%Y-%m-%d", "%d/%m/%Y"]


def day_field(label: str, hint: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=WRITTEN,
        error_messages={"invalid": "Ngày viết như 25/11/2026.", "required": f"Hãy ghi {label.lower()}."},
        validators=[full_year],
    )


def text_field(
    label: str, hint: str = "", *, required: bool = True, rows: int = 3, most: int = 4000
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"Hãy ghi {label.lower()}.", "max_length": f"Nhiều nhất {most} chữ."},
    )


def line_field(label: str, hint: str = "", *, required: bool = True, most: int = 500) -> forms.CharField:
    told = {"required": f"Hãy ghi {label.lower()}.", "max_length": f"Nhiều nhất {most} chữ."}
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=most, error_messages=told
    )


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    default_error_messages = {"empty": "Có tệp rỗng; hãy chọn tệp khác."}

    def __init__(self, **kept: Any) -> None:
        super().__init__(widget=FilesInput(attrs={"multiple": True}), **kept)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in given]


class DeedForm(forms.Form):
    """One act on one task. `button` is what is pressed; `explain` what follows from it.

    `seen` is how many facts the task had when its page was opened.
    """

    fields: dict[str, Any]
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    button = "Ghi"
    explain = ""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        task: Task,
        standing: Standing,
        officer: Officer,
        at: datetime,
    ) -> None:
        super().__init__(data, files)
        self.task, self.standing, self.officer, self.at = task, standing, officer, at
        self.fields["seen"].initial = task.facts
        self.prepare()

    def prepare(self) -> None:
        """Choices that depend on the task."""

    def act(self) -> None:
        raise NotImplementedError

    @property
    def how(self) -> dict[str, Any]:
        return {"by": self.officer, "at": self.at}


class StartForm(DeedForm):
    button = "Bắt đầu thực hiện"

    def act(self) -> None:
        acts.start_task(self.task, **self.how)


class AssignForm(DeedForm):
    button = "Phân công"
    to = forms.ModelChoiceField(
        Officer.objects.none(),
        label="Người thực hiện",
        empty_label="Chọn cán bộ",
        error_messages={"required": "Hãy chọn cán bộ."},
    )

    def prepare(self) -> None:
        on, units = day(self.at), access.line(self.task.lead)
        home = [unit.pk for unit in units][:1]
        held = Post.objects.filter(unit__in=home, valid_from__lte=on).exclude(valid_to__lte=on)
        roles = [role for role, powers in access.POWERS.items() if "do_task" in powers]
        names = held.filter(role__in=roles).values("officer")
        self.fields["to"].queryset = Officer.objects.filter(pk__in=names, is_active=True).order_by(
            "full_name"
        )

    def act(self) -> None:
        acts.assign_task(self.task, to=self.cleaned_data["to"], **self.how)


class FilesForm(DeedForm):
    """A form with evidence: files are kept at once, so that nothing is lost when something else is wrong."""

    moi = FilesField(
        label="Tệp đính kèm", required=False, help_text="PDF, Word, Excel hoặc ảnh; chọn được nhiều tệp."
    )

    def prepare(self) -> None:
        kept = Attachment.objects.filter(about=self.task.stream).defer("content")
        self.fields["tep"] = forms.ModelMultipleChoiceField(
            kept, label="Tệp đã có ở nhiệm vụ này", required=False, widget=forms.CheckboxSelectMultiple
        )
        if not self.data and not kept.exists():
            del self.fields["tep"]

    def evidence(self) -> list[Attachment]:
        """The files chosen and those just handed in. Raises Refused for one that is not taken."""
        on, task = day(self.at), self.task
        units = [task.lead, *(each.unit for each in task.cooperations.select_related("unit__parent"))]
        if not any(access.may(self.officer, "do_task", unit, on) for unit in units):
            return []  # the act says who may; nothing is kept of a stranger
        new = [
            acts.attach_file(self.task.stream, name=str(file.name), content=file.read(), **self.how)
            for file in self.cleaned_data["moi"]
        ]
        return list(dict.fromkeys([*self.cleaned_data.get("tep", ()), *new]))


class NoteForm(FilesForm):
    button = "Ghi tiến độ"
    text = text_field("Tiến độ, giải pháp", "Đã làm gì, bằng cách nào, còn vướng gì.")
    field_order = ["text", "tep", "moi"]

    def act(self) -> None:
        acts.note_solution(self.task, text=self.cleaned_data["text"], files=self.evidence(), **self.how)


class MilestoneForm(DeedForm):
    button = "Ghi xong mốc"
    key = forms.ChoiceField(label="Mốc", error_messages={"required": "Hãy chọn mốc."})
    on = day_field("Ngày xong")

    def prepare(self) -> None:
        reached = {each.key for each in self.standing.reached}
        told = self.standing.given.milestones if self.standing.given else ()
        self.fields["key"].choices = [
            (each["key"], each["title"]) for each in told if each["key"] not in reached
        ]
        self.fields["on"].initial = day(self.at)

    def act(self) -> None:
        acts.reach_milestone(self.task, key=self.cleaned_data["key"], on=self.cleaned_data["on"], **self.how)


def _money(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{label} (đồng)",
        min_value=0,
        max_value=MOST_MONEY,
        initial=0,
        error_messages={
            "invalid": "Ghi số tiền bằng chữ số, ví dụ 150000000.",
            "required": "Hãy ghi số tiền.",
        },
    )


class BudgetForm(DeedForm):
    button = "Ghi kinh phí"
    key = forms.ChoiceField(label="Khoản", required=False)
    name = line_field("Tên khoản mới", "Chỉ ghi khi thêm một khoản.", required=False, most=300)
    planned, assigned, disbursed = _money("Dự toán"), _money("Đã giao"), _money("Đã giải ngân")

    def prepare(self) -> None:
        kept = [(each["key"], each["name"]) for each in self.standing.budget]
        self.fields["key"].choices = [*kept, ("", "Khoản mới")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("key") and not said.get("name", "").strip():
            self.add_error("name", "Hãy ghi tên khoản mới.")
        return said

    def act(self) -> None:
        said = self.cleaned_data
        known = {each["key"]: each["name"] for each in self.standing.budget}
        key = said["key"] or str(len(known) + 1)
        money = {name: said[name] for name in ("planned", "assigned", "disbursed")}
        acts.tell_budget(self.task, key=key, name=known.get(key) or said["name"], **money, **self.how)


class ReportForm(FilesForm):
    button = "Báo cáo hoàn thành"
    explain = "Bên giao xác nhận theo minh chứng. Đúng hạn hay trễ tính theo ngày ban hành sản phẩm."
    product = line_field("Sản phẩm đã ban hành")
    number = line_field("Số, ký hiệu", required=False, most=80)
    product_on = day_field("Ngày ban hành sản phẩm")
    result = text_field("Kết quả", "Kết quả cụ thể, kiểm đếm được.")
    field_order = ["product", "number", "product_on", "result", "tep", "moi"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["product"].initial = self.task.product

    def act(self) -> None:
        said = {name: self.cleaned_data[name] for name in ("product", "number", "product_on", "result")}
        acts.report_task(self.task, **said, files=self.evidence(), **self.how)


class AskExtensionForm(DeedForm):
    button = "Xin gia hạn"
    explain = "Hạn gốc vẫn được ghi và hiện bên cạnh hạn mới."
    until = day_field("Xin gia hạn đến ngày")
    reason = text_field("Lý do")

    def act(self) -> None:
        acts.ask_extension(
            self.task, until=self.cleaned_data["until"], reason=self.cleaned_data["reason"], **self.how
        )


class TransferForm(DeedForm):
    button = "Đề nghị chuyển"
    explain = "Đơn vị vẫn chịu trách nhiệm cho đến khi bên giao đồng ý; mỗi lần đề nghị đều được ghi lại."
    to = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Chuyển cho đơn vị",
        empty_label="Chọn đơn vị",
        error_messages={"required": "Hãy chọn đơn vị."},
    )
    reason = text_field("Lý do")

    def prepare(self) -> None:
        units = queries.recipients(self.task.giver, day(self.at)).exclude(pk=self.task.lead_id)
        self.fields["to"].queryset = units

    def act(self) -> None:
        acts.propose_transfer(
            self.task, to=self.cleaned_data["to"], reason=self.cleaned_data["reason"], **self.how
        )


class AcceptForm(DeedForm):
    button = "Xác nhận hoàn thành"
    note = text_field("Nhận xét", required=False, rows=2)

    def act(self) -> None:
        acts.accept_task(self.task, note=self.cleaned_data["note"], **self.how)


class GrantForm(DeedForm):
    button = "Đồng ý gia hạn"
    until = day_field("Gia hạn đến ngày")
    note = text_field("Ghi chú", required=False, rows=2)

    def prepare(self) -> None:
        if self.standing.asked:
            self.fields["until"].initial = date.fromisoformat(self.standing.asked.until)

    def act(self) -> None:
        acts.grant_extension(
            self.task, until=self.cleaned_data["until"], note=self.cleaned_data["note"], **self.how
        )


class AllowTransferForm(DeedForm):
    button = "Đồng ý chuyển"

    def act(self) -> None:
        acts.allow_transfer(self.task, **self.how)


class ResumeForm(DeedForm):
    button = "Tiếp tục thực hiện"

    def act(self) -> None:
        acts.resume_task(self.task, **self.how)


class ReasonForm(DeedForm):
    """An act that needs a reason and nothing else."""

    reason = text_field("Lý do")
    doing: Any = None

    def act(self) -> None:
        type(self).doing(self.task, reason=self.cleaned_data["reason"], **self.how)


class ReturnForm(ReasonForm):
    button, doing = "Trả lại, yêu cầu làm lại", staticmethod(acts.return_task)


class DeclineExtensionForm(ReasonForm):
    button, doing = "Không đồng ý gia hạn", staticmethod(acts.decline_extension)


class DeclineTransferForm(ReasonForm):
    button, doing = "Không đồng ý chuyển", staticmethod(acts.decline_transfer)


class PauseForm(ReasonForm):
    button, doing = "Tạm dừng", staticmethod(acts.pause_task)
    explain = "Không ai bị nhắc trong lúc tạm dừng; hạn giữ nguyên."


class CancelForm(ReasonForm):
    button, doing = "Hủy nhiệm vụ", staticmethod(acts.cancel_task)


class UrgeForm(DeedForm):
    button = "Đôn đốc"
    text = text_field("Nội dung đôn đốc")

    def act(self) -> None:
        acts.urge_task(self.task, text=self.cleaned_data["text"], **self.how)


class DependencyForm(DeedForm):
    button = "Ghi việc phụ thuộc"
    explain = (
        "Ghi việc cơ quan ngoài tỉnh phải làm trước thì nhiệm vụ mới xong được. Hạn của nhiệm vụ giữ nguyên."
    )
    owner = line_field("Cơ quan bên ngoài", most=200)
    what = text_field("Việc phải có", "Ví dụ: sửa đổi, bổ sung Nghị định số 73/2019/NĐ-CP.", most=1000)
    due = day_field("Dự kiến có ngày", required=False)
    basis = line_field("Căn cứ", required=False, most=300)

    def act(self) -> None:
        said = {name: self.cleaned_data[name] for name in ("owner", "what", "due", "basis")}
        acts.name_dependency(**said, tasks=[self.task], **self.how)


class UrgeManyForm(forms.Form):
    """What is said once for all tasks chosen."""

    text = text_field("Nội dung đôn đốc")
