"""The act of reports: sending one, which freezes it; a correction is a new version (gửi báo cáo)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Officer, Unit

from . import queries, sheets, written
from .forms import Form
from .models import SentReport
from .spans import Reported

SHORTEST, LONGEST = 10, 1000  # signs of a reason
_SENDING = 766_000_003  # the advisory lock: two at once would take one number


@transaction.atomic(durable=True)
def send(
    form: Form, unit: Unit, reported: Reported, *, by: Officer, at: datetime, reason: str = ""
) -> SentReport:
    """Gửi báo cáo: the form as it stands now, numbered and never changed again.

    Sent once more it is a new version, for a reason. Raises Refused before the period is over, when an identity of
    the form does not hold, or when a correction has no reason or corrects nothing.
    """
    queries.require_reporting(by, unit, day(at))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SENDING])
    sheet = sheets.fill(form, unit, reported, at)
    _ready(sheet)
    content = sheets.as_data(sheet)
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
