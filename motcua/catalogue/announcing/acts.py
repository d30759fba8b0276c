"""The acts of announcing: instruments, decisions, publication, the province's overlay, statistics (công bố)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from motcua.law.calendar import day
from motcua.people import access
from motcua.people.models import Officer

from . import instruments
from .instruments import NewInstrument
from .models import Instrument

SYSTEM = "system"


@transaction.atomic(durable=True)
def register_instrument(new: NewInstrument, *, by: Officer | None, at: datetime) -> Instrument:
    """Ghi văn bản vào sổ. Raises Refused for one that is there already, or whose days do not follow each other."""
    return instruments.register(new, by=_allowed(by, at), at=at)


@transaction.atomic(durable=True)
def end_instrument(
    instrument: Instrument, *, on: date, reason: str, by: Officer | None, at: datetime
) -> None:
    """Văn bản hết hiệu lực from `on`; what was announced under it stays as it is."""
    name = _allowed(by, at)
    held = Instrument.objects.select_for_update().get(pk=instrument.pk)
    instruments.end(held, on=on, reason=reason, by=name, at=at)


def _allowed(by: Officer | None, at: datetime) -> str:
    """The name that goes into the journal; None is the administrator of the machine, who gave a command."""
    if by is None:
        return SYSTEM
    access.require(by, "catalogue", None, day(at))
    return by.username
