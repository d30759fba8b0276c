"""Answers put back in another order (xáo phiếu), so that not even the database's own order tells who gave them.

PostgreSQL knows of each row the transaction that wrote it and where it lies; taken out and put back in one statement,
all answers have the same transaction and lie anyhow. What a backup or the write-ahead log kept before that stays
there: docs/adr/0016 says what that means.
"""

from __future__ import annotations

from django.db import transaction

from motcua.journal import wire

from .models import Survey

_MIX = (
    "WITH taken AS (DELETE FROM steering_surveyanswer WHERE survey_id = %s RETURNING *)"
    " INSERT INTO steering_surveyanswer SELECT * FROM taken ORDER BY random() RETURNING 1"
)


def mix(survey: Survey) -> None:
    """Put the answers of an open survey, which the caller holds, in another order."""
    wire.ask(_MIX, [survey.pk])


def mix_all() -> int:
    """The same for every survey that takes answers; how many. One that is being closed is mixed there."""
    found = list(Survey.objects.filter(closed_at=None))
    return sum(_mixed(survey) for survey in found)


@transaction.atomic
def _mixed(survey: Survey) -> bool:
    open_ = Survey.objects.select_for_update(no_key=True, skip_locked=True).filter(closed_at=None)
    held = open_.filter(pk=survey.pk).first()
    if held:
        mix(held)
    return held is not None
