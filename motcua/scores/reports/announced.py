"""What decisions announced (II.03): the decisions, the regulations behind them, the procedures, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from motcua.catalogue.announcing.models import Announced, Announcement, Change, Ground, Instrument

from ..periods import Window
from .drafted import CHANGES
from .items import Item, Source

POWER = "catalogue"


def _announced(window: Window) -> Iterator[Item]:
    """What was announced by the decisions signed in a period; what was published by its end."""
    signed = Announcement.objects.filter(
        issued_at__isnull=False, decided_on__range=(window.first, window.last)
    )
    for decision in signed:
        about, url = decision.title, reverse("announcement", args=[decision.pk])
        yield Item(frozenset({"decisions"}), decision.number, about, None, decision.agency, url, POWER)
    yield from _instruments(Q(announcement__in=signed))
    found = Announced.objects.filter(announcement__in=signed).select_related("announcement")
    for each in found.order_by("announcement__decided_on", "announcement", "position"):
        yield _procedure(each, window)


def _instruments(of: Q) -> Iterator[Item]:
    """The regulations the decisions announce procedures of, once for each body that announces."""
    pairs: set[tuple[str, int]] = set()
    for model in (Ground, Announced):
        named = model._default_manager.filter(of, instrument__isnull=False)
        pairs |= set(named.values_list("announcement__agency", "instrument"))
    known = Instrument.objects.in_bulk({key for _, key in pairs})
    for agency, key in sorted(pairs):
        url = reverse("instrument", args=[key])
        yield Item(frozenset({"documents"}), str(known[key]), "", None, agency, url, POWER)


def _procedure(each: Announced, window: Window) -> Item:
    public = each.published_at is not None and each.published_at <= window.until
    sets = {"procedures", CHANGES[Change(each.kind)], "published" if public else "waiting"}
    about = f"{each.code}; {Change(each.kind).label.lower()}, quyết định {each.announcement.number}"
    url = reverse("procedure", args=[each.code])
    return Item(frozenset(sets), each.title or each.code, about, None, each.announcement.agency, url)


ANNOUNCED = Source("Quyết định công bố", _announced)
