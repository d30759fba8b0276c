"""The forms about instruments: registering one, giving its tasks, taking in a plan, naming what is outside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings

from motcua.law.calendar import day
from motcua.people.models import Officer, Unit, UnitKind

from . import acts, queries, shown
from .forms import WRITTEN, FilesField, day_field, line_field, text_field
from .models import Instrument, InstrumentKind, IssuerKind
from .planning import MOST_MONEY

NO_UNIT = {"required": "Hãy chọn đơn vị.", "invalid_choice": "Hãy chọn đơn vị trong danh sách."}
YEAR = dict.fromkeys(("invalid", "min_value", "max_value"), "Năm viết đủ bốn chữ số, ví dụ 2026.")


class InstrumentForm(forms.Form):
    """Đăng ký văn bản chỉ đạo."""

    fields: dict[str, Any]
    kind = forms.ChoiceField(label="Loại văn bản", choices=InstrumentKind.choices)
    number = line_field("Số, ký hiệu", "Ghi như trên văn bản, ví dụ 147/TB-UBND.", most=80)
    aliases = line_field(
        "Số khác văn bản được viện dẫn", "Cách nhau bằng dấu chấm phẩy.", required=False, most=400
    )
    issuer_kind = forms.ChoiceField(label="Cấp ban hành", choices=IssuerKind.choices, initial="province")
    issuer = line_field("Cơ quan ban hành", most=200)
    signer = line_field("Người ký", required=False, most=120)
    issued_on = day_field("Ngày ban hành")
    summary = text_field("Trích yếu", most=1000)
    meeting = line_field("Cuộc họp, hội nghị", "Với thông báo kết luận.", required=False, most=300)
    meeting_on = day_field("Ngày họp", required=False)
    parent = forms.ModelChoiceField(
        Instrument.objects.none(), label="Thực hiện văn bản", required=False, empty_label="Không có"
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="Kế hoạch của đơn vị", required=False, empty_label="Không phải kế hoạch"
    )
    year = forms.IntegerField(
        label="Kế hoạch năm",
        required=False,
        min_value=2000,
        max_value=2100,
        error_messages=YEAR,
    )
    tep = FilesField(
        label="Tệp văn bản", required=False, help_text="PDF, Word, Excel hoặc ảnh; đính kèm sau cũng được."
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, officer: Officer, at: datetime, initial: Any = None
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.officer, self.at = officer, at
        own = [unit.pk for unit in queries.givers(officer, day(at))]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=own).order_by("code")
        chosen = str(self["parent"].value() or "")
        recent = Instrument.objects.order_by("-issued_on", "-id").values_list("pk", flat=True)[:100]
        keys = [*recent, *([int(chosen)] if chosen.isdecimal() else [])]
        self.fields["parent"].queryset = Instrument.objects.filter(pk__in=keys)

    def clean_aliases(self) -> str:
        said: str = self.cleaned_data["aliases"]
        if any(len(part.strip()) > 80 for part in said.split(";")):
            raise forms.ValidationError("Mỗi số nhiều nhất 80 chữ; các số cách nhau bằng dấu chấm phẩy.")
        return said

    def act(self) -> Instrument:
        said = dict(self.cleaned_data)
        said.pop("tep")
        aliases = tuple(part.strip() for part in said.pop("aliases").split(";") if part.strip())
        new = acts.NewInstrument(**{**said, "aliases": aliases, "year": said["year"] or 0})
        return acts.register_instrument(new, by=self.officer, at=self.at)


class AliasForm(forms.Form):
    """Ghi thêm số, ký hiệu khác."""

    alias = line_field("Số, ký hiệu khác", most=80)


class GiveForm(forms.Form):
    """Giao một nhiệm vụ cho nhiều đơn vị."""

    fields: dict[str, Any]
    giver = forms.ModelChoiceField(
        Unit.objects.none(), label="Bên giao", empty_label=None, error_messages=NO_UNIT
    )
    title = text_field("Nhiệm vụ", rows=2, most=1000)
    product = line_field("Sản phẩm", "Sản phẩm cụ thể, kiểm đếm được.")
    detail = text_field("Yêu cầu cụ thể", required=False, rows=2)
    groups = forms.MultipleChoiceField(
        label="Giao cho cả nhóm",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(slug, label) for slug, label, _ in queries.GROUPS],
    )
    leads = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label="Đơn vị chủ trì",
        required=False,
        help_text="Mỗi đơn vị được chọn nhận một nhiệm vụ riêng.",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-long"}),
    )
    cooperating = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label="Đơn vị phối hợp",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-long"}),
    )
    due = day_field("Hạn hoàn thành")
    every = forms.ChoiceField(
        label="Lặp lại",
        required=False,
        choices=list(acts.EVERY.items()),
        help_text="Việc thường xuyên: mỗi kỳ đến hạn trên là một lần phải báo cáo.",
    )
    begins = day_field("Bắt đầu từ ngày", required=False)
    field = forms.ChoiceField(label="Lĩnh vực", required=False)
    tags = forms.MultipleChoiceField(label="Nhãn", required=False, widget=forms.CheckboxSelectMultiple)
    milestones = text_field(
        "Mốc tiến độ", "Mỗi dòng một mốc: ngày, rồi tên mốc. Ví dụ: 15/06/2026 Trình dự thảo.", required=False
    )
    planned = forms.IntegerField(
        label="Dự toán kinh phí (đồng)", required=False, min_value=0, max_value=MOST_MONEY
    )

    def __init__(
        self,
        data: Any = None,
        *,
        officer: Officer,
        at: datetime,
        instrument: Instrument | None,
        cause: str = "",
    ) -> None:
        super().__init__(data)
        self.officer, self.at, self.instrument, self.cause = officer, at, instrument, cause
        on = day(at)
        givers = queries.givers(officer, on)
        self.fields["giver"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in givers])
        units = {unit.pk for giver in givers for unit in queries.recipients(giver, on)}
        self.fields["leads"].queryset = Unit.objects.filter(pk__in=units).order_by("-kind", "code")
        working = queries.standing(on).exclude(kind=UnitKind.CENTRE)
        self.fields["cooperating"].queryset = working.order_by("-kind", "code")
        there = set(self.fields["leads"].queryset.values_list("kind", flat=True))
        self.fields["groups"].choices = [
            (slug, label) for slug, label, kind in queries.GROUPS if kind in there
        ]
        self.fields["field"].choices = [("", "Chọn lĩnh vực"), *shown.choices("fields", on)]
        self.fields["tags"].choices = shown.choices("tags", on)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("groups") and not said.get("leads"):
            self.add_error("leads", "Hãy chọn ít nhất một đơn vị hoặc một nhóm.")
        return said

    def clean_milestones(self) -> tuple[dict[str, str], ...]:
        found = []
        lines = [line.strip() for line in self.cleaned_data["milestones"].splitlines() if line.strip()]
        for number, line in enumerate(lines, start=1):
            written, _, title = line.partition(" ")
            due = _written(written)
            if due is None or not title.strip():
                raise forms.ValidationError(
                    f"Dòng {number}: ghi ngày rồi tên mốc, ví dụ 15/06/2026 Trình dự thảo."
                )
            found.append({"key": str(number), "title": title.strip()[:300], "due": due.isoformat()})
        return tuple(found)

    def act(self) -> int:
        said = self.cleaned_data
        chosen = [unit for slug in said["groups"] for unit in queries.group(slug, day(self.at))]
        line = acts.Assignment(
            title=said["title"],
            product=said["product"],
            leads=list(dict.fromkeys([*chosen, *said["leads"]])),
            due=said["due"],
            begins=said["begins"],
            every=said["every"],
            detail=said["detail"],
            field=said["field"],
            cause=self.cause,
            tags=tuple(said["tags"]),
            cooperating=list(said["cooperating"]),
            milestones=said["milestones"],
            budget=_budget(said["planned"]),
        )
        made = acts.give_tasks(
            [line], giver=said["giver"], instrument=self.instrument, by=self.officer, at=self.at
        )
        return len(made)


class PlanForm(forms.Form):
    """Nhập kế hoạch từ bảng tính."""

    fields: dict[str, Any]
    giver = forms.ModelChoiceField(
        Unit.objects.none(), label="Bên giao", empty_label=None, error_messages=NO_UNIT
    )
    tep = forms.FileField(
        label="Tệp kế hoạch (XLSX)",
        error_messages={"required": "Hãy chọn tệp kế hoạch.", "empty": "Tệp rỗng; hãy chọn tệp khác."},
    )

    def __init__(self, data: Any = None, files: Any = None, *, officer: Officer, at: datetime) -> None:
        super().__init__(data, files)
        own = [unit.pk for unit in queries.givers(officer, day(at))]
        self.fields["giver"].queryset = Unit.objects.filter(pk__in=own)

    def clean_tep(self) -> Any:
        file, most = self.cleaned_data["tep"], settings.STEERING_FILE_MB
        if file.size > most * 1_000_000:
            raise forms.ValidationError(f"Tệp lớn hơn {most} MB; hãy tách thành nhiều tệp.")
        return file


class MeetForm(forms.Form):
    """Việc phụ thuộc bên ngoài đã có."""

    on = day_field("Ngày có")
    document = line_field("Văn bản, kết quả", most=200)


def _budget(planned: int | None) -> tuple[dict[str, Any], ...]:
    if not planned:
        return ()
    return ({"key": "1", "name": "Kinh phí thực hiện", "planned": planned, "assigned": 0, "disbursed": 0},)


def _written(text: str) -> date | None:
    for form in WRITTEN:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None
