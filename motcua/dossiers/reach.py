"""What a decision reaches: open dossiers, processes, forms, groups of procedures, and which text ends when.

Asked before procedures are announced; open dossiers keep the version they were accepted under.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from motcua.catalogue.models import Announcement, Bundle, Component, ProcessVersion, Status

from .models import Dossier


@dataclass(frozen=True, slots=True)
class Reach:
    """What the procedures of a decision hold on to (ảnh hưởng của quyết định)."""

    codes: tuple[str, ...]

    @property
    def dossiers(self) -> QuerySet[Dossier]:
        """The open ones, the most urgent first."""
        found = Dossier.objects.filter(version__procedure__code__in=self.codes, ended_at__isnull=True)
        return found.select_related("version__procedure", "deciding_unit").order_by("due_at", "pk")

    @property
    def processes(self) -> QuerySet[ProcessVersion]:
        """The published processes that have no end."""
        found = ProcessVersion.objects.filter(procedure__code__in=self.codes, status=Status.PUBLISHED)
        return found.filter(valid_to__isnull=True).select_related("procedure", "unit").order_by("procedure")

    @property
    def forms(self) -> QuerySet[Component]:
        """The papers with a form of their own, of the texts in force."""
        found = Component.objects.filter(version__procedure__code__in=self.codes).exclude(form="")
        found = found.filter(version__status=Status.PUBLISHED, version__valid_to__isnull=True)
        return found.select_related("version__procedure").order_by("version__procedure", "position")

    def bundles(self, today: date) -> list[Bundle]:
        """The groups of procedures in force that name one of them."""
        standing = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
        every = Bundle.objects.filter(standing, status=Status.PUBLISHED)
        return [each for each in every if {m["procedure"] for m in each.members} & set(self.codes)]


def of(decision: Announcement) -> Reach:
    """What the procedures of a decision, and those they replace, hold on to."""
    items = decision.items.values_list("code", "replaces")
    return Reach(tuple(dict.fromkeys(code for pair in items for code in pair if code)))


def by_procedure(reach: Reach) -> dict[str, int]:
    """How many open dossiers each procedure has."""
    counted = reach.dossiers.order_by().values_list("version__procedure__code").annotate(Count("pk"))
    return dict(counted)


def endings(told: Sequence[dict[str, Any]], dossiers: Mapping[str, int]) -> list[dict[str, Any]]:
    """What becomes of the texts of each procedure, with its open dossiers."""
    return [
        {**each, "dossiers": dossiers.get(each["code"], 0) + dossiers.get(each["replaces"], 0)}
        for each in told
    ]
