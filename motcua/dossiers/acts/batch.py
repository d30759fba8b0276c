"""Many dossiers of one procedure at once (tiếp nhận theo danh sách)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from motcua.journal import wire
from motcua.people.models import Officer

from ..models import Dossier
from .opening import Filing, receive

# Taking ordinals lets a commit be quick (`opening`); this one ends in many dossiers and is waited for.
_WAIT = "SELECT set_config('synchronous_commit', 'on', true)"


@transaction.atomic(durable=True)
def receive_many(filings: Sequence[Filing], *, by: Officer, at: datetime, paid: int = 0) -> list[Dossier]:
    """Tiếp nhận theo danh sách: every one as `receive` takes it, or none (NĐ 118/2025 Đ.17.1.c, 17.3).

    `paid` is what the desk took of the fee of each, in đồng. Raises Refused for the first that cannot be received.
    """
    received = [receive(filing, by=by, at=at, paid=paid) for filing in filings]
    wire.ask(_WAIT)
    return received
