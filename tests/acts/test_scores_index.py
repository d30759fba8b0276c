"""The index of a province from its rows: scores, places, points lost, the command, and the way back to the rows."""

import io
import json
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import connection

from motcua.law import indicators
from motcua.scores import live, queries
from motcua.scores.management.commands.index import Command
from motcua.scores.management.commands.score import scored
from motcua.scores.measures import MEASURES, NOT_APPLICABLE, SIDES, UNMEASURED
from motcua.scores.periods import BadPeriod, Period
from motcua.scores.populations import PARAMETERS
from motcua.scores.tables import NAMED

from .scores_world import World, build, moment, unit

OCTOBER = Period.parse("2026-10")
LATER = moment("2026-11-20 09:00")
ON_TIME, LATE = moment("2026-10-06 09:00"), moment("2026-10-20 09:00")


@pytest.fixture
def world(db: None) -> World:
    """Two departments: the first on time in both of its dossiers, the second in one of two."""
    world = build()
    for _ in range(2):
        world.dossier(unit=world.department, ended_at=ON_TIME, channel="online", reported=1)
    world.dossier(unit=world.other, ended_at=ON_TIME)
    world.dossier(unit=world.other, ended_at=LATE)
    return world


def run(*args: str) -> str:
    out = io.StringIO()
    command = Command(stdout=out, no_color=True)
    command.execute(**vars(command.create_parser("motcua", "index").parse_args(args)))
    return out.getvalue()


# The index


def test_the_province_comes_first_then_each_level_from_the_best_down(world: World) -> None:
    listed = queries.index(OCTOBER, LATER)
    assert [(e.unit.code, e.level, e.rank, e.among) for e in listed] == [
        ("04", "province", 1, 1),
        ("S1", "department", 1, 2),
        ("S2", "department", 2, 2),
        ("X1", "commune", 1, 2),
        ("X2", "commune", 1, 2),
    ]


def test_the_score_is_that_of_the_counts_under_the_pack_of_the_last_day(world: World) -> None:
    for entry in queries.index(OCTOBER, LATER):
        assert entry.score.day == OCTOBER.last
        assert entry.counts == queries.counts(OCTOBER, LATER)[entry.unit.code]
        assert entry.score == indicators.score(entry.counts, level=entry.level, day=OCTOBER.last)
    assert queries.index(OCTOBER, ON_TIME)[0].score.day == ON_TIME.date()


def test_what_is_not_measured_is_named_and_adds_nothing(world: World) -> None:
    whole, department = queries.index(OCTOBER, LATER)[:2]
    assert set(whole.unmeasured) == {"4.6", "5.2", "5.3"}
    assert set(department.unmeasured) == {"5.2", "5.3"}
    assert department.score.components["4.6"].score == 2


def test_lost_points_are_listed_most_first_and_add_up(world: World) -> None:
    entry = queries.index(OCTOBER, LATER, "S2")[0]
    found = queries.lost(entry)
    assert [each.points for each in found] == sorted((each.points for each in found), reverse=True)
    assert found[0].indicator.code == "2.1"
    assert found[0].points == 10
    assert entry.score.total + sum(each.points for each in found) == 100


def test_one_unit_keeps_its_place_among_all(world: World) -> None:
    (entry,) = queries.index(OCTOBER, LATER, "S2")
    assert (entry.rank, entry.among) == (2, 2)


def test_every_indicator_of_the_pack_is_measured_or_says_why_not() -> None:
    known = {i.code for i in indicators.catalogue(OCTOBER.last)}
    assert known == MEASURES.keys() | UNMEASURED.keys()
    assert not MEASURES.keys() & UNMEASURED.keys()
    assert NOT_APPLICABLE.keys() <= known


def test_every_measure_says_what_it_counts_and_where_that_is_written() -> None:
    for measure in MEASURES.values():
        assert measure.meaning.endswith(".")
        assert measure.source


# The rows


def test_a_figure_opens_to_its_rows_page_by_page(world: World) -> None:
    found = queries.rows("2.1", "d", "S2", OCTOBER, LATER).order_by("code")
    assert found.count() == 2
    assert [d.ended_at for d in found] == [ON_TIME, LATE]
    assert len(found[1:2]) == 1
    assert queries.rows("2.1", "n", "S2", OCTOBER, LATER).get() == found[0]


def test_a_figure_of_procedures_opens_to_procedures(world: World) -> None:
    assert queries.rows("3.2", "n", "04", OCTOBER, LATER).get() == world.version.procedure


def test_a_shared_figure_opens_to_the_provinces_rows_from_any_unit(world: World) -> None:
    assert queries.rows("1.3", "d", "X1", OCTOBER, LATER).get() == world.version.procedure


def test_rows_of_what_is_not_measured_or_not_scored_are_refused(world: World) -> None:
    with pytest.raises(KeyError):
        queries.rows("5.2", "n", "04", OCTOBER, LATER)
    with pytest.raises(queries.Unscored, match="không có đơn vị mã “Z9”"):
        queries.rows("2.1", "n", "Z9", OCTOBER, LATER)
    with pytest.raises(queries.Unscored, match=r"Trung tâm Xã Một \(T1\) không chấm điểm riêng"):
        queries.rows("2.1", "n", "T1", OCTOBER, LATER)
    with pytest.raises(BadPeriod):
        queries.rows("2.1", "n", "04", Period.parse("2027-01"), LATER)


# The statements


def test_a_statement_is_compiled_once_and_holds_no_value() -> None:
    for code in MEASURES:
        for side in SIDES:
            statement = live.rows(code, side)
            assert statement is live.rows(code, side)
            assert "1901" not in statement.sql
            assert statement.sql.replace("%%", "").count("%s") == len(statement.names)


def test_every_placeholder_is_bound(world: World) -> None:
    bound = live.bound(OCTOBER.window(LATER))
    assert bound.keys() == PARAMETERS.keys() | {"works", "sectors", "copies"}


def test_all_counts_take_one_question_to_the_database(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):  # and one for the units, one for what was declared
        queries.counts(OCTOBER, LATER)


@pytest.mark.parametrize("name", NAMED)
def test_the_live_database_answers_each_named_table_with_its_columns(world: World, name: str) -> None:
    kinds = {
        "int64": {20, 21, 23},
        "string": {25, 1043},
        "boolean": {16},
        "date": {1082},
        "timestamp('UTC')": {1184},
    }
    statement = live.compiled(NAMED[name].table)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.args(live.bound(OCTOBER.window(LATER))))
        found = {column.name: column.type_code for column in cursor.description}
    assert list(found) == list(NAMED[name].columns)
    for column, (kind, meaning) in NAMED[name].columns.items():
        assert meaning
        assert found[column] in kinds[kind], column


# The command


def test_the_table_shows_units_groups_and_what_is_not_measured(world: World) -> None:
    shown = run("--period", "2026-10", "--at", "2026-11-20T09:00")
    assert "Bộ chỉ số 766, tháng 10/2026" in shown
    assert "tính đến" not in shown
    lines = [line for line in shown.splitlines() if line.startswith("│")]
    names = [line.split("│")[1].strip() for line in lines]
    assert names == ["UBND tỉnh Mẫu", "Sở Một", "Sở Hai", "Xã Một", "Xã Hai"]
    assert "° Chưa đo, cộng 0 điểm (ở một hoặc nhiều đơn vị): 3.1, 3.2, 4.5a, 4.6, 5.2, 5.3" in shown
    assert "/18" in shown
    assert "2/2" in shown


def test_a_group_of_which_nothing_is_measured_says_so(db: None) -> None:
    world = build()
    world.dossier(due_at=None)
    shown = run("--period", "2026-10", "--at", "2026-11-20T09:00")
    (line,) = [line for line in shown.splitlines() if "Sở Một" in line]
    assert line.count("chưa đo") == 2  # progress and satisfaction
    assert "UBND tỉnh Mẫu: chỉ số 2.1 để ngoài 1 mục chưa đủ dữ liệu để xét" in shown


def test_a_running_period_says_how_far_it_goes(world: World) -> None:
    assert "tính đến 09:00 ngày 15/10/2026" in run("--period", "2026-10", "--at", "2026-10-15T09:00")


def test_one_unit_is_shown_indicator_by_indicator(world: World) -> None:
    shown = run("--period", "2026-10", "--unit", "S2", "--at", "2026-11-20T09:00")
    assert "Sở Hai, tháng 10/2026" in shown
    assert "1/2" in shown
    assert "50,00 % × 20 = 10,00" in shown


def test_every_unit_of_the_json_is_a_question_motcua_score_answers_the_same(world: World) -> None:
    data = json.loads(run("--period", "2026-10", "--at", "2026-11-20T09:00", "--json"))
    assert (data["period"], data["first"], data["last"], data["closed"]) == (
        "2026-10",
        "2026-10-01",
        "2026-10-31",
        True,
    )
    assert [u["code"] for u in data["units"]] == ["04", "S1", "S2", "X1", "X2"]
    for found in data["units"]:
        again = scored(found, "").as_data()
        assert {key: found[key] for key in again} == again


def test_the_period_is_this_month_unless_told(world: World) -> None:
    assert json.loads(run("--at", "2026-10-31T23:30", "--json"))["period"] == "2026-10"
    assert json.loads(run("--at", "2026-10-31T17:30+00:00", "--json"))["period"] == "2026-11"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--period", "10/2026"], "không có kỳ “10/2026”; viết 2026-10"),
        (["--period", ""], "không có kỳ “”"),
        (["--period", "2026-12"], "tháng 12/2026 chưa bắt đầu vào ngày 20/11/2026"),
        (["--period", "2022-07"], "kỳ này chưa có Bộ chỉ số 766"),
        (["--period", "2026-10", "--unit", "Z9"], "không có đơn vị mã “Z9”"),
        (["--period", "2026-10", "--unit", "T1"], "không chấm điểm riêng"),
        (["--period", "2025-06", "--unit", "X1"], "Xã Một .X1. không được chấm điểm trong kỳ tháng 6/2025"),
        (["--period", "2026-10", "--at", "2026-10-31"], "phải có cả ngày và giờ"),
        (["--period", "2026-10", "--at", "hôm qua"], "phải có cả ngày và giờ"),
    ],
)
def test_what_cannot_be_computed_is_one_clear_line(world: World, args: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says) as wrong:
        run("--at", "2026-11-20T09:00", *args)
    assert wrong.value.returncode == 2
    assert "\n" not in str(wrong.value)


def test_an_empty_database_has_no_units_and_no_error(db: None) -> None:
    assert queries.index(OCTOBER, LATER) == []
    assert json.loads(run("--period", "2026-10", "--json"))["units"] == []


def test_an_index_name_with_markup_is_shown_as_it_is(world: World) -> None:
    unit("S3", "Sở [red]Ba[/red] 100%", "department", world.province)
    assert "[red]" in run("--period", "2026-10", "--at", "2026-11-20T09:00")
