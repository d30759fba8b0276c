"""What reviews led to (II.04): procedures of regulations made after a review, and plans approved in the registers."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from motcua.catalogue.announcing.models import Change
from motcua.catalogue.control import reading
from motcua.catalogue.control.models import Drafted, Origin, Stage
from motcua.catalogue.registers.models import Plan, RegisterItem
from motcua.people.models import Unit

from ..periods import Window
from .drafted import CHANGES, of_drafted
from .items import Item, Source

AFTER_REVIEW = (Origin.ABOLISH, Origin.CUT, Origin.SIMPLIFY)
PLANS = {Plan.ABOLISH: "abolished", Plan.SIMPLIFY: "amended"}


def _reviewed(window: Window) -> Iterator[Item]:
    """The procedures of regulations that carry out a review and were promulgated in a period."""
    found = Drafted.objects.filter(
        draft__origin__in=AFTER_REVIEW,
        draft__stage=Stage.PROMULGATED,
        draft__issued_on__range=(window.first, window.last),
        dropped_at=None,
    )
    related = found.select_related("draft__unit", "version__procedure", "before__procedure")
    for each in related.prefetch_related("assessments"):
        last = reading.latest(each)
        pair = (last.cost_before, last.cost_after) if last else (None, None)
        yield of_drafted(each, "procedures", CHANGES[Change(each.change)], costs=_costs(*map(_whole, pair)))


def _registered(window: Window) -> Iterator[Item]:
    """The items of the registers whose plan to abolish or simplify was approved in a period."""
    units = {name.casefold(): pk for pk, name in Unit.objects.order_by("-pk").values_list("pk", "name")}
    found = RegisterItem.objects.filter(
        plan__in=list(PLANS), planned_on__range=(window.first, window.last)
    ).select_related("programme")
    for each in found:
        plan = Plan(each.plan)
        owner = units.get(each.agency.casefold())
        yield Item(
            frozenset({"procedures", PLANS[plan]}),
            each.title,
            f"{each.code}; {plan.label.lower()}, {each.programme.name}",
            owner,
            "" if owner else each.agency,
            reverse("register-item", args=[each.programme.register, each.pk]),
            "catalogue",
            _costs(_whole(each.cost_before), _whole(each.cost_after)),
        )


def _whole(money: object) -> int | None:
    return None if money is None else int(str(money))


def _costs(before: int | None, after: int | None) -> tuple[int, int] | None:
    """Both costs; None where one of them was not told, for then they tell no share."""
    return None if before is None or after is None else (before, after)


REVIEWED = Source("Văn bản thực hiện kết quả rà soát", _reviewed)
REGISTERED = Source("Phương án được duyệt trong sổ theo dõi", _registered)
