"""What a comparison says: the figures of both sides, their differences, and the dossiers that make each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from motcua.law.lifecycle import State

from .models import Kind, Match, Reconciliation

OVER = (State.WITHDRAWN.value, State.STOPPED.value, State.DONE.value, State.RETURNED.value)


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of both sides: how a dossier belongs to it here and there."""

    name: str
    ours: Q
    theirs: Q

    @property
    def apart(self) -> Q:
        """The dossiers that belong on one side alone: all that makes a difference, and nothing else."""
        return (self.ours & ~self.theirs) | (self.theirs & ~self.ours)


def _belongs(name: str, states: tuple[int, ...] | None) -> Q:
    there = Q(**{f"{name}__isnull": False})
    return there & Q(**{f"{name}__in": states}) if states else there


def _measured(label: str, states: tuple[int, ...] | None) -> Measured:
    return Measured(label, _belongs("ours", states), _belongs("theirs", states))


MEASURED: Mapping[str, Measured] = {
    "tiep-nhan": _measured("Hồ sơ tiếp nhận", None),
    "da-giai-quyet": _measured("Đã giải quyết: xong, trả kết quả, dừng, rút", OVER),
    "cho-bo-sung": _measured(
        "Đang chờ bổ sung, nghĩa vụ tài chính", (State.SUPPLEMENT.value, State.FINANCIAL_DUTY.value)
    ),
    "da-tra": _measured("Đã trả kết quả", (State.RETURNED.value,)),
}


def every() -> QuerySet[Reconciliation]:
    """The comparisons, newest first."""
    return Reconciliation.objects.select_related("by").order_by("-id")


def figures(kept: Reconciliation) -> dict[str, tuple[int, int, int]]:
    """Each figure: ours, theirs, and how many dossiers explain the difference."""
    counts: dict[str, Count] = {}
    for place, each in enumerate(MEASURED.values()):
        sides = {"ours": each.ours, "theirs": each.theirs, "apart": each.apart}
        counts |= {f"{side}_{place}": Count("pk", filter=found) for side, found in sides.items()}
    told = kept.matches.aggregate(**counts)
    return {
        slug: (told[f"ours_{place}"], told[f"theirs_{place}"], told[f"apart_{place}"])
        for place, slug in enumerate(MEASURED)
    }


def kinds(kept: Reconciliation, slug: str = "") -> dict[str, int]:
    """How many dossiers differ in which way, of all or of those that explain one figure."""
    found = matches(kept, slug).order_by().values_list("kind").annotate(Count("pk"))
    return {str(kind): count for kind, count in found}


def matches(kept: Reconciliation, slug: str = "", kind: str = "") -> QuerySet[Match]:
    """The dossiers of a comparison: those that explain one figure, those that differ in one way, or all."""
    found = kept.matches.order_by(F("kind").asc(), "code")
    found = found.filter(MEASURED[slug].apart) if slug in MEASURED else found
    return found.filter(kind=kind) if kind in Kind.values else found
