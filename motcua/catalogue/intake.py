"""Taking drafts into the catalogue: what is new, what has changed, what stays (tiếp nhận bản đọc được).

Parts of the import acts, inside their transaction; a draft version is replaced by a newer reading, one announced or
published is followed by a new version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import F, Max, Model

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Unit

from . import agencies, publishing
from .models import Component, Fee, LegalBasis, Procedure, ProcessVersion, Result, Status, Term, Version
from .reading.drafts import Draft, Found, Notes, ProcessDraft, ProcessRead, Read

PARTS: dict[str, type[Model]] = {
    "components": Component,
    "terms": Term,
    "fees": Fee,
    "results": Result,
    "bases": LegalBasis,
}
LISTS = ("levels", "audiences")


@dataclass
class Report:
    """What an import read and changed, and what it found (báo cáo nhập).

    `with_number` and `with_unit` count the procedures with a term read for some channel: its number, and both.
    """

    source: str
    kind: str
    dry_run: bool = False
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    published: int = 0
    with_number: int = 0
    with_unit: int = 0
    found: list[Found] = field(default_factory=list)

    @property
    def problems(self) -> Counter[tuple[str, str]]:
        """How often each problem of each field came up."""
        return Counter((found.field, found.problem) for found in self.found)

    def as_data(self) -> dict[str, Any]:
        counts = {name: value for name, value in asdict(self).items() if name != "found"}
        problems = [{"field": f, "problem": p, "count": n} for (f, p), n in self.problems.most_common()]
        return counts | {"problems": problems, "findings": [asdict(found) for found in self.found]}


def accepted(read: Read, seen: set[str], report: Report) -> Draft | None:
    """The draft of a record, None for one that is refused or was there before in the same file."""
    report.read += 1
    report.found += read.found
    draft = read.draft
    if draft and draft.code in seen:
        problem, remedy = "mã thủ tục lặp lại trong tệp, giữ bản ghi đầu", "Bỏ bản ghi thừa rồi nhập lại"
        report.found.append(Found(read.row, draft.code, "code", problem, draft.title, remedy))
        draft = None
    if draft is None:
        report.refused += 1
        return None
    seen.add(draft.code)
    report.with_number += any(term.amount is not None for term in draft.terms)
    report.with_unit += any(term.amount is not None and term.unit for term in draft.terms)
    return draft


def take(drafts: Sequence[Draft], at: datetime, report: Report) -> list[Version]:
    """Write what is new or changed; returns the draft versions that may be published now."""
    newest = {version.procedure.code: version for version in _newest([draft.code for draft in drafts])}
    kept = {d.code for d in drafts if d.code in newest and newest[d.code].source_digest == d.digest}
    fresh = [draft for draft in drafts if draft.code not in kept]
    report.unchanged += len(kept)
    report.changed += sum(draft.code in newest for draft in fresh)
    report.added += sum(draft.code not in newest for draft in fresh)
    waiting = [newest[code] for code in kept if newest[code].status == Status.DRAFT]
    return _after_announced(waiting + _write(fresh, newest, at), report)


def _after_announced(drafts: list[Version], report: Report) -> list[Version]:
    """Those that may be published: before one that was announced and waits, that one could never be any more."""
    waits = Version.objects.filter(
        procedure__in={each.procedure_id for each in drafts}, status=Status.ANNOUNCED
    )
    held = set(waits.values_list("procedure_id", flat=True))
    problem, remedy = "bản đã công bố chờ công khai, bản đọc được giữ làm dự thảo", "Công khai bản đã công bố"
    report.found += [
        Found(0, each.procedure.code, "code", problem, each.title[:200], remedy)
        for each in drafts
        if each.procedure_id in held
    ]
    return [each for each in drafts if each.procedure_id not in held]


def _newest(codes: Sequence[str]) -> Iterable[Version]:
    # What a draft regulation is to say is no reading of a file, and no file takes its place.
    versions = Version.objects.filter(procedure__code__in=codes, drafted=None).select_related("procedure")
    return versions.order_by("procedure_id", "-number").distinct("procedure_id")


def _numbers(codes: Sequence[str]) -> dict[str, int]:
    """The last number given to a version of each procedure."""
    given = Version.objects.filter(procedure__code__in=codes).order_by().values_list("procedure__code")
    return dict(given.annotate(last=Max("number")))


def _write(drafts: Sequence[Draft], newest: Mapping[str, Version], at: datetime) -> list[Version]:
    replaced = [
        newest[d.code].pk for d in drafts if d.code in newest and newest[d.code].status == Status.DRAFT
    ]
    Version.objects.filter(pk__in=replaced).delete()
    procedures = _procedures(drafts)
    numbers = _numbers([draft.code for draft in drafts])
    versions = [
        _version(draft, procedures[draft.code], newest.get(draft.code), numbers.get(draft.code, 0) + 1, at)
        for draft in drafts
    ]
    Version.objects.bulk_create(versions)
    for name, model in PARTS.items():
        parts = (
            model(version=version, position=position, **_flat(part))
            for draft, version in zip(drafts, versions, strict=True)
            for position, part in enumerate(getattr(draft, name))
        )
        while batch := list(islice(parts, 2000)):
            model._default_manager.bulk_create(batch)
    return versions


def _flat(part: Any) -> dict[str, Any]:
    """The fields of a draft as they are; asdict would copy every text."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


def _procedures(drafts: Sequence[Draft]) -> dict[str, Procedure]:
    known = {p.code: p for p in Procedure.objects.filter(code__in=[d.code for d in drafts]).defer("words")}
    new = [Procedure(code=d.code, title=d.title, field=d.field) for d in drafts if d.code not in known]
    return known | {p.code: p for p in Procedure.objects.bulk_create(new)}


def _version(
    draft: Draft, procedure: Procedure, before: Version | None, number: int, at: datetime
) -> Version:
    told = {name: value for name, value in _flat(draft).items() if name not in ("code", *PARTS)}
    told |= {name: list(told[name]) for name in LISTS}
    return Version(
        procedure=procedure,
        number=number,
        valid_from=_begins(draft, before, at),
        source_digest=draft.digest,
        **told,
    )


def _begins(draft: Draft, before: Version | None, at: datetime) -> date:
    """The day of the decision, else of the import, but after the beginning of a published version before it."""
    begins = draft.decided_on or day(at)
    if before and before.status != Status.DRAFT:
        return max(begins, before.valid_from + timedelta(days=1))
    return begins


def known(read: ProcessRead, report: Report) -> bool:
    """Whether the procedure and the unit of a process are in the database; a refusal is counted and noted."""
    draft, problem = read.draft, ""
    if draft and not Procedure.objects.filter(code=draft.code).exists():
        problem = "mã thủ tục không có trong danh mục, từ chối quy trình"
    elif draft and draft.unit and not Unit.objects.filter(code=draft.unit).exists():
        problem = "không có đơn vị mang mã này, từ chối quy trình"
    if draft and problem:
        kept = f"{draft.decision} {draft.unit}".strip()
        report.found.append(
            Found(read.row, draft.code, "ma_tthc", problem, kept, "Nhập thủ tục, đơn vị trước")
        )
    report.refused += draft is None or bool(problem)
    return draft is not None and not problem


def in_units(reads: Sequence[ProcessRead], at: datetime, report: Report) -> list[ProcessDraft]:
    """The drafts with the units their steps name, as far as they are certain; the rest is noted."""
    names, settled = agencies.Names.on(day(at)), []
    for read in reads:
        if read.draft:
            notes = Notes(read.row, read.draft.code)
            settled.append(agencies.settled(read.draft, read.responsible, names, notes))
            report.found += notes.found
    return settled


def take_processes(drafts: Sequence[ProcessDraft], at: datetime, report: Report, publish: bool) -> None:
    """Write what is new or changed; publishes, when asked, what is whole and the only process of its code."""
    times = Counter((draft.code, draft.unit) for draft in drafts)
    groups: dict[tuple[str, str, str], list[ProcessDraft]] = {}
    for draft in drafts:
        groups.setdefault((draft.code, draft.unit, draft.decision), []).append(draft)
    for (code, unit, _), group in groups.items():
        written = _take_group(group, at, report)
        if times[code, unit] > 1:
            _note_several(group, times[code, unit], report)
        elif publish and group[0].ready:
            report.published += sum(_published(process, report, group[0].row) for process in written)


def _note_several(group: Sequence[ProcessDraft], times: int, report: Report) -> None:
    kept = f"{times} quy trình; dòng {', '.join(str(draft.row) for draft in group)}"
    problem = "một mã có nhiều quy trình, chưa công khai được"
    remedy = "Kiểm tra mã, chọn quy trình cho từng trường hợp"
    report.found.append(Found(group[0].row, group[0].code, "ma_tthc", problem, kept, remedy))


def _take_group(group: Sequence[ProcessDraft], at: datetime, report: Report) -> list[ProcessVersion]:
    """Write the processes of one code, unit and decision; returns the drafts among them."""
    procedure = Procedure.objects.defer("words").get(code=group[0].code)
    unit = Unit.objects.get(code=group[0].unit) if group[0].unit else None
    standing = list(procedure.processes.filter(unit=unit, decision=group[0].decision, valid_to__isnull=True))
    waiting: list[ProcessVersion] = []
    fresh: list[ProcessDraft] = []
    for draft in group:
        same = next((process for process in standing if process.source_digest == draft.digest), None)
        if same is None:
            fresh.append(draft)
            continue
        standing.remove(same)
        report.unchanged += 1
        waiting += [same] if same.status == Status.DRAFT else []
    return waiting + [write_process(draft, procedure, unit, standing, at, report) for draft in fresh]


def write_process(
    draft: ProcessDraft,
    procedure: Procedure,
    unit: Unit | None,
    standing: list[ProcessVersion],
    at: datetime,
    report: Report,
) -> ProcessVersion:
    """A changed process takes the place of the draft that stood there, or follows what was published."""
    before = standing.pop(0) if standing else None
    report.changed += before is not None
    report.added += before is None
    told = {name: getattr(draft, name) for name in ("name", "decision", "issuer", "definition")}
    if before and before.status == Status.DRAFT:
        ProcessVersion.objects.filter(pk=before.pk).update(
            **told,
            source_digest=draft.digest,
            revision=F("revision") + 1,
            saved_at=at,
            saved_by="",
            saved_in="",
        )
        before.refresh_from_db()
        return before
    given = ProcessVersion.objects.filter(procedure=procedure, unit=unit)
    last = given.filter(status=Status.PUBLISHED).aggregate(last=Max("valid_from"))["last"]
    return ProcessVersion.objects.create(
        procedure=procedure,
        unit=unit,
        number=(given.aggregate(last=Max("number"))["last"] or 0) + 1,
        valid_from=max(day(at), last + timedelta(days=1)) if last else day(at),
        source_digest=draft.digest,
        **told,
    )


def _published(process: ProcessVersion, report: Report, row: int) -> bool:
    try:
        publishing.process(process)
    except Refused as refused:
        code, problem = process.procedure.code, "chưa công khai được quy trình"
        report.found.append(
            Found(row, code, "quy_trinh", problem, refused.reason, "Sửa quy trình rồi công khai")
        )
        return False
    return True
