"""What was assessed and weighed in drafts (II.01, II.02): the drafts and their procedures, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from motcua.catalogue.announcing.models import Change
from motcua.catalogue.control.models import Assessment, Draft, Drafted, Opinion

from ..periods import Window
from .items import Item, Source

POWER = "drafts"
# A procedure that takes the place of another is one that was changed: the forms have one column for both.
CHANGES = {
    Change.NEW: "new",
    Change.AMENDED: "amended",
    Change.REPLACED: "amended",
    Change.ABOLISHED: "abolished",
}


def _assessed(window: Window) -> Iterator[Item]:
    """The procedures assessed in a period, once each, and the drafts they stand in."""
    done = Assessment.objects.filter(at__gte=window.start, at__lte=window.until)
    found = list(_with_names(Drafted.objects.filter(pk__in=done.values("drafted"))))
    for each in found:
        yield of_drafted(each, "procedures", CHANGES[Change(each.change)])
    for draft in {each.draft_id: each.draft for each in found}.values():
        yield of_draft(draft, "documents", draft.kind)


def _weighed(window: Window) -> Iterator[Item]:
    """The drafts an opinion dated in a period was given on, by the last of them, and their procedures."""
    opinions = Opinion.objects.filter(on__range=(window.first, window.last))
    if (
        not window.closed
    ):  # written down after the end, it still is of the period its date lies in, and of no other
        opinions = opinions.filter(at__lte=window.until)
    last: dict[int, str] = dict(opinions.order_by("at", "pk").values_list("visit__draft", "position"))
    for draft in Draft.objects.filter(pk__in=last).select_related("unit"):
        yield of_draft(draft, "documents", last[draft.pk])
    for each in _with_names(Drafted.objects.filter(draft__in=last, dropped_at=None)):
        yield of_drafted(each, "procedures")


def _with_names(found: QuerySet[Drafted]) -> Iterable[Drafted]:
    heavy = [f"{text}__{part}" for text in ("version", "before") for part in ("sequence", "conditions")]
    return found.select_related("draft__unit", "version__procedure", "before__procedure").defer(*heavy)


def of_drafted(each: Drafted, *sets: str, **more: Any) -> Item:
    """A procedure in a draft, in some columns."""
    said = f"{each.code}; {Change(each.change).label.lower()} trong dự thảo {each.draft.name}"
    url = reverse("drafted", args=[each.pk])
    return Item(frozenset(sets), each.title, said, each.draft.unit_id, "", url, POWER, **more)


def of_draft(draft: Draft, *sets: str) -> Item:
    """A draft, in some columns."""
    url = reverse("draft", args=[draft.pk])
    return Item(frozenset(sets), draft.name, draft.get_kind_display(), draft.unit_id, "", url, POWER)


ASSESSED = Source("Dự thảo đã đánh giá tác động", _assessed)
WEIGHED = Source("Dự thảo đã có ý kiến, thẩm định", _weighed)
