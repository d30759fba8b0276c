"""The acts of reports: sending one, which freezes it, and declaring a row of one (gửi, kê khai)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from motcua.journal import locks
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Officer, Unit

from ..declaring.files import Paper
from . import counted, declared, queries, sheets, written
from .forms import Form
from .models import DeclaredRow, SentReport
from .spans import Reported

SHORTEST, LONGEST = 10, 1000  # signs of a reason


@transaction.atomic(durable=True)
def send(
    form: Form, unit: Unit, reported: Reported, *, by: Officer, at: datetime, reason: str = ""
) -> SentReport:
    """Gửi báo cáo: the form as it stands now, numbered and never changed again.

    Sent once more it is a new version, for a reason. Raises Refused before the period is over, when an identity of
    the form does not hold, or when a correction has no reason or corrects nothing.
    """
    queries.require_reporting(by, unit, day(at))
    if not form.sent_by(unit.kind):
        raise Refused(f"{unit.name} không gửi {form.name}", form.source)
    locks.hold(locks.Lock.SENDING_REPORTS)
    sheet = sheets.fill(form, unit, reported, at)
    _ready(sheet)
    content = sheets.as_data(sheet)
    if form.sources:
        content["items"] = counted.as_data(counted.lines(form, unit, reported, at))
    before = SentReport.objects.filter(unit=unit, form=form.code, period=str(reported)).first()
    if before:
        _corrects(before, content, reason)
    told = SentReport.objects.filter(unit=unit, year=day(at).year).aggregate(Max("number"))
    return SentReport.objects.create(
        unit=unit,
        form=form.code,
        period=str(reported),
        version=before.version + 1 if before else 1,
        year=day(at).year,
        number=(told["number__max"] or 0) + 1,
        content=content,
        digest=written.digest(content),
        reason=reason.strip() if before else "",
        sent_at=at,
        sent_by=by,
    )


@transaction.atomic(durable=True)
def declare_row(
    form: Form,
    unit: Unit,
    reported: Reported,
    cells: Mapping[int, int],
    paper: Paper,
    *,
    by: Officer,
    at: datetime,
    reason: str = "",
) -> DeclaredRow:
    """Kê khai một dòng của biểu: what nothing here counts, answered for by whoever declares it.

    Raises Refused for a form that takes none, cells that do not keep an identity, missing evidence, or a correction
    without a reason or without a change; BadPeriod before the period begins.
    """
    queries.require_reporting(by, unit, day(at))
    reported.window(at)
    if not form.declares:
        raise Refused("Biểu này hệ thống tự tính, không kê khai được", form.source)
    if set(cells) != set(form.declared) or any(count < 0 for count in cells.values()):
        raise Refused("Phải kê khai đủ các cột, mỗi cột một số không âm", form.source)
    if wrong := form.broken({column.no: cells.get(column.no) for column in form.columns}):
        raise Refused(f"Các số không giữ đẳng thức {wrong[0]}", form.source)
    paper.require()
    locks.hold(locks.Lock.SENDING_REPORTS)
    before = next(iter(declared.history(form, unit, reported)), None)
    if before:
        _redeclares(before, cells, paper, reason)
    return DeclaredRow.objects.create(
        form=form.code,
        unit=unit,
        period=str(reported),
        cells={str(no): cells[no] for no in form.declared},
        evidence=paper.evidence.strip(),
        file_name=paper.name,
        file=paper.content,
        reason=reason.strip() if before else "",
        at=at,
        by=by,
    )


def _redeclares(before: DeclaredRow, cells: Mapping[int, int], paper: Paper, reason: str) -> None:
    if before.cells_by_no == cells and before.evidence == paper.evidence.strip():
        raise Refused("Các số này đã kê khai như vậy, không có gì để sửa")
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        raise Refused(f"Kỳ này đã kê khai; kê khai lại thì ghi lý do, {SHORTEST} đến {LONGEST} ký tự")


def _ready(sheet: sheets.Sheet) -> None:
    if not sheet.window.closed:
        last = f"{sheet.reported.last:%d/%m/%Y}"
        raise Refused(f"Kỳ này chốt số liệu hết ngày {last}; chốt xong mới gửi được", sheet.form.source)
    if sheet.broken:
        row, wrong = sheet.broken[0]
        raise Refused(f"Dòng “{row.label}” không giữ đẳng thức {wrong}; chưa gửi được", sheet.form.source)


def _corrects(before: SentReport, content: dict[str, Any], reason: str) -> None:
    if len(reason.strip()) < SHORTEST:
        raise Refused(f"Báo cáo này đã gửi; gửi lại thì ghi lý do, ít nhất {SHORTEST} ký tự")
    if len(reason) > LONGEST or "\0" in reason:
        raise Refused(f"Lý do gửi lại dài quá {LONGEST} ký tự hoặc có ký tự không ghi được; hãy viết gọn lại")
    if before.content["rows"] == content["rows"]:
        raise Refused(f"Số liệu không khác bản đã gửi số {before.code}; không có gì để sửa")
