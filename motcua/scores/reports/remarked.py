"""What people said is wrong with a procedure (báo sai), as recommendations on regulations (II.05)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from motcua.catalogue.remarks.models import Remark

from ..periods import Window
from .items import Item, Source


def standing(window: Window, received: datetime, answered: bool) -> frozenset[str]:
    """The columns of a recommendation on regulations, by when it was received and whether it was answered."""
    when = "before" if received < window.start else "within"
    return frozenset({"all", "content", when, "done" if answered else "waiting"})


def _remarks(window: Window) -> Iterator[Item]:
    """The remarks of a period: told in it, or before and not answered when it began. What they say stays unquoted."""
    open_ = Q(answered_at=None) | Q(answered_at__gte=window.start)
    found = Remark.objects.filter(open_, sent_at__lte=window.until).select_related("version__procedure")
    light = found.only("part", "sent_at", "answered_at", "version__title", "version__procedure__code")
    for each in light.order_by("sent_at", "pk"):
        answered = each.answered_at is not None and each.answered_at <= window.until
        sets = standing(window, each.sent_at, answered)
        about = f"{each.version.procedure.code}: {each.get_part_display()}"
        url = reverse("remark", args=[each.pk])
        yield Item(sets, each.version.title, about, url=url, power="catalogue")


REMARKS = Source("Báo sai về thủ tục của người đọc", _remarks)
