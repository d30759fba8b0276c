"""Open data: fields with small counts stand together, nothing published leads below, and nobody is recognised."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from motcua.scores.models import OpenMonth
from motcua.scores.opening import datasets
from motcua.scores.opening.datasets import COUNTED, DATASETS, WITHIN
from motcua.scores.opening.protecting import added, group, safe, together
from motcua.scores.periods import Period
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
OCTOBER = Period.parse("2026-10")
K = 5


Month = dict[str, dict[str, int]]  # the counts of each field of one agency


def counted(online: int, offline: int, carried: int, ended: int, late: int) -> dict[str, int]:
    """A line of the form, whose columns agree."""
    received = online + offline + carried
    ended = min(ended, received)
    still = received - ended
    return {
        "received": received,
        "online": online,
        "offline": offline,
        "carried": carried,
        "ended": ended,
        "ended_early": 0,
        "ended_on_time": ended - min(late, ended),
        "ended_late": min(late, ended),
        "open": still,
        "open_in_time": still - min(late, still),
        "open_late": min(late, still),
    }


@st.composite
def months(draw: st.DrawFn, many: int) -> list[Month]:
    """Consecutive months of one agency: what is open when one ends is carried into the next."""
    few = st.integers(0, 9)
    open_before = {field: draw(few) for field in "ABCD"[: draw(st.integers(1, 4))]}
    found = []
    for _ in range(many):
        month = {}
        for field, carried in open_before.items():
            told = [draw(few) for _ in range(4)]
            month[field] = counted(told[0], told[1], carried, told[2] + told[3], told[3])
        found.append({field: line for field, line in month.items() if line["received"]})
        open_before = {field: line["open"] for field, line in month.items()}
    return found


Group = tuple[frozenset[str], bool]  # fields, and whether a file gives them by name
Files = dict[int, tuple[Month, list[Group]]]
Place = tuple[int, str, str]


def published(now: Month, before: Month) -> list[Group]:
    """What stands in the file of a month: the whole agency, the fields alone, the rest without its names."""
    kept = together(now, before, K)
    alone = [(frozenset({field}), True) for field in now.keys() - kept]
    whole = (frozenset(now), False)
    return [whole, *alone, *([(frozenset(now.keys() & kept), False)] if alone and now.keys() & kept else [])]


def told(files: Files) -> tuple[dict[Place, int], np.ndarray]:
    """Which cells there are, and all that anybody can put down about them: sums of files, identities, what is zero."""
    every = sorted({field for month, _ in files.values() for field in month})
    cells = {key: n for n, key in enumerate((m, f, c) for m in files for f in every for c in COUNTED)}
    rows: list[dict[Place, int]] = []
    for number, (month, groups) in files.items():
        for f in every:
            rows += [
                {(number, f, whole): -1} | {(number, f, part): 1 for part in parts} for whole, parts in WITHIN
            ]
        if number + 1 in files:
            rows += [{(number, f, "open"): 1, (number + 1, f, "carried"): -1} for f in every]
        alone = {f for fields, named in groups for f in fields if named}
        for place, (fields, named) in enumerate(groups):
            # Of a line without names one knows that it is of all fields, or of all that do not stand alone.
            over = fields if named else set(every) - (alone if place else set())
            for column in COUNTED:
                rows.append({(number, f, column): 1 for f in over})
                if not sum(month[f][column] for f in fields):
                    rows += [{(number, f, column): 1} for f in over]
    table = np.zeros((len(rows), len(cells)))
    for at, row in enumerate(rows):
        for key, sign in row.items():
            table[at, cells[key]] = sign
    return cells, table


def given_away(files: Files) -> list[Place]:
    """The small cells that follow from everything published; an agency with one field has none but its own."""
    cells, table = told(files)
    _, sizes, turned = np.linalg.svd(table)
    free = turned[int((sizes > 1e-9).sum()) :]
    fields = {field for _, field, _ in cells}
    return [
        key
        for key, n in cells.items()
        if not np.abs(free[:, n]).max(initial=0) > 1e-9
        and 0 < files[key[0]][0].get(key[1], {}).get(key[2], 0) < K
        and len(fields) > 1
    ]


@given(months(3))
@examples(max_examples=120)
def test_no_small_cell_of_a_field_follows_from_the_files_of_two_months_running(made: list[Month]) -> None:
    before, *both = made
    files = {}
    for number, month in enumerate(both):
        files[number] = (month, published(month, before))
        before = month
    assert given_away(files) == []


@given(months(2))
def test_every_line_of_a_file_below_the_agency_is_zero_or_large(made: list[Month]) -> None:
    before, now = made
    for fields, _ in published(now, before)[1:]:
        assert safe(added(now[field] for field in fields).values(), K)


def test_what_the_month_before_kept_together_would_else_be_told_by_the_difference_of_two_files() -> None:
    first = {"A": counted(9, 0, 0, 2, 0), "B": counted(20, 0, 0, 10, 0), "C": counted(30, 0, 0, 10, 0)}
    then = {field: counted(10, 0, line["open"], 5, 0) for field, line in first.items()}
    assert group(first, K) == {"A", "B"}
    assert group(then, K) == set()
    assert together(then, first, K) == {"A", "B"}
    third = {"A": counted(0, 0, 3, 0, 0), "B": counted(40, 0, 9, 5, 0), "C": counted(12, 0, 25, 5, 0)}
    second = {"A": counted(3, 0, 0, 0, 0), "B": counted(9, 0, 5, 5, 0), "C": counted(30, 0, 5, 10, 0)}
    careless = {0: (second, published(second, {})), 1: (third, published(third, {}))}
    assert (0, "A", "open") in given_away(careless)
    assert given_away({0: careless[0], 1: (third, published(third, second))}) == []


def test_the_smallest_fields_join_a_small_one_until_no_count_is_small() -> None:
    lines = {"A": counted(2, 0, 0, 2, 0), "B": counted(30, 0, 0, 30, 0), "C": counted(9, 0, 0, 9, 0)}
    assert group(lines, K) == {"A", "C"}
    assert group({name: lines[name] for name in "BC"}, K) == set()
    assert group({"A": lines["A"]}, K) == {"A"}


@pytest.fixture
def world(db: None) -> World:
    return scores_world.build()


def test_a_month_has_a_row_for_each_agency_and_each_field_large_enough(world: World) -> None:
    land, forest = scores_world.publish(field="Đất đai"), scores_world.publish(field="Lâm nghiệp")
    for version, many in ((land, 8), (forest, 7), (world.version, 2)):
        for _ in range(many):
            world.dossier(version=version, ended_at=moment("2026-10-12 16:00"))
    _, rows = datasets.rows(DATASETS["ho-so"], OCTOBER, NOW)
    given = [(row["of"], row["unit"], row["field"], row["ended_on_time"], row["withheld"]) for row in rows]
    assert given == [
        ("province", "", "", 17, False),
        ("unit", "S1", "", 17, False),
        ("field", "S1", "Đất đai", 8, False),
        ("rest", "S1", "", 9, True),
    ]
    assert set(rows[0]) == set(DATASETS["ho-so"].columns)


def test_a_field_kept_together_last_month_is_kept_together_this_month(world: World) -> None:
    land, forest = scores_world.publish(field="Đất đai"), scores_world.publish(field="Lâm nghiệp")
    early = {"accepted_at": moment("2026-09-07 09:00"), "ended_at": moment("2026-09-08 09:00")}
    late = {"ended_at": moment("2026-10-12 16:00")}
    for version, (september, october) in {land: (2, 9), forest: (6, 8), world.version: (20, 20)}.items():
        for many, row in ((september, early), (october, late)):
            for _ in range(many):
                world.dossier(version=version, **row)
    _, rows = datasets.rows(DATASETS["ho-so"], OCTOBER, NOW)
    assert [(row["of"], row["field"], row["received"]) for row in rows[2:]] == [
        ("field", "", 20),
        ("rest", "", 17),
    ]


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
    assert str(next(datasets.months(moment("2026-11-04 00:30")))) == "2026-10"
    assert str(next(datasets.months(moment("2026-11-03 23:30")))) == "2026-09"


def test_a_file_taken_again_after_a_correction_is_the_one_that_was_given(world: World) -> None:
    """The difference of the two would be the dossier that was corrected."""
    land = scores_world.publish(field="Đất đai")
    for _ in range(8):
        world.dossier(version=land, ended_at=moment("2026-10-12 16:00"))
    given = datasets.rows(DATASETS["ho-so"], OCTOBER, NOW)
    assert given[0] == NOW
    world.dossier(version=land, ended_at=moment("2026-10-12 16:00"))
    assert datasets.rows(DATASETS["ho-so"], OCTOBER, moment("2026-11-06 09:00")) == given


def test_the_month_before_a_file_is_given_as_the_file_was_grouped_by_it(world: World) -> None:
    land, forest = scores_world.publish(field="Đất đai"), scores_world.publish(field="Lâm nghiệp")
    early = {"accepted_at": moment("2026-09-07 09:00"), "ended_at": moment("2026-09-08 09:00")}
    for version, many in ((land, 8), (forest, 6), (world.version, 2)):
        for _ in range(many):
            world.dossier(version=version, **early)
    datasets.rows(DATASETS["ho-so"], OCTOBER, NOW)
    world.dossier(version=world.version, **early)
    _, rows = datasets.rows(DATASETS["ho-so"], OCTOBER.previous, NOW)
    assert [(row["of"], row["received"]) for row in rows[1:]] == [("unit", 16), ("field", 8), ("rest", 8)]
    with pytest.raises(DatabaseError), transaction.atomic():
        OpenMonth.objects.update(at=NOW)
