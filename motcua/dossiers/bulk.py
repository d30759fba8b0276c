"""One act on many rows of the worklist, each by its own act and told what came of it (làm nhiều hồ sơ)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404

from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Role

from . import duties, queries
from .forms import OF
from .models import Task

MOST = 100
LABELS = {
    "nhan-viec": "Nhận việc",
    "ky-nhan": "Ký nhận bàn giao",
    "phan-cong": "Phân công",
    "hoan-thanh": "Hoàn thành bước",
    "ky-duyet": "Ký duyệt",
    "giao-giay": "Giao hồ sơ giấy",
    "nhan-giay": "Ký nhận hồ sơ giấy",
}
NOTED = ("hoan-thanh", "ky-duyet", "giao-giay", "nhan-giay")
ALONE = "Việc này cần chọn thêm; hãy làm riêng hồ sơ này"


@dataclass(frozen=True, slots=True)
class Pick:
    """One row chosen: a dossier and, for an act at a step, its step; `task` while it still waits on the list."""

    code: str
    step: str
    task: Task | None = None

    @property
    def value(self) -> str:
        return f"{self.code}/{self.step}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row: done, or why not."""

    pick: Pick
    reason: str = ""
    source: str = ""


class Many(forms.Form):
    """What is asked once for all rows."""

    fields: dict[str, Any]
    note = forms.CharField(
        label="Ghi chú cho mọi hồ sơ",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    to = forms.ModelChoiceField(
        Officer.objects.none(),
        label="Giao cho",
        empty_label="Chọn cán bộ",
        error_messages={"required": "Hãy chọn cán bộ.", "invalid_choice": "Hãy chọn cán bộ trong danh sách."},
    )

    def __init__(self, data: Any = None, *, slug: str, picks: Sequence[Pick], on: date) -> None:
        super().__init__(data)
        if slug not in NOTED:
            del self.fields["note"]
        pairs = _given(slug, picks)
        if not pairs:
            del self.fields["to"]
            return
        held = Q()
        for unit, role in pairs:
            held |= Q(posts__unit=unit, posts__role=role)
        now = Q(posts__valid_from__lte=on) & (Q(posts__valid_to=None) | Q(posts__valid_to__gt=on))
        able = Officer.objects.filter(held, now, is_active=True).values("pk")
        loads = Officer.objects.filter(pk__in=able).annotate(
            load=Count("tasks", filter=Q(tasks__waiting=False))
        )
        people = list(loads.order_by("load", "full_name", "pk"))
        self.fields["to"].queryset = loads
        listed = [(who.pk, f"{who.full_name} (đang có {who.load} việc)") for who in people]
        self.fields["to"].choices = [("", "Chọn cán bộ"), *listed]
        self.fields["to"].required = slug == "phan-cong"


def picked(values: Iterable[str], officer: Officer, on: date) -> list[Pick]:
    """The rows chosen, in the order chosen, with their tasks where the officer may see them."""
    pairs = [value.partition("/")[::2] for value in dict.fromkeys(values) if "/" in value][:MOST]
    seen = Q(dossier__in=queries.readable(officer, on)) | Q(
        unit__in=[p.unit_id for p in access.posts(officer, on)]
    )
    found = Task.objects.filter(seen, dossier__code__in=[code for code, _ in pairs])
    related = found.select_related("dossier__version", "dossier__deciding_unit", "unit", "officer")
    tasks = {(task.dossier.code, task.step): task for task in related}
    return [Pick(code, step, tasks.get((code, step))) for code, step in pairs]


def run(
    slug: str, picks: Sequence[Pick], said: Mapping[str, Any], officer: Officer, at: datetime
) -> Iterator[Outcome]:
    """Do the act on each row, whatever becomes of the others."""
    for pick in picks:
        try:
            _one(slug, pick, said, officer, at)
        except Refused as refusal:
            refusal = refusal.named(queries.people([refusal.who])) if refusal.who else refusal
            yield Outcome(pick, refusal.reason, refusal.source)
        except log.Stale:
            yield Outcome(pick, "Nhiều người đang ghi vào hồ sơ này cùng lúc; hãy làm lại sau ít giây")
        except (Http404, PermissionDenied) as missing:
            yield Outcome(pick, str(missing))
        else:
            yield Outcome(pick)


def _one(slug: str, pick: Pick, said: Mapping[str, Any], officer: Officer, at: datetime) -> None:
    case = queries.dossier_for(officer, pick.code, day(at))
    step = pick.step.removeprefix(duties.OFFERED)
    told: dict[str, Any] = {"note": said.get("note", "")}
    blank = OF[slug](None, case=case, officer=officer, at=at, step=step)
    if who := said.get("to"):
        told |= {"to": who.pk}
        told |= {name: who.username for name in blank.fields if name.startswith("giao-")}
    form = OF[slug](told, case=case, officer=officer, at=at, step=step)
    if not form.is_valid():
        raise Refused(ALONE)
    form.act()


def _given(slug: str, picks: Sequence[Pick]) -> set[tuple[int, str]]:
    """The units and roles of those the steps may be given to; empty when the act gives nothing to anybody."""
    tasks = [pick.task for pick in picks if pick.task]
    if slug == "phan-cong":
        return {(task.unit_id, task.role) for task in tasks}
    if slug == "hoan-thanh":
        return {(task.unit_id, Role.HANDLER) for task in tasks if task.role == Role.ASSIGNER}
    return set()
