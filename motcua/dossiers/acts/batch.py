"""Many dossiers of one procedure at once (tiếp nhận theo danh sách)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InternalError, transaction
from psycopg import errors

from motcua.journal import log, wire
from motcua.people.models import Officer

from ..models import Dossier
from .opening import Filing, receive

P = ParamSpec("P")
R = TypeVar("R")
# Taking ordinals lets a commit be quick (`opening`); this one ends in many dossiers and is waited for.
_WAIT = "SELECT set_config('synchronous_commit', 'on', true)"


def _again(whole: Callable[P, R]) -> Callable[P, R]:
    """Run it anew where one of its acts met what another wrote meanwhile: its transaction holds no longer."""

    @wraps(whole)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(log.TRIES):
            try:
                return whole(*args, **kwargs)
            except InternalError as error:
                if not isinstance(error.__cause__, errors.InFailedSqlTransaction):
                    raise
        raise log.Stale(f"{whole.__name__}: {log.TRIES} lần liền có người khác ghi trước")

    return run


@_again
@transaction.atomic(durable=True)
def receive_many(filings: Sequence[Filing], *, by: Officer, at: datetime, paid: int = 0) -> list[Dossier]:
    """Tiếp nhận theo danh sách: every one as `receive` takes it, or none (NĐ 118/2025 Đ.17.1.c, 17.3).

    `paid` is what the desk took of the fee of each, in đồng. Raises Refused for the first that cannot be received.
    """
    received = [receive(filing, by=by, at=at, paid=paid) for filing in filings]
    wire.ask(_WAIT)
    return received
