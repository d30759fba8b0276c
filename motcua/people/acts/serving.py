"""Giving one-stop desks to postal operators and ending it (giao doanh nghiệp cung ứng dịch vụ bưu chính công ích)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from motcua.journal import log
from motcua.law import offices
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import access
from ..models import DeskService, Officer, Unit, UnitKind
from .units import OPERATORS

NO_DESK = (UnitKind.OPERATOR, UnitKind.PROVINCE)


@transaction.atomic(durable=True)
def give_desk(
    operator: Unit,
    *,
    desk: Unit,
    since: date,
    document: str,
    decided_on: date,
    by: Officer,
    at: datetime,
    until: date | None = None,
) -> DeskService:
    """Giao một Bộ phận Một cửa cho doanh nghiệp from `since` to the day before `until`, by a decision or contract.

    Its officers guide, receive, digitise and hand out results there, and may do nothing else.
    """
    access.require(by, "people", operator, day(at))
    access.require(by, "people", desk, day(at))
    held = Unit.objects.select_for_update().filter(pk__in=[operator.pk, desk.pk]).order_by("pk")
    units = {unit.pk: unit for unit in held}
    operator, desk = units[operator.pk], units[desk.pk]
    if not document.strip():
        raise Refused("Phải ghi số quyết định hoặc hợp đồng giao", OPERATORS)
    if until is not None and until <= since:
        raise Refused("Ngày thôi giao phải sau ngày giao", OPERATORS)
    _refuse_strange(operator, desk, since, until)
    made = DeskService(
        operator=operator,
        desk=desk,
        valid_from=since,
        valid_to=until,
        document=document.strip(),
        decided_on=decided_on,
    )
    _refuse_twice(made)
    made.save()
    given = offices.DeskGiven(
        at=at,
        by=by.username,
        provision=OPERATORS,
        unit=desk.code,
        operator=operator.code,
        since=since.isoformat(),
        until=until.isoformat() if until else "",
        document=made.document,
        decided_on=decided_on.isoformat(),
    )
    log.record(offices.STREAM, [given])
    return made


@transaction.atomic(durable=True)
def end_desk(service: DeskService, *, on: date, document: str, by: Officer, at: datetime) -> None:
    """Thôi giao một Bộ phận Một cửa: `on` is the first day without the operator; what was done there stays valid."""
    found = DeskService.objects.select_for_update(of=("self",)).select_related(
        "operator", "desk__parent__parent"
    )
    held = found.get(pk=service.pk)
    access.require(by, "people", held.desk, day(at))
    if not document.strip():
        raise Refused("Phải ghi số văn bản thôi giao", OPERATORS)
    if on < day(at):
        raise Refused(f"Ngày {on:%d/%m/%Y} đã qua, việc làm những ngày ấy vẫn là của doanh nghiệp", OPERATORS)
    if on <= held.valid_from or (held.valid_to is not None and on >= held.valid_to):
        until = f" đến trước {held.valid_to:%d/%m/%Y}" if held.valid_to else ""
        raise Refused(f"{held.desk.name} được giao từ {held.valid_from:%d/%m/%Y}{until}", OPERATORS)
    held.valid_to = on
    held.save(update_fields=["valid_to"])
    taken = offices.DeskTakenBack(
        at=at,
        by=by.username,
        provision=OPERATORS,
        unit=held.desk.code,
        operator=held.operator.code,
        on=on.isoformat(),
        document=document.strip(),
    )
    log.record(offices.STREAM, [taken])


def _refuse_strange(operator: Unit, desk: Unit, since: date, until: date | None) -> None:
    if operator.kind != UnitKind.OPERATOR:
        raise Refused(f"{operator.name} không phải doanh nghiệp bưu chính công ích", OPERATORS)
    if desk.kind in NO_DESK:
        raise Refused(f"{desk.name} không có Bộ phận Một cửa để giao", OPERATORS)
    for unit in (operator, desk):
        beyond = unit.valid_to is not None and (until is None or until > unit.valid_to)
        if since < unit.valid_from or beyond:
            raise Refused(f"{unit.name} không tồn tại suốt thời gian giao", OPERATORS)


def _refuse_twice(made: DeskService) -> None:
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=made.valid_from)
    found = DeskService.objects.filter(lasting, operator=made.operator, desk=made.desk)
    if made.valid_to is not None:
        found = found.filter(valid_from__lt=made.valid_to)
    if other := found.first():
        raise Refused(
            f"{made.desk.name} đã giao cho {made.operator.name} từ {other.valid_from:%d/%m/%Y}, {other.document}",
            OPERATORS,
        )
