"""What is written in a round: a set from its table, a round, and what is said about one criterion of a sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms

from motcua.law import par
from motcua.law.par import LABELS, Criterion
from motcua.law.par_round import LABELS as STAGES
from motcua.law.par_round import ORDER, Stage
from motcua.people.models import UnitKind
from motcua.ui.templatetags import ui
from motcua.ui.typed import full_year

from ..measures import Actual
from . import queries
from .acts import Correction, Given
from .models import CriteriaTable, ParLine, ParSheet

_WRITTEN = re.compile(r"-?([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]+)?")
_POINTED = re.compile(r"-?[0-9]+\.[0-9]+")
MOST_VOTES = 10**9
LARGEST = 2 * 1024 * 1024
KINDS = [(kind.value, kind.label) for kind in (UnitKind.DEPARTMENT, UnitKind.COMMUNE, UnitKind.PROVINCE)]
CHOICES = [("yes", "Có"), ("no", "Không"), ("na", "Không áp dụng")]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Exact(forms.CharField):
    """A number as people write it, 1.250 or 9,5, kept exactly: its clean value is its text with a point."""

    def clean(self, value: Any) -> str:
        told = str(super().clean(value)).strip()
        if _WRITTEN.fullmatch(told):
            return told.replace(".", "").replace(",", ".")
        if told and not _POINTED.fullmatch(told):
            raise forms.ValidationError("Ghi một số, ví dụ 9,5.")
        return told


class TableForm(forms.Form):
    """Nhập bộ tiêu chí từ tệp."""

    name = forms.CharField(label="Tên bộ tiêu chí", max_length=300)
    decision = forms.CharField(label="Số quyết định", max_length=80)
    decided_on = forms.DateField(label="Ngày ban hành", widget=DAY, validators=[full_year])
    kind = forms.ChoiceField(label="Áp dụng cho", choices=KINDS)
    file = forms.FileField(
        label="Bảng tiêu chí",
        help_text="CSV hoặc XLSX, tối đa 2 MB, mỗi tiêu chí một dòng; dòng đầu là tên cột: ma, ten, diem, cach_cham, "
        "tham_so, co_quan, kiem_chung, so_lieu.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("Tệp lớn hơn 2 MB.")
        return file


class RoundForm(forms.Form):
    """Mở đợt chấm điểm: mọi đơn vị của loại mà bộ tiêu chí áp dụng."""

    table = forms.ModelChoiceField(
        CriteriaTable.objects.all(), label="Bộ tiêu chí", empty_label="Chọn bộ tiêu chí"
    )
    year = forms.IntegerField(label="Năm đánh giá", min_value=2012, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stage in ORDER[1:-1]:
            self.fields[stage.value] = forms.DateField(
                label=f"{STAGES[stage]} đến hết ngày", widget=DAY, validators=[full_year]
            )

    @property
    def closes(self) -> dict[Stage, date]:
        return {stage: self.cleaned_data[stage.value] for stage in ORDER[1:-1]}


class DeclareForm(forms.Form):
    """Kê khai một tiêu chí: the fields its way to score asks for."""

    evidence = forms.CharField(
        label="Tài liệu kiểm chứng",
        help_text="Số, ngày của văn bản, hoặc đường dẫn.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, criterion: Criterion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        why = {"why": _why()} if criterion.measure else {}
        self.fields = {**_asked(criterion), **why, **self.fields}

    @property
    def given(self) -> Given:
        said = self.cleaned_data
        votes = {name.removeprefix("vote-"): said[name] or 0 for name in said if name.startswith("vote-")}
        why = said.get("why") or ""
        if said.get("choice") == "na":
            return Given("na", evidence=said["evidence"], why=why)
        choice = said.get("choice") or ""
        return Given(
            choice if choice != "given" else "",
            n=said.get("n") or "",
            d=said.get("d") or "",
            votes=votes,
            evidence=said["evidence"],
            why=why,
        )


class PointsForm(forms.Form):
    """Rà soát, hoặc kết luận của hội đồng."""

    points = Exact(label="Điểm", max_length=12, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    reason = forms.CharField(
        label="Nhận xét, lý do", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExplainForm(forms.Form):
    """Giải trình."""

    text = forms.CharField(
        label="Nội dung giải trình", max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    evidence = forms.CharField(label="Tài liệu bổ sung", required=False, max_length=2000)


class CorrectForm(forms.Form):
    """Giao việc khắc phục: which lost points, by which day."""

    chosen = forms.MultipleChoiceField(
        label="Tiêu chí mất điểm",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một tiêu chí."},
    )
    product = forms.CharField(
        label="Sản phẩm phải có", max_length=500, initial="Báo cáo kết quả khắc phục kèm tài liệu kiểm chứng"
    )
    due = forms.DateField(label="Hạn hoàn thành", widget=DAY, validators=[full_year])

    def __init__(self, sheet: ParSheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = sheet.round.table.criteria.criteria
        lost = sheet.lines.filter(lost__gt=0).order_by("-lost")
        choices = [(line.criterion, self._named(line)) for line in lost]
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        busy = queries.under_way(sheet)
        field.choices, field.initial = choices, [code for code, _ in choices if code not in busy]

    def _named(self, line: ParLine) -> str:
        return f"{line.criterion}. {self.criteria[line.criterion].name}: mất {ui.number(line.lost)} điểm"

    @property
    def lines(self) -> list[Correction]:
        said = self.cleaned_data
        return [
            Correction(
                code, f"Khắc phục tiêu chí {code}: {self.criteria[code].name}", said["product"], said["due"]
            )
            for code in said["chosen"]
        ]


def given_before(sheet: ParSheet, criterion: Criterion, actual: Actual | None) -> dict[str, Any]:
    """What was declared last, before that what the system counts, to begin the form with."""
    declared = queries.folded(sheet).line(criterion.code).declared
    if declared is None:
        return _offered(criterion, actual)
    votes = {f"vote-{option}": count for option, count in declared.votes.items()}
    numbers = {name: getattr(declared, name).replace(".", ",") for name in ("n", "d")}
    told = {"choice": declared.choice or "given", "evidence": declared.evidence, "why": declared.why}
    return {**told, **numbers, **votes}


def _offered(criterion: Criterion, actual: Actual | None) -> dict[str, Any]:
    if actual is None or actual.n is None:
        return {}
    answer = par.answer_from(criterion, actual.n, actual.d)
    if answer is None:
        return {}
    numbers = {name: _said(value) for name in ("n", "d") if (value := getattr(answer, name)) is not None}
    return {"choice": answer.choice or "given", **numbers}


def _why() -> forms.Field:
    return forms.CharField(
        label="Lý do khác số liệu hệ thống",
        help_text="Bắt buộc khi số kê khai khác số hệ thống tính.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _asked(criterion: Criterion) -> dict[str, forms.Field]:
    if criterion.surveyed:
        weights: Mapping[str, Any] = criterion.rule["weights"]
        return {
            f"vote-{option}": forms.IntegerField(
                label=f"Số phiếu chọn {option}", min_value=0, max_value=MOST_VOTES, required=False
            )
            for option in weights
        }
    if criterion.kind == "yes_no":
        return {"choice": forms.ChoiceField(label="Kê khai", choices=CHOICES, widget=forms.RadioSelect)}
    number = forms.TextInput(attrs={"inputmode": "decimal"})
    found: dict[str, forms.Field] = {
        "choice": forms.ChoiceField(
            label="Kê khai",
            choices=[("given", "Có số liệu"), ("na", "Không áp dụng")],
            initial="given",
            widget=forms.RadioSelect,
        ),
        "n": Exact(label=_amount(criterion), required=False, max_length=20, widget=number),
    }
    if criterion.kind in ("share", "share_from", "all_only", "ladder"):
        optional = " (để trống nếu số đạt được đã là mức cần xét)" if criterion.kind == "ladder" else ""
        found["d"] = Exact(label=f"Tổng số{optional}", required=False, max_length=20, widget=number)
    return found


def _amount(criterion: Criterion) -> str:
    return {"count": "Số lượng", "extra": "Số lượng", "direct": "Điểm tự chấm"}.get(
        criterion.kind, "Số đạt được"
    )


def way(criterion: Criterion) -> str:
    """How a criterion is scored, in words, with what its rule names (cách tính điểm)."""
    rule, told = criterion.rule, LABELS[criterion.kind]
    if criterion.kind == "share_from":
        return told.replace("mức sàn", f"{_said(rule['floor'])} %")
    if criterion.kind == "ladder":
        return "Từ " + "; từ ".join(
            f"{_said(step['from'])}: {_said(step['points'])} điểm" for step in rule["steps"]
        )
    if criterion.kind == "count":
        return f"Mỗi đơn vị {_said(rule['each'])} điểm, không quá điểm tối đa"
    if criterion.kind == "extra":
        return f"Mỗi lần {_said(rule['each'])} điểm, không quá {_said(rule['most'])} điểm"
    return told


def _said(number: Any) -> str:
    value = Fraction(str(number))
    written = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")
