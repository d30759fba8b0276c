"""Small units beside large ones: shrunk towards their peers, the more the less they know; ranks with their range."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law import fairness, gains, indicators
from motcua.law.fairness import prior

DAY = date(2026, 10, 31)
PAIRS = st.integers(0, 200).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


def views(**units: dict[str, tuple[int, int]]) -> dict[str, fairness.Fair]:
    scored = {
        name: indicators.score(counts, level="commune", day=DAY).components for name, counts in units.items()
    }
    return fairness.fair(scored, indicators.catalogue(DAY))


def test_peers_that_really_differ_are_hardly_pulled_and_those_that_do_not_wholly() -> None:
    apart = prior([(95, 100), (50, 100), (20, 100), (80, 100)])
    alike = prior([(80, 100), (81, 100), (79, 100), (80, 100)])
    assert apart.strength < 10
    assert alike.strength == 400
    assert apart.shrunk((95, 100)) > 0.9
    assert alike.shrunk((81, 100)) == pytest.approx(0.802)


def test_one_dossier_says_less_than_a_hundred() -> None:
    known = prior([(95, 100), (50, 100), (20, 100), (80, 100)])
    assert known.shrunk((1, 1)) < known.shrunk((100, 100))
    assert known.doubt((1, 1)) > 2 * known.doubt((100, 100))


@given(st.lists(PAIRS, min_size=1, max_size=8))
def test_a_shrunk_ratio_lies_between_its_own_and_its_peers(pairs: list[tuple[int, int]]) -> None:
    known = prior(pairs)
    for n, d in pairs:
        own = n / d if d else known.mean
        low, high = sorted([own, known.mean])
        assert low - 1e-9 <= known.shrunk((n, d)) <= high + 1e-9
        assert 0 <= known.doubt((n, d)) <= 0.5


def test_a_rank_has_the_places_that_doubt_leaves_it() -> None:
    found = views(a={"2.1": (990, 1000)}, b={"2.1": (500, 1000)}, c={"2.1": (1, 1)}, d={"2.1": (100, 1000)})
    assert (found["b"].best, found["b"].worst) in {(2, 3), (3, 3)}
    assert (found["d"].best, found["d"].worst) == (4, 4)
    assert found["c"].best == 1
    assert found["c"].worst >= 2
    for view in found.values():
        assert view.low <= view.total <= view.high


def test_a_figure_all_share_leaves_no_doubt() -> None:
    found = views(a={"1.3": (50, 100)}, b={"1.3": (50, 100)})
    assert found["a"].low == found["a"].high == 1.0


def test_points_that_are_set_are_not_shrunk() -> None:
    assert views(a={"3.1": (8, 10)}, b={"3.1": (1, 10)})["a"].total == 0


def test_a_row_more_is_worth_what_the_score_rises_by() -> None:
    counts = {"2.1": (900, 1000), "4.3": (100, 1000), "5.4": (950, 1000)}
    catalogue = indicators.catalogue(DAY)
    score = indicators.score(counts, level="commune", day=DAY)
    found = gains.gains(score, catalogue)
    assert set(found) == {"2.1", "4.3"}
    assert (found["2.1"].rows, found["4.3"].rows) == (100, 700)
    for code, gain in found.items():
        n, d = counts[code]
        for rows in (50, gain.rows, d - n):
            more = indicators.score(counts | {code: (n + rows, d)}, level="commune", day=DAY)
            assert abs(Decimal(float(gain.of(rows))) - (more.total - score.total)) <= Decimal("0.0051")


def test_a_row_less_costs_nothing_above_the_target() -> None:
    score = indicators.score({"2.1": (10, 10), "5.4": (950, 1000)}, level="commune", day=DAY)
    catalogue = indicators.catalogue(DAY)
    assert gains.kept(score, catalogue, "2.1") == 2
    assert gains.kept(score, catalogue, "5.4") == 0
    assert gains.kept(score, catalogue, "9.9") == 0
