"""Who may do what with a task, whose duty it is today, and how many tasks stand how (ai làm gì, bao nhiêu).

Every signed-in officer may read tasks: what units owe is no secret among them. Acting takes a power.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import Http404

from motcua.law import following
from motcua.law.following import Status
from motcua.law.steering import AT_WORK, CLOSED, OPEN, TaskState
from motcua.people import access
from motcua.people.models import Officer, Post, Role, Unit, UnitKind

from .models import Instrument, InstrumentKind, Task

RELATED = ("lead__parent", "giver__parent", "officer", "head", "instrument", "proposed", "given_by")
# Slug, what pages call it, and the kind of its units: recipients chosen all at once.
GROUPS = (
    ("so", "Tất cả sở, ban, ngành", UnitKind.DEPARTMENT),
    ("xa", "Tất cả xã, phường", UnitKind.COMMUNE),
    ("huyen", "Tất cả huyện", UnitKind.DISTRICT),
)


def task_for(key: int) -> Task:
    """One task. Raises Http404."""
    found = Task.objects.select_related(*RELATED).filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có nhiệm vụ số {key}")
    return found


def instrument_for(key: int) -> Instrument:
    """One instrument. Raises Http404."""
    found = Instrument.objects.select_related("parent", "unit").filter(pk=key).first()
    if found is None:
        raise Http404(f"Không có văn bản số {key}")
    return found


def unit_for(code: str) -> Unit:
    """One unit by its code. Raises Http404; PostgreSQL takes no NUL sign."""
    found = Unit.objects.select_related("parent").filter(code=code.replace("\0", "")).first()
    if found is None:
        raise Http404(f"Không có đơn vị mã {code}")
    return found


def gives_for(officer: Officer, unit: Unit, on: date) -> bool:
    """Whether the officer gives tasks for a unit, and judges what it gave: its head; for the province its office."""
    if access.may(officer, "give_task", unit, on):
        return True
    return unit.kind == UnitKind.PROVINCE and access.may(officer, "give_task_any", None, on)


def givers(officer: Officer, on: date) -> list[Unit]:
    """The units an officer gives tasks for."""
    own = [post.unit for post in access.posts(officer, on) if access.may(officer, "give_task", post.unit, on)]
    found = {unit.pk: unit for unit in own if unit.kind != UnitKind.CENTRE}
    if access.may(officer, "give_task_any", None, on):
        top = standing(on).filter(kind=UnitKind.PROVINCE).first()
        found |= {top.pk: top} if top else {}
    return sorted(found.values(), key=lambda unit: unit.code)


def standing(on: date, with_code: str = "") -> QuerySet[Unit]:
    """The agencies and their parts that exist on a day, and the one of a code, which may have been dissolved.

    An operator that serves desks is given no tasks.
    """
    now = (Q(valid_to=None) | Q(valid_to__gt=on)) & Q(valid_from__lte=on)
    if with_code:
        now |= Q(code=with_code.replace("\0", ""))
    found = Unit.objects.filter(now).exclude(kind=UnitKind.OPERATOR)
    return found.select_related("parent").order_by("code")


def ended(unit: Unit, on: date) -> bool:
    """Whether a unit exists no longer on a day (đã giải thể, sáp nhập)."""
    return unit.valid_to is not None and unit.valid_to <= on


def recipients(giver: Unit, on: date) -> QuerySet[Unit]:
    """The units tasks of a giver may go to: itself and those below it; centres have none of their own."""
    units = standing(on).exclude(kind=UnitKind.CENTRE)
    if giver.kind == UnitKind.PROVINCE:
        return units.exclude(kind=UnitKind.DIVISION)
    return units.filter(Q(pk=giver.pk) | Q(parent=giver))


def group(slug: str, on: date) -> QuerySet[Unit]:
    """The units of a group of recipients. Raises KeyError."""
    kind = {name: kind for name, _, kind in GROUPS}[slug]
    return standing(on).filter(kind=kind)


def heads(units: Iterable[Unit], on: date) -> dict[int, Officer]:
    """Who answers for each unit on a day, by its id (người đứng đầu)."""
    lasting = Q(valid_to=None) | Q(valid_to__gt=on)
    found = Post.objects.filter(lasting, unit__in=list(units), role=Role.HEAD, valid_from__lte=on)
    return {post.unit_id: post.officer for post in found.select_related("officer").order_by("pk")}


def own_units(officer: Officer, on: date) -> list[Unit]:
    """The units whose tasks an officer works on."""
    posts = access.posts(officer, on)
    found = {post.unit_id: post.unit for post in posts if "do_task" in access.POWERS[post.role]}
    return sorted(found.values(), key=lambda unit: unit.code)


def statuses(on: date) -> dict[Status, Q]:
    """What a row must be to stand in each way on a day.

    What was reported or settled later stands by the day of its product: issued by then it waits, else it is work.
    """
    soon = on + timedelta(days=following.near_days(on))
    settled, later = Q(settled_on__lte=on), Q(state=TaskState.REPORTED) | Q(settled_on__gt=on)
    working = Q(state__in=AT_WORK) | (later & ~_issued(on))
    within = working & Q(until__gt=soon)
    return {
        Status.OVERDUE: working & Q(until__lt=on),
        Status.SOON: working & Q(until__gte=on, until__lte=soon),
        Status.RETURNED: within & Q(state=TaskState.RETURNED),
        Status.DOING: within & ~Q(state__in=[TaskState.RETURNED, TaskState.GIVEN]),
        Status.NOT_STARTED: within & Q(state=TaskState.GIVEN),
        Status.WAITING: later & _issued(on),
        Status.PAUSED: Q(state=TaskState.PAUSED),
        Status.DONE: settled & Q(state=TaskState.ACCEPTED, late=False),
        Status.DONE_LATE: settled & Q(state=TaskState.ACCEPTED, late=True),
        Status.CANCELLED: settled & Q(state=TaskState.CANCELLED),
    }


def owed(first: date, last: date) -> QuerySet[Task]:
    """The tasks of a period: given by its last day, begun by then, and not settled before its first."""
    unsettled = Q(settled_on=None) | Q(settled_on__gte=first)
    return Task.objects.filter(unsettled, given_on__lte=last, begins__lte=last)


def _issued(on: date) -> Q:
    """The product a task was reported with is dated by a day."""
    return Q(product_on__isnull=False, product_on__lte=on)


def lines(instrument: Instrument, on: date) -> list[dict[str, Any]]:
    """The tasks of an instrument line by line: what, to how many units, and how they stand."""
    near = statuses(on)
    counted = {
        "units": Count("lead", distinct=True),
        "tasks": Count("pk"),
        "on_time": Count("pk", filter=near[Status.DONE]),
        "late": Count("pk", filter=near[Status.DONE_LATE]),
        "waiting": Count("pk", filter=near[Status.WAITING]),
        "overdue": Count("pk", filter=near[Status.OVERDUE]),
    }
    found: Iterable[Any] = (
        instrument.tasks.order_by()
        .values("item", "title", "product")
        .annotate(**counted, first=Min("until"), last=Max("until"))
    )
    return sorted(found, key=lambda line: (len(line["item"]), line["item"]))


def months(on: date, number: int) -> list[date]:
    """The first days of some months on end, the last of them that of a day."""
    last = on.year * 12 + on.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - number + 1, last + 1)]


def trend(tasks: QuerySet[Task], on: date, *by: str) -> list[dict[str, Any]]:
    """The last twelve months of their deadlines: how many fell due, were done in time, late, or are still owed."""
    first = months(on, 12)[0]
    settled = statuses(on)
    rows: Iterable[Any] = (
        tasks.filter(until__gte=first, until__lte=on)
        .order_by()
        .annotate(month=TruncMonth("until"))
        .values("month", *by)
        .annotate(
            due=Count("until", filter=~Q(state=TaskState.CANCELLED)),
            done=Count("until", filter=settled[Status.DONE]),
            late=Count("until", filter=settled[Status.DONE_LATE]),
            overdue=Count("until", filter=settled[Status.OVERDUE]),
        )
    )
    return sorted(rows, key=lambda row: row["month"])


def since_yesterday(on: date) -> dict[Status, int]:
    """What changed since the day before: newly overdue, accepted in time and late; and what is due on the day."""
    before, stands = on - timedelta(days=1), statuses(on)
    told = {
        Status.OVERDUE: stands[Status.OVERDUE] & Q(until=before),
        Status.SOON: stands[Status.SOON] & Q(until=on),
        Status.DONE: stands[Status.DONE] & Q(settled_on__gte=before),
        Status.DONE_LATE: stands[Status.DONE_LATE] & Q(settled_on__gte=before),
    }
    touched = Task.objects.filter(Q(until__in=[before, on]) | Q(settled_on__gte=before)).order_by()
    found = touched.aggregate(**{status.name: Count("pk", filter=rule) for status, rule in told.items()})
    return {status: found[status.name] for status in told}


def plans(year: int) -> dict[int, Instrument]:
    """The plan of each unit for a year, by the id of the unit; its latest where there are two."""
    found = Instrument.objects.filter(kind=InstrumentKind.PLAN, year=year, unit__isnull=False)
    return {
        plan.unit_id or 0: plan
        for plan in found.select_related("parent").defer("words").order_by("issued_on", "pk")
    }


def unsettled() -> Q:
    """What is still somebody's: neither accepted nor cancelled."""
    return Q(state__in=OPEN)


def pressing(on: date) -> Q:
    """What must be done now: overdue, due soon, or returned."""
    soon = on + timedelta(days=following.near_days(on))
    return Q(state__in=AT_WORK) & (Q(until__lte=soon) | Q(state=TaskState.RETURNED))


def mine(officer: Officer, on: date) -> QuerySet[Task]:
    """The tasks an officer answers for: their unit's where they lead, else their own and those nobody has."""
    led, other = list[int](), list[int]()
    for post in access.posts(officer, on):
        powers = access.POWERS[post.role]
        if "do_task" in powers:
            (led if powers & {"assign_task", "give_task_any"} else other).append(post.unit_id)
    own = Q(officer=officer) | Q(lead__in=led) | Q(lead__in=other, officer=None)
    return Task.objects.filter(own, begins__lte=on + timedelta(days=following.near_days(on)))


def waits() -> Q:
    """What waits for the answer of its giver: a report, an extension or a transfer asked for."""
    # Said of what is closed too, or a plan walks all that is closed to find the first.
    wanted = Q(state=TaskState.REPORTED) | Q(asked__isnull=False) | Q(proposed__isnull=False)
    return wanted & ~Q(state__in=sorted(CLOSED))


def asked(tasks: QuerySet[Task]) -> Iterable[tuple[int, int, int]]:
    """How many of some tasks wait for an answer: unit in the lead, giver, number."""
    found = tasks.filter(waits()).order_by().values_list("lead", "giver")
    return found.annotate(n=Count("*"))


def first_waiting(giver: Unit, most: int) -> QuerySet[Task]:
    """The first due of what waits for the answer of a unit; the index of each kind of waiting gives its first ones."""
    own = Task.objects.filter(giver=giver).order_by("until", "id").values("pk")
    asks = own.filter(Q(asked__isnull=False) | Q(proposed__isnull=False))
    keys = own.filter(state=TaskState.REPORTED)[:most].union(asks[:most])
    return Task.objects.filter(pk__in=keys).order_by("until", "id")[:most]


def caused(begins: str) -> Q:
    """Of tasks something made necessary: those whose cause begins so."""
    return Q(cause__startswith=begins) & ~Q(cause="")


def asking(officer: Officer, on: date) -> QuerySet[Task]:
    """What waits for the answer of an officer who gives tasks."""
    return Task.objects.filter(waits(), giver__in=[unit.pk for unit in givers(officer, on)])
