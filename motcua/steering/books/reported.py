"""Entries of the book of difficulties as a report form counts them (II.05): recommendations on regulations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from motcua.law import packs
from motcua.scores.periods import Window
from motcua.scores.reports.forms import SUBJECT
from motcua.scores.reports.items import Item, Source
from motcua.scores.reports.remarked import standing

from ..models import BookEntry

BOOK, REOPENED = "kho-khan", "mo-lai"


def _difficulties(window: Window) -> Iterator[Item]:
    """The entries on regulations that were made in a period, or before and not answered when it began."""
    fields = packs.on(SUBJECT, window.last)["petition_fields"]
    found = BookEntry.objects.filter(
        book=BOOK, struck=False, made_at__lte=window.until, values__field__in=list(fields)
    )
    for entry in found.order_by("made_at", "pk"):
        answered = _answered(entry)
        if answered is None or answered >= window.first:
            yield _item(entry, window, answered is not None and answered <= window.last)


def _answered(entry: BookEntry) -> date | None:
    """The day it was answered; None for one opened again, which waits once more."""
    told = entry.values.get("answered_on")
    return date.fromisoformat(told) if told and entry.state != REOPENED else None


def _item(entry: BookEntry, window: Window, answered: bool) -> Item:
    about = f"{entry.values.get('kind', '')}; {entry.values.get('field', '')}"
    url = reverse("book-entry", args=[BOOK, entry.pk])
    sets = standing(window, entry.made_at, answered)
    return Item(sets, str(entry.values.get("content", "")), about, entry.unit_id, url=url)


DIFFICULTIES = Source("Sổ khó khăn, vướng mắc, kiến nghị của đơn vị", _difficulties, frozenset({"posted"}))
