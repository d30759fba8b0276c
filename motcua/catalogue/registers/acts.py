"""The acts of the registers: open a programme, enter and correct items, record what they reach, drop one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from motcua.journal import log
from motcua.law import registers as law
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer

from . import reading
from .about import About, Step
from .models import Plan, Programme, RegisterItem

SYSTEM = "system"
COLUMNS = {
    law.Stage.ANNOUNCED: "announced_on",
    law.Stage.PLANNED: "planned_on",
    law.Stage.EXECUTED: "executed_on",
}


@transaction.atomic(durable=True)
def open_programme(new: Programme, *, by: Officer | None, at: datetime) -> Programme:
    """Lập chương trình. Raises Refused where its code is taken, or without the document it follows from."""
    name = _allowed(by, at)
    register = law.Register(new.register)
    if not new.document.strip():
        raise Refused("Chương trình phải có số văn bản", law.SOURCES[register])
    if Programme.objects.filter(register=register, code=new.code).exists():
        raise Refused(f"Sổ này đã có chương trình mang mã {new.code}")
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        raise Refused(f"Chương trình mang mã {new.code} vừa được người khác lập") from None
    deadline = new.deadline.isoformat() if new.deadline else ""
    told: dict[str, Any] = {"base": new.base, "target": str(new.target), "deadline": deadline}
    told["document"] = new.document
    _record(law.ProgrammeOpened(**_about(new, "", name, at), **told))
    return new


@transaction.atomic(durable=True)
def enter(programme: Programme, about: About, *, by: Officer | None, at: datetime) -> RegisterItem:
    """Ghi vào sổ một mục. Raises Refused for a code the programme has already."""
    name = _allowed(by, at)
    _one_at_a_time(programme)
    if programme.items.filter(code=about.code).exists():
        raise Refused(f"Chương trình này đã có mục mang mã {about.code}")
    return _enter(programme, about, name, at)


@transaction.atomic(durable=True)
def correct(item: RegisterItem, about: About, *, by: Officer | None, at: datetime) -> None:
    """Sửa mục trong sổ: what it says, never what it reached. What does not change anything leaves no fact."""
    name = _allowed(by, at)
    held = RegisterItem.objects.select_for_update(of=("self",)).select_related("programme").get(pk=item.pk)
    others = held.programme.items.filter(code=about.code).exclude(pk=held.pk)
    if others.exists():
        raise Refused(f"Chương trình này đã có mục mang mã {about.code}")
    _correct(held, about, name, at)
    _sound(held)


@transaction.atomic(durable=True)
def reach(item: RegisterItem, step: Step, *, by: Officer | None, at: datetime) -> None:
    """Ghi một bước, or record one again to correct it. Raises Refused out of turn, or without its document."""
    name = _allowed(by, at)
    held = RegisterItem.objects.select_for_update(of=("self",)).select_related("programme").get(pk=item.pk)
    _reach(held, step, name, at)


@transaction.atomic(durable=True)
def drop(item: RegisterItem, *, reason: str, by: Officer | None, at: datetime) -> None:
    """Đưa ra khỏi sổ, có lý do. Raises Refused without one."""
    name = _allowed(by, at)
    if len(reason.strip()) < 10:
        raise Refused("Lý do phải có ít nhất 10 ký tự")
    _record(law.ItemDropped(**_about(item.programme, item.code, name, at), reason=reason.strip()))
    RegisterItem.objects.filter(pk=item.pk).delete()


@transaction.atomic(durable=True)
def import_items(programme: Programme, path: Path, *, by: Officer | None, at: datetime) -> reading.Taken:
    """Nhập từ bảng: every line or none; the same table twice changes nothing. Raises WrongFile.

    Where a line cannot be taken, nothing is, and `Taken.problems` names each line with its remedy.
    """
    name = _allowed(by, at)
    _one_at_a_time(programme)
    lines, taken = reading.read(path, law.Register(programme.register), day(at))
    if taken.problems:
        return taken
    held = {item.code: item for item in programme.items.select_for_update()}
    for line in lines:
        if (item := held.get(line.about.code)) is None:
            item = _enter(programme, line.about, name, at)
            _reach_all(item, line.steps, name, at)
            taken.added += 1
        else:
            item.programme = programme
            changed = _correct(item, line.about, name, at)
            taken.changed += _reach_all(item, line.steps, name, at) or changed
            _sound(item)
    return taken


def _reach(held: RegisterItem, step: Step, name: str, at: datetime) -> None:
    register = law.Register(held.programme.register)
    reached = {stage: date.fromisoformat(told["on"]) for stage, told in held.reached.items()}
    law.allow(register, step.stage, reached, step.on, day(at))
    if not step.document.strip():
        raise Refused(f"{law.LABELS[step.stage]} phải theo một văn bản; hãy ghi số", law.SOURCES[register])
    if step.stage == law.Stage.PLANNED:
        _plan(held, register, step)
    again = step.stage in held.reached
    told: dict[str, Any] = {"on": step.on.isoformat(), "document": step.document.strip()}
    held.reached[step.stage.value] = told | {"note": step.note}
    if column := COLUMNS.get(step.stage):
        setattr(held, column, step.on)
    held.save()
    about = _about(held.programme, held.code, name, at)
    _record(law.StageReached(**about, **told, stage=step.stage.value, note=step.note, again=again))


def _reach_all(item: RegisterItem, steps: list[Step], name: str, at: datetime) -> bool:
    """Record the stages a table tells that are not recorded so already; whether there was one."""
    new = [step for step in steps if not _held(item, step)]
    for step in new:
        _reach(item, step, name, at)
    return bool(new)


def _held(item: RegisterItem, step: Step) -> bool:
    told = item.reached.get(step.stage.value, {})
    same = (told.get("on"), told.get("document")) == (step.on.isoformat(), step.document.strip())
    if step.stage == law.Stage.PLANNED and step.plan:
        same = same and item.plan == step.plan
        # The other plans say themselves what is left of the cost.
        if step.plan == Plan.SIMPLIFY and step.cost_after is not None:
            same = same and item.cost_after == step.cost_after
    return same


def _plan(held: RegisterItem, register: law.Register, step: Step) -> None:
    """What the plan does; a procedure that is abolished costs nothing afterwards."""
    if register == law.Register.DELEGATION:
        held.plan = Plan.DELEGATE
        return
    if step.plan not in (Plan.ABOLISH, Plan.SIMPLIFY, Plan.KEEP):
        raise Refused("Hãy chọn phương án: bãi bỏ, đơn giản hóa hay giữ nguyên", law.SOURCES[register])
    held.plan = step.plan
    before = held.cost_before
    after = {Plan.ABOLISH: Decimal(0), Plan.KEEP: before}.get(Plan(step.plan), step.cost_after)
    if before is not None and after is not None and after > before:
        raise Refused("Chi phí sau không thể lớn hơn chi phí trước", law.SOURCES[register])
    held.cost_after = after


def _enter(programme: Programme, about: About, name: str, at: datetime) -> RegisterItem:
    item = RegisterItem.objects.create(programme=programme, **_row(about))
    told: dict[str, Any] = {"title": about.title[:500], "agency": about.agency}
    _record(law.ItemEntered(**_about(programme, about.code, name, at), **told))
    return item


def _correct(held: RegisterItem, about: About, name: str, at: datetime) -> bool:
    told = _row(about)
    changed = [part for part, value in told.items() if getattr(held, part) != value]
    if not changed:
        return False
    said = tuple(f"{part}: {_short(getattr(held, part))} → {_short(told[part])}" for part in changed)
    for part in changed:
        setattr(held, part, told[part])
    if held.plan == Plan.KEEP:
        held.cost_after = held.cost_before
    held.save(update_fields=[*changed, "cost_after"])
    _record(law.ItemCorrected(**_about(held.programme, held.code, name, at), changed=said))
    return True


def _sound(held: RegisterItem) -> None:
    """Raises Refused where correcting the cost before left less than the plan leaves."""
    before, after = held.cost_before, held.cost_after
    if before is not None and after is not None and after > before:
        source = law.SOURCES[law.Register(held.programme.register)]
        raise Refused(f"Mục {held.code}: chi phí sau không thể lớn hơn chi phí trước", source)


def _one_at_a_time(programme: Programme) -> None:
    """Whoever else enters items of a programme waits, so that a code is looked for where it may stand already."""
    Programme.objects.select_for_update().get(pk=programme.pk)


def _row(about: About) -> dict[str, Any]:
    return {**asdict(about), "content": dict(about.content)}


def _short(value: object) -> str:
    return str("" if value is None else value)[:200]


def _about(programme: Programme, code: str, by: str, at: datetime) -> dict[str, Any]:
    register = law.Register(programme.register)
    told = {"register": register.value, "programme": programme.code, "code": code}
    return {"at": at, "by": by, "provision": law.SOURCES[register], **told}


def _record(fact: law.Registered) -> None:
    log.record(law.STREAM, [fact])


def _allowed(by: Officer | None, at: datetime) -> str:
    """The name that goes into the journal; None is the administrator of the machine, who gave a command."""
    if by is None:
        return SYSTEM
    access.require(by, "catalogue", None, day(at))
    return by.username
