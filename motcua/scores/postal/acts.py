"""The acts on unit rates and acceptance sheets of postal operators (định mức, biên bản nghiệm thu)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from motcua.journal import locks, log
from motcua.law import postal
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people import access
from motcua.people.models import Officer, Unit, UnitKind

from ..periods import Period
from . import counting, queries
from .counting import Line
from .models import Activity, ServiceLine, ServiceRate, ServiceRow, ServiceSheet, SheetState

SOURCE = "Thông báo 476/TB-VPCP ngày 20/11/2023"
LONGEST = 1000  # signs of a reason


@transaction.atomic(durable=True)
def set_rate(
    activity: Activity,
    *,
    amount: int | None,
    minutes: Decimal | None,
    since: date,
    document: str,
    decided_on: date,
    by: Officer,
    at: datetime,
    until: date | None = None,
) -> ServiceRate:
    """Ghi định mức, đơn giá của một việc from `since` to the day before `until`, as a decision has it.

    The rate without an end before it ends then. Raises Refused for two rates of one day, and for a day that an
    accepted sheet counts at another rate.
    """
    access.require(by, "postal", None, day(at))
    locks.hold(locks.Lock.POSTAL)
    _sound(amount, minutes, since, until, document)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=since)
    over = ServiceRate.objects.filter(lasting, activity=activity)
    for other in over.filter(valid_from__lt=until) if until else over:
        if other.valid_to is not None or other.valid_from >= since:
            raise Refused(
                f"{Activity(activity).label} đã có định mức từ {other.valid_from:%d/%m/%Y}, {other.document}",
                SOURCE,
            )
        _end(other, since, by, at)
    made = ServiceRate.objects.create(
        activity=activity,
        amount=amount,
        minutes=minutes,
        valid_from=since,
        valid_to=until,
        document=document.strip(),
        decided_on=decided_on,
        by=by,
        at=at,
    )
    _tell_rate(made, by, at)
    return made


@transaction.atomic(durable=True)
def end_rate(rate: ServiceRate, *, on: date, by: Officer, at: datetime) -> None:
    """Thôi áp dụng định mức: `on` is the first day without it."""
    access.require(by, "postal", None, day(at))
    locks.hold(locks.Lock.POSTAL)
    _end(_kept(rate), on, by, at)


@transaction.atomic(durable=True)
def drop_rate(rate: ServiceRate, *, by: Officer, at: datetime) -> None:
    """Bỏ định mức ghi nhầm, which no sheet has used."""
    access.require(by, "postal", None, day(at))
    locks.hold(locks.Lock.POSTAL)
    held = _kept(rate)
    if held.lines.exists():
        raise Refused(
            "Đã có biên bản dùng định mức này nên không bỏ được; chỉ thôi áp dụng từ một ngày", SOURCE
        )
    _tell(postal.RateDropped, by, at, activity=held.activity, since=held.valid_from.isoformat())
    held.delete()


@transaction.atomic(durable=True)
def propose(operator: Unit, period: Period, *, reason: str = "", by: Officer, at: datetime) -> ServiceSheet:
    """Lập biên bản nghiệm thu of a month that is over, from what the operator's officers did in it.

    When one was accepted before, the new one corrects it and says in `reason` why. Raises Refused while one waits,
    and where there is nothing to accept or nothing to correct.
    """
    unit = _proposing(by, at)
    if operator.kind != UnitKind.OPERATOR:
        raise Refused(f"{operator.name} không phải doanh nghiệp bưu chính công ích", SOURCE)
    window = period.window(at)
    if not window.closed:
        raise Refused(f"{period.label} chưa hết; hết tháng mới lập biên bản được", SOURCE)
    locks.hold(locks.Lock.POSTAL)
    held = queries.of_month(operator, period)
    if held and held[0].state == SheetState.PROPOSED:
        raise Refused(f"Biên bản {held[0].number} còn chờ nghiệm thu")
    counted = counting.lines(operator, window)
    if not counted:
        raise Refused(f"{operator.name} không làm việc nào trong {period.label.lower()}")
    digest, before = counting.digest(counted), queries.in_force(held)
    if before:
        _corrects(before, digest, reason)
    made = ServiceSheet.objects.create(
        operator=operator,
        month=period.first,
        version=held[0].version + 1 if held else 1,
        unit=unit,
        corrects=before,
        reason=reason.strip() if before else "",
        digest=digest,
        proposed_by=by,
        proposed_at=at,
    )
    _keep(made, counted)
    _tell_sheet(postal.SheetProposed, made, by, at, made.reason)
    return made


@transaction.atomic(durable=True)
def accept(sheet: ServiceSheet, *, by: Officer, at: datetime) -> None:
    """Nghiệm thu: by the head of the unit that proposed it or of the province, never by who proposed it.

    Raises Refused where what was done or its rates are counted otherwise by now.
    """
    held = _waiting(sheet)
    if held.proposed_by_id == by.pk:
        raise Refused(f"{by.full_name} lập biên bản này nên không nghiệm thu được", SOURCE)
    if not queries.may_accept(by, held, at):
        raise Refused(f"{by.full_name} không có thẩm quyền nghiệm thu", access.SOURCE)
    now = counting.lines(held.operator, Period.containing(held.month).window(at))
    if counting.digest(now) != held.digest:
        raise Refused("Định mức hoặc số việc của tháng nay đã khác biên bản; hãy trả lại và lập lại", SOURCE)
    _decided(held, SheetState.ACCEPTED, by, at)
    _tell_sheet(postal.SheetAccepted, held, by, at)


@transaction.atomic(durable=True)
def send_back(sheet: ServiceSheet, *, reason: str, by: Officer, at: datetime) -> None:
    """Trả lại biên bản với lý do, by who would accept it; who proposed it may take it back."""
    held = _waiting(sheet)
    if held.proposed_by_id != by.pk and not queries.may_accept(by, held, at):
        raise Refused(f"{by.full_name} không có thẩm quyền trả lại biên bản này", access.SOURCE)
    if not reason.strip():
        raise Refused("Hãy ghi lý do trả lại")
    _decided(held, SheetState.RETURNED, by, at, note=reason.strip()[:LONGEST])
    _tell_sheet(postal.SheetSentBack, held, by, at, reason.strip()[:LONGEST])


def _sound(
    amount: int | None, minutes: Decimal | None, since: date, until: date | None, document: str
) -> None:
    if amount is None and not minutes:
        raise Refused("Phải có đơn giá hoặc số phút cho một lượt", SOURCE)
    if (amount is not None and amount < 0) or (minutes is not None and minutes < 0):
        raise Refused("Đơn giá, số phút không âm", SOURCE)
    if until is not None and until <= since:
        raise Refused("Ngày thôi áp dụng phải sau ngày áp dụng", SOURCE)
    if not document.strip():
        raise Refused("Phải ghi số quyết định ban hành định mức", SOURCE)


def _kept(rate: ServiceRate) -> ServiceRate:
    """A rate as it stands. Raises Refused for one that was dropped meanwhile."""
    held = ServiceRate.objects.filter(pk=rate.pk).first()
    if held is None:
        raise Refused("Định mức này đã bỏ")
    return held


def _end(rate: ServiceRate, on: date, by: Officer, at: datetime) -> None:
    if on <= rate.valid_from or (rate.valid_to is not None and on >= rate.valid_to):
        until = f" đến trước {rate.valid_to:%d/%m/%Y}" if rate.valid_to else ""
        raise Refused(f"Định mức này áp dụng từ {rate.valid_from:%d/%m/%Y}{until}", SOURCE)
    used = queries.last_used(rate)
    if used and day(used) >= on:
        raise Refused(f"Biên bản đã nghiệm thu tính theo định mức này đến ngày {day(used):%d/%m/%Y}", SOURCE)
    ServiceRate.objects.filter(pk=rate.pk).update(valid_to=on)
    since = rate.valid_from.isoformat()
    _tell(postal.RateEnded, by, at, activity=rate.activity, since=since, on=on.isoformat())


def _proposing(by: Officer, at: datetime) -> Unit:
    access.require(by, "postal", None, day(at))
    posts = access.posts(by, day(at))
    return next(
        post.unit
        for post in posts
        if "postal" in access.POWERS[post.role] and access.reaches_any(post, "postal")
    )


def _corrects(before: ServiceSheet, digest: str, reason: str) -> None:
    if before.digest == digest:
        raise Refused(f"Số liệu không khác biên bản đã nghiệm thu {before.number}; không có gì để sửa")
    if not reason.strip() or len(reason) > LONGEST:
        raise Refused(f"Tháng này đã nghiệm thu; lập lại thì ghi sửa gì, vì sao, nhiều nhất {LONGEST} ký tự")


def _keep(made: ServiceSheet, counted: Sequence[Line]) -> None:
    for line in counted:
        kept = ServiceLine.objects.create(
            sheet=made, activity=line.activity, rate=line.rate, quantity=line.quantity, amount=line.amount
        )
        rows = (
            ServiceRow(
                line=kept,
                at=row.at,
                officer_id=row.officer,
                desk_id=row.desk,
                dossier_id=row.dossier,
                guidance_id=row.guidance,
                quantity=row.quantity,
            )
            for row in line.rows
        )
        ServiceRow.objects.bulk_create(rows, batch_size=5000)


def _waiting(sheet: ServiceSheet) -> ServiceSheet:
    """The sheet as it stands, kept from others until this is done. Raises Refused for one that was decided."""
    locks.hold(locks.Lock.POSTAL)
    held = ServiceSheet.objects.select_related("operator", "unit__parent", "decided_by").get(pk=sheet.pk)
    if held.state != SheetState.PROPOSED:
        who = held.decided_by.full_name if held.decided_by else ""
        raise Refused(f"Biên bản {held.number} {held.get_state_display().lower()}: {who}")
    return held


def _decided(held: ServiceSheet, state: SheetState, by: Officer, at: datetime, **told: Any) -> None:
    ServiceSheet.objects.filter(pk=held.pk).update(state=state, decided_by=by, decided_at=at, **told)


def _tell_rate(made: ServiceRate, by: Officer, at: datetime) -> None:
    _tell(
        postal.RateDecided,
        by,
        at,
        activity=made.activity,
        amount=made.amount,
        minutes=str(made.minutes) if made.minutes is not None else "",
        since=made.valid_from.isoformat(),
        until=made.valid_to.isoformat() if made.valid_to else "",
        document=made.document,
        decided_on=made.decided_on.isoformat(),
    )


def _tell_sheet(
    kind: type[postal.SheetFact], held: ServiceSheet, by: Officer, at: datetime, reason: str = ""
) -> None:
    about = {"operator": held.operator.code, "month": f"{held.month:%Y-%m}", "version": held.version}
    _tell(kind, by, at, **about, digest=held.digest, reason=reason)


def _tell(kind: type[postal.PostalFact], by: Officer, at: datetime, **body: Any) -> None:
    log.record(postal.STREAM, [kind(at=at, by=by.username, provision=SOURCE, **body)])
