"""An internal process drawn in BPMN 2.0, read as a draft: what a file does not say of it, somebody has to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from motcua.catalogue import bpmn
from motcua.catalogue.words import fold
from motcua.law.soundness import Severity, check
from motcua.people.models import Role

from .drafts import CODE, Notes, ProcessDraft, ProcessRead, clipped
from .files import WrongFile
from .steps import role_of

SUFFIXES = (".bpmn", ".xml")


def processes(path: Path, given: Mapping[str, str] | None = None) -> Iterator[ProcessRead]:
    """The process of a BPMN 2.0 file; `given` as in `draft`. Raises WrongFile."""
    try:
        content = path.read_bytes()
    except OSError:
        raise WrongFile(path, "không mở được tệp này", "kiểm tra đường dẫn") from None
    try:
        yield draft(content, given)
    except bpmn.WrongDiagram as wrong:
        raise WrongFile(path, str(wrong), "cần tệp BPMN 2.0 (.bpmn)") from None


def draft(content: bytes, given: Mapping[str, str] | None = None) -> ProcessRead:
    """A drawn process as a draft, refused after a fatal remark or without a procedure code.

    `given` goes before what the file says: the fields of `bpmn.About`, and `pool`. Raises bpmn.WrongDiagram.
    """
    given = given or {}
    reading = bpmn.read(content, pool=given.get("pool", ""), role_of=role_of_lane)
    told = {
        field: given.get(field) or getattr(reading.about, field) for field in bpmn.About.__dataclass_fields__
    }
    notes = Notes(1, clipped(told["code"], 60))
    for remark in reading.remarks:
        where = " ".join(filter(None, (remark.name, remark.element)))
        kept = f"{where}: {remark.done}" if where else remark.done
        notes.add("quy_trinh", clipped(remark.problem, 300), kept, clipped(remark.remedy, 300))
    if not CODE.fullmatch(told["code"]):
        remedy = "Ghi mã thủ tục của quy trình"
        notes.add("ma_tthc", "thiếu mã thủ tục hoặc mã không đúng dạng d.dddddd", told["code"], remedy)
    if reading.process is None or not CODE.fullmatch(told["code"]):
        return ProcessRead(1, None, tuple(notes.found))
    errors = [finding for finding in check(reading.process) if finding.severity is Severity.ERROR]
    for finding in errors:
        remedy = "Sửa quy trình rồi nhập lại"
        notes.add("quy_trinh", "quy trình chưa đủ để công khai", finding.message, remedy)
    made = ProcessDraft(1, definition=reading.process.as_data(), ready=not errors, **told)
    return ProcessRead(1, made, tuple(notes.found))


def role_of_lane(name: str) -> str:
    """The role that a lane's name means: its code, its own name, or the wording of decisions; "" for none."""
    told = fold(name)
    known = next((role.value for role in Role if told in (role.value, fold(str(role.label)))), "")
    return known or role_of(name, Notes(0))
