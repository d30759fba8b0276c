"""Questions about remarks: those of a state, one of them, how many wait."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from ..queries import NotFound
from .models import Remark, State

HEAVY = ("version__sequence", "version__procedure__words", "version__procedure__folded")


def listed(text: str = "", state: str = "") -> QuerySet[Remark]:
    """The remarks of a state ("" for all), newest first; `text` is the beginning of a code or a word of a title."""
    found = Remark.objects.select_related("version__procedure", "answered_by").defer(*HEAVY)
    if state:
        found = found.filter(state=state)
    if text:
        code = found.filter(version__procedure__code__startswith=text)
        found = code | found.filter(version__title__icontains=text)
    return found.order_by("-pk")


def by_state(text: str = "") -> dict[str, int]:
    """How many remarks stand in each state."""
    counted = listed(text).order_by().values_list("state").annotate(count=Count("pk"))
    return dict(counted)


def waiting() -> int:
    """How many remarks wait for an answer."""
    return Remark.objects.filter(state=State.NEW).count()


def one(pk: int) -> Remark:
    """A remark with its procedure. Raises NotFound."""
    return _found(listed().filter(pk=pk))


def by_key(key: UUID) -> Remark:
    """A remark by the address its author was given. Raises NotFound."""
    return _found(listed().filter(key=key))


def _found(remarks: QuerySet[Remark]) -> Remark:
    remark = remarks.first()
    if remark is None:
        raise NotFound("Không có báo sai này")
    return remark
