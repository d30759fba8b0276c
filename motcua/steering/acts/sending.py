"""What is sent and never changed after: reports of a period, letters of urging (báo cáo định kỳ, đôn đốc)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.following import ReportPeriod
from motcua.law.steering import AT_WORK, source
from motcua.law.steering_facts import TaskUrged
from motcua.people.models import Officer, Unit
from motcua.ui.templatetags import ui

from .. import printing, reporting
from ..models import Letter, PeriodReport, Task
from .deciding import decided, held, require_giving, write


@transaction.atomic(durable=True)
def send_report(
    kind: str, *, unit: Unit, period: ReportPeriod, text: str, by: Officer, at: datetime
) -> PeriodReport:
    """Gửi báo cáo định kỳ: its figures are frozen as of the cut-off. Once for each period, after it has ended."""
    require_giving(unit, by, at)
    if day(at) <= period.last:
        raise Refused(
            f"Kỳ báo cáo chưa kết thúc; chốt số liệu hết ngày {period.last:%d/%m/%Y}", source(day(at))
        )
    # Two who send at once come one after the other.
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if PeriodReport.objects.filter(kind=kind, unit=unit, period=period.code).exists():
        raise Refused(f"Báo cáo {period.label} đã gửi", source(day(at)))
    data = reporting.gathered(kind, unit, period, day(at))
    kept = {"kind": kind, "unit": unit, "period": period.code, "data": data}
    return PeriodReport.objects.create(**kept, text=text.strip(), by=by, at=at)


@transaction.atomic(durable=True)
def send_letter(
    unit: Unit,
    *,
    giver: Unit,
    number: str,
    on: date,
    text: str,
    tasks: Sequence[Task],
    by: Officer,
    at: datetime,
) -> Letter:
    """Gửi công văn đôn đốc: to a unit, about tasks of the giver it owes; each of them remembers the letter."""
    require_giving(giver, by, at)
    if not number.strip() or not text.strip() or not tasks:
        raise Refused("Công văn phải có số, nội dung và ít nhất một nhiệm vụ", source(day(at)))
    # Of two who send the same letter at once the second finds that of the first.
    Unit.objects.select_for_update(no_key=True).get(pk=giver.pk)
    if Letter.objects.filter(giver=giver, number=number.strip(), on=on).exists():
        raise Refused(f"Đã có công văn số {number.strip()} ngày {on:%d/%m/%Y}", source(day(at)))
    today, told = day(at), []
    for task in sorted(tasks, key=lambda each: (each.until, each.pk)):
        case = held(task)
        if case.task.lead_id != unit.pk or case.task.giver_id != giver.pk:
            raise Refused(
                f"Nhiệm vụ {task.code} không phải của {giver.name} giao cho {unit.name}", source(today)
            )
        if case.standing.state not in AT_WORK:
            raise Refused(f"Nhiệm vụ {task.code} không còn phải đôn đốc", source(today))
        write(case, [decided(TaskUrged, by.username, at, text=text.strip(), letter=number.strip())])
        told.append(_line(task, today))
    data = _data(giver, unit, number.strip(), on, text.strip(), told, today)
    return Letter.objects.create(
        unit=unit, giver=giver, number=number.strip(), on=on, data=data, by=by, at=at
    )


def _data(
    giver: Unit,
    unit: Unit,
    number: str,
    on: date,
    text: str,
    told: list[dict[str, object]],
    today: date,
) -> dict[str, object]:
    """Everything the paper of a letter says."""
    return {
        "title": f"Công văn {number}",
        "giver": giver.name,
        "unit": unit.name,
        "number": number,
        "day": f"ngày {on.day:02} tháng {on.month:02} năm {on.year}",
        "about": "đôn đốc thực hiện nhiệm vụ quá hạn",
        "counted": ui.day(today),
        "rows": printing.rows(told),
        "text": text,
    }


def _line(task: Task, today: date) -> dict[str, object]:
    return {
        "title": task.title,
        "product": task.product,
        "instrument": task.instrument.number if task.instrument else "",
        "until": task.until.isoformat(),
        "days": max(0, (today - task.until).days),
    }
