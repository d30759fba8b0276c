"""What a published version promises for one channel and case: read once, because it never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from motcua.law.limits import TimeLimit

from . import queries
from .models import Status, Version


@dataclass(frozen=True, slots=True)
class Offer:
    """The term, the fee in đồng and whether the result is a document (thời hạn, phí và lệ phí, kết quả)."""

    limit: TimeLimit | None
    fee: int
    paper_result: bool


def offer(version: Version, channel: str, case: str) -> Offer:
    """The promise of a version to who hands in by `channel` in `case`."""
    if version.status == Status.PUBLISHED:
        return _kept(version.pk, version.published_at, channel, case)
    return _read(version, channel, case)


@lru_cache(maxsize=16384)
def _kept(key: int, published_at: datetime | None, channel: str, case: str) -> Offer:
    # The moment is in the key so that a database made anew is not taken for the old one.
    return _read(Version.objects.get(pk=key), channel, case)


def _read(version: Version, channel: str, case: str) -> Offer:
    limit = queries.limit_of(queries.term_for(version, channel, case))
    return Offer(limit, queries.fee_due(version, channel, case), queries.is_paper_result(version))
