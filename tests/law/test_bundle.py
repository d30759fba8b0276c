"""Several procedures for one purpose: what waits for what, and which chain decides how long the whole takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law.bundle import DAY_MINUTES, Part, Plan, minutes_of, ordered, plan
from motcua.law.calendar import TZ, Calendar, Saturday
from motcua.law.clock import rules
from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit, Unit

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=TZ)
DAY = timedelta(days=1)
RULES = rules(MONDAY.date())
CALENDARS = (Calendar(), Calendar(saturday=Saturday.WORKING))


@st.composite
def bundles(draw: st.DrawFn) -> list[Part]:
    """Up to seven parts, each waiting for some before it, in any order, some begun and some done."""
    count = draw(st.integers(1, 7))
    parts = []
    for n in range(count):
        needs = draw(st.sets(st.integers(0, n - 1), max_size=3)) if n else set()
        minutes = draw(st.sampled_from([0, 60, 480, 960, 2400]))
        calendar = draw(st.sampled_from(CALENDARS))
        parts.append(
            Part(key=f"t{n}", minutes=minutes, needs=tuple(f"t{m}" for m in sorted(needs)), calendar=calendar)
        )
    return draw(st.permutations(parts))


def chains(parts: list[Part]) -> list[list[Part]]:
    """Every chain of parts that wait for each other, tried one by one."""
    known = {part.key: part for part in parts}

    def back(part: Part) -> list[list[Part]]:
        return [[*chain, part] for need in part.needs for chain in back(known[need])] or [[part]]

    return [chain for part in parts for chain in back(part)]


def length(chain: list[Part]) -> int:
    return sum(part.minutes for part in chain)


def read(parts: list[Part], now: datetime = MONDAY) -> Plan:
    return plan(parts, since=MONDAY, now=now)


@given(bundles())
def test_the_critical_path_is_the_longest_chain_and_never_more_than_one_after_the_other(
    parts: list[Part],
) -> None:
    told = read(parts)
    assert told.total == max(map(length, chains(parts)))
    assert told.total <= told.sequential == sum(part.minutes for part in parts)
    known = {part.key: part for part in parts}
    assert length([known[key] for key in told.path]) == told.total
    assert all(before in known[after].needs for before, after in pairwise(told.path))


@given(bundles())
def test_what_is_on_a_longest_chain_has_no_slack_and_all_else_has_some(parts: list[Part]) -> None:
    told = read(parts)
    longest = {part.key for chain in chains(parts) if length(chain) == told.total for part in chain}
    assert {bar.part.key for bar in told.bars if bar.critical} >= longest
    for bar in told.bars:
        through = [length(chain) for chain in _through(parts, bar.part.key)]
        assert bar.slack == told.total - max(through)


def _through(parts: list[Part], key: str) -> list[list[Part]]:
    """Every chain that passes a part and ends where nothing waits for it."""
    waited_for = {need for part in parts for need in part.needs}
    return [
        chain
        for chain in chains(parts)
        if any(part.key == key for part in chain) and chain[-1].key not in waited_for
    ]


@given(bundles(), st.integers(0, 20))
def test_nothing_begins_before_what_it_waits_for_nor_in_the_past(parts: list[Part], days: int) -> None:
    now = MONDAY + days * DAY
    told = read(parts, now)
    bars = {bar.part.key: bar for bar in told.bars}
    for bar in told.bars:
        assert bar.real[0] >= now
        for need in bar.part.needs:
            assert bar.planned[0] >= bars[need].planned[1]
            assert bar.real[0] >= bars[need].real[1]
    assert told.end == max(bar.real[1] for bar in told.bars)


@given(bundles())
def test_on_one_calendar_the_planned_end_lies_the_critical_path_away(parts: list[Part]) -> None:
    same = [replace(part, calendar=Calendar()) for part in parts]
    told = read(same)
    assert Calendar().working_minutes(MONDAY, told.planned_end) == told.total


@given(bundles(), st.data())
def test_a_longer_term_never_makes_the_whole_shorter(parts: list[Part], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(parts) - 1))
    longer = [replace(p, minutes=p.minutes + 480) if n == place else p for n, p in enumerate(parts)]
    assert read(parts).total <= read(longer).total <= read(parts).total + 480


def three(**changes: dict[str, object]) -> list[Part]:
    """Investment, then land and environment side by side, then building."""
    parts = [
        Part(key="dau-tu", minutes=10 * DAY_MINUTES),
        Part(key="dat", minutes=15 * DAY_MINUTES, needs=("dau-tu",)),
        Part(key="moi-truong", minutes=5 * DAY_MINUTES, needs=("dau-tu",)),
        Part(key="xay", minutes=20 * DAY_MINUTES, needs=("dat", "moi-truong")),
    ]
    return [replace(part, **changes.get(part.key.replace("-", "_"), {})) for part in parts]  # type: ignore[arg-type]


def test_a_project_takes_its_longest_chain_and_not_the_sum() -> None:
    told = read(three())
    assert told.path == ("dau-tu", "dat", "xay")
    assert (told.total, told.sequential, told.saved) == (45 * 480, 50 * 480, 5 * 480)
    assert {bar.part.key: bar.slack for bar in told.bars} == {
        "dau-tu": 0,
        "dat": 0,
        "moi-truong": 10 * 480,
        "xay": 0,
    }


def test_what_is_late_now_holds_the_whole_up_though_it_was_not_on_the_longest_chain() -> None:
    now = MONDAY + 60 * DAY
    told = read(
        three(
            dau_tu={"begun": MONDAY, "ended": MONDAY + 7 * DAY},
            dat={"begun": MONDAY + 7 * DAY, "ended": MONDAY + 20 * DAY},
            moi_truong={"begun": MONDAY + 7 * DAY, "due": MONDAY + 14 * DAY},
        ),
        now,
    )
    assert told.holding == "moi-truong"
    assert told.chain == ("dau-tu", "moi-truong", "xay")
    assert {bar.part.key: bar.real for bar in told.bars}["moi-truong"] == (MONDAY + 7 * DAY, now)


def test_when_all_is_done_nothing_holds_it_up() -> None:
    part = Part(key="a", minutes=480, begun=MONDAY, ended=MONDAY + DAY)
    told = read([part], MONDAY + 5 * DAY)
    assert (told.holding, told.end) == ("", MONDAY + DAY)


def test_parts_come_behind_what_they_wait_for() -> None:
    assert [part.key for part in ordered(three()[::-1])] == ["dau-tu", "moi-truong", "dat", "xay"]


@pytest.mark.parametrize(
    "parts",
    [
        [Part(key="a", minutes=1, needs=("b",)), Part(key="b", minutes=1, needs=("a",))],
        [Part(key="a", minutes=1, needs=("a",))],
        [Part(key="a", minutes=1, needs=("x",))],
        [],
    ],
)
def test_a_circle_an_unknown_need_or_nothing_at_all_is_refused(parts: list[Part]) -> None:
    with pytest.raises(Refused):
        read(parts)


@pytest.mark.parametrize(
    ("limit", "minutes"),
    [
        (TimeLimit(Decimal(5), Unit.WORKING_DAYS), 2400),
        (TimeLimit(Decimal(4), Unit.WORKING_HOURS), 240),
        (TimeLimit(Decimal("0.5"), Unit.WORKING_DAYS), 240),
        (None, 0),
    ],
)
def test_a_term_is_counted_in_working_minutes(limit: TimeLimit | None, minutes: int) -> None:
    assert minutes_of(limit, MONDAY, Calendar(), RULES) == minutes


def test_a_term_in_calendar_days_is_what_is_worked_until_it_ends() -> None:
    week = minutes_of(TimeLimit(Decimal(7), Unit.DAYS), MONDAY, Calendar(), RULES)
    assert 5 * DAY_MINUTES <= week <= 6 * DAY_MINUTES
