"""Which papers of a dossier go to the deciding agency, and by when (giao hồ sơ giấy; NĐ 118/2025 Đ.18.2, 20.1.a)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from . import packs
from .calendar import Calendar, day


@dataclass(frozen=True, slots=True)
class MoveRules:
    """The rules of a day: origins of papers that are carried, the hour from which the next morning will do.

    `morning` is how long the next morning lasts, in working minutes; `across` the working days between levels.
    """

    origins: frozenset[str]
    cutoff: time
    morning: int
    across: int


@cache
def rules(on: date) -> MoveRules:
    """The rules in force on a day (gói quy định `papers`). Raises NotInForce before NĐ 61/2018 (21/06/2018)."""
    pack = packs.on("papers", on)
    cutoff = time.fromisoformat(pack["cutoff"])
    return MoveRules(frozenset(pack["carried"]), cutoff, pack["morning_minutes"], pack["across_levels_days"])


def carried(components: Iterable[Mapping[str, Any]], on: date) -> tuple[str, ...]:
    """The names of the papers that must be carried, of those accepted on a day; none for an electronic dossier."""
    papers = tuple(components)
    if not papers:
        return ()
    origins = rules(on).origins
    return tuple(str(paper["name"]) for paper in papers if paper.get("origin") in origins)


def given_by(accepted: datetime, calendar: Calendar, *, across_levels: bool) -> datetime:
    """The moment by which papers accepted at `accepted` must be given (thời hạn chuyển hồ sơ giấy).

    The same working day; from the hour the pack names, the beginning of the next one; between a commune and the
    province, within the days the pack names.
    """
    law, counts = rules(day(accepted)), calendar.snap(accepted)
    if across_levels:
        return calendar.close(calendar.add_working_days(day(counts), law.across))
    close = calendar.close(day(counts))
    if counts.timetz().replace(tzinfo=None) < law.cutoff:
        return close
    return calendar.add_working_minutes(close, law.morning)
