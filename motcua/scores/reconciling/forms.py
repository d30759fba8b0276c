"""The form of a comparison; it ends in the act."""

from __future__ import annotations

from datetime import datetime

from django import forms

from motcua.gateways.models import Errand
from motcua.people.models import Officer
from motcua.ui.typed import full_year

from . import acts
from .models import Reconciliation

DAY = {"required": "Hãy chọn ngày.", "invalid": "Ngày viết như 01/10/2026."}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DaysForm(forms.Form):
    """Đối soát qua trục: the days alone."""

    tu_ngay = forms.DateField(
        label="Hồ sơ tiếp nhận từ ngày",
        error_messages=DAY,
        widget=_day(),
        validators=[full_year],
    )
    den_ngay = forms.DateField(
        label="Đến hết ngày",
        error_messages=DAY,
        widget=_day(),
        validators=[full_year],
    )

    def ask(self, *, by: Officer, at: datetime) -> tuple[Errand, bool]:
        said = self.cleaned_data
        return acts.ask_portal(said["tu_ngay"], said["den_ngay"], by=by, at=at)


class ReconcileForm(DaysForm):
    """Đối soát một tệp của Cổng."""

    tep = forms.FileField(
        label="Tệp của Cổng Dịch vụ công quốc gia",
        help_text="CSV hoặc JSON có MaHoSo, TrangThaiHoSo; thêm NgayTiepNhan, NgayKetThucXuLy thì đối chiếu "
        "cả thời điểm.",
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp rỗng; chọn tệp khác."},
    )

    def act(self, *, by: Officer, at: datetime) -> Reconciliation:
        said = self.cleaned_data
        file = said["tep"]
        return acts.reconcile(file.read(), file.name, said["tu_ngay"], said["den_ngay"], by=by, at=at)
