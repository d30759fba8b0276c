"""What a page of a report was asked for: form, unit, period, moment, rows by field or by unit (biểu, kỳ, đơn vị)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from motcua.law.calendar import TZ, day
from motcua.people.models import Unit

from ..asked import moment
from ..queries import Unscored
from . import forms, queries, sheets, spans
from .forms import Form
from .spans import Reported

WHERE = ("nhom", "linh-vuc", "cua", "dong")


@dataclass(frozen=True)
class AskedReport:
    """One form of one unit and period, as the URL keeps it."""

    form: Form
    unit: Unit
    reported: Reported
    at: datetime
    now: datetime
    by: str
    where: Mapping[str, str]

    @classmethod
    def of(cls, slug: str, unit: str, params: Mapping[str, str], now: datetime) -> AskedReport:
        """Raises BadPeriod, NotInForce, Unscored for a unit that makes no reports."""
        reported = period(params, now)
        found = queries.unit(unit)
        if found is None:
            raise Unscored(f"không có cơ quan nào mã “{unit}” lập báo cáo")
        form = forms.named(slug, reported.last)
        by = sheets.BY_UNIT if sheets.BY_UNIT in (form.rows, params.get("theo")) else sheets.BY_FIELD
        where = {name: params[name] for name in WHERE if name in params}
        return cls(form, found, reported, moment(params.get("luc", ""), now), now, by, where)

    @property
    def query(self) -> str:
        """The querystring of this sheet, as it stands when it is opened."""
        theirs = {"theo": self.by} if self.by == sheets.BY_UNIT and not self.form.rows else {}
        return "?" + urlencode({"ky": str(self.reported)} | theirs)

    def exact(self, where: Mapping[str, str]) -> str:
        """The querystring of one row, counted at the same moment."""
        return "?" + urlencode({"ky": str(self.reported), "luc": self.at.astimezone(TZ).isoformat(), **where})


def period(params: Mapping[str, str], now: datetime) -> Reported:
    """The period asked for; else the last whose figures are closed. Raises BadPeriod."""
    text = params.get("ky", "").strip()
    return Reported.parse(text) if text else Reported.containing(day(now)).previous


def choices(reported: Reported, now: datetime) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The periods to choose from, by length: (value, label, chosen)."""
    offered = [
        (name, [(str(each), _said(each), each == reported) for each in found])
        for name, found in spans.offered(day(now))
    ]
    if not any(chosen for _, found in offered for *_, chosen in found):
        offered.append(("Kỳ đang xem", [(str(reported), _said(reported), True)]))
    return offered


def _said(reported: Reported) -> str:
    return f"{reported.label} ({reported.first:%d/%m/%Y}–{reported.last:%d/%m/%Y})"
