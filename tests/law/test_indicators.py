"""The index set 766: published figures to the last hundredth, and what must hold for any counts."""

import io
import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from motcua.law import indicators
from motcua.law.indicators import BadCounts, band, catalogue, mean_of_units, rank, score
from motcua.law.packs import NotInForce
from motcua.scores.management.commands.score import Command

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases/index-766.yaml").read_text(encoding="utf-8")
)
DAY = date(2026, 8, 31)
SCORED = tuple(i for i in catalogue(DAY) if not i.informative)


def decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def named(section: str) -> Any:
    """Parametrise over every row of a section of the case file, under its own name."""
    rows = CASES[section]
    return pytest.mark.parametrize("row", rows, ids=[row_name(r) for r in rows])


def row_name(row: Any) -> str:
    return str(row["name"]) if isinstance(row, dict) else " ".join(str(part) for part in row)


# the published figures


@named("units")
def test_a_published_unit_comes_out_to_the_last_hundredth(row: dict[str, Any]) -> None:
    found = score(row["counts"], level=row["level"], day=row["date"])
    expected = {code: decimal(points) for code, points in row.get("scores", {}).items()}
    assert {code: found.components[code].score for code in expected} == expected
    sums = {code: decimal(points) for code, points in row.get("groups", {}).items()}
    assert {code: found.groups[code] for code in sums} == sums
    assert "total" not in row or found.total == decimal(row["total"])


@named("ratios")
def test_one_published_figure_comes_out_to_the_last_hundredth(row: list[Any]) -> None:
    code, n, d, expected = row
    assert score({code: (n, d)}, level="province", day=DAY).components[code].score == decimal(expected)


@named("payments")
def test_a_published_payment_row_is_the_sum_of_its_rounded_figures(row: list[Any]) -> None:
    _, level, paid, procedures, integrated, expected = row
    counts = {"3.6": paid, "3.5": procedures, "3.4": integrated}
    assert score(counts, level=level, day=DAY).groups["TTTT"] == decimal(expected)


@named("sums")
def test_a_published_total_is_the_sum_of_its_groups(row: dict[str, Any]) -> None:
    assert sum(decimal(points) or 0 for points in row["groups"]) == decimal(row["total"])


@named("bands")
def test_a_total_falls_in_its_band(row: list[Any]) -> None:
    total, expected = row
    assert band(Decimal(str(total)), DAY) == expected


@named("refused")
def test_counts_that_cannot_be_are_refused_by_name(row: dict[str, Any]) -> None:
    with pytest.raises(BadCounts, match=row["says"]) as refusal:
        score(row["counts"], level=row.get("level", "province"), day=DAY)
    assert refusal.value.code == row["names"]
    assert refusal.value.remedy in str(refusal.value)


def provinces() -> dict[str, dict[str, Decimal]]:
    rows = CASES["nation"]["provinces"].items()
    return {name: dict(zip(indicators.GROUPS, map(decimal, row), strict=False)) for name, row in rows}


@pytest.mark.parametrize("name", CASES["nation"]["provinces"])
def test_a_published_province_adds_up(name: str) -> None:
    *groups, total = map(decimal, CASES["nation"]["provinces"][name])
    assert sum(groups) == total


def test_the_nation_is_the_sum_of_its_rounded_group_means() -> None:
    nation = CASES["nation"]
    found = mean_of_units(provinces().values(), day=date(2026, 10, 10))
    assert {code: found.groups[code] for code in nation["groups"]} == {
        code: decimal(points) for code, points in nation["groups"].items()
    }
    assert found.groups["CLGQ"] + found.groups["TTTT"] == decimal(nation["online_and_payment"])
    assert found.total == decimal(nation["total"])
    totals = [sum(groups.values()) for groups in provinces().values()]
    assert indicators.round_half_up(Fraction(sum(totals)) / len(totals), 2) == decimal(
        nation["mean_of_totals"]
    )


def test_provinces_take_their_published_places_and_equals_share_one() -> None:
    totals = rank({name: sum(groups.values(), Decimal(0)) for name, groups in provinces().items()})
    online = rank({name: groups["CLGQ"] for name, groups in provinces().items()})
    assert {name: totals[name] for name in CASES["nation"]["ranks"]} == CASES["nation"]["ranks"]
    assert {name: online[name] for name in CASES["nation"]["ranks_online"]} == CASES["nation"]["ranks_online"]
    assert list(totals.values()) == list(range(1, 35))


def test_no_row_of_the_case_file_is_left_out_or_misspelt() -> None:
    run = {"units", "ratios", "payments", "sums", "nation", "bands", "refused"}
    assert set(CASES) == run
    for section in run - {"nation"}:
        names = [row_name(r) for r in CASES[section]]
        assert len(set(names)) == len(names)
    for row in CASES["units"]:
        assert {"name", "date", "level", "counts"} < set(row) <= {*UNIT_KEYS}
    for row in CASES["refused"]:
        assert {"name", "counts", "names", "says"} <= set(row) <= {"name", "counts", "names", "says", "level"}


UNIT_KEYS = ("name", "date", "level", "counts", "scores", "groups", "total")


# the set itself


def test_the_maxima_of_the_figures_add_up_to_their_group_and_to_a_hundred() -> None:
    sums = dict.fromkeys(indicators.GROUPS, Decimal(0))
    for i in catalogue(DAY):
        sums[i.group] += i.max
    assert {g.code: g.max for g in indicators.groups(DAY)} == sums
    assert tuple(sums) == tuple(g.code for g in indicators.groups(DAY))
    assert sum(sums.values()) == 100


def test_full_counts_earn_a_hundred_points() -> None:
    found = score({i.code: (5, 5) for i in SCORED}, level="province", day=DAY)
    assert (found.total, found.band) == (100, "Xuất sắc")
    assert all(part.lost == 0 for part in found.components.values())


def test_nothing_is_scored_before_the_set_is_in_force() -> None:
    assert score({}, level="province", day=date(2022, 8, 1)).total == 0
    with pytest.raises(NotInForce, match="31/07/2022"):
        score({}, level="province", day=date(2022, 7, 31))


def test_districts_are_scored_until_they_end() -> None:
    assert "district" in indicators.levels(date(2025, 6, 30))
    assert "district" not in indicators.levels(date(2025, 7, 1))


def test_figures_without_points_are_shown_only_when_given_and_never_scored() -> None:
    shown = score({"2.2": (1300, 184), "5.1": (9, 10)}, level="province", day=DAY)
    assert (shown.components["2.2"].ratio, shown.components["2.2"].score) == (Fraction(1300, 184), None)
    assert shown.total == 0
    assert not {"2.2", "5.1", "5.1tthc"} & set(score({}, level="province", day=DAY).components)


def test_what_is_not_measured_loses_its_points_and_says_so() -> None:
    part = score({}, level="province", day=DAY).components["1.1"]
    assert (part.score, part.ratio, part.lost, part.why) == (None, None, 6, "chưa đo, cộng 0 điểm")


@pytest.mark.parametrize(
    ("code", "pair", "why"),
    [
        ("1.2", (79, 82), "96,34 % × 4 = 3,85 điểm"),
        ("5.4", (486, 588), "82,65 % / 90 % × 6 = 5,51 điểm"),
        ("5.4", (939, 1038), "90,46 % đạt mức 90 %: đủ 6,00 điểm"),
        ("5.4", (9, 10), "90,00 % đạt mức 90 %: đủ 6,00 điểm"),
        ("4.1", (0, 0), "mẫu số bằng 0, không chấm, cộng 0 điểm"),
        ("2.1", (0, 0), "mẫu số bằng 0, 0 điểm"),
        ("5.2", (0, 0), "mẫu số bằng 0, đủ điểm"),
        ("4.6", None, "không áp dụng, đủ điểm"),
    ],
)
def test_every_figure_says_in_words_where_its_points_come_from(code: str, pair: Any, why: str) -> None:
    assert score({code: pair}, level="province", day=DAY).components[code].why == why


def test_the_mean_of_no_units_and_of_a_unit_without_a_group_are_refused() -> None:
    with pytest.raises(BadCounts, match="không có đơn vị nào"):
        mean_of_units([], day=DAY)
    with pytest.raises(BadCounts, match="TDGQ"):
        mean_of_units([{"CKMB": Decimal(1)}], day=DAY)


# for any counts

pairs = st.integers(0, 10**7).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
measured = st.dictionaries(st.sampled_from([i.code for i in SCORED]), pairs)
any_level = st.sampled_from(sorted(indicators.levels(DAY)))


@given(measured, any_level)
def test_groups_are_the_exact_sums_of_figures_between_nothing_and_their_maximum(
    counts: Any, level: str
) -> None:
    found = score(counts, level=level, day=DAY)
    for group, points in found.groups.items():
        assert points == sum(found.components[i.code].score or 0 for i in SCORED if i.group == group)
    assert found.total == sum(found.groups.values())
    for part in found.components.values():
        assert 0 <= (part.score or 0) <= part.max
        assert part.lost == part.max - (part.score or 0)


@given(measured, any_level, st.randoms())
def test_the_order_of_the_counts_is_irrelevant(counts: Any, level: str, random: Any) -> None:
    shuffled = list(counts.items())
    random.shuffle(shuffled)
    assert score(dict(shuffled), level=level, day=DAY) == score(counts, level=level, day=DAY)


@given(st.sampled_from(SCORED), st.integers(1, 10**6), st.data())
def test_one_more_in_the_numerator_never_costs_a_point(i: indicators.Indicator, d: int, data: Any) -> None:
    n = data.draw(st.integers(0, d - 1))
    fewer, more = (score({i.code: (x, d)}, level="province", day=DAY).total for x in (n, n + 1))
    assert fewer <= more


@given(st.sampled_from(SCORED), pairs.filter(lambda pair: pair[1] > 0))
def test_a_score_is_the_nearest_hundredth_and_a_half_goes_up(i: indicators.Indicator, pair: Any) -> None:
    exact = Fraction(i.max) * min(Fraction(*pair) / i.target, Fraction(1))
    points = score({i.code: pair}, level="province", day=DAY).components[i.code].score
    assert points is not None
    assert -Fraction(1, 200) < Fraction(points) - exact <= Fraction(1, 200)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9).map(Decimal), min_size=1))
def test_a_place_counts_those_strictly_better(totals: Any) -> None:
    for name, place in rank(totals).items():
        assert place == 1 + sum(other > totals[name] for other in totals.values())


# motcua score


def command(*args: str) -> str:
    out = io.StringIO()
    run = Command(stdout=out, no_color=True)
    run.execute(**vars(run.create_parser("motcua", "score").parse_args(args)))
    return out.getvalue()


def written(folder: Path, content: Any) -> str:
    file = folder / "counts.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


ASKED = {"date": "2026-08-31", "level": "province", "counts": {"1.2": [79, 82], "4.6": None}}
ANSWER_GROUPS = {"CKMB": 3.85, "TDGQ": 0, "CLGQ": 0, "TTTT": 0, "MDSH": 2, "MDHL": 0}


def test_the_command_answers_an_object_with_every_scored_figure(tmp_path: Path) -> None:
    answer = json.loads(command("--counts", written(tmp_path, ASKED), "--json"))
    assert answer == {
        "components": dict.fromkeys((i.code for i in SCORED), None) | {"1.2": 3.85, "4.6": 2},
        "groups": ANSWER_GROUPS,
        "total": 5.85,
    }


def test_the_command_answers_a_list_with_a_list_in_the_same_order(tmp_path: Path) -> None:
    asked = [ASKED, ASKED | {"counts": {}}]
    answers = json.loads(command("--counts", written(tmp_path, asked), "--json"))
    assert [a["total"] for a in answers] == [5.85, 0]
    assert json.loads(command("--counts", written(tmp_path, []), "--json")) == []


def test_the_command_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(ASKED).encode("utf-8-sig")))
    )
    assert json.loads(command("--counts", "-", "--json"))["total"] == 5.85


def test_the_table_shows_names_points_and_the_band(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = command("--counts", written(tmp_path, ASKED | {"unit": "tỉnh [/Cao] Bằng"}))
    assert "tỉnh [/Cao] Bằng" in shown
    assert "96,34 % × 4 = 3,85 điểm" in shown
    assert "Tổng điểm: Yếu*" in shown


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "không phải JSON hợp lệ (dòng 1, cột 2)"),
        ("[" * 100_000, "lồng quá sâu"),
        ('{"date": "2026-08-31", "date": "2026-08-31"}', "'date' lặp lại"),
        ("3", "không phải đối tượng"),
        ({"level": "province", "counts": {}}, "date: thiếu"),
        ({"date": "2026-08-31", "counts": {}}, "level: thiếu"),
        ({"date": "2026-08-31", "level": "province"}, "counts: thiếu"),
        (ASKED | {"date": "31/08/2026"}, "date: '31/08/2026' không phải ngày; viết YYYY-MM-DD"),
        (ASKED | {"date": "2026-02-30"}, "date: '2026-02-30' không phải ngày"),
        (ASKED | {"date": 20260831}, "date: 20260831 không phải ngày"),
        (ASKED | {"date": "2020-01-01"}, "vào ngày 01/01/2020; dùng ngày từ 01/08/2022"),
        ([ASKED, ASKED | {"counts": {"9.9": [1, 2]}}], "mục 2, 9.9: không có trong bộ chỉ số"),
        ([ASKED, ASKED | {"level": "nation"}], "mục 2, level: không có cấp"),
        ([ASKED, None], "mục 2, không phải đối tượng"),
        (ASKED | {"counts": {"1.\n1": [1, 2]}}, "không có trong bộ chỉ số"),
    ],
)
def test_what_the_command_cannot_score_is_one_clear_line(content: Any, says: str, tmp_path: Path) -> None:
    file = written(tmp_path, content)
    with pytest.raises(CommandError) as wrong:
        command("--counts", file, "--json")
    assert wrong.value.returncode == 2
    assert str(wrong.value).startswith(f"{file}: ")
    assert says in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for file, says in (
        (tmp_path / "none", "không có tệp này"),
        (tmp_path, "không đọc được"),
        (binary, "UTF-8"),
    ):
        with pytest.raises(CommandError, match=says) as wrong:
            command("--counts", str(file), "--json")
        assert wrong.value.returncode == 2


leaves = st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.text(max_size=3)
lists = st.lists(leaves | st.lists(leaves, max_size=2), max_size=3)
json_values = leaves | lists | st.dictionaries(st.sampled_from(["1.1", "4.6", "x"]), leaves | lists)


@given(json_values, json_values)
def test_no_json_whatever_does_more_than_score_or_be_refused(counts: Any, level: Any) -> None:
    with pytest.raises(BadCounts, match="không có cấp đơn vị"):
        score(counts, level=level, day=DAY)
    with suppress(BadCounts):
        assert 0 <= score(counts, level="province", day=DAY).total <= 100
