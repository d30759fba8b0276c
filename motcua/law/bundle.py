"""Several procedures for one purpose, done side by side where nothing forbids it (nhóm thủ tục liên thông, dự án).

What waits for what, when each could begin and end, which chain of them decides how long the whole takes (đường
găng), and how much shorter that is than one after the other. Terms are in working minutes; moments follow the
calendar of whoever decides each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .calendar import Calendar
from .facts import Refused
from .limits import TimeLimit, Unit
from .terms import ClockRules, due

USUAL = Calendar()
DAY_MINUTES = 480
HOUR_MINUTES = 60
_PLAIN = {
    Unit.WORKING_DAYS: DAY_MINUTES,
    Unit.WORKING_HOURS: HOUR_MINUTES,
    Unit.HOURS: HOUR_MINUTES,
    Unit.MINUTES: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One procedure of a bundle (thủ tục thành phần).

    `minutes` is its term, 0 where none is set; `limit` the same as it was published, which `rules` turn into a due
    moment; without it the minutes are counted on from the beginning. `needs` are the keys of those whose result it
    waits for. `begun`, `due` and `ended` are what came of it so far: accepted, promised, done.
    """

    key: str
    minutes: int
    needs: tuple[str, ...] = ()
    calendar: Calendar = USUAL
    begun: datetime | None = None
    due: datetime | None = None
    ended: datetime | None = None
    limit: TimeLimit | None = None
    rules: ClockRules | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """When a part was planned, and when it was or will be; `critical` where the whole is as long as this chain.

    `slack`: by how many working minutes it may take longer without making the whole longer by its terms.
    """

    part: Part
    planned: tuple[datetime, datetime]
    real: tuple[datetime, datetime]
    slack: int

    @property
    def critical(self) -> bool:
        return self.slack == 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A bundle read at a moment (kế hoạch, tiến độ).

    `path` is one longest chain by terms (đường găng), `total` its working minutes, `sequential` the sum of all
    terms one after the other; `chain` the parts on which the end expected now hangs, `end` that moment; `holding`
    the first unfinished part of it, "" when all are done.
    """

    bars: tuple[Bar, ...]
    path: tuple[str, ...]
    total: int
    sequential: int
    chain: tuple[str, ...]
    planned_end: datetime
    end: datetime
    holding: str

    @property
    def saved(self) -> int:
        """Working minutes saved by doing side by side what may be."""
        return self.sequential - self.total


def ordered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, each behind all it needs, else as they came. Raises Refused for a circle or an unknown need."""
    known, placed = {part.key for part in parts}, dict[str, Part]()
    for part in parts:
        if missing := set(part.needs) - known:
            raise Refused(f"“{part.key}” chờ “{', '.join(sorted(missing))}”, không có trong nhóm")
    left = list(parts)
    while left:
        ready = next((part for part in left if all(need in placed for need in part.needs)), None)
        if ready is None:
            raise Refused(f"Các thủ tục chờ nhau vòng tròn: {', '.join(part.key for part in left)}")
        placed[ready.key] = ready
        left.remove(ready)
    return tuple(placed.values())


def minutes_of(limit: TimeLimit | None, since: datetime, calendar: Calendar, rules: ClockRules) -> int:
    """A term in working minutes; one in days or months as it would fall from `since` on. None: no term, 0."""
    if limit is None:
        return 0
    if limit.unit in _PLAIN:
        return int(limit.amount * _PLAIN[limit.unit])
    return max(0, calendar.working_minutes(since, due(since, limit, calendar, rules)))


def plan(parts: Sequence[Part], *, since: datetime, now: datetime) -> Plan:
    """The bundle begun at `since` as it stands at `now`. Raises Refused as `ordered` does."""
    if not parts:
        raise Refused("Nhóm phải có ít nhất một thủ tục")
    told = ordered(parts)
    before, after = _ahead(told), _behind(told)
    total = max(before[part.key] + part.minutes for part in told)
    planned, real = _planned(told, since), _real(told, since, now)
    bars = tuple(
        Bar(p, planned[p.key], real[p.key], total - before[p.key] - p.minutes - after[p.key]) for p in told
    )
    chain = _chain(told, real)
    return Plan(
        bars=bars,
        path=_longest(told, before, total),
        total=total,
        sequential=sum(part.minutes for part in told),
        chain=chain,
        planned_end=max(end for _, end in planned.values()),
        end=max(end for _, end in real.values()),
        holding=next((key for key in chain if not _by_key(told)[key].ended), ""),
    )


def _by_key(parts: Iterable[Part]) -> dict[str, Part]:
    return {part.key: part for part in parts}


def _ahead(told: Sequence[Part]) -> dict[str, int]:
    """The minutes of the longest chain before each part."""
    found: dict[str, int] = {}
    known = _by_key(told)
    for part in told:
        found[part.key] = max((found[need] + known[need].minutes for need in part.needs), default=0)
    return found


def _behind(told: Sequence[Part]) -> dict[str, int]:
    """The minutes of the longest chain after each part."""
    found = dict.fromkeys((part.key for part in told), 0)
    for part in reversed(told):
        for need in part.needs:
            found[need] = max(found[need], found[part.key] + part.minutes)
    return found


def _longest(told: Sequence[Part], before: Mapping[str, int], total: int) -> tuple[str, ...]:
    known = _by_key(told)
    last = next(part for part in reversed(told) if before[part.key] + part.minutes == total)
    path = [last.key]
    while needs := known[path[0]].needs:
        path.insert(0, max(needs, key=lambda need: before[need] + known[need].minutes))
    return tuple(path)


def _planned(told: Sequence[Part], since: datetime) -> dict[str, tuple[datetime, datetime]]:
    found: dict[str, tuple[datetime, datetime]] = {}
    for part in told:
        begin = max((found[need][1] for need in part.needs), default=since)
        found[part.key] = (begin, _later(part, begin))
    return found


def _real(told: Sequence[Part], since: datetime, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    found: dict[str, tuple[datetime, datetime]] = {}
    for part in told:
        if part.ended:
            found[part.key] = (min(part.begun or part.ended, part.ended), part.ended)
        elif part.begun:
            found[part.key] = (part.begun, max(part.due or _later(part, part.begun), now))
        else:
            # Nothing begins in the past.
            begin = max([found[need][1] for need in part.needs] + [since, now])
            found[part.key] = (begin, _later(part, begin))
    return found


def _later(part: Part, begin: datetime) -> datetime:
    if part.limit and part.rules:
        return due(begin, part.limit, part.calendar, part.rules)
    return part.calendar.add_working_minutes(begin, part.minutes) if part.minutes else begin


def _chain(told: Sequence[Part], real: Mapping[str, tuple[datetime, datetime]]) -> tuple[str, ...]:
    """From the part that ends last, back through what each waited for longest."""
    known = _by_key(told)
    chain = [max(known, key=lambda key: (not known[key].ended, real[key][1]))]
    while needs := known[chain[0]].needs:
        chain.insert(0, max(needs, key=lambda need: (not known[need].ended, real[need][1])))
    return tuple(chain)
