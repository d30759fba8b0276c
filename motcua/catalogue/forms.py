"""The due-date calculator: when a dossier handed in at some moment must be answered (tính ngày trả)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms

from motcua.law import clock
from motcua.law.calendar import FIRST_YEAR, LAST_YEAR, TZ, Calendar, OutOfYears, day
from motcua.law.clock import Reading
from motcua.law.facts import Accepted
from motcua.law.limits import TimeLimit
from motcua.law.packs import NotInForce
from motcua.people import calendars
from motcua.people.models import Unit
from motcua.ui.typed import full_year

from . import queries, telling
from .models import Channel, Term, Version

DAY_FORMS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]
TIME_FORMS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hg%M"]


@dataclass(frozen=True, slots=True)
class Promise:
    """When the answer is due (ngày trả kết quả).

    `reading` is the clock of a dossier accepted the moment it is handed in; `accepted_by` and `latest`, for an
    online filing, the last moment it may be accepted and the due moment that follows from that.
    """

    channel: str
    reading: Reading
    accepted_by: datetime | None = None
    latest: datetime | None = None

    @property
    def late_start(self) -> datetime | None:
        """When the acceptance counts, where that is later than the handing in: out of office hours."""
        started = self.reading.started
        return started if started and started > self.reading.now else None


class DueForm(forms.Form):
    """Channel and case, day and hour of handing in, and the unit by whose calendar it is counted.

    Bound to what the URL tells, or to `at` and the first way to hand in; without a term that can be counted it
    has no choices, and `promise` is None.
    """

    cach = forms.ChoiceField(label="Cách nộp")
    ngay = forms.DateField(
        label="Nộp ngày",
        input_formats=DAY_FORMS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Hãy chọn ngày nộp.", "invalid": "Viết ngày như 22/11/2026."},
        validators=[full_year],
    )
    gio = forms.TimeField(
        label="Lúc",
        input_formats=TIME_FORMS,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Hãy chọn giờ nộp.", "invalid": "Viết giờ như 16:30."},
    )
    noi = forms.ChoiceField(
        label="Cơ quan giải quyết", required=False, help_text="Mỗi cơ quan có thể có lịch làm việc riêng."
    )

    def __init__(self, version: Version, at: datetime, asked: Mapping[str, str]) -> None:
        self.terms = [term for term in version.terms.all() if telling.limit(term)]
        self.units = {unit.code: unit for unit in queries.deciding_units(version.levels, day(at))}
        given = {name: asked[name] for name in self.base_fields if name in asked}
        super().__init__(self._defaults(at) | given)
        self._choose("cach", [(str(term.position), _named(term)) for term in self.terms])
        self.fields["cach"].error_messages["invalid_choice"] = "Hãy chọn một cách nộp trong danh sách."
        self._choose("noi", [("", "Theo lịch chung"), *self._by_kind()])
        self.fields["noi"].error_messages["invalid_choice"] = "Hãy chọn một cơ quan trong danh sách."
        if not self.units:
            del self.fields["noi"]
        self.asked = bool(given)

    def _defaults(self, at: datetime) -> dict[str, str]:
        here = at.astimezone(TZ)
        first = str(self.terms[0].position) if self.terms else ""
        return {"cach": first, "ngay": f"{here:%Y-%m-%d}", "gio": f"{here:%H:%M}", "noi": ""}

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _by_kind(self) -> list[tuple[str, list[tuple[str, str]]]]:
        kinds: dict[str, list[tuple[str, str]]] = {}
        for code, unit in self.units.items():
            kinds.setdefault(unit.get_kind_display(), []).append((code, unit.name))
        return list(kinds.items())

    @property
    def unit(self) -> Unit | None:
        return self.units.get(self.cleaned_data.get("noi", ""))

    def clean(self) -> dict[str, Any] | None:
        told = super().clean()
        if not self.errors:
            try:
                self._promised  # noqa: B018
            except OutOfYears:
                self.add_error("ngay", f"Lịch làm việc chỉ có từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.")
            except NotInForce as early:
                self.add_error("ngay", f"Chưa tính được: {early}.")
        return told

    def promise(self) -> Promise | None:
        """The due moment with its ledger, None while something is missing or wrong."""
        return self._promised if self.terms and self.is_valid() else None

    @cached_property
    def _promised(self) -> Promise:
        told = self.cleaned_data
        chosen = next(term for term in self.terms if str(term.position) == told["cach"])
        limit = telling.limit(chosen)
        calendar = calendars.of(self.unit) if self.unit else Calendar()
        start = datetime.combine(told["ngay"], told["gio"], TZ)
        return promised(chosen.channel, limit, start, calendar)


def promised(channel: str, limit: TimeLimit | None, start: datetime, calendar: Calendar) -> Promise:
    """The due moment of a dossier handed in at `start`. Raises OutOfYears, NotInForce."""
    rules = clock.rules(day(start))
    accepted = Accepted(at=start, channel=channel, limit=str(limit or ""), rules_day="", due="")
    reading = clock.read([accepted], limit=limit, calendar=calendar, rules=rules, now=start)
    if channel != Channel.ONLINE or limit is None:
        return Promise(channel, reading)
    _, accepted_by = clock.reception_deadlines(start, calendar, rules)
    return Promise(channel, reading, accepted_by, clock.due(accepted_by, limit, calendar, rules))


def _named(term: Term) -> str:
    case = f" ({telling.plain(term.case)[:80]})" if term.case else ""
    return f"{term.get_channel_display()}: {telling.limit(term)}{case}"
