"""Who takes a list out of the system, for the head of the paper: the officer and their first post's unit."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser

from motcua.ui.exports import Issuer

from . import access
from .models import Officer, Unit, UnitKind


def of(reader: Officer | AnonymousUser, on: date) -> Issuer:
    """The issuer of a list on a day; a visitor's is the province."""
    if not isinstance(reader, Officer):
        top = Unit.objects.filter(kind=UnitKind.PROVINCE).order_by("-valid_from").first()
        return Issuer(top.name, top.agency_code) if top else Issuer("Một cửa")
    held = access.posts(reader, on)
    if not held:
        return Issuer("Một cửa", by=reader.full_name)
    unit, role = held[0].unit, held[0].get_role_display()
    over = unit.parent.name if unit.parent else ""
    return Issuer(unit.name, unit.agency_code, over, f"{reader.full_name} ({role}, {unit.name})")
