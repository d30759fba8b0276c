"""On random provinces: a figure is exactly the number of its rows, a whole is the sum of its parts, and both
agree with the rules written a second time, plainly, in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.catalogue.models import Version
from motcua.dossiers.models import Dossier
from motcua.scores import drill, queries, walking
from motcua.scores.asked import Asked
from motcua.scores.measures import MEASURES, SIDES, Side, Subject
from motcua.scores.periods import Period, Window

from .scores_world import World, build, moment, publish

pytestmark = pytest.mark.django_db

PERIODS = [Period.parse(text) for text in ("2026-10", "2026-09", "2026-Q3", "2026-Q4", "2026-H2", "2026")]
LOOKS = [moment("2026-10-15 10:00"), moment("2026-11-02 09:00"), moment("2027-01-05 09:00")]
INSTANT = timedelta(microseconds=1)

few = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _edges() -> list[datetime]:
    """The moments around which a rule turns, and some between them."""
    turns = [PERIODS[0].start, PERIODS[0].end, PERIODS[2].start, *LOOKS]
    near = [
        turn + step for turn in turns for step in (-timedelta(minutes=1), -INSTANT, timedelta(0), INSTANT)
    ]
    return sorted(
        [*near, *(PERIODS[5].start + timedelta(days=days, hours=9) for days in range(200, 350, 10))]
    )


EDGES = _edges()
MOMENTS = st.sampled_from(EDGES)
MINUTES = MOMENTS.map(lambda found: found.replace(second=0, microsecond=0))


@st.composite
def rows(draw: Callable[[Any], Any]) -> dict[str, Any]:
    """What may stand in a dossier's row; `place` and `text` are numbers of a unit and a version."""
    accepted = draw(st.none() | MOMENTS)
    after = [found for found in EDGES if accepted and found >= accepted]
    ended = draw(st.none() | st.sampled_from(after)) if after else None
    flags = draw(st.fixed_dictionaries({name: st.booleans() for name in FLAGS}))
    return flags | {
        "place": draw(st.integers(0, 5)),
        "text": draw(st.integers(0, 5)),
        "accepted_at": accepted,
        "filed_at": accepted or EDGES[0],
        "ended_at": ended,
        "due_at": draw(st.none() | MINUTES),
        "paused_at": draw(st.none() | st.sampled_from(after)) if after else None,
        "supplements": draw(st.integers(0, 2)),
        "channel": draw(st.sampled_from(["online", "direct", "post"])),
        "state": draw(st.sampled_from([4, 6])),
        "fee": draw(st.sampled_from([0, 1000])),
        "paid": draw(st.sampled_from([0, 1000])),
        "satisfied": draw(st.none() | st.booleans()),
        "reported": draw(st.integers(0, 1)),
    }


FLAGS = (
    "vneid",
    "paid_online",
    "digitised",
    "reused",
    "from_store",
    "population_data",
    "paper_result",
    "electronic_result",
)
TEXTS = [
    {"levels": ["commune"], "online": "full"},
    {
        "levels": ["commune", "province"],
        "online": "partial",
        "agency": "Sở Một",
        "audiences": ["Doanh nghiệp"],
    },
    {"levels": ["province"], "online": "none", "agency": "Sở Hai"},
    {"levels": [], "online": "", "audiences": []},
    {"levels": ["ministry"], "online": "full", "agency": "Bộ Mẫu"},
    {"levels": ["commune"], "online": "full", "valid_from": PERIODS[0].last},
]


@dataclass
class Trial:
    """A random province: its dossiers, when it is looked at and for which period."""

    world: World
    dossiers: list[Dossier]
    period: Period
    at: datetime

    @property
    def window(self) -> Window:
        return self.period.window(self.at)


@contextmanager
def province(found: list[dict[str, Any]], period: Period, at: datetime) -> Iterator[Trial]:
    """The province in the database, taken back afterwards."""
    with transaction.atomic():
        world = build()
        texts: list[Version] = [publish(**text) for text in TEXTS]
        dossiers = [
            world.built(unit=world.deciding[row.pop("place")], version=texts[row.pop("text")], **row)
            for row in found
        ]
        world.dossiers(dossiers)
        yield Trial(world, list(Dossier.objects.select_related("version", "deciding_unit")), period, at)
        transaction.set_rollback(True)


PROVINCES = {
    "found": st.lists(rows(), max_size=12),
    "period": st.sampled_from(PERIODS),
    "at": st.sampled_from(LOOKS),
}
provinces = given(**PROVINCES)
UNITS = st.sampled_from(["04", "S1", "S2", "X1", "X2"])


@settings(few, max_examples=20)
@given(**PROVINCES, code=UNITS)
def test_a_figure_is_the_number_of_its_rows(
    found: list[dict[str, Any]], period: Period, at: datetime, code: str
) -> None:
    with province(found, period, at):
        entry = queries.index(period, at, code)[0]
        for measure in MEASURES:
            n, d, left_out = (_opened(measure, side, code, period, at) for side in SIDES)
            assert n <= d
            assert not d & left_out
            assert len(left_out) == entry.left_out.get(measure, 0), measure
            pair = entry.counts.get(measure)
            counted = (pair[0] if pair and measure == "2.2" else len(n), len(d))
            assert counted == (pair or (0, 0)), measure


@settings(few, max_examples=3)
@given(**PROVINCES, code=UNITS)
def test_the_pages_of_a_figure_hold_its_rows_and_no_other(
    found: list[dict[str, Any]], period: Period, at: datetime, code: str
) -> None:
    with province(found, period, at), pytest.MonkeyPatch.context() as patch:
        patch.setattr(walking, "SIZE", 3)
        patch.setattr(drill, "PAGE", 3)
        asked = Asked(period, at, at)
        for measure in MEASURES:
            for side in _sides(asked, code, measure):
                figure = drill.figure(asked, code, measure, side)
                turned = _turned(figure)
                assert turned == list(figure.rows.values_list("pk", flat=True)), (measure, side)
                assert len(turned) == figure.count, (measure, side)


def _sides(asked: Asked, unit: str, code: str) -> list[str]:
    try:
        return list(drill.figure(asked, unit, code, "mau").counts)
    except queries.Unscored:
        return []


def _turned(figure: drill.Figure) -> list[int]:
    """Its rows from page to page, each read again on the way back."""
    seen, said = [list[int]()], dict[str, Any]()
    while len(shown := [row.pk for row in drill.leaf(figure, said).rows]) > 0:
        seen.append(shown)
        said = {"trang": str(len(seen)), "sau": str(shown[-1])}
        if sum(map(len, seen)) >= figure.count:
            break
    for number in range(len(seen) - 1, 1, -1):
        back = {"trang": str(number - 1), "truoc": str(seen[number][0])}
        assert [row.pk for row in drill.leaf(figure, back).rows] == seen[number - 1]
        numbered = drill.leaf(figure, {"trang": str(number)})
        assert [row.pk for row in numbered.rows] == seen[number]
    return [*chain(*seen)]


def _opened(code: str, side: Side, unit: str, period: Period, at: datetime) -> set[int]:
    listed = list(queries.rows(code, side, unit, period, at).values_list("pk", flat=True))
    assert len(listed) == len(set(listed))
    return set(listed)


@few
@provinces
def test_the_province_is_the_sum_of_its_units(
    found: list[dict[str, Any]], period: Period, at: datetime
) -> None:
    with province(found, period, at) as trial:
        window = trial.window
        own = [d for d in trial.dossiers if d.deciding_unit == trial.world.province and _handled(d, window)]
        counts = queries.counts(period, at)
        for code, rule in RULES.items():
            units = [counts[unit].get(code) or (0, 0) for unit in ("S1", "S2", "X1", "X2")]
            mine = [rule(d, window) for d in own]
            whole = counts["04"].get(code) or (0, 0)
            assert whole[0] == sum(n for n, _ in units) + mine.count(True), code
            assert whole[1] == sum(d for _, d in units) + mine.count(True) + mine.count(False), code


@few
@provinces
def test_the_counts_follow_the_rules_as_written_in_plain_python(
    found: list[dict[str, Any]], period: Period, at: datetime
) -> None:
    with province(found, period, at) as trial:
        window = trial.window
        for code, counts in queries.counts(period, at).items():
            mine = [d for d in trial.dossiers if code in _scopes(d, trial.world) and _handled(d, window)]
            for measure, rule in RULES.items():
                verdicts = [rule(d, window) for d in mine]
                expected = (verdicts.count(True), verdicts.count(True) + verdicts.count(False))
                assert counts.get(measure, (0, 0)) == expected, (code, measure)


@few
@provinces
def test_procedures_are_counted_by_their_dossiers(
    found: list[dict[str, Any]], period: Period, at: datetime
) -> None:
    with province(found, period, at) as trial:
        window = trial.window
        paid_once = {d.version_id for d in trial.dossiers if d.paid_online and _begun(d, window)}
        for code, counts in queries.counts(period, at).items():
            mine = [d for d in trial.dossiers if code in _scopes(d, trial.world) and _arrived(d, window)]
            owed = {d.version_id for d in mine if _owes(d)}
            assert counts["3.5"] == (
                len({d.version_id for d in mine if _owes(d) and d.paid_online}),
                len(owed),
            )
            assert counts["3.4"] == (len(owed & paid_once), len(owed))


@given(found=st.lists(rows(), max_size=8), at=st.sampled_from(LOOKS))
@few
def test_looking_twice_gives_the_same_and_later_rows_change_nothing(
    found: list[dict[str, Any]], at: datetime
) -> None:
    period = Period.parse("2026-09")
    with province(found, period, at) as trial:
        before = queries.counts(period, at)
        trial.world.dossier(accepted_at=at + INSTANT, due_at=at + timedelta(days=9))
        assert queries.counts(period, at) == before


# The rules a second time. A rule says True (counts and fulfils), False (counts) or None (does not count).


def _begun(d: Dossier, window: Window) -> bool:
    return d.accepted_at is not None and d.accepted_at <= window.until


def _handled(d: Dossier, window: Window) -> bool:
    return _begun(d, window) and (d.ended_at is None or d.ended_at >= window.start)


def _arrived(d: Dossier, window: Window) -> bool:
    return _handled(d, window) and d.accepted_at >= window.start  # type: ignore[operator]


def _ended(d: Dossier, window: Window) -> bool:
    return d.ended_at is not None and d.ended_at <= window.until


def _owes(d: Dossier) -> bool:
    return d.fee > 0 or d.paid > 0 or d.state == 6


def _on_time(d: Dossier, window: Window) -> bool | None:
    if d.supplements > 1:
        return False
    if d.due_at is None:
        return None
    if d.paused_at and d.paused_at <= window.until:
        held = d.paused_at
    else:
        held = d.ended_at if d.ended_at and _ended(d, window) else window.until
    return held.replace(second=0, microsecond=0) <= d.due_at


def _satisfied(d: Dossier, window: Window) -> bool | None:
    on_time = _on_time(d, window)
    return None if on_time is None else on_time and d.satisfied is not False


def _e_result(d: Dossier, window: Window) -> bool:
    return d.electronic_result and _ended(d, window)


RULES: dict[str, Callable[[Dossier, Window], bool | None]] = {
    "1.4": lambda d, w: d.reported > 0 if _arrived(d, w) else None,
    "2.1": _on_time,
    "3.3": lambda d, w: d.channel == "online" if _arrived(d, w) else None,
    "3.6": lambda d, w: d.paid_online if _arrived(d, w) and _owes(d) else None,
    "4.1": lambda d, w: _e_result(d, w) if d.paper_result else None,
    "4.2": lambda d, w: d.digitised and _e_result(d, w),
    "4.3": lambda d, w: d.reused,
    "4.4": lambda d, w: d.from_store,
    "4.5b": lambda d, w: d.population_data or d.vneid,
    "5.4": _satisfied,
}


def _scopes(d: Dossier, world: World) -> set[str]:
    unit = d.deciding_unit
    return {"04", "X1"} if unit == world.centre else {"04", unit.code}


def test_every_dossier_count_has_its_second_telling() -> None:
    counted = {m.code for m in MEASURES.values() if m.subject is Subject.DOSSIER}
    assert counted == {*RULES, "2.2"}
