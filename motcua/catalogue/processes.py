"""Questions about internal processes: the list by procedure and unit, one version, what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Count, F, Max, Q, QuerySet

from motcua.people.models import Officer

from .models import Finding, Import, ProcessVersion, Status
from .queries import NotFound
from .words import fold

DRAFTS, IN_FORCE = "du-thao", "ap-dung"
STATES = {"": "Mọi trạng thái", DRAFTS: "Có dự thảo", IN_FORCE: "Đang áp dụng"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for: words or a code, the code of a unit, a state."""

    text: str = ""
    unit: str = ""
    state: str = ""


def shelves(wanted: Wanted, day: date) -> QuerySet[ProcessVersion, dict[str, Any]]:
    """One row for each procedure and unit that has a process: how many of each kind, and which to open."""
    draft, published = Q(status=Status.DRAFT), Q(status=Status.PUBLISHED)
    now = published & Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    found = ProcessVersion.objects.filter(_matching(wanted)).order_by()
    grouped = found.values("procedure", "unit").annotate(
        code=F("procedure__code"),
        title=F("procedure__title"),
        unit_name=F("unit__name"),
        drafts=Count("pk", draft),
        published=Count("pk", published),
        draft=Max("pk", filter=draft),
        current=Max("pk", filter=now),
        last=Max("pk"),
    )
    if wanted.state == DRAFTS:
        grouped = grouped.filter(drafts__gt=0)
    elif wanted.state == IN_FORCE:
        grouped = grouped.filter(current__isnull=False)
    return cast(
        "QuerySet[ProcessVersion, dict[str, Any]]",
        grouped.order_by("code", F("unit_name").asc(nulls_first=True)),
    )


def _matching(wanted: Wanted) -> Q:
    asked = Q(unit__code=wanted.unit) if wanted.unit else Q()
    if wanted.text:
        asked &= (
            Q(procedure__code__icontains=wanted.text)
            | Q(procedure__folded__contains=fold(wanted.text))
            | Q(procedure__title__icontains=wanted.text)
            | Q(decision__icontains=wanted.text)
        )
    return asked


def by_id(ids: Sequence[int]) -> dict[int, ProcessVersion]:
    """The heads of processes, without what they say."""
    return ProcessVersion.objects.defer("definition").in_bulk(ids)


def one(pk: int) -> ProcessVersion:
    """A process with its procedure and unit. Raises NotFound."""
    found = ProcessVersion.objects.select_related("procedure", "unit").defer("procedure__words")
    process = found.filter(pk=pk).first()
    if process is None:
        raise NotFound("Không có quy trình này")
    return process


def beside(process: ProcessVersion) -> list[ProcessVersion]:
    """Every version for the same procedure and unit, newest first, itself among them (các bản của quy trình)."""
    same = ProcessVersion.objects.filter(procedure=process.procedure_id, unit=process.unit_id)
    return list(same.defer("definition").order_by("-number"))


def drafted(code: str, unit: str) -> ProcessVersion | None:
    """The draft that waits for a procedure, of a unit or of every unit that has none of its own."""
    there = Q(unit__code=unit) if unit else Q(unit=None)
    return ProcessVersion.objects.filter(there, procedure__code=code, status=Status.DRAFT).first()


def before(process: ProcessVersion) -> ProcessVersion | None:
    """What it changes: the newest published version numbered before it."""
    same = ProcessVersion.objects.filter(procedure=process.procedure_id, unit=process.unit_id)
    return same.filter(status=Status.PUBLISHED, number__lt=process.number).order_by("-number").first()


def findings(process: ProcessVersion) -> list[Finding]:
    """What the last import of processes that spoke of its procedure could not take as it stood."""
    told = Finding.objects.filter(code=process.procedure.code, run__kind="processes")
    last = told.order_by("-run__at", "-run_id").values_list("run_id", flat=True).first()
    return list(told.filter(run_id=last).order_by("row", "pk")) if last else []


def imported(pk: int) -> Import:
    """One run of the import of processes. Raises NotFound."""
    run = Import.objects.filter(pk=pk, kind="processes").first()
    if run is None:
        raise NotFound("Không có lần nhập này")
    return run


def of_run(run: Import) -> list[ProcessVersion]:
    """The drafts of the procedures a run spoke of, by the moment they were written."""
    codes = run.findings.exclude(code="").values("code")
    found = ProcessVersion.objects.filter(status=Status.DRAFT, procedure__code__in=codes)
    return list(found.defer("definition").select_related("procedure", "unit").order_by("procedure__code"))


def name_of(username: str) -> str:
    """Who that is; the name given to sign in where nobody has it any more."""
    found = Officer.objects.filter(username=username).values_list("full_name", flat=True).first()
    return str(found or username or "một lần nhập tệp")
