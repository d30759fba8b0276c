"""The acts on the catalogue: publishing versions and processes, and taking in the files others keep."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from motcua.journal import locks
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Unit

from . import intake, publishing
from .intake import Report
from .models import Bundle, Finding, Import, Procedure, ProcessVersion, Status, Version
from .reading import diagrams, files, steps, templates
from .reading.drafts import ProcessDraft, ProcessRead
from .reading.files import WrongFile

__all__ = [
    "Decision",
    "Edit",
    "Report",
    "Stale",
    "WrongFile",
    "discard_process",
    "draft_process",
    "edit_process",
    "import_catalogue",
    "import_processes",
    "publish",
    "publish_bundle",
    "publish_process",
]
BATCH = 200
SYSTEM = "system"
T = TypeVar("T")


class Stale(Refused):
    """A draft that somebody else changed meanwhile (dự thảo đã đổi).

    `current` is what stands now, `revision` the state the change was made on.
    """

    def __init__(self, current: ProcessVersion, revision: int) -> None:
        super().__init__("Dự thảo đã được sửa ở cửa sổ khác từ khi bạn mở trang này")
        self.current, self.revision = current, revision


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a draft process: what it becomes, made on `revision` in a window of its own (lần sửa).

    `final` is sent by hand and holds all that this window sent before, so it goes through after those.
    """

    definition: Mapping[str, Any]
    revision: int
    window: str = ""
    final: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision that makes a process final (quyết định ban hành quy trình); it begins on `valid_from`."""

    number: str
    decided_on: date
    issuer: str
    valid_from: date
    name: str = ""


Progress = Callable[[int], None]


@transaction.atomic(durable=True)
def publish(version: Version, *, by: Officer | None, at: datetime) -> None:
    """Công khai một phiên bản: it and all in it are final from now on, the one before it ends where it begins.

    Raises Refused for a version that is published already, or begins no later than the one in force.
    """
    _allowed(by, at)
    held = Version.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=version.pk)
    if held.status == Status.ANNOUNCED:
        raise Refused(f"Phiên bản {held} đã công bố theo {held.decision}; hãy công khai ở quyết định ấy")
    announced = Version.objects.filter(procedure=held.procedure_id, status=Status.ANNOUNCED)
    if ahead := announced.filter(valid_from__lte=held.valid_from).first():
        # That one could not begin any more before what is in force.
        since = f"{ahead.valid_from:%d/%m/%Y}"
        raise Refused(
            f"Phiên bản {ahead} đã công bố, có hiệu lực từ {since}; hãy công khai phiên bản ấy trước"
        )
    publishing.versions([held], at=at)
    version.refresh_from_db()


@transaction.atomic(durable=True)
def publish_process(
    process: ProcessVersion,
    *,
    decision: Decision | None = None,
    revision: int | None = None,
    by: Officer | None,
    at: datetime,
) -> None:
    """Công khai một quy trình nội bộ, by the decision it has or the one given now; dossiers in flight keep theirs.

    `revision` is the state that was looked at. Raises Refused for a process that would not run, or begins too early,
    and Stale for one that changed meanwhile.
    """
    _allowed(by, at)
    draft = (
        ProcessVersion.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=process.pk)
    )
    if revision is not None and draft.status == Status.DRAFT and draft.revision != revision:
        raise Stale(draft, revision)
    if decision and draft.status == Status.DRAFT:
        draft.decision, draft.decided_on, draft.issuer = decision.number, decision.decided_on, decision.issuer
        draft.valid_from, draft.name = decision.valid_from, decision.name
        draft.save(update_fields=["decision", "decided_on", "issuer", "valid_from", "name"])
    publishing.process(draft)
    process.refresh_from_db()


@transaction.atomic(durable=True)
def edit_process(process: ProcessVersion, edit: Edit, *, by: Officer, at: datetime) -> ProcessVersion:
    """Sửa dự thảo quy trình; the draft is kept at every change. Raises Refused once published, Stale when overtaken."""
    _allowed(by, at)
    given = ProcessVersion.objects.select_for_update(of=("self",)).select_related("procedure", "unit")
    draft = given.get(pk=process.pk)
    if draft.status == Status.PUBLISHED:
        raise Refused(f"Quy trình {draft} đã công khai, không sửa được; hãy lập dự thảo mới")
    ours = edit.final and bool(edit.window) and draft.saved_in == edit.window
    if draft.revision != edit.revision and not ours:
        raise Stale(draft, edit.revision)
    if draft.definition != edit.definition:
        draft.definition, draft.revision = dict(edit.definition), draft.revision + 1
        draft.saved_at, draft.saved_by, draft.saved_in = at, by.username, edit.window
        draft.save(update_fields=["definition", "revision", "saved_at", "saved_by", "saved_in"])
    return draft


@transaction.atomic(durable=True)
def publish_bundle(bundle: Bundle, *, by: Officer | None, at: datetime) -> Bundle:
    """Công khai một nhóm thủ tục liên thông hoặc mẫu dự án; one published already as it stands is left as it is.

    `bundle` is not saved yet; its number follows the last one of its code.
    Raises Refused for a circle, a procedure that is not in the catalogue, or one that begins too early.
    """
    _begin_import(by, at)
    last = Bundle.objects.filter(code=bundle.code).order_by("-number").first()
    if last and last.status == Status.PUBLISHED and _same(last, bundle):
        return last
    bundle.number = last.number + 1 if last else 1
    bundle.save()
    publishing.bundle(bundle)
    bundle.refresh_from_db()
    return bundle


@transaction.atomic(durable=True)
def discard_process(process: ProcessVersion, *, revision: int, by: Officer, at: datetime) -> None:
    """Bỏ một dự thảo quy trình. Raises Refused once published, and Stale where it changed since it was looked at."""
    _allowed(by, at)
    draft = (
        ProcessVersion.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=process.pk)
    )
    if draft.status == Status.PUBLISHED:
        raise Refused(f"Quy trình {draft} đã công khai, không bỏ được")
    if draft.revision != revision:
        raise Stale(draft, revision)
    draft.delete()


@transaction.atomic(durable=True)
def draft_process(
    draft: ProcessDraft, *, before: ProcessVersion | None = None, by: Officer | None, at: datetime
) -> ProcessVersion:
    """Lưu dự thảo một quy trình nội bộ.

    `before` is the draft it takes the place of, or the published process it is to follow. Raises Refused for a
    procedure or unit that is not there.
    """
    report = Report("", "processes")
    _begin_import(by, at)
    if not intake.known(ProcessRead(draft.row, draft, ()), report):
        raise Refused(f"Không lưu được quy trình của thủ tục {draft.code}: {report.found[-1].problem}")
    standing = list(ProcessVersion.objects.select_for_update().filter(pk=before.pk)) if before else []
    procedure = Procedure.objects.defer("words").get(code=draft.code)
    unit = Unit.objects.get(code=draft.unit) if draft.unit else None
    if any((old.procedure_id, old.unit) != (procedure.pk, unit) for old in standing):
        raise Refused("Quy trình mới phải cùng thủ tục, cùng đơn vị với quy trình nó thay")
    return intake.write_process(draft, procedure, unit, standing, at, report)


@transaction.atomic(durable=True)
def import_catalogue(
    path: Path | str,
    *,
    by: Officer | None,
    at: datetime,
    dry_run: bool = False,
    publish: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Nhập danh mục thủ tục: new procedures and versions as drafts, published at once with `publish`.

    The same file twice changes nothing; `progress` is told the bytes read. Raises WrongFile, and then nothing of
    the file has been taken.
    """
    report = Report(str(path), "catalogue", dry_run)
    _begin_import(by, at)
    seen: set[str] = set()
    for batch in _batches(files.catalogue(Path(path)), progress):
        drafts = [draft for read in batch if (draft := intake.accepted(read, seen, report))]
        waiting = intake.take(drafts, at, report)
        if publish:
            publishing.versions(waiting, at=at)
            report.published += len(waiting)
    _end_import(report, by, at)
    return report


@transaction.atomic(durable=True)
def import_processes(
    path: Path | str,
    *,
    by: Officer | None,
    at: datetime,
    dry_run: bool = False,
    publish: bool = False,
    progress: Progress | None = None,
    given: Mapping[str, str] | None = None,
    called: str = "",
) -> Report:
    """Nhập quy trình nội bộ as drafts; `publish` publishes those that are whole and the only one of their code.

    `given` says of a drawn process (BPMN) what its file does not: code, unit, decision, issuer, name, pool; `called`
    is the name by which its owner knows the file. The same file twice changes nothing. Raises WrongFile, and then
    nothing of the file has been taken.
    """
    report = Report(str(path), "processes", dry_run)
    _begin_import(by, at)
    reads = [read for batch in _batches(_process_reader(Path(path), given), progress) for read in batch]
    for read in reads:
        report.found += read.found
    drafts = intake.in_units([read for read in reads if intake.known(read, report)], at, report)
    intake.take_processes(drafts, at, report, publish)
    report.read = len(reads)
    _end_import(report, by, at, called)
    return report


def _same(old: Bundle, new: Bundle) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in ("kind", "name", "decision", "members"))


def _process_reader(path: Path, given: Mapping[str, str] | None) -> Iterator[ProcessRead]:
    if path.suffix.lower() in diagrams.SUFFIXES:
        return diagrams.processes(path, given)
    return templates.processes(path) if path.suffix in (".yaml", ".yml") else steps.processes(path)


def _allowed(by: Officer | None, at: datetime) -> None:
    """None is the administrator of the machine, who gave a command."""
    if by is not None:
        access.require(by, "catalogue", None, day(at))


def _begin_import(by: Officer | None, at: datetime) -> None:
    _allowed(by, at)
    locks.hold(locks.Lock.VERSIONS)


def _end_import(report: Report, by: Officer | None, at: datetime, called: str = "") -> None:
    if report.dry_run:
        transaction.set_rollback(True)
        return
    counts = {name: getattr(report, name) for name in ("read", "added", "changed", "unchanged", "refused")}
    with Path(report.source).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    run = Import.objects.create(
        source=(called or report.source)[-500:],
        kind=report.kind,
        digest=digest,
        at=at,
        by=by.username if by else SYSTEM,
        **counts,
    )
    found = (Finding(run=run, **asdict(found)) for found in report.found)
    while batch := list(islice(found, 1000)):
        Finding.objects.bulk_create(batch)


def _batches(items: Iterable[T], progress: Progress | None) -> Iterator[list[T]]:
    items = iter(items)
    while batch := list(islice(items, BATCH)):
        if progress:
            progress(getattr(batch[-1], "position", 0))
        yield batch
