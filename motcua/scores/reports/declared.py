"""What was declared for a form: the newest row of each unit holds (số kê khai của biểu)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from motcua.people.models import Unit

from .forms import Form
from .models import DeclaredRow
from .spans import Reported


def held(form: Form, units: Collection[int], reported: Reported, at: datetime) -> list[DeclaredRow]:
    """The row that holds for each of some units, as known at a moment, by the name of the unit."""
    if not form.declares:
        return []
    found = (
        _every(form, reported)
        .filter(unit__in=units, at__lte=at)
        .order_by("unit_id", "-id")
        .distinct("unit_id")
    )
    return sorted(found, key=lambda row: (row.unit.name, row.unit_id))


def history(form: Form, unit: Unit, reported: Reported) -> list[DeclaredRow]:
    """Every row of a unit, the one that holds first."""
    return list(_every(form, reported).filter(unit=unit))


def _every(form: Form, reported: Reported) -> QuerySet[DeclaredRow]:
    found = DeclaredRow.objects.filter(form=form.code, period=str(reported))
    return found.select_related("unit", "by").defer("file")
