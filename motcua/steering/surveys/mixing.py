"""Answers put back in another order (xáo phiếu), so that not even the database's own order tells who gave them.

PostgreSQL knows of each row the transaction that wrote it and where it lies; taken out and put back in one statement,
all answers have the same transaction and lie anyhow. What a backup or the write-ahead log kept before that stays
there: docs/adr/0016 says what that means.
"""

from __future__ import annotations

from motcua.journal import wire

from .models import Survey

_MIX = (
    "WITH taken AS (DELETE FROM steering_surveyanswer WHERE survey_id = %s RETURNING *)"
    " INSERT INTO steering_surveyanswer SELECT * FROM taken ORDER BY random() RETURNING 1"
)


def mix(survey: Survey) -> None:
    """Put the answers of an open survey in another order."""
    wire.ask(_MIX, [survey.pk])


def mix_all() -> int:
    """The same for every survey that takes answers; how many."""
    found = list(Survey.objects.filter(closed_at=None))
    for survey in found:
        mix(survey)
    return len(found)
