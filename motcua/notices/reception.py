"""Online dossiers that wait to be received (NĐ 118/2025 Đ.17.2): the receiving officer is told, then the head.

What waits is read from the rows, so it may be asked as often as one likes: each is told once, by the unique key.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from motcua.catalogue.models import Channel as Filing
from motcua.dossiers import rows
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law import lifecycle, notices
from motcua.law.calendar import day
from motcua.people.models import Officer, Post, Role, Unit, UnitKind

from . import composing, wording
from .models import Notice

RELATED = ("version__procedure", "process", "deciding_unit", "receiving_unit__parent")
BATCH = 500
INNER = (UnitKind.DIVISION, UnitKind.CENTRE)
ROLES = {"reception": Role.RECEPTION, "head": Role.HEAD}


def tell(at: datetime) -> int:
    """Tell of every online dossier what is to be told by `at` and was not; how many notices were written."""
    rules = notices.rules(day(at))
    told = 0
    for slug in ("filed", "reception_late"):
        if rule := rules.get(slug):
            told += _tell(rule, at)
    return told


def _tell(rule: notices.Rule, at: datetime) -> int:
    held, made = wording.newest(), []
    for dossier in _untold(rule.slug, at)[:BATCH]:
        case = rows.Folded(dossier, log.read(dossier.stream))
        due = wording.reception_due(case)
        if due and (rule.slug == "filed" or due < at):
            told = composing.Told(case, case.facts[-1], rule)
            made += composing.for_desk(told, _officers(dossier, ROLES[rule.to], day(at)), held, at)
    return len(composing.store(made))


def _untold(slug: str, at: datetime) -> QuerySet[Dossier]:
    """Online dossiers that wait for reception and whose notice is not written for the fact they wait since."""
    there = Notice.objects.filter(dossier=OuterRef("pk"), version=OuterRef("facts"), kind=slug)
    waiting = Dossier.objects.filter(state=lifecycle.State.REGISTERED, channel=Filing.ONLINE)
    if slug == "reception_late":
        waiting = waiting.filter(tasks__step=rows.RECEIVE[0], tasks__due_at__lt=at)
    return waiting.filter(~Exists(there)).select_related(*RELATED).defer("words").order_by("filed_at")


def _officers(dossier: Dossier, role: str, on: date) -> list[str]:
    """The user names of those who hold a role at the desk that is to receive a dossier, or above it."""
    held = Post.objects.filter(role=role, unit__in=[unit.pk for unit in _line(dossier.receiving_unit)])
    held = held.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    found = Officer.objects.filter(pk__in=held.values("officer"), is_active=True)
    return list(found.order_by("username").values_list("username", flat=True))


def _line(unit: Unit) -> Iterator[Unit]:
    """The unit and those it is a part of, the agency itself last."""
    yield unit
    while unit.kind in INNER and unit.parent:
        unit = unit.parent
        yield unit
