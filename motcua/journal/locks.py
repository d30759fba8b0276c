"""The numbers of PostgreSQL's advisory locks, all in one place, so that no two things wait for each other by accident.

A lock of one stream or one count is named by a text instead (`hashtext`), in the module that takes it.
"""

from __future__ import annotations

from enum import IntEnum, unique

from . import wire


@unique
class Lock(IntEnum):
    """What only one may do at a time."""

    MIGRATING = 766
    VERSIONS = 766_000_001  # imports, decisions, matching: two at once would number the same versions
    SWEEPING = 766_000_002  # two sweeps at once would add the same flaws
    SENDING_REPORTS = 766_000_003  # two at once would take one number
    DECLARING = 766_000_004  # of two at once the second is a correction
    REMARKS = 766_000_005  # what is counted is what there is
    POSTAL = 766_000_006  # of two sheets of a month the second corrects the first
    DEMO = 766_002_026


def hold(lock: Lock) -> None:
    """Wait for the lock, and keep it to the end of the transaction."""
    wire.ask("SELECT pg_advisory_xact_lock(%s::bigint)", [int(lock)])
