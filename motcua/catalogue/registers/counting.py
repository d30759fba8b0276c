"""Which items a number of a register is made of, and the shares of each agency (tỷ lệ, tình trạng).

A condition here both counts and opens to its rows; shares of cost are ratios of sums, not means of ratios.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from motcua.law.registers import Standing

from ..queries import NotFound
from .models import Plan, Programme, RegisterItem

EASED = Q(plan__in=(Plan.ABOLISH, Plan.SIMPLIFY))
LABELS = {
    "": "Mọi mục",
    Standing.DONE.value: "Đã thực thi",
    Standing.IN_TIME.value: "Trong hạn",
    Standing.OVERDUE.value: "Quá hạn",
    "cong-bo": "Đã công bố",
    "phuong-an": "Đã duyệt phương án",
    "don-gian": "Phương án bãi bỏ, đơn giản hóa",
    "don-gian-xong": "Bãi bỏ, đơn giản hóa đã thực thi",
}


def conditions(day: date) -> dict[str, Q]:
    """Every number by its slug, as a condition of its items on a day."""
    done = Q(executed_on__lte=day)
    limit = Q(due__lt=day)
    return {
        "": Q(),
        Standing.DONE.value: done,
        Standing.OVERDUE.value: ~_certain(done) & limit,
        Standing.IN_TIME.value: ~_certain(done) & ~_certain(limit, "due"),
        "cong-bo": Q(announced_on__lte=day),
        "phuong-an": Q(planned_on__lte=day),
        "don-gian": EASED & Q(planned_on__lte=day),
        "don-gian-xong": EASED & done,
    }


def _certain(told: Q, name: str = "executed_on") -> Q:
    """A comparison that is false, not unknown, where there is no day."""
    return Q(**{f"{name}__isnull": False}) & told


def items(programme: Programme) -> QuerySet[RegisterItem]:
    """The items of a programme with the day each is due: its own deadline, else that of the programme."""
    found = RegisterItem.objects.filter(programme=programme).select_related("programme")
    return found.annotate(due=Coalesce("deadline", F("programme__deadline")))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of items is asked for; "" asks for everything."""

    text: str = ""
    state: str = ""
    agency: str = ""
    field: str = ""


def listed(programme: Programme, asked: Asked, day: date) -> QuerySet[RegisterItem]:
    """The items asked for, by agency and code."""
    found = items(programme).filter(conditions(day).get(asked.state, Q()))
    if asked.agency:
        found = found.filter(agency=asked.agency)
    if asked.field:
        found = found.filter(field=asked.field)
    if asked.text:
        found = found.filter(Q(code__icontains=asked.text) | Q(title__icontains=asked.text))
    return found.order_by("agency", "code")


def counts(programme: Programme, day: date, asked: Asked | None = None) -> dict[str, int]:
    """How many items each number has, within what is asked otherwise."""
    within = asked or Asked()
    found = listed(programme, Asked(within.text, "", within.agency, within.field), day).order_by()
    told = {
        f"n{place}": Count("pk", filter=told) for place, told in enumerate(conditions(day).values()) if told
    }
    counted = found.aggregate(whole=Count("pk"), **told)
    return {
        slug: counted[f"n{place}"] if told else counted["whole"]
        for place, (slug, told) in enumerate(conditions(day).items())
    }


@dataclass(frozen=True, slots=True)
class Agency:
    """The numbers of one agency; costs in đồng a year, `planned` and `executed` after the plan and as carried out."""

    name: str
    numbers: Mapping[str, int]
    before: Decimal
    planned: Decimal
    executed: Decimal


def agencies(programme: Programme, day: date) -> list[Agency]:
    """The numbers of every agency, in their order."""
    told = {
        f"n{place}": Count("pk", filter=told or Q(pk__isnull=False))
        for place, told in enumerate(conditions(day).values())
    }
    sums = {
        "before": Sum("cost_before"),
        "planned": Sum(_after(Q(planned_on__lte=day))),
        "executed": Sum(_after(Q(executed_on__lte=day))),
    }
    found = items(programme).order_by().values("agency").annotate(**told, **sums).order_by("agency")
    return [_agency(row, list(conditions(day))) for row in found]


def _after(when: Q) -> Case:
    """The cost as it is once `when` holds; an item whose cost nobody told counts on neither side."""
    known = Q(cost_after__isnull=False, cost_before__isnull=False)
    return Case(When(when & known, then="cost_after"), default="cost_before")


def _agency(row: Mapping[str, Any], slugs: Sequence[str]) -> Agency:
    numbers = {slug: row[f"n{place}"] for place, slug in enumerate(slugs)}
    costs = [Decimal(row[name] or 0) for name in ("before", "planned", "executed")]
    return Agency(row["agency"], numbers, *costs)


def total(of: Sequence[Agency]) -> Agency:
    """All agencies together: sums, so that shares are ratios of sums."""
    slugs = list(of[0].numbers) if of else list(LABELS)
    numbers = {slug: sum(each.numbers[slug] for each in of) for slug in slugs}
    costs = [
        sum((getattr(each, name) for each in of), Decimal(0)) for name in ("before", "planned", "executed")
    ]
    return Agency("", numbers, *costs)


def sectors(programme: Programme, day: date) -> tuple[int, int]:
    """How many sectors have an item carried out, of how many (số lĩnh vực)."""
    found = programme.items.exclude(field="").order_by()
    done = found.filter(executed_on__lte=day).values("field").distinct().count()
    return done, found.values("field").distinct().count()


def ways(programme: Programme, day: date) -> list[dict[str, Any]]:
    """From which level to which, how many items, how many of them carried out."""
    done = Count("pk", filter=Q(executed_on__lte=day))
    found = programme.items.order_by().values("from_level", "to_level").annotate(count=Count("pk"), done=done)
    return [dict(row) for row in found.order_by("-count", "from_level", "to_level")]


def programmes(register: str) -> list[Programme]:
    """The programmes of a register, newest first."""
    return list(Programme.objects.filter(register=register).order_by("-pk"))


def programme(register: str, code: str = "") -> Programme:
    """A programme by its code, the newest where none is named. Raises NotFound."""
    found = Programme.objects.filter(register=register, **({"code": code} if code else {}))
    if (first := found.order_by("-pk").first()) is None:
        raise NotFound(f"Sổ này không có chương trình {code}".strip())
    return first


def newest() -> dict[str, Programme]:
    """The newest programme of each register that has one."""
    return {
        each.register: each for each in Programme.objects.order_by("register", "-pk").distinct("register")
    }


def one(register: str, pk: int, day: date) -> RegisterItem:
    """An item with the day it is due. Raises NotFound."""
    found = RegisterItem.objects.filter(programme__register=register).select_related("programme")
    dated = found.annotate(due=Coalesce("deadline", F("programme__deadline")))
    item: RegisterItem | None = dated.filter(pk=pk).first()
    if item is None:
        raise NotFound("Không có mục này trong sổ")
    return item


def chosen(programme: Programme, name: str) -> list[str]:
    """The agencies or fields a list may be narrowed to."""
    return list(programme.items.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct())
