"""Questions about the comparison with the national record: what is open, one of them, the last runs."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from ..queries import NotFound
from .models import Matching, Mismatch

OPEN, DECIDED, CLOSED = "", "da-quyet", "het-khac"
SHELVES = {
    OPEN: Q(closed_at=None, decision=""),
    DECIDED: Q(closed_at=None) & ~Q(decision=""),
    CLOSED: Q(closed_at__isnull=False),
}


def listed(shelf: str, text: str = "", kind: str = "", field: str = "") -> QuerySet[Mismatch]:
    """The mismatches of a shelf, by procedure."""
    return (
        Mismatch.objects.filter(SHELVES[shelf], _narrowed(text, kind, field))
        .defer("given")
        .order_by("code", "pk")
    )


def _narrowed(text: str, kind: str, field: str) -> Q:
    asked = Q(kind=kind) if kind else Q()
    asked &= Q(field=field) if field else Q()
    return asked & (Q(code__startswith=text) | Q(title__icontains=text)) if text else asked


def by_shelf(text: str = "", kind: str = "", field: str = "") -> dict[str, int]:
    """How many mismatches stand on each shelf."""
    found = Mismatch.objects.filter(_narrowed(text, kind, field))
    names = {slug: f"shelf_{place}" for place, slug in enumerate(SHELVES)}
    told = found.aggregate(**{names[slug]: Count("pk", filter=asked) for slug, asked in SHELVES.items()})
    return {slug: told[name] for slug, name in names.items()}


def one(pk: int) -> Mismatch:
    """A mismatch with who decided it. Raises NotFound."""
    found = Mismatch.objects.select_related("decided_by", "draft", "version").filter(pk=pk).first()
    if found is None:
        raise NotFound("Không có điểm khác này")
    return found


def beside(mismatch: Mismatch) -> list[Mismatch]:
    """The other open mismatches of the same procedure."""
    return list(listed(OPEN).filter(code=mismatch.code).exclude(pk=mismatch.pk))


def runs(limit: int = 10) -> list[Matching]:
    """The last comparisons, newest first."""
    return list(Matching.objects.all()[:limit])
