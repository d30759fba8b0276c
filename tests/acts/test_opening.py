"""Open data: small counts are withheld, nothing published gives them back, and nobody can be recognised."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.scores.opening import datasets
from motcua.scores.opening.datasets import COUNTED, DATASETS, Cell
from motcua.scores.opening.protecting import Sum, withheld
from motcua.scores.periods import Period
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
OCTOBER = Period.parse("2026-10")
K = 5


def gives_back(each: Sum[Cell], cells: dict[Cell, int], hidden: set[Cell]) -> bool:
    """Whether this sum alone tells a withheld count, or that several of them are small."""
    gone = [part for part in each.parts if part in hidden]
    if each.whole in hidden:
        return not gone
    return bool(gone) and (len(gone) == 1 or sum(cells[part] for part in gone) < K)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Cell, int], list[Sum[Cell]]]:
    """A table of units and fields with all its sums, as a month has it."""
    leaves = ("online", "offline", "carried")
    cells: dict[Cell, int] = {}
    for unit in "ABC"[: draw(st.integers(1, 3))]:
        for field in "xyz"[: draw(st.integers(1, 3))]:
            counts = {name: draw(st.integers(0, 12)) for name in leaves}
            ended = draw(st.integers(0, sum(counts.values())))
            counts |= {"ended_early": ended, "ended_on_time": 0, "ended_late": 0, "open_late": 0}
            counts["open_in_time"] = sum(counts[name] for name in leaves) - ended
            for whole, parts in datasets.WITHIN[:3]:
                counts[whole] = sum(counts[part] for part in parts)
            for column in COUNTED:
                for place in ((unit, field), (unit, ""), ("", "")):
                    cells[*place, column] = cells.get((*place, column), 0) + counts[column]
    return cells, datasets._sums(cells)


@given(tables())
def test_no_published_sum_gives_a_withheld_count_back(made: tuple[dict[Cell, int], list[Sum[Cell]]]) -> None:
    cells, sums = made
    for each in sums:
        assert cells[each.whole] == sum(cells[part] for part in each.parts)
    hidden = withheld(cells, sums, K)
    assert {key for key, count in cells.items() if 0 < count < K} <= hidden
    assert all(cells[key] for key in hidden)
    assert not [each for each in sums if gives_back(each, cells, hidden)]


def test_a_second_cell_goes_with_a_small_one_and_the_smallest_is_taken() -> None:
    cells = {"a": 2, "b": 30, "c": 9, "all": 41}
    assert withheld(cells, [Sum("all", ("a", "b", "c"))], K) == {"a", "c"}


def test_two_ones_are_not_told_by_their_sum() -> None:
    cells = {"a": 1, "b": 1, "c": 50, "all": 52}
    assert withheld(cells, [Sum("all", ("a", "b", "c"))], K) == {"a", "b", "c"}


def test_where_all_other_parts_are_zero_the_whole_goes_too() -> None:
    cells = {"a": 3, "b": 0, "all": 3, "more": 20, "top": 23}
    sums = [Sum("all", ("a", "b")), Sum("top", ("all", "more"))]
    assert withheld(cells, sums, K) == {"a", "all", "more"}


def test_nothing_is_withheld_where_nothing_is_small() -> None:
    assert withheld({"a": 0, "b": 9, "all": 9}, [Sum("all", ("a", "b"))], K) == set()


@pytest.fixture
def world(db: None) -> World:
    return scores_world.build()


def test_a_month_has_a_row_for_each_unit_and_field_and_their_wholes(world: World) -> None:
    land = scores_world.publish(field="Đất đai")
    for version, many in ((land, 7), (world.version, 2)):
        for _ in range(many):
            world.dossier(version=version, ended_at=moment("2026-10-12 16:00"))
    _, rows = datasets.rows(DATASETS["ho-so"], OCTOBER, NOW)
    told = {(row["of"], row["unit"], row["field"]): row for row in rows}
    assert set(told) == {
        ("province", "", ""),
        ("unit", "S1", ""),
        ("field", "S1", ""),
        ("field", "S1", "Đất đai"),
    }
    # Two would be told by the whole of nine less the seven.
    assert [told[key]["ended_on_time"] for key in sorted(told)] == [None, None, 9, 9]
    assert told["field", "S1", "Đất đai"]["withheld"]
    assert set(rows[0]) == set(DATASETS["ho-so"].columns)


def test_no_column_names_a_dossier_a_person_or_a_moment(world: World) -> None:
    world.dossier(applicant="Nông Thị Mẫu", identity="004090000001", phone="0900000000")
    for dataset in DATASETS.values():
        _, rows = datasets.rows(dataset, OCTOBER, NOW)
        told = str(rows)
        for private in ("Nông Thị Mẫu", "004090000001", "0900000000", "H14-"):
            assert private not in told
        assert all(set(row) == set(dataset.columns) for row in rows)


def test_points_are_those_of_the_index(world: World) -> None:
    _, rows = datasets.rows(DATASETS["chi-so"], OCTOBER, NOW)
    assert {row["unit"] for row in rows} == {"04", "S1", "S2", "X1", "X2"}
    assert all(set(row) == set(DATASETS["chi-so"].columns) for row in rows)


def test_only_months_that_are_over_are_given_and_none_is_left_out() -> None:
    found = list(datasets.months(NOW))
    assert (str(found[0]), str(found[-1])) == ("2026-10", "2022-08")
    assert all(newer.previous == older for newer, older in pairwise(found))


def test_a_month_is_over_by_the_legal_day() -> None:
    assert str(next(datasets.months(moment("2026-11-01 00:30")))) == "2026-10"
